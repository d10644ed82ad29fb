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
	Width int  // of the terminal; 0 for lines of any length, as a file has
}

// Text writes the report for people: a table of what is to be dealt with, then each finding in full. For a backend alone
// it is whether the client works with it, and what differs from the contract.
func (r *Report) Text(w io.Writer, style Style) error {
	t := &text{style: style}
	if t.fixed(r.Fixed); r.Mine() {
		t.mine(r)
		_, err := io.WriteString(w, t.String())
		return err
	}
	t.hang("", 0, plain("specdiff: "+r.title()), t.strong)
	t.troubles(r)
	open := r.Unexplained()
	if len(open) > 0 {
		t.line("")
		if t.table(rows(open)); style.All {
			t.details(single(open))
		} else {
			t.details(rows(open))
		}
		t.variables(open, r.Sources.Backend)
	}
	t.gone(r)
	t.explained(r)
	t.coverage(r.Coverage)
	for _, note := range r.Notes {
		t.hang(t.dim("note: "), 6, plain(note), t.dim)
	}
	t.line("")
	if outcome := plain(r.outcome()); r.Agrees() {
		t.hang(t.green("agrees")+", ", 8, outcome, same)
	} else {
		t.hang(t.red("disagrees")+", ", 11, outcome, same)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// fixed writes what a run with -fix changed.
func (t *text) fixed(all []finding.Finding) {
	for _, f := range all {
		yaml, more, _ := strings.Cut(strings.TrimSpace(f.YAML), "\n")
		if more != "" {
			yaml += " …"
		}
		t.hang(t.green("changed "), 8, plain(strings.TrimSuffix(position(f)+": "+f.ID()+": "+yaml, ": ")), same)
	}
}

// troubles writes what fails the run besides findings.
func (t *text) troubles(r *Report) {
	for i, trouble := range r.troubles() {
		if i == 0 {
			t.line("")
		}
		t.hang("", 0, plain(trouble), t.red)
	}
}

type text struct {
	strings.Builder
	style Style
}

func (t *text) line(s string) { t.WriteString(noCommand(s) + "\n") }

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

// The widths of a table.
const (
	wide   = 120 // of a terminal, from which on a row of the table is beside its point, and not below it
	gap    = 2   // between columns
	column = 48  // the most that is filled up with blanks where lines have any length
)

func (t *text) table(all []row) {
	table := [][]string{{"point", "contract", "published", "live", "who is wrong"}}
	for _, r := range all {
		line := []string{r.name(), r.Contract, r.Published, r.Live, r.verdict()}
		for i := range line {
			line[i] = cmp.Or(plain(line[i]), "–")
		}
		table = append(table, line)
	}
	widths := t.widths(table)
	t.cells(widths, table[0], same, t.strong)
	for i, r := range all {
		paint := t.red
		if explained(r.Finding) {
			paint = same
		}
		t.cells(widths, table[i+1], paint, same)
	}
}

// widths returns the widths of the columns: as wide as what is in them, or as the terminal allows.
func (t *text) widths(table [][]string) []int {
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	last := len(widths) - 1
	if points := widths[0]; t.style.Width == 0 {
		for i := range last {
			widths[i] = min(widths[i], column)
		}
		widths[0] = min(points, wide)
		return widths
	}
	left := t.style.Width - last*gap - widths[last]
	widths[0] = min(widths[0], left/2)
	if t.style.Width < wide {
		widths[0] = 0
	}
	left -= widths[0]
	// What a narrow column leaves is for the wider ones.
	order := []int{1, 2, 3}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(widths[a], widths[b]) })
	for n, i := range order {
		widths[i] = min(widths[i], max(left/(len(order)-n), 1))
		left -= widths[i]
	}
	return widths
}

