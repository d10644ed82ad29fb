package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"net/http"
	"slices"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// Sentinels tell apart what a program can act on. The text of an error shows no password, cookie or email.
func Example_errors() {
	shop := startShop()
	c, err := customers.New(shop.URL, customers.WithMaxRetries(0))
	if err != nil {
		log.Fatal(err)
	}
	register := func(email string) {
		_, err := c.Create(context.Background(), customers.CreateRequest{Email: email, Password: "supersecret"})
		switch {
		case errors.Is(err, customers.ErrDuplicate):
			fmt.Println("There is an account with this email.")
		case errors.Is(err, customers.ErrUnavailable), errors.Is(err, customers.ErrRateLimited):
			fmt.Println("Please try again in a minute.")
		case errors.Is(err, customers.ErrInvalidInput):
			fmt.Println("Please check the form.")
		case err != nil:
			log.Print(err)
		}
	}
	register("alec@example.com")
	register("ada")
	shop.Inject(customerstest.Fault{Status: http.StatusServiceUnavailable})
	register("ada@example.com")
	// Output:
	// There is an account with this email.
	// Please check the form.
	// Please try again in a minute.
}

// Every error is an *Error: what failed in a word, the status to respond to the visitor with, and every field that was
// refused, here or by the backend.
func ExampleError() {
	ctx := context.Background()
	c := loggedIn(startShop())
	_, here := c.Auth.Authenticate(ctx, "alec", "")
	_, there := c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressID("addr_none")})
	for _, err := range []error{here, there} {
		e, ok := errors.AsType[*customers.Error](err)
		if !ok {
			log.Fatal(err)
		}
		fmt.Println(e.Operation, e.Kind(), e.StatusCode, e.HTTPStatus())
		for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
			fmt.Printf("  %s: %s\n", field, e.Fields[field])
		}
	}
	// Output:
	// Authenticate invalid_input 0 400
	//   Email: it is not an email
	//   Password: it is required and must not be empty
	// UpdateCustomer not_found 404 400
	//   BillingAddress: Address with id addr_none was not found
}

// What came is there for a program to look at, and printed nowhere.
func ExampleError_Header() {
	shop := startShop()
	c := loggedIn(shop)
	shop.Inject(customerstest.Fault{Status: http.StatusTeapot, Header: http.Header{"X-Request-Id": {"r-42"}}, Body: "short and stout"})
	_, err := c.Retrieve(context.Background())
	if e, ok := errors.AsType[*customers.Error](err); ok {
		fmt.Println(e.Header().Get("X-Request-Id"), len(e.Body()))
	}
	// Output: r-42 15
}
