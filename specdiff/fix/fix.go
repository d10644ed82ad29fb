// Package fix makes the changes of a contract that findings ask for. It makes those that follow from what was seen;
// others are left to a person, with the reason.
package fix

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/edit"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// Sources are what changes are made of.
type Sources struct {
	Published *locate.Document  // nil if it was not read
	Shown     *live.Result      // what the backend showed about the contract; nil if it was not asked
	Findings  []finding.Finding // all of them
	// Follow reports whether the published document is right, where nothing that was seen decides; nil for never.
	Follow func(finding.Finding) bool
}

// Change changes a contract as a finding asks for, and returns what it writes as YAML. If the change is for a person to
// make, it changes nothing and returns the reason as an error; the YAML is then what would be right if the published
// document were.
func Change(t *edit.Text, f finding.Finding, s Sources) (yaml string, err error) {
	c := &change{Text: t, f: f, s: s, truth: f.Live}
	switch f.Wrong {
	case finding.Contract, finding.Documents:
		if n := c.otherThings(); n != "" {
			return "", errors.New(n)
		}
	case finding.Undecided:
		c.truth, c.follows = f.Published, true
		if s.Follow == nil || !s.Follow(f) {
			c.Text = t.Dry()
			_ = c.make()
			return c.yaml.String(), errors.New("nothing that was seen decides which of the documents is right: accept it, or follow the published document by -follow")
		}
	case finding.Backend, finding.Unseen:
		return "", errors.New("nothing in the contract is wrong")
	case finding.Published:
		return "", nil
	}
	err = c.make()
	return c.yaml.String(), err
}

// Restore makes a point of a contract what the contract said when a deviation there was accepted, in the words of a
// finding.
func Restore(t *edit.Text, p finding.Point, says string) error {
	c := &change{Text: t, f: finding.Finding{Point: p, Wrong: finding.Contract}, truth: says}
	switch p.Aspect { //nolint:exhaustive // the words of others are not those of a document
	case finding.Required, finding.Nullable, finding.Format:
		return c.make()
	case finding.Header:
		if name, absent := strings.CutSuffix(says, " absent"); absent {
			return c.header(finding.HeaderName(name), true, false)
		}
	case finding.Bounds, finding.Enum:
		return c.keywords(says)
	}
	return errUnclear
}

var errUnclear = errors.New("it is not clear what to write")

var bound = regexp.MustCompile(`^((?:min|max)[A-Z]?[a-z]+) (\d+)$`)

// keywords sets the bounds or the values that a finding says.
func (c *change) keywords(says string) error {
	_, schema, ok := c.schema(c.f.Place)
	if !ok {
		return errors.New("it has no schema")
	}
	if c.f.Aspect == finding.Enum {
		var values []*yaml.Node
		for value := range strings.SplitSeq(says, ", ") {
			if !word.MatchString(value) {
				return errUnclear
			}
			values = append(values, text(value))
		}
		return c.set(schema, "enum", list(values...), "type")
	}
	for part := range strings.SplitSeq(says, ", ") {
		match := bound.FindStringSubmatch(part)
		if match == nil {
			return errUnclear
		}
		if err := c.set(schema, match[1], plain("int", match[2]), "format", "type"); err != nil {
			return err
		}
		_, schema, _ = c.schema(c.f.Place)
	}
	return nil
}

// change is one change while it is made.
type change struct {
	*edit.Text
	f     finding.Finding
	s     Sources
	truth string // what is right, in the words of a finding
	// follows reports whether the published document is right.
	follows bool
	yaml    strings.Builder
}

// forAPerson is the error of a change that is not mechanical.
func forAPerson(format string, args ...any) error { return fmt.Errorf(format, args...) }

func (c *change) make() error {
	switch c.f.Aspect {
	case finding.Presence:
		return c.presence()
	case finding.Required:
		return c.required()
	case finding.Nullable:
		return c.nullable()
	case finding.Type:
		return c.typ()
	case finding.Format:
		return c.format()
	case finding.Enum:
		return c.enum()
	case finding.Bounds:
		return c.bounds()
	case finding.Default:
		return c.byDefault()
	case finding.Open:
		return c.open()
	case finding.Style, finding.Explode:
		return c.style()
	case finding.Status:
		return c.status()
	case finding.ContentType:
		return c.contentType()
	case finding.Cookie, finding.Header:
		return c.headers()
	case finding.Security:
		return c.security()
	case finding.OperationID:
		if c.f.Published == "" {
			return forAPerson("another name has to be found")
		}
		return c.set(c.at().Value, "x-medusa-operation-id", text(c.f.Published))
	case finding.Unread:
		return c.misspelled()
	case finding.Branches:
		return forAPerson("how a union is to be written is a matter of taste")
	case finding.Example, finding.Behavior, finding.Seen, finding.Refusal:
	}
	return errUnclear
}

