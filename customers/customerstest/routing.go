package customerstest

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
)

// router finds the operation for a request as Express does: letters match in either case, slashes at some places are
// ignored, and what is not a parameter is compared undecoded. The routes themselves come from the contract.
type router struct {
	backend *Backend
	routes  []route
}

type route struct {
	method    string
	mount     string   // the router of the backend's that has it: /auth or /customers
	parts     []string // of the path below that; "{name}" is a parameter
	operation string   // its operationId
	handler   http.HandlerFunc
}

func newRouter(b *Backend) *router {
	rt := &router{backend: b}
	contract.HandlerWithOptions(operations{b}, contract.StdHTTPServerOptions{BaseRouter: rt})
	return rt
}

// HandleFunc is how generated code declares its routes.
func (rt *router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	parts := strings.Split(strings.TrimPrefix(path, "/store/"), "/")
	// Generated code has the operationId only as the name of the handler's method, "….GetSession-fm".
	name := runtime.FuncForPC(reflect.ValueOf(handler).Pointer()).Name()
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "-fm")
	rt.routes = append(rt.routes, route{method: method, mount: "/" + parts[0], parts: parts[1:], operation: name, handler: handler})
}

// ServeHTTP is there because generated code asks for it.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.backend.ServeHTTP(w, r) }

// has says whether there is such an operation.
func (rt *router) has(operation string) bool {
	return slices.ContainsFunc(rt.routes, func(r route) bool { return r.operation == operation })
}

// match is what the router found for a request.
type match struct {
	route      *route // nil: there is none
	parameters map[string]string
	malformed  bool // a parameter that can't be decoded
	inStore    bool // the path is below /store
	mount      string
}

func (m match) operation() string {
	if m.route == nil {
		return ""
	}
	return m.route.operation
}

// find looks for the operation of a method and an undecoded path.
func (rt *router) find(method, path string) match {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var m match
	below, ok := mounted(path, "/store")
	if !ok {
		return m
	}
	m.inStore = true
	for i := range rt.routes {
		candidate := &rt.routes[i]
		rest, ok := mounted(below, candidate.mount)
		if !ok {
			continue
		}
		m.mount = candidate.mount
		parameters, malformed, ok := candidate.match(rest)
		m.malformed = m.malformed || malformed
		if ok && candidate.method == method {
			m.route, m.parameters = candidate, parameters
			return m
		}
	}
	return m
}

// mounted returns the path below the place where a router of Express's is mounted. That swallows one slash too many.
func mounted(path, place string) (string, bool) {
	if len(path) < len(place) || !strings.EqualFold(path[:len(place)], place) {
		return "", false
	}
	switch rest := path[len(place):]; {
	case rest == "" || rest == "/":
		return "/", true
	case strings.HasPrefix(rest, "//"):
		return rest[1:], true
	default:
		return rest, rest[0] == '/'
	}
}

// match compares the path below the mount, where one slash at the end is ignored.
func (ro *route) match(path string) (parameters map[string]string, malformed, ok bool) {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")[1:]
	if path == "/" {
		parts = nil
	}
	if len(parts) != len(ro.parts) {
		return nil, false, false
	}
	for i, part := range ro.parts {
		name, isParameter := strings.CutPrefix(part, "{")
		switch {
		case !isParameter:
			if !strings.EqualFold(part, parts[i]) {
				return nil, false, false
			}
		case parts[i] == "":
			return nil, false, false
		default:
			value, err := url.PathUnescape(parts[i])
			if err != nil || !utf8.ValidString(value) {
				return nil, true, false
			}
			if parameters == nil {
				parameters = make(map[string]string, 1)
			}
			parameters[strings.TrimSuffix(name, "}")] = value
		}
	}
	return parameters, false, true
}

// isPublic says whether the guard of /store/customers stands behind the operation rather than before it. Whatever else
// is below that path asks for a login, also what does not exist.
func (ro *route) isPublic() bool {
	switch ro.operation {
	case "CreateCustomer", "ResetPassword", "GeneratePasswordToken":
		return true
	}
	return ro.mount == "/auth" && ro.operation != "GetSession"
}

// handle answers the request, after its body was read and its session opened. The caller holds b.mu.
func (b *Backend) handle(ctx context.Context, x *exchange, m match) {
	if !m.inStore {
		x.answer = cannot(x)
		return
	}
	b.allowOrigin(x)
	if x.request.Method == http.MethodOptions {
		preflight(x)
		return
	}
	if x.customerID = x.session.customerID; x.customerID == "" {
		x.customerID = b.bearerOf(x.request.Header.Get("Authorization"))
	}
	guarded := m.mount == "/customers" && (m.route == nil || !m.route.isPublic()) || m.route != nil && !m.route.isPublic()
	switch {
	case guarded && x.customerID == "":
		x.answer = unauthorized()
	case m.malformed:
		x.answer = unknownError()
	case m.route == nil:
		x.answer = cannot(x)
	default:
		r := withExchange(ctx, x)
		for name, value := range m.parameters {
			r.SetPathValue(name, value)
		}
		m.route.handler(nil, r)
	}
}

// cannot is Express's answer to a request that nothing is there for.
func cannot(x *exchange) answer {
	return htmlAnswer(http.StatusNotFound, "Cannot "+x.request.Method+" "+encodeURL(x.path))
}

// encodeURL escapes what a URL can't hold and leaves alone what is escaped.
func encodeURL(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		isEscape := c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2])
		if isEscape || c > ' ' && c < 0x7F && !strings.ContainsRune(`"<>%`+"`{}", rune(c)) {
			b.WriteByte(c)
		} else {
			b.WriteString(url.PathEscape(string([]byte{c})))
		}
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
