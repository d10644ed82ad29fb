package customerstest

import (
	"context"
	"sync"
	"testing"
	"time"
)

// holdTimeout is how long Wait waits for a request.
const holdTimeout = 30 * time.Second

// Held is the end of [Backend.Hold] that a test has in its hands.
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

// Wait waits until a request is held and returns it. After as many calls, as many requests are held. If none comes within
// 30 seconds, the test fails at once; a Backend without a test panics.
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
