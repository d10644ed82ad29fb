package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// row is a line of the table: a point, or several that differ only in the place.
type row struct {
	finding.Finding
	ids []string
}

func rows(findings []finding.Finding) []row {
	type key struct {
		aspect                              finding.Aspect
		contract, published, live, accepted string
		wrong                               finding.Wrong
		isNew                               bool
	}
	var all []row
	index := map[key]int{}
	for _, f := range findings {
		k := key{f.Aspect, f.Contract, f.Published, f.Live, f.Accepted, f.Wrong, f.New}
		i, ok := index[k]
		if !ok {
			i = len(all)
			index[k] = i
			all = append(all, row{Finding: f})
		}
		all[i].ids = append(all[i].ids, f.ID())
	}
	return all
}

// single returns a row for each point.
func single(findings []finding.Finding) []row {
	var all []row
	for _, f := range findings {
		all = append(all, alone(f))
	}
	return all
}

// alone returns the row of one point.
func alone(f finding.Finding) row { return row{f, []string{f.ID()}} }

// name returns the first id of the row, with the name of the operation instead of its method and path.
func (r row) name() string {
	name := name(r.Finding) + "#" + string(r.Aspect)
	if n := len(r.ids) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", name, n)
	}
	return name
}

// id returns the first id of the row, or "" if that is its name.
func (r row) id() string {
	if r.Operation == "" {
		return ""
	}
	return r.ids[0]
}

// verdict returns the verdict for a table.
func (r row) verdict() string {
	if r.New {
		return string(r.Wrong) + ", new"
	}
	return string(r.Wrong)
}

// A field is something that is known of a row.
type field struct {
	Name, Value string
	Copied      bool // whether readers copy it, so that it must not be broken into lines
	Block       bool // whether it has several lines
}

// fields returns what is known of a row, without what is empty.
func (r row) fields() []field {
	return slices.DeleteFunc([]field{
		{Name: "id", Value: r.id(), Copied: true}, {Name: "at", Value: position(r.Finding)},
		{Name: "contract", Value: r.Contract}, {Name: "published", Value: r.Published}, {Name: "live", Value: times(r.Finding)}, {Name: "seen", Value: r.Example},
		{Name: "in Go", Value: r.Go}, {Name: r.client(), Value: r.Client}, {Name: "change", Value: r.Change}, {Name: "as YAML", Value: r.YAML, Copied: true, Block: true},
		{Name: "left", Value: r.Left},
		{Name: "used by", Value: few(r.Uses, ", ")}, {Name: "also at", Value: few(r.ids[1:], "\n"), Block: true}, {Name: "repeat", Value: r.Curl, Copied: true},
	}, func(f field) bool { return f.Value == "" })
}

// client returns the name of what a row means for package customers.
func (r row) client() string {
	if r.Breaking {
		return "breaks"
	}
	return "client"
}

// position returns the file and line of a finding, as compilers write it; "" if they are not known.
func position(f finding.Finding) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// who returns the verdict as a sentence.
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
func few(names []string, separator string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], separator) + fmt.Sprintf("%sand %d more", separator, len(names)-most)
	}
	return strings.Join(names, separator)
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

// plain returns text from other sources in a form that fits one line of a terminal: short and without control
// characters.
func plain(text string) string {
	const most = 2000
	return short(harmless(text, ""), most)
}

// block returns text of several lines, likewise, but longer, because it is copied.
func block(text string) string {
	const most = 64 << 10
	return noCommand(strings.Trim(short(harmless(text, "\n"), most), "\n"))
}

var command = regexp.MustCompile(`(?m)^(\s*)::`)

// noCommand returns text of which no line is a command to GitHub, which reads the log of a job.
func noCommand(text string) string { return command.ReplaceAllString(text, "$1: :") }

// harmless returns text without control characters, but for those to keep, and without what turns the direction of
// other text.
func harmless(text, keep string) string {
	return strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp) && !strings.ContainsRune(keep, c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

func short(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
