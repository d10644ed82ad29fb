package document

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Limit returns the document with the paths for which keep returns true and the schema components that they use.
func Limit(doc *openapi3.T, keep func(path string) bool) *openapi3.T {
	limited := *doc
	limited.Paths = openapi3.NewPaths()
	used := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		if !keep(path) {
			continue
		}
		limited.Paths.Set(path, item)
		for _, op := range item.Operations() {
			maps.Copy(used, Schemas(item, op))
		}
	}
	if doc.Components != nil {
		components := *doc.Components
		components.Schemas = maps.Clone(components.Schemas)
		maps.DeleteFunc(components.Schemas, func(name string, _ *openapi3.SchemaRef) bool { return !used[name] })
		limited.Components = &components
	}
	return &limited
}

// Schemas returns the names of the schema components that an operation uses, directly or through others.
func Schemas(item *openapi3.PathItem, op *openapi3.Operation) map[string]bool {
	todo := schemasOf(item, op)
	names, done := map[string]bool{}, map[*openapi3.Schema]bool{}
	for len(todo) > 0 {
		ref := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if ref == nil {
			continue
		}
		if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
			names[name] = true
		}
		if s := ref.Value; !done[s] {
			done[s] = true
			todo = append(append(append(append(todo, s.AllOf...), s.OneOf...), s.AnyOf...), s.Items, s.AdditionalProperties.Schema)
			todo = slices.AppendSeq(todo, maps.Values(s.Properties))
		}
	}
	return names
}

func schemasOf(item *openapi3.PathItem, op *openapi3.Operation) []*openapi3.SchemaRef {
	var all []*openapi3.SchemaRef
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		all = append(all, p.Value.Schema)
	}
	var contents []openapi3.Content
	if op.RequestBody != nil {
		contents = append(contents, op.RequestBody.Value.Content)
	}
	for _, r := range op.Responses.Map() {
		contents = append(contents, r.Value.Content)
	}
	for _, content := range contents {
		for _, media := range content {
			all = append(all, media.Schema)
		}
	}
	return all
}
