package e2e

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// spy records the requests of a client.
type spy struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []sentRequest
}

type sentRequest struct {
	method, path string
	header       http.Header
	body         string
}

func (s *spy) RoundTrip(req *http.Request) (*http.Response, error) {
	seen := sentRequest{method: req.Method, path: req.URL.RequestURI(), header: req.Header.Clone()}
	if req.Body != nil {
		text, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		_ = req.Body.Close()
		seen.body = string(text)
		req = req.Clone(req.Context()) // a RoundTripper changes no request that it is given
		req.Body = io.NopCloser(strings.NewReader(seen.body))
	}
	s.mu.Lock()
	s.sent = append(s.sent, seen)
	s.mu.Unlock()
	return s.next.RoundTrip(req)
}

// count returns how many requests were sent.
func (s *spy) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// last returns the request with one of the methods, or with any, that was sent last.
func (s *spy) last(t *testing.T, methods ...string) sentRequest {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.sent) {
		if len(methods) == 0 || slices.Contains(methods, r.method) {
			return r
		}
	}
	t.Fatal("nothing was sent")
	return sentRequest{}
}

// spyOn returns a spy and the option that makes a client of b send through it.
func spyOn(b *backend.Backend) (*spy, customers.Option) {
	s := &spy{next: httpClient(b).Transport}
	return s, customers.WithHTTPClient(&http.Client{Transport: s})
}

// sendsNothing checks that f makes the spied client send no request.
func (s *spy) sendsNothing(t *testing.T, f func()) {
	t.Helper()
	before := s.count()
	f()
	if n := s.count() - before; n != 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
}
