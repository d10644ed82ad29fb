package medusa

import (
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
)

// router finds the operation for a request as Express does: letters match in either case, slashes at some places are
// ignored, and what is not a parameter is compared undecoded. The routes themselves come from the contract.
type router struct{ routes []route }

type route struct {
	method    string
	mount     string   // the router of the backend's that has it: /auth or /customers
	parts     []string // of the path below that; "{name}" is a parameter
	operation api.Operation
	handler   http.HandlerFunc
}

func newRouter(operations contract.ServerInterface) *router {
	rt := new(router)
	contract.HandlerWithOptions(operations, contract.StdHTTPServerOptions{BaseRouter: rt})
	return rt
}

// HandleFunc is how generated code declares its routes.
func (rt *router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	parts := strings.Split(strings.TrimPrefix(path, "/store/"), "/")
	// Generated code has the operationId only as the name of the handler's method, "….GetSession-fm".
	name := runtime.FuncForPC(reflect.ValueOf(handler).Pointer()).Name()
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "-fm")
	rt.routes = append(rt.routes, route{method: method, mount: "/" + parts[0], parts: parts[1:], operation: api.Operation(name), handler: handler})
}

// ServeHTTP makes the router a [contract.ServeMux]. It is not called.
func (rt *router) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (rt *router) has(operation api.Operation) bool {
	return slices.ContainsFunc(rt.routes, func(r route) bool { return r.operation == operation })
}

// match is what the router finds for a request.
type match struct {
	route      *route // nil: there is none
	parameters map[string]string
	malformed  bool // a parameter that can't be decoded
	inStore    bool // the path is below /store
	mount      string
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

// isPublic reports whether the operation comes before the login guard of /store/customers. All else below that path
// needs a login, also what does not exist.
func (ro *route) isPublic() bool {
	if ro.mount == "/auth" {
		return ro.operation != api.OperationGetSession
	}
	public := []api.Operation{api.OperationCreateCustomer, api.OperationResetPassword, api.OperationGeneratePasswordToken}
	return slices.Contains(public, ro.operation)
}
