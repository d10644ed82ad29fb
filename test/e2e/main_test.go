// Package e2e has the suites that need the real backend.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var (
	// shared is the backend of all tests that need no special one. They run on its seed and on customers of their own.
	shared *backend.Backend
	// recorder checks every exchange of every test against the contract. What it finds fails the run.
	recorder *conform.Recorder
)

// startPatience covers a first start, which installs npm packages and fills a database.
const startPatience = 10 * time.Minute

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	contract, err := conform.Load([]byte(customersgo.OpenAPI))
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e: the contract:", err)
		return 1
	}
	recorder = conform.NewRecorder(contract, survivesModel)
	// Where a developer keeps a backend running (node test/e2e/backend/start.mjs --exec …), it is used as it is.
	if line := os.Getenv("BACKEND_JSON"); line != "" {
		shared, err = backend.Attach(line)
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), startPatience)
		defer cancel()
		shared, err = backend.Start(ctx, backend.Options{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer shared.Stop()
	code := m.Run()
	if err := report(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	if len(recorder.Findings()) > 0 {
		fmt.Fprintln(os.Stderr, "e2e: contract and backend disagree: see the findings above")
		return 1
	}
	return code
}

// report prints what the recorder saw. `go test ./...` hides that when all is well, so CONFORMANCE_REPORT can name a file
// for it too.
func report() error {
	if err := recorder.Write(os.Stdout); err != nil {
		return err
	}
	path := os.Getenv("CONFORMANCE_REPORT")
	if path == "" {
		return nil
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(recorder.Write(file), file.Close())
}

// startBackend starts a backend of the test's own.
func startBackend(t *testing.T, o backend.Options) *backend.Backend {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startPatience)
	defer cancel()
	b, err := backend.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b
}

// baseTransport drops idle connections before Node does, which closes them after five seconds.
var baseTransport = &http.Transport{IdleConnTimeout: 4 * time.Second, MaxIdleConnsPerHost: 16}

// httpClient sends raw requests to b, recorded like all others. It keeps no cookies and follows no redirects.
func httpClient(b *backend.Backend) *http.Client {
	return &http.Client{
		Transport:     recorder.RoundTripper(baseTransport, conform.Cookie{Name: b.SessionCookie(), Secure: b.Secure()}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newClient makes a client of the shared backend that is not logged in.
func newClient(t *testing.T, opts ...customers.Option) *customers.Client {
	t.Helper()
	return newClientOf(t, shared, opts...)
}

// newClientOf makes a client of b.
func newClientOf(t *testing.T, b *backend.Backend, opts ...customers.Option) *customers.Client {
	t.Helper()
	c, err := customers.New(b.URL, append([]customers.Option{customers.WithHTTPClient(httpClient(b))}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// account is a customer that a test made.
type account struct {
	ID, Email, Password string
}

// newCustomer registers a customer at the shared backend; the client is logged in.
func newCustomer(t *testing.T, opts ...customers.Option) (*customers.Client, account) {
	t.Helper()
	return newCustomerOf(t, shared, opts...)
}

// newCustomerOf registers a customer at b.
func newCustomerOf(t *testing.T, b *backend.Backend, opts ...customers.Option) (*customers.Client, account) {
	t.Helper()
	c := newClientOf(t, b, opts...)
	a := account{Email: uniqueEmail(t), Password: "a password"}
	customer, err := c.Create(t.Context(), customers.CreateRequest{FirstName: "Test", LastName: "Customer", Email: a.Email, Password: a.Password})
	if err != nil {
		t.Fatal(err)
	}
	a.ID = customer.ID
	return c, a
}

// login makes a client of the shared backend that is logged in as the seeded customer.
func login(t *testing.T, key string, opts ...customers.Option) *customers.Client {
	t.Helper()
	who := seeded(t, key)
	c := newClient(t, opts...)
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

// seeded returns the seeded customer of the shared backend.
func seeded(t *testing.T, key string) backend.Customer {
	t.Helper()
	who, err := shared.Customer(key)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

var (
	emails atomic.Int64
	began  = time.Now().UnixNano() // a backend that is kept running has the emails of earlier runs
)

// uniqueEmail returns an email that nobody has.
func uniqueEmail(t *testing.T) string {
	t.Helper()
	name := strings.ToLower(strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, t.Name()))
	// A name longer than 64 is no email to the backend's validator.
	name = name[max(0, len(name)-30):]
	return fmt.Sprintf("t%s.%x.%d@example.com", strings.Trim(name, "-"), began, emails.Add(1))
}
