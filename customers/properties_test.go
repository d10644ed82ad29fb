package customers

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// sentBodies makes a client of a server that responds to all alike, and returns the bodies of its requests.
func sentBodies(t *testing.T) (*Client, *fake) {
	t.Helper()
	f := serve(t, respondWith(200, "application/json", customerJSON))
	return f.loggedIn(t, WithMaxRetries(0)), f
}

// TestPropertiesGoIntoEveryJSONBody calls each operation with properties of its own and of no contract.
func TestPropertiesGoIntoEveryJSONBody(t *testing.T) {
	c, f := sentBodies(t)
	with := 0
	for _, row := range everyOperation {
		_, plain := row.call(t.Context(), c)
		before := f.count()
		_, err := row.call(t.Context(), c, WithProperty("nickname", "Ada \u2028<b>"), WithProperty("Points", 7), WithProperty("a.b", map[string]any{"c": []any{nil, 1.5, true}}), WithProperty("none", nil))
		if _, ok := bodies[row.operation]; !ok {
			if e := wantError(t, err, ErrInvalidInput); e.Field != "WithProperty" || f.count() != before {
				t.Errorf("%s, which has no body: %v", row.operation, err)
			}
			continue
		}
		with++
		if fmt.Sprint(err) != fmt.Sprint(plain) || f.count() == before {
			t.Errorf("%s: %v, want %v", row.operation, err, plain)
		}
		var body map[string]any
		wantOK(t, json.Unmarshal([]byte(f.seen()[before].Body), &body))
		if row.operation == OperationAddAddress {
			if len(body) != 1 {
				t.Errorf("%s: %v is sent beside the address", row.operation, body)
			}
			body, _ = body["address"].(map[string]any)
		}
		none, thereIsNone := body["none"]
		if body["nickname"] != "Ada \u2028<b>" || body["Points"] != 7.0 || fmt.Sprint(body["a.b"]) != "map[c:[<nil> 1.5 true]]" || none != nil || !thereIsNone {
			t.Errorf("%s sends %v", row.operation, body)
		}
		if length := f.seen()[before].Header.Get("Content-Length"); length != fmt.Sprint(len(f.seen()[before].Body)) {
			t.Errorf("%s: length %s of a body of %d bytes", row.operation, length, len(f.seen()[before].Body))
		}
	}
	if with != len(bodies) {
		t.Errorf("%d of %d operations with a body were called", with, len(bodies))
	}
}

// TestBodiesKnowEveryOperationWithABody fails for an operation whose requests have a body that WithProperty does not know.
func TestBodiesKnowEveryOperationWithABody(t *testing.T) {
	c, f := sentBodies(t)
	for _, row := range everyOperation {
		before := f.count()
		_, _ = row.call(t.Context(), c)
		for _, r := range f.seen()[before:] {
			if _, ok := bodies[row.operation]; ok != (r.Body != "") {
				t.Errorf("%s sends the body %q, and a model of it is known: %v", row.operation, r.Body, ok)
			}
		}
	}
}

