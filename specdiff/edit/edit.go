// Package edit changes the text of a YAML or JSON document at its nodes. The rest of the text stays as it is, to the
// byte: comments, order, quoting, flow style, indentation and line endings. What is added is written as the document
// writes such things.
package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// Text is the text of a document. A change makes the nodes that were found before out of date. A change that returns an
// error changes nothing.
type Text struct {
	text   string
	doc    *locate.Document
	lines  []int // where each line begins
	style  style
	shared map[*yaml.Node]bool // what is in an anchor that has aliases
	dry    bool
}

// New returns a document to change.
func New(text []byte) (*Text, error) {
	t := &Text{}
	if err := t.load(string(text)); err != nil {
		return nil, err
	}
	t.style = styleOf(t)
	return t, nil
}

func (t *Text) load(text string) error {
	doc, err := locate.Parse([]byte(text))
	if err != nil {
		return err
	}
	t.text, t.doc, t.lines, t.shared = text, doc, []int{0}, map[*yaml.Node]bool{}
	for i, c := range text {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	aliases(doc.Root, t.shared)
	return nil
}

func aliases(n *yaml.Node, shared map[*yaml.Node]bool) {
	if n.Kind == yaml.AliasNode && !shared[n.Alias] {
		below(n.Alias, shared)
	}
	for _, child := range n.Content {
		aliases(child, shared)
	}
}

func below(n *yaml.Node, all map[*yaml.Node]bool) {
	all[n] = true
	for _, child := range n.Content {
		below(child, all)
	}
}

// Doc returns the document as it is now.
func (t *Text) Doc() *locate.Document { return t.doc }

// Bytes returns the text as it is now.
func (t *Text) Bytes() []byte { return []byte(t.text) }

// Dry returns the document with changes that do nothing but check whether they can be made.
func (t *Text) Dry() *Text {
	c := *t
	c.dry = true
	return &c
}

// YAML returns a name and its value as they stand in this document, without indentation. Without a name it returns the
// value.
func (t *Text) YAML(name string, value *yaml.Node) string {
	switch {
	case name != "":
		return t.style.name(name) + t.style.value(value, 0, false) + "\n"
	case value.Kind == yaml.ScalarNode || len(value.Content) == 0 || isFlow(value):
		return t.style.line(value) + commented(value) + "\n"
	}
	return t.style.block(value, 0) + "\n"
}

// errShared is the error of a change of what several places have in common.
var errShared = errors.New("it is written once for several places, with an anchor")

// splice replaces a part of the text, and returns an error if the document is then another than the change meant. The
// function meant makes the change to the nodes.
func (t *Text) splice(from, to int, with string, meant func()) error {
	if t.dry {
		return nil
	}
	next := &Text{style: t.style}
	if err := next.load(t.text[:from] + with + t.text[to:]); err != nil {
		return fmt.Errorf("it is written in a way that cannot be edited: %w", err)
	}
	meant()
	if !same(t.doc.Root, next.doc.Root) {
		_ = t.load(t.text)
		return errors.New("it is written in a way that cannot be edited")
	}
	*t = *next
	return nil
}

func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.ShortTag() != b.ShortTag() || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// index returns where a name is in a mapping itself, or -1.
func index(m *yaml.Node, name string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return i
		}
	}
	return -1
}

func (t *Text) check(n *yaml.Node, kind yaml.Kind) error {
	switch {
	case n == nil || n.Kind != kind:
		return errors.New("it is not there")
	case t.shared[n]:
		return errShared
	}
	return nil
}

// Set sets the value of a name in a mapping. A new name goes where other mappings of the document have it; if after is
// not empty, it goes behind the last of these names.
func (t *Text) Set(m *yaml.Node, name string, value *yaml.Node, after ...string) error {
	if err := t.check(m, yaml.MappingNode); err != nil {
		return err
	}
	if i := index(m, name); i >= 0 {
		return t.replace(m, i, value)
	}
	slot := t.slot(m, name)
	if len(after) > 0 {
		slot = 0
		for i := 0; i < len(m.Content); i += 2 {
			if slices.Contains(after, m.Content[i].Value) {
				slot = i/2 + 1
			}
		}
	}
	meant := func() { m.Content = slices.Insert(m.Content, 2*slot, scalar(name), value) }
	if isFlow(m) {
		return t.insertFlow(m, slot, 2, t.style.pair(name, value), meant)
	}
	indent := m.Column - 1
	text := t.style.name(name) + t.style.value(value, indent, t.inline(m, name, value))
	if slot == 0 {
		return t.insertFirst(t.offset(m.Content[0]), indent, text, meant)
	}
	return t.insertLines(t.entryEnd(m, 2*slot-2), indent, text, meant)
}

