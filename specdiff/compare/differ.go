package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

type differ struct {
	contract, published *openapi3.T
	named               bool // whether the contract has Medusa's names of operations
	found               map[string]*Difference
	places              map[string]map[string]bool
	done                map[string]bool     // the pairs of places that were compared
	met                 map[pair]bool       // the schemas that were compared in the parameter or body
	uses                map[string][]string // by component
}

// add adds a difference. If a component is compared with several schemas of the other document, each is named.
func (d *differ) add(place string, aspect finding.Aspect, contract, published string) {
	p := finding.Point{Place: place, Aspect: aspect}
	if f := d.found[p.ID()]; f != nil {
		f.Contract, f.Published = also(f.Contract, contract), also(f.Published, published)
		return
	}
	d.found[p.ID()] = &Difference{Point: p, Contract: contract, Published: published, Uses: d.uses[p.Component()]}
}

func also(text, more string) string {
	if slices.Contains(strings.Split(text, "; elsewhere "), more) {
		return text
	}
	return text + "; elsewhere " + more
}

func required(yes bool) string {
	if yes {
		return "required"
	}
	return "optional"
}

// union returns the keys of both maps, sorted.
func union[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func mediaTypes(content openapi3.Content) string {
	return strings.Join(slices.Sorted(maps.Keys(plain(content))), ", ")
}

// plain returns content by its media types in lower case, without parameters.
func plain(content openapi3.Content) openapi3.Content {
	all := openapi3.Content{}
	for kind, media := range content {
		kind, _, _ = strings.Cut(strings.ToLower(kind), ";")
		all[strings.TrimSpace(kind)] = media
	}
	return all
}

// Absent is what a document says about something that it does not have.
const Absent = "absent"

// Difference is a point on which the documents differ.
type Difference struct {
	finding.Point
	Contract  string   // what the contract says, in a few words
	Published string   // what the published document says
	Uses      []string // the names of the operations that use the component of the place
}

func (d *differ) same(place, theirPlace string) {
	if d.places[theirPlace] == nil {
		d.places[theirPlace] = map[string]bool{}
	}
	d.places[theirPlace][place] = true
}
