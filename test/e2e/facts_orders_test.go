//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var orderFacts = []fact{
	{"B33_arrays_are_bracketed_and_the_published_comma_form_is_a_400", bracketedArrays},
	{"B34_dates_are_deep_objects", deepObjectDates},
	{"B35_negative_paging_is_a_500_and_limit_0_is_everything", paging},
	{"B36_some_bad_filters_are_500s", badFilters},
	{"B37_newest_first_and_spelling_matters", newestFirst},
	{"B38_fields_and_expand_replace", fieldsAndExpand},
	{"B39_orders_lack_what_the_published_document_requires", ordersLack},
	{"B40_json_cuts_microseconds", cutMicroseconds},
	{"B40_an_order_placed_while_paging_shifts_the_offsets", shiftedOffsets},
	{"B41_a_page_of_50_orders_is_hundreds_of_kilobytes", pageSize},
	{"B42_an_etag_gives_a_304", etags},
	{"B45_expand_follows_any_path_also_to_other_customers", expandToOthers},
	{"B51_date_filters_compare_microseconds", dateFiltersInMicroseconds},
}

// listRaw lists orders of the seeded customer with orders of every kind.
func listRaw(t *testing.T, cookie, query, deviates string) response {
	t.Helper()
	return raw{method: "GET", path: ordersPath + "?" + query, cookie: cookie, deviates: deviates}.send(t)
}

func rawSeeded(t *testing.T, key string) string {
	t.Helper()
	who := seeded(t, key)
	return rawLogin(t, account{Email: who.Email, Password: who.Password})
}

func count(t *testing.T, orders []customers.Order, match func(*customers.Order) bool) int {
	t.Helper()
	n := 0
	for i := range orders {
		if match(&orders[i]) {
			n++
		}
	}
	if n == 0 || n == len(orders) {
		t.Fatalf("%d of %d seeded orders match: that proves nothing", n, len(orders))
	}
	return n
}

// size describes how many orders a page has, and of how many.
func size(page *customers.OrderPage) string {
	if page == nil {
		return "no page"
	}
	return fmt.Sprintf("%d orders of %d", len(page.Orders), page.Count)
}

func bracketedArrays(t *testing.T) {
	cookie := rawSeeded(t, "orders")
	all := listRaw(t, cookie, "limit=0", "").page(t).Orders
	want := count(t, all, func(o *customers.Order) bool {
		return o.Status == customers.OrderStatusCompleted || o.Status == customers.OrderStatusCanceled
	})
	for query, deviates := range map[string]string{
		"status[]=completed&status[]=canceled":   "",
		"status[0]=completed&status[1]=canceled": "indexes",
		"status=completed&status=canceled":       "no brackets",
		"status[]=completed,canceled":            "a comma, which is taken inside of brackets, if there is one value only",
	} {
		if got := listRaw(t, cookie, query, deviates).page(t).Count; got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	for _, query := range []string{
		"status=completed,canceled", "fulfillment_status=shipped,canceled", "payment_status=captured,refunded",
		"status[]=pending&status[]=completed,canceled", "status[]=", "status[]=nonsense",
	} {
		listRaw(t, cookie, query, "").fails(t, 400, "invalid_data")
	}
	if text := published(t, "api/routes/store/customers/list-orders.js", "@oas [get] /store/customers/me/orders"); !strings.Contains(text, "name: status\n    style: form\n    explode: false\n") {
		t.Error("the published form is another")
	}
	for _, name := range []string{"status[]", "fulfillment_status[]", "payment_status[]"} {
		p := contract(t).orderParameter(t, name)
		if p.Style != "form" || p.Explode == nil || !*p.Explode {
			t.Errorf("the contract has %s as %s, explode %v", name, p.Style, p.Explode)
		}
	}

	s, via := spyOn(shared)
	c := login(t, "orders", via)
	for name, test := range map[string]struct {
		params customers.ListOrdersParams
		match  func(*customers.Order) bool
	}{
		"status": {
			customers.ListOrdersParams{Status: []customers.OrderStatus{customers.OrderStatusCompleted, customers.OrderStatusCanceled}},
			func(o *customers.Order) bool {
				return o.Status == customers.OrderStatusCompleted || o.Status == customers.OrderStatusCanceled
			},
		},
		"fulfillment": {
			customers.ListOrdersParams{FulfillmentStatus: []customers.FulfillmentStatus{customers.FulfillmentStatusNotFulfilled}},
			func(o *customers.Order) bool { return o.FulfillmentStatus == customers.FulfillmentStatusNotFulfilled },
		},
		"payment": {
			customers.ListOrdersParams{PaymentStatus: []customers.PaymentStatus{customers.PaymentStatusCaptured, customers.PaymentStatusRefunded}},
			func(o *customers.Order) bool {
				return o.PaymentStatus == customers.PaymentStatusCaptured || o.PaymentStatus == customers.PaymentStatusRefunded
			},
		},
	} {
		test.params.Limit = new(0)
		page, err := c.ListOrders(t.Context(), &test.params)
		if err != nil || page.Count != count(t, all, test.match) || len(page.Orders) != page.Count {
			t.Errorf("%s: %s, %v", name, size(page), err)
			continue
		}
		for i := range page.Orders {
			if !test.match(&page.Orders[i]) {
				t.Errorf("%s: %s does not match", name, page.Orders[i].ID)
			}
		}
	}
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Status: []customers.OrderStatus{}})
	if err != nil || page.Count != len(all) || strings.Contains(s.last(t).path, "status") {
		t.Errorf("an empty list is sent: %s, %v", s.last(t).path, err)
	}
	_, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{Status: []customers.OrderStatus{"nonsense"}})
	failure{is: customers.ErrInvalidInput, status: 400}.check(t, err)
}

