// Package accept applies accepted deviations: findings that were looked at and are to stay, each with a reason.
package accept

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// File is the content of accepted.yaml.
type File struct {
	Accepted []*Entry `yaml:"accepted"`

	name  string
	lines map[string]int // of the ids
}

// Entry is the reason why some findings are to stay.
type Entry struct {
	// IDs are the ids of the findings. A star matches any text; it may neither be in the aspect nor be all of the
	// place.
	IDs   []string      `yaml:"ids"`
	Wrong finding.Wrong `yaml:"wrong"` // the verdict of the findings; with another one they are not accepted
	// Contract, Published and Live are what each source says, as in the findings; "" if it says nothing. A star matches
	// any text. If a source says something else, the findings are not accepted.
	Contract  string `yaml:"contract"`
	Published string `yaml:"published"`
	Live      string `yaml:"live"`

	Reason   string `yaml:"reason"`   // why the findings are to stay
	Evidence string `yaml:"evidence"` // how that is known: a test, a file of the backend, an experiment
	Versions string `yaml:"versions"` // of the backend that it was found out with: "1.20.11" or "1.20.*"; "" for any
	Expires  string `yaml:"expires"`  // the last day on which it stands, as 2027-01-31
}

const maxBytes = 1 << 20

// Load reads a file. Every entry must be complete, and no id may be in two of them.
func Load(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, maxBytes>>20)
	}
	file, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	file.name = name
	return file, nil
}

// Parse reads the text of a file, as [Load] does.
func Parse(data []byte) (*File, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var file File
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	seen := map[string]bool{}
	for i, e := range file.Accepted {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		for _, id := range e.IDs {
			if seen[id] {
				return nil, fmt.Errorf("entry %d: %s is in an earlier entry already", i+1, id)
			}
			seen[id] = true
		}
	}
	file.lines = lines(data)
	return &file, nil
}

// lines returns the lines of the ids in a file.
func lines(data []byte) map[string]int {
	var root yaml.Node
	all := map[string]int{}
	if err := yaml.Unmarshal(data, &root); err != nil {
		return all
	}
	entries := value(&root, "accepted")
	for i := 0; entries != nil && i < len(entries.Content); i++ {
		if ids := value(entries.Content[i], "ids"); ids != nil {
			for _, id := range ids.Content {
				all[id.Value] = id.Line
			}
		}
	}
	return all
}

func (e *Entry) check() error {
	if e == nil || len(e.IDs) == 0 {
		return errors.New("it has no ids")
	}
	for _, missing := range []struct{ name, value string }{
		{"wrong", string(e.Wrong)}, {"reason", e.Reason}, {"evidence", e.Evidence}, {"expires", e.Expires},
	} {
		if strings.TrimSpace(missing.value) == "" {
			return fmt.Errorf("%s: it has no %s", e.IDs[0], missing.name)
		}
	}
	if _, err := time.Parse(time.DateOnly, e.Expires); err != nil {
		return fmt.Errorf("%s: expires is %q, want a day as 2027-01-31", e.IDs[0], e.Expires)
	}
	known := []finding.Wrong{finding.Contract, finding.Published, finding.Documents, finding.Backend, finding.Unseen, finding.Undecided}
	if !slices.Contains(known, e.Wrong) {
		return fmt.Errorf("%s: wrong is %q, want one of %v", e.IDs[0], e.Wrong, known)
	}
	for _, id := range e.IDs {
		place, aspect, ok := strings.Cut(id, "#")
		if !ok || aspect == "" || strings.Contains(aspect, "*") {
			return fmt.Errorf("%s: an id is a place, # and an aspect that is written out", id)
		}
		if len(strings.ReplaceAll(place, "*", "")) < leastLiteral {
			return fmt.Errorf("%s: that would accept nearly everything; name more of the place", id)
		}
	}
	return nil
}

// leastLiteral is how many characters of a place an id must name.
const leastLiteral = 3

// Problem is an entry or an id that does not stand, and why.
type Problem struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Gone bool   `json:"gone,omitempty"` // whether there is no finding with this id any longer
	File string `json:"file,omitempty"` // where the id is; "" if it was not read from a file
	Line int    `json:"line,omitempty"`
}

// String returns the problem in one line.
func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s: %s (%s:%d)", p.ID, p.Text, p.File, p.Line)
	}
	return p.ID + ": " + p.Text
}

// Apply sets the reasons of the findings that an entry accepts. It returns the problems: entries that have expired or
// are for other versions of the backend, which accept nothing, and, if everything was compared, ids that no finding
// has. The version is "" if it is not known.
func (f *File) Apply(findings []finding.Finding, version string, today time.Time, everything bool) []Problem {
	var problems []Problem
	add := func(id string, gone bool, format string, args ...any) {
		problems = append(problems, Problem{id, fmt.Sprintf(format, args...), gone, f.name, f.lines[id]})
	}
	var standing []acceptance
	all := identified(findings)
	for _, e := range f.Accepted {
		switch {
		case e.expired(today):
			add(e.IDs[0], false, "expired on %s: check it again, then change the day or remove it", e.Expires)
			continue
		case version != "" && e.Versions != "" && !matches(e.Versions, version):
			add(e.IDs[0], false, "is for backend %s, and this is %s: check it again, then change its versions or remove it", e.Versions, version)
			continue
		}
		for _, id := range e.IDs {
			a := acceptance{entry: e, id: id, covered: all.covered(id)}
			a.used = e.accept(a.covered, everything)
			standing = append(standing, a)
		}
	}
	for _, a := range standing { // after all others, which accept what they name
		switch moved := a.entry.accept(all.movedFrom(a.id), everything); {
		case a.used || moved || !everything:
		case len(a.covered) > 0:
			add(a.id, false, "at %s %s: check it again", a.covered[0].ID(), a.entry.changed(*a.covered[0], true))
		default:
			add(a.id, true, "no finding has this id any longer: remove it, or call specdiff prune")
		}
	}
	return problems
}

