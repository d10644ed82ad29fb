package report

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// The objects of SARIF 2.1.0, as far as they are used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool        `json:"executionSuccessful"`
		Start         *time.Time  `json:"startTimeUtc,omitempty"`
		End           *time.Time  `json:"endTimeUtc,omitempty"`
		Notifications []sarifNote `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNote struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Kind         string             `json:"kind,omitempty"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]string  `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// SARIF writes the report as a log of SARIF 2.1.0. Its results are the findings, and what else failed the run. A finding
// that is accepted is suppressed, and one that does not fail the run is informational.
func (r *Report) SARIF(w io.Writer) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "specdiff", InformationURI: "https://github.com/medusa-storefront/customers-go/tree/main/specdiff", Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{Successful: true}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
	}
	invocation := &run.Invocations[0]
	if !r.Began.IsZero() {
		end := r.Began.Add(r.Took)
		invocation.Start, invocation.End = &r.Began, &end
	}
	for _, note := range r.Notes {
		invocation.Notifications = append(invocation.Notifications, sarifNote{"note", sarifText{plain(note)}})
	}
	for _, p := range r.Problems {
		run.add("accepted-deviation", "an accepted deviation no longer stands", sarifResult{Level: "error", Message: sarifText{plain(p.String())}, Locations: r.locations(finding.Finding{File: p.File, Line: p.Line}), Fingerprints: fingerprints("accepted " + p.ID)})
	}
	for _, c := range r.Coverage {
		if c.Low() {
			run.add("coverage", "too little was seen", sarifResult{Level: "error", Message: sarifText{plain(c.String())}, Locations: r.locations(finding.Finding{}), Fingerprints: fingerprints("coverage " + c.What)})
		}
	}
	for _, f := range r.Findings {
		run.addFinding(r, f, "")
	}
	for _, f := range r.Gone {
		run.addFinding(r, f, "absent")
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

func (run *sarifRun) addFinding(r *Report, f finding.Finding, baseline string) {
	row := alone(f)
	s := sarifResult{
		Level: "error", Message: sarifText{plain(r.heading(row)) + "\n" + row.text()}, Locations: r.locations(f), Fingerprints: fingerprints(f.ID()),
		Properties: map[string]string{"wrong": string(f.Wrong)},
	}
	switch {
	case f.Accepted != "":
		s.Level, s.Suppressions = "note", []sarifSuppression{{"external", plain(f.Accepted)}}
	case !r.fails(f):
		s.Level, s.Kind = "none", "informational"
	}
	switch {
	case r.Sources.Since == "":
	case baseline != "":
		s.Baseline = baseline
	case f.New:
		s.Baseline = "new"
	default:
		s.Baseline = "unchanged"
	}
	for name, value := range map[string]string{"contract": f.Contract, "published": f.Published, "live": f.Live, "curl": f.Curl} {
		if value != "" {
			s.Properties[name] = plain(value)
		}
	}
	run.add(string(f.Aspect), "the sources disagree: "+string(f.Aspect), s)
}

// add adds a result, and its rule unless it is there.
func (run *sarifRun) add(rule, description string, s sarifResult) {
	rules := &run.Tool.Driver.Rules
	s.RuleID, s.RuleIndex = rule, slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == rule })
	if s.RuleIndex < 0 {
		s.RuleIndex = len(*rules)
		*rules = append(*rules, sarifRule{rule, sarifText{description}})
	}
	run.Results = append(run.Results, s)
}

// fingerprints are what tells a result from others, in every run.
func fingerprints(id string) map[string]string { return map[string]string{"specdiffId/v1": plain(id)} }

// locations returns where a finding is: in the contract, and by its place. GitHub refuses results without a location.
func (r *Report) locations(f finding.Finding) []sarifLocation {
	var l sarifLocation
	if file := r.relative(f); file != "" {
		l.Physical = &sarifPhysical{Artifact: artifact(file)}
		if f.Line > 0 {
			l.Physical.Region = &sarifRegion{f.Line}
		}
	}
	if f.Place != "" {
		l.Logical = []sarifLogical{{plain(f.Place)}}
	}
	if l.Physical == nil && l.Logical == nil {
		return nil
	}
	return []sarifLocation{l}
}

func artifact(file string) sarifArtifact {
	if filepath.IsLocal(file) {
		return sarifArtifact{(&url.URL{Path: file}).String(), "%SRCROOT%"}
	}
	return sarifArtifact{(&url.URL{Scheme: "file", Path: file}).String(), ""}
}
