// Package conform checks HTTP exchanges against an OpenAPI 3.0 document. What the document does not mention is a
// finding, and a check never stops at the first one.
//
// It is stricter than OpenAPI. An object has the properties that are declared and no others, unless its schema has
// additionalProperties. A body without a Content-Type needs `x-no-content-type: true` at the response. Times in
// responses are UTC with milliseconds.
//
// It is looser in one point: `nullable` beside `allOf` allows null, which is the usual way to write a nullable
// reference.
//
// The query parameters `fields` and `expand` choose the properties of a list's elements. With `expand`, the relations
// of the elements may be missing even if they are required. With `fields`, any property may be missing.
package conform

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Contract is an OpenAPI document, prepared for checking. It is safe for concurrent use.
type Contract struct {
	schemas
	operations []*operation
	cookieName string // of the cookie in the security schemes
}

// operation is an operation of the document.
type operation struct {
	id        string
	place     string // "GET /store/auth"
	unnamed   string // the same without the names of path parameters
	method    string
	segments  []string // of the path; "{name}" for a parameter
	params    []param
	body      *openapi3.RequestBody // nil for none
	bodies    map[string]*shape     // by media type
	responses map[string]*response  // by status, "4XX" or "default"
	security  []alternative         // one has to be met; empty for none
}

type param struct {
	*openapi3.Parameter
	shape *shape
}

type response struct {
	*openapi3.Response
	key           string            // "200", "4XX" or "default"
	contents      map[string]*shape // by media type in lower case, without parameters; nil without a schema
	headers       map[string]*shape // by canonical name; nil without a schema
	noContentType bool
}

// Load reads an OpenAPI 3.0 document. It returns an error if the document uses a keyword that this package does not
// check.
func Load(data []byte) (*Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	c, notes := New(doc)
	var errs []error
	for _, note := range notes {
		errs = append(errs, errors.New(note.String()))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c, nil
}

// New prepares a document whose references are resolved, as a Loader returns it. The notes name what will not be
// checked, in a stable order.
func New(doc *openapi3.T) (*Contract, []Note) {
	c := &Contract{schemas: schemas{shapeOf: map[*openapi3.Schema]*shape{}}}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			c.operations = append(c.operations, c.operation(doc, path, method, item, operations[method]))
		}
	}
	slices.SortFunc(c.operations, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	c.besides(doc)
	if doc.Components != nil {
		for _, scheme := range doc.Components.SecuritySchemes {
			if scheme.Value.Type == "apiKey" && scheme.Value.In == "cookie" {
				c.cookieName = scheme.Value.Name
			}
		}
	}
	slices.SortFunc(c.notes, func(a, b Note) int { return strings.Compare(a.String(), b.String()) })
	return c, slices.Compact(c.notes)
}

func (c *Contract) operation(doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) *operation {
	o := &operation{
		id: op.OperationID, place: finding.Operation(method, path), method: method, segments: strings.Split(path, "/"),
		bodies: map[string]*shape{}, responses: map[string]*response{},
	}
	o.unnamed = parameterName.ReplaceAllString(o.place, "{}")
	if o.id == "" {
		o.id = o.place
		c.note(o.place, "it has no operationId")
	}
	security := op.Security
	if security == nil {
		security = &doc.Security
	}
	for _, requirement := range *security {
		o.security = append(o.security, newAlternative(doc, requirement))
	}
	c.unknown(o.place, op.Extensions)
	c.leftOut(o, item, op)
	for _, p := range document.Parameters(item, op) {
		c.unknown(finding.Parameter(o.place, p.Value.In, p.Value.Name), p.Value.Extensions)
		if p.Value.AllowEmptyValue || p.Value.AllowReserved {
			c.note(finding.Parameter(o.place, p.Value.In, p.Value.Name), "allowEmptyValue and allowReserved are not supported")
		}
		sh := c.shape(p.Value.Schema, finding.Parameter(o.place, p.Value.In, p.Value.Name))
		if sh == nil {
			sh = &shape{nullable: true}
			c.add(sh)
		}
		o.params = append(o.params, param{p.Value, sh})
	}
	if op.RequestBody != nil {
		o.body = op.RequestBody.Value
		c.unknown(finding.RequestBody(o.place), o.body.Extensions)
		for kind, media := range o.body.Content {
			c.parametersOf(finding.RequestBody(o.place), kind)
			kind = plainType(kind)
			o.bodies[kind] = c.shape(media.Schema, finding.Media(finding.RequestBody(o.place), kind))
		}
	}
	for status, ref := range op.Responses.Map() {
		place := finding.Response(o.place, status)
		r := &response{Response: ref.Value, key: status, contents: map[string]*shape{}, headers: map[string]*shape{}}
		c.unknown(place, ref.Value.Extensions)
		r.noContentType, _ = ref.Value.Extensions["x-no-content-type"].(bool)
		for kind, media := range ref.Value.Content {
			c.unknown(finding.Media(place, kind), media.Extensions)
			c.parametersOf(place, kind)
			kind = plainType(kind)
			r.contents[kind] = c.shape(media.Schema, finding.Media(place, kind))
		}
		for name, h := range ref.Value.Headers {
			c.unknown(place+" header "+name, h.Value.Extensions)
			if h.Value.Schema == nil {
				c.note(place+" header "+name, "it has no schema")
			}
			r.headers[http.CanonicalHeaderKey(name)] = c.shape(h.Value.Schema, place+" header "+name)
		}
		o.responses[status] = r
	}
	return o
}

