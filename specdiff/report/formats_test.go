package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// hostile is text that means something to a terminal, to GitHub, or in XML, JSON, Markdown or HTML.
const hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>]]>&amp;\"'`|\x1b[31m\u202e\x00\xff\r\n::error::x%0A, {{.}} ${COOKIE}"

// formats are all formats but text with its styles.
var formats = map[string]func(*report.Report, io.Writer) error{
	"text":     func(r *report.Report, w io.Writer) error { return r.Text(w, report.Style{All: true}) },
	"narrow":   func(r *report.Report, w io.Writer) error { return r.Text(w, report.Style{All: true, Width: 80}) },
	"wide":     func(r *report.Report, w io.Writer) error { return r.Text(w, report.Style{All: true, Width: 160}) },
	"JSON":     (*report.Report).JSON,
	"Markdown": (*report.Report).Markdown,
	"GitHub":   (*report.Report).GitHub,
	"JUnit":    (*report.Report).JUnit,
	"SARIF":    (*report.Report).SARIF,
	"HTML":     (*report.Report).HTML,
}

func in(t *testing.T, format string, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := formats[format](r, &b); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// full returns a report in which everything that there is occurs.
func full() *report.Report {
	r := sample()
	f := &r.Findings[0]
	f.File, f.Line, f.YAML, f.New = "openapi.yaml", 12, "x:\n  nullable: true", true
	f.Curl = `curl -H 'Cookie: '"${COOKIE}"'' -d '{"email":"'"${EMAIL2}"'"}' "${BACKEND}/a"`
	long := r.Findings[0]
	long.Point = finding.Point{Place: "GET /store/customers/me/" + strings.Repeat("a/very/long/path/", 8) + "{id} query with a blank", Aspect: finding.Bounds}
	r.Findings = append(r.Findings, long)
	r.Problems = []accept.Problem{{ID: "Gone.x#type", Text: "it has expired"}}
	r.Coverage = append(r.Coverage, report.Coverage{What: "values", Seen: 1, Declared: 4, Floor: 50, Missing: []string{"GET /never"}})
	gone := r.Findings[0]
	gone.Place = "Order.gone"
	r.Gone, r.Sources.Since = []finding.Finding{gone}, "earlier.json"
	r.Began, r.Took = time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC), 1500*time.Millisecond
	return r
}

// TestEveryFormatHasEverything checks that each id that has to be dealt with is there whole, with its line, and what else
// fails a run.
func TestEveryFormatHasEverything(t *testing.T) {
	r := full()
	for format := range formats {
		got := in(t, format, r)
		if format == "HTML" || format == "JUnit" {
			got = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#xA;", "\n").Replace(got)
		}
		for _, f := range r.Unexplained() {
			id := f.ID()
			if format == "JSON" {
				id = f.Place
			}
			if !strings.Contains(got, id) {
				t.Errorf("%s: %s is missing in\n%s", format, id, got)
			}
		}
		want := []string{"null allowed", "the field becomes a pointer", "nullable: true", "${BACKEND}/a", "openapi.yaml", "12", "Gone.x#type", "expired", "values"}
		if format == "JSON" {
			want[3] = `\"${BACKEND}/a\"`
		}
		for _, want := range want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing in\n%s", format, want, got)
			}
		}
	}
}

// TestAloneFailsForWhatBreaks checks that a report about a backend alone has failures for what breaks the client only, in
// every format, and everything that differs.
func TestAloneFailsForWhatBreaks(t *testing.T) {
	r := full()
	r.Sources.Published, r.Problems, r.Coverage = "", nil, nil
	r.Findings[0].Breaking, r.Findings[0].Client = true, "a call fails"
	harmless := in(t, "JUnit", r)
	if !strings.Contains(harmless, ` failures="1" `) || strings.Count(in(t, "SARIF", r), `"level": "error"`) != 1 || !strings.Contains(harmless, "Order.x#nullable: it breaks the Go client") {
		t.Errorf("got %s\n%s", harmless, in(t, "SARIF", r))
	}
	for _, format := range []string{"narrow", "HTML"} {
		got := in(t, format, r)
		for _, want := range []string{"breaks", "harmless", "a call fails", "Cart.x#nullable", "Order.x#nullable", "BACKEND"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing in\n%s", format, want, got)
			}
		}
	}
	r.Findings[0].Breaking = false
	if got := in(t, "JUnit", r); !strings.Contains(got, ` failures="0" `) {
		t.Errorf("got %s", got)
	}
}

