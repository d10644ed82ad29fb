package customers

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/medusa-storefront/customers-go/api"
)

// AddressesService manages the customer's shipping addresses; it is the Addresses field of a [Client]. Each method
// returns the customer with all addresses as they are afterwards, in no particular order.
type AddressesService struct {
	caller *caller
}

// Add adds a shipping address. FirstName, LastName, Address1, City and CountryCode are required; PostalCode is sent
// as it is, since not every country has them. Adding an address that the customer already has changes nothing.
//
// The backend compares nine fields, and takes addresses that differ only in company or metadata for the same: it adds
// nothing and responds with 200. That is [ErrAddressNotAdded]: update the existing address. [ErrNotFound]: no such
// country.
func (s AddressesService) Add(ctx context.Context, address AddAddressRequest, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationAddAddress, opts)
	in.newAddress(&address)
	req, err := in.request(api.NewAddAddressRequest(s.caller.baseURL(), api.AddAddressBody{Address: address}))
	if err != nil {
		return nil, err
	}
	customer, err := s.caller.customer(ctx, &in, req)
	if err != nil {
		return nil, err
	}
	for i := range customer.ShippingAddresses {
		if same(&address, &customer.ShippingAddresses[i]) {
			return customer, nil
		}
	}
	return nil, &Error{
		Operation: OperationAddAddress, StatusCode: http.StatusOK, kind: ErrAddressNotAdded,
		Message: "the customer has an address that differs only in company or metadata: update that one",
	}
}

// Update changes a shipping address: fields that are set change, the rest stays. [Null] clears a field; metadata
// is replaced as a whole.
//
// [ErrInvalidInput]: the customer has no address with this id. [ErrNotFound]: no such country.
func (s AddressesService) Update(ctx context.Context, id string, address UpdateAddressRequest, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationUpdateAddress, opts)
	in.pathID("ID", id)
	in.address(&address)
	req, err := in.request(api.NewUpdateAddressRequest(s.caller.baseURL(), id, address))
	if err != nil {
		return nil, err
	}
	return s.caller.customer(ctx, &in, req)
}

// Delete removes a shipping address. It also succeeds when the customer has none with this id. Deleting the address
// that is the billing address too leaves the customer's BillingAddressID pointing at nothing, after which the billing
// address can't be set by its fields until it is cleared by [NoBillingAddress].
func (s AddressesService) Delete(ctx context.Context, id string, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationDeleteAddress, opts)
	in.pathID("ID", id)
	req, err := in.request(api.NewDeleteAddressRequest(s.caller.baseURL(), id))
	if err != nil {
		return nil, err
	}
	return s.caller.customer(ctx, &in, req)
}

// same reports whether got is what was sent, in all its fields.
func same(sent *AddAddressRequest, got *Address) bool {
	return equal(&sent.FirstName, got.FirstName) &&
		equal(&sent.LastName, got.LastName) &&
		equal(sent.Company, got.Company) &&
		equal(&sent.Address1, got.Address1) &&
		equal(sent.Address2, got.Address2) &&
		equal(&sent.City, got.City) &&
		equal(&sent.CountryCode, got.CountryCode) &&
		equal(sent.Province, got.Province) &&
		equal(&sent.PostalCode, got.PostalCode) &&
		equal(sent.Phone, got.Phone) &&
		(sent.Metadata == nil || equalJSON(sent.Metadata, got.Metadata))
}

func equal(a, b *string) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// equalJSON reports whether got is what becomes of sent on its way through JSON.
func equalJSON(sent any, got JSON) bool {
	text, err := json.Marshal(sent)
	if err != nil {
		return false
	}
	var there, here any
	return json.Unmarshal(text, &there) == nil && got.Decode(&here) == nil && reflect.DeepEqual(there, here)
}
