package e2e

import (
	"slices"
	"strings"
)

// relation is one that `expand` can name.
type relation struct {
	name, target string
}

// relations are the backend's own, read off its database entities; on the customer's orders it allows them all, to any
// depth. They are not taken from the contract, which has to have them all.
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

// wide are the relations that lead to very many objects, which others lead to as well.
var wide = []string{"Customer.orders", "SalesChannel.products", "ShippingProfile.products", "ProductCategory.products", "CustomerGroup.customers"}

// everyRelation returns the paths, from an order, to all relations down to the depth, and beyond it one to each relation
// that has not come by then, through wide ones only where there is no other. What the list's own orders, items and
// shipping methods hold differs from what such objects hold further inside, so those count as different.
func everyRelation(depth int) []string {
	type place struct {
		path, entity string
		depth        int
	}
	type edge struct {
		entity, name string
		decorated    bool
	}
	var paths []string
	known := map[edge]bool{}
	narrowest, widest := []place{{entity: "Order"}}, []place(nil)
	for len(narrowest)+len(widest) > 0 {
		if len(narrowest) == 0 {
			narrowest, widest = widest, nil
		}
		at := narrowest[0]
		narrowest = narrowest[1:]
		decorated := at.path == "" || at.path == "items" || at.path == "shipping_methods"
		for _, r := range relations[at.entity] {
			e := edge{at.entity, r.name, decorated}
			if at.depth >= depth && known[e] {
				continue
			}
			known[e] = true
			path := strings.TrimPrefix(at.path+"."+r.name, ".")
			paths = append(paths, path)
			next := place{path, r.target, at.depth + 1}
			if slices.Contains(wide, at.entity+"."+r.name) {
				widest = append(widest, next)
			} else {
				narrowest = append(narrowest, next)
			}
		}
	}
	return paths
}

// relationsAt returns the paths of one depth.
func relationsAt(depth int) []string {
	return slices.DeleteFunc(everyRelation(depth), func(path string) bool { return strings.Count(path, ".") != depth-1 })
}
