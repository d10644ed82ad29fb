package conform

import (
	"maps"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Field is a parameter, or a property at any depth of a request body.
type Field struct {
	In     string   // "path", "query" or "body"
	Path   []string // a parameter's name without brackets, or a property's name after those of the objects around it
	Schema Schema
}

// Schema is what a document says about the values of a field.
type Schema struct {
	Type      string // "" for any type, or for branches
	Format    string
	Enum      []any
	MinLength uint64
	MaxLength *uint64
	Keys      []string // the properties of an object
	Elements  *Schema  // the elements of an array; nil if they are not declared
}

// maxDepth is how deep in a request body Fields looks.
const maxDepth = 3

// Fields returns the fields of the operation at a place.
func (c *Contract) Fields(place string) []Field {
	var all []Field
	if o := c.at(place); o != nil {
		for _, p := range o.params {
			all = append(all, Field{p.In, []string{strings.TrimSuffix(p.Name, "[]")}, p.shape.schema()})
		}
		if sh := o.bodies["application/json"]; sh != nil {
			all = sh.inputs(all, nil)
		}
	}
	return all
}

// inputs adds the properties of an object, or of its branches.
func (s *shape) inputs(all []Field, around []string) []Field {
	if len(around) == maxDepth {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(s.props)) {
		p := s.props[name]
		path := append(slices.Clone(around), name)
		all = append(all, Field{"body", path, p.shape.schema()})
		all = p.shape.inputs(all, path)
	}
	for _, branch := range slices.Concat(s.oneOf, s.anyOf) {
		all = branch.shape.inputs(all, around)
	}
	return all
}

func (s *shape) schema() Schema {
	out := Schema{
		Type: s.typ, Format: s.format, Enum: s.enum, MinLength: s.minLength, MaxLength: s.maxLength,
		Keys: slices.Sorted(maps.Keys(s.props)),
	}
	if s.items != nil {
		in := s.items.shape // and no deeper, since a list may contain itself
		out.Elements = &Schema{Type: in.typ, Format: in.format, Enum: in.enum}
	}
	return out
}

// FieldPlace returns the place of a field of an operation and the place of its schema, which differ if the schema is a
// component. If the document has no such field, has is false and the places are those of the closest field around it.
func (c *Contract) FieldPlace(place, in string, path []string) (field, schema string, has bool) {
	o := c.at(place)
	if o == nil {
		return place, place, false
	}
	if in != "body" {
		place = o.place
		field = finding.Parameter(place, in, path[0])
		for _, p := range o.params {
			if o.paramPlace(p) == field {
				return field, p.shape.loc, true
			}
		}
		return field, field, false
	}
	field = finding.RequestBody(o.place)
	sh := o.bodies["application/json"]
	if sh == nil {
		return field, field, false
	}
	for _, name := range path {
		p := sh.property(name)
		if p == nil {
			return field, sh.loc, false
		}
		field, sh = p.loc, p.shape
	}
	return field, sh.loc, true
}

// property returns a property of an object, or of one of its branches.
func (s *shape) property(name string) *child {
	if p := s.props[name]; p != nil {
		return p
	}
	for _, branch := range slices.Concat(s.oneOf, s.anyOf) {
		if p := branch.shape.property(name); p != nil {
			return p
		}
	}
	return nil
}
