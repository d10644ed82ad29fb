package e2e

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// The backend keeps a login that a second one replaces for its ten hours (docs/backend.md, B52), so the client ends it.
func TestALoginEndsTheOneThatItReplaces(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	first := restored(t, c)
	if _, err := first.Retrieve(t.Context()); err != nil {
		t.Fatalf("before the second login: %v", err)
	}
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	failure{is: customers.ErrUnauthenticated, status: http.StatusUnauthorized}.check(t, second(first.Retrieve(t.Context())))
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Errorf("after the second login: %v", err)
	}
}

// restored returns a client with a copy of c's session.
func restored(t *testing.T, c *customers.Client) *customers.Client {
	t.Helper()
	s, err := customers.DecodeSession(c.Session().Encode())
	if err != nil {
		t.Fatal(err)
	}
	return c.WithSession(s)
}

func second[T any](_ T, err error) error { return err }

// A gateway guards one route, and changes the response to a logout.
func TestGatewayBeforeTheBackend(t *testing.T) {
	t.Parallel()
	target, err := url.Parse(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	const credentials = "Basic Z2F0ZXdheTpr"
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodDelete {
			r.StatusCode, r.Status = http.StatusNoContent, ""
			r.Header.Del("Content-Type")
			r.Header.Del("Content-Length")
			r.ContentLength, r.Body = 0, http.NoBody
		}
		return nil
	}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/orders") && r.Header.Get("Authorization") != credentials {
			w.Header().Set("WWW-Authenticate", `Basic realm="shop"`)
			http.Error(w, "<html>401", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(gateway.Close)
	who := account{Email: uniqueEmail(t), Password: "a password"}
	c, err := customers.New(gateway.URL, customers.WithTimeout(patience))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := c.ListOrders(t.Context(), nil)
		says(t, failure{is: customers.ErrUnexpectedResponse, status: http.StatusUnauthorized}.of(t, err), "gateway")
		if _, err := c.Retrieve(t.Context()); err != nil {
			t.Fatalf("the customer was logged out: %v", err)
		}
	}
	if _, err := c.ListOrders(t.Context(), nil, customers.WithHeader("Authorization", credentials)); err != nil {
		t.Errorf("with the gateway's credentials: %v", err)
	}
	copied := restored(t, c)
	if err := c.Auth.DeleteSession(t.Context()); err != nil {
		t.Errorf("a logout of status 204: %v", err)
	}
	if c.Session().LoggedIn() {
		t.Error("the session is still logged in")
	}
	failure{is: customers.ErrUnauthenticated, status: http.StatusUnauthorized}.check(t, second(copied.Retrieve(t.Context())))
}

// A customer's token beside another's session would be two logins (docs/backend.md, B08).
func TestABearerTokenBesideASessionIsRefused(t *testing.T) {
	t.Parallel()
	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	other, who := newCustomer(t)
	token, err := other.Auth.GetToken(t.Context(), who.Email, who.Password)
	if err != nil {
		t.Fatal(err)
	}
	s.sendsNothing(t, func() {
		_, err := c.Retrieve(t.Context(), customers.WithHeader("Authorization", "Bearer "+token))
		failure{is: customers.ErrInvalidInput, field: "WithHeader"}.check(t, err)
	})
}

// Where sessions are rolling, a response of any status prolongs the cookie (docs/backend.md, B50), and a copy of the
// session that was stored before is good for longer than it says.
func TestRollingSessionsAreProlongedByFailuresAndOutliveTheirCopies(t *testing.T) {
	t.Parallel()
	b := borrowBackend(t, backend.Settings{SessionTTL: shortTTL.Milliseconds(), SessionRolling: true})
	c, _ := newCustomerOf(t, b, customers.WithHTTPClient(shortLived()))
	text, first := c.Session().Encode(), c.Session().Expires()
	eachUntil(t, first.Add(time.Second), func() {
		_, err := c.Addresses.Update(t.Context(), "addr_unknown", customers.UpdateAddressRequest{})
		failure{is: customers.ErrInvalidInput, status: http.StatusBadRequest}.check(t, err)
	})
	if !c.Session().Expires().After(first) {
		t.Error("responses of status 400 have not prolonged the session")
	}
	s, err := customers.DecodeSession(text)
	if err != nil {
		t.Fatal(err)
	}
	if s.LoggedIn() {
		t.Error("the copy has not expired")
	}
	if _, err := c.WithSession(s).Retrieve(t.Context()); err != nil {
		t.Errorf("the copy is refused: %v", err)
	}
	if !s.LoggedIn() || errors.Is(err, customers.ErrSessionExpired) {
		t.Error("the copy was not prolonged")
	}
}
