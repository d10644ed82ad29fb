package edit

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// style is how a document writes things.
type style struct {
	json        bool
	eol         string
	quote       byte
	step        int    // of indentation
	dash        int    // the indentation of lists below their names
	brace, list string // what is inside the brackets at their ends
	comma       string // between the entries in brackets
}

// styleOf returns the style of most of a document.
func styleOf(t *Text) style {
	s := style{eol: "\n", quote: '\'', step: 2, dash: 2, comma: " "}
	s.json = strings.HasPrefix(strings.TrimSpace(t.text), "{")
	count := func(text string) int { return strings.Count(t.text, text) }
	if count("\r\n")*2 > count("\n") {
		s.eol = "\r\n"
	}
	if count(`"`) > count(`'`) {
		s.quote = '"'
	}
	if count("{ ") > count("{")-count("{ ")-count("{}")-count("{\n")-count("{\r\n") {
		s.brace = " "
	}
	if count("[ ") > count("[")/2 {
		s.list = " "
	}
	if s.json && count(", ")+count(": ") == 0 {
		s.comma = ""
	}
	steps, dashes := map[int]int{}, map[int]int{}
	indents(t.doc.Root, steps, dashes)
	s.step, s.dash = most(steps, s.step), most(dashes, s.dash)
	return s
}

// indents counts how much mappings and lists in block style are indented.
func indents(n *yaml.Node, steps, dashes map[int]int) {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && !isFlow(n) && i%2 == 1 && !isFlow(child) && child.Line > n.Content[i-1].Line {
			switch by := child.Column - n.Content[i-1].Column; child.Kind { //nolint:exhaustive // scalars are not indented
			case yaml.MappingNode:
				steps[by]++
			case yaml.SequenceNode:
				dashes[by]++
			}
		}
		indents(child, steps, dashes)
	}
}

func most(counts map[int]int, otherwise int) int {
	best, n := otherwise, 0
	for value, count := range counts {
		if count > n || count == n && value < best {
			best, n = value, count
		}
	}
	return best
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

func (s style) name(name string) string { return s.flow(scalar(name)) }

func (s style) pair(name string, value *yaml.Node) string {
	if s.json && s.comma == "" {
		return s.name(name) + ":" + s.flow(value)
	}
	return s.name(name) + ": " + s.flow(value)
}

func (s style) around(begin, text, end string) string {
	space := s.list
	if begin == "{" {
		space = s.brace
	}
	if s.json || text == "" {
		space = ""
	}
	return begin + space + text + space + end
}

// flow returns a node in one line.
func (s style) flow(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, s.pair(n.Content[i].Value, n.Content[i+1]))
		}
		return s.around("{", strings.Join(parts, ","+s.comma), "}")
	case yaml.SequenceNode:
		for _, element := range n.Content {
			parts = append(parts, s.flow(element))
		}
		return s.around("[", strings.Join(parts, ","+s.comma), "]")
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode, yaml.StreamNode:
	}
	return s.scalar(n, ",[]{}")
}

// line returns a node in one line, of which nothing is in brackets but what it has itself.
func (s style) line(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return s.scalar(n, "")
	}
	return s.flow(n)
}

// scalar returns a scalar, quoted only if it would mean something else or has one of the characters.
func (s style) scalar(n *yaml.Node, special string) string {
	if n.ShortTag() != "!!str" {
		return n.Value
	}
	if !s.json && plain(n.Value) && !strings.ContainsAny(n.Value, special) {
		return n.Value
	}
	if text, err := json.Marshal(n.Value); err == nil && (s.json || s.quote == '"' || strings.ContainsAny(n.Value, "\n\r\t")) {
		return string(text)
	}
	return "'" + strings.ReplaceAll(n.Value, "'", "''") + "'"
}

// plain reports whether text means itself without quotes, also in brackets.
func plain(text string) bool {
	if strings.ContainsAny(text, "\n\r\t#") {
		return false
	}
	var n yaml.Node
	err := yaml.Unmarshal([]byte("a: "+text), &n)
	if err != nil || len(n.Content) == 0 || len(n.Content[0].Content) < 2 {
		return false
	}
	got := n.Content[0].Content[1]
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off": // booleans of older readers
		return false
	}
	return got.Kind == yaml.ScalarNode && got.ShortTag() == "!!str" && got.Value == text && got.LineComment == ""
}

