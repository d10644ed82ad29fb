package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// mine writes the report for those who run the backend: what could not be seen, what breaks the client, what does not.
func (t *text) mine(r *Report) {
	t.hang("", 0, plain("specdiff: "+r.Sources.Backend+" and the Go client, by "+r.Sources.Contract), t.strong)
	for i, f := range troubles(r.Unexplained()) {
		if i == 0 {
			t.line("")
			t.line(t.red("What could not be seen") + ", which is not about the contract:")
		}
		t.hang("  ", 2, plain(name(f)+": "+f.Live), same)
	}
	differences := r.Differences()
	t.line("")
	t.hang("", 0, plain(r.headline(differences)), t.strong)
	var repeated []finding.Finding
	for i, d := range differences {
		t.difference(i+1, d)
		if d.Breaking || t.style.All {
			repeated = append(repeated, d.Findings[0])
		}
	}
	t.variables(repeated, r.Sources.Backend)
	if t.style.All {
		t.explained(r)
		t.coverage(r.Coverage)
	}
	t.gone(r)
	t.line("")
	for _, p := range r.Problems {
		t.hang(t.red("accepted deviation "), 19, plain(p.String()), same)
	}
	for _, note := range r.Notes {
		t.hang(t.dim("note: "), 6, plain(note), t.dim)
	}
	for _, aside := range r.asides() {
		t.hang("", 2, plain(aside), same)
	}
	t.conclusion(r)
}

// headline returns how many differences there are.
func (r *Report) headline(all []Difference) string {
	backend := "Your backend"
	if version := cmp.Or(r.Sources.Version, r.Sources.Seems); version != "" {
		backend += " (" + version + ")"
	}
	switch {
	case len(all) == 0 && r.Standing() == Unclear:
		return backend + " was not seen well enough to compare it with the contract; nothing that was seen differs."
	case len(all) == 0 && len(r.acceptedBreaks()) > 0:
		return backend + " does what the contract says but for what is accepted, as far as was seen."
	case len(all) == 0:
		return backend + " does what the contract says, as far as was seen."
	}
	breaking := len(slices.DeleteFunc(slices.Clone(all), func(d Difference) bool { return !d.Breaking }))
	breaks := fmt.Sprintf("%d of them break", breaking)
	switch breaking {
	case 0:
		breaks = "none breaks"
	case 1:
		breaks = "1 of them breaks"
	}
	return fmt.Sprintf("%s differs from the contract in %s; %s the Go client.", backend, several(len(all), "point", "points"), breaks)
}

func (t *text) difference(at int, d Difference) {
	t.line("")
	head, kind := fmt.Sprintf("%d. ", at), t.dim("harmless: ")
	if d.Breaking {
		kind = t.red("breaks: ")
	}
	t.hang(head+kind, len(head), plain(d.Title), t.strong)
	t.fields(d.fields(t.style.All))
}

// fields returns what is known of a difference, without what is empty. What is harmless is shorter, unless all is asked
// for.
func (d Difference) fields(all bool) []field {
	f := d.Findings[0]
	var yaml []string
	for _, f := range d.Findings {
		if own(f) && f.YAML != "" {
			yaml = append(yaml, strings.Trim(f.YAML, "\n"))
		}
	}
	fields := []field{{Name: "client", Value: d.Client}}
	if d.Breaking || all {
		fields = append(fields, []field{
			{Name: "contract", Value: f.Contract}, {Name: "backend", Value: times(f)}, {Name: "seen", Value: f.Example},
			{Name: "used by", Value: few(f.Uses, ", ")}, {Name: "repeat", Value: f.Curl, Copied: true},
		}...)
	}
	list := few(d.IDs, "\n")
	if all {
		list = strings.Join(d.IDs, "\n")
	}
	fields = append(fields, field{Name: "as YAML", Value: strings.Join(yaml, "\n"), Copied: true, Block: true}, field{Name: "id", Value: list, Copied: true, Block: true})
	return slices.DeleteFunc(fields, func(f field) bool { return f.Value == "" })
}

// own reports whether a finding is a property of the shop's own.
func own(f finding.Finding) bool {
	return f.Aspect == finding.Presence && !f.Breaking && strings.HasPrefix(f.Contract, "absent") && !strings.HasPrefix(f.Live, "accepted")
}

// conclusion writes the outcome in one line.
func (t *text) conclusion(r *Report) {
	standing, color := r.Standing(), t.red
	if standing == Works {
		color = t.green
	}
	separator := ": "
	if strings.HasPrefix(r.Client(), "as far as") {
		separator = ", "
	}
	t.hang(color(string(standing))+separator, len(standing)+len(separator), r.Client(), same)
}
