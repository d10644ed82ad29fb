package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample returns a response of the real backend, which the benchmarks keep.
func sample(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "test", "bench", "internal", "responses", "sample", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// pageOf returns a page that has these orders.
func pageOf(orders ...string) []byte {
	return fmt.Appendf(nil, `{"orders":[%s],"count":%d,"offset":0,"limit":10}`, strings.Join(orders, ","), len(orders))
}

// with returns an object in which a property has another value; an empty one removes it.
func with(tb testing.TB, object, property, value string) string {
	tb.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &all); err != nil {
		tb.Fatal(err)
	}
	if all[property] = json.RawMessage(value); value == "" {
		delete(all, property)
	}
	text, err := json.Marshal(all)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func decodePage(tb testing.TB, body []byte, options DecodeOptions) (*OrderPage, error) {
	tb.Helper()
	page, err := DecodeOrderPage(context.Background(), body, options)
	if odd, ok := errors.AsType[*OrdersError](err); (err != nil && page != nil) != ok || ok && len(odd.Orders) == 0 {
		tb.Errorf("a page %t beside %v", page != nil, err)
	}
	return page, err
}

func TestRealResponsesAreDecodedAsEncodingJSONDoes(t *testing.T) {
	order, record := sample(t, "order"), sample(t, "order_record")
	login := strings.Replace(sample(t, "customer"), `"billing_address":null`, `"orders":[`+record+`,`+record+`]`, 1)
	page, err := decodePage(t, pageOf(order, order, order), DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sameAs(t, page, pageOf(order, order, order))
	session, err := DecodeSessionEnvelope(t.Context(), []byte(login), DecodeOptions{})
	if err != nil || len(session.Customer.Orders) != 2 {
		t.Fatal(err)
	}
	sameAs(t, session, []byte(login))
	plain, err := DecodeCustomerEnvelope(t.Context(), []byte(login), DecodeOptions{})
	if err != nil || plain.Customer.Orders != nil {
		t.Errorf("without orders: %v, %v", plain, err)
	}
}

// sameAs compares got with what encoding/json makes of body.
func sameAs[T any](t *testing.T, got *T, body []byte) {
	t.Helper()
	want := new(T)
	if err := json.Unmarshal(body, want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("decoded %.2000q\n got %+v\nwant %+v", body, got, want)
	}
}

// forget makes the orders in v, which came with a sparse response, such as encoding/json makes them.
func forget(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // others have no orders
	case reflect.Pointer:
		if !v.IsNil() {
			forget(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			forget(v.Index(i))
		}
	case reflect.Struct:
		if o, ok := reflect.TypeAssert[*Order](v.Addr()); ok {
			o.Absent = 0
		}
		if v.Type() != reflect.TypeFor[time.Time]() {
			for _, field := range v.Fields() {
				forget(field)
			}
		}
	}
}

func TestNumbersAreReadIfTheyAreIntegersToJavaScript(t *testing.T) {
	order := sample(t, "order")
	for number, want := range map[string]int64{
		"847.0000000000001": 847, "846.9999999999999": 847, "1000.0": 1000, "1e3": 1000, "1E+3": 1000, "-0": 0, "-0.0": 0, "12.5e1": 125,
		"9007199254740993": 9007199254740993, "-9223372036854775808": -9223372036854775808, "0.30000000000000004e1": 3, "1e-20": 0,
	} {
		page, err := decodePage(t, pageOf(with(t, order, "total", number)), DecodeOptions{})
		if err != nil || page.Orders[0].Total != want {
			t.Errorf("%s is %v, want %d", number, err, want)
		}
	}
}

func TestTimesOfJavaScriptAreRead(t *testing.T) {
	order := sample(t, "order")
	for text, want := range map[string]time.Time{
		"2024-02-29T23:59:59.999Z":      time.Date(2024, 2, 29, 23, 59, 59, 999e6, time.UTC),
		"2024-01-31T00:00:00.000Z":      time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC),
		"2024-01-02T03:04:05+02:00":     time.Date(2024, 1, 2, 1, 4, 5, 0, time.UTC),
		"+010000-01-01T00:00:00.000Z":   time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"+275760-09-13T00:00:00.000Z":   time.Date(275760, 9, 13, 0, 0, 0, 0, time.UTC),
		"-271821-04-20T00:00:00.000Z":   time.Date(-271821, 4, 20, 0, 0, 0, 0, time.UTC),
		"-000001-12-31T23:59:59.000Z":   time.Date(-1, 12, 31, 23, 59, 59, 0, time.UTC),
		`2024-01-02T03:04:05.678\u005a`: time.Date(2024, 1, 2, 3, 4, 5, 678e6, time.UTC),
	} {
		page, err := decodePage(t, pageOf(with(t, order, "canceled_at", `"`+text+`"`)), DecodeOptions{})
		if err != nil || !page.Orders[0].CanceledAt.Equal(want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatMeansNothingCostsOnlyItsOrderAndIsNamed(t *testing.T) {
	order := sample(t, "order")
	secret := strings.Repeat("9", 1<<20)
	for _, test := range []struct{ property, value, path, reason string }{
		{"total", `"12"`, "total", "not an integer"},
		{"total", `1.5`, "total", "not an integer"},
		{"total", `1e300`, "total", "not an integer"},
		{"total", secret, "total", "not an integer"},
		{"total", `null`, "total", "null"},
		{"total", ``, "total", "missing"},
		{"raw_discount_total", `1e999`, "raw_discount_total", "not a number that fits"},
		{"created_at", `"yesterday"`, "created_at", "not a time"},
		{"created_at", `"2023-02-29T00:00:00.000Z"`, "created_at", "not a time"},
		{"canceled_at", `"+275761-01-01T00:00:00.000Z"`, "canceled_at", "not a time"},
		{"canceled_at", `"-002023-02-29T00:00:00.000Z"`, "canceled_at", "not a time"},
		{"email", `["hush@example.com"]`, "email", "not a string"},
		{"items", `[null]`, "items[0]", "null"},
		{"items", `{}`, "items", "not an array"},
		{"items", `[{"id":"hush"}]`, "items[0].adjustments", "missing"},
		{"region", `[]`, "region", "not an object"},
		{"id", `""`, "id", "empty"},
		{"no_notification", `0`, "no_notification", "not a boolean"},
	} {
		page, err := decodePage(t, pageOf(order, with(t, order, test.property, test.value), order), DecodeOptions{})
		odd, ok := errors.AsType[*DecodeError](err)
		if !ok || page == nil || len(page.Orders) != 2 {
			t.Errorf("%.40s %.40s: %.200v", test.property, test.value, err)
			continue
		}
		if odd.Path != "orders[1]."+test.path || odd.Reason != test.reason || (odd.OrderID == "") != (test.property == "id") || strings.Contains(err.Error(), "hush") || len(err.Error()) > 300 {
			t.Errorf("%s %.40s: %.300v", test.property, test.value, err)
		}
	}
}

func TestOddOrdersOfALoginCostOnlyThemselves(t *testing.T) {
	record := sample(t, "order_record")
	login := func(records ...string) []byte {
		return []byte(strings.Replace(sample(t, "customer"), `"billing_address":null`, `"orders":[`+strings.Join(records, ",")+`]`, 1))
	}
	session, err := DecodeSessionEnvelope(t.Context(), login(with(t, record, "display_id", `"x"`), record, with(t, record, "items", `7`)), DecodeOptions{})
	odd, ok := errors.AsType[*OrdersError](err)
	if !ok || len(session.Customer.Orders) != 1 || len(odd.Orders) != 2 || session.Customer.ID == "" {
		t.Fatal(session, err)
	}
	if first, second := odd.Orders[0], odd.Orders[1]; first.Path != "customer.orders[0].display_id" || second.Path != "customer.orders[2].items" || first.CreatedAt.IsZero() {
		t.Error(err)
	}
}

// Each required property that does not come is an error, unless the response may be sparse; then Has tells.
func TestMissingPropertiesAreNamed(t *testing.T) {
	order, customer := sample(t, "order"), sample(t, "customer")
	tested := 0
	for field := range reflect.TypeFor[Order]().Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || options != "" {
			continue
		}
		tested++
		body := pageOf(with(t, order, name, ""))
		_, err := decodePage(t, body, DecodeOptions{})
		if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Path != "orders[0]."+name || odd.Reason != "missing" {
			t.Errorf("without %s: %v", name, err)
		}
		page, err := decodePage(t, body, DecodeOptions{Sparse: true})
		if always := name == "id" || name == "created_at"; always != (err != nil) {
			t.Errorf("sparse without %s: %v", name, err)
		} else if !always && page.Orders[0].Has(name) {
			t.Errorf("Has(%q) of an order without it", name)
		}
	}
	if tested < 30 {
		t.Errorf("%d properties are required", tested)
	}
	page, err := decodePage(t, pageOf(with(t, with(t, order, "item_tax_total", ""), "shipping_tax_total", "")), DecodeOptions{})
	if err != nil || page.Orders[0].ItemTaxTotal != nil || page.Orders[0].Has("item_tax_total") || !page.Orders[0].Has("total") || page.Orders[0].Has("nothing") {
		t.Errorf("as Medusa 1.16 sends it: %v", err)
	}
	var envelope map[string]json.RawMessage
	_ = json.Unmarshal([]byte(customer), &envelope)
	_, err = DecodeCustomerEnvelope(t.Context(), fmt.Appendf(nil, `{"customer":%s}`, with(t, string(envelope["customer"]), "has_account", "")), DecodeOptions{})
	if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Path != "customer.has_account" || odd.Reason != "missing" {
		t.Errorf("a customer without has_account: %v", err)
	}
}

func TestMoreOrdersThanAskedForAreLeftOut(t *testing.T) {
	order := sample(t, "order")
	page, err := decodePage(t, pageOf(order, order, order, order), DecodeOptions{MaxOrders: 2})
	if odd, ok := errors.AsType[*DecodeError](err); !ok || len(page.Orders) != 2 || odd.Path != "orders[2]" {
		t.Errorf("%v", err)
	}
	page, err = decodePage(t, pageOf(order, order, order, order), DecodeOptions{MaxOrders: 2, Uncounted: true})
	if err != nil || len(page.Orders) != 2 {
		t.Errorf("of a page that is not counted: %v", err)
	}
}

// Of a list that comes twice, the last one counts, as in encoding/json.
func TestAListThatComesTwice(t *testing.T) {
	order := sample(t, "order")
	list := func(orders ...string) string { return `"orders":[` + strings.Join(orders, ",") + `],` }
	for first, odd := range map[string]bool{
		list(order, order, order): false, list("7", order): false, list(with(t, order, "total", `"x"`)): false, list(): false,
	} {
		body := `{` + first + list(order) + `"count":1,"offset":0,"limit":2}`
		page, err := decodePage(t, []byte(body), DecodeOptions{MaxOrders: 2})
		if (err != nil) != odd || page == nil || len(page.Orders) != 1 {
			t.Errorf("%.40s: %v", first, err)
		}
	}
}

func TestHasOfAnOrderThatComesTwice(t *testing.T) {
	const head = `"id":"order_1","created_at":"2024-01-01T00:00:00.000Z"`
	body := `{"orders":[{` + head + `,"total":7}],"orders":[{` + head + `,"cart":null}]}`
	page, err := decodePage(t, []byte(body), DecodeOptions{Sparse: true, Uncounted: true})
	if err != nil {
		t.Fatal(err)
	}
	o := page.Orders[0]
	if o.Total != 7 || !o.Has("total") || !o.Has("cart") || o.Has("email") || o.Has("claims") {
		t.Errorf("total %t, cart %t, email %t", o.Has("total"), o.Has("cart"), o.Has("email"))
	}
}

// Models can be compared with reflect.DeepEqual and go-cmp, which panics on fields that are not exported.
func TestOrdersCanBeCompared(t *testing.T) {
	order := sample(t, "order")
	for _, options := range []DecodeOptions{{}, {Sparse: true}} {
		first, err := decodePage(t, pageOf(order), options)
		second, err2 := decodePage(t, pageOf(order), options)
		if err != nil || err2 != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("%+v: one order decoded twice differs: %v, %v", options, err, err2)
		}
	}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		switch {
		case seen[typ] || typ == reflect.TypeFor[time.Time]():
		case typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice:
			visit(typ.Elem())
		case typ.Kind() == reflect.Struct:
			seen[typ] = true
			for field := range typ.Fields() {
				if !field.IsExported() {
					t.Errorf("%v has a field %s", typ, field.Name)
				}
				visit(field.Type)
			}
		}
	}
	visit(reflect.TypeFor[OrderPage]())
	if len(seen) < 50 {
		t.Errorf("%d models", len(seen))
	}
}

// An order costs only itself however deep its JSON nests, and however many are odd.
func TestDeepAndManyOddOrders(t *testing.T) {
	order := sample(t, "order")
	deep := with(t, order, "metadata", "7")
	deep = strings.Replace(deep, `"metadata":7`, `"metadata":`+strings.Repeat(`[{"a":`, 1<<17)+`0`+strings.Repeat(`}]`, 1<<17), 1)
	page, err := decodePage(t, pageOf(order, deep, order), DecodeOptions{})
	odd, ok := errors.AsType[*DecodeError](err)
	if !ok || page == nil || len(page.Orders) != 2 || odd.Path != "orders[1].metadata" || odd.Reason != "nested too deep" || odd.OrderID == "" {
		t.Errorf("%.200v", err)
	}
	models := with(t, order, "claims", strings.Repeat(`[{"order":{"claims":`, 100)+`[]`+strings.Repeat(`}}]`, 100))
	page, err = decodePage(t, pageOf(order, models), DecodeOptions{Sparse: true})
	if odd, ok := errors.AsType[*DecodeError](err); !ok || page == nil || len(page.Orders) != 1 || odd.Reason != "nested too deep" {
		t.Errorf("%.200v", err)
	}
	all := slices.Repeat([]string{with(t, order, "total", `"x"`)}, 1500)
	page, err = decodePage(t, pageOf(append(all, order)...), DecodeOptions{})
	if odd, ok := errors.AsType[*OrdersError](err); !ok || page == nil || len(page.Orders) != 1 || len(odd.Orders) != 1500 {
		t.Errorf("%.200v", err)
	}
}

// Years that JSON's times can't have are decoded, and encoding/json does not encode them.
func TestYearsBeyond9999AreNotEncoded(t *testing.T) {
	page, err := decodePage(t, pageOf(with(t, sample(t, "order"), "canceled_at", `"+010000-01-01T00:00:00.000Z"`)), DecodeOptions{})
	if err != nil || page.Orders[0].CanceledAt.Year() != 10_000 {
		t.Fatal(err)
	}
	if _, err := json.Marshal(page.Orders[0].CanceledAt); err == nil {
		t.Error("encoded; the documents say that it can't be")
	}
}

// hugeShapes are small when packed, and were huge in memory.
func hugeShapes(tb testing.TB) map[string]string {
	tb.Helper()
	order, customer, record := sample(tb, "order"), sample(tb, "customer"), sample(tb, "order_record")
	many := func(element string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", (1<<20)/(len(element)+1)), ",") + "]"
	}
	inOrder := func(property, value string) string { return string(pageOf(with(tb, order, property, value))) }
	me := func(property, value string) string {
		return strings.Replace(customer, `"billing_address":null`, `"`+property+`":`+value, 1)
	}
	return map[string]string{
		"orders {}":              `{"orders":` + many(`{}`) + `,"count":1,"offset":0,"limit":10}`,
		"orders null":            `{"orders":` + many(`null`) + `,"count":1,"offset":0,"limit":10}`,
		"orders with an id":      `{"orders":` + many(`{"id":"o","created_at":"2024-01-02T03:04:05.678Z"}`) + `,"count":1,"offset":0,"limit":10}`,
		"orders that are real":   `{"orders":` + many(order) + `,"count":1,"offset":0,"limit":10}`,
		"orders of a login {}":   me("orders", many(`{}`)),
		"orders of a login real": me("orders", many(record)),
		"items {}":               inOrder("items", many(`{}`)),
		"items null":             inOrder("items", many(`null`)),
		"items nested":           inOrder("items", many(`{"variant":{"product":{"images":[{}]}}}`)),
		"claims of claims":       inOrder("claims", strings.Repeat(`[{"order":{"claims":`, 3000)+`[]`+strings.Repeat(`}}]`, 3000)),
		"discounts {}":           inOrder("discounts", many(`{}`)),
		"metadata [0,…]":         inOrder("metadata", many(`0`)),
		"metadata {}":            inOrder("metadata", many(`{}`)),
		"metadata deep":          inOrder("metadata", strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)),
		"customer's metadata":    me("metadata", many(`0`)),
		"shipping_addresses {}":  me("shipping_addresses", many(`{}`)),
		"a text":                 inOrder("email", `"`+strings.Repeat("x", 1<<20)+`"`),
		"texts":                  inOrder("currency", many(`"`+strings.Repeat("é", 20)+`"`)),
		"a number":               inOrder("total", strings.Repeat("7", 1<<20)),
		"payment_methods {}":     `{"payment_methods":` + many(`{}`) + `}`,
		"payment_methods":        `{"payment_methods":` + many(`{"provider_id":"","data":0}`) + `}`,
		"unknown properties":     inOrder("extended", many(`{"a":[]}`)),
	}
}

