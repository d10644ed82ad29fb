// Package specdiff compares what three sources say about one API: the contract that a client is made from, the document
// that the makers of the backend publish, and the running backend. It reports where they disagree, which of them is
// wrong, and what that means for callers in Go.
package specdiff

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/oas"
	"github.com/medusa-storefront/customers-go/specdiff/report"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// ErrUsage is the error of a configuration with nothing to compare.
var ErrUsage = errors.New("wrong usage")

// Config is what to compare: at least two of the contract, the published document and the backend. A backend, or its
// record, may be alone: it is then compared with the contract that is part of the program.
type Config struct {
	Contract  string // the contract: a file or URL
	Published string // the published document: a file or URL
	Package   string // instead of Published: the directory of an installed @medusajs/medusa
	Backend   string // the URL of the running backend, where customers are registered that the API cannot delete
	Setup     Setup  // what is known about the backend; its URL is ignored
	// ReadOnly is for a backend with customers of its own: nothing is registered or changed there.
	ReadOnly bool
	// Cookie is how the backend is configured to make its session cookie; the zero value is Medusa's default.
	Cookie conform.Cookie
	// Ask are routes of the shop's own, such as "GET /store/customers/me/wishlist/{id=wish_1}". They are asked on the
	// backend, and a contract for each is proposed.
	Ask []string
	// Header is sent with each request, for a gateway before the backend. It is in no record and no report.
	Header http.Header
	// Record is a file to write what the backend did to, for Replay; packed if its name ends in .gz. It has the published
	// document too, if one is given.
	Record string
	// Replay is a file that stands for the backend: one that Record wrote, or a HAR file of another program. Without
	// Published and Package, the published document is that of the file.
	Replay string
	// Routes are prefixes of paths. What the published document has there and the contract lacks is a finding. Other
	// routes are compared only if the contract has them. The default is [DefaultRoutes].
	Routes   []string
	Accepted string     // the file of accepted deviations; "" for none
	Version  string     // the version of the backend, for accepted deviations; default: that of Package
	Today    time.Time  // the day, for accepted deviations; default: now
	Floor    live.Floor // how much of the contract has to be seen on the backend
	// Fix changes the file of the contract as the findings ask for, as far as what was seen leaves no choice. The report is
	// then on the contract after it.
	Fix bool
	// Follow are ids of findings that nothing decides and in which the published document is right, for Fix. A star stands
	// for any text, as in the file of accepted deviations.
	Follow   []string
	Progress func(step string) // called with the next step on the backend, if it is not nil
}

// DefaultRoutes returns the routes of a Medusa storefront that are a customer's own.
func DefaultRoutes() []string { return []string{"/store/customers", "/store/auth"} }

// Run reads the sources and compares them. It returns [ErrUsage] if fewer than two are given, and [live.ErrUnreachable]
// if the backend gave no usable response. Disagreement is no error; see [report.Report.Agrees], and for a backend that is
// compared with the contract alone [report.Report.Standing].
func Run(ctx context.Context, config Config) (*report.Report, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	routes, err := config.ask()
	if err != nil {
		return nil, err
	}
	s, names, err := config.read(ctx)
	if err != nil {
		return nil, err
	}
	if config.Backend != "" {
		if s.Record, err = config.record(ctx, s, names.Version, routes); err != nil {
			return nil, err
		}
	}
	if s.Record != nil {
		names.Backend = cmp.Or(config.Backend, s.Record.Backend)
	}
	r, text, err := config.outcome(s, names)
	if err != nil {
		return nil, err
	}
	if s.Record != nil {
		proposeRoutes(r, s, routes)
	}
	if text == nil || bytes.Equal(text, s.Text) {
		return r, nil
	}
	return r, replace(config.Contract, text)
}

// Compare compares sources that were read. Of the configuration it uses Routes and Floor. It applies no accepted
// deviations.
func Compare(s Sources, config Config) *report.Report {
	r, _ := config.compare(s)
	return r
}

