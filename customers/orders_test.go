package customers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// withOrders adds a customer with orders, one a second from firstOrder on, and returns a client that is logged in.
func (b *backend) withOrders(t *testing.T, orders ...customerstest.Order) *Client {
	t.Helper()
	id := b.addAccount(testEmail)
	for i, o := range orders {
		o.ID, o.CreatedAt = fmt.Sprintf("order_%d", i), firstOrder.Add(time.Duration(i)*time.Second)
		b.AddOrder(id, o)
	}
	c := b.client(t, WithMaxRetries(0))
	mustLogin(t, c, testEmail)
	return c
}

// queries returns the queries of the lists of orders that were requested.
func (b *backend) queries() (queries []url.Values) {
	for _, r := range b.seen("GET /store/customers/me/orders") {
		queries = append(queries, r.Query)
	}
	return queries
}

func collect(ctx context.Context, c *Client, params *ListOrdersParams) (ids []string, last error) {
	for order, err := range c.Orders(ctx, params) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, order.ID)
	}
	return ids, nil
}

func TestOrderReturnsOnlyTheCustomersOwn(t *testing.T) {
	b := newBackend(t)
	c := b.withOrders(t, make([]customerstest.Order, 3)...)
	other := b.AddOrder(b.addAccount("other@example.com"), customerstest.Order{})
	for _, id := range []string{"order_0", "order_1", "order_2"} {
		var r Response
		order, err := c.Order(t.Context(), id, WithResponse(&r), WithHeader("X-Trace", "1"))
		if wantOK(t, err); order.ID != id || len(order.Items) == 0 || order.Total == 0 || r.Attempts != 1 {
			t.Errorf("order %s of %s: %d items, total %d", order.ID, id, len(order.Items), order.Total)
		}
	}
	for _, id := range []string{other.ID, "order_none", "ORDER_0", "order_0 ", "order_0\u200b", "order_0&id=order_1", "../order_0", "order_%", "*", `order_0"`, "order_0,order_1", strings.Repeat("x", 2000)} {
		order, err := c.Order(t.Context(), id)
		e := wantError(t, err, ErrNotFound)
		if order != nil || e.Operation != OperationListOrders || e.StatusCode != http.StatusOK || e.HTTPStatus() != http.StatusNotFound || e.Kind() != "not_found" {
			t.Errorf("%q: %v, %v", id, order, err)
		}
	}
	for _, id := range []string{"", "order\x00", "order\xff"} {
		order, err := c.Order(t.Context(), id)
		if e := wantError(t, err, ErrInvalidInput); order != nil || e.Field != "ID" {
			t.Errorf("%q: %v, %v", id, order, err)
		}
	}
	_, err := b.client(t).Order(t.Context(), "order_0")
	wantError(t, err, ErrUnauthenticated)
}

func TestOrderOfWhatIsBeforeTheBackend(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"another order":  {pageBody(1, `{"id":"order_2"}`), ErrUnexpectedResponse},
		"all orders":     {pageBody(2, `{"id":"order_2"}`, `{"id":"order_1"}`), ErrUnexpectedResponse},
		"no count":       {strings.Replace(pageBody(1, `{"id":"order_1"}`), `"count":1,`, "", 1), nil},
		"no orders":      {`{"orders":[],"count":5,"offset":0,"limit":1}`, ErrNotFound},
		"an odd order":   {strings.Replace(pageBody(1, `{"id":"order_1"}`), `"display_id":0`, `"display_id":"x"`, 1), ErrUnexpectedResponse},
		"something else": {`{"order":{}}`, ErrUnexpectedResponse},
		"a page":         {`<html>`, ErrUnexpectedResponse},
	} {
		c := mustNew(t, backendURL, inMemory(respondWith(200, "application/json", test.body))).WithSession(sessionOf("v"))
		order, err := c.Order(t.Context(), "order_1")
		switch {
		case test.want == nil:
			if wantOK(t, err); order.ID != "order_1" {
				t.Errorf("%s: order %s", name, order.ID)
			}
		case order != nil:
			t.Errorf("%s: an order comes beside %v", name, err)
		default:
			wantOnly(t, name, err, test.want)
		}
	}
}

