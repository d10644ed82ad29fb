package compare

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

func (d *differ) parameters(operation, theirOperation string, ours, theirs map[string]*openapi3.Parameter) {
	for _, key := range union(ours, theirs) {
		a, b, place := ours[key], theirs[key], operation+key
		switch {
		case b == nil:
			d.add(place, finding.Presence, describe(a.Schema, byType), Absent)
			continue
		case a == nil:
			d.add(place, finding.Presence, Absent, describe(b.Schema, byName))
			continue
		}
		if a.Required != b.Required {
			d.add(place, finding.Required, required(a.Required), required(b.Required))
		}
		if x, y := written(a), written(b); x != "" && y != "" && x != y {
			aspect := finding.Style
			if a.Name == b.Name && style(a) == style(b) {
				aspect = finding.Explode
			}
			d.add(place, aspect, x, y)
		}
		d.whole(place, finding.Parameter(theirOperation, b.In, b.Name), a.Schema, b.Schema)
	}
}

func style(p *openapi3.Parameter) string {
	if p.Style != "" {
		return p.Style
	}
	if p.In == "query" || p.In == "cookie" {
		return "form"
	}
	return "simple"
}

func exploded(p *openapi3.Parameter) bool {
	if p.Explode != nil {
		return *p.Explode
	}
	return style(p) == "form"
}

// written returns how several values look on the wire. It returns "" for a single value, which looks the same in every
// style.
func written(p *openapi3.Parameter) string {
	v := see(p.Schema)
	separator := map[string]string{"spaceDelimited": "%20", "pipeDelimited": "|"}[style(p)]
	if separator == "" {
		separator = ","
	}
	switch {
	case v.items == nil && len(v.props) == 0:
		return ""
	case style(p) == "deepObject":
		return p.Name + "[x]=1&" + p.Name + "[y]=2"
	case v.items != nil && exploded(p):
		return p.Name + "=1&" + p.Name + "=2"
	case v.items != nil:
		return p.Name + "=" + strings.Join([]string{"1", "2"}, separator)
	case exploded(p):
		return "x=1&y=2"
	}
	return p.Name + "=" + strings.Join([]string{"x", "1", "y", "2"}, separator)
}
