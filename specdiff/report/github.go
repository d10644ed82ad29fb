package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// maxShown is how many annotations of a level GitHub shows of a step. It drops the others.
const maxShown = 10

// GitHub writes the report as workflow commands, which GitHub shows as annotations: the outcome, what failed the run
// besides findings, then the findings that have to be dealt with. The first ten are errors, the next ten warnings, and
// the others notices, so that as many as possible are shown.
func (r *Report) GitHub(w io.Writer) error {
	a := &annotations{report: r, count: map[string]int{}}
	switch {
	case r.Mine():
		a.mine(r)
	case r.Agrees():
		a.add("notice", "specdiff agrees", finding.Finding{}, plain(r.outcome()))
	default:
		a.add("error", "specdiff disagrees", finding.Finding{}, plain(r.outcome()))
	}
	for _, trouble := range r.troubles() {
		title, text, _ := strings.Cut(trouble, ": ")
		a.add("error", title, finding.Finding{}, plain(text))
	}
	for _, row := range rows(r.Unexplained()) {
		if !r.Mine() {
			a.add("error", row.title(), row.Finding, row.text())
		}
	}
	for _, note := range r.Notes {
		a.add("notice", "note", finding.Finding{}, plain(note))
	}
	_, err := io.WriteString(w, a.String())
	return err
}

type annotations struct {
	strings.Builder
	report *Report
	count  map[string]int
}

// add writes an annotation. If no more of its level are shown, the level is the next lower one.
func (a *annotations) add(level, title string, at finding.Finding, text string) {
	for _, lower := range []string{"warning", "notice"} {
		if a.count[level] >= maxShown && level != "notice" {
			level = lower
		}
	}
	a.count[level]++
	properties := ""
	if file := a.report.relative(at); file != "" {
		properties = "file=" + property(file) + ","
		if at.Line > 0 {
			properties += fmt.Sprintf("line=%d,", at.Line)
		}
	}
	fmt.Fprintf(a, "::%s %stitle=%s::%s\n", level, properties, property(title), data(cmp.Or(text, title)))
}

var (
	ofData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	ofProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// data returns the text of a workflow command.
func data(text string) string { return ofData.Replace(text) }

// property returns the value of a property of a workflow command.
func property(text string) string { return ofProperty.Replace(plain(text)) }

// title returns the name of the row and the verdict.
func (r row) title() string {
	if r.New {
		return "new: " + r.name() + ": " + who(r.Wrong)
	}
	return r.name() + ": " + who(r.Wrong)
}

// text returns what is known of the row and all its ids, in lines.
func (r row) text() string {
	var b strings.Builder
	for _, f := range r.fields() {
		switch {
		case f.Name == "id" || f.Name == "also at":
		case f.Block:
			fmt.Fprintf(&b, "%s:\n%s\n", f.Name, block(f.Value))
		default:
			fmt.Fprintf(&b, "%s: %s\n", f.Name, plain(f.Value))
		}
	}
	for _, id := range r.ids {
		fmt.Fprintf(&b, "id: %s\n", plain(id))
	}
	return strings.TrimSpace(b.String())
}
