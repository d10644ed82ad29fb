package customers

import (
	"net/http"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	for _, test := range []struct{ baseURL, request, origin string }{
		{"https://shop.example.com", "https://shop.example.com/store/customers/me", "https://shop.example.com"},
		{"https://shop.example.com/", "https://shop.example.com/store/customers/me", "https://shop.example.com"},
		{"https://shop.example.com///", "https://shop.example.com/store/customers/me", "https://shop.example.com"},
		{"https://example.com/shop", "https://example.com/shop/store/customers/me", "https://example.com"},
		{"https://example.com/shop/", "https://example.com/shop/store/customers/me", "https://example.com"},
		{"https://example.com/a/b//", "https://example.com/a/b/store/customers/me", "https://example.com"},
		{"https://example.com/a%2Fb/", "https://example.com/a%2Fb/store/customers/me", "https://example.com"},
		{"https://example.com/a b/é", "https://example.com/a%20b/%C3%A9/store/customers/me", "https://example.com"},
		{"HTTPS://Shop.Example.com:443/", "https://Shop.Example.com:443/store/customers/me", "https://shop.example.com"},
		{"https://shop.example.com:", "https://shop.example.com/store/customers/me", "https://shop.example.com"},
		{"http://shop.example.com:80", "http://shop.example.com:80/store/customers/me", "http://shop.example.com"},
		{"http://localhost:9000", "http://localhost:9000/store/customers/me", "http://localhost:9000"},
		{"http://[::1]:9000/x", "http://[::1]:9000/x/store/customers/me", "http://[::1]:9000"},
		{"http://[::1]", "http://[::1]/store/customers/me", "http://[::1]"},
	} {
		var request string
		c := mustNew(t, test.baseURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			request = r.URL.String()
			respondJSON(w, 200, customerJSON)
		})).WithSession(sessionOf("v"))
		wantOK(t, retrieve(t.Context(), c))
		if request != test.request {
			t.Errorf("%s: request goes to %s, want %s", test.baseURL, request, test.request)
		}
		if c.caller.config.endpoint.origin != test.origin {
			t.Errorf("%s: origin is %s, want %s", test.baseURL, c.caller.config.endpoint.origin, test.origin)
		}
	}
}

func TestBaseURLThatCanNotWorkIsRefusedAndNotRepeated(t *testing.T) {
	for _, baseURL := range []string{
		"", "/", "shop.example.com", "//shop.example.com", "ftp://shop.example.com", "unix:///tmp/x", "javascript:alert(1)", "localhost:9000",
		"https://", "https:///path", "https://:443", "https:shop.example.com", "http:///",
		"https://user@shop.example.com", "https://user:hush@shop.example.com", "https://@shop.example.com",
		"https://shop.example.com?x=hush", "https://shop.example.com/?", "https://shop.example.com/#hush", "https://shop.example.com/store?key=hush#x",
		"https://shop.example.com:99999", "https://shop.example.com:0", "https://shop.example.com:x", "https://shop example.com",
		"https://shop.example.com/%zz", " https://shop.example.com", "https://shop.example.com\n", "http://user:hush@[::1",
	} {
		c, err := New(baseURL)
		if err == nil {
			t.Errorf("%q is accepted: %s", baseURL, c.caller.config.endpoint.baseURL)
			continue
		}
		e := wantError(t, err, ErrInvalidInput)
		if e.Field != "baseURL" || e.Operation != "New" || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: error %q", baseURL, err)
		}
	}
}

