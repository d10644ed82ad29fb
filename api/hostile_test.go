//nolint:errcheck,errchkjson,ineffassign,modernize,musttag,wastedassign // hostile input decodes badly on purpose; what is set to nil is for the collector
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

var hostileTimeType = reflect.TypeFor[time.Time]()

// hostileFill fills v with values that differ from zero, models down to depth.
func hostileFill(v reflect.Value, depth int, n *int) {
	*n++
	switch {
	case v.Type() == hostileTimeType:
		v.Set(reflect.ValueOf(time.UnixMilli(int64(1_600_000_000_000 + *n)).UTC()))
	case v.Type() == reflect.TypeFor[JSON]():
		v.SetString(fmt.Sprintf(`{"n":%d}`, *n))
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("text_%d", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(*n))
	case v.CanFloat():
		v.SetFloat(float64(*n) / 4)
	case v.Kind() == reflect.Pointer:
		if k := v.Type().Elem().Kind(); k == reflect.Struct && v.Type().Elem() != hostileTimeType && depth <= 0 {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		hostileFill(v.Elem(), depth, n)
	case v.Kind() == reflect.Slice:
		size := 2
		if v.Type().Elem().Kind() == reflect.Struct && depth <= 0 {
			size = 0
		}
		v.Set(reflect.MakeSlice(v.Type(), size, size))
		for i := range size {
			hostileFill(v.Index(i), depth, n)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				hostileFill(v.Field(i), depth-1, n)
			}
		}
	}
}

func hostilePage(tb testing.TB, depth, orders int) []byte {
	tb.Helper()
	n := 0
	page := OrderPage{Count: orders, Limit: 10, Orders: make([]Order, orders)}
	for i := range page.Orders {
		hostileFill(reflect.ValueOf(&page.Orders[i]).Elem(), depth, &n)
	}
	body, err := json.Marshal(page)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func hostileForget(page *OrderPage) {
	forget(reflect.ValueOf(page))
}

func hostileSame(t *testing.T, body string, o DecodeOptions) {
	t.Helper()
	got, err := DecodeOrderPage(context.Background(), []byte(body), o)
	var want OrderPage
	wantErr := json.Unmarshal([]byte(body), &want)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%.300s: %v, want %v", body, err, wantErr)
		return
	}
	if err != nil {
		return
	}
	hostileForget(got)
	if !reflect.DeepEqual(*got, want) {
		g, _ := json.Marshal(got)
		w, _ := json.Marshal(want)
		t.Errorf("%.300s:\n%.600s, want\n%.600s", body, g, w)
	}
}

func TestWholeBodiesDecodeAsByEncodingJSON(t *testing.T) {
	for depth := range 3 {
		body := string(hostilePage(t, depth, 2))
		hostileSame(t, body, DecodeOptions{})
		var indented bytes.Buffer
		_ = json.Indent(&indented, []byte(body), "\t\r\n ", "  ")
		hostileSame(t, indented.String()+" \n\t", DecodeOptions{})
		hostileSame(t, strings.ReplaceAll(body, `"created_at"`, `"CREATED_AT"`), DecodeOptions{})
	}
}

const hostileHead = `"id":"order_1","created_at":"2024-01-01T00:00:00.000Z"`