func deepObjectDates(t *testing.T) {
	cookie := rawSeeded(t, "orders")
	all := listRaw(t, cookie, "limit=0", "").page(t).Orders
	middle := all[len(all)/2].CreatedAt.Add(time.Second) // at the very time, microseconds would decide: docs/backend.md, B51
	newer := count(t, all, func(o *customers.Order) bool { return o.CreatedAt.After(middle) })
	const millis = "2006-01-02T15:04:05.000Z07:00"
	east := time.FixedZone("", 3600)
	at := func(zone *time.Location) string { return url.QueryEscape(middle.In(zone).Format(millis)) }
	for query, want := range map[string]int{
		"created_at[gt]=" + at(time.UTC): newer,
		"created_at[gt]=" + at(east):     newer,
		"created_at[lte]=" + at(east):    len(all) - newer,
	} {
		if got := listRaw(t, cookie, query, "").page(t).Count; got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	seconds := fmt.Sprintf("created_at[gt]=%d&created_at[lt]=%d", middle.Unix()+1, time.Now().Unix())
	if got := listRaw(t, cookie, seconds, "unix seconds").page(t).Count; got == 0 || got > newer {
		t.Errorf("%s finds %d of the %d newer ones", seconds, got, newer)
	}
	for _, query := range []string{
		"created_at[gt]=" + middle.In(east).Format(millis), // a raw + is a space
		"gt=" + at(time.UTC), "created_at=" + at(time.UTC), "created_at[gt]=nonsense", "created_at[x]=" + at(time.UTC),
	} {
		listRaw(t, cookie, query, "").fails(t, 400, "invalid_data")
	}
	if text := published(t, "api/routes/store/customers/list-orders.js", "@oas [get] /store/customers/me/orders"); strings.Contains(text, "deepObject") {
		t.Error("the published document has deepObject now")
	}

	c := login(t, "orders")
	for _, name := range []string{"created_at", "updated_at", "canceled_at"} {
		if p := contract(t).orderParameter(t, name); p.Style != "deepObject" {
			t.Errorf("the contract has %s as %s", name, p.Style)
		}
	}
	eastern := middle.In(east)
	got, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{GT: &eastern}})
	if err != nil || got.Count != newer {
		t.Errorf("CreatedAt.GT: %s, %v, want %d", size(got), err, newer)
	}
	from := middle.Add(-time.Second)
	between := count(t, all, func(o *customers.Order) bool { return !o.CreatedAt.Before(from) && !o.CreatedAt.After(middle) })
	got, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{GTE: &from, LTE: &middle}})
	if err != nil || got.Count != between {
		t.Errorf("CreatedAt.GTE and LTE: %s, %v, want %d", size(got), err, between)
	}
	long := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	canceled := count(t, all, func(o *customers.Order) bool { return o.Status == customers.OrderStatusCanceled })
	got, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{CanceledAt: &customers.TimeRange{GT: &long}})
	if err != nil || got.Count != canceled {
		t.Errorf("CanceledAt: %s, %v, want %d", size(got), err, canceled)
	}
	got, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{UpdatedAt: &customers.TimeRange{LT: &long}})
	if err != nil || got.Count != 0 {
		t.Errorf("UpdatedAt: %s, %v, want none", size(got), err)
	}
}

