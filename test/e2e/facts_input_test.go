package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestFiltersByTimeIncludeWhatOrdersShow asks for orders by the times that orders show, which are cut to milliseconds,
// while the backend compares microseconds (docs/backend.md, B51).
func TestFiltersByTimeIncludeWhatOrdersShow(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	base := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, micro := range []int{0, 1, 499, 999, 1000, 1001, 2500, 5000} {
		at := base.Add(time.Duration(micro) * time.Microsecond)
		id := placeOrder(t, who.ID, at)
		execute(t, `UPDATE "order" SET updated_at = $2, canceled_at = $2 WHERE id = $1`, id, at)
	}
	all, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(0), Fields: []string{"+updated_at", "+canceled_at"}})
	if err != nil || len(all.Orders) != 8 {
		t.Fatalf("%s, %v", size(all), err)
	}
	fields := map[string]struct {
		of  func(*customers.Order) time.Time
		set func(*customers.ListOrdersParams, *customers.TimeRange)
	}{
		"CreatedAt":  {func(o *customers.Order) time.Time { return o.CreatedAt }, func(p *customers.ListOrdersParams, d *customers.TimeRange) { p.CreatedAt = d }},
		"UpdatedAt":  {func(o *customers.Order) time.Time { return *o.UpdatedAt }, func(p *customers.ListOrdersParams, d *customers.TimeRange) { p.UpdatedAt = d }},
		"CanceledAt": {func(o *customers.Order) time.Time { return *o.CanceledAt }, func(p *customers.ListOrdersParams, d *customers.TimeRange) { p.CanceledAt = d }},
	}
	for name, field := range fields {
		for i := range all.Orders {
			at := field.of(&all.Orders[i])
			for _, bound := range []time.Time{at, at.Add(time.Microsecond), at.Add(-time.Nanosecond), at.In(time.FixedZone("", 5400))} {
				for op, test := range map[string]struct {
					d     customers.TimeRange
					holds func(time.Time) bool
				}{
					"lt":  {customers.TimeRange{LT: &bound}, bound.After},
					"lte": {customers.TimeRange{LTE: &bound}, func(shown time.Time) bool { return !bound.Before(shown) }},
					"gt":  {customers.TimeRange{GT: &bound}, bound.Before},
					"gte": {customers.TimeRange{GTE: &bound}, func(shown time.Time) bool { return !bound.After(shown) }},
				} {
					want := 0
					for j := range all.Orders {
						if test.holds(field.of(&all.Orders[j])) {
							want++
						}
					}
					params := &customers.ListOrdersParams{Limit: new(0)}
					field.set(params, &test.d)
					if page, err := c.ListOrders(t.Context(), params); err != nil || len(page.Orders) != want {
						t.Errorf("%s %s %v finds %s, %v, want %d", name, op, bound, size(page), err, want)
					}
				}
			}
		}
	}
	newest := all.Orders[0].CreatedAt
	if got := walk(t, c, &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{GT: &newest}}, nil); len(got) != 0 {
		t.Errorf("%v come again after their own time", got)
	}
	if got := walk(t, c, &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{LTE: &newest}, Limit: new(2)}, nil); len(got) != 8 {
		t.Errorf("%d orders until the newest, want 8", len(got))
	}
}

// TestOrdersOfOddDatesEndNoWalk has orders dated as far away as filters reach.
func TestOrdersOfOddDatesEndNoWalk(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	var want []string
	for i, date := range []string{"9999-12-31 23:59:59.999999Z", "9999-12-31 23:59:59.9990Z", "9999-12-31Z", "2024-01-01Z", "1969-12-31 23:59:59.9995Z", "0001-01-01 00:00:00.0005Z", "0001-01-01Z"} {
		id := placeOrder(t, who.ID, time.Now().Add(-time.Duration(i)*time.Second))
		execute(t, `UPDATE "order" SET created_at = $2::timestamptz WHERE id = $1`, id, date)
		want = append(want, id)
	}
	slices.Sort(want)
	for _, limit := range []int{0, 1, 2, 50} {
		got := walk(t, c, &customers.ListOrdersParams{Limit: &limit}, nil)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %d orders, want %d", limit, len(got), len(want))
		}
	}
}

// TestEmailOfAnImportedOrder has an order whose email is not in lower case.
func TestEmailOfAnImportedOrder(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	imported, usual := placeOrder(t, who.ID, time.Now().Add(-time.Hour)), placeOrder(t, who.ID, time.Now().Add(-2*time.Hour))
	execute(t, `UPDATE "order" SET email = $2 WHERE id = $1`, imported, "Ada."+strings.ToUpper(who.Email))
	execute(t, `UPDATE "order" SET email = $2 WHERE id = $1`, usual, "ada."+who.Email)
	all, err := c.ListOrders(t.Context(), nil)
	if err != nil || len(all.Orders) != 2 {
		t.Fatalf("%s, %v", size(all), err)
	}
	for email, want := range map[string]string{all.Orders[0].Email: imported, all.Orders[1].Email: usual, " ADA." + who.Email + " ": usual} {
		page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Email: &email})
		if err != nil || len(page.Orders) != 1 || page.Orders[0].ID != want {
			t.Errorf("%q finds %s, %v", email, size(page), err)
		}
		if got := walk(t, c, &customers.ListOrdersParams{Email: &email}, nil); !slices.Equal(got, []string{want}) {
			t.Errorf("Orders of %q finds %v", email, got)
		}
	}
}

