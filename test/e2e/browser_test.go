package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// bff returns a site between browser and backend. Each request takes the session from the browser's cookie, acts for that
// customer and relays a changed cookie. The site stores nothing.
func bff(shop *customers.Client, cookie string) http.Handler {
	type page func(c *customers.Client, r *http.Request) (any, error)
	mux := http.NewServeMux()
	for pattern, f := range map[string]page{
		"POST /register": func(c *customers.Client, r *http.Request) (any, error) {
			return c.Create(r.Context(), customers.CreateRequest{Email: r.FormValue("email"), Password: r.FormValue("password"), FirstName: "Browser"})
		},
		"POST /login": func(c *customers.Client, r *http.Request) (any, error) {
			return c.Auth.Authenticate(r.Context(), r.FormValue("email"), r.FormValue("password"))
		},
		"POST /logout": func(c *customers.Client, r *http.Request) (any, error) {
			return nil, c.Auth.DeleteSession(r.Context())
		},
		"GET /exists": func(c *customers.Client, r *http.Request) (any, error) {
			return c.Auth.Exists(r.Context(), r.FormValue("email"))
		},
		"GET /profile": func(c *customers.Client, r *http.Request) (any, error) {
			return c.Retrieve(r.Context())
		},
		"POST /profile": func(c *customers.Client, r *http.Request) (any, error) {
			return c.Update(r.Context(), customers.UpdateRequest{Phone: customers.Value(r.FormValue("phone"))})
		},
		"GET /orders": func(c *customers.Client, r *http.Request) (any, error) {
			return c.ListOrders(r.Context(), nil)
		},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			session := customers.SessionFromRequest(r, customers.BrowserCookie{Name: cookie})
			out, err := f(shop.WithSession(session), r)
			session.Relay(w)
			if e, ok := errors.AsType[*customers.Error](err); ok {
				http.Error(w, e.Error(), max(e.StatusCode, http.StatusUnauthorized))
				return
			}
			_ = json.NewEncoder(w).Encode(out)
		})
	}
	return mux
}

// visitor is a browser.
type visitor struct {
	client *http.Client
	site   *url.URL
}

// visit starts the site, over https, and a browser that trusts it.
func visit(t *testing.T, b *backend.Backend, opts ...customers.Option) visitor {
	t.Helper()
	shop := newClientOf(t, b, append(opts, customers.WithoutSession())...)
	server := httptest.NewTLSServer(bff(shop, b.SessionCookie()))
	t.Cleanup(server.Close)
	site, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{client: server.Client(), site: site}
	v.newJar(t)
	return v
}

func (v visitor) newJar(t *testing.T) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v.client.Jar = jar
}

// cookie returns the Cookie header that the browser sends to the site.
func (v visitor) cookie() string {
	var all []string
	for _, c := range v.client.Jar.Cookies(v.site) {
		all = append(all, c.String())
	}
	return strings.Join(all, "; ")
}

// do sends a request, checks the status of the response and returns its Set-Cookie lines and body.
func (v visitor) do(t *testing.T, method, path string, form url.Values, status int) (setCookie []string, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, v.site.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, resp.StatusCode, status, text)
	}
	return resp.Header["Set-Cookie"], string(text)
}

// wantCookie checks that one line sets the session's cookie safely, with a lifetime close to the backend's ten hours.
func wantCookie(t *testing.T, b *backend.Backend, lines []string) {
	t.Helper()
	if len(lines) != 1 {
		t.Fatalf("%d cookies were relayed, want 1", len(lines))
	}
	c, err := http.ParseSetCookie(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != b.SessionCookie() || c.Value == "" || c.Path != "/" || c.Domain != "" || !c.HttpOnly || !c.Secure ||
		c.SameSite != http.SameSiteLaxMode || c.MaxAge < 35_900 || c.MaxAge > 36_000 {
		c.Value = "…"
		t.Errorf("relayed %s", c)
	}
}

// wantDeleted checks that one line deletes the session's cookie.
func wantDeleted(t *testing.T, b *backend.Backend, lines []string) {
	t.Helper()
	if want := b.SessionCookie() + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"; len(lines) != 1 || lines[0] != want {
		t.Errorf("relayed %d lines, want %q", len(lines), want)
	}
}

