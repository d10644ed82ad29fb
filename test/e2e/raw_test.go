package e2e

import (
	"bufio"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// The routes of the contract.
const (
	customersPath     = "/store/customers"
	mePath            = "/store/customers/me"
	ordersPath        = "/store/customers/me/orders"
	methodsPath       = "/store/customers/me/payment-methods"
	addressesPath     = "/store/customers/me/addresses"
	passwordTokenPath = "/store/customers/password-token"
	passwordResetPath = "/store/customers/password-reset"
	authPath          = "/store/auth"
	tokenPath         = "/store/auth/token"
)

// raw is a request that is sent without the wrapper.
type raw struct {
	at       *backend.Backend // nil is the shared one
	via      *http.Client     // nil is a recorded one
	method   string
	path     string
	body     any    // a string is the body itself, nil is none, other values are sent as JSON
	cookie   string // name=value
	bearer   string
	header   map[string]string
	deviates string // the reason why the contract does not allow the request, if it does not
}

// jsonObject is a JSON object of a body.
type jsonObject map[string]any

// response is a response that was read to its end.
type response struct {
	status int
	header http.Header
	body   string
}

func (r raw) send(t *testing.T) response {
	t.Helper()
	a, err := r.try(t)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// try is send for a goroutine that must not end the test.
func (r raw) try(t *testing.T) (response, error) {
	t.Helper()
	at, via := cmp.Or(r.at, shared), r.via
	if via == nil {
		via = httpClient(at)
	}
	var body io.Reader
	switch b := r.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return response{}, err
		}
		body = strings.NewReader(string(text))
	}
	ctx := t.Context()
	if r.deviates != "" {
		ctx = conform.Deviates(ctx, r.deviates)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, at.URL+r.path, body)
	if err != nil {
		return response{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.cookie != "" {
		req.Header.Set("Cookie", r.cookie)
	}
	if r.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.bearer)
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	resp, err := via.Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return response{resp.StatusCode, resp.Header, string(text)}, err
}

// is checks status and content type, "" if there is none, and returns the response.
func (r response) is(t *testing.T, status int, contentType string) response {
	t.Helper()
	if got, _, _ := strings.Cut(r.header.Get("Content-Type"), ";"); r.status != status || got != contentType {
		t.Fatalf("the response is %d %q, want %d %q: %.300s", r.status, got, status, contentType, r.body)
	}
	return r
}

// fails checks that the response is a JSON error of the type and returns the error.
func (r response) fails(t *testing.T, status int, kind string) map[string]any {
	t.Helper()
	e := r.is(t, status, "application/json").json(t)
	if e["type"] != kind {
		t.Fatalf("the error's type is %v, want %s: %s", e["type"], kind, r.body)
	}
	return e
}

func (r response) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("no JSON object: %v: %.300s", err, r.body)
	}
	return v
}

// customer returns the customer of a 200.
func (r response) customer(t *testing.T) customers.Customer {
	t.Helper()
	var v struct {
		Customer customers.Customer `json:"customer"`
	}
	if err := json.Unmarshal([]byte(r.is(t, 200, "application/json").body), &v); err != nil || v.Customer.ID == "" {
		t.Fatalf("no customer: %v: %.300s", err, r.body)
	}
	return v.Customer
}

// page returns the orders of a 200.
func (r response) page(t *testing.T) customers.OrderPage {
	t.Helper()
	var page customers.OrderPage
	if err := json.Unmarshal([]byte(r.is(t, 200, "application/json").body), &page); err != nil || page.Orders == nil {
		t.Fatalf("no page of orders: %v: %.300s", err, r.body)
	}
	return page
}

// setCookie returns the cookie that the response sets, or nil.
func (r response) setCookie(t *testing.T) *http.Cookie {
	t.Helper()
	lines := r.header.Values("Set-Cookie")
	if len(lines) == 0 {
		return nil
	}
	c, err := http.ParseSetCookie(lines[0])
	if err != nil || len(lines) > 1 {
		t.Fatalf("Set-Cookie %q: %v", lines, err)
	}
	return c
}

// cookie returns the cookie that the response sets, in the form of a Cookie header.
func (r response) cookie(t *testing.T) string {
	t.Helper()
	c := r.setCookie(t)
	if c == nil {
		t.Fatalf("%d without a cookie", r.status)
	}
	return c.Name + "=" + c.Value
}

// rawLogin logs in and returns the cookie.
func rawLogin(t *testing.T, who account) string {
	t.Helper()
	return rawAuth(who).send(t).is(t, 200, "application/json").cookie(t)
}

func rawAuth(who account) raw {
	return raw{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password}}
}

// rawCustomer registers a customer and returns the cookie.
func rawCustomer(t *testing.T) (cookie string, who account) {
	t.Helper()
	who = account{Email: uniqueEmail(t), Password: "a password"}
	a := raw{method: "POST", path: customersPath, body: jsonObject{"email": who.Email, "password": who.Password}}.send(t)
	who.ID = a.customer(t).ID
	return a.cookie(t), who
}

