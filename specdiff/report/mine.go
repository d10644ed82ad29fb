package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Standing is whether the client works with a backend.
type Standing string

// The standings.
const (
	Works   Standing = "works"   // nothing that was seen breaks it
	Breaks  Standing = "breaks"  // calls fail, lose data or mislead
	Unclear Standing = "unclear" // too little was seen to say that it works
)

// Mine reports whether the report is about a backend and the contract alone: whether the client works with it. Who is
// wrong is then of no interest.
func (r *Report) Mine() bool {
	return r.Sources.Contract != "" && r.Sources.Published == "" && r.Sources.Backend != ""
}

// Standing returns whether the client works with the backend.
func (r *Report) Standing() Standing {
	open := r.Unexplained()
	switch {
	case slices.ContainsFunc(open, func(f finding.Finding) bool { return f.Breaking }):
		return Breaks
	case len(troubles(open)) > 0 || slices.ContainsFunc(r.Coverage, Coverage.Low):
		return Unclear
	}
	return Works
}

// fails reports whether a finding has to be dealt with: in a report about a backend alone, whether it breaks the client or
// hides whether it does.
func (r *Report) fails(f finding.Finding) bool {
	return !explained(f) && (!r.Mine() || f.Breaking || f.Wrong == finding.Unseen)
}

// heading returns the name of a row and what it is about.
func (r *Report) heading(of row) string {
	switch {
	case !r.Mine():
		return of.title()
	case of.Breaking:
		return of.name() + ": it breaks the Go client"
	case of.Wrong == finding.Unseen:
		return of.name() + ": " + who(of.Wrong)
	}
	return of.name() + ": it is harmless to the Go client"
}

// Client returns whether the client works with the backend, in a few words: as far as a run shows that left out most
// operations, or but for what is accepted.
func (r *Report) Client() string {
	switch r.Standing() {
	case Breaks:
		return "calls of the Go client fail, lose data or mislead on this backend"
	case Unclear:
		return "too little was seen to say that the Go client works with this backend"
	case Works:
	}
	text := "nothing that was seen breaks the Go client"
	if n := len(r.Untried); n > 1 { // one is usual: no password is reset without a token from an email
		text = "as far as a read-only run shows"
		if i := slices.IndexFunc(r.Coverage, func(c Coverage) bool { return c.What == "operation" }); i >= 0 {
			text += fmt.Sprintf(": %d of %d operations", r.Coverage[i].Declared-n, r.Coverage[i].Declared)
		}
	}
	if len(r.acceptedBreaks()) > 0 {
		text += ", but for what is accepted"
	}
	return text
}

// acceptedBreaks returns what breaks the client and is accepted.
func (r *Report) acceptedBreaks() []finding.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Accepted == "" || !f.Breaking })
}

// asides returns what the outcome leaves out, in a line each: what breaks the client and is accepted, and what was not
// tried.
func (r *Report) asides() []string {
	var all []string
	for _, f := range r.acceptedBreaks() {
		all = append(all, fmt.Sprintf("accepted, although it breaks the Go client: %s, %s: %s (%s)", name(f), f.Aspect, f.Live, because(f)))
	}
	if len(r.Untried) > 0 {
		all = append(all, "not tried: "+strings.Join(r.Untried, ", "))
	}
	return all
}

func troubles(findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool { return f.Wrong != finding.Unseen })
}

// Difference is a difference between a backend and the contract, which may show at many places.
type Difference struct {
	Title    string            `json:"title"`              // "Customer has 2 properties of the shop's own: loyalty_points, nickname"
	Client   string            `json:"client"`             // what it means for package customers
	Breaking bool              `json:"breaking,omitempty"` // whether it breaks calls
	IDs      []string          `json:"ids"`                // of the findings
	Findings []finding.Finding `json:"-"`
}

// Differences returns the findings that are not accepted, those with one cause as one. Those that break the client come
// first. Troubles of the run are not among them.
func (r *Report) Differences() []Difference {
	var all []*Difference
	index := map[string]*Difference{}
	causes := slices.Concat(otherCookie(r.Findings), olderVersions, noTotals(r.Findings))
	for _, f := range r.Unexplained() {
		if f.Wrong == finding.Unseen {
			continue
		}
		k, known := cause(f, causes)
		d := index[k]
		if d == nil {
			d = &Difference{Title: known.title, Client: cmp.Or(known.client, f.Client)}
			index[k], all = d, append(all, d)
		}
		d.Breaking = d.Breaking || f.Breaking
		d.Findings, d.IDs = append(d.Findings, f), append(d.IDs, f.ID())
	}
	slices.SortStableFunc(all, func(a, b *Difference) int { return len(b.Findings) - len(a.Findings) })
	var sorted []Difference
	for _, breaking := range []bool{true, false} {
		for _, d := range all {
			if d.Breaking == breaking {
				d.Title = cmp.Or(d.Title, title(d.Findings))
				sorted = append(sorted, *d)
			}
		}
	}
	return sorted
}