func TestOddShapesDecodeAsByEncodingJSON(t *testing.T) {
	o := DecodeOptions{Sparse: true, Uncounted: true}
	for _, props := range []string{
		`"email":"\u00e9\ud83d\ude00\ud83d\u0041\udc00\ud800"`, `"email":"a\"\\\/\b\f\n\r\tb"`, "\"email\":\"\xff\xfea\xed\xa0\x80\"",
		"\"email\":\"\u2028\u2029\u0000x\"", `"email":"\u0000"`, "\"email\":\"\x1f\"", "\"email\":\"\x7f\"", `"email":"\x41"`, `"email":"\u12"`, `"email":"\u12G4"`,
		`"email":"a","email":"b"`, `"EMAIL":"a"`, `"email":"a","eMail":"b"`, `"\u0065mail":"x"`, `"ema\u0131l":"x"`, "\"items\u017f\":1", "\"\u017ftatu\u017f\":\"x\"", "\"\u212aind\":1",
		`"total":-0`, `"total":0`, `"total":00`, `"total":01`, `"total":-`, `"total":+1`, `"total":9223372036854775807`, `"total":-9223372036854775808`,
		`"total":999999999999999999`, `"total":1000000000000000000`, `"total":.5`, `"total":1.`, `"total":1e`, `"total":0x10`, `"total":NaN`, `"total":Infinity`,
		`"tax_rate":1e400`, `"tax_rate":-0.0`, `"tax_rate":1e-400`, `"tax_rate":1E+2`, `"tax_rate":null`, `"tax_rate":4.9e-324`,
		`"items":[]`, `"items":[{}]`, `"items":[{},{}]`, `"items":[{"id":"a"},{"id":"b"}],"items":[{"title":"c"}]`,
		`"items":[{"id":"a"},{"id":"b"}],"items":[{"title":"c"}],"items":[{},{},{}]`, `"items":[{"id":"a"}],"items":[],"items":[{}]`,
		`"region":{"id":"a"},"region":{"name":"b"}`, `"region":{}`,
		`"metadata":null`, `"metadata":{}`, `"metadata":[1,{"a":[]}]`, `"metadata":"x"`, `"metadata":1e400`, `"metadata": {"a" : 1 } `, "\"metadata\":\"\xff\"",
		`"metadata":{"a":1},"metadata":null`, `"metadata":{"a":1},"metadata":5`, `"metadata":{,}`, `"metadata":{"a"}`, `"metadata":[1,]`, `"metadata":[,]`, `"metadata":[1 2]`, `"metadata":{"a":1,}`, `"metadata":tru`, `"metadata":truee`,
		`"metadata":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), `"metadata":` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
		`"fulfillments":[{"tracking_numbers":["a","b"]}],"fulfillments":[{"tracking_numbers":["c"]}]`,
		`"no_notification":null`, `"no_notification":true,"no_notification":null`, `"no_notification":false`,
		`"canceled_at":"2024-02-29T12:00:00Z"`, `"canceled_at":"2024-02-29T12:00:00.123456789+05:30"`, `"canceled_at":"2024-02-29T12:00:00-00:00"`, `"canceled_at":"0000-01-01T00:00:00Z"`,
		`"canceled_at":"2024-02-30T12:00:00Z"`, `"canceled_at":"2024-02-29"`, `"canceled_at":""`, `"canceled_at":1`, `"canceled_at":"2024-02-29t12:00:00z"`, `"canceled_at":"2024-02-29T12:00:60Z"`, `"canceled_at":"2024-02-29T24:00:00Z"`, `"canceled_at":"2024-02-29T12:00:00,5Z"`,
		`"canceled_at":"2024-02-29T12:00:00Z","canceled_at":null`,
		`"status":""`, `"status":"new_one"`, `"unknown":{"a":[1,2,{"b":null}]}`, `"":1`, `"unknown":"\ud800"`, `"unknown":"\uZZZZ"`, "\"unknown\":\"\n\"", `"unknown":01`,
	} {
		hostileSame(t, `{"orders":[{`+hostileHead+`,`+props+`}]}`, o)
		hostileSame(t, `{ "orders" : [ { `+props+` , `+hostileHead+` } ] } `, o)
	}
	for _, body := range []string{"", " ", "null", "[]", "1", `{"orders":[]}`, `{"orders":[]}x`, `{"orders":[]} {}`, "\ufeff{\"orders\":[]}", "{\"orders\":[]}\x00", `{"orders":[],}`, `{,"orders":[]}`, `{"orders":[],"orders":[]}`,
		`{"orders":[{` + hostileHead + `}],"orders":[{` + hostileHead + `,"email":"x"},{` + hostileHead + `}]}`,
		`{"orders":[{` + hostileHead + `,"email":"x"}],"orders":[],"orders":[{` + hostileHead + `}]}`,
		`{"ORDERS":[{` + hostileHead + `}]}`, `{"orders":[{` + hostileHead + `},]}`, `{"orders":[,{` + hostileHead + `}]}`, `{"orders":[{` + hostileHead + `}}`, `{"orders":[{` + hostileHead + `]}`,
		`{"count":1e0,"orders":[]`, `{"orders"}`, `{"orders":}`, `{orders:[]}`, `{'orders':[]}`, `/**/{"orders":[]}`, `{"orders":[]}//`} {
		if body == "null" {
			continue
		}
		hostileSame(t, body, o)
	}
}

func TestTruncatedBodiesAreErrors(t *testing.T) {
	body := hostilePage(t, 1, 1)
	step := max(1, len(body)/4000)
	for i := 0; i < len(body); i += step {
		page, err := DecodeOrderPage(context.Background(), body[:i], DecodeOptions{})
		if err == nil || page != nil {
			t.Fatalf("%d: %v, %v", i, page != nil, err)
		}
		if _, ok := errors.AsType[*OrdersError](err); ok {
			t.Fatalf("%d: an OrdersError: %v", i, err)
		}
		e, ok := errors.AsType[*DecodeError](err)
		if !ok || e.Reason != "malformed JSON" || strings.Contains(e.Path, "orders.orders") || len(err.Error()) > 300 {
			t.Fatalf("%d: %v", i, err)
		}
	}
}

// hostileLeaves calls f with the page after each value in an order was replaced, and the value's path.
func hostileLeaves(v any, path string, f func(path string, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for name, old := range v {
			at := path + "." + name
			f(at, func(x any) { v[name] = x })
			v[name] = old
			if name != "metadata" && name != "data" && name != "provider_id_data" {
				hostileLeaves(old, at, f)
			}
		}
	case []any:
		for i, old := range v {
			at := fmt.Sprintf("%s[%d]", path, i)
			f(at, func(x any) { v[i] = x })
			v[i] = old
			hostileLeaves(old, at, f)
		}
	}
}

func TestAnOddLeafIsNamedByItsPlace(t *testing.T) {
	var page map[string]any
	if err := json.Unmarshal(hostilePage(t, 1, 3), &page); err != nil {
		t.Fatal(err)
	}
	const secret = "SECRETVALUE"
	values := []any{secret, 1234567.5, true, []any{secret}, map[string]any{secret: secret}, nil, json.Number("1e999")}
	orders := page["orders"].([]any)
	id := orders[1].(map[string]any)["id"].(string)
	places, odds := 0, 0
	hostileLeaves(orders[1], "orders[1]", func(path string, set func(any)) {
		places++
		for _, value := range values {
			set(value)
			body, _ := json.Marshal(page)
			got, err := DecodeOrderPage(context.Background(), body, DecodeOptions{})
			if got == nil {
				t.Fatalf("%s = %v: no page: %v", path, value, err)
			}
			if err == nil {
				if len(got.Orders) != 3 {
					t.Fatalf("%s = %v: %d orders", path, value, len(got.Orders))
				}
				continue
			}
			odds++
			odd, ok := errors.AsType[*OrdersError](err)
			if !ok || len(odd.Orders) != 1 || len(got.Orders) != 2 || got.Orders[0].ID == id || got.Orders[1].ID == id {
				t.Fatalf("%s = %v: %v", path, value, err)
			}
			if path != "orders[1].id" && odd.Orders[0].OrderID != id || !strings.HasPrefix(odd.Orders[0].Path, path) {
				t.Errorf("%s = %v: %v, id %q", path, value, odd.Orders[0].Path, odd.Orders[0].OrderID)
			}
			if path != "orders[1].id" && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "1234567")) || len(err.Error()) > 350 {
				t.Errorf("%s = %v: quotes: %v", path, value, err)
			}
			// The others are whole.
			var want OrderPage
			ok2, _ := json.Marshal(map[string]any{"orders": []any{orders[0], orders[2]}})
			if err := json.Unmarshal(ok2, &want); err != nil {
				t.Fatal(err)
			}
			hostileForget(got)
			if places%50 == 0 && !reflect.DeepEqual(got.Orders, want.Orders) {
				t.Errorf("%s = %v: the others differ", path, value)
			}
		}
	})
	t.Logf("%d places, %d odd", places, odds)
}

func TestYearsBeyond9999AreRead(t *testing.T) {
	for text, want := range map[string]string{
		"+010000-01-01T00:00:00.000Z": "10000-01-01 00:00:00 +0000 UTC", "+275760-09-13T00:00:00.000Z": "275760-09-13 00:00:00 +0000 UTC",
		"-271821-04-20T00:00:00.000Z": "-271821-04-20 00:00:00 +0000 UTC", "-000001-12-31T23:59:59.999Z": "-0001-12-31 23:59:59.999 +0000 UTC",
		"+002024-02-29T00:00:00Z": "2024-02-29 00:00:00 +0000 UTC", "+002023-02-29T00:00:00Z": "", "+001900-02-29T00:00:00Z": "", "-000004-02-29T00:00:00Z": "-0004-02-29 00:00:00 +0000 UTC",
		"+275761-01-01T00:00:00.000Z": "", "-271822-01-01T00:00:00.000Z": "", "+10000-01-01T00:00:00Z": "", "+0100000-01-01T00:00:00Z": "", "+010000": "", "+": "", "-000000-01-01T00:00:00Z": "",
		"+01000x-01-01T00:00:00Z": "", "++10000-01-01T00:00:00Z": "", "+-10000-01-01T00:00:00Z": "", "+010000-13-01T00:00:00Z": "", "+010000-01-01T00:00:00+02:00": "10000-01-01 00:00:00 +0200 +0200", "+012345": "",
		"+010000-12-31T23:00:00-05:00": "10000-12-31 23:00:00 -0500 -0500", "+002023-12-31T23:00:00Z": "2023-12-31 23:00:00 +0000 UTC", "+002100-03-01T00:00:00Z": "2100-03-01 00:00:00 +0000 UTC",
	} {
		got, err := DecodeOrderPage(context.Background(), fmt.Appendf(nil, `{"orders":[{%s,"canceled_at":%q}]}`, hostileHead, text), DecodeOptions{Sparse: true, Uncounted: true})
		switch {
		case want == "" && err == nil:
			t.Errorf("%s: %v, want an error", text, got.Orders[0].CanceledAt)
		case want != "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "":
			if is := got.Orders[0].CanceledAt.String(); is != want {
				t.Errorf("%s: %v, want %v", text, is, want)
			}
		}
	}
}

func TestIntegersMayHaveFloatNoise(t *testing.T) {
	for text, want := range map[string]any{
		"847.0000000000001": 847, "846.9999999999999": 847, "-846.9999999999999": -847, "1000.0": 1000, "1e3": 1000, "1E+3": 1000, "1.5e1": 15, "1e-400": 0, "0.1e1": 1, "-0.0": 0, "12e-1": nil, "0.5": nil, "847.01": nil, "847.0001": nil,
		"9007199254740992.0": 9007199254740992, "9007199254740994.0": nil, "1e19": nil, "1e400": nil, "9223372036854775808": nil, "-9223372036854775809": nil, "1e18": nil, "5e-1": nil, "-0e5": 0,
		"1" + strings.Repeat("0", 400): nil, "1." + strings.Repeat("0", 400): 1, "0.9999999999999999": 1,
	} {
		got, err := DecodeOrderPage(context.Background(), fmt.Appendf(nil, `{"orders":[{%s,"total":%s}]}`, hostileHead, text), DecodeOptions{Sparse: true, Uncounted: true})
		switch {
		case want == nil && err == nil:
			t.Errorf("%s: %v, want an error", text, got.Orders[0].Total)
		case want != nil && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != nil && int64(want.(int)) != got.Orders[0].Total:
			t.Errorf("%s: %v", text, got.Orders[0].Total)
		}
	}
}

func hostileHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A page of which Fields asked for little is small beside its models, and still has to be read.
func TestSparsePagesAreRead(t *testing.T) {
	for _, n := range []int{1, 10, 33, 50, 100, 1000, 5000} {
		var body strings.Builder
		body.WriteString(`{"orders":[`)
		for i := range n {
			if i > 0 {
				body.WriteByte(',')
			}
			fmt.Fprintf(&body, `{"object":"order","id":"order_01GTA9K8Z3XKZP4X6Q5Z8%05d","created_at":"2023-05-01T10:00:00.000Z","tax_rate":null}`, i)
		}
		fmt.Fprintf(&body, `],"count":%d,"offset":0,"limit":%d}`, n, n)
		page, err := DecodeOrderPage(context.Background(), []byte(body.String()), DecodeOptions{Sparse: true, MaxOrders: n})
		if err != nil || len(page.Orders) != n {
			t.Errorf("%d orders, %d bytes: %.200v", n, body.Len(), err)
		}
	}
}

func TestMemoryIsBoundedByTheBody(t *testing.T) {
	good := `{` + hostileHead + `}`
	alternating := func(n int) string { // an odd order wherever the list grows
		var b strings.Builder
		b.WriteString(`{"orders":[`)
		for i, grows := 0, 4; i < n; i++ {
			if i == 0 || i == grows {
				b.WriteString(`5,`)
				if i > 0 {
					grows *= 2
				}
			}
			b.WriteString(good + ",")
		}
		return b.String() + good + `],"count":1,"offset":0,"limit":1}`
	}
	order := func(props string) string { return `{"orders":[{` + hostileHead + `,` + props + `}]}` }
	list := func(element string, n int) string { return `[` + strings.Repeat(element+",", n) + element + `]` }
	for name, body := range map[string]string{
		"odd where it grows": alternating(20_000),
		"items":              order(`"items":` + list("{}", 300_000)),
		"nested":             order(`"items":` + list(`{"variant":{"product":{"variants":[{}]}}}`, 20_000)),
		"strings":            order(`"fulfillments":[{"tracking_numbers":` + list(`""`, 300_000) + `}]`),
		"metadata":           order(`"metadata":` + list("0", 300_000)),
		"pointers":           order(`"items":` + list(`{"variant_id":"","order_id":""}`, 40_000)),
		"times":              order(`"items":` + list(`{"variant":{"deleted_at":"2024-01-01T00:00:00Z"}}`, 20_000)),
		"empty strings":      order(`"discounts":` + list(`{"rule":{"description":""},"code":""}`, 20_000)),
		"addresses":          order(`"shipping_address":` + strings.Repeat(`{"phone":null,"customer":{"shipping_addresses":[{}]}},"shipping_address":`, 20_000) + `{}`),
		"renewed":            order(strings.Repeat(`"region":{},"region":null,`, 30_000) + `"email":""`),
		"renewed pointer":    order(strings.Repeat(`"cart_id":"","cart_id":null,`, 30_000) + `"email":""`),
	} {
		data := []byte(body)
		body = ""
		before := hostileHeap()
		page, err := DecodeOrderPage(context.Background(), data, DecodeOptions{Sparse: true, Uncounted: true})
		after := hostileHeap()
		runtime.KeepAlive(page)
		runtime.KeepAlive(data)
		factor := (float64(after) - float64(before)) / float64(len(data))
		t.Logf("%-20s %8d bytes: kept %.1f × (%.150v)", name, len(data), factor, err)
		if factor > 9 {
			t.Errorf("%s: %d bytes keep %.1f times as much: %.200v", name, len(data), factor, err)
		}
	}
}

func TestModelsDoNotRetainTheBody(t *testing.T) {
	body := []byte(order1MB())
	before := hostileHeap()
	page, err := DecodeOrderPage(context.Background(), body, DecodeOptions{Sparse: true, Uncounted: true})
	if err != nil {
		t.Fatal(err)
	}
	id, cart := page.Orders[0].ID, page.Orders[0].CartID
	page = nil
	after := hostileHeap()
	runtime.KeepAlive(body)
	if kept := int64(after) - int64(before); kept > 64<<10 {
		t.Errorf("an id and a cart's id keep %d bytes", kept)
	}
	runtime.KeepAlive(id)
	runtime.KeepAlive(cart)
}

func order1MB() string {
	return `{"orders":[{` + hostileHead + `,"cart_id":"cart_1","external_id":"` + strings.Repeat("x", 4<<20) + `"}]}`
}

func TestDecodingEndsWithItsContext(t *testing.T) {
	order := func(props string) string { return `{"orders":[{` + hostileHead + `,` + props + `}]}` }
	const size = 1 << 20
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, body := range map[string]string{
		"strings of an order": order(repeat(`"email":"a",`) + `"email":""`),
		"integers":            order(repeat(`"total":1,`) + `"email":""`),
		"floats":              order(repeat(`"tax_rate":1.25,`) + `"email":""`),
		"nulls":               order(repeat(`"cart_id":null,`) + `"email":""`),
		"times":               order(repeat(`"canceled_at":"2024-01-01T00:00:00Z",`) + `"email":""`),
		"array of strings":    order(`"fulfillments":[{"tracking_numbers":[` + repeat(`"\n",`) + `""]}]`),
		"one string":          order(`"email":"` + repeat("x") + `"`),
		"escaped string":      order(`"email":"` + repeat(`\n`) + `"`),
		"one number":          order(`"total":1.` + repeat(`0`)),
		"one exponent":        order(`"total":1` + repeat(`0`)),
		"unknown":             order(repeat(`"x":1,`) + `"email":""`),
		"unknown names":       order(`"metadata":{` + repeat(`"x":1,`) + `"email":""}`),
		"spaces":              order(`"email":` + repeat(` `) + `""`),
	} {
		data := []byte(body)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := DecodeOrderPage(ctx, data, DecodeOptions{Sparse: true, Uncounted: true})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a canceled context does not end decoding: %.80v", name, err)
		}
	}
}

