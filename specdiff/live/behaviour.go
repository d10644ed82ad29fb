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
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// StepAsk is the step of the requests to the routes of [Config.Ask].
const StepAsk = "ask a route of the shop's own"

// The names of steps whose outcome is looked at again.
const (
	stepLogin       = "log in"
	stepAgain       = "read what did not change"
	stepNoEmail     = "ask whether what is no email has an account"
	stepAfterLogout = "read the profile after the logout"
)

// behaviour checks what no document describes and callers rely on: that a logout ends a session, that an upper-case
// email logs in, that an ETag leads to a 304, and that a list of orders is what was asked for.
func (c *check) behaviour() {
	for i := range c.record.Exchanges {
		x := &c.record.Exchanges[i]
		wrong := func(format string, args ...any) {
			c.add(finding.Point{Place: placeOf(x.Exchange), Aspect: finding.Behavior}, finding.Fault, "", fmt.Sprintf(format, args...), "", x, 1)
		}
		switch {
		case c.aside[x]:
		case x.Step == stepAfterLogout && x.Status != http.StatusUnauthorized:
			wrong("%d after the logout", x.Status)
		case x.Step == stepLogin && x.Status/100 != 2:
			wrong("%d to the login with an upper-case email", x.Status)
		case x.Step == stepAgain && x.Status != http.StatusNotModified:
			wrong("%d to If-None-Match with the ETag of the response before", x.Status)
		case x.Method == http.MethodGet && x.Status == http.StatusOK && strings.HasPrefix(x.URL, ordersPath):
			shown := c.record.once(listOf{x.Exchange}, func() string { return strings.Join(listed(x), "\n") })
			for text := range strings.SplitSeq(shown, "\n") {
				if text != "" {
					wrong("%s", text)
				}
			}
		}
	}
}

// listOf is the key of what is wrong with a list in an exchange.
type listOf struct{ *conform.Exchange }

// listed returns what is wrong with a list of orders.
func listed(x *Exchange) []string {
	var page struct {
		Orders []map[string]any `json:"orders"`
		Count  *int             `json:"count"`
		Limit  *int             `json:"limit"`
		Offset *int             `json:"offset"`
	}
	_, rawQuery, _ := strings.Cut(x.URL, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil || json.Unmarshal(x.ResponseBody, &page) != nil || page.Count == nil || page.Limit == nil || page.Offset == nil {
		return nil // which is a finding of its own
	}
	var wrong []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	add(*page.Count < len(page.Orders), "count %d with %d orders", *page.Count, len(page.Orders))
	add(*page.Limit > 0 && len(page.Orders) > *page.Limit, "%d orders with limit %d", len(page.Orders), *page.Limit)
	for name, got := range map[string]int{"limit": *page.Limit, "offset": *page.Offset} {
		if asked, err := strconv.ParseInt(query.Get(name), 10, 32); err == nil && len(query[name]) == 1 { // beyond that, JavaScript rounds
			add(int(asked) != got, "%s %d where %d was asked for", name, got, asked)
		}
	}
	var before time.Time
	for _, order := range page.Orders {
		text, _ := order["created_at"].(string)
		if created, err := time.Parse(time.RFC3339, text); err == nil {
			add(!before.IsZero() && created.After(before), "an order after an older one, where the newest comes first")
			before = created
		}
		for _, name := range []string{"id", "status", "payment_status", "fulfillment_status", "currency_code", "region_id", "cart_id"} {
			wanted := slices.Concat(query[name], query[name+"[]"])
			got, ok := order[name].(string)
			add(ok && len(wanted) > 0 && !slices.Contains(strings.Split(strings.Join(wanted, ","), ","), got), "an order with another %s than was asked for", name)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}
