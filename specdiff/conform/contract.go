// Package conform checks HTTP exchanges against an OpenAPI 3.0 document, strictly: what the document does not mention
// is a finding too. It never stops at the first one.
//
// Stricter than OpenAPI itself is this: an object's properties are all of those that are declared, unless the schema
// has additionalProperties; a body without a Content-Type needs the response to say `x-no-content-type: true`; and
// times in answers are UTC with milliseconds. Looser is one thing: `nullable` beside `allOf` allows null, as is the
// usual way to write a nullable reference. And the query parameters `fields` and `expand` choose what the elements of
// an answer's list hold: where `expand` is sent, `required` is not asked of relations there, and where `fields` is sent,
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
)

// Contract is an OpenAPI document, prepared for checking. It is safe for concurrent use.
type Contract struct {
	operations []*operation
	shapes     map[*openapi3.Schema]*shape
	cookieName string // of the security scheme that is a cookie
}

// operation is one of the document's.
type operation struct {
	id        string
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
	loc       string // where it stands: "Order", "Order.items[]"
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
	open      bool   // may have properties that are not declared …
	extra     *child // … of this schema, if not nil
	items     *child
	oneOf     []*child
	anyOf     []*child
}

// child is a schema inside another. Its shape is filled in when all are known: schemas refer to each other in circles.
type child struct {
	ref   *openapi3.SchemaRef
	loc   string
	shape *shape
}

// Load reads an OpenAPI 3.0 document. A document that uses a keyword which this package does not check is an error.
func Load(data []byte) (*Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	c := &Contract{shapes: map[*openapi3.Schema]*shape{}}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for method, op := range item.Operations() {
			o, err := c.operation(doc, path, method, item, op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			c.operations = append(c.operations, o)
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
	return c, nil
}

func (c *Contract) operation(doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*operation, error) {
	if op.OperationID == "" {
		return nil, errors.New("it has no operationId")
	}
	o := &operation{
		id: op.OperationID, method: method, segments: strings.Split(path, "/"),
		bodies: map[string]*shape{}, responses: map[string]*response{},
	}
	security := op.Security
	if security == nil {
		security = &doc.Security
	}
	o.secured = len(*security) > 0
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		sh, err := c.shape(p.Value.Schema, o.id+"?"+p.Value.Name)
		if err != nil {
			return nil, err
		}
		o.params = append(o.params, param{p.Value, sh})
	}
	if op.RequestBody != nil {
		o.body = op.RequestBody.Value
		for kind, media := range o.body.Content {
			sh, err := c.shape(media.Schema, o.id+" body")
			if err != nil {
				return nil, err
			}
			o.bodies[kind] = sh
		}
	}
	for status, ref := range op.Responses.Map() {
		r := &response{Response: ref.Value, contents: map[string]*shape{}}
		r.noContentType, _ = ref.Value.Extensions["x-no-content-type"].(bool)
		for kind, media := range ref.Value.Content {
			sh, err := c.shape(media.Schema, o.id+" "+status)
			if err != nil {
				return nil, err
			}
			r.contents[kind] = sh
		}
		o.responses[status] = r
	}
	return o, nil
}

// shape returns the shape of ref and makes those of everything inside it.
func (c *Contract) shape(ref *openapi3.SchemaRef, loc string) (*shape, error) {
	if ref == nil {
		return nil, nil //nolint:nilnil // no schema: nothing to check
	}
	root := &child{ref: ref, loc: loc}
	for todo := []*child{root}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if sh, ok := c.shapes[next.ref.Value]; ok {
			next.shape = sh
			continue
		}
		sh, err := flatten(next.ref, next.loc)
		if err != nil {
			return nil, err
		}
		c.shapes[next.ref.Value], next.shape = sh, sh
		todo = append(todo, sh.children()...)
	}
	return root.shape, nil
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

// flatten merges a schema with its allOf branches. It does not go into properties, so that circles do no harm.
func flatten(ref *openapi3.SchemaRef, loc string) (*shape, error) {
	if name, ok := strings.CutPrefix(ref.Ref, schemas); ok {
		loc = name
	}
	s := ref.Value
	if err := supported(s); err != nil {
		return nil, fmt.Errorf("%s: %w", loc, err)
	}
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
			return nil, fmt.Errorf("%s: %w", loc, err)
		}
		sh.pattern = re
	}
	for name, p := range s.Properties {
		sh.props[name] = &child{ref: p, loc: loc + "." + name}
	}
	if has := s.AdditionalProperties; has.Schema != nil {
		sh.open, sh.extra = true, &child{ref: has.Schema, loc: loc + ".*"}
	} else {
		sh.open = has.Has != nil && *has.Has
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
	for _, branch := range s.AllOf {
		b, err := flatten(branch, loc)
		if err != nil {
			return nil, err
		}
		if err := sh.merge(b); err != nil {
			return nil, fmt.Errorf("%s: %w", loc, err)
		}
		nullableBranches = nullableBranches && b.nullable
	}
	sh.nullable = s.Nullable || nullableBranches
	if s.Type == nil && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf)+len(s.Enum) == 0 {
		sh.nullable = true // no word about a type: any JSON
	}
	return sh, nil
}