// value returns what is behind a name in a mapping in block style that is indented, without the last line ending.
func (s style) value(n *yaml.Node, indent int, inline bool) string {
	switch {
	case inline || n.Kind == yaml.ScalarNode || len(n.Content) == 0 || isFlow(n):
		return ": " + s.line(n) + commented(n)
	case n.Kind == yaml.SequenceNode:
		return ":" + s.eol + s.block(n, indent+s.dash)
	}
	return ":" + s.eol + s.block(n, indent+s.step)
}

func commented(n *yaml.Node) string {
	if n.LineComment != "" {
		return " " + n.LineComment
	}
	return ""
}

// block returns a mapping or list in block style, each line with its indentation.
func (s style) block(n *yaml.Node, indent int) string {
	margin := strings.Repeat(" ", indent)
	var lines []string
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.SequenceNode {
			lines = append(lines, margin+"- "+strings.TrimLeft(s.element(n.Content[i], indent+len("- ")), " "))
			continue
		}
		lines = append(lines, margin+s.name(n.Content[i].Value)+s.value(n.Content[i+1], indent, false))
		i++
	}
	return strings.Join(lines, s.eol)
}

// element returns an element of a list in block style.
func (s style) element(n *yaml.Node, indent int) string {
	if n.Kind == yaml.ScalarNode || len(n.Content) == 0 || isFlow(n) {
		return s.line(n) + commented(n)
	}
	return s.block(n, indent)
}

// inline reports whether the value of a name is to be written in one line because values of this name are, or, if there
// are none, because its neighbours are.
func (t *Text) inline(m *yaml.Node, name string, value *yaml.Node) bool {
	const width = 100
	if value.Kind == yaml.ScalarNode || t.style.json {
		return true
	}
	if value.Kind == yaml.SequenceNode || len(value.Content) > 2*mostInline || len(t.style.flow(value)) > width {
		return false
	}
	flow, block := written(t.doc.Root, name, value)
	if flow+block == 0 {
		for i := 0; i+1 < len(m.Content); i += 2 {
			f, b := written(&yaml.Node{Kind: yaml.MappingNode, Content: m.Content[i : i+2]}, m.Content[i].Value, value)
			flow, block = flow+f, block+b
		}
	}
	return flow > block
}

// written counts the values of a name that are in brackets and that are in lines, of the size of a value.
func written(n *yaml.Node, name string, like *yaml.Node) (flow, block int) {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == name && child.Kind == like.Kind && len(child.Content) <= 2*mostInline {
			if isFlow(child) {
				flow++
			} else {
				block++
			}
		}
		f, b := written(child, name, like)
		flow, block = flow+f, block+b
	}
	return flow, block
}

// mostInline is how many names a mapping in one line has at most.
const mostInline = 4

// slot returns before which entry of a mapping a name goes, by where it is in the other mappings of the document.
func (t *Text) slot(m *yaml.Node, name string) int {
	before, after := map[string]int{}, map[string]int{}
	orders(t.doc.Root, name, before, after)
	best, least := len(m.Content)/2, 1<<30
	for slot := len(m.Content) / 2; slot >= 0; slot-- {
		cost := 0
		for i := 0; i < len(m.Content); i += 2 {
			other := m.Content[i].Value
			b, a := before[other], after[other]
			if x, y := slices.Index(conventional, other), slices.Index(conventional, name); a+b == 0 && x >= 0 && y >= 0 {
				if b = 1; x > y {
					a, b = 1, 0
				}
			}
			if i/2 < slot {
				cost += a
			} else {
				cost += b
			}
		}
		if cost < least {
			best, least = slot, cost
		}
	}
	return best
}

// conventional is the order of names of which the document shows none.
var conventional = []string{
	"type", "format", "nullable", "minLength", "maxLength", "minimum", "maximum", "pattern", "enum", "description", "x-no-content-type", "headers", "content",
	"additionalProperties", "required", "style", "explode", "schema", "properties", "items", "allOf", "default", "example",
}

// orders counts the names that come before and after a name in mappings.
func orders(n *yaml.Node, name string, before, after map[string]int) {
	if i := index(n, name); n.Kind == yaml.MappingNode && i >= 0 {
		for j := 0; j < len(n.Content); j += 2 {
			if j < i {
				before[n.Content[j].Value]++
			} else if j > i {
				after[n.Content[j].Value]++
			}
		}
	}
	for _, child := range n.Content {
		orders(child, name, before, after)
	}
}
