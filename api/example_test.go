package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// printOrders logs in and prints the customer's pending orders. It needs no other package of this module.
func printOrders(ctx context.Context, baseURL, email, password string) error {
	jar, err := cookiejar.New(nil) // keeps the session cookie
	if err != nil {
		return err
	}
	raw, err := api.NewClientWithResponses(baseURL, api.WithHTTPClient(&http.Client{Jar: jar, Timeout: 10 * time.Second}))
	if err != nil {
		return err
	}

	login, err := raw.AuthenticateWithResponse(ctx, api.Credentials{Email: email, Password: password})
	if err != nil {
		return err
	}
	if login.JSON200 == nil { // a failure is a response, not an error
		return errors.New("login: " + login.Status())
	}
	fmt.Println("hello,", login.JSON200.Customer.Email)

	requestID := func(_ context.Context, req *http.Request) error {
		req.Header.Set("X-Request-Id", "req-1") // a header for one call
		return nil
	}
	params := &api.ListOrdersParams{Status: []api.OrderStatus{api.OrderStatusPending}}
	orders, err := raw.ListOrdersWithResponse(ctx, params, requestID)
	if err != nil {
		return err
	}
	if orders.JSON200 == nil {
		return errors.New("orders: " + orders.Status())
	}
	for _, order := range orders.JSON200.Orders {
		fmt.Println(order.ID, order.Status, order.Total)
	}
	return nil
}

// The raw client with a cookie jar. An in-memory backend stands for the shop's.
func Example() {
	backend := customerstest.New()
	shop := httptest.NewServer(backend)
	defer shop.Close()
	ada := backend.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	backend.AddOrder(ada.ID, customerstest.Order{ID: "order_1"})

	fmt.Println(printOrders(context.Background(), shop.URL, ada.Email, customerstest.DefaultPassword))
	fmt.Println(printOrders(context.Background(), shop.URL, ada.Email, "wrong"))
	// Output:
	// hello, ada@example.com
	// order_1 pending 1000
	// <nil>
	// login: 401 Unauthorized
}
