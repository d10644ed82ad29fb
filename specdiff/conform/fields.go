package conform

import (
	"maps"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Operation is what a document says about an operation's requests, and about its responses in short.
type Operation struct {
	ID      string
	Place   string // "GET /store/auth"
	Method  string
	Path    string
	Secured bool
	Body    bool // it takes one
	Fields  []Field
}

// Field is a parameter, or a property somewhere in a request body.
type Field struct {
	In       string   // "path", "query" or "body"
	Path     []string // the parameter's name without brackets, or the property's name and those of the objects around it
	Place    string
	Required bool
	Schema   Schema
}

// Schema is what a document says about the values of an input.
type Schema struct {
	Type      string // "" is any, or one of several branches
	Format    string
	Enum      []any
	Minimum   *float64
	Maximum   *float64
	MinLength uint64
	MaxLength *uint64
	Keys      []string // an object's properties
	Elements  *Schema  // an array's, nil if the document says nothing about them
}

// maxDepth is how deep inside a request body inputs are looked for.
const maxDepth = 3

// Operations returns the document's operations in the order of their ids.
func (c *Contract) Operations() []Operation {
	all := make([]Operation, 0, len(c.operations))
	for _, o := range c.operations {
		op := Operation{ID: o.id, Place: o.place, Method: o.method, Path: strings.Join(o.segments, "/"), Secured: o.secured, Body: o.body != nil}
		for _, p := range o.params {
			name := strings.TrimSuffix(p.Name, "[]")
			op.Fields = append(op.Fields, Field{p.In, []string{name}, o.paramPlace(p), p.Required, p.shape.schema()})
		}
		if sh := o.bodies["application/json"]; sh != nil {
			op.Fields = sh.inputs(op.Fields, nil)
		}
		all = append(all, op)
	}
	return all
}

// inputs adds the properties of an object, or of the branches of one.
func (s *shape) inputs(all []Field, around []string) []Field {
	if len(around) == maxDepth {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(s.props)) {
		p := s.props[name]
		path := append(slices.Clone(around), name)
		all = append(all, Field{"body", path, p.loc, slices.Contains(s.required, name), p.shape.schema()})
		all = p.shape.inputs(all, path)
	}
	for _, branch := range slices.Concat(s.oneOf, s.anyOf) {
		all = branch.shape.inputs(all, around)
	}
	return all
}

func (s *shape) schema() Schema {
	out := Schema{
		Type: s.typ, Format: s.format, Enum: s.enum, Minimum: s.minimum, Maximum: s.maximum, MinLength: s.minLength, MaxLength: s.maxLength,
		Keys: slices.Sorted(maps.Keys(s.props)),
	}
	if s.items != nil {
		in := s.items.shape // no further: a list of itself would have no end
		out.Elements = &Schema{Type: in.typ, Format: in.format, Enum: in.enum}
	}
	return out
}

// FieldPlace returns the places of one of an operation's fields and of its schema, which is another if it is a component.
// Where the document has no such field they are those of the closest one around it, and has is false.
func (c *Contract) FieldPlace(place, in string, path []string) (field, schema string, has bool) {
	i := slices.IndexFunc(c.operations, func(o *operation) bool { return o.place == place })
	if i < 0 {
		return place, place, false
	}
	o := c.operations[i]
	if in != "body" {
		field = finding.Parameter(place, in, path[0])
		for _, p := range o.params {
			if o.paramPlace(p) == field {
				return field, p.shape.loc, true
			}
		}
		return field, field, false
	}
	field = finding.RequestBody(place)
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

// Way is how the values of a parameter are written.
type Way string

// The ways to write several values, of a parameter p: p=a,b and so on.
const (
	Comma        Way = "comma"             // p=a,b
	Repeated     Way = "repeated"          // p=a&p=b
	Brackets     Way = "brackets"          // p[]=a&p[]=b
	BracketComma Way = "comma in brackets" // p[]=a,b
	Pipes        Way = "pipes"             // p=a|b
	Spaces       Way = "spaces"            // p=a b
	DeepObject   Way = "deep object"       // p[a]=1&p[b]=2
	BareNames    Way = "bare names"        // a=1&b=2
	Pairs        Way = "pairs"             // p=a,1,b,2
)

// Written returns how the document wants the values of an operation's query parameter to be written; "" for a parameter
// that it does not have, or that has one value.
func (c *Contract) Written(place, name string) Way {
	for _, o := range c.operations {
		for _, p := range o.params {
			if o.place == place && p.In == "query" && strings.TrimSuffix(p.Name, "[]") == name {
				return p.written()
			}
		}
	}
	return ""
}

func (p param) written() Way {
	style, exploded := p.styled()
	brackets := strings.HasSuffix(p.Name, "[]")
	switch {
	case style == "deepObject":
		return DeepObject
	case p.isObject() && exploded:
		return BareNames
	case p.isObject():
		return Pairs
	case p.shape.typ != "array":
		return ""
	case brackets && exploded:
		return Brackets
	case brackets && style == "form":
		return BracketComma
	case exploded:
		return Repeated
	}
	return map[string]Way{"form": Comma, "pipeDelimited": Pipes, "spaceDelimited": Spaces}[style]
}

// property finds a property in an object or in the branches of one.
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

// Relation is a property that holds objects, in a document's responses.
type Relation struct {
	Name string
	To   *Node
}

// Node is an object of a document's responses.
type Node struct{ shape *shape }

// Place is where the object stands in the document.
func (n *Node) Place() string { return n.shape.objectLoc }

// Relations returns the object's properties that hold objects, in the order of their names.
func (n *Node) Relations() []Relation {
	var all []Relation
	for _, name := range slices.Sorted(maps.Keys(n.shape.props)) {
		to := n.shape.props[name].shape
		if to.isRelation() {
			if to.items != nil {
				to = to.items.shape
			}
			all = append(all, Relation{name, &Node{to}})
		}
	}
	return all
}

// Columns returns the names of the object's other properties.
func (n *Node) Columns() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(n.shape.props)) {
		if !n.shape.props[name].shape.isRelation() {
			all = append(all, name)
		}
	}
	return all
}

// Response returns the object that an operation returns with a status, in JSON; nil if the document has none.
func (c *Contract) Response(place, status string) *Node {
	for _, o := range c.operations {
		if r := o.responses[status]; o.place == place && r != nil && r.contents["application/json"] != nil {
			return &Node{r.contents["application/json"]}
		}
	}
	return nil
}

// Declares says whether the document has a response, given as its place, with a header.
func (c *Contract) Declares(response, header string) bool {
	for _, o := range c.operations {
		for status, r := range o.responses {
			if finding.Response(o.place, status) != response {
				continue
			}
			for name := range r.Headers {
				if strings.EqualFold(name, header) {
					return true
				}
			}
		}
	}
	return false
}
