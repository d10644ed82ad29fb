package customerstest

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// orderQuery is the query of the list of orders, checked.
type orderQuery struct {
	limit, offset  float64
	fields, expand *string

	q        *string
	equal    map[string]string   // by column; the text null stands for none at all
	oneOf    map[string][]string // by column; a status is one of these
	between  map[string][]timeBound
	hopeless bool // the database refuses what the checks let through
}

// timeBound says on which side of a time a column's has to be.
type timeBound struct {
	operator string
	time     time.Time
}

func (b timeBound) holds(t time.Time) bool {
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
	orderTexts    = []string{"id", "q"}
	orderStatuses = []struct {
		name   string
		values []string
	}{
		{"status", texts(api.OrderStatusPending, api.OrderStatusCompleted, api.OrderStatusArchived, api.OrderStatusCanceled,
			api.OrderStatusRequiresAction)},
		{"fulfillment_status", texts(api.FulfillmentStatusNotFulfilled, api.FulfillmentStatusPartiallyFulfilled,
			api.FulfillmentStatusFulfilled, api.FulfillmentStatusPartiallyShipped, api.FulfillmentStatusShipped,
			api.FulfillmentStatusPartiallyReturned, api.FulfillmentStatusReturned, api.FulfillmentStatusCanceled,
			api.FulfillmentStatusRequiresAction)},
		{"payment_status", texts(api.PaymentStatusNotPaid, api.PaymentStatusAwaiting, api.PaymentStatusCaptured,
			api.PaymentStatusPartiallyRefunded, api.PaymentStatusRefunded, api.PaymentStatusCanceled,
			api.PaymentStatusRequiresAction)},
	}
	orderMoreTexts = []string{"display_id", "cart_id", "email", "region_id", "currency_code", "tax_rate"}
	orderTimes     = []string{"created_at", "updated_at", "canceled_at"}
	orderNumbers   = []string{"limit", "offset"}
	orderShapes    = []string{"fields", "expand"}
	timeOperators  = []string{"lt", "gt", "gte", "lte"}
)

func texts[T ~string](values ...T) []string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = string(v)
	}
	return s
}

// checkOrderQuery reads the query; the answer, if there is one, refuses it.
func checkOrderQuery(raw string) (*orderQuery, *answer) {
	query := parseQuery(raw)
	for name, value := range query.values {
		// An array of one is taken for a list with commas: what isn't a text breaks the backend.
		if a, ok := value.(*queryArray); ok && len(a.items) == 1 {
			s, ok := a.items[0].value.(string)
			if !ok {
				return nil, new(unknownError())
			}
			list := queryList()
			for item := range strings.SplitSeq(s, ",") {
				list.push(item)
			}
			query.values[name] = list
		}
	}
	c := orderQueryCheck{values: query.values}
	c.known(query, slices.Concat(orderTexts, statusNames(), orderMoreTexts, orderTimes, orderNumbers, orderShapes))
	q := c.query()
	if len(c.complaints) > 0 {
		return nil, new(invalidData(strings.Join(c.complaints, ", ")))
	}
	return q, nil
}

func statusNames() []string {
	var names []string
	for _, s := range orderStatuses {
		names = append(names, s.name)
	}
	return names
}

// orderQueryCheck collects all that is wrong with a query.
type orderQueryCheck struct {
	values     map[string]any
	complaints []string
}

func (c *orderQueryCheck) complain(format string, args ...any) {
	c.complaints = append(c.complaints, fmt.Sprintf(format, args...))
}

func (c *orderQueryCheck) known(o *queryObject, names []string) {
	for _, name := range o.keys() {
		if !slices.Contains(names, name) {
			c.complain("property %s should not exist", name)
		}
	}
}

