package customers

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestManyCustomersShareFewConnections(t *testing.T) {
	const customers, calls = 10_000, 2
	server := httptest.NewServer(handlerOf(200, "application/json", customerJSON))
	defer server.Close()
	transport, conns := soakTransport()
	shop := mustNew(t, server.URL, WithoutSession(), WithHTTPClient(&http.Client{Transport: transport}), WithTimeout(5*time.Minute))
	var all sync.WaitGroup
	for i := range customers {
		c := shop.WithSession(sessionOf("v" + strconv.Itoa(i)))
		all.Go(func() {
			for range calls {
				if _, err := c.Retrieve(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d customers, %d calls: %d connections at most, %d in all", customers, customers*calls, conns.peak.Load(), conns.dialled.Load())
	// net/http lets the next one begin a moment before it has closed the last.
	if peak := conns.peak.Load(); peak > soakConnections+4 {
		t.Errorf("%d connections at a time, want %d", peak, soakConnections)
	}
	// It gives up a connection where it was slow to write a request, as happens on a busy machine.
	if dialled := conns.dialled.Load(); dialled > 2*soakConnections {
		t.Errorf("%d connections for %d calls: they are not reused", dialled, customers*calls)
	}
}
