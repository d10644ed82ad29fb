package customers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math"
	"math/big"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// All filters that are set must hold: these are orders since May 2 that are still to be sent.
func ExampleClient_ListOrders() {
	c := loggedIn(startShop())
	page, err := c.ListOrders(context.Background(), &customers.ListOrdersParams{
		FulfillmentStatus: []customers.FulfillmentStatus{
			customers.FulfillmentStatusNotFulfilled, customers.FulfillmentStatusPartiallyFulfilled,
		},
		CreatedAt: &customers.TimeRange{GTE: new(time.Date(2024, time.May, 2, 0, 0, 0, 0, time.UTC))},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, order := range page.Orders {
		fmt.Println(order.DisplayID, order.CreatedAt.Format(time.DateOnly), order.FulfillmentStatus)
	}
	// Output:
	// 3 2024-05-03 not_fulfilled
	// 2 2024-05-02 not_fulfilled
}

// A visitor's link names an order, which may be another customer's: that is ErrNotFound too.
func ExampleClient_Order() {
	ctx := context.Background()
	shop := startShop()
	stranger := shop.AddCustomer(customerstest.Customer{Email: "eve@example.com"})
	theirs := shop.AddOrder(stranger.ID, customerstest.Order{})
	c := loggedIn(shop)
	page, err := c.ListOrders(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range []string{page.Orders[0].ID, theirs.ID} {
		order, err := c.Order(ctx, id)
		switch {
		case errors.Is(err, customers.ErrNotFound):
			fmt.Println("There is no such order.")
		case err != nil:
			log.Fatal(err)
		default:
			for _, item := range order.Items {
				fmt.Println(item.Quantity, item.Title, item.Subtotal)
			}
			fmt.Println("discounts", -order.DiscountTotal)
			fmt.Println("shipping", order.ShippingTotal)
			fmt.Println("tax", order.TaxTotal)
			fmt.Println("gift cards", -order.GiftCardTotal)
			fmt.Println("total", order.Total, order.CurrencyCode)
		}
	}
	// Output:
	// 1 T-shirt 2000
	// discounts 0
	// shipping 0
	// tax 0
	// gift cards 0
	// total 2000 jpy
	// There is no such order.
}

// A form that filters has the states that the contract knows; a shop may have more.
func ExampleOrderStatuses() {
	fmt.Println(customers.OrderStatuses())
	fmt.Println(customers.PaymentStatuses()[:3])
	fmt.Println(customers.FulfillmentStatuses()[:3])
	// Output:
	// [pending completed archived canceled requires_action]
	// [not_paid awaiting captured]
	// [not_fulfilled partially_fulfilled fulfilled]
}

// Offset and Limit show one page. To read every order, Orders is right also while orders are being placed.
func ExampleClient_ListOrders_offset() {
	c := loggedIn(startShop())
	page, err := c.ListOrders(context.Background(), &customers.ListOrdersParams{Offset: new(2), Limit: new(2)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("orders %d to %d of %d\n", page.Offset+1, page.Offset+len(page.Orders), page.Count)
	// Output: orders 3 to 3 of 3
}

// Amounts are integers in the currency's smallest unit, which is a hundredth of the currency only if ISO 4217 says so.
func ExampleClient_ListOrders_amounts() {
	decimals := map[string]int{"eur": 2, "jpy": 0} // the currencies of your shop
	c := loggedIn(startShop())
	page, err := c.ListOrders(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, order := range page.Orders {
		digits, ok := decimals[order.CurrencyCode]
		if !ok {
			log.Fatalf("the decimals of %s are not known", order.CurrencyCode)
		}
		total := big.NewRat(order.Total, int64(math.Pow10(digits)))
		fmt.Println(total.FloatString(digits), order.CurrencyCode)
	}
	// Output:
	// 2000 jpy
	// 41.50 eur
	// 10.50 eur
}

// An order that is not as the contract says costs only itself: the page has the others, and the error says which it was.
// Such an order can come of a plugin that changed the database.
func ExampleClient_ListOrders_oddOrder() {
	shop := startShop()
	c := loggedIn(shop)
	me, err := c.Retrieve(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	old := `{"id":"order_old","created_at":"2023-05-01T10:00:00.000Z","display_id":"two"}`
	if err := shop.AddStoredOrder(me.ID, json.RawMessage(old)); err != nil {
		log.Fatal(err)
	}

	page, err := c.ListOrders(context.Background(), nil)
	if odd, ok := errors.AsType[*customers.OrdersError](err); ok {
		for _, order := range odd.Orders {
			fmt.Println("not shown:", order.OrderID)
		}
	} else if err != nil {
		log.Fatal(err)
	}
	for _, order := range page.Orders {
		fmt.Println(order.DisplayID)
	}
	// Output:
	// not shown: order_old
	// 3
	// 2
	// 1
}

// Orders reads page after page, newest first.
func ExampleClient_Orders() {
	c := loggedIn(startShop())
	for order, err := range c.Orders(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(order.DisplayID, order.Status)
	}
	// Output:
	// 3 pending
	// 2 pending
	// 1 pending
}

// Data is the payment provider's own record; this provider is Stripe.
func ExamplePaymentMethodsService_List() {
	c := loggedIn(startShop())
	methods, err := c.PaymentMethods.List(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, method := range methods {
		var data struct {
			Card struct{ Last4 string }
		}
		if err := method.Data.Decode(&data); err != nil {
			log.Fatal(err)
		}
		fmt.Println(method.ProviderID, data.Card.Last4)
	}
	// Output: stripe 4242
}
