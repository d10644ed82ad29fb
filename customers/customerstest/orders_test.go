package customerstest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

func TestStoredOrderThatCantBeReadIsRefused(t *testing.T) {
	b, id := newBuyer(t)
	for order, want := range map[string]string{
		`x`:                                     "object",
		`[]`:                                    "object",
		`{"id":"order_1"`:                       "unexpected end",
		`{"created_at":"2024-01-01T00:00:00Z"}`: "id is missing",
		`{"id":"order_1"}`:                      "created_at is missing",
		`{"id":"order_1","created_at":"yesterday"}`:                                     "created_at",
		`{"id":"order_1","created_at":"2024-01-01T00:00:00Z","items":{}}`:               "items: a list is needed",
		`{"id":"order_1","created_at":"2024-01-01T00:00:00Z","items":[{"variant":[]}]}`: "items: variant: an object is needed",
	} {
		if err := b.AddStoredOrder(id, json.RawMessage(order)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", order, err, want)
		}
	}
	if err := b.AddStoredOrder("cus_x", []byte(`{"id":"order_1","created_at":"2024-01-01T00:00:00Z"}`)); err == nil {
		t.Error("an order of nobody's")
	}
	if n := list(t, b, id, "").Count; n != 0 {
		t.Errorf("%d orders were kept", n)
	}
}

// A deleted customer's session still lists the orders; they show no customer, and q finds none of them.
func TestOrdersOutliveTheirCustomer(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, Order{})
	b.DeleteCustomer(id)
	page := list(t, b, id, "")
	if len(page.Orders) != 1 || page.Orders[0].Customer != nil {
		t.Errorf("%+v", page)
	}
	if n := list(t, b, id, "q=buyer").Count; n != 0 {
		t.Errorf("q found %d", n)
	}
}

func TestOrdersShowTheCustomerAsItIsNow(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, Order{})
	list(t, b, id, "")
	b.customers[id].firstName = new("Olga")
	if c := list(t, b, id, "").Orders[0].Customer; *c.FirstName != "Olga" || c.ShippingAddresses != nil {
		t.Errorf("%+v", c)
	}
}

func TestLoginShowsOrdersWithItemsAndWithoutTotals(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, Order{CreatedAt: time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC)})
	data, err := json.Marshal(b.orders.ofLogin(id))
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(data, &rows); err != nil || len(rows) != 1 {
		t.Fatalf("%s", data)
	}
	columns := " object id created_at updated_at status fulfillment_status payment_status display_id cart_id customer_id email billing_address_id shipping_address_id region_id currency_code tax_rate draft_order_id canceled_at metadata no_notification idempotency_key external_id sales_channel_id "
	if got, want := strings.Join(names(rows[0]), " "), strings.Join(words(columns+"items"), " "); got != want {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
	if got, want := strings.Join(names(first(rows[0], "items")), " "), strings.Join(words(itemColumns), " "); got != want {
		t.Errorf("item\n got %s\nwant %s", got, want)
	}
	if rows[0]["created_at"] != "2024-01-02T03:04:05.678Z" {
		t.Errorf("created_at is %v", rows[0]["created_at"])
	}
	if got := b.orders.ofLogin("cus_nobody"); got == nil || len(got) != 0 {
		t.Errorf("a customer without orders has %v", got)
	}
}

func TestOrdersOfOneTimeAreAllListed(t *testing.T) {
	b, id := newBuyer(t)
	at := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	for range 5 {
		b.AddOrder(id, Order{CreatedAt: at})
	}
	b.AddOrder(id, Order{CreatedAt: at.Add(time.Microsecond), DisplayID: 100})
	seen := make(map[int]bool)
	for offset := range 6 {
		page := list(t, b, id, "limit=1&offset="+string(rune('0'+offset)))
		seen[page.Orders[0].DisplayID] = true
	}
	if first := list(t, b, id, "").Orders[0].DisplayID; len(seen) != 6 || first != 100 {
		t.Errorf("%d of 6 orders, the newest is %d", len(seen), first)
	}
}

func BenchmarkListOrders(b *testing.B) {
	backend := New()
	id := backend.AddCustomer(Customer{}).ID
	for range 50 {
		backend.AddOrder(id, Order{Lines: []OrderLine{{}, {}, {}}, Discount: &OrderDiscount{Value: 10}})
	}
	b.ReportAllocs()
	for b.Loop() {
		if a := backend.listOrders(id, "status[]="+string(api.OrderStatusPending)); a.status != http.StatusOK {
			b.Fatal(a.status)
		}
	}
}