// TestTroublesComeFirst checks that what else fails a run is before the findings, for people.
func TestTroublesComeFirst(t *testing.T) {
	r := full()
	for _, format := range []string{"text", "narrow", "Markdown", "GitHub", "HTML"} {
		got := in(t, format, r)
		finding := strings.Index(got, r.Findings[0].ID())
		for _, trouble := range []string{"expired", "1 of 4 values"} {
			if at := strings.Index(got, trouble); at < 0 || at > finding {
				t.Errorf("%s: %q is at %d, the first finding at %d", format, trouble, at, finding)
			}
		}
	}
}

// TestNoFinding checks that every format has something to show when there is nothing to report.
func TestNoFinding(t *testing.T) {
	for format := range formats {
		if got := in(t, format, &report.Report{}); !strings.Contains(got, "agree") && format != "SARIF" {
			t.Errorf("%s: an empty report is\n%s", format, got)
		}
	}
}

// terrible returns a report with hostile text wherever a source may have put it.
func terrible() *report.Report {
	r := full()
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Place, f.Contract, f.Published, f.Live, f.Go, f.Change, f.Example, f.Curl = "Order."+hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile
		f.Operation, f.Uses, f.File, f.YAML = hostile, []string{hostile}, hostile, hostile
		if f.Accepted != "" {
			f.Accepted = hostile
		}
	}
	r.Sources = report.Sources{Contract: hostile, Published: hostile, Backend: hostile, Version: hostile, Since: hostile}
	r.Problems[0] = accept.Problem{ID: hostile, Text: hostile}
	r.Coverage[1].What, r.Coverage[1].Missing = hostile, []string{hostile}
	r.Notes = []string{hostile}
	r.Gone[0].Place = hostile
	return r
}

func TestHostileTextIsHarmless(t *testing.T) {
	r := terrible()
	for format := range formats {
		got := in(t, format, r)
		if format != "JSON" && strings.ContainsAny(got, "\x1b\u202e\x00\r") {
			t.Errorf("%s has control characters: %q", format, got)
		}
		if format != "JSON" && !strings.ContainsRune(got, '\uFFFD') {
			t.Errorf("%s: got %q", format, got)
		}
		for line := range strings.Lines(got) {
			if format != "GitHub" && strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("%s: GitHub takes a line for a command: %q", format, line)
			}
		}
	}
	for line := range strings.Lines(in(t, "GitHub", r)) {
		if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::notice ") {
			t.Errorf("a line is no command: %q", line)
		}
	}
}

// A command is a workflow command, as GitHub reads it.
type command struct {
	level, message string
	properties     map[string]string
}

func commands(t *testing.T, text string) []command {
	t.Helper()
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	var all []command
	for line := range strings.Lines(text) {
		head, message, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "::"), "::")
		level, list, _ := strings.Cut(head, " ")
		if !ok {
			t.Fatalf("%q is no command", line)
		}
		c := command{level, unescape.Replace(message), map[string]string{}}
		for p := range strings.SplitSeq(list, ",") {
			name, value, _ := strings.Cut(p, "=")
			c.properties[name] = unescape.Replace(value)
		}
		all = append(all, c)
	}
	return all
}

func TestGitHub(t *testing.T) {
	r := full()
	all := commands(t, in(t, "GitHub", r))
	if c := all[0]; c.level != "error" || c.properties["title"] != "specdiff disagrees" || !strings.Contains(c.message, "3 unexplained") {
		t.Errorf("the first command is %+v", c)
	}
	i := slices.IndexFunc(all, func(c command) bool { return strings.HasPrefix(c.properties["title"], "new: Order.x#nullable") })
	if i < 0 || all[i].level != "error" || all[i].properties["file"] != "openapi.yaml" || all[i].properties["line"] != "12" || !strings.Contains(all[i].message, "\nas YAML:\nx:\n  nullable: true\n") {
		t.Errorf("the finding is not among %+v", all)
	}
	r.Findings, r.Problems, r.Coverage, r.Notes = nil, nil, nil, nil
	if all := commands(t, in(t, "GitHub", r)); len(all) != 1 || all[0].level != "notice" {
		t.Errorf("when the sources agree, the commands are %+v", all)
	}
}

// TestGitHubShowsTheFirst checks that what exceeds the limits of a level goes to the next one.
func TestGitHubShowsTheFirst(t *testing.T) {
	r := sample()
	f := r.Findings[0]
	r.Findings = nil
	for i := range 40 {
		f.Place, f.Live = fmt.Sprintf("Order.p%02d", i), fmt.Sprint(i)
		r.Findings = append(r.Findings, f)
	}
	var levels []string
	for _, c := range commands(t, in(t, "GitHub", r))[1:] {
		levels = append(levels, c.level)
	}
	want := slices.Concat(slices.Repeat([]string{"error"}, 9), slices.Repeat([]string{"warning"}, 10), slices.Repeat([]string{"notice"}, 22))
	if !slices.Equal(levels, want) {
		t.Errorf("the levels are %v", levels)
	}
}

