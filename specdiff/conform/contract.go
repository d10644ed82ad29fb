// Package conform checks HTTP exchanges against an OpenAPI 3.0 document, strictly: what the document does not mention
// is a finding too. It never stops at the first one.
//
// Stricter than OpenAPI itself is this: an object's properties are all of those that are declared, unless the schema
// has additionalProperties; a body without a Content-Type needs the response to say `x-no-content-type: true`; and
// times in responses are UTC with milliseconds. Looser is one thing: `nullable` beside `allOf` allows null, as is the
// usual way to write a nullable reference. And the query parameters `fields` and `expand` choose what the elements of
// a response's list hold: where `expand` is sent, `required` is not asked of relations there, and where `fields` is sent,
// not of anything.
package conform

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Contract is an OpenAPI document, prepared for checking. It is safe for concurrent use.
type Contract struct {
	operations []*operation
	children   []*child
	shapes     []*shape
	shapeOf    map[*openapi3.Schema]*shape
	cookieName string // of the security scheme that is a cookie
	notes      []Note
}

// Note is something in a document that is not checked.
type Note struct {
	Place, Text string
}

func (n Note) String() string { return n.Place + ": " + n.Text }

func (c *Contract) note(place, format string, args ...any) {
	c.notes = append(c.notes, Note{place, fmt.Sprintf(format, args...)})
}

// operation is one of the document's.
type operation struct {
	id        string
	place     string // "GET /store/auth"
	method    string
	segments  []string // of the path; "{name}" for a parameter
	params    []param
	body      *openapi3.RequestBody // nil: none
	bodies    map[string]*shape     // by media type
	responses map[string]*response  // by status; "default" is not looked at
	secured   bool
}

type param struct {
	*openapi3.Parameter
	shape *shape
}

type response struct {
	*openapi3.Response
	contents      map[string]*shape // by media type; nil for one without a schema
	noContentType bool
}

// shape is a schema with its allOf branches merged in.
type shape struct {
	index     int    // in the contract's shapes
	loc       string // where it stands: "Order", "Order.items[]"; what it only wraps a reference to
	objectLoc string // where its properties stand; another place if it only wraps a reference
	typ       string // "" is any
	nullable  bool
	format    string
	pattern   *regexp.Regexp
	enum      []any
	minLength uint64
	maxLength *uint64
	minimum   *float64
	maximum   *float64
	minItems  uint64
	maxItems  *uint64
	props     map[string]*child
	required  []string
	closed    bool   // says that it has no other properties
	open      bool   // may have properties that are not declared …
	extra     *child // … of this schema, if not nil
	items     *child
	oneOf     []*child
	anyOf     []*child
}

// child is a schema inside another. Its shape is filled in when all are known: schemas refer to each other in circles.
type child struct {
	index int    // in the contract's children
	name  string // of a property
	ref   *openapi3.SchemaRef
	loc   string
	shape *shape
}

// Load reads an OpenAPI 3.0 document that has to be checked in full: one that uses a keyword which this package does not
// check is an error.
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

// New prepares a document with its references resolved, as a Loader returns it. What of it will not be checked is in the
// notes, in a stable order.
func New(doc *openapi3.T) (*Contract, []Note) {
	c := &Contract{shapeOf: map[*openapi3.Schema]*shape{}}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			c.operations = append(c.operations, c.operation(doc, path, method, item, operations[method]))
		}
	}
	slices.SortFunc(c.operations, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
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
	if o.id == "" {
		o.id = o.place
		c.note(o.place, "it has no operationId")
	}
	security := op.Security
	if security == nil {
		security = &doc.Security
	}
	o.secured = len(*security) > 0
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		sh := c.shape(p.Value.Schema, finding.Parameter(o.place, p.Value.In, p.Value.Name))
		if sh == nil {
			sh = &shape{nullable: true}
			c.add(sh)
		}
		o.params = append(o.params, param{p.Value, sh})
	}
	if op.RequestBody != nil {
		o.body = op.RequestBody.Value
		for kind, media := range o.body.Content {
			o.bodies[kind] = c.shape(media.Schema, finding.Media(finding.RequestBody(o.place), kind))
		}
	}
	for status, ref := range op.Responses.Map() {
		r := &response{Response: ref.Value, contents: map[string]*shape{}}
		r.noContentType, _ = ref.Value.Extensions["x-no-content-type"].(bool)
		for kind, media := range ref.Value.Content {
			r.contents[kind] = c.shape(media.Schema, finding.Media(finding.Response(o.place, status), kind))
		}
		o.responses[status] = r
	}
	return o
}

