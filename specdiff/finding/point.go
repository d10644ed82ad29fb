// Package finding holds the words that documents and running backend are compared in: points of an API, what a backend
// showed about one, and what came of it.
package finding

import (
	"strings"
)

// Aspect is what of a place is compared.
type Aspect string

// The aspects of a place.
const (
	Presence    Aspect = "presence"     // whether there is such an operation, parameter, response, property at all
	Required    Aspect = "required"     // of a parameter, request body or property
	Nullable    Aspect = "nullable"     // of a schema
	Type        Aspect = "type"         // of a schema
	Format      Aspect = "format"       // of a schema
	Enum        Aspect = "enum"         // the values of a schema
	Bounds      Aspect = "bounds"       // lengths, ranges and patterns of a schema
	Default     Aspect = "default"      // of a parameter or property
	Open        Aspect = "open"         // whether an object may have properties that are not declared
	Branches    Aspect = "branches"     // oneOf and anyOf of a schema
	Style       Aspect = "style"        // how a parameter with several values is written, brackets included
	Explode     Aspect = "explode"      // whether a parameter's values are repeated or joined
	Status      Aspect = "status"       // of a response
	ContentType Aspect = "content-type" // of a response's or request's body, also none
	Body        Aspect = "body"         // whether there is one
	Cookie      Aspect = "cookie"       // Set-Cookie and its attributes
	Header      Aspect = "header"       // another response header
	Security    Aspect = "security"     // what an operation wants for credentials
	Example     Aspect = "example"      // of a schema, whether its own schema takes it
	OperationID Aspect = "operation-id" // what the backend's makers call an operation
	Refusal     Aspect = "refusal"      // how bad input is refused: a 500 is the backend's fault
)

// Point is one aspect of one place, for example whether Order.email may be null.
type Point struct {
	// Place is where. Operations are "GET /store/auth"; what belongs to one goes on after a blank, see [Parameter],
	// [RequestBody] and [Response]. Schemas are named by their component, wherever it is used, and else by the place
	// that holds them; then comes ".name" for a property, "[]" for elements and ".*" for additional properties:
	// "LineItem.metadata", "GET /store/auth 200.customer.orders[]".
	Place  string `json:"place"`
	Aspect Aspect `json:"aspect"`
}

// ID is the same in every run, and what an accepted deviation names: "Order.email#nullable".
func (p Point) ID() string { return p.Place + "#" + string(p.Aspect) }

// Component is the name of the schema component that the place is in; of another place, all of it.
func (p Point) Component() string {
	if i := strings.IndexAny(p.Place, ".[|"); i >= 0 && !strings.Contains(p.Place, " ") {
		return p.Place[:i]
	}
	return p.Place
}

// Operation is the place of the operation that the place is in; "" if it is in a component.
func (p Point) Operation() string {
	method, rest, ok := strings.Cut(p.Place, " ")
	path, _, _ := strings.Cut(rest, " ")
	if !ok {
		return ""
	}
	return method + " " + path
}

// Operation is the place of an operation.
func Operation(method, path string) string { return strings.ToUpper(method) + " " + path }

// Parameter is the place of an operation's parameter. The brackets of a name such as "status[]" are a matter of style,
// so they do not belong to it.
func Parameter(operation, in, name string) string {
	return operation + " " + in + " " + strings.TrimSuffix(name, "[]")
}

// RequestBody is the place of an operation's request body.
func RequestBody(operation string) string { return operation + " body" }

// Response is the place of an operation's response of one status.
func Response(operation, status string) string { return operation + " " + status }

// Media is the place of a body, a RequestBody's or a Response's, of one content type.
func Media(body, contentType string) string { return body + " " + contentType }
