package api

import "github.com/oapi-codegen/nullable"

// AddRequest returns the request that adds a copy of the address, metadata included.
func (a *Address) AddRequest() AddAddressRequest {
	request := AddAddressRequest{
		FirstName: orEmpty(a.FirstName), LastName: orEmpty(a.LastName), Company: a.Company, Address1: orEmpty(a.Address1), Address2: a.Address2,
		City: orEmpty(a.City), Province: a.Province, PostalCode: orEmpty(a.PostalCode), CountryCode: orEmpty(a.CountryCode), Phone: a.Phone,
	}
	if a.Metadata != "" {
		request.Metadata = a.Metadata
	}
	return request
}

// UpdateRequest returns the request that makes another address, or a billing address, the same as this one: what is
// null here is cleared there. A form starts from it and sets what was changed. Metadata is left out, so that it stays
// as it is there, and so is a country that is null, which the backend would ignore.
func (a *Address) UpdateRequest() UpdateAddressRequest {
	return UpdateAddressRequest{
		FirstName: orNull(a.FirstName), LastName: orNull(a.LastName), Company: orNull(a.Company), Address1: orNull(a.Address1),
		Address2: orNull(a.Address2), City: orNull(a.City), Province: orNull(a.Province), PostalCode: orNull(a.PostalCode),
		CountryCode: orEmpty(a.CountryCode), Phone: orNull(a.Phone),
	}
}

func orEmpty(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func orNull(p *string) nullable.Nullable[string] {
	if p == nil {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(*p)
}
