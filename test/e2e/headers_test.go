//nolint:thelper // the functions of tables are the tests themselves
package e2e

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// proxy is a server before the shared backend that records the headers of requests.
type proxy struct {
	*httptest.Server
	mu   sync.Mutex
	seen []http.Header
}

func newProxy(t *testing.T, prefix string) *proxy {
	t.Helper()
	target, err := url.Parse(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	forward := http.StripPrefix(prefix, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: httpClient(shared).Transport})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen = append(p.seen, r.Header.Clone())
		p.mu.Unlock()
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) last(t *testing.T) http.Header {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) == 0 {
		t.Fatal("nothing arrived")
	}
	return p.seen[len(p.seen)-1]
}

func TestHeadersArrive(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, op operation) {
		p := newProxy(t, "/shop")
		c, err := customers.New(p.URL+"/shop/", customers.WithHeader("X-Client", "client"), customers.WithHeader("X-Both", "client"),
			customers.WithPublishableKey("pk_1"), customers.WithUserAgent("shop/1"))
		if err != nil {
			t.Fatal(err)
		}
		_, who := rawCustomer(t)
		if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
			t.Fatal(err)
		}
		err = op.call(t.Context(), c, who, customers.WithHeader("X-Call", "call"), customers.WithHeader("x-both", "call"))
		op.expect(t, err, ordinary(op.name))
		got := p.last(t)
		for name, want := range map[string]string{
			"X-Client": "client", "X-Call": "call", "X-Both": "call", "X-Publishable-Api-Key": "pk_1", "User-Agent": "shop/1", "Accept": "application/json",
		} {
			if values := got[name]; len(values) != 1 || values[0] != want {
				t.Errorf("%s arrives as %q, want %q", name, values, want)
			}
		}
		if got["Idempotency-Key"] != nil {
			t.Error("an Idempotency-Key arrives")
		}
		if _, err := c.Auth.Exists(t.Context(), who.Email); err != nil {
			t.Fatal(err)
		}
		if got := p.last(t); got["X-Call"] != nil || got.Get("X-Both") != "client" {
			t.Errorf("one call's headers are sent with the next: %q %q", got["X-Call"], got["X-Both"])
		}
	})
}

func TestWithResponse(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, op operation) {
		c, who := newCustomer(t)
		resp := customers.Response{StatusCode: 1}
		err := op.call(t.Context(), c, who, customers.WithResponse(&resp))
		want := ordinary(op.name)
		op.expect(t, err, want)
		switch {
		case want.status != 0:
		case op.name == "GeneratePasswordToken":
			want.status = 204
		default:
			want.status = 200
		}
		if resp.StatusCode != want.status || resp.Attempts != 1 || resp.Header.Get("X-Powered-By") != "Express" || resp.Header["Set-Cookie"] != nil {
			t.Errorf("status %d, %d attempts, headers %v; want status %d", resp.StatusCode, resp.Attempts, slices.Sorted(maps.Keys(resp.Header)), want.status)
		}
	})
}
