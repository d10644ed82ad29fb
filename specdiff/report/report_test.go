package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

func sample() *report.Report {
	at := func(place string, aspect finding.Aspect, wrong finding.Wrong, accepted string) finding.Finding {
		return finding.Finding{
			Point: finding.Point{Place: place, Aspect: aspect}, Contract: "not null", Published: "null allowed", Live: "null", Wrong: wrong, Accepted: accepted,
			Go: "the field becomes a pointer", Change: "nullable: true", Example: "orders[].x", Curl: "curl http://x", Count: 3, Uses: []string{"GET /a"},
		}
	}
	return &report.Report{
		Sources: report.Sources{Contract: "openapi.yaml", Published: "medusa", Backend: "http://x", Version: "1.20.11"},
		Findings: []finding.Finding{
			at("Order.x", finding.Nullable, finding.Contract, ""), at("Cart.x", finding.Nullable, finding.Contract, ""),
			at("GET /a 500", finding.Refusal, finding.Backend, "that is how it is"), at("Order.y", finding.Nullable, finding.Published, ""),
		},
		Coverage: []report.Coverage{{What: "statuses", Seen: 9, Declared: 10, Floor: 90, Missing: []string{"GET /a 409"}}},
		Notes:    []string{"not read"},
	}
}

func text(t *testing.T, r *report.Report, style report.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	got := text(t, sample(), report.Style{})
	for _, want := range []string{
		"contract openapi.yaml, published medusa, live http://x\n", "Order.x#nullable and 1 more", "the contract is wrong", "null (3 times)", "also at   Cart.x#nullable",
		"in Go     the field becomes a pointer", "change    nullable: true", "repeat    curl http://x", "1  that is how it is", "1  shown live: the published document is wrong about nullable",
		"9 of   10  statuses (at least 90 %)", "note: not read", "disagrees, 4 findings: 2 unexplained, 1 accepted, 1 where only the published document is wrong",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") || strings.Contains(got, "Order.y#nullable") {
		t.Errorf("colours or explained points, without being asked:\n%s", got)
	}
	if got := text(t, sample(), report.Style{Color: true, All: true}); !strings.Contains(got, "\x1b[31m") || !strings.Contains(got, "Order.y#nullable") || !strings.Contains(got, "GET /a 409") {
		t.Errorf("no colours, or not all points:\n%s", got)
	}
}

func TestAgrees(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*report.Report)
		want bool
	}{
		"unexplained":         {func(*report.Report) {}, false},
		"all explained":       {func(r *report.Report) { r.Findings = r.Findings[2:] }, true},
		"a stale deviation":   {func(r *report.Report) { r.Findings, r.Problems = nil, []accept.Problem{{ID: "x", Text: "expired"}} }, false},
		"too little was seen": {func(r *report.Report) { r.Findings = nil; r.Coverage[0].Floor = 91 }, false},
		"nothing found":       {func(r *report.Report) { r.Findings = nil }, true},
	} {
		r := sample()
		c.edit(r)
		if r.Agrees() != c.want {
			t.Errorf("%s: agrees is %t", name, r.Agrees())
		}
		if got := text(t, r, report.Style{}); strings.Contains(got, "disagrees, ") == c.want {
			t.Errorf("%s: the text ends\n%s", name, got)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := sample().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Agrees      *bool             `json:"agrees"`
		Unexplained int               `json:"unexplained"`
		Sources     map[string]string `json:"sources"`
		Findings    []map[string]any  `json:"findings"`
		Problems    []any             `json:"problems"`
		Coverage    []map[string]any  `json:"coverage"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Agrees == nil || *got.Agrees || got.Unexplained != 2 || got.Sources["backend"] != "http://x" || got.Problems == nil || got.Coverage[0]["floor"] != 90.0 {
		t.Errorf("got %s", b.String())
	}
	for _, name := range []string{"place", "aspect", "contract", "published", "live", "wrong", "go", "change", "example", "curl", "count", "uses"} {
		if got.Findings[0][name] == nil {
			t.Errorf("a finding has no %s", name)
		}
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := sample().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"### ❌ specdiff", "| `Order.x#nullable and 1 more` | `not null` | `null allowed` | `null (3 times)` | contract |", "<details><summary>What it means", "curl http://x", "that is how it is"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "no longer stand</summary>") {
		t.Error("an empty section is shown")
	}
}

func TestMarkdownFitsAComment(t *testing.T) {
	r := sample()
	for i := range 5000 {
		f := r.Findings[0]
		f.Place, f.Live = fmt.Sprintf("Order.property_%d", i), fmt.Sprint("null ", i, strings.Repeat("x", 3000))
		r.Findings = append(r.Findings, f)
		f.Accepted = fmt.Sprint("a reason ", i)
		r.Findings = append(r.Findings, f)
		r.Notes = append(r.Notes, strings.Repeat("note ", 100))
	}
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 || !strings.Contains(b.String(), "more | | | | |") || strings.Count(b.String(), "<details>") != strings.Count(b.String(), "</details>") {
		t.Errorf("%d bytes, or not closed", b.Len())
	}
}

// TestTextFromElsewhereIsHarmless checks that text from a backend has no effect on a terminal or a page.
func TestTextFromElsewhereIsHarmless(t *testing.T) {
	r := sample()
	r.Findings[0].Live = "\x1b]0;owned\a`|</details><script>\r\n| a | b |\u202e"
	if got := text(t, r, report.Style{}); strings.ContainsAny(got, "\x1b\a\r\u202e") {
		t.Errorf("control characters in %q", got)
	}
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "`\u0020]0;owned '\\|</details><script>  \\| a \\| b \\|  (3 times)`") {
		t.Errorf("got\n%s", got)
	}
}

// TestOperationsGoByTheirNames checks that an operation has the contract's name, with the id for accepted.yaml beside
// it.
func TestOperationsGoByTheirNames(t *testing.T) {
	r := sample()
	r.Findings[0].Point, r.Findings[0].Operation = finding.Point{Place: "GET /a query b", Aspect: finding.Style}, "ListA"
	var markdown, json bytes.Buffer
	if err := errors.Join(r.Markdown(&markdown), r.JSON(&json)); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string][]string{
		text(t, r, report.Style{}): {"\nListA query b#style  ", "\n  id        GET /a query b#style\n"},
		markdown.String():          {"| `ListA query b#style` |", "- id: `GET /a query b#style`"},
		json.String():              {`"operation": "ListA"`},
	} {
		for _, want := range want {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing in\n%s", want, got)
			}
		}
	}
}
