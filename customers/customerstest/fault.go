package customerstest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
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
// has Status, Header and Body, or it is the backend's own with Header added. Truncate cuts off half of its body.
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
	CarriedOut bool          // with Status or Reset, the operation is carried out all the same, and only its response is lost
}

// injectedFault is a fault that is still to happen, or that is happening.
type injectedFault struct {
	Fault
	held     *Held // nil but for Hold
	happened int
	by       string // the file and line that injected it
}

// String describes the fault for the failure of a test.
func (f *injectedFault) String() string {
	of := "a request"
	if f.Operation != "" {
		of = string(f.Operation)
	}
	return fmt.Sprintf("a fault for %s, injected at %s, happened %d of %d times", of, f.by, f.happened, max(1, f.Times)+f.happened)
}

// faults are the faults that are still to happen, in their order.
type faults struct {
	tb testing.TB // nil without a test

	mu   sync.Mutex
	list []*injectedFault
}

func (fs *faults) add(f Fault, held *Held, by string) {
	if f.Times == 0 {
		f.Times = 1
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = append(fs.list, &injectedFault{Fault: f, held: held, by: by})
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = nil
}

// pending returns copies of the faults that have not happened as often as Times requires.
func (fs *faults) pending() []*injectedFault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var pending []*injectedFault
	for _, f := range fs.list {
		if f.Times > 0 || f.happened == 0 {
			pending = append(pending, new(*f))
		}
	}
	return pending
}

// take returns the fault that is to happen to the request, or nil. It calls Match without the lock, so that Match can
// use the backend.
func (fs *faults) take(r Request) *injectedFault {
	fs.mu.Lock()
	list := slices.Clone(fs.list)
	fs.mu.Unlock()
	for _, f := range list {
		isForIt := (f.Operation == "" || f.Operation == r.Operation) && (f.Match == nil || f.Match(r))
		if isForIt && fs.use(f) {
			return f
		}
	}
	return nil
}

// use counts the fault. It returns false if the fault is not to happen again.
func (fs *faults) use(f *injectedFault) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	i := slices.Index(fs.list, f)
	if i < 0 {
		return false
	}
	f.happened++
	if f.Times--; f.Times == 0 {
		fs.list = slices.Delete(fs.list, i, i+1)
	}
	return true
}

// happen makes the fault happen to a request.
func (f *injectedFault) happen(ctx context.Context, b *medusa.Backend, x *medusa.Exchange, r Request, w http.ResponseWriter) {
	holdsResponse := f.held != nil && f.CarriedOut
	if f.wait(ctx) != nil || !holdsResponse && f.hold(ctx, r) != nil {
		panic(http.ErrAbortHandler) // a return would send a 200
	}
	if f.CarriedOut || f.Status == 0 && !f.Reset {
		b.Handle(ctx, x)
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

// Wait waits until a request is held and returns it; each call returns another one. If none comes within 30 seconds,
// Wait fails the test of NewServer, and panics without one.
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
