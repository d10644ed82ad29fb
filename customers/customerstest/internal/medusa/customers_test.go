package medusa_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func register(t *testing.T, srv *customerstest.Server, email, password string) (*browser.Browser, browser.Response) {
	t.Helper()
	b := browser.New(t, srv.URL)
	return b, b.Send(http.MethodPost, "/store/customers", browser.JSON(t, map[string]string{"email": email, "password": password}))
}

// An email may have one account and one guest.
func TestRegister(t *testing.T) {
	srv := customerstest.NewServer(t)
	steps := []struct {
		email, password string
		status          int
		message         string
	}{
		{"Foo@Example.com", "x", 200, `"email":"foo@example.com"`},
		{"foo@example.com", "y", 422, "A customer with the given email already has an account. Log in instead"},
		{"FOO@EXAMPLE.COM", "y", 422, "A customer with the given email already has an account. Log in instead"},
		{"foo@example.com", "", 200, `"has_account":false`},
		{"foo@example.com", "", 422, "Guest customer with email already exists"},
		{"guest@example.com", "", 200, `"has_account":false`},
		{"guest@example.com", "now", 200, `"has_account":true`},
	}
	for _, step := range steps {
		b, a := register(t, srv, step.email, step.password)
		if a.Status != step.status || !strings.Contains(a.Body, step.message) {
			t.Errorf("%s with %q: %d %s", step.email, step.password, a.Status, a.Body)
		}
		if a := b.Send(http.MethodGet, me, ""); a.Status == http.StatusOK != (step.status == 200) {
			t.Errorf("%s with %q: me is %d afterwards", step.email, step.password, a.Status)
		}
		if step.status == 422 && !strings.HasPrefix(a.Body, `{"code":"invalid_request_error","type":"duplicate_error",`) {
			t.Errorf("%s with %q: %s", step.email, step.password, a.Body)
		}
	}
}

func TestGuestsHaveNoAccount(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := register(t, srv, "guest@example.com", "")
	if a := b.Send(http.MethodPost, me, `{"password":"abc"}`); browser.CustomerOf(t, a).HasAccount {
		t.Error("a password makes a guest an account")
	}
	for _, password := range []string{"abc", ""} {
		if a := browser.New(t, srv.URL).Login("guest@example.com", password); a.Status == http.StatusOK {
			t.Errorf("a guest logs in with %q", password)
		}
	}
	if a := b.Send(http.MethodGet, "/store/auth/guest@example.com", ""); a.Body != `{"exists":false}` {
		t.Error(a.Body)
	}
}

func TestPasswords(t *testing.T) {
	srv := customerstest.NewServer(t)
	long := strings.Repeat("x", 100)
	tests := []struct {
		set, given string
		ok         bool
	}{
		{"supersecret", "supersecret", true},
		{"supersecret", "Supersecret", false},
		{"supersecret", "supersecret ", false},
		{"supersecret", "supersecret\x00", true}, // its hash is the same
		{"super\x00", "super\x00secret", false},
		{" ", " ", true},
		{"sésame", "sésame", true},
		{long, long, true},
		{long, long + "y", false},
	}
	for _, test := range tests {
		c := srv.AddCustomer(customerstest.Customer{Password: test.set})
		if a := browser.New(t, srv.URL).Login(strings.ToUpper(c.Email), test.given); (a.Status == http.StatusOK) != test.ok {
			t.Errorf("%q for %q: %d", test.given, test.set, a.Status)
		}
	}
	c := srv.AddCustomer(customerstest.Customer{})
	for _, password := range []string{"5", "[]", "{}", "true", "false", "0", `["supersecret"]`} {
		a := browser.New(t, srv.URL).Send(http.MethodPost, "/store/auth", `{"email":"`+c.Email+`","password":`+password+`}`)
		if a.Status != http.StatusUnauthorized {
			t.Errorf("password %s: %d", password, a.Status)
		}
	}
}

