//nolint:thelper // the functions of tables are the tests themselves
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// operation is a method of the wrapper with arguments that the backend accepts.
type operation struct {
	name   string
	needs  need
	call   func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error
	tooBig func(ctx context.Context, c *customers.Client, big string) error // sends a body that is too large; nil if there is no body
}

type need int

const (
	nothing   need = iota // no login
	aCustomer             // a session or a token
	aSession              // a session that it changes
)

// theAddress is an id of no address.
const theAddress = "addr_none"

// operations are all of the contract, and Orders, which lists orders page by page.
var operations = []operation{
	{"CreateCustomer", aSession, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		_, err := c.Create(ctx, customers.CreateRequest{Email: "another." + who.Email, Password: "a password"}, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.Create(ctx, customers.CreateRequest{Email: "a@example.com", Password: big})
		return err
	}},
	{"RetrieveCustomer", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Retrieve(ctx, o...)
		return err
	}, nil},
	{"UpdateCustomer", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Update(ctx, customers.UpdateRequest{FirstName: customers.Value("Ada")}, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.Update(ctx, customers.UpdateRequest{FirstName: customers.Value(big)})
		return err
	}},
	{"GeneratePasswordToken", nothing, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		return c.GeneratePasswordToken(ctx, who.Email, o...)
	}, func(ctx context.Context, c *customers.Client, big string) error {
		return c.GeneratePasswordToken(ctx, big+"@example.com")
	}},
	{"ResetPassword", nothing, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		_, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: who.Email, Token: "no token", Password: "x"}, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: "a@example.com", Token: big, Password: "x"})
		return err
	}},
	{"AddAddress", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Addresses.Add(ctx, address(), o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		a := address()
		a.Metadata = big
		_, err := c.Addresses.Add(ctx, a)
		return err
	}},
	{"UpdateAddress", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Addresses.Update(ctx, theAddress, customers.UpdateAddressRequest{City: customers.Value("Odense")}, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.Addresses.Update(ctx, theAddress, customers.UpdateAddressRequest{City: customers.Value(big)})
		return err
	}},
	{"DeleteAddress", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Addresses.Delete(ctx, theAddress, o...)
		return err
	}, nil},
	{"ListOrders", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.ListOrders(ctx, nil, o...)
		return err
	}, nil},
	{"Orders", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		for _, err := range c.Orders(ctx, nil, o...) {
			if err != nil {
				return err
			}
		}
		return nil
	}, nil},
	{"ListPaymentMethods", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.PaymentMethods.List(ctx, o...)
		return err
	}, nil},
	{"Authenticate", aSession, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		_, err := c.Auth.Authenticate(ctx, who.Email, who.Password, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.Auth.Authenticate(ctx, "a@example.com", big)
		return err
	}},
	{"GetSession", aCustomer, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		_, err := c.Auth.GetSession(ctx, o...)
		return err
	}, nil},
	{"DeleteSession", aSession, func(ctx context.Context, c *customers.Client, _ account, o ...customers.CallOption) error {
		return c.Auth.DeleteSession(ctx, o...)
	}, nil},
	{"GetToken", nothing, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		_, err := c.Auth.GetToken(ctx, who.Email, who.Password, o...)
		return err
	}, func(ctx context.Context, c *customers.Client, big string) error {
		_, err := c.Auth.GetToken(ctx, "a@example.com", big)
		return err
	}},
	{"EmailExists", nothing, func(ctx context.Context, c *customers.Client, who account, o ...customers.CallOption) error {
		_, err := c.Auth.Exists(ctx, who.Email, o...)
		return err
	}, nil},
}

// ordinary returns how an operation fails by its arguments, which name no address and no valid token. The zero value is success.
func ordinary(name string) failure {
	switch name {
	case "ResetPassword":
		return failure{is: customers.ErrInvalidPasswordToken, status: 500}
	case "UpdateAddress":
		return failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data"}
	}
	return failure{}
}

// expect checks an operation's error. A failure without a sentinel is a success.
func (op operation) expect(t *testing.T, err error, want failure) {
	t.Helper()
	if want.is == nil {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want.operation = op.contractName()
	want.check(t, err)
}

// contractName returns the operation's name in the contract: Orders lists them page by page.
func (op operation) contractName() string {
	if op.name == "Orders" {
		return string(customers.OperationListOrders)
	}
	return op.name
}

// eachOperation runs a subtest for every operation.
func eachOperation(t *testing.T, f func(t *testing.T, op operation)) {
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			f(t, op)
		})
	}
}

