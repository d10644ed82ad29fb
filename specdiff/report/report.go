// Package report writes the outcome of a comparison: as text for people, as JSON for programs, as Markdown for
// reviewers.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Report is the outcome of a run. The names of its JSON are stable: new ones may be added.
type Report struct {
	Sources  Sources           `json:"sources"`
	Findings []finding.Finding `json:"findings"` // sorted, with those to be dealt with first
	Problems []accept.Problem  `json:"problems"` // of the file of accepted deviations
	Coverage []Coverage        `json:"coverage"` // empty without a backend
	Notes    []string          `json:"notes"`    // what could not be read or tried
}

// Sources are what was compared; "" for what was not.
type Sources struct {
	Contract  string `json:"contract,omitempty"`
	Published string `json:"published,omitempty"`
	Backend   string `json:"backend,omitempty"`
	Version   string `json:"version,omitempty"` // of the backend, if known
}

// Coverage is how much of what the contract declares was seen.
type Coverage struct {
	What     string   `json:"what"`
	Seen     int      `json:"seen"`
	Declared int      `json:"declared"`
	Floor    int      `json:"floor"` // in percent
	Missing  []string `json:"missing,omitempty"`
}

// Low reports whether less was seen than the floor asks for.
func (c Coverage) Low() bool { return c.Seen*100 < c.Declared*c.Floor }

// Agrees reports whether nothing is left to explain: each finding is accepted or shows that only the published document
// is wrong, the accepted deviations all stand, and enough was seen.
func (r *Report) Agrees() bool {
	return len(r.Unexplained()) == 0 && len(r.Problems) == 0 && !slices.ContainsFunc(r.Coverage, Coverage.Low)
}

// Unexplained returns the findings that have to be dealt with.
func (r *Report) Unexplained() []finding.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), explained)
}

func explained(f finding.Finding) bool { return f.Accepted != "" || f.Wrong == finding.Published }

// JSON writes the report and its outcome as one indented object.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Agrees      bool `json:"agrees"`
		Unexplained int  `json:"unexplained"`
		*Report
	}{r.Agrees(), len(r.Unexplained()), r.filled()})
}

// filled returns the report with empty lists instead of null.
func (r *Report) filled() *Report {
	c := *r
	c.Findings, c.Problems = append([]finding.Finding{}, r.Findings...), append([]accept.Problem{}, r.Problems...)
	c.Coverage, c.Notes = append([]Coverage{}, r.Coverage...), append([]string{}, r.Notes...)
	return &c
}

// title returns the sources in one line.
func (r *Report) title() string {
	var parts []string
	for _, s := range []struct{ what, name string }{{"contract", r.Sources.Contract}, {"published", r.Sources.Published}, {"live", r.Sources.Backend}} {
		if s.name != "" {
			parts = append(parts, s.what+" "+s.name)
		}
	}
	return strings.Join(parts, ", ")
}

// outcome returns the outcome in one line.
func (r *Report) outcome() string {
	accepted := 0
	for _, f := range r.Findings {
		if f.Accepted != "" {
			accepted++
		}
	}
	n := len(r.Unexplained())
	findings := "findings"
	if len(r.Findings) == 1 {
		findings = "finding"
	}
	parts := []string{fmt.Sprintf("%d %s: %d unexplained, %d accepted, %d where only the published document is wrong", len(r.Findings), findings, n, accepted, len(r.Findings)-n-accepted)}
	if n > 0 && r.Sources.Backend == "" {
		parts = append(parts, "who is wrong is shown by the running backend, which was not given")
	}
	if len(r.Problems) > 0 {
		parts = append(parts, fmt.Sprintf("%d accepted deviations that no longer stand", len(r.Problems)))
	}
	for _, c := range r.Coverage {
		if c.Low() {
			parts = append(parts, "too little was seen of the "+c.What)
		}
	}
	return strings.Join(parts, "; ")
}

// row is a line of the table: a point, or several that differ only in the place.
type row struct {
	finding.Finding
	ids []string
}

func rows(findings []finding.Finding) []row {
	type key struct {
		aspect                              finding.Aspect
		contract, published, live, accepted string
		wrong                               finding.Wrong
	}
	var all []row
	index := map[key]int{}
	for _, f := range findings {
		k := key{f.Aspect, f.Contract, f.Published, f.Live, f.Accepted, f.Wrong}
		i, ok := index[k]
		if !ok {
			i = len(all)
			index[k] = i
			all = append(all, row{Finding: f})
		}
		all[i].ids = append(all[i].ids, f.ID())
	}
	return all
}

// single returns a row for each point.
func single(findings []finding.Finding) []row {
	var all []row
	for _, f := range findings {
		all = append(all, row{f, []string{f.ID()}})
	}
	return all
}

// name returns the first id of the row, with the name of the operation instead of its method and path.
func (r row) name() string {
	name := r.ids[0]
	if r.Operation != "" {
		name = r.Operation + strings.TrimPrefix(name, r.Point.Operation())
	}
	if n := len(r.ids) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", name, n)
	}
	return name
}

// id returns the first id of the row, or "" if that is its name.
func (r row) id() string {
	if r.Operation == "" {
		return ""
	}
	return r.ids[0]
}

// plain returns text from other sources in a form that fits one line of a terminal: short and without control
// characters.
func plain(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return ' '
		}
		return c
	}, text)
	const most = 2000
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
