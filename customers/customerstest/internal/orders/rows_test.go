package orders_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// A relation leads to the row that the order has elsewhere, or that every backend has.
func TestRelationsLeadBack(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, customerstest.Order{
		TaxRate: 25, Discount: &customerstest.OrderDiscount{Value: 10}, ShippingAddress: &api.Address{}, Refunded: 1, CurrencyCode: "DKK",
		Fulfillments: []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "T1"}}}},
	})
	for path, want := range map[string]string{
		"currency":                                          `{"code":"dkk","name":"Danish Krone","symbol":"Dkr","symbol_native":"kr"}`,
		"region.currency":                                   `{"code":"dkk","name":"Danish Krone","symbol":"Dkr","symbol_native":"kr"}`,
		"payments.0.currency.code":                          `"dkk"`,
		"fulfillments.0.items.0.fulfillment.id":             "fulfillments.0.id",
		"fulfillments.0.items.0.item.title":                 `"T-shirt"`,
		"items.0.adjustments.0.item.id":                     "items.0.id",
		"items.0.tax_lines.0.item.id":                       "items.0.id",
		"items.0.order.id":                                  "id",
		"payments.0.order.id":                               "id",
		"shipping_methods.0.order.id":                       "id",
		"shipping_methods.0.shipping_option.region.id":      "region.id",
		"shipping_methods.0.tax_lines.0.shipping_method.id": "shipping_methods.0.id",
		"shipping_methods.0.shipping_option.provider":       `{"id":"manual","is_installed":true}`,
		"fulfillments.0.tracking_links.0.fulfillment.id":    "fulfillments.0.id",
		"cart":                    "null", // not in the order
		"items.0.variant.product": "null",
	} {
		names := strings.Split(path, ".")
		var expand []string
		for _, name := range names {
			if !slices.Contains([]string{"0", "id", "code", "title"}, name) {
				expand = append(expand, name)
			}
		}
		order := shown(t, b, "expand=region,shipping_methods,items,fulfillments,"+strings.Join(expand, "."))
		if other := at(order, strings.Split(want, ".")); want == "id" || strings.HasSuffix(want, ".id") {
			want = other
		}
		if got := at(order, names); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	b.AddOrder(id, customerstest.Order{CurrencyCode: "xag"})
	if got := at(shown(t, b, "expand=currency"), []string{"currency", "symbol"}); got != `"XAG"` {
		t.Errorf("a currency without a row has the sign %s", got)
	}
}
