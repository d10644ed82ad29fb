package specdiff

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

const ordersPath = "/store/customers/me/orders"

// mine prepares a report about a backend and the contract alone. It accepts what is accepted of every stock backend.
// Without an order, too little was seen: an order is most of the contract. What another program recorded shows what it
// shows.
func mine(r *report.Report, record *live.Record) {
	stock().Accept(r.Findings)
	if !record.Foreign && !ordersSeen(record) {
		f := finding.Finding{Wrong: finding.Unseen, Operation: "ListOrders", Live: "no order was seen, which is most of the contract: log in with -email as a customer who has orders"}
		f.Point = finding.Point{Place: finding.Operation(http.MethodGet, ordersPath), Aspect: finding.Seen}
		r.Findings = append([]finding.Finding{f}, r.Findings...)
	}
}

// orders returns the orders in a response; nil if it is no list of orders.
func orders(x live.Exchange) []map[string]any {
	if path, _, _ := strings.Cut(x.URL, "?"); path != ordersPath || x.Status != http.StatusOK {
		return nil
	}
	var body struct {
		Orders []map[string]any `json:"orders"`
	}
	_ = json.Unmarshal(x.ResponseBody, &body) // what is no list has no orders
	return body.Orders
}

func ordersSeen(record *live.Record) bool {
	for _, x := range record.Exchanges {
		if len(orders(x)) > 0 {
			return true
		}
	}
	return false
}
