package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/medusa-storefront/customers-go/customers"
)

// After a login every call of the client is the customer's.
func ExampleAuthService_Authenticate() {
	ctx := context.Background()
	c, err := customers.New(startShop().URL)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Auth.Authenticate(ctx, "alec@example.com", "a wrong one")
	if errors.Is(err, customers.ErrInvalidCredentials) {
		fmt.Println("Wrong email or password.")
	}
	me, err := c.Auth.Authenticate(ctx, "alec@example.com", "supersecret")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Logged in as", me.Email)
	// Output:
	// Wrong email or password.
	// Logged in as alec@example.com
}

func ExampleAuthService_GetSession() {
	me, err := loggedIn(startShop()).Auth.GetSession(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email)
	// Output: alec@example.com
}

// WithOrders keeps the orders that come with a login and with GetSession.
func ExampleWithOrders() {
	me, err := loggedIn(startShop()).Auth.GetSession(context.Background(), customers.WithOrders())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(me.Orders), "orders")
	// Output: 3 orders
}

func ExampleAuthService_DeleteSession() {
	ctx := context.Background()
	c := loggedIn(startShop())
	if err := c.Auth.DeleteSession(ctx); err != nil {
		log.Fatal(err)
	}
	_, err := c.Retrieve(ctx)
	fmt.Println(errors.Is(err, customers.ErrUnauthenticated))
	// Output: true
}

// A registration form asks whether the email is taken before it asks for a password.
func ExampleAuthService_Exists() {
	c, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	for _, email := range []string{"alec@example.com", "ada@example.com"} {
		taken, err := c.Auth.Exists(context.Background(), email)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(email, taken)
	}
	// Output:
	// alec@example.com true
	// ada@example.com false
}

// A token is good for 30 days, and nothing ends it earlier.
func ExampleAuthService_GetToken() {
	c, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	token, err := c.Auth.GetToken(context.Background(), "alec@example.com", "supersecret")
	fmt.Println(token != "", err)
	// Output: true <nil>
}

// A client with a bearer token keeps no session.
func ExampleWithBearerToken() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	token, err := c.Auth.GetToken(ctx, "alec@example.com", "supersecret")
	if err != nil {
		log.Fatal(err)
	}
	if c, err = customers.New(shop.URL, customers.WithBearerToken(token)); err != nil {
		log.Fatal(err)
	}
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email)
	// Output: alec@example.com
}

// A server has a token for each of its customers, and one client for all.
func ExampleClient_WithBearerToken() {
	ctx := context.Background()
	c, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	token, err := c.Auth.GetToken(ctx, "alec@example.com", "supersecret")
	if err != nil {
		log.Fatal(err)
	}
	alec, err := c.WithBearerToken(token)
	if err != nil {
		log.Fatal(err)
	}
	me, err := alec.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email)
	c.CloseIdleConnections() // of all clients derived from c
	// Output: alec@example.com
}
