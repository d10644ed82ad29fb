// Package compare finds what two OpenAPI documents of one API say differently about the wire.
//
// Descriptions, examples, names of components and the way a schema is put together are not compared. A reference, a
// reference in an allOf that makes it nullable, and the same schema in place are equal.
package compare

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Result is what a comparison found.
type Result struct {
	Differences []Difference // sorted by id
	// Places are the places of the contract, by the place of the published document that was compared with them. The
	// documents may name components differently, and one may have a component where the other has the schema in place.
	Places map[string][]string
}

// Documents compares the published document with the contract. An operation that the contract lacks is a difference if
// the function in returns true for its path.
func Documents(contract, published *openapi3.T, in func(path string) bool) Result {
	d := &differ{
		found: map[string]*Difference{}, places: map[string]map[string]bool{}, done: map[string]bool{},
		uses: Uses(contract), contract: contract, published: published, named: hasMedusaIDs(contract),
	}
	ours, theirs := byTemplate(contract), byTemplate(published)
	for _, template := range union(ours, theirs) {
		d.path(ours[template], theirs[template], in)
	}
	result := Result{Places: map[string][]string{}}
	for _, id := range slices.Sorted(maps.Keys(d.found)) {
		result.Differences = append(result.Differences, *d.found[id])
	}
	for place, others := range d.places {
		result.Places[place] = slices.Sorted(maps.Keys(others))
	}
	return result
}

// byTemplate returns the paths by their templates, which are without the names of parameters.
func byTemplate(doc *openapi3.T) map[string]string {
	paths := map[string]string{}
	for path := range doc.Paths.Map() {
		paths[parameterName.ReplaceAllString(path, "{}")] = path
	}
	return paths
}

func (d *differ) path(path, theirPath string, in func(string) bool) {
	ours, theirs := operations(d.contract, path), operations(d.published, theirPath)
	for _, method := range union(ours, theirs) {
		a, b := ours[method], theirs[method]
		place := finding.Operation(method, cmp.Or(path, theirPath))
		theirPlace := finding.Operation(method, cmp.Or(theirPath, path))
		switch {
		case b == nil:
			d.add(place, finding.Presence, "documented", Absent)
		case a != nil:
			d.operation(place, theirPlace, side{d.contract, path, a}, side{d.published, theirPath, b})
		case in(theirPath):
			d.add(place, finding.Presence, Absent, "documented")
		}
	}
}

func operations(doc *openapi3.T, path string) map[string]*openapi3.Operation {
	if item := doc.Paths.Value(path); item != nil {
		return item.Operations()
	}
	return nil
}

func (d *differ) operation(place, theirPlace string, a, b side) {
	d.same(place, theirPlace)
	if x, y := a.medusaID(), b.medusaID(); d.named && x != y {
		d.add(place, finding.OperationID, x, y)
	}
	if x, y := a.credentials(), b.credentials(); x != y {
		d.add(place, finding.Security, x, y)
	}
	d.parameters(place, theirPlace, a.parameters(a.path), b.parameters(a.path))
	d.requestBody(place, theirPlace, a, b)
	for _, status := range union(a.Responses.Map(), b.Responses.Map()) {
		d.response(finding.Response(place, status), finding.Response(theirPlace, status), responseOf(a, status), responseOf(b, status))
	}
}

// responseOf returns what an operation declares for a status: by itself, by its class, or as the default.
func responseOf(s side, status string) *openapi3.ResponseRef {
	for _, key := range []string{status, status[:1] + "XX", "default"} {
		if r := s.Responses.Value(key); r != nil {
			return r
		}
	}
	return nil
}

func (d *differ) requestBody(operation, theirOperation string, a, b side) {
	place, theirPlace := finding.RequestBody(operation), finding.RequestBody(theirOperation)
	switch {
	case a.RequestBody == nil && b.RequestBody == nil:
		return
	case b.RequestBody == nil:
		d.add(place, finding.Presence, mediaTypes(a.RequestBody.Value.Content), Absent)
		return
	case a.RequestBody == nil:
		d.add(place, finding.Presence, Absent, mediaTypes(b.RequestBody.Value.Content))
		return
	}
	if x, y := a.RequestBody.Value.Required, b.RequestBody.Value.Required; x != y {
		d.add(place, finding.Required, required(x), required(y))
	}
	d.content(place, theirPlace, mediaTypes(a.RequestBody.Value.Content), mediaTypes(b.RequestBody.Value.Content), a.RequestBody.Value.Content, b.RequestBody.Value.Content)
}

func (d *differ) response(place, theirPlace string, a, b *openapi3.ResponseRef) {
	switch {
	case b == nil:
		d.add(place, finding.Status, "documented", Absent)
		return
	case a == nil:
		d.add(place, finding.Status, Absent, "documented")
		return
	}
	ours, theirs := canonical(a.Value.Headers), canonical(b.Value.Headers)
	for _, name := range union(ours, theirs) {
		x, y := header(ours, name), header(theirs, name)
		if x == y {
			continue
		}
		aspect := finding.Header
		if strings.EqualFold(name, "Set-Cookie") {
			aspect = finding.Cookie
		}
		d.add(place, aspect, name+" "+x, name+" "+y)
	}
	d.content(place, theirPlace, bodyOf(a.Value), bodyOf(b.Value), a.Value.Content, b.Value.Content)
}

// canonical returns headers by their names in the usual spelling.
func canonical(headers openapi3.Headers) openapi3.Headers {
	all := openapi3.Headers{}
	for name, h := range headers {
		all[finding.HeaderName(name)] = h
	}
	return all
}

func header(headers openapi3.Headers, name string) string {
	switch h := headers[name]; {
	case h == nil:
		return Absent
	case h.Value.Required:
		return "always"
	default:
		return "documented"
	}
}

// bodyOf returns the body of a response in a few words.
func bodyOf(r *openapi3.Response) string {
	if without, _ := r.Extensions["x-no-content-type"].(bool); without {
		return "a body without a content type"
	}
	return cmp.Or(mediaTypes(r.Content), "no body")
}

func (d *differ) content(place, theirPlace, says, theySay string, a, b openapi3.Content) {
	if says != theySay {
		d.add(place, finding.ContentType, says, theySay)
	}
	a, b = plain(a), plain(b)
	for _, kind := range union(a, b) {
		if a[kind] != nil && b[kind] != nil {
			d.whole(finding.Media(place, kind), finding.Media(theirPlace, kind), a[kind].Schema, b[kind].Schema)
		}
	}
}