// Accept sets the reasons of the findings that an entry accepts, for any version of the backend and on any day. Only the
// contract and the backend were compared.
func (f *File) Accept(findings []finding.Finding) {
	all := identified(findings)
	for _, e := range f.Accepted {
		for _, id := range e.IDs {
			e.accept(all.covered(id), false)
		}
	}
}

// acceptance is an id in the file.
type acceptance struct {
	entry   *Entry
	id      string
	covered []*finding.Finding
	used    bool // whether it accepted one of them
}

func (e *Entry) expired(today time.Time) bool {
	last, err := time.Parse(time.DateOnly, e.Expires)
	return err == nil && !today.Before(last.AddDate(0, 0, 1))
}

func (e *Entry) accept(covered []*finding.Finding, everything bool) bool {
	used := false
	for _, f := range covered {
		if e.changed(*f, everything) == "" {
			f.Accepted = cmp.Or(f.Accepted, e.Reason)
			used = true
		}
	}
	return used
}

// changed returns what a finding is about now, if it is not what was accepted. What the documents say is compared if
// everything was, because a point on which the documents differ is worded in another way than one that was seen.
func (e *Entry) changed(f finding.Finding, everything bool) string {
	verdict := f.Wrong
	if verdict == finding.Contract && e.Wrong == finding.Documents && !everything {
		verdict = finding.Documents // the published document may not have been compared
	}
	if verdict != e.Wrong {
		return fmt.Sprintf("the verdict is now %q", f.Wrong)
	}
	for _, source := range []struct {
		name, accepted, now string
		compared            bool
	}{{"contract", e.Contract, f.Contract, everything}, {"published document", e.Published, f.Published, everything}, {"backend", e.Live, f.Live, true}} {
		if source.compared && !match(source.accepted, source.now) && (everything || !less(source.accepted, source.now)) {
			return fmt.Sprintf("the %s now says %q, and %q was accepted", source.name, source.now, source.accepted)
		}
	}
	return ""
}

// less reports whether all that a source says now is part of what was accepted. A run behind a gateway may not have seen
// the rest.
func less(accepted, now string) bool {
	parts := strings.Split(accepted, "; ")
	for part := range strings.SplitSeq(now, "; ") {
		if !slices.ContainsFunc(parts, func(pattern string) bool { return match(pattern, part) }) {
			return false
		}
	}
	return now != ""
}

// identities are findings with the ids that each has: its own, and those of its places in the published document,
// because a contract may have a schema in place that was a component when it was accepted.
type identities []struct {
	finding *finding.Finding
	ids     []string // without the names of path parameters
	named   bool     // whether an id in the file is its own
}

func identified(findings []finding.Finding) identities {
	all := make(identities, len(findings))
	for i := range findings {
		f := &findings[i]
		all[i].finding, all[i].ids = f, []string{unnamed(f.ID())}
		for _, place := range f.Elsewhere {
			all[i].ids = append(all[i].ids, unnamed(finding.Point{Place: place, Aspect: f.Aspect}.ID()))
		}
	}
	return all
}

// movedFrom returns the findings that may be those of an id whose component is gone from the contract, because it was
// renamed or put in place of its references: the findings at the same names inside another component or place. It is
// gone if nothing is found in it.
func (all identities) movedFrom(id string) []*finding.Finding {
	place, aspect, _ := strings.Cut(id, "#")
	component := finding.Point{Place: place}.Component()
	inside := strings.TrimPrefix(place, component)
	if strings.ContainsAny(component, " *") {
		return nil
	}
	var moved []*finding.Finding
	for _, one := range all {
		f := one.finding
		if f.Component() == component {
			return nil
		}
		same := inside != "" && strings.HasSuffix(f.Place, inside) || inside == "" && f.Place == f.Component()
		if same && string(f.Aspect) == aspect && !one.named {
			moved = append(moved, f)
		}
	}
	return moved
}

// covered returns the findings that an id in the file is for.
func (all identities) covered(id string) []*finding.Finding {
	pattern := unnamed(id)
	var covered []*finding.Finding
	for i, one := range all {
		at := slices.IndexFunc(one.ids, func(id string) bool { return match(pattern, id) })
		if at >= 0 {
			covered = append(covered, one.finding)
		}
		all[i].named = one.named || at == 0
	}
	return covered
}

var parameterName = regexp.MustCompile(`\{[^{}]*\}| path [\w-]+`)

// Covers reports whether an id in the file is that of a finding. The names of path parameters are not compared, because
// they are not on the wire.
func Covers(pattern, id string) bool {
	return match(unnamed(pattern), unnamed(id))
}

// unnamed returns an id without the names of path parameters.
func unnamed(id string) string { return parameterName.ReplaceAllString(id, "{}") }

// match reports whether text fits a pattern, in which a star is any text.
func match(pattern, id string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == id
	}
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(id, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

func matches(versions, version string) bool {
	for v := range strings.FieldsFuncSeq(versions, func(r rune) bool { return r == ',' || r == ' ' }) {
		if ok, err := path.Match(v, version); err == nil && ok {
			return true
		}
	}
	return false
}
