package customers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// storedOrder is an order as the database has it, to the microsecond.
type storedOrder struct {
	id      string
	created time.Time
	status  OrderStatus
}

// orderBook responds the list route as the backend does: filter, newest first, any order among equals and a different
// one for each query, then offset and limit. The count is a query of its own.
type orderBook struct {
	rand    *rand.Rand
	orders  []storedOrder
	queries []url.Values
	between func() // what happens before each query, of the count and of the page
	maxPage int    // what a proxy caps a page to; 0: nothing
	precise bool   // times in a query count to the microsecond
}

func (b *orderBook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	b.queries = append(b.queries, q)
	b.happen()
	count := len(b.match(q))
	b.happen()
	found := b.match(q)
	b.rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	slices.SortFunc(found, func(x, y storedOrder) int { return y.created.Compare(x.created) })
	limit, offset := 10, 0
	if q.Has("limit") {
		limit, _ = strconv.Atoi(q.Get("limit"))
	}
	if q.Has("offset") {
		offset, _ = strconv.Atoi(q.Get("offset"))
	}
	found = found[min(offset, len(found)):]
	if limit > 0 {
		found = found[:min(limit, len(found))]
	}
	if b.maxPage > 0 {
		found = found[:min(b.maxPage, len(found))]
	}
	type orderJSON struct {
		ID      string      `json:"id"`
		Created string      `json:"created_at"`
		Status  OrderStatus `json:"status"`
	}
	page := struct {
		Orders []orderJSON `json:"orders"`
		Count  int         `json:"count"`
	}{[]orderJSON{}, count}
	for _, o := range found {
		page.Orders = append(page.Orders, orderJSON{o.id, o.created.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z"), o.status})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(page) //nolint:errchkjson // strings and numbers
}

func (b *orderBook) happen() {
	if b.between != nil {
		b.between()
	}
}

func (b *orderBook) match(q url.Values) []storedOrder {
	inRange := b.ranges(q)
	var found []storedOrder
	for _, o := range b.orders {
		if s := q["status[]"]; len(s) > 0 && !slices.Contains(s, string(o.status)) {
			continue
		}
		if inRange(o.created) {
			found = append(found, o)
		}
	}
	return found
}

// ranges makes of a query what says whether a time is in its range.
func (b *orderBook) ranges(q url.Values) func(time.Time) bool {
	var holds []func(time.Time) bool
	for op, hold := range map[string]func(int) bool{
		"lt": func(c int) bool { return c < 0 }, "lte": func(c int) bool { return c <= 0 },
		"gt": func(c int) bool { return c > 0 }, "gte": func(c int) bool { return c >= 0 },
	} {
		v := q.Get("created_at[" + op + "]")
		if v == "" {
			continue
		}
		limit, err := time.Parse(time.RFC3339Nano, v)
		if err != nil {
			panic(err)
		}
		if !b.precise {
			limit = limit.Truncate(time.Millisecond) // a JavaScript Date
		}
		holds = append(holds, func(created time.Time) bool { return hold(created.Compare(limit)) })
	}
	return func(created time.Time) bool {
		return !slices.ContainsFunc(holds, func(hold func(time.Time) bool) bool { return !hold(created) })
	}
}

func (b *orderBook) client(t *testing.T) *Client {
	t.Helper()
	return mustNew(t, "https://shop.example.com", inMemory(b.ServeHTTP)).WithSession(sessionOf("v"))
}

var firstOrder = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// newBook makes a book of n orders, one a second.
func newBook(n int) *orderBook {
	b := &orderBook{rand: rand.New(rand.NewPCG(7, 7))}
	for i := range n {
		b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d", i), firstOrder.Add(time.Duration(i) * time.Second), OrderStatusPending})
	}
	return b
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

// Hundreds of shops in which orders are placed, change and go while somebody pages through them.
func TestOrdersComeExactlyOnceWhateverHappensMeanwhile(t *testing.T) {
	schedules := 600
	if testing.Short() {
		schedules = 100
	}
	for seed := range schedules {
		if !t.Run(strconv.Itoa(seed), func(t *testing.T) { walkSchedule(t, uint64(seed)) }) {
			return
		}
	}
}

func walkSchedule(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 99))
	b := &orderBook{rand: r, precise: r.IntN(2) == 0}
	next, mutations := 0, 0
	all := map[string]storedOrder{}
	add := func(at time.Time, status OrderStatus) {
		o := storedOrder{fmt.Sprintf("order_%d", next), at, status}
		b.orders, all[o.id] = append(b.orders, o), o
		next++
	}
	// Few milliseconds or many; inside one, few microseconds or many: ties of all sizes.
	milliseconds, microseconds := 1+r.IntN(40), 1+r.IntN(3)
	when := func() time.Time {
		return firstOrder.Add(time.Duration(r.IntN(milliseconds))*time.Millisecond + time.Duration(r.IntN(microseconds))*time.Microsecond)
	}
	statuses := []OrderStatus{OrderStatusPending, OrderStatusCompleted, OrderStatusCanceled}
	for range r.IntN(80) {
		add(when(), statuses[r.IntN(2)])
	}

	params := &ListOrdersParams{Limit: new(1 + r.IntN(9))}
	switch r.IntN(10) {
	case 0:
		params.Limit = nil
	case 1:
		params.Limit = new(0)
	}
	if r.IntN(2) == 0 {
		params.Status = []OrderStatus{OrderStatusPending}
	}
	if r.IntN(2) == 0 {
		d := &TimeRange{}
		for _, p := range []**time.Time{&d.LT, &d.LTE, &d.GT, &d.GTE} {
			if r.IntN(3) == 0 {
				*p = new(firstOrder.Add(time.Duration(r.IntN(milliseconds+1))*time.Millisecond + time.Duration(r.IntN(4))*time.Microsecond))
			}
		}
		params.CreatedAt = d
	}
	given := fmt.Sprintf("%+v", dereference(params))

	must := map[string]bool{} // what has matched all the time
	query := url.Values{}
	for _, s := range params.Status {
		query.Add("status[]", string(s))
	}
	for _, o := range b.match(query) {
		if shownIn(params.CreatedAt, o.created) {
			must[o.id] = true
		}
	}
	total := len(must)

	rate := r.IntN(4)
	b.between = func() {
		if rate == 0 || r.IntN(4) > rate {
			return
		}
		mutations++
		switch r.IntN(4) {
		case 0: // an order is placed, now, which is after all others or in the same instant
			add(firstOrder.Add(time.Duration(milliseconds)*time.Millisecond+time.Duration(r.IntN(3))*time.Microsecond), statuses[r.IntN(2)])
		case 1, 2: // one leaves the filter, or comes into it
			if len(b.orders) > 0 {
				i := r.IntN(len(b.orders))
				b.orders[i].status = statuses[r.IntN(3)]
				if len(params.Status) > 0 && b.orders[i].status != OrderStatusPending {
					delete(must, b.orders[i].id)
				}
			}
		case 3: // one goes
			if len(b.orders) > 0 {
				i := r.IntN(len(b.orders))
				delete(must, b.orders[i].id)
				b.orders = slices.Delete(b.orders, i, i+1)
			}
		}
	}

	seen := map[string]bool{}
	var last time.Time
	for order, err := range b.client(t).Orders(t.Context(), params) {
		if err != nil {
			t.Fatalf("after %d orders and %d requests: %v", len(seen), len(b.queries), err)
		}
		if seen[order.ID] {
			t.Fatalf("%s came twice", order.ID)
		}
		seen[order.ID] = true
		if !shownIn(params.CreatedAt, all[order.ID].created) {
			t.Fatalf("%s of %v is not in the range asked for, %s", order.ID, all[order.ID].created, given)
		}
		if !last.IsZero() && order.CreatedAt.After(last) {
			t.Fatalf("%s of %v came after one of %v", order.ID, order.CreatedAt, last)
		}
		last = order.CreatedAt
	}
	for id := range must {
		if !seen[id] {
			t.Errorf("%s never came, in %d requests", id, len(b.queries))
		}
	}
	size := ordersPerPage
	if params.Limit != nil {
		size = max(1, *params.Limit)
	}
	if most := (total+mutations)/size + mutations + 4; len(b.queries) > most {
		t.Errorf("%d requests for %d orders, %d a page, %d changes; at most %d are enough", len(b.queries), total, size, mutations, most)
	}
	if got := fmt.Sprintf("%+v", dereference(params)); got != given {
		t.Errorf("params were %s and are %s", given, got)
	}
}

// dereference shows what params hold rather than where.
func dereference(p *ListOrdersParams) any {
	text, _ := json.Marshal(p) //nolint:errchkjson // test data
	return string(text)
}

func TestATieOfAnySizeTakesFewRequests(t *testing.T) {
	for _, size := range []int{1, 2, 10, 50} {
		b := newBook(0)
		for i := range 1000 {
			b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d", i), firstOrder, OrderStatusPending})
		}
		ids, err := collect(t.Context(), b.client(t), &ListOrdersParams{Limit: &size})
		wantOK(t, err)
		if len(ids) != 1000 || len(b.queries) > 10 {
			t.Errorf("pages of %d: %d orders in %d requests", size, len(ids), len(b.queries))
		}
	}
}

func TestOrdersAsksForFiftyAtATimeUnlessLimitSaysOtherwise(t *testing.T) {
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
		b := newBook(120)
		ids, err := collect(t.Context(), b.client(t), test.params)
		wantOK(t, err)
		if len(ids) != 120 || ids[0] != "order_119" || ids[119] != "order_0" {
			t.Errorf("%d orders", len(ids))
		}
		if got := b.queries[0].Get("limit"); got != test.limit || len(b.queries) > test.requests {
			t.Errorf("limit %s, %d requests; want %s, %d", got, len(b.queries), test.limit, test.requests)
		}
		for _, q := range b.queries {
			if q.Has("offset") && (q.Get("offset") == "0" || q.Get("limit") != "1") {
				t.Error("a page was asked for by an offset")
			}
		}
	}
}

// However many orders there are, what has been iterated over is garbage.
func TestOrdersHoldsTwoPagesAtMost(t *testing.T) {
	const each = 2 * ordersPerPage // never two of one page
	var seen []weak.Pointer[Order]
	n := 0
	for order, err := range newBook(10_000).client(t).Orders(t.Context(), nil) {
		wantOK(t, err)
		n++
		if n%each != 0 {
			continue
		}
		seen = append(seen, weak.Make(order))
		runtime.GC()
		held := slices.DeleteFunc(slices.Clone(seen), func(o weak.Pointer[Order]) bool { return o.Value() == nil })
		if len(held) > 2 {
			t.Fatalf("after %d orders, %d pages are held", n, len(held))
		}
	}
	if n != 10_000 {
		t.Errorf("%d orders came", n)
	}
}

func TestNoOrders(t *testing.T) {
	b := newBook(0)
	ids, err := collect(t.Context(), b.client(t), nil)
	if err != nil || len(ids) != 0 || len(b.queries) != 1 {
		t.Errorf("%v, %v, %d requests", ids, err, len(b.queries))
	}
}

func TestFiltersGoAlongWithEachPage(t *testing.T) {
	b := newBook(30)
	for i := range b.orders {
		b.orders[i].status = []OrderStatus{OrderStatusPending, OrderStatusCompleted, OrderStatusArchived}[i%3]
	}
	var headers []string
	c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
		headers = append(headers, r.Header.Get("X-Call"))
		b.ServeHTTP(w, r)
	})).WithSession(sessionOf("v"))
	var resp Response
	n := 0
	for order, err := range c.Orders(t.Context(), &ListOrdersParams{
		Status: []OrderStatus{OrderStatusCompleted, OrderStatusArchived}, Limit: new(4), Fields: []string{"status"}, Expand: []string{"items"},
		CreatedAt: &TimeRange{GTE: &b.orders[6].created},
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
	for i, q := range b.queries {
		if len(q["status[]"]) != 2 || q.Get("fields") != "status" || q.Get("expand") != "items" || q.Get("created_at[gte]") == "" || headers[i] != "1" {
			t.Errorf("request %d: %v, X-Call %q", i, q, headers[i])
		}
	}
}

func TestIterationStopsOnBreak(t *testing.T) {
	b := newBook(120)
	c := b.client(t)
	n := 0
	for _, err := range c.Orders(t.Context(), nil) {
		wantOK(t, err)
		if n++; n == 10 {
			break
		}
	}
	if len(b.queries) != 1 {
		t.Errorf("%d requests for the first page", len(b.queries))
	}
	for _, err := range c.Orders(t.Context(), nil) {
		wantOK(t, err)
		break
	}
	seq := c.Orders(t.Context(), nil)
	if len(b.queries) != 2 {
		t.Errorf("an iteration that nobody ranged over sent something: %d requests", len(b.queries))
	}
	for range 2 { // each range begins anew
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
	b := newBook(120)
	for _, failing := range []int{1, 2, 3} {
		requests := 0
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests == failing {
				respondJSON(w, 500, `{"type":"unknown_error","message":"no"}`)
				return
			}
			b.ServeHTTP(w, r)
		})).WithSession(sessionOf("v"))
		n, errs := 0, 0
		for order, err := range c.Orders(t.Context(), nil) { // goes on after an error, as careless callers do
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
		if errs != 1 || requests != failing || n < (failing-1)*40 {
			t.Errorf("%d orders, %d errors, %d requests", n, errs, requests)
		}
	}
}

