package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// models has, for each operation whose 200 is JSON, the type that its body is decoded into.
var models = map[string]func() any{
	"CreateCustomer":     func() any { return new(api.CustomerEnvelope) },
	"RetrieveCustomer":   func() any { return new(api.CustomerEnvelope) },
	"UpdateCustomer":     func() any { return new(api.CustomerEnvelope) },
	"ListOrders":         func() any { return new(api.OrderPage) },
	"ListPaymentMethods": func() any { return new(api.PaymentMethodList) },
	"AddAddress":         func() any { return new(api.CustomerEnvelope) },
	"UpdateAddress":      func() any { return new(api.CustomerEnvelope) },
	"DeleteAddress":      func() any { return new(api.CustomerEnvelope) },
	"ResetPassword":      func() any { return new(api.ResetPasswordEnvelope) },
	"GetSession":         func() any { return new(api.SessionEnvelope) },
	"Authenticate":       func() any { return new(api.SessionEnvelope) },
	"GetToken":           func() any { return new(api.Token) },
	"EmailExists":        func() any { return new(api.EmailStatus) },
}

// survivesModel returns the values that the generated models lose of a response. The recorder calls it for every response.
func survivesModel(operation string, x *conform.Exchange) []conform.Finding {
	if x.Status/100 != 2 || !strings.HasPrefix(x.ResponseHeader.Get("Content-Type"), "application/json") {
		return nil
	}
	problem := func(detail string) []conform.Finding {
		return []conform.Finding{{Kind: conform.LostValue, Detail: detail}}
	}
	model, ok := models[operation]
	if !ok {
		return problem("conformance_test.go: models has no row for this operation")
	}
	v := model()
	if err := json.Unmarshal(x.ResponseBody, v); err != nil {
		return problem("it does not decode: " + err.Error())
	}
	again, err := json.Marshal(v)
	if err != nil {
		return problem("it does not encode: " + err.Error())
	}
	lost, err := conform.Lost(x.ResponseBody, again)
	if err != nil {
		return problem(err.Error())
	}
	return lost
}

// TestEveryOperationHasItsRows compares the tables of this package with the contract's operations.
func TestEveryOperationHasItsRows(t *testing.T) {
	t.Parallel()
	rows := map[string]bool{}
	for _, op := range operations {
		rows[op.contractName()] = true
	}
	declared := map[string]bool{}
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			id := op.OperationID
			declared[id] = true
			if !rows[id] {
				t.Errorf("operations_test.go: operations has no row for %s, %s %s: add one that calls its method", id, method, path)
			}
			ok := op.Responses.Status(http.StatusOK)
			if isJSON := ok != nil && ok.Value.Content.Get("application/json") != nil; isJSON && models[id] == nil {
				t.Errorf("conformance_test.go: models has no row for %s, %s %s: add the type that its 200 is decoded into", id, method, path)
			}
		}
	}
	for name := range rows {
		if !declared[name] {
			t.Errorf("operations_test.go: operations has a row for %s, which is no operation of the contract: remove it", name)
		}
	}
	for name := range models {
		if !declared[name] {
			t.Errorf("conformance_test.go: models has a row for %s, which is no operation of the contract: remove it", name)
		}
	}
}

