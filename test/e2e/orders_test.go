package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// placed describes an order that a test inserts into the database.
type placed struct {
	at     time.Time // to the microsecond
	status customers.OrderStatus
	email  string
	shipTo string // the first name of the shipping address; "" is no address
}

var placedOrders atomic.Int64

// place inserts an order of the customer and returns its id.
func place(t *testing.T, customer account, o placed) string {
	t.Helper()
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.status == "" {
		o.status = customers.OrderStatusPending
	}
	if o.email == "" {
		o.email = customer.Email
	}
	id := fmt.Sprintf("order_%x_%06d", began, placedOrders.Add(1))
	region := shared.Regions["us"]
	var address *string
	if o.shipTo != "" {
		address = new("addr_" + id)
		if _, err := db.Exec(t.Context(), `INSERT INTO address (id, first_name) VALUES ($1, $2)`, address, o.shipTo); err != nil {
			t.Fatal(err)
		}
	}
	_, err = db.Exec(t.Context(), `INSERT INTO "order" (id, status, customer_id, email, region_id, currency_code, shipping_address_id, created_at, updated_at)
		VALUES ($1, $2::text::order_status_enum, $3, $4, $5, $6, $7, $8, $8)`,
		id, string(o.status), customer.ID, o.email, region.ID, region.CurrencyCode, address, o.at)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// placeSome inserts n orders, a minute apart, the oldest first.
func placeSome(t *testing.T, customer account, n int) []string {
	t.Helper()
	var ids []string
	for i := range n {
		ids = append(ids, place(t, customer, placed{at: noon.Add(time.Duration(i) * time.Minute)}))
	}
	return ids
}

var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

// setStatus changes an order as an administrator would.
func setStatus(t *testing.T, id string, status customers.OrderStatus) {
	t.Helper()
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `UPDATE "order" SET status = $2::text::order_status_enum WHERE id = $1`, id, string(status)); err != nil {
		t.Fatal(err)
	}
}

// selectIDs returns the ids of a customer's orders for which the condition holds, newest first.
func selectIDs(t *testing.T, customerID, condition string, args ...any) []string {
	t.Helper()
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), `SELECT id FROM "order" AS o WHERE customer_id = $1 AND `+condition+` ORDER BY created_at DESC`, append([]any{customerID}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	ids := []string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// walk iterates to the end, calls each with every order and returns the ids in their order.
func walk(t *testing.T, c *customers.Client, params *customers.ListOrdersParams, each func(*customers.Order)) []string {
	t.Helper()
	var ids []string
	last := time.Time{}
	for order, err := range c.Orders(t.Context(), params) {
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) > 0 && order.CreatedAt.After(last) {
			t.Errorf("order %d is newer than the one before", len(ids))
		}
		last = order.CreatedAt
		ids = append(ids, order.ID)
		if each != nil {
			each(order)
		}
	}
	return ids
}

// sameOrders compares sets of ids. walk has checked the sequence.
func sameOrders(t *testing.T, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%d orders %v, want %d %v", len(got), got, len(want), want)
	}
}

// pageSizes are the limits that tests use; 0 is no limit.
var pageSizes = []int{1, 2, 3, 7, 50, 0}

func TestOrdersYieldsEachOrderOnceNewestFirst(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"orders", "login", "ties", "empty"} {
		c, who := login(t, key), seeded(t, key)
		want := selectIDs(t, who.ID, "TRUE")
		if len(want) != who.Orders {
			t.Fatalf("%s has %d orders, seeded were %d", key, len(want), who.Orders)
		}
		for _, size := range pageSizes {
			t.Run(fmt.Sprintf("%s by %d", key, size), func(t *testing.T) {
				t.Parallel()
				// Relations do not matter here.
				got := walk(t, c, &customers.ListOrdersParams{Limit: new(size), Fields: []string{"id"}}, nil)
				sameOrders(t, got, want)
				if key != "ties" && !slices.Equal(got, want) {
					t.Errorf("not in the sequence of their times: %v, want %v", got, want)
				}
			})
		}
	}
}

