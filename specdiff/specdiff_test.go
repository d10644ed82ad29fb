package specdiff_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// ExampleRun compares two documents and prints what is left to explain.
func ExampleRun() {
	r, err := specdiff.Run(context.Background(), specdiff.Config{
		Contract:  "testdata/contract.yaml",
		Published: "testdata/published.yaml",
		Accepted:  "testdata/accepted.yaml",
		Today:     time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Unexplained() {
		fmt.Printf("%s: %s, %s; %s\n", f.ID(), f.Contract, f.Published, f.Wrong)
	}
	fmt.Println("agrees:", r.Agrees())
	// Output:
	// POST /store/auth 200#cookie: Set-Cookie documented, Set-Cookie absent; undecided
	// POST /store/auth/token#presence: absent, documented; undecided
	// agrees: false
}

// ExampleRun_backend compares a backend with the contract of customers-go, which is part of the package. A URL in Backend
// would be asked; here, a proxy has recorded what a shop does.
func ExampleRun_backend() {
	r, err := specdiff.Run(context.Background(), specdiff.Config{Replay: "testdata/shop.har"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Differences() {
		fmt.Printf("breaking: %t: %s\n", d.Breaking, d.Title)
	}
	fmt.Println("the client", r.Standing())
	// Output:
	// breaking: true: StoreGetAuthEmailRes.exists, type: string; the contract has boolean
	// breaking: false: StoreGetAuthEmailRes has 1 property of the shop's own: since (string)
	// the client breaks
}

func ids(t *testing.T, config specdiff.Config) []string {
	t.Helper()
	r, err := specdiff.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.ID())
	}
	return all
}

func TestFindingsHaveTheContractsLines(t *testing.T) {
	r, err := specdiff.Run(t.Context(), specdiff.Config{Contract: "testdata/contract.yaml", Published: "testdata/published.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/contract.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for id, want := range map[string]string{"POST /store/auth 200#cookie": "Set-Cookie", "POST /store/auth/token#presence": "paths:"} {
		i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.ID() == id })
		if i < 0 || r.Findings[i].File != "testdata/contract.yaml" || !strings.Contains(lines[r.Findings[i].Line-1], want) {
			t.Errorf("%s is not at %s: %+v", id, want, r.Findings)
		}
	}
}

func TestRoutes(t *testing.T) {
	config := specdiff.Config{Contract: "testdata/contract.yaml", Published: "testdata/published.yaml"}
	for routes, want := range map[string]bool{"": false, "/store/auth": false, "/store/carts": true, "/store/car": false, "/": true, "/store/": true} {
		config.Routes = nil
		if routes != "" {
			config.Routes = []string{routes}
		}
		if got := slices.Contains(ids(t, config), "POST /store/carts#presence"); got != want {
			t.Errorf("routes %q: the cart is found: %t, want %t", routes, got, want)
		}
	}
}

func TestADocumentAgreesWithItself(t *testing.T) {
	if found := ids(t, specdiff.Config{Contract: "../openapi.yaml", Published: "../openapi.yaml"}); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestUsage(t *testing.T) {
	for name, config := range map[string]specdiff.Config{
		"nothing":              {},
		"one source":           {Contract: "testdata/contract.yaml"},
		"only the published":   {Published: "testdata/published.yaml"},
		"two published":        {Contract: "testdata/contract.yaml", Published: "testdata/published.yaml", Package: "."},
		"package and document": {Published: "testdata/published.yaml", Package: "."},
	} {
		if _, err := specdiff.Run(t.Context(), config); !errors.Is(err, specdiff.ErrUsage) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestBackendThatDoesNotListen(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := specdiff.Run(t.Context(), specdiff.Config{Contract: "testdata/contract.yaml", Backend: server.URL})
	if !errors.Is(err, live.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestReadSetup(t *testing.T) {
	s, err := specdiff.ReadSetup(strings.NewReader(`{"url":"http://x","jwtSecret":"ignored","customers":[{"email":"a@b.c","password":"geheim","orders":3,"note":"ignored"}]}`))
	if err != nil || s.URL != "http://x" || len(s.Customers) != 1 || s.Customers[0].Password != "geheim" {
		t.Fatalf("got %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, *s); strings.Contains(text, "geheim") || strings.Contains(text, "a@b.c") {
			t.Errorf("%s shows %s", verb, text)
		}
	}
	for _, text := range []string{"", "geheim", `{"customers":"geheim"}`} {
		if _, err := specdiff.ReadSetup(strings.NewReader(text)); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
