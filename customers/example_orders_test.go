package customers_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"math/big"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
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
		data, _ := method.Data.(map[string]any)
		card, _ := data["card"].(map[string]any)
		fmt.Println(method.ProviderID, card["last4"])
	}
	// Output: stripe 4242
}