func paging(t *testing.T) {
	seed := seeded(t, "orders")
	cookie := rawSeeded(t, "orders")
	for _, query := range []string{"limit=-1", "offset=-1"} {
		listRaw(t, cookie, query, "").fails(t, 500, "unknown_error")
	}
	if seed.Orders <= 10 {
		t.Fatal("the seed has too few orders")
	}
	for query, want := range map[string]int{"": 10, "limit=0": seed.Orders, "limit=1000000": seed.Orders, "limit=3": 3, "offset=1000": 0} {
		page := listRaw(t, cookie, query, "").page(t)
		if len(page.Orders) != want || page.Count != seed.Orders {
			t.Errorf("%q: %d orders of %d, want %d of %d", query, len(page.Orders), page.Count, want, seed.Orders)
		}
	}
	listRaw(t, cookie, "limit=x", "").fails(t, 400, "invalid_data")

	s, via := spyOn(shared)
	c := login(t, "orders", via)
	s.sendsNothing(t, func() {
		_, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(-1)})
		failure{is: customers.ErrInvalidInput, field: "Limit", operation: "ListOrders"}.check(t, err)
		_, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{Offset: new(-1)})
		failure{is: customers.ErrInvalidInput, field: "Offset", operation: "ListOrders"}.check(t, err)
		for order, err := range c.Orders(t.Context(), &customers.ListOrdersParams{Limit: new(-1)}) {
			failure{is: customers.ErrInvalidInput, field: "Limit", operation: "ListOrders"}.check(t, err)
			if order != nil {
				t.Error("an error comes with an order")
			}
		}
	})
	for limit, want := range map[*int]int{nil: 10, new(0): seed.Orders, new(3): 3} {
		page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: limit})
		if err != nil || len(page.Orders) != want || page.Count != seed.Orders {
			t.Errorf("%s, %v, want %d of %d", size(page), err, want, seed.Orders)
		}
	}
}

func badFilters(t *testing.T) {
	cookie := rawSeeded(t, "orders")
	for _, query := range []string{"q=", "display_id=x", "tax_rate=x", "fields=nonsense", "expand=nonsense", "fields=+metadata"} { // a raw + is a space
		listRaw(t, cookie, query, "").fails(t, 500, "unknown_error")
	}
	s, via := spyOn(shared)
	c := login(t, "orders", via)
	for field, params := range map[string]customers.ListOrdersParams{
		"Fields": {Fields: []string{"nonsense"}},
		"Expand": {Expand: []string{"nonsense"}},
	} {
		_, err := c.ListOrders(t.Context(), &params)
		e := failure{is: customers.ErrInternal, status: 500, kind: "unknown_error"}.of(t, err)
		if e.Code != "unknown_error" {
			t.Errorf("%s: code %q", field, e.Code)
		}
	}
	s.sendsNothing(t, func() {
		_, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Q: new("")})
		failure{is: customers.ErrInvalidInput, field: "Q"}.check(t, err)
	})
}