func TestOrdersWithinOneMillisecond(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	var want []string
	add := func(at time.Time) { want = append(want, place(t, who, placed{at: at})) }
	for i := range 15 {
		add(noon)                                                // one time to the microsecond
		add(noon.Add(time.Duration(i+1) * 7 * time.Microsecond)) // the same millisecond
	}
	for i := range 3 {
		add(noon.Add(time.Duration(i+1) * time.Millisecond))
		add(noon.Add(-time.Duration(i+1) * time.Millisecond))
		add(noon.Add(-time.Microsecond * time.Duration(i+1))) // the millisecond before, to its end
	}
	for _, size := range pageSizes {
		t.Run(fmt.Sprint("by ", size), func(t *testing.T) {
			t.Parallel()
			sameOrders(t, walk(t, c, &customers.ListOrdersParams{Limit: new(size)}, nil), want)
		})
	}
}

func TestOrdersWithFilters(t *testing.T) {
	t.Parallel()
	c, who := login(t, "orders"), seeded(t, "orders")
	from, to := noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 60)
	for _, test := range []struct {
		name   string
		params customers.ListOrdersParams
		where  string
		args   []any
	}{
		{"status", customers.ListOrdersParams{Status: []customers.OrderStatus{"completed", "canceled", "archived"}}, "status IN ('completed', 'canceled', 'archived')", nil},
		{"created between", customers.ListOrdersParams{CreatedAt: &customers.TimeRange{GTE: &from, LT: &to}}, "date_trunc('milliseconds', created_at) >= $2 AND date_trunc('milliseconds', created_at) < $3", []any{from, to}},
		{"created until", customers.ListOrdersParams{CreatedAt: &customers.TimeRange{LTE: &from}}, "date_trunc('milliseconds', created_at) <= $2", []any{from}},
		{"payment and region", customers.ListOrdersParams{PaymentStatus: []customers.PaymentStatus{"captured"}, RegionID: new(shared.Regions["eu"].ID)},
			"payment_status = 'captured' AND region_id = $2", []any{shared.Regions["eu"].ID}},
		{"nothing matches", customers.ListOrdersParams{CurrencyCode: new("jpy")}, "currency_code = 'jpy'", nil},
	} {
		for _, size := range []int{1, 3, 50} {
			t.Run(fmt.Sprintf("%s by %d", test.name, size), func(t *testing.T) {
				t.Parallel()
				want := selectIDs(t, who.ID, test.where, test.args...)
				if len(want) == who.Orders || len(want) == 0 && test.name != "nothing matches" {
					t.Fatalf("the filter selects %d of %d orders: it proves nothing", len(want), who.Orders)
				}
				params := test.params
				params.Limit, params.Fields = new(size), []string{"id"}
				if got := walk(t, c, &params, nil); !slices.Equal(got, want) {
					t.Errorf("%v, want %v", got, want)
				}
			})
		}
	}
}

// byOffset pages by offset. Tests use it to show that their changes shift the list.
func byOffset(t *testing.T, c *customers.Client, params customers.ListOrdersParams, each func(*customers.Order)) []string {
	t.Helper()
	var ids []string
	for {
		params.Offset = new(len(ids))
		page, err := c.ListOrders(t.Context(), &params)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Orders) == 0 {
			return ids
		}
		for i := range page.Orders {
			ids = append(ids, page.Orders[i].ID)
			each(&page.Orders[i])
		}
	}
}

func TestOrdersWhileOrdersArePlaced(t *testing.T) {
	t.Parallel()
	const existing = 12
	// placing returns a function that places a newer order for each order, some of them in the millisecond that is being read.
	placing := func(t *testing.T, who account) func(*customers.Order) {
		t.Helper()
		n := 0
		return func(o *customers.Order) {
			if n++; n > existing {
				return // or byOffset would not end
			}
			at := noon.Add(time.Duration(n) * time.Hour)
			if n%3 == 0 {
				at = o.CreatedAt.Add(999 * time.Microsecond)
			}
			place(t, who, placed{at: at})
		}
	}
	for _, size := range []int{1, 2, 3, 7, 50} {
		t.Run(fmt.Sprint("by ", size), func(t *testing.T) {
			t.Parallel()
			c, who := newCustomer(t)
			before := placeSome(t, who, existing)
			got := walk(t, c, &customers.ListOrdersParams{Limit: new(size), Fields: []string{"id"}}, placing(t, who))
			if len(got) != len(unique(got)) {
				t.Errorf("some came twice: %v", got)
			}
			for _, id := range before {
				if !slices.Contains(got, id) {
					t.Errorf("%s did not come, which existed before", id)
				}
			}
		})
	}
	t.Run("an offset repeats", func(t *testing.T) {
		c, who := newCustomer(t)
		placeSome(t, who, existing)
		got := byOffset(t, c, customers.ListOrdersParams{Limit: new(3), Fields: []string{"id"}}, placing(t, who))
		if len(got) == len(unique(got)) {
			t.Error("the orders that are placed meanwhile do not shift the list: this test proves nothing")
		}
	})
}

