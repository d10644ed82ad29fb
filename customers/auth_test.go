package customers

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
)

func TestExists(t *testing.T) {
	for body, want := range map[string]bool{`{"exists":true}`: true, `{"exists":false}`: false} {
		got, err := serve(t, respondWith(200, "application/json", body)).client(t).Auth.Exists(t.Context(), testEmail)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
	// A response without the property is an error, and not false.
	for _, body := range []string{`{}`, `{"exists":null}`, `{"exists":"no"}`, `null`, ``, customerJSON} {
		_, err := serve(t, respondWith(200, "application/json", body)).client(t).Auth.Exists(t.Context(), testEmail)
		wantIs(t, err, ErrUnexpectedResponse)
	}
}

func TestGetToken(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	token, err := c.Auth.GetToken(t.Context(), testEmail, testPassword)
	wantOK(t, err)
	wantOK(t, retrieve(t.Context(), b.client(t, WithBearerToken(token))))
	if c.Session().LoggedIn() {
		t.Error("asking for a token logged in")
	}
	_, err = c.Auth.GetToken(t.Context(), testEmail, "wrong")
	wantIs(t, err, ErrInvalidCredentials)
	for _, body := range []string{`{}`, `{"access_token":""}`, `{"access_token":7}`} {
		_, err := serve(t, respondWith(200, "application/json", body)).client(t).Auth.GetToken(t.Context(), testEmail, "p")
		wantIs(t, err, ErrUnexpectedResponse)
	}
}

func TestWrongCredentialsAreNotAMissingLogin(t *testing.T) {
	b := newBackend(t)
	_, err := b.client(t).Auth.Authenticate(t.Context(), testEmail, "wrong")
	wantOnly(t, "Authenticate", err, ErrInvalidCredentials)
}

// loginWithOrders returns the body of a login of a customer with n orders, which come before the addresses.
func loginWithOrders(n int) string {
	order := whole[OrderRecord](`{"id":"order","created_at":"2024-01-02T03:04:05.678Z","items":[` + whole[api.LineItemRecord](`{"id":"item","title":"x"}`) + `]}`)
	orders := strings.TrimSuffix(strings.Repeat(order+",", n), ",")
	return strings.TrimSuffix(customerJSON, "}}") + `,"orders":[` + orders + `],"shipping_addresses":[` + whole[Address](`{"id":"addr_1"}`) + `]}}`
}

func TestOrdersOfALoginComeOnlyIfAskedFor(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
		respondJSON(w, 200, loginWithOrders(500))
	})
	for name, call := range map[string]func(*Client, ...CallOption) (*Customer, error){
		"Authenticate": func(c *Client, o ...CallOption) (*Customer, error) {
			return c.Auth.Authenticate(t.Context(), testEmail, testPassword, o...)
		},
		"GetSession": func(c *Client, o ...CallOption) (*Customer, error) { return c.Auth.GetSession(t.Context(), o...) },
	} {
		t.Run(name, func(t *testing.T) {
			me, err := call(f.loggedIn(t))
			wantOK(t, err)
			if me.Orders != nil || me.Email != testEmail || len(me.ShippingAddresses) != 1 {
				t.Errorf("without asking: %d orders, email %q, %d addresses", len(me.Orders), me.Email, len(me.ShippingAddresses))
			}
			me, err = call(f.loggedIn(t), WithOrders())
			wantOK(t, err)
			if len(me.Orders) != 500 || len(me.Orders[499].Items) != 1 || len(me.ShippingAddresses) != 1 {
				t.Errorf("asked for: %d orders, %d addresses", len(me.Orders), len(me.ShippingAddresses))
			}
		})
	}
}

func TestOrdersAreRefusedWhereNoneCome(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	_, err := f.loggedIn(t).Retrieve(t.Context(), WithOrders())
	if e := wantError(t, err, ErrInvalidInput); e.Field != "WithOrders" || e.Operation != "RetrieveCustomer" {
		t.Errorf("field %q, operation %q", e.Field, e.Operation)
	}
	if f.count() != 0 {
		t.Error("a request was sent")
	}
}

// Orders that are left out have to be JSON all the same, to their end.
func TestDamagedOrdersOfALoginAreFound(t *testing.T) {
	whole := loginWithOrders(3)
	inside, _, _ := strings.Cut(whole, "item")
	after, _, _ := strings.Cut(whole, "shipping")
	for name, body := range map[string]string{
		"cut off inside an order":   inside,
		"cut off after the orders":  after,
		"cut off before the end":    whole[:len(whole)-1],
		"an order that is not JSON": strings.Replace(whole, `"title":"x"`, `"title":x`, 1),
		"something behind":          whole + "<html>",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, respondWith(200, "application/json", body)).loggedIn(t).Auth.GetSession(t.Context())
			wantIs(t, err, ErrUnexpectedResponse)
		})
	}
}

func TestAnOddOrderOfALoginCostsOnlyItself(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
		respondJSON(w, 200, strings.Replace(loginWithOrders(3), `"display_id":0`, `"display_id":"x"`, 1))
	})
	c := f.client(t)
	me, err := c.Auth.Authenticate(t.Context(), testEmail, testPassword, WithOrders())
	wantIs(t, err, ErrUnexpectedResponse)
	if me == nil || len(me.Orders) != 2 || me.Email != testEmail || !c.Session().LoggedIn() {
		t.Errorf("customer %+v, logged in %t", me, c.Session().LoggedIn())
	}
	if odd, ok := errors.AsType[*OrdersError](err); !ok || odd.Orders[0].OrderID != "order" || odd.Orders[0].Path != "customer.orders[0].display_id" {
		t.Error(err)
	}
	_, err = c.Auth.Authenticate(t.Context(), testEmail, testPassword)
	wantOK(t, err)
}

// What a shop stored with a customer is no reason to turn the customer away.
func TestMetadataOfAnyJSONBreaksNoLogin(t *testing.T) {
	for _, metadata := range []string{`["x"]`, `"x"`, `7`, `null`, `{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`} {
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
			respondJSON(w, 200, customerBody(`{"id":"cus_1","email":"user@example.com","metadata":`+metadata+`}`))
		})
		me, err := f.client(t).Auth.Authenticate(t.Context(), testEmail, testPassword)
		wantOK(t, err)
		if want := strings.TrimPrefix(metadata, "null"); string(me.Metadata) != want {
			t.Errorf("metadata %.40s, want %.40s", me.Metadata, want)
		}
	}
}
