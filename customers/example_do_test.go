package customers_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// The customer who is logged in makes a cart. See examples/cart for a client that is generated for such routes.
func ExampleClient_Do() {
	shop := startShop()
	shop.Handle("POST /store/carts", func(w http.ResponseWriter, _ *http.Request, customer *api.Customer) { // a real backend has it
		fmt.Fprintf(w, `{"cart":{"id":"cart_1","email":%q}}`, customer.Email)
	})
	c := loggedIn(shop)

	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/store/carts", strings.NewReader(`{}`))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		log.Fatal(err) // no response came; any status is a response
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, string(body))
	// Output: 200 OK {"cart":{"id":"cart_1","email":"alec@example.com"}}
}

// The raw client of package api, over a Client, logs the client's session in. Its responses are as they came.
func ExampleClient_Do_generatedClient() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL)
	if err != nil {
		log.Fatal(err)
	}
	raw, err := api.NewClient(shop.URL, api.WithHTTPClient(c))
	if err != nil {
		log.Fatal(err)
	}
	resp, err := raw.Authenticate(ctx, api.Credentials{Email: "alec@example.com", Password: "supersecret"})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, me.Email)
	// Output: 200 alec@example.com
}
