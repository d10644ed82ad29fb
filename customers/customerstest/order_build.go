package customerstest

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/orders"
)

// AddOrder adds an order of a customer and returns it as the list shows it with all its columns. Its totals are those
// that the backend computes. It has no swaps, claims, returns or gift cards, and no cart, sales channel, product,
// shipping profile or countries of its region; for these, see [Backend.AddStoredOrder]. AddOrder panics if there is no
// such customer or the metadata is not JSON.
func (b *Backend) AddOrder(customerID string, order Order) api.Order {
	b.backend.Lock()
	defer b.backend.Unlock()
	o := b.buildOrder(b.customer(customerID), order)
	data, err := json.Marshal(o)
	if err != nil {
		panic("customerstest: order: " + err.Error()) // the metadata is not JSON
	}
	row, err := orders.Read(data)
	if err != nil {
		panic("customerstest: order: " + err.Error())
	}
	b.backend.Orders.Add(customerID, row)
	return o
}

// orderBuilder builds one order.
type orderBuilder struct {
	spec  Order
	order api.Order
	now   time.Time
}

func (b *Backend) buildOrder(of *medusa.Customer, spec Order) api.Order {
	now := b.backend.Clock.Now()
	if spec.CreatedAt.IsZero() {
		spec.CreatedAt = now
	}
	spec.Email = cmp.Or(spec.Email, of.Email)
	if spec.DisplayID == 0 {
		spec.DisplayID = b.backend.Orders.LastDisplayID + 1
	}
	m := &orderBuilder{spec: spec, now: spec.CreatedAt.UTC()}
	m.columns(of.ID)
	m.order.Region = b.region(m.order.CurrencyCode, spec.TaxRate, m.now)
	m.order.RegionID = m.order.Region.ID
	m.addresses(of)
	m.lines()
	m.shipping()
	m.discount()
	orders.ComputeTotals(&m.order)
	m.payment()
	m.fulfillments()
	m.statuses()
	orders.ComputeTotals(&m.order) // payments and refunds count as well
	return m.order
}

func (m *orderBuilder) id(prefix string) string { return medusa.NewID(prefix, m.now) }

func (m *orderBuilder) columns(customerID string) {
	cartID := m.id("cart")
	m.order = api.Order{
		Object: "order", ID: cmp.Or(m.spec.ID, m.id("order")), DisplayID: m.spec.DisplayID, CartID: &cartID,
		CustomerID: customerID, Email: m.spec.Email, CurrencyCode: cmp.Or(strings.ToLower(m.spec.CurrencyCode), "eur"),
		CreatedAt: m.now, UpdatedAt: &m.now, Metadata: "{}",
		Claims: []api.ClaimOrder{}, Discounts: []api.Discount{}, Fulfillments: []api.Fulfillment{},
		GiftCardTransactions: []api.GiftCardTransaction{}, GiftCards: []api.GiftCard{}, Payments: []api.Payment{},
		Refunds: []api.Refund{}, Swaps: []api.Swap{},
	}
	if m.spec.Metadata != nil {
		m.order.Metadata = api.JSON(js.Append(nil, jsValue(m.spec.Metadata)))
	}
}

// region returns the region of a currency and a tax rate, which orders share.
func (b *Backend) region(currency string, taxRate float64, now time.Time) api.Region {
	key := currency + " " + strconv.FormatFloat(taxRate, 'g', -1, 64)
	r, ok := b.regions[key]
	if !ok {
		r = api.Region{
			ID: medusa.NewID("reg", now), Name: strings.ToUpper(currency), CurrencyCode: currency, TaxRate: taxRate,
			GiftCardsTaxable: true, AutomaticTaxes: true, CreatedAt: now, UpdatedAt: now,
		}
		b.regions[key] = r
	}
	return r
}

func (m *orderBuilder) addresses(of *medusa.Customer) {
	shipping := m.spec.ShippingAddress
	if shipping == nil {
		shipping = &api.Address{
			FirstName: cmp.Or(of.FirstName, new("Alex")), LastName: cmp.Or(of.LastName, new("Doe")), Address1: new("1 Main Street"), City: new("Springfield"),
			PostalCode: new("12345"), CountryCode: new("us"),
		}
	}
	m.order.ShippingAddress = m.address(shipping)
	m.order.ShippingAddressID = &m.order.ShippingAddress.ID
	if m.spec.BillingAddress != nil {
		m.order.BillingAddress = m.address(m.spec.BillingAddress)
		m.order.BillingAddressID = &m.order.BillingAddress.ID
	}
}

func (m *orderBuilder) address(given *api.Address) *api.Address {
	a := *given
	a.ID = cmp.Or(a.ID, m.id("addr"))
	a.CreatedAt, a.UpdatedAt = cmp.Or(a.CreatedAt, m.now), cmp.Or(a.UpdatedAt, m.now)
	return &a
}