func TestContractIsValidOpenAPI(t *testing.T) {
	t.Parallel()
	doc := contract(t)
	if doc.OpenAPI != "3.0.3" {
		t.Errorf("it is OpenAPI %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaDefaultsValidation(), openapi3.EnableSchemaFormatValidation()); err != nil {
		t.Error(err)
	}
}

// rawOrders lists a customer's orders without the wrapper, as JSON.
type rawOrders struct {
	of     *backend.Backend
	client *http.Client
	token  string
}

func newRawOrders(t *testing.T, key string) rawOrders {
	t.Helper()
	return newRawOrdersOf(t, shared, key)
}

func newRawOrdersOf(t *testing.T, b *backend.Backend, key string) rawOrders {
	t.Helper()
	who, err := b.Customer(key)
	if err != nil {
		t.Fatal(err)
	}
	token, err := newClientOf(t, b).Auth.GetToken(t.Context(), who.Email, who.Password)
	if err != nil {
		t.Fatal(err)
	}
	return rawOrders{b, httpClient(b), token}
}

// all returns all orders. name and value are an additional parameter.
func (r rawOrders) all(t *testing.T, name, value string) []any {
	t.Helper()
	query := url.Values{"limit": {"0"}, name: {value}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.of.URL+"/store/customers/me/orders?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	resp, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Orders []any `json:"orders"`
	}
	if err := json.Unmarshal(text, &body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s=%s: %s %.200s", name, value, resp.Status, text)
	}
	return body.Orders
}

// lacking returns how many objects at a dotted path lack its last property.
func lacking(v any, path string) int {
	switch v := v.(type) {
	case []any:
		n := 0
		for _, element := range v {
			n += lacking(element, path)
		}
		return n
	case map[string]any:
		name, rest, more := strings.Cut(path, ".")
		inner, ok := v[name]
		switch {
		case !ok:
			return 1
		case more:
			return lacking(inner, rest)
		}
	}
	return 0
}

// TestEverySeededOrderByDefaultAndWithALogin reads all orders, so that the recorder checks them. So do the tests that follow,
// one request after the other, as each keeps the backend busy while other tests wait.
//
//nolint:tparallel // see above
func TestEverySeededOrderByDefaultAndWithALogin(t *testing.T) {
	t.Parallel()
	total := 0
	for _, who := range shared.Customers {
		t.Run(who.Key, func(t *testing.T) {
			c := login(t, who.Key)
			page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(0)})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Orders) != who.Orders || page.Count != who.Orders {
				t.Errorf("%d orders, count %d, seeded were %d", len(page.Orders), page.Count, who.Orders)
			}
			total += len(page.Orders)
			me, err := c.Auth.GetSession(t.Context(), customers.WithOrders())
			if err != nil {
				t.Fatal(err)
			}
			if len(me.Orders) != who.Orders {
				t.Errorf("%d orders in the session's response, seeded were %d", len(me.Orders), who.Orders)
			}
			if _, err := c.Retrieve(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := c.PaymentMethods.List(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	if total < 60 {
		t.Errorf("the seed has %d orders, want at least 60", total)
	}
	t.Logf("%d orders of %d customers", total, len(shared.Customers))
}

//nolint:tparallel // see TestEverySeededOrderByDefaultAndWithALogin
func TestEveryRelationOfEveryOrder(t *testing.T) {
	t.Parallel()
	for _, who := range shared.Customers {
		if who.Orders == 0 {
			continue
		}
		t.Run(who.Key, func(t *testing.T) {
			list := newRawOrders(t, who.Key)
			for _, path := range relationsAt(1) {
				checkExpanded(t, list, path)
			}
			checkExpanded(t, list, relationsAt(1)...)
			checkExpanded(t, list, relationsAt(2)...)
			if who.Key == "orders" || who.Key == "groups" { // only the latter is in any customer group
				explore(t, list)
			}
		})
	}
}

// explore expands each relation of each entity at least once where it leads to an object.
func explore(t *testing.T, list rawOrders) {
	t.Helper()
	// The backend multiplies the rows of several paths: forty at once took a minute and more memory than Node allows.
	const together = 8
	x := newExploration()
	for places := x.next(); places != nil; places = x.next() {
		slices.SortFunc(places, func(a, b spot) int { return strings.Compare(a.path, b.path) })
		for some := range slices.Chunk(places, together) {
			var paths []string
			for _, p := range some {
				paths = append(paths, p.path)
			}
			orders := checkExpanded(t, list, paths...)
			for _, p := range some {
				if reaches(orders, p.path) {
					x.reached(p)
				}
			}
		}
	}
	t.Logf("%d relations led to something", len(x.found))
}

// reaches reports whether there is an object at a dotted path.
func reaches(v any, path string) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return reaches(element, path) })
	case map[string]any:
		name, rest, _ := strings.Cut(path, ".")
		return name == "" || reaches(v[name], rest)
	}
	return false
}

func checkExpanded(t *testing.T, list rawOrders, paths ...string) []any {
	t.Helper()
	orders := list.all(t, "expand", strings.Join(paths, ","))
	for _, path := range paths {
		if n := lacking(orders, path); n > 0 {
			t.Errorf("expand=%.80s: %d objects lack %s", strings.Join(paths, ","), n, path)
		}
	}
	return orders
}

// These are the names that `fields` accepts, and the totals that come only if it names no total.
var (
	orderColumns = strings.Fields(`id status fulfillment_status payment_status display_id cart_id customer_id email region_id
		currency_code tax_rate created_at updated_at billing_address_id shipping_address_id draft_order_id sales_channel_id
		canceled_at metadata no_notification idempotency_key external_id`)
	orderTotals = strings.Fields(`subtotal discount_total shipping_total tax_total gift_card_total total paid_total refunded_total
		refundable_amount`)
	unselectable = strings.Fields(`object raw_discount_total item_tax_total shipping_tax_total gift_card_tax_total`)
	// alwaysThere are the columns that come also if `fields` does not name them.
	alwaysThere = strings.Fields(`id created_at tax_rate`)
)

