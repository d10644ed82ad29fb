package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestListOrdersFilters checks that each filter finds the orders that match it, and only those.
func TestListOrdersFilters(t *testing.T) {
	t.Parallel()
	c := login(t, "orders")
	all, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(0)})
	if err != nil {
		t.Fatal(err)
	}
	one := all.Orders[len(all.Orders)/2]
	i := slices.IndexFunc(all.Orders, func(o customers.Order) bool { return o.CartID != nil && o.TaxRate != nil })
	if i < 0 {
		t.Fatal("no seeded order has a cart and a tax rate")
	}
	carted := all.Orders[i]
	for name, test := range map[string]struct {
		params customers.ListOrdersParams
		match  func(*customers.Order) bool
	}{
		"id":            {customers.ListOrdersParams{ID: &one.ID}, func(o *customers.Order) bool { return o.ID == one.ID }},
		"display_id":    {customers.ListOrdersParams{DisplayID: &one.DisplayID}, func(o *customers.Order) bool { return o.DisplayID == one.DisplayID }},
		"cart_id":       {customers.ListOrdersParams{CartID: carted.CartID}, func(o *customers.Order) bool { return o.CartID != nil && *o.CartID == *carted.CartID }},
		"region_id":     {customers.ListOrdersParams{RegionID: &one.RegionID}, func(o *customers.Order) bool { return o.RegionID == one.RegionID }},
		"currency_code": {customers.ListOrdersParams{CurrencyCode: &one.CurrencyCode}, func(o *customers.Order) bool { return o.CurrencyCode == one.CurrencyCode }},
		"tax_rate":      {customers.ListOrdersParams{TaxRate: carted.TaxRate}, func(o *customers.Order) bool { return o.TaxRate != nil && *o.TaxRate == *carted.TaxRate }},
		"two at once": {
			customers.ListOrdersParams{RegionID: &one.RegionID, DisplayID: &one.DisplayID},
			func(o *customers.Order) bool { return o.DisplayID == one.DisplayID },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.params.Limit = new(0)
			page, err := c.ListOrders(t.Context(), &test.params)
			if err != nil || page.Count != count(t, all.Orders, test.match) {
				t.Fatalf("%s, %v, want %d", size(page), err, count(t, all.Orders, test.match))
			}
			for i := range page.Orders {
				if !test.match(&page.Orders[i]) {
					t.Errorf("%s does not match", page.Orders[i].ID)
				}
			}
		})
	}
	for q, want := range map[string]bool{fmt.Sprint(one.DisplayID): true, "nothing has this": false} {
		page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Q: &q, Limit: new(0)})
		if err != nil || slices.ContainsFunc(page.Orders, func(o customers.Order) bool { return o.ID == one.ID }) != want {
			t.Errorf("q=%s: %s, %v, want the order: %t", q, size(page), err, want)
		}
	}
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(2), Offset: new(3)})
	if err != nil || len(page.Orders) != 2 || page.Orders[0].ID != all.Orders[3].ID || page.Offset != 3 || page.Limit != 2 {
		t.Error("limit and offset:", size(page), err)
	}
}
