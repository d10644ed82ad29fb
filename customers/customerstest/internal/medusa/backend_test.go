package medusa_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

// The statuses are those of the real backend, without and with a login.
func TestRouting(t *testing.T) {
	srv := customerstest.NewServer(t)
	tests := []struct {
		method, path      string
		anonymous, signed int
	}{
		{"GET", "/store/customers/me", 401, 200},
		{"GET", "/store/customers/me/", 401, 200},
		{"GET", "/store/customers/me//", 401, 404},
		{"GET", "/STORE/Customers/ME", 401, 200},
		{"GET", "/store/customers/%6de", 401, 404},
		{"GET", "/store/custom%65rs/me", 404, 404},
		{"GET", "/store//customers/me", 401, 200},
		{"GET", "/store/customers//me", 401, 200},
		{"GET", "/store/customers///me", 401, 404},
		{"GET", "//store/customers/me", 404, 404},
		{"GET", "/store/customers/./me", 401, 404},
		{"GET", "/store/customers/../customers/me", 401, 404},
		{"GET", "/store/customers.json", 404, 404},
		{"HEAD", "/store/customers/me", 401, 200},
		{"PUT", "/store/customers/me", 401, 404},
		{"OPTIONS", "/store/customers/me", 204, 204},
		{"OPTIONS", "/store/anything", 204, 204},
		{"OPTIONS", "/elsewhere", 404, 404},
		{"GET", "/store/customers", 401, 404},
		{"GET", "/store/customers/nothing", 401, 404},
		{"POST", "/store/customers", 400, 400},
		{"POST", "/store/customers/", 400, 400},
		{"POST", "/store/customers//", 400, 400},
		{"POST", "/store/customers///", 401, 404},
		{"POST", "/store/customers/password-token", 400, 400},
		{"GET", "/store/customers/password-token", 401, 404},
		{"POST", "/store/customers/me/orders", 401, 404},
		{"GET", "/store/customers/me/orders", 401, 200},
		{"GET", "/store/customers/me/payment-methods", 401, 200},
		{"GET", "/store/customers/me/addresses", 401, 404},
		{"DELETE", "/store/customers/me/addresses", 401, 404},
		{"DELETE", "/store/customers/me/addresses/x", 401, 200},
		{"DELETE", "/store/customers/me/addresses/..", 401, 200},
		{"DELETE", "/store/customers/me/addresses/a%2Fb", 401, 200},
		{"DELETE", "/store/customers/me/addresses/%ff", 401, 500},
		{"DELETE", "/store/customers/me/addresses/%00", 401, 500},
		{"PUT", "/store/customers/me/addresses/%ff", 401, 500},
		{"DELETE", "/store/customers/me/addresses/a/b", 401, 404},
		{"POST", "/store/customers/me/addresses/%2e%2e", 401, 400},
		{"GET", "/store/auth", 401, 200},
		{"GET", "/store/auth/", 401, 200},
		{"GET", "/store/auth//", 401, 200},
		{"GET", "/store/auth///", 404, 404},
		{"GET", "/store/auth/token", 200, 200},
		{"GET", "/store/auth/a/b", 404, 404},
		{"GET", "/store/auth/%ff", 500, 500},
		{"PUT", "/store/auth/%ff", 500, 500},
		{"PUT", "/store/auth", 404, 404},
		{"POST", "/store/auth/x", 404, 404},
		{"POST", "/store/auth/token", 400, 400},
		{"DELETE", "/store/auth/x", 404, 404},
		{"GET", "/store", 404, 404},
		{"GET", "/", 404, 404},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			if a := browser.New(t, srv.URL).Send(test.method, test.path, ""); a.Status != test.anonymous {
				t.Errorf("without a login: %d, want %d: %s", a.Status, test.anonymous, a.Body)
			}
			b, _ := browser.LoggedIn(t, srv)
			if a := b.Send(test.method, test.path, ""); a.Status != test.signed {
				t.Errorf("with a login: %d, want %d: %s", a.Status, test.signed, a.Body)
			}
		})
	}
}

// The guard comes before the query is read.
func TestGuardComesBeforeValidation(t *testing.T) {
	srv := customerstest.NewServer(t)
	b := browser.New(t, srv.URL)
	for _, query := range []string{"limit=x", "offset[]=1", "created_at[gt]=x", "display_id=x&display_id=y", "%ZZ"} {
		if a := b.Send(http.MethodGet, "/store/customers/me/orders?"+query, ""); a.Status != http.StatusUnauthorized {
			t.Errorf("?%s: %d", query, a.Status)
		}
	}
	if a := b.Send(http.MethodPost, "/store/customers/me", `{"zz":1}`); a.Status != http.StatusUnauthorized {
		t.Errorf("a bad body: %d", a.Status)
	}
	// The body is read before the guard and the route.
	for _, path := range []string{"/store/customers/me", "/nowhere"} {
		if a := b.Send(http.MethodPost, path, `{`); a.Status != http.StatusBadRequest {
			t.Errorf("%s with a broken body: %d", path, a.Status)
		}
	}
}