func TestFilesAreNamedFromTheRoot(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ root, file, want string }{
		{"", "openapi.yaml", "openapi.yaml"}, {"", "a/b.yaml", "a/b.yaml"}, {"", "./b.yaml", "b.yaml"}, {"..", "../openapi.yaml", "openapi.yaml"},
		{"..", "openapi.yaml", "report/openapi.yaml"}, {"", filepath.Join(here, "x.yaml"), "x.yaml"}, {"", "/elsewhere/x.yaml", "/elsewhere/x.yaml"},
		{"", "https://example.com/openapi.yaml", ""},
	} {
		r := sample()
		r.Root, r.Sources.Contract = c.root, c.file
		if got := commands(t, in(t, "GitHub", r))[0].properties["file"]; got != c.want {
			t.Errorf("%s from %q is %q, want %q", c.file, c.root, got, c.want)
		}
	}
}

func TestJUnit(t *testing.T) {
	type suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Skipped *struct {
				Message string `xml:"message,attr"`
			} `xml:"skipped"`
		} `xml:"testcase"`
	}
	for name, r := range map[string]*report.Report{"full": full(), "terrible": terrible(), "empty": {}} {
		var got struct {
			suite
			Suites []suite `xml:"testsuite"`
		}
		if err := xml.Unmarshal([]byte(in(t, "JUnit", r)), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tests, failures, skipped := 0, 0, 0
		for _, s := range got.Suites {
			for _, c := range s.Cases {
				if tests++; c.Failure != nil {
					failures++
				}
				if c.Skipped != nil {
					skipped++
				}
			}
		}
		if got.Tests != tests || got.Failures != failures || got.Skipped != skipped || tests == 0 || (failures == 0) != r.Agrees() {
			t.Errorf("%s: %d tests, %d failures, %d skipped in %+v", name, tests, failures, skipped, got)
		}
		if name != "full" {
			continue
		}
		if c := got.Suites[0].Cases[0]; c.Name != "Order.x#nullable" || !strings.Contains(c.Failure.Message, "the contract is wrong") || !strings.Contains(c.Failure.Text, "as YAML:\nx:\n  nullable: true\n") {
			t.Errorf("the first case is %+v", c)
		}
		if c := got.Suites[0].Cases[2]; c.Skipped == nil || c.Skipped.Message != "that is how it is" || got.Time != "1.500" {
			t.Errorf("the accepted one is %+v, the time %s", c, got.Time)
		}
	}
}