func TestIterationEndsWithTheContext(t *testing.T) {
	b := newBook(120)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, errs := 0, 0
	for order, err := range b.client(t).Orders(ctx, nil) {
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
	if n != 10 || errs != 1 || len(b.queries) != 1 {
		t.Errorf("%d orders, %d errors, %d requests", n, errs, len(b.queries))
	}
	_, err := collect(ctx, b.client(t), nil)
	wantIs(t, err, context.Canceled)
}

func TestIterationWithoutALogin(t *testing.T) {
	_, err := collect(t.Context(), newBook(1).client(t).WithSession(new(Session)), nil)
	if e := wantError(t, err, ErrUnauthenticated); e.Operation != "ListOrders" {
		t.Errorf("error %q", e)
	}
}

func TestOrdersAreNotOneVariable(t *testing.T) {
	var orders []*Order
	for order, err := range newBook(60).client(t).Orders(t.Context(), nil) {
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

func TestPageThatIsCappedOnTheWay(t *testing.T) {
	// Orders of different times can still be told apart.
	b := newBook(40)
	b.maxPage = 7
	ids, err := collect(t.Context(), b.client(t), nil)
	wantOK(t, err)
	if len(ids) != 40 || len(b.queries) > 10 {
		t.Errorf("%d orders in %d requests", len(ids), len(b.queries))
	}
	// In a tie larger than the cap they can not, or only by luck.
	for i := range b.orders {
		b.orders[i].created = firstOrder
	}
	b.maxPage, b.queries = 3, nil
	_, err = collect(t.Context(), b.client(t), nil)
	wantIs(t, err, ErrUnexpectedResponse)
	if len(b.queries) > 60 {
		t.Errorf("%d requests", len(b.queries))
	}
}

// Whatever a cache or a proxy makes of the query, the iteration ends, and no order comes twice.
func TestIterationOverABackendThatIgnoresTheQuery(t *testing.T) {
	hundred := newBook(100)
	ignoring := func(names ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			for _, name := range names {
				q.Del(name)
			}
			r.URL.RawQuery = q.Encode()
			hundred.ServeHTTP(w, r)
		}
	}
	page := func(count int, orders ...int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			body := ""
			for i, n := range orders {
				if i > 0 {
					body += ","
				}
				body += fmt.Sprintf(`{"id":"order_%d","created_at":%q}`, n, firstOrder.Add(time.Duration(n)*time.Second).Format(time.RFC3339))
			}
			respondJSON(w, 200, fmt.Sprintf(`{"count":%d,"orders":[%s]}`, count, body))
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"created_at":           ignoring("created_at[lt]"),
		"limit and created_at": ignoring("created_at[lt]", "limit"),
		"always one page":      page(10, 3, 2, 1),
		"always one order":     page(2, 1),
		"always none":          page(1),
		"oldest first":         page(100, 1, 2, 3),
		"a negative count":     page(-1, 3, 2, 1),
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(h)).WithSession(sessionOf("v"))
		seen := map[string]bool{}
		n := 0
		var last error
		for order, err := range c.Orders(t.Context(), nil) {
			if n++; n > 1000 {
				t.Fatalf("%s: it never ends", name)
			}
			if last = err; err != nil {
				continue
			}
			if seen[order.ID] {
				t.Errorf("%s: %s came twice", name, order.ID)
			}
			seen[order.ID] = true
		}
		if name != "a negative count" {
			wantIs(t, last, ErrUnexpectedResponse)
		}
	}
}

func TestWrongCountEndsInAnErrorOnlyIfOrdersAreMissing(t *testing.T) {
	b := newBook(20)
	extra := 1
	c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{header: http.Header{}}
		b.ServeHTTP(rec, r)
		var page map[string]any
		_ = json.Unmarshal(rec.body, &page)
		page["count"] = len(page["orders"].([]any)) + extra //nolint:errcheck,forcetypeassert // as made above
		extra = 0                                           // one order left between the two queries of the first page
		out, _ := json.Marshal(page)
		respondJSON(w, 200, string(out))
	})).WithSession(sessionOf("v"))
	ids, err := collect(t.Context(), c, nil)
	wantOK(t, err)
	if len(ids) != 20 {
		t.Errorf("%d orders", len(ids))
	}
}

