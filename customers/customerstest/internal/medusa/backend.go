// Package medusa is the backend itself: its data, sessions and operations, as a Medusa v1 store has them.
package medusa

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// Backend is the customer and auth API of a Medusa v1 store.
type Backend struct {
	*State
	router *router
	own    ownRoutes
}

// New returns a backend without customers.
func New(settings Settings) *Backend {
	state := newState(settings)
	return &Backend{state, newRouter(operations{state}), ownRoutes{http.NewServeMux()}}
}

// HasOperation reports whether there is such an operation.
func (b *Backend) HasOperation(operation api.Operation) bool { return b.router.has(operation) }

// Receive reads a request. An error is that of a client that has gone away.
func (b *Backend) Receive(r *http.Request) (*Exchange, error) {
	x, err := newExchange(r)
	if err != nil {
		return nil, err
	}
	if x.match = b.router.find(r.Method, x.Path); x.match.route != nil {
		x.Operation = x.match.route.operation
	} else {
		x.own = b.own.find(x)
	}
	return x, nil
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// methodsOfRoutes are the methods that the contract's routes have.
var methodsOfRoutes = []string{http.MethodGet, http.MethodPost, http.MethodDelete}

// AddOwn adds a route beside the contract's, by a pattern of http.ServeMux. It returns the operation that has the route
// already, or "". A pattern without a method is for each.
func (b *Backend) AddOwn(pattern string, handler func(w http.ResponseWriter, r *http.Request, customerID string)) (taken api.Operation) {
	methods, path := methodsOfRoutes, pattern
	if end := strings.IndexAny(pattern, " \t"); end >= 0 {
		methods, path = []string{pattern[:end]}, strings.TrimLeft(pattern[end:], " \t")
	}
	for _, method := range methods {
		if m := b.router.find(method, parameter.ReplaceAllString(path, "x")); m.route != nil {
			return m.route.operation
		}
	}
	b.own.add(pattern, handler)
	return ""
}

// Handle carries the request out and sets the response.
func (b *Backend) Handle(ctx context.Context, x *Exchange) {
	b.Lock()
	defer b.Unlock()
	b.Clock.hold()
	defer b.Clock.release()
	failed := b.openSession(x)
	if failed == nil && x.own == "" {
		failed = b.parseBody(x)
	}
	if !x.fail(failed) {
		b.route(ctx, x)
	}
	x.finish(b.Clock.Now(), b.closeSession(x))
}

// route calls the operation, unless another part of the backend responds before.
func (b *Backend) route(ctx context.Context, x *Exchange) {
	m := x.match
	if isBeyondASCII(x.Path + x.RawQuery) {
		x.fail(response.NotEmulated(js.NotEmulatedError("a URL with unescaped letters beyond ASCII")))
		return
	}
	if !m.inStore && x.own == "" {
		x.fail(cannot(x))
		return
	}
	if m.inStore {
		b.allowOrigin(x)
	}
	if m.inStore && x.Request.Method == http.MethodOptions {
		preflight(x)
		return
	}
	if x.customerID = x.session.customerID; x.customerID == "" {
		x.customerID = b.bearerOf(x.Request.Header.Get("Authorization"))
	}
	guarded := m.mount == "/customers" && (m.route == nil || !m.route.isPublic()) || m.route != nil && !m.route.isPublic()
	switch {
	case guarded && x.customerID == "":
		x.Response = response.Unauthorized()
	case m.malformed:
		x.fail(response.UnknownError())
	case x.own != "":
		b.respondAsOwn(ctx, x, b.own)
	case m.route == nil:
		x.fail(cannot(x))
	default:
		r := withExchange(ctx, x)
		for name, value := range m.parameters {
			r.SetPathValue(name, value)
		}
		m.route.handler(nil, r)
	}
}

func isBeyondASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// allowOrigin sets the headers that browsers need, on all responses below /store.
func (b *Backend) allowOrigin(x *Exchange) {
	x.Header.Set("Vary", "Origin")
	x.Header.Set("Access-Control-Allow-Credentials", "true")
	if origin := x.Request.Header.Get("Origin"); slices.Contains(b.Settings.CORSOrigins, origin) {
		x.Header.Set("Access-Control-Allow-Origin", origin)
	}
}

// preflight responds to an OPTIONS request, to any path.
func preflight(x *Exchange) {
	x.Header.Set("Vary", "Origin, Access-Control-Request-Headers")
	x.Header.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
	if wanted := x.Request.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		x.Header.Set("Access-Control-Allow-Headers", wanted)
	}
	x.Response = response.Response{Status: http.StatusNoContent}
}

// cannot returns Express's response to a request for what does not exist.
func cannot(x *Exchange) *response.Response {
	return response.HTML(http.StatusNotFound, "Cannot "+x.Request.Method+" "+encodeURL(x.Path))
}

// encodeURL escapes what a URL may not have, but for what is escaped already.
func encodeURL(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c > ' ' && c < 0x7F && !strings.ContainsRune("\"<>`{}", rune(c)) {
			b.WriteByte(c)
		} else {
			b.WriteString(url.PathEscape(string([]byte{c})))
		}
	}
	return b.String()
}