// otherCookie returns the cause of what a session cookie of another name leads to: no request seems to have a login.
func otherCookie(findings []finding.Finding) []known {
	for _, f := range findings {
		if f.Place == "Set-Cookie" && strings.HasPrefix(f.Live, "name ") {
			return []known{{
				title: "the session cookie is called " + strings.TrimPrefix(f.Live, "name ") + ", not " + strings.TrimPrefix(f.Contract, "name "), client: f.Client,
				is: func(f finding.Finding) bool { return f.Place == "Set-Cookie" || f.Aspect == finding.Security },
			}}
		}
	}
	return nil
}

// cause returns what findings with one cause have in common, and what is known of it.
func cause(f finding.Finding, causes []known) (string, known) {
	for _, k := range causes {
		if k.is(f) {
			return k.title, k
		}
	}
	switch {
	case !f.Breaking && (f.Aspect != finding.Presence || strings.HasPrefix(f.Live, "accepted")):
		return "harmless: " + f.Client, known{}
	case f.Point.Operation() == "", own(f):
		return fmt.Sprint(f.Aspect, f.Client, f.Component()), known{}
	}
	return fmt.Sprint(f.Aspect, f.Client), known{}
}

// title returns what findings with one cause say.
func title(all []finding.Finding) string {
	f := all[0]
	var places, properties []string
	for _, f := range all {
		places = append(places, name(f))
		properties = append(properties, strings.TrimPrefix(f.Place, f.Component()+".")+typed(f.Live))
	}
	inSchema := f.Point.Operation() == "" && f.Place != f.Component()
	switch {
	case f.Aspect == finding.Presence && f.Place == f.Point.Operation() && f.Breaking:
		return "no route for " + few(places, ", ")
	case f.Aspect == finding.Cookie && strings.HasPrefix(f.Live, "none, to requests"):
		return few(places, ", ") + " sets no session cookie, and the contract has one there"
	case f.Aspect == finding.Behavior && strings.HasPrefix(f.Live, "the operation "):
		return few(places, ", ") + " " + strings.TrimPrefix(f.Live, "the operation ")
	case f.Aspect == finding.Behavior:
		return few(places, ", ") + ": " + f.Live
	case f.Aspect == finding.Presence && f.Place == f.Point.Operation():
		return "a route of the shop's own: " + f.Place
	case f.Aspect == finding.Presence && inSchema && strings.HasPrefix(f.Contract, "absent"):
		return fmt.Sprintf("%s has %s of the shop's own: %s", f.Component(), several(len(all), "property", "properties"), few(properties, ", "))
	case f.Aspect == finding.Required && inSchema && f.Live == "not there":
		return fmt.Sprintf("%s lacks %s: %s", f.Component(), several(len(all), "property", "properties"), few(untyped(f.Component(), all), ", "))
	case f.Aspect == finding.Nullable && inSchema && strings.HasPrefix(f.Live, "null"):
		return fmt.Sprintf("%s has null where the contract has a value: %s", f.Component(), few(untyped(f.Component(), all), ", "))
	}
	says := fmt.Sprintf("%s, %s: %s; the contract has %s", places[0], f.Aspect, f.Live, cmp.Or(f.Contract, "nothing about it"))
	if len(all) > 1 {
		return fmt.Sprintf("%d places, such as %s", len(all), says)
	}
	return says
}

// name returns the place, with the name of the operation if it is in one.
func name(f finding.Finding) string {
	if f.Operation == "" {
		return f.Place
	}
	return f.Operation + strings.TrimPrefix(f.Place, f.Point.Operation())
}

// typed returns the type that was seen, in brackets.
func typed(live string) string {
	if live == "null" {
		return " (only null was seen)"
	}
	kinds := strings.Split(live, "; ")
	if i := slices.Index(kinds, "null"); i >= 0 {
		kinds = append(slices.Delete(kinds, i, i+1), "null")
	}
	return " (" + strings.Join(kinds, " or ") + ")"
}

func untyped(component string, all []finding.Finding) []string {
	var names []string
	for _, f := range all {
		names = append(names, strings.TrimPrefix(f.Place, component+"."))
	}
	return names
}
