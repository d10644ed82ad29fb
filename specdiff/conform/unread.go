package conform

import (
	"maps"
	"mime"
	"net/url"
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

// parametersOf notes the parameters of a media type at a place. All that is read is UTF-8.
func (c *schemas) parametersOf(place, kind string) {
	_, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		c.note(finding.Media(place, plainType(kind)), "the content type %s cannot be read: %v", kind, err)
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if name != "charset" || !strings.EqualFold(parameters[name], "utf-8") {
			c.note(finding.Media(place, plainType(kind)), "%s=%s of the content type is not supported", name, parameters[name])
		}
	}
}

// basePath returns the path of a server that comes before all paths; "" for none.
func basePath(server *openapi3.Server) string {
	address := server.URL
	for name, variable := range server.Variables {
		if variable != nil {
			address = strings.ReplaceAll(address, "{"+name+"}", variable.Default)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.Trim(u.Path, "/")
}

// besides notes what of the document is not about operations and not read.
func (c *schemas) besides(doc *openapi3.T) {
	c.unknown("document", doc.Extensions)
	for _, server := range doc.Servers {
		if base := basePath(server); base != "" {
			c.note("document", "the path /%s of the server %s comes before all paths, and is not read", base, server.URL)
		}
	}
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
