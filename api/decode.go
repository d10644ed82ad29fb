package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/api/internal/jsonscan"
)

// DecodeOptions say how a response may differ from the contract.
type DecodeOptions struct {
	// Sparse takes a response that lacks required properties, because the request had `fields` or `expand`.
	Sparse bool
	// Uncounted takes a page without count, offset and limit, which something before the backend may leave out.
	Uncounted bool
	// MaxOrders is how many orders the request asked for; 0 means all. More are left out, and [OrdersError] says so.
	MaxOrders int
}

// DecodeError is a place of a response that is not as the contract says. It repeats no value.
type DecodeError struct {
	// OrderID is the order it is in, as far as it is in an order that has an id.
	OrderID string
	// CreatedAt is when that order was placed, or zero if that can't be read.
	CreatedAt time.Time
	// Path is the place, such as "orders[3].items[0].total".
	Path string
	// Reason is what is wrong, such as "missing" or "not an integer".
	Reason string
}

// Error returns the place and what is wrong.
func (e *DecodeError) Error() string {
	text := e.Reason
	if e.Path != "" {
		text = e.Path + ": " + text
	}
	if e.OrderID != "" {
		text = "order " + e.OrderID + ": " + text
	}
	return text
}

// OrdersError says which orders of a response could not be read. The others are returned beside it.
type OrdersError struct {
	// Orders are the places, one for each order.
	Orders []*DecodeError
}

// maxOddOrders is how many orders of a response may be odd before none are read.
const maxOddOrders = 1000

