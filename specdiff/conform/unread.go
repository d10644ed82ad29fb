package conform

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// reference is a reference of any kind, or what stands in place of one.
type reference interface {
	RefString() string
	MarshalYAML() (any, error)
}

// beside notes what stands beside a reference, where OpenAPI 3.0 ignores it. That of nullable is a flaw of its own.
func (c *schemas) beside(place string, ref reference) {
	if ref.RefString() == "" {
		return
	}
	all, err := ref.MarshalYAML()
	names, ok := all.(map[string]any)
	if err != nil || !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains([]string{"$ref", "nullable", "description", "summary", "title", "example", "deprecated"}, name) && !strings.HasPrefix(name, "x-") {
			c.note(place, "%s beside $ref is ignored", name)
		}
	}
}

// besides notes what of the document is not about operations and not read.
func (c *schemas) besides(doc *openapi3.T) {
	c.unknown("document", doc.Extensions)
	if len(doc.Webhooks) > 0 {
		c.note("document", "webhooks are not supported")
	}
	if doc.Components == nil {
		return
	}
	c.unknown("components", doc.Components.Extensions)
	for name, scheme := range doc.Components.SecuritySchemes {
		c.unknown("security scheme "+name, scheme.Value.Extensions)
	}
}

// leftOut notes the parts of an operation that are not read.
func (c *Contract) leftOut(o *operation, item *openapi3.PathItem, op *openapi3.Operation) {
	for name, is := range map[string]bool{
		"callbacks are": len(op.Callbacks) > 0, "servers are": op.Servers != nil && len(*op.Servers) > 0 || len(item.Servers) > 0,
	} {
		if is {
			c.note(o.place, "%s not supported", name)
		}
	}
	c.unknown(o.place, item.Extensions)
	if op.RequestBody != nil {
		c.beside(finding.RequestBody(o.place), op.RequestBody)
		for kind, media := range op.RequestBody.Value.Content {
			c.unknown(finding.Media(finding.RequestBody(o.place), kind), media.Extensions)
		}
	}
	for status, ref := range op.Responses.Map() {
		c.beside(finding.Response(o.place, status), ref)
		if len(ref.Value.Links) > 0 {
			c.note(finding.Response(o.place, status), "links are not supported")
		}
		for name, h := range ref.Value.Headers {
			c.beside(finding.Response(o.place, status)+" header "+name, h)
		}
	}
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		c.beside(finding.Parameter(o.place, p.Value.In, p.Value.Name), p)
	}
}
