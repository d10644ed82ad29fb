// Package chrome drives Chromium as a person does: by what is written on a page.
package chrome

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what must come. It is only used up by a test that fails.
const patience = time.Minute

// names are what Chromium's program is called; tools/install-browser.sh looks for the same.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

// A Browser is a running Chromium.
type Browser struct {
	ctx    context.Context //nolint:containedctx // chromedp keeps the browser in a context
	cancel func()
}

// Start starts Chromium without a window. It resolves the hosts to this machine, and takes every certificate.
func Start(hosts ...string) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	var rules []string
	for _, host := range hosts {
		rules = append(rules, "MAP "+host+" 127.0.0.1")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // root in a container has none
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", strings.Join(rules, ", ")),
	)...)
	// A newer or older Chromium sends values that this version of the protocol does not know, which is not an error.
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	b := &Browser{ctx: ctx, cancel: func() { cancel(); stop() }}
	if err := chromedp.Do(ctx); err != nil { // starts it
		b.cancel()
		return nil, err
	}
	return b, nil
}

// Close ends Chromium.
func (b *Browser) Close() { b.cancel() }

func find() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chrome: there is no Chromium: run tools/install-browser.sh, or name one in CHROMIUM")
}

// A Profile is a browser of a person: its tabs share cookies and cache, and other profiles do not have them.
type Profile struct {
	t   testing.TB
	ctx context.Context //nolint:containedctx // chromedp keeps the profile in a context
	// first is the tab that opened with the profile, until Tab returns it.
	first *Tab
}

// Profile opens a profile, which closes when the test ends.
func (b *Browser) Profile(tb testing.TB) *Profile {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	p := &Profile{t: tb, ctx: ctx, first: &Tab{t: tb, ctx: ctx}}
	p.first.open()
	return p
}

// Tab opens a tab, which closes when the test ends.
func (p *Profile) Tab() *Tab {
	p.t.Helper()
	if tab := p.first; tab != nil {
		p.first = nil
		return tab
	}
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	tab := &Tab{t: p.t, ctx: ctx}
	tab.open()
	return tab
}

// Cookies returns the cookies of all sites, by name.
func (p *Profile) Cookies() map[string]*network.Cookie {
	p.t.Helper()
	c := chromedp.FromContext(p.ctx)
	all, err := cdp.Call(p.ctx, c.Browser, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: c.BrowserContextID})
	if err != nil {
		p.t.Fatalf("cookies: %v", err)
	}
	cookies := map[string]*network.Cookie{}
	for _, cookie := range all.Cookies {
		cookies[cookie.Name] = cookie
	}
	return cookies
}
