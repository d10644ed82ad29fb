package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

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

// Every error is an *Error, with the operation, what was refused or what the backend responded.
func ExampleError() {
	ctx := context.Background()
	c := loggedIn(startShop())
	_, refused := c.Update(ctx, customers.UpdateRequest{Password: new("")})
	_, failed := c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressID("addr_none")})
	for _, err := range []error{refused, failed} {
		if e, ok := errors.AsType[*customers.Error](err); ok {
			fmt.Printf("%s: field %q, status %d, type %q\n", e.Operation, e.Field, e.StatusCode, e.Type)
		}
	}
	// Output:
	// UpdateCustomer: field "Password", status 0, type ""
	// UpdateCustomer: field "", status 404, type "not_found"
}
