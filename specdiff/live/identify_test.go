package live

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestURLThatIsNotMedusas checks that nothing is changed where another program responds, and that the error says what
// was seen.
func TestURLThatIsNotMedusas(t *testing.T) {
	t.Parallel()
	says := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	medusa := smallBackend(t).Config.Handler
	for _, test := range []struct {
		name   string
		handle http.Handler
		path   string
		is     error
		want   string
	}{
		{"a storefront", says(200, "text/html", "<!doctype html><title>Shop</title>"), "", ErrNotMedusa, "a page, as a storefront or an admin does"},
		{"a static site", says(404, "text/html", "<h1>Not found</h1>"), "", ErrNotMedusa, "404: if the backend is below a path"},
		{"an API with a 404 in JSON", says(404, "application/json", `{"message":"Not Found"}`), "", ErrNotMedusa, "404: if the backend is below a path"},
		{"Medusa v2", says(400, "application/json", `{"type":"not_allowed","message":"Publishable API key required in the request header: x-publishable-api-key."}`), "", ErrNotMedusa, "Medusa v2"},
		{"another API", says(200, "application/json; charset=utf-8", `{"hello":"world"}`), "", ErrNotMedusa, "200, application/json"},
		{"an API with an odd header", says(200, "no type", "hello"), "", ErrNotMedusa, "it responds with 200 to"},
		{"the wrong path", http.StripPrefix("/app", says(404, "text/html", "no")), "/app", ErrNotMedusa, "404"},
		{"an admin below the backend", pathOr("/app", says(200, "text/html", "<html>"), medusa), "/app", ErrNotMedusa, "it is at http://127.0.0.1:"},
		{"a gateway that wants credentials", gatewayThatAsks(), "", ErrUnreachable, "credentials of its own"},
		{"a gateway that forbids", says(403, "text/html", "<h1>Forbidden</h1>"), "", ErrUnreachable, "403"},
		{"a proxy without a backend", says(502, "text/html", "<h1>Bad Gateway</h1>"), "", ErrUnreachable, "502"},
		{"a captive portal", http.RedirectHandler("http://portal.example.com/login?a=b", http.StatusFound), "", ErrUnreachable, "redirects (302) to http://portal.example.com: give"},
		{"a redirect to https", redirect("https://shop.example.com/api"), "", ErrUnreachable, "redirects (308) to https://shop.example.com/api: give"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet {
					t.Errorf("it sent %s %s", r.Method, r.URL.Path)
				}
				test.handle.ServeHTTP(w, r)
			}))
			defer server.Close()
			_, err := Run(t.Context(), Config{Backend: server.URL + test.path, Documents: []*openapi3.T{load(t, small)}})
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %v: %s", err, test.is, test.want)
			}
			if err != nil && (strings.Contains(err.Error(), "@") || strings.ContainsAny(err.Error(), "\x01?")) {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
}

func redirect(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, base+r.URL.EscapedPath(), http.StatusPermanentRedirect)
	})
}

// pathOr serves one prefix of paths by one handler, and all else by another.
func pathOr(prefix string, below, otherwise http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix+"/") {
			below.ServeHTTP(w, r)
			return
		}
		otherwise.ServeHTTP(w, r)
	})
}

func gatewayThatAsks() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="staging"`)
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
	})
}