func TestHeapIsBoundedByTheBody(t *testing.T) {
	for name, body := range hugeShapes(t) {
		for _, options := range []DecodeOptions{{}, {Sparse: true}, {MaxOrders: 10}} {
			var kept any
			var err error
			before := live()
			allocated := total()
			switch {
			case strings.HasPrefix(body, `{"customer"`):
				kept, err = DecodeSessionEnvelope(t.Context(), []byte(body), options)
			case strings.HasPrefix(body, `{"payment_methods"`):
				kept, err = DecodePaymentMethodList(t.Context(), []byte(body), options)
			default:
				kept, err = DecodeOrderPage(t.Context(), []byte(body), options)
			}
			allocated = total() - allocated - len(body) // the conversion to bytes
			used := live() - before
			t.Logf("%-24s %+v: %.2f × the body of %d live, %.2f × in all; %.120v", name, options, float64(used)/float64(len(body)), len(body), float64(allocated)/float64(len(body)), err)
			if limit := 8*len(body) + 512<<10; used > limit || allocated > 2*limit {
				t.Errorf("%s: %d bytes live, %d in all, for a body of %d", name, used, allocated, len(body))
			}
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
			}
			runtime.KeepAlive(kept)
		}
	}
}

func live() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func total() int {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.TotalAlloc)
}

