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
	"time"

	"github.com/medusa-storefront/customers-go/api"
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
// A fault that has not happened as often as Times says when the test ends fails the test of [NewServer], unless
// [Backend.ClearFaults] has removed it. One for all requests has to happen once.
func (b *Backend) Inject(f Fault) {
	if f.Latency <= 0 && f.Status == 0 && f.Header == nil && !f.Reset && !f.Truncate {
		panic("customerstest: Inject: a fault without Latency, Status, Header, Reset or Truncate does nothing")
	}
	b.inject(f, nil)
}

func (b *Backend) inject(f Fault, held *Held) {
	if f.Operation != "" && !b.router.has(string(f.Operation)) {
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

// PendingFaults returns the faults that have not happened as often as Times says, or for all requests not once. It is for
// a [Backend] without a test; NewServer reports them when the test ends.
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

// wait lets the latency pass, unless the client goes away first.
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

// carriesOut reports whether the backend carries the operation out.
func (f *Fault) carriesOut() bool { return f.CarriedOut || f.Status == 0 && !f.Reset }

// send sends what the fault makes of the response.
func (f *Fault) send(x *exchange, w http.ResponseWriter) {
	if f.Reset {
		reset(w)
		return
	}
	if f.Status != 0 {
		x.answer = answer{status: f.Status, body: []byte(f.Body)}
		x.header = http.Header{"Content-Type": nil}
	}
	for name, values := range f.Header {
		x.header[http.CanonicalHeaderKey(name)] = values
	}
	if f.Truncate {
		x.header.Set("Content-Length", strconv.Itoa(len(x.answer.body)))
		x.answer.body = x.answer.body[:len(x.answer.body)/2]
	}
	x.write(w)
	if f.Truncate {
		_ = http.NewResponseController(w).Flush() // so that the half arrives
		panic(http.ErrAbortHandler)               // net/http closes the connection
	}
}

// reset closes the connection so that the client sees a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or no connection at all: the nearest to it
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
