package compare

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// side is an operation of one of the documents.
type side struct {
	doc  *openapi3.T
	path string
	*openapi3.Operation
}

// medusaID returns the name of the operation in Medusa's document.
func (s side) medusaID() string {
	if id, ok := s.Extensions[medusaID].(string); ok {
		return id
	}
	return cmp.Or(s.OperationID, Absent)
}

// credentials returns the kinds of credentials that the operation takes. The names of the security schemes are not
// compared.
func (s side) credentials() string {
	security := s.Security
	if security == nil {
		security = &s.doc.Security
	}
	var all []string
	for _, alternative := range *security {
		var kinds []string
		for name := range alternative {
			kinds = append(kinds, s.scheme(name))
		}
		slices.Sort(kinds)
		all = append(all, cmp.Or(strings.Join(kinds, " and "), "none"))
	}
	slices.Sort(all)
	return cmp.Or(strings.Join(slices.Compact(all), " or "), "none")
}

func (s side) scheme(name string) string {
	if s.doc.Components == nil || s.doc.Components.SecuritySchemes[name] == nil {
		return name
	}
	scheme := s.doc.Components.SecuritySchemes[name].Value
	if scheme.Type == "apiKey" {
		return scheme.In + " " + scheme.Name
	}
	return cmp.Or(strings.ToLower(scheme.Scheme), scheme.Type) // RFC 9110, section 11.1: in any case
}

// hasMedusaIDs reports whether an operation of the document has Medusa's name beside its own.
func hasMedusaIDs(doc *openapi3.T) bool {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.Extensions[medusaID] != nil {
				return true
			}
		}
	}
	return false
}

// medusaID is the extension for Medusa's operationId in a contract that has operationIds of its own.
const medusaID = "x-medusa-operation-id"

var parameterName = regexp.MustCompile(`\{[^}]*\}`)

// parameters returns the parameters of the operation and its path, by place and name without brackets. Path parameters
// are named as in the template as, because their names are not on the wire.
func (s side) parameters(as string) map[string]*openapi3.Parameter {
	all := map[string]*openapi3.Parameter{}
	own, names := parameterName.FindAllString(s.path, -1), parameterName.FindAllString(as, -1)
	var ofPath openapi3.Parameters
	if item := s.doc.Paths.Value(s.path); item != nil {
		ofPath = item.Parameters
	}
	for _, p := range slices.Concat(ofPath, s.Parameters) {
		name := p.Value.Name
		if i := slices.Index(own, "{"+name+"}"); i >= 0 && p.Value.In == "path" {
			name = strings.Trim(names[i], "{}")
		}
		all[finding.Parameter("", p.Value.In, name)] = p.Value
	}
	return all
}
