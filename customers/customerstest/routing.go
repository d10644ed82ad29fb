package customerstest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
)

// router finds the operation for a request as Express does: letters match in either case, one slash at the end is
// ignored, and what is not a parameter is compared undecoded. The routes themselves come from the contract.
type router struct {
	backend *Backend
	routes  []route
}

type route struct {
	method  string
	parts   []string // of the path; "{name}" is a parameter
	handler http.HandlerFunc
}

func newRouter(b *Backend) *router {
	rt := &router{backend: b}
	contract.HandlerWithOptions(operations{b}, contract.StdHTTPServerOptions{BaseRouter: rt})
	return rt
}

// HandleFunc is how generated code declares its routes.
func (rt *router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	rt.routes = append(rt.routes, route{method: method, parts: strings.Split(path, "/"), handler: handler})
}

// ServeHTTP is there because generated code asks for it.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.backend.ServeHTTP(w, r) }

// route carries the operation out that the request is for.
func (rt *router) route(x *exchange) {
	parts := strings.Split(strings.TrimSuffix(x.request.URL.EscapedPath(), "/"), "/")
	for _, candidate := range rt.routes {
		if candidate.method != x.request.Method {
			continue
		}
		if values, ok := candidate.match(parts); ok {
			r := withExchange(x)
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			candidate.handler(nil, r)
			return
		}
	}
	x.answer = answer{status: http.StatusNotFound, contentType: contentTypeHTML}
}

func (ro route) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(ro.parts) {
		return nil, false
	}
	var values map[string]string
	for i, part := range ro.parts {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			value, err := url.PathUnescape(parts[i])
			if err != nil || value == "" {
				return nil, false
			}
			if values == nil {
				values = make(map[string]string, 1)
			}
			values[strings.TrimSuffix(name, "}")] = value
		} else if !strings.EqualFold(part, parts[i]) {
			return nil, false
		}
	}
	return values, true
}
