package customerstest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// A Fault is something that goes wrong on the way to the backend or back. What it says of the answer goes together:
// after Latency, a Status with Header and Body, of which half is sent if Truncate is set.
type Fault struct {
	Operation api.Operation      // the requests it is for, by operationId, such as Authenticate; "" is all
	Match     func(Request) bool // further limits them, if not nil
	Times     int                // how many of them it is for; 0 is one, a negative number is all

	Latency    time.Duration // passes before anything else happens, unless the client goes away or the test is over
	Status     int           // is answered, and the operation not carried out; 0 leaves the answer to the backend
	Header     http.Header   // added to the answer
	Body       string        // of an answer with Status
	Reset      bool          // the connection is reset instead of an answer, and the operation not carried out
	Truncate   bool          // the connection is closed after half of the answer's body
	CarriedOut bool          // the operation is carried out all the same, and its answer lost: what a POST must not be repeated for
}

// Inject makes a fault happen to the requests that it is for, from now on. Of several, the one injected first comes
// first. It panics if the fault would not show, also because there is no such operation.
func (b *Backend) Inject(f Fault) {
	if f.Operation != "" && !b.router.has(string(f.Operation)) {
		panic("customerstest: Inject: there is no operation " + string(f.Operation) + "; its name is an operationId, as Request has it")
	}
	if f.Latency <= 0 && f.Status == 0 && f.Header == nil && !f.Reset && !f.Truncate {
		panic("customerstest: Inject: a fault without Latency, Status, Header, Reset or Truncate does nothing")
	}
	if f.Times == 0 {
		f.Times = 1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, &f)
}

// ClearFaults forgets the faults that have not happened yet.
func (b *Backend) ClearFaults() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// takeFault returns the fault that is to happen to the request, or nil. Match is called without the lock, so that it may
// use the backend.
func (b *Backend) takeFault(r Request) *Fault {
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

// use counts down how often the fault is to happen. It is false if that was often enough by now.
func (b *Backend) use(f *Fault) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.faults, f)
	if i < 0 {
		return false
	}
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

// carriesOut says whether the backend sees the request.
func (f *Fault) carriesOut() bool { return f.CarriedOut || f.Status == 0 && !f.Reset }

// send puts the fault in the place of the answer.
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
