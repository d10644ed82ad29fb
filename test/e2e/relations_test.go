package e2e

import (
	"slices"
	"strings"
)

// relation is a relation that `expand` can name.
type relation struct {
	name, target string
}

// relations are those of the backend's database entities. On a customer's orders it accepts them all, to any depth. They are
// not read from the contract, which has to declare them all.
var relations = map[string][]relation{
	"Order":                       {{"cart", "Cart"}, {"customer", "Customer"}, {"billing_address", "Address"}, {"shipping_address", "Address"}, {"region", "Region"}, {"currency", "Currency"}, {"discounts", "Discount"}, {"gift_cards", "GiftCard"}, {"shipping_methods", "ShippingMethod"}, {"payments", "Payment"}, {"fulfillments", "Fulfillment"}, {"returns", "Return"}, {"claims", "ClaimOrder"}, {"refunds", "Refund"}, {"swaps", "Swap"}, {"draft_order", "DraftOrder"}, {"edits", "OrderEdit"}, {"items", "LineItem"}, {"gift_card_transactions", "GiftCardTransaction"}, {"sales_channel", "SalesChannel"}},
	"Cart":                        {{"billing_address", "Address"}, {"shipping_address", "Address"}, {"items", "LineItem"}, {"region", "Region"}, {"discounts", "Discount"}, {"gift_cards", "GiftCard"}, {"customer", "Customer"}, {"payment_sessions", "PaymentSession"}, {"payment", "Payment"}, {"shipping_methods", "ShippingMethod"}, {"sales_channel", "SalesChannel"}},
	"Customer":                    {{"billing_address", "Address"}, {"shipping_addresses", "Address"}, {"orders", "Order"}, {"groups", "CustomerGroup"}},
	"Address":                     {{"customer", "Customer"}, {"country", "Country"}},
	"Region":                      {{"currency", "Currency"}, {"tax_rates", "TaxRate"}, {"countries", "Country"}, {"tax_provider", "TaxProvider"}, {"payment_providers", "PaymentProvider"}, {"fulfillment_providers", "FulfillmentProvider"}},
	"Discount":                    {{"rule", "DiscountRule"}, {"parent_discount", "Discount"}, {"regions", "Region"}},
	"GiftCard":                    {{"region", "Region"}, {"order", "Order"}},
	"ShippingMethod":              {{"order", "Order"}, {"claim_order", "ClaimOrder"}, {"cart", "Cart"}, {"swap", "Swap"}, {"return_order", "Return"}, {"shipping_option", "ShippingOption"}, {"tax_lines", "ShippingMethodTaxLine"}},
	"Payment":                     {{"swap", "Swap"}, {"cart", "Cart"}, {"order", "Order"}, {"currency", "Currency"}},
	"Fulfillment":                 {{"claim_order", "ClaimOrder"}, {"swap", "Swap"}, {"order", "Order"}, {"provider", "FulfillmentProvider"}, {"items", "FulfillmentItem"}, {"tracking_links", "TrackingLink"}},
	"Return":                      {{"items", "ReturnItem"}, {"swap", "Swap"}, {"claim_order", "ClaimOrder"}, {"order", "Order"}, {"shipping_method", "ShippingMethod"}},
	"ClaimOrder":                  {{"claim_items", "ClaimItem"}, {"additional_items", "LineItem"}, {"order", "Order"}, {"return_order", "Return"}, {"shipping_address", "Address"}, {"shipping_methods", "ShippingMethod"}, {"fulfillments", "Fulfillment"}},
	"Refund":                      {{"order", "Order"}, {"payment", "Payment"}},
	"Swap":                        {{"order", "Order"}, {"additional_items", "LineItem"}, {"return_order", "Return"}, {"fulfillments", "Fulfillment"}, {"payment", "Payment"}, {"shipping_address", "Address"}, {"shipping_methods", "ShippingMethod"}, {"cart", "Cart"}},
	"DraftOrder":                  {{"cart", "Cart"}, {"order", "Order"}},
	"OrderEdit":                   {{"order", "Order"}, {"changes", "OrderItemChange"}, {"items", "LineItem"}, {"payment_collection", "PaymentCollection"}},
	"LineItem":                    {{"cart", "Cart"}, {"order", "Order"}, {"swap", "Swap"}, {"claim_order", "ClaimOrder"}, {"tax_lines", "LineItemTaxLine"}, {"adjustments", "LineItemAdjustment"}, {"order_edit", "OrderEdit"}, {"variant", "ProductVariant"}},
	"GiftCardTransaction":         {{"gift_card", "GiftCard"}, {"order", "Order"}},
	"SalesChannel":                {{"products", "Product"}, {"publishableKeys", "PublishableApiKey"}, {"locations", "SalesChannelLocation"}},
	"PaymentSession":              {{"cart", "Cart"}},
	"CustomerGroup":               {{"customers", "Customer"}, {"price_lists", "PriceList"}},
	"Country":                     {{"region", "Region"}},
	"TaxRate":                     {{"region", "Region"}, {"products", "Product"}, {"product_types", "ProductType"}, {"shipping_options", "ShippingOption"}},
	"DiscountRule":                {{"conditions", "DiscountCondition"}},
	"ShippingOption":              {{"region", "Region"}, {"profile", "ShippingProfile"}, {"provider", "FulfillmentProvider"}, {"requirements", "ShippingOptionRequirement"}},
	"ShippingMethodTaxLine":       {{"shipping_method", "ShippingMethod"}},
	"FulfillmentItem":             {{"fulfillment", "Fulfillment"}, {"item", "LineItem"}},
	"TrackingLink":                {{"fulfillment", "Fulfillment"}},
	"ReturnItem":                  {{"return_order", "Return"}, {"item", "LineItem"}, {"reason", "ReturnReason"}},
	"ClaimItem":                   {{"images", "ClaimImage"}, {"claim_order", "ClaimOrder"}, {"item", "LineItem"}, {"variant", "ProductVariant"}, {"tags", "ClaimTag"}},
	"OrderItemChange":             {{"order_edit", "OrderEdit"}, {"original_line_item", "LineItem"}, {"line_item", "LineItem"}},
	"PaymentCollection":           {{"region", "Region"}, {"currency", "Currency"}, {"payment_sessions", "PaymentSession"}, {"payments", "Payment"}},
	"LineItemTaxLine":             {{"item", "LineItem"}},
	"LineItemAdjustment":          {{"item", "LineItem"}, {"discount", "Discount"}},
	"ProductVariant":              {{"product", "Product"}, {"prices", "MoneyAmount"}, {"options", "ProductOptionValue"}, {"inventory_items", "ProductVariantInventoryItem"}},
	"Product":                     {{"images", "Image"}, {"options", "ProductOption"}, {"variants", "ProductVariant"}, {"categories", "ProductCategory"}, {"profiles", "ShippingProfile"}, {"collection", "ProductCollection"}, {"type", "ProductType"}, {"tags", "ProductTag"}, {"sales_channels", "SalesChannel"}},
	"SalesChannelLocation":        {{"sales_channel", "SalesChannel"}},
	"PriceList":                   {{"customer_groups", "CustomerGroup"}, {"prices", "MoneyAmount"}},
	"DiscountCondition":           {{"discount_rule", "DiscountRule"}, {"products", "Product"}, {"product_types", "ProductType"}, {"product_tags", "ProductTag"}, {"product_collections", "ProductCollection"}, {"customer_groups", "CustomerGroup"}},
	"ShippingProfile":             {{"products", "Product"}, {"shipping_options", "ShippingOption"}},
	"ShippingOptionRequirement":   {{"shipping_option", "ShippingOption"}},
	"ReturnReason":                {{"parent_return_reason", "ReturnReason"}, {"return_reason_children", "ReturnReason"}},
	"ClaimImage":                  {{"claim_item", "ClaimItem"}},
	"MoneyAmount":                 {{"currency", "Currency"}, {"price_list", "PriceList"}, {"variants", "ProductVariant"}, {"region", "Region"}},
	"ProductOptionValue":          {{"option", "ProductOption"}, {"variant", "ProductVariant"}},
	"ProductVariantInventoryItem": {{"variant", "ProductVariant"}},
	"ProductOption":               {{"values", "ProductOptionValue"}, {"product", "Product"}},
	"ProductCategory":             {{"parent_category", "ProductCategory"}, {"category_children", "ProductCategory"}, {"products", "Product"}},
	"ProductCollection":           {{"products", "Product"}}}

