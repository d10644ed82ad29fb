package customerstest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
)

// A Server is a [Backend] that listens on a port of the loopback interface, like an [httptest.Server].
type Server struct {
	*Backend
	URL string // the base URL for customers.New, such as http://127.0.0.1:43210
}

// NewServer starts a backend for a test and stops it when the test ends, with requests that are still on their way. It
// fails the test for a fault that did not happen, see [Backend.Inject]. Where there is no test, and for TLS, serve what
// [New] returns by [httptest.NewServer] or [httptest.NewTLSServer].
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	b := New(opts...)
	b.tb = tb
	s := httptest.NewUnstartedServer(b)
	ctx := tb.Context()
	s.Config.BaseContext = func(net.Listener) context.Context { return ctx } // latencies and holds end with the test
	s.Start()
	tb.Cleanup(func() {
		s.CloseClientConnections() // Close waits for the end of a request, and one may have none
		s.Close()
		for _, f := range b.pendingFaults() {
			tb.Errorf("customerstest: %v", f)
		}
	})
	return &Server{Backend: b, URL: s.URL}
}

// A Backend is the customer and auth API of a Medusa v1 store, with all its data in memory. It is an [http.Handler] and
// safe for concurrent use.
type Backend struct {
	backend *medusa.Backend
	tb      testing.TB // nil without a test

	// Under the lock of backend:
	seeded  int                   // how many customers AddCustomer has added
	regions map[string]api.Region // by currency and tax rate, of the orders that AddOrder has added

	mu       sync.Mutex // guards what follows
	faults   []*injectedFault
	requests []Request
}

// New returns a backend that does not listen; [NewServer] is what a test needs.
func New(opts ...Option) *Backend {
	s := settings{CookieName: "connect.sid", SessionTTL: 10 * time.Hour}
	for _, o := range opts {
		o(&s)
	}
	return &Backend{backend: medusa.New(s), regions: make(map[string]api.Region)}
}

// ServeHTTP responds as the real backend does, unless [Backend.Inject] has injected a fault for the request.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, err := b.backend.Receive(r)
	if err != nil {
		return // the client has gone away
	}
	received := b.record(x)
	if fault := b.takeFault(received); fault != nil {
		fault.happen(b, x, received, w)
		return
	}
	b.backend.Handle(x)
	x.Write(w)
}

// ExpireSessions ends all sessions, as time or a restart of the backend does. Bearer tokens stay valid.
func (b *Backend) ExpireSessions() {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.backend.ExpireSessions()
}
