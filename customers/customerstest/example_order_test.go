package customerstest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// A test describes what matters of an order. The backend computes the totals.
func ExampleBackend_AddOrder() {
	backend := customerstest.New()
	server := httptest.NewServer(backend)
	defer server.Close()
	ada := backend.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	backend.AddOrder(ada.ID, customerstest.Order{
		CreatedAt: time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC),
		Lines:     []customerstest.OrderLine{{Title: "Mug", UnitPrice: 790, Quantity: 2}, {Title: "T-shirt", UnitPrice: 1990}},
		TaxRate:   19, ShippingPrice: 490,
		Discount:      &customerstest.OrderDiscount{Code: "TEN", Value: 10},
		PaymentStatus: api.PaymentStatusCaptured,
		Fulfillments:  []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "T-1"}}}},
	})

	c, err := customers.New(server.URL)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if _, err := c.Auth.Authenticate(ctx, ada.Email, customerstest.DefaultPassword); err != nil {
		panic(err)
	}
	page, err := c.ListOrders(ctx, nil)
	if err != nil {
		panic(err)
	}
	o := page.Orders[0]
	fmt.Println(o.Subtotal, o.DiscountTotal, o.ShippingTotal, o.TaxTotal, o.Total, o.FulfillmentStatus)
	fmt.Println(o.Fulfillments[0].TrackingLinks[0].TrackingNumber)
	// Output:
	// 3570 357 490 703 4406 shipped
	// T-1
}

// An order that a real backend has sent.
func ExampleBackend_AddStoredOrder() {
	backend := customerstest.New()
	ada := backend.AddCustomer(customerstest.Customer{})
	err := backend.AddStoredOrder(ada.ID, []byte(`{
		"id": "order_1", "created_at": "2024-05-01T10:00:00.000Z", "display_id": 7, "total": 1000,
		"swaps": [{"id": "swap_1", "difference_due": 500}]
	}`))
	fmt.Println(err)

	err = backend.AddStoredOrder(ada.ID, []byte(`{"id": "order_2"}`))
	fmt.Println(err)
	// Output:
	// <nil>
	// customerstest: order: created_at is missing
}
