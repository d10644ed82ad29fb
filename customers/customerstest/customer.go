package customerstest

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
)

// DefaultPassword is the password of a [Customer] without one.
const DefaultPassword = "supersecret"

// A Customer is a customer for [Backend.AddCustomer]. The zero value is a customer with an account.
type Customer struct {
	Email     string // by default customer-1@example.com, customer-2@example.com, …; one with capitals cannot log in
	Password  string // by default DefaultPassword
	Guest     bool   // without an account, so it cannot log in; there may be an account with the same email
	FirstName string // "" is null, as in the other texts
	LastName  string
	Phone     string
	Metadata  map[string]any

	// In an address, required texts that are empty get a default.
	ShippingAddresses []api.AddAddressRequest
	BillingAddress    *api.AddAddressRequest
}

// AddCustomer adds a customer, without the checks of a registration, and returns it as the backend does. It panics if
// the email is taken, a country does not exist or the metadata is not JSON.
func (b *Backend) AddCustomer(c Customer) api.Customer {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.seeded++
	row := &medusa.Customer{
		Email:      cmp.Or(c.Email, fmt.Sprintf("customer-%d@example.com", b.seeded)),
		HasAccount: !c.Guest,
		FirstName:  nullIfEmpty(c.FirstName),
		LastName:   nullIfEmpty(c.LastName),
		Phone:      nullIfEmpty(c.Phone),
	}
	if b.backend.Has(row.Email, row.HasAccount) {
		panic("customerstest: AddCustomer: there is such a customer already: " + row.Email)
	}
	if row.HasAccount {
		row.Password = medusa.NewPassword(cmp.Or(c.Password, DefaultPassword))
	}
	if c.Metadata != nil {
		row.Metadata = jsValue(c.Metadata)
	}
	b.backend.InsertCustomer(row)
	for _, payload := range c.ShippingAddresses {
		b.addAddress(row, payload, false)
	}
	if c.BillingAddress != nil {
		b.addAddress(row, *c.BillingAddress, true)
	}
	return modelOf[api.Customer](b.backend.WithAddresses(row))
}

func (b *Backend) addAddress(c *medusa.Customer, a api.AddAddressRequest, billing bool) {
	a.FirstName = cmp.Or(a.FirstName, deref(c.FirstName), "Alex")
	a.LastName = cmp.Or(a.LastName, deref(c.LastName), "Doe")
	a.Address1 = cmp.Or(a.Address1, "1 Main Street")
	a.City = cmp.Or(a.City, "Springfield")
	a.CountryCode = cmp.Or(a.CountryCode, "us")
	a.PostalCode = cmp.Or(a.PostalCode, "12345")
	payload, _ := jsValue(a).(*js.Object)
	if refused := b.backend.AddAddress(c, payload, billing); refused != "" {
		panic("customerstest: AddCustomer: " + refused)
	}
}

// DeleteCustomer deletes a customer as a shop's admin does. Sessions and tokens stay valid. It panics if there is no
// such customer.
func (b *Backend) DeleteCustomer(id string) {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.backend.DeleteCustomer(b.customer(id))
}

// PasswordTokens returns the tokens of the mails that a shop would have sent to the email, the newest last. A token is
// valid for 15 minutes, until the password is changed.
func (b *Backend) PasswordTokens(email string) []string {
	b.backend.Lock()
	defer b.backend.Unlock()
	return b.backend.PasswordTokens(email)
}

func (b *Backend) customer(id string) *medusa.Customer {
	c := b.backend.Customer(id)
	if c == nil {
		panic("customerstest: there is no customer " + id)
	}
	return c
}

func nullIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// jsValue returns a Go value as JavaScript reads its JSON.
func jsValue(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic("customerstest: this is not JSON: " + err.Error())
	}
	value, err := js.Parse(text)
	if err != nil {
		panic("customerstest: " + err.Error())
	}
	return value
}

// modelOf returns a response of the backend as its model.
func modelOf[T any](m js.Members) T {
	var model T
	if err := json.Unmarshal(js.Append(nil, m), &model); err != nil {
		panic("customerstest: " + err.Error())
	}
	return model
}