// shape returns the shape of ref and makes those of everything inside it; nil for none.
func (c *Contract) shape(ref *openapi3.SchemaRef, loc string) *shape {
	if ref == nil || ref.Value == nil {
		return nil
	}
	root := &child{ref: ref, loc: loc}
	for todo := []*child{root}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if sh, ok := c.shapeOf[next.ref.Value]; ok {
			next.shape = sh
			continue
		}
		sh := c.flatten(next.ref, next.loc, nil)
		c.shapeOf[next.ref.Value], next.shape = sh, sh
		todo = append(todo, c.add(sh)...)
	}
	return root.shape
}

// add numbers a shape and its children, which it returns.
func (c *Contract) add(sh *shape) []*child {
	sh.index, c.shapes = len(c.shapes), append(c.shapes, sh)
	all := sh.children()
	for _, inner := range all {
		inner.index, c.children = len(c.children), append(c.children, inner)
	}
	return all
}

func (s *shape) children() []*child {
	all := slices.Concat(slices.Collect(maps.Values(s.props)), s.oneOf, s.anyOf)
	for _, c := range []*child{s.extra, s.items} {
		if c != nil {
			all = append(all, c)
		}
	}
	return all
}

const schemas = "#/components/schemas/"

// flatten merges a schema with its allOf branches; inside are the schemas that it is a branch of. It does not go into
// properties, so that circles do no harm.
func (c *Contract) flatten(ref *openapi3.SchemaRef, loc string, inside []*openapi3.Schema) *shape {
	if name, ok := strings.CutPrefix(ref.Ref, schemas); ok {
		loc = name
	}
	s := ref.Value
	sh := &shape{
		loc: loc, objectLoc: loc, format: s.Format, enum: s.Enum, required: slices.Clone(s.Required),
		minLength: s.MinLength, maxLength: s.MaxLength, minimum: s.Min, maximum: s.Max, minItems: s.MinItems, maxItems: s.MaxItems,
		props: map[string]*child{},
	}
	if types := s.Type.Slice(); len(types) > 0 {
		sh.typ = types[0]
	}
	if s.Pattern != "" {
		re, err := regexp.Compile(s.Pattern)
		if err != nil {
			c.note(loc, "%v", err)
		}
		sh.pattern = re
	}
	c.unsupported(s, loc)
	for name, p := range s.Properties {
		sh.props[name] = &child{name: name, ref: p, loc: loc + "." + name}
	}
	if has := s.AdditionalProperties; has.Schema != nil {
		sh.open, sh.extra = true, &child{ref: has.Schema, loc: loc + ".*"}
	} else {
		sh.open = has.Has != nil && *has.Has
		sh.closed = has.Has != nil && !*has.Has
	}
	if s.Items != nil {
		sh.items = &child{ref: s.Items, loc: loc + "[]"}
	}
	for i, branch := range s.OneOf {
		sh.oneOf = append(sh.oneOf, &child{ref: branch, loc: loc + "|" + strconv.Itoa(i)})
	}
	for i, branch := range s.AnyOf {
		sh.anyOf = append(sh.anyOf, &child{ref: branch, loc: loc + "|" + strconv.Itoa(i)})
	}
	nullableBranches := len(s.AllOf) > 0
	inside = append(inside, s)
	for _, branch := range s.AllOf {
		if slices.Contains(inside, branch.Value) {
			c.note(loc, "it is an allOf of itself")
			continue
		}
		b := c.flatten(branch, loc, inside)
		if conflicts := sh.merge(b); len(conflicts) > 0 {
			c.note(loc, "allOf branches that both have %s: the first counts", strings.Join(conflicts, ", "))
		}
		nullableBranches = nullableBranches && b.nullable
		if len(s.AllOf) == 1 && ref.Ref == "" && len(s.Properties) == 0 {
			sh.loc = b.loc // it only wraps a reference, as nullable ones have to be
		}
	}
	sh.nullable = s.Nullable || nullableBranches
	if s.Type == nil && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf)+len(s.Enum) == 0 {
		sh.nullable = true // no word about a type: any JSON
	}
	return sh
}

