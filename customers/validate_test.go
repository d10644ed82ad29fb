package customers

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

func someAddress() AddAddressRequest {
	return AddAddressRequest{
		FirstName: "Alec", LastName: "Reynolds", Address1: "Main Street 1", City: "Copenhagen", CountryCode: "dk", PostalCode: "1000",
	}
}

const (
	notUTF8 = "hush\xff"
	withNUL = "hush\x00"
)

func TestWhatCanOnlyFailIsNotSent(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
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
	add := func(change func(*AddAddressRequest)) func() error {
		return func() error {
			a := someAddress()
			change(&a)
			_, err := c.Addresses.Add(ctx, a)
			return err
		}
	}
	change := func(id string, a UpdateAddressRequest) func() error {
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
		{"CreateCustomer", "Email", "empty", create(func(r *CreateRequest) { r.Email = "" })},
		{"CreateCustomer", "Email", "no @", create(func(r *CreateRequest) { r.Email = "hush" })},
		{"CreateCustomer", "Email", "upper case beyond ASCII", create(func(r *CreateRequest) { r.Email = "HÜSH@example.com" })},
		{"CreateCustomer", "Email", "dotted I", create(func(r *CreateRequest) { r.Email = "İ@example.com" })},
		{"CreateCustomer", "Email", "Kelvin", create(func(r *CreateRequest) { r.Email = "\u212a@example.com" })},
		{"CreateCustomer", "Email", "not UTF-8", create(func(r *CreateRequest) { r.Email = "@" + notUTF8 })},
		{"CreateCustomer", "Password", "empty", create(func(r *CreateRequest) { r.Password = "" })},
		{"CreateCustomer", "Password", "not UTF-8", create(func(r *CreateRequest) { r.Password = notUTF8 })},
		{"CreateCustomer", "Password", "NUL", create(func(r *CreateRequest) { r.Password = withNUL })},
		{"CreateCustomer", "FirstName", "NUL", create(func(r *CreateRequest) { r.FirstName = withNUL })},
		{"CreateCustomer", "LastName", "not UTF-8", create(func(r *CreateRequest) { r.LastName = notUTF8 })},
		{"CreateCustomer", "Phone", "NUL", create(func(r *CreateRequest) { r.Phone = withNUL })},

		{"UpdateCustomer", "Email", "empty", update(UpdateRequest{Email: new("")})},
		{"UpdateCustomer", "Email", "no @", update(UpdateRequest{Email: new("hush")})},
		{"UpdateCustomer", "Email", "upper case beyond ASCII", update(UpdateRequest{Email: new("Ö@example.com")})},
		{"UpdateCustomer", "Password", "empty", update(UpdateRequest{Password: new("")})},
		{"UpdateCustomer", "Password", "NUL", update(UpdateRequest{Password: new(withNUL)})},
		{"UpdateCustomer", "FirstName", "NUL", update(UpdateRequest{FirstName: Value(withNUL)})},
		{"UpdateCustomer", "LastName", "not UTF-8", update(UpdateRequest{LastName: Value(notUTF8)})},
		{"UpdateCustomer", "Phone", "not UTF-8", update(UpdateRequest{Phone: Value(notUTF8)})},
		{"UpdateCustomer", "BillingAddress", "empty id", update(UpdateRequest{BillingAddress: BillingAddressID("")})},
		{"UpdateCustomer", "BillingAddress", "zero union", update(UpdateRequest{BillingAddress: nullable.NewNullableWithValue(api.BillingAddress{})})},
		{"UpdateCustomer", "BillingAddress", "no JSON", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{Metadata: Value(map[string]any{"hush": func() {}})})})},
		{"UpdateCustomer", "BillingAddress.CountryCode", "billing", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{CountryCode: "hush"})})},
		{"UpdateCustomer", "BillingAddress.City", "billing", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{City: Value(withNUL)})})},

		{"UpdateCustomer", "BillingAddress", "no field", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{})})},
		{"UpdateCustomer", "BillingAddress", "no field but an empty country", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{CountryCode: ""})})},
		{"UpdateCustomer", "BillingAddress", "not UTF-8", update(UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{City: Value(notUTF8)})})},

		{"ResetPassword", "Email", "empty", reset("", "t", "p")},
		{"ResetPassword", "Email", "no @", reset("hush", "t", "p")},
		{"ResetPassword", "Token", "empty", reset(testEmail, "", "p")},
		{"ResetPassword", "Password", "empty", reset(testEmail, "t", "")},
		{"ResetPassword", "Password", "NUL", reset(testEmail, "t", withNUL)},

		{"GeneratePasswordToken", "Email", "empty", func() error { return c.GeneratePasswordToken(ctx, "") }},
		{"GeneratePasswordToken", "Email", "no @", func() error { return c.GeneratePasswordToken(ctx, "hush") }},
		{"Authenticate", "Email", "empty", func() error { return logIn(ctx, c, "") }},
		{"Authenticate", "Password", "empty", func() error { _, err := c.Auth.Authenticate(ctx, testEmail, ""); return err }},
		{"Authenticate", "Email", "first of two", func() error { _, err := c.Auth.Authenticate(ctx, "", ""); return err }},
		{"GetToken", "Email", "no @", func() error { _, err := c.Auth.GetToken(ctx, "hush", "p"); return err }},
		{"GetToken", "Password", "empty", func() error { _, err := c.Auth.GetToken(ctx, testEmail, ""); return err }},
		{"EmailExists", "Email", "empty", func() error { _, err := c.Auth.Exists(ctx, ""); return err }},
		{"EmailExists", "Email", "another route", func() error { _, err := c.Auth.Exists(ctx, "token"); return err }},
		{"EmailExists", "Email", "dots", func() error { _, err := c.Auth.Exists(ctx, ".."); return err }},

		{"AddAddress", "FirstName", "empty", add(func(a *AddAddressRequest) { a.FirstName = "" })},
		{"AddAddress", "LastName", "empty", add(func(a *AddAddressRequest) { a.LastName = "" })},
		{"AddAddress", "Address1", "empty", add(func(a *AddAddressRequest) { a.Address1 = "" })},
		{"AddAddress", "City", "empty", add(func(a *AddAddressRequest) { a.City = "" })},
		{"AddAddress", "CountryCode", "empty", add(func(a *AddAddressRequest) { a.CountryCode = "" })},
		{"AddAddress", "CountryCode", "three letters", add(func(a *AddAddressRequest) { a.CountryCode = "dnk" })},
		{"AddAddress", "CountryCode", "one letter of two bytes", add(func(a *AddAddressRequest) { a.CountryCode = "é" })},
		{"AddAddress", "CountryCode", "digits", add(func(a *AddAddressRequest) { a.CountryCode = "d1" })},
		{"AddAddress", "PostalCode", "NUL", add(func(a *AddAddressRequest) { a.PostalCode = withNUL })},
		{"AddAddress", "Address2", "NUL", add(func(a *AddAddressRequest) { a.Address2 = new(withNUL) })},
		{"AddAddress", "Company", "NUL", add(func(a *AddAddressRequest) { a.Company = new(withNUL) })},
		{"AddAddress", "Phone", "NUL", add(func(a *AddAddressRequest) { a.Phone = new(withNUL) })},
		{"AddAddress", "Province", "not UTF-8", add(func(a *AddAddressRequest) { a.Province = new(notUTF8) })},
		{"AddAddress", "Metadata", "no JSON", add(func(a *AddAddressRequest) { a.Metadata = math.NaN() })},

		{"UpdateAddress", "CountryCode", "three letters", change("addr_1", UpdateAddressRequest{CountryCode: "dnk"})},
		{"UpdateAddress", "FirstName", "NUL", change("addr_1", UpdateAddressRequest{FirstName: Value(withNUL)})},
		{"UpdateAddress", "LastName", "NUL", change("addr_1", UpdateAddressRequest{LastName: Value(withNUL)})},
		{"UpdateAddress", "Company", "NUL", change("addr_1", UpdateAddressRequest{Company: Value(withNUL)})},
		{"UpdateAddress", "Address1", "NUL", change("addr_1", UpdateAddressRequest{Address1: Value(withNUL)})},
		{"UpdateAddress", "Address2", "NUL", change("addr_1", UpdateAddressRequest{Address2: Value(withNUL)})},
		{"UpdateAddress", "City", "NUL", change("addr_1", UpdateAddressRequest{City: Value(withNUL)})},
		{"UpdateAddress", "Province", "NUL", change("addr_1", UpdateAddressRequest{Province: Value(withNUL)})},
		{"UpdateAddress", "PostalCode", "NUL", change("addr_1", UpdateAddressRequest{PostalCode: Value(withNUL)})},
		{"UpdateAddress", "Phone", "NUL", change("addr_1", UpdateAddressRequest{Phone: Value(withNUL)})},

		{"ListOrders", "Offset", "set", walk(ListOrdersParams{Offset: new(0)})},
		{"ListOrders", "Q", "beside an email", list(ListOrdersParams{Q: new("x"), Email: new(testEmail)})},
		{"ListOrders", "Q", "beside a number", list(ListOrdersParams{Q: new("x"), DisplayID: new(1)})},
		{"ListOrders", "Q", "beside a number", walk(ListOrdersParams{Q: new("x"), DisplayID: new(1)})},
		{"ListOrders", "Fields", "two in one", list(ListOrdersParams{Fields: []string{"id,email"}})},
		{"ListOrders", "Fields", "space", list(ListOrdersParams{Fields: []string{"id", " email"}})},
		{"ListOrders", "Expand", "two in one", list(ListOrdersParams{Expand: []string{"items,customer"}})},
		{"ListOrders", "Offset", "negative", list(ListOrdersParams{Offset: new(-1)})},
		{"ListOrders", "Offset", "too large", list(ListOrdersParams{Offset: new(math.MaxInt)})},
		{"ListOrders", "Limit", "too large", list(ListOrdersParams{Limit: new(math.MaxInt)})},
		{"ListOrders", "Limit", "too large", walk(ListOrdersParams{Limit: new(math.MaxInt)})},
		{"ListOrders", "DisplayID", "too large", list(ListOrdersParams{DisplayID: new(math.MaxInt32 + 1)})},
		{"ListOrders", "DisplayID", "too small", list(ListOrdersParams{DisplayID: new(math.MinInt32 - 1)})},
		{"ListOrders", "TaxRate", "too large", list(ListOrdersParams{TaxRate: new(1e39)})},
		{"ListOrders", "TaxRate", "too small", list(ListOrdersParams{TaxRate: new(-1e39)})},
		{"ListOrders", "CreatedAt", "no JSON", list(ListOrdersParams{CreatedAt: &TimeRange{GT: new(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))}})},
	}
	for _, id := range []string{"a ", " a", "a\n", "a\u200b", "\u00a0a", "\ufeffa"} {
		for field, p := range map[string]ListOrdersParams{"ID": {ID: &id}, "CartID": {CartID: &id}, "RegionID": {RegionID: &id}, "CurrencyCode": {CurrencyCode: &id}} {
			tests = append(tests, []struct {
				operation, field, name string
				call                   func() error
			}{{"ListOrders", field, "invisible", list(p)}, {"UpdateCustomer", "BillingAddress", "invisible", update(UpdateRequest{BillingAddress: BillingAddressID(id)})}}...)
		}
	}
	for _, id := range []string{"a ", " a", "a\n", "a\u200b", "", ".", "..", "a/b", "/", `a\b`, "../orders", notUTF8, withNUL} {
		tests = append(tests, []struct {
			operation, field, name string
			call                   func() error
		}{
			{"UpdateAddress", "ID", id, change(id, UpdateAddressRequest{})},
			{"DeleteAddress", "ID", id, func() error { _, err := c.Addresses.Delete(ctx, id); return err }},
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
		}{{"ListOrders", field, "", list(p)}, {"ListOrders", field, "", walk(p)}}...)
	}
	for _, p := range []ListOrdersParams{{Email: new("")}, {Email: new("a\u200b@example.com")}, {CurrencyCode: new("É")}, {TaxRate: new(math.Inf(1))}, {Q: new(withNUL)}, {ID: new(notUTF8)}} {
		if err := list(p)(); err == nil {
			t.Errorf("%+v is accepted", p)
		} else {
			wantIs(t, err, ErrInvalidInput)
		}
	}
	for _, test := range tests {
		t.Run(test.operation+" "+test.field+" "+strings.ToValidUTF8(test.name, "?"), func(t *testing.T) {
			e := wantError(t, test.call(), ErrInvalidInput)
			if string(e.Operation) != test.operation || e.Field != test.field && test.field != "CreatedAt" {
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
			respond(w, 204, "", "")
		case "/store/customers/me/orders":
			respondJSON(w, 200, pageBody(0))
		default:
			w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
			respondJSON(w, 200, strings.TrimSuffix(customerJSON, "}")+`,"access_token":"t","exists":true}`)
		}
	})
	c := f.loggedIn(t)
	ctx := t.Context()
	const given, sent = "First.LAST+Tag@Example.COM", "first.last+tag@example.com"
	for name, call := range map[string]func() error{
		"CreateCustomer": func() error { _, err := c.Create(ctx, CreateRequest{Email: given, Password: "p"}); return err },
		"UpdateCustomer": func() error { _, err := c.Update(ctx, UpdateRequest{Email: new(given)}); return err },
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
		before := f.count()
		wantOK(t, call())
		r := f.seen()[before]
		if name == "ListOrders" { // which looks for it as it is spelled first
			r = f.last(t)
		}
		if all := r.Path + r.Body + r.Query.Get("email"); !strings.Contains(all, sent) || strings.Contains(all, given) {
			t.Errorf("%s sent %s", name, all)
		}
	}
	// Lower-case letters beyond ASCII are the same in Go and in JavaScript.
	before := f.count()
	wantOK(t, logIn(ctx, c, "üß@exämple.com"))
	if got := f.seen()[before].Body; !strings.Contains(got, "üß@exämple.com") {
		t.Errorf("sent %s", got)
	}
}