// TestMetadataIsStoredAsItIsSentOrRefused shows what the backend does with metadata that is refused, and that it stores all
// else as it is.
func TestMetadataIsStoredAsItIsSentOrRefused(t *testing.T) {
	t.Parallel()
	cookie, who := rawCustomer(t)
	for _, key := range []string{
		"__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
		"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
	} {
		got := raw{method: "POST", path: mePath, cookie: cookie, body: `{"metadata":{"in":{"` + key + `":1,"kept":1}}}`}.send(t)
		if key == "constructor" {
			got.fails(t, 500, "unknown_error")
		} else if metadata, err := got.customer(t).Metadata.Map(); err != nil || fmt.Sprint(metadata) != "map[in:map[kept:1]]" {
			t.Errorf("%s: the metadata is %v", key, metadata)
		}
	}
	for sent, want := range map[string]string{"1e400": "map[n:<nil>]", "9007199254740993": "map[n:9.007199254740992e+15]", "1e-400": "map[n:0]"} {
		got := raw{method: "POST", path: mePath, cookie: cookie, body: `{"metadata":{"in":{"n":` + sent + `}}}`}.send(t).customer(t)
		if metadata, err := got.Metadata.Map(); err != nil || fmt.Sprint(metadata["in"]) != want {
			t.Errorf("%s is stored as %v", sent, got.Metadata)
		}
	}

	c := newClient(t)
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat("[", 500) + strings.Repeat("]", 500)
	for i, value := range []any{
		nil, "", "é😀\n\u2028\uFFFD", 0, -1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1e23, 123456789012345678.0, float32(0.1), true, []any{}, []any{nil, 1, "x"},
		json.Number("1.50"), json.RawMessage(deep),
		map[string]any{"": 1, "then": 1, "length": 2, "prototype": 3, "toJSON": 4, "proto": 5, "Constructor": 6, "0": 7, "a.b": map[string]any{"$c": nil}},
	} {
		address := customers.AddAddressRequest{
			FirstName: "A", LastName: "B", Address1: fmt.Sprint("Street ", i), City: "C", CountryCode: "dk", Metadata: value,
		}
		if _, err := c.Addresses.Add(t.Context(), address); err != nil {
			t.Errorf("%.60v: %v", value, err)
		}
		me, err := c.Update(t.Context(), customers.UpdateRequest{Metadata: map[string]any{"value": []any{value}}})
		if err != nil {
			t.Fatalf("%.60v: %v", value, err)
		}
		text, err := json.Marshal([]any{value})
		if err != nil {
			t.Fatal(err)
		}
		var want any
		metadata, mapErr := me.Metadata.Map()
		if err := errors.Join(mapErr, json.Unmarshal(text, &want)); err != nil || !reflect.DeepEqual(metadata["value"], want) {
			t.Errorf("%.60v is stored as %.60v", value, metadata["value"])
		}
	}
}

// TestWhatTheBackendDoesToBadInput shows why the client refuses it, or adds to the error.
func TestWhatTheBackendDoesToBadInput(t *testing.T) {
	t.Parallel()
	cookie, who := rawCustomer(t)
	me := raw{method: "POST", path: mePath, cookie: cookie, body: `{"billing_address":{}}`}.send(t).customer(t)
	if me.BillingAddressID == nil {
		t.Error("an empty billing address makes none")
	}
	for _, query := range []string{"display_id=2147483648", "limit=9223372036854775807", "offset=9223372036854775807", "tax_rate=1e39"} {
		raw{method: "GET", path: ordersPath + "?" + query, cookie: cookie, deviates: "too large"}.send(t).fails(t, 500, "unknown_error")
	}
	c, ctx := newClient(t), t.Context()
	for _, email := range []string{who.Email, who.Email + " ", "\t" + who.Email + "\u00a0"} {
		if exists, err := c.Auth.Exists(ctx, email); err != nil || !exists {
			t.Errorf("%q: %v, %v", email, exists, err)
		}
		if _, err := c.Auth.Authenticate(ctx, email, who.Password); err != nil {
			t.Errorf("%q: %v", email, err)
		}
	}
	_, err := c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{})})
	failure{is: customers.ErrInvalidInput, field: "BillingAddress"}.check(t, err)
	for _, params := range []customers.ListOrdersParams{
		{DisplayID: new(math.MaxInt32)}, {Limit: new(1 << 53)}, {Offset: new(1 << 53)}, {TaxRate: new(float64(math.MaxFloat32))},
	} {
		if _, err := c.ListOrders(ctx, &params); err != nil {
			t.Errorf("%+v: %v", params, err)
		}
	}
	for _, params := range []customers.ListOrdersParams{{Expand: []string{"foo"}}, {Fields: []string{"foo"}}, {Fields: []string{"+foo"}}} {
		_, err := c.ListOrders(ctx, &params)
		if e := (failure{is: customers.ErrInternal, status: 500}).of(t, err); !strings.Contains(e.Message, "Fields or Expand") {
			t.Errorf("%v", e)
		}
	}
	_, err = c.Update(ctx, customers.UpdateRequest{Metadata: map[string]any{"k": strings.Repeat("x", 300_000)}})
	if e := (failure{is: customers.ErrInvalidInput, status: 413}).of(t, err); !strings.Contains(e.Message, "too large") || !strings.Contains(e.Message, "metadata") {
		t.Errorf("%v", e)
	}
	unrecorded, err := customers.New(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = unrecorded.WithSession(c.Session()).ListOrders(ctx, &customers.ListOrdersParams{Q: new(strings.Repeat("x", 20_000))})
	if e := (failure{is: customers.ErrInvalidInput, status: 431}).of(t, err); !strings.Contains(e.Message, "too large") {
		t.Errorf("%v", e)
	}
}
