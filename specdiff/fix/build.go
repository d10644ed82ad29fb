package fix

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/infer"
	"github.com/medusa-storefront/customers-go/specdiff/internal/jsontype"
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

// publishedSchema returns the schema of the published document at the place, also of a parameter; nil for none.
func (c *change) publishedSchema() *yaml.Node {
	theirs := c.published()
	if inner := locate.Look(theirs, "schema"); inner != nil {
		return c.s.Published.Follow(inner)
	}
	return theirs
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
func (c *change) build(name string) (*yaml.Node, error) {
	values, theirs := c.values(), c.published()
	if theirs != nil {
		theirs = c.convert(theirs, c.s.Published)
	}
	doc := c.Doc()
	for _, own := range c.usual(name) {
		if c.fit(own, values) && (theirs == nil || alike(doc, own, theirs)) {
			return nullIf(own, values), nil
		}
	}
	switch {
	case theirs != nil && len(values) > 0 && referred(theirs) != nil:
		return c.refer(theirs, values)
	case theirs != nil && fits(doc, theirs, values):
		return nullIf(theirs, values), nil
	case len(values) == 0 && theirs == nil:
		return nil, forAPerson("what is in it was not seen")
	case len(values) == 0:
		return theirs, nil
	}
	return infer.Schema(values), nil
}

// referred returns the reference of a schema to a component with properties, or that of its elements; nil for none.
func referred(schema *yaml.Node) *yaml.Node {
	if items := locate.Look(schema, "items"); items != nil {
		return referred(items)
	}
	if branches := locate.Look(schema, "allOf"); branches != nil && len(branches.Content) == 1 {
		schema = branches.Content[0]
	}
	return locate.Look(schema, "$ref")
}

// refer returns a schema with the reference of the published document, or with the one to the only component that what
// was seen fits.
func (c *change) refer(theirs *yaml.Node, values []any) (*yaml.Node, error) {
	ref := referred(theirs)
	if c.fit(theirs, values) && (empty(values) || locate.Look(c.Doc().Follow(mapping("$ref", ref)), "properties") == nil) {
		return nullIf(theirs, values), nil
	}
	original, fitting := ref.Value, []string(nil)
	schemas := locate.Look(c.Doc().Root, "components", "schemas")
	for _, name := range locate.Keys(schemas) {
		ref.Value = components + name
		if locate.Look(schemas, name, "properties") != nil && c.fit(theirs, values) {
			fitting = append(fitting, name)
		}
	}
	ref.Value = original
	switch {
	case empty(values):
		return nil, forAPerson("what is in it was not seen")
	case len(fitting) != 1:
		return nil, forAPerson("which component it is takes a person, since what was seen fits %d of them: %s", len(fitting), strings.Join(fitting, ", "))
	}
	ref.Value = components + fitting[0]
	return nullIf(theirs, values), nil
}

// empty reports whether nothing is in values that a component could fit.
func empty(values []any) bool {
	return !slices.ContainsFunc(values, func(v any) bool {
		switch v := v.(type) {
		case nil:
			return false
		case []any:
			return !empty(v)
		}
		return true
	})
}

// alike reports whether schemas have the same type and values. One that is any JSON is like all.
func alike(doc *locate.Document, a, b *yaml.Node) bool {
	x, y := typeOf(doc, a), typeOf(doc, b)
	return x == "" || x == y && slices.Equal(enumOf(doc, a), enumOf(doc, b))
}

// enumOf returns the values of an enumeration, sorted; nil for none.
func enumOf(doc *locate.Document, schema *yaml.Node) []string {
	var values []string
	if enum := keyword(doc, schema, "enum"); enum != nil {
		for _, n := range enum.Content {
			values = append(values, n.Value)
		}
	}
	slices.Sort(values)
	return values
}

// fit reports whether values have the type of a schema and its values; and, if they are objects, its properties, which
// they fit in turn, and no others.
func (c *change) fit(schema *yaml.Node, values []any) bool {
	doc := c.Doc()
	if !fits(doc, schema, values) {
		return false
	}
	enum, properties, required := enumOf(doc, schema), keyword(doc, schema, "properties"), keyword(doc, schema, "required")
	for _, v := range values {
		switch v := v.(type) {
		case string:
			if len(enum) > 0 && !slices.Contains(enum, v) {
				return false
			}
		case []any:
			if items := keyword(doc, schema, "items"); items != nil && !c.fit(items, v) {
				return false
			}
		case map[string]any:
			if properties == nil {
				continue
			}
			for name, inner := range v {
				own := locate.Look(properties, name)
				if own == nil || inner == nil && !nullAllowed(doc, own) || inner != nil && !c.fit(own, []any{inner}) {
					return false
				}
			}
			for i := 0; required != nil && i < len(required.Content); i++ {
				name := required.Content[i]
				if _, ok := v[name.Value]; !ok {
					return false
				}
			}
		}
	}
	return true
}

// nullAllowed reports whether a schema allows null.
func nullAllowed(doc *locate.Document, schema *yaml.Node) bool {
	n := keyword(doc, schema, "nullable")
	return n != nil && n.Value == "true" || typeOf(doc, schema) == ""
}

// texts are the keywords that mean nothing on the wire.
var texts = []string{"description", "example", "title", "deprecated", "default"}

// usual returns the schemas of the properties of a name in the contract, without what is said about each, the most
// frequent one first.
func (c *change) usual(name string) []*yaml.Node {
	counts, nodes := map[string]int{}, map[string]*yaml.Node{}
	sent := c.sent()
	inRequest := sent[c.f.Component()] || strings.HasPrefix(c.f.Place, c.f.Point.Operation()+" body")
	schemas := locate.Look(c.Doc().Root, "components", "schemas")
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
	for _, component := range locate.Keys(schemas) {
		if sent[component] == inRequest {
			visit(locate.Look(schemas, component))
		}
	}
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

// sent returns the components that are sent in requests.
func (c *change) sent() map[string]bool {
	all := map[string]bool{}
	var visit func(n *yaml.Node, in bool)
	visit = func(n *yaml.Node, in bool) {
		if ref := refOf(n); in && strings.HasPrefix(ref, components) && !all[ref[len(components):]] {
			all[ref[len(components):]] = true
			visit(c.Doc().Follow(n), true)
		}
		for i, child := range n.Content {
			isBody := n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "requestBody"
			visit(child, in || isBody)
		}
	}
	if paths := locate.Look(c.Doc().Root, "paths"); paths != nil {
		visit(paths, false)
	}
	return all
}

// kept are the keywords of the published document's schemas that are taken over.
var kept = []string{"type", "format", "nullable", "enum", "minimum", "maximum", "minLength", "maxLength", "additionalProperties"}

// convert returns a schema of the published document as the contract writes such schemas: with references to components
// that the contract has too, and without descriptions.
func (c *change) convert(theirs *yaml.Node, doc *locate.Document) *yaml.Node {
	return c.converted(theirs, doc, nil)
}

// converted converts a schema that is inside the components around, in which schemas that contain themselves end.
func (c *change) converted(theirs *yaml.Node, doc *locate.Document, around []string) *yaml.Node {
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
		case slices.Contains(around, name):
			return mapping()
		case locate.Look(c.Doc().Root, "components", "schemas", name) == nil:
			inner := only(doc.Follow(mapping("$ref", ref)), func(k string) bool { return slices.Contains(kept, k) || k == "items" })
			return c.converted(inner, doc, append(slices.Clone(around), name))
		case null:
			return mapping("nullable", boolean(true), "allOf", listOf(mapping("$ref", text(ref.Value))))
		}
		return mapping("$ref", text(ref.Value))
	}
	if component := c.enumeration(enumOf(doc, theirs)); component != "" {
		ref := mapping("$ref", text(components+component))
		if null {
			return mapping("nullable", boolean(true), "allOf", listOf(ref))
		}
		return ref
	}
	for _, keyword := range kept {
		if value := locate.Look(theirs, keyword); value != nil && (value.Kind != yaml.MappingNode || len(value.Content) == 0) {
			out = with(out, keyword, restyled(value))
		}
	}
	if items := locate.Look(theirs, "items"); items != nil {
		out = with(out, "items", c.converted(items, doc, around))
	}
	return out
}

