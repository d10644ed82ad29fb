package customerstest

import (
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
)

// Handle adds a route of the test's own beside the backend's, such as "POST /store/carts", by a pattern of
// [http.ServeMux]. The handler gets the customer who is logged in by the session or the bearer token, and nil for an
// anonymous visitor; of a customer who was deleted since, it gets the ID only. It may use the backend. What it writes
// is sent when it returns, with the session's cookie, the headers for browsers and an ETag, as the backend's own routes
// do. A body of more than 100 KB is refused.
//
// Faults and [Backend.Requests] know these requests as they know others, with no operation. Below /store/customers the
// login guard comes first, and OPTIONS below /store is the backend's. Handle panics if the backend has the route
// itself, with any method if the pattern names none, or if the pattern conflicts with an earlier one.
func (b *Backend) Handle(pattern string, handler func(w http.ResponseWriter, r *http.Request, customer *api.Customer)) {
	taken := b.backend.AddOwn(pattern, func(w http.ResponseWriter, r *http.Request, id string) {
		handler(w, r, b.loggedIn(id))
	})
	if taken != "" {
		panic("customerstest: Handle: " + pattern + " is the backend's own: " + string(taken))
	}
}

// loggedIn returns the customer with an id, nil for none.
func (b *Backend) loggedIn(id string) *api.Customer {
	if id == "" {
		return nil
	}
	b.backend.Lock()
	defer b.backend.Unlock()
	if c := b.backend.Customer(id); c != nil {
		return new(modelOf[api.Customer](b.backend.WithAddresses(c)))
	}
	return &api.Customer{ID: id}
}
