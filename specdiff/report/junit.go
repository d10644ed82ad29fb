package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// The elements of a JUnit file that its readers have in common.
type (
	testSuites struct {
		XMLName xml.Name    `xml:"testsuites"`
		Suites  []testSuite `xml:"testsuite"`
		totals
	}
	testSuite struct {
		totals
		Timestamp string     `xml:"timestamp,attr,omitempty"`
		Cases     []testCase `xml:"testcase"`
	}
	totals struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"` // in seconds
	}
	testCase struct {
		Class   string  `xml:"classname,attr"`
		Name    string  `xml:"name,attr"`
		Time    string  `xml:"time,attr"`
		File    string  `xml:"file,attr,omitempty"`
		Line    int     `xml:"line,attr,omitempty"`
		Failure *result `xml:"failure"`
		Skipped *result `xml:"skipped"`
	}
	result struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report as an XML file of tests: a case for each finding, which fails if it has to be dealt with and is
// skipped if it is accepted, and cases for accepted deviations that no longer stand and for what was seen.
func (r *Report) JUnit(w io.Writer) error {
	all := testSuites{totals: totals{Name: "specdiff", Time: seconds(r.Took)}}
	all.add(r, "findings", r.findingCases())
	all.add(r, "accepted deviations", r.problemCases())
	all.add(r, "seen", r.coverageCases())
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Report) findingCases() []testCase {
	if len(r.Findings) == 0 {
		return []testCase{{Class: "specdiff", Name: "the sources agree"}} // readers refuse a file without tests
	}
	var cases []testCase
	for _, row := range single(r.Findings) {
		c := testCase{Class: plain(cmp.Or(row.Operation, row.Component())), Name: plain(row.ID()), File: r.relative(row.Finding), Line: row.Line}
		switch {
		case row.Accepted != "":
			c.Skipped = &result{Message: plain(row.Accepted)}
		case r.fails(row.Finding):
			c.Failure = &result{Message: plain(r.heading(row)), Type: string(row.Wrong), Text: row.text()}
		}
		cases = append(cases, c)
	}
	return cases
}

func (r *Report) problemCases() []testCase {
	var cases []testCase
	for _, p := range r.Problems {
		cases = append(cases, testCase{Class: "accepted deviations", Name: plain(p.ID), Failure: &result{Message: plain(p.String()), Type: "accepted"}})
	}
	return cases
}

func (r *Report) coverageCases() []testCase {
	var cases []testCase
	for _, line := range r.Coverage {
		c := testCase{Class: "seen", Name: plain(line.What)}
		if line.Low() {
			c.Failure = &result{Message: plain(line.String()), Type: "coverage"}
		}
		cases = append(cases, c)
	}
	return cases
}

// add adds a suite, unless it has no cases.
func (all *testSuites) add(r *Report, name string, cases []testCase) {
	if len(cases) == 0 {
		return
	}
	s := testSuite{totals: totals{Name: name, Tests: len(cases), Time: seconds(0)}, Cases: cases}
	if len(all.Suites) == 0 {
		s.Time = all.Time
	}
	if !r.Began.IsZero() {
		s.Timestamp = r.Began.Format("2006-01-02T15:04:05")
	}
	for i := range cases {
		cases[i].Time = seconds(0)
		if cases[i].Failure != nil {
			s.Failures++
		}
		if cases[i].Skipped != nil {
			s.Skipped++
		}
	}
	all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
	all.Suites = append(all.Suites, s)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