func TestEmailsAreSentWithoutSurroundingSpace(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/store/customers/password-token" {
			respond(w, 204, "", "")
			return
		}
		w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
		respondJSON(w, 200, strings.TrimSuffix(customerJSON, "}")+`,"access_token":"t","exists":true,"orders":[],"count":1,"offset":0,"limit":10}`)
	})
	c := f.loggedIn(t)
	ctx := t.Context()
	for name, call := range map[string]func(email string) error{
		"CreateCustomer": func(email string) error {
			_, err := c.Create(ctx, CreateRequest{Email: email, Password: " p "})
			return err
		},
		"UpdateCustomer": func(email string) error { _, err := c.Update(ctx, UpdateRequest{Email: &email}); return err },
		"ResetPassword": func(email string) error {
			_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: email, Token: "t", Password: "p"})
			return err
		},
		"GeneratePasswordToken": func(email string) error { return c.GeneratePasswordToken(ctx, email) },
		"Authenticate":          func(email string) error { return logIn(ctx, c, email) },
		"GetToken":              func(email string) error { _, err := c.Auth.GetToken(ctx, email, "p"); return err },
		"EmailExists":           func(email string) error { _, err := c.Auth.Exists(ctx, email); return err },
		"ListOrders": func(email string) error {
			_, err := c.ListOrders(ctx, &ListOrdersParams{Email: &email})
			return err
		},
	} {
		for _, space := range []string{" ", "\t", "\r\n", "\u00a0", "\u2003", "\u3000", "  \n"} {
			for _, email := range []string{space + testEmail, testEmail + space, space + testEmail + space} {
				before := f.count()
				wantOK(t, call(email))
				r := f.seen()[before]
				sent := r.Query.Get("email")
				switch {
				case r.Body != "":
					var body struct {
						Email    string `json:"email"`
						Password string `json:"password"`
					}
					wantOK(t, json.Unmarshal([]byte(r.Body), &body))
					if sent = body.Email; name == "CreateCustomer" && body.Password != " p " {
						t.Errorf("the password was sent as %q", body.Password)
					}
				case name == "EmailExists":
					sent, _ = url.PathUnescape(strings.TrimPrefix(r.Path, "/store/auth/"))
				}
				if sent != testEmail {
					t.Errorf("%s sent %q for %q", name, sent, email)
				}
			}
		}
		n := f.count()
		for _, invisible := range []string{
			"\u200b", "\u200d", "\ufeff", "\u00ad", "\u202e", "\u2066", "\x01", "\n", "\t", "\x7f", "\u0085", "\u00a0", "\u2028", "\ufe0f", "\u034f", "\u3164",
			"\u2800", "\U000e0041",
		} {
			for _, email := range []string{"us" + invisible + "er@example.com", "user@exam" + invisible + "ple.com"} {
				if e := wantError(t, call(email), ErrInvalidInput); e.Field != "Email" {
					t.Errorf("%s: %v", name, e)
				}
			}
		}
		if f.count() != n {
			t.Errorf("%s sent an email with an invisible character", name)
		}
	}
}
