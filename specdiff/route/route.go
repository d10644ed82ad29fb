// Package route proposes contracts of routes that a shop has besides those of Medusa, such as a plugin's.
package route

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Route is a route to ask.
type Route struct {
	Template string      // of its path: "/store/customers/me/wishlist/{id}"
	Names    []string    // of the parameters in its path
	Query    []Parameter // with which it is asked
	URL      string      // its path and query with values, as they are sent: "/store/customers/me/wishlist/wish_1?limit=2"
}

// Parameter is a parameter of the query.
type Parameter struct{ Name, Value string }

// In reports whether a contract has the route.
func (r Route) In(contract *openapi3.T) bool {
	if contract == nil {
		return false
	}
	item := contract.Paths.Find(r.Template)
	return item != nil && item.Get != nil
}

// Place returns the place of the operation: "GET /store/customers/me/wishlist/{id}".
func (r Route) Place() string { return finding.Operation(http.MethodGet, r.Template) }

var (
	parameter = regexp.MustCompile(`\{([^{}=]*)(=?)([^{}]*)\}`)
	isName    = regexp.MustCompile(`^[A-Za-z_]\w{0,39}$`)
)

// Parse reads a route such as "GET /store/customers/me/wishlist/{id=wish_1}?limit=2": a parameter of the path has a value
// to ask with. Other methods than GET are refused, because they may change what a customer has.
func Parse(text string) (Route, error) {
	method, path, ok := strings.Cut(strings.TrimSpace(text), " ")
	path = strings.TrimSpace(path)
	switch {
	case !ok || !strings.HasPrefix(path, "/"):
		return Route{}, fmt.Errorf("route %q is not like 'GET /store/customers/me/wishlist'", text)
	case method != http.MethodGet:
		return Route{}, fmt.Errorf("route %q: only GET is asked, because %s may change what a customer has; describe it by hand, and see docs/extending.md", text, method)
	}
	r := Route{Template: path}
	var wrong error
	path = parameter.ReplaceAllStringFunc(path, func(all string) string {
		m := parameter.FindStringSubmatch(all)
		name, value := m[1], m[3]
		switch {
		case !isName.MatchString(name):
			wrong = fmt.Errorf("route %q: {%s} is not the name of a parameter", text, name)
		case value == "":
			wrong = fmt.Errorf("route %q: give %s a value to ask with, as {%s=…}", text, name, name)
		case slices.Contains(r.Names, name):
			wrong = fmt.Errorf("route %q has two parameters %s", text, name)
		}
		r.Names = append(r.Names, name)
		return url.PathEscape(value)
	})
	if wrong != nil {
		return Route{}, wrong
	}
	r.Template, _, _ = strings.Cut(parameter.ReplaceAllString(r.Template, "{$1}"), "?")
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Fragment != "" || strings.ContainsAny(path, "{}") || slices.ContainsFunc(strings.Split(u.Path, "/"), isDots) {
		return Route{}, fmt.Errorf("route %q is no path of a backend", text)
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Route{}, fmt.Errorf("route %q: its query cannot be read", text)
	}
	for name, all := range values {
		r.Query = append(r.Query, Parameter{name, all[0]})
	}
	slices.SortFunc(r.Query, func(a, b Parameter) int { return strings.Compare(a.Name, b.Name) })
	r.URL = u.EscapedPath()
	if len(values) > 0 {
		r.URL += "?" + values.Encode()
	}
	return r, nil
}

func isDots(segment string) bool { return segment == "." || segment == ".." }
