package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A Tab is a tab of a profile. Its methods fail the test when what they wait for does not come.
type Tab struct {
	t   testing.TB
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in a context
	// seen is the document that the last method left behind.
	seen    float64
	pointer point

	mu       sync.Mutex
	faults   []string
	requests []string
}

type point struct{ X, Y float64 }

// open opens the tab, and lets the test fail for what is on the console alone: what a policy of the page forbids, and
// errors of its scripts.
func (tab *Tab) open() {
	tab.t.Helper()
	err := chromedp.Listen(tab.ctx, func(event any) {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Source == "security" {
				tab.faults = append(tab.faults, "the browser blocked something: "+e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			tab.faults = append(tab.faults, "a script failed: "+e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			tab.requests = append(tab.requests, e.Request.URL)
		}
	})
	if err != nil {
		tab.t.Fatalf("open a tab: %v", err)
	}
	tab.t.Cleanup(func() {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		for _, text := range tab.faults {
			tab.t.Error(text)
		}
	})
	call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	tab.seen = tab.Page().Document
}

// call sends a command of the protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (R, error) {
		return cdp.Call(ctx, target, command, params)
	})
	if err != nil {
		tab.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// A Page is what a tab shows.
type Page struct {
	Document float64 // tells documents apart: when it began
	Loaded   bool
	URL      string
	Status   int // of its response
	Text     string
}

// look is not subject to the page's policy, and works without the page's scripts as well.
const look = `({
	Document: performance.timeOrigin,
	Loaded: document.readyState === "complete",
	URL: location.href,
	Status: performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0,
	Text: document.body?.innerText ?? "",
})`

// evaluate returns what the expression is in the page. Between two documents it is an error.
func evaluate[T any](tab *Tab, expression string, opts ...chromedp.EvaluateOption) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, opts...))
}

// await waits until done returns true for the value of the expression.
func await[T any](tab *Tab, what, expression string, done func(T) bool) T {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		value, err := evaluate[T](tab, expression)
		if err == nil && done(value) {
			return value
		}
		if time.Now().After(deadline) || tab.ctx.Err() != nil {
			p, _ := evaluate[Page](tab, look)
			tab.t.Fatalf("%s did not come (%v); the tab shows %s, %d:\n%s", what, err, p.URL, p.Status, p.Text)
		}
		time.Sleep(10 * time.Millisecond) // the browser has no event for most of what a test waits for
	}
}

// Evaluate returns what the expression is in the page.
func Evaluate[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := evaluate[T](tab, expression)
	if err != nil {
		tab.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Until waits until the expression is true in the page.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	await(tab, expression, expression, func(is bool) bool { return is })
}

// Requests returns the addresses that the tab has asked for, the pages included.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.requests)
}

// Page returns what the tab shows now.
func (tab *Tab) Page() Page {
	tab.t.Helper()
	return await(tab, "a page", look, func(Page) bool { return true })
}

// Arrive waits until the tab shows another document than the one that the last call left behind.
func (tab *Tab) Arrive() Page {
	tab.t.Helper()
	p := await(tab, "another page", look, func(p Page) bool { return p.Loaded && p.Document != tab.seen })
	tab.seen = p.Document
	return p
}

// Open goes to the address and waits for the page.
func (tab *Tab) Open(address string) Page {
	tab.t.Helper()
	result := call(tab, page.Navigate, page.NavigateParams{URL: address})
	if result.ErrorText != "" {
		tab.t.Fatalf("open %s: %s", address, result.ErrorText)
	}
	return tab.Arrive()
}

// Reload loads the page anew, as a person does by F5. A page that was the response to a form sends the form again.
func (tab *Tab) Reload() Page {
	tab.t.Helper()
	call(tab, page.Reload, page.ReloadParams{})
	return tab.Arrive()
}