func TestLoginShowsOrdersAndNoBillingAddress(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	login, mine := b.Send(http.MethodGet, "/store/auth", "").Body, b.Send(http.MethodGet, me, "").Body
	if !strings.Contains(login, `"orders":[]`) || strings.Contains(login, `"billing_address":`) {
		t.Error("login:", login)
	}
	if strings.Contains(mine, `"orders"`) || !strings.Contains(mine, `"billing_address":null,"shipping_addresses":[]`) {
		t.Error("me:", mine)
	}
}

func TestUpdate(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, c := browser.LoggedIn(t, srv)
	taken := srv.AddCustomer(customerstest.Customer{Email: "taken@example.com"})
	steps := []struct {
		body   string
		status int
		want   string
	}{
		{`{"first_name":"A","last_name":"B","phone":"1"}`, 200, `"first_name":"A","last_name":"B","billing_address_id":null,"phone":"1"`},
		{`{"first_name":null,"phone":""}`, 200, `"first_name":null,"last_name":"B","billing_address_id":null,"phone":""`},
		{`{"first_name":"X","email":null}`, 400, "null value in field email"},
		{`{"first_name":"X","email":"` + taken.Email + `"}`, 422, `"message":"Customer with email, has_account taken@example.com, t already exists."`},
		{`{}`, 200, `"first_name":null,"last_name":"B"`},
		{`{"metadata":null}`, 200, `"metadata":null`},
		{`{"metadata":{"b":1,"a":{"z":1,"y":2},"d":[1,{"e":""}],"c":null,"":0}}`, 200, `"metadata":{"":0,"a":{"y":2,"z":1},"b":1,"c":null,"d":[1,{"e":""}]}`},
		{`{"metadata":{"a":"","b":"","":"","none":""}}`, 200, `"metadata":{"c":null,"d":[1,{"e":""}]}`},
		{`{"metadata":{"d":"","c":"","10":1,"9":2,"aa":3,"Z":4,"z":5}}`, 200, `"metadata":{"9":2,"10":1,"Z":4,"z":5,"aa":3}`},
		{`{"metadata":{"9":"","10":"","aa":"","Z":"","z":1e21,"y":1.0,"x":-0.0,"v":1e-7,"u":12345678901234567890}}`, 200, `"metadata":{"u":12345678901234567000,"v":1e-7,"x":0,"y":1,"z":1e+21}`},
		{`{"metadata":{}}`, 200, `"metadata":{"u":`},
		{`{"password":""}`, 200, c.ID},
		{`{"password":null}`, 200, c.ID},
	}
	for _, step := range steps {
		if a := b.Send(http.MethodPost, me, step.body); a.Status != step.status || !strings.Contains(a.Body, step.want) {
			t.Errorf("%s: %d %s\nwant %d %s", step.body, a.Status, a.Body, step.status, step.want)
		}
	}
	if a := browser.New(t, srv.URL).Login(c.Email, customerstest.DefaultPassword); a.Status != http.StatusOK {
		t.Error("an empty password changed the password")
	}
	b.Send(http.MethodPost, me, `{"password":"other"}`)
	if a := browser.New(t, srv.URL).Login(c.Email, customerstest.DefaultPassword); a.Status == http.StatusOK {
		t.Error("the old password still works")
	}
	if a := browser.New(t, srv.URL).Login(c.Email, "other"); a.Status != http.StatusOK {
		t.Error("the new password does not work")
	}
	if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusOK {
		t.Error("a new password ended the session")
	}
}

// An update keeps the capitals of an email, which then has no login: register and login lower-case it.
func TestEmailIsKeptAsGiven(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, c := browser.LoggedIn(t, srv)
	if a := b.Send(http.MethodPost, me, `{"email":"Foo@X.com"}`); browser.CustomerOf(t, a).Email != "Foo@X.com" {
		t.Error(a.Body)
	}
	for _, email := range []string{"Foo@X.com", "foo@x.com", c.Email} {
		if a := browser.New(t, srv.URL).Login(email, customerstest.DefaultPassword); a.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d", email, a.Status)
		}
	}
	b.Send(http.MethodPost, me, `{"email":"foo@x.com"}`)
	if a := browser.New(t, srv.URL).Login("FOO@x.com", customerstest.DefaultPassword); a.Status != http.StatusOK {
		t.Error("in lower case:", a.Status)
	}
	if a := b.Send(http.MethodGet, "/store/auth/FOO%40X.com", ""); a.Body != `{"exists":true}` {
		t.Error(a.Body)
	}
}