func TestJSONRoundTripsAndPrintsShort(t *testing.T) {
	for _, j := range []JSON{"", "{}", "[]", "0", `"x"`, `{"a":1}`, ` {"a" : [ 1 ]}`} {
		text, err := json.Marshal(struct{ M JSON }{j})
		if err != nil {
			t.Fatal(err)
		}
		var back struct{ M JSON }
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		_ = json.Compact(&compact, []byte(j))
		if string(back.M) != compact.String() {
			t.Errorf("%q became %q", j, back.M)
		}
		_ = fmt.Sprintf("%v %+v %#v %s %q %x", j, j, j, j, j, j)
	}
	if m, err := JSON(` {"a":1}`).Map(); err != nil || m["a"] != 1.0 {
		t.Errorf("Map: %v, %v", m, err)
	}
	if m, err := JSON("null").Map(); err != nil || m != nil {
		t.Errorf("Map of null: %v, %v", m, err)
	}
	if m, err := JSON("").Map(); err != nil || m != nil {
		t.Errorf("Map of nothing: %v, %v", m, err)
	}
	for _, j := range []JSON{"[1]", "x", "{", `"{}"`, "[]"} {
		if _, err := j.Map(); err == nil {
			t.Errorf("Map of %q: no error", j)
		}
	}
	long := JSON(`{"a":"` + strings.Repeat("é", 500) + "\r\n" + `"}`)
	if s := long.String(); len(s) > 300 || strings.ContainsAny(s, "\r\n") || !strings.HasSuffix(s, "…") {
		t.Errorf("String: %q", s)
	}
	if s := JSON("{\r\n\"a\":\r\"" + strings.Repeat("x", 400) + "\"}").String(); strings.ContainsAny(s, "\r\n") {
		t.Errorf("String has more than one line: %q", s)
	}
	if s := fmt.Sprintf("%+v", Customer{Metadata: long}); len(s) > 1500 {
		t.Errorf("%d bytes", len(s))
	}
}

