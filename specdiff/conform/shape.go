package conform

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// schemas are the shapes of a document.
type schemas struct {
	shapes   []*shape
	children []*child
	shapeOf  map[*openapi3.Schema]*shape
	notes    []Note
}

// shape is a schema with its allOf branches merged in.
type shape struct {
	index     int    // in the contract's shapes
	loc       string // its place: "Order", "Order.items[]"; that of the component if it only wraps a reference
	objectLoc string // the place of its properties
	typ       string // "" for any
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
	closed    bool   // has no other properties
	open      bool   // may have other properties …
	extra     *child // … of this schema, if it is not nil
	items     *child
	oneOf     []*child
	anyOf     []*child
}

// child is a schema inside another. Its shape is set when all shapes are known, because schemas refer to each other in
// circles.
type child struct {
	index int    // in the contract's children
	name  string // of a property
	ref   *openapi3.SchemaRef
	loc   string
	shape *shape
}

// shape returns the shape of ref, nil for none, and makes the shapes inside it.
func (c *schemas) shape(ref *openapi3.SchemaRef, loc string) *shape {
	if ref == nil || ref.Value == nil {
		return nil
	}
	root := &child{ref: ref, loc: loc}
	for todo := []*child{root}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		c.beside(next.loc, next.ref)
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

// add numbers a shape and its children. It returns the children.
func (c *schemas) add(sh *shape) []*child {
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

const components = "#/components/schemas/"

// flatten merges a schema with its allOf branches. The schemas that it is a branch of are inside. It leaves properties
// as they are, so it ends even if schemas refer to each other in circles.
func (c *schemas) flatten(ref *openapi3.SchemaRef, loc string, inside []*openapi3.Schema) *shape {
	if name, ok := strings.CutPrefix(ref.Ref, components); ok {
		loc = name
	}
	s := ref.Value
	least, most, ok := document.Range(s)
	if !ok {
		c.note(loc, "exclusive bounds are supported for integers only")
	}
	sh := &shape{
		loc: loc, objectLoc: loc, format: s.Format, enum: s.Enum, required: slices.Clone(s.Required),
		minLength: s.MinLength, maxLength: s.MaxLength, minimum: least, maximum: most, minItems: s.MinItems, maxItems: s.MaxItems,
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
	c.unsupported(ref, loc)
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
	nullableBranches := len(s.AllOf) > 0 && s.Type == nil
	inside = append(inside, s)
	for _, branch := range s.AllOf {
		if slices.Contains(inside, branch.Value) {
			c.note(loc, "it is an allOf of itself")
			continue
		}
		c.beside(loc, branch)
		b := c.flatten(branch, loc, inside)
		if conflicts := sh.merge(b); len(conflicts) > 0 {
			c.note(loc, "allOf branches that both have %s: the first counts", strings.Join(conflicts, ", "))
		}
		nullableBranches = nullableBranches && b.nullable
		if len(s.AllOf) == 1 && len(s.Properties) == 0 {
			sh.loc = b.loc // it only wraps a reference, to make it nullable or to give it another name
		}
	}
	sh.nullable = s.Nullable || nullableBranches
	if s.Type == nil && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf)+len(s.Enum) == 0 {
		sh.nullable = true // without a type, any JSON
	}
	return sh
}

// merge adds the constraints of an allOf branch. It returns those that both have and that would have to hold at once.
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

// one sets mine to theirs if it is not set, and reports whether both are.
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

// unsupported notes the keywords of a schema that are not checked, and those that are unknown or without effect.
func (c *schemas) unsupported(ref *openapi3.SchemaRef, loc string) {
	s := ref.Value
	fields := reflect.ValueOf(s).Elem()
	for i, name := range unchecked {
		value := fields.Field(i)
		if value.IsZero() || value.Kind() == reflect.Struct && isFalse(value) {
			continue
		}
		c.note(loc, "%s is not supported", name)
	}
	if s.MultipleOf != nil && (*s.MultipleOf != 1 || !s.Type.Is("integer")) {
		c.note(loc, "multipleOf is not supported")
	}
	if s.Type.IsMultiple() {
		c.note(loc, "several types are not supported")
	}
	if s.Format != "" && !knownFormat(s.Format) {
		c.note(loc, "format %s is not supported", s.Format)
	}
	c.unknown(loc, s.Extensions)
}

// checked are the keywords that are checked, and those that mean nothing on the wire.
var checked = map[string]bool{
	"oneOf": true, "anyOf": true, "allOf": true, "type": true, "format": true, "enum": true, "nullable": true, "minimum": true, "maximum": true,
	"minLength": true, "maxLength": true, "pattern": true, "multipleOf": true, "exclusiveMinimum": true, "exclusiveMaximum": true,
	"minItems": true, "maxItems": true, "items": true, "required": true, "properties": true,
	"additionalProperties": true, "title": true, "description": true, "default": true, "example": true, "externalDocs": true, "deprecated": true, "xml": true,
}

// unchecked are the other keywords, by the indexes of their fields in a schema of kin-openapi.
var unchecked = func() map[int]string {
	all := map[int]string{}
	fields := reflect.TypeFor[openapi3.Schema]()
	for i := range fields.NumField() {
		if name, _, _ := strings.Cut(fields.Field(i).Tag.Get("json"), ","); name != "-" && !checked[name] {
			all[i] = name
		}
	}
	return all
}()

// isFalse reports whether a keyword that takes a boolean or a number is false.
func isFalse(value reflect.Value) bool {
	for _, f := range value.Fields() {
		if f.Kind() == reflect.Pointer && !f.IsNil() && (f.Elem().Kind() != reflect.Bool || f.Elem().Bool()) {
			return false
		}
	}
	return true
}

// unknown notes the names beside those of OpenAPI, which are misspelled or of another version.
func (c *schemas) unknown(place string, extensions map[string]any) {
	for name := range extensions {
		if !strings.HasPrefix(name, "x-") {
			c.note(place, "%s is no keyword of OpenAPI 3.0 here", name)
		}
	}
}

// isRelation reports whether the value is an object, or a list of objects.
func (s *shape) isRelation() bool {
	return len(s.props) > 0 || s.items != nil && len(s.items.shape.props) > 0
}

func (s *shape) want() string {
	if s.typ == "" {
		return "a value"
	}
	return s.typ
}

// Note names something in a document that is not checked.
type Note struct {
	Place, Text string
}

func (n Note) String() string { return n.Place + ": " + n.Text }

func (c *schemas) note(place, format string, args ...any) {
	c.notes = append(c.notes, Note{place, fmt.Sprintf(format, args...)})
}
