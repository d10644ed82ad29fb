//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// opaqueFacts are about JSON that customers and administrators store and that comes back with orders. Their requests are not
// recorded, as the contract declares narrower types.
var opaqueFacts = []fact{
	{"B46_metadata_of_a_cart_line_may_be_any_json", lineMetadata},
	{"B47_a_discount_may_end_beyond_the_year_9999", distantEnd},
}

var unrecorded = &http.Client{Transport: baseTransport}

func lineMetadata(t *testing.T) {
	cookie, who := rawCustomer(t)
	for _, metadata := range []string{`["gift wrap"]`, `"gift wrap"`, `1`} {
		id := buy(t, cookie, who, `{"variant_id":"`+queryValue[string](t, `SELECT id FROM product_variant WHERE sku = 'SHIRT-S-WHITE'`)+`","quantity":1,"metadata":`+metadata+`}`)
		orders := raw{via: unrecorded, method: "GET", path: ordersPath + "?fields=id&expand=items&id=" + id, cookie: cookie}.send(t).is(t, 200, "application/json")
		if !strings.Contains(orders.body, `"metadata":`+metadata) {
			t.Errorf("the order has no line with the metadata %s: %s", metadata, orders.body)
		}
		bought := loginAs(t, who)
		page, err := bought.ListOrders(t.Context(), &customers.ListOrdersParams{ID: &id})
		if err != nil || len(page.Orders) != 1 || page.Orders[0].Items[0].Metadata != customers.JSON(metadata) {
			t.Errorf("the wrapper lists %v, %v, want a line with the metadata %s", page, err, metadata)
		}
		for order, err := range bought.Orders(t.Context(), nil) {
			if err != nil || order.Total == 0 {
				t.Errorf("the wrapper's iteration has %v, %v", order, err)
			}
		}
		if me, err := loginAs(t, who).Auth.GetSession(t.Context(), customers.WithOrders()); err != nil || len(me.Orders) == 0 {
			t.Errorf("the wrapper's session has %v, %v", me, err)
		}
	}
}

// TestMuchMetadata stores as much as 20 updates can, as the backend takes 100 KB of body each. In a map it took 92 MB a
// call. It is no fact, because those run at once, and memory is counted for all of them together.
func TestMuchMetadata(t *testing.T) {
	c, who := newCustomer(t, customers.WithHTTPClient(unrecorded))
	list := "[" + strings.Repeat("0,", 45_000) + "0]"
	for i := range 20 {
		if _, err := c.Update(t.Context(), customers.UpdateRequest{Metadata: map[string]any{fmt.Sprint("key", i): json.RawMessage(list)}}); err != nil {
			t.Fatal(err)
		}
	}
	c = loginAs(t, who)
	used := uint64(math.MaxUint64)
	size := 0
	for range 3 { // the least, as the spare goroutines of other tests may allocate as well
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		me, err := c.Retrieve(t.Context())
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if size = len(me.Metadata); size < 20*len(list) {
			t.Fatalf("%d bytes of metadata", size)
		}
		used = min(used, after.TotalAlloc-before.TotalAlloc)
	}
	t.Logf("%d bytes allocated for %d bytes of metadata", used, size)
	if used > uint64(8*size) {
		t.Errorf("%d bytes allocated for %d bytes of metadata", used, size)
	}
}

// loginAs returns a client that is logged in as a customer.
func loginAs(t *testing.T, who account) *customers.Client {
	t.Helper()
	c := newClient(t, customers.WithHTTPClient(unrecorded))
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

// buy buys a line as a storefront does, and returns the order's id.
func buy(t *testing.T, cookie string, who account, line string) string {
	t.Helper()
	post := func(path string, body any) response {
		return raw{via: unrecorded, method: "POST", path: "/store/carts" + path, cookie: cookie, body: body}.send(t).is(t, 200, "application/json")
	}
	cart := "/" + post("", jsonObject{
		"region_id": shared.Regions["us"].ID, "country_code": "us",
		"sales_channel_id": queryValue[string](t, `SELECT id FROM sales_channel WHERE name = 'Web shop'`),
	}).id(t, "cart")
	post(cart+"/line-items", line)
	post(cart, jsonObject{"email": who.Email, "shipping_address": fullAddress().with("country_code", "us")})
	post(cart+"/shipping-methods", jsonObject{"option_id": queryValue[string](t, `SELECT id FROM shipping_option WHERE name = 'Standard us'`)})
	post(cart+"/payment-sessions", jsonObject{})
	post(cart+"/payment-session", jsonObject{"provider_id": "manual"})
	return post(cart+"/complete", jsonObject{}).id(t, "data")
}

// id returns the id of an object in the response.
func (r response) id(t *testing.T, name string) string {
	t.Helper()
	object, _ := r.json(t)[name].(map[string]any)
	id, ok := object["id"].(string)
	if !ok {
		t.Fatalf("no id of %s: %.300s", name, r.body)
	}
	return id
}

func distantEnd(t *testing.T) {
	const end = "+010000-01-01T00:00:00.000Z"
	var created struct {
		Discount struct {
			ID     string `json:"id"`
			EndsAt string `json:"ends_at"`
		} `json:"discount"`
	}
	cookie, who := rawCustomer(t)
	err := shared.Admin(t.Context(), "POST", "/admin/discounts", jsonObject{
		"code": who.ID, "ends_at": end, "regions": []string{shared.Regions["us"].ID}, "is_dynamic": false, "is_disabled": false,
		"rule": jsonObject{"type": "fixed", "value": 1, "allocation": "total"},
	}, &created)
	if err != nil || created.Discount.EndsAt != end {
		t.Fatal(created.Discount.EndsAt, err)
	}
	execute(t, `INSERT INTO order_discounts (order_id, discount_id) VALUES ($1, $2)`, placeOrder(t, who.ID, time.Now()), created.Discount.ID)
	orders := raw{via: unrecorded, method: "GET", path: ordersPath, cookie: cookie}.send(t).is(t, 200, "application/json")
	if !strings.Contains(orders.body, `"ends_at":"`+end+`"`) {
		t.Errorf("the order's discount does not end at %s: %.2000s", end, orders.body)
	}
	page, err := loginAs(t, who).ListOrders(t.Context(), nil)
	if err != nil || len(page.Orders) != 1 || page.Orders[0].Discounts[0].EndsAt.Year() != 10000 {
		t.Errorf("the wrapper lists %v, %v", page, err)
	}
}
