package customerstest

import (
	"context"
	"net"
	"net/http/httptest"
	"testing"
)

// A Server is a [Backend] that listens on a port of the loopback interface, like an [httptest.Server].
type Server struct {
	*Backend
	URL string // the base URL for customers.New, such as http://127.0.0.1:43210
}

// NewServer starts a backend for a test and stops it when the test ends, with requests that are still on their way. It
// fails the test for a fault that did not happen, see [Backend.Inject]. Where there is no test, and for TLS, serve what
// [New] returns by [httptest.NewServer] or [httptest.NewTLSServer].
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	b := New(opts...)
	b.faults.tb = tb
	s := httptest.NewUnstartedServer(b)
	ctx := tb.Context()
	s.Config.BaseContext = func(net.Listener) context.Context { return ctx } // latencies and holds end with the test
	s.Start()
	tb.Cleanup(func() {
		s.CloseClientConnections() // Close waits for the end of a request, and one may have none
		s.Close()
		for _, f := range b.faults.pending() {
			tb.Errorf("customerstest: %v", f)
		}
	})
	return &Server{Backend: b, URL: s.URL}
}