func unique(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

func TestOrdersWhileOrdersLeaveTheFilter(t *testing.T) {
	t.Parallel()
	const existing = 12
	pending := func(size int) customers.ListOrdersParams {
		return customers.ListOrdersParams{Limit: new(size), Fields: []string{"id"}, Status: []customers.OrderStatus{customers.OrderStatusPending}}
	}
	complete := func(t *testing.T) func(*customers.Order) {
		t.Helper()
		return func(o *customers.Order) { setStatus(t, o.ID, customers.OrderStatusCompleted) }
	}
	for _, size := range []int{1, 2, 3, 7, 50} {
		for _, tie := range []bool{false, true} {
			t.Run(fmt.Sprintf("by %d, tie %t", size, tie), func(t *testing.T) {
				t.Parallel()
				c, who := newCustomer(t)
				var want []string
				if tie {
					for range existing {
						want = append(want, place(t, who, placed{at: noon}))
					}
				} else {
					want = placeSome(t, who, existing)
				}
				place(t, who, placed{at: noon, status: customers.OrderStatusArchived}) // never one of them
				params := pending(size)
				sameOrders(t, walk(t, c, &params, complete(t)), want)
			})
		}
	}
	t.Run("an order that left before its page was read does not come", func(t *testing.T) {
		c, who := newCustomer(t)
		ids := placeSome(t, who, 3)
		params := pending(1)
		first := true
		got := walk(t, c, &params, func(*customers.Order) {
			if first {
				setStatus(t, ids[1], customers.OrderStatusCanceled)
			}
			first = false
		})
		if want := []string{ids[2], ids[0]}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
	t.Run("an offset skips", func(t *testing.T) {
		c, who := newCustomer(t)
		placeSome(t, who, existing)
		if got := byOffset(t, c, pending(3), complete(t)); len(got) == existing {
			t.Error("the orders that leave the filter do not shift the list: this test proves nothing")
		}
	})
}

// counting counts requests on their way to the shared backend.
func counting(n *atomic.Int64) customers.Option {
	next := httpClient(shared).Transport
	return customers.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
		n.Add(1)
		return next.RoundTrip(req)
	})})
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestOrdersStops(t *testing.T) {
	var requests atomic.Int64
	c, who := newCustomer(t, counting(&requests))
	placeSome(t, who, 6)
	params := &customers.ListOrdersParams{Limit: new(2)}

	t.Run("with a break", func(t *testing.T) {
		requests.Store(0)
		for _, err := range c.Orders(t.Context(), params) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if n := requests.Load(); n != 1 {
			t.Errorf("%d requests for the first order, want 1", n)
		}
	})

	// collect ranges to the end, also over errors.
	collect := func(ctx context.Context, each func(n int)) (orders int, errs []error) {
		for order, err := range c.Orders(ctx, params) {
			if err != nil {
				if order != nil {
					t.Error("an order beside an error")
				}
				errs = append(errs, err)
				continue
			}
			orders++
			each(orders)
		}
		return orders, errs
	}

	t.Run("with the context, in the middle of a page", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		requests.Store(0)
		n, errs := collect(ctx, func(n int) {
			if n == 3 {
				cancel()
			}
		})
		if n != 3 || len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
			t.Errorf("%d orders, errors %v, want 3 and one context.Canceled", n, errs)
		}
		if got := requests.Load(); got != 2 {
			t.Errorf("%d requests, want 2", got)
		}
	})

	t.Run("after one error of the backend", func(t *testing.T) {
		session, err := customers.DecodeSession(c.Session().Encode())
		if err != nil {
			t.Fatal(err)
		}
		n, errs := collect(t.Context(), func(n int) {
			if n != 2 {
				return
			}
			// Another client with the same session logs out.
			if err := c.WithSession(session).Auth.DeleteSession(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if n != 2 || len(errs) != 1 || !errors.Is(errs[0], customers.ErrUnauthenticated) {
			t.Errorf("%d orders, errors %v, want 2 and one ErrUnauthenticated", n, errs)
		}
	})
}

func TestOrderFiltersSelectAsSQLDoes(t *testing.T) {
	t.Parallel()
	c, who := login(t, "orders"), seeded(t, "orders")
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The filters have the values of one order.
	var some struct {
		id, cart, region string
		displayID        int
		created, updated time.Time
		canceled         time.Time
	}
	if err := db.QueryRow(t.Context(), `SELECT id, cart_id, region_id, display_id, created_at, updated_at FROM "order"
		WHERE customer_id = $1 AND cart_id IS NOT NULL AND currency_code = 'eur' ORDER BY created_at OFFSET 5 LIMIT 1`, who.ID).
		Scan(&some.id, &some.cart, &some.region, &some.displayID, &some.created, &some.updated); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), `SELECT min(canceled_at) FROM "order" WHERE customer_id = $1`, who.ID).Scan(&some.canceled); err != nil {
		t.Fatal(err)
	}
	// JavaScript's dates have no microseconds.
	ms := func(at time.Time) *time.Time { return new(at.UTC().Truncate(time.Millisecond)) }
	created, updated, canceled := ms(some.created), ms(some.updated), ms(some.canceled)
	later := ms(some.created.AddDate(0, 0, 20))
	copenhagen := new(created.In(time.FixedZone("", 3600)))

	type params = customers.ListOrdersParams
	type dates = customers.TimeRange
	for _, test := range []struct {
		name   string
		params params
		where  string
		args   []any
	}{
		{"q is a display id", params{Q: new(fmt.Sprint(some.displayID))}, "display_id::text LIKE '%' || $2 || '%' AND shipping_address_id IS NOT NULL", []any{fmt.Sprint(some.displayID)}},
		{"id", params{ID: &some.id}, "id = $2", []any{some.id}},
		{"one status", params{Status: []customers.OrderStatus{customers.OrderStatusArchived}}, "status = 'archived'", nil},
		{"several statuses", params{Status: []customers.OrderStatus{customers.OrderStatusArchived, customers.OrderStatusCanceled}}, "status IN ('archived', 'canceled')", nil},
		{"fulfillment status", params{FulfillmentStatus: []customers.FulfillmentStatus{customers.FulfillmentStatusShipped, customers.FulfillmentStatusCanceled}},
			"fulfillment_status IN ('shipped', 'canceled')", nil},
		{"payment status", params{PaymentStatus: []customers.PaymentStatus{customers.PaymentStatusRefunded, customers.PaymentStatusPartiallyRefunded}},
			"payment_status IN ('refunded', 'partially_refunded')", nil},
		{"display id", params{DisplayID: &some.displayID}, "display_id = $2", []any{some.displayID}},
		{"cart", params{CartID: &some.cart}, "cart_id = $2", []any{some.cart}},
		{"region", params{RegionID: &some.region}, "region_id = $2", []any{some.region}},
		{"currency", params{CurrencyCode: new("dkk")}, "currency_code = 'dkk'", nil},
		{"tax rate", params{TaxRate: new(25.0)}, "tax_rate = 25", nil},
		{"created after", params{CreatedAt: &dates{GT: created}}, "date_trunc('milliseconds', created_at) > $2", []any{created}},
		{"created at or after", params{CreatedAt: &dates{GTE: created}}, "date_trunc('milliseconds', created_at) >= $2", []any{created}},
		{"created before", params{CreatedAt: &dates{LT: created}}, "date_trunc('milliseconds', created_at) < $2", []any{created}},
		{"created at or before", params{CreatedAt: &dates{LTE: created}}, "date_trunc('milliseconds', created_at) <= $2", []any{created}},
		{"created in a range", params{CreatedAt: &dates{GT: created, LTE: later}}, "date_trunc('milliseconds', created_at) > $2 AND date_trunc('milliseconds', created_at) <= $3", []any{created, later}},
		{"created after a time of another zone", params{CreatedAt: &dates{GT: copenhagen}}, "date_trunc('milliseconds', created_at) > $2", []any{created}},
		{"updated after", params{UpdatedAt: &dates{GT: updated}}, "date_trunc('milliseconds', updated_at) > $2", []any{updated}},
		{"updated at or before", params{UpdatedAt: &dates{LTE: updated}}, "date_trunc('milliseconds', updated_at) <= $2", []any{updated}},
		{"cancelled at or after", params{CanceledAt: &dates{GTE: canceled}}, "date_trunc('milliseconds', canceled_at) >= $2", []any{canceled}},
		{"cancelled before", params{CanceledAt: &dates{LT: ms(some.canceled.Add(time.Second))}}, "date_trunc('milliseconds', canceled_at) < $2", []any{ms(some.canceled.Add(time.Second))}},
		{"all that are set hold", params{Status: []customers.OrderStatus{customers.OrderStatusPending}, CurrencyCode: new("eur"), CreatedAt: &dates{LT: later}},
			"status = 'pending' AND currency_code = 'eur' AND date_trunc('milliseconds', created_at) < $2", []any{later}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := selectIDs(t, who.ID, test.where, test.args...)
			if len(want) == 0 || len(want) == who.Orders {
				t.Fatalf("SQL selects %d of %d orders: that proves nothing", len(want), who.Orders)
			}
			test.params.Limit, test.params.Fields = new(0), []string{"id"}
			page, err := c.ListOrders(t.Context(), &test.params)
			if err != nil {
				t.Fatal(err)
			}
			if got := idsOf(page.Orders); !slices.Equal(got, want) {
				t.Errorf("%d orders %v, want %d %v", len(got), got, len(want), want)
			}
			if page.Count != len(want) {
				t.Errorf("count %d, want %d", page.Count, len(want))
			}
		})
	}
}

