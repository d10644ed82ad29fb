package customers

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

func someAddress() AddressCreatePayload {
	return AddressCreatePayload{
		FirstName: "Alec", LastName: "Reynolds", Address1: "Main Street 1", City: "Copenhagen", CountryCode: "dk", PostalCode: "1000",
	}
}

const (
	notUTF8 = "hush\xff"
	withNUL = "hush\x00"
)

func TestWhatCanOnlyFailIsNotSent(t *testing.T) {
	f := serve(t, handlerOf(200, "application/json", customerJSON))
	c := f.loggedIn(t)
	ctx := t.Context()
	create := func(change func(*CreateRequest)) func() error {
		return func() error {
			r := CreateRequest{Email: testEmail, Password: "p"}
			change(&r)
			_, err := c.Create(ctx, r)
			return err
		}
	}
	update := func(r UpdateRequest) func() error {
		return func() error { _, err := c.Update(ctx, r); return err }
	}
	reset := func(email, token, password string) func() error {
		return func() error {
			_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: email, Token: token, Password: password})
			return err
		}
	}
	add := func(change func(*AddressCreatePayload)) func() error {
		return func() error {
			a := someAddress()
			change(&a)
			_, err := c.Addresses.Add(ctx, a)
			return err
		}
	}
	change := func(id string, a AddressPayload) func() error {
		return func() error { _, err := c.Addresses.Update(ctx, id, a); return err }
	}
	list := func(p ListOrdersParams) func() error {
		return func() error { _, err := c.ListOrders(ctx, &p); return err }
	}
	walk := func(p ListOrdersParams) func() error {
		return func() (last error) {
			for order, err := range c.Orders(ctx, &p) {
				if order != nil || last != nil {
					t.Error("something followed")
				}
				last = err
			}
			return last
		}
	}
	tests := []struct {
		operation, field, name string
		call                   func() error
	}{
		{"Create", "Email", "empty", create(func(r *CreateRequest) { r.Email = "" })},
		{"Create", "Email", "no @", create(func(r *CreateRequest) { r.Email = "hush" })},
		{"Create", "Email", "upper case beyond ASCII", create(func(r *CreateRequest) { r.Email = "HÜSH@example.com" })},
		{"Create", "Email", "dotted I", create(func(r *CreateRequest) { r.Email = "İ@example.com" })},
		{"Create", "Email", "Kelvin", create(func(r *CreateRequest) { r.Email = "\u212a@example.com" })},
		{"Create", "Email", "not UTF-8", create(func(r *CreateRequest) { r.Email = "@" + notUTF8 })},
		{"Create", "Password", "empty", create(func(r *CreateRequest) { r.Password = "" })},
		{"Create", "Password", "not UTF-8", create(func(r *CreateRequest) { r.Password = notUTF8 })},
		{"Create", "Password", "NUL", create(func(r *CreateRequest) { r.Password = withNUL })},
		{"Create", "FirstName", "NUL", create(func(r *CreateRequest) { r.FirstName = withNUL })},
		{"Create", "LastName", "not UTF-8", create(func(r *CreateRequest) { r.LastName = notUTF8 })},
		{"Create", "Phone", "NUL", create(func(r *CreateRequest) { r.Phone = withNUL })},

		{"Update", "Email", "empty", update(UpdateRequest{Email: new("")})},
		{"Update", "Email", "no @", update(UpdateRequest{Email: new("hush")})},
		{"Update", "Email", "upper case beyond ASCII", update(UpdateRequest{Email: new("Ö@example.com")})},
		{"Update", "Password", "empty", update(UpdateRequest{Password: new("")})},
		{"Update", "Password", "NUL", update(UpdateRequest{Password: new(withNUL)})},
		{"Update", "FirstName", "NUL", update(UpdateRequest{FirstName: Value(withNUL)})},
		{"Update", "LastName", "not UTF-8", update(UpdateRequest{LastName: Value(notUTF8)})},
		{"Update", "Phone", "not UTF-8", update(UpdateRequest{Phone: Value(notUTF8)})},
		{"Update", "BillingAddress", "empty id", update(UpdateRequest{BillingAddress: BillingAddressID("")})},
		{"Update", "BillingAddress", "zero union", update(UpdateRequest{BillingAddress: nullable.NewNullableWithValue(api.BillingAddress{})})},
		{"Update", "BillingAddress", "no JSON", update(UpdateRequest{BillingAddress: BillingAddressOf(AddressPayload{Metadata: Value(map[string]any{"hush": func() {}})})})},
		{"Update", "CountryCode", "billing", update(UpdateRequest{BillingAddress: BillingAddressOf(AddressPayload{CountryCode: "hush"})})},
		{"Update", "City", "billing", update(UpdateRequest{BillingAddress: BillingAddressOf(AddressPayload{City: Value(withNUL)})})},

		{"ResetPassword", "Email", "empty", reset("", "t", "p")},
		{"ResetPassword", "Email", "no @", reset("hush", "t", "p")},
		{"ResetPassword", "Token", "empty", reset(testEmail, "", "p")},
		{"ResetPassword", "Password", "empty", reset(testEmail, "t", "")},
		{"ResetPassword", "Password", "NUL", reset(testEmail, "t", withNUL)},

		{"GeneratePasswordToken", "email", "empty", func() error { return c.GeneratePasswordToken(ctx, "") }},
		{"GeneratePasswordToken", "email", "no @", func() error { return c.GeneratePasswordToken(ctx, "hush") }},
		{"Auth.Authenticate", "email", "empty", func() error { return logIn(ctx, c, "") }},
		{"Auth.Authenticate", "password", "empty", func() error { _, err := c.Auth.Authenticate(ctx, testEmail, ""); return err }},
		{"Auth.Authenticate", "email", "first of two", func() error { _, err := c.Auth.Authenticate(ctx, "", ""); return err }},
		{"Auth.GetToken", "email", "no @", func() error { _, err := c.Auth.GetToken(ctx, "hush", "p"); return err }},
		{"Auth.GetToken", "password", "empty", func() error { _, err := c.Auth.GetToken(ctx, testEmail, ""); return err }},
		{"Auth.Exists", "email", "empty", func() error { _, err := c.Auth.Exists(ctx, ""); return err }},
		{"Auth.Exists", "email", "another route", func() error { _, err := c.Auth.Exists(ctx, "token"); return err }},
		{"Auth.Exists", "email", "dots", func() error { _, err := c.Auth.Exists(ctx, ".."); return err }},

		{"Addresses.Add", "FirstName", "empty", add(func(a *AddressCreatePayload) { a.FirstName = "" })},
		{"Addresses.Add", "LastName", "empty", add(func(a *AddressCreatePayload) { a.LastName = "" })},
		{"Addresses.Add", "Address1", "empty", add(func(a *AddressCreatePayload) { a.Address1 = "" })},
		{"Addresses.Add", "City", "empty", add(func(a *AddressCreatePayload) { a.City = "" })},
		{"Addresses.Add", "CountryCode", "empty", add(func(a *AddressCreatePayload) { a.CountryCode = "" })},
		{"Addresses.Add", "CountryCode", "three letters", add(func(a *AddressCreatePayload) { a.CountryCode = "dnk" })},
		{"Addresses.Add", "CountryCode", "one letter of two bytes", add(func(a *AddressCreatePayload) { a.CountryCode = "é" })},
		{"Addresses.Add", "CountryCode", "digits", add(func(a *AddressCreatePayload) { a.CountryCode = "d1" })},
		{"Addresses.Add", "PostalCode", "NUL", add(func(a *AddressCreatePayload) { a.PostalCode = withNUL })},
		{"Addresses.Add", "Address2", "NUL", add(func(a *AddressCreatePayload) { a.Address2 = new(withNUL) })},
		{"Addresses.Add", "Company", "NUL", add(func(a *AddressCreatePayload) { a.Company = new(withNUL) })},
		{"Addresses.Add", "Phone", "NUL", add(func(a *AddressCreatePayload) { a.Phone = new(withNUL) })},
		{"Addresses.Add", "Province", "not UTF-8", add(func(a *AddressCreatePayload) { a.Province = new(notUTF8) })},
		{"Addresses.Add", "", "metadata that is no JSON", add(func(a *AddressCreatePayload) { a.Metadata = math.NaN() })},

		{"Addresses.Update", "CountryCode", "three letters", change("addr_1", AddressPayload{CountryCode: "dnk"})},
		{"Addresses.Update", "FirstName", "NUL", change("addr_1", AddressPayload{FirstName: Value(withNUL)})},
		{"Addresses.Update", "LastName", "NUL", change("addr_1", AddressPayload{LastName: Value(withNUL)})},
		{"Addresses.Update", "Company", "NUL", change("addr_1", AddressPayload{Company: Value(withNUL)})},
		{"Addresses.Update", "Address1", "NUL", change("addr_1", AddressPayload{Address1: Value(withNUL)})},
		{"Addresses.Update", "Address2", "NUL", change("addr_1", AddressPayload{Address2: Value(withNUL)})},
		{"Addresses.Update", "City", "NUL", change("addr_1", AddressPayload{City: Value(withNUL)})},
		{"Addresses.Update", "Province", "NUL", change("addr_1", AddressPayload{Province: Value(withNUL)})},
		{"Addresses.Update", "PostalCode", "NUL", change("addr_1", AddressPayload{PostalCode: Value(withNUL)})},
		{"Addresses.Update", "Phone", "NUL", change("addr_1", AddressPayload{Phone: Value(withNUL)})},

		{"Orders", "Offset", "set", walk(ListOrdersParams{Offset: new(0)})},
		{"ListOrders", "Q", "beside an email", list(ListOrdersParams{Q: new("x"), Email: new(testEmail)})},
		{"ListOrders", "Q", "beside a number", list(ListOrdersParams{Q: new("x"), DisplayID: new(1)})},
		{"Orders", "Q", "beside a number", walk(ListOrdersParams{Q: new("x"), DisplayID: new(1)})},
		{"ListOrders", "Fields", "two in one", list(ListOrdersParams{Fields: []string{"id,email"}})},
		{"ListOrders", "Fields", "space", list(ListOrdersParams{Fields: []string{"id", " email"}})},
		{"ListOrders", "Expand", "two in one", list(ListOrdersParams{Expand: []string{"items,customer"}})},
		{"ListOrders", "Offset", "negative", list(ListOrdersParams{Offset: new(-1)})},
		{"ListOrders", "CreatedAt", "no JSON", list(ListOrdersParams{CreatedAt: &DateComparisonOperator{GT: new(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))}})},
	}
	for _, id := range []string{"", ".", "..", "a/b", "/", `a\b`, "../orders", notUTF8, withNUL} {
		tests = append(tests, []struct {
			operation, field, name string
			call                   func() error
		}{
			{"Addresses.Update", "id", id, change(id, AddressPayload{})},
			{"Addresses.Delete", "id", id, func() error { _, err := c.Addresses.Delete(ctx, id); return err }},
		}...)
	}
	for field, p := range map[string]ListOrdersParams{
		"Q": {Q: new("")}, "ID": {ID: new("")}, "CartID": {CartID: new("")}, "RegionID": {RegionID: new("")}, "Email": {Email: new("hush")},
		"CurrencyCode": {CurrencyCode: new("")}, "TaxRate": {TaxRate: new(math.NaN())}, "Limit": {Limit: new(-1)},
		"Fields": {Fields: []string{"id", ""}}, "Expand": {Expand: []string{""}},
	} {
		tests = append(tests, []struct {
			operation, field, name string
			call                   func() error
		}{{"ListOrders", field, "", list(p)}, {"Orders", field, "", walk(p)}}...)
	}
	for _, p := range []ListOrdersParams{{Email: new("")}, {Email: new("É@example.com")}, {CurrencyCode: new("É")}, {TaxRate: new(math.Inf(1))}, {Q: new(withNUL)}, {ID: new(notUTF8)}} {
		if err := list(p)(); err == nil {
			t.Errorf("%+v is accepted", p)
		} else {
			wantIs(t, err, ErrInvalidInput)
		}
	}
	for _, test := range tests {
		t.Run(test.operation+" "+test.field+" "+strings.ToValidUTF8(test.name, "?"), func(t *testing.T) {
			e := wantError(t, test.call(), ErrInvalidInput)
			if e.Operation != test.operation || e.Field != test.field && test.field != "CreatedAt" {
				t.Errorf("error %q names %s, %s", e, e.Operation, e.Field)
			}
			if strings.Contains(e.Error(), "hush") {
				t.Errorf("error %q repeats the value", e)
			}
		})
	}
	if n := f.count(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestEmailsAreSentInLowerCase(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/store/customers/password-token":
			answer(w, 204, "", "")
		case "/store/customers/me/orders":
			answerJSON(w, 200, `{"orders":[],"count":0}`)
		default:
			w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
			answerJSON(w, 200, `{"customer":{"id":"c"},"access_token":"t","exists":true}`)
		}
	})
	c := f.loggedIn(t)
	ctx := t.Context()
	const given, sent = "First.LAST+Tag@Example.COM", "first.last+tag@example.com"
	for name, call := range map[string]func() error{
		"Create": func() error { _, err := c.Create(ctx, CreateRequest{Email: given, Password: "p"}); return err },
		"Update": func() error { _, err := c.Update(ctx, UpdateRequest{Email: new(given)}); return err },
		"ResetPassword": func() error {
			_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: given, Token: "t", Password: "p"})
			return err
		},
		"GeneratePasswordToken": func() error { return c.GeneratePasswordToken(ctx, given) },
		"Authenticate":          func() error { return logIn(ctx, c, given) },
		"GetToken":              func() error { _, err := c.Auth.GetToken(ctx, given, "p"); return err },
		"Exists":                func() error { _, err := c.Auth.Exists(ctx, given); return err },
		"ListOrders":            func() error { _, err := c.ListOrders(ctx, &ListOrdersParams{Email: new(given)}); return err },
	} {
		wantOK(t, call())
		r := f.last(t)
		if all := r.Path + r.Body + r.Query.Get("email"); !strings.Contains(all, sent) || strings.Contains(all, given) {
			t.Errorf("%s sent %s", name, all)
		}
	}
	// Lower-case letters beyond ASCII are the same in Go and in JavaScript.
	wantOK(t, logIn(ctx, c, "üß@exämple.com"))
	if got := f.last(t).Body; !strings.Contains(got, "üß@exämple.com") {
		t.Errorf("sent %s", got)
	}
}
