//nolint:thelper // the functions of tables are the tests themselves
package e2e

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

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