type recorder struct {
	header http.Header
	body   []byte
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}
func (r *recorder) Write(p []byte) (int, error) {
	r.body = append(r.body, p...)
	return len(p), nil
}

func TestListOrdersOnTheWire(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", `{"count":0,"limit":10,"offset":0,"orders":[]}`))
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
	for order, err := range newBook(3).client(t).Orders(t.Context(), &ListOrdersParams{Limit: new(-1)}) {
		n++
		if order != nil || !errors.Is(err, ErrInvalidInput) {
			t.Errorf("%v, %v", order, err)
		}
	}
	if n != 1 {
		t.Errorf("%d times", n)
	}
}

// shownIn reports whether the time that an order shows, which is cut to milliseconds, is in a range.
func shownIn(d *TimeRange, created time.Time) bool {
	shown := created.Truncate(time.Millisecond)
	return d == nil || (d.GT == nil || shown.After(*d.GT)) && (d.GTE == nil || !shown.Before(*d.GTE)) &&
		(d.LT == nil || shown.Before(*d.LT)) && (d.LTE == nil || !shown.After(*d.LTE))
}

func TestTheRangeAskedForHoldsOnEveryPage(t *testing.T) {
	b := newBook(0)
	for i := range 4 {
		b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d", i), firstOrder.Add(time.Duration(i)*time.Millisecond + 700*time.Microsecond), OrderStatusPending})
	}
	ids, err := collect(t.Context(), b.client(t), &ListOrdersParams{
		Limit: new(1), CreatedAt: &TimeRange{GTE: new(b.orders[1].created.Truncate(time.Millisecond)), LT: new(b.orders[3].created.Truncate(time.Millisecond))},
	})
	if err != nil || fmt.Sprint(ids) != "[order_2 order_1]" {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestFiltersByTimeHoldForTheTimesThatOrdersShow has orders between two milliseconds, and bounds on and beside the times
// that they show (docs/backend.md, B51).
func TestFiltersByTimeHoldForTheTimesThatOrdersShow(t *testing.T) {
	for _, precise := range []bool{false, true} {
		b := newBook(0)
		b.precise = precise
		for i, micro := range []int{-1001, -1000, -999, -1, 0, 1, 499, 500, 999, 1000, 1001, 2500} {
			b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d", i), firstOrder.Add(time.Duration(micro) * time.Microsecond), OrderStatusPending})
		}
		c := b.client(t)
		for _, nano := range []time.Duration{-1_000_000, -999_999, -1000, -1, 0, 1, 1000, 500_000, 999_999, 1_000_000, 1_000_001, 3_000_000} {
			at := firstOrder.Add(nano).In(time.FixedZone("", -7*3600-1800))
			for _, d := range []TimeRange{{GT: &at}, {GTE: &at}, {LT: &at}, {LTE: &at}, {GTE: &at, LTE: &at}, {GT: &at, LT: &at}, {GT: &at, GTE: &firstOrder}, {LTE: &at, LT: &firstOrder}} {
				want := 0
				for _, o := range b.orders {
					if shownIn(&d, o.created) {
						want++
					}
				}
				given := d
				page, err := c.ListOrders(t.Context(), &ListOrdersParams{CreatedAt: &d, Limit: new(0)})
				wantOK(t, err)
				ids, err := collect(t.Context(), c, &ListOrdersParams{CreatedAt: &d, Limit: new(3)})
				wantOK(t, err)
				if len(page.Orders) != want || len(ids) != want || d != given {
					t.Errorf("%s finds %d and %d orders, want %d", dereference(&ListOrdersParams{CreatedAt: &d}), len(page.Orders), len(ids), want)
				}
			}
		}
		// A nightly run that asks for what came since the last one gets nothing twice, and leaves nothing out.
		seen := 0
		last := firstOrder.Add(-time.Hour)
		for range 20 {
			page, err := c.ListOrders(t.Context(), &ListOrdersParams{CreatedAt: &TimeRange{GT: &last}, Limit: new(0)})
			wantOK(t, err)
			if seen += len(page.Orders); len(page.Orders) > 0 {
				last = page.Orders[0].CreatedAt
			}
		}
		if seen != len(b.orders) {
			t.Errorf("%d orders came, want %d", seen, len(b.orders))
		}
	}
}

// TestInMemoryBackendComparesMicroseconds shows that the backend of customerstest does as the real one (docs/backend.md,
// B51), and that the client makes up for it there too.
func TestInMemoryBackendComparesMicroseconds(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, testEmail)
	me, err := c.Retrieve(t.Context())
	wantOK(t, err)
	at := firstOrder.Add(123 * time.Microsecond)
	b.AddOrder(me.ID, customerstest.Order{CreatedAt: at})
	all, err := c.ListOrders(t.Context(), nil)
	wantOK(t, err)
	showed := all.Orders[0].CreatedAt
	if !showed.Equal(firstOrder) {
		t.Fatalf("the order shows %v", showed)
	}
	raw := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/store/customers/me/orders?created_at[lte]="+url.QueryEscape(showed.Format(time.RFC3339Nano)), nil)
	raw.Header.Set("Cookie", DefaultSessionCookieName+"="+valueOf(c.Session()))
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, raw)
	if !strings.Contains(rec.Body.String(), `"count":0`) {
		t.Errorf("the backend finds %s", rec.Body)
	}
	for want, d := range map[int][]TimeRange{1: {{LTE: &showed}, {GTE: &showed}, {LTE: &showed, GTE: &showed}}, 0: {{GT: &showed}, {LT: &showed}}} {
		for _, created := range d {
			ids, err := collect(t.Context(), c, &ListOrdersParams{CreatedAt: &created})
			if wantOK(t, err); len(ids) != want {
				t.Errorf("%s finds %v", dereference(&ListOrdersParams{CreatedAt: &created}), ids)
			}
		}
	}
}