// compare also returns what the record shows about the contract; nil without them.
func (c *Config) compare(s Sources) (*report.Report, *live.Result) {
	r := &report.Report{Notes: slices.Clone(s.Notes)}
	var evidence verdict.Evidence
	var places map[string][]string
	if s.Contract != nil && s.Published != nil {
		result := compare.Documents(s.Contract, s.Published, c.in)
		evidence.Differences, places = result.Differences, result.Places
	}
	if s.Contract != nil {
		evidence.Uses, evidence.Names = compare.Uses(s.Contract), compare.Names(s.Contract)
	}
	evidence.Contract, evidence.Published = flaws(s.Contract), verdict.AtPlaces(flaws(s.Published), places)
	evidence.Places = places
	var result *live.Result
	if s.Record != nil {
		result = c.live(s, places, &evidence, r)
	} else if s.Contract != nil {
		_, notes := conform.New(s.Contract)
		evidence.Contract = append(evidence.Contract, unread(notes)...)
	}
	r.Findings = verdict.Join(evidence)
	return r, result
}

// flaws returns the flaws of a document as observations.
func flaws(doc *openapi3.T) []finding.Observation {
	var all []finding.Observation
	if doc != nil {
		for _, f := range document.Flaws(doc) {
			all = append(all, finding.Observation{Point: f.Point, Relation: finding.Contradicts, Document: f.Text})
		}
	}
	return all
}

// unread returns what of the contract is not read. What is not read is not compared, so it has to be dealt with.
func unread(notes []conform.Note) []finding.Observation {
	var all []finding.Observation
	for _, note := range notes {
		all = append(all, finding.Observation{Point: finding.Point{Place: note.Place, Aspect: finding.Unread}, Relation: finding.Contradicts, Document: note.Text})
	}
	return all
}

// live compares the record of the backend with each document, and returns what it shows about the contract.
func (c *Config) live(s Sources, places map[string][]string, evidence *verdict.Evidence, r *report.Report) *live.Result {
	record := s.Record
	r.Notes = append(r.Notes, record.Notes...)
	var shown *live.Result
	if s.Contract != nil {
		result := live.Check(record, s.Contract)
		shown = &result
		evidence.Contract = slices.Concat(evidence.Contract, unread(result.Unchecked), result.Observations)
		r.Coverage = c.coverage(result.Coverage())
	}
	if s.Published != nil {
		if s.Shown == nil {
			s.Shown = live.Check(record, s.Published).Observations
		}
		evidence.Published = append(evidence.Published, verdict.AtPlaces(s.Shown, places)...)
	}
	return shown
}

func (c *Config) coverage(all []conform.Coverage) []report.Coverage {
	var lines []report.Coverage
	for _, line := range all {
		lines = append(lines, report.Coverage{What: string(line.What), Seen: line.Seen, Declared: line.Declared, Floor: c.Floor[line.What], Missing: line.Missing})
		if least := c.Floor[conform.EachOperation]; least > 0 && line.What == conform.InResponse {
			lines = append(lines, ofEach(line.Operations, least))
		}
	}
	return lines
}

// ofEach returns how many operations showed the least percentage of their responses, which all have to.
func ofEach(operations map[string]conform.Share, least int) report.Coverage {
	line := report.Coverage{What: fmt.Sprintf("operation with %d %% of its responses' properties", least), Declared: len(operations), Floor: 100}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		if share := operations[name]; share.Seen*100 >= share.Declared*least {
			line.Seen++
		} else {
			line.Missing = append(line.Missing, fmt.Sprintf("%s (%d of %d)", name, share.Seen, share.Declared))
		}
	}
	return line
}

