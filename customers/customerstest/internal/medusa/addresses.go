package medusa

import (
	"net/http"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/validate"
)

var addressPayload = validate.Class{
	{Name: "first_name", Check: validate.String, Optional: true},
	{Name: "last_name", Check: validate.String, Optional: true},
	{Name: "phone", Check: validate.String, Optional: true},
	{Name: "metadata", Check: validate.Object, Optional: true},
	{Name: "company", Check: validate.String, Optional: true},
	{Name: "address_1", Check: validate.String, Optional: true},
	{Name: "address_2", Check: validate.String, Optional: true},
	{Name: "city", Check: validate.String, Optional: true},
	{Name: "country_code", Check: validate.String, Optional: true},
	{Name: "province", Check: validate.String, Optional: true},
	{Name: "postal_code", Check: validate.String, Optional: true},
}

var addAddressBody = validate.Class{{Name: "address", Check: validate.Nested(validate.Class{
	{Name: "first_name", Check: validate.String},
	{Name: "last_name", Check: validate.String},
	{Name: "phone", Check: validate.String, Optional: true},
	{Name: "metadata", Check: validate.Anything, Optional: true},
	{Name: "company", Check: validate.String, Optional: true},
	{Name: "address_1", Check: validate.String},
	{Name: "address_2", Check: validate.String, Optional: true},
	{Name: "city", Check: validate.String},
	{Name: "country_code", Check: validate.String},
	{Name: "province", Check: validate.String, Optional: true},
	{Name: "postal_code", Check: validate.String},
})}}

// AddAddress adds an address, unless the customer has it.
func (o operations) AddAddress(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := addAddressBody.Validate(x.body)
	if x.fail(failed) {
		return
	}
	payload, ok := body.Values["address"].(*js.Object)
	if !ok { // absent or a list
		x.fail(response.UnknownError())
		return
	}
	c := o.customer(x)
	if c == nil {
		return
	}
	a := &address{customerID: new(c.ID)}
	a.set(payload)
	if !slices.ContainsFunc(c.addresses, func(other *address) bool { return other.equals(a, payload) }) {
		if x.fail(a.refused()) {
			return
		}
		o.insertAddress(a)
		c.addresses = append(c.addresses, a)
	}
	o.respondWithAddresses(x, c)
}

// UpdateAddress changes an address of the customer.
func (o operations) UpdateAddress(_ http.ResponseWriter, r *http.Request, id string) {
	x := exchangeOf(r)
	body, failed := addressPayload.Validate(x.body)
	if x.fail(failed) {
		return
	}
	if strings.ContainsRune(id, 0) {
		x.fail(response.UnknownError())
		return
	}
	a := o.addresses[id]
	if a == nil || value(a.customerID) != x.customerID {
		x.fail(response.InvalidData("Could not find address for customer"))
		return
	}
	changed := *a
	changed.set(body)
	if x.fail(changed.refused()) {
		return
	}
	o.saveAddress(a, changed)
	o.RetrieveCustomer(nil, r)
}

// DeleteAddress deletes an address, if it is one of the customer.
func (o operations) DeleteAddress(_ http.ResponseWriter, r *http.Request, id string) {
	x := exchangeOf(r)
	if strings.ContainsRune(id, 0) {
		x.fail(response.UnknownError())
		return
	}
	if a := o.addresses[id]; a != nil && value(a.customerID) == x.customerID {
		delete(o.addresses, id)
		if c := o.customers[x.customerID]; c != nil {
			c.addresses = slices.DeleteFunc(c.addresses, func(other *address) bool { return other == a })
		}
	}
	o.RetrieveCustomer(nil, r)
}
