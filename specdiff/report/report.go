// Package report writes the outcome of a comparison: for people as text, a page or Markdown, for programs as JSON,
// SARIF or JUnit, and as annotations of a pull request.
package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Report is the outcome of a run. The names of its JSON are stable: new ones may be added.
type Report struct {
	Sources  Sources           `json:"sources"`
	Findings []finding.Finding `json:"findings"`          // sorted, with those to be dealt with first
	Problems []accept.Problem  `json:"problems"`          // of the file of accepted deviations
	Coverage []Coverage        `json:"coverage"`          // empty without a backend
	Notes    []string          `json:"notes"`             // what could not be read or tried
	Untried  []string          `json:"untried,omitempty"` // the operations that were not tried on the backend, such as those that change something in a read-only run
	Fixed    []finding.Finding `json:"fixed,omitempty"`   // what a run with -fix changed in the contract, with the lines as they are now
	// Gone is what an earlier report has and this one has not; see [Report.Since].
	Gone  []finding.Finding `json:"gone,omitempty"`
	Began time.Time         `json:"began,omitzero"` // when the run began, in UTC
	Took  time.Duration     `json:"-"`              // how long the run took
	Root  string            `json:"-"`              // the directory that SARIF, JUnit and GitHub name files from; "" for the working directory
}

// Embedded is the name of the contract that is part of the program, which is no file.
const Embedded = "customers-go's openapi.yaml"

// Sources are what was compared; "" for what was not.
type Sources struct {
	Contract  string `json:"contract,omitempty"`
	Published string `json:"published,omitempty"`
	Backend   string `json:"backend,omitempty"`
	Version   string `json:"version,omitempty"` // of the backend, if known
	Seems     string `json:"seems,omitempty"`   // the versions that the backend behaves like: "1.17 to 1.20.3"
	Since     string `json:"since,omitempty"`   // the earlier report
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

// String returns the coverage as a sentence.
func (c Coverage) String() string {
	return fmt.Sprintf("%d of %d %s were seen, at least %d %% are asked for; not seen: %s", c.Seen, c.Declared, c.What, c.Floor, strings.Join(c.Missing, ", "))
}

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

// word returns the outcome in a word.
func (r *Report) word() string {
	switch {
	case r.Mine():
		return string(r.Standing())
	case r.Agrees():
		return "agrees"
	}
	return "disagrees"
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
	accepted := count(r.Findings, func(f finding.Finding) bool { return f.Accepted != "" })
	n := len(r.Unexplained())
	parts := []string{fmt.Sprintf("%s: %d unexplained, %d accepted, %d where only the published document is wrong", several(len(r.Findings), "finding", "findings"), n, accepted, len(r.Findings)-n-accepted)}
	if n > 0 && r.Sources.Backend == "" {
		parts = append(parts, "who is wrong is shown by the running backend, which was not given")
	}
	if n := len(r.Problems); n > 0 {
		parts = append(parts, several(n, "accepted deviation", "accepted deviations")+" no longer valid")
	}
	for _, c := range r.Coverage {
		if c.Low() {
			parts = append(parts, "too little was seen of the "+c.What)
		}
	}
	if r.Sources.Since != "" {
		parts = append(parts, fmt.Sprintf("since %s %d new, of which %d unexplained, and %d gone", r.Sources.Since, count(r.Findings, isNew), count(r.Unexplained(), isNew), len(r.Gone)))
	}
	return strings.Join(parts, "; ")
}

// troubles returns what fails the run besides findings, in a line each.
func (r *Report) troubles() []string {
	var all []string
	for _, p := range r.Problems {
		all = append(all, "accepted deviation "+p.String())
	}
	for _, c := range r.Coverage {
		if c.Low() {
			all = append(all, "too little was seen: "+c.String())
		}
	}
	return all
}

// relative returns the file of the contract that a finding is in, with slashes: from Root, if it is below it. It is ""
// if the contract is no file.
func (r *Report) relative(f finding.Finding) string {
	file := cmp.Or(f.File, r.Sources.Contract)
	if file == "" || file == Embedded || strings.Contains(file, "://") {
		return ""
	}
	root, err := filepath.Abs(r.Root)
	if err != nil {
		return plain(filepath.ToSlash(file))
	}
	if file, err = filepath.Abs(file); err != nil {
		return ""
	}
	if below, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(below) {
		file = below
	}
	return plain(filepath.ToSlash(file))
}

// several returns a number of things.
func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func count(findings []finding.Finding, of func(finding.Finding) bool) int {
	n := 0
	for _, f := range findings {
		if of(f) {
			n++
		}
	}
	return n
}
