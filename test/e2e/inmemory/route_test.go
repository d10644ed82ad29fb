package inmemory

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

const contractFile = "../../../openapi.yaml"

// plugin serves the routes of a plugin as Medusa does: behind its login guard.
func plugin(backend http.Handler) http.Handler {
	routes := map[string]string{
		"/store/customers/me/wishlist": `{"wishlist":{"id":"wish_01HZX3J8Q6V7N5K2M4P9R0S1T2","customer":"ada@example.org","created_at":"2026-02-03T04:05:06.000Z",
			"items":[{"variant_id":"variant_01HZX3J8Q6V7N5K2M4P9R0S1T3","quantity":2,"note":"for Ada","price":null},{"variant_id":null,"quantity":1}],"metadata":{"secret":1}}}`,
		"/store/customers/me/wishlist/wish_1": `{"item":null}`,
		"/store/wishlists":                    `[]`,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := routes[r.URL.Path]
		switch {
		case r.URL.Path == "/store/customers/me/staff":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "Unauthorized")
		case r.URL.Path == "/store/customers/me/wishlist/unknown":
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":"not_found","type":"not_found","message":"none"}`)
		case !ok:
			backend.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/store/customers/me/") && r.Header.Get("Cookie")+r.Header.Get("Authorization") == "":
			w.Header()["Content-Type"] = nil
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "Unauthorized")
		default:
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set("ETag", `W/"1"`)
			_, _ = io.WriteString(w, body)
		}
	})
}

func askRoutes(t *testing.T, contract string, routes ...string) *report.Report {
	t.Helper()
	s := newShop(t, plugin)
	r, err := specdiff.Run(t.Context(), specdiff.Config{
		Contract: contract, Backend: s.url, Ask: routes, ReadOnly: true,
		Setup: specdiff.Setup{Customers: []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAProposedRouteFitsTheContract checks that what is proposed can be pasted into the contract, and that the route then
// conforms to it.
func TestAProposedRouteFitsTheContract(t *testing.T) {
	t.Parallel()
	routes := []string{"GET /store/customers/me/wishlist?limit=10", "GET /store/customers/me/wishlist/{id=wish_1}", "GET /store/wishlists"}
	r := askRoutes(t, contractFile, routes...)
	t.Log(textOf(t, r))
	if r.Standing() != report.Works {
		t.Errorf("it %s", r.Standing())
	}
	text, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	merged, proposed := string(text), 0
	for _, f := range r.Findings {
		entry, ok := strings.CutPrefix(f.YAML, "paths:\n")
		if f.Accepted != "" || !ok {
			continue
		}
		proposed++
		for _, personal := range []string{"for Ada", "ada@", "HZX3J8Q6", "secret"} {
			if strings.Contains(entry, personal) {
				t.Errorf("%q is in\n%s", personal, entry)
			}
		}
		merged = strings.Replace(merged, "\npaths:\n", "\npaths:\n"+entry, 1)
	}
	if proposed != len(routes) {
		t.Fatalf("%d routes were proposed, want %d", proposed, len(routes))
	}
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte(merged), 0o600); err != nil {
		t.Fatal(err)
	}
	doc, err := document.Load(t.Context(), file)
	if err != nil {
		t.Fatalf("%v\n%s", err, merged)
	}
	for template, id := range map[string]string{
		"/store/customers/me/wishlist": "GetWishlist", "/store/customers/me/wishlist/{id}": "GetWishlistById", "/store/wishlists": "GetWishlists",
	} {
		if got := doc.Paths.Find(template).Get.OperationID; got != id {
			t.Errorf("the operation of %s is %s, want %s", template, got, id)
		}
	}
	s := newShop(t, plugin)
	again, err := specdiff.Run(t.Context(), specdiff.Config{
		Contract: file, Backend: s.url, Ask: routes, Setup: specdiff.Setup{Customers: []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range again.Unexplained() {
		t.Errorf("with the proposed routes, the contract differs: %s: %s", f.ID(), f.Live)
	}
}

// TestRoutesThatCannotBeProposed checks that the report says why.
func TestRoutesThatCannotBeProposed(t *testing.T) {
	t.Parallel()
	for route, want := range map[string]string{
		"GET /store/customers/me/nothing":               "the backend has no such route",
		"GET /store/customers/me/staff":                 "401: it needs another login than a customer's",
		"GET /store/customers/me/wishlist/{id=unknown}": "404: there is nothing at it for this customer; give parameters other values",
	} {
		r := askRoutes(t, contractFile, route)
		all := r.Unexplained()
		if !slices.ContainsFunc(all, func(f finding.Finding) bool { return f.Wrong == finding.Unseen && f.Live == want }) || r.Standing() != report.Unclear {
			t.Errorf("%s: it %s, and %+v was found, want %q", route, r.Standing(), all, want)
		}
	}
}
