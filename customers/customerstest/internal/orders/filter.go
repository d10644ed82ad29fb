package orders

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// filter returns the orders that match, or the response if the database refuses the query.
func (q *query) filter(all []*Order) (matching []*Order, failed *response.Response) {
	matches, failed := q.matchers()
	if failed != nil {
		return nil, failed
	}
	for _, o := range all {
		if !slices.ContainsFunc(matches, func(match func(*Order) bool) bool { return !match(o) }) {
			matching = append(matching, o)
		}
	}
	return matching, nil
}

// page returns the orders that limit and offset select. Postgres rounds them; a limit of 0 is no limit.
func (q *query) page(all []*Order) ([]*Order, *response.Response) {
	offset, limit := math.Round(q.offset), math.Round(q.limit)
	if q.limit == 0 {
		limit = math.MaxInt32
	}
	if offset < 0 || limit < 0 || offset >= 1<<63 || limit >= 1<<63 {
		return nil, response.UnknownError()
	}
	all = all[int(min(offset, float64(len(all)))):]
	return all[:int(min(limit, float64(len(all))))], nil
}

// firstTime is the first time that Postgres has.
var firstTime = time.Date(-4713, time.November, 24, 0, 0, 0, 0, time.UTC)

func (q *query) matchers() ([]func(*Order) bool, *response.Response) {
	var matches []func(*Order) bool
	if q.q != nil {
		if *q.q == "" || *q.q == "null" || strings.ContainsRune(*q.q, 0) {
			return nil, response.UnknownError()
		}
		pattern := newLike(*q.q)
		matches = append(matches, func(o *Order) bool { return o.mentions(pattern) })
	}
	for column, text := range q.equal {
		if q.q != nil && (column == "display_id" || column == "email") {
			continue // undone by q
		}
		match, failed := equalTo(column, text)
		if failed != nil {
			return nil, failed
		}
		matches = append(matches, match)
	}
	for column, values := range q.oneOf {
		matches = append(matches, func(o *Order) bool { return slices.Contains(values, o.text(column)) })
	}
	for column, bounds := range q.between {
		for _, b := range bounds {
			if b.time.Before(firstTime) {
				return nil, response.UnknownError()
			}
			matches = append(matches, func(o *Order) bool {
				t := o.times[column]
				return !t.IsZero() && b.includes(t)
			})
		}
	}
	return matches, nil
}

// equalTo compares a column with a text as Postgres does after it has read that as the column's type.
func equalTo(column, text string) (match func(*Order) bool, failed *response.Response) {
	ok := true
	var err error
	switch {
	case text == "null":
		match = func(o *Order) bool { return o.isNull(column) }
	case strings.ContainsRune(text, 0):
		ok = false
	case column == "display_id":
		var n int32
		n, ok, err = sqlInteger(text)
		match = func(o *Order) bool { return o.number(column) == float64(n) }
	case column == "tax_rate":
		var n float32
		n, ok, err = sqlReal(text)
		match = func(o *Order) bool { return !o.isNull(column) && float32(o.number(column)) == n }
	default:
		match = func(o *Order) bool { return !o.isNull(column) && o.text(column) == text }
	}
	switch {
	case err != nil:
		return nil, response.NotEmulated(err)
	case !ok:
		return nil, response.UnknownError()
	}
	return match, nil
}
