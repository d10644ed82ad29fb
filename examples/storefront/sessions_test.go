package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// modes are the values of -sessions.
var modes = []string{"relay", "memory", "redis"}

// inMode serves a site on a backend with the customers Ada and Bob, and returns a browser for it.
func inMode(t *testing.T, mode string, options ...customerstest.Option) (*customerstest.Server, *browser) {
	t.Helper()
	shop := customerstest.NewServer(t, options...)
	for _, name := range []string{"ada", "bob"} {
		shop.AddCustomer(customerstest.Customer{Email: name + "@example.com"})
	}
	return shop, newBrowser(t, start(t, shop.URL, func(c *config) {
		c.sessions = mode
		if mode == "redis" {
			c.redis = "redis://" + miniredis.RunT(t).Addr()
		}
	}))
}

// later opens a page of a second tab, whose request to the backend is held until release.
func (b *browser) later(shop *customerstest.Server, f customerstest.Fault, path string) (release func() *screen) {
	held := shop.Hold(f)
	shown := make(chan *screen, 1)
	go func() { shown <- b.open(path) }()
	held.Wait()
	return func() *screen {
		held.Release()
		return <-shown
	}
}

func (b *browser) isLoggedInAs(email string) {
	b.t.Helper()
	b.open("/").is(200, "/", "You are logged in as "+email)
}

func TestJourneyOfALoginInEachMode(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			shop, b := inMode(t, mode)
			b.logIn("ada@example.com")
			b.open("/profile").is(200, "/profile")
			other := newBrowser(t, b.site)
			other.logIn("bob@example.com")
			b.isLoggedInAs("ada@example.com")
			b.logIn("bob@example.com")
			b.isLoggedInAs("bob@example.com")
			b.send("/logout").is(200, "/login", "You are logged out.")
			b.open("/profile").is(200, "/login", "Please log in")
			other.isLoggedInAs("bob@example.com")
			shop.ExpireSessions()
			other.open("/profile").is(200, "/login", "Your login has ended.")
			other.logIn("ada@example.com")
			other.isLoggedInAs("ada@example.com")
		})
	}
}

// Ada's page in one tab is slow. Meanwhile Bob logs in by the other, which ends Ada's login.
func TestLateRefusalLeavesTheNewerLogin(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			shop, b := inMode(t, mode)
			b.logIn("ada@example.com")
			release := b.later(shop, customerstest.Fault{Operation: customers.OperationListOrders}, "/orders")
			b.logIn("bob@example.com")
			release().is(200, "/login", "Your login has ended.")
			b.isLoggedInAs("bob@example.com")
		})
	}
}

// With rolling sessions, Ada's late page would set her cookie again. Only a site with a store can know better.
func TestLateSuccessLeavesTheNewerLogin(t *testing.T) {
	for _, mode := range []string{"memory", "redis"} {
		t.Run(mode, func(t *testing.T) {
			shop, b := inMode(t, mode, customerstest.WithRollingSessions())
			b.logIn("ada@example.com")
			release := b.later(shop, customerstest.Fault{Operation: customers.OperationListOrders, CarriedOut: true}, "/orders")
			b.logIn("bob@example.com")
			release().is(200, "/orders")
			b.isLoggedInAs("bob@example.com")
		})
	}
}

func TestLateSuccessDoesNotUndoALogout(t *testing.T) {
	for _, mode := range []string{"memory", "redis"} {
		t.Run(mode, func(t *testing.T) {
			shop, b := inMode(t, mode, customerstest.WithRollingSessions())
			b.logIn("ada@example.com")
			release := b.later(shop, customerstest.Fault{Operation: customers.OperationListOrders, CarriedOut: true}, "/orders")
			b.send("/logout").is(200, "/login")
			release().is(200, "/orders")
			b.open("/profile").is(200, "/login")
		})
	}
}

// A logout while the backend is down is one all the same.
func TestLogoutWithoutTheBackend(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			shop, b := inMode(t, mode)
			b.logIn("ada@example.com")
			shop.Inject(customerstest.Fault{Operation: customers.OperationDeleteSession, Status: http.StatusServiceUnavailable, Times: 3})
			b.send("/logout").is(200, "/login", "You are logged out in this browser.")
			b.open("/profile").is(200, "/login", "Please log in first.")
		})
	}
}

// An id that was planted before a login is worthless after it, and the browser's cookie has nothing of the backend's.
func TestSiteSessionIsRenewedAtLogin(t *testing.T) {
	for _, mode := range []string{"memory", "redis"} {
		t.Run(mode, func(t *testing.T) {
			_, b := inMode(t, mode)
			cookie := func() string {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.site, nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range b.Jar.Cookies(req.URL) {
					if c.Name == "shop" {
						return c.Value
					}
				}
				return ""
			}
			b.logIn("ada@example.com")
			first := cookie()
			b.logIn("bob@example.com")
			second := cookie()
			if first == "" || second == "" || first == second || strings.Contains(second, "%3A") {
				t.Errorf("the cookies are %q and %q", first, second)
			}
			thief := newBrowser(t, b.site)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.site, nil)
			if err != nil {
				t.Fatal(err)
			}
			thief.Jar.SetCookies(req.URL, []*http.Cookie{{Name: "shop", Value: first}})
			thief.open("/profile").is(200, "/login")
		})
	}
}

// What is in Redis logs no one in who reads it.
func TestRedisHasNoReadableLogin(t *testing.T) {
	shop := customerstest.NewServer(t)
	shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	server := miniredis.RunT(t)
	b := newBrowser(t, start(t, shop.URL, func(c *config) { c.sessions, c.redis = "redis", "redis://"+server.Addr() }))
	b.logIn("ada@example.com")
	var cookie string
	for _, r := range shop.Requests() {
		cookie = r.Header().Get("Cookie")
	}
	_, value, _ := strings.Cut(cookie, "=")
	if dump := server.Dump(); len(value) < 20 || strings.Contains(dump, value[:20]) {
		t.Errorf("Redis has the cookie %q:\n%s", value, dump)
	}
	server.Close()
	b.open("/profile").is(502, "/profile", "The shop has a problem")
}

func TestUnknownModeIsRefused(t *testing.T) {
	if _, err := newSite(config{backend: "http://localhost", sessions: "cookie"}); err == nil || !strings.Contains(err.Error(), "relay, memory and redis") {
		t.Error(err)
	}
}
