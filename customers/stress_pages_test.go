package customers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

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
	f := serve(t, respondWith(200, "application/json", pageBody(0)))
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
							rec := httptest.NewRecorder()
							b.ServeHTTP(rec, r)
							var page pageJSON
							_ = json.Unmarshal(rec.Body.Bytes(), &page)
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
			respondJSON(w, 200, pageBody(0))
			return
		}
		respondJSON(w, 200, pageBody(1, `{"id":"`+id+`","created_at":"2024-01-02T03:04:05.678Z"}`))
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
