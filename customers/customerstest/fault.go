package customerstest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// A Fault is what goes wrong with a request, on its way to the backend or back. First Latency passes. Then the response
// is one with Status, Header and Body, or the backend's own with Header added; Truncate cuts off half of it.
type Fault struct {
	Operation api.Operation      // the requests it is for, such as customers.OperationAuthenticate; "" is all
	Match     func(Request) bool // limits them further, if not nil
	Times     int                // how many of them it is for; 0 is one, a negative number is all

	Latency    time.Duration // passes before anything else happens, unless the client goes away or the test ends
	Status     int           // of the response, and the operation is not carried out; 0 leaves the response to the backend
	Header     http.Header   // added to the response
	Body       string        // of a response with Status
	Reset      bool          // the connection is reset instead of a response, and the operation is not carried out
	Truncate   bool          // the connection is closed after half of the response's body
	CarriedOut bool          // the operation is carried out all the same, and its response lost: what a POST must not be repeated for
}

// injectedFault is a fault that has not happened as often as it is to happen.
type injectedFault struct {
	Fault
	held     *Held // nil but for Hold
	happened int
	by       string // the file and line that injected it
}

// Inject makes a fault happen to the requests that it is for, from now on. Of several faults for one request, the one
// injected first happens. Inject panics if there is no such operation, or if the fault would change nothing.
//
// A fault that has happened less than Times when the test ends fails the test of [NewServer], unless
// [Backend.ClearFaults] has removed it. One for all requests has to happen once.
func (b *Backend) Inject(f Fault) {
	if f.Latency <= 0 && f.Status == 0 && f.Header == nil && !f.Reset && !f.Truncate {
		panic("customerstest: Inject: a fault without Latency, Status, Header, Reset or Truncate does nothing")
	}
	b.inject(f, nil)
}

func (b *Backend) inject(f Fault, held *Held) {
	if f.Operation != "" && !b.backend.HasOperation(f.Operation) {
		panic("customerstest: there is no operation " + string(f.Operation) + " for a fault; see the constants customers.Operation…")
	}
	if f.Times == 0 {
		f.Times = 1
	}
	_, file, line, _ := runtime.Caller(2)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, &injectedFault{Fault: f, held: held, by: fmt.Sprintf("%s:%d", filepath.Base(file), line)})
}

// ClearFaults removes the faults that are still to happen.
func (b *Backend) ClearFaults() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// PendingFaults returns the faults that have happened less than Times, or never if they are for all requests. It is for a
// [Backend] without a test; NewServer reports them when the test ends.
func (b *Backend) PendingFaults() []Fault {
	var faults []Fault
	for _, f := range b.pendingFaults() {
		faults = append(faults, f.Fault)
	}
	return faults
}

func (b *Backend) pendingFaults() []injectedFault {
	b.mu.Lock()
	defer b.mu.Unlock()
	var pending []injectedFault
	for _, f := range b.faults {
		if f.Times > 0 || f.happened == 0 {
			pending = append(pending, *f)
		}
	}
	return pending
}

// String describes the fault for the failure of a test.
func (f injectedFault) String() string {
	of := "a request"
	if f.Operation != "" {
		of = string(f.Operation)
	}
	return fmt.Sprintf("a fault for %s, injected at %s, happened %d of %d times", of, f.by, f.happened, max(1, f.Times)+f.happened)
}

// takeFault returns the fault that is to happen to the request, or nil. Match is called without the lock, so that it may
// use the backend.
func (b *Backend) takeFault(r Request) *injectedFault {
	b.mu.Lock()
	faults := slices.Clone(b.faults)
	b.mu.Unlock()
	for _, f := range faults {
		isForIt := (f.Operation == "" || f.Operation == r.Operation) && (f.Match == nil || f.Match(r))
		if isForIt && b.use(f) {
			return f
		}
	}
	return nil
}

// use counts that the fault happens. It returns false if the fault has happened as often as it is to happen.
func (b *Backend) use(f *injectedFault) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.faults, f)
	if i < 0 {
		return false
	}
	f.happened++
	if f.Times--; f.Times == 0 {
		b.faults = slices.Delete(b.faults, i, i+1)
	}
	return true
}