//nolint:tparallel // see TestEverySeededOrderByDefaultAndWithALogin
func TestEveryFieldOfEveryOrder(t *testing.T) {
	t.Parallel()
	for _, who := range shared.Customers {
		if who.Orders == 0 {
			continue
		}
		t.Run(who.Key, func(t *testing.T) {
			list := newRawOrders(t, who.Key)
			everything := slices.Concat(orderColumns, orderTotals)
			if who.Key == "orders" { // the orders of the others are of the same kinds
				for _, name := range everything {
					if n := lacking(list.all(t, "fields", name), name); n > 0 {
						t.Errorf("fields=%s: %d orders lack it", name, n)
					}
				}
			}
			orders := list.all(t, "fields", strings.Join(everything, ","))
			for _, name := range everything {
				if n := lacking(orders, name); n > 0 {
					t.Errorf("all fields: %d orders lack %s", n, name)
				}
			}
		})
	}
}

func TestFieldsAddAndRemove(t *testing.T) {
	t.Parallel()
	list := newRawOrders(t, "groups")
	usual := list.all(t, "offset", "0")
	for _, name := range slices.Concat(orderColumns, orderTotals) {
		added := list.all(t, "fields", "+"+name)
		if n := lacking(added, name); n > 0 {
			t.Errorf("fields=+%s: %d orders lack it", name, n)
		}
		if n := lacking(added, "email"); n > 0 {
			t.Errorf("fields=+%s: %d orders lack email, which is a usual field", name, n)
		}
		stays := slices.Contains(alwaysThere, name) || slices.Contains(orderTotals, name)
		removed := list.all(t, "fields", "-"+name)
		if n := lacking(removed, name); stays && n != 0 || !stays && n != len(removed) {
			t.Errorf("fields=-%s: %d of %d orders lack it; %d do without that", name, n, len(removed), lacking(usual, name))
		}
	}
}

// TestOptionalFeatures has a backend with the optional features, and with rows of the modules for stock and of a tax provider.
// It sends more properties, which the contract declares as optional.
func TestOptionalFeatures(t *testing.T) {
	t.Parallel()
	b := borrowBackend(t, backend.Settings{OptionalFeatures: true})
	list := newRawOrdersOf(t, b, "orders")
	db, err := b.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range [][2]string{ // and the statement that reverts it
		{
			`INSERT INTO product_variant_inventory_item (id, variant_id, inventory_item_id, required_quantity) SELECT concat('pvitem_', id), id, concat('iitem_', id), 2 FROM product_variant`,
			`DELETE FROM product_variant_inventory_item`,
		},
		{
			`INSERT INTO sales_channel_location (id, sales_channel_id, location_id) SELECT concat('scloc_', id), id, 'sloc_1' FROM sales_channel`,
			`DELETE FROM sales_channel_location`,
		},
		{`INSERT INTO tax_provider (id, is_installed) VALUES ('elsewhere', false)`, `DELETE FROM tax_provider WHERE id = 'elsewhere'`},
		{`UPDATE region SET tax_provider_id = 'elsewhere' WHERE currency_code = 'dkk'`, `UPDATE region SET tax_provider_id = NULL WHERE currency_code = 'dkk'`},
	} {
		if _, err := db.Exec(t.Context(), statement[0]); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if _, err := db.Exec(context.WithoutCancel(t.Context()), statement[1]); err != nil {
				t.Error(err)
			}
		})
	}
	for _, test := range []struct{ expand, has string }{
		{"items,shipping_methods.shipping_option,region.currency", "items.includes_tax"},
		{"shipping_methods.shipping_option", "shipping_methods.includes_tax"},
		{"shipping_methods.shipping_option", "shipping_methods.shipping_option.includes_tax"},
		{"region.currency", "region.includes_tax"},
		{"region.currency", "region.currency.includes_tax"},
		{"cart.items", "cart.items.includes_tax"},
		{"cart.shipping_methods", "cart.shipping_methods.includes_tax"},
		{"items.variant.prices.price_list", "items.variant.prices.price_list.includes_tax"},
		{"items.variant.product.categories.parent_category", "items.variant.product.categories.parent_category"},
		{"items.variant.inventory_items.variant", "items.variant.inventory_items.variant"},
		{"sales_channel.locations.sales_channel", "sales_channel.locations.sales_channel"},
		{"region.tax_provider", "region.tax_provider"},
	} {
		orders := list.all(t, "expand", test.expand)
		if n := lacking(orders, test.has); n > 0 {
			t.Errorf("expand=%s: %d objects lack %s", test.expand, n, test.has)
		}
		if parent := test.has[:strings.LastIndex(test.has, ".")]; !reaches(orders, parent) {
			t.Errorf("expand=%s: there is no %s", test.expand, parent)
		}
	}
	if !reaches(list.all(t, "expand", "region.tax_provider"), "region.tax_provider") {
		t.Error("no region has a tax provider")
	}
}

