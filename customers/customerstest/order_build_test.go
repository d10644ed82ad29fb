package customerstest

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// The totals are those of such orders on the real backend.
func TestBuiltOrdersHaveTheTotalsOfTheBackend(t *testing.T) {
	german := []OrderLine{
		{Title: "T-shirt", UnitPrice: 1080}, {Title: "Mug", UnitPrice: 675, Quantity: 3, NotReduced: true, TaxRate: new(7.0)},
		{Title: "Trousers", UnitPrice: 4491},
	}
	american := []OrderLine{{Title: "T-shirt", UnitPrice: 1000, Quantity: 2}, {Title: "Shirt", UnitPrice: 1000}}
	for name, test := range map[string]struct {
		order Order
		want  api.Order
	}{
		"no tax": {
			Order{Lines: american, ShippingPrice: 500},
			api.Order{Subtotal: 3000, ShippingTotal: 500, Total: 3500, PaidTotal: 3500, RefundableAmount: 3500},
		},
		"percentage, two rates of tax": {
			Order{Lines: german, ShippingPrice: 500, TaxRate: 19, Discount: &OrderDiscount{Code: "TENPERCENT", Value: 10}},
			api.Order{
				Subtotal: 7596, DiscountTotal: 557, RawDiscountTotal: 557, ShippingTotal: 500, ItemTaxTotal: new(int64(1095)),
				ShippingTaxTotal: new(int64(95)), TaxTotal: 1190, Total: 8729, PaidTotal: 8729, RefundableAmount: 8729,
			},
		},
		"fixed": {
			Order{Lines: american, ShippingPrice: 500, Discount: &OrderDiscount{Code: "FIVEOFF", Type: api.DiscountRuleTypeFixed, Value: 500}},
			api.Order{
				Subtotal: 3000, DiscountTotal: 500, RawDiscountTotal: 500, ShippingTotal: 500, Total: 3000, PaidTotal: 3000,
				RefundableAmount: 3000,
			},
		},
		"free shipping": {
			Order{Lines: american, ShippingPrice: 500, Discount: &OrderDiscount{Code: "SHIPFREE", Type: api.DiscountRuleTypeFreeShipping}},
			api.Order{Subtotal: 3000, Total: 3000, PaidTotal: 3000, RefundableAmount: 3000},
		},
		"partially refunded": {
			Order{Lines: american, ShippingPrice: 500, Refunded: 100},
			api.Order{Subtotal: 3000, ShippingTotal: 500, Total: 3500, PaidTotal: 3500, RefundedTotal: 100, RefundableAmount: 3400},
		},
		"refunded": {
			Order{Lines: american, ShippingPrice: 500, PaymentStatus: api.PaymentStatusRefunded},
			api.Order{Subtotal: 3000, ShippingTotal: 500, Total: 3500, PaidTotal: 3500, RefundedTotal: 3500},
		},
		"not paid": {
			Order{Lines: american, PaymentStatus: api.PaymentStatusNotPaid},
			api.Order{Subtotal: 3000, Total: 3000},
		},
	} {
		b, id := newBuyer(t)
		got := b.AddOrder(id, test.order)
		if got, want := orderTotals(got), orderTotals(test.want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
}

func orderTotals(o api.Order) map[string]float64 {
	tax := func(p *int64) float64 {
		if p == nil {
			return 0
		}
		return float64(*p)
	}
	return map[string]float64{
		"subtotal": float64(o.Subtotal), "discount": float64(o.DiscountTotal), "raw discount": o.RawDiscountTotal,
		"shipping": float64(o.ShippingTotal), "item tax": tax(o.ItemTaxTotal), "shipping tax": tax(o.ShippingTaxTotal),
		"tax": float64(o.TaxTotal), "total": float64(o.Total), "paid": float64(o.PaidTotal), "refunded": float64(o.RefundedTotal),
		"refundable": float64(o.RefundableAmount),
	}
}

func TestBuiltLinesHaveTheTotalsOfTheBackend(t *testing.T) {
	b, id := newBuyer(t)
	line := func(o Order) api.LineItem { return b.AddOrder(id, o).Items[0] }
	for name, test := range map[string]struct{ got, want api.LineItem }{
		"percentage and tax": {
			line(Order{Lines: []OrderLine{{UnitPrice: 4491}}, TaxRate: 19, Discount: &OrderDiscount{Value: 10}}),
			api.LineItem{
				Subtotal: 4491, DiscountTotal: 449, RawDiscountTotal: 449, TaxTotal: 768, Total: 4810, OriginalTaxTotal: 853,
				OriginalTotal: 5344, Refundable: 4810,
			},
		},
		"share of a fixed discount": {
			line(Order{
				Lines:    []OrderLine{{UnitPrice: 1000, Quantity: 2}, {UnitPrice: 1000}},
				Discount: &OrderDiscount{Type: api.DiscountRuleTypeFixed, Value: 500},
			}),
			api.LineItem{
				Subtotal: 2000, DiscountTotal: 333, RawDiscountTotal: 500 * (2000.0 / 3000), Total: 1667, OriginalTotal: 2000,
				Refundable: 1666, // 167 off each of two
			},
		},
		"a fixed discount for each, more than the price": {
			line(Order{
				Lines:    []OrderLine{{UnitPrice: 100, Quantity: 3}},
				Discount: &OrderDiscount{Type: api.DiscountRuleTypeFixed, Value: 500, Allocation: api.AllocationTypeItem},
			}),
			api.LineItem{Subtotal: 300, DiscountTotal: 300, RawDiscountTotal: 300, OriginalTotal: 300},
		},
	} {
		got := api.LineItem{
			Subtotal: test.got.Subtotal, DiscountTotal: test.got.DiscountTotal, RawDiscountTotal: test.got.RawDiscountTotal,
			TaxTotal: test.got.TaxTotal, Total: test.got.Total, OriginalTaxTotal: test.got.OriginalTaxTotal,
			OriginalTotal: test.got.OriginalTotal, Refundable: test.got.Refundable,
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
	}
}

func TestZeroOrderIsAnOrdinaryOne(t *testing.T) {
	b, id := newBuyer(t)
	b.SetTime(time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC))
	o := b.AddOrder(id, Order{})
	if o.CurrencyCode != "eur" || o.Status != api.OrderStatusPending || o.PaymentStatus != api.PaymentStatusAwaiting ||
		o.FulfillmentStatus != api.FulfillmentStatusNotFulfilled || o.Email != "buyer@example.com" || o.DisplayID != 1 ||
		!o.CreatedAt.Equal(b.backend.Clock.Now()) || len(o.Items) != 1 || o.Total != 1000 || *o.ShippingAddress.FirstName != "Olivia" {
		t.Errorf("not an ordinary order: %+v", o)
	}
	if next := b.AddOrder(id, Order{}); next.DisplayID != 2 || next.RegionID != o.RegionID || next.ID == o.ID {
		t.Errorf("the next order has number %d, region %s and id %s, after %s and %s", next.DisplayID, next.RegionID, next.ID, o.RegionID, o.ID)
	}
}

func TestStatusesFollowFromTheRest(t *testing.T) {
	two := []OrderLine{{Quantity: 2}, {Quantity: 1}}
	links := []OrderTrackingLink{{TrackingNumber: "T1", URL: "https://carrier.example.com/T1"}}
	for name, test := range map[string]struct {
		order Order
		want  [3]string
	}{
		"canceled":          {Order{Status: api.OrderStatusCanceled}, [3]string{"canceled", "canceled", "canceled"}},
		"given":             {Order{PaymentStatus: api.PaymentStatusCaptured, FulfillmentStatus: api.FulfillmentStatusReturned}, [3]string{"pending", "captured", "returned"}},
		"fulfilled":         {Order{Lines: two, Fulfillments: []OrderFulfillment{{}}}, [3]string{"pending", "awaiting", "fulfilled"}},
		"fulfilled in part": {Order{Lines: two, Fulfillments: []OrderFulfillment{{Quantities: []int{1}}}}, [3]string{"pending", "awaiting", "partially_fulfilled"}},
		"shipped":           {Order{Lines: two, Fulfillments: []OrderFulfillment{{TrackingLinks: links}}}, [3]string{"pending", "awaiting", "shipped"}},
		"shipped in part":   {Order{Lines: two, Fulfillments: []OrderFulfillment{{}, {Quantities: []int{0, 1}, TrackingLinks: links}}}, [3]string{"pending", "awaiting", "partially_shipped"}},
		"refunded":          {Order{Refunded: 1000}, [3]string{"pending", "refunded", "not_fulfilled"}},
		"refunded in part":  {Order{Refunded: 1}, [3]string{"pending", "partially_refunded", "not_fulfilled"}},
	} {
		b, id := newBuyer(t)
		o := b.AddOrder(id, test.order)
		if got := [3]string{string(o.Status), string(o.PaymentStatus), string(o.FulfillmentStatus)}; got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	b, id := newBuyer(t)
	o := b.AddOrder(id, Order{Lines: two, Fulfillments: []OrderFulfillment{{Quantities: []int{1, 1}, TrackingLinks: links}}})
	if f := o.Fulfillments[0]; f.ShippedAt == nil || len(f.Items) != 2 || *f.TrackingLinks[0].URL != links[0].URL || *o.Items[0].ShippedQuantity != 1 {
		t.Errorf("the parcel is %+v of %+v", f, o.Items)
	}
}

func TestBuiltOrderIsWhatTheListShows(t *testing.T) {
	b, id := newBuyer(t)
	o := b.AddOrder(id, Order{
		CreatedAt: time.Date(2024, 1, 2, 3, 4, 5, 678000000, time.UTC), Metadata: map[string]any{"gift": true},
		Discount: &OrderDiscount{Code: "ten", Value: 10}, Fulfillments: []OrderFulfillment{{}},
	})
	listed := list(t, b, id, "fields=%2Bmetadata,%2Bupdated_at,%2Bshipping_address_id").Orders[0]
	if listed.Customer == nil || listed.Customer.ID != id {
		t.Errorf("its customer is %+v", listed.Customer)
	}
	listed.Customer = nil
	if got, want := asJSON(t, listed), asJSON(t, o); !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

func asJSON(t *testing.T, v any) (read any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}