// TestOperationsWithAndWithoutLogin calls each operation with a session, with a token and without a login.
func TestOperationsWithAndWithoutLogin(t *testing.T) {
	t.Parallel()
	ctx := t.Context
	notSent := func(t *testing.T, s *spy, op operation, c *customers.Client, who account, want failure) {
		t.Helper()
		s.sendsNothing(t, func() { op.expect(t, op.call(ctx(), c, who), want) })
	}
	eachOperation(t, func(t *testing.T, op operation) {
		s, via := spyOn(shared)
		c, who := newCustomer(t, via)
		token, err := c.Auth.GetToken(ctx(), who.Email, who.Password)
		if err != nil {
			t.Fatal(err)
		}
		bearer, bogus := newClient(t, via, customers.WithBearerToken(token)), newClient(t, via, customers.WithBearerToken("bogus"))
		anonymous, shop := newClient(t, via), newClient(t, via, customers.WithoutSession())
		wantBearer, wantBogus, wantShop := ordinary(op.name), ordinary(op.name), ordinary(op.name)
		switch op.needs {
		case aCustomer:
			notSent(t, s, op, anonymous, who, failure{is: customers.ErrUnauthenticated})
			notSent(t, s, op, shop, who, failure{is: customers.ErrNoSession})
			wantBogus = failure{is: customers.ErrUnauthenticated, status: 401}
		case aSession:
			notSent(t, s, op, shop, who, failure{is: customers.ErrNoSession})
			notSent(t, s, op, bearer, who, failure{is: customers.ErrNoSession})
		case nothing:
			op.expect(t, op.call(ctx(), anonymous, who), wantShop)
			op.expect(t, op.call(ctx(), shop, who), wantShop)
		}
		if op.needs != aSession {
			op.expect(t, op.call(ctx(), bearer, who), wantBearer)
			op.expect(t, op.call(ctx(), bogus, who), wantBogus)
		}
		// The session is logged out by another program.
		raw{method: "DELETE", path: authPath, cookie: sessionCookie(t, s, c)}.send(t).is(t, 200, "text/plain")
		if op.needs == aCustomer {
			op.expect(t, op.call(ctx(), c, who), failure{is: customers.ErrUnauthenticated, status: 401})
			notSent(t, s, op, c, who, failure{is: customers.ErrUnauthenticated})
		} else {
			op.expect(t, op.call(ctx(), c, who), ordinary(op.name))
		}
	})
}

// sessionCookie returns the cookie that c sends.
func sessionCookie(t *testing.T, s *spy, c *customers.Client) string {
	t.Helper()
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.last(t).header.Get("Cookie")
}

func TestOperationsOfADeletedCustomer(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, op operation) {
		c, who := newCustomer(t)
		deleteCustomer(t, who.ID)
		want := failure{is: customers.ErrNotFound, status: 404, kind: "not_found"}
		switch op.name {
		case "CreateCustomer", "ListOrders", "Orders", "DeleteSession", "EmailExists", "GeneratePasswordToken":
			want = failure{}
		case "Authenticate", "GetToken":
			want = failure{is: customers.ErrInvalidCredentials, status: 401}
		case "ResetPassword":
			want = failure{is: customers.ErrInvalidPasswordToken, status: 401}
		case "UpdateAddress": // looks for the address first
			want = failure{is: customers.ErrInvalidInput, status: 400}
		}
		op.expect(t, op.call(t.Context(), c, who), want)
	})
	t.Run("an address that is there", func(t *testing.T) {
		t.Parallel()
		c, who := newCustomer(t)
		me, err := c.Addresses.Add(t.Context(), address())
		if err != nil {
			t.Fatal(err)
		}
		deleteCustomer(t, who.ID)
		_, err = c.Addresses.Update(t.Context(), me.ShippingAddresses[0].ID, customers.UpdateAddressRequest{City: customers.Value("Odense")})
		failure{is: customers.ErrNotFound, status: 404}.check(t, err)
	})
}

func TestOperationsWithABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 100<<10)
	eachOperation(t, func(t *testing.T, op operation) {
		if op.tooBig == nil {
			return // has no body
		}
		c, _ := newCustomer(t)
		op.expect(t, op.tooBig(t.Context(), c, big), failure{is: customers.ErrInvalidInput, status: 413})
	})
}

// TestOperationsWithABodyThatIsNoJSON sends raw requests, as the wrapper sends JSON only.
func TestOperationsWithABodyThatIsNoJSON(t *testing.T) {
	t.Parallel()
	for path, item := range contract(t).Paths.Map() {
		if item.Post != nil {
			path = strings.Replace(path, "{address_id}", "any", 1)
			raw{method: "POST", path: path, body: "{", deviates: "no JSON"}.send(t).is(t, 400, "text/html")
		}
	}
}

