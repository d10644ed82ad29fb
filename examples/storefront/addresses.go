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
		v.Form = url.Values{"FirstName": {customers.Deref(me.FirstName)}, "LastName": {customers.Deref(me.LastName)}, "Phone": {customers.Deref(me.Phone)}}
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
	if err == nil && customers.Deref(me.BillingAddressID) == id {
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
	current := customers.Deref(me.BillingAddressID)
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
		"FirstName": {customers.Deref(a.FirstName)}, "LastName": {customers.Deref(a.LastName)}, "Company": {customers.Deref(a.Company)},
		"Address1": {customers.Deref(a.Address1)}, "Address2": {customers.Deref(a.Address2)}, "PostalCode": {customers.Deref(a.PostalCode)}, "City": {customers.Deref(a.City)},
		"Province": {customers.Deref(a.Province)}, "CountryCode": {customers.Deref(a.CountryCode)}, "Phone": {customers.Deref(a.Phone)},
	}
}

// addressChange reads the form. The backend would also take a change to an address without a street.
func addressChange(f url.Values) (customers.UpdateAddressRequest, error) {
	missing := incompleteError{}
	for _, name := range []string{"FirstName", "LastName", "Address1", "City", "CountryCode"} {
		if f.Get(name) == "" {
			missing[name] = "it is required"
		}
	}
	if len(missing) > 0 {
		return customers.UpdateAddressRequest{}, missing
	}
	return customers.UpdateAddressRequest{
		FirstName: customers.ValueOrNull(f.Get("FirstName")), LastName: customers.ValueOrNull(f.Get("LastName")), Company: customers.ValueOrNull(f.Get("Company")),
		Address1: customers.ValueOrNull(f.Get("Address1")), Address2: customers.ValueOrNull(f.Get("Address2")), PostalCode: customers.ValueOrNull(f.Get("PostalCode")),
		City: customers.ValueOrNull(f.Get("City")), Province: customers.ValueOrNull(f.Get("Province")), CountryCode: f.Get("CountryCode"),
		Phone: customers.ValueOrNull(f.Get("Phone")),
	}, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