// rawMe returns the customer who is logged in with the cookie.
func rawMe(t *testing.T, cookie string) customers.Customer {
	t.Helper()
	return raw{method: "GET", path: mePath, cookie: cookie}.send(t).customer(t)
}

// failure describes the error that a test wants.
type failure struct {
	is        error
	status    int
	field     string // "" for any, if there is a status
	operation string // "" for any
	kind      string // the backend's type; "" for any
}

// check fails the test unless err is f.
func (f failure) check(t *testing.T, err error) {
	t.Helper()
	_ = f.of(t, err)
}

// of is check, and returns the error.
func (f failure) of(t *testing.T, err error) *customers.Error {
	t.Helper()
	e, ok := errors.AsType[*customers.Error](err)
	switch {
	case !ok:
		t.Fatalf("the error is %v, want %v", err, f.is)
	case !errors.Is(err, f.is), e.StatusCode != f.status, (f.status == 0 || f.field != "") && e.Field != f.field,
		f.operation != "" && string(e.Operation) != f.operation, f.kind != "" && e.Type != f.kind:
		t.Fatalf("the error is %v (status %d, field %q, operation %q, type %q), want %+v", err, e.StatusCode, e.Field, e.Operation, e.Type, f)
	}
	return e
}

// says checks that the text of the error has all words.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not mention %s", err, word)
		}
	}
}

// signJWT returns a JSON Web Token that is signed as the backend does it: HS256.
func signJWT(t *testing.T, secret string, claims jsonObject) string {
	t.Helper()
	token, err := signedJWT(secret, claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func signedJWT(secret string, claims jsonObject) (string, error) {
	text, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(text)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}

// claimsOf returns the claims of a token without verifying it.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JSON Web Token: %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return response{body: string(text)}.json(t)
}

// passwordHash returns the hash that signs the customer's reset tokens.
func passwordHash(t *testing.T, customerID string) string {
	t.Helper()
	return queryValue[string](t, `SELECT password_hash FROM customer WHERE id = $1`, customerID)
}

// queryValue returns the value that a query of the shared database finds.
func queryValue[T any](t *testing.T, query string, args ...any) T {
	t.Helper()
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := db.QueryRow(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// execute executes a statement in the shared database.
func execute(t *testing.T, statement string, args ...any) {
	t.Helper()
	executeAt(t, shared, statement, args...)
}

func executeAt(t *testing.T, b *backend.Backend, statement string, args ...any) {
	t.Helper()
	db, err := b.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// deleteCustomer deletes the customer as an administrator's plugin would. No route of Medusa does.
func deleteCustomer(t *testing.T, id string) {
	t.Helper()
	execute(t, `UPDATE customer SET deleted_at = now() WHERE id = $1`, id)
}

// issuedToken requests a password token and returns it when the backend's event has come: docs/backend.md, B56.
func issuedToken(t *testing.T, c *customers.Client, email string) string {
	t.Helper()
	before := len(passwordTokens(t, email))
	if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	tokens, err := shared.AwaitPasswordTokens(t.Context(), email, before)
	if err != nil || len(tokens) <= before {
		t.Fatalf("no event with a token has come: %v", err)
	}
	return tokens[len(tokens)-1].Token
}

func passwordTokens(t *testing.T, email string) []backend.PasswordToken {
	t.Helper()
	tokens, err := shared.PasswordTokens(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// address returns a new address that the backend accepts.
func address() customers.AddAddressRequest {
	return customers.AddAddressRequest{
		FirstName: "Ada", LastName: "Larsen", Address1: "Nygade 1", City: "Aarhus", CountryCode: "dk", PostalCode: "8000",
	}
}

// fullAddress returns the address as a raw body, with every field that the backend compares.
func fullAddress() jsonObject {
	return jsonObject{
		"first_name": "Ada", "last_name": "Larsen", "address_1": "Nygade 1", "address_2": nil, "city": "Aarhus",
		"country_code": "dk", "province": nil, "postal_code": "8000", "phone": nil,
	}
}

// with returns a copy of the object with one more property.
func (o jsonObject) with(name string, value any) jsonObject {
	c := jsonObject{name: value}
	for k, v := range o {
		if k != name {
			c[k] = v
		}
	}
	return c
}

// without returns a copy of the object without some properties.
func (o jsonObject) without(names ...string) jsonObject {
	c := jsonObject{}
	maps.Copy(c, o)
	for _, name := range names {
		delete(c, name)
	}
	return c
}

// sendLine sends a request line that net/http refuses to send.
func sendLine(t *testing.T, line string) (status int, body string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(shared.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, line+"\r\nHost: medusa\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