// check returns an error if there is nothing to compare, or two of a kind.
func (c *Config) check() error {
	wrong := func(text string) error { return fmt.Errorf("%w: %s", ErrUsage, text) }
	switch backend := c.Backend + c.Replay; {
	case len(c.Follow) > 0 && !c.Fix:
		return wrong("following the published document changes the contract, for which -fix has to be given")
	case c.Fix && (c.Contract == "" || backend == ""):
		return wrong("a contract is fixed by what the backend does: give both")
	case c.Fix && document.IsURL(c.Contract):
		return wrong("a contract at a URL cannot be written to: download it and give the file")
	case c.Published != "" && c.Package != "":
		return wrong("give the published document or the package, not both")
	case c.Backend != "" && c.Replay != "":
		return wrong("give the backend or a record of it, not both")
	case c.Record != "" && c.Backend == "":
		return wrong("a record is made of a backend, which was not given")
	case len(c.Ask) > 0 && backend == "":
		return wrong("a route is asked on the backend, which was not given")
	case len(c.Floor) > 0 && (c.Contract == "" && !c.embedded() || backend == ""):
		return wrong("a floor needs the contract and the backend; without them nothing is seen")
	case given(c.Contract, c.Published+c.Package, backend) < 2 && !c.embedded():
		return wrong("nothing to compare; give two of contract, published document (or package) and backend (or record)")
	}
	return nil
}

// embedded reports whether the contract is that of the program.
func (c *Config) embedded() bool {
	return c.Contract+c.Published+c.Package == "" && c.Backend+c.Replay != ""
}

// Sources are what was read; nil for what was not given.
type Sources struct {
	Contract, Published *openapi3.T
	Text                []byte // of the contract
	Record              *live.Record
	Accepted            *accept.File
	Notes               []string // what could not be read
	// Shown is what Record shows about Published. Compare finds it out if it is nil, which takes a while.
	Shown []finding.Observation
}

// read reads the files, so that a damaged one is known before the backend is asked.
func (c *Config) read(ctx context.Context) (s Sources, names report.Sources, err error) {
	if s.Record, err = c.replayed(); err != nil {
		return s, names, err
	}
	switch {
	case c.embedded():
		names.Contract, s.Text = report.Embedded, contract
	case c.Contract != "":
		names.Contract = c.Contract
		if s.Text, err = document.Read(ctx, c.Contract); err != nil {
			return s, names, err
		}
	}
	if s.Text != nil {
		if s.Contract, err = document.Parse(s.Text, names.Contract); err != nil {
			return s, names, err
		}
	}
	switch {
	case c.Published != "":
		names.Published = c.Published
		s.Published, err = document.Load(ctx, c.Published)
	case c.Package != "":
		names.Published = c.Package
		if s.Published, s.Notes, err = oas.Read(c.Package); err == nil {
			names.Version = s.Published.Info.Version
		}
	case s.Record != nil && s.Record.Published != nil:
		names.Published = c.Replay
		s.Published, err = document.Parse(s.Record.Published, c.Replay)
	}
	if err != nil {
		return s, names, err
	}
	if s.Record != nil {
		names.Version = cmp.Or(names.Version, s.Record.Version)
	}
	names.Version = cmp.Or(c.Version, names.Version)
	if s.Published != nil {
		s.Published = document.Limit(s.Published, func(path string) bool { return c.in(path) || has(s.Contract, path) })
	}
	s.Accepted = new(accept.File)
	if c.Accepted != "" {
		s.Accepted, err = accept.Load(c.Accepted)
	}
	return s, names, err
}

func given(sources ...string) int {
	return len(slices.DeleteFunc(sources, func(s string) bool { return s == "" }))
}

func (c *Config) routes() []string {
	if len(c.Routes) == 0 {
		return DefaultRoutes()
	}
	return c.Routes
}

func (c *Config) in(path string) bool {
	return slices.ContainsFunc(c.routes(), func(route string) bool {
		rest, ok := strings.CutPrefix(path, strings.TrimSuffix(route, "/"))
		return ok && (rest == "" || rest[0] == '/')
	})
}

func has(doc *openapi3.T, path string) bool { return doc != nil && doc.Paths.Find(path) != nil }

func (c *Config) accept(r *report.Report, file *accept.File) {
	today := c.Today
	if today.IsZero() {
		today = time.Now()
	}
	everything := r.Sources.Contract != "" && r.Sources.Published != "" && r.Sources.Backend != ""
	r.Problems = file.Apply(r.Findings, r.Sources.Version, today, everything)
}
