package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Style is how text looks.
type Style struct {
	Color bool // with the colours of a terminal
	All   bool // with what is explained, and a row for each point
}

// Text writes the report for people: a table of what is to be dealt with, then each finding in full.
func (r *Report) Text(w io.Writer, style Style) error {
	t := &text{style: style}
	t.line(t.strong(plain("specdiff: " + r.title())))
	open := r.Unexplained()
	if len(open) > 0 {
		t.line("")
		if t.table(rows(open)); style.All {
			t.details(single(open))
		} else {
			t.details(rows(open))
		}
	}
	t.explained(r)
	for _, p := range r.Problems {
		t.line(t.red("accepted deviation ") + plain(p.String()))
	}
	t.coverage(r.Coverage)
	for _, note := range r.Notes {
		t.line(t.dim("note: " + plain(note)))
	}
	t.line("")
	if outcome := plain(r.outcome()); r.Agrees() {
		t.line(t.green("agrees") + ", " + outcome)
	} else {
		t.line(t.red("disagrees") + ", " + outcome)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

type text struct {
	strings.Builder
	style Style
}

func (t *text) line(s string) { t.WriteString(s + "\n") }

func (t *text) paint(code, s string) string {
	if !t.style.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) red(s string) string    { return t.paint("31", s) }
func (t *text) green(s string) string  { return t.paint("32", s) }
func (t *text) dim(s string) string    { return t.paint("2", s) }
func (t *text) strong(s string) string { return t.paint("1", s) }

const (
	pointWidth = 56
	cellWidth  = 28
)

func (t *text) table(all []row) {
	t.line(t.strong(cells("point", "contract", "published", "live") + "who is wrong"))
	for _, r := range all {
		who := string(r.Wrong)
		if r.Accepted == "" && r.Wrong != finding.Published {
			who = t.red(who)
		}
		t.line(cells(r.name(), r.Contract, r.Published, r.Live) + who)
	}
}

func cells(point string, says ...string) string {
	line := []string{cell(point, pointWidth)}
	for _, s := range says {
		line = append(line, cell(cmp.Or(s, "–"), cellWidth))
	}
	return strings.Join(line, "")
}

// cell returns text of one width. It is cut in the middle, so that the end of an id is shown.
func cell(s string, width int) string {
	s = plain(s)
	if n := utf8.RuneCountInString(s); n < width {
		return s + strings.Repeat(" ", width-n)
	}
	runes := []rune(s)
	half := (width - 2) / 2
	return string(runes[:width-2-half]) + "…" + string(runes[len(runes)-half:]) + " "
}

// details writes what does not fit the table.
func (t *text) details(all []row) {
	for _, r := range all {
		t.line("")
		t.line(t.strong(plain(r.name())) + ": " + t.red(who(r.Wrong)))
		for _, field := range []struct{ name, value string }{
			{"id", r.id()}, {"contract", r.Contract}, {"published", r.Published}, {"live", times(r.Finding)}, {"seen", r.Example}, {"in Go", r.Go},
			{"change", r.Change}, {"used by", few(r.Uses)}, {"also at", few(r.ids[1:])}, {"repeat", r.Curl},
		} {
			if field.value != "" {
				t.line("  " + t.dim(fmt.Sprintf("%-10s", field.name)) + plain(field.value))
			}
		}
	}
}

func who(w finding.Wrong) string {
	switch w {
	case finding.Undecided:
		return "nothing that was seen decides"
	case finding.Unseen:
		return "too little was seen"
	case finding.Documents:
		return "both documents are wrong"
	case finding.Published:
		return "the published document is wrong"
	case finding.Contract, finding.Backend:
	}
	return "the " + string(w) + " is wrong"
}

func times(f finding.Finding) string {
	if f.Count > 1 {
		return fmt.Sprintf("%s (%d times)", f.Live, f.Count)
	}
	return f.Live
}

// few returns the first of many names.
func few(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// explained writes how many findings each reason explains, or all of them.
func (t *text) explained(r *Report) {
	done := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return !explained(f) })
	if len(done) == 0 {
		return
	}
	t.line("")
	if t.style.All {
		t.table(single(done))
		return
	}
	counts := map[string]int{}
	var reasons []string
	for _, f := range done {
		reason := because(f)
		if counts[reason]++; counts[reason] == 1 {
			reasons = append(reasons, reason)
		}
	}
	t.line(t.strong("explained") + t.dim(" (-all shows each)"))
	for _, reason := range reasons {
		t.line(fmt.Sprintf("%5d  %s", counts[reason], plain(reason)))
	}
}

// because returns why a finding is explained.
func because(f finding.Finding) string {
	switch {
	case f.Accepted != "":
		return f.Accepted
	case f.Live == "":
		return "the published document says without effect what it says about " + string(f.Aspect)
	}
	return "shown live: the published document is wrong about " + string(f.Aspect)
}

func (t *text) coverage(all []Coverage) {
	if len(all) == 0 {
		return
	}
	t.line("")
	t.line(t.strong("seen of what the contract declares"))
	for _, c := range all {
		line := fmt.Sprintf("%5d of %4d  %s", c.Seen, c.Declared, c.What)
		if c.Floor > 0 {
			line += fmt.Sprintf(" (at least %d %%)", c.Floor)
		}
		if c.Low() {
			line = t.red(line)
		}
		t.line(line)
		if len(c.Missing) > 0 && (t.style.All || c.Low()) {
			t.line(t.dim("       not seen: " + plain(strings.Join(c.Missing, ", "))))
		}
	}
}
