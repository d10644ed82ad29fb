package main

import (
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

const demoLogins = `
  Log in there with the password supersecret as
    ada@example.com     24 orders in three currencies, two addresses, one of them for billing
    bob@example.com     2 orders
    nameless@example.com  no name, no phone, no orders
  or click "Create an account". Then try
    Orders       filter them, load more, open one
    Profile      clear the phone
    Addresses    add the same address twice
    Log in       "Forgot your password?": the mail is printed here
  Ctrl-C stops it, and its data is gone then.

`

// demo is the backend in memory, and the mails that it would send.
type demo struct {
	*customerstest.Backend

	public string

	mu      sync.Mutex
	mailbox io.Writer
}

// newDemo makes a shop with customers.
func newDemo(mailbox io.Writer, public string) *demo {
	d := &demo{Backend: customerstest.New(), public: public, mailbox: mailbox}
	home := api.AddAddressRequest{
		FirstName: "Ada", LastName: "Lovelace", Address1: "Vestergade 1", City: "Aarhus", PostalCode: "8000", CountryCode: "dk",
	}
	work := home
	work.Company, work.Address1, work.City, work.PostalCode = new("Engines Ltd"), "Nørregade 2", "Odense", "5000"
	ada := d.AddCustomer(customerstest.Customer{
		Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace", Phone: "+45 12 34 56 78",
		ShippingAddresses: []api.AddAddressRequest{home}, BillingAddress: &work,
	})
	bob := d.AddCustomer(customerstest.Customer{Email: "bob@example.com", FirstName: "Bob", LastName: "Babbage"})
	d.AddCustomer(customerstest.Customer{Email: "nameless@example.com"})

	now := time.Now().UTC().Truncate(time.Second)
	for i := range 24 {
		order := customerstest.Order{
			CreatedAt: now.AddDate(0, 0, -11*i-2), CurrencyCode: "dkk", TaxRate: 25, ShippingPrice: 4900,
			PaymentStatus: api.PaymentStatusCaptured, Status: api.OrderStatusCompleted,
			Lines: []customerstest.OrderLine{
				{Title: "T-shirt", Description: "Medium, black", UnitPrice: 15900, Quantity: 1 + i%3},
				{Title: "Mug", Description: "Stoneware", UnitPrice: 7900, NotReduced: true},
			},
			Fulfillments: []customerstest.OrderFulfillment{{
				TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: fmt.Sprintf("PARCEL-%d", 1000+i)}},
			}},
		}
		switch i % 6 {
		case 0: // only just placed
			order.Status, order.PaymentStatus, order.Fulfillments = api.OrderStatusPending, api.PaymentStatusAwaiting, nil
		case 1:
			order.Discount = &customerstest.OrderDiscount{Code: "SUMMER", Value: 10}
		case 2: // yen have no smaller unit
			order.CurrencyCode, order.TaxRate, order.ShippingPrice = "jpy", 10, 800
			order.Lines[0].UnitPrice, order.Lines[1].UnitPrice = 2900, 1450
		case 3:
			order.CurrencyCode, order.TaxRate, order.ShippingPrice, order.Refunded = "eur", 19, 490, 1000
			order.Lines[0].UnitPrice, order.Lines[1].UnitPrice = 1990, 1250
		case 4:
			order.Status, order.PaymentStatus, order.Fulfillments = api.OrderStatusCanceled, api.PaymentStatusCanceled, nil
		}
		d.AddOrder(ada.ID, order)
	}
	d.AddOrder(bob.ID, customerstest.Order{CreatedAt: now.AddDate(0, -1, 0), CurrencyCode: "usd", TaxRate: 8.5})
	d.AddOrder(bob.ID, customerstest.Order{CreatedAt: now.AddDate(0, -2, 0), Status: api.OrderStatusArchived})
	return d
}

// mail prints the mail that a shop would send for a password token.
func (d *demo) mail(email string) {
	tokens := d.PasswordTokens(email)
	if len(tokens) == 0 {
		return
	}
	query := url.Values{"Token": {tokens[len(tokens)-1]}, "Email": {email}}
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintf(d.mailbox, "Mail to %s: choose a new password at %s/reset?%s\n", email, d.public, query.Encode())
}
