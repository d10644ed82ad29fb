package customers

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

// validator refuses what would harm the customer or can only fail. It keeps the first error, and never repeats a
// value, which may be a secret.
type validator struct {
	err error
}

func (v *validator) refuse(field, reason string) {
	if v.err == nil {
		v.err = refused(field, reason)
	}
}

// or returns what was refused, or else err.
func (v *validator) or(err error) error {
	if v.err != nil {
		return v.err
	}
	return err
}

// text refuses what JSON or Postgres can't hold; encoding/json would replace it in silence.
func (v *validator) text(field, value string) {
	switch {
	case !utf8.ValidString(value):
		v.refuse(field, "it is not valid UTF-8")
	case strings.ContainsRune(value, 0):
		v.refuse(field, "it holds a NUL, which the backend can't store")
	}
}

func (v *validator) optionalText(field string, value *string) {
	if value != nil {
		v.text(field, *value)
	}
}

func (v *validator) nullableText(field string, value nullable.Nullable[string]) {
	if s, err := value.Get(); err == nil {
		v.text(field, s)
	}
}

func (v *validator) required(field, value string) {
	if value == "" {
		v.refuse(field, "it is required and must not be empty")
	}
	v.text(field, value)
}

// filter refuses an empty filter, which matches nothing or fails.
func (v *validator) filter(field string, value *string) {
	if value != nil {
		v.required(field, *value)
	}
}

// names refuses what the backend can't take apart again.
func (v *validator) names(field string, names []string) {
	for _, name := range names {
		v.required(field, name)
		if strings.ContainsAny(name, " \t\n,") {
			v.refuse(field, "give each name as an element of its own, without spaces or commas")
		}
	}
}

// email returns the email in lower case, as the backend stores it on register and looks for it at login.
func (v *validator) email(field, value string) string {
	v.required(field, value)
	if !strings.Contains(value, "@") {
		v.refuse(field, "it is not an email")
	}
	return v.lower(field, value)
}

func (v *validator) credentials(email, password string) api.Credentials {
	email = v.email("email", email)
	v.required("password", password)
	return api.Credentials{Email: email, Password: password}
}

// lower is JavaScript's toLowerCase where the two languages surely agree.
func (v *validator) lower(field, value string) string {
	for _, r := range value {
		if r > unicode.MaxASCII && unicode.ToLower(r) != r {
			v.refuse(field, "it has an upper-case letter beyond ASCII; give it in lower case")
		}
	}
	return strings.ToLower(value)
}

// pathID refuses ids that would lead to another route.
func (v *validator) pathID(field, id string) {
	v.required(field, id)
	if id == "." || id == ".." || strings.ContainsAny(id, `/\`) {
		v.refuse(field, "it is not an id")
	}
}

// country returns the code in lower case, as the backend does.
func (v *validator) country(field, code string) string {
	code = strings.ToLower(code)
	if len(code) != 2 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
		v.refuse(field, "it must be a two-letter ISO 3166-1 code, such as dk")
	}
	return code
}

func (v *validator) newAddress(a *AddAddressRequest) {
	v.required("FirstName", a.FirstName)
	v.required("LastName", a.LastName)
	v.required("Address1", a.Address1)
	v.required("City", a.City)
	v.required("CountryCode", a.CountryCode)
	a.CountryCode = v.country("CountryCode", a.CountryCode)
	v.text("PostalCode", a.PostalCode) // not every country has them
	v.optionalText("Address2", a.Address2)
	v.optionalText("Company", a.Company)
	v.optionalText("Phone", a.Phone)
	v.optionalText("Province", a.Province)
}

func (v *validator) address(a *UpdateAddressRequest) {
	if a.CountryCode != "" {
		a.CountryCode = v.country("CountryCode", a.CountryCode)
	}
	v.nullableText("FirstName", a.FirstName)
	v.nullableText("LastName", a.LastName)
	v.nullableText("Company", a.Company)
	v.nullableText("Address1", a.Address1)
	v.nullableText("Address2", a.Address2)
	v.nullableText("City", a.City)
	v.nullableText("Province", a.Province)
	v.nullableText("PostalCode", a.PostalCode)
	v.nullableText("Phone", a.Phone)
}

func (v *validator) billingAddress(b nullable.Nullable[api.BillingAddress]) {
	union, err := b.Get()
	if err != nil {
		return // absent or null
	}
	if id, err := union.AsAddressID(); err == nil {
		v.required("BillingAddress", id)
		return
	}
	a, err := union.AsUpdateAddressRequest()
	if err != nil {
		v.refuse("BillingAddress", "it can't be sent as JSON; make it by BillingAddressOf or BillingAddressID")
		return
	}
	v.address(&a)
}

// listOrders checks filters and returns a copy of them as the backend wants them.
func (v *validator) listOrders(in *ListOrdersParams) *ListOrdersParams {
	if in == nil {
		return &ListOrdersParams{}
	}
	p := *in
	v.filter("Q", p.Q)
	v.filter("ID", p.ID)
	v.filter("CartID", p.CartID)
	v.filter("RegionID", p.RegionID)
	if p.Q != nil && (p.Email != nil || p.DisplayID != nil) {
		v.refuse("Q", "the backend drops Email and DisplayID where Q is set; search, or filter")
	}
	// An order's email and currency are stored in lower case; another spelling would match nothing, in silence.
	if p.Email != nil {
		p.Email = new(v.email("Email", *p.Email))
	}
	if p.CurrencyCode != nil {
		v.required("CurrencyCode", *p.CurrencyCode)
		p.CurrencyCode = new(v.lower("CurrencyCode", *p.CurrencyCode))
	}
	if p.TaxRate != nil && (math.IsNaN(*p.TaxRate) || math.IsInf(*p.TaxRate, 0)) {
		v.refuse("TaxRate", "it is not a number")
	}
	if p.Limit != nil && *p.Limit < 0 {
		v.refuse("Limit", "it must not be negative")
	}
	if p.Offset != nil && *p.Offset < 0 {
		v.refuse("Offset", "it must not be negative")
	}
	v.names("Fields", p.Fields)
	v.names("Expand", p.Expand)
	// An empty list would be sent as an empty value, which the backend refuses.
	p.Status = nilIfEmpty(p.Status)
	p.FulfillmentStatus = nilIfEmpty(p.FulfillmentStatus)
	p.PaymentStatus = nilIfEmpty(p.PaymentStatus)
	p.Fields = nilIfEmpty(p.Fields)
	p.Expand = nilIfEmpty(p.Expand)
	p.CreatedAt = nilIfZero(p.CreatedAt)
	p.UpdatedAt = nilIfZero(p.UpdatedAt)
	p.CanceledAt = nilIfZero(p.CanceledAt)
	return &p
}

func nilIfZero(d *TimeRange) *TimeRange {
	if d != nil && *d == (TimeRange{}) {
		return nil
	}
	return d
}

func nilIfEmpty[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
