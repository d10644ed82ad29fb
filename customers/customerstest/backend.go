package customerstest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
)

// A Backend is the customer and auth API of a Medusa v1 store, with all its data in memory. It is an [http.Handler] and
// safe for concurrent use.
type Backend struct {
	backend  *medusa.Backend
	faults   faults
	requests requestLog

	// Under the lock of backend:
	seeded  int                   // how many customers AddCustomer has added
	regions map[string]api.Region // by currency and tax rate, of the orders that AddOrder has added
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
	x, err := b.backend.Receive(r) //nolint:contextcheck // r has its context
	if err != nil {
		return // the client has gone away
	}
	received := b.requests.add(b.now(), x)
	if fault := b.faults.take(received); fault != nil {
		fault.happen(r.Context(), b.backend, x, received, w)
		return
	}
	b.backend.Handle(r.Context(), x)
	x.Write(w)
}

func (b *Backend) now() time.Time {
	b.backend.Lock()
	defer b.backend.Unlock()
	return b.backend.Clock.Now()
}

// Inject makes a fault happen to the requests that it is for, from now on. Of several faults for one request, the one
// injected first happens. Inject panics if there is no such operation, or if the fault would change nothing.
//
// A fault that has happened fewer times than Times when the test ends fails the test of [NewServer], unless
// [Backend.ClearFaults] has removed it. A fault for all requests has to happen once.
func (b *Backend) Inject(f Fault) {
	if f.Latency <= 0 && f.Status == 0 && f.Header == nil && !f.Reset && !f.Truncate {
		panic("customerstest: Inject: a fault without Latency, Status, Header, Reset or Truncate does nothing")
	}
	b.inject(f, nil)
}

// inject is called by an exported method, whose caller it names.
func (b *Backend) inject(f Fault, held *Held) {
	if f.Operation != "" && !b.backend.HasOperation(f.Operation) {
		panic("customerstest: there is no operation " + string(f.Operation) + " for a fault; see the constants customers.Operation…")
	}
	_, file, line, _ := runtime.Caller(2)
	b.faults.add(f, held, fmt.Sprintf("%s:%d", filepath.Base(file), line))
}

// Hold makes the backend hold the requests that the fault is for until [Held.Release]: one of them unless Times says
// otherwise. A request is held before its operation is carried out; with CarriedOut it is held after that and before
// the response is sent. Then the rest of the fault happens, if there is any. A held request also goes on when its
// context ends, because the client goes away or the test ends; its connection is closed then.
//
// Like [Backend.Inject], Hold panics if there is no such operation, and a test that ends without the request fails.
func (b *Backend) Hold(f Fault) *Held {
	h := &Held{tb: b.faults.tb, arrived: make(chan Request), released: make(chan struct{})}
	b.inject(f, h)
	return h
}

// ClearFaults removes the faults that are still to happen.
func (b *Backend) ClearFaults() { b.faults.clear() }

// PendingFaults returns the faults that have happened fewer times than Times, or never if they are for all requests. It
// is for a [Backend] without a test; NewServer reports them when the test ends.
func (b *Backend) PendingFaults() []Fault {
	var pending []Fault
	for _, f := range b.faults.pending() {
		pending = append(pending, f.Fault)
	}
	return pending
}

// Requests returns the last 1000 requests that the backend received, oldest first, also those that were not carried out
// because of a fault.
func (b *Backend) Requests() []Request { return b.requests.all() }

// ExpireSessions ends all sessions, as time or a restart of the backend does. Bearer tokens stay valid.
func (b *Backend) ExpireSessions() {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.backend.ExpireSessions()
}
