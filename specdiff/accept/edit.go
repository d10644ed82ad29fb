package accept

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Why is what an entry says besides what the sources say.
type Why struct {
	Reason, Evidence, Versions string
	Expires                    time.Time
}

// Add adds entries that accept the findings to a file: one for all findings on which the sources say the same. The rest
// of the file stays as it is. Findings that are accepted already are left out.
func Add(name string, findings []finding.Finding, why Why) (ids int, err error) {
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	if _, err := Parse(text); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	var entries []*Entry
	for _, f := range findings {
		if f.Accepted != "" || f.Wrong == finding.Published {
			continue
		}
		ids++
		e := &Entry{
			Wrong: f.Wrong, Contract: literal(f.Contract), Published: literal(f.Published), Live: literal(f.Live),
			Reason: why.Reason, Evidence: why.Evidence, Versions: why.Versions, Expires: why.Expires.Format(time.DateOnly),
		}
		i := slices.IndexFunc(entries, func(o *Entry) bool {
			return o.Wrong == e.Wrong && o.Contract == e.Contract && o.Published == e.Published && o.Live == e.Live
		})
		if i < 0 {
			i, entries = len(entries), append(entries, e)
		}
		entries[i].IDs = append(entries[i].IDs, f.ID())
	}
	out := strings.TrimRight(string(text), "\n") + "\n"
	if len(strings.TrimSpace(out)) == 0 {
		out = "accepted:\n"
	}
	for _, e := range entries {
		if err := e.check(); err != nil {
			return 0, err
		}
		out += e.yaml()
	}
	return ids, os.WriteFile(name, []byte(out), 0o644)
}

// literal returns a pattern for text, in which a star would match anything.
func literal(text string) string {
	const most = 200 // an entry is for people
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "*"
	}
	return text
}

// yaml returns the entry as it stands in a file.
func (e *Entry) yaml() string {
	var b strings.Builder
	b.WriteString("  - ids:" + list(e.IDs))
	for _, field := range []struct{ name, value string }{
		{"wrong", string(e.Wrong)}, {"contract", e.Contract}, {"published", e.Published}, {"live", e.Live},
		{"reason", e.Reason}, {"evidence", e.Evidence}, {"versions", e.Versions}, {"expires", e.Expires},
	} {
		if field.value != "" {
			b.WriteString("    " + field.name + ": " + scalar(field.value) + "\n")
		}
	}
	return b.String()
}

// list returns ids as the value of a name: in one line if they fit.
func list(ids []string) string {
	const width = 110
	var quoted []string
	for _, id := range ids {
		quoted = append(quoted, scalar(id))
	}
	if line := strings.Join(quoted, ", "); len(line) < width {
		return " [" + line + "]\n"
	}
	return "\n      - " + strings.Join(quoted, "\n      - ") + "\n"
}

// scalar returns text as a plain scalar, or quoted if it would mean something else. It may stand in a list in brackets.
func scalar(text string) string {
	special := strings.ContainsAny(text[:min(1, len(text))], "-?:,[]{}#&*!|>'\"%@` ") || strings.ContainsAny(text, ",[]{}\n") ||
		strings.Contains(text, ": ") || strings.Contains(text, " #") || strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ")
	switch strings.ToLower(text) {
	case "", "null", "true", "false", "yes", "no", "~":
		special = true
	}
	if !special {
		return text
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), "\n", " ") + "'"
}

// Prune removes the ids of problems that no finding has any longer from a file, and entries without other ids. Comments
// and the other lines stay as they are. It returns how many ids were removed.
func Prune(name string, problems []Problem) (ids int, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	gone := map[string]bool{}
	for _, p := range problems {
		gone[p.ID] = gone[p.ID] || p.Gone
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	entries := value(&root, "accepted")
	if entries == nil {
		return 0, nil
	}
	for i, entry := range slices.Backward(entries.Content) { // so that the lines before stay where they are
		var all, kept []string
		for _, id := range value(entry, "ids").Content {
			if all = append(all, id.Value); !gone[id.Value] {
				kept = append(kept, id.Value)
			}
		}
		ids += len(all) - len(kept)
		from, to := entry.Line-1, len(lines)
		if i+1 < len(entries.Content) {
			to = entries.Content[i+1].Line - 1
		}
		for to > from && strings.HasPrefix(strings.TrimSpace(lines[to-1]), "#") { // a comment on what follows
			to--
		}
		switch {
		case len(kept) == len(all):
		case len(kept) == 0:
			lines = slices.Delete(lines, from, to)
		default:
			begin, end := span(entry, "ids", to)
			indent := "    "
			if begin == from {
				indent = "  - "
			}
			lines = slices.Replace(lines, begin, end, indent+"ids:"+list(kept))
		}
	}
	return ids, os.WriteFile(name, []byte(strings.Join(lines, "")), 0o644)
}

// value returns the value of a name in a mapping, or nil.
func value(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// span returns the lines, from begin to before end, of a name and its value in a mapping that ends before last.
func span(n *yaml.Node, name string, last int) (begin, end int) {
	end = last
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != name {
			continue
		}
		if begin = n.Content[i].Line - 1; i+2 < len(n.Content) {
			end = n.Content[i+2].Line - 1
		}
	}
	return begin, end
}
