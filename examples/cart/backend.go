package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"

	"example.com/cart/shop"
)

// price is what the one product costs, and shipping what the one option does.
const (
	price    = 1990
	shipping = 500
)

// carts are the routes that the example needs beside those of the backend in memory. They do as a real backend does,
// for one region, one product and one way to ship and pay.
type carts struct {
	backend *customerstest.Backend

	mu   sync.Mutex
	made map[string]*shop.Cart
	sold map[string]int // how many of the product are in a cart
}

// startInMemory starts the backend in memory with routes for carts and for a plugin's wishlists.
func startInMemory() *httptest.Server {
	s := &carts{backend: customerstest.New(), made: map[string]*shop.Cart{}, sold: map[string]int{}}
	fixed := func(body string) func(http.ResponseWriter, *http.Request, *api.Customer) {
		return func(w http.ResponseWriter, _ *http.Request, _ *api.Customer) { respond(w, json.RawMessage(body)) }
	}
	b := s.backend
	b.Handle("GET /store/regions", fixed(`{"regions":[{"id":"reg_1","name":"Europe","countries":[{"iso_2":"de"}]}]}`))
	b.Handle("GET /store/products", fixed(`{"products":[{"title":"T-shirt","variants":[{"id":"variant_1"}]}]}`))
	b.Handle("GET /store/shipping-options/{id}", fixed(`{"shipping_options":[{"id":"so_1"}]}`))
	b.Handle("GET /store/customers/me/wishlist", fixed(`{"titles":["a mug"]}`))
	b.Handle("POST /store/carts", s.create)
	b.Handle("GET /store/carts/{id}", s.change(func(*shop.Cart, object) {}))
	b.Handle("POST /store/carts/{id}", s.change(func(*shop.Cart, object) {}))
	b.Handle("POST /store/carts/{id}/line-items", s.change(s.addLine))
	b.Handle("POST /store/carts/{id}/shipping-methods", s.change(func(c *shop.Cart, _ object) { c.Total += shipping }))
	b.Handle("POST /store/carts/{id}/payment-sessions", s.change(func(c *shop.Cart, _ object) {
		c.PaymentSessions = []shop.Cart_PaymentSessions{{ProviderID: "manual"}}
	}))
	b.Handle("POST /store/carts/{id}/payment-session", s.change(func(*shop.Cart, object) {}))
	b.Handle("POST /store/carts/{id}/complete", s.complete)
	return httptest.NewServer(b)
}

func (s *carts) create(w http.ResponseWriter, _ *http.Request, customer *api.Customer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &shop.Cart{ID: fmt.Sprint("cart_", len(s.made)+1), PaymentSessions: []shop.Cart_PaymentSessions{}}
	s.made[c.ID] = c
	take(c, customer)
	respond(w, shop.OneCart{Cart: *c})
}

// take makes a cart the customer's.
func take(c *shop.Cart, customer *api.Customer) {
	if customer != nil {
		c.CustomerID, c.Email = &customer.ID, &customer.Email
	}
}

// change returns the handler of a route that changes a cart by its body, and responds with it.
func (s *carts) change(by func(*shop.Cart, object)) func(http.ResponseWriter, *http.Request, *api.Customer) {
	return func(w http.ResponseWriter, r *http.Request, customer *api.Customer) {
		var body object
		_ = json.NewDecoder(r.Body).Decode(&body) // none, or what this example sends
		s.mu.Lock()
		defer s.mu.Unlock()
		c := s.made[r.PathValue("id")]
		if c == nil {
			http.Error(w, "no such cart", http.StatusNotFound)
			return
		}
		take(c, customer)
		by(c, body)
		respond(w, shop.OneCart{Cart: *c})
	}
}

func (s *carts) addLine(c *shop.Cart, line object) {
	quantity, _ := line["quantity"].(float64)
	s.sold[c.ID] += int(quantity)
	c.Total += int(quantity) * price
}

func (s *carts) complete(w http.ResponseWriter, r *http.Request, _ *api.Customer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.made[r.PathValue("id")]
	if c == nil || c.CustomerID == nil || len(c.PaymentSessions) == 0 {
		http.Error(w, "the cart can't be completed", http.StatusBadRequest)
		return
	}
	order := s.backend.AddOrder(*c.CustomerID, customerstest.Order{
		ShippingPrice: shipping, Lines: []customerstest.OrderLine{{Title: "T-shirt", UnitPrice: price, Quantity: s.sold[c.ID]}},
	})
	respond(w, object{"type": "order", "data": object{"id": order.ID}})
}

func respond(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
}
