// Package finding has the types for what is compared: points of an API, observations about them, and findings.
package finding

import (
	"cmp"
	"net/http"
	"strings"
)

// Aspect is what is compared at a place.
type Aspect string

// The aspects of a place.
const (
	Presence    Aspect = "presence"     // whether the operation, parameter or property exists
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
	ContentType Aspect = "content-type" // of a body, also none
	Cookie      Aspect = "cookie"       // Set-Cookie and its attributes
	Header      Aspect = "header"       // another response header
	Security    Aspect = "security"     // the credentials of an operation
	Example     Aspect = "example"      // of a schema, whether it fits
	OperationID Aspect = "operation-id" // the name of an operation in Medusa's document
	Behavior    Aspect = "behavior"     // of an operation: what no document describes and callers rely on
	Seen        Aspect = "seen"         // whether enough was seen of an operation
	Unread      Aspect = "unread"       // what a document says that is not understood, or has no effect
	Refusal     Aspect = "refusal"      // how bad input is refused: a 500 is the backend's fault
)

// Point is one aspect of one place, for example whether Order.email may be null.
type Point struct {
	// Place is an operation ("GET /store/auth"), what belongs to one, after a blank (see [Parameter], [RequestBody] and
	// [Response]), or a schema. A schema is named by its component, and by the place where it is if it is in no
	// component; then comes ".name" for a property, "[]" for elements and ".*" for additional properties:
	// "LineItem.metadata", "GET /store/auth 200.customer.orders[]".
	Place  string `json:"place"`
	Aspect Aspect `json:"aspect"`
}

// ID returns the id of the point, which is the same in every run: "Order.email#nullable".
func (p Point) ID() string { return p.Place + "#" + string(p.Aspect) }

// Component returns the name of the schema component that the place is in, or the whole place if it is in none.
func (p Point) Component() string {
	if i := strings.IndexAny(p.Place, ".[|"); i >= 0 && p.Operation() == "" {
		return p.Place[:i]
	}
	return p.Place
}

// Operation returns the place of the operation that the place is in; "" for a place in a component.
func (p Point) Operation() string {
	method, rest, ok := strings.Cut(p.Place, " ")
	path, _, _ := strings.Cut(rest, " ")
	if !ok || !strings.HasPrefix(path, "/") || strings.ContainsAny(method, ".[|") { // a blank may be in the name of a property
		return ""
	}
	return method + " " + path
}

// Operation returns the place of an operation.
func Operation(method, path string) string { return strings.ToUpper(method) + " " + path }

// Parameter returns the place of a parameter of an operation. The brackets of a name such as "status[]" are its style
// and not part of the place.
func Parameter(operation, in, name string) string {
	return operation + " " + in + " " + strings.TrimSuffix(name, "[]")
}

// RequestBody returns the place of the request body of an operation.
func RequestBody(operation string) string { return operation + " body" }

// Response returns the place of the response of an operation with a status.
func Response(operation, status string) string { return operation + " " + status }

// Media returns the place of a request or response body of one content type.
func Media(body, contentType string) string { return body + " " + contentType }

// HeaderName returns the name of a header in the usual spelling, because case means nothing in it.
func HeaderName(name string) string {
	name = http.CanonicalHeaderKey(name)
	return cmp.Or(map[string]string{"Etag": "ETag", "Www-Authenticate": "WWW-Authenticate"}[name], name)
}
