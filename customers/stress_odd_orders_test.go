package customers

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// oddBook is a book whose orders of the given statuses are odd: "odd" has a status that is no text, "noid" has no id, and
// "undated" has a time that can't be read.
func oddBook(t *testing.T, b *orderBook) *Client {
	t.Helper()
	return mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
		if len(b.queries) > 3000 {
			panic("endless")
		}
		rec := httptest.NewRecorder()
		b.ServeHTTP(rec, r)
		body := rec.Body.String()
		body = strings.ReplaceAll(body, `"odd"`, `7`)
		for _, o := range b.orders {
			id := strings.Index(body, `"id":"`+o.id+`"`)
			if id < 0 {
				continue
			}
			switch o.status { //nolint:exhaustive // these two are the test's own
			case "noid":
				body = strings.Replace(body, `"id":"`+o.id+`"`, `"id":7`, 1)
			case "undated":
				at := strings.LastIndex(body[:id], `"created_at":"2024`)
				body = body[:at] + `"created_at":"x2024` + body[at+len(`"created_at":"2024`):]
			}
		}
		respondJSON(w, 200, body)
	})).WithSession(sessionOf("v"))
}

func TestOddOrdersAtEachPlace(t *testing.T) {
	for _, kind := range []OrderStatus{"odd", "noid", "undated"} {
		for _, tie := range []int{1, 3, 7} {
			for _, size := range []int{0, 1, 3, 50} {
				for mask := range 1 << 7 {
					b := newBook(7)
					want := map[string]bool{}
					odd := 0
					for i := range b.orders {
						b.orders[i].created = firstOrder.Add(time.Duration(i/tie)*time.Second + time.Duration(i)*time.Microsecond)
						if mask>>i&1 == 1 {
							b.orders[i].status = kind
							odd++
						} else {
							want[b.orders[i].id] = true
						}
					}
					got, errs := map[string]int{}, 0
					for order, err := range oddBook(t, b).Orders(t.Context(), &ListOrdersParams{Limit: &size}) {
						switch {
						case order != nil:
							got[order.ID]++
						case errors.Is(err, ErrUnexpectedResponse):
							if _, ok := errors.AsType[*DecodeError](err); !ok {
								t.Fatalf("%s, ties of %d, pages of %d, %b: %v", kind, tie, size, mask, err)
							}
							errs++
						default:
							t.Fatal(err)
						}
					}
					for id := range want {
						if got[id] != 1 {
							t.Fatalf("%s, ties of %d, pages of %d, %07b: %s came %d times, in %d requests", kind, tie, size, mask, id, got[id], len(b.queries))
						}
					}
					if len(got) != len(want) || errs != odd {
						t.Errorf("%s, ties of %d, pages of %d, %07b: %d of %d orders, %d errors of %d", kind, tie, size, mask, len(got), len(want), errs, odd)
						return
					}
				}
			}
		}
	}
}

// A shop where a plugin made all orders odd, or every other one, costs a request a page.
func TestManyOddOrders(t *testing.T) {
	for _, every := range []int{1, 2, 10} {
		b := newBook(2500)
		odd := 0
		for i := range b.orders {
			if i%every == 0 {
				b.orders[i].status = "odd"
				odd++
			}
		}
		good, errs := 0, 0
		for order, err := range oddBook(t, b).Orders(t.Context(), nil) {
			if order != nil {
				good++
			} else if _, ok := errors.AsType[*DecodeError](err); ok {
				errs++
				if strings.Contains(err.Error(), "too many") {
					t.Fatalf("every %d: after %d and %d: %v", every, good, errs, err)
				}
			} else {
				t.Fatal(err)
			}
		}
		if good != len(b.orders)-odd || errs != odd || len(b.queries) > 110 {
			t.Errorf("every %d: %d good, %d of %d odd, %d requests", every, good, errs, odd, len(b.queries))
		}
	}
}

func TestListOrdersWithOddOrders(t *testing.T) {
	for mask := range 1 << 4 {
		b := newBook(4)
		odd := 0
		for i := range b.orders {
			if mask>>i&1 == 1 {
				b.orders[i].status = "odd"
				odd++
			}
		}
		page, err := oddBook(t, b).ListOrders(t.Context(), nil)
		if page == nil || page.Count != 4 || len(page.Orders) != 4-odd || (err != nil) != (odd > 0) {
			t.Fatalf("%04b: %v, %v", mask, page, err)
		}
		if err == nil {
			continue
		}
		all, ok := errors.AsType[*OrdersError](err)
		first, ok2 := errors.AsType[*DecodeError](err)
		e := wantError(t, err, ErrUnexpectedResponse)
		if !ok || !ok2 || len(all.Orders) != odd || first != all.Orders[0] || e.StatusCode != http.StatusOK || e.Operation != OperationListOrders || !strings.Contains(err.Error(), first.OrderID) {
			t.Errorf("%04b: %v", mask, err)
		}
	}
}

// With few fields, an order's JSON is much smaller than its model.
func TestListOrdersOfFewFields(t *testing.T) {
	for _, n := range []int{33, 50, 100, 1000} {
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
			var list []string
			for i := range n {
				list = append(list, fmt.Sprintf(`{"id":"order_01GTA9K8Z3XKZP4X6Q5Z8%05d","created_at":"2023-05-01T10:00:00.000Z","object":"order","tax_rate":null}`, i))
			}
			respondJSON(w, 200, fmt.Sprintf(`{"orders":[%s],"count":%d,"offset":0,"limit":%d}`, strings.Join(list, ","), n, n))
		})).WithSession(sessionOf("v"))
		page, err := c.ListOrders(t.Context(), &ListOrdersParams{Fields: []string{"id"}, Expand: []string{"region"}, Limit: &n})
		if err != nil || len(page.Orders) != n {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestWithOrdersOddAndNull(t *testing.T) {
	good, odd := whole[OrderRecord](`{"id":"order_1","created_at":"2024-01-01T00:00:00.000Z"}`), whole[OrderRecord](`{"id":"order_2","created_at":"2024-01-01T00:00:00.000Z","display_id":"x"}`)
	for orders, want := range map[string][2]int{
		"[]": {0, 0}, "[" + good + "]": {1, 0}, "[" + odd + "]": {0, 1}, "[" + odd + "," + good + "," + odd + "]": {1, 2}, "[null," + good + "]": {1, 1},
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=s1; Path=/")
			respondJSON(w, 200, customerBody(`{"id":"cus_1","email":"user@example.com","orders":`+orders+`}`))
		})).WithSession(new(Session))
		me, err := c.Auth.Authenticate(t.Context(), testEmail, testPassword, WithOrders())
		if me == nil || me.ID != "cus_1" || len(me.Orders) != want[0] || len(oddOrders(err)) != want[1] || (err != nil) != (want[1] > 0) {
			t.Errorf("%.40s: %v, %v", orders, me != nil, err)
		}
		if _, err := c.Auth.Authenticate(t.Context(), testEmail, testPassword); err != nil {
			t.Errorf("%.40s: %v", orders, err)
		}
	}
}
