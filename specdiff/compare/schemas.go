package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// schema compares the schemas at a place of the contract and at a place of the published document. Whether a value may
// be null belongs to the place; the rest belongs to the component, if the schema is one.
func (d *differ) schema(place, theirPlace string, a, b *openapi3.SchemaRef) {
	d.same(place, theirPlace)
	if a == nil || b == nil {
		if a != b {
			d.add(place, finding.Type, describe(a, byType), describe(b, byName))
		}
		return
	}
	v, w := see(a), see(b)
	if v.nullable != w.nullable && !v.isAny() && !w.isAny() { // if one is anything, the type differs
		d.add(place, finding.Nullable, null(v, a), null(w, b))
	}
	if v.component != "" {
		place = v.component
	}
	if w.component != "" {
		theirPlace = w.component
	}
	d.same(place, theirPlace)
	both, schemas := place+v.own()+"\n"+theirPlace+w.own(), pair{a.Value, b.Value}
	if d.done[both] || d.met[schemas] {
		return
	}
	d.done[both], d.met[schemas] = true, true
	d.views(place, theirPlace, v, w)
}

// pair is a schema of the contract and one of the published document.
type pair struct{ ours, theirs *openapi3.Schema }

// whole compares the schemas of a parameter or of a body. Circles end: through components, places repeat; through a
// schema in place that is an allOf of the component around it, places never repeat, but schemas do.
func (d *differ) whole(place, theirPlace string, a, b *openapi3.SchemaRef) {
	d.met = map[pair]bool{}
	d.schema(place, theirPlace, a, b)
}

// own returns what a wrapper of a component may add to it.
func (v view) own() string {
	return fmt.Sprint(v.typ, v.format, v.enum, v.bounds, v.open, slices.Sorted(maps.Keys(v.required)), len(v.props))
}

func null(v view, ref *openapi3.SchemaRef) string {
	switch {
	case v.nullable:
		return "null allowed"
	case document.NullableBeside(ref):
		return "not null (what stands beside $ref is ignored)"
	}
	return "not null"
}

func (d *differ) views(place, theirPlace string, v, w view) {
	if d.branches(place, theirPlace, v, w) {
		return
	}
	switch x, y := v.basic(), w.basic(); {
	case x != y:
		d.add(place, finding.Type, v.kind(byType), w.kind(byName))
	case v.bare() != w.bare() || v.elementless() != w.elementless():
		d.add(place, finding.Type, v.shown(byType), w.shown(byName))
		return
	case v.typ == "" && w.typ != "": // the other way round, it is a habit of documents
		d.add(place, finding.Type, "anything, and objects with these properties", w.shown(byName))
	}
	if v.format != w.format {
		d.add(place, finding.Format, orNone(v.format), orNone(w.format))
	}
	if !slices.Equal(v.enum, w.enum) {
		d.add(place, finding.Enum, orNone(list(missing(v.enum, w.enum))), orNone(list(missing(w.enum, v.enum))))
	}
	if x, y := strings.Join(v.bounds, ", "), strings.Join(w.bounds, ", "); x != y {
		d.add(place, finding.Bounds, orNone(x), orNone(y))
	}
	// Most defaults of properties that only the published document has are those of the database, which no response shows.
	if x, y := fmt.Sprint(v.byDefault), fmt.Sprint(w.byDefault); x != y && (v.byDefault != nil || strings.Contains(place, " query ")) {
		d.add(place, finding.Default, strings.Replace(x, "<nil>", "none", 1), strings.Replace(y, "<nil>", "none", 1))
	}
	if v.basic() != w.basic() {
		return // the rest depends on the type
	}
	if v.open != w.open {
		d.add(place, finding.Open, cmp.Or(string(v.open), "not said"), cmp.Or(string(w.open), "not said"))
	}
	if v.items != nil && w.items != nil {
		d.schema(place+"[]", theirPlace+"[]", v.items, w.items)
	}
	if v.extra != nil && w.extra != nil {
		d.schema(place+".*", theirPlace+".*", v.extra, w.extra)
	}
	d.properties(place, theirPlace, v, w)
}