// happen makes the fault happen to a request.
func (f *injectedFault) happen(b *Backend, x *medusa.Exchange, r Request, w http.ResponseWriter) {
	ctx := x.Request.Context()
	holdsResponse := f.held != nil && f.CarriedOut
	if f.wait(ctx) != nil || !holdsResponse && f.hold(ctx, r) != nil {
		panic(http.ErrAbortHandler) // a return would send a 200
	}
	if f.CarriedOut || f.Status == 0 && !f.Reset {
		b.backend.Handle(x)
	}
	if holdsResponse && f.hold(ctx, r) != nil {
		panic(http.ErrAbortHandler)
	}
	f.send(x, w)
}

// wait returns when the latency has passed. Its error is that of a context that has ended.
func (f *Fault) wait(ctx context.Context) error {
	if f.Latency <= 0 {
		return nil
	}
	timer := time.NewTimer(f.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hold waits until the request may go on, if the fault holds it.
func (f *injectedFault) hold(ctx context.Context, r Request) error {
	if f.held == nil {
		return nil
	}
	return f.held.hold(ctx, r)
}

// send sends what the fault makes of the response.
func (f *Fault) send(x *medusa.Exchange, w http.ResponseWriter) {
	if f.Reset {
		reset(w)
		return
	}
	if f.Status != 0 {
		x.Response = response.Response{Status: f.Status, Body: []byte(f.Body)}
		x.Header = http.Header{"Content-Type": nil}
	}
	for name, values := range f.Header {
		x.Header[http.CanonicalHeaderKey(name)] = values
	}
	if f.Truncate {
		x.Header.Set("Content-Length", strconv.Itoa(len(x.Response.Body)))
		x.Response.Body = x.Response.Body[:len(x.Response.Body)/2]
	}
	x.Write(w)
	if f.Truncate {
		_ = http.NewResponseController(w).Flush() // so that the half arrives
		panic(http.ErrAbortHandler)               // net/http closes the connection
	}
}

// reset closes the connection so that the client gets a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or no connection: this is the nearest to a reset
	}
	tlsConn, ok := conn.(*tls.Conn)
	if ok {
		conn = tlsConn.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// holdTimeout is how long Wait waits for a request.
const holdTimeout = 30 * time.Second

// Held controls the requests that [Backend.Hold] holds.
type Held struct {
	tb       testing.TB // nil for a Backend without a test
	arrived  chan Request
	released chan struct{}
	release  sync.Once
}

// Hold makes the backend hold the requests that the fault is for until [Held.Release]: one of them unless Times says
// otherwise. A request is held before its operation is carried out; with CarriedOut it is held after that and before the
// response is sent. Then the rest of the fault happens, if there is any. A held request also goes on when its context
// ends, because the client goes away or the test ends; its connection is closed then.
//
// Like [Backend.Inject], Hold panics if there is no such operation, and a test that ends without the request fails.
func (b *Backend) Hold(f Fault) *Held {
	h := &Held{tb: b.tb, arrived: make(chan Request), released: make(chan struct{})}
	b.inject(f, h)
	return h
}

// Wait waits until a request is held and returns it; each call returns another one. If none comes within 30 seconds, Wait
// fails the test of NewServer, and panics without one.
func (h *Held) Wait() Request {
	timer := time.NewTimer(holdTimeout)
	defer timer.Stop()
	select {
	case r := <-h.arrived:
		return r
	case <-timer.C:
	}
	const none = "customerstest: no request came to be held"
	if h.tb == nil {
		panic(none)
	}
	h.tb.Helper()
	h.tb.Fatal(none)
	return Request{}
}

// Release lets the held requests go on. Later requests are not held.
func (h *Held) Release() {
	h.release.Do(func() { close(h.released) })
}

// hold returns when the request may go on; the error is that of a context that ended.
func (h *Held) hold(ctx context.Context, r Request) error {
	select {
	case h.arrived <- r:
	case <-h.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-h.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