// TestEveryDeclaredFieldIsKnown fails if the contract declares a field of an order that no test here expects.
func TestEveryDeclaredFieldIsKnown(t *testing.T) {
	t.Parallel()
	known := slices.Concat(orderColumns, orderTotals, unselectable)
	for _, r := range relations["Order"] {
		known = append(known, r.name)
	}
	slices.Sort(known)
	declared := slices.Sorted(maps.Keys(contract(t).Components.Schemas["Order"].Value.Properties))
	if !slices.Equal(known, declared) {
		t.Errorf("an order has\n%v\nin the contract, and here\n%v", declared, known)
	}
}

// kinds are the kinds of orders that the seed has to have.
var kinds = []struct {
	name string
	is   func(*customers.Order) bool
}{
	{"swaps", func(o *customers.Order) bool { return len(o.Swaps) > 0 }},
	{"claims", func(o *customers.Order) bool { return len(o.Claims) > 0 }},
	{"returns", func(o *customers.Order) bool { return len(o.Returns) > 0 }},
	{"refunds", func(o *customers.Order) bool { return len(o.Refunds) > 0 }},
	{"gift cards", func(o *customers.Order) bool { return len(o.GiftCards) > 0 }},
	{"gift card transactions", func(o *customers.Order) bool { return len(o.GiftCardTransactions) > 0 }},
	{"discounts", func(o *customers.Order) bool { return len(o.Discounts) > 0 }},
	{"edits", func(o *customers.Order) bool { return len(o.Edits) > 0 }},
	{"drafts", func(o *customers.Order) bool { return o.DraftOrder != nil }},
	{"fulfillments", func(o *customers.Order) bool { return len(o.Fulfillments) > 0 }},
	{"several payments", func(o *customers.Order) bool { return len(o.Payments) > 1 }},
	{"no shipping address", func(o *customers.Order) bool { return o.ShippingAddress == nil }},
	{"no sales channel", func(o *customers.Order) bool { return o.SalesChannel == nil }},
	{"tax", func(o *customers.Order) bool { return o.TaxTotal > 0 }},
}

func TestSeedHasOrdersOfAllKinds(t *testing.T) {
	t.Parallel()
	page, err := login(t, "orders").ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(0), Expand: relationsAt(1)})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, state := range states() {
		count[state] = 0
	}
	for i := range page.Orders {
		o := &page.Orders[i]
		for _, kind := range kinds {
			if kind.is(o) {
				count[kind.name]++
			}
		}
		count[fmt.Sprint("status ", o.Status)]++
		count[fmt.Sprint("payment ", o.PaymentStatus)]++
		count[fmt.Sprint("fulfillment ", o.FulfillmentStatus)]++
	}
	for _, kind := range kinds {
		count[kind.name] += 0
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		if count[name] == 0 {
			t.Errorf("the seed has no order of the kind: %s", name)
		}
		t.Logf("%3d %s", count[name], name)
	}
}

// states returns all states that an order can have.
func states() []string {
	var all []string
	for _, s := range []customers.OrderStatus{customers.OrderStatusPending, customers.OrderStatusCompleted, customers.OrderStatusArchived,
		customers.OrderStatusCanceled, customers.OrderStatusRequiresAction} {
		all = append(all, fmt.Sprint("status ", s))
	}
	for _, s := range []customers.PaymentStatus{customers.PaymentStatusNotPaid, customers.PaymentStatusAwaiting, customers.PaymentStatusCaptured,
		customers.PaymentStatusPartiallyRefunded, customers.PaymentStatusRefunded, customers.PaymentStatusCanceled, customers.PaymentStatusRequiresAction} {
		all = append(all, fmt.Sprint("payment ", s))
	}
	for _, s := range []customers.FulfillmentStatus{customers.FulfillmentStatusNotFulfilled, customers.FulfillmentStatusPartiallyFulfilled,
		customers.FulfillmentStatusFulfilled, customers.FulfillmentStatusPartiallyShipped, customers.FulfillmentStatusShipped,
		customers.FulfillmentStatusPartiallyReturned, customers.FulfillmentStatusReturned, customers.FulfillmentStatusCanceled,
		customers.FulfillmentStatusRequiresAction} {
		all = append(all, fmt.Sprint("fulfillment ", s))
	}
	return all
}
