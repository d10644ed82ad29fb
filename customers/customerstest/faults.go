package customerstest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A Fault is something that goes wrong on the way to the backend or back. What it says of the answer goes together:
// after Latency, a Status with Header and Body, of which half is sent if Truncate is set.
type Fault struct {
	Operation string                   // the requests it is for, by operationId, such as PostAuth; "" is all
	Match     func(*http.Request) bool // further limits them, if not nil; must not use the backend, and finds the body read
	Times     int                      // how many of them it is for; 0 is one, a negative number is all

	Latency    time.Duration // passes before anything else happens, unless the client goes away
	Status     int           // is answered, and the operation not carried out; 0 leaves the answer to the backend
	Header     http.Header   // added to the answer
	Body       string        // of an answer with Status
	Reset      bool          // the connection is reset instead of an answer, and the operation not carried out
	Truncate   bool          // the connection is closed after half of the answer's body
	CarriedOut bool          // the operation is carried out all the same, and its answer lost: what a POST must not be repeated for
}

// Inject makes a fault happen to the requests that it is for, from now on. Of several, the one injected first comes
// first. It panics if the fault would not show.
func (b *Backend) Inject(f Fault) {
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

// takeFault returns the fault that is to happen to the exchange, or nil. The caller holds b.mu.
func (b *Backend) takeFault(x *exchange, operation string) *Fault {
	for i, f := range b.faults {
		if f.Operation != "" && f.Operation != operation || f.Match != nil && !f.Match(x.request) {
			continue
		}
		if f.Times--; f.Times == 0 {
			b.faults = slices.Delete(b.faults, i, i+1)
		}
		return f
	}
	return nil
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
