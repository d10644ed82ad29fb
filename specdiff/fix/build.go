package fix

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/infer"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// published returns what the published document has at the place; nil for none.
func (c *change) published() *yaml.Node {
	if c.s.Published == nil {
		return nil
	}
	for _, place := range append(slices.Clone(c.f.Elsewhere), c.f.Place) {
		if at, rest := c.s.Published.Find(place); rest == "" {
			return at.Node
		}
	}
	return nil
}

// values returns what was seen where the place is contradicted.
func (c *change) values() []any {
	if c.s.Shown == nil {
		return nil
	}
	return c.s.Shown.Values(c.f.Point)
}

// build returns a schema for a property of this name: as other properties of this name in the contract are, or as the
// published document has it, or as what was seen suggests. What was seen has to fit.
func (c *change) build(name string) *yaml.Node {
	values, theirs := c.values(), c.published()
	if theirs != nil {
		theirs = c.convert(theirs, c.s.Published)
	}
	for _, own := range c.usual(name) {
		if fits(c.Doc(), own, values) && (theirs == nil || typeOf(c.Doc(), own) == typeOf(c.Doc(), theirs) || typeOf(c.Doc(), own) == "") {
			return nullIf(own, values)
		}
	}
	if theirs != nil && fits(c.Doc(), theirs, values) {
		return nullIf(theirs, values)
	}
	if len(values) == 0 {
		return theirs
	}
	return infer.Schema(values)
}

// texts are the keywords that mean nothing on the wire.
var texts = []string{"description", "example", "title", "deprecated", "default"}

// usual returns the schemas of the properties of a name in the contract, without what is said about each, the most
// frequent one first.
func (c *change) usual(name string) []*yaml.Node {
	counts, nodes := map[string]int{}, map[string]*yaml.Node{}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if own := locate.Look(n, "properties", name); own != nil && own.Kind == yaml.MappingNode {
			own = only(own, func(keyword string) bool { return !slices.Contains(texts, keyword) && keyword != "x-go-name" })
			key := c.YAML("", own)
			counts[key]++
			nodes[key] = own
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(c.Doc().Root)
	var keys []string
	for key, n := range counts {
		if n > 1 {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	var all []*yaml.Node
	for _, key := range keys {
		all = append(all, nodes[key])
	}
	return all
}

// kept are the keywords of the published document's schemas that are taken over.
var kept = []string{"type", "format", "nullable", "enum", "minimum", "maximum", "minLength", "maxLength", "additionalProperties"}

// convert returns a schema of the published document as the contract writes such schemas: with references to components
// that the contract has too, and without descriptions.
func (c *change) convert(theirs *yaml.Node, doc *locate.Document) *yaml.Node {
	out, null := mapping(), false
	ref := locate.Look(theirs, "$ref")
	if branches := locate.Look(theirs, "allOf"); ref == nil && branches != nil && len(branches.Content) == 1 {
		ref = locate.Look(branches.Content[0], "$ref")
	}
	if n := locate.Look(theirs, "nullable"); n != nil {
		null = n.Value == "true"
	}
	if ref != nil {
		name := strings.TrimPrefix(ref.Value, components)
		switch {
		case locate.Look(c.Doc().Root, "components", "schemas", name) == nil:
			return c.convert(only(doc.Follow(mapping("$ref", ref)), func(k string) bool { return slices.Contains(kept, k) || k == "items" }), doc)
		case null:
			return mapping("nullable", boolean(true), "allOf", listOf(inBraces(mapping("$ref", text(ref.Value)))))
		}
		return inBraces(mapping("$ref", text(ref.Value)))
	}
	for _, keyword := range kept {
		if value := locate.Look(theirs, keyword); value != nil && (value.Kind != yaml.MappingNode || len(value.Content) == 0) {
			out = with(out, keyword, restyled(value))
		}
	}
	if items := locate.Look(theirs, "items"); items != nil {
		out = with(out, "items", c.convert(items, doc))
	}
	return out
}

const components = "#/components/schemas/"

// listOf returns a list in lines.
func listOf(elements ...*yaml.Node) *yaml.Node {
	n := list(elements...)
	n.Style = 0
	return n
}

// restyled returns a node of a JSON text without the style of JSON.
func restyled(n *yaml.Node) *yaml.Node {
	c := *n
	c.Style, c.Content = 0, nil
	if n.Kind == yaml.SequenceNode {
		c.Style = yaml.FlowStyle
	}
	for _, child := range n.Content {
		c.Content = append(c.Content, restyled(child))
	}
	return &c
}

// typeOf returns the type of a schema, through references; "" for any.
func typeOf(doc *locate.Document, schema *yaml.Node) string {
	const most = 10
	for range most {
		schema = doc.Follow(schema)
		if typ := locate.Look(schema, "type"); typ != nil {
			return typ.Value
		}
		branches := locate.Look(schema, "allOf")
		if branches == nil || len(branches.Content) == 0 {
			break
		}
		schema = branches.Content[0]
	}
	return ""
}

// fits reports whether values have the type of a schema.
func fits(doc *locate.Document, schema *yaml.Node, values []any) bool {
	typ := typeOf(doc, schema)
	for _, kind := range kindsOf(values) {
		if typ != "" && kind != typ && (typ != "number" || kind != "integer") {
			return false
		}
	}
	return true
}

// kindsOf returns the types of values other than null, each once.
func kindsOf(values []any) []string {
	var kinds []string
	for _, v := range values {
		kind := "object"
		switch v := v.(type) {
		case nil:
			continue
		case bool:
			kind = "boolean"
		case string:
			kind = "string"
		case []any:
			kind = "array"
		case json.Number:
			kind = "number"
			if schema := locate.Look(infer.Schema([]any{v}), "type"); schema != nil {
				kind = schema.Value
			}
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// nullIf returns a schema that allows null if null is among the values.
func nullIf(schema *yaml.Node, values []any) *yaml.Node {
	if !slices.Contains(values, nil) {
		return schema
	}
	return nullable(schema)
}

// nullable returns a schema that allows null too.
func nullable(schema *yaml.Node) *yaml.Node {
	if ref := locate.Look(schema, "$ref"); ref != nil {
		return mapping("nullable", boolean(true), "allOf", listOf(inBraces(mapping("$ref", text(ref.Value)))))
	}
	if key, _ := locate.Get(schema, "nullable"); key != nil {
		return with(schema, "nullable", boolean(true))
	}
	out := mapping()
	done := false
	for i := 0; i+1 < len(schema.Content); i += 2 {
		if name := schema.Content[i].Value; !done && name != "type" && name != "format" {
			out.Content = append(out.Content, text("nullable"), boolean(true))
			done = true
		}
		out.Content = append(out.Content, schema.Content[i], schema.Content[i+1])
	}
	if !done {
		out = with(out, "nullable", boolean(true))
	}
	out.Style = schema.Style
	return out
}
