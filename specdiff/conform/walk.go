package conform

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/specdiff/internal/jsontype"
	"github.com/medusa-storefront/customers-go/specdiff/internal/number"
)

// walk compares one value with its shape.
type walk struct {
	request  bool
	relaxed  relaxation
	path     []string  // the place in the value: names, and "[]" for elements
	findings []Finding // without Operation and Status, which the caller sets
	sights   map[Sight]struct{}
	// props and shapes are the sights of nearly every step, by the indexes of the children and shapes of schemas. They
	// are faster than sights.
	schemas *schemas
	props   flags
	shapes  flags
}

// flags are bits by index. Few of many are set.
type flags struct {
	of  []bits
	set []int // the indexes of those that are not 0
}

func (f *flags) add(i int, b bits) {
	if f.of[i] == 0 && b != 0 {
		f.set = append(f.set, i)
	}
	f.of[i] |= b
}

// bits are several kinds of sights.
type bits uint8

// The kinds of sights of a property, and of a plain value.
const (
	isThere bits = 1 << iota
	hasValue
	isNull
	isAbsent

	isTime bits = 1 << iota
	isText
	isFraction
)

var (
	ofProperty = []sightOf{{isThere, Property}, {hasValue, Valued}, {isNull, Null}, {isAbsent, Absent}}
	ofValue    = []sightOf{{isTime, Time}, {isText, Text}, {isFraction, Fraction}}
)

type sightOf struct {
	bit  bits
	what SightKind
}

// Sights are what an exchange showed.
type Sights []*walk

// All returns each sight once.
func (s Sights) All() iter.Seq[Sight] {
	return func(yield func(Sight) bool) {
		for _, w := range s {
			if !w.all(yield) {
				return
			}
		}
	}
}

// all calls yield with each sight of the walk, and reports whether yield wants more.
func (w *walk) all(yield func(Sight) bool) bool {
	for sight := range w.sights {
		if !yield(sight) {
			return false
		}
	}
	for _, i := range w.props.set {
		seen := w.props.of[i]
		p := w.schemas.children[i]
		for _, of := range ofProperty {
			what := of.what
			if w.request {
				what = Input
			}
			if seen&of.bit != 0 && !yield(Sight{what, p.loc}) {
				return false
			}
		}
	}
	for _, i := range w.shapes.set {
		seen := w.shapes.of[i]
		for _, of := range ofValue {
			if seen&of.bit != 0 && !yield(Sight{of.what, w.schemas.shapes[i].loc}) {
				return false
			}
		}
	}
	return true
}

