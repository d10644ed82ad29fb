package document

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Flaw is something that a document says without effect.
type Flaw struct {
	finding.Point
	Text string
}

// Flaws returns the flaws of a document's operations and schema components, sorted by id: `nullable` beside a
// reference, which OpenAPI 3.0 ignores; operationIds that are the same or become the same in Go; oneOf or anyOf of a single schema; oneOf of objects that require nothing, so
// that a value fits all of them and oneOf refuses it; examples that do not fit their schemas.
func Flaws(doc *openapi3.T) []Flaw {
	var f flaws
	f.names(doc)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			f.operation(finding.Operation(method, path), item, op)
			f.security(finding.Operation(method, path), doc, op)
		}
	}
	if doc.Components != nil {
		for name, ref := range doc.Components.Schemas {
			f.schema(name, ref)
		}
	}
	slices.SortStableFunc(f, func(a, b Flaw) int { return strings.Compare(a.ID(), b.ID()) })
	return f
}

type flaws []Flaw

func (f *flaws) add(place string, aspect finding.Aspect, format string, args ...any) {
	*f = append(*f, Flaw{finding.Point{Place: place, Aspect: aspect}, fmt.Sprintf(format, args...)})
}

func (f *flaws) operation(place string, item *openapi3.PathItem, op *openapi3.Operation) {
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		f.schema(finding.Parameter(place, p.Value.In, p.Value.Name), p.Value.Schema)
	}
	if op.RequestBody != nil {
		f.content(finding.RequestBody(place), op.RequestBody.Value.Content)
	}
	for status, r := range op.Responses.Map() {
		f.content(finding.Response(place, status), r.Value.Content)
	}
}

// names adds the operations whose operationIds are the same, or become the same in code, so that no code can be made.
func (f *flaws) names(doc *openapi3.T) {
	places := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID != "" {
				places[inCode(op.OperationID)] = append(places[inCode(op.OperationID)], finding.Operation(method, path))
			}
		}
	}
	for name, all := range places {
		slices.Sort(all)
		for _, place := range all {
			others := slices.DeleteFunc(slices.Clone(all), func(other string) bool { return other == place })
			if len(others) > 0 {
				f.add(place, finding.OperationID, "%s in code, which is the operationId of %s too", name, strings.Join(others, ", "))
			}
		}
	}
}

var separators = regexp.MustCompile(`[^A-Za-z0-9]+`)

// inCode returns an operationId as the name of a Go method.
func inCode(id string) string {
	var b strings.Builder
	for _, word := range separators.Split(id, -1) {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// security adds the security schemes that are not declared.
func (f *flaws) security(place string, doc *openapi3.T, op *openapi3.Operation) {
	security := op.Security
	if security == nil {
		security = &doc.Security
	}
	for _, requirement := range *security {
		for name := range requirement {
			if doc.Components == nil || doc.Components.SecuritySchemes[name] == nil {
				f.add(place, finding.Security, "the scheme %s is not declared", name)
			}
		}
	}
}

func (f *flaws) content(place string, content openapi3.Content) {
	for kind, media := range content {
		if media.Schema != nil {
			f.schema(finding.Media(place, kind), media.Schema)
		}
	}
}

// schema adds the flaws of a schema in place. A component has its own.
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
	if len(s.OneOf) > 1 && !slices.ContainsFunc(s.OneOf, distinct) {
		f.add(place, finding.Branches, "oneOf of schemas that require nothing: what fits one fits all, and is taken by none")
	}
	if s.Example != nil {
		if err := s.VisitJSON(s.Example); err != nil {
			reason, _, _ := strings.Cut(err.Error(), "\n")
			f.add(place, finding.Example, "the example %v: %s", s.Example, reason)
		}
	}
	for name, property := range s.Properties {
		f.schema(place+"."+name, property)
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

// distinct reports whether some objects do not fit the schema.
func distinct(ref *openapi3.SchemaRef) bool {
	s := ref.Value
	closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
	return !s.Type.Is("object") || len(s.Required)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) > 0 || closed
}

// NullableBeside reports whether ref is a reference with `nullable: true` beside it, which OpenAPI 3.0 ignores.
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
