package conform

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Tally adds up results.
type Tally struct {
	contract  *Contract
	groups    map[group]*Group
	seen      map[Sight]struct{}
	held      map[responseProperty]struct{}
	exchanges int
	outside   int // exchanges that are of no operation of the contract
	deviating int
}

// group tells findings apart. Findings of a kind at one place of a schema are the same, wherever the schema is used.
type group struct {
	kind              Kind
	schema, otherwise string
}

// responseProperty is a property in the responses of an operation with a status.
type responseProperty struct {
	operation string
	status    int
	property  string
}

func (a responseProperty) sight() Sight {
	return Sight{InResponse, fmt.Sprintf("%s %d %s", a.operation, a.status, a.property)}
}

// Group is a finding and how often it was made.
type Group struct {
	Example Finding // the first, sorted by operation, status, path and detail
	Count   int
}

// NewTally returns an empty Tally.
func NewTally(c *Contract) *Tally {
	return &Tally{contract: c, groups: map[group]*Group{}, seen: map[Sight]struct{}{}, held: map[responseProperty]struct{}{}}
}

// Add adds the result of checking x.
func (t *Tally) Add(x *Exchange, r Result) {
	t.exchanges++
	if r.Operation == "" {
		t.outside++
	}
	if x.Deviates != "" {
		t.deviating++
	}
	for sight := range r.Seen.All() {
		t.seen[sight] = struct{}{}
		if sight.What == Property {
			t.held[responseProperty{r.Operation, x.Status, sight.Loc}] = struct{}{}
		}
	}
	for _, f := range r.Findings {
		key := group{kind: f.Kind, schema: f.Schema}
		if f.Schema == "" {
			key.otherwise = fmt.Sprint(f.Operation, f.Status, f.Path, f.Detail)
		}
		g, ok := t.groups[key]
		if !ok {
			g = &Group{Example: f}
			t.groups[key] = g
		}
		g.Count++
		if f.compare(g.Example) < 0 {
			g.Example = f
		}
	}
}

// Findings returns all findings, grouped, in a stable order.
func (t *Tally) Findings() []Group {
	var all []Group
	for _, g := range t.groups {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b Group) int { return a.Example.compare(b.Example) })
	return all
}

// Coverage is how much of what the contract declares was seen, of one kind.
type Coverage struct {
	What     SightKind
	Seen     int
	Declared int
	Missing  []string // what was not seen
	// Operations are the parts of each operation, by its name, if what is counted belongs to operations' responses.
	Operations map[string]Share
}

// Share is how much of something was seen.
type Share struct{ Seen, Declared int }

// Coverage returns one line for each kind of sight that the contract declares.
func (t *Tally) Coverage() []Coverage {
	declared := t.contract.declared()
	for a := range t.held {
		t.seen[a.sight()] = struct{}{}
	}
	var lines []Coverage
	for _, what := range []SightKind{Called, Responded, Content, InResponse, Property, Valued, Null, Enum, Input} {
		line := Coverage{What: what, Operations: map[string]Share{}}
		for sight := range declared {
			if sight.What != what {
				continue
			}
			operation, _, _ := strings.Cut(sight.Loc, " ")
			share := line.Operations[operation]
			line.Declared++
			share.Declared++
			if _, ok := t.seen[sight]; ok {
				line.Seen++
				share.Seen++
			} else {
				line.Missing = append(line.Missing, sight.Loc)
			}
			if what == InResponse {
				line.Operations[operation] = share
			}
		}
		slices.Sort(line.Missing)
		lines = append(lines, line)
	}
	return lines
}

// Write writes coverage and findings as text.
func (t *Tally) Write(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "conformance: %d exchanges checked, %d of them left the contract on purpose, %d more were on routes outside of it\n",
		t.exchanges-t.outside, t.deviating, t.outside)
	titles := map[SightKind]string{
		Called: "operations", Responded: "statuses (operation × status)", Content: "content types (operation × status × type)",
		InResponse: "responses (operation × status × property)", Property: "properties (schema paths)", Valued: "properties with a value", Null: "nullable properties that were null",
		Enum: "enum values", Input: "inputs of requests that succeeded",
	}
	lines := t.Coverage()
	for _, line := range lines {
		fmt.Fprintf(&b, "  %-42s %4d of %4d\n", titles[line.What], line.Seen, line.Declared)
	}
	for _, line := range lines {
		if len(line.Missing) > 0 {
			fmt.Fprintf(&b, "  never seen, %s: %s\n", titles[line.What], strings.Join(line.Missing, ", "))
		}
	}
	findings := t.Findings()
	fmt.Fprintf(&b, "conformance: %d findings\n", len(findings))
	for _, g := range findings {
		fmt.Fprintf(&b, "  %5d × %s\n", g.Count, g.Example)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// declared returns every sight that the contract declares.
func (c *Contract) declared() map[Sight]struct{} {
	all := map[Sight]struct{}{}
	add := func(what SightKind, loc string) { all[Sight{what, loc}] = struct{}{} }
	for _, o := range c.operations {
		add(Called, o.id)
		sent := func(p *child, property bool) {
			if property {
				add(Input, p.loc)
			}
		}
		for _, p := range o.params {
			add(Input, o.paramPlace(p))
			p.shape.inside(o.paramPlace(p), sent)
		}
		for kind, sh := range o.bodies {
			sh.inside(finding.Media(finding.RequestBody(o.place), kind), sent)
		}
		for status, r := range o.responses {
			add(Responded, o.id+" "+status)
			for kind, sh := range r.contents {
				add(Content, o.id+" "+status+" "+kind)
				sh.always(map[*shape]bool{}, func(loc string) { add(InResponse, o.id+" "+status+" "+loc) })
				sh.inside(finding.Media(finding.Response(o.place, status), kind), func(p *child, property bool) {
					for _, v := range p.shape.enum {
						add(Enum, p.loc+"="+fmt.Sprint(v))
					}
					if !property {
						return
					}
					add(Property, p.loc)
					add(Valued, p.loc)
					if p.shape.nullable {
						add(Null, p.loc)
					}
				})
			}
		}
	}
	return all
}

// always calls visit for each required property of a response, and for those inside it.
func (s *shape) always(done map[*shape]bool, visit func(loc string)) {
	if s == nil || done[s] {
		return
	}
	done[s] = true
	if s.items != nil {
		s.items.shape.always(done, visit)
	}
	for _, name := range s.required {
		if p := s.props[name]; p != nil {
			visit(p.loc)
			p.shape.always(done, visit)
		}
	}
}

// inside calls visit for the schema at loc and for each schema in it, with whether that is a property.
func (s *shape) inside(loc string, visit func(p *child, property bool)) {
	if s == nil {
		return
	}
	visit(&child{loc: loc, shape: s}, false)
	done := map[*shape]bool{s: true}
	for todo := []*shape{s}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range next.children() {
			visit(p, next.props[p.name] == p)
			if !done[p.shape] {
				done[p.shape] = true
				todo = append(todo, p.shape)
			}
		}
	}
}
