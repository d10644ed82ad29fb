package customers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// ordersPerPage is how many orders Orders asks for at a time. Fifty orders of three lines are about 400 KB.
const ordersPerPage = 50

const (
	// maxUnasked is how many orders are taken where no limit is given. The backend sends 10, and an extended one its own
	// number.
	maxUnasked = 1000
	// maxRepeated is how many times the orders that a page of Orders asked for are taken, as a proxy may repeat some.
	maxRepeated = 10
)

// ListOrders returns one page of the customer's orders, newest first; params may be nil. Limit is 10 unless set, and 0
// means all; there is no maximum. To read all of them, [Client.Orders] is right also while orders are being placed.
//
// Fields replaces the order's own columns, or adds and removes some if each name begins with + or -; naming one total
// leaves out the others. Expand asks for relations, such as "items.variant.product"; with it, ShippingAddress,
// Fulfillments, Customer and the shipping methods' ShippingOption come only if they are named too. What is left out is
// zero in the result, and Order.Has reports whether it came. Unknown names are [ErrInternal], because the backend fails
// on them; docs/orders.md lists the names.
//
// Never take Expand from a browser: the backend follows any path, also to other customers' data
// ("customer.groups.customers"), and many deep ones at once can take all of its memory.
//
// Email is compared exactly, and in lower case if nothing has it as it is spelled.
//
// An order that is not as the contract says costs only itself: the page has the others, and beside it comes an error
// that is [ErrUnexpectedResponse] and has an [OrdersError], which names the order and the place. Both results are set
// then. More orders than Limit, or without one than 1,000, are left out in the same way.
//
// [ErrUnauthenticated]: not logged in. [ErrInvalidInput]: a filter that can only fail. A customer who was deleted still
// gets the orders, as long as the session lasts.
func (c *Client) ListOrders(ctx context.Context, params *ListOrdersParams, opts ...CallOption) (*OrderPage, error) {
	in := newCall(OperationListOrders, opts)
	params = in.listOrders(params)
	page, err := c.caller.listOrders(ctx, &in, params, false)
	if err == nil && page.Count == 0 && len(page.Orders) == 0 && lowerEmail(params) {
		attempts := 0
		if in.options.response != nil {
			attempts = in.options.response.Attempts
		}
		page, err = c.caller.listOrders(ctx, &in, params, false)
		if in.options.response != nil {
			in.options.response.Attempts += attempts
		}
	}
	return page, err
}

// Order returns one of the customer's own orders, as [Client.ListOrders] does without Fields and Expand. docs/orders.md
// explains which of its lines add up to which total, and what includes tax. For the relations that do not come by
// themselves, such as BillingAddress, call [Client.ListOrders] with ID and Expand.
//
// [ErrNotFound]: the customer has no order with this id. The error is the same where another customer has one.
// [ErrUnauthenticated]: not logged in, or no longer.
func (c *Client) Order(ctx context.Context, id string, opts ...CallOption) (*Order, error) {
	in := newCall(OperationListOrders, opts)
	in.required("ID", id) // one with an invisible character is an id that no order has
	page, err := c.caller.listOrders(ctx, &in, &ListOrdersParams{ID: &id, Limit: new(1)}, true)
	switch {
	case err != nil:
		return nil, err
	case len(page.Orders) == 0:
		return nil, &Error{Operation: OperationListOrders, StatusCode: http.StatusOK, kind: ErrNotFound, Message: "the customer has no order with this id"}
	case page.Orders[0].ID != id:
		return nil, unexpectedOrders(messageAnotherOrder)
	}
	return &page.Orders[0], nil
}

// lowerEmail puts the email of a filter that found nothing into lower case, and reports whether that changed it. The
// backend compares exactly. It stores an order's email in lower case if it comes from a cart, and as given if it comes
// from an import or from an admin.
func lowerEmail(params *ListOrdersParams) bool {
	if params.Email == nil || *params.Email == strings.ToLower(*params.Email) {
		return false
	}
	params.Email = new(strings.ToLower(*params.Email))
	return true
}