// basic returns the type. A schema with properties is an object even if it does not say so.
func (v view) basic() string {
	if v.typ == "" && len(v.props) > 0 {
		return "object"
	}
	return v.typ
}

// bare reports whether it is an object without any word about its properties.
func (v view) bare() bool {
	return v.basic() == "object" && len(v.props) == 0 && v.extra == nil && v.open == open
}

// elementless reports whether it is an array without any word about its elements.
func (v view) elementless() bool { return v.typ == "array" && v.items == nil }

func (v view) shown(n naming) string {
	switch {
	case v.bare():
		return "any object"
	case v.elementless():
		return "any array"
	case v.items != nil:
		return v.kind(n)
	case v.component != "" && n == byName:
		return v.component
	case len(v.props) == 0:
		return "object with " + describe(v.extra, n) + " values"
	}
	return "object with " + list(slices.Sorted(maps.Keys(v.props)))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// missing returns what of a is not in b.
func missing(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(value string) bool { return slices.Contains(b, value) })
}

func (d *differ) properties(place, theirPlace string, v, w view) {
	for _, name := range union(v.props, w.props) {
		a, b, at := v.props[name], w.props[name], place+"."+name
		switch {
		case b == nil:
			d.add(at, finding.Presence, describe(a, byType), Absent)
		case a == nil:
			d.add(at, finding.Presence, Absent, describe(b, byName))
			d.same(at, theirPlace+"."+name)
		default:
			if v.required[name] != w.required[name] {
				d.add(at, finding.Required, required(v.required[name]), required(w.required[name]))
			}
			d.schema(at, theirPlace+"."+name, a, b)
		}
	}
}

// branches compares oneOf and anyOf, and reports whether there was one. Branches are paired by component, then by type.
func (d *differ) branches(place, theirPlace string, v, w view) bool {
	ours, theirs := slices.Concat(v.oneOf, v.anyOf), slices.Concat(w.oneOf, w.anyOf)
	if len(ours)+len(theirs) == 0 {
		return false
	}
	if x, y := v.kind(byType), w.kind(byType); x != y && (len(v.oneOf) != len(w.oneOf) || len(v.anyOf) != len(w.anyOf)) {
		d.add(place, finding.Branches, v.named(byType), w.named(byName))
	}
	switch {
	case len(theirs) == 0:
		d.closest(place, theirPlace, ours, w, true)
	case len(ours) == 0:
		d.closest(place, theirPlace, theirs, v, false)
	default:
		for i, a := range ours {
			if b := partner(see(a), theirs); b >= 0 {
				d.schema(place+"|"+strconv.Itoa(i), theirPlace+"|"+strconv.Itoa(b), a, theirs[b])
			}
		}
	}
	return true
}

// closest compares the branch that is most like a schema without branches with that schema.
func (d *differ) closest(place, theirPlace string, refs openapi3.SchemaRefs, other view, ours bool) {
	i := partner(other, refs)
	if i < 0 {
		return
	}
	branch := see(refs[i])
	if ours {
		d.views(placeOf(branch, place), theirPlace, branch, other)
	} else {
		d.same(place, placeOf(branch, theirPlace))
		d.views(place, placeOf(branch, theirPlace), other, branch)
	}
}

func placeOf(v view, otherwise string) string {
	if v.component != "" {
		return v.component
	}
	return otherwise
}

func partner(v view, refs openapi3.SchemaRefs) int {
	if v.component != "" {
		if i := slices.IndexFunc(refs, func(ref *openapi3.SchemaRef) bool { return see(ref).component == v.component }); i >= 0 {
			return i
		}
	}
	return slices.IndexFunc(refs, func(ref *openapi3.SchemaRef) bool { return see(ref).basic() == v.basic() })
}

func (v view) named(n naming) string {
	if v.component != "" && n == byName && len(v.oneOf)+len(v.anyOf) == 0 {
		return v.component
	}
	return v.kind(n)
}