// cells writes a row of the table. A point that is wider than its column is not cut, but has a line of its own.
func (t *text) cells(widths []int, cells []string, verdict, line func(string) string) {
	last := len(cells) - 1
	columns := make([][]string, len(cells))
	height := 1
	for i, cell := range cells {
		columns[i] = []string{cell}
		if t.style.Width > 0 && i > 0 && i < last {
			columns[i] = broken(cell, widths[i], true)
		}
		height = max(height, len(columns[i]))
	}
	if t.style.Width > 0 && utf8.RuneCountInString(cells[0]) > widths[0] {
		t.line(line(cells[0]))
		columns[0] = nil
	}
	for n := range height {
		var text strings.Builder
		for i, column := range columns[:last] {
			cell := ""
			if n < len(column) {
				cell = column[n]
			}
			text.WriteString(cell + strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0)+gap))
		}
		if n == 0 {
			text.WriteString(verdict(cells[last]))
		}
		t.line(line(strings.TrimRight(text.String(), " ")))
	}
}

// broken returns text as lines of a width. They are broken between words, and, if hard, inside words that are too long.
func broken(text string, width int, hard bool) []string {
	var all []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			all = append(all, line)
		}
		runes := []rune(word)
		for hard && len(runes) > width {
			all = append(all, string(runes[:width]))
			runes = runes[width:]
		}
		line = string(runes)
	}
	return append(all, line)
}

// hang writes text after a head of a width. Further lines are below the text.
func (t *text) hang(head string, width int, text string, paint func(string) string) {
	all := []string{text}
	if w := t.style.Width - width; t.style.Width > 0 && w > 0 {
		all = broken(text, w, false)
	}
	for _, line := range all {
		t.line(head + paint(line))
		head = strings.Repeat(" ", width)
	}
}

// details writes what does not fit the table.
func (t *text) details(all []row) {
	for _, r := range all {
		t.line("")
		title := who(r.Wrong)
		if r.New {
			title += ", new"
		}
		t.line(t.strong(plain(r.name())) + ": " + t.red(title))
		t.fields(r.fields())
	}
}

// fields writes what is known of a row. What readers copy is in one line, which the terminal may break.
func (t *text) fields(all []field) {
	const width = 12
	for _, f := range all {
		head := "  " + t.dim(fmt.Sprintf("%-10s", f.Name))
		switch {
		case f.Block:
			t.line(head + strings.ReplaceAll(block(f.Value), "\n", "\n"+strings.Repeat(" ", width)))
		case f.Copied:
			t.line(head + plain(f.Value))
		default:
			t.hang(head, width, plain(f.Value), same)
		}
	}
}

func same(s string) string { return s }

// variables explains what the commands of the findings need.
func (t *text) variables(findings []finding.Finding, backend string) {
	for i, v := range variables(findings, backend) {
		if i == 0 {
			t.line("")
			t.line(t.strong("variables of the commands"))
		}
		t.hang(fmt.Sprintf("  %-17s", v.Name), 19, plain(v.Value), same)
	}
}

// gone writes what an earlier report has and this one has not.
func (t *text) gone(r *Report) {
	for i, f := range r.Gone {
		if i == 0 {
			t.line("")
			t.line(t.strong("gone since " + plain(r.Sources.Since)))
		}
		t.line("  " + plain(f.ID()))
	}
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
		t.hang(fmt.Sprintf("%5d  ", counts[reason]), 7, plain(reason), same)
	}
}

// coverage writes how much was seen of each kind.
func (t *text) coverage(all []Coverage) {
	if len(all) == 0 {
		return
	}
	t.line("")
	t.line(t.strong("seen of what the contract declares"))
	for _, c := range all {
		line := fmt.Sprintf("%5d of %4d  %s", c.Seen, c.Declared, plain(c.What))
		if c.Floor > 0 {
			line += fmt.Sprintf(" (at least %d %%)", c.Floor)
		}
		if c.Low() {
			line = t.red(line)
		}
		t.line(line)
		if len(c.Missing) > 0 && (t.style.All || c.Low()) {
			t.hang("       "+t.dim("not seen: "), 17, plain(strings.Join(c.Missing, ", ")), t.dim)
		}
	}
}
