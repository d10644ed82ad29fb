package orders

import (
	"math"

	"github.com/medusa-storefront/customers-go/api"
)

// ComputeTotals sets the totals of an order, its lines and its shipping methods from prices, tax lines, adjustments,
// payments and refunds, as the backend does when it reads an order without gift cards.
func ComputeTotals(o *api.Order) {
	var itemTax, shippingTax int64
	o.Subtotal, o.RawDiscountTotal = 0, 0
	for i := range o.Items {
		item := &o.Items[i]
		computeItemTotals(item)
		o.Subtotal += item.Subtotal
		o.RawDiscountTotal += item.RawDiscountTotal
		itemTax += item.TaxTotal
	}
	o.ShippingTotal = 0
	for i := range o.ShippingMethods {
		method := &o.ShippingMethods[i]
		computeShippingTotals(method)
		o.ShippingTotal += method.Subtotal
		shippingTax += method.TaxTotal
	}
	o.DiscountTotal = int64(Round(o.RawDiscountTotal))
	o.ItemTaxTotal, o.ShippingTaxTotal, o.TaxTotal = &itemTax, &shippingTax, itemTax+shippingTax
	o.Total = o.Subtotal + o.ShippingTotal + o.TaxTotal - o.DiscountTotal
	o.PaidTotal, o.RefundedTotal = 0, 0
	for _, p := range o.Payments {
		o.PaidTotal += p.Amount
	}
	for _, r := range o.Refunds {
		o.RefundedTotal += r.Amount
	}
	o.RefundableAmount = o.PaidTotal - o.RefundedTotal
}

func computeItemTotals(item *api.LineItem) {
	full := item.UnitPrice * int64(item.Quantity)
	discount := 0.0
	for _, a := range item.Adjustments {
		discount += a.Amount
	}
	item.Subtotal = full
	item.RawDiscountTotal = discount
	item.DiscountTotal = int64(Round(discount))
	item.TaxTotal = itemTax(item, float64(full)-discount)
	item.OriginalTaxTotal = itemTax(item, float64(full))
	item.Total = full - item.DiscountTotal + item.TaxTotal
	item.OriginalTotal = full + item.OriginalTaxTotal

	// What can be refunded goes by the discount of a single piece, rounded.
	pieces := item.Quantity
	if item.ReturnedQuantity != nil {
		pieces -= *item.ReturnedQuantity
	}
	left := item.UnitPrice*int64(pieces) - int64(Round(discount/float64(item.Quantity)))*int64(pieces)
	item.Refundable = left + itemTax(item, float64(left))
}

// itemTax returns the tax on an amount: each rate by itself, rounded.
func itemTax(item *api.LineItem, amount float64) int64 {
	tax := 0.0
	for _, line := range item.TaxLines {
		tax += Round(amount * (line.Rate / 100))
	}
	return int64(tax)
}

func computeShippingTotals(method *api.ShippingMethod) {
	tax := 0.0
	for _, line := range method.TaxLines {
		tax += float64(method.Price) * (line.Rate / 100) // rounded together
	}
	method.Subtotal = method.Price
	method.TaxTotal = int64(Round(tax))
	method.OriginalTaxTotal = method.TaxTotal
	method.Total = method.Price + method.TaxTotal
	method.OriginalTotal = method.Total
}

// Round is Math.round: halves go up.
func Round(f float64) float64 { return math.Floor(f + 0.5) }
