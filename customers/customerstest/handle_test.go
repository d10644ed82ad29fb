package customerstest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

// whoami responds with the path, the body and the customer that a handler gets.
func whoami(w http.ResponseWriter, r *http.Request, customer *api.Customer) {
	body, _ := io.ReadAll(r.Body)
	email := "anonymous"
	if customer != nil {
		email = customer.ID + " " + customer.Email
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Own", "1")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, "%s %s %s %q %q", r.Method, r.URL.RequestURI(), email, body, r.PathValue("id"))
}

func TestHandleGivesTheCustomer(t *testing.T) {
	srv := customerstest.NewServer(t)
	srv.Handle("POST /store/carts/{id}", whoami)
	b, ada := browser.LoggedIn(t, srv)
	me := ada.ID + " " + ada.Email
	if got, want := b.Send("POST", "/store/carts/c1?a=%20", `{"a": 1}`).Body, `POST /store/carts/c1?a=%20 `+me+` "{\"a\": 1}" "c1"`; got != want {
		t.Errorf("logged in: %s, want %s", got, want)
	}
	token := b.Send("POST", "/store/auth/token", browser.JSON(t, map[string]string{"email": ada.Email, "password": customerstest.DefaultPassword}))
	bearer := browser.New(t, srv.URL)
	bearer.Header.Set("Authorization", "Bearer "+strings.TrimSuffix(strings.TrimPrefix(token.Body, `{"access_token":"`), `"}`))
	if got := bearer.Send("POST", "/store/carts/c1", "").Body; !strings.Contains(got, me) {
		t.Errorf("with a bearer token: %s", got)
	}
	anonymous := browser.New(t, srv.URL).Send("POST", "/store/carts/c1", "not JSON")
	if !strings.Contains(anonymous.Body, `anonymous "not JSON"`) || anonymous.Cookie == nil || anonymous.Status != http.StatusCreated || anonymous.Header.Get("X-Own") == "" || anonymous.Header.Get("ETag") == "" {
		t.Errorf("anonymous: %d %s %v", anonymous.Status, anonymous.Body, anonymous.Header)
	}
	srv.DeleteCustomer(ada.ID)
	if got := b.Send("POST", "/store/carts/c1", "").Body; !strings.Contains(got, ada.ID+"  ") {
		t.Errorf("deleted: %s", got)
	}
}

func TestHandleFindsRoutesAsExpressDoes(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithStoreCORS("http://localhost:8000"))
	srv.Handle("GET /store/wishlists/{id}", whoami)
	srv.Handle("/store/files/", whoami)
	srv.Handle("GET /health", whoami)
	srv.Handle("GET /store/customers/me/wishlist", whoami)
	b, _ := browser.LoggedIn(t, srv)
	for _, test := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/store/wishlists/1", 201}, {"GET", "/store/wishlists/1/", 201}, {"HEAD", "/store/wishlists/1", 201}, {"GET", "/store/wishlists/a%2Fb", 201},
		{"GET", "/store//wishlists/1", 201}, {"POST", "/store/wishlists/1", 404}, {"GET", "/store/wishlists", 404}, {"GET", "/store/wishlists/1/2", 404},
		{"PUT", "/store/files/a/b", 201}, {"PUT", "/store/files/", 201}, {"GET", "/health", 201}, {"GET", "/health/", 201}, {"GET", "/nothing", 404},
		{"GET", "/store/customers/me/wishlist", 201}, {"GET", "/store/customers/me", 200}, {"OPTIONS", "/store/wishlists/1", 204}, {"OPTIONS", "/health", 404},
		{"GET", "/store/carts", 404},
	} {
		if got := b.Send(test.method, test.path, ""); got.Status != test.want {
			t.Errorf("%s %s: %d %s, want %d", test.method, test.path, got.Status, got.Body, test.want)
		}
	}
	anonymous := browser.New(t, srv.URL)
	anonymous.Header.Set("Origin", "http://localhost:8000")
	if got := anonymous.Send("GET", "/store/customers/me/wishlist", ""); got.Status != 401 || got.Header.Get("X-Own") != "" {
		t.Errorf("the guard: %d %s", got.Status, got.Body)
	}
	if got := anonymous.Send("GET", "/store/wishlists/1", ""); got.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a script may not read %v", got.Header)
	}
	if got := b.Send("PUT", "/store/files/a", strings.Repeat("x", 101<<10)); got.Status != 413 {
		t.Errorf("a large body: %d", got.Status)
	}
	tag := b.Send("GET", "/store/wishlists/1", "").Header.Get("ETag")
	b.Header.Set("If-None-Match", tag)
	if got := b.Send("GET", "/store/wishlists/1", ""); got.Status != 304 {
		t.Errorf("a known response: %d", got.Status)
	}
}

