package customers

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// ordersPerPage is how many orders Orders asks for at a time. Fifty orders of three lines are about 400 KB.
const ordersPerPage = 50

// ListOrders returns one page of the customer's orders, newest first; params may be nil. Limit is 10 unless set, and 0
// means all; there is no maximum. To read all of them, [Client.Orders] is right also while orders are being placed.
//
// Fields replaces the order's own columns, or adds and removes some if each name begins with + or -; naming one total
// leaves out the others. Expand asks for relations, such as "items.variant.product"; with it, ShippingAddress,
// Fulfillments, Customer and the shipping methods' ShippingOption come only if they are named too. What is left out is
// zero in the result; unknown names are [ErrInternal], because the backend fails on them. The backend follows any path,
// also to other customers' data ("customer.groups.customers"), and many deep ones at once can take all of its memory:
// never take Expand from a browser. The repository's document on orders lists the names.
//
// [ErrUnauthenticated]: not logged in. [ErrInvalidInput]: a filter that can only fail. A customer who was deleted still
// gets the orders, as long as the session lasts.
func (c *Client) ListOrders(ctx context.Context, params *ListOrdersParams, opts ...CallOption) (*OrderPage, error) {
	in := newCall(OperationListOrders, opts)
	return c.caller.listOrders(ctx, &in, in.listOrders(params))
}

func (c *caller) listOrders(ctx context.Context, in *call, params *ListOrdersParams) (*OrderPage, error) {
	req, err := in.request(api.NewListOrdersRequest(c.baseURL(), params))
	if err != nil {
		return nil, err
	}
	return fetch(ctx, c, in, req, func(page *OrderPage) bool {
		for i := range page.Orders {
			if page.Orders[i].ID == "" || page.Orders[i].CreatedAt.IsZero() {
				return false
			}
		}
		return page.Orders != nil
	})
}

// Orders iterates over the customer's orders, newest first, page by page; params may be nil. Each order that existed
// when the iteration began, and still matches when its page is read, comes exactly once, also while orders are placed,
// changed or cancelled. Params work as in [Client.ListOrders], but Limit is the size of a page, 50 unless set, and
// Offset is refused.
//
// An error ends the iteration: it comes once, with a nil order, and nothing follows. So does the end of ctx.
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
		known    map[string]struct{} // the orders yielded in it
		stale    int                 // pages in a row that held nothing new
	)
	for {
		// Doubling what is known keeps a tie of any size linear.
		limit := size
		if size > 0 {
			limit += 2 * len(known)
		}
		params.Limit = &limit
		page, err := c.listOrders(ctx, in, &params)
		if err != nil {
			yield(nil, err)
			return
		}
		stale++
		for i := range page.Orders {
			order := &page.Orders[i]
			ms := order.CreatedAt.Truncate(time.Millisecond)
			switch {
			case !boundary.IsZero() && ms.After(boundary):
				yield(nil, unexpectedOrders("the orders do not come newest first or not in the range asked for: something before the backend drops query parameters"))
				return
			case !ms.Equal(boundary):
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
		// The backend counts in a query of its own, between which and the page's an order may come or go: the page must
		// be short as well, and a wrong count may not end the walk in an error at once.
		if (limit == 0 || len(page.Orders) < limit) && len(page.Orders) >= page.Count {
			return
		}
		if stale == 10 {
			yield(nil, unexpectedOrders("the pages stop short of the orders they count: something before the backend caps their size"))
			return
		}
		if next := boundary.Add(time.Millisecond); len(page.Orders) > 0 && (created.LT == nil || next.Before(*created.LT)) {
			created.LT = &next
			params.CreatedAt = &created
		}
	}
}

func unexpectedOrders(message string) *Error {
	return &Error{Operation: OperationListOrders, StatusCode: http.StatusOK, kind: ErrUnexpectedResponse, Message: message}
}