// Back goes back by one page.
func (tab *Tab) Back() Page {
	tab.t.Helper()
	history := call(tab, page.GetNavigationHistory, cdp.Empty{})
	if history.CurrentIndex == 0 {
		tab.t.Fatal("there is no page to go back to")
	}
	call(tab, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
	return tab.Arrive()
}

// finders are expressions for the elements that a person would take for the name.
const (
	byText = `["button", "a, summary"].map(kind => [...document.querySelectorAll(kind)].filter(e =>
		e.checkVisibility() && (e.ariaLabel ?? e.innerText).replace(/\s+/g, " ").trim() === %[1]s)).find(some => some.length > 0) ?? []`
	byLabel = `[...document.querySelectorAll("input, select, textarea")].filter(e =>
		e.type !== "hidden" && [...e.labels].some(l => l.innerText.replace("(optional)", "").replace(/\s+/g, " ").trim() === %[1]s))`
)

// element returns an expression for the element that the finder has for the name. Several are one if all lead to one
// place.
func element(finder, name string) string {
	return fmt.Sprintf(`(() => {
		const found = `+finder+`
		if (found.length === 0 || found.some(e => e !== found[0] && (!e.href || e.href !== found[0].href)))
			throw new Error(found.length + " elements are called " + %[1]s)
		return found[0]
	})()`, quote(name))
}

// quote returns the text as JavaScript.
func quote(text string) string {
	quoted, _ := json.Marshal(text) //nolint:errchkjson // a string
	return string(quoted)
}

// Fill types the value into the field with the label.
func (tab *Tab) Fill(label, value string) {
	tab.t.Helper()
	field := element(byLabel, label)
	await(tab, "the field "+label, `(() => { const e = `+field+`; e.focus(); e.select(); return true })()`, func(bool) bool { return true })
	if value == "" {
		await(tab, "emptying of "+label, field+`.value = ""`, func(string) bool { return true })
		return
	}
	call(tab, input.InsertText, input.InsertTextParams{Text: value})
	await(tab, "the value of "+label, field+`.value`, func(got string) bool { return got == value })
}

// Choose chooses the option, by its text, of the list with the label.
func (tab *Tab) Choose(label, option string) {
	tab.t.Helper()
	await(tab, "the option "+option, fmt.Sprintf(`(() => {
		const e = %s
		e.selectedIndex = [...e.options].findIndex(o => o.text.trim() === %s)
		return e.selectedIndex >= 0
	})()`, element(byLabel, label), quote(option)), func(chosen bool) bool { return chosen })
}

// Value returns what is in the field with the label.
func (tab *Tab) Value(label string) string {
	tab.t.Helper()
	return await(tab, "the field "+label, element(byLabel, label)+`.value`, func(string) bool { return true })
}

// Press presses the button with the text, or else the link, and does not wait for what comes of it. Until the next page
// has come, the tab takes nothing but PressAgain and Arrive.
func (tab *Tab) Press(text string) {
	tab.t.Helper()
	tab.pointer = await(tab, "the link or button "+text, `(() => {
		const e = `+element(byText, text)+`
		e.scrollIntoView({block: "center", behavior: "instant"})
		const r = e.getClientRects()[0], X = r.x + r.width / 2, Y = r.y + r.height / 2
		if (!e.contains(document.elementFromPoint(X, Y))) throw new Error("something covers it")
		return {X, Y}
	})()`, func(point) bool { return true })
	tab.PressAgain()
}

// PressAgain presses where Press did.
func (tab *Tab) PressAgain() {
	tab.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{"mousePressed", "mouseReleased"} {
		call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: tab.pointer.X, Y: tab.pointer.Y, Button: "left", ClickCount: 1,
		})
	}
}

// Check chooses the radio button or check box with the label.
func (tab *Tab) Check(label string) {
	tab.t.Helper()
	await(tab, "the choice "+label, `(() => { const e = `+element(byLabel, label)+`; e.click(); return e.checked })()`,
		func(checked bool) bool { return checked })
}

// Click presses the link or button with the text and waits for the page that comes of it.
func (tab *Tab) Click(text string) Page {
	tab.t.Helper()
	tab.Press(text)
	return tab.Arrive()
}

// Keys of the keyboard, for Keys.
const (
	KeyTab   = kb.Tab
	KeyEnter = kb.Enter
)

// Keys presses the keys of the text, one after the other.
func (tab *Tab) Keys(text string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(text)); err != nil {
		tab.t.Fatalf("keys: %v", err)
	}
}

// Paste pastes what was copied into the field with the label.
func (tab *Tab) Paste(label string) {
	tab.t.Helper()
	await(tab, "the field "+label, `(() => { const e = `+element(byLabel, label)+`; e.focus(); e.select(); return true })()`, func(bool) bool { return true })
	call(tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: "v", Commands: []string{"paste"}})
	call(tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: "v"})
}

// Focused returns the text or label of what has the keyboard.
func (tab *Tab) Focused() string {
	tab.t.Helper()
	return await(tab, "what has the keyboard", `(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()`, func(string) bool { return true })
}

// First returns the text of the first element that the CSS selector matches, for Press and Click.
func (tab *Tab) First(selector string) string {
	tab.t.Helper()
	return await(tab, selector, `document.querySelector(`+quote(selector)+`).innerText.replace(/\s+/g, " ").trim()`, func(text string) bool { return text != "" })
}

// Shows reports whether the page shows the text, over however many lines.
func (p Page) Shows(text string) bool {
	return strings.Contains(strings.Join(strings.Fields(p.Text), " "), text)
}

// Path returns the path of the page's address.
func (p Page) Path() string {
	u, err := url.Parse(p.URL)
	if err != nil {
		return p.URL
	}
	return u.Path
}

// WithoutScripts switches the page's scripts off, from the next page on.
func (tab *Tab) WithoutScripts() {
	tab.t.Helper()
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Size makes the tab as large as a window or, if mobile, as a phone.
func (tab *Tab) Size(width, height int64, mobile bool) {
	tab.t.Helper()
	call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: mobile,
	})
}

// Dark makes the person's device prefer dark colors, or light ones.
func (tab *Tab) Dark(dark bool) {
	tab.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Screenshot returns the visible part of the page as PNG.
func (tab *Tab) Screenshot() []byte {
	tab.t.Helper()
	return call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "png"}).Data
}
