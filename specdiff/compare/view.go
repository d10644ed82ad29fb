package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// view is a schema as it is to be read: its references followed, allOf merged in, and without wrappers that make a
// reference nullable. Its properties and elements are left as they are.
type view struct {
	schema    *openapi3.Schema
	component string // the component that it is or wraps; "" for a schema in place
	typ       string
	format    string
	nullable  bool
	enum      []string
	byDefault any
	bounds    []string
	props     openapi3.Schemas
	required  map[string]bool
	open      openness
	extra     *openapi3.SchemaRef
	items     *openapi3.SchemaRef
	oneOf     openapi3.SchemaRefs
	anyOf     openapi3.SchemaRefs
}

// openness is what a schema says about properties that it does not declare.
type openness string

const (
	unsaid openness = ""
	closed openness = "declared properties only"
	open   openness = "more properties allowed"
)

const schemas = "#/components/schemas/"

// see returns the view of a schema. It ends, because package document refuses schemas that consist of themselves.
func see(ref *openapi3.SchemaRef) view {
	s := ref.Value
	v := view{
		schema: s, component: strings.TrimPrefix(ref.Ref, schemas), typ: strings.Join(s.Type.Slice(), " or "), format: s.Format, nullable: s.Nullable,
		byDefault: s.Default, bounds: bounds(s), props: maps.Clone(s.Properties), required: map[string]bool{},
		extra: s.AdditionalProperties.Schema, items: s.Items, oneOf: s.OneOf, anyOf: s.AnyOf,
	}
	switch has := s.AdditionalProperties.Has; {
	case has != nil && !*has:
		v.open = closed
	case has != nil, v.extra != nil, s.Type.Is("object") && len(s.Properties)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0:
		v.open = open // an object without any word about it is any object
	}
	for _, value := range s.Enum {
		v.enum = append(v.enum, fmt.Sprint(value))
	}
	for _, name := range s.Required {
		v.required[name] = true
	}
	nullable := len(s.AllOf) > 0 && s.Type == nil
	for _, branch := range s.AllOf {
		b := see(branch)
		nullable = nullable && b.nullable
		v = v.with(b)
		if len(s.AllOf) == 1 && len(s.Properties) == 0 {
			v.component = cmp.Or(b.component, v.component)
		}
	}
	v.nullable = v.nullable || nullable
	if v.isAny() {
		v.nullable = true
	}
	slices.Sort(v.enum)
	v.enum = slices.Compact(v.enum)
	return v
}

// isAny reports whether the schema allows any value.
func (v view) isAny() bool {
	return v.typ == "" && len(v.enum)+len(v.oneOf)+len(v.anyOf)+len(v.props) == 0 && v.items == nil && v.open == unsaid
}

// with returns the view of a schema that is v and b at once.
func (v view) with(b view) view {
	v.typ, v.format = cmp.Or(v.typ, b.typ), cmp.Or(v.format, b.format)
	if v.byDefault == nil {
		v.byDefault = b.byDefault
	}
	v.enum, v.bounds = append(v.enum, b.enum...), append(v.bounds, b.bounds...)
	if v.props == nil {
		v.props = openapi3.Schemas{}
	}
	maps.Copy(v.props, b.props)
	maps.Copy(v.required, b.required)
	v.open = cmp.Or(v.open, b.open)
	v.extra, v.items = cmp.Or(v.extra, b.extra), cmp.Or(v.items, b.items)
	v.oneOf, v.anyOf = append(v.oneOf, b.oneOf...), append(v.anyOf, b.anyOf...)
	return v
}

func bounds(s *openapi3.Schema) []string {
	var all []string
	add := func(name string, value any) { all = append(all, fmt.Sprintf("%s %v", name, value)) }
	if s.MinLength > 0 {
		add("minLength", s.MinLength)
	}
	if s.MaxLength != nil {
		add("maxLength", *s.MaxLength)
	}
	least, most, _ := document.Range(s)
	if least != nil {
		add("minimum", *least)
	}
	if most != nil {
		add("maximum", *most)
	}
	if s.MinItems > 0 {
		add("minItems", s.MinItems)
	}
	if s.MaxItems != nil {
		add("maxItems", *s.MaxItems)
	}
	if s.Pattern != "" {
		add("pattern", s.Pattern)
	}
	return all
}

// naming is whether components are called by their names. Those of the contract are not, so that what it says stays the
// same if one is renamed.
type naming bool

const (
	byType naming = false
	byName naming = true
)

// describe returns a schema in a few words, for a cell of a table.
func describe(ref *openapi3.SchemaRef, n naming) string {
	return describer{n, nil}.describe(ref)
}

// describer describes schemas. Those that it is inside of are around, because a legal schema may contain itself.
type describer struct {
	naming naming
	around []*openapi3.Schema
}

// deepest is how many schemas deep a description goes.
const deepest = 4

func (d describer) describe(ref *openapi3.SchemaRef) string {
	if ref == nil {
		return "anything"
	}
	v := see(ref)
	var text string
	switch {
	case v.component != "" && d.naming == byName:
		text = v.component
	case slices.Contains(d.around, ref.Value):
		text = "itself"
	case len(d.around) == deepest:
		text = cmp.Or(v.basic(), "anything")
	default:
		text = describer{d.naming, append(slices.Clone(d.around), ref.Value)}.kind(v)
		if len(v.enum) > 0 {
			text += " of " + list(v.enum)
		} else if v.format != "" {
			text += " " + v.format
		}
	}
	if v.nullable && !v.isAny() {
		text += " or null"
	}
	return text
}

// kind returns the type in a few words, without the name of the component itself.
func (v view) kind(n naming) string { return describer{n, []*openapi3.Schema{v.schema}}.kind(v) }

func (d describer) kind(v view) string {
	switch {
	case len(v.oneOf) > 0:
		return "one of " + d.branches(v.oneOf)
	case len(v.anyOf) > 0:
		return "any of " + d.branches(v.anyOf)
	case v.items != nil && v.typ != "":
		return "array of " + d.describe(v.items)
	case v.isAny():
		return "anything"
	}
	return cmp.Or(v.basic(), "anything")
}

func (d describer) branches(refs openapi3.SchemaRefs) string {
	var names []string
	for _, ref := range refs {
		names = append(names, d.describe(ref))
	}
	slices.Sort(names) // their order means nothing
	return list(names)
}

const mostListed = 12

// list joins names for a cell of a table.
func list(names []string) string {
	if len(names) > mostListed {
		names = append(slices.Clone(names[:mostListed]), fmt.Sprintf("%d more", len(names)-mostListed))
	}
	return strings.Join(names, ", ")
}
