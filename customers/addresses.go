package customers

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/medusa-storefront/customers-go/api"
)

var (
	opAddAddress    = &operation{name: api.OperationAddAddress, auth: secured}
	opUpdateAddress = &operation{name: api.OperationUpdateAddress, auth: secured}
	opDeleteAddress = &operation{name: api.OperationDeleteAddress, auth: secured}
)

// AddressesService has the customer's shipping addresses; it is the Addresses field of a [Client]. Each method
// returns the customer with all addresses as they are afterwards, in no particular order.
type AddressesService struct {
	client *Client
}

// Add adds a shipping address. FirstName, LastName, Address1, City and CountryCode are required; PostalCode is sent
// as it is, since not every country has them. To add an address that the customer has already changes nothing.
//
// The backend compares nine fields and takes addresses that differ only in company or metadata for the same, answering
// 200 without adding: that is [ErrAddressNotAdded]. Update the one that is there. [ErrNotFound]: no such country.
func (s AddressesService) Add(ctx context.Context, address AddAddressRequest, opts ...CallOption) (*Customer, error) {
	var v validator
	v.newAddress(&address)
	req, err := api.NewAddAddressRequest(s.client.core.baseURL, api.AddAddressBody{Address: address})
	customer, err := s.client.customer(ctx, opAddAddress, req, v.or(err), opts)
	if err != nil {
		return nil, err
	}
	for i := range customer.ShippingAddresses {
		if same(&address, &customer.ShippingAddresses[i]) {
			return customer, nil
		}
	}
	return nil, &Error{
		Operation: opAddAddress.name, StatusCode: http.StatusOK, kind: ErrAddressNotAdded,
		Message: "the customer has an address that differs only in company or metadata: update that one",
	}
}

// Update changes a shipping address: what address holds is changed, the rest stays. [Null] clears a field; metadata
// is replaced as a whole.
//
// [ErrInvalidInput]: the customer has no address with this id. [ErrNotFound]: no such country.
func (s AddressesService) Update(ctx context.Context, id string, address UpdateAddressRequest, opts ...CallOption) (*Customer, error) {
	var v validator
	v.pathID("id", id)
	v.address(&address)
	req, err := api.NewUpdateAddressRequest(s.client.core.baseURL, id, address)
	return s.client.customer(ctx, opUpdateAddress, req, v.or(err), opts)
}

// Delete removes a shipping address. It succeeds as well when the customer has none with this id. Deleting the address
// that is the billing address too leaves the customer's BillingAddressID pointing at nothing, after which the billing
// address can't be set by its fields until it is cleared by [NoBillingAddress].
func (s AddressesService) Delete(ctx context.Context, id string, opts ...CallOption) (*Customer, error) {
	var v validator
	v.pathID("id", id)
	req, err := api.NewDeleteAddressRequest(s.client.core.baseURL, id)
	return s.client.customer(ctx, opDeleteAddress, req, v.or(err), opts)
}

// same says whether got is what was sent, in all its fields.
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

// equalJSON compares a Go value with what became of it on its way through JSON.
func equalJSON(sent, got any) bool {
	text, err := json.Marshal(sent)
	if err != nil {
		return false
	}
	var there any
	return json.Unmarshal(text, &there) == nil && reflect.DeepEqual(there, got)
}
