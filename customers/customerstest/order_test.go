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
		t.Error("an order of no customer")
	}
	if n := list(t, b, id, "").Count; n != 0 {
		t.Errorf("%d orders were kept", n)
	}
}

// The session of a deleted customer lists the orders. They show no customer, and q finds none.
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
	b.backend.Customer(id).FirstName = new("Olga")
	if c := list(t, b, id, "").Orders[0].Customer; *c.FirstName != "Olga" || c.ShippingAddresses != nil {
		t.Errorf("%+v", c)
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
		if a := backend.backend.List(id, "status[]="+string(api.OrderStatusPending)); a.Status != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
}
