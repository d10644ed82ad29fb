//nolint:thelper // the functions of tries are the tests themselves
package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/compat"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// proxy returns a handler that passes requests below prefix on to the backend without it, as by https if proto says so,
// and checks what the backend gets and sends with the contract. Cookies get cookiePath if that is set.
func proxy(t *testing.T, prefix, proto, cookiePath string) http.Handler {
	t.Helper()
	target, err := url.Parse(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &httputil.ReverseProxy{
		Transport: recording(t, conform.Cookie{Secure: shared.Secure()}),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			if proto != "" {
				r.Out.Header.Set("X-Forwarded-Proto", proto)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			for i, line := range r.Header["Set-Cookie"] {
				r.Header["Set-Cookie"][i] = strings.Replace(line, "Path=/;", "Path="+cmp.Or(cookiePath, "/")+";", 1)
			}
			return nil
		},
	}
	return http.StripPrefix(prefix, p)
}

// serve serves h until the test ends, by https if that is set, and returns the URL and a client that trusts it.
func serve(t *testing.T, h http.Handler, https bool) (string, *http.Client) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	if https {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.URL, s.Client()
}

// production has a backend in production behind a proxy that ends TLS.
func production(t *testing.T) {
	use(t, backend.Settings{NodeEnv: "production"})
	through := func(t *testing.T, proto string, https bool, opts ...customers.Option) *compat.Env {
		base, hc := serve(t, proxy(t, "", proto, ""), https)
		return &compat.Env{Backend: shared, URL: base, HTTP: hc, Options: opts}
	}
	t.Run("https", func(t *testing.T) {
		everyUse(t, through(t, "https", true))
	})
	t.Run("an_unknown_authority", func(t *testing.T) {
		e := through(t, "https", true)
		e.HTTP = &http.Client{Transport: &http.Transport{}}
		_, _, err := e.Registered(t.Context())
		if !errors.Is(err, customers.ErrUnavailable) || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("got %v, want an error about the certificate", err)
		}
	})
	t.Run("http_inside_the_cluster", func(t *testing.T) {
		c, email := newCustomer(t, through(t, "https", false, customers.WithTLSTerminated()))
		if me, err := copyOf(t, c).Retrieve(t.Context()); err != nil || me.Email != email {
			t.Error(err)
		}
		if err := c.Auth.DeleteSession(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("http_without_WithTLSTerminated", func(t *testing.T) {
		c, _ := newCustomer(t, through(t, "https", false))
		_, err := c.Retrieve(t.Context()) // the cookie of the login must not go over http
		wantNoCookie(t, err, "WithTLSTerminated")
	})
	t.Run("a_proxy_that_does_not_say_https", func(t *testing.T) {
		_, _, err := through(t, "", true).Registered(t.Context())
		wantNoCookie(t, err, "was not told that the request came over https")
	})
}

func wantNoCookie(t *testing.T, err error, names string) {
	t.Helper()
	if !errors.Is(err, customers.ErrNoSessionCookie) || !strings.Contains(err.Error(), names) {
		t.Errorf("got %v, want %v that names %q", err, customers.ErrNoSessionCookie, names)
	}
}

// pathPrefix has proxies that serve the backend below /shop/api.
func pathPrefix(t *testing.T) {
	use(t, backend.Settings{})
	const prefix = "/shop/api"
	through := func(t *testing.T, cookiePath, at string, opts ...customers.Option) *compat.Env {
		t.Helper()
		base, hc := serve(t, proxy(t, prefix, "", cookiePath), false)
		return &compat.Env{Backend: shared, URL: base + at, HTTP: hc, Options: opts}
	}
	t.Run("every", func(t *testing.T) {
		everyUse(t, through(t, "", prefix))
	})
	for _, cookiePath := range []string{"/", "/shop", prefix, prefix + "/"} {
		for _, at := range []string{prefix, prefix + "/"} {
			t.Run("a_cookie_of_"+cookiePath+"_at_"+at, func(t *testing.T) {
				c, email := newCustomer(t, through(t, cookiePath, at))
				if me, err := copyOf(t, c).Retrieve(t.Context()); err != nil || me.Email != email {
					t.Error(err)
				}
				if err := c.Auth.DeleteSession(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	t.Run("a_cookie_of_another_path", func(t *testing.T) {
		_, _, err := through(t, "/public", prefix).Registered(t.Context())
		wantNoCookie(t, err, "WithPublicURL")
		e := through(t, "/public", prefix, customers.WithPublicURL("https://shop.example.com/public"))
		if _, _, err := e.Registered(t.Context()); err != nil {
			t.Errorf("with WithPublicURL: %v", err)
		}
	})
	t.Run("Do", func(t *testing.T) {
		e := through(t, "", prefix)
		c, email := newCustomer(t, e)
		for _, address := range []string{"/store/customers/me", "store/customers/me", e.URL + "/store/customers/me"} {
			if status, body := do(t, c, http.MethodGet, address, ""); status != http.StatusOK || body.Customer.Email != email {
				t.Errorf("%s: status %d", address, status)
			}
		}
		for _, address := range []string{strings.TrimSuffix(e.URL, prefix) + "/store/customers/me", e.URL + "/../../admin", "/../../admin"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			if !errors.Is(err, customers.ErrInvalidInput) {
				t.Errorf("%s: got %v, want %v", address, err, customers.ErrInvalidInput)
			}
		}
	})
	t.Run("a_base_URL_without_the_prefix", func(t *testing.T) {
		c, err := through(t, "", "").Client()
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Auth.Authenticate(t.Context(), "a@example.com", compat.Password)
		if !errors.Is(err, customers.ErrNotFound) || !strings.Contains(err.Error(), "base URL") {
			t.Errorf("got %v, want %v that names the base URL", err, customers.ErrNotFound)
		}
	})
	t.Run("a_proxy_that_redirects_to_the_prefix", func(t *testing.T) {
		base, hc := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, prefix+r.URL.RequestURI(), http.StatusPermanentRedirect)
		}), false)
		c, err := (&compat.Env{Backend: shared, URL: base, HTTP: hc}).Client()
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Auth.Authenticate(t.Context(), "a@example.com", compat.Password)
		if !errors.Is(err, customers.ErrUnexpectedResponse) || !strings.Contains(err.Error(), base+prefix) {
			t.Errorf("got %v, want an error that names %s%s", err, base, prefix)
		}
	})
}

// A page is what the tests read of the responses to Do.
type page struct {
	Customer struct {
		Email string `json:"email"`
	} `json:"customer"`
	Wishlist   []string `json:"wishlist"`
	CustomerID string   `json:"customer_id"`
}

// do sends a request by c.Do.
func do(t *testing.T, c *customers.Client, method, address, body string) (int, page) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	var p page
	if resp.StatusCode/100 == 2 {
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatalf("%s %s: %v", method, address, err)
		}
	}
	return resp.StatusCode, p
}
