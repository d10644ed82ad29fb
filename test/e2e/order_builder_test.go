package e2e

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// AddOrder builds every seeded order that it can describe, with the totals of the real backend.
func TestBuiltOrdersHaveTheTotalsOfRealOnes(t *testing.T) {
	t.Parallel()
	b := customerstest.New()
	id := b.AddCustomer(customerstest.Customer{}).ID
	compared, discounted, taxed, refunded, shipped := 0, 0, 0, 0, 0
	who, c := seeded(t, "orders"), newClient(t)
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	for order, err := range c.Orders(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		spec, why := describe(order)
		if why != "" {
			t.Logf("#%d is not compared: %s", order.DisplayID, why)
			continue
		}
		built := b.AddOrder(id, spec)
		if got, want := figures(&built), figures(order); !reflect.DeepEqual(got, want) {
			t.Errorf("#%d:\n got %v\nwant %v", order.DisplayID, got, want)
		}
		compared++
		discounted += min(1, len(order.Discounts))
		taxed += min(1, int(order.TaxTotal))
		refunded += min(1, int(order.RefundedTotal))
		for _, f := range order.Fulfillments {
			if f.ShippedAt != nil {
				shipped++
			}
		}
	}
	t.Logf("%d orders compared: %d discounted, %d taxed, %d refunded, %d parcels shipped", compared, discounted, taxed, refunded, shipped)
	if compared < 40 || discounted < 5 || taxed < 5 || refunded < 2 || shipped < 3 {
		t.Error("too few to mean anything")
	}
}

// withoutRows are the paths at whose end an order of AddOrder has null or an empty list; its documentation says so.
var withoutRows = strings.Fields("returns claims swaps gift_cards gift_card_transactions sales_channel items.variant.product edits draft_order region.countries")

// Where expand leads to a row on the real backend, it leads to a row with the same properties on an order of AddOrder.
func TestBuiltOrdersExpandAsRealOnes(t *testing.T) {
	t.Parallel()
	who := seeded(t, "orders")
	srv := customerstest.NewServer(t)
	b := srv.AddCustomer(customerstest.Customer{Email: "built@example.com", Password: who.Password, FirstName: "B"})
	srv.AddOrder(b.ID, customerstest.Order{
		TaxRate: 25, Discount: &customerstest.OrderDiscount{Code: "TEN", Value: 10}, BillingAddress: &api.Address{}, Refunded: 100,
		Fulfillments: []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "T1"}}}},
	})
	rows := func(base string, who backend.Customer, path string) (found []map[string]any) {
		cookie, err := cookieOf(t.Context(), base, who)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Orders []any `json:"orders"`
		}
		if err := readInto(t.Context(), base+ordersPath+"?limit=0&fields=id&expand="+path, cookie, &page); err != nil {
			t.Fatal(err)
		}
		return rowsAt(page.Orders, strings.Split(path, "."))
	}
	compared := 0
	for _, path := range slices.Concat(ledBackTo, listRelations) {
		if slices.ContainsFunc(withoutRows, func(without string) bool { return strings.HasPrefix(path+".", without+".") }) {
			continue
		}
		theirs := rows(shared.URL, who, path)
		built := rows(srv.URL, backend.Customer{Email: b.Email, Password: who.Password}, path)
		if len(theirs) == 0 {
			t.Errorf("%s: no seeded order has a row", path)
			continue
		}
		if len(built) == 0 {
			t.Errorf("%s: a built order has no row", path)
			continue
		}
		if got, want := properties(built[0]), properties(theirs[0]); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", path, got, want)
		}
		if currency := theirs[0]; strings.HasSuffix(path, "currency") {
			for _, known := range built {
				if known["code"] == currency["code"] && !reflect.DeepEqual(known, currency) {
					t.Errorf("%s: %v, want %v", path, known, currency)
				}
			}
		}
		compared++
	}
	t.Logf("%d paths compared", compared)
}

