package e2e

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// Every seeded order that the builder of the in-memory backend can describe is built from its description, and has the
// real one's totals.
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

// describe is what the builder would be told to make such an order, or why it can't.
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

// figures are all totals of an order.
func figures(o *customers.Order) map[string]float64 {
	f := make(map[string]float64)
	add := func(prefix string, v any) {
		fields := reflect.ValueOf(v)
		for i := range fields.NumField() {
			name := fields.Type().Field(i).Name
			if !strings.HasSuffix(name, "Total") && !strings.HasPrefix(name, "Refundable") {
				continue
			}
			if n := fields.Field(i); n.CanInt() {
				f[prefix+name] = float64(n.Int())
			} else {
				f[prefix+name] = math.Round(n.Float()*1e6) / 1e6 // a sum of fractions, in whatever order
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