// updated_at changes only if something else does.
func TestUpdatedAt(t *testing.T) {
	srv := customerstest.NewServer(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)
	srv.SetTime(start)
	b, _ := browser.LoggedIn(t, srv)
	last := start.Truncate(time.Millisecond)
	for i, step := range []struct {
		body    string
		changes bool
	}{
		{`{}`, false},
		{`{"first_name":"A"}`, true},
		{`{"first_name":"A","metadata":null}`, false},
		{`{"metadata":{}}`, true},
		{`{"metadata":{"x":""}}`, false},
		{`{"password":"same"}`, true},
		{`{"password":"same"}`, true},
		{`{"billing_address":{"city":"X"}}`, true},
		{`{"billing_address":{"city":"Y"}}`, false}, // the address did
	} {
		srv.Advance(time.Second)
		c := browser.CustomerOf(t, b.Send(http.MethodPost, me, step.body))
		if step.changes {
			last = start.Add(time.Duration(i+1) * time.Second).Truncate(time.Millisecond)
		}
		if !c.UpdatedAt.Equal(last) || !c.CreatedAt.Equal(start.Truncate(time.Millisecond)) {
			t.Errorf("%s: updated %s, want %s", step.body, c.UpdatedAt, last)
		}
	}
}

// The session of a deleted customer stays: reads are 404, ListOrders works, and address changes are carried out.
func TestDeletedCustomer(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, c := browser.LoggedIn(t, srv)
	token := browser.JSON(t, map[string]string{"email": c.Email})
	a := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(`"city":"Odense"`)))
	address := a.ShippingAddresses[0].ID
	b.Send(http.MethodPost, me, `{"billing_address":"`+address+`"}`)
	srv.DeleteCustomer(c.ID)

	gone := `{"type":"not_found","message":"Customer with id: ` + c.ID + ` was not found"}`
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", me, "", 404},
		{"GET", "/store/auth", "", 404},
		{"GET", me + "/payment-methods", "", 404},
		{"GET", me + "/orders", "", 200},
		{"POST", me, `{}`, 404},
		{"POST", me, `{"zz":1}`, 400},
		{"POST", me + "/addresses", newAddress(`"city":"X"`), 404},
		{"POST", me + "/addresses", `{}`, 500},
		{"POST", me + "/addresses/" + address, `{"city":"X"}`, 404},
		{"POST", me + "/addresses/x", `{"city":"X"}`, 400},
		{"DELETE", me + "/addresses/" + address, "", 404},
	} {
		a := b.Send(test.method, test.path, test.body)
		if a.Status != test.status || test.status == 404 && a.Body != gone {
			t.Errorf("%s %s: %d %s", test.method, test.path, a.Status, a.Body)
		}
	}
	if a := b.Send("POST", me+"/addresses/"+address, `{"city":"X"}`); a.Status != http.StatusBadRequest {
		t.Errorf("the address was not deleted: %d %s", a.Status, a.Body)
	}
	if a := browser.New(t, srv.URL).Login(c.Email, customerstest.DefaultPassword); a.Status != http.StatusUnauthorized {
		t.Error("login:", a.Status)
	}
	if a := b.Send("POST", "/store/customers/password-token", token); a.Status != http.StatusNoContent || srv.PasswordTokens(c.Email) != nil {
		t.Error("a password token without an account")
	}
	if _, a := register(t, srv, c.Email, "x"); browser.CustomerOf(t, a).ID == c.ID {
		t.Error("the id came back")
	}
}