// insertFirst inserts text before the first entry of a mapping, which may be behind the dash of an element.
func (t *Text) insertFirst(at, indent int, text string, meant func()) error {
	return t.splice(at, at, text+t.style.eol+strings.Repeat(" ", indent), meant)
}

// insertLines inserts text as lines of their own, behind the line that ends at an offset.
func (t *Text) insertLines(at, indent int, text string, meant func()) error {
	text = strings.Repeat(" ", indent) + text
	if at == len(t.text) && !strings.HasSuffix(t.text, "\n") {
		return t.splice(at, at, t.style.eol+text, meant)
	}
	return t.splice(at, at, text+t.style.eol, meant)
}

// replace replaces the value at an index of a mapping.
func (t *Text) replace(m *yaml.Node, i int, value *yaml.Node) error {
	old := m.Content[i+1]
	if same(old, value) {
		return nil
	}
	meant := func() { m.Content[i+1] = value }
	if isFlow(m) {
		from, to := t.span(old, true)
		return t.splice(from, to, t.style.flow(value), meant)
	}
	if from, to := t.span(old, false); to > from && (value.Kind == yaml.ScalarNode || isFlow(value) || isFlow(old)) {
		return t.splice(from, to, t.style.line(value), meant)
	}
	from := t.offset(m.Content[i])
	text := t.text[from:t.keyEnd(m.Content[i])] + t.style.value(value, m.Column-1, t.inline(m, m.Content[i].Value, value))
	to := t.entryEnd(m, i)
	if to > from && t.text[to-1] == '\n' {
		text += t.style.eol
	}
	return t.splice(from, to, text, meant)
}

// Remove removes a name from a mapping.
func (t *Text) Remove(m *yaml.Node, name string) error {
	if err := t.check(m, yaml.MappingNode); err != nil {
		return err
	}
	i := index(m, name)
	switch {
	case i < 0:
		return errors.New("it is not there")
	case t.shared[m.Content[i+1]] && m.Content[i+1].Anchor != "":
		return errShared
	}
	meant := func() { m.Content = slices.Delete(m.Content, i, i+2) }
	if isFlow(m) {
		return t.removeFlow(m, i, 2, meant)
	}
	from, to := t.offset(m.Content[i]), t.entryEnd(m, i)
	switch begin := t.lines[m.Content[i].Line-1]; {
	case strings.TrimSpace(t.text[begin:from]) == "": // it begins its line
		return t.splice(begin, to, "", meant)
	case i+2 < len(m.Content): // it is behind a dash, where what follows comes instead
		return t.splice(from, t.offset(m.Content[i+2]), "", meant)
	}
	return errors.New("nothing would be left of the element")
}

// Rename gives a name in a mapping another spelling.
func (t *Text) Rename(m *yaml.Node, name, to string) error {
	if err := t.check(m, yaml.MappingNode); err != nil {
		return err
	}
	i := index(m, name)
	if i < 0 || index(m, to) >= 0 {
		return fmt.Errorf("%s is there already, or %s is not", to, name)
	}
	return t.splice(t.offset(m.Content[i]), t.keyEnd(m.Content[i]), t.style.name(to), func() { m.Content[i] = scalar(to) })
}

// Insert inserts an element into a list, before the one at index i.
func (t *Text) Insert(list *yaml.Node, i int, value *yaml.Node) error {
	if err := t.check(list, yaml.SequenceNode); err != nil {
		return err
	}
	meant := func() { list.Content = slices.Insert(list.Content, i, value) }
	if isFlow(list) {
		return t.insertFlow(list, i, 1, t.style.flow(value), meant)
	}
	indent := list.Column - 1
	text := "- " + strings.TrimLeft(t.style.element(value, indent+len("- ")), " ")
	if i == 0 {
		begin := t.lines[list.Content[0].Line-1] + indent
		return t.insertFirst(begin, indent, text, meant)
	}
	return t.insertLines(t.elementEnd(list, i-1), indent, text, meant)
}

// Delete removes an element of a list.
func (t *Text) Delete(list *yaml.Node, i int) error {
	if err := t.check(list, yaml.SequenceNode); err != nil {
		return err
	}
	meant := func() { list.Content = slices.Delete(list.Content, i, i+1) }
	switch {
	case isFlow(list):
		return t.removeFlow(list, i, 1, meant)
	case len(list.Content) == 1:
		return errors.New("nothing would be left of the list")
	}
	begin := t.lines[list.Content[i].Line-1]
	if strings.Trim(t.text[begin:t.offset(list.Content[i])], " -") != "" || strings.Count(t.text[begin:t.offset(list.Content[i])], "-") != 1 {
		return errors.New("it is written in a way that cannot be edited")
	}
	return t.splice(begin, t.elementEnd(list, i), "", meant)
}
