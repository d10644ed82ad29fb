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
	const customers, each = 10_000, 4 // the race detector bears 8,128 goroutines
	server := httptest.NewServer(respondWith(200, "application/json", customerJSON))
	defer server.Close()
	transport, conns := soakTransport()
	shop := mustNew(t, server.URL, WithoutSession(), WithHTTPClient(&http.Client{Transport: transport}), WithTimeout(5*time.Minute))
	var all sync.WaitGroup
	for i := range customers / each {
		all.Go(func() {
			for n := range each {
				if err := retrieve(t.Context(), shop.WithSession(sessionOf("v"+strconv.Itoa(i*each+n)))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d customers: %d connections at most, %d in all", customers, conns.peak.Load(), conns.dialled.Load())
	// net/http lets the next one begin a moment before it has closed the last.
	if peak := conns.peak.Load(); peak > soakConnections+4 {
		t.Errorf("%d connections at a time, want %d", peak, soakConnections)
	}
	// It gives up a connection where it was slow to write a request, as happens on a busy machine.
	if dialled := conns.dialled.Load(); dialled > 2*soakConnections {
		t.Errorf("%d connections for %d customers: they are not reused", dialled, customers)
	}
}