// listOrders lists a page. It may be uncounted for a walk, which does not rely on the count.
func (c *caller) listOrders(ctx context.Context, in *call, params *ListOrdersParams, walk bool) (*OrderPage, error) {
	req, err := in.request(api.NewListOrdersRequest(c.baseURL(), params))
	if err != nil {
		return nil, err
	}
	options := api.DecodeOptions{Sparse: len(params.Fields)+len(params.Expand) > 0, Uncounted: walk, MaxOrders: maxUnasked}
	if params.Limit != nil {
		options.MaxOrders = *params.Limit
	}
	if walk {
		options.MaxOrders = min(options.MaxOrders, math.MaxInt/maxRepeated) * maxRepeated
	}
	return fetch(ctx, c, in, req, api.DecodeOrderPage, options)
}

// Orders iterates over the customer's orders, newest first, page by page; params may be nil. Each order that existed
// when the iteration began, and still matches when its page is read, comes exactly once, also while orders are placed,
// changed or canceled. Params work as in [Client.ListOrders], but Limit is the size of a page, 50 unless set, and
// Offset is refused.
//
// An order that can't be read comes as a nil order with an error that has a [DecodeError], after the others of its
// page, and the iteration goes on. Any other error ends it: it comes once, with a nil order, and nothing follows. So
// does the end of ctx.
//
//	for order, err := range c.Orders(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		…
//	}
func (c *Client) Orders(ctx context.Context, params *ListOrdersParams, opts ...CallOption) iter.Seq2[*Order, error] {
	in := newCall(OperationListOrders, opts)
	params = in.listOrders(params)
	if params.Offset != nil {
		in.refuse("Offset", "Orders pages by itself; use ListOrders or a range of CreatedAt")
	}
	return func(yield func(*Order, error) bool) {
		c.caller.walkOrders(ctx, &in, *params, yield)
	}
}

// walkOrders goes down in time rather than along by offset, which an order that is placed, or that leaves a status
// filter, would shift. Each page begins at the millisecond of the last order yielded, because JSON has milliseconds
// where the database has microseconds, and what was yielded in that millisecond is dropped.
//
// The database sorts by time alone, so orders of one time come in any order, a different one for each query. A page
// therefore asks for the ones known at its beginning as well, and some more, instead of skipping them by an offset:
// what it returns always has new ones, if there are any.
//
// A page that is short is the last one only if the backend has nothing after it. Neither its length nor its count shows
// that: what is before the backend may cap pages, leave out the count or put in the page's own.
func (c *caller) walkOrders(ctx context.Context, in *call, params ListOrdersParams, yield func(*Order, error) bool) {
	size := ordersPerPage
	if params.Limit != nil {
		size = *params.Limit // 0: everything at once
	}
	var created TimeRange
	if params.CreatedAt != nil {
		created = *params.CreatedAt
	}
	var (
		boundary time.Time           // the millisecond of the last order yielded
		known    map[string]struct{} // the orders yielded in it; nil: none yet
		stale    int                 // pages in a row that held nothing new

		unreadable = map[string]time.Time{} // the orders that can't be read, and their milliseconds
	)
	for {
		// Doubling what is known keeps a tie of any size linear.
		limit := size
		if size > 0 {
			tied := len(known)
			for _, ms := range unreadable {
				if ms.IsZero() || ms.Equal(boundary) { // it may come again
					tied++
				}
			}
			limit += 2 * tied
		}
		params.Limit = &limit
		page, err := c.listOrders(ctx, in, &params, true)
		if page == nil {
			yield(nil, err)
			return
		}
		if err == nil && known == nil && page.Count == 0 && len(page.Orders) == 0 && lowerEmail(&params) {
			continue
		}
		stale++
		came := make(map[string]struct{}, len(page.Orders))
		for i := range page.Orders {
			order := &page.Orders[i]
			if _, ok := came[order.ID]; ok {
				continue // a page with duplicates
			}
			came[order.ID] = struct{}{}
			ms := sendableMillisecond(order.CreatedAt)
			switch {
			case known != nil && ms.After(boundary):
				yield(nil, unexpectedOrders(messageNotSorted))
				return
			case known == nil || !ms.Equal(boundary):
				boundary, known = ms, map[string]struct{}{}
			}
			if _, ok := known[order.ID]; ok {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(nil, &Error{Operation: OperationListOrders, cause: err})
				return
			}
			known[order.ID], stale = struct{}{}, 0
			if !yield(order, nil) {
				return
			}
		}
		odd := oddOrders(err)
		for i, order := range odd {
			// The page may end with it, and the next one begins where the page ends.
			var ms time.Time
			if !order.CreatedAt.IsZero() {
				ms = sendableMillisecond(order.CreatedAt)
			}
			if !ms.IsZero() && (known == nil || ms.Before(boundary)) {
				boundary, known = ms, map[string]struct{}{}
			}
			id := cmp.Or(order.OrderID, unnamed(odd[:i], order))
			came[id] = struct{}{}
			if _, ok := unreadable[id]; ok {
				continue
			}
			unreadable[id], stale = ms, 0
			if !yield(nil, unreadableOrder(order)) {
				return
			}
		}
		// The backend counts in a query of its own, between which and the page's an order may come or go: a wrong count
		// may not end the walk in an error at once.
		if n := len(page.Orders) + len(odd); (limit == 0 || n < limit) && n >= page.Count {
			more, err := c.ordersAfter(ctx, in, params, len(came))
			if err != nil {
				yield(nil, err)
			}
			if err != nil || !more {
				return
			}
		}
		if stale == maxStalePages {
			yield(nil, unexpectedOrders(messageCappedPages))
			return
		}
		if next := boundary.Add(time.Millisecond); known != nil && next.Year() <= maxYear && (created.LT == nil || next.Before(*created.LT)) {
			created.LT = &next
			params.CreatedAt = &created
		}
	}
}