func newestFirst(t *testing.T) {
	seed := seeded(t, "orders")
	cookie := rawSeeded(t, "orders")
	all := listRaw(t, cookie, "limit=0", "").page(t).Orders
	if !slices.IsSortedFunc(all, func(a, b customers.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
		t.Error("the orders are not sorted by created_at, newest first")
	}
	listRaw(t, cookie, "order=created_at", "").fails(t, 400, "invalid_data")
	usd := count(t, all, func(o *customers.Order) bool { return o.CurrencyCode == "usd" })
	mixed := strings.ToUpper(seed.Email[:1]) + seed.Email[1:]
	for query, want := range map[string]int{
		"currency_code=usd": usd, "currency_code=USD": 0, "email=" + seed.Email: len(all), "email=" + mixed: 0,
	} {
		if got := listRaw(t, cookie, query, "").page(t).Count; got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	c := login(t, "orders")
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{CurrencyCode: new("USD"), Email: &mixed})
	if err != nil || page.Count != usd {
		t.Errorf("upper case finds %s, %v, want %d", size(page), err, usd)
	}
}

// orderKeys returns the properties of the first order that a query finds.
func orderKeys(t *testing.T, cookie, query string) map[string]bool {
	t.Helper()
	orders, _ := listRaw(t, cookie, query, "").is(t, 200, "application/json").json(t)["orders"].([]any)
	keys := map[string]bool{}
	for name := range orders[0].(map[string]any) { //nolint:errcheck,forcetypeassert // the test ends here
		keys[name] = true
	}
	return keys
}

func fieldsAndExpand(t *testing.T) {
	cookie := rawSeeded(t, "orders")
	usual := orderKeys(t, cookie, "limit=1")
	for _, test := range []struct {
		query         string
		with, without string
	}{
		{"fields=id", "id total subtotal items", "status display_id currency_code email"}, // replaces columns, not totals
		{"fields=id,metadata", "id metadata", "email"},
		{"fields=%2Bmetadata", "metadata email total", ""},
		{"fields=-email", "display_id total", "email"},
		{"fields=id,total", "total", "subtotal tax_total discount_total"},
		{"expand=region", "region", "customer shipping_address fulfillments"},
		{"expand=billing_address", "billing_address", "customer shipping_address fulfillments"},
	} {
		got := orderKeys(t, cookie, "limit=1&"+test.query)
		for name := range strings.FieldsSeq(test.with) {
			if !got[name] {
				t.Errorf("%s lacks %s", test.query, name)
			}
		}
		for name := range strings.FieldsSeq(test.without) {
			if got[name] || !usual[name] {
				t.Errorf("%s: %s there %t, usually %t", test.query, name, got[name], usual[name])
			}
		}
	}
	if got := orderKeys(t, cookie, "limit=1&fields=%2Bmetadata"); len(got) != len(usual)+1 {
		t.Errorf("+metadata makes %d properties of %d", len(got), len(usual))
	}

	s, via := spyOn(shared)
	c := login(t, "orders", via)
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(1), Fields: []string{"id", "display_id"}, Expand: []string{"region", "items"}})
	if err != nil {
		t.Fatal(err)
	}
	if o := page.Orders[0]; o.DisplayID == 0 || o.Email != "" || o.Customer != nil || o.Region.ID == "" || len(o.Items) == 0 {
		t.Errorf("the order is %+v", o)
	}
	if query, err := url.ParseQuery(strings.TrimPrefix(s.last(t).path, ordersPath+"?")); err != nil || query.Get("fields") != "id,display_id" || query.Get("expand") != "region,items" {
		t.Errorf("sent %s", s.last(t).path)
	}
	if page, err = c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(1), Fields: []string{"+updated_at"}}); err != nil || page.Orders[0].UpdatedAt == nil || page.Orders[0].Email == "" {
		t.Error("+updated_at:", err)
	}
}

func ordersLack(t *testing.T) {
	cookie := rawSeeded(t, "orders")
	orders, _ := listRaw(t, cookie, "limit=0", "").is(t, 200, "application/json").json(t)["orders"].([]any)
	schema := contract(t).schema(t, "Order")
	for _, name := range []string{
		"billing_address_id", "canceled_at", "draft_order_id", "external_id", "idempotency_key", "metadata", "no_notification",
		"shipping_address_id", "updated_at",
	} {
		for _, o := range orders {
			if _, ok := o.(map[string]any)[name]; ok { //nolint:errcheck // then it is not there
				t.Errorf("an order has %s", name)
				break
			}
		}
		if !publishedRequires(t, "models/order.js", "Order", name) {
			t.Errorf("the published document does not require %s", name)
		}
		if schema.requires(name) || !schema.has(name) {
			t.Errorf("the contract requires %s or lacks it", name)
		}
	}
	methods := 0
	for _, o := range orders {
		order := o.(map[string]any) //nolint:errcheck,forcetypeassert // the test ends here
		if order["object"] != "order" {
			t.Error("an order without its object property")
		}
		list, _ := order["shipping_methods"].([]any)
		for _, m := range list {
			methods++
			for _, name := range []string{"original_total", "original_tax_total"} {
				if _, ok := m.(map[string]any)[name]; !ok { //nolint:errcheck // then it is not there
					t.Errorf("a shipping method without %s", name)
				}
			}
		}
	}
	if methods == 0 {
		t.Error("no order has a shipping method")
	}
	for _, name := range []string{"original_total", "original_tax_total"} {
		if strings.Contains(published(t, "models/shipping-method.js", "@schema ShippingMethod"), name) {
			t.Errorf("the published document knows %s", name)
		}
		if !contract(t).schema(t, "ShippingMethod").requires(name) {
			t.Errorf("the contract does not require %s", name)
		}
	}
}