func TestOperationsWithoutABackend(t *testing.T) {
	t.Parallel()
	down := httptest.NewServer(nil)
	down.Close()
	_, who := newCustomer(t)
	eachOperation(t, func(t *testing.T, op operation) {
		// The customer has logged in before.
		up, _ := newCustomer(t)
		session, err := customers.DecodeSession(up.Session().Encode())
		if err != nil {
			t.Fatal(err)
		}
		c, err := customers.New(down.URL, customers.WithMaxRetries(1))
		if err != nil {
			t.Fatal(err)
		}
		c = c.WithSession(session)
		var resp customers.Response
		op.expect(t, op.call(t.Context(), c, who, customers.WithResponse(&resp)), failure{is: customers.ErrUnavailable})
		if resp.Attempts != 2 || resp.StatusCode != 0 { // also of a POST, as there was no connection
			t.Errorf("%d attempts, status %d", resp.Attempts, resp.StatusCode)
		}
		if !session.LoggedIn() {
			t.Error("a backend that is away ended the session")
		}
	})
}

func TestOperationsWithAContextThatHasEnded(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, op := range operations {
		err := op.call(ctx, c, who)
		if e, ok := errors.AsType[*customers.Error](err); !ok || !errors.Is(err, context.Canceled) || string(e.Operation) != op.contractName() || errors.Is(err, customers.ErrUnavailable) {
			t.Errorf("%s: the error is %v", op.name, err)
		}
	}
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Error("the session did not survive:", err)
	}
}

// TestOperationsWithoutADatabase makes most operations a 500. For some the backend takes a failure to find a customer as a
// missing customer.
func TestOperationsWithoutADatabase(t *testing.T) {
	t.Parallel()
	b := borrowBackend(t, backend.Settings{})
	c, who := newCustomerOf(t, b)
	withoutDatabase(t, b, func() {
		for _, op := range operations {
			want := failure{is: customers.ErrInternal, status: 500, kind: "unknown_error"}
			switch op.name {
			case "EmailExists", "GeneratePasswordToken":
				want = failure{}
			case "ResetPassword":
				want = failure{is: customers.ErrInvalidPasswordToken, status: 401}
			case "DeleteSession":
				continue // it succeeds without the database and would end the session
			}
			t.Run(op.name, func(t *testing.T) { op.expect(t, op.call(t.Context(), c, who), want) })
		}
	})
	if me, err := c.Retrieve(t.Context()); err != nil || me.ID != who.ID {
		t.Error("the session did not survive:", err)
	}
}

