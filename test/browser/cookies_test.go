package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// Over https, over http from this machine, and over http from another one in development.
func TestHTTPAndHTTPS(t *testing.T) {
	t.Parallel()
	for _, mode := range patterns {
		for _, at := range []struct{ scheme, host string }{{"https", "localhost"}, {"https", "shop.lan"}, {"http", "localhost"}, {"http", "shop.lan"}} {
			t.Run(mode+", "+at.scheme+"://"+at.host, func(t *testing.T) {
				t.Parallel()
				b := inMemory(t)
				site := openAs(t, b, at.scheme, at.host, mode)
				profile := chromium.Profile(t)
				tab := profile.Tab()
				logIn(t, tab, site, ada)
				want(t, tab.Click("Profile"), http.StatusOK)
				tab.Fill("Phone", "")
				want(t, tab.Click("Save profile"), http.StatusOK, "Saved.") // past the check for forms of other sites
				cookies := profile.Cookies()
				if len(cookies) != 1 {
					t.Errorf("there are %d cookies, want 1: %v", len(cookies), names(cookies))
				}
				for name, c := range cookies {
					if !c.HTTPOnly || c.SameSite != "Lax" {
						t.Errorf("cookie %s: HttpOnly %v, SameSite %s", name, c.HTTPOnly, c.SameSite)
					}
					if at.scheme == "https" && (!c.Secure || !strings.HasPrefix(name, "__Host-")) {
						t.Errorf("cookie %s: Secure %v", name, c.Secure)
					}
				}
				want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
			})
		}
	}
}

func names(cookies map[string]*network.Cookie) []string {
	var all []string
	for name := range cookies {
		all = append(all, name)
	}
	return all
}
