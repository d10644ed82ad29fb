package main

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/medusa-storefront/customers-go/customers"
)

func (s *site) addresses(r *http.Request, c *customers.Client) (*view, error) {
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	// The backend has them in no order.
	slices.SortFunc(me.ShippingAddresses, func(a, b customers.Address) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return &view{template: "addresses", Title: "Your addresses", Data: me}, nil
}

func (s *site) addAddress(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "address", Title: "Add an address", Form: r.PostForm, Data: "/addresses"}
	if r.Method != http.MethodPost {
		me, err := c.Retrieve(r.Context())
		if err != nil {
			return nil, err
		}
		v.Form = url.Values{"FirstName": {deref(me.FirstName)}, "LastName": {deref(me.LastName)}, "Phone": {deref(me.Phone)}}
		return v, nil
	}
	f := r.PostForm
	_, err := c.Addresses.Add(r.Context(), customers.AddAddressRequest{
		FirstName: f.Get("FirstName"), LastName: f.Get("LastName"), Company: optional(f.Get("Company")),
		Address1: f.Get("Address1"), Address2: optional(f.Get("Address2")), PostalCode: f.Get("PostalCode"), City: f.Get("City"),
		Province: optional(f.Get("Province")), CountryCode: f.Get("CountryCode"), Phone: optional(f.Get("Phone")),
	})
	return v.then(err, "/addresses", "added")
}

func (s *site) editAddress(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "address", Title: "Change an address", Form: r.PostForm, Data: "/addresses"}
	if r.Method == http.MethodPost {
		change, err := addressChange(r.PostForm)
		if err == nil {
			_, err = c.Addresses.Update(r.Context(), r.PathValue("id"), change)
		}
		return v.then(err, "/addresses", "saved")
	}
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	i := ownAddress(me, r.PathValue("id"))
	if i < 0 {
		return nil, errNoPage
	}
	v.Form = addressForm(&me.ShippingAddresses[i])
	return v, nil
}

// deleteAddress deletes an address, and also takes it as billing address from the customer.
func (s *site) deleteAddress(r *http.Request, c *customers.Client) (*view, error) {
	id := r.PathValue("id")
	me, err := c.Addresses.Delete(r.Context(), id)
	if err == nil && deref(me.BillingAddressID) == id {
		_, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: customers.NoBillingAddress()})
	}
	if err != nil {
		return nil, err
	}
	return seeOther("/addresses", "deleted")
}

// billingChoice is the data of the page of the billing address.
type billingChoice struct {
	*customers.Customer

	Separate bool // the billing address is none of the others
}

// billing lets the customer choose one of the addresses for billing, or none.
func (s *site) billing(r *http.Request, c *customers.Client) (*view, error) {
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	current := deref(me.BillingAddressID)
	v := &view{template: "billing", Title: "Billing address", Form: url.Values{"Address": {current}}}
	v.Data = billingChoice{me, ownAddress(me, current) < 0}
	if r.Method != http.MethodPost || !r.PostForm.Has("Address") {
		return v, nil
	}
	var change customers.BillingAddress
	switch id := r.PostForm.Get("Address"); {
	case id == current:
		return seeOther("/billing", "")
	case id == "":
		change = customers.NoBillingAddress()
	case ownAddress(me, id) < 0: // the backend does not check that
		return nil, errNoPage
	default:
		change = customers.BillingAddressID(id)
	}
	_, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: change})
	return v.then(err, "/billing", "saved")
}

// editBilling changes the billing address, or enters one that is for billing only.
func (s *site) editBilling(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "address", Title: "Enter a billing address", Form: r.PostForm, Data: "/billing"}
	if r.Method == http.MethodPost {
		change, err := addressChange(r.PostForm)
		if err == nil {
			_, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(change)})
		}
		return v.then(err, "/billing", "saved")
	}
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	if me.BillingAddress != nil {
		v.Form = addressForm(me.BillingAddress)
	}
	return v, nil
}

// ownAddress returns the index of the customer's address with the id, or -1.
func ownAddress(me *customers.Customer, id string) int {
	return slices.IndexFunc(me.ShippingAddresses, func(a customers.Address) bool { return a.ID == id })
}

// addressForm returns the fields of the form for an address.
func addressForm(a *customers.Address) url.Values {
	return url.Values{
		"FirstName": {deref(a.FirstName)}, "LastName": {deref(a.LastName)}, "Company": {deref(a.Company)},
		"Address1": {deref(a.Address1)}, "Address2": {deref(a.Address2)}, "PostalCode": {deref(a.PostalCode)}, "City": {deref(a.City)},
		"Province": {deref(a.Province)}, "CountryCode": {deref(a.CountryCode)}, "Phone": {deref(a.Phone)},
	}
}

// addressChange reads the form. The backend would also take a change to an address without a street.
func addressChange(f url.Values) (customers.UpdateAddressRequest, error) {
	var missing missingFields
	for _, name := range []string{"FirstName", "LastName", "Address1", "City", "CountryCode"} {
		if f.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return customers.UpdateAddressRequest{}, missing
	}
	return customers.UpdateAddressRequest{
		FirstName: valueOrNull(f.Get("FirstName")), LastName: valueOrNull(f.Get("LastName")), Company: valueOrNull(f.Get("Company")),
		Address1: valueOrNull(f.Get("Address1")), Address2: valueOrNull(f.Get("Address2")), PostalCode: valueOrNull(f.Get("PostalCode")),
		City: valueOrNull(f.Get("City")), Province: valueOrNull(f.Get("Province")), CountryCode: f.Get("CountryCode"),
		Phone: valueOrNull(f.Get("Phone")),
	}, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