// at returns the place of the finding as it is now.
func (c *change) at() locate.At {
	at, _ := c.Doc().Find(c.f.Place)
	return at
}

// set sets a name, and notes what was written.
func (c *change) set(m *yaml.Node, name string, value *yaml.Node, after ...string) error {
	c.yaml.WriteString(c.YAML(name, value))
	return c.Set(m, name, value, after...)
}

// remove removes a name if it is there.
func (c *change) remove(m *yaml.Node, name string) error {
	if key, _ := locate.Get(m, name); key == nil {
		return nil
	}
	return c.Remove(m, name)
}

// mostAdded is how many properties of one component are added. If more are missing and others never come, something
// else refers to the wrong component.
const mostAdded = 2

// otherThings returns why the component of the place is likely to be not what was seen; "" if it is. What a component
// that is likely to be the wrong one refers to was not seen either.
func (c *change) otherThings() string {
	component := c.f.Component()
	if strings.Contains(component, " ") {
		return ""
	}
	checked := map[string]bool{}
	for _, f := range c.s.Findings {
		other := f.Component()
		if checked[other] || strings.Contains(other, " ") || !c.doubtful(other) {
			continue
		}
		checked[other] = true
		switch {
		case other == component:
			return fmt.Sprintf("so much of %s is not what was seen that a reference to it is likely to be wrong: look at its uses", component)
		case c.reaches(other, component):
			return fmt.Sprintf("%s refers to it, and so much of that is not what was seen that a reference to %s is likely to be wrong: look at its uses", other, other)
		}
	}
	return ""
}

// doubtful reports whether a component is likely to be not what was seen.
func (c *change) doubtful(component string) bool {
	added, gone := 0, 0
	for _, f := range c.s.Findings {
		if f.Component() != component || f.Wrong != finding.Contract && f.Wrong != finding.Documents {
			continue
		}
		switch {
		case f.Aspect == finding.Type && f.Place == component && f.Contract == "object" && f.Live == "array":
			return true
		case f.Aspect == finding.Presence && f.Contract == "absent":
			added++
		case f.Aspect == finding.Required && f.Live == "not there":
			gone++
		}
	}
	return added > 0 && gone > mostAdded || added > mostAdded && gone > 0
}

// reaches reports whether a component refers to another, through others too.
func (c *change) reaches(from, to string) bool {
	known := map[string]bool{}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if name, ok := strings.CutPrefix(refOf(n), components); ok && !known[name] {
			known[name] = true
			visit(locate.Look(c.Doc().Root, "components", "schemas", name))
		}
		if n != nil {
			for _, child := range n.Content {
				visit(child)
			}
		}
	}
	visit(locate.Look(c.Doc().Root, "components", "schemas", from))
	return known[to]
}

// gone reports whether it is not there or refused.
func gone(truth string) bool { return truth == "absent" || strings.HasPrefix(truth, "refused") }

func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func plain(tag, s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!" + tag, Value: s}
}

func boolean(b bool) *yaml.Node { return plain("bool", fmt.Sprint(b)) }

// mapping returns a mapping of names and values in turn.
func mapping(content ...any) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, c := range content {
		switch c := c.(type) {
		case string:
			m.Content = append(m.Content, text(c))
		case *yaml.Node:
			m.Content = append(m.Content, c)
		}
	}
	return m
}

func list(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Content: elements}
}

func inBraces(n *yaml.Node) *yaml.Node {
	n.Style |= yaml.FlowStyle
	return n
}

// with returns a mapping with a name set, and with other names as they are.
func with(m *yaml.Node, name string, value *yaml.Node) *yaml.Node {
	c := *m
	c.Content = slices.Clone(m.Content)
	for i := 0; i+1 < len(c.Content); i += 2 {
		if c.Content[i].Value == name {
			c.Content[i+1] = value
			return &c
		}
	}
	c.Content = append(c.Content, text(name), value)
	return &c
}

// only returns a mapping with those of its names for which keep returns true.
func only(m *yaml.Node, keep func(string) bool) *yaml.Node {
	c := *m
	c.Content = nil
	for i := 0; i+1 < len(m.Content); i += 2 {
		if keep(m.Content[i].Value) {
			c.Content = append(c.Content, m.Content[i], m.Content[i+1])
		}
	}
	return &c
}