// withoutDatabase calls f while b's database accepts no connections.
func withoutDatabase(t *testing.T, b *backend.Backend, f func()) {
	t.Helper()
	at, err := url.Parse(b.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	db, err := pgx.Connect(t.Context(), at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(t.Context())) }()
	for _, statement := range []string{
		`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`,
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`,
	} {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if _, err := db.Exec(context.WithoutCancel(t.Context()), `ALTER DATABASE `+name+` ALLOW_CONNECTIONS true`); err != nil {
			t.Error(err)
		}
	}()
	f()
}

// TestGeneratePasswordTokenThatFails has a customer for whom no token can be signed.
func TestGeneratePasswordTokenThatFails(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	execute(t, `UPDATE customer SET password_hash = '' WHERE id = $1`, who.ID)
	err := c.GeneratePasswordToken(t.Context(), who.Email)
	failure{is: customers.ErrInternal, status: 500, kind: "unknown_error", operation: "GeneratePasswordToken"}.check(t, err)
}

// TestRefusals checks that a method sends nothing if it refuses an argument, and that its error names the field.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	ctx := t.Context()
	refusals := map[string]map[string]error{}
	refuse := func(operation, field string, err error) {
		t.Helper()
		failure{is: customers.ErrInvalidInput, field: field, operation: operation}.check(t, err)
		if refusals[operation] == nil {
			refusals[operation] = map[string]error{}
		}
		refusals[operation][field] = err
	}
	s.sendsNothing(t, func() {
		for field, r := range map[string]customers.CreateRequest{
			"Email":     {Password: "x"},
			"Password":  {Email: "a@example.com"},
			"FirstName": {Email: "a@example.com", Password: "x", FirstName: "\xff"},
			"LastName":  {Email: "a@example.com", Password: "x", LastName: "\x00"},
		} {
			_, err := c.Create(ctx, r)
			refuse("CreateCustomer", field, err)
		}
		for field, r := range map[string]customers.UpdateRequest{
			"Email":          {Email: new("no email")},
			"Password":       {Password: new("")},
			"Phone":          {Phone: customers.Value("\xff")},
			"BillingAddress": {BillingAddress: customers.BillingAddressID("")},
		} {
			_, err := c.Update(ctx, r)
			refuse("UpdateCustomer", field, err)
		}
		for field, r := range map[string]customers.ResetPasswordRequest{
			"Email":    {Token: "x", Password: "x"},
			"Token":    {Email: "a@example.com", Password: "x"},
			"Password": {Email: "a@example.com", Token: "x"},
		} {
			_, err := c.ResetPassword(ctx, r)
			refuse("ResetPassword", field, err)
		}
		refuse("GeneratePasswordToken", "email", c.GeneratePasswordToken(ctx, "ÆRØ@example.com")) // Go and JavaScript may lower-case it differently
		for field, change := range map[string]func(*customers.AddAddressRequest){
			"FirstName":   func(a *customers.AddAddressRequest) { a.FirstName = "" },
			"LastName":    func(a *customers.AddAddressRequest) { a.LastName = "" },
			"Address1":    func(a *customers.AddAddressRequest) { a.Address1 = "" },
			"City":        func(a *customers.AddAddressRequest) { a.City = "" },
			"CountryCode": func(a *customers.AddAddressRequest) { a.CountryCode = "" },
		} {
			a := address()
			change(&a)
			_, err := c.Addresses.Add(ctx, a)
			refuse("AddAddress", field, err)
		}
		for _, id := range []string{"", ".", "..", "a/b", "../me"} {
			_, err := c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{})
			refuse("UpdateAddress", "id", err)
			_, err = c.Addresses.Delete(ctx, id)
			refuse("DeleteAddress", "id", err)
		}
		for field, p := range map[string]customers.ListOrdersParams{
			"Q": {Q: new("")}, "ID": {ID: new("")}, "Limit": {Limit: new(-1)}, "Offset": {Offset: new(-1)}, "Fields": {Fields: []string{""}},
			"Expand": {Expand: []string{"items", ""}}, "CurrencyCode": {CurrencyCode: new("")}, "Email": {Email: new("")},
		} {
			_, err := c.ListOrders(ctx, &p)
			refuse("ListOrders", field, err)
		}
		for _, err := range c.Orders(ctx, &customers.ListOrdersParams{Offset: new(1)}) {
			refuse("ListOrders", "Offset", err)
		}
		_, err := c.Auth.Authenticate(ctx, "", "x")
		refuse("Authenticate", "email", err)
		_, err = c.Auth.Authenticate(ctx, "a@example.com", "")
		refuse("Authenticate", "password", err)
		_, err = c.Auth.GetToken(ctx, "a@example.com", "")
		refuse("GetToken", "password", err)
		_, err = c.Auth.Exists(ctx, "")
		refuse("EmailExists", "email", err)
		for _, header := range [][2]string{{"", "x"}, {"a b", "x"}, {"X", "a\nb"}, {"Cookie", "x"}, {"Host", "x"}, {"Content-Length", "1"}, {"Transfer-Encoding", "x"}} {
			_, err = c.Retrieve(ctx, customers.WithHeader(header[0], header[1]))
			refuse("RetrieveCustomer", "WithHeader", err)
		}
	})
	if refusals["ListOrders"]["Offset"] == nil {
		t.Error("an iteration with an offset yielded no error")
	}
}

// proxy is a server before the shared backend that records the headers of requests.
type proxy struct {
	*httptest.Server
	mu   sync.Mutex
	seen []http.Header
}

func newProxy(t *testing.T, prefix string) *proxy {
	t.Helper()
	target, err := url.Parse(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	forward := http.StripPrefix(prefix, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: httpClient(shared).Transport})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen = append(p.seen, r.Header.Clone())
		p.mu.Unlock()
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) last(t *testing.T) http.Header {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) == 0 {
		t.Fatal("nothing arrived")
	}
	return p.seen[len(p.seen)-1]
}

func TestHeadersArrive(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, op operation) {
		p := newProxy(t, "/shop")
		c, err := customers.New(p.URL+"/shop/", customers.WithHeader("X-Client", "client"), customers.WithHeader("X-Both", "client"),
			customers.WithPublishableKey("pk_1"), customers.WithUserAgent("shop/1"))
		if err != nil {
			t.Fatal(err)
		}
		_, who := rawCustomer(t)
		if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
			t.Fatal(err)
		}
		err = op.call(t.Context(), c, who, customers.WithHeader("X-Call", "call"), customers.WithHeader("x-both", "call"))
		op.expect(t, err, ordinary(op.name))
		got := p.last(t)
		for name, want := range map[string]string{
			"X-Client": "client", "X-Call": "call", "X-Both": "call", "X-Publishable-Api-Key": "pk_1", "User-Agent": "shop/1", "Accept": "application/json",
		} {
			if values := got[name]; len(values) != 1 || values[0] != want {
				t.Errorf("%s arrives as %q, want %q", name, values, want)
			}
		}
		if got["Idempotency-Key"] != nil {
			t.Error("an Idempotency-Key arrives")
		}
		if _, err := c.Auth.Exists(t.Context(), who.Email); err != nil {
			t.Fatal(err)
		}
		if got := p.last(t); got["X-Call"] != nil || got.Get("X-Both") != "client" {
			t.Errorf("one call's headers are sent with the next: %q %q", got["X-Call"], got["X-Both"])
		}
	})
}

func TestWithResponse(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, op operation) {
		c, who := newCustomer(t)
		resp := customers.Response{StatusCode: 1}
		err := op.call(t.Context(), c, who, customers.WithResponse(&resp))
		want := ordinary(op.name)
		op.expect(t, err, want)
		switch {
		case want.status != 0:
		case op.name == "GeneratePasswordToken":
			want.status = 204
		default:
			want.status = 200
		}
		if resp.StatusCode != want.status || resp.Attempts != 1 || resp.Header.Get("X-Powered-By") != "Express" || resp.Header["Set-Cookie"] != nil {
			t.Errorf("status %d, %d attempts, headers %v; want status %d", resp.StatusCode, resp.Attempts, slices.Sorted(maps.Keys(resp.Header)), want.status)
		}
	})
}

// TestRetrieveAfterCreate has a client without options.
func TestRetrieveAfterCreate(t *testing.T) {
	t.Parallel()
	c, err := customers.New(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	created, err := c.Create(t.Context(), customers.CreateRequest{Email: uniqueEmail(t), Password: "supersecret"})
	if err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.ID != created.ID {
		t.Error(me, err)
	}
}

// TestOperationsSucceed calls every method of the JS client, in the order of a customer's life.
func TestOperationsSucceed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, email := newClient(t), uniqueEmail(t)
	me, err := c.Create(ctx, customers.CreateRequest{FirstName: "Alec", LastName: "Reynolds", Email: email, Password: "supersecret", Phone: "1"})
	if err != nil || me.Email != email || *me.FirstName != "Alec" || *me.LastName != "Reynolds" || *me.Phone != "1" || !me.HasAccount {
		t.Fatalf("Create: %+v, %v", me, err)
	}
	id := me.ID
	if me, err = c.Retrieve(ctx); err != nil || me.ID != id {
		t.Fatalf("Retrieve: %+v, %v", me, err)
	}
	if exists, err := c.Auth.Exists(ctx, email); err != nil || !exists {
		t.Fatalf("Exists: %t, %v", exists, err)
	}
	me, err = c.Update(ctx, customers.UpdateRequest{
		LastName: customers.Value("R"), Phone: customers.Null[string](), Metadata: map[string]any{"vip": true}, Password: new("new password"),
	})
	if err != nil || *me.FirstName != "Alec" || *me.LastName != "R" || me.Phone != nil || me.Metadata["vip"] != true {
		t.Fatalf("Update: %+v, %v", me, err)
	}
	a := address()
	a.Company, a.Address2, a.Province, a.Phone, a.Metadata = new("Ltd"), new("2nd"), new("Jutland"), new("2"), map[string]any{"door": "left"}
	if me, err = c.Addresses.Add(ctx, a); err != nil || len(me.ShippingAddresses) != 1 {
		t.Fatalf("Addresses.Add: %+v, %v", me, err)
	}
	got := me.ShippingAddresses[0]
	if *got.FirstName != a.FirstName || *got.LastName != a.LastName || *got.Company != *a.Company || *got.Address1 != a.Address1 || *got.Address2 != *a.Address2 ||
		*got.City != a.City || *got.CountryCode != a.CountryCode || *got.Province != *a.Province || *got.PostalCode != a.PostalCode || *got.Phone != *a.Phone {
		t.Errorf("the address is %+v", got)
	}
	me, err = c.Addresses.Update(ctx, got.ID, customers.UpdateAddressRequest{City: customers.Value("Odense"), Company: customers.Null[string]()})
	if err != nil || *me.ShippingAddresses[0].City != "Odense" || me.ShippingAddresses[0].Company != nil || *me.ShippingAddresses[0].Phone != "2" {
		t.Fatalf("Addresses.Update: %+v, %v", me, err)
	}
	everything := customers.UpdateAddressRequest{
		FirstName: customers.Value("a"), LastName: customers.Value("b"), Company: customers.Value("c"), Address1: customers.Value("d"),
		Address2: customers.Value("e"), City: customers.Value("f"), Province: customers.Value("g"), PostalCode: customers.Value("h"),
		Phone: customers.Value("i"), CountryCode: "fr", Metadata: customers.Value(map[string]any{"door": "right"}),
	}
	if me, err = c.Addresses.Update(ctx, got.ID, everything); err != nil {
		t.Fatal("Addresses.Update:", err)
	}
	got = me.ShippingAddresses[0]
	for i, value := range []*string{got.FirstName, got.LastName, got.Company, got.Address1, got.Address2, got.City, got.Province, got.PostalCode, got.Phone} {
		if value == nil || *value != string(rune('a'+i)) {
			t.Errorf("field %d of the updated address is not %q", i, rune('a'+i))
		}
	}
	if *got.CountryCode != "fr" || !sameJSON(t, got.Metadata, map[string]any{"door": "right"}) {
		t.Errorf("the updated address is %+v", got)
	}
	if me, err = c.Addresses.Delete(ctx, got.ID); err != nil || len(me.ShippingAddresses) != 0 {
		t.Fatalf("Addresses.Delete: %+v, %v", me, err)
	}
	if page, err := c.ListOrders(ctx, nil); err != nil || len(page.Orders) != 0 || page.Limit != 10 {
		t.Fatalf("ListOrders: %+v, %v", page, err)
	}
	if methods, err := c.PaymentMethods.List(ctx); err != nil || methods == nil || len(methods) != 0 {
		t.Fatalf("PaymentMethods.List: %v, %v", methods, err)
	}
	token := issuedToken(t, c, email)
	if me, err = c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: email, Token: token, Password: "newer password"}); err != nil || me.ID != id {
		t.Fatalf("ResetPassword: %+v, %v", me, err)
	}
	if me, err = c.Auth.GetSession(ctx); err != nil || me.ID != id {
		t.Fatalf("Auth.GetSession: %+v, %v", me, err)
	}
	if err := c.Auth.DeleteSession(ctx); err != nil {
		t.Fatal("Auth.DeleteSession:", err)
	}
	for _, password := range []string{"supersecret", "new password"} {
		_, err = c.Auth.Authenticate(ctx, email, password)
		failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	}
	if me, err = c.Auth.Authenticate(ctx, email, "newer password"); err != nil || me.ID != id {
		t.Fatalf("Auth.Authenticate: %+v, %v", me, err)
	}
	bearer, err := c.Auth.GetToken(ctx, email, "newer password")
	if err != nil || claimsOf(t, bearer)["customer_id"] != id {
		t.Fatal("Auth.GetToken:", err)
	}
}

func TestSavedPaymentMethods(t *testing.T) {
	t.Parallel()
	methods, err := login(t, "payments").PaymentMethods.List(t.Context())
	if err != nil || len(methods) == 0 {
		t.Fatal(methods, err)
	}
	for _, m := range methods {
		if m.ProviderID != "saved-methods" || !strings.HasPrefix(fmt.Sprint(m.Data.(map[string]any)["id"]), "pm_") { //nolint:errcheck,forcetypeassert // the test ends here
			t.Errorf("%s: %v", m.ProviderID, m.Data)
		}
	}
}

// TestListOrdersFilters checks that each filter finds the orders that match it, and only those.
func TestListOrdersFilters(t *testing.T) {
	t.Parallel()
	c := login(t, "orders")
	all, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(0)})
	if err != nil {
		t.Fatal(err)
	}
	one := all.Orders[len(all.Orders)/2]
	i := slices.IndexFunc(all.Orders, func(o customers.Order) bool { return o.CartID != nil && o.TaxRate != nil })
	if i < 0 {
		t.Fatal("no seeded order has a cart and a tax rate")
	}
	carted := all.Orders[i]
	for name, test := range map[string]struct {
		params customers.ListOrdersParams
		match  func(*customers.Order) bool
	}{
		"id":            {customers.ListOrdersParams{ID: &one.ID}, func(o *customers.Order) bool { return o.ID == one.ID }},
		"display_id":    {customers.ListOrdersParams{DisplayID: &one.DisplayID}, func(o *customers.Order) bool { return o.DisplayID == one.DisplayID }},
		"cart_id":       {customers.ListOrdersParams{CartID: carted.CartID}, func(o *customers.Order) bool { return o.CartID != nil && *o.CartID == *carted.CartID }},
		"region_id":     {customers.ListOrdersParams{RegionID: &one.RegionID}, func(o *customers.Order) bool { return o.RegionID == one.RegionID }},
		"currency_code": {customers.ListOrdersParams{CurrencyCode: &one.CurrencyCode}, func(o *customers.Order) bool { return o.CurrencyCode == one.CurrencyCode }},
		"tax_rate":      {customers.ListOrdersParams{TaxRate: carted.TaxRate}, func(o *customers.Order) bool { return o.TaxRate != nil && *o.TaxRate == *carted.TaxRate }},
		"two at once": {
			customers.ListOrdersParams{RegionID: &one.RegionID, DisplayID: &one.DisplayID},
			func(o *customers.Order) bool { return o.DisplayID == one.DisplayID },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.params.Limit = new(0)
			page, err := c.ListOrders(t.Context(), &test.params)
			if err != nil || page.Count != count(t, all.Orders, test.match) {
				t.Fatalf("%s, %v, want %d", size(page), err, count(t, all.Orders, test.match))
			}
			for i := range page.Orders {
				if !test.match(&page.Orders[i]) {
					t.Errorf("%s does not match", page.Orders[i].ID)
				}
			}
		})
	}
	for q, want := range map[string]bool{fmt.Sprint(one.DisplayID): true, "nothing has this": false} {
		page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Q: &q, Limit: new(0)})
		if err != nil || slices.ContainsFunc(page.Orders, func(o customers.Order) bool { return o.ID == one.ID }) != want {
			t.Errorf("q=%s: %s, %v, want the order: %t", q, size(page), err, want)
		}
	}
	page, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{Limit: new(2), Offset: new(3)})
	if err != nil || len(page.Orders) != 2 || page.Orders[0].ID != all.Orders[3].ID || page.Offset != 3 || page.Limit != 2 {
		t.Error("limit and offset:", size(page), err)
	}
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	other, otherWho := newCustomer(t)
	sign := func(t *testing.T, id, hashOf string, life time.Duration) string {
		t.Helper()
		return signJWT(t, passwordHash(t, hashOf), jsonObject{"customer_id": id, "exp": time.Now().Add(life).Unix()})
	}
	for name, test := range map[string]struct {
		token func(t *testing.T, c *customers.Client, who account) string
		want  failure // the zero value if it succeeds
	}{
		"valid": {func(t *testing.T, c *customers.Client, who account) string { return issuedToken(t, c, who.Email) }, failure{}},
		"just minted": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, who.ID, who.ID, time.Minute)
		}, failure{}},
		"used": {func(t *testing.T, c *customers.Client, who account) string {
			token := issuedToken(t, c, who.Email)
			if _, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: token, Password: who.Password}); err != nil {
				t.Fatal(err)
			}
			return token
		}, failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"malformed": {func(*testing.T, *customers.Client, account) string { return "x.y.z" }, failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"expired": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, who.ID, who.ID, -time.Second)
		},
			failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"another customer's": {func(t *testing.T, _ *customers.Client, _ account) string {
			return issuedToken(t, other, otherWho.Email)
		},
			failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"another customer's, signed as this one's": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, otherWho.ID, who.ID, time.Minute)
		}, failure{is: customers.ErrInvalidPasswordToken, status: 401}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, who := newCustomer(t)
			token := test.token(t, c, who)
			// The present session has no effect, and stays.
			me, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: strings.ToUpper(who.Email), Token: token, Password: "new password"})
			password := who.Password
			if test.want.is != nil {
				test.want.check(t, err)
				if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), who.Email) {
					t.Error("the error shows the token or the email")
				}
			} else if password = "new password"; err != nil || me.ID != who.ID {
				t.Fatal(me, err)
			}
			if me, err := c.Retrieve(t.Context()); err != nil || me.ID != who.ID {
				t.Error("the session did not survive:", err)
			}
			if _, err := newClient(t).Auth.Authenticate(t.Context(), who.Email, password); err != nil {
				t.Error("the password is not what it should be:", err)
			}
		})
	}
	t.Run("unknown email", func(t *testing.T) {
		t.Parallel()
		c, email := newClient(t), uniqueEmail(t)
		if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
			t.Error(err)
		}
		_, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: email, Token: "x", Password: "x"})
		failure{is: customers.ErrInvalidPasswordToken, status: 401, kind: "unauthorized"}.check(t, err)
		if tokens := passwordTokens(t, email); len(tokens) != 0 {
			t.Error("a token was issued for an unknown email")
		}
	})
}

// together calls f n times at once and returns its errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	done.Wait()
	return errs
}

func TestRegisteringOneEmailAtOnce(t *testing.T) {
	t.Parallel()
	const n = 6
	email := uniqueEmail(t)
	clients := make([]*customers.Client, n)
	for i := range clients {
		clients[i] = newClient(t)
	}
	won := -1
	for i, err := range together(n, func(i int) error {
		_, err := clients[i].Create(t.Context(), customers.CreateRequest{Email: email, Password: fmt.Sprint("password ", i)})
		return err
	}) {
		if err == nil {
			if won >= 0 {
				t.Error("two registered the same email")
			}
			won = i
			continue
		}
		e := failure{is: customers.ErrDuplicate, status: 422, kind: "duplicate_error", operation: "CreateCustomer"}.of(t, err)
		if strings.Contains(e.Message, email) || clients[i].Session().LoggedIn() {
			t.Errorf("a refused client is logged in (%t) or the error shows the email: %q", clients[i].Session().LoggedIn(), e.Message)
		}
	}
	if won < 0 {
		t.Fatal("no registration succeeded")
	}
	if me, err := clients[won].Retrieve(t.Context()); err != nil || me.Email != email {
		t.Error(me, err)
	}
}

// TestLoggingInAtOnce checks that of several logins of one client at once one stands, and that the others are superseded.
func TestLoggingInAtOnce(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	_, other := newCustomer(t)
	accounts := []account{who, other}
	won := 0
	for _, err := range together(8, func(i int) error {
		a := accounts[i%2]
		me, err := c.Auth.Authenticate(t.Context(), a.Email, a.Password)
		if err == nil && me.ID != a.ID {
			return fmt.Errorf("logged in as %s, got %s", a.ID, me.ID)
		}
		return err
	}) {
		if err == nil {
			won++
		} else {
			failure{is: customers.ErrSessionSuperseded, status: 200}.check(t, err)
		}
	}
	me, err := c.Retrieve(t.Context())
	if err != nil || won == 0 || me.ID != who.ID && me.ID != other.ID {
		t.Errorf("%d logins stood; then: %v", won, err)
	}
}

// TestCustomersAtOnceAreNotMixedUp checks that no customer is taken for another one of the same process.
func TestCustomersAtOnceAreNotMixedUp(t *testing.T) {
	t.Parallel()
	const people, rounds = 4, 15
	shop := newClient(t, customers.WithoutSession())
	clients, accounts := make([]*customers.Client, people), make([]account, people)
	for i := range people {
		clients[i] = shop.WithSession(new(customers.Session))
		accounts[i] = account{Email: uniqueEmail(t), Password: "a password"}
	}
	for _, err := range together(people*3, func(n int) error {
		i := n % people
		c, who := clients[i], accounts[i]
		if n < people {
			me, err := c.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password})
			if err != nil {
				return err
			}
			accounts[i].ID = me.ID
		}
		for round := range rounds {
			me, err := c.Retrieve(t.Context())
			switch {
			case n >= people && errors.Is(err, customers.ErrUnauthenticated):
				continue // the customer is not registered yet
			case err != nil:
				return err
			case me.Email != who.Email:
				return fmt.Errorf("%s is taken for %s", who.Email, me.Email)
			}
			if round%5 == 0 {
				name := fmt.Sprint(who.Email, round)
				me, err = c.Update(t.Context(), customers.UpdateRequest{FirstName: customers.Value(name)})
				if err != nil || me.Email != who.Email {
					return fmt.Errorf("updating %s: %w", who.Email, err)
				}
			}
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := shop.Retrieve(t.Context()); !errors.Is(err, customers.ErrNoSession) {
		t.Error("the shared client became a customer:", err)
	}
	// A logout ends the session of one customer only.
	if err := clients[0].Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, c := range clients[1:] {
		if me, err := c.Retrieve(t.Context()); err != nil || me.ID != accounts[i+1].ID {
			t.Error(me, err)
		}
	}
}

// childURL is the environment variable that makes this program the other process of TestSessionInAnotherProcess.
const childURL = "E2E_CHILD_BACKEND"

func init() { //nolint:gochecknoinits // TestMain would start a backend
	base := os.Getenv(childURL)
	if base == "" {
		return
	}
	id, err := retrieveWithSession(base, os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(id)
	os.Exit(0)
}

func retrieveWithSession(base string, text io.Reader) (string, error) {
	encoded, err := io.ReadAll(text)
	if err != nil {
		return "", err
	}
	session, err := customers.DecodeSession(string(encoded))
	if err != nil {
		return "", err
	}
	c, err := customers.New(base, customers.WithoutSession())
	if err != nil {
		return "", err
	}
	me, err := c.WithSession(session).Retrieve(context.Background())
	if err != nil {
		return "", err
	}
	return me.ID, nil
}

func TestSessionInAnotherProcess(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := func(text string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), childURL+"="+shared.URL)
		cmd.Stdin = strings.NewReader(text)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, stderr.String())
		}
		return string(out), err
	}
	text := c.Session().Encode()
	if id, err := child(text); err != nil || id != who.ID {
		t.Errorf("another process retrieved %q, want %s: %v", id, who.ID, err)
	}
	restored, err := customers.DecodeSession(text)
	if err != nil || !restored.LoggedIn() || !restored.Expires().Equal(c.Session().Expires()) {
		t.Fatal("the session did not survive its text:", err)
	}
	other := newClient(t).WithSession(restored)
	if me, err := other.Retrieve(t.Context()); err != nil || me.ID != who.ID {
		t.Error(me, err)
	}
	if err := other.Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := child(text); err == nil || !strings.Contains(err.Error(), customers.ErrUnauthenticated.Error()) {
		t.Error("after a logout elsewhere, another process gets:", err)
	}
	_, err = c.Retrieve(t.Context())
	failure{is: customers.ErrUnauthenticated, status: 401}.check(t, err)
}

// TestJSClientInNodeIsNotLoggedInAfterCreate checks what the README says about the JS client in Node.
func TestJSClientInNodeIsNotLoggedInAfterCreate(t *testing.T) {
	t.Parallel()
	const script = `
		const [url, email] = process.argv.slice(-2);
		const Medusa = require("@medusajs/medusa-js").default;
		const medusa = new Medusa({ baseUrl: url, maxRetries: 0 });
		const status = (promise) => promise.then(({ response }) => response.status, (error) => error.response?.status ?? error.message);
		(async () => {
			const created = await status(medusa.customers.create({ first_name: "A", last_name: "B", email, password: "a password" }));
			console.log(created, await status(medusa.customers.retrieve()));
		})();`
	email := uniqueEmail(t)
	cmd := exec.CommandContext(t.Context(), "node", "-e", script, shared.URL, email)
	cmd.Dir = "backend"
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "200 401" {
		t.Fatalf("create and retrieve: %s, %v; want 200 401", out, err)
	}
	// The wrapper makes the same two calls.
	c := newClient(t)
	if _, err := c.Auth.Authenticate(t.Context(), email, "a password"); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.Email != email {
		t.Error(me, err)
	}
}