// maxStalePages is how often in a row Orders asks for a page that holds nothing new, before it gives up.
const maxStalePages = 10

const (
	messageAnotherOrder = "another order came than was asked for: something before the backend drops query parameters"
	messageNotSorted    = "the orders do not come newest first or not in the range asked for: something before the backend drops query parameters"
	messageCappedPages  = "the pages stop short of the orders there are: something before the backend caps their size or drops query parameters"
)

// ordersAfter reports whether there are orders after the first n of a page's, which is cheap to ask for if there are
// none.
func (c *caller) ordersAfter(ctx context.Context, in *call, params ListOrdersParams, n int) (bool, error) {
	if n == 0 {
		return false, nil
	}
	params.Offset, params.Limit = &n, new(1)
	page, err := c.listOrders(ctx, in, &params, true)
	if page == nil {
		return false, err
	}
	odd := err != nil                                         // an order that can't be read is one all the same
	return odd || len(page.Orders) > 0 || page.Count > n, nil //nolint:nilerr // see odd
}

// sendableMillisecond cuts a time to what a filter can ask for. All that is later than that is one tie.
func sendableMillisecond(t time.Time) time.Time {
	if t = t.UTC(); t.Year() > maxYear {
		return time.Date(maxYear, time.December, 31, 23, 59, 59, 999_000_000, time.UTC)
	}
	return t.Truncate(time.Millisecond)
}

// oddOrders returns the orders that an error names, which could not be read.
func oddOrders(err error) []*DecodeError {
	if odd, ok := errors.AsType[*OrdersError](err); ok {
		return odd.Orders
	}
	return nil
}

// unnamed tells an order without an id from others, by its time and how many of a page have that. The place in the page
// does not: it is another one on the next page.
func unnamed(before []*DecodeError, order *DecodeError) string {
	if order.CreatedAt.IsZero() {
		return order.Path
	}
	n := 0
	for _, o := range before {
		if o.OrderID == "" && o.CreatedAt.Equal(order.CreatedAt) {
			n++
		}
	}
	return fmt.Sprint(order.CreatedAt.UnixNano(), " ", n)
}

func unreadableOrder(cause *DecodeError) *Error {
	e := unexpectedOrders("the order can't be read" + hintOfOrders(cause))
	e.cause = cause
	return e
}

func unexpectedOrders(message string) *Error {
	return &Error{Operation: OperationListOrders, StatusCode: http.StatusOK, kind: ErrUnexpectedResponse, Message: message}
}
