//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

var registerLoginFacts = []fact{
	{"B20_exists_is_false_for_guests_for_unknown_and_for_any_failure", existsIsFalse},
	{"B21_names_are_optional_on_register", namesAreOptional},
	{"B22_an_empty_password_registers_a_guest_with_a_session", emptyPasswordRegistersGuest},
	{"B22_an_empty_password_is_a_no_op_on_update_and_reset", emptyPasswordIsNoOp},
	{"B23_register_and_login_lower_case_the_email_and_update_does_not", updateKeepsCase},
	{"B24_a_login_returns_all_orders_and_me_the_billing_address", loginReturnsAllOrders},
	{"B56_a_password_token_comes_with_the_event_customer_password_reset", passwordTokenEvent},
}

func existsIsFalse(t *testing.T) {
	_, who := rawCustomer(t)
	guest := "guest." + who.Email
	raw{method: "POST", path: customersPath, body: jsonObject{"email": guest, "password": ""}, deviates: "makes a guest"}.send(t).is(t, 200, "application/json")
	for email, want := range map[string]bool{
		who.Email:                  true,
		strings.ToUpper(who.Email): true, // the backend lower-cases it
		guest:                      false,
		"nobody." + who.Email:      false,
		"no email":                 false,
		"\x00":                     false, // Postgres does not store it
	} {
		a := raw{method: "GET", path: authPath + "/" + url.PathEscape(email)}.send(t).is(t, 200, "application/json")
		if got := a.json(t)["exists"]; got != want {
			t.Errorf("exists of %q is %v, want %t", email, got, want)
		}
	}

	c := newClient(t)
	for email, want := range map[string]bool{who.Email: true, strings.ToUpper(who.Email): true, guest: false, "a/b?c#d%2F@example.com": false} {
		if got, err := c.Auth.Exists(t.Context(), email); err != nil || got != want {
			t.Errorf("Exists(%q) = %t, %v, want %t", email, got, err, want)
		}
	}
	_, err := c.Auth.Exists(t.Context(), "no email")
	failure{is: customers.ErrInvalidInput, field: "Email"}.check(t, err)
}

func namesAreOptional(t *testing.T) {
	for name, body := range map[string]jsonObject{
		"absent": {},
		"null":   {"first_name": nil, "last_name": nil, "phone": nil},
	} {
		body["email"], body["password"] = uniqueEmail(t), "a password"
		c := raw{method: "POST", path: customersPath, body: body}.send(t).customer(t)
		if c.FirstName != nil || c.LastName != nil || !c.HasAccount {
			t.Errorf("%s: %v %v, account %t", name, c.FirstName, c.LastName, c.HasAccount)
		}
	}
	request := contract(t).schema(t, "StorePostCustomersReq")
	for _, name := range []string{"first_name", "last_name"} {
		if request.requires(name) || !request.property(t, name).nullable() {
			t.Errorf("the contract says otherwise about %s", name)
		}
		if !publishedRequires(t, "api/routes/store/customers/create-customer.js", "StorePostCustomersReq", name) {
			t.Errorf("the published document no longer requires %s", name)
		}
	}
	c, err := newClient(t).Create(t.Context(), customers.CreateRequest{Email: uniqueEmail(t), Password: "a password"})
	if err != nil || c.FirstName != nil && *c.FirstName != "" {
		t.Error(c, err)
	}
}

func emptyPasswordRegistersGuest(t *testing.T) {
	email := uniqueEmail(t)
	a := raw{method: "POST", path: customersPath, body: jsonObject{"email": email, "password": ""}, deviates: "makes a guest"}.send(t)
	guest := a.customer(t)
	if guest.HasAccount {
		t.Error("an account was made")
	}
	if me := rawMe(t, a.cookie(t)); me.ID != guest.ID {
		t.Errorf("the session is %s's", me.ID)
	}
	if n := contract(t).schema(t, "StorePostCustomersReq").property(t, "password").MinLength; n != 1 {
		t.Errorf("the contract's minLength is %d", n)
	}
	s, via := spyOn(shared)
	c := newClient(t, via)
	s.sendsNothing(t, func() {
		_, err := c.Create(t.Context(), customers.CreateRequest{Email: email})
		failure{is: customers.ErrInvalidInput, field: "Password", operation: "CreateCustomer"}.check(t, err)
	})
	// The guest does not keep the email from being registered.
	if me, err := c.Create(t.Context(), customers.CreateRequest{Email: email, Password: "a password"}); err != nil || !me.HasAccount || me.ID == guest.ID {
		t.Error(me, err)
	}
}

func emptyPasswordIsNoOp(t *testing.T) {
	cookie, who := rawCustomer(t)
	stillThere := func() {
		t.Helper()
		rawAuth(who).send(t).is(t, 200, "application/json")
		raw{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": ""}, deviates: "no password"}.send(t).fails(t, 400, "invalid_data")
	}
	raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"password": ""}, deviates: "changes nothing"}.send(t).is(t, 200, "application/json")
	stillThere()
	s, via := spyOn(shared)
	c := newClient(t, via)
	token := issuedToken(t, c, who.Email)
	raw{method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email, "token": token, "password": ""}, deviates: "changes nothing"}.send(t).
		is(t, 200, "application/json")
	stillThere()

	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	s.sendsNothing(t, func() {
		_, err := c.Update(t.Context(), customers.UpdateRequest{Password: new("")})
		failure{is: customers.ErrInvalidInput, field: "Password", operation: "UpdateCustomer"}.check(t, err)
		_, err = c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: token})
		failure{is: customers.ErrInvalidInput, field: "Password", operation: "ResetPassword"}.check(t, err)
	})
}