// One value that is kept keeps no more of its response alive than a slab.
func TestAKeptIDDoesNotKeepItsResponse(t *testing.T) {
	order := sample(t, "order")
	var ids []string
	var pointers []*string
	before := live()
	for range 100 {
		page, err := decodePage(t, pageOf(slices.Repeat([]string{order}, 20)...), DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ids, pointers = append(ids, page.Orders[10].ID), append(pointers, page.Orders[10].CartID)
	}
	if each := (live() - before) / 100; each > 6<<10 {
		t.Errorf("an id and a pointer keep %d bytes", each)
	}
	runtime.KeepAlive(ids)
	runtime.KeepAlive(pointers)
}

func TestACanceledContextEndsDecoding(t *testing.T) {
	order := sample(t, "order")
	for name, body := range map[string][]byte{
		"orders":   pageOf(slices.Repeat([]string{order}, 5000)...),
		"metadata": pageOf(with(t, order, "metadata", "["+strings.Repeat("0,", 15<<20)+"0]")),
		"sparse":   []byte(`{"unknown":[` + strings.Repeat(`{"a":null},`, 3<<20) + `{}]}`),
		"a text":   pageOf(with(t, order, "email", `"`+strings.Repeat(`\n\ud83d\ude00é`, 1<<20)+`"`)),
		"skipped":  pageOf(with(t, order, "unknown", `"`+strings.Repeat(`\nxé`, 4<<20)+`"`)),
		"texts":    pageOf(with(t, order, "fulfillments", `[{"tracking_numbers":["`+strings.Repeat(`\n","`, 3<<20)+`"]}]`)),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var canceled time.Time
		stop := time.AfterFunc(5*time.Millisecond, func() { canceled = time.Now(); cancel() })
		_, err := DecodeOrderPage(ctx, body, DecodeOptions{})
		stop.Stop()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		} else if late := time.Since(canceled); late > 100*time.Millisecond {
			t.Errorf("%s: ended %v after the context", name, late)
		}
		cancel()
	}
}

