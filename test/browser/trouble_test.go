package browser

import (
	"net/http"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// inModes runs the test in memory, with the login in the browser and in a store.
func inModes(t *testing.T, test func(t *testing.T, b *backend, site string)) {
	t.Helper()
	for _, mode := range patterns {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := inMemory(t)
			test(t, b, open(t, b, mode))
		})
	}
}

func TestLoginThatHasEnded(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*backend){
		"expired":           func(b *backend) { b.memory.Advance(11 * time.Hour) },
		"backend restarted": func(b *backend) { b.Down(); b.memory.ExpireSessions(); b.Up() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inModes(t, func(t *testing.T, b *backend, site string) {
				t.Helper()
				tab := chromium.Profile(t).Tab()
				logIn(t, tab, site, ada)
				end(b)
				p := tab.Click("Profile")
				want(t, p, http.StatusOK, "Your login has ended. Please log in again.")
				wantNone(t, p, "Log out", ada.email)
				enter(tab, ada)
				tab.Click("Log in")
				if got := tab.Value("Phone"); got != "+45 12 34 56 78" {
					t.Errorf("after the login, the page is not the one that was asked for: the phone is %q", got)
				}
			})
		})
	}
}

func TestLoginThatEndsBeforeAFormIsSent(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		profile := chromium.Profile(t)
		tab := profile.Tab()
		logIn(t, tab, site, ada)
		tab.Click("Profile")
		tab.Fill("Last name", "King")
		b.memory.ExpireSessions()
		want(t, tab.Click("Save profile"), http.StatusUnauthorized, "send this form once more")
		if got := tab.Value("Last name"); got != "King" {
			t.Errorf("what was typed is lost: the last name is %q", got)
		}
		logIn(t, profile.Tab(), site, ada)
		want(t, tab.Click("Save profile"), http.StatusOK, "Saved.")
	})
}

func TestVisitorIsAskedToLogIn(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, _ *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		for _, path := range []string{"/profile", "/orders", "/addresses", "/billing", "/addresses/new"} {
			p := tab.Open(site + path)
			want(t, p, http.StatusOK, "Log in")
			wantNone(t, p, "has ended")
			if p.Path() != "/login" {
				t.Errorf("%s leads to %s", path, p.Path())
			}
		}
	})
}

func TestBackendDown(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		b.Down()
		p := tab.Click("Profile")
		want(t, p, http.StatusServiceUnavailable, "at the moment")
		b.Up()
		want(t, tab.Open(site), http.StatusOK, "Hello, Ada") // the login is as it was
	})
}

func TestLogoutWhileTheBackendIsDown(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		b.Down()
		want(t, tab.Click("Log out"), http.StatusOK, "You are logged out in this browser.")
		b.Up()
		p := tab.Open(site)
		want(t, p, http.StatusOK, "Log in to see your orders")
		wantNone(t, p, ada.email)
	})
}

// A backend that takes connections and does not respond costs a person one wait: the page comes before Chromium gives up.
func TestBackendHangs(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		hung := b.HoldAll()
		want(t, tab.Click("Profile"), http.StatusGatewayTimeout, "at the moment")
		hung.Release()
		want(t, tab.Open(site), http.StatusOK, "Hello, Ada")
	})
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		b.memory.Inject(customerstest.Fault{
			Operation: customers.OperationRetrieveCustomer, Times: -1, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"120"}},
		})
		want(t, tab.Click("Profile"), http.StatusTooManyRequests, "That was too often.")
		b.memory.ClearFaults()
		want(t, tab.Open(site), http.StatusOK, "Hello, Ada")
	})
}

// The storefront restarts, such as for a new version. Only what it had in its own memory is gone.
func TestStorefrontRestarts(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := inMemory(t)
			first := launch(t, flags(b, mode)...)
			profile := chromium.Profile(t)
			logIn(t, profile.Tab(), first.Addr, ada)
			if err := first.Stop(); err != nil {
				t.Fatal(err)
			}
			p := profile.Tab().Open(open(t, b, mode)) // by another port, for which the browser has the same cookies
			if mode == "memory" {
				want(t, p, http.StatusOK, "Log in to see your orders")
				return
			}
			want(t, p, http.StatusOK, "Hello, Ada")
		})
	}
}
