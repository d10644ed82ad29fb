// Package specdiff compares what three sources say about one API: the contract that a client is made from, the document
// that the makers of the backend publish, and the running backend. It reports where they disagree, which of them is
// wrong, and what that means for callers in Go.
package specdiff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

// Config is what to compare: at least two of the contract, the published document and the backend.
type Config struct {
	Contract  string // the contract: a file or URL
	Published string // the published document: a file or URL
	Package   string // instead of Published: the directory of an installed @medusajs/medusa
	Backend   string // the URL of the running backend, where customers are registered that the API cannot delete
	Setup     Setup  // what is known about the backend; its URL is ignored
	// Record is a file to write what the backend did to, for Replay; packed if its name ends in .gz. It has the published
	// document too, if one is given.
	Record string
	// Replay is a file that stands for the backend: one that Record wrote, or a HAR file of another program. Without
	// Published and Package, the published document is that of the file.
	Replay string
	// Routes are prefixes of paths. What the published document has there and the contract lacks is a finding. Other
	// routes are compared only if the contract has them. The default is [DefaultRoutes].
	Routes   []string
	Accepted string            // the file of accepted deviations; "" for none
	Version  string            // the version of the backend, for accepted deviations; default: that of Package
	Today    time.Time         // the day, for accepted deviations; default: now
	Floor    live.Floor        // how much of the contract has to be seen on the backend
	Progress func(step string) // called with the next step on the backend, if it is not nil
}

// DefaultRoutes returns the routes of a Medusa storefront that are a customer's own.
func DefaultRoutes() []string { return []string{"/store/customers", "/store/auth"} }

// Run compares the sources. It returns [ErrUsage] if fewer than two are given, and [live.ErrUnreachable] if the backend
// gave no usable response. Disagreement is no error; see [report.Report.Agrees].
func Run(ctx context.Context, config Config) (*report.Report, error) {
	r := &report.Report{}
	if err := config.check(); err != nil {
		return nil, err
	}
	record, err := config.replayed()
	if err != nil {
		return nil, err
	}
	docs, err := config.documents(ctx, r, record)
	if err != nil {
		return nil, err
	}
	accepted, err := config.accepted()
	if err != nil {
		return nil, err
	}
	var evidence verdict.Evidence
	var places map[string][]string
	if docs.contract != nil && docs.published != nil {
		result := compare.Documents(docs.contract, docs.published, config.in)
		evidence.Differences, places = result.Differences, result.Places
	}
	if docs.contract != nil {
		evidence.Uses, evidence.Names = compare.Uses(docs.contract), compare.Names(docs.contract)
	}
	evidence.Contract, evidence.Published = flaws(docs.contract), verdict.AtPlaces(flaws(docs.published), places)
	if record == nil && config.Backend != "" {
		if record, err = config.record(ctx, docs, r.Sources.Version); err != nil {
			return nil, err
		}
	}
	if record != nil {
		config.live(record, docs, places, &evidence, r)
	}
	r.Findings = verdict.Join(evidence)
	config.accept(r, accepted)
	return r, nil
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

// live compares the record of the backend with each document.
func (c *Config) live(record *live.Record, docs documents, places map[string][]string, evidence *verdict.Evidence, r *report.Report) {
	r.Sources.Backend = cmp.Or(c.Backend, record.Backend)
	r.Notes = append(r.Notes, record.Notes...)
	if docs.contract != nil {
		result := live.Check(record, docs.contract)
		evidence.Contract = append(evidence.Contract, result.Observations...)
		evidence.Seen = result.Seen
		r.Coverage = c.coverage(result.Coverage())
		for _, note := range result.Unchecked {
			r.Notes = append(r.Notes, "not checked in the contract: "+note.String())
		}
	}
	if docs.published != nil {
		observations := live.Check(record, docs.published).Observations
		evidence.Published = append(evidence.Published, verdict.AtPlaces(observations, places)...)
	}
}

func (c *Config) coverage(all []conform.Coverage) []report.Coverage {
	var lines []report.Coverage
	for _, line := range all {
		lines = append(lines, report.Coverage{What: string(line.What), Seen: line.Seen, Declared: line.Declared, Floor: c.Floor[line.What], Missing: line.Missing})
	}
	return lines
}

// check returns an error if there is nothing to compare, or two of a kind.
func (c *Config) check() error {
	wrong := func(text string) error { return fmt.Errorf("%w: %s", ErrUsage, text) }
	switch backend := c.Backend + c.Replay; {
	case c.Published != "" && c.Package != "":
		return wrong("give the published document or the package, not both")
	case c.Backend != "" && c.Replay != "":
		return wrong("give the backend or a record of it, not both")
	case c.Record != "" && c.Backend == "":
		return wrong("a record is made of a backend, which was not given")
	case len(c.Floor) > 0 && (c.Contract == "" || backend == ""):
		return wrong("a floor needs the contract and the backend; without them nothing is seen")
	case given(c.Contract, c.Published+c.Package, backend) < 2:
		return wrong("nothing to compare; give two of contract, published document (or package) and backend (or record)")
	}
	return nil
}

// documents are the documents that were read; nil for those that were not given.
type documents struct{ contract, published *openapi3.T }

func (c *Config) documents(ctx context.Context, r *report.Report, record *live.Record) (docs documents, err error) {
	if c.Contract != "" {
		r.Sources.Contract = c.Contract
		if docs.contract, err = document.Load(ctx, c.Contract); err != nil {
			return docs, err
		}
	}
	switch {
	case c.Published != "":
		r.Sources.Published = c.Published
		docs.published, err = document.Load(ctx, c.Published)
	case c.Package != "":
		r.Sources.Published = c.Package
		if docs.published, r.Notes, err = oas.Read(c.Package); err == nil {
			r.Sources.Version = docs.published.Info.Version
		}
	case record != nil && record.Published != nil:
		r.Sources.Published = c.Replay
		docs.published, err = document.Parse(record.Published, c.Replay)
	}
	if record != nil {
		r.Sources.Version = cmp.Or(r.Sources.Version, record.Version)
	}
	if docs.published != nil {
		docs.published = document.Limit(docs.published, func(path string) bool { return c.in(path) || has(docs.contract, path) })
	}
	return docs, err
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

// accepted reads the accepted deviations. It is called before the backend is asked.
func (c *Config) accepted() (*accept.File, error) {
	if c.Accepted == "" {
		return new(accept.File), nil
	}
	return accept.Load(c.Accepted)
}

func (c *Config) accept(r *report.Report, file *accept.File) {
	if c.Version != "" {
		r.Sources.Version = c.Version
	}
	today := c.Today
	if today.IsZero() {
		today = time.Now()
	}
	everything := r.Sources.Contract != "" && r.Sources.Published != "" && r.Sources.Backend != ""
	r.Problems = file.Apply(r.Findings, r.Sources.Version, today, everything)
}