// browserJourney registers, reads, changes, logs out and logs in again through the site.
func browserJourney(t *testing.T, b *backend.Backend, v visitor) {
	t.Helper()
	who := url.Values{"email": {uniqueEmail(t)}, "password": {"a password"}}
	unchanged := func(lines []string) {
		t.Helper()
		if len(lines) != 0 {
			t.Errorf("%d cookies were relayed, want none", len(lines))
		}
	}
	lines, _ := v.do(t, "GET", "/profile", nil, 401)
	unchanged(lines)
	lines, body := v.do(t, "GET", "/exists?"+who.Encode(), nil, 200) // sets an anonymous cookie at the backend
	unchanged(lines)
	if strings.TrimSpace(body) != "false" {
		t.Errorf("exists: %s", body)
	}

	lines, _ = v.do(t, "POST", "/register", who, 200)
	wantCookie(t, b, lines)
	registered := v.cookie()
	lines, body = v.do(t, "GET", "/profile", nil, 200)
	unchanged(lines)
	if !strings.Contains(body, who.Get("email")) {
		t.Errorf("the profile is not the customer's: %s", body)
	}
	lines, body = v.do(t, "POST", "/profile", url.Values{"phone": {"12345678"}}, 200)
	unchanged(lines)
	if !strings.Contains(body, "12345678") {
		t.Errorf("the profile has not changed: %s", body)
	}
	lines, body = v.do(t, "GET", "/orders", nil, 200)
	unchanged(lines)
	if !strings.Contains(body, `"orders":[]`) {
		t.Errorf("orders: %s", body)
	}

	lines, _ = v.do(t, "POST", "/logout", nil, 200)
	wantDeleted(t, b, lines)
	if v.cookie() != "" {
		t.Error("the browser still has a cookie")
	}
	lines, _ = v.do(t, "GET", "/profile", nil, 401)
	unchanged(lines)

	// The cookie of the session that was logged out is of no use, and stays: by now it might be a newer login's.
	name, value, _ := strings.Cut(registered, "=")
	v.client.Jar.SetCookies(v.site, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
	lines, _ = v.do(t, "GET", "/profile", nil, 401)
	unchanged(lines)

	// An anonymous session of the backend, planted in the browser, does not become the customer's at login.
	v.client.Jar.SetCookies(v.site, []*http.Cookie{{Name: name, Value: anonymousSession(t, b), Path: "/", Secure: true}})
	planted := v.cookie()
	lines, _ = v.do(t, "POST", "/login", url.Values{"email": who["email"], "password": {"wrong"}}, 401)
	unchanged(lines)
	lines, _ = v.do(t, "POST", "/login", who, 200)
	wantCookie(t, b, lines)
	if v.cookie() == planted {
		t.Error("the login has left the planted cookie in the browser")
	}
	v.do(t, "GET", "/profile", nil, 200)
	mine := v.cookie()
	v.newJar(t)
	_, value, _ = strings.Cut(planted, "=")
	v.client.Jar.SetCookies(v.site, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
	v.do(t, "GET", "/profile", nil, 401)
	_, value, _ = strings.Cut(mine, "=")
	v.client.Jar.SetCookies(v.site, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
	v.do(t, "GET", "/profile", nil, 200)
}

// anonymousSession returns the value of an anonymous cookie.
func anonymousSession(t *testing.T, b *backend.Backend) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL+"/store/auth/"+uniqueEmail(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-Proto", "https") // in production no cookie is set without it
	resp, err := httpClient(b).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		if c.Name == b.SessionCookie() {
			return c.Value
		}
	}
	t.Fatal("no cookie came")
	return ""
}

func TestBrowserInFrontOfTheBackend(t *testing.T) {
	t.Parallel()
	browserJourney(t, shared, visit(t, shared))
}

// TestBrowserInFrontOfAProductionBackend terminates TLS before the backend, as in a cluster.
func TestBrowserInFrontOfAProductionBackend(t *testing.T) {
	t.Parallel()
	b := borrowBackend(t, backend.Settings{NodeEnv: "production", SessionName: "shop.sid"})
	browserJourney(t, b, visit(t, b, customers.WithTLSTerminated(), customers.WithSessionCookieName("shop.sid")))
}

// TestBrowserOfARollingBackend has a cookie that every call prolongs.
func TestBrowserOfARollingBackend(t *testing.T) {
	t.Parallel()
	b := borrowBackend(t, backend.Settings{SessionRolling: true})
	v := visit(t, b)
	who := url.Values{"email": {uniqueEmail(t)}, "password": {"a password"}}
	lines, _ := v.do(t, "POST", "/register", who, 200)
	wantCookie(t, b, lines)
	before := v.cookie()
	for range 2 {
		lines, body := v.do(t, "GET", "/profile", nil, 200)
		wantCookie(t, b, lines)
		if !strings.Contains(body, who.Get("email")) || v.cookie() != before {
			t.Error("prolonging the cookie changed its customer or its value")
		}
	}
	lines, _ = v.do(t, "POST", "/logout", nil, 200)
	wantDeleted(t, b, lines)
	v.do(t, "GET", "/profile", nil, 401)
}

// TestOneSharedClientForManyBrowsers has twenty customers at once on one client.
func TestOneSharedClientForManyBrowsers(t *testing.T) {
	shop := newClient(t, customers.WithoutSession())
	server := httptest.NewTLSServer(bff(shop, customers.DefaultSessionCookieName))
	t.Cleanup(server.Close)
	site, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("customers", func(t *testing.T) {
		for i := range 20 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				v := visitor{client: &http.Client{Transport: server.Client().Transport}, site: site}
				v.newJar(t)
				who := url.Values{"email": {uniqueEmail(t)}, "password": {"a password"}}
				v.do(t, "POST", "/register", who, 200)
				for range 3 {
					if _, body := v.do(t, "GET", "/profile", nil, 200); !strings.Contains(body, who.Get("email")) {
						t.Errorf("another customer's profile")
					}
				}
				v.do(t, "POST", "/logout", nil, 200)
				v.do(t, "GET", "/profile", nil, 401)
			})
		}
	})
}
