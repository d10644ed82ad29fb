// Package specdiff compares what three sources say about one API: the contract that a client is made from, the document
// that the makers of the backend publish, and the running backend. It reports where they disagree, which of them is
// wrong, and what that means for callers in Go.
package specdiff

import (
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
	if len(config.Floor) > 0 && (config.Contract == "" || config.Backend == "") {
		return nil, fmt.Errorf("%w: a floor needs the contract and the backend; without them nothing is seen", ErrUsage)
	}
	docs, err := config.documents(ctx, r)
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
	if config.Backend != "" {
		if err := config.live(ctx, docs, places, &evidence, r); err != nil {
			return nil, err
		}
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

// live asks the backend once and compares the record with each document.
func (c *Config) live(ctx context.Context, docs documents, places map[string][]string, evidence *verdict.Evidence, r *report.Report) error {
	r.Sources.Backend = c.Backend
	known := slices.DeleteFunc([]*openapi3.T{docs.contract, docs.published}, func(doc *openapi3.T) bool { return doc == nil })
	config := c.Setup.Live()
	config.Backend, config.Documents, config.Progress = c.Backend, known, c.Progress
	record, err := live.Run(ctx, config)
	if err != nil {
		return err
	}
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
	return nil
}

func (c *Config) coverage(all []conform.Coverage) []report.Coverage {
	var lines []report.Coverage
	for _, line := range all {
		lines = append(lines, report.Coverage{What: string(line.What), Seen: line.Seen, Declared: line.Declared, Floor: c.Floor[line.What], Missing: line.Missing})
	}
	return lines
}

// documents are the documents that were read; nil for those that were not given.
type documents struct{ contract, published *openapi3.T }

func (c *Config) documents(ctx context.Context, r *report.Report) (docs documents, err error) {
	switch {
	case c.Published != "" && c.Package != "":
		return docs, fmt.Errorf("%w: give the published document or the package, not both", ErrUsage)
	case given(c.Contract, c.Published+c.Package, c.Backend) < 2:
		return docs, fmt.Errorf("%w: nothing to compare; give two of contract, published document (or package) and backend", ErrUsage)
	}
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
	}
	if docs.published != nil {
		docs.published = document.Limit(docs.published, func(path string) bool { return c.in(path) || has(docs.contract, path) })
	}
	return docs, err
}

func given(sources ...string) int {
	return len(slices.DeleteFunc(sources, func(s string) bool { return s == "" }))
}

func (c *Config) in(path string) bool {
	routes := c.Routes
	if len(routes) == 0 {
		routes = DefaultRoutes()
	}
	return slices.ContainsFunc(routes, func(route string) bool {
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