// Operations returns the places of all operations.
func (c *Contract) Operations() []string {
	var all []string
	for _, o := range c.operations {
		all = append(all, o.place)
	}
	return all
}

// Name returns the operationId of the operation at a place; "" if the document has no such operation.
func (c *Contract) Name(place string) string {
	if o := c.at(place); o != nil {
		return o.id
	}
	return ""
}

var parameterName = regexp.MustCompile(`\{[^{}]*\}`)

// at returns the operation at a place, or nil. The names of path parameters may be others.
func (c *Contract) at(place string) *operation {
	unnamed := parameterName.ReplaceAllString(place, "{}")
	for _, o := range c.operations {
		if o.unnamed == unnamed {
			return o
		}
	}
	return nil
}

// match returns the operation of a request and the values of its path parameters. A fixed segment is preferred to a
// parameter.
func (c *Contract) match(method, escapedPath string) (*operation, map[string]string) {
	segments := strings.Split(escapedPath, "/")
	var best *operation
	var bestValues map[string]string
	for _, o := range c.operations {
		if o.method != method || len(o.segments) != len(segments) {
			continue
		}
		values, ok := o.fits(segments)
		if ok && (best == nil || len(values) < len(bestValues)) {
			best, bestValues = o, values
		}
	}
	return best, bestValues
}

func (o *operation) fits(segments []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, want := range o.segments {
		if !strings.HasPrefix(want, "{") {
			if want != segments[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		values[strings.Trim(want, "{}")] = value
	}
	return values, true
}

// Declares reports whether the response at a place declares a header.
func (c *Contract) Declares(place, header string) bool {
	_, declared := c.Headers(place)[header]
	return declared
}

// Headers returns the headers that the response at a place declares, and which of them have to be there.
func (c *Contract) Headers(place string) map[string]bool {
	all := map[string]bool{}
	at := strings.LastIndex(place, " ")
	if o := c.at(place[:max(at, 0)]); o != nil {
		if r := o.response(place[at+1:]); r != nil {
			for name, h := range r.Headers {
				all[http.CanonicalHeaderKey(name)] = h.Value.Required
			}
		}
	}
	return all
}

// response returns what is declared for a status: by itself, by its class, or as the default.
func (o *operation) response(status string) *response {
	for _, key := range []string{status, status[:1] + "XX", status[:1] + "xx", "default"} {
		if r := o.responses[key]; r != nil {
			return r
		}
	}
	return nil
}

func (o *operation) paramPlace(p param) string { return finding.Parameter(o.place, p.In, p.Name) }

func (o *operation) statuses() []string {
	var all []string
	for status := range o.responses {
		all = append(all, status)
	}
	slices.Sort(all)
	return all
}

// plainType returns a media type in lower case, without parameters.
func plainType(kind string) string {
	plain, _, _ := strings.Cut(strings.ToLower(kind), ";")
	return strings.TrimSpace(plain)
}

// ofMedia returns what is declared for the media type of a header: by itself, by its range, or by */*.
func ofMedia(contents map[string]*shape, given string) (kind string, sh *shape, ok bool) {
	kind, _, err := mime.ParseMediaType(given)
	if err != nil {
		return kind, nil, false
	}
	class, _, _ := strings.Cut(kind, "/")
	for _, key := range []string{kind, class + "/*", "*/*"} {
		if sh, ok := contents[key]; ok {
			return kind, sh, true
		}
	}
	return kind, nil, false
}

func mediaTypes(contents map[string]*shape) string {
	var all []string
	for kind := range contents {
		all = append(all, kind)
	}
	slices.Sort(all)
	return strings.Join(all, " or ")
}