func idsOf(orders []customers.Order) []string {
	ids := []string{}
	for i := range orders {
		ids = append(ids, orders[i].ID)
	}
	return ids
}

func TestOrderFilterEmail(t *testing.T) {
	c, who := newCustomer(t)
	own := place(t, who, placed{at: noon})
	other := place(t, who, placed{at: noon.Add(time.Minute), email: "once." + who.Email})
	for _, test := range []struct {
		name, email string
		want        []string
	}{
		{"the account's", who.Email, []string{own}},
		{"another one", "once." + who.Email, []string{other}},
		{"in upper case", "ONCE." + who.Email, []string{other}}, // the client lower-cases it, as the backend would find nothing
		{"unknown", "never." + who.Email, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Email: &test.email})
			if err != nil {
				t.Fatal(err)
			}
			if got := idsOf(page.Orders); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// TestOrderFilterQ checks which columns q searches.
func TestOrderFilterQ(t *testing.T) {
	c, who := newCustomer(t) // with the name Test Customer
	byName := place(t, who, placed{at: noon, shipTo: "Zebra"})
	byEmail := place(t, who, placed{at: noon.Add(time.Minute), shipTo: "Other", email: "zebra@example.com"})
	place(t, who, placed{at: noon.Add(2 * time.Minute), email: "zebra@example.com"}) // q never finds an order without a shipping address
	neither := place(t, who, placed{at: noon.Add(3 * time.Minute), shipTo: "Other"})
	type params = customers.ListOrdersParams
	for _, test := range []struct {
		name   string
		params params
		want   []string
	}{
		{"shipping name or email, in any case", params{Q: new("zEBRa")}, []string{byEmail, byName}},
		{"the customer's first name", params{Q: new("test")}, []string{neither, byEmail, byName}},
		{"the customer's last name", params{Q: new("ustome")}, []string{neither, byEmail, byName}},
		{"nothing", params{Q: new("giraffe")}, []string{}},
		{"beside another filter", params{Q: new("zebra"), ID: &byName}, []string{byName}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, err := c.ListOrders(t.Context(), &test.params)
			if err != nil {
				t.Fatal(err)
			}
			if got := idsOf(page.Orders); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// TestOrderFilterQUndoesOthers checks that the backend ignores these filters beside q, which is why the client refuses them.
func TestOrderFilterQUndoesOthers(t *testing.T) {
	c, who := newCustomer(t)
	found := place(t, who, placed{at: noon, shipTo: "Zebra"})
	token, err := c.Auth.GetToken(t.Context(), who.Email, who.Password)
	if err != nil {
		t.Fatal(err)
	}
	for name, params := range map[string]customers.ListOrdersParams{
		"email":      {Q: new("zebra"), Email: new("nobody@example.com")},
		"display id": {Q: new("zebra"), DisplayID: new(0)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.ListOrders(t.Context(), &params); !errors.Is(err, customers.ErrInvalidInput) {
				t.Errorf("the client: %v, want a refusal", err)
			}
			req, err := api.NewListOrdersRequest(shared.URL+"/", &params)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := httpClient(shared).Do(req.WithContext(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var page customers.OrderPage
			if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
				t.Fatal(err)
			}
			if got := idsOf(page.Orders); !slices.Equal(got, []string{found}) {
				t.Errorf("the backend: %v, want %v", got, []string{found})
			}
		})
	}
}

func TestOrderPages(t *testing.T) {
	c, who := login(t, "orders"), seeded(t, "orders")
	all := selectIDs(t, who.ID, "TRUE")
	for _, test := range []struct {
		name          string
		limit, offset *int
		want          []string
		echoed        [2]int // limit and offset in the response
	}{
		{"by default", nil, nil, all[:10], [2]int{10, 0}},
		{"limit", new(3), nil, all[:3], [2]int{3, 0}},
		{"offset", nil, new(5), all[5:15], [2]int{10, 5}},
		{"both", new(4), new(7), all[7:11], [2]int{4, 7}},
		{"no limit", new(0), nil, all, [2]int{0, 0}},
		{"no limit, from an offset on", new(0), new(9), all[9:], [2]int{0, 9}},
		{"the end", new(10), new(len(all) - 2), all[len(all)-2:], [2]int{10, len(all) - 2}},
		{"past the end", new(10), new(len(all)), []string{}, [2]int{10, len(all)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: test.limit, Offset: test.offset})
			if err != nil {
				t.Fatal(err)
			}
			if got := idsOf(page.Orders); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			if page.Count != len(all) || page.Limit != test.echoed[0] || page.Offset != test.echoed[1] {
				t.Errorf("count %d, limit %d, offset %d, want %d, %v", page.Count, page.Limit, page.Offset, len(all), test.echoed)
			}
		})
	}
}

func TestOrderFieldsAndExpand(t *testing.T) {
	t.Parallel()
	c := login(t, "orders")
	list := func(p customers.ListOrdersParams) *customers.Order {
		t.Helper()
		p.ID = new(shared.Orders["returned"])
		page, err := c.ListOrders(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Orders) != 1 {
			t.Fatalf("%d orders", len(page.Orders))
		}
		return &page.Orders[0]
	}
	usual := list(customers.ListOrdersParams{})
	if usual.Email == "" || usual.Total == 0 || usual.Customer == nil || usual.Returns != nil || usual.UpdatedAt != nil {
		t.Error("by default there are email, total and customer, and neither returns nor updated_at")
	}
	if o := list(customers.ListOrdersParams{Fields: []string{"updated_at", "total"}}); o.UpdatedAt == nil || o.Total != usual.Total || o.Email != "" || o.Subtotal != 0 {
		t.Error("fields replaces the usual ones, and naming one total leaves out the others")
	}
	if o := list(customers.ListOrdersParams{Fields: []string{"+updated_at", "-email"}}); o.UpdatedAt == nil || o.Email != "" || o.DisplayID != usual.DisplayID {
		t.Error("with signs, fields adds to the usual ones and takes from them")
	}
	if o := list(customers.ListOrdersParams{Expand: []string{"returns", "returns.shipping_method"}}); len(o.Returns) == 0 || o.Customer != nil || o.Email == "" {
		t.Error("expand replaces the usual relations and leaves the fields alone")
	}
}
