package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// A customer registers, adds an address and looks at the orders.
func Example() {
	ctx := context.Background()
	c, err := customers.New(startShop().URL) // your backend, such as https://shop.example.com
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Create(ctx, customers.CreateRequest{
		FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Password: "supersecret",
	})
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Addresses.Add(ctx, customers.AddAddressRequest{
		FirstName: "Ada", LastName: "Lovelace", Address1: "Vestergade 1", City: "Aarhus", PostalCode: "8000", CountryCode: "dk",
	})
	if err != nil {
		log.Fatal(err)
	}
	page, err := c.ListOrders(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d address, %d orders\n", me.Email, len(me.ShippingAddresses), page.Count)
	// Output: ada@example.com: 1 address, 0 orders
}

func ExampleNew() {
	c, err := customers.New("https://shop.example.com",
		customers.WithPublishableKey("pk_01H…"),
		customers.WithUserAgent("storefront/1.4"),
		customers.WithTimeout(10*time.Second),
		customers.WithMaxRetries(1),
		customers.WithMaxResponseBytes(8<<20),
		customers.WithHTTPClient(&http.Client{Transport: &http.Transport{IdleConnTimeout: 4 * time.Second}}),
	)
	fmt.Println(c, err)
	// Output: customers.Client(https://shop.example.com/) <nil>
}

// Create logs the new customer in.
func ExampleClient_Create() {
	c, err := customers.New(startShop().URL)
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Create(context.Background(), customers.CreateRequest{
		FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Password: "supersecret", Phone: "+45 12 34 56 78",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, me.HasAccount, c.Session().LoggedIn())
	// Output: ada@example.com true true
}

func ExampleClient_Retrieve() {
	c := loggedIn(startShop())
	me, err := c.Retrieve(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email)
	if me.FirstName != nil { // null for a customer who gave no name
		fmt.Println(*me.FirstName)
	}
	// Output:
	// alec@example.com
	// Alec
}

// Value sets a field, Null clears it, and a field that is left out stays as it is.
func ExampleClient_Update() {
	c := loggedIn(startShop())
	me, err := c.Update(context.Background(), customers.UpdateRequest{
		Email:    new("alec.reynolds@example.com"),
		Phone:    customers.Value("+45 12 34 56 78"),
		LastName: customers.Null[string](),
		Metadata: map[string]any{"newsletter": true},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, me.FirstName != nil, me.LastName != nil)
	// Output: alec.reynolds@example.com true false
}

// A billing address is given by its fields or by the id of one of the customer's addresses, and can be removed.
func ExampleClient_Update_billingAddress() {
	ctx := context.Background()
	c := loggedIn(startShop())
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	byID := customers.BillingAddressID(me.ShippingAddresses[0].ID)
	byFields := customers.BillingAddressOf(customers.UpdateAddressRequest{
		Address1: customers.Value("Store Torv 1"), City: customers.Value("Aarhus"), CountryCode: "dk",
	})
	for _, address := range []customers.BillingAddress{byFields, customers.NoBillingAddress(), byID} {
		me, err := c.Update(ctx, customers.UpdateRequest{BillingAddress: address})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(me.BillingAddressID != nil)
	}
	// Output:
	// true
	// false
	// true
}

// The backend mails the token, some seconds later. The call succeeds for any email, so that it does not show who is a
// customer.
func ExampleClient_GeneratePasswordToken() {
	shop := startShop()
	c, err := customers.New(shop.URL)
	if err != nil {
		log.Fatal(err)
	}
	for _, email := range []string{"alec@example.com", "ada@example.com"} {
		err := c.GeneratePasswordToken(context.Background(), email)
		fmt.Println(email, err, len(shop.PasswordTokens(email)))
	}
	// Output:
	// alec@example.com <nil> 1
	// ada@example.com <nil> 0
}

// A token sets a new password once, and within 15 minutes.
func ExampleClient_ResetPassword() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL)
	if err != nil {
		log.Fatal(err)
	}
	if err := c.GeneratePasswordToken(ctx, "alec@example.com"); err != nil {
		log.Fatal(err)
	}
	token := shop.PasswordTokens("alec@example.com")[0] // in production, from the link in the mail
	for _, password := range []string{"even more secret", "another one"} {
		_, err = c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: "alec@example.com", Token: token, Password: password})
		switch {
		case errors.Is(err, customers.ErrInvalidPasswordToken):
			fmt.Println("Please ask for a new mail.")
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println("The password is set.")
		}
	}
	// Output:
	// The password is set.
	// Please ask for a new mail.
}

// shop is a backend in memory, at its URL.
type shop struct {
	*customerstest.Backend
	URL string
}

// startShop starts a backend with one customer: Alec, who has an address, a saved card and three orders.
func startShop() shop {
	backend := customerstest.New()
	alec := backend.AddCustomer(customerstest.Customer{
		Email: "alec@example.com", Password: "supersecret", FirstName: "Alec", LastName: "Reynolds",
		ShippingAddresses: []customers.AddAddressRequest{{Address1: "Vestergade 1", City: "Aarhus", CountryCode: "dk"}},
	})
	backend.AddPaymentMethod(alec.ID, customerstest.PaymentMethod{})
	for i, order := range []customerstest.Order{
		{Lines: []customerstest.OrderLine{{UnitPrice: 1050}}, Fulfillments: []customerstest.OrderFulfillment{{}}},
		{Lines: []customerstest.OrderLine{{UnitPrice: 4150}}},
		{Lines: []customerstest.OrderLine{{UnitPrice: 2000}}, CurrencyCode: "jpy"},
	} {
		order.CreatedAt = time.Date(2024, time.May, 1+i, 10, 0, 0, 0, time.UTC)
		backend.AddOrder(alec.ID, order)
	}
	return shop{backend, httptest.NewServer(backend).URL}
}

// loggedIn returns a client that Alec has logged in with.
func loggedIn(s shop) *customers.Client {
	c, err := customers.New(s.URL)
	if err != nil {
		panic(err)
	}
	if _, err := c.Auth.Authenticate(context.Background(), "alec@example.com", "supersecret"); err != nil {
		panic(err)
	}
	return c
}