func TestMalformedJSONIsAnErrorOfTheWhole(t *testing.T) {
	order := sample(t, "order")
	page := string(pageOf(order, with(t, order, "total", `"x"`)))
	for _, body := range []string{
		"", "null", "[]", "7", page[:len(page)-1], page + "x", page + "{}", strings.Replace(page, `"count":2`, `"count":02`, 1),
		strings.Replace(page, `"count"`, `count`, 1), strings.Replace(page, `],"count"`, `,],"count"`, 1), strings.Replace(page, `"offset":0`, `"offset":0,`, 1),
		strings.Replace(page, `"id":"`, `"id":"`+"\n", 1), strings.Replace(page, `"id":"`, `"id":"\x`, 1),
	} {
		for _, sparse := range []bool{false, true} {
			if got, err := decodePage(t, []byte(body), DecodeOptions{Sparse: sparse}); got != nil || err == nil {
				t.Errorf("%.100q is taken", body)
			}
		}
	}
}

func TestJSONIsKeptAsItCame(t *testing.T) {
	var v struct {
		Meta JSON  `json:"meta"`
		None JSON  `json:"none,omitempty"`
		Some *JSON `json:"some"`
	}
	const text = `{"meta":{"b":1,"a":[null,1e2]},"some":"x"}`
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(v); err != nil || string(again) != text {
		t.Errorf("%s, %v", again, err)
	}
	m, err := v.Meta.Map()
	if err != nil || m["b"] != 1.0 {
		t.Error(m, err)
	}
	if _, err := v.Some.Map(); err == nil {
		t.Error("a text as a map")
	}
	if m, err := JSON("").Map(); m != nil || err != nil {
		t.Error(m, err)
	}
	var meta struct{ B int }
	if err := v.Meta.Decode(&meta); err != nil || meta.B != 1 {
		t.Error(meta, err)
	}
	long := JSON(`["` + strings.Repeat("x\n", 1000) + `"]`)
	for _, printed := range []string{fmt.Sprint(long), fmt.Sprintf("%#v %q", long, long)} {
		if len(printed) > 700 || strings.Contains(printed, "\n") {
			t.Errorf("printed %d bytes: %.300s", len(printed), printed)
		}
	}
}