func (m *orderBuilder) lines() {
	if len(m.spec.Lines) == 0 {
		m.spec.Lines = []OrderLine{{}}
	}
	for _, line := range m.spec.Lines {
		if line.Title == "" {
			line.Title, line.UnitPrice = "T-shirt", cmp.Or(line.UnitPrice, 1000)
		}
		description := cmp.Or(line.Description, "Medium")
		variant := &api.ProductVariant{
			ID: m.id("variant"), ProductID: m.id("prod"), Title: description, InventoryQuantity: 100, ManageInventory: true,
			VariantRank: new(0), CreatedAt: m.now, UpdatedAt: m.now,
		}
		if line.SKU != "" {
			variant.Sku = &line.SKU
		}
		rate := m.spec.TaxRate
		if line.TaxRate != nil {
			rate = *line.TaxRate
		}
		item := api.LineItem{
			ID: m.id("item"), OrderID: &m.order.ID, CartID: m.order.CartID, Title: line.Title, Description: &description,
			UnitPrice: line.UnitPrice, Quantity: cmp.Or(line.Quantity, 1), AllowDiscounts: !line.NotReduced, ShouldMerge: true,
			HasShipping: new(true), Variant: variant, VariantID: &variant.ID, Metadata: "{}",
			Adjustments: []api.LineItemAdjustment{}, CreatedAt: m.now, UpdatedAt: m.now,
		}
		item.TaxLines = []api.LineItemTaxLine{{
			ID: new(m.id("litl")), ItemID: item.ID, Rate: rate, Name: "default", Code: new("default"),
			CreatedAt: &m.now, UpdatedAt: &m.now,
		}}
		m.order.Items = append(m.order.Items, item)
	}
}

func (m *orderBuilder) shipping() {
	price := m.spec.ShippingPrice
	option := &api.ShippingOption{
		ID: m.id("so"), Name: "Standard", RegionID: m.order.RegionID, ProfileID: m.id("sp"), ProviderID: "manual",
		PriceType: api.ShippingOptionPriceTypeFlatRate, Amount: &price, Data: `{"id":"manual-fulfillment"}`,
		CreatedAt: m.now, UpdatedAt: m.now,
	}
	method := api.ShippingMethod{
		ID: m.id("sm"), OrderID: &m.order.ID, CartID: m.order.CartID, ShippingOption: option, ShippingOptionID: option.ID,
		Price: price, Data: "{}",
	}
	method.TaxLines = []api.ShippingMethodTaxLine{{
		ID: new(m.id("smtl")), ShippingMethodID: method.ID, Rate: m.spec.TaxRate, Name: "default", Code: new("default"),
		CreatedAt: &m.now, UpdatedAt: &m.now,
	}}
	m.order.ShippingMethods = []api.ShippingMethod{method}
}

func (m *orderBuilder) discount() {
	spec := m.spec.Discount
	if spec == nil {
		return
	}
	rule := &api.DiscountRule{
		ID: m.id("dru"), Type: cmp.Or(spec.Type, api.DiscountRuleTypePercentage), Value: spec.Value,
		Allocation: new(cmp.Or(spec.Allocation, api.AllocationTypeTotal)), CreatedAt: m.now, UpdatedAt: m.now,
	}
	discount := api.Discount{
		ID: m.id("disc"), Code: strings.ToUpper(spec.Code), Rule: rule, RuleID: &rule.ID, UsageCount: 1, StartsAt: m.now,
		CreatedAt: m.now, UpdatedAt: m.now,
	}
	m.order.Discounts = []api.Discount{discount}
	if rule.Type == api.DiscountRuleTypeFreeShipping {
		m.order.ShippingMethods[0].Price = 0 // the option keeps its amount
		return
	}
	reduced := int64(0)
	for _, item := range m.order.Items {
		if item.AllowDiscounts {
			reduced += item.UnitPrice * int64(item.Quantity)
		}
	}
	for i := range m.order.Items {
		item := &m.order.Items[i]
		full := float64(item.UnitPrice * int64(item.Quantity))
		if !item.AllowDiscounts || full == 0 {
			continue
		}
		amount := float64(rule.Value) * float64(item.Quantity)
		switch {
		case rule.Type == api.DiscountRuleTypePercentage:
			amount = orders.Round(full / 100 * float64(rule.Value))
		case *rule.Allocation == api.AllocationTypeTotal:
			amount = float64(min(rule.Value, reduced)) * (full / float64(reduced))
		}
		item.Adjustments = append(item.Adjustments, api.LineItemAdjustment{
			ID: m.id("lia"), ItemID: item.ID, DiscountID: &discount.ID, Description: "discount", Amount: min(amount, full),
		})
	}
}

