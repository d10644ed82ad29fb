package report

import (
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// known is the known cause of differences.
type known struct {
	title  string
	client string // what it means for package customers
	is     func(f finding.Finding) bool
}

// olderVersions are what older versions of the backend are known for; see docs/compatibility.md.
var olderVersions = []known{
	{
		"no bearer tokens, which came with 1.17",
		"Auth.GetToken is ErrNotFound, and its message names the version; log in by Auth.Authenticate, which keeps a session",
		func(f finding.Finding) bool {
			return f.Point.Operation() == "POST /store/auth/token" || f.Aspect == finding.Security && strings.Contains(f.Live, "token")
		},
	},
	{
		"the response to a logout is JSON and sets a cookie, as before 1.17",
		"nothing: the client does not read it",
		func(f finding.Finding) bool {
			return f.Place == "DELETE /store/auth 200" && (f.Aspect == finding.ContentType || f.Aspect == finding.Cookie)
		},
	},
	{
		"no + and - before names in fields, which came with 1.20.4",
		"signed names in ListOrdersParams.Fields are ErrInternal, and the message names the version: name all fields instead",
		func(f finding.Finding) bool {
			return f.Operation == "ListOrders" && strings.Contains(f.Live, "name after a ")
		},
	},
}

// noTotals returns the cause of orders without totals, if they have none of them. One total that is missing is not for the
// version.
func noTotals(findings []finding.Finding) []known {
	gone := 0
	for _, f := range findings {
		if f.Component() == "Order" && strings.HasSuffix(f.Place, "total") && f.Aspect == finding.Required && f.Live == "not there" {
			gone++
		}
	}
	if gone <= 1 {
		return nil
	}
	return []known{{
		"orders have no totals, or not all, which came with 1.12",
		"orders are ErrUnexpectedResponse, with id and place, unless ListOrdersParams.Fields or Expand is set; see docs/compatibility.md",
		func(f finding.Finding) bool {
			return f.Aspect == finding.Required && f.Live == "not there" && slices.Contains([]string{"Order", "LineItem", "ShippingMethod"}, f.Component()) &&
				(strings.HasSuffix(f.Place, "total") || strings.HasSuffix(f.Place, ".refundable") || strings.HasSuffix(f.Place, "_amount"))
		},
	}}
}