func (c *orderQueryCheck) query() *orderQuery {
	q := &orderQuery{equal: make(map[string]string), oneOf: make(map[string][]string), between: make(map[string][]timeBound)}
	for _, name := range orderTexts {
		c.equal(q, name)
	}
	for _, s := range orderStatuses {
		if value, ok := c.values[s.name]; ok {
			q.oneOf[s.name] = c.oneOf(s.name, value, s.values)
		}
	}
	for _, name := range orderMoreTexts {
		c.equal(q, name)
	}
	for _, name := range orderTimes {
		if value, ok := c.values[name]; ok {
			q.between[name] = c.bounds(q, name, value)
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

func (c *orderQueryCheck) text(name string) *string {
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

func (c *orderQueryCheck) equal(q *orderQuery, name string) {
	if s := c.text(name); s != nil {
		q.equal[name] = *s
	}
}

func (c *orderQueryCheck) oneOf(name string, value any, values []string) []string {
	var picked []string
	ok := true
	pick := func(v any) {
		s, isString := v.(string)
		ok = ok && isString && slices.Contains(values, s)
		picked = append(picked, s)
	}
	if a, isArray := value.(*queryArray); isArray {
		for _, item := range a.items {
			pick(item.value)
		}
	} else {
		pick(value)
	}
	if !ok {
		c.complain("each value in %s must be one of the following values: %s", name, strings.Join(values, ", "))
	}
	return picked
}

func (c *orderQueryCheck) bounds(q *orderQuery, name string, value any) []timeBound {
	switch value := value.(type) {
	case *queryArray:
		for _, item := range value.items {
			c.bounds(q, name, item.value)
		}
		q.hopeless = true // the checks let an array of objects through, the database doesn't
		return nil
	case *queryObject:
		c.known(value, timeOperators)
		var bounds []timeBound
		for _, operator := range timeOperators {
			text, ok := value.values[operator]
			if !ok {
				continue
			}
			t, ok := queryTime(jsString(text))
			if !ok {
				c.complain("%s must be a Date instance", operator)
				continue
			}
			bounds = append(bounds, timeBound{operator, t})
			q.hopeless = q.hopeless || t.Before(firstTime)
		}
		return bounds
	default:
		c.complain("nested property %s must be either object or array", name)
		return nil
	}
}

// firstTime is the first that Postgres has.
var firstTime = time.Date(-4713, time.November, 24, 0, 0, 0, 0, time.UTC)

// queryTime reads a date, or else seconds since 1970.
func queryTime(s string) (time.Time, bool) {
	if t, ok := jsDate(s); ok {
		return t, true
	}
	return jsTime(jsNumber(s) * 1000)
}

// jsString is String(value).
func jsString(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case *queryArray:
		var items []string
		for _, item := range value.items {
			items = append(items, jsString(item.value))
		}
		return strings.Join(items, ",")
	default:
		return "[object Object]"
	}
}

func (c *orderQueryCheck) number(name string, unset float64) float64 {
	value, ok := c.values[name]
	if !ok {
		return unset
	}
	n := math.NaN()
	if s, ok := value.(string); ok {
		n = jsNumber(s)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		c.complain("%s must be a number conforming to the specified constraints", name)
	}
	return n
}

// page is the part of the orders that limit and offset ask for. Postgres rounds them; a limit of 0 is none.
func (q *orderQuery) page(orders []*storedOrder) ([]*storedOrder, bool) {
	offset, limit := math.Round(q.offset), math.Round(q.limit)
	if q.limit == 0 {
		limit = math.MaxInt32
	}
	if offset < 0 || limit < 0 || offset >= 1<<63 || limit >= 1<<63 {
		return nil, false
	}
	orders = orders[int(min(offset, float64(len(orders)))):]
	return orders[:int(min(limit, float64(len(orders))))], true
}

// filter is the orders that match, of whom nil if the customer was deleted; not ok if the database refuses the query.
func (q *orderQuery) filter(orders []*storedOrder, of *customer) (matching []*storedOrder, ok bool) {
	match, ok := q.matcher()
	if !ok {
		return nil, false
	}
	for _, o := range orders {
		if match(o) && (q.q == nil || o.mentions(*q.q, of)) {
			matching = append(matching, o)
		}
	}
	return matching, true
}

func (q *orderQuery) matcher() (func(*storedOrder) bool, bool) {
	if q.hopeless || q.q != nil && (*q.q == "" || *q.q == "null" || strings.Contains(*q.q, "\x00")) {
		return nil, false
	}
	var matches []func(*storedOrder) bool
	for column, text := range q.equal {
		if q.q != nil && (column == "display_id" || column == "email") {
			continue // undone by q
		}
		match, ok := equalTo(column, text)
		if !ok {
			return nil, false
		}
		matches = append(matches, match)
	}
	for column, values := range q.oneOf {
		matches = append(matches, func(o *storedOrder) bool { return slices.Contains(values, o.text(column)) })
	}
	for column, bounds := range q.between {
		for _, b := range bounds {
			matches = append(matches, func(o *storedOrder) bool {
				t := o.times[column]
				return !t.IsZero() && b.holds(t)
			})
		}
	}
	return func(o *storedOrder) bool {
		return !slices.ContainsFunc(matches, func(match func(*storedOrder) bool) bool { return !match(o) })
	}, true
}

// equalTo compares a column with a text as Postgres does after it has read that as the column's type.
func equalTo(column, text string) (match func(*storedOrder) bool, ok bool) {
	switch {
	case text == "null":
		return func(o *storedOrder) bool { return o.isNull(column) }, true
	case strings.Contains(text, "\x00"):
		return nil, false
	case column == "display_id":
		n, ok := sqlInteger(text)
		return func(o *storedOrder) bool { return o.number(column) == float64(n) }, ok
	case column == "tax_rate":
		n, ok := sqlReal(text)
		return func(o *storedOrder) bool { return !o.isNull(column) && float32(o.number(column)) == n }, ok
	default:
		return func(o *storedOrder) bool { return !o.isNull(column) && o.text(column) == text }, true
	}
}

const sqlSpace = " \t\n\v\f\r"

var sqlDecimal = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*$`)

// sqlInteger reads an integer as Postgres does: with underscores, and other bases by their prefix but no octal by 0.
func sqlInteger(s string) (int32, bool) {
	s = strings.Trim(s, sqlSpace)
	base := 0
	if sqlDecimal.MatchString(s) {
		s, base = strings.ReplaceAll(s, "_", ""), 10
	}
	n, err := strconv.ParseInt(s, base, 32)
	return int32(n), err == nil
}

var sqlHex = regexp.MustCompile(`^[+-]?0[xX][0-9a-fA-F.]+$`)

// sqlReal reads a floating-point number of 32 bits as Postgres does, which refuses what is too small as well.
func sqlReal(s string) (float32, bool) {
	s = strings.ToLower(strings.Trim(s, sqlSpace))
	if sqlHex.MatchString(s) {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 32)
	digits, _, _ := strings.Cut(s, "e")
	tooSmall := f == 0 && strings.ContainsAny(digits, "123456789")
	return float32(f), err == nil && !tooSmall && !strings.Contains(s, "_")
}

// contains is ILIKE '%q%' in a database without a language: only A to Z have two cases. In q, %, _ and \ mean what they
// mean in a pattern.
func contains(text, q string) bool {
	var pattern strings.Builder
	pattern.WriteString("(?s)^.*")
	escaped := false
	for _, c := range asciiLower(q) + "%" {
		switch {
		case escaped:
			pattern.WriteString(regexp.QuoteMeta(string(c)))
			escaped = false
		case c == '\\':
			escaped = true
		case c == '%':
			pattern.WriteString(".*")
		case c == '_':
			pattern.WriteString(".")
		default:
			pattern.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	pattern.WriteString("$")
	matched, err := regexp.MatchString(pattern.String(), asciiLower(text))
	return err == nil && matched
}

func asciiLower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