// enumeration returns the component of the contract with these values; "" for none.
func (c *change) enumeration(values []string) string {
	schemas := locate.Look(c.Doc().Root, "components", "schemas")
	for _, name := range locate.Keys(schemas) {
		if own := locate.Look(schemas, name, "enum"); len(values) > 0 && own != nil && slices.Equal(enumOf(c.Doc(), locate.Look(schemas, name)), values) {
			return name
		}
	}
	return ""
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
	if typ := keyword(doc, schema, "type"); typ != nil {
		return typ.Value
	}
	return ""
}

// keyword returns a keyword of a schema, through references and the first branch of an allOf; nil for none.
func keyword(doc *locate.Document, schema *yaml.Node, name string) *yaml.Node {
	const most = 10
	for range most {
		schema = doc.Follow(schema)
		if value := locate.Look(schema, name); value != nil {
			return value
		}
		branches := locate.Look(schema, "allOf")
		if branches == nil || len(branches.Content) == 0 {
			break
		}
		schema = branches.Content[0]
	}
	return nil
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
	kinds := map[string]bool{}
	for _, v := range values {
		if v != nil {
			kinds[jsontype.Of(v)] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
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
		return mapping("nullable", boolean(true), "allOf", listOf(mapping("$ref", text(ref.Value))))
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
