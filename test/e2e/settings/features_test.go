//nolint:thelper // the functions of tries are the tests themselves
package settings

import (
	"errors"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// featuresOn has all feature flags on that v1 has of itself, but medusa_v2 and workflows, which need packages of v2.
func featuresOn(t *testing.T) {
	use(t, backend.Settings{Config: `{"featureFlags":{"tax_inclusive_pricing":true,"product_categories":true,"many_to_many_inventory":true,
		"sales_channels":true,"publishable_api_keys":true,"order_editing":true,"analytics":true}}`})
	_, orders := usedWithOrders(t)
	for _, o := range orders {
		if len(o.Items) == 0 || len(o.ShippingMethods) == 0 {
			continue
		}
		if o.Items[0].IncludesTax == nil || o.ShippingMethods[0].IncludesTax == nil || o.Region.IncludesTax == nil {
			t.Errorf("order %s lacks includes_tax", o.ID)
		}
	}
}

// featuresOff has all of them off, also those that are on by default.
func featuresOff(t *testing.T) {
	use(t, backend.Settings{Config: `{"featureFlags":{"tax_inclusive_pricing":false,"product_categories":false,"many_to_many_inventory":false,
		"sales_channels":false,"publishable_api_keys":false,"order_editing":false,"analytics":false}}`})
	c, orders := usedWithOrders(t)
	for _, o := range orders {
		if o.SalesChannelID != nil || o.Has("sales_channel_id") || o.Region.IncludesTax != nil {
			t.Errorf("order %s has properties of features that are off", o.ID)
		}
	}
	_, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Fields: []string{"id", "sales_channel_id"}})
	if !errors.Is(err, customers.ErrInternal) || !strings.Contains(err.Error(), "a name in Fields or Expand that the backend does not know") {
		t.Errorf("a column that is switched off: got %v", err)
	}
}

// usedWithOrders tries every use, and returns a client of a customer with orders, and those orders.
func usedWithOrders(t *testing.T) (*customers.Client, []customers.Order) {
	e := direct(t)
	everyUse(t, e)
	c, _, err := e.Seeded(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.ListOrders(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, page.Orders
}
