package report

import (
	"fmt"
	"io"
	"strings"
)

// The bounds on the report, because a comment on a pull request has at most 65,536 characters.
const (
	maxMarkdown = 60_000
	maxRows     = 100
)

// Markdown writes the report for a pull request: a table of what is to be dealt with, and the details in closed
// sections. It is cut to fit a comment.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	if r.Mine() {
		r.mineMarkdown(&b)
	} else {
		r.threeMarkdown(&b)
	}
	fold(&b, "Gone since the earlier report", func(b *strings.Builder) {
		for _, f := range r.Gone {
			if !fits(b, "- "+code(f.ID())+"\n") {
				return
			}
		}
	})
	fold(&b, "Seen of what the contract declares", func(b *strings.Builder) {
		for _, c := range r.Coverage {
			fmt.Fprintf(b, "- %d of %d %s, at least %d %%\n", c.Seen, c.Declared, prose(c.What), c.Floor)
		}
	})
	fold(&b, "Explained", func(b *strings.Builder) {
		for _, row := range rows(r.Findings) {
			if explained(row.Finding) && !fits(b, fmt.Sprintf("- %s: %s\n", code(row.name()), prose(because(row.Finding)))) {
				return
			}
		}
	})
	fold(&b, "Notes", func(b *strings.Builder) {
		for _, note := range r.Notes {
			if !fits(b, "- "+code(note)+"\n") {
				return
			}
		}
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// threeMarkdown writes a table of what is to be dealt with, and the details.
func (r *Report) threeMarkdown(b *strings.Builder) {
	mark := "✅ specdiff agrees"
	if !r.Agrees() {
		mark = "❌ specdiff disagrees"
	}
	fmt.Fprintf(b, "### %s\n\n%s\n\n%s.\n", mark, prose(r.title()), prose(r.outcome()))
	for i, trouble := range r.troubles() {
		if i == 0 {
			b.WriteString("\n")
		}
		if !fits(b, "- "+prose(trouble)+"\n") {
			return
		}
	}
	open := rows(r.Unexplained())
	if len(open) > 0 {
		b.WriteString("\n| point | contract | published | live | who is wrong |\n|---|---|---|---|---|\n")
		for i, row := range open {
			if i == maxRows || b.Len() > maxMarkdown/2 {
				fmt.Fprintf(b, "| and %d more | | | | |\n", len(open)-i)
				break
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", code(row.name()), code(row.Contract), code(row.Published), code(times(row.Finding)), row.verdict())
		}
		fold(b, "What it means, and how to see it again", func(b *strings.Builder) {
			for _, row := range open {
				var item strings.Builder
				fmt.Fprintf(&item, "- %s\n", code(row.name()))
				listed(&item, row.fields())
				if !fits(b, item.String()) {
					return
				}
			}
			for _, v := range variables(r.Unexplained(), r.Sources.Backend) {
				if !fits(b, fmt.Sprintf("- `$%s`: %s\n", v.Name, prose(v.Value))) {
					return
				}
			}
		})
	}
}

// listed writes what is known of an item, below it.
func listed(b *strings.Builder, fields []field) {
	for _, f := range fields {
		if f.Block {
			fmt.Fprintf(b, "  - %s:\n\n%s\n\n", f.Name, fenced(f.Value))
		} else {
			fmt.Fprintf(b, "  - %s: %s\n", f.Name, code(f.Value))
		}
	}
}

// fold writes a section that is closed until it is clicked, or nothing if fill writes nothing.
func fold(b *strings.Builder, title string, fill func(*strings.Builder)) {
	before := b.String()
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", title)
	start := b.Len()
	if fill(b); b.Len() == start {
		b.Reset()
		b.WriteString(before)
		return
	}
	b.WriteString("\n</details>\n")
}

// fits writes an item if there is room for it, or a line that says that there is none.
func fits(b *strings.Builder, item string) bool {
	if b.Len()+len(item) > maxMarkdown {
		b.WriteString("- and more, which do not fit here\n")
		return false
	}
	b.WriteString(item)
	return true
}

// code returns text that Markdown does not interpret, even in a table.
func code(text string) string {
	if text == "" {
		return "–"
	}
	return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(plain(text)) + "`"
}

// fenced returns text of several lines that Markdown does not interpret, as part of an item of the second level.
func fenced(text string) string {
	text = strings.ReplaceAll(block(text), "```", "")
	return "    ```\n    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n    ```"
}

// prose returns text without meaning to Markdown or HTML.
func prose(text string) string {
	return strings.NewReplacer("<", "&lt;", "&", "&amp;", "`", "'", "|", `\|`, "[", `\[`, "*", `\*`, "_", `\_`, "@", "@\u200b").Replace(plain(text))
}
