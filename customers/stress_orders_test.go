package customers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
)

// storedOrder is an order as the database has it, with microseconds.
type storedOrder struct {
	id      string
	created time.Time
	status  OrderStatus
}

// orderBook lists orders as the backend does, while they change. Orders of one time come in an order that differs from
// query to query, and the count is a query of its own.
type orderBook struct {
	rand    *rand.Rand
	orders  []storedOrder
	queries []url.Values
	between func() // called before each query, of the count and of the page
	maxPage int    // the cap of a proxy on a page; 0: none
	precise bool   // times in a query have microseconds
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
	var orders []string
	for _, o := range found {
		created := o.created.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
		orders = append(orders, fmt.Sprintf(`{"id":%q,"created_at":%q,"status":%q}`, o.id, created, o.status))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, pageBody(count, orders...))
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

// ranges returns a function that reports whether a time is in the range of a query.
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

// newBook makes an orderBook of n orders, one a second.
func newBook(n int) *orderBook {
	b := &orderBook{rand: rand.New(rand.NewPCG(7, 7))}
	for i := range n {
		b.orders = append(b.orders, storedOrder{fmt.Sprintf("order_%d", i), firstOrder.Add(time.Duration(i) * time.Second), OrderStatusPending})
	}
	return b
}

// Each schedule is a shop where orders are placed, changed and deleted while a customer pages through them.
func TestOrdersComeExactlyOnceWhileOrdersChange(t *testing.T) {
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
	// Few milliseconds or many, with few microseconds or many in each, make ties of all sizes.
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

	must := map[string]bool{} // the orders that match all the time
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
		case 0: // an order is placed, after all others or in the same instant
			add(firstOrder.Add(time.Duration(milliseconds)*time.Millisecond+time.Duration(r.IntN(3))*time.Microsecond), statuses[r.IntN(2)])
		case 1, 2: // an order begins or ceases to match
			if len(b.orders) > 0 {
				i := r.IntN(len(b.orders))
				b.orders[i].status = statuses[r.IntN(3)]
				if len(params.Status) > 0 && b.orders[i].status != OrderStatusPending {
					delete(must, b.orders[i].id)
				}
			}
		case 3: // an order is deleted
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

// dereference returns the params as text, without pointers.
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

// Pages that were iterated over can be collected, however many there are.
func TestOrdersHoldsTwoPagesAtMost(t *testing.T) {
	const each = 2 * ordersPerPage // no two are of one page
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

func TestPageThatIsCappedOnTheWay(t *testing.T) {
	// Orders of different times are still found.
	b := newBook(40)
	b.maxPage = 7
	ids, err := collect(t.Context(), b.client(t), nil)
	wantOK(t, err)
	if len(ids) != 40 || len(b.queries) > 10 {
		t.Errorf("%d orders in %d requests", len(ids), len(b.queries))
	}
	// Orders in a tie larger than the cap are not, except by luck.
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

// If a cache or a proxy changes the query, the iteration ends all the same, and no order comes twice.
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
			var list []string
			for _, n := range orders {
				list = append(list, fmt.Sprintf(`{"id":"order_%d","created_at":%q}`, n, firstOrder.Add(time.Duration(n)*time.Second).Format(time.RFC3339)))
			}
			respondJSON(w, 200, pageBody(count, list...))
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
		rec := httptest.NewRecorder()
		b.ServeHTTP(rec, r)
		var page map[string]any
		_ = json.Unmarshal(rec.Body.Bytes(), &page)
		page["count"] = len(page["orders"].([]any)) + extra //nolint:errcheck,forcetypeassert // as made above
		extra = 0                                           // an order was deleted between the two queries of the first page
		out, _ := json.Marshal(page)
		respondJSON(w, 200, string(out))
	})).WithSession(sessionOf("v"))
	ids, err := collect(t.Context(), c, nil)
	wantOK(t, err)
	if len(ids) != 20 {
		t.Errorf("%d orders", len(ids))
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

// The iteration yields an odd order's error once, also where the order is the last of a page, and goes on.
func TestOrdersGoesOnAfterAnOddOrder(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 50} {
		for _, odd := range [][]int{{0}, {4}, {1, 2}, {0, 1, 2, 3, 4}} {
			b := newBook(5)
			for _, i := range odd {
				b.orders[i].status = "odd"
			}
			c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				b.ServeHTTP(rec, r)
				respondJSON(w, 200, strings.ReplaceAll(rec.Body.String(), `"odd"`, `7`))
			})).WithSession(sessionOf("v"))
			seen := map[string]int{}
			for order, err := range c.Orders(t.Context(), &ListOrdersParams{Limit: &size}) {
				if order != nil {
					seen[order.ID]++
					continue
				}
				e, ok := errors.AsType[*DecodeError](err)
				if !ok || !errors.Is(err, ErrUnexpectedResponse) || !strings.HasSuffix(e.Path, "].status") {
					t.Fatalf("pages of %d: %v", size, err)
				}
				seen[e.OrderID]++
			}
			if fmt.Sprint(seen) != "map[order_0:1 order_1:1 order_2:1 order_3:1 order_4:1]" {
				t.Errorf("pages of %d, %v odd: %v", size, odd, seen)
			}
		}
	}
}
