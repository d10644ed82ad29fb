package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

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
		v.Form = url.Values{"FirstName": {value(me.FirstName)}, "LastName": {value(me.LastName)}, "Phone": {value(me.Phone)}}
		return v, nil
	}
	f := r.PostForm
	_, err := c.Addresses.Add(r.Context(), customers.AddAddressRequest{
		FirstName: f.Get("FirstName"), LastName: f.Get("LastName"), Company: optional(f.Get("Company")),
		Address1: f.Get("Address1"), Address2: optional(f.Get("Address2")), PostalCode: f.Get("PostalCode"), City: f.Get("City"),
		Province: optional(f.Get("Province")), CountryCode: f.Get("CountryCode"), Phone: optional(f.Get("Phone")),
	})
	if err != nil {
		return v, err
	}
	return seeOther("/addresses", "added"), nil
}

func (s *site) editAddress(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "address", Title: "Change an address", Form: r.PostForm, Data: "/addresses"}
	if r.Method == http.MethodPost {
		change, err := addressChange(r.PostForm)
		if err == nil {
			_, err = c.Addresses.Update(r.Context(), r.PathValue("id"), change)
		}
		if err != nil {
			return v, err
		}
		return seeOther("/addresses", "saved"), nil
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
	if err == nil && value(me.BillingAddressID) == id {
		_, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: customers.NoBillingAddress()})
	}
	if err != nil {
		return nil, err
	}
	return seeOther("/addresses", "deleted"), nil
}

// billing lets the customer choose one of the addresses for billing, or none.
func (s *site) billing(r *http.Request, c *customers.Client) (*view, error) {
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	v := &view{template: "billing", Title: "Billing address", Data: me, Form: url.Values{"Address": {value(me.BillingAddressID)}}}
	if r.Method != http.MethodPost {
		return v, nil
	}
	change, id := customers.NoBillingAddress(), r.PostForm.Get("Address")
	if id != "" {
		if ownAddress(me, id) < 0 { // the backend does not check that
			return v, errNoPage
		}
		change = customers.BillingAddressID(id)
	}
	if id != value(me.BillingAddressID) {
		if _, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: change}); err != nil {
			return v, err
		}
	}
	return seeOther("/billing", "saved"), nil
}

// editBilling changes the billing address, or enters one that is for billing only.
func (s *site) editBilling(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "address", Title: "Enter a billing address", Form: r.PostForm, Data: "/billing"}
	if r.Method == http.MethodPost {
		change, err := addressChange(r.PostForm)
		if err == nil {
			_, err = c.Update(r.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(change)})
		}
		if err != nil {
			return v, err
		}
		return seeOther("/billing", "saved"), nil
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
		"FirstName": {value(a.FirstName)}, "LastName": {value(a.LastName)}, "Company": {value(a.Company)},
		"Address1": {value(a.Address1)}, "Address2": {value(a.Address2)}, "PostalCode": {value(a.PostalCode)}, "City": {value(a.City)},
		"Province": {value(a.Province)}, "CountryCode": {value(a.CountryCode)}, "Phone": {value(a.Phone)},
	}
}

// addressChange reads the form. The backend would also take a change to an address without a street.
func addressChange(f url.Values) (customers.UpdateAddressRequest, error) {
	var missing incomplete
	for _, name := range []string{"FirstName", "LastName", "Address1", "City", "CountryCode"} {
		if strings.TrimSpace(f.Get(name)) == "" {
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