func TestHeaders(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithStoreCORS("https://shop.example"))
	b, _ := browser.LoggedIn(t, srv)
	anonymous := browser.New(t, srv.URL)
	const (
		isText = "text/plain; charset=utf-8"
		isHTML = "text/html; charset=utf-8"
		isJSON = "application/json; charset=utf-8"
	)
	tests := []struct {
		name, contentType, body string
		response                browser.Response
		etag                    bool
	}{
		{"JSON", isJSON, `{"exists":false}`, b.Send("GET", "/store/auth/x", ""), true},
		{"JSON error", isJSON, `{"type":"invalid_data",`, b.Send("POST", "/store/customers/me", `{"x":1}`), true},
		{"guard", "", "Unauthorized", anonymous.Send("GET", "/store/customers/me", ""), false},
		{"wrong password", isText, "Unauthorized", anonymous.Login("x@example.com", "x"), true},
		{"no content", "", "", anonymous.Send("POST", "/store/customers/password-token", `{"email":"x@example.com"}`), true},
		{"unknown route", isHTML, "<pre>Cannot GET /store/n%3Cb%3E%22&#39;</pre>", b.Send("GET", `/store/n<b>"'`, ""), false},
		{"broken body", isHTML, "<pre>SyntaxError: ", b.Send("POST", "/store/customers", "{"), false},
		{"logout", isText, "OK", browser.New(t, srv.URL).Send("DELETE", "/store/auth", ""), true},
	}
	for _, test := range tests {
		h := test.response.Header
		if got := h.Get("Content-Type"); got != test.contentType {
			t.Errorf("%s: content type %q, want %q", test.name, got, test.contentType)
		}
		if !strings.Contains(test.response.Body, test.body) {
			t.Errorf("%s: %q is not in %q", test.name, test.body, test.response.Body)
		}
		if got := h.Get("ETag"); (got != "") != test.etag {
			t.Errorf("%s: ETag %q", test.name, got)
		}
		if h.Get("X-Powered-By") != "Express" {
			t.Errorf("%s: not powered by Express", test.name)
		}
	}

	b.Header.Set("Origin", "https://shop.example")
	b.Header.Set("Access-Control-Request-Headers", "content-type")
	h := b.Send("OPTIONS", "/store/customers/me", "").Header
	if h.Get("Access-Control-Allow-Origin") != "https://shop.example" || h.Get("Access-Control-Allow-Credentials") != "true" ||
		h.Get("Access-Control-Allow-Headers") != "content-type" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "DELETE") {
		t.Errorf("preflight: %v", h)
	}
	b.Header.Set("Origin", "https://elsewhere.example")
	if h := b.Send("GET", "/store/customers/me", "").Header; h.Get("Access-Control-Allow-Origin") != "" || h.Get("Vary") != "Origin" {
		t.Errorf("to another origin: %v", h)
	}
}

func TestNotModified(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, c := browser.LoggedIn(t, srv)
	tag := b.Send("GET", "/store/customers/me", "").Header.Get("ETag")
	tests := []struct {
		method string
		header map[string]string
		status int
	}{
		{"GET", map[string]string{"If-None-Match": tag}, 304},
		{"GET", map[string]string{"If-None-Match": strings.TrimPrefix(tag, "W/")}, 304},
		{"GET", map[string]string{"If-None-Match": `"x", ` + tag}, 304},
		{"GET", map[string]string{"If-None-Match": "*"}, 304},
		{"HEAD", map[string]string{"If-None-Match": tag}, 304},
		{"GET", map[string]string{"If-None-Match": `"x"`}, 200},
		{"GET", map[string]string{"If-None-Match": tag, "Cache-Control": "no-cache"}, 200},
		{"GET", map[string]string{"If-None-Match": tag, "If-Modified-Since": "Tue, 24 Nov 2026 17:03:17 GMT"}, 200},
		{"POST", map[string]string{"If-None-Match": "*"}, 200},
	}
	for _, test := range tests {
		b.Header = http.Header{}
		for name, value := range test.header {
			b.Header.Set(name, value)
		}
		body := ""
		if test.method == "POST" {
			body = "{}"
		}
		a := b.Send(test.method, "/store/customers/me", body)
		if a.Status != test.status || a.Header.Get("ETag") != tag || test.status == 304 && a.Header.Get("Content-Type") != "" {
			t.Errorf("%s with %v: %d %v, want %d", test.method, test.header, a.Status, a.Header, test.status)
		}
	}
	b.Header = http.Header{"If-None-Match": {tag}}
	if a := b.Send("POST", "/store/customers/me", `{"first_name":"New"}`); a.Header.Get("ETag") == tag {
		t.Error("the ETag is the same after a change")
	}
	b.Header = http.Header{"If-None-Match": {"*"}}
	srv.DeleteCustomer(c.ID)
	if a := b.Send("GET", "/store/customers/me", ""); a.Status != http.StatusNotFound {
		t.Errorf("an error that is not modified: %d", a.Status)
	}
}
