package browser

import (
	"net/http"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/browser/internal/gate"
)

const (
	mePath     = "/store/customers/me"
	ordersPath = "/store/customers/me/orders"
	authPath   = "/store/auth"
)

// everywhere runs the test in all modes in memory, and by both patterns on the real backend.
func everywhere(t *testing.T, test func(t *testing.T, b *backend, mode string, ada, bob login)) {
	t.Helper()
	for _, mode := range modes {
		t.Run("in memory, "+mode, func(t *testing.T) {
			t.Parallel()
			test(t, inMemory(t), mode, ada, bob)
		})
	}
	if realBackend(t) == nil {
		return
	}
	for _, mode := range patterns {
		t.Run("real backend, "+mode, func(t *testing.T) {
			t.Parallel()
			b := realBackend(t)
			test(t, b, mode, newCustomer(t, b, "Ada"), newCustomer(t, b, "Bob"))
		})
	}
}

// newCustomer registers a customer past the storefront.
func newCustomer(t *testing.T, b *backend, name string) login {
	t.Helper()
	who := login{name, newEmail(), "a good password"}
	c, err := customers.New(b.URL, customers.WithTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), customers.CreateRequest{FirstName: name, LastName: "Test", Email: who.email, Password: who.password}); err != nil {
		t.Fatal(err)
	}
	return who
}

func TestTwoBrowsersAtOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, b *backend, mode string, ada, bob login) {
		t.Helper()
		site := open(t, b, mode)
		adas, bobs := chromium.Profile(t).Tab(), chromium.Profile(t).Tab()
		logIn(t, adas, site, ada)
		logIn(t, bobs, site, bob)
		// Both ask at once, and their responses cross.
		first := b.HoldResponse(http.MethodGet, mePath)
		adas.Press("Profile")
		first.Wait()
		second := b.HoldResponse(http.MethodGet, mePath)
		bobs.Press("Profile")
		second.Wait()
		second.Release()
		bobs.Arrive()
		first.Release()
		adas.Arrive()
		for tab, who := range map[interface{ Value(string) string }]login{adas: ada, bobs: bob} {
			if got := tab.Value("First name"); got != who.name {
				t.Errorf("%s sees the profile of %s", who.name, got)
			}
		}
		// A logout of one is none of the other.
		want(t, adas.Click("Log out"), http.StatusOK, "You are logged out.")
		want(t, bobs.Open(site), http.StatusOK, "Hello, Bob", bob.email)
	})
}

func TestLogoutInOneTab(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, b *backend, mode string, ada, bob login) {
		t.Helper()
		site := open(t, b, mode)
		profile := chromium.Profile(t)
		first, second := profile.Tab(), profile.Tab()
		logIn(t, first, site, ada)
		want(t, second.Open(site), http.StatusOK, "Hello, Ada")
		want(t, first.Click("Log out"), http.StatusOK, "You are logged out.")
		p := second.Click("Profile")
		want(t, p, http.StatusOK, "log in")
		wantNone(t, p, ada.email)
		enter(second, bob)
		second.Click("Log in")
		if got := second.Value("First name"); got != "Bob" {
			t.Errorf("the profile is that of %q", got)
		}
		want(t, first.Open(site), http.StatusOK, "Hello, Bob")
	})
}

// A late response is one about Ada's login that comes after Bob has logged in by another tab of the same browser. Bob stays.

func TestLateRefusalOfAnOlderLogin(t *testing.T) {
	t.Parallel()
	for name, press := range map[string]struct{ page, button, method, path string }{
		"page": {"", "Orders", http.MethodGet, ordersPath},
		"form": {"/profile", "Save profile", http.MethodPost, mePath},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everywhere(t, func(t *testing.T, b *backend, mode string, ada, bob login) {
				t.Helper()
				site := open(t, b, mode)
				profile := chromium.Profile(t)
				first, second := profile.Tab(), profile.Tab()
				logIn(t, first, site, ada)
				want(t, second.Open(site), http.StatusOK, "Hello, Ada")
				first.Open(site + press.page)
				late := b.Hold(press.method, press.path) // and the backend refuses it when Ada has logged out
				first.Press(press.button)
				late.Wait()
				want(t, second.Click("Log out"), http.StatusOK, "You are logged out.")
				logIn(t, second, site, bob)
				late.Release()
				wantNone(t, first.Arrive(), ada.email)
				want(t, second.Reload(), http.StatusOK, "Hello, Bob", bob.email)
				want(t, first.Open(site), http.StatusOK, "Hello, Bob", bob.email)
			})
		})
	}
}

func TestLateRefusalAfterALoginInsteadOfALogout(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := inMemory(t)
			site := open(t, b, mode)
			profile := chromium.Profile(t)
			first, second := profile.Tab(), profile.Tab()
			logIn(t, first, site, ada)
			late := b.Hold(http.MethodGet, ordersPath)
			first.Press("Orders")
			late.Wait()
			b.memory.ExpireSessions()
			logIn(t, second, site, bob)
			late.Release()
			first.Arrive()
			want(t, second.Reload(), http.StatusOK, "Hello, Bob")
		})
	}
}

// In relay mode, a late success of a rolling session does make the browser Ada's again: docs/sessions.md says so.
func TestLateSuccessOfARollingSession(t *testing.T) {
	t.Parallel()
	for _, mode := range stores {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			lateSuccess(t, mode, func(b *backend) (*gate.Held, string) { return b.HoldResponse(http.MethodGet, ordersPath), "Orders" })
		})
	}
}

// In relay mode, a late logout does log the browser out, also of a newer login.
func TestLateLogoutOfAnOlderLogin(t *testing.T) {
	t.Parallel()
	for _, mode := range stores {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			lateSuccess(t, mode, func(b *backend) (*gate.Held, string) { return b.HoldResponse(http.MethodDelete, authPath), "Log out" })
		})
	}
}

// lateSuccess logs in Bob while a response to Ada is held, and then lets it come.
func lateSuccess(t *testing.T, mode string, hold func(*backend) (*gate.Held, string)) {
	t.Helper()
	b := inMemory(t, customerstest.WithRollingSessions())
	site := open(t, b, mode)
	profile := chromium.Profile(t)
	first, second := profile.Tab(), profile.Tab()
	logIn(t, first, site, ada)
	late, button := hold(b)
	first.Press(button)
	late.Wait()
	logIn(t, second, site, bob)
	late.Release()
	first.Arrive()
	want(t, second.Reload(), http.StatusOK, "Hello, Bob", bob.email)
	want(t, first.Open(site), http.StatusOK, "Hello, Bob", bob.email)
}