// TestYearsOfFilters has the ends of what can be asked for.
func TestYearsOfFilters(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", `{"orders":[],"count":0}`))
	c := f.loggedIn(t)
	date := func(year int, month time.Month, day int) *time.Time {
		return new(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	}
	last := date(9999, 12, 31).Add(24*time.Hour - 1)
	for _, test := range []struct {
		d    TimeRange
		want string // "": refused
	}{
		{TimeRange{LTE: &last}, "map[]"},
		{TimeRange{LTE: &last, LT: date(2024, 1, 1)}, "map[created_at[lt]:[2024-01-01T00:00:00Z]]"},
		{TimeRange{LT: date(2024, 1, 1), LTE: &last}, "map[created_at[lt]:[2024-01-01T00:00:00Z]]"},
		{TimeRange{LT: &last}, "map[]"},
		{TimeRange{LTE: date(9999, 12, 31)}, "map[created_at[lt]:[9999-12-31T00:00:00.001Z]]"},
		{TimeRange{GTE: new(time.Time{})}, "map[created_at[gte]:[0001-01-01T00:00:00Z]]"},
		{TimeRange{GT: date(0, 1, 1)}, "map[created_at[gte]:[0000-01-01T00:00:00.001Z]]"},
		{TimeRange{GT: &last}, ""},
		{TimeRange{GTE: date(10000, 1, 1)}, ""},
		{TimeRange{LT: date(10000, 1, 1)}, ""},
		{TimeRange{LTE: date(300000, 1, 1)}, ""},
		{TimeRange{LTE: date(-1, 1, 1)}, ""},
		{TimeRange{GT: date(-500000, 1, 1)}, ""},
		{TimeRange{GT: new(time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)))}, ""},
	} {
		for _, field := range []string{"CreatedAt", "UpdatedAt", "CanceledAt"} {
			params := &ListOrdersParams{}
			*map[string]**TimeRange{"CreatedAt": &params.CreatedAt, "UpdatedAt": &params.UpdatedAt, "CanceledAt": &params.CanceledAt}[field] = &test.d
			_, err := c.ListOrders(t.Context(), params)
			if test.want == "" {
				if e := wantError(t, err, ErrInvalidInput); e.Field != field || e.StatusCode != 0 {
					t.Errorf("%s: %v", dereference(params), e)
				}
				continue
			}
			wantOK(t, err)
			got := strings.NewReplacer("updated_at", "created_at", "canceled_at", "created_at").Replace(fmt.Sprint(f.last(t).Query))
			if got != test.want {
				t.Errorf("sent %s, want %s", got, test.want)
			}
		}
	}
}