// payment adds the payment and the refund.
func (m *orderBuilder) payment() {
	status := m.spec.PaymentStatus
	if m.order.Total == 0 || status == api.PaymentStatusNotPaid {
		return
	}
	refunded := m.spec.Refunded
	if status == api.PaymentStatusRefunded {
		refunded = cmp.Or(refunded, m.order.Total)
	}
	p := api.Payment{
		ID: m.id("pay"), OrderID: &m.order.ID, CartID: m.order.CartID, Amount: m.order.Total, AmountRefunded: refunded,
		CurrencyCode: m.order.CurrencyCode, ProviderID: "manual", CreatedAt: m.now, UpdatedAt: m.now,
	}
	switch {
	case status == api.PaymentStatusCaptured || refunded > 0:
		p.CapturedAt, p.Data = &m.now, `{"status":"captured"}`
	case status == api.PaymentStatusCanceled || m.spec.Status == api.OrderStatusCanceled:
		p.CanceledAt, p.Data = &m.now, `{"status":"canceled"}`
	default:
		p.Data = `{"status":"authorized"}`
	}
	m.order.Payments = []api.Payment{p}
	if refunded > 0 {
		m.order.Refunds = []api.Refund{{
			ID: m.id("ref"), OrderID: &m.order.ID, Amount: refunded, Reason: api.RefundReasonOther, CreatedAt: m.now, UpdatedAt: m.now,
		}}
	}
}

func (m *orderBuilder) fulfillments() {
	for _, spec := range m.spec.Fulfillments {
		f := api.Fulfillment{
			ID: m.id("ful"), OrderID: &m.order.ID, ProviderID: new("manual"), Data: "{}", Metadata: "{}",
			TrackingNumbers: []string{}, TrackingLinks: []api.TrackingLink{}, CreatedAt: m.now, UpdatedAt: m.now,
		}
		switch {
		case !spec.ShippedAt.IsZero():
			f.ShippedAt = &spec.ShippedAt
		case len(spec.TrackingLinks) > 0:
			f.ShippedAt = &m.now
		}
		for _, link := range spec.TrackingLinks {
			row := api.TrackingLink{
				ID: m.id("tlink"), FulfillmentID: f.ID, TrackingNumber: link.TrackingNumber, CreatedAt: m.now, UpdatedAt: m.now,
			}
			if link.URL != "" {
				row.URL = &link.URL
			}
			f.TrackingLinks = append(f.TrackingLinks, row)
		}
		for i := range m.order.Items {
			item := &m.order.Items[i]
			quantity := item.Quantity
			if len(spec.Quantities) > 0 {
				quantity = 0
				if i < len(spec.Quantities) {
					quantity = spec.Quantities[i]
				}
			}
			if quantity == 0 {
				continue
			}
			f.Items = append(f.Items, api.FulfillmentItem{FulfillmentID: f.ID, ItemID: item.ID, Quantity: quantity})
			item.FulfilledQuantity = added(item.FulfilledQuantity, quantity)
			if f.ShippedAt != nil {
				item.ShippedQuantity = added(item.ShippedQuantity, quantity)
			}
		}
		m.order.Fulfillments = append(m.order.Fulfillments, f)
	}
}

func added(sum *int, n int) *int {
	if sum != nil {
		n += *sum
	}
	return &n
}

// statuses sets the statuses of the description, or those that follow from the order.
func (m *orderBuilder) statuses() {
	o := &m.order
	o.Status = cmp.Or(m.spec.Status, api.OrderStatusPending)
	canceled := o.Status == api.OrderStatusCanceled
	if canceled {
		o.CanceledAt = &m.now
	}

	payment := api.PaymentStatusAwaiting
	switch {
	case m.spec.Refunded > 0 && m.spec.Refunded < o.Total:
		payment = api.PaymentStatusPartiallyRefunded
	case m.spec.Refunded > 0:
		payment = api.PaymentStatusRefunded
	case canceled:
		payment = api.PaymentStatusCanceled
	}
	o.PaymentStatus = cmp.Or(m.spec.PaymentStatus, payment)

	total, fulfilled, shipped := 0, 0, 0
	for _, item := range o.Items {
		total += item.Quantity
		if item.FulfilledQuantity != nil {
			fulfilled += *item.FulfilledQuantity
		}
		if item.ShippedQuantity != nil {
			shipped += *item.ShippedQuantity
		}
	}
	fulfillment := api.FulfillmentStatusNotFulfilled
	switch {
	case canceled:
		fulfillment = api.FulfillmentStatusCanceled
	case shipped >= total:
		fulfillment = api.FulfillmentStatusShipped
	case shipped > 0:
		fulfillment = api.FulfillmentStatusPartiallyShipped
	case fulfilled >= total:
		fulfillment = api.FulfillmentStatusFulfilled
	case fulfilled > 0:
		fulfillment = api.FulfillmentStatusPartiallyFulfilled
	}
	o.FulfillmentStatus = cmp.Or(m.spec.FulfillmentStatus, fulfillment)
}