func TestOrdersAsksForFiftyAtATimeUnlessLimitSaysOtherwise(t *testing.T) {
	b := newBackend(t)
	c := b.withOrders(t, make([]customerstest.Order, 120)...)
	for _, test := range []struct {
		params   *ListOrdersParams
		limit    string
		requests int
	}{
		// One of them looks whether the last page is the last.
		{nil, "50", 4},
		{&ListOrdersParams{}, "50", 4},
		{&ListOrdersParams{Limit: new(20)}, "20", 8},
		{&ListOrdersParams{Limit: new(1000)}, "1000", 2},
		{&ListOrdersParams{Limit: new(0)}, "0", 2},
	} {
		before := len(b.queries())
		ids, err := collect(t.Context(), c, test.params)
		wantOK(t, err)
		queries := b.queries()[before:]
		if len(ids) != 120 || ids[0] != "order_119" || ids[119] != "order_0" {
			t.Errorf("%d orders", len(ids))
		}
		if got := queries[0].Get("limit"); got != test.limit || len(queries) > test.requests {
			t.Errorf("limit %s, %d requests; want %s, %d", got, len(queries), test.limit, test.requests)
		}
		for _, q := range queries {
			if q.Has("offset") && (q.Get("offset") == "0" || q.Get("limit") != "1") {
				t.Error("a page was asked for by an offset")
			}
		}
	}
}

func TestNoOrders(t *testing.T) {
	b := newBackend(t)
	ids, err := collect(t.Context(), b.withOrders(t), nil)
	if n := len(b.queries()); err != nil || len(ids) != 0 || n != 1 {
		t.Errorf("%v, %v, %d requests", ids, err, n)
	}
}

func TestFiltersGoAlongWithEachPage(t *testing.T) {
	b := newBackend(t)
	orders := make([]customerstest.Order, 30)
	for i := range orders {
		orders[i].Status = []OrderStatus{OrderStatusPending, OrderStatusCompleted, OrderStatusArchived}[i%3]
	}
	c := b.withOrders(t, orders...)
	var resp Response
	n := 0
	for order, err := range c.Orders(t.Context(), &ListOrdersParams{
		Status: []OrderStatus{OrderStatusCompleted, OrderStatusArchived}, Limit: new(4), Fields: []string{"status"}, Expand: []string{"items"},
		CreatedAt: &TimeRange{GTE: new(firstOrder.Add(6 * time.Second))},
	}, WithHeader("X-Call", "1"), WithResponse(&resp)) {
		wantOK(t, err)
		if order.Status == OrderStatusPending {
			t.Errorf("%s is pending", order.ID)
		}
		n++
	}
	if n != 16 || resp.StatusCode != http.StatusOK {
		t.Errorf("%d orders, response %+v", n, resp)
	}
	for i, r := range b.seen("GET /store/customers/me/orders") {
		q := r.Query
		if len(q["status[]"]) != 2 || q.Get("fields") != "status" || q.Get("expand") != "items" || q.Get("created_at[gte]") == "" || r.Header.Get("X-Call") != "1" {
			t.Errorf("request %d: %v, X-Call %q", i, q, r.Header.Get("X-Call"))
		}
	}
}

func TestIterationStopsOnBreak(t *testing.T) {
	b := newBackend(t)
	c := b.withOrders(t, make([]customerstest.Order, 120)...)
	n := 0
	for _, err := range c.Orders(t.Context(), nil) {
		wantOK(t, err)
		if n++; n == 10 {
			break
		}
	}
	if n := len(b.queries()); n != 1 {
		t.Errorf("%d requests for the first page", n)
	}
	for _, err := range c.Orders(t.Context(), nil) {
		wantOK(t, err)
		break
	}
	seq := c.Orders(t.Context(), nil)
	if n := len(b.queries()); n != 2 {
		t.Errorf("an iteration that was not ranged over sent something: %d requests", n)
	}
	for range 2 { // each range begins again
		n = 0
		for _, err := range seq {
			wantOK(t, err)
			n++
		}
		if n != 120 {
			t.Errorf("%d orders", n)
		}
	}
}

func TestIterationEndsAfterOneError(t *testing.T) {
	b := newBackend(t)
	c := b.withOrders(t, make([]customerstest.Order, 120)...)
	for _, failing := range []int{1, 2, 3} {
		before, matched := len(b.queries()), 0
		b.Inject(customerstest.Fault{Operation: OperationListOrders, Status: http.StatusInternalServerError, Match: func(customerstest.Request) bool {
			matched++
			return matched == failing
		}})
		n, errs := 0, 0
		for order, err := range c.Orders(t.Context(), nil) { // goes on after an error
			if err == nil {
				n++
				continue
			}
			errs++
			e := wantError(t, err, ErrInternal)
			if order != nil || e.Operation != "ListOrders" {
				t.Errorf("order %v, error %q", order, e)
			}
		}
		if requests := len(b.queries()) - before; errs != 1 || requests != failing || n < (failing-1)*40 {
			t.Errorf("%d orders, %d errors, %d requests", n, errs, requests)
		}
	}
}