func TestIDsCanNotLeadToAnotherRoute(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := mustNew(t, f.URL+"/prefix").WithSession(sessionOf("v"))
	for id, path := range map[string]string{
		"addr_1":         "/prefix/store/customers/me/addresses/addr_1",
		"%2e%2e":         "/prefix/store/customers/me/addresses/%252e%252e",
		"..%2Forders":    "/prefix/store/customers/me/addresses/..%252Forders",
		"a?b=c#d":        "/prefix/store/customers/me/addresses/a%3Fb=c%23d",
		"a b":            "/prefix/store/customers/me/addresses/a%20b",
		"...":            "/prefix/store/customers/me/addresses/...",
		"http:evil.test": "/prefix/store/customers/me/addresses/http:evil.test",
		"é":              "/prefix/store/customers/me/addresses/%C3%A9",
	} {
		_, err := c.Addresses.Delete(t.Context(), id)
		wantOK(t, err)
		if got := f.last(t).Path; got != path || f.last(t).Method != http.MethodDelete {
			t.Errorf("Delete %q: %s, want %s", id, got, path)
		}
		_, err = c.Addresses.Update(t.Context(), id, UpdateAddressRequest{})
		wantOK(t, err)
		if got := f.last(t).Path; got != path || f.last(t).Method != http.MethodPost {
			t.Errorf("Update %q: %s, want %s", id, got, path)
		}
	}
	_, err := c.Auth.Exists(t.Context(), "d/a?b#c%x@example.com")
	if err == nil || f.last(t).Path != "/prefix/store/auth/d%2Fa%3Fb%23c%25x@example.com" {
		t.Errorf("Exists: %s, error %v", f.last(t).Path, err)
	}
	for _, email := range []string{"../../admin@example.com", "a/../b@example.com", `..\x@example.com`, "./x@example.com"} {
		_, err := c.Auth.Exists(t.Context(), email)
		if e := wantError(t, err, ErrInvalidInput); e.Fields["Email"] == "" {
			t.Errorf("%s: %v", email, e)
		}
	}
}

func TestBaseURLThatNoRequestCouldGoToIsRefused(t *testing.T) {
	for _, raw := range []string{`http://a"b`, "http://a<b", "https://a>b/", "http://[::%25\x9f]", "http://xn--\xeb"} {
		_, err := New(raw)
		if e := wantError(t, err, ErrInvalidInput); e.Field != "baseURL" {
			t.Errorf("%s: the error names %q", raw, e.Field)
		}
	}
}

func TestRedirectSaysWhichBaseURLToSet(t *testing.T) {
	for _, test := range []struct{ base, location, contains string }{
		{"http://shop.example.com", "https://shop.example.com/store/auth/user@example.com", "if https://shop.example.com is yours"},
		{"http://shop.example.com/", "https://shop.example.com/store/auth/user@example.com/", "if https://shop.example.com is yours"},
		{"https://example.com/shop", "https://api.example.com/v2/store/auth/user@example.com", "if https://api.example.com/v2 is yours"},
		{"https://example.com/a%2Fb", "https://api.example.com/a%2Fb/store/auth/user@example.com", "if https://api.example.com/a%2Fb is yours"},
		{"https://example.com", "//www.example.com/store/auth/user@example.com", "if https://www.example.com is yours"},
		{"https://example.com", "/shop/store/auth/user@example.com", "if https://example.com/shop is yours"},
		{"https://example.com", "https://sso.example.org/login?next=/store/auth/user@example.com", "if https://sso.example.org is yours"},
		{"https://example.com", "https://u:hush@sso.example.org/", "if https://sso.example.org is yours"},
		{"https://example.com", "", "the backend redirects"},
		{"https://example.com", "mailto:hush", "the backend redirects"},
		{"https://example.com", "http://[hush/user@example.com", "the backend redirects"},
	} {
		c := mustNew(t, test.base, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			if test.location != "" {
				w.Header().Set("Location", test.location)
			}
			w.WriteHeader(http.StatusFound)
		}))
		_, err := c.Auth.Exists(t.Context(), testEmail)
		e := wantError(t, err, ErrUnexpectedResponse)
		if !strings.Contains(e.Message, test.contains) || strings.Contains(err.Error(), "user@") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s → %s: error %q does not say %q", test.base, test.location, err, test.contains)
		}
	}
}