func TestPropertiesThatAreRefused(t *testing.T) {
	c, f := sentBodies(t)
	ctx := t.Context()
	update := func(o ...CallOption) error { _, err := c.Update(ctx, UpdateRequest{}, o...); return err }
	create := func(o ...CallOption) error {
		_, err := c.Create(ctx, CreateRequest{Email: testEmail, Password: testPassword}, o...)
		return err
	}
	add := func(o ...CallOption) error { _, err := c.Addresses.Add(ctx, someAddress(), o...); return err }
	change := func(o ...CallOption) error {
		_, err := c.Addresses.Update(ctx, "addr_1", UpdateAddressRequest{}, o...)
		return err
	}
	login := func(o ...CallOption) error { _, err := c.Auth.Authenticate(ctx, testEmail, "p", o...); return err }
	list := func(o ...CallOption) error { _, err := c.ListOrders(ctx, nil, o...); return err }
	walk := func(o ...CallOption) error {
		for _, err := range c.Orders(ctx, nil, o...) {
			return err
		}
		return nil
	}
	for _, test := range []struct {
		call  func(...CallOption) error
		field string
		opts  []CallOption
	}{
		{update, "email", []CallOption{WithProperty("email", "hush@example.com")}},
		{update, "EMAIL", []CallOption{WithProperty("EMAIL", 1)}},
		{update, "First_Name", []CallOption{WithProperty("First_Name", 1)}},
		{update, "metadata", []CallOption{WithProperty("metadata", map[string]any{})}},
		{update, "billing_address", []CallOption{WithProperty("billing_address", nil)}},
		{create, "password", []CallOption{WithProperty("password", "hush")}},
		{create, "paſſword", []CallOption{WithProperty("paſſword", "hush")}},
		{add, "country_code", []CallOption{WithProperty("country_code", "dk")}},
		{change, "metadata", []CallOption{WithProperty("metadata", 1)}},
		{login, "email", []CallOption{WithProperty("email", "hush")}},
		{update, "nickname", []CallOption{WithProperty("nickname", "a"), WithProperty("nickname", "b")}},
		{update, "nickname", []CallOption{WithProperty("nickname", func() {})}},
		{update, "nickname", []CallOption{WithProperty("nickname", math.NaN())}},
		{update, "nickname", []CallOption{WithProperty("nickname", json.RawMessage(`{"hush"`))}},
		{update, "nickname", []CallOption{WithProperty("nickname", json.RawMessage(`1,"email":"hush"`))}},
		{update, "nickname", []CallOption{WithProperty("nickname", withNUL)}},
		{update, "nickname", []CallOption{WithProperty("nickname", notUTF8)}},
		{update, "nickname", []CallOption{WithProperty("nickname", map[string]any{"__proto__": 1})}},
		{update, "nickname", []CallOption{WithProperty("nickname", int64(1<<53+1))}},
		{update, "__proto__", []CallOption{WithProperty("__proto__", 1)}},
		{update, "constructor", []CallOption{WithProperty("constructor", 1)}},
		{update, "WithProperty", []CallOption{WithProperty("", 1)}},
		{list, "WithProperty", []CallOption{WithProperty("nickname", 1)}},
		{walk, "WithProperty", []CallOption{WithProperty("nickname", 1)}},
	} {
		e := wantError(t, test.call(test.opts...), ErrInvalidInput)
		if e.Field != test.field || e.Fields[test.field] == "" || strings.Contains(e.Error(), "hush") {
			t.Errorf("%s: %v", test.field, e)
		}
	}
	if f.count() != 0 {
		t.Errorf("%d requests were sent", f.count())
	}
	// What is a property of another operation only, or only looks like one, is the shop's business.
	for _, name := range []string{"metadata", "billing_address", "address", "nickname ", "e-mail", "id", "token"} {
		before := f.count()
		if _ = create(WithProperty(name, 1)); f.count() != before+1 { // it fails for want of a cookie
			t.Errorf("Create with %s is not sent", name)
		}
	}
}

// TestAnExtendedCustomer registers, reads, updates and lists with columns that only the shop has.
// The name of a property may come from a form, and an error of it goes to a log.
func TestAnErrorEscapesTheNameOfAProperty(t *testing.T) {
	c := mustNew(t, backendURL).WithSession(sessionOf("v"))
	for _, name := range []string{"a\nb", "a\x1b[31mb", "a\u202eb", "a\xffb", strings.Repeat("x", 5000)} {
		_, err := c.Update(t.Context(), UpdateRequest{}, WithProperty(name, make(chan int)))
		e := wantError(t, err, ErrInvalidInput)
		wantHarmless(t, name, e.Error(), 300)
		if e.Fields[name] == "" {
			t.Errorf("fields %q", e.Fields)
		}
	}
}

func TestAnExtendedCustomer(t *testing.T) {
	type own struct {
		Customer struct {
			Nickname *string  `json:"nickname"`
			Points   *float64 `json:"points"`
		} `json:"customer"`
	}
	ctx := t.Context()
	stock := mustNew(t, customerstest.NewServer(t).URL)
	_, err := stock.Create(ctx, CreateRequest{Email: testEmail, Password: testPassword}, WithProperty("nickname", "Countess"))
	if e := wantError(t, err, ErrInvalidInput); e.Fields["nickname"] != "property nickname should not exist" {
		t.Errorf("a stock backend: %v, fields %v", err, e.Fields)
	}

	c := mustNew(t, customerstest.NewServer(t, customerstest.WithCustomerColumns("nickname", "points")).URL)
	var r Response
	read := func(err error) string {
		t.Helper()
		wantOK(t, err)
		var got own
		wantOK(t, json.Unmarshal(r.Body, &got))
		return fmt.Sprint(Deref(got.Customer.Nickname), " ", Deref(got.Customer.Points))
	}
	_, err = c.Create(ctx, CreateRequest{Email: testEmail, Password: testPassword}, WithProperty("nickname", "Countess"), WithProperty("points", 7), WithResponse(&r))
	if got := read(err); got != "Countess 7" {
		t.Errorf("registered with %s", got)
	}
	_, err = c.Update(ctx, UpdateRequest{LastName: Value("Lovelace")}, WithProperty("points", 8.5), WithResponse(&r))
	if got := read(err); got != "Countess 8.5" {
		t.Errorf("updated to %s", got)
	}
	_, err = c.Update(ctx, UpdateRequest{}, WithProperty("nickname", nil), WithResponse(&r))
	if got := read(err); got != " 8.5" {
		t.Errorf("cleared to %s", got)
	}
	for name, call := range map[string]func() error{
		"Retrieve":   func() error { _, err := c.Retrieve(ctx, WithResponse(&r)); return err },
		"GetSession": func() error { _, err := c.Auth.GetSession(ctx, WithResponse(&r)); return err },
		"Authenticate": func() error {
			_, err := c.Auth.Authenticate(ctx, testEmail, testPassword, WithResponse(&r))
			return err
		},
		"Add": func() error { _, err := c.Addresses.Add(ctx, someAddress(), WithResponse(&r)); return err },
	} {
		if got := read(call()); got != " 8.5" {
			t.Errorf("%s has %s", name, got)
		}
	}
}

