package customerstest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/orders"
)

// An Order describes an order for [Backend.AddOrder]. Its zero value is an order of one line, in euros, placed now,
// with a payment that awaits its capture, not shipped, to an address in the customer's name. Amounts are in the
// currency's smallest unit. The JSON names are those of a seed file of fakemedusa.
type Order struct {
	ID           string    `json:"id"`            // a new one if empty
	DisplayID    int       `json:"display_id"`    // the next free number if 0
	CreatedAt    time.Time `json:"created_at"`    // the backend's time if zero; microseconds count, as in its database
	Email        string    `json:"email"`         // the customer's if empty
	CurrencyCode string    `json:"currency_code"` // eur if empty

	// A status that is empty follows from the rest of the order.
	Status            api.OrderStatus       `json:"status"`
	PaymentStatus     api.PaymentStatus     `json:"payment_status"`
	FulfillmentStatus api.FulfillmentStatus `json:"fulfillment_status"`

	Lines         []OrderLine `json:"lines"`          // one zero OrderLine if empty
	ShippingPrice int64       `json:"shipping_price"` // without tax
	// TaxRate is the tax on lines and shipping, in percent. The order's own column tax_rate stays null: only orders from
	// before there were tax lines have one.
	TaxRate  float64        `json:"tax_rate"`
	Discount *OrderDiscount `json:"discount"`
	Refunded int64          `json:"refunded"` // paid back to the customer

	ShippingAddress *api.Address       `json:"shipping_address"`
	BillingAddress  *api.Address       `json:"billing_address"` // none if nil
	Fulfillments    []OrderFulfillment `json:"fulfillments"`
	Metadata        map[string]any     `json:"metadata"`
}

// OrderLine is a line of an [Order].
type OrderLine struct {
	Title       string   `json:"title"`       // T-shirt if empty
	Description string   `json:"description"` // of the variant; Medium if empty
	SKU         string   `json:"sku"`         // none if empty
	UnitPrice   int64    `json:"unit_price"`  // without tax; 1000 for a line that has no title either
	Quantity    int      `json:"quantity"`    // 1 if 0
	TaxRate     *float64 `json:"tax_rate"`    // in percent; the order's if nil
	NotReduced  bool     `json:"not_reduced"` // the discount does not apply to it
}

// OrderDiscount is the discount of an [Order].
type OrderDiscount struct {
	Code  string               `json:"code"`
	Type  api.DiscountRuleType `json:"type"`  // percentage if empty
	Value int64                `json:"value"` // percent or an amount; free shipping has none
	// Allocation is total, which it is if empty, if a fixed amount is for the whole order, and item if it is for each
	// piece.
	Allocation api.AllocationType `json:"allocation"`
}

// OrderFulfillment is a parcel of an [Order].
type OrderFulfillment struct {
	Quantities    []int               `json:"quantities"` // how many of each line, in their order; all if empty
	ShippedAt     time.Time           `json:"shipped_at"` // with tracking links, the order's time if zero
	TrackingLinks []OrderTrackingLink `json:"tracking_links"`
}

// OrderTrackingLink is a tracking link of an [OrderFulfillment].
type OrderTrackingLink struct {
	TrackingNumber string `json:"tracking_number"`
	URL            string `json:"url"` // none if empty
}

// AddStoredOrder adds an order from JSON, with all its columns and totals and with the relations that expand is to
// show, at any depth. So a test can use an order that its own backend sent. [Backend.AddOrder] needs less.
//
// The order becomes one of the customer even with another customer_id, and shows the customer as it is when it is read.
// All else is shown as in the JSON, with times cut to milliseconds: nothing is computed. A relation that is not in the
// JSON leads to another row of the order by its id, or else it is null or an empty list. The JSON needs id and
// created_at. An error names what cannot be read, or the customer that does not exist.
func (b *Backend) AddStoredOrder(customerID string, order json.RawMessage) error {
	row, err := orders.Read(order)
	if err != nil {
		return fmt.Errorf("customerstest: order: %w", err)
	}
	b.backend.Lock()
	defer b.backend.Unlock()
	if b.backend.Customer(customerID) == nil {
		return fmt.Errorf("customerstest: there is no customer %s", customerID)
	}
	b.backend.Orders.Add(customerID, row)
	return nil
}