func cutMicroseconds(t *testing.T) {
	seed := seeded(t, "ties")
	cookie := rawSeeded(t, "ties")
	cut := 0
	for _, o := range listRaw(t, cookie, "limit=0", "").page(t).Orders {
		stored := queryValue[time.Time](t, `SELECT created_at FROM "order" WHERE id = $1 AND customer_id = $2`, o.ID, seed.ID)
		if !o.CreatedAt.Equal(stored.Truncate(time.Millisecond)) {
			t.Errorf("%s was placed at %v, and comes with %v", o.ID, stored, o.CreatedAt)
		}
		if !o.CreatedAt.Equal(stored) {
			cut++
		}
	}
	if cut == 0 {
		t.Fatal("no seeded order has microseconds")
	}
	// A page that began at created_at itself would lose orders, so Orders begins the next page a millisecond later.
	ids := map[string]bool{}
	for o, err := range login(t, "ties").Orders(t.Context(), &customers.ListOrdersParams{Limit: new(2)}) {
		if err != nil {
			t.Fatal(err)
		}
		if ids[o.ID] {
			t.Errorf("%s came twice", o.ID)
		}
		ids[o.ID] = true
	}
	if len(ids) != seed.Orders {
		t.Errorf("%d orders, want %d", len(ids), seed.Orders)
	}
}

// placeOrder inserts a copy of a seeded order for the customer, placed at the time.
func placeOrder(t *testing.T, customerID string, at time.Time) string {
	t.Helper()
	return placeOrderOf(t, shared, customerID, at)
}

// placeOrderOf is placeOrder at another backend than the shared one.
func placeOrderOf(t *testing.T, b *backend.Backend, customerID string, at time.Time) string {
	t.Helper()
	id := fmt.Sprintf("order_%s_%d", customerID, at.UnixMicro())
	executeAt(t, b, `INSERT INTO "order" SELECT (jsonb_populate_record(o, jsonb_build_object('id', $1::text, 'customer_id', $2::text,
		'created_at', $3::timestamptz, 'display_id', nextval('order_display_id_seq'), 'cart_id', null, 'draft_order_id', null))).*
		FROM "order" o WHERE id = $4`, id, customerID, at, b.Orders["pending"])
	return id
}

func shiftedOffsets(t *testing.T) {
	c, who := newCustomer(t)
	cookie := rawLogin(t, who)
	start := time.Now().Add(-time.Hour).Truncate(time.Second)
	var want []string
	for i := range 6 {
		want = append(want, placeOrder(t, who.ID, start.Add(time.Duration(i)*time.Second)))
	}
	slices.Reverse(want)
	ids := func(query string) (got []string) {
		for _, o := range listRaw(t, cookie, query, "").page(t).Orders {
			got = append(got, o.ID)
		}
		return got
	}
	if first := ids("limit=2"); !slices.Equal(first, want[:2]) {
		t.Fatalf("the first page is %v, want %v", first, want[:2])
	}
	placeOrder(t, who.ID, start.Add(time.Minute))
	if second := ids("limit=2&offset=2"); !slices.Equal(second, want[1:3]) {
		t.Errorf("the second page is %v, want the first one's last order again: %v", second, want[1:3])
	}

	want = ids("limit=0")
	var got []string
	for o, err := range c.Orders(t.Context(), &customers.ListOrdersParams{Limit: new(2)}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.ID)
		placeOrder(t, who.ID, start.Add(time.Duration(len(got))*time.Hour/4))
	}
	if !slices.Equal(got, want) {
		t.Errorf("while orders are placed, Orders yields %v, want %v", got, want)
	}
}

func pageSize(t *testing.T) {
	c := login(t, "login")
	cookie := rawSeeded(t, "login")
	body := listRaw(t, cookie, "limit=50", "").is(t, 200, "application/json").body
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(50)})
	if err != nil || len(page.Orders) != 50 {
		t.Fatal(err)
	}
	lines := 0
	for i := range page.Orders {
		lines += len(page.Orders[i].Items)
	}
	// 400 KB for 50 orders of three lines are 2.7 KB for each line, the order's own share included.
	if perLine := len(body) / lines; perLine < 2000 || perLine > 4000 || len(body) < 200_000 {
		t.Errorf("%d bytes for %d lines", len(body), lines)
	}
	if len(body) > customers.DefaultMaxResponseBytes/50 {
		t.Errorf("%d bytes for 50 orders: the default limit of a response is too low for 2500", len(body))
	}
	small := login(t, "empty", customers.WithMaxResponseBytes(10_000)).WithSession(c.Session())
	_, err = small.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(50)})
	says(t, failure{is: customers.ErrUnexpectedResponse, status: 200}.of(t, err), "WithMaxResponseBytes")
}

