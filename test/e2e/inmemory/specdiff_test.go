// Package inmemory has the suites of this module that need no real backend, and so neither Node nor a database.
package inmemory

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// floor is what a run on the fixture shows. Properties and enums are below live.DefaultFloor, because an
// [customerstest.Order] has no swaps, claims, returns, gift cards or products.
var floor = live.Floor{
	conform.Called: 100, conform.Responded: 80, conform.Content: 75, conform.InResponse: 85, conform.Property: 45, conform.Enum: 25, conform.Input: 100,
}

// TestSpecdiffAgrees runs specdiff on the contract and the in-memory backend, as `make diff` does with the real one.
func TestSpecdiffAgrees(t *testing.T) {
	backend := customerstest.NewServer(t)
	r, err := specdiff.Run(t.Context(), specdiff.Config{
		Contract: "../../../openapi.yaml", Backend: backend.URL, Setup: fixture(t, backend), Floor: floor,
		Accepted: "../../../specdiff/accepted.yaml", Version: "1.20.11",
	})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Text(&text, report.Style{}); err != nil {
		t.Fatal(err)
	}
	t.Log(text.String())
	if !r.Agrees() {
		t.Error("the contract and the in-memory backend disagree")
	}
}

// fixture adds a customer with orders of many kinds, and returns what specdiff has to know of the backend.
func fixture(t *testing.T, backend *customerstest.Server) specdiff.Setup {
	t.Helper()
	customer := backend.AddCustomer(customerstest.Customer{
		FirstName: "Ada", LastName: "Lovelace", Phone: "1234", Metadata: map[string]any{"newsletter": true},
		ShippingAddresses: []api.AddAddressRequest{{}}, BillingAddress: &api.AddAddressRequest{},
	})
	backend.AddPaymentMethod(customer.ID, customerstest.PaymentMethod{})
	orders := []customerstest.Order{
		{
			TaxRate: 25, ShippingPrice: 4900, Discount: &customerstest.OrderDiscount{Code: "SUMMER", Value: 10},
			Fulfillments: []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "1", URL: "https://carrier.example.com/1"}}}},
		},
		{Discount: &customerstest.OrderDiscount{Code: "FREE", Type: api.DiscountRuleTypeFreeShipping}, Metadata: map[string]any{"gift": true}},
		{Discount: &customerstest.OrderDiscount{Code: "EACH", Type: api.DiscountRuleTypeFixed, Allocation: api.AllocationTypeItem, Value: 5}, Refunded: 100},
	}
	for status := range strings.FieldsSeq("pending completed archived canceled requires_action") {
		orders = append(orders, customerstest.Order{Status: api.OrderStatus(status)})
	}
	for status := range strings.FieldsSeq("not_paid awaiting captured partially_refunded refunded canceled requires_action") {
		orders = append(orders, customerstest.Order{PaymentStatus: api.PaymentStatus(status)})
	}
	for status := range strings.FieldsSeq("not_fulfilled partially_fulfilled fulfilled partially_shipped shipped partially_returned returned canceled requires_action") {
		orders = append(orders, customerstest.Order{FulfillmentStatus: api.FulfillmentStatus(status)})
	}
	for _, order := range orders {
		backend.AddOrder(customer.ID, order)
	}
	return specdiff.Setup{
		Customers:        []specdiff.Customer{{Email: customer.Email, Password: customerstest.DefaultPassword, Orders: len(orders)}},
		PasswordTokenURL: tokens(t, backend),
	}
}

// tokens serves the password tokens of an email as JSON, and returns the URL.
func tokens(t *testing.T, backend *customerstest.Server) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all := []map[string]string{}
		for _, token := range backend.PasswordTokens(r.URL.Query().Get("email")) {
			all = append(all, map[string]string{"token": token})
		}
		if err := json.NewEncoder(w).Encode(all); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