func TestIterationEndsWithTheContext(t *testing.T) {
	b := newBackend(t)
	c := b.withOrders(t, make([]customerstest.Order, 120)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, errs := 0, 0
	for order, err := range c.Orders(ctx, nil) {
		if err != nil {
			errs++
			e := wantError(t, err, context.Canceled)
			if order != nil || e.Operation != "ListOrders" {
				t.Errorf("order %v, error %q", order, e)
			}
			continue
		}
		if n++; n == 10 {
			cancel()
		}
	}
	if requests := len(b.queries()); n != 10 || errs != 1 || requests != 1 {
		t.Errorf("%d orders, %d errors, %d requests", n, errs, requests)
	}
	_, err := collect(ctx, c, nil)
	wantIs(t, err, context.Canceled)
}

func TestIterationWithoutALogin(t *testing.T) {
	_, err := collect(t.Context(), newBackend(t).client(t), nil)
	if e := wantError(t, err, ErrUnauthenticated); e.Operation != "ListOrders" {
		t.Errorf("error %q", e)
	}
}

func TestOrdersAreNotOneVariable(t *testing.T) {
	var orders []*Order
	for order, err := range newBackend(t).withOrders(t, make([]customerstest.Order, 60)...).Orders(t.Context(), nil) {
		wantOK(t, err)
		orders = append(orders, order)
	}
	ids := map[string]bool{}
	for _, o := range orders {
		ids[o.ID] = true
	}
	if len(ids) != 60 {
		t.Errorf("%d different orders", len(ids))
	}
}

func TestListOrdersOnTheWire(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", pageBody(0)))
	c := f.loggedIn(t)
	at := time.Date(2024, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", 2*3600))
	for _, test := range []struct {
		params *ListOrdersParams
		want   url.Values
	}{
		{nil, url.Values{}},
		{&ListOrdersParams{}, url.Values{}},
		{&ListOrdersParams{
			Status: []OrderStatus{}, FulfillmentStatus: []FulfillmentStatus{}, PaymentStatus: []PaymentStatus{}, Fields: []string{}, Expand: []string{},
			CreatedAt: &TimeRange{}, UpdatedAt: &TimeRange{}, CanceledAt: &TimeRange{},
		}, url.Values{}},
		{&ListOrdersParams{
			Q: new("a+b c&d"), Limit: new(5),
		}, url.Values{"q": {"a+b c&d"}, "limit": {"5"}}},
		{&ListOrdersParams{
			ID: new("order_1"), CartID: new("cart_1"), RegionID: new("reg_1"), Email: new("User@Example.com"), CurrencyCode: new("DKK"),
			DisplayID: new(7), TaxRate: new(12.5), Limit: new(0), Offset: new(3),
		}, url.Values{
			"id": {"order_1"}, "cart_id": {"cart_1"}, "region_id": {"reg_1"}, "email": {"user@example.com"}, "currency_code": {"dkk"},
			"display_id": {"7"}, "tax_rate": {"12.5"}, "limit": {"0"}, "offset": {"3"},
		}},
		{&ListOrdersParams{
			Status: []OrderStatus{OrderStatusPending, OrderStatusCompleted}, FulfillmentStatus: []FulfillmentStatus{FulfillmentStatusShipped},
			PaymentStatus: []PaymentStatus{PaymentStatusAwaiting, "new"}, Fields: []string{"+metadata", "-email"}, Expand: []string{"items", "items.variant"},
		}, url.Values{
			"status[]": {"pending", "completed"}, "fulfillment_status[]": {"shipped"}, "payment_status[]": {"awaiting", "new"},
			"fields": {"+metadata,-email"}, "expand": {"items,items.variant"},
		}},
		{&ListOrdersParams{
			CreatedAt: &TimeRange{GT: &at}, UpdatedAt: &TimeRange{LTE: &at, GTE: &at}, CanceledAt: &TimeRange{LT: &at},
		}, url.Values{
			"created_at[gte]": {"2024-01-02T01:04:05.679Z"}, "updated_at[lt]": {"2024-01-02T01:04:05.679Z"},
			"updated_at[gte]": {"2024-01-02T01:04:05.679Z"}, "canceled_at[lt]": {"2024-01-02T01:04:05.679Z"},
		}},
	} {
		page, err := c.ListOrders(t.Context(), test.params)
		wantOK(t, err)
		if page.Orders == nil || page.Limit != 10 {
			t.Errorf("page is %+v", page)
		}
		if got := f.last(t).Query; fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("sent %v, want %v", got, test.want)
		}
	}
}

func TestListOrdersThatLacksWhatTheContractPromises(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"count":0}`, `{"orders":null,"count":0}`, `{"orders":[{}],"count":1}`, `{"orders":[{"id":"o"}],"count":1}`,
		`{"orders":[{"created_at":"2024-01-02T03:04:05.678Z"}],"count":1}`, `{"orders":[{"id":"o","created_at":"yesterday"}]}`,
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(200, "application/json", body))).WithSession(sessionOf("v"))
		_, err := c.ListOrders(t.Context(), nil)
		wantIs(t, err, ErrUnexpectedResponse)
	}
}

func TestErrorOfARefusedFilterComesOnceAndAlone(t *testing.T) {
	n := 0
	for order, err := range newBackend(t).withOrders(t).Orders(t.Context(), &ListOrdersParams{Limit: new(-1)}) {
		n++
		if order != nil || !errors.Is(err, ErrInvalidInput) {
			t.Errorf("%v, %v", order, err)
		}
	}
	if n != 1 {
		t.Errorf("%d times", n)
	}
}

// pageOfOrders is a page with n orders.
func pageOfOrders(n int) string {
	var list []string
	for i := range n {
		list = append(list, whole[Order](fmt.Sprintf(`{"id":"order_%d","created_at":"2024-01-02T03:04:05.678Z"}`, i)))
	}
	return pageBody(n, list...)
}

// A shop may have another number of orders on a page than 10.
func TestListOrdersTakesTheShopsOwnNumberOfOrders(t *testing.T) {
	for params, want := range map[*ListOrdersParams]int{nil: 60, {}: 60, {Limit: new(0)}: 60, {Limit: new(60)}: 60, {Limit: new(10)}: 10} {
		c := serve(t, respondWith(200, "application/json", pageOfOrders(60))).loggedIn(t)
		page, err := c.ListOrders(t.Context(), params)
		if page == nil || len(page.Orders) != want || (err != nil) != (want == 10) {
			t.Errorf("%+v: %v", params, err)
		}
	}
}

// A page that is much longer than Orders asked for takes no more memory than some pages, and costs no order.
func TestOrdersLeavesOutWhatItDidNotAskFor(t *testing.T) {
	c := serve(t, respondWith(200, "application/json", pageOfOrders(60))).loggedIn(t)
	n := 0
	for order, err := range c.Orders(t.Context(), &ListOrdersParams{Limit: new(1)}) {
		if err != nil {
			wantIs(t, err, ErrUnexpectedResponse) // it never gets on
			break
		}
		if n++; order.ID == "" || n > 60 {
			t.Fatalf("order %d is %s", n, order.ID)
		}
	}
	if n < 10 {
		t.Errorf("%d orders", n)
	}
}

// oddOrder is an order that can't be read.
const oddOrder = `{"id":"order_odd","created_at":"2024-01-02T03:04:07.678Z","total":"a secret"}`

func TestAnOddOrderCostsOnlyItself(t *testing.T) {
	body := pageBody(3, `{"id":"order_2","created_at":"2024-01-02T03:04:08.678Z"}`, oddOrder, `{"id":"order_1","created_at":"2024-01-02T03:04:05.678Z"}`)
	c := mustNew(t, "https://shop.example.com", inMemory(respondWith(200, "application/json", body))).WithSession(sessionOf("v"))
	page, err := c.ListOrders(t.Context(), nil)
	e := wantError(t, err, ErrUnexpectedResponse)
	if page == nil || len(page.Orders) != 2 || page.Orders[1].ID != "order_1" || page.Count != 3 {
		t.Fatalf("page %+v", page)
	}
	odd, ok := errors.AsType[*OrdersError](err)
	if !ok || len(odd.Orders) != 1 || odd.Orders[0].OrderID != "order_odd" || odd.Orders[0].Path != "orders[1].total" || e.Operation != OperationListOrders {
		t.Errorf("error %v", err)
	}
	if text := err.Error(); !strings.Contains(text, "order order_odd: orders[1].total: not an integer") || strings.Contains(text, "secret") {
		t.Error(text)
	}
}

func TestFieldsMayLeaveOutProperties(t *testing.T) {
	body := `{"orders":[{"id":"order_1","created_at":"2024-01-02T03:04:05.678Z","total":0}],"count":1,"offset":0,"limit":10}`
	c := mustNew(t, "https://shop.example.com", inMemory(respondWith(200, "application/json", body))).WithSession(sessionOf("v"))
	page, err := c.ListOrders(t.Context(), &ListOrdersParams{Fields: []string{"total"}})
	wantOK(t, err)
	if o := page.Orders[0]; !o.Has("total") || o.Has("subtotal") {
		t.Errorf("total %t, subtotal %t", o.Has("total"), o.Has("subtotal"))
	}
	_, err = c.ListOrders(t.Context(), nil)
	if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Reason != "missing" {
		t.Errorf("without Fields: %v", err)
	}
}
