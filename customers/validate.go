package customers

import (
	"math"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

// call is one call of a method: its operation, its options and what was refused of its input.
type call struct {
	op      Operation
	options callOptions
	err     error
}

// newCall begins a call by reading its options.
func newCall(op Operation, opts []CallOption) call {
	c := call{op: op}
	if len(opts) > 0 { // without options, nothing is allocated for them
		if c.options, c.err = readCallOptions(op, opts); c.err != nil {
			c.err = named(op, c.err)
		}
	}
	return c
}

// request returns the request that package api built, or why it is not sent.
func (c *call) request(req *http.Request, buildErr error) (*http.Request, error) {
	switch {
	case c.err != nil:
		return nil, c.err
	case buildErr != nil:
		return nil, named(c.op, withoutURL(buildErr))
	}
	return req, nil
}

// refuse records why a field can't be sent. The first refusal counts. None repeats a value, which may be a secret.
func (c *call) refuse(field, reason string) {
	if c.err == nil {
		c.err = named(c.op, refused(field, reason))
	}
}

// text refuses what JSON or Postgres can't represent; encoding/json would replace it in silence.
func (c *call) text(field, value string) {
	switch {
	case !utf8.ValidString(value):
		c.refuse(field, "it is not valid UTF-8")
	case strings.ContainsRune(value, 0):
		c.refuse(field, "it contains a NUL, which the backend can't store")
	}
}

func (c *call) optionalText(field string, value *string) {
	if value != nil {
		c.text(field, *value)
	}
}

func (c *call) nullableText(field string, value nullable.Nullable[string]) {
	if s, err := value.Get(); err == nil {
		c.text(field, s)
	}
}

func (c *call) required(field, value string) {
	if value == "" {
		c.refuse(field, "it is required and must not be empty")
	}
	c.text(field, value)
}

// filter refuses an empty filter, which matches nothing or fails.
func (c *call) filter(field string, value *string) {
	if value != nil {
		c.required(field, *value)
	}
}

// names refuses a name with a separator in it, which the backend would split.
func (c *call) names(field string, names []string) {
	for _, name := range names {
		c.required(field, name)
		if strings.ContainsAny(name, " \t\n,") {
			c.refuse(field, "give each name as an element of its own, without spaces or commas")
		}
	}
}

// email checks an email and returns it in lower case, as the backend stores it on register and looks for it at login.
func (c *call) email(field, value string) string {
	c.required(field, value)
	if !strings.Contains(value, "@") {
		c.refuse(field, "it is not an email")
	}
	return c.lower(field, value)
}

func (c *call) credentials(email, password string) api.Credentials {
	email = c.email("email", email)
	c.required("password", password)
	return api.Credentials{Email: email, Password: password}
}

// lower returns value in lower case, as JavaScript's toLowerCase does. It refuses an upper-case letter beyond ASCII, for
// which Go and JavaScript may differ.
func (c *call) lower(field, value string) string {
	for _, r := range value {
		if r > unicode.MaxASCII && unicode.ToLower(r) != r {
			c.refuse(field, "it has an upper-case letter beyond ASCII; give it in lower case")
		}
	}
	return strings.ToLower(value)
}

// pathID refuses ids that would lead to another route.
func (c *call) pathID(field, id string) {
	c.required(field, id)
	if id == "." || id == ".." || strings.ContainsAny(id, `/\`) {
		c.refuse(field, "it is not an id")
	}
}

// country returns the code in lower case, as the backend does.
func (c *call) country(field, code string) string {
	code = strings.ToLower(code)
	if len(code) != 2 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
		c.refuse(field, "it must be a two-letter ISO 3166-1 code, such as dk")
	}
	return code
}

func (c *call) newAddress(a *AddAddressRequest) {
	c.required("FirstName", a.FirstName)
	c.required("LastName", a.LastName)
	c.required("Address1", a.Address1)
	c.required("City", a.City)
	c.required("CountryCode", a.CountryCode)
	a.CountryCode = c.country("CountryCode", a.CountryCode)
	c.text("PostalCode", a.PostalCode) // not every country has them
	c.optionalText("Address2", a.Address2)
	c.optionalText("Company", a.Company)
	c.optionalText("Phone", a.Phone)
	c.optionalText("Province", a.Province)
}

func (c *call) address(a *UpdateAddressRequest) {
	if a.CountryCode != "" {
		a.CountryCode = c.country("CountryCode", a.CountryCode)
	}
	c.nullableText("FirstName", a.FirstName)
	c.nullableText("LastName", a.LastName)
	c.nullableText("Company", a.Company)
	c.nullableText("Address1", a.Address1)
	c.nullableText("Address2", a.Address2)
	c.nullableText("City", a.City)
	c.nullableText("Province", a.Province)
	c.nullableText("PostalCode", a.PostalCode)
	c.nullableText("Phone", a.Phone)
}

func (c *call) billingAddress(b nullable.Nullable[api.BillingAddress]) {
	union, err := b.Get()
	if err != nil {
		return // absent or null
	}
	if id, err := union.AsAddressID(); err == nil {
		c.required("BillingAddress", id)
		return
	}
	a, err := union.AsUpdateAddressRequest()
	if err != nil {
		c.refuse("BillingAddress", "it can't be sent as JSON; make it by BillingAddressOf or BillingAddressID")
		return
	}
	c.address(&a)
}

// listOrders checks filters and returns a copy of them as the backend wants them.
func (c *call) listOrders(in *ListOrdersParams) *ListOrdersParams {
	if in == nil {
		return &ListOrdersParams{}
	}
	p := *in
	c.filter("Q", p.Q)
	c.filter("ID", p.ID)
	c.filter("CartID", p.CartID)
	c.filter("RegionID", p.RegionID)
	if p.Q != nil && (p.Email != nil || p.DisplayID != nil) {
		c.refuse("Q", "the backend drops Email and DisplayID where Q is set; search, or filter")
	}
	// An order's email and currency are stored in lower case; another spelling would match nothing, in silence.
	if p.Email != nil {
		p.Email = new(c.email("Email", *p.Email))
	}
	if p.CurrencyCode != nil {
		c.required("CurrencyCode", *p.CurrencyCode)
		p.CurrencyCode = new(c.lower("CurrencyCode", *p.CurrencyCode))
	}
	if p.TaxRate != nil && (math.IsNaN(*p.TaxRate) || math.IsInf(*p.TaxRate, 0)) {
		c.refuse("TaxRate", "it is not a number")
	}
	if p.Limit != nil && *p.Limit < 0 {
		c.refuse("Limit", "it must not be negative")
	}
	if p.Offset != nil && *p.Offset < 0 {
		c.refuse("Offset", "it must not be negative")
	}
	c.names("Fields", p.Fields)
	c.names("Expand", p.Expand)
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

func nilIfZero(r *TimeRange) *TimeRange {
	if r != nil && *r == (TimeRange{}) {
		return nil
	}
	return r
}

func nilIfEmpty[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
