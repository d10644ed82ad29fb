package conform

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// alternative is a set of credentials that an operation takes together. An empty one is met by every request.
type alternative []openapi3.SecurityScheme

func newAlternative(doc *openapi3.T, requirement openapi3.SecurityRequirement) alternative {
	var all alternative
	for _, name := range slices.Sorted(maps.Keys(requirement)) {
		scheme := openapi3.SecurityScheme{Type: "undeclared", Scheme: name}
		if doc.Components != nil && doc.Components.SecuritySchemes[name] != nil {
			scheme = *doc.Components.SecuritySchemes[name].Value
		}
		all = append(all, scheme)
	}
	return all
}

// credentials compares the credentials of the request with the contract.
func (e *exchange) credentials(w *walk) {
	if len(e.op.security) == 0 || slices.ContainsFunc(e.op.security, e.meets) {
		return
	}
	var want []string
	for _, a := range e.op.security {
		var together []string
		for _, scheme := range a {
			together = append(together, nameOf(scheme))
		}
		want = append(want, strings.Join(together, " and "))
	}
	w.findings = append(w.findings, Finding{Kind: NoCredentials, Schema: e.op.place, Path: "header", Want: strings.Join(want, " or "), Detail: "others or none"})
}

func nameOf(scheme openapi3.SecurityScheme) string {
	switch scheme.Type {
	case "apiKey":
		return scheme.In + " " + scheme.Name
	case "undeclared":
		return scheme.Scheme + ", which is not declared"
	}
	return cmp.Or(scheme.Scheme, scheme.Type)
}

// meets reports whether the request has all of the credentials.
func (e *exchange) meets(a alternative) bool {
	return !slices.ContainsFunc(a, func(scheme openapi3.SecurityScheme) bool { return !e.has(scheme) })
}

func (e *exchange) has(scheme openapi3.SecurityScheme) bool {
	request := &http.Request{Header: e.RequestHeader}
	kind, value, _ := strings.Cut(e.RequestHeader.Get("Authorization"), " ")
	switch {
	case scheme.Type == "apiKey" && scheme.In == "cookie":
		_, err := request.Cookie(cmp.Or(e.Cookie.Name, scheme.Name))
		return err == nil
	case scheme.Type == "apiKey" && scheme.In == "header":
		return e.RequestHeader.Get(scheme.Name) != ""
	case scheme.Type == "apiKey":
		return strings.Contains(e.URL, scheme.Name+"=")
	case scheme.Type == "http":
		return value != "" && strings.EqualFold(kind, scheme.Scheme)
	}
	return false
}