// Error returns the first place and how many more there are.
func (e *OrdersError) Error() string {
	text := e.Orders[0].Error()
	if more := len(e.Orders) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Unwrap returns the places.
func (e *OrdersError) Unwrap() []error {
	errs := make([]error, len(e.Orders))
	for i, order := range e.Orders {
		errs[i] = order
	}
	return errs
}

// Has reports whether a property, such as "subtotal", came with the order. Where a request has Fields or Expand, that
// tells what was not asked for from what is zero. An order that no Decode function made has all of them.
func (o *Order) Has(property string) bool {
	for i, name := range namesOrder {
		if name[1:len(name)-2] == property {
			return o.absent>>i&1 == 0
		}
	}
	return false
}

// decoder decodes one body at a time.
type decoder struct {
	jsonscan.Decoder

	next      [totalLinks]uint8 // which property followed each one when it came last
	relations relations
	limit     int
	uncounted bool
	odd       *OrdersError
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decode makes a T of a body.
func decode[T any](ctx context.Context, body []byte, options DecodeOptions, related func() relations, read func(*decoder, *T) bool) (*T, error) {
	d := decoders.Get().(*decoder) //nolint:errcheck,forcetypeassert // as made above
	d.Reset(ctx, body, options.Sparse)
	d.limit, d.uncounted = options.MaxOrders, options.Uncounted
	if related != nil {
		d.relations = related()
	}
	out := new(T)
	ok := read(d, out) && d.End()
	path, reason, err := d.Failure()
	odd := d.odd
	d.Release()
	d.relations, d.odd = relations{}, nil
	decoders.Put(d)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, &DecodeError{Path: path, Reason: reason}
	case odd != nil:
		return out, odd
	}
	return out, nil
}

// required returns the properties that have to come.
func (d *decoder) required(full, sparse uint64) uint64 {
	if d.Sparse {
		return sparse
	}
	return full
}

// requiredOfPage returns the properties of a page that have to come.
func (d *decoder) requiredOfPage(full, uncounted uint64) uint64 {
	if d.uncounted {
		return uncounted
	}
	return full
}

// notEmpty reads nothing, and fails for a text that the contract wants to be longer.
func (d *decoder) notEmpty(s string) bool { return s != "" || d.Fail("empty") }

func enum[T ~string](d *decoder, p *T) bool {
	s := string(*p)
	ok := d.String(&s)
	*p = T(s)
	return ok
}

// optional reads a value that can be null.
func optional[T any](d *decoder, p **T, size int, read func(*decoder, *T) bool) bool {
	if d.Null() {
		*p = nil
		return true
	}
	if *p == nil {
		if !d.Charge(size) {
			return false
		}
		*p = new(T)
	}
	return read(d, *p)
}

// optionalArray reads an array that can be null.
func optionalArray[T any](d *decoder, p *[]T, size int, read func(*decoder, *T) bool) bool {
	if d.Null() {
		*p = nil
		return true
	}
	return array(d, p, size, read)
}

// array reads an array. Like encoding/json, it decodes into the elements that are there.
func array[T any](d *decoder, p *[]T, size int, read func(*decoder, *T) bool) bool {
	if !d.Array() {
		return false
	}
	s, n := *p, 0
	for ; d.More(n); n++ {
		var ok bool
		if s, ok = grow(d, s, n, size, 1); !ok || !read(d, &s[n]) {
			return d.In("[" + strconv.Itoa(n) + "]")
		}
	}
	*p = first(s, n)
	return d.CloseArray()
}

// grow makes room for an element n.
func grow[T any](d *decoder, s []T, n, size, least int) ([]T, bool) {
	if n < cap(s) {
		return s[:max(len(s), n+1)], true
	}
	c := max(2*n, least)
	if !d.Charge(c * size) {
		return s, false
	}
	larger := make([]T, n+1, c)
	copy(larger, s)
	return larger, true
}

// first returns the first n elements. Those of an empty array are new ones, so that an array that comes after it does
// not decode into what came before.
func first[T any](s []T, n int) []T {
	if n == 0 {
		return []T{}
	}
	return s[:n]
}

// orders reads a list of orders at the given place. One that can't be read costs only itself, unless the list is
// itself in an order.
func orders[T any](d *decoder, p *[]T, size int, read func(*decoder, *T) bool, at string) bool {
	if d.Depth > strings.Count(at, ".")+1 {
		return optionalArray(d, p, size, read)
	}
	if d.Depth > 1 && d.Null() { // only a page has to have its list
		*p = nil
		return true
	}
	if !d.Array() {
		return false
	}
	s, n, i := *p, 0, 0
	if d.Sparse && d.Depth == 1 {
		size /= 3 // an order of which only the id and the time were asked for has 85 bytes, and its model 1 KiB
	}
	for ; d.More(i); i++ {
		mark := d.Mark()
		switch {
		case d.limit > 0 && i == d.limit:
			d.Fail("more orders than the request asked for")
		case d.limit > 0 && i > d.limit:
			if !d.Skip() {
				return false
			}
			continue
		default:
			var ok bool
			before := cap(s)
			if s, ok = grow(d, s, n, size, 4); ok {
				if cap(s) > before {
					d.Charge(-before * size) // what it replaces is free again
				}
				mark = d.Mark() // what the list takes, it takes also if this order is odd
				if read(d, &s[n]) {
					n++
					continue
				}
			}
		}
		d.In("[" + strconv.Itoa(i) + "]")
		odd := new(DecodeError)
		odd.Path, odd.Reason, _ = d.Failure()
		odd.Path = at + odd.Path
		if !d.Rewind(mark) {
			return false // the callers add where the list is
		}
		odd.OrderID, odd.CreatedAt = head(d)
		if !d.Rewind(mark) || !d.Skip() {
			return false
		}
		if n < len(s) {
			clear(s[n : n+1])
		}
		if d.odd == nil {
			d.odd = new(OrdersError)
		}
		if d.odd.Orders = append(d.odd.Orders, odd); len(d.odd.Orders) > maxOddOrders {
			return d.Fail("too many orders that can't be read")
		}
	}
	*p = first(s, n)
	return d.CloseArray()
}

// head returns what names the order that comes: its id, if it is one that can be printed, and when it was placed.
func head(d *decoder) (id string, created time.Time) {
	var raw [2]string
	var next [3]uint8
	for i, ok := -1, d.Object(); ok; {
		if i = d.Property([]string{`"id":`, `"created_at":`}, next[:], i); i < 0 || !d.Raw(&raw[i]) {
			break
		}
	}
	if strings.HasPrefix(raw[0], `"`) {
		id = strings.Trim(raw[0], `"`)
	}
	const letters = "_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	if len(id) > 64 || strings.Trim(id, letters) != "" {
		id = ""
	}
	if json.Unmarshal([]byte(raw[1]), &created) != nil {
		created = time.Time{}
	}
	return id, created
}
