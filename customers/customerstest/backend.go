package customerstest

import (
	"net/http"
	"sync"
)

// A Backend is the customer and auth API of a Medusa v1 store, with all its data in memory. It is an [http.Handler] and
// safe for concurrent use.
type Backend struct {
	settings settings
	router   *router

	mu        sync.Mutex // guards what follows
	clock     clock
	customers map[string]*customer // by id, without the deleted ones
	orders    orderBook
}

// New makes a backend that is not served yet; [NewServer] is what a test wants.
func New(opts ...Option) *Backend {
	b := &Backend{settings: defaultSettings(), customers: make(map[string]*customer)}
	for _, o := range opts {
		o(&b.settings)
	}
	b.router = newRouter(b)
	return b
}

// ServeHTTP answers a request as the real backend would.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{request: r}
	b.mu.Lock()
	b.router.route(x)
	b.mu.Unlock()
	x.write(w)
}