// rowsAt returns the objects at the end of a path.
func rowsAt(v any, path []string) (rows []map[string]any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			rows = append(rows, rowsAt(item, path)...)
		}
	case map[string]any:
		if len(path) == 0 {
			return []map[string]any{v}
		}
		return rowsAt(v[path[0]], path[1:])
	}
	return rows
}

// properties returns the names of a row's properties.
func properties(row map[string]any) []string {
	return slices.Sorted(maps.Keys(row))
}

// describe returns the description of such an order, or why there is none.
func describe(o *customers.Order) (spec customerstest.Order, why string) {
	switch {
	case o.TaxRate != nil:
		return spec, "it is from before tax lines"
	case len(o.GiftCardTransactions)+len(o.GiftCards) > 0:
		return spec, "gift cards"
	case len(o.Swaps)+len(o.Claims) > 0:
		return spec, "swaps or claims"
	case len(o.Payments) > 0 && o.PaymentStatus == api.PaymentStatusNotPaid:
		return spec, "it is called not paid and has a payment"
	case len(o.Payments) > 1:
		return spec, "payments of an edit"
	case len(o.Payments) == 1 && o.Payments[0].Amount != o.Total:
		return spec, "it was paid before it changed"
	case len(o.Discounts) > 1:
		return spec, "several discounts"
	case len(o.ShippingMethods) != 1 || len(o.ShippingMethods[0].TaxLines) != 1:
		return spec, "its shipping is not by one method with one rate of tax"
	}
	method := o.ShippingMethods[0]
	spec = customerstest.Order{
		CurrencyCode: o.CurrencyCode, Status: o.Status, PaymentStatus: o.PaymentStatus, FulfillmentStatus: o.FulfillmentStatus,
		ShippingPrice: method.Price, TaxRate: method.TaxLines[0].Rate, Refunded: o.RefundedTotal,
	}
	if len(o.Payments) == 0 {
		spec.PaymentStatus = api.PaymentStatusNotPaid
	}
	for _, item := range o.Items {
		if item.ReturnedQuantity != nil {
			return spec, "returned items"
		}
		if len(item.TaxLines) != 1 {
			return spec, fmt.Sprintf("a line with %d rates of tax", len(item.TaxLines))
		}
		spec.Lines = append(spec.Lines, customerstest.OrderLine{
			Title: item.Title, UnitPrice: item.UnitPrice, Quantity: item.Quantity, TaxRate: &item.TaxLines[0].Rate,
			NotReduced: !item.AllowDiscounts || len(item.Adjustments) == 0,
		})
	}
	for _, d := range o.Discounts {
		spec.Discount = &customerstest.OrderDiscount{Code: d.Code, Type: d.Rule.Type, Value: d.Rule.Value, Allocation: *d.Rule.Allocation}
	}
	return spec, ""
}

// figures returns all totals of an order.
func figures(o *customers.Order) map[string]float64 {
	f := make(map[string]float64)
	add := func(prefix string, v any) {
		fields := reflect.ValueOf(v)
		for i := range fields.NumField() {
			name := fields.Type().Field(i).Name
			if !strings.HasSuffix(name, "Total") && !strings.HasPrefix(name, "Refundable") {
				continue
			}
			if n := reflect.Indirect(fields.Field(i)); n.CanInt() {
				f[prefix+name] = float64(n.Int())
			} else {
				f[prefix+name] = math.Round(n.Float()*1e6) / 1e6 // a sum of fractions, in any order
			}
		}
	}
	add("", *o)
	lines := make(map[string]int)
	for _, item := range o.Items {
		key := fmt.Sprintf("%s %d×%d ", item.Title, item.Quantity, item.UnitPrice)
		lines[key]++
		add(fmt.Sprint(key, lines[key], " "), item)
	}
	add("shipping ", o.ShippingMethods[0])
	return f
}