// FuzzDecode compares the decoders with encoding/json: what both take, they decode alike, and what encoding/json takes,
// the decoders take if it may be sparse.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{"customer":{"id":"a","ID":"b","shipping_addresses":[{"id":"1","city":"x"},{"id":"2"}],"Shipping_Addresses":[{"id":"3"}],"shipping_addresses":[{},{"phone":"\ud83d\ude00\ud800"}]}}`,
		`{"customer":{"id":"a","billing_address":{"id":"x"},"billing_address":{"city":"y"},"billing_address":null,"metadata":{"a":[{}]},"ſhipping_addresses":[]}}`,
		"{\"customer\":{\"id\":\"\xff\xc3\x28\",\"created_at\":\"2024-02-30T00:00:00.000Z\"}}", ` { "customer" : { "id" : "a" , "orders" : [ { "id" : "o" } ] } } `,
		`{"orders":[{"id":"o","created_at":"2024-01-02T03:04:05.678Z","items":[{"id":"i","quantity":1},{}],"items":[{"title":"t"}],"items":[{},{}],"region":{"id":"r"},"region":{"name":"n"}}],"count":1,"offset":0,"limit":1}`,
		`{"customer":{"id":"c","orders":[{"id":"o","display_id":7,"items":[{"id":"i","metadata":{"a":[1,"x"]},"tax_lines":[{"rate":19.5}]}],"tax_rate":null}],"groups":[{"id":"g","metadata":[]}]}}`,
		`{"payment_methods":[{"provider_id":"p","data":null},null,{"data":"x"}]}`, `{"access_token":"t","access_token":null}`, `{"EXISTS":true}`,
		`{"customer":{"metadata":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		compare(t, body, DecodeOrderPage)
		compare(t, body, DecodeSessionEnvelope)
		compare(t, body, DecodePaymentMethodList)
		compare(t, body, DecodeToken)
		compare(t, body, DecodeEmailStatus)
	})
}

func compare[T any](t *testing.T, body []byte, decode func(context.Context, []byte, DecodeOptions) (*T, error)) {
	t.Helper()
	want := new(T)
	wantErr := json.Unmarshal(body, want)
	for _, sparse := range []bool{false, true} {
		got, err := decode(context.Background(), body, DecodeOptions{Sparse: sparse})
		if err == nil && wantErr == nil {
			if sparse {
				forget(reflect.ValueOf(got))
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%T differs\n got %+v\nwant %+v", got, got, want)
			}
		}
		if err == nil && !json.Valid(body) {
			t.Fatalf("%T takes what is no JSON", got)
		}
		if err == nil || wantErr != nil {
			continue
		}
		if len(err.Error()) > 400 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
		reasons := []string{"missing", "empty", "null", "too many", "too deep"}
		if sparse && !slices.ContainsFunc(reasons, func(reason string) bool { return strings.Contains(err.Error(), reason) }) && !bytes.Equal(bytes.TrimSpace(body), []byte("null")) {
			t.Fatalf("%T: %v, which encoding/json takes", got, err)
		}
	}
}

// leaves returns the paths of a JSON value's leaves, and a function that returns the value with one of them replaced.
func leaves(v any, path string, visit func(path string, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			visit(path+"."+name, func(with any) { v[name] = with })
			leaves(v[name], path+"."+name, visit)
		}
	case []any:
		for i := range v {
			visit(fmt.Sprintf("%s[%d]", path, i), func(with any) { v[i] = with })
			leaves(v[i], fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

// FuzzOddLeaf makes one place of a real order something else: the other orders come, the odd one is named or has been read,
// and memory is bounded.
func FuzzOddLeaf(f *testing.F) {
	for i := range uint16(600) {
		f.Add(i, []string{`{}`, `[]`, `"odd"`, `null`, `0.5`, `true`, `[{},null,7]`}[i%7])
	}
	order := sample(f, "order")
	f.Fuzz(func(t *testing.T, place uint16, value string) {
		if !json.Valid([]byte(value)) {
			return
		}
		var root any
		if err := json.Unmarshal([]byte(order), &root); err != nil {
			t.Fatal(err)
		}
		var places []string
		var set []func(any)
		leaves(root, "", func(path string, s func(any)) { places, set = append(places, path), append(set, s) })
		at := int(place) % len(places)
		set[at](json.RawMessage(value))
		changed, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		body := pageOf(order, string(changed), order)
		before := total()
		page, err := decodePage(t, body, DecodeOptions{})
		if used := total() - before; used > 8*len(body)+256<<10 {
			t.Errorf("%d bytes for a body of %d", used, len(body))
		}
		if page == nil || page.Orders[0].ID == "" || page.Orders[len(page.Orders)-1].Total != page.Orders[0].Total {
			t.Fatalf("%s = %s hides other orders: %v", places[at], value, err)
		}
		if err == nil {
			sameOrOdd(t, page, body)
			return
		}
		odd, _ := errors.AsType[*DecodeError](err)
		if len(page.Orders) != 2 || !strings.HasPrefix(odd.Path, "orders[1]"+places[at]) {
			t.Errorf("%s = %s: %v", places[at], value, err)
		}
		if places[at] != ".id" && odd.OrderID == "" {
			t.Errorf("%s = %s: no order id", places[at], value)
		}
	})
}

// sameOrOdd compares a page with encoding/json's, which does not take all that the decoders do.
func sameOrOdd(t *testing.T, page *OrderPage, body []byte) {
	t.Helper()
	if len(page.Orders) != 3 {
		t.Errorf("%d orders and no error", len(page.Orders))
	}
	if json.Unmarshal(body, new(OrderPage)) == nil {
		sameAs(t, page, body)
	}
}
