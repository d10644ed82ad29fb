package compat

import (
	"bytes"
	_ "embed"
	"fmt"
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
	err = t.Execute(&b, map[string]string{"Table": table(), "Differences": differences(), "Settings": settings()})
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
	for i, d := range Differences {
		if d.Check == check && older(version, d.Before) {
			return fmt.Sprintf("%s %d", map[Kind]string{Remark: "note", Refused: "✗"}[d.Kind], i+1)
		}
	}
	return "✓"
}

// differences returns the differences as a numbered list.
func differences() string {
	var b strings.Builder
	for i, d := range Differences {
		fmt.Fprintf(&b, "%d. **%s, before %s**, %s: %s\n", i+1, strings.ToUpper(d.Check[:1])+d.Check[1:], strings.TrimSuffix(d.Before, ".0"), d.Kind, d.Text)
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
