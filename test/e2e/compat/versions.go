// Package compat runs the client on each version of Medusa v1 that shops run, and writes docs/compatibility.md from
// what its tests hold those versions to.
package compat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Versions are those that are run, the newest first. Each but the first has a folder in test/e2e/backend/versions.
var Versions = []string{"1.20.11", "1.20.4", "1.20.0", "1.19.0", "1.18.1", "1.17.4", "1.16.1", "1.12.3", "1.8.2"}

// A Kind is what becomes of a use of the client.
type Kind string

// The kinds.
const (
	Works   Kind = "works"
	Remark  Kind = "works with a remark"
	Refused Kind = "refused with a clear error"
)

// A Difference is a use that older versions do not have as the contract says.
type Difference struct {
	Check  string // the name of the check
	Before string // the version that brought it
	Kind   Kind
	Names  string // what a clear error contains
	Text   string // what a user of the client sees
}

// A Finding is what responses of older versions have otherwise than the contract says.
type Finding struct {
	Before string // the version that brought it
	Text   string // what the finding of the conformance check contains
}

// Findings are all that are known.
var Findings = []Finding{
	{"1.17.0", "wrong content type: DeleteSession 200"},
	{"1.17.0", "undocumented header: DeleteSession 200: Set-Cookie"},
	{"1.17.0", "undocumented status: GetToken 404"},
	{"1.12.3", "missing required property: ListOrders 200 Order."},
	{"1.12.3", "missing required property: ListOrders 200 LineItem."},
	{"1.12.3", "missing required property: ListOrders 200 ShippingMethod."},
}

// An Absence is what responses of older versions do not have where the request leaves nothing out.
type Absence struct {
	Before     string   // the version that brought the properties
	Refused    bool     // whether a response without them is an error; otherwise the model's field is nil
	Properties []string // operation and path
}

// Absences are all that are known, beside those of responses that are only in newer versions.
var Absences = []Absence{
	{"1.17.0", true, []string{"GetToken access_token"}},
	{"1.17.0", false, []string{"ListOrders orders[].item_tax_total", "ListOrders orders[].shipping_tax_total"}},
	{"1.12.3", true, []string{
		"ListOrders orders[].discount_total", "ListOrders orders[].gift_card_tax_total", "ListOrders orders[].gift_card_total",
		"ListOrders orders[].paid_total", "ListOrders orders[].raw_discount_total", "ListOrders orders[].refundable_amount",
		"ListOrders orders[].refunded_total", "ListOrders orders[].shipping_total", "ListOrders orders[].subtotal",
		"ListOrders orders[].tax_total", "ListOrders orders[].total",
		"ListOrders orders[].items[].discount_total", "ListOrders orders[].items[].original_tax_total",
		"ListOrders orders[].items[].original_total", "ListOrders orders[].items[].raw_discount_total",
		"ListOrders orders[].items[].subtotal", "ListOrders orders[].items[].tax_total", "ListOrders orders[].items[].total",
		"ListOrders orders[].shipping_methods[].original_tax_total", "ListOrders orders[].shipping_methods[].original_total",
		"ListOrders orders[].shipping_methods[].subtotal", "ListOrders orders[].shipping_methods[].tax_total",
		"ListOrders orders[].shipping_methods[].total",
	}},
}

// A Bridge is what older versions do otherwise without any difference for a user of the client.
type Bridge struct {
	Before string // the version that changed it
	Text   string
	Seen   func(ctx context.Context, e *Env) (bool, error) // reports whether the backend does so
}

// Bridges are all that are known.
var Bridges = []Bridge{
	{"1.17.0", "The response to a logout is the JSON `{}` instead of the text `OK`, and sets a fresh anonymous cookie. The cookie is not stored, and the session has ended, here and at the backend.", func(ctx context.Context, e *Env) (bool, error) {
		header, body, err := e.raw(ctx, http.MethodDelete, "/store/auth")
		return strings.HasPrefix(header.Get("Content-Type"), "application/json") && body == "{}" && header.Get("Set-Cookie") != "", err
	}},
	{"1.17.0", "The 401 of the login guard has `WWW-Authenticate: Bearer realm=\"Users\"`. It ends the session as any other of the backend's own, and is not taken for a gateway's.", func(ctx context.Context, e *Env) (bool, error) {
		header, _, err := e.raw(ctx, http.MethodGet, "/store/customers/me")
		return header.Get("WWW-Authenticate") == `Bearer realm="Users"`, err
	}},
}

// raw returns the response to a request without a login.
func (e *Env) raw(ctx context.Context, method, path string) (http.Header, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.Backend.URL+path, nil)
	if err != nil {
		return nil, "", err
	}
	resp, err := e.HTTP.Do(req)
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(resp.Body)
	return resp.Header, string(body), errors.Join(err, resp.Body.Close())
}

// Differences are all that are known. The tests fail on one that is no longer true.
var Differences = []Difference{
	{"list orders by signed fields", "1.20.4", Refused, "1.20.4", "`+` and `-` in `ListOrdersParams.Fields` are `ErrInternal`; the message names the version. Name all fields instead."},
	{"get a token", "1.17.0", Refused, "1.17", noTokens},
	{"call with a token", "1.17.0", Refused, "1.17", noTokens},
	{"list orders", "1.12.3", Refused, "1.12", noTotals},
	{"totals of orders", "1.12.3", Refused, "1.12", noTotals},
	{"taxes of lines and of shipping apart", "1.17.0", Remark, "", "`Order.ItemTaxTotal` and `Order.ShippingTaxTotal` are nil, because the backend does not send them. `TaxTotal` is their sum."},
	{"iterate over all orders", "1.12.3", Refused, "1.12", noTotals},
	{"list orders by status", "1.12.3", Refused, "1.12", noTotals},
	{"list orders by time", "1.12.3", Refused, "1.12", noTotals},
	{"search orders", "1.12.3", Refused, "1.12", noTotals},
}

// noTokens is what a backend without bearer tokens is refused with.
const noTokens = "There are no bearer tokens: `Auth.GetToken` is `ErrNotFound`, and the message names the version."

// noTotals is what a backend that sends no totals is refused with.
const noTotals = "An order without totals can't be read: `ErrUnexpectedResponse`, with its id and the place, and the message says what helps. With `ListOrdersParams.Fields`, totals are not expected."

// Of returns the difference of a version for a check, or nil.
func Of(version, check string) *Difference {
	for i, d := range Differences {
		if d.Check == check && older(version, d.Before) {
			return &Differences[i]
		}
	}
	return nil
}

// older reports whether version a is older than b.
func older(a, b string) bool {
	return slices.Compare(numbers(a), numbers(b)) < 0
}

func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		all = append(all, n)
	}
	return all
}