// wide are the relations that lead to many objects to which other relations lead, too.
var wide = []string{"Customer.orders", "SalesChannel.products", "ShippingProfile.products", "ProductCategory.products", "CustomerGroup.customers"}

// spot is the place to which a path of relations leads from an order.
type spot struct {
	path, entity string
}

func (p spot) to(r relation) spot {
	return spot{strings.TrimPrefix(p.path+"."+r.name, "."), r.target}
}

// edge is a relation of an entity. The orders, items and shipping methods of the list itself have more properties than such
// objects further inside, so their relations count as different ones.
type edge struct {
	entity, name string
	decorated    bool
}

func (p spot) edge(r relation) edge {
	return edge{p.entity, r.name, p.path == "" || p.path == "items" || p.path == "shipping_methods"}
}

// relationsAt returns the paths to all relations of one depth.
func relationsAt(depth int) []string {
	level := []spot{{entity: "Order"}}
	for range depth {
		var next []spot
		for _, at := range level {
			for _, r := range relations[at.entity] {
				next = append(next, at.to(r))
			}
		}
		level = next
	}
	var paths []string
	for _, p := range level {
		paths = append(paths, p.path)
	}
	return paths
}

// exploration finds, for each relation, a path that leads to an object, if the data has one. It goes level by level, and through
// wide relations last.
type exploration struct {
	found map[edge]bool
	level []spot
	later []spot
}

func newExploration() *exploration {
	return &exploration{found: map[edge]bool{}, level: []spot{{entity: "Order"}}}
}

// next returns the next places to look at, and none at the end.
func (x *exploration) next() []spot {
	for len(x.level)+len(x.later) > 0 {
		if len(x.level) == 0 {
			x.level, x.later = x.later, nil
		}
		asked := map[edge]int{}
		var places []spot
		for _, at := range x.level {
			for _, r := range relations[at.entity] {
				// Three places at a time are enough.
				if e := at.edge(r); !x.found[e] && asked[e] < 3 {
					asked[e]++
					places = append(places, at.to(r))
				}
			}
		}
		x.level = nil
		if len(places) > 0 {
			return places
		}
	}
	return nil
}

// reached notes that there was an object at a place that next returned.
func (x *exploration) reached(p spot) {
	parent, name := "", p.path
	if i := strings.LastIndex(p.path, "."); i >= 0 {
		parent, name = p.path[:i], p.path[i+1:]
	}
	e := spot{parent, entityAt(parent)}.edge(relation{name: name})
	if x.found[e] {
		return
	}
	x.found[e] = true
	if slices.Contains(wide, e.entity+"."+name) {
		x.later = append(x.later, p)
	} else {
		x.level = append(x.level, p)
	}
}

// entityAt returns the entity to which a path leads.
func entityAt(path string) string {
	entity := "Order"
	for name := range strings.SplitSeq(path, ".") {
		for _, r := range relations[entity] {
			if r.name == name {
				entity = r.target
				break
			}
		}
	}
	return entity
}
