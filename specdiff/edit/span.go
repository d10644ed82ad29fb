package edit

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// offset returns where a node begins in the text.
func (t *Text) offset(n *yaml.Node) int {
	at := t.lines[n.Line-1]
	for range n.Column - 1 { // which counts characters
		_, size := utf8.DecodeRuneInString(t.text[at:])
		at += size
	}
	return at
}

func isFlow(n *yaml.Node) bool {
	switch n.Kind { //nolint:exhaustive // the others are scalars
	case yaml.MappingNode, yaml.SequenceNode:
		return n.Style&yaml.FlowStyle != 0
	}
	return false
}

// span returns where a node begins and ends, if it is in flow style or a scalar in one line; for others it ends where
// it begins.
func (t *Text) span(n *yaml.Node, inFlow bool) (from, to int) {
	from = t.offset(n)
	switch {
	case from >= len(t.text):
		return from, from
	case isFlow(n):
		return from, t.closing(from)
	case n.Kind == yaml.AliasNode:
		return from, from + len("*") + len(n.Value)
	case n.Kind != yaml.ScalarNode || n.Anchor != "":
		return from, from
	case t.text[from] == '\'' || t.text[from] == '"':
		return from, t.quoted(from)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return from, from
	}
	end := "\n"
	if inFlow {
		end = ",]}\n"
	}
	to = from + max(0, strings.IndexAny(t.text[from:]+"\n", end))
	if comment := strings.Index(t.text[from:to], " #"); comment >= 0 {
		to = from + comment
	}
	text := strings.TrimRight(t.text[from:to], " \t\r")
	if text != n.Value { // it has several lines
		return from, from
	}
	return from, from + len(text)
}

// keyEnd returns the end of a name in a mapping.
func (t *Text) keyEnd(key *yaml.Node) int {
	if key.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return t.quoted(t.offset(key))
	}
	return t.offset(key) + len(key.Value)
}

// quoted returns the end of the quoted text that begins at an offset.
func (t *Text) quoted(from int) int {
	quote := t.text[from]
	for i := from + 1; i < len(t.text); i++ {
		switch {
		case t.text[i] == '\\' && quote == '"':
			i++
		case t.text[i] != quote:
		case quote == '\'' && i+1 < len(t.text) && t.text[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return len(t.text)
}

// closing returns the end of the brackets that begin at an offset.
func (t *Text) closing(from int) int {
	depth, before := 0, byte('[') // the character before, but for space
	for i := from; i < len(t.text); i++ {
		c := t.text[i]
		switch {
		case (c == '\'' || c == '"') && strings.IndexByte("[{,:", before) >= 0:
			i = t.quoted(i) - 1
		case c == '#' && strings.IndexByte(" \t\n", t.text[i-1]) >= 0:
			i += strings.IndexByte(t.text[i:]+"\n", '\n') - 1
			continue
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		if strings.IndexByte(" \t\r\n", c) < 0 {
			before = c
		}
	}
	return len(t.text)
}

// lineOf returns the index of the line that an offset is in.
func (t *Text) lineOf(offset int) int {
	return strings.Count(t.text[:min(offset, len(t.text))], "\n")
}

// lineEnd returns the end of a line, with its line ending.
func (t *Text) lineEnd(line int) int {
	if line+1 < len(t.lines) {
		return t.lines[line+1]
	}
	return len(t.text)
}

// entryEnd returns the end of the lines of an entry of a mapping in block style.
func (t *Text) entryEnd(m *yaml.Node, i int) int {
	key, value := m.Content[i], m.Content[i+1]
	if _, to := t.span(value, false); to > t.offset(value) {
		return t.lineEnd(t.lineOf(to))
	}
	dashes := value.Kind == yaml.SequenceNode && value.Column == key.Column
	return t.indented(key.Line-1, key.Column-1, dashes)
}

// elementEnd returns the end of the lines of an element of a list in block style.
func (t *Text) elementEnd(list *yaml.Node, i int) int {
	element := list.Content[i]
	if _, to := t.span(element, false); to > t.offset(element) {
		return t.lineEnd(t.lineOf(to))
	}
	return t.indented(element.Line-1, list.Column-1, false)
}

// indented returns the end of the lines after one that are indented more than it, or have dashes below it. Empty lines
// and comments at the end belong to what follows.
func (t *Text) indented(line, indent int, dashes bool) int {
	end := t.lineEnd(line)
	for line++; line < len(t.lines); line++ {
		text := strings.TrimRight(t.text[t.lines[line]:t.lineEnd(line)], " \t\r\n")
		own := len(text) - len(strings.TrimLeft(text, " "))
		switch {
		case text == "", own <= indent && strings.HasPrefix(text[own:], "#"):
		case own > indent, dashes && own == indent && strings.HasPrefix(text[own:], "-"):
			end = t.lineEnd(line)
		default:
			return end
		}
	}
	return end
}

// insertFlow inserts text before entry i of brackets, of which each has n nodes.
func (t *Text) insertFlow(m *yaml.Node, i, n int, text string, meant func()) error {
	if len(m.Content) == 0 {
		from, to := t.span(m, true)
		return t.splice(from, to, t.style.around(t.text[from:from+1], text, t.text[to-1:to]), meant)
	}
	if i == 0 {
		at := t.offset(m.Content[0])
		return t.splice(at, at, text+","+t.gap(m.Content[0]), meant)
	}
	last := m.Content[i*n-1]
	_, at := t.span(last, true)
	return t.splice(at, at, ","+t.gap(m.Content[i*n-n])+text, meant)
}

// gap returns what is between two entries in brackets: a blank, or a line ending and the indentation of an entry.
func (t *Text) gap(entry *yaml.Node) string {
	begin, at := t.lines[entry.Line-1], t.offset(entry)
	if before := t.text[begin:at]; strings.TrimSpace(before) == "" {
		return t.style.eol + before
	}
	return t.style.comma
}

// removeFlow removes entry i of brackets.
func (t *Text) removeFlow(m *yaml.Node, i, n int, meant func()) error {
	from := t.offset(m.Content[i])
	_, to := t.span(m.Content[i+n-1], true)
	switch {
	case len(m.Content) == n:
		from, to = t.span(m, true)
		return t.splice(from, to, t.text[from:from+1]+t.text[to-1:to], meant)
	case i > 0:
		_, from = t.span(m.Content[i-1], true)
	default:
		to = t.offset(m.Content[n])
	}
	return t.splice(from, to, "", meant)
}
