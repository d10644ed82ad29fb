package customerstest

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/medusa-storefront/customers-go/api"
)

// DefaultPassword is the password of a [Customer] who was given none.
const DefaultPassword = "supersecret"

// A Customer is what [Backend.AddCustomer] puts into the backend. The zero value is fine.
type Customer struct {
	Email     string // by default customer-1@example.com, customer-2@example.com, …; with capitals nobody can log in
	Password  string // by default DefaultPassword
	Guest     bool   // without an account, so nobody can log in; there may be an account with the same email
	FirstName string // "" is null, as for the other texts
	LastName  string
	Phone     string
	Metadata  map[string]any

	// What is empty in an address is filled in, but for what may be null.
	ShippingAddresses []api.AddAddressRequest
	BillingAddress    *api.AddAddressRequest
}

// AddCustomer puts a customer into the backend, past its checks, and returns the customer as the backend will. It panics
// if the email is taken, a country does not exist or the metadata is not JSON.
func (b *Backend) AddCustomer(c Customer) api.Customer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.added++
	row := &customer{
		email:      cmp.Or(c.Email, fmt.Sprintf("customer-%d@example.com", b.added)),
		hasAccount: !c.Guest,
		firstName:  nullIfEmpty(c.FirstName),
		lastName:   nullIfEmpty(c.LastName),
		phone:      nullIfEmpty(c.Phone),
	}
	if b.emails[emailKey{row.email, row.hasAccount}] != "" {
		panic("customerstest: AddCustomer: there is such a customer already: " + row.email)
	}
	if row.hasAccount {
		row.password = newPassword(cmp.Or(c.Password, DefaultPassword))
	}
	if c.Metadata != nil {
		row.metadata = stored(jsValue(c.Metadata))
	}
	b.insertCustomer(row)
	for _, payload := range c.ShippingAddresses {
		a := b.addAddress(payload, c)
		a.customerID = &row.id
		row.addresses = append(row.addresses, a)
	}
	if c.BillingAddress != nil {
		row.billingAddressID = &b.addAddress(*c.BillingAddress, c).id
		b.billed[*row.billingAddressID] = row.id
	}
	return modelOf[api.Customer](b.withAddresses(row))
}

// DeleteCustomer deletes a customer as a shop's admin would. Sessions and tokens live on. It panics if there is no such
// customer.
func (b *Backend) DeleteCustomer(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.mustHave(id)
	delete(b.customers, id)
	delete(b.emails, emailKey{c.email, c.hasAccount})
}

func (b *Backend) mustHave(customerID string) *customer {
	c := b.customers[customerID]
	if c == nil {
		panic("customerstest: there is no customer " + customerID)
	}
	return c
}

func (b *Backend) addAddress(payload api.AddAddressRequest, c Customer) *address {
	payload.FirstName = cmp.Or(payload.FirstName, c.FirstName, "Alex")
	payload.LastName = cmp.Or(payload.LastName, c.LastName, "Doe")
	payload.Address1 = cmp.Or(payload.Address1, "1 Main Street")
	payload.City = cmp.Or(payload.City, "Springfield")
	payload.CountryCode = cmp.Or(payload.CountryCode, "us")
	payload.PostalCode = cmp.Or(payload.PostalCode, "12345")
	a := new(address)
	a.set(objectOf(payload))
	if refused := a.refused(); refused != nil {
		panic(fmt.Sprintf("customerstest: AddCustomer: %s", refused.body))
	}
	b.insertAddress(a)
	return a
}

func nullIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// jsValue is a Go value as JavaScript would read its JSON.
func jsValue(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic("customerstest: this is not JSON: " + err.Error())
	}
	value, _ := parseJSON(text)
	return value
}

func objectOf(v any) *object {
	o, _ := jsValue(v).(*object)
	return o
}

// modelOf is the backend's JSON of something as whoever imports package customers gets it.
func modelOf[T any](m members) T {
	var model T
	if err := json.Unmarshal(appendJSON(nil, m), &model); err != nil {
		panic("customerstest: " + err.Error())
	}
	return model
}