// pageJSON is a page as a proxy changes it.
type pageJSON struct {
	Orders []json.RawMessage `json:"orders"`
	Count  any               `json:"count,omitempty"`
	Limit  any               `json:"limit,omitempty"`
}

// TestOrdersBehindProxiesThatChangePages has what is between client and backend cap pages, count wrongly and repeat
// orders. Every order comes, once, or an error does.
func TestOrdersBehindProxiesThatChangePages(t *testing.T) {
	own := func(p *pageJSON) { p.Count = len(p.Orders) }
	counts := map[string]func(*pageJSON){
		"right":    func(*pageJSON) {},
		"missing":  func(p *pageJSON) { p.Count = nil },
		"own":      own,
		"zero":     func(p *pageJSON) { p.Count = 0 },
		"negative": func(p *pageJSON) { p.Count = -1 },
		"one less": func(p *pageJSON) { p.Count = max(0, len(p.Orders)-1) },
		"own and the asked-for limit": func(p *pageJSON) {
			own(p)
			p.Limit = 50
		},
	}
	repeats := map[string]func([]json.RawMessage) []json.RawMessage{
		"no": func(o []json.RawMessage) []json.RawMessage { return o },
		"each twice": func(o []json.RawMessage) (out []json.RawMessage) {
			for _, order := range o {
				out = append(out, order, order)
			}
			return out
		},
		"the first half for the second": func(o []json.RawMessage) []json.RawMessage {
			half := o[:(len(o)+1)/2]
			return slices.Concat(half, half)
		},
		"the last at the end again": func(o []json.RawMessage) []json.RawMessage {
			return slices.Concat(o, o[max(0, len(o)-1):])
		},
	}
	books := map[string]func() *orderBook{
		"none": func() *orderBook { return newBook(0) }, "one": func() *orderBook { return newBook(1) }, "a page": func() *orderBook { return newBook(50) },
		"two pages and one": func() *orderBook { return newBook(71) },
		"ties": func() *orderBook {
			b := newBook(60)
			for i := range b.orders {
				b.orders[i].created = firstOrder.Add(time.Duration(i/6) * 100 * time.Microsecond)
			}
			return b
		},
	}
	silent, failed, all := 0, 0, 0
	for bookName, book := range books {
		for countName, count := range counts {
			for repeatName, repeat := range repeats {
				for _, maxPage := range []int{0, 1, 20} {
					for _, limit := range []*int{nil, new(0)} {
						b := book()
						b.maxPage = maxPage
						c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
							rec := &recorder{header: http.Header{}}
							b.ServeHTTP(rec, r)
							var page pageJSON
							_ = json.Unmarshal(rec.body, &page)
							page.Orders = append([]json.RawMessage{}, repeat(page.Orders)...)
							count(&page)
							out, _ := json.Marshal(page)
							respondJSON(w, 200, string(out))
						})).WithSession(sessionOf("v"))
						ids, err := collect(t.Context(), c, &ListOrdersParams{Limit: limit})
						distinct := map[string]bool{}
						for _, id := range ids {
							distinct[id] = true
						}
						what := fmt.Sprintf("%s, count %s, repeats %s, pages of %d", bookName, countName, repeatName, maxPage)
						switch {
						case len(distinct) != len(ids):
							t.Errorf("%s: %d orders, %d of them different", what, len(ids), len(distinct))
						case err == nil && len(ids) != len(b.orders):
							t.Errorf("%s: %d orders of %d, without an error", what, len(ids), len(b.orders))
							silent++
						case err != nil:
							wantIs(t, err, ErrUnexpectedResponse)
							failed++
							// A page of one, or a page that always lacks its end, can't be got past.
							if bookName != "ties" && maxPage != 1 && repeatName != "the first half for the second" {
								t.Errorf("%s: %d orders of %d: %v", what, len(ids), len(b.orders), err)
							}
						}
						if most := 6*len(b.orders) + 40; len(b.queries) > most {
							t.Errorf("%s: %d requests", what, len(b.queries))
						}
						all++
					}
				}
			}
		}
	}
	t.Logf("%d walks, %d ended in an error, %d too early", all, failed, silent)
}

