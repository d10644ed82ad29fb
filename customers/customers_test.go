package customers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRequestsOnTheWire(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/shop/store/customers/password-token":
			respond(w, 204, "", "")
		case "/shop/store/customers/me/orders":
			respondJSON(w, 200, pageBody(0))
		case "/shop/store/customers/me/payment-methods":
			respondJSON(w, 200, `{"payment_methods":[]}`)
		default:
			if r.Method == http.MethodDelete && r.URL.Path == "/shop/store/auth" {
				respond(w, 200, "text/plain; charset=utf-8", "OK")
				return
			}
			w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
			respondJSON(w, 200, strings.TrimSuffix(customerJSON, "}")+`,"access_token":"t","exists":true}`)
		}
	})
	ctx := t.Context()
	fresh := func() *Client { return mustNew(t, f.URL+"/shop/").WithSession(sessionOf("v")) }
	for _, test := range []struct {
		want string
		call func(*Client) error
	}{
		{`POST /shop/store/customers {"email":"user@example.com","first_name":"A","last_name":"R","password":" p\"\u003c ","phone":"1"}`, func(c *Client) error {
			_, err := c.Create(ctx, CreateRequest{Email: testEmail, Password: ` p"< `, FirstName: "A", LastName: "R", Phone: "1"})
			return err
		}},
		{`POST /shop/store/customers {"email":"user@example.com","password":"p"}`, func(c *Client) error {
			_, err := c.Create(ctx, CreateRequest{Email: testEmail, Password: "p"})
			return err
		}},
		{`GET /shop/store/customers/me `, func(c *Client) error { return retrieve(ctx, c) }},
		{`POST /shop/store/customers/me {}`, func(c *Client) error { _, err := c.Update(ctx, UpdateRequest{}); return err }},
		{`POST /shop/store/customers/me {"first_name":null,"last_name":"R","phone":null}`, func(c *Client) error {
			_, err := c.Update(ctx, UpdateRequest{FirstName: Null[string](), LastName: Value("R"), Phone: Null[string]()})
			return err
		}},
		{`POST /shop/store/customers/me {"email":"a@b.c","metadata":{"gone":"","none":null},"password":"p"}`, func(c *Client) error {
			_, err := c.Update(ctx, UpdateRequest{Email: new("A@B.C"), Password: new("p"), Metadata: map[string]any{"gone": "", "none": nil}})
			return err
		}},
		{`POST /shop/store/customers/me {"billing_address":"addr_1"}`, func(c *Client) error {
			_, err := c.Update(ctx, UpdateRequest{BillingAddress: BillingAddressID("addr_1")})
			return err
		}},
		{`POST /shop/store/customers/me {"billing_address":null}`, func(c *Client) error {
			_, err := c.Update(ctx, UpdateRequest{BillingAddress: NoBillingAddress()})
			return err
		}},
		{`POST /shop/store/customers/me {"billing_address":{"city":"Aarhus","phone":null}}`, func(c *Client) error {
			_, err := c.Update(ctx, UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{City: Value("Aarhus"), Phone: Null[string]()})})
			return err
		}},
		{`POST /shop/store/customers/password-token {"email":"user@example.com"}`, func(c *Client) error { return c.GeneratePasswordToken(ctx, testEmail) }},
		{`POST /shop/store/customers/password-reset {"email":"user@example.com","password":"p","token":"t"}`, func(c *Client) error {
			_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
			return err
		}},
		{`GET /shop/store/customers/me/orders `, func(c *Client) error { _, err := c.ListOrders(ctx, nil); return err }},
		{`GET /shop/store/customers/me/payment-methods `, func(c *Client) error { _, err := c.PaymentMethods.List(ctx); return err }},
		{`DELETE /shop/store/customers/me/addresses/addr_1 `, func(c *Client) error { _, err := c.Addresses.Delete(ctx, "addr_1"); return err }},
		{`POST /shop/store/auth {"email":"user@example.com","password":"supersecret"}`, func(c *Client) error { return logIn(ctx, c, testEmail) }},
		{`GET /shop/store/auth `, func(c *Client) error { _, err := c.Auth.GetSession(ctx); return err }},
		{`DELETE /shop/store/auth `, func(c *Client) error { return c.Auth.DeleteSession(ctx) }},
		{`POST /shop/store/auth/token {"email":"user@example.com","password":"p"}`, func(c *Client) error { _, err := c.Auth.GetToken(ctx, testEmail, "p"); return err }},
		{`GET /shop/store/auth/user@example.com `, func(c *Client) error { _, err := c.Auth.Exists(ctx, testEmail); return err }},
	} {
		n := f.count()
		if err := test.call(fresh()); err != nil {
			t.Errorf("%s: %v", test.want, err)
		}
		r := f.seen()[n]
		body := r.Body
		if body != "" { // sorts the keys
			var v any
			wantOK(t, json.Unmarshal([]byte(body), &v))
			out, err := json.Marshal(v)
			wantOK(t, err)
			body = string(out)
		}
		if got := fmt.Sprintf("%s %s %s", r.Method, r.Path, body); got != test.want {
			t.Errorf("sent %s, want %s", got, test.want)
		}
	}
}

func TestUpdateDoesNotChangeTheCallersRequest(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	request := UpdateRequest{Email: new("User@Example.com")}
	_, err := f.loggedIn(t).Update(t.Context(), request)
	wantOK(t, err)
	if *request.Email != "User@Example.com" {
		t.Errorf("the request's email is now %s", *request.Email)
	}
}

func TestResultIsTheModel(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerBody(`{"id":"cus_1","email":"user@example.com","first_name":null,"last_name":"R","has_account":true,
		"created_at":"2024-01-02T03:04:05.678Z","metadata":{"a":1},"billing_address":null,"shipping_addresses":[`+whole[Address](`{"id":"addr_1","city":"C"}`)+`]}`)))
	me, err := f.loggedIn(t).Retrieve(t.Context())
	wantOK(t, err)
	if me.ID != "cus_1" || me.FirstName != nil || *me.LastName != "R" || !me.HasAccount || me.CreatedAt.UnixMilli() != 1704164645678 ||
		me.BillingAddress != nil || len(me.ShippingAddresses) != 1 || *me.ShippingAddresses[0].City != "C" {
		t.Errorf("customer %+v", me)
	}
}
