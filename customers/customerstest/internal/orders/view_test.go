package orders_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// shown returns the first order of the list.
func shown(t *testing.T, b *customerstest.Backend, query string) map[string]any {
	t.Helper()
	var page struct {
		Orders []map[string]any `json:"orders"`
	}
	status, body := listOrders(t, b, query)
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Orders) == 0 {
		t.Fatalf("%s: %d %s", query, status, body)
	}
	return page.Orders[0]
}

func names(m any) []string {
	object, _ := m.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

func first(m map[string]any, relation string) map[string]any {
	rows, _ := m[relation].([]any)
	row, _ := rows[0].(map[string]any)
	return row
}

// words returns the words of a text, sorted.
func words(text string) []string {
	return slices.Sorted(slices.Values(strings.Fields(text)))
}

const (
	totals       = " discount_total gift_card_tax_total gift_card_total item_tax_total paid_total raw_discount_total refundable_amount refunded_total shipping_tax_total shipping_total subtotal tax_total total "
	always       = " object id created_at tax_rate claims discounts gift_card_transactions gift_cards items payments refunds region shipping_methods swaps "
	defaults     = " status fulfillment_status payment_status display_id cart_id customer_id email region_id currency_code "
	byDefault    = " shipping_address fulfillments customer "
	itemColumns  = " id created_at updated_at cart_id order_id swap_id claim_order_id original_item_id order_edit_id title description thumbnail is_return is_giftcard should_merge allow_discounts has_shipping unit_price variant_id quantity fulfilled_quantity returned_quantity shipped_quantity metadata "
	itemRows     = " adjustments tax_lines variant "
	itemTotals   = " subtotal discount_total total original_total original_tax_total tax_total raw_discount_total "
	methodTotals = " original_total total subtotal original_tax_total tax_total "
)

func TestFieldsAndExpandChooseWhatIsShown(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, customerstest.Order{BillingAddress: &api.Address{}, Fulfillments: []customerstest.OrderFulfillment{{}}})
	for query, want := range map[string]string{
		"":                               always + defaults + byDefault + totals,
		"expand=":                        always + defaults + totals,
		"expand=,":                       always + defaults + totals,
		"expand=__proto__":               always + defaults + totals,
		"expand=customer,returns":        always + defaults + "customer returns" + totals,
		"expand=billing_address":         always + defaults + "billing_address" + totals,
		"fields=":                        always + byDefault + totals,
		"fields=,":                       always + byDefault + totals,
		"fields=email":                   always + "email" + byDefault + totals,
		"fields=email,%2Bmetadata":       always + "email metadata" + byDefault + totals,
		"fields=%2Bmetadata":             always + defaults + "metadata" + byDefault + totals,
		"fields=-email,-id,-foo":         strings.Replace(always+defaults+byDefault+totals, " email ", " ", 1),
		"fields=-,%2B":                   always + defaults + byDefault + totals,
		"fields=*":                       always + defaults + byDefault + totals,
		"fields=*returns":                always + defaults + byDefault + "returns" + totals,
		"fields=*foo&expand=":            always + defaults + totals,
		"fields=items":                   always + byDefault + totals,
		"fields=returns.foo":             always + byDefault + "returns" + totals,
		"fields=returns.foo&expand=":     always + totals,
		"fields=subtotal":                always + byDefault + "subtotal",
		"fields=gift_card_total":         always + byDefault + "gift_card_total gift_card_tax_total",
		"fields=%2Btotal,-email":         strings.Replace(always+defaults+byDefault+"total", " email ", " ", 1),
		"fields=items.refundable":        always + byDefault,
		"q=buyer&expand=":                always + defaults + "shipping_address customer" + totals,
		"expand=items.variant&fields=id": always + totals,
	} {
		if got, want := names(shown(t, b, query)), words(want); !slices.Equal(got, want) {
			t.Errorf("%s\n got %v\nwant %v", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"":                              itemColumns + itemRows + itemTotals + "refundable",
		"expand=":                       itemColumns + itemRows + itemTotals + "refundable",
		"expand=items.cart":             itemColumns + itemRows + itemTotals + "refundable cart",
		"fields=total":                  itemColumns + itemRows + itemTotals,
		"fields=paid_total":             itemColumns + itemRows,
		"fields=items.refundable":       itemColumns + itemRows + "refundable",
		"fields=total,items.refundable": itemColumns + itemRows + itemTotals + "refundable",
		"fields=swaps.additional_items.refundable": itemColumns + itemRows,
	} {
		if got, want := names(first(shown(t, b, query), "items")), words(want); !slices.Equal(got, want) {
			t.Errorf("items: %s\n got %v\nwant %v", query, got, want)
		}
	}
	method := " id shipping_option_id order_id claim_order_id cart_id swap_id return_id price data tax_lines "
	for query, want := range map[string]string{
		"":             method + methodTotals + "shipping_option",
		"expand=":      method + methodTotals,
		"fields=total": method + "shipping_option",
	} {
		if got, want := names(first(shown(t, b, query), "shipping_methods")), words(want); !slices.Equal(got, want) {
			t.Errorf("shipping_methods: %s\n got %v\nwant %v", query, got, want)
		}
	}
	for query, want := range map[string]bool{"": true, "expand=fulfillments": false} {
		parcel := first(shown(t, b, query), "fulfillments")
		if _, got := parcel["tracking_links"]; got != want {
			t.Errorf("%s: tracking links %v, want %v", query, got, want)
		}
		if _, ok := parcel["items"]; !ok {
			t.Errorf("%s: a fulfillment without its items, which always come along", query)
		}
	}
}

func TestLoginShowsOrdersWithItemsAndWithoutTotals(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, customerstest.Order{CreatedAt: time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC)})
	_, body := get(t, b, "/store/auth")
	var envelope struct {
		Customer struct {
			Orders []map[string]any `json:"orders"`
		} `json:"customer"`
	}
	if err := json.Unmarshal([]byte(body), &envelope); err != nil || len(envelope.Customer.Orders) != 1 {
		t.Fatal(body)
	}
	row := envelope.Customer.Orders[0]
	const columns = " object id created_at updated_at status fulfillment_status payment_status display_id cart_id customer_id email billing_address_id shipping_address_id region_id currency_code tax_rate draft_order_id canceled_at metadata no_notification idempotency_key external_id sales_channel_id "
	if got, want := names(row), words(columns+"items"); !slices.Equal(got, want) {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
	if got, want := names(first(row, "items")), words(itemColumns); !slices.Equal(got, want) {
		t.Errorf("item\n got %s\nwant %s", got, want)
	}
	if row["created_at"] != "2024-01-02T03:04:05.678Z" {
		t.Errorf("created_at is %v", row["created_at"])
	}
}

const storedOrderJSON = `{
	"id": "order_1", "created_at": "2024-01-02T03:04:05.123456Z", "status": "pending", "customer_id": "cus_other",
	"customer": {"id": "cus_other", "email": "other@example.com", "groups": [{"id": "cgrp_1", "name": "VIP"}]},
	"items": [
		{"id": "item_1", "title": "Shirt", "refundable": 7, "subtotal": 9, "tax_lines": [{"rate": 19, "item_id": "item_1"}],
		 "variant": {"id": "variant_1", "product": {"id": "prod_1", "profile_id": "sp_1",
		  "profile": {"id": "sp_1", "name": "Default"}, "profiles": [{"id": "sp_1", "name": "Default"}]}}},
		{"id": "item_2", "title": "Own text"}],
	"swaps": [{"id": "swap_1", "additional_items": [{"id": "item_3", "refundable": 5}]}],
	"returns": [{"id": "ret_1", "items": [{"item_id": "item_1", "return_id": "ret_1", "quantity": 1}]}],
	"total": 10, "future_column": {"a": [1, 2]}
}`

func TestStoredOrderIsShownAsItWasStored(t *testing.T) {
	b, id := newBuyer(t)
	if err := b.AddStoredOrder(id, []byte(storedOrderJSON)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"|created_at":       `"2024-01-02T03:04:05.123Z"`,
		"|customer_id":      `"` + id + `"`,
		"|email":            `null`,
		"|total":            `10`,
		"|paid_total":       `absent`,
		"|gift_cards":       `[]`,
		"|shipping_address": `null`,
		"|customer.email":   `"buyer@example.com"`,
		"|customer.groups":  `absent`,
		"expand=customer.groups|customer.groups.0.name":                  `"VIP"`,
		"expand=customer.groups|customer.groups.0.metadata":              `null`,
		"expand=customer.groups.customers|customer.groups.0.customers":   `[]`,
		"expand=customer.shipping_addresses|customer.shipping_addresses": `[]`,
		"expand=customer.billing_address|customer.billing_address":       `null`,
		"|items.0.tax_lines":             `[{"item_id":"item_1","rate":19}]`, // computed: it has no id
		"fields=total|items.0.tax_lines": `[]`,
		"|items.1.tax_lines":             `absent`,
		"fields=total|items.1.tax_lines": `[]`,
		"|items.0.subtotal":              `9`,
		"|items.0.sku":                   `absent`,
		"|items.0.variant.sku":           `null`,
		"|items.0.variant.product":       `absent`,
		"expand=items.variant.product|items.0.variant.product.profile":                   `absent`,
		"expand=items.variant.product|items.0.variant.product.profile_id":                `absent`,
		"expand=items.variant.product.profiles|items.0.variant.product.profile.name":     `"Default"`,
		"expand=items.variant.product.profiles|items.0.variant.product.profile_id":       `"sp_1"`,
		"fields=total|items.0.variant.product.profile.name":                              `"Default"`,
		"expand=items.order.items|items.0.order":                                         `null`,
		"|swaps.0.additional_items.0.refundable":                                         `5`,
		"fields=total|swaps.0.additional_items.0.refundable":                             `absent`,
		"fields=swaps.additional_items.refundable|swaps.0.additional_items.0.refundable": `5`,
		"|returns": `absent`,
		"expand=returns|returns.0.items.0.quantity":              `1`,
		"expand=returns|returns.0.items.0.item":                  `absent`,
		"expand=returns.items.item|returns.0.items.0.item.title": `"Shirt"`,
		"fields=future_column|future_column":                     `refused`,
		"|future_column":                                         `absent`,
	} {
		query, path, _ := strings.Cut(path, "|")
		status, body := listOrders(t, b, query)
		var page struct {
			Orders []any `json:"orders"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || status != 200 {
			if want != "refused" {
				t.Errorf("%s: %d %s", query, status, body)
			}
			continue
		}
		if got := at(page.Orders[0], strings.Split(path, ".")); got != want {
			t.Errorf("%s: %s is %s, want %s", query, path, got, want)
		}
	}
}

// An order with a tax rate, from before there were tax lines, shows those it has only if a total is named.
func TestOrderWithATaxRateHidesItsTaxLines(t *testing.T) {
	b, id := newBuyer(t)
	order := strings.NewReplacer(`"total": 10`, `"tax_rate": 19`, `{"rate": 19`, `{"id": "litl_1", "rate": 19`).Replace(storedOrderJSON)
	if err := b.AddStoredOrder(id, []byte(order)); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"": 0, "expand=items": 0, "fields=total": 1} {
		if lines := list(t, b, query).Orders[0].Items[0].TaxLines; len(lines) != want {
			t.Errorf("%q: %v", query, lines)
		}
	}
}

// at returns the JSON at a path.
func at(v any, path []string) string {
	for _, name := range path {
		switch here := v.(type) {
		case map[string]any:
			next, ok := here[name]
			if !ok {
				return "absent"
			}
			v = next
		case []any:
			v = here[name[0]-'0']
		default:
			return "absent"
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
