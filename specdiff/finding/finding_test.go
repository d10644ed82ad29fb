package finding_test

import (
	"fmt"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

func ExamplePoint_ID() {
	orders := finding.Operation("get", "/store/customers/me/orders")
	fmt.Println(finding.Point{Place: finding.Parameter(orders, "query", "status[]"), Aspect: finding.Style}.ID())
	fmt.Println(finding.Point{Place: "Order.email", Aspect: finding.Nullable}.ID())
	// Output:
	// GET /store/customers/me/orders query status#style
	// Order.email#nullable
}

func TestComponent(t *testing.T) {
	for place, want := range map[string]string{
		"Order": "Order", "Order.items[].title": "Order", "Tags[]": "Tags", "Either|0.name": "Either",
		"GET /store/auth 200 application/json.customer": "GET /store/auth 200 application/json.customer",
		"Customer.gift note":                            "Customer",
		"Customer.a /b c":                               "Customer",
	} {
		if got := (finding.Point{Place: place}).Component(); got != want {
			t.Errorf("%s is in %s, want %s", place, got, want)
		}
	}
}

func TestPlacesOfOneOperationDiffer(t *testing.T) {
	op := finding.Operation("POST", "/store/auth")
	seen := map[string]bool{}
	for _, place := range []string{
		op, finding.Parameter(op, "query", "a"), finding.Parameter(op, "path", "a"), finding.RequestBody(op),
		finding.Media(finding.RequestBody(op), "application/json"), finding.Response(op, "200"),
		finding.Media(finding.Response(op, "200"), "application/json"),
	} {
		if seen[place] {
			t.Errorf("two places are called %q", place)
		}
		seen[place] = true
	}
}
