// Package compat runs the client on each version of Medusa v1 that shops run, and writes docs/compatibility.md from
// what its tests hold those versions to.
package compat

import (
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

// Differences are all that are known. The tests fail on one that is no longer true.
var Differences = []Difference{
	{"list orders by signed fields", "1.20.4", Refused, "1.20.4", "`+` and `-` in `ListOrdersParams.Fields` are `ErrInternal`; the message names the version. Name all fields instead."},
	{"get a token", "1.17.0", Refused, "1.17", "There are no bearer tokens: `Auth.GetToken` is `ErrNotFound`, and the message names the version."},
	{"call with a token", "1.17.0", Refused, "1.17", "There are no bearer tokens."},
	{"list orders", "1.12.3", Refused, "1.12", noTotals},
	{"totals of orders", "1.12.3", Refused, "1.12", noTotals},
	{"taxes of lines and of shipping apart", "1.17.0", Remark, "", "`Order.ItemTaxTotal` and `Order.ShippingTaxTotal` are nil, because the backend does not send them. `TaxTotal` is their sum."},
	{"iterate over all orders", "1.12.3", Refused, "1.12", noTotals},
	{"list orders by status", "1.12.3", Refused, "1.12", noTotals},
	{"list orders by time", "1.12.3", Refused, "1.12", noTotals},
	{"search orders", "1.12.3", Refused, "1.12", noTotals},
}

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
