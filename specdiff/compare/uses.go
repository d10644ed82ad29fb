package compare

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// usesOf returns for each schema component the operations that it can come with.
func usesOf(doc *openapi3.T) map[string][]string {
	uses := map[string][]string{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		for method, op := range doc.Paths.Value(path).Operations() {
			s := side{doc, path, op}
			for component := range s.components() {
				uses[component] = append(uses[component], finding.Operation(method, path))
			}
		}
	}
	for _, operations := range uses {
		slices.Sort(operations)
	}
	return uses
}

// components returns the schema components that an operation refers to, directly or by others.
func (s side) components() map[string]bool {
	var todo []*openapi3.SchemaRef
	for _, p := range s.parameters(s.path) {
		todo = append(todo, p.Schema)
	}
	contents := []openapi3.Content{}
	if s.RequestBody != nil {
		contents = append(contents, s.RequestBody.Value.Content)
	}
	for _, r := range s.Responses.Map() {
		contents = append(contents, r.Value.Content)
	}
	for _, content := range contents {
		for _, media := range content {
			todo = append(todo, media.Schema)
		}
	}
	names, done := map[string]bool{}, map[*openapi3.Schema]bool{}
	for len(todo) > 0 {
		ref := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if ref == nil {
			continue
		}
		if ref.Ref != "" {
			names[see(ref).component] = true
		}
		if done[ref.Value] {
			continue
		}
		done[ref.Value] = true
		schema := ref.Value
		todo = slices.Concat(todo, schema.AllOf, schema.OneOf, schema.AnyOf, openapi3.SchemaRefs{schema.Items, schema.AdditionalProperties.Schema})
		todo = slices.AppendSeq(todo, maps.Values(schema.Properties))
	}
	return names
}
