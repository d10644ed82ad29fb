// Package gate stands between the storefront and a backend. It stops requests and responses, and it can be down.
package gate

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It is only used up by a test that fails.
const patience = time.Minute

// A Gate listens on a port of the loopback interface and passes requests on to a backend.
type Gate struct {
	URL string // the backend's base URL for the storefront

	t       testing.TB
	addr    string
	backend http.Handler

	mu     sync.Mutex
	server *http.Server
	held   []*Held
	seen   []string
}

// New opens a gate before the backend, which closes when the test ends.
func New(tb testing.TB, backend http.Handler) *Gate {
	tb.Helper()
	g := &Gate{t: tb, addr: "127.0.0.1:0", backend: backend}
	g.Up()
	g.URL = "http://" + g.addr
	tb.Cleanup(g.Down)
	return g
}

// Proxy returns the backend at the URL.
func Proxy(tb testing.TB, backend string) http.Handler {
	tb.Helper()
	u, err := url.Parse(backend)
	if err != nil {
		tb.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
		},
		// Node closes idle connections after five seconds, and may do so while a request is on its way.
		Transport: &http.Transport{DisableKeepAlives: true},
	}
}

// Up makes the gate take connections again.
func (g *Gate) Up() {
	g.t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", g.addr)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addr = listener.Addr().String()
	server := &http.Server{Handler: g, ReadHeaderTimeout: patience}
	g.server = server
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			g.t.Error(err)
		}
	}()
}

// Down closes all connections and refuses new ones.
func (g *Gate) Down() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.server.Close() // of the listener, which cannot fail in a way that matters
}

// Held controls the requests that Hold holds.
type Held struct {
	t            testing.TB
	method, path string
	times        int
	after        bool
	arrived      chan *http.Request
	released     chan struct{}
	once         sync.Once
}

// Hold holds the next request by the method and path before the backend gets it.
func (g *Gate) Hold(method, path string) *Held { return g.hold(method, path, 1, false) }

// HoldResponse holds the backend's response to the next request by the method and path.
func (g *Gate) HoldResponse(method, path string) *Held { return g.hold(method, path, 1, true) }

// HoldAll holds all requests, as a backend that hangs does.
func (g *Gate) HoldAll() *Held { return g.hold("", "", -1, false) }

func (g *Gate) hold(method, path string, times int, after bool) *Held {
	h := &Held{t: g.t, method: method, path: path, times: times, after: after,
		arrived: make(chan *http.Request, 100), released: make(chan struct{})}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = append(g.held, h)
	return h
}

// Wait waits until a request is held and returns it.
func (h *Held) Wait() *http.Request {
	h.t.Helper()
	select {
	case r := <-h.arrived:
		return r
	case <-time.After(patience):
		h.t.Fatalf("no request %s %s has come to the backend", h.method, h.path)
		return nil
	}
}

// Release lets the held requests go on. Later requests are not held.
func (h *Held) Release() { h.once.Do(func() { close(h.released) }) }

// Count returns how many requests by the method and path have come to the backend.
func (g *Gate) Count(method, path string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, s := range g.seen {
		if s == method+" "+path {
			n++
		}
	}
	return n
}

// next returns what holds the request, or nil.
func (g *Gate) next(r *http.Request) *Held {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, r.Method+" "+r.URL.Path)
	i := slices.IndexFunc(g.held, func(h *Held) bool {
		return h.times != 0 && (h.path == "" || h.method == r.Method && h.path == r.URL.Path)
	})
	if i < 0 {
		return nil
	}
	g.held[i].times--
	return g.held[i]
}

// ServeHTTP passes the request on, held or not.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // only then the server notices that the storefront has gone
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h := g.next(r)
	if h == nil {
		g.backend.ServeHTTP(w, r)
		return
	}
	late := &response{header: http.Header{}}
	if h.after {
		g.backend.ServeHTTP(late, r)
	}
	h.arrived <- r
	select {
	case <-h.released:
	case <-r.Context().Done():
		return
	}
	if !h.after {
		g.backend.ServeHTTP(w, r)
		return
	}
	maps.Copy(w.Header(), late.header)
	w.WriteHeader(late.status)
	_, _ = w.Write(late.body.Bytes()) // the storefront may have gone
}

// response is a response that waits.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header { return r.header }

func (r *response) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *response) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}
