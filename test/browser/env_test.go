package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
	"github.com/medusa-storefront/customers-go/test/browser/internal/gate"
	"github.com/medusa-storefront/customers-go/test/browser/internal/process"
)

// modes are the places where the storefront can have its logins.
var (
	modes    = []string{"relay", "memory", "redis"}
	patterns = []string{"relay", "redis"} // with the login in the browser, and in a store
	stores   = []string{"memory", "redis"}
)

// A login is what a customer logs in with.
type login struct{ name, email, password string }

// A backend is a backend behind a gate.
type backend struct {
	*gate.Gate

	// buyer is a customer with the orders, more than two pages of them.
	buyer  login
	orders int
	// token waits for the password token that was mailed to the email.
	token func(t *testing.T, email string) string
	// memory is nil if the backend is the real one.
	memory *customerstest.Backend
}

// inMemory starts a backend in memory.
func inMemory(t *testing.T, opts ...customerstest.Option) *backend {
	t.Helper()
	srv := customerstest.New(opts...)
	b := &backend{Gate: gate.New(t, srv), memory: srv, orders: 24}
	ada := srv.AddCustomer(customerstest.Customer{
		Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace", Phone: "+45 12 34 56 78",
		ShippingAddresses: []api.AddAddressRequest{{FirstName: "Ada", LastName: "Lovelace", Address1: "Vestergade 1", City: "Aarhus", PostalCode: "8000", CountryCode: "dk"}},
	})
	srv.AddCustomer(customerstest.Customer{Email: "bob@example.com", FirstName: "Bob", LastName: "Babbage", Phone: "+45 87 65 43 21"})
	for i := range b.orders {
		srv.AddOrder(ada.ID, customerstest.Order{CreatedAt: time.Date(2026, 1, 1+i, 12, 0, 0, 0, time.UTC), CurrencyCode: "dkk", TaxRate: 25, ShippingPrice: 4900})
	}
	b.buyer = login{"Ada", "ada@example.com", customerstest.DefaultPassword}
	b.token = func(t *testing.T, email string) string {
		t.Helper()
		tokens := srv.PasswordTokens(email)
		if len(tokens) == 0 {
			t.Fatalf("no token was mailed to %s", email)
		}
		return tokens[len(tokens)-1]
	}
	return b
}

var (
	ada = login{"Ada", "ada@example.com", customerstest.DefaultPassword}
	bob = login{"Bob", "bob@example.com", customerstest.DefaultPassword}
)

// realBackend returns the backend that BACKEND_JSON describes, or nil: node test/e2e/backend/start.mjs --exec sets it.
func realBackend(t *testing.T) *backend {
	t.Helper()
	line := os.Getenv("BACKEND_JSON")
	if line == "" {
		return nil
	}
	var info struct {
		URL              string `json:"url"`
		PasswordTokenURL string `json:"passwordTokenUrl"`
		Customers        []struct {
			Key      string `json:"key"`
			Email    string `json:"email"`
			Password string `json:"password"`
		} `json:"customers"`
	}
	if err := json.Unmarshal([]byte(line), &info); err != nil {
		t.Fatal(err)
	}
	b := &backend{Gate: gate.New(t, gate.Proxy(t, info.URL)), orders: 60}
	for _, c := range info.Customers {
		if c.Key == "login" {
			b.buyer = login{"Lars", c.Email, c.Password}
		}
	}
	b.token = func(t *testing.T, email string) string {
		t.Helper()
		var tokens []struct {
			Token string `json:"token"`
		}
		text := get(t, info.PasswordTokenURL+"?more-than=0&email="+url.QueryEscape(email))
		if err := json.Unmarshal(text, &tokens); err != nil || len(tokens) == 0 {
			t.Fatalf("no token was mailed to %s: %s, %v", email, text, err)
		}
		return tokens[len(tokens)-1].Token
	}
	return b
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ready is how the storefront's line begins that says where it is.
const ready = "The storefront is at "

// open starts a storefront before the backend, and returns its URL. It has its logins as the mode says.
func open(t *testing.T, b *backend, mode string) string {
	t.Helper()
	return launch(t, flags(b, mode)...).Addr
}

// flags are those of a storefront at its own URL.
func flags(b *backend, mode string) []string {
	return []string{"-addr", "localhost:0", "-backend", b.URL, "-sessions", mode, "-redis", redis}
}

// launch starts a storefront, which has to stop in an orderly way when the test ends.
func launch(t *testing.T, flags ...string) *process.Process {
	t.Helper()
	p, err := process.Start(ready, storefront, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("the storefront: %v", err)
		}
		if t.Failed() {
			t.Logf("the storefront's log:\n%s", p.Output())
		}
	})
	return p
}

// openAs starts a storefront that browsers reach by another URL than its own, through a proxy as in production. The scheme is
// http or https, and the host one that Chromium resolves to this machine.
func openAs(t *testing.T, b *backend, scheme, host, mode string) string {
	t.Helper()
	var site url.URL
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&site)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}})
	if scheme == "https" {
		proxy.StartTLS()
	} else {
		proxy.Start()
	}
	t.Cleanup(proxy.Close)
	public := scheme + "://" + host + proxy.URL[strings.LastIndexByte(proxy.URL, ':'):]
	for try := 0; ; try++ {
		addr, err := process.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		p, err := process.Start(ready, storefront, "-addr", addr, "-url", public, "-backend", b.URL, "-sessions", mode, "-redis", redis)
		if err != nil && try < 3 && strings.Contains(err.Error(), "address already in use") {
			continue // another program has taken the port meanwhile
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.Stop(); err != nil {
				t.Errorf("the storefront: %v", err)
			}
		})
		site = url.URL{Scheme: "http", Host: addr}
		return public
	}
}

// want checks that the page has the status and shows all of the texts.
func want(t *testing.T, p chrome.Page, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status %d, want %d", p.Status, status)
	}
	for _, text := range texts {
		if !p.Shows(text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	if t.Failed() {
		t.Fatalf("the page is %s:\n%s", p.URL, p.Text)
	}
}

// wantNone checks that the page shows none of the texts.
func wantNone(t *testing.T, p chrome.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if p.Shows(text) {
			t.Fatalf("the page shows %q; it is %s:\n%s", text, p.URL, p.Text)
		}
	}
}

// logIn logs in on the login page.
func logIn(t *testing.T, tab *chrome.Tab, site string, who login) {
	t.Helper()
	tab.Open(site + "/login")
	enter(tab, who)
	want(t, tab.Click("Log in"), http.StatusOK, "Hello, "+who.name, who.email)
}

// enter fills in the login form.
func enter(tab *chrome.Tab, who login) {
	tab.Fill("Email", who.email)
	tab.Fill("Password", who.password)
}

var people atomic.Int64

// newEmail returns an email that no customer has, also of a backend that is kept running.
func newEmail() string {
	return fmt.Sprintf("grace.%x.%d@example.com", time.Now().UnixNano(), people.Add(1))
}
