// Package e2e has the suites that need the real backend.
//
// All tests share one backend, but for those that restart it, change its settings or break it: they borrow a second one, one
// after the other. A backend uses little more than one core.
package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var (
	// shared is the backend of all tests that do not borrow one. They use its seed and customers of their own.
	shared *backend.Backend
	// spare is the backend that tests borrow.
	spare = lending{returned: sync.NewCond(new(sync.Mutex)), waiting: map[backend.Settings]int{}}
	// recorder checks every exchange of every test against the contract. Its findings fail the run.
	recorder *conform.Recorder
)

// manyAtOnce is how many parallel tests run at once. They mostly wait for Medusa, and a dozen of them for the spare backend,
// while the test that has it needs room for its own parallel subtests.
const manyAtOnce = "24"

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
	// BACKEND_JSON describes a backend that is kept running: node test/e2e/backend/start.mjs --exec …
	if line := os.Getenv("BACKEND_JSON"); line != "" {
		shared, err = backend.Attach(line)
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), startPatience)
		defer cancel()
		shared, err = backend.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer func() {
		shared.Stop()
		if spare.Backend != nil {
			spare.Stop()
		}
	}()
	if err := flag.Set("test.parallel", manyAtOnce); err != nil { // -parallel still overrides it
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
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

// report prints the recorder's report. `go test ./...` without -v hides it if all tests pass, so CONFORMANCE_REPORT can
// name a file for it too.
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

// lending is a backend that tests have one after the other, those that want its present settings first.
type lending struct {
	*backend.Backend
	lent     bool
	waiting  map[backend.Settings]int
	returned *sync.Cond
}

// borrowBackend returns the spare backend, with the settings. Until t ends, no other test has it.
func borrowBackend(t *testing.T, s backend.Settings) *backend.Backend {
	t.Helper()
	spare.returned.L.Lock()
	defer spare.returned.L.Unlock()
	spare.waiting[s]++
	for spare.lent || spare.Backend != nil && spare.Settings != s && spare.waiting[spare.Settings] > 0 {
		spare.returned.Wait()
	}
	spare.waiting[s]--
	spare.lent = true
	t.Cleanup(func() {
		spare.returned.L.Lock()
		defer spare.returned.L.Unlock()
		spare.lent = false
		spare.returned.Broadcast()
	})
	ctx, cancel := context.WithTimeout(t.Context(), startPatience)
	defer cancel()
	if spare.Backend == nil {
		b, err := backend.Start(ctx)
		if err != nil {
			t.Fatal(err)
		}
		spare.Backend = b
	}
	if spare.Settings != s {
		if err := spare.Restart(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return spare.Backend
}

// baseTransport drops idle connections before Node does, which closes them after five seconds.
var baseTransport = &http.Transport{IdleConnTimeout: 4 * time.Second, MaxIdleConnsPerHost: 64}

// httpClient returns a client for raw requests to b, which are recorded too. It keeps no cookies and follows no redirects.
func httpClient(b *backend.Backend) *http.Client {
	return &http.Client{
		Transport:     recorder.RoundTripper(baseTransport, conform.Cookie{Name: b.SessionCookie(), Secure: b.Secure()}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newClient returns a client of the shared backend that is not logged in.
func newClient(t *testing.T, opts ...customers.Option) *customers.Client {
	t.Helper()
	return newClientOf(t, shared, opts...)
}

// patience is how long a response may take on a busy machine, on which the default timeout would fail tests.
const patience = 2 * time.Minute

// newClientOf returns a client of b that is not logged in.
func newClientOf(t *testing.T, b *backend.Backend, opts ...customers.Option) *customers.Client {
	t.Helper()
	c, err := customers.New(b.URL, append([]customers.Option{customers.WithHTTPClient(httpClient(b)), customers.WithTimeout(patience)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// account is a customer that a test registered.
type account struct {
	ID, Email, Password string
}

// newCustomer registers a customer at the shared backend and returns a client that is logged in.
func newCustomer(t *testing.T, opts ...customers.Option) (*customers.Client, account) {
	t.Helper()
	return newCustomerOf(t, shared, opts...)
}

// newCustomerOf registers a customer at b and returns a client that is logged in.
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

// login returns a client of the shared backend that is logged in as the seeded customer.
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
	began  = time.Now().UnixNano() // differs from run to run, as a backend that is kept running has the emails of earlier runs
)

// uniqueEmail returns an email that no customer has.
func uniqueEmail(t *testing.T) string {
	t.Helper()
	name := strings.ToLower(strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, t.Name()))
	// The backend refuses an email with more than 64 characters before the @.
	name = name[max(0, len(name)-30):]
	return fmt.Sprintf("t%s.%x.%d@example.com", strings.Trim(name, "-"), began, emails.Add(1))
}