func updateKeepsCase(t *testing.T) {
	mixed := "Mixed." + uniqueEmail(t)
	cookie := raw{method: "POST", path: customersPath, body: jsonObject{"email": mixed, "password": "a password"}}.send(t)
	if got := cookie.customer(t).Email; got != strings.ToLower(mixed) {
		t.Errorf("register stores %s", got)
	}
	rawLogin(t, account{Email: strings.ToUpper(mixed), Password: "a password"})

	changed := "New." + mixed
	if got := (raw{method: "POST", path: mePath, cookie: cookie.cookie(t), body: jsonObject{"email": changed}}).send(t).customer(t).Email; got != changed {
		t.Errorf("update stores %s, want %s", got, changed)
	}
	for _, email := range []string{changed, strings.ToLower(changed), strings.ToUpper(changed)} {
		rawAuth(account{Email: email, Password: "a password"}).send(t).is(t, 401, "text/plain")
	}

	ctx := t.Context()
	c, who := newCustomer(t)
	changed = "New." + who.Email
	if me, err := c.Update(ctx, customers.UpdateRequest{Email: &changed}); err != nil || me.Email != strings.ToLower(changed) {
		t.Fatal(me, err)
	}
	if !strings.HasPrefix(changed, "New.") {
		t.Error("Update changed what its argument points to")
	}
	for _, email := range []string{changed, strings.ToUpper(changed)} {
		if _, err := c.Auth.Authenticate(ctx, email, who.Password); err != nil {
			t.Error(email, err)
		}
	}
}

func loginReturnsAllOrders(t *testing.T) {
	seed := seeded(t, "login")
	a := rawAuth(account{Email: seed.Email, Password: seed.Password}).send(t).is(t, 200, "application/json")
	cookie := a.cookie(t)
	session := raw{method: "GET", path: authPath, cookie: cookie}.send(t).is(t, 200, "application/json")
	for name, body := range map[string]response{"login": a, "session": session} {
		c := body.json(t)["customer"].(map[string]any) //nolint:errcheck,forcetypeassert // the test ends here
		orders, _ := c["orders"].([]any)
		if len(orders) != seed.Orders || seed.Orders < 60 {
			t.Errorf("%s: %d orders, want all %d", name, len(orders), seed.Orders)
		}
		for _, o := range orders {
			if items, _ := o.(map[string]any)["items"].([]any); len(items) == 0 {
				t.Fatalf("%s: an order without items", name)
			}
		}
		if _, ok := c["billing_address"]; ok {
			t.Errorf("%s has a billing address", name)
		}
		if len(body.body) < 100_000 {
			t.Errorf("%s: %d bytes, want more than 100 KB", name, len(body.body))
		}
	}
	me := raw{method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 200, "application/json").json(t)["customer"].(map[string]any) //nolint:errcheck,forcetypeassert // the test ends here
	if _, ok := me["orders"]; ok {
		t.Error("/me has orders")
	}
	if _, ok := me["billing_address"]; !ok {
		t.Error("/me has no billing address")
	}

	ctx := t.Context()
	c := newClient(t)
	if me, err := c.Auth.Authenticate(ctx, seed.Email, seed.Password, customers.WithOrders()); err != nil || len(me.Orders) != seed.Orders || me.BillingAddress != nil {
		t.Error("Authenticate:", err)
	} else if slices.ContainsFunc(me.Orders, func(o customers.OrderRecord) bool { return len(o.Items) == 0 }) {
		t.Error("Authenticate: an order without items")
	}
	if me, err := c.Auth.GetSession(ctx, customers.WithOrders()); err != nil || len(me.Orders) != seed.Orders {
		t.Error("GetSession:", err)
	}
	if me, err := c.Auth.GetSession(ctx); err != nil || me.Orders != nil || len(me.ShippingAddresses) == 0 {
		t.Error("GetSession without orders:", err)
	}
	if me, err := c.Retrieve(ctx); err != nil || me.Orders != nil || me.ShippingAddresses == nil {
		t.Error("Retrieve:", err)
	}

	cookie, who := rawCustomer(t)
	raw{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress()}}.send(t).is(t, 200, "application/json")
	reset := raw{ //nolint:errcheck,forcetypeassert // the test ends here
		method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email, "token": issuedToken(t, c, who.Email), "password": "new"},
	}.send(t).is(t, 200, "application/json").json(t)["customer"].(map[string]any)
	for _, name := range []string{"shipping_addresses", "billing_address", "orders"} {
		if _, ok := reset[name]; ok {
			t.Errorf("a password reset returns %s", name)
		}
	}
}

// passwordTokenEvent waits for the event, which the plugin backend/medusa/plugins/test-support subscribes to.
func passwordTokenEvent(t *testing.T) {
	_, who := rawCustomer(t)
	raw{method: "POST", path: passwordTokenPath, body: jsonObject{"email": who.Email}}.send(t).is(t, 204, "")
	requested := time.Now()
	tokens, err := shared.AwaitPasswordTokens(t.Context(), who.Email, 0)
	if err != nil || len(tokens) != 1 || tokens[0].CustomerID != who.ID || claimsOf(t, tokens[0].Token)["customer_id"] != who.ID {
		t.Fatalf("%d events, %v", len(tokens), err)
	}
	t.Logf("the event came %v after the response", time.Since(requested).Round(time.Millisecond))
}