func TestHasReportsWhatCame(t *testing.T) {
	page, err := DecodeOrderPage(context.Background(), []byte(`{"orders":[{`+hostileHead+`,"TOTAL":0,"cart":null}]}`), DecodeOptions{Sparse: true, Uncounted: true})
	if err != nil {
		t.Fatal(err)
	}
	o := page.Orders[0]
	for name, want := range map[string]bool{"id": true, "total": true, "cart": true, "subtotal": false, "Total": false, "": false, "nope": false} {
		if o.Has(name) != want {
			t.Errorf("Has(%q) is %v", name, !want)
		}
	}
	typ := reflect.TypeFor[Order]()
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if want := name != "-" && !strings.Contains(typ.Field(i).Tag.Get("json"), ","); new(Order).Has(name) != want {
			t.Errorf("a literal has %q: %v", name, !want)
		}
	}
}

func TestOddCustomersOfASession(t *testing.T) {
	required := `"id":"cus_1","email":"a","first_name":null,"last_name":null,"phone":null,"billing_address_id":null,"has_account":true,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z","deleted_at":null,"metadata":null`
	for props, fails := range map[string]bool{``: false, `,"orders":null`: false, `,"orders":[]`: false, `,"shipping_addresses":null`: false, `,"groups":null`: false, `,"billing_address":null`: false, `,"orders":{}`: true, `,"groups":[null]`: true} {
		c, err := DecodeSessionEnvelope(context.Background(), []byte(`{"customer":{`+required+props+`}}`), DecodeOptions{})
		if (err != nil) != fails {
			t.Errorf("%s: %v", props, err)
		}
		if fails != (c == nil) {
			t.Errorf("%s: %v", props, c)
		}
	}
	// truncated within the orders
	_, err := DecodeSessionEnvelope(context.Background(), []byte(`{"customer":{`+required+`,"orders":[{"id":"a","items":[{`), DecodeOptions{})
	if e, ok := errors.AsType[*DecodeError](err); !ok || strings.Count(e.Path, "orders") != 1 {
		t.Errorf("%v", err)
	}
}
