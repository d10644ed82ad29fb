package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Flaw is something that a document says in vain, whatever the backend does.
type Flaw struct {
	finding.Point
	Text string
}

// Flaws returns what is in the schema components of a document: `nullable` beside a reference, which OpenAPI 3.0
// ignores; oneOf or anyOf of a single schema; examples that their own schemas don't take. They are in the order of their
// places.
func Flaws(doc *openapi3.T) []Flaw {
	var f flaws
	if doc.Components == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		f.schema(name, doc.Components.Schemas[name])
	}
	return f
}

type flaws []Flaw

func (f *flaws) add(place string, aspect finding.Aspect, format string, args ...any) {
	*f = append(*f, Flaw{finding.Point{Place: place, Aspect: aspect}, fmt.Sprintf(format, args...)})
}

// schema goes through what is written at a place; what is written elsewhere and referred to has its own.
func (f *flaws) schema(place string, ref *openapi3.SchemaRef) {
	if ref.Ref != "" {
		if NullableBeside(ref) {
			f.add(place, finding.Nullable, "nullable beside $ref is ignored")
		}
		return
	}
	s := ref.Value
	if n := len(s.OneOf) + len(s.AnyOf); n == 1 {
		f.add(place, finding.Branches, "oneOf or anyOf of one schema")
	}
	if s.Example != nil {
		if err := s.VisitJSON(s.Example); err != nil {
			reason, _, _ := strings.Cut(err.Error(), "\n")
			f.add(place, finding.Example, "the example %v: %s", s.Example, reason)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		f.schema(place+"."+name, s.Properties[name])
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		f.schema(place, part)
	}
	if s.Items != nil {
		f.schema(place+"[]", s.Items)
	}
	if s.AdditionalProperties.Schema != nil {
		f.schema(place+".*", s.AdditionalProperties.Schema)
	}
}

// NullableBeside says whether ref is a reference with `nullable: true` beside it, which OpenAPI 3.0 ignores.
func NullableBeside(ref *openapi3.SchemaRef) bool {
	if ref.Ref == "" {
		return false
	}
	data, err := json.Marshal(ref) // keeps what stands beside $ref
	var beside struct {
		Nullable bool `json:"nullable"`
	}
	return err == nil && json.Unmarshal(data, &beside) == nil && beside.Nullable
}
