package customers

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

// call is one call of a method: its operation, its options, what was refused of its input, and how its response is
// read.
type call struct {
	op      Operation
	options callOptions
	prefix  string // of the names of the fields that are checked, such as "BillingAddress."
	err     *Error
	decode  func(context.Context, *response) error // nil: the body does not matter
	account bool                                   // WithCredentials makes it
	streams bool                                   // the response's body is left to be read
}

// newCall begins a call by reading its options.
func newCall(op Operation, opts []CallOption) call {
	c := call{op: op}
	if len(opts) > 0 { // without options, nothing is allocated for them
		var err error
		if c.options, err = readCallOptions(op, opts); err != nil {
			c.err = named(op, err)
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
	if err := addProperties(c.op, req, c.options.properties); err != nil {
		return nil, named(c.op, err)
	}
	return req, nil
}

// refuse records why a field can't be sent. The first refusal of a field counts. None repeats a value, which may be a
// secret.
func (c *call) refuse(field, reason string) {
	field = c.prefix + field
	switch {
	case c.err == nil:
		c.err = refused(field, reason)
		c.err.Operation = c.op
	case c.err.Fields[field] == "":
		c.err.Fields[field] = reason
	}
}

// text refuses what JSON or Postgres can't represent; encoding/json would replace it in silence.
func (c *call) text(field, value string) {
	switch {
	case !utf8.ValidString(value):
		c.refuse(field, "it is not valid UTF-8")
	case strings.ContainsRune(value, 0):
		c.refuse(field, reasonNUL)
	}
}

// json refuses a value that the backend would store as another one, or fail on.
func (c *call) json(field string, value any) {
	text, err := json.Marshal(value)
	if err != nil { // err may repeat the value
		c.refuse(field, reasonNoJSON)
		return
	}
	if reason := unstorable(text); reason != "" {
		c.refuse(field, reason)
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

// names refuses a name with a separator in it, which the backend would split.
func (c *call) names(field string, names []string) {
	for _, name := range names {
		c.required(field, name)
		if strings.ContainsAny(name, " \t\n,") {
			c.refuse(field, "give each name as an element of its own, without spaces or commas")
		}
	}
}

// email checks an email and returns it without surrounding space and in lower case, as the backend stores it on
// register and looks for it at login.
func (c *call) email(value string) string {
	return c.lower("Email", c.emailAsSpelled("Email", value))
}

// emailAsSpelled checks an email and returns it without surrounding space. What can't be seen inside, such as a
// zero-width space that was pasted along, would make it another email.
func (c *call) emailAsSpelled(field, value string) string {
	value = strings.TrimSpace(value)
	c.required(field, value)
	switch {
	case !strings.Contains(value, "@"):
		c.refuse(field, "it is not an email")
	case strings.ContainsFunc(value, isInvisible):
		c.refuse(field, "it contains an invisible character")
	}
	return value
}

// isInvisible reports whether r shows as nothing, or as a space that is not the usual one.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.Is(unicode.Zs, r) && r != ' ' || r == '\u2800' // the last is Braille without a dot
}

func (c *call) credentials(email, password string) api.Credentials {
	email = c.email(email)
	c.required("Password", password)
	return api.Credentials{Email: email, Password: password}
}

// lower returns value in lower case, as JavaScript's toLowerCase does. It refuses an upper-case letter beyond ASCII,
// for which Go and JavaScript may differ.
func (c *call) lower(field, value string) string {
	for _, r := range value {
		if r > unicode.MaxASCII && unicode.ToLower(r) != r {
			c.refuse(field, "it has an upper-case letter beyond ASCII; give it in lower case")
		}
	}
	return strings.ToLower(value)
}

// id refuses what is no id, such as one with a space that was copied along, which would find nothing, in silence.
func (c *call) id(field, id string) {
	c.required(field, id)
	if strings.TrimSpace(id) != id || strings.ContainsFunc(id, isInvisible) {
		c.refuse(field, "it has space around it, or contains an invisible character")
	}
}

func (c *call) optionalID(field string, id *string) {
	if id != nil {
		c.id(field, *id)
	}
}

// pathID refuses ids that would lead to another route.
func (c *call) pathID(field, id string) {
	c.id(field, id)
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
	c.json("Metadata", a.Metadata)
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
	if metadata, err := a.Metadata.Get(); err == nil {
		c.json("Metadata", metadata)
	}
}

func (c *call) billingAddress(b nullable.Nullable[api.BillingAddress]) {
	union, err := b.Get()
	if err != nil {
		return // absent or null
	}
	if id, err := union.AsAddressID(); err == nil {
		c.id("BillingAddress", id)
		return
	}
	a, err := union.AsUpdateAddressRequest()
	if err != nil {
		c.refuse("BillingAddress", "it can't be sent as JSON; make it by BillingAddressOf or BillingAddressID")
		return
	}
	c.prefix = "BillingAddress."
	c.address(&a)
	c.prefix = ""
	c.json("BillingAddress", union) // as it is sent: in a, numbers are floats and texts are Unicode
	if text, err := json.Marshal(a); err == nil && string(text) == "{}" {
		c.refuse("BillingAddress", "it sets no field, and the backend would make an empty address; leave BillingAddress out")
	}
}

// listOrders checks filters and returns a copy of them as the backend wants them.
func (c *call) listOrders(in *ListOrdersParams) *ListOrdersParams {
	if in == nil {
		return &ListOrdersParams{}
	}
	p := *in
	if p.Q != nil {
		c.required("Q", *p.Q) // an empty one fails
	}
	c.optionalID("ID", p.ID)
	c.optionalID("CartID", p.CartID)
	c.optionalID("RegionID", p.RegionID)
	if p.Q != nil && (p.Email != nil || p.DisplayID != nil) {
		c.refuse("Q", "the backend drops Email and DisplayID where Q is set; search, or filter")
	}
	if p.Email != nil {
		p.Email = new(c.emailAsSpelled("Email", *p.Email)) // see lowerEmail
	}
	// Currencies are stored in lower case; another spelling would match nothing, in silence.
	if p.CurrencyCode != nil {
		c.id("CurrencyCode", *p.CurrencyCode)
		p.CurrencyCode = new(c.lower("CurrencyCode", *p.CurrencyCode))
	}
	// On what its database has no room for, the backend fails with a 500.
	if p.DisplayID != nil && int(int32(*p.DisplayID)) != *p.DisplayID { //nolint:gosec // whether it overflows is the question
		c.refuse("DisplayID", "it is larger than any order's")
	}
	if p.TaxRate != nil && !(math.Abs(*p.TaxRate) <= math.MaxFloat32) {
		c.refuse("TaxRate", "it is not a number, or too large for one")
	}
	c.paging("Limit", p.Limit)
	c.paging("Offset", p.Offset)
	c.names("Fields", p.Fields)
	c.names("Expand", p.Expand)
	// An empty list would be sent as an empty value, which the backend refuses.
	p.Status = nilIfEmpty(p.Status)
	p.FulfillmentStatus = nilIfEmpty(p.FulfillmentStatus)
	p.PaymentStatus = nilIfEmpty(p.PaymentStatus)
	p.Fields = nilIfEmpty(p.Fields)
	p.Expand = nilIfEmpty(p.Expand)
	p.CreatedAt = c.timeRange("CreatedAt", p.CreatedAt)
	p.UpdatedAt = c.timeRange("UpdatedAt", p.UpdatedAt)
	p.CanceledAt = c.timeRange("CanceledAt", p.CanceledAt)
	return &p
}

// paging refuses a limit or offset that the backend can't count to.
func (c *call) paging(field string, n *int) {
	switch {
	case n == nil:
	case *n < 0:
		c.refuse(field, "it must not be negative")
	case int64(*n) > 1<<53:
		c.refuse(field, "it is larger than JavaScript's numbers")
	}
}

// maxYear is the last year that a filter can ask for.
const maxYear = 9999

// timeRange returns the range of what the backend has in which orders have, in JSON, a time of the range in. JSON has
// times cut to milliseconds, while the backend compares with the database's microseconds (docs/backend.md, B51). It
// cuts what it compares with to milliseconds too, so the range begins and ends with one.
func (c *call) timeRange(field string, in *TimeRange) *TimeRange {
	if in == nil {
		return nil
	}
	var out TimeRange
	for _, bound := range []struct {
		given   *time.Time
		send    **time.Time
		replace func(u, v time.Time) bool
		round   time.Duration
	}{
		{in.GT, &out.GTE, time.Time.After, time.Millisecond},
		{in.GTE, &out.GTE, time.Time.After, time.Millisecond - 1},
		{in.LT, &out.LT, time.Time.Before, time.Millisecond - 1},
		{in.LTE, &out.LT, time.Time.Before, time.Millisecond},
	} {
		if bound.given == nil {
			continue
		}
		t := bound.given.UTC().Add(bound.round).Truncate(time.Millisecond)
		switch given := bound.given.UTC(); {
		case given.Year() < 0 || given.Year() > maxYear, t.Year() > maxYear && bound.send == &out.GTE:
			c.refuse(field, "its year is before 0 or after 9999")
		case t.Year() <= maxYear && (*bound.send == nil || bound.replace(t, **bound.send)): // beyond, LT and LTE leave nothing out
			*bound.send = &t
		}
	}
	if out == (TimeRange{}) {
		return nil
	}
	return &out
}

func nilIfEmpty[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
