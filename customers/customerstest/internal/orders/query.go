package orders

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/qs"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// query is the query of the list of orders, checked.
type query struct {
	limit, offset  float64
	fields, expand *string

	q       *string
	equal   map[string]string   // by column; the text null stands for no value
	oneOf   map[string][]string // by column; a status is one of these
	between map[string][]timeBound
}

// timeBound is the side of a time on which a column's value has to be.
type timeBound struct {
	operator string
	time     time.Time
}

func (b timeBound) includes(t time.Time) bool {
	switch b.operator {
	case "lt":
		return t.Before(b.time)
	case "gt":
		return t.After(b.time)
	case "gte":
		return !t.Before(b.time)
	default:
		return !t.After(b.time)
	}
}

// The parameters in the order in which the backend complains about them.
var (
	texts         = []string{"id", "q"}
	statuses      = []string{"status", "fulfillment_status", "payment_status"}
	moreTexts     = []string{"display_id", "cart_id", "email", "region_id", "currency_code", "tax_rate"}
	times         = []string{"created_at", "updated_at", "canceled_at"}
	others        = []string{"limit", "offset", "fields", "expand"}
	timeOperators = []string{"lt", "gt", "gte", "lte"}
)

// statusValues are the values that a status can be filtered by, as the backend's message lists them.
var statusValues = map[string][]string{
	"status": values(api.OrderStatusPending, api.OrderStatusCompleted, api.OrderStatusArchived, api.OrderStatusCanceled,
		api.OrderStatusRequiresAction),
	"fulfillment_status": values(api.FulfillmentStatusNotFulfilled, api.FulfillmentStatusPartiallyFulfilled,
		api.FulfillmentStatusFulfilled, api.FulfillmentStatusPartiallyShipped, api.FulfillmentStatusShipped,
		api.FulfillmentStatusPartiallyReturned, api.FulfillmentStatusReturned, api.FulfillmentStatusCanceled,
		api.FulfillmentStatusRequiresAction),
	"payment_status": values(api.PaymentStatusNotPaid, api.PaymentStatusAwaiting, api.PaymentStatusCaptured,
		api.PaymentStatusPartiallyRefunded, api.PaymentStatusRefunded, api.PaymentStatusCanceled,
		api.PaymentStatusRequiresAction),
}

func values[T ~string](list ...T) []string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return s
}

// parseQuery reads the query, or returns the response that refuses it.
func parseQuery(raw string) (*query, *response.Response) {
	parameters, err := qs.Parse(raw)
	if err != nil {
		return nil, response.NotEmulated(err)
	}
	for name, value := range parameters.Values {
		if list, ok := value.([]any); ok && len(list) == 1 { // the backend takes it for a list with commas
			text, _ := list[0].(string)
			parameters.Values[name] = split(text)
		}
	}
	c := check{values: parameters.Values}
	c.known(parameters, slices.Concat(texts, statuses, moreTexts, times, others))
	q := c.query()
	if c.notEmulated != nil {
		return nil, response.NotEmulated(c.notEmulated)
	}
	if len(c.complaints) > 0 {
		return nil, response.InvalidData(strings.Join(c.complaints, ", "))
	}
	return q, nil
}

func split(list string) []any {
	var items []any
	for item := range strings.SplitSeq(list, ",") {
		items = append(items, item)
	}
	return items
}

// check collects what is wrong with a query.
type check struct {
	values      map[string]any
	complaints  []string
	notEmulated error
}

func (c *check) complain(format string, args ...any) {
	c.complaints = append(c.complaints, fmt.Sprintf(format, args...))
}

func (c *check) known(o *js.Object, names []string) {
	for _, name := range o.Keys() {
		if !slices.Contains(names, name) {
			c.complain("property %s should not exist", name)
		}
	}
}

func (c *check) query() *query {
	q := &query{equal: make(map[string]string), oneOf: make(map[string][]string), between: make(map[string][]timeBound)}
	for _, name := range texts {
		c.equal(q, name)
	}
	for _, name := range statuses {
		if value, ok := c.values[name]; ok {
			q.oneOf[name] = c.oneOf(name, value)
		}
	}
	for _, name := range moreTexts {
		c.equal(q, name)
	}
	for _, name := range times {
		if value, ok := c.values[name]; ok {
			q.between[name] = c.bounds(name, value)
		}
	}
	q.limit, q.offset = c.number("limit", 10), c.number("offset", 0)
	q.fields, q.expand = c.text("fields"), c.text("expand")
	if text, ok := q.equal["q"]; ok {
		delete(q.equal, "q")
		q.q = &text
	}
	return q
}

func (c *check) text(name string) *string {
	value, ok := c.values[name]
	if !ok {
		return nil
	}
	s, ok := value.(string)
	if !ok {
		c.complain("%s must be a string", name)
	}
	return &s
}

func (c *check) equal(q *query, name string) {
	if s := c.text(name); s != nil {
		q.equal[name] = *s
	}
}

func (c *check) oneOf(name string, value any) []string {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var picked []string
	for _, item := range list {
		if s, ok := item.(string); ok && slices.Contains(statusValues[name], s) {
			picked = append(picked, s)
		}
	}
	if len(picked) < len(list) {
		c.complain("each value in %s must be one of the following values: %s", name, strings.Join(statusValues[name], ", "))
	}
	return picked
}

func (c *check) bounds(name string, value any) (bounds []timeBound) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, item := range list {
		o, ok := item.(*js.Object)
		if !ok {
			c.complain("nested property %s must be either object or array", name)
			continue
		}
		c.known(o, timeOperators)
		for _, operator := range timeOperators {
			if text := o.Text(operator); text != nil {
				bounds = append(bounds, timeBound{operator, c.time(operator, *text)})
			}
		}
	}
	return bounds
}

func (c *check) time(operator, text string) time.Time {
	t, ok, err := js.Time(text)
	if err != nil {
		c.notEmulated = err
	} else if !ok {
		c.complain("%s must be a Date instance", operator)
	}
	return t
}

func (c *check) number(name string, unset float64) float64 {
	value, ok := c.values[name]
	if !ok {
		return unset
	}
	n := math.NaN()
	if s, ok := value.(string); ok {
		var err error
		if n, err = js.Number(s); err != nil {
			c.notEmulated = err
		}
	}
	if math.IsNaN(n) {
		c.complain("%s must be a number conforming to the specified constraints", name)
	}
	return n
}
