package customerstest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
)

// newBuyer returns a backend with one customer, who has no orders.
func newBuyer(t *testing.T) (*Backend, string) {
	t.Helper()
	b := New()
	return b, b.AddCustomer(Customer{Email: "buyer@example.com", FirstName: "Olivia", LastName: "Orders"}).ID
}

// list returns the response to ListOrders.
func list(t *testing.T, b *Backend, customerID, query string) api.OrderPage {
	t.Helper()
	resp := b.backend.List(customerID, query)
	if resp.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", query, resp.Status, resp.Body)
	}
	var page api.OrderPage
	if err := json.Unmarshal(resp.Body, &page); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return page
}
