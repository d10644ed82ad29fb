package live

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// unfit returns which orders of a list a filter should have left out.
func unfit(p *page) []string {
	var wrong []string
	for _, order := range p.Orders {
		for _, name := range []string{"id", "status", "payment_status", "fulfillment_status", "currency_code", "region_id", "cart_id"} {
			wanted := slices.Concat(p.query[name], p.query[name+"[]"])
			got, ok := order[name].(string)
			if ok && len(wanted) > 0 && !slices.Contains(strings.Split(strings.Join(wanted, ","), ","), got) {
				wrong = append(wrong, fmt.Sprintf("an order with another %s than was asked for", name))
			}
		}
		for _, name := range []string{"display_id", "email", "tax_rate"} {
			if asked := p.query[name]; len(asked) == 1 && another(asked[0], order, name) {
				wrong = append(wrong, fmt.Sprintf("an order with another %s than was asked for", name))
			}
		}
		for _, name := range []string{"created_at", "updated_at", "canceled_at"} {
			if outside(p.query, order, name) {
				wrong = append(wrong, fmt.Sprintf("an order whose %s is outside what was asked for", name))
			}
		}
		if unasked(p.query, order) {
			wrong = append(wrong, "an order with properties that `fields` leaves out")
		}
	}
	return wrong
}

// another reports whether a property has another value than was asked for. What is not there is not compared.
func another(asked string, order object, name string) bool {
	switch got := order[name].(type) {
	case string:
		return asked != "" && !strings.EqualFold(asked, got)
	case float64:
		want, err := strconv.ParseFloat(asked, 64)
		return err == nil && math.Abs(want-got) > 1e-3*math.Max(1, math.Abs(want)) // the database rounds rates
	}
	return false
}

// outside reports whether a time of an order is outside the bounds that were asked for. The backend compares
// microseconds, of which an order shows the milliseconds (docs/backend.md, B51).
func outside(query url.Values, order object, name string) bool {
	for _, key := range []string{"lt", "lte", "gt", "gte"} {
		asked := query[name+"["+key+"]"]
		if len(asked) != 1 {
			continue
		}
		bound, err := time.Parse(time.RFC3339, asked[0])
		if err != nil {
			continue
		}
		value, has := order[name]
		if has && value == nil {
			return true
		}
		text, _ := value.(string)
		at, err := time.Parse(time.RFC3339, text)
		if err == nil && (key[0] == 'l' && at.After(bound) || key[0] == 'g' && !at.Add(time.Millisecond).After(bound)) {
			return true
		}
	}
	return false
}

// usual are properties that come with an order unless `fields` names others.
var usual = []string{"status", "fulfillment_status", "payment_status", "display_id", "cart_id", "customer_id", "email", "region_id", "currency_code"}

// unasked reports whether an order has the usual properties although `fields` names others.
func unasked(query url.Values, order object) bool {
	fields := query["fields"]
	if len(fields) != 1 || strings.Trim(fields[0], ", ") == "" || strings.ContainsAny(fields[0], "+- ") {
		return false
	}
	names := strings.Split(fields[0], ",")
	return !slices.ContainsFunc(usual, func(name string) bool {
		_, has := order[name]
		return !has || slices.Contains(names, name)
	})
}

// stepNone is the step of reads with a filter that no order fits, and stepSome of those with one that an order fits.
const (
	stepNone = "list orders by a filter that none fits"
	stepSome = "list orders by a filter that one fits"
)

// miscounted returns what is wrong with the number of orders in a response, by its step.
func miscounted(x *Exchange) string {
	p := pageOf(x.Exchange)
	if p == nil || p.Count == nil {
		return ""
	}
	came := len(p.Orders)
	name := "filter"
	for parameter := range p.query {
		if parameter != "limit" && parameter != "fields" {
			name, _, _ = strings.Cut(parameter, "[")
		}
	}
	switch {
	case x.Step == stepNone && came > 0:
		return fmt.Sprintf("orders that do not fit the %s that was asked for", name)
	case x.Step == stepSome && came == 0:
		return fmt.Sprintf("no order, and one fits the %s that was asked for", name)
	}
	return ""
}

// filters asks for the orders that fit a filter, for each that a document declares: once with a value that no order has,
// and once with that of an order.
func (s *script) filters(read func(string, string) response, orders []any) {
	order, _ := orders[0].(object)
	declared := map[string]bool{}
	for _, field := range s.fields("GET " + ordersPath) {
		declared[field.Path[0]] = field.In == "query"
	}
	ask := func(step, name, key, value string) {
		if declared[name] && value != "" {
			read(step, ordersPath+"?"+url.Values{"limit": {"0"}, "fields": {"id," + name}, name + key: {value}}.Encode())
		}
	}
	for _, name := range []string{"id", "cart_id", "region_id", "currency_code", "display_id", "email", "tax_rate"} {
		none := "none"
		switch name {
		case "display_id":
			none = "2000000000"
		case "tax_rate":
			none = "98.75"
		case "email":
			none = "none@specdiff.example"
		case "currency_code":
			none = "xxx"
		}
		ask(stepNone, name, "", none)
		if value, ok := order[name]; ok && value != nil && name != "tax_rate" && name != "display_id" { // numbers may be written in other ways
			ask(stepSome, name, "", scalar(value))
		}
	}
	for _, name := range []string{"created_at", "updated_at", "canceled_at"} {
		for _, key := range []string{"lt", "lte"} {
			ask(stepNone, name, "["+key+"]", "1990-01-01T00:00:00.000Z")
		}
		for _, key := range []string{"gt", "gte"} {
			ask(stepNone, name, "["+key+"]", "2990-01-01T00:00:00.000Z")
		}
	}
	ask(stepSome, "created_at", "[gt]", "1990-01-01T00:00:00.000Z")
	if declared["q"] {
		read(stepNone, ordersPath+"?limit=0&q=specdiff+no+such+text")
	}
}

// scalar returns a value as a query has it.
func scalar(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value) //nolint:errchkjson // it came from JSON
	return string(text)
}