func TestSARIF(t *testing.T) {
	type result struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Kind         string            `json:"kind"`
		Level        string            `json:"level"`
		Baseline     string            `json:"baselineState"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []struct {
			Justification string `json:"justification"`
		} `json:"suppressions"`
		Locations []struct {
			Physical struct {
				Artifact map[string]string `json:"artifactLocation"`
				Region   map[string]int    `json:"region"`
			} `json:"physicalLocation"`
		} `json:"locations"`
	}
	var got struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID string `json:"id"`
					} `json:"rules"`
				} `json:"driver"`
			} `json:"tool"`
			Results []result `json:"results"`
		} `json:"runs"`
	}
	r := full()
	if err := json.Unmarshal([]byte(in(t, "SARIF", r)), &got); err != nil {
		t.Fatal(err)
	}
	results := map[string]result{}
	for _, s := range got.Runs[0].Results {
		id := s.Fingerprints["specdiffId/v1"]
		if _, twice := results[id]; twice || got.Runs[0].Tool.Driver.Rules[s.RuleIndex].ID != s.RuleID || len(s.Locations) == 0 {
			t.Errorf("twice, of another rule or nowhere: %+v", s)
		}
		results[id] = s
	}
	if s := results["Order.x#nullable"]; s.RuleID != "nullable" || s.Level != "error" || s.Baseline != "new" ||
		s.Locations[0].Physical.Artifact["uri"] != "openapi.yaml" || s.Locations[0].Physical.Artifact["uriBaseId"] != "%SRCROOT%" || s.Locations[0].Physical.Region["startLine"] != 12 {
		t.Errorf("the finding is %+v", s)
	}
	if s := results["GET /a 500#refusal"]; s.Level != "note" || s.Baseline != "unchanged" || s.Suppressions[0].Justification != "that is how it is" {
		t.Errorf("the accepted one is %+v", s)
	}
	if s := results["Order.y#nullable"]; s.Level != "none" || s.Kind != "informational" {
		t.Errorf("the published document's is %+v", s)
	}
	if results["Order.gone#nullable"].Baseline != "absent" || results["accepted Gone.x#type"].Level != "error" || results["coverage values"].Level != "error" {
		t.Errorf("what is gone, or fails the run besides: %+v", results)
	}
}

// TestWidth checks that no line of a terminal is wider than it, but those that readers copy, and that ids are whole.
func TestWidth(t *testing.T) {
	r := full()
	for i := range r.Findings {
		r.Findings[i].Live = strings.Repeat("accepted: unix seconds; ", 20)
	}
	for _, width := range []int{40, 80, 119, 120, 160, 250} {
		got := text(t, r, report.Style{All: true, Width: width})
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if n := len([]rune(line)); n > width && !strings.Contains(line, "#") && !strings.HasPrefix(line, "  repeat") {
				t.Errorf("at %d columns, a line has %d: %s", width, n, line)
			}
		}
		if strings.Contains(got, "…") {
			t.Errorf("at %d columns, something was cut:\n%s", width, got)
		}
	}
	for line := range strings.Lines(text(t, r, report.Style{})) {
		if strings.HasPrefix(line, "Cart.x#nullable  ") && strings.Contains(line, "not null") && strings.Contains(line, strings.TrimSpace(r.Findings[0].Live)) {
			return
		}
	}
	t.Error("in a file, a row is not one line")
}

func TestVariables(t *testing.T) {
	got := text(t, full(), report.Style{})
	for _, want := range []string{"BACKEND          the URL of the backend, here http://x\n", "COOKIE           the cookie of a login", "EMAIL2           another email"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is not there once in\n%s", want, got)
		}
	}
	if strings.Contains(got, "RESET_TOKEN") {
		t.Error("a variable is explained that no command has")
	}
}

func TestSince(t *testing.T) {
	at := func(place, contract, accepted string) finding.Finding {
		return finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Type}, Contract: contract, Wrong: finding.Contract, Accepted: accepted}
	}
	earlier := &report.Report{Findings: []finding.Finding{at("Same", "a", ""), at("Edited", "a", ""), at("NoLongerAccepted", "a", "why"), at("Accepted", "a", ""), at("Gone", "a", ""), at("StillAccepted", "a", "why")}}
	now := &report.Report{Findings: []finding.Finding{at("Same", "a", ""), at("Edited", "b", ""), at("NoLongerAccepted", "a", ""), at("Brought", "a", ""), at("Accepted", "a", "why"), at("StillAccepted", "b", "why")}}

	var b bytes.Buffer
	if err := earlier.JSON(&b); err != nil {
		t.Fatal(err)
	}
	read, err := report.ReadJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	agreed := now.Agrees()
	now.Since(read, "earlier.json")
	var got []string
	for _, f := range now.Findings {
		if f.New {
			got = append(got, f.Place)
		}
	}
	if want := []string{"Edited", "NoLongerAccepted", "Brought"}; !slices.Equal(got, want) || now.Findings[3].Place != "Same" {
		t.Errorf("new are %v, want %v, first: %+v", got, want, now.Findings)
	}
	if len(now.Gone) != 1 || now.Gone[0].Place != "Gone" || now.Agrees() != agreed {
		t.Errorf("gone are %+v", now.Gone)
	}
	for _, format := range []string{"narrow", "Markdown", "HTML", "GitHub"} {
		if got := strings.Join(strings.Fields(in(t, format, now)), " "); !strings.Contains(got, "since earlier.json 3 new, of which 3 unexplained, and 1 gone") || format != "GitHub" && !strings.Contains(got, "Gone#type") {
			t.Errorf("%s: got\n%s", format, got)
		}
	}
}

func TestReadJSONRefusesOthers(t *testing.T) {
	for _, text := range []string{"", "[]", "{}", `{"findings": []}`, `{"agrees": true, "findings": 3}`} {
		if _, err := report.ReadJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestJSONIsReadBack(t *testing.T) {
	r := full()
	read, err := report.ReadJSON(strings.NewReader(in(t, "JSON", r)))
	if err != nil {
		t.Fatal(err)
	}
	read.Took, read.Root = r.Took, r.Root
	if a, b := fmt.Sprintf("%+v", r), fmt.Sprintf("%+v", read); a != b {
		t.Errorf("read\n%s\nwant\n%s", b, a)
	}
}
