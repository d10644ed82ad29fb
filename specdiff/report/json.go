package report

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// JSON writes the report and its outcome as one indented object.
func (r *Report) JSON(w io.Writer) error {
	var client Standing
	var differences []Difference
	if r.Mine() {
		client, differences = r.Standing(), append([]Difference{}, r.Differences()...)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Agrees      bool         `json:"agrees"`
		Unexplained int          `json:"unexplained"`
		Client      Standing     `json:"client,omitempty"`
		Differences []Difference `json:"differences,omitzero"`
		*Report
	}{r.Agrees(), len(r.Unexplained()), client, differences, r.filled()})
}

// filled returns the report with empty lists instead of null.
func (r *Report) filled() *Report {
	c := *r
	c.Findings, c.Problems = append([]finding.Finding{}, r.Findings...), append([]accept.Problem{}, r.Problems...)
	c.Coverage, c.Notes = append([]Coverage{}, r.Coverage...), append([]string{}, r.Notes...)
	return &c
}

// ReadJSON reads a report that JSON wrote.
func ReadJSON(r io.Reader) (*Report, error) {
	var read struct {
		Agrees *bool `json:"agrees"`
		Report
	}
	if err := json.NewDecoder(r).Decode(&read); err != nil || read.Agrees == nil {
		return nil, errors.New("it is no report that specdiff -format json wrote")
	}
	return &read.Report, nil
}
