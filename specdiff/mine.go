package specdiff

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

const (
	ordersPath = "/store/customers/me/orders"
	tokenPath  = "/store/auth/token"
	authPath   = "/store/auth"
)

// mine prepares a report about a backend and the contract alone. It accepts what is accepted of every stock backend.
// Without an order, too little was seen: an order is most of the contract. What another program recorded shows what it
// shows.
func mine(r *report.Report, record *live.Record) {
	stock().Accept(r.Findings)
	r.Sources.Seems = seems(record)
	if text := noOrders(r, record); text != "" {
		f := finding.Finding{Wrong: finding.Unseen, Operation: "ListOrders", Live: text}
		f.Point = finding.Point{Place: finding.Operation(http.MethodGet, ordersPath), Aspect: finding.Seen}
		r.Findings = append([]finding.Finding{f}, r.Findings...)
	}
	slices.SortStableFunc(r.Findings, func(a, b finding.Finding) int { return rank(a) - rank(b) })
}

// rank sorts a login that was refused before what follows from it.
func rank(f finding.Finding) int {
	if f.Wrong == finding.Unseen && f.Place == finding.Operation(http.MethodPost, authPath) {
		return 0
	}
	return 1
}

// noOrders returns what to say if no order was seen; "" if one was, or if another finding says why not.
func noOrders(r *report.Report, record *live.Record) string {
	if record.Foreign || ordersSeen(record) {
		return ""
	}
	const text = "no order was seen, which is most of the contract"
	explained := slices.ContainsFunc(r.Unexplained(), func(f finding.Finding) bool { return f.Breaking || f.Wrong == finding.Unseen })
	shut := slices.ContainsFunc(record.Unseen, func(t live.Trouble) bool { return t.Operation == finding.Operation(http.MethodPost, authPath) })
	empty := slices.ContainsFunc(record.Exchanges, func(x live.Exchange) bool { list := orders(x); return list != nil && len(list) == 0 })
	asked := slices.ContainsFunc(record.Exchanges, func(x live.Exchange) bool {
		path, _, _ := strings.Cut(x.URL, "?")
		return path == ordersPath && x.RequestHeader.Get("Cookie")+x.RequestHeader.Get("Authorization") != ""
	})
	switch {
	case shut:
		return ""
	case empty || !asked:
		return text + ": log in with -email as a customer who has orders"
	case explained:
		return ""
	}
	return text
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

// signs reports whether a query has a sign before a name in fields.
func signs(query string) bool {
	values, _ := url.ParseQuery(query) // what can be read of it
	return slices.ContainsFunc(strings.Split(values.Get("fields"), ","), func(name string) bool {
		return strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-")
	})
}

// seems returns the versions that the backend behaves like, because it does not send its own; "" if nothing shows it.
// docs/compatibility.md has what changed with which.
func seems(record *live.Record) string {
	var no117, has117, no1204, has1204, no112 bool
	for _, x := range record.Exchanges {
		path, query, _ := strings.Cut(x.URL, "?")
		signed := path == ordersPath && signs(query)
		switch {
		case path == tokenPath && x.Status == http.StatusOK, path == authPath && x.Method == http.MethodDelete && string(x.ResponseBody) == "OK":
			has117 = true
		case path == authPath && x.Method == http.MethodDelete && x.Status == http.StatusOK && bytes.HasPrefix(x.ResponseBody, []byte("{")):
			no117 = true
		case signed && x.Status == http.StatusOK:
			has1204 = true
		case signed && x.Status == http.StatusInternalServerError:
			no1204 = true
		case query == "":
			if list := orders(x); len(list) > 0 {
				_, total := list[0]["total"]
				_, subtotal := list[0]["subtotal"]
				no112 = no112 || !total && !subtotal
			}
		}
	}
	switch {
	case no112:
		return "older than 1.12"
	case no117:
		return "older than 1.17"
	case has1204:
		return "1.20.4 or newer"
	case has117 && no1204:
		return "1.17 to 1.20.3"
	case has117:
		return "1.17 or newer"
	}
	return ""
}