// where returns the path as text: "orders[].email".
func (w *walk) where() string {
	var b strings.Builder
	for _, name := range w.path {
		if b.Len() > 0 && name != "[]" {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String()
}

func (w *walk) enter(name string) { w.path = append(w.path, name) }
func (w *walk) leave()            { w.path = w.path[:len(w.path)-1] }

// relaxation is which required properties may be missing in the elements of a list, and inside them.
type relaxation int

const (
	demandAll     relaxation = iota
	demandColumns            // relations may be missing
	demandNothing
)

// demands reports whether a required property may not be missing.
func (w *walk) demands(p *child) bool {
	inList := len(w.path) > 1 && w.path[1] == "[]"
	if w.relaxed == demandAll || !inList {
		return true
	}
	return w.relaxed == demandColumns && p != nil && !p.shape.isRelation()
}

func (c *schemas) newWalk(request bool) *walk {
	return &walk{request: request, sights: map[Sight]struct{}{}, schemas: c, props: flags{of: make([]bits, len(c.children))}, shapes: flags{of: make([]bits, len(c.shapes))}}
}

func (w *walk) add(kind Kind, loc, want, got string) {
	w.findings = append(w.findings, Finding{Kind: kind, Schema: loc, Path: w.where(), Want: want, Detail: got})
}

// value compares v with the shape at loc.
func (w *walk) value(sh *shape, loc string, v any) {
	if v == nil {
		if !sh.nullable {
			w.add(WrongNull, loc, sh.want(), "null")
		}
		return
	}
	if len(sh.oneOf)+len(sh.anyOf) > 0 {
		w.branches(sh, v)
	}
	if got := jsontype.Of(v); sh.typ != "" && got != sh.typ && (sh.typ != "number" || got != "integer") {
		w.add(WrongType, sh.loc, sh.typ, got+" "+excerpt(v))
		return
	}
	if len(sh.enum) > 0 {
		w.enum(sh, loc, v)
	}
	switch v := v.(type) {
	case string:
		w.text(sh, v)
	case json.Number:
		w.number(sh, v)
	case []any:
		w.array(sh, v)
	case map[string]any:
		w.object(sh, v)
	}
}

// branches compares v with oneOf and anyOf. If no branch fits, the findings are those of the branch with fewest.
func (w *walk) branches(sh *shape, v any) {
	check := func(branches []*child, most int, name string) {
		if len(branches) == 0 {
			return
		}
		var closest *walk
		fits := 0
		for _, b := range branches {
			try := w.schemas.newWalk(w.request)
			try.relaxed, try.path = w.relaxed, w.path
			try.value(b.shape, b.loc, v)
			if len(try.findings) == 0 {
				fits++
				w.join(try)
			}
			if closest == nil || len(try.findings) < len(closest.findings) {
				closest = try
			}
		}
		switch {
		case fits == 0:
			w.add(NoBranch, sh.loc, name, "fits no branch; what the closest one lacks follows")
			w.findings = append(w.findings, closest.findings...)
		case fits > most:
			w.add(NoBranch, sh.loc, name, fmt.Sprintf("fits %d branches", fits))
		}
	}
	check(sh.oneOf, 1, "oneOf")
	check(sh.anyOf, len(sh.anyOf), "anyOf")
}

// join adds the sights of another walk.
func (w *walk) join(other *walk) {
	maps.Copy(w.sights, other.sights)
	for _, p := range other.props.set {
		w.props.add(p, other.props.of[p])
	}
	for _, sh := range other.shapes.set {
		w.shapes.add(sh, other.shapes.of[sh])
	}
}

func (w *walk) enum(sh *shape, loc string, v any) {
	for _, known := range sh.enum {
		if fmt.Sprint(known) == fmt.Sprint(v) {
			w.see(Enum, loc+"="+fmt.Sprint(v))
			return
		}
	}
	w.add(UnknownValue, sh.loc, fmt.Sprintf("one of %v", sh.enum), excerpt(v))
}

func (w *walk) text(sh *shape, v string) {
	n := uint64(utf8.RuneCountInString(v))
	switch {
	case n < sh.minLength:
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at least %d characters", sh.minLength), strconv.FormatUint(n, 10))
	case sh.maxLength != nil && n > *sh.maxLength:
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at most %d characters", *sh.maxLength), strconv.FormatUint(n, 10))
	}
	if sh.pattern != nil && !sh.pattern.MatchString(v) {
		w.add(OutOfBounds, sh.loc, sh.pattern.String(), excerpt(v))
	}
	switch {
	case sh.format != "":
		if want, ok := w.fits(sh.format, v); !ok {
			w.add(WrongFormat, sh.loc, want, excerpt(v))
		}
	case len(sh.enum) == 0 && !w.request:
		if _, err := time.Parse(responseTime, v); len(v) == len(responseTime) && err == nil {
			w.shapes.add(sh.index, isTime)
		} else {
			w.shapes.add(sh.index, isText)
		}
	}
}

// fits reports whether v has the format, and what the format asks for. Times in requests may be written in any way of
// RFC 3339, those in responses in one way only.
func (w *walk) fits(format, v string) (want string, ok bool) {
	if format == "date-time" && !w.request {
		_, err := time.Parse(responseTime, v)
		return "date-time in UTC with milliseconds", err == nil
	}
	is, ok := formats[format]
	return format, !ok || is(v)
}

func (w *walk) number(sh *shape, v json.Number) {
	n, ok := number.Parse(v)
	if !ok {
		if sh.typ != "" {
			w.add(OutOfBounds, sh.loc, "a number of usual size", excerpt(v))
		}
		return
	}
	if sh.minimum != nil && n.Cmp(new(big.Rat).SetFloat64(*sh.minimum)) < 0 {
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at least %v", *sh.minimum), v.String())
	}
	if sh.maximum != nil && n.Cmp(new(big.Rat).SetFloat64(*sh.maximum)) > 0 {
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at most %v", *sh.maximum), v.String())
	}
	if !n.IsInt() {
		w.shapes.add(sh.index, isFraction)
	} else if !w.request && sh.typ == "integer" && n.Num().BitLen() < 64 && strings.ContainsAny(v.String(), ".eE") {
		w.add(WrongFormat, sh.loc, "digits only", v.String()) // encoding/json decodes no other integers
	}
	bits := 64
	if sh.format == "int32" {
		bits = 32
	}
	if sh.typ == "integer" && n.Num().BitLen() > bits-1 {
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("%d bits", bits), v.String())
	}
}

func (w *walk) array(sh *shape, v []any) {
	n := uint64(len(v))
	switch {
	case n < sh.minItems:
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at least %d elements", sh.minItems), strconv.Itoa(len(v)))
	case sh.maxItems != nil && n > *sh.maxItems:
		w.add(OutOfBounds, sh.loc, fmt.Sprintf("at most %d elements", *sh.maxItems), strconv.Itoa(len(v)))
	}
	if sh.items == nil {
		return
	}
	w.enter("[]")
	for _, element := range v {
		w.value(sh.items.shape, sh.items.loc, element)
	}
	w.leave()
}

func (w *walk) object(sh *shape, v map[string]any) {
	if sh.typ == "" && len(sh.props) == 0 && !sh.open {
		return // any JSON, or compared with branches
	}
	for name, inner := range v {
		w.enter(name)
		p, ok := sh.props[name]
		switch {
		case ok && inner == nil && !p.shape.nullable && !w.request && !slices.Contains(sh.required, name):
			w.property(p, inner)
			w.add(WrongNull, p.loc, p.shape.want(), "null, where it may be missing")
		case ok:
			w.property(p, inner)
			w.value(p.shape, p.loc, inner)
		case !sh.open && (sh.closed || !w.request && len(sh.props) > 0):
			// An object in a request is open unless the document says otherwise. So is an object without declared
			// properties.
			w.add(Undocumented, sh.objectLoc+"."+name, "", jsontype.Of(inner)+" "+excerpt(inner))
		case sh.extra != nil:
			w.path[len(w.path)-1] = "*"
			w.value(sh.extra.shape, sh.extra.loc, inner)
		}
		w.leave()
	}
	for _, name := range sh.required {
		if _, ok := v[name]; !ok && w.demands(sh.props[name]) {
			w.add(Missing, sh.objectLoc+"."+name, "required", "not there")
		}
	}
	if w.request {
		return
	}
	for name, p := range sh.props {
		if _, ok := v[name]; !ok && w.demands(p) {
			w.props.add(p.index, isAbsent)
		}
	}
}

func (w *walk) property(p *child, v any) {
	seen := isThere
	switch {
	case w.request:
	case v != nil:
		seen |= hasValue
	case p.shape.nullable:
		seen |= isNull
	}
	w.props.add(p.index, seen)
}

func (w *walk) see(what SightKind, loc string) { w.sights[Sight{what, loc}] = struct{}{} }
