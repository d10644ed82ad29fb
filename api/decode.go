package api

import (
	"bytes"
	"context"
	"reflect"
	"slices"
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
	// MaxOrders is how many orders the request asked for; 0 means all. More are left out, and [OrdersError] says so if the
	// page has to be counted.
	MaxOrders int
}

// oddSize is how much of what the models may take an order that can't be read takes. The smallest order that the
// backend sends has 600 bytes, and brings eight times as much, so that many odd ones cost no other.
const oddSize = 768

// OrderProperties is a set of an order's properties, which [Order.Has] reads.
type OrderProperties uint64

// sparseOrder is what Absent has beside the properties if the response was sparse.
const sparseOrder OrderProperties = 1 << 63

// Has reports whether a property, such as "subtotal", came with the order. Where a request has Fields or Expand, that
// tells what was not asked for from what is zero or null. Without them, and in an order that no Decode function made,
// what the contract requires is there, and what is optional if it is not nil.
func (o *Order) Has(property string) bool {
	i := slices.IndexFunc(namesOrder, func(name string) bool { return name[1:len(name)-2] == property })
	if i < 0 || o.Absent&sparseOrder != 0 {
		return i >= 0 && o.Absent>>i&1 == 0
	}
	return requiredOrder>>i&1 == 1 || !reflect.ValueOf(o).Elem().Field(i+1).IsZero() // after Absent
}

// missed stores which properties of a sparse response did not come with an order. One that comes twice is merged.
func (d *decoder) missed(o *Order, again bool, seen uint64) {
	switch {
	case !d.sparse:
	case again:
		o.Absent &^= OrderProperties(seen)
	default:
		o.Absent = sparseOrder | OrderProperties(allOrder&^seen)
	}
}

const (
	maxGrowth  = 8        // how many times the size of the body the models may take
	minMemory  = 64 << 10 // which they may take in any case
	maxAllowed = 1000     // for how many orders there is memory also if a sparse response has little of them
	orderSize  = 1 << 10
)

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decode makes a T of a body.
func decode[T any](ctx context.Context, body []byte, options DecodeOptions, related func() relations, read func(*decoder, *T) bool) (*T, error) {
	d := decoders.Get().(*decoder) //nolint:errcheck,forcetypeassert // as made above
	d.Reset(ctx, body)
	d.state = state{limit: options.MaxOrders, sparse: options.Sparse, uncounted: options.Uncounted, memory: maxGrowth*len(body) + minMemory}
	if options.Sparse {
		d.memory += orderSize * min(options.MaxOrders, maxAllowed)
	}
	if related != nil {
		d.relations = related()
	}
	out := new(T)
	ok := read(d, out) && d.End()
	reason, err := d.Failure()
	path, odd := d.path, d.odd
	d.Release()
	d.state = state{}
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
	if d.sparse {
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
		if !d.charge(size) {
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
		if s, ok = grow(d, s, n, size, max(2*n, 1)); !ok || !read(d, &s[n]) {
			return d.In("[" + strconv.Itoa(n) + "]")
		}
	}
	*p = first(s, n)
	return d.CloseArray()
}

// grow makes room for an element n, in a slice of the given capacity if there is none yet.
func grow[T any](d *decoder, s []T, n, size, capacity int) ([]T, bool) {
	if n < cap(s) {
		return s[:max(len(s), n+1)], true
	}
	if !d.charge(capacity * size) {
		return s, false
	}
	larger := make([]T, n+1, capacity)
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
	d.odd = nil                  // of a list that comes twice, the last one counts
	if d.Depth > 1 && d.Null() { // only a page has to have its list
		*p = nil
		return true
	}
	if !d.Array() {
		return false
	}
	s, n, i := *p, 0, 0
	for begin := d.Left(); d.More(i); i++ {
		if d.limit > 0 && (i > d.limit || i == d.limit && d.uncounted) {
			if !d.Skip() {
				return false
			}
			continue
		}
		memory := d.memory
		mark := d.Mark()
		if d.limit > 0 && i == d.limit {
			d.Fail("more orders than the request asked for")
		} else {
			var ok bool
			if s, ok = growOrders(d, s, n, size, (begin-d.Left())/max(i, 1)); !ok {
				return false
			}
			memory = d.memory
			if read(d, &s[n]) {
				n++
				continue
			}
			clear(s[n : n+1])
		}
		odd := d.oddOrder(mark, at, i)
		if odd == nil {
			return false
		}
		if d.memory = memory - oddSize; d.memory < 0 {
			return d.Fail("too many orders that can't be read")
		}
		if d.odd == nil {
			d.odd = new(OrdersError)
		}
		d.odd.Orders = append(d.odd.Orders, odd)
	}
	*p = first(s, n)
	return d.CloseArray()
}

// growOrders makes room for an order n, and for as many as will come if they are as long as those before.
func growOrders[T any](d *decoder, s []T, n, size, length int) ([]T, bool) {
	before, capacity := cap(s), max(2*n, 4)
	if n > 0 && length > 0 {
		expected := n + max(n/4, 1+d.Left()/length) // a quarter more, as the first may be longer than all others
		if expected*size > d.memory {
			expected = min(expected, capacity)
		}
		capacity = expected
	}
	if d.limit > 0 {
		capacity = min(capacity, d.limit)
	}
	s, ok := grow(d, s, n, size, capacity)
	if ok && cap(s) > before {
		d.charge(-before * size) // what it replaces is free again
	}
	return s, ok
}

// oddOrder returns the failure in the order i of a list, which begins at mark, and goes on to its end. It returns nil
// if no other order can be read either.
func (d *decoder) oddOrder(mark jsonscan.Mark, at string, i int) *DecodeError {
	d.In("[" + strconv.Itoa(i) + "]")
	odd := &DecodeError{Path: at + d.path}
	odd.Reason, _ = d.Failure()
	if !d.Rewind(mark) {
		return nil // the callers add where the list is
	}
	d.Deep = true
	odd.OrderID, odd.CreatedAt = d.head()
	ok := d.Rewind(mark) && d.Skip()
	if d.Deep, d.path = false, ""; !ok {
		return nil
	}
	return odd
}

var namesHead = []string{`"id":`, `"created_at":`}

// head returns what names the order that comes: its id, if it is one that can be printed, and when it was placed.
func (d *decoder) head() (id string, created time.Time) {
	var raw [2][]byte
	var next [3]uint8
	for i, ok := -1, d.Object(); ok; {
		if i = d.Property(namesHead, next[:], i); i < 0 {
			break
		}
		from := d.Mark()
		if ok = d.Skip(); ok {
			raw[i] = d.Since(from)
		}
	}
	const letters = "_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	if text, ok := bytes.CutPrefix(raw[0], []byte(`"`)); ok && len(text) <= 64 {
		if id = string(text[:len(text)-1]); strings.Trim(id, letters) != "" {
			id = ""
		}
	}
	created, _ = parseTime(bytes.Trim(raw[1], `"`))
	return id, created
}
