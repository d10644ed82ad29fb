package inmemory

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// gateway changes what passes between specdiff and the backend.
type gateway func(backend http.Handler) http.Handler

// shop is a backend with a customer that has orders, behind a gateway.
type shop struct {
	*customerstest.Backend
	url   string
	login live.Login
	// requests are what reached the gateway: "GET /store/auth".
	requests func() []string
}

func newShop(t *testing.T, through gateway, opts ...customerstest.Option) shop {
	t.Helper()
	s := shop{Backend: customerstest.New(opts...)}
	customer := s.AddCustomer(customerstest.Customer{FirstName: "Ada"})
	for range 3 {
		s.AddOrder(customer.ID, customerstest.Order{TaxRate: 25})
	}
	s.login = live.Login{Email: customer.Email, Password: customerstest.DefaultPassword}
	var mu sync.Mutex
	var requests []string
	handler := through(s.Backend)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r.Method+" "+r.URL.Path)
		mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.requests = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(requests)
	}
	return s
}

func direct(backend http.Handler) http.Handler { return backend }

// contract is the contract of this repository.
func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := document.Load(t.Context(), "../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ask records a shop and returns what its findings are, but for those that are accepted: "id: what the backend does".
func ask(t *testing.T, config live.Config) (*live.Record, []string) {
	t.Helper()
	doc := contract(t)
	config.Documents = []*openapi3.T{doc}
	record, err := live.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := accept.Load("../../../specdiff/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := specdiff.Compare(specdiff.Sources{Contract: doc, Record: record}, specdiff.Config{})
	accepted.Apply(r.Findings, "1.20.11", time.Now(), false)
	var all []string
	for _, f := range r.Unexplained() {
		all = append(all, fmt.Sprintf("%s: %s", f.ID(), f.Live))
	}
	t.Logf("%d exchanges\nnotes: %s\nfindings: %s", len(record.Exchanges), strings.Join(record.Notes, "\n\t"), strings.Join(all, "\n\t"))
	return record, all
}

// TestReadOnlyRunChangesNothing checks what a run on a shop with customers of its own sends: one login, its logout, and
// reads.
func TestReadOnlyRunChangesNothing(t *testing.T) {
	s := newShop(t, direct)
	_, findings := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, ReadOnly: true})
	if len(findings) > 0 {
		t.Errorf("found %q", findings)
	}
	counts := map[string]int{}
	for _, request := range s.requests() {
		if strings.HasPrefix(request, http.MethodGet) {
			request = http.MethodGet
		}
		counts[request]++
	}
	if counts["GET"] < 100 || counts["POST /store/auth"] != 1 || counts["DELETE /store/auth"] != 1 || len(counts) != 3 {
		t.Errorf("it sent %v", counts)
	}
}

// TestReadOnlyRunWithoutALogin checks that what can be read without a login is compared.
func TestReadOnlyRunWithoutALogin(t *testing.T) {
	s := newShop(t, direct)
	record, findings := ask(t, live.Config{Backend: s.url, ReadOnly: true})
	if len(record.Exchanges) < 5 {
		t.Errorf("%d exchanges", len(record.Exchanges))
	}
	for _, f := range findings {
		if !strings.HasSuffix(f, "no success was seen") {
			t.Errorf("found %s", f)
		}
	}
}