func TestResponseBody(t *testing.T) {
	const token = `{"access_token":"hush"}`
	responses := map[string]http.HandlerFunc{
		"POST /store/auth/token": respondWith(200, "application/json", token), "DELETE /store/auth": respondWith(200, "text/plain", "OK"),
		"GET /store/customers/me":                 respondWith(404, "application/json", `{"type":"not_found","message":"hush"}`),
		"GET /store/customers/me/orders":          respondWith(200, "application/json", pageBody(2, `{"id":"order_1"}`, `{"id":"order_2","display_id":"x"}`)),
		"GET /store/customers/me/payment-methods": respondWith(200, "application/json", `{"payment_methods":"hush"}`),
	}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) { responses[r.Method+" "+r.URL.Path](w, r) })
	c := f.loggedIn(t)
	ctx := t.Context()
	var r Response
	_, err := c.Auth.GetToken(ctx, testEmail, "p", WithResponse(&r))
	if wantOK(t, err); string(r.Body) != token {
		t.Errorf("body %q", r.Body)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		for _, v := range []any{r, &r, []Response{r}, struct{ R Response }{r}, map[string]*Response{"": &r}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "hush") || strings.Contains(got, "104") || strings.Contains(got, "68757368") {
				t.Errorf("%s of a %T prints %s", verb, v, got)
			}
		}
	}
	if text, err := json.Marshal(r); err != nil || strings.Contains(string(text), "hush") || strings.Contains(string(text), "eyJ") { //nolint:musttag // as a log encodes it
		t.Errorf("JSON %s, %v", text, err)
	}
	page, err := c.ListOrders(ctx, nil, WithResponse(&r)) // an order that can't be read
	if err == nil || len(page.Orders) != 1 || !strings.Contains(string(r.Body), "order_2") {
		t.Errorf("%v, body %q", err, r.Body)
	}
	if _, err = c.PaymentMethods.List(ctx, WithResponse(&r)); err == nil || string(r.Body) != `{"payment_methods":"hush"}` {
		t.Errorf("%v, body %q", err, r.Body)
	}
	if _, err = c.Retrieve(ctx, WithResponse(&r)); err == nil || r.Body != nil || r.StatusCode != http.StatusNotFound {
		t.Errorf("%v, body %q", err, r.Body)
	}
	if err = c.Auth.DeleteSession(ctx, WithResponse(&r)); err != nil || r.Body != nil {
		t.Errorf("%v, body %q", err, r.Body)
	}
	small := f.loggedIn(t, WithMaxResponseBytes(100), WithMaxRetries(0))
	if _, err = small.ListOrders(ctx, nil, WithResponse(&r)); err == nil || r.Body != nil {
		t.Errorf("%v, body of %d bytes", err, len(r.Body))
	}
}

// TestPropertiesSurviveARepeat has a first attempt that does not connect.
func TestPropertiesSurviveARepeat(t *testing.T) {
	var bodies []string
	c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		if bodies = append(bodies, string(body)); len(bodies) == 1 {
			return noConnection(r)
		}
		return inMemoryTransport(respondWith(200, "application/json", `{"access_token":"t"}`))(r)
	})}))
	_, err := c.Auth.GetToken(t.Context(), testEmail, testPassword, WithProperty("captcha", "x"))
	if wantOK(t, err); len(bodies) != 2 || bodies[0] != bodies[1] || !strings.HasSuffix(bodies[1], `,"captcha":"x"}`) {
		t.Errorf("sent %q", bodies)
	}
}
