package conform

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Tally adds up results.
type Tally struct {
	contract  *Contract
	groups    map[group]*Group
	seen      map[Sight]struct{}
	exchanges int
	outside   int // exchanges with no operation of the contract
	deviating int
}

// group is what is the same finding: within a schema, wherever the schema is used.
type group struct {
	kind              Kind
	schema, otherwise string
}

// Group is a finding and how often it came.
type Group struct {
	Example Finding // the first in the order of operation, status, path and detail
	Count   int
}

// NewTally returns an empty tally.
func NewTally(c *Contract) *Tally {
	return &Tally{contract: c, groups: map[group]*Group{}, seen: map[Sight]struct{}{}}
}

// Add adds the result of checking x, and further findings about it.
func (t *Tally) Add(x *Exchange, r Result) {
	t.exchanges++
	if r.Operation == "" {
		t.outside++
	}
	if x.Deviates != "" {
		t.deviating++
	}
	maps.Copy(t.seen, r.Seen)
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

func (f Finding) compare(other Finding) int {
	return cmp.Or(
		cmp.Compare(f.Kind, other.Kind), cmp.Compare(f.Schema, other.Schema), cmp.Compare(f.Operation, other.Operation),
		cmp.Compare(f.Status, other.Status), cmp.Compare(f.Path, other.Path), cmp.Compare(f.Detail, other.Detail),
	)
}

// Findings returns all findings, grouped and in a stable order.
func (t *Tally) Findings() []Group {
	var all []Group
	for _, g := range t.groups {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b Group) int { return a.Example.compare(b.Example) })
	return all
}

// Coverage is how much of what the contract declares was seen.
type Coverage struct {
	What     SightKind
	Seen     int
	Declared int
	Missing  []string // what was not seen
}

// Coverage returns one line for each kind of sight.
func (t *Tally) Coverage() []Coverage {
	declared := t.contract.declared()
	var lines []Coverage
	for _, what := range []SightKind{Called, Answered, Content, Property, Valued, Null, Enum, Input} {
		line := Coverage{What: what}
		for sight := range declared {
			if sight.What != what {
				continue
			}
			line.Declared++
			if _, ok := t.seen[sight]; ok {
				line.Seen++
			} else {
				line.Missing = append(line.Missing, sight.Loc)
			}
		}
		slices.Sort(line.Missing)
		lines = append(lines, line)
	}
	return lines
}

// Write writes coverage and findings for a person.
func (t *Tally) Write(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "conformance: %d exchanges checked, %d of them left the contract on purpose, %d more were on routes outside of it\n",
		t.exchanges-t.outside, t.deviating, t.outside)
	titles := map[SightKind]string{
		Called: "operations", Answered: "statuses (operation × status)", Content: "content types (operation × status × type)",
		Property: "properties (schema paths)", Valued: "properties with a value", Null: "nullable properties that were null",
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

// declared is everything that exchanges could show.
func (c *Contract) declared() map[Sight]struct{} {
	all := map[Sight]struct{}{}
	add := func(what SightKind, loc string) { all[Sight{what, loc}] = struct{}{} }
	for _, o := range c.operations {
		add(Called, o.id)
		for _, p := range o.params {
			add(Input, finding.Parameter(o.place, p.In, p.Name))
			c.inside(p.shape, func(_ *shape, p *child) {
				if p != nil {
					add(Input, p.loc)
				}
			})
		}
		for _, sh := range o.bodies {
			c.inside(sh, func(_ *shape, p *child) {
				if p != nil {
					add(Input, p.loc)
				}
			})
		}
		for status, r := range o.responses {
			add(Answered, o.id+" "+status)
			for kind, sh := range r.contents {
				add(Content, o.id+" "+status+" "+kind)
				c.inside(sh, func(sh *shape, p *child) {
					for _, v := range sh.enum {
						add(Enum, sh.loc+"="+fmt.Sprint(v))
					}
					if p == nil {
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

// inside calls visit for each schema in sh, and each property of each.
func (c *Contract) inside(sh *shape, visit func(*shape, *child)) {
	if sh == nil {
		return
	}
	done := map[*shape]bool{}
	for todo := []*shape{sh}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if done[next] {
			continue
		}
		done[next] = true
		visit(next, nil)
		for _, p := range next.props {
			visit(next, p)
		}
		for _, inner := range next.children() {
			todo = append(todo, inner.shape)
		}
	}
}