// merge adds what an allOf branch asks for, and returns what both ask for in two ways that would have to hold at once.
func (s *shape) merge(b *shape) (conflicts []string) {
	note := func(conflict bool, what string) {
		if conflict {
			conflicts = append(conflicts, what)
		}
	}
	if s.typ == "" {
		s.typ = b.typ
	}
	note(b.typ != "" && b.typ != s.typ, "a type")
	if len(s.props) == 0 && len(b.props) > 0 {
		s.objectLoc = b.objectLoc
	}
	for _, name := range slices.Sorted(maps.Keys(b.props)) {
		_, both := s.props[name]
		note(both, "property "+name)
		if !both {
			s.props[name] = b.props[name]
		}
	}
	note(one(&s.items, b.items), "items")
	note(one(&s.extra, b.extra), "additionalProperties")
	note(one(&s.pattern, b.pattern), "a pattern")
	note(one(&s.maxLength, b.maxLength), "maxLength")
	note(one(&s.maxItems, b.maxItems), "maxItems")
	note(one(&s.minimum, b.minimum), "minimum")
	note(one(&s.maximum, b.maximum), "maximum")
	note(several(&s.oneOf, b.oneOf), "oneOf")
	note(several(&s.anyOf, b.anyOf), "anyOf")
	note(several(&s.enum, b.enum), "an enum")
	note(s.format != "" && b.format != "", "a format")
	if s.format == "" {
		s.format = b.format
	}
	s.required = append(s.required, b.required...)
	s.open, s.closed = s.open || b.open, s.closed || b.closed
	s.minLength, s.minItems = max(s.minLength, b.minLength), max(s.minItems, b.minItems)
	return conflicts
}

// one takes theirs where mine is not set, and says whether both are.
func one[T any](mine **T, theirs *T) bool {
	if *mine == nil {
		*mine = theirs
		return false
	}
	return theirs != nil
}

func several[T any](mine *[]T, theirs []T) bool {
	if len(*mine) == 0 {
		*mine = theirs
		return false
	}
	return len(theirs) > 0
}

// unsupported notes which keywords of s will not be checked.
func (c *Contract) unsupported(s *openapi3.Schema, loc string) {
	for keyword, used := range map[string]bool{
		"not":                s.Not != nil,
		"uniqueItems":        s.UniqueItems,
		"multipleOf":         s.MultipleOf != nil,
		"minProperties":      s.MinProps != 0,
		"maxProperties":      s.MaxProps != nil,
		"discriminator":      s.Discriminator != nil,
		"exclusiveMinimum":   s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool,
		"exclusiveMaximum":   s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool,
		"several types":      s.Type.IsMultiple(),
		"readOnly":           s.ReadOnly,
		"writeOnly":          s.WriteOnly,
		"format " + s.Format: s.Format != "" && !knownFormat(s.Format),
	} {
		if used {
			c.note(loc, "%s is not supported", keyword)
		}
	}
}

// match finds the operation of a request, and what its path holds for the parameters. A fixed segment beats a parameter.
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
