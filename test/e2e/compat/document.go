package compat

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed compatibility.md.tmpl
var page string

// Document returns docs/compatibility.md.
func Document() ([]byte, error) {
	t, err := template.New("docs/compatibility.md").Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]string{"Table": table(), "Differences": differences(), "Settings": settings(), "Absences": absences(), "Bridges": bridges()})
	return b.Bytes(), err
}

// table returns a row for each check and a column for each version.
func table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| use | %s |\n|---|%s\n", strings.Join(Versions, " | "), strings.Repeat(":-:|", len(Versions)))
	for _, check := range Checks {
		fmt.Fprintf(&b, "| %s ", check.Name)
		for _, version := range Versions {
			fmt.Fprintf(&b, "| %s ", cell(version, check.Name))
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func cell(version, check string) string {
	if d := Of(version, check); d != nil {
		return fmt.Sprintf("%s %d", map[Kind]string{Remark: "note", Refused: "✗"}[d.Kind], slices.IndexFunc(notes(), d.sameNote)+1)
	}
	return "✓"
}

// notes returns the differences without those that have the note of an earlier one.
func notes() []Difference {
	var all []Difference
	for _, d := range Differences {
		if !slices.ContainsFunc(all, d.sameNote) {
			all = append(all, d)
		}
	}
	return all
}

func (d Difference) sameNote(other Difference) bool {
	return d.Before == other.Before && d.Kind == other.Kind && d.Text == other.Text
}

// differences returns the notes as a numbered list.
func differences() string {
	var b strings.Builder
	for i, note := range notes() {
		var checks []string
		for _, d := range Differences {
			if d.sameNote(note) {
				checks = append(checks, d.Check)
			}
		}
		uses := strings.Join(checks, ", ")
		fmt.Fprintf(&b, "%d. **%s, before %s**, %s: %s\n", i+1, strings.ToUpper(uses[:1])+uses[1:], release(note.Before), note.Kind, note.Text)
	}
	return b.String()
}

// release returns a version without a zero at its end.
func release(version string) string { return strings.TrimSuffix(version, ".0") }

// absences returns a row for what older versions do not send.
func absences() string {
	var b strings.Builder
	for _, a := range Absences {
		becomes := map[bool]string{true: "an error that names it and the version", false: "nil"}[a.Refused]
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", release(a.Before), strings.Join(a.Properties, "`, `"), becomes)
	}
	return b.String()
}

// bridges returns a list of what makes no difference.
func bridges() string {
	var b strings.Builder
	for _, one := range Bridges {
		fmt.Fprintf(&b, "- Before %s: %s\n", release(one.Before), one.Text)
	}
	return b.String()
}

// settings returns a row for each setting.
func settings() string {
	var b strings.Builder
	for _, s := range Settings {
		fmt.Fprintf(&b, "| %s | %s |\n", s.Name, s.Text)
	}
	return b.String()
}