func etags(t *testing.T) {
	cookie, who := rawCustomer(t)
	c, _ := newCustomer(t)
	reads := map[string]func(opts ...customers.CallOption) error{
		mePath:      func(o ...customers.CallOption) error { _, err := c.Retrieve(t.Context(), o...); return err },
		ordersPath:  func(o ...customers.CallOption) error { _, err := c.ListOrders(t.Context(), nil, o...); return err },
		methodsPath: func(o ...customers.CallOption) error { _, err := c.PaymentMethods.List(t.Context(), o...); return err },
		authPath:    func(o ...customers.CallOption) error { _, err := c.Auth.GetSession(t.Context(), o...); return err },
		authPath + "/" + who.Email: func(o ...customers.CallOption) error {
			_, err := c.Auth.Exists(t.Context(), who.Email, o...)
			return err
		},
	}
	for _, path := range slices.Sorted(maps.Keys(reads)) {
		r := raw{method: "GET", path: path, cookie: cookie}
		etag := r.send(t).is(t, 200, "application/json").header.Get("Etag")
		r.header = map[string]string{"If-None-Match": etag}
		if a := r.send(t).is(t, 304, ""); a.body != "" || a.header.Get("Etag") != etag {
			t.Errorf("GET %s: a 304 with body %q, ETag %q", path, a.body, a.header.Get("Etag"))
		}
		r.header = map[string]string{"If-None-Match": `W/"other"`}
		r.send(t).is(t, 200, "application/json")

		var resp customers.Response
		if err := reads[path](customers.WithResponse(&resp)); err != nil {
			t.Fatal(err)
		}
		err := reads[path](customers.WithHeader("If-None-Match", resp.Header.Get("Etag")), customers.WithResponse(&resp))
		failure{is: customers.ErrNotModified, status: 304}.check(t, err)
		if resp.StatusCode != http.StatusNotModified {
			t.Errorf("WithResponse has status %d", resp.StatusCode)
		}
	}
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Error("after 304s:", err)
	}
}

func expandToOthers(t *testing.T) {
	cookie, who := rawCustomer(t)
	_, other := rawCustomer(t)
	placeOrder(t, who.ID, time.Now())
	var created struct {
		Group struct {
			ID string `json:"id"`
		} `json:"customer_group"`
	}
	if err := shared.Admin(t.Context(), "POST", "/admin/customer-groups", jsonObject{"name": who.Email}, &created); err != nil {
		t.Fatal(err)
	}
	members := jsonObject{"customer_ids": []jsonObject{{"id": who.ID}, {"id": other.ID}}}
	if err := shared.Admin(t.Context(), "POST", "/admin/customer-groups/"+created.Group.ID+"/customers/batch", members, nil); err != nil {
		t.Fatal(err)
	}
	if body := listRaw(t, cookie, "fields=id&expand=customer.groups.customers", "").is(t, 200, "application/json").body; !strings.Contains(body, other.Email) {
		t.Errorf("the list does not show the other customer of the group: %.2000s", body)
	}
}

func dateFiltersInMicroseconds(t *testing.T) {
	cookie, who := rawCustomer(t)
	placedAt := time.Now().Add(-time.Hour).Truncate(time.Millisecond).Add(123 * time.Microsecond)
	id := placeOrder(t, who.ID, placedAt)
	shown := listRaw(t, cookie, "", "").page(t).Orders[0].CreatedAt
	for query, want := range map[string]int{"gt": 1, "gte": 1, "lt": 0, "lte": 0} {
		page := listRaw(t, cookie, "created_at["+query+"]="+url.QueryEscape(shown.UTC().Format(time.RFC3339Nano)), "").page(t)
		if len(page.Orders) != want || want == 1 && page.Orders[0].ID != id {
			t.Errorf("created_at[%s] of the order's own created_at finds %d orders, want %d", query, len(page.Orders), want)
		}
	}
}
