package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// Log in; from then on every call is the customer's.
func Example() {
	c, err := customers.New(shopURL)
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Auth.Authenticate(context.Background(), "user@example.com", "supersecret")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Hello,", me.Email)
	// Output: Hello, user@example.com
}

// A server keeps one client that can not become a customer, and derives one for each customer it acts for.
func Example_server() {
	ctx := context.Background()
	shop, err := customers.New(shopURL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}

	// A customer logs in: keep the session, encrypted, wherever the server keeps its own.
	c := shop.WithSession(new(customers.Session))
	if _, err := c.Auth.Authenticate(ctx, "user@example.com", "supersecret"); err != nil {
		log.Fatal(err)
	}
	kept := c.Session().Encode()

	// A later request of the same customer, perhaps on another machine.
	session, err := customers.DecodeSession(kept)
	if err != nil {
		log.Fatal(err)
	}
	me, err := shop.WithSession(session).Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*me.FirstName, "is back")
	// Output: Alec is back
}

// Errors tell apart what a program can act on.
func Example_errors() {
	c, err := customers.New(shopURL)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Auth.Authenticate(context.Background(), "user@example.com", "wrong")
	switch {
	case errors.Is(err, customers.ErrInvalidCredentials):
		fmt.Println("Wrong email or password.")
	case errors.Is(err, customers.ErrUnavailable), errors.Is(err, customers.ErrRateLimited):
		fmt.Println("Please try again in a minute.")
	case err != nil:
		log.Print(err) // shows no password, cookie or email
	}

	_, err = c.Create(context.Background(), customers.CreateRequest{Email: "user@example.com"})
	if e, ok := errors.AsType[*customers.Error](err); ok {
		fmt.Println("Refused before sending:", e.Field)
	}
	// Output:
	// Wrong email or password.
	// Refused before sending: Password
}

func ExampleNew() {
	c, err := customers.New("https://shop.example.com",
		customers.WithPublishableKey("pk_01H…"),
		customers.WithHeader("Accept-Language", "da"),
		customers.WithHTTPClient(&http.Client{Transport: &http.Transport{IdleConnTimeout: 4 * time.Second}}),
		customers.WithTimeout(10*time.Second),
		customers.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	)
	fmt.Println(c.Session().LoggedIn(), err)
	// Output: false <nil>
}

func ExampleClient_Create() {
	c, err := customers.New(shopURL)
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Create(context.Background(), customers.CreateRequest{
		FirstName: "Alec", LastName: "Reynolds", Email: "user@example.com", Password: "supersecret",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.ID, c.Session().LoggedIn())
	// Output: cus_1 true
}

// A header for one call, and the answer's status and headers.
func ExampleClient_Retrieve() {
	c := loggedIn()
	var resp customers.Response
	me, err := c.Retrieve(context.Background(),
		customers.WithHeader("X-Request-Id", "42"), customers.WithResponse(&resp))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*me.LastName, resp.StatusCode)
	// Output: Reynolds 200
}

// What is left out stays, a null clears, a pointer takes new.
func ExampleClient_Update() {
	c := loggedIn()
	me, err := c.Update(context.Background(), customers.UpdateRequest{
		LastName: customers.Value("Reynolds-Holm"),
		Phone:    customers.Null[string](),
		Password: new("even more secret"),
		Metadata: map[string]any{"newsletter": true},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*me.LastName, me.Phone == nil)
	// Output: Reynolds-Holm true
}

func ExampleClient_Update_billingAddress() {
	c := loggedIn()
	_, err := c.Update(context.Background(), customers.UpdateRequest{
		BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{
			Address1: customers.Value("Vestergade 1"), City: customers.Value("Aarhus"), CountryCode: "dk",
		}),
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleClient_ListOrders() {
	c := loggedIn()
	page, err := c.ListOrders(context.Background(), &customers.ListOrdersParams{
		Status:    []customers.OrderStatus{customers.OrderStatusCompleted},
		CreatedAt: &customers.TimeRange{GTE: new(time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC))},
		Limit:     new(20),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, order := range page.Orders {
		fmt.Printf("#%d %d.%02d %s\n", order.DisplayID, order.Total/100, order.Total%100, order.CurrencyCode)
	}
	// Output:
	// #2 41.50 eur
	// #1 10.50 eur
}

// Every order, page by page, right also while others are being placed.
func ExampleClient_Orders() {
	c := loggedIn()
	for order, err := range c.Orders(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(order.ID, order.Status)
	}
	// Output:
	// order_2 completed
	// order_1 completed
}

func ExampleClient_ResetPassword() {
	ctx := context.Background()
	c, err := customers.New(shopURL)
	if err != nil {
		log.Fatal(err)
	}
	if err := c.GeneratePasswordToken(ctx, "user@example.com"); err != nil {
		log.Fatal(err)
	}
	token := "from the mail that the backend sent"
	_, err = c.ResetPassword(ctx, customers.ResetPasswordRequest{
		Email: "user@example.com", Token: token, Password: "even more secret",
	})
	if errors.Is(err, customers.ErrInvalidPasswordToken) {
		fmt.Println("Please ask for a new mail.")
	}
	// Output:
}

func ExampleAddressesService_Add() {
	c := loggedIn()
	me, err := c.Addresses.Add(context.Background(), customers.AddAddressRequest{
		FirstName: "Alec", LastName: "Reynolds", Address1: "Vestergade 1", City: "Aarhus", PostalCode: "8000", CountryCode: "dk",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.ShippingAddresses[0].ID)
	// Output: addr_1
}

func ExampleAddressesService_Update() {
	c := loggedIn()
	me, err := c.Addresses.Update(context.Background(), "addr_1", customers.UpdateAddressRequest{
		Address2: customers.Value("2nd floor"), Company: customers.Null[string](),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(me.ShippingAddresses))
	// Output: 1
}

func ExamplePaymentMethodsService_List() {
	methods, err := loggedIn().PaymentMethods.List(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, method := range methods {
		fmt.Println(method.ProviderID, method.Data)
	}
	// Output: stripe map[card:map[last4:4242]]
}

func ExampleAuthService_DeleteSession() {
	c := loggedIn()
	if err := c.Auth.DeleteSession(context.Background()); err != nil {
		log.Fatal(err)
	}
	_, err := c.Retrieve(context.Background())
	fmt.Println(errors.Is(err, customers.ErrUnauthenticated))
	// Output: true
}

// A login and GetSession are answered with all orders, which are kept only if asked for.
func ExampleWithOrders() {
	me, err := loggedIn().Auth.GetSession(context.Background(), customers.WithOrders())
	if err != nil {
		log.Fatal(err)
	}
	for _, order := range me.Orders {
		fmt.Println(order.DisplayID, order.Status)
	}
	// Output:
	// 2 completed
	// 1 completed
}

// A backend behind something that ends TLS, reached over plain http inside the cluster.
func ExampleWithTLSTerminated() {
	_, err := customers.New("http://medusa:9000", customers.WithTLSTerminated())
	fmt.Println(err)
	// Output: <nil>
}

// loggedIn is a client whose customer has logged in.
func loggedIn() *customers.Client {
	c, err := customers.New(shopURL)
	if err != nil {
		panic(err)
	}
	if _, err := c.Auth.Authenticate(context.Background(), "user@example.com", "supersecret"); err != nil {
		panic(err)
	}
	return c
}
