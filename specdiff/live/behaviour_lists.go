package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// page is a page of orders, or the response to a login, as far as it is one.
type page struct {
	Orders   []object `json:"orders"`
	Count    *int     `json:"count"`
	Limit    *int     `json:"limit"`
	Offset   *int     `json:"offset"`
	Customer struct {
		ID     string   `json:"id"`
		Orders []object `json:"orders"`
	} `json:"customer"`
	query url.Values
}

// pageOf returns the page in a response that succeeded; nil if there is none.
func pageOf(x *conform.Exchange) *page {
	path, rawQuery, _ := strings.Cut(x.URL, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil || x.Status != http.StatusOK || path != ordersPath && path != authPath {
		return nil
	}
	p := page{query: query}
	if json.Unmarshal(x.ResponseBody, &p) != nil || path == ordersPath && (p.Count == nil || p.Limit == nil || p.Offset == nil) {
		return nil // which is a finding of its own
	}
	return &p
}

// wholeOf returns what a response shows with all elements of its lists; nil for nothing.
func wholeOf(x *conform.Exchange, probe bool) *Whole {
	var w Whole
	if p := pageOf(x); p != nil {
		w.Orders = len(p.Orders) + len(p.Customer.Orders)
	}
	if w.Wrong = listed(x, true); !probe {
		w.Wrong = append(w.Wrong, unchanged(x)...)
	}
	if w.Orders+len(w.Wrong) == 0 {
		return nil
	}
	return &w
}

// usualLimit is how many orders come where no limit is asked for.
const usualLimit = 10

// listed returns what is wrong with a list of orders. Only of a whole list, it is how many came.
func listed(x *conform.Exchange, whole bool) []string {
	p := pageOf(x)
	if p == nil || p.Count == nil {
		return nil
	}
	var wrong []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	came, count, limit, offset := len(p.Orders), *p.Count, *p.Limit, *p.Offset
	add(count < came, "a count below the orders that came: %d with %d", count, came)
	add(limit > 0 && came > limit, "more orders than limit: %d with %d", came, limit)
	for name, got := range map[string]int{"limit": limit, "offset": offset} {
		if asked, err := strconv.ParseInt(p.query.Get(name), 10, 32); err == nil && len(p.query[name]) == 1 { // beyond that, JavaScript rounds
			add(int(asked) != got, "%s %d where %d was asked for", name, got, asked)
		}
	}
	add(!p.query.Has("limit") && limit != usualLimit && count > limit, "limit %d where none was asked for, which is usually %d", limit, usualLimit)
	if whole || came == 0 { // of a list with orders, at least one is recorded
		room := count - offset
		if limit > 0 {
			room = min(room, limit)
		}
		add(came < room, "fewer orders than limit and count leave room for: %d of %d", came, room)
	}
	add(twice(p.Orders), "an order that comes twice")
	wrong = slices.Concat(wrong, unsorted(p), unfit(p))
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// twice reports whether an order comes twice.
func twice(orders []object) bool {
	seen := map[string]bool{}
	return slices.ContainsFunc(orders, func(order object) bool {
		id, _ := order["id"].(string)
		before := seen[id]
		seen[id] = true
		return before && id != ""
	})
}

// unsorted returns what is wrong with the order of the elements of a list.
func unsorted(p *page) []string {
	var wrong []string
	var before time.Time
	for _, order := range p.Orders {
		text, _ := order["created_at"].(string)
		if created, err := time.Parse(time.RFC3339, text); err == nil {
			if !before.IsZero() && created.After(before) {
				wrong = append(wrong, "an order after an older one, where the newest comes first")
			}
			before = created
		}
	}
	return wrong
}

// counts is how many orders of each customer came at most, by the customer's id.
type counts map[string]int

// add returns what is wrong with the number of orders in a response, compared with those before it.
func (c counts) add(x *Exchange) string {
	p := pageOf(x.Exchange)
	if p == nil {
		return ""
	}
	came := len(p.Orders) + len(p.Customer.Orders)
	if x.Whole != nil {
		came = max(came, x.Whole.Orders)
	}
	if p.Count == nil {
		c[p.Customer.ID] = max(c[p.Customer.ID], came)
		return ""
	}
	for name := range p.query {
		if !slices.Contains([]string{"limit", "offset", "fields", "expand"}, name) {
			return "" // a filter
		}
	}
	if len(p.Orders) == 0 {
		return ""
	}
	id, _ := p.Orders[0]["customer_id"].(string)
	most := c[id]
	if came += *p.Offset; id != "" {
		c[id] = max(most, came)
	}
	if id != "" && *p.Count < most && *p.Count >= came {
		return fmt.Sprintf("a count below the orders that came before: %d with %d", *p.Count, most)
	}
	return ""
}