func TestHandleRefusesTheBackendsOwnRoutes(t *testing.T) {
	b := customerstest.New()
	for _, pattern := range []string{"POST /store/auth", "GET /store/auth/{id}", "GET /store/customers/me", "DELETE /store/customers/me/addresses/{x}", "/store/auth", "/store/customers/me/addresses/{x}", "GET  /store/auth", "POST\t/store/auth", "not a pattern"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is taken", pattern)
				}
			}()
			b.Handle(pattern, whoami)
		}()
	}
}

func TestFaultsAndRequestsKnowOwnRoutes(t *testing.T) {
	srv := customerstest.NewServer(t)
	made := 0
	srv.Handle("POST /store/carts", func(w http.ResponseWriter, _ *http.Request, _ *api.Customer) {
		made++
		w.Header().Set("Set-Cookie", "own=1; Path=/")
		_, _ = io.WriteString(w, "made")
	})
	isCart := func(r customerstest.Request) bool { return r.Path() == "/store/carts" }
	b := browser.New(t, srv.URL)
	srv.Inject(customerstest.Fault{Match: isCart, Status: http.StatusBadGateway})
	srv.Inject(customerstest.Fault{Match: isCart, Status: http.StatusBadGateway, CarriedOut: true})
	srv.Inject(customerstest.Fault{Match: isCart, Header: http.Header{"X-Fault": {"1"}}})
	for _, want := range []string{"502 0", "502 1", "200 2"} {
		got := b.Send("POST", "/store/carts", "{}")
		if s := fmt.Sprint(got.Status, " ", made); s != want {
			t.Errorf("%s, want %s", s, want)
		}
		if got.Status == 200 && (got.Header.Get("X-Fault") == "" || fmt.Sprint(len(got.Header.Values("Set-Cookie"))) != "2") {
			t.Error(got.Header)
		}
	}
	all := srv.Requests()
	if last := all[len(all)-1]; last.Operation != "" || last.Path() != "/store/carts" || string(last.Body()) != "{}" {
		t.Error(last)
	}
}

// A handler can use the backend, and a logout meanwhile stands.
func TestHandlersUseTheBackend(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, ada := browser.LoggedIn(t, srv)
	srv.Handle("POST /store/carts/{id}/complete", func(w http.ResponseWriter, _ *http.Request, customer *api.Customer) {
		if got := b.Send("DELETE", "/store/auth", ""); got.Status != 200 {
			t.Error(got.Status)
		}
		order := srv.AddOrder(customer.ID, customerstest.Order{})
		_, _ = io.WriteString(w, order.ID)
	})
	if got := b.Send("POST", "/store/carts/1/complete", ""); got.Status != 200 || !strings.HasPrefix(got.Body, "order_") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := b.Send("GET", "/store/customers/me", ""); got.Status != 401 {
		t.Errorf("%d: the logout was undone", got.Status)
	}
	// Many at once, through the client.
	c, err := customers.New(srv.URL, customers.WithoutSession())
	if err != nil {
		t.Fatal(err)
	}
	srv.Handle("GET /store/whoami", whoami)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			mine := c.WithSession(new(customers.Session))
			if _, err := mine.Auth.Authenticate(t.Context(), ada.Email, customerstest.DefaultPassword); err != nil {
				t.Error(err)
				return
			}
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "/store/whoami", nil)
			resp, err := mine.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), ada.Email) {
				t.Errorf("%s, %v", body, err)
			}
		})
	}
	wg.Wait()
}