// TestOrdersOfOddDates has orders dated as far away as a time can be sent.
func TestOrdersOfOddDates(t *testing.T) {
	for _, dates := range [][]time.Time{
		{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
		{time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 998_000_000, time.UTC), firstOrder},
		{{}},
		{firstOrder, {}},
		{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), {}, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)},
		{time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Unix(0, 0).UTC()},
	} {
		for _, each := range []int{1, 5, 60} {
			b := newBook(0)
			for i, date := range dates {
				for j := range each {
					b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d_%d", i, j), date, OrderStatusPending})
				}
			}
			for _, limit := range []*int{nil, new(1), new(0)} {
				ids, err := collect(t.Context(), b.client(t), &ListOrdersParams{Limit: limit})
				slices.Sort(ids)
				if ids = slices.Compact(ids); err != nil || len(ids) != len(b.orders) {
					t.Errorf("%v, %d each: %d orders, %v", dates, each, len(ids), err)
				}
			}
		}
	}
}

// TestEmailOfAnOrderIsFoundAsItIsSpelled has orders of carts, whose email is in lower case, and of an import.
func TestEmailOfAnOrderIsFoundAsItIsSpelled(t *testing.T) {
	var sent []string
	stored := map[string]string{"ada@example.com": "order_cart", "Ada@Example.com": "order_import", "É@example.com": "order_e"}
	c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
		email := r.URL.Query().Get("email")
		sent = append(sent, email)
		id, ok := stored[email]
		if !ok || r.URL.Query().Get("offset") == "1" {
			respondJSON(w, 200, `{"orders":[],"count":0}`)
			return
		}
		respondJSON(w, 200, `{"orders":[{"id":"`+id+`","created_at":"2024-01-02T03:04:05.678Z"}],"count":1}`)
	})).WithSession(sessionOf("v"))
	for _, test := range []struct {
		email, want string
		requests    int
	}{
		{"ada@example.com", "order_cart", 1}, {"Ada@Example.com", "order_import", 1}, {" Ada@Example.com\n", "order_import", 1},
		{"ADA@EXAMPLE.COM", "order_cart", 2}, {"É@example.com", "order_e", 1}, {"bob@example.com", "", 1}, {"Bob@example.com", "", 2},
	} {
		sent = nil
		var resp Response
		params := ListOrdersParams{Email: &test.email}
		page, err := c.ListOrders(t.Context(), &params, WithResponse(&resp))
		wantOK(t, err)
		got := ""
		if len(page.Orders) > 0 {
			got = page.Orders[0].ID
		}
		if got != test.want || len(sent) != test.requests || resp.Attempts != test.requests || params.Email != &test.email {
			t.Errorf("%q finds %q by %q, %d attempts", test.email, got, sent, resp.Attempts)
		}
		ids, err := collect(t.Context(), c, &params)
		if wantOK(t, err); strings.Join(ids, " ") != test.want {
			t.Errorf("Orders of %q finds %q", test.email, ids)
		}
	}
}