// merge adds what an allOf branch asks for. Where two schemas would have to hold at once, it refuses: none of the
// documents this is for needs that.
func (s *shape) merge(b *shape) error {
	switch {
	case s.typ == "":
		s.typ = b.typ
	case b.typ != "" && b.typ != s.typ:
		return fmt.Errorf("allOf of %s and %s", s.typ, b.typ)
	}
	if len(s.props) == 0 && len(b.props) > 0 {
		s.objectLoc = b.objectLoc
	}
	for name, p := range b.props {
		if _, ok := s.props[name]; ok {
			return fmt.Errorf("allOf declares %s twice", name)
		}
		s.props[name] = p
	}
	if err := errors.Join(
		one(&s.items, b.items, "items"), one(&s.extra, b.extra, "additionalProperties"), one(&s.pattern, b.pattern, "pattern"),
		one(&s.maxLength, b.maxLength, "maxLength"), one(&s.maxItems, b.maxItems, "maxItems"),
		one(&s.minimum, b.minimum, "minimum"), one(&s.maximum, b.maximum, "maximum"),
	); err != nil {
		return err
	}
	if len(s.enum) > 0 && len(b.enum) > 0 || len(s.oneOf) > 0 && len(b.oneOf) > 0 || len(s.anyOf) > 0 && len(b.anyOf) > 0 || s.format != "" && b.format != "" {
		return errors.New("allOf with two enums, formats, oneOfs or anyOfs")
	}
	s.enum, s.oneOf, s.anyOf = append(s.enum, b.enum...), append(s.oneOf, b.oneOf...), append(s.anyOf, b.anyOf...)
	s.format += b.format
	s.required = append(s.required, b.required...)
	s.open = s.open || b.open
	s.minLength, s.minItems = max(s.minLength, b.minLength), max(s.minItems, b.minItems)
	return nil
}

func one[T any](mine **T, theirs *T, name string) error {
	if *mine != nil && theirs != nil {
		return fmt.Errorf("allOf with %s twice", name)
	}
	if *mine == nil {
		*mine = theirs
	}
	return nil
}

// supported says which keyword of s this package would silently not check.
func supported(s *openapi3.Schema) error {
	for keyword, used := range map[string]bool{
		"not":              s.Not != nil,
		"uniqueItems":      s.UniqueItems,
		"multipleOf":       s.MultipleOf != nil,
		"minProperties":    s.MinProps != 0,
		"maxProperties":    s.MaxProps != nil,
		"discriminator":    s.Discriminator != nil,
		"exclusiveMinimum": s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool,
		"exclusiveMaximum": s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool,
		"several types":    s.Type.IsMultiple(),
		"readOnly":         s.ReadOnly,
		"writeOnly":        s.WriteOnly,
	} {
		if used {
			return fmt.Errorf("%s is not supported", keyword)
		}
	}
	return nil
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
