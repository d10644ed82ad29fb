package inmemory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// TestAQueryParameterThatIsIgnoredIsNotAccepted declares a parameter that no backend has: where any name is taken, that
// it leads to a 200 does not make the contract right.
func TestAQueryParameterThatIsIgnoredIsNotAccepted(t *testing.T) {
	for name, place := range map[string]string{
		"RetrieveCustomer": "GET /store/customers/me", "GetSession": "GET /store/auth", "ListPaymentMethods": "GET /store/customers/me/payment-methods",
		"ListOrders": "GET /store/customers/me/orders",
	} {
		t.Run(name, func(t *testing.T) {
			backend := customerstest.NewServer(t)
			point := finding.Point{Place: finding.Parameter(place, "query", "only"), Aspect: finding.Presence}
			r, err := specdiff.Run(t.Context(), specdiff.Config{
				Contract: withParameter(t, name, "only"), Published: "../../../openapi.yaml", Backend: backend.URL, Setup: fixture(t, backend),
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Findings {
				if f.Point == point {
					if f.Wrong != finding.Contract || !strings.HasPrefix(f.Change, "remove ") {
						t.Errorf("%s is wrong, and the change is %q", f.Wrong, f.Change)
					}
					return
				}
			}
			t.Error("no finding")
		})
	}
}

// withParameter returns the file of a contract in which an operation has a further query parameter.
func withParameter(t *testing.T, operation, parameter string) string {
	t.Helper()
	before, after, _ := strings.Cut(customersgo.OpenAPI, "      operationId: "+operation+"\n")
	declared := "        - { name: " + parameter + ", in: query, schema: { type: string } }\n"
	head, tail, _ := strings.Cut(after, "      responses:\n")
	if has := "      parameters:\n"; strings.Contains(head, has) {
		head = strings.Replace(head, has, has+declared, 1)
	} else {
		head += has + declared
	}
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte(before+"      operationId: "+operation+"\n"+head+"      responses:\n"+tail), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
