package customerstest

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// A Backend is the customer and auth API of a Medusa v1 store, with all its data in memory. It is an [http.Handler] and
// safe for concurrent use.
type Backend struct {
	settings settings
	secret   []byte // signs session cookies and bearer tokens
	router   *router
	tb       testing.TB // nil without a test

	mu             sync.Mutex // guards what follows
	clock          clock
	customers      map[string]*customer // by id, without the deleted ones
	emails         map[emailKey]string  // the customer's id
	addresses      map[string]*address  // by id, without the deleted ones
	billed         map[string]string    // by the id of a billing address, the customer's
	sessions       map[string]*session  // by id
	passwordTokens map[string][]string  // by email in lower case
	orders         orderBook
	added          int // how many times AddCustomer was called
	faults         []*injectedFault
	requests       []Request
}

// New makes a backend that is not served yet; [NewServer] is what a test wants.
func New(opts ...Option) *Backend {
	b := &Backend{
		settings:       defaultSettings(),
		secret:         make([]byte, 32),
		customers:      make(map[string]*customer),
		emails:         make(map[emailKey]string),
		addresses:      make(map[string]*address),
		billed:         make(map[string]string),
		sessions:       make(map[string]*session),
		passwordTokens: make(map[string][]string),
	}
	_, _ = rand.Read(b.secret) // never fails
	for _, o := range opts {
		o(&b.settings)
	}
	b.router = newRouter(b)
	return b
}

// ServeHTTP answers a request as the real backend would, or goes wrong as [Backend.Inject] wants it.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := newExchange(r)
	if !isASCII(x.path + x.rawQuery) {
		refuse(w)
		return
	}
	var err error
	if x.raw, err = readBody(r); err != nil {
		return // the client has gone
	}
	m := b.router.find(r.Method, x.path)
	received := b.record(x, api.Operation(m.operation()))
	if fault := b.takeFault(received); fault != nil {
		holdsResponse := fault.held != nil && fault.CarriedOut
		if fault.wait(r.Context()) != nil || !holdsResponse && fault.hold(r.Context(), received) != nil {
			panic(http.ErrAbortHandler) // a return would send a 200
		}
		if fault.carriesOut() {
			b.answer(r.Context(), x, m)
		}
		if holdsResponse && fault.hold(r.Context(), received) != nil {
			panic(http.ErrAbortHandler)
		}
		fault.send(x, w)
		return
	}
	b.answer(r.Context(), x, m)
	x.write(w)
}

// answer carries the request out.
func (b *Backend) answer(ctx context.Context, x *exchange, m match) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock.held = b.clock.now()
	defer func() { b.clock.held = time.Time{} }()
	failed := b.openSession(x)
	if failed == nil {
		x.body, failed = b.parseBody(x.request, x.raw)
	}
	if failed != nil {
		x.answer = *failed
	} else {
		b.handle(ctx, x, m)
	}
	x.finish(b.now(), b.closeSession(x))
}
