package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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

	mu       sync.Mutex
	mailbox  io.Writer
	variants map[string]soldLine // by the variant's id
	carts    map[string]*cart
}

// soldLine is a line of an order, with the order's currency.
type soldLine struct {
	api.LineItem

	currency string
}

// newDemo makes a shop with customers.
func newDemo(mailbox io.Writer, public string) *demo {
	d := &demo{
		Backend: customerstest.New(), public: public, mailbox: mailbox, variants: map[string]soldLine{}, carts: map[string]*cart{},
	}
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
	for i := 23; i >= 0; i-- { // the oldest first, so that the newest has the highest number
		order := customerstest.Order{
			CreatedAt: now.AddDate(0, 0, -11*i-2), CurrencyCode: "dkk", TaxRate: 25, ShippingPrice: 4900, ShippingAddress: &ada.ShippingAddresses[0],
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
		for _, line := range d.AddOrder(ada.ID, order).Items {
			d.variants[*line.VariantID] = soldLine{line, order.CurrencyCode}
		}
	}
	d.AddOrder(bob.ID, customerstest.Order{CreatedAt: now.AddDate(0, -2, 0), Status: api.OrderStatusArchived})
	d.AddOrder(bob.ID, customerstest.Order{CreatedAt: now.AddDate(0, -1, 0), CurrencyCode: "usd", TaxRate: 8.5})
	d.Handle("POST /store/carts", d.makeCart)
	d.Handle("GET /store/carts/{id}", d.showCart)
	return d
}

// makeCart is as much of the route for a new cart as the storefront needs. The backend in memory has no carts.
func (d *demo) makeCart(w http.ResponseWriter, r *http.Request, _ *api.Customer) {
	var body struct {
		Items []cartItem `json:"items"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	made := &cart{ID: "cart_" + rand.Text()}
	d.mu.Lock()
	for _, item := range body.Items {
		line := d.variants[item.VariantID]
		made.Region.CurrencyCode = line.currency
		made.Subtotal += line.UnitPrice * int64(item.Quantity)
		made.Items = append(made.Items, cartLine{line.Title, *line.Description, item.Quantity, line.UnitPrice})
	}
	d.carts[made.ID] = made
	d.mu.Unlock()
	r.SetPathValue("id", made.ID)
	d.showCart(w, r, nil)
}

// showCart responds with a cart.
func (d *demo) showCart(w http.ResponseWriter, r *http.Request, _ *api.Customer) {
	d.mu.Lock()
	found, ok := d.carts[r.PathValue("id")]
	d.mu.Unlock()
	if !ok {
		http.Error(w, "no such cart", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"cart": found}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
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
