// Package infer makes schemas of values that were seen, to be pasted into an OpenAPI document. What they propose is no
// more than what was seen: a property is required if no sample lacked it, and no text is taken for an enumeration.
package infer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/internal/jsontype"
)

// maxDepth is how deep a schema goes. What is deeper may be anything.
const maxDepth = 16

// Schema returns a schema that all samples fit: values as encoding/json decodes them, numbers also as [json.Number].
// Examples are made up, because samples may be a person's data. A comment says what the samples leave open.
func Schema(samples []any) *yaml.Node { return schema(samples, 0) }

// opaque are the names of properties with JSON that a shop or its customers store, whose shape is not the backend's.
var opaque = []string{"metadata"}

func schema(samples []any, depth int) *yaml.Node {
	node := Map()
	if len(samples) == 0 {
		return commented(node, "none was seen: its type is not known")
	}
	kinds := kindsOf(samples)
	null := slices.Contains(kinds, "null")
	kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == "null" })
	if slices.Equal(kinds, []string{"integer", "number"}) {
		kinds = []string{"number"}
	}
	if len(kinds) == 1 {
		Set(node, "type", Scalar(kinds[0]))
	}
	if null {
		Set(node, "nullable", Scalar(true))
	}
	switch {
	case len(kinds) == 0:
		return commented(node, "only null was seen: its type is not known")
	case len(kinds) > 1:
		return commented(node, "several types were seen: "+strings.Join(kinds, ", "))
	}
	switch kind := kinds[0]; kind {
	case "object":
		object(node, only[map[string]any](samples), depth)
	case "array":
		elements(node, only[[]any](samples), depth)
	case "string":
		text(node, only[string](samples))
	default:
		Set(node, "example", Scalar(map[string]any{"boolean": true, "integer": 1, "number": 1.5}[kind]))
	}
	return node
}

// elements sets what is in lists.
func elements(node *yaml.Node, samples [][]any, depth int) {
	if depth >= maxDepth {
		Set(node, "items", commented(Map(), tooDeep))
		return
	}
	Set(node, "items", schema(slices.Concat(samples...), depth+1))
}

const tooDeep = "what is in it is too deep to be listed"

// object sets what is in objects: their properties, or one schema for all if their keys are data.
func object(node *yaml.Node, samples []map[string]any, depth int) {
	if depth >= maxDepth {
		commented(node, tooDeep)
		return
	}
	values := map[string][]any{}
	for _, sample := range samples {
		for name, v := range sample {
			values[name] = append(values[name], v)
		}
	}
	names := slices.Sorted(maps.Keys(values))
	if slices.ContainsFunc(names, func(name string) bool { return !isName.MatchString(name) }) {
		var all []any
		for _, name := range names {
			all = append(all, values[name]...)
		}
		Set(node, "additionalProperties", schema(all, depth+1))
		return
	}
	required, properties := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}, Map()
	for _, name := range names {
		if len(values[name]) == len(samples) {
			required.Content = append(required.Content, Scalar(name))
		}
		if slices.Contains(opaque, name) {
			values[name] = emptied(values[name])
		}
		Set(properties, name, schema(values[name], depth+1))
	}
	if len(required.Content) > 0 {
		Set(node, "required", required)
	}
	if len(names) > 0 {
		Set(node, "properties", properties)
	}
}

// isName matches the name of a property. A key that it does not match, such as an id or an email, is data.
var isName = regexp.MustCompile(`^[A-Za-z_][A-Za-z_-]{0,39}\d{0,2}$`)

// emptied returns the samples without what is in their objects.
func emptied(samples []any) []any {
	var all []any
	for _, v := range samples {
		if _, ok := v.(map[string]any); ok {
			v = map[string]any{}
		}
		all = append(all, v)
	}
	return all
}

var (
	isID  = regexp.MustCompile(`^([a-z]{1,20}_)[0-9A-HJKMNP-TV-Z]{26}$`) // Medusa's: a prefix and a ULID
	isURL = regexp.MustCompile(`^https?://\S+$`)
)

// text sets the format and example of strings.
func text(node *yaml.Node, samples []string) {
	every := func(fits func(string) bool) bool {
		return !slices.ContainsFunc(samples, func(s string) bool { return !fits(s) })
	}
	example := "text"
	switch {
	case every(isTime):
		Set(node, "format", Scalar("date-time"))
		example = "2026-01-31T12:00:00.000Z"
	case every(isID.MatchString):
		example = isID.FindStringSubmatch(samples[0])[1] + "01EXAMPLE00000000000000000"
	case every(isURL.MatchString):
		example = "https://example.com"
	}
	Set(node, "example", Scalar(example))
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// kindsOf returns the types of OpenAPI that the samples have, and "null", sorted.
func kindsOf(samples []any) []string {
	kinds := map[string]bool{}
	for _, v := range samples {
		kinds[typeOf(v)] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// typeOf returns the type of a sample. What is beyond a float64 is no integer that a client could read.
func typeOf(v any) string {
	if n, ok := v.(json.Number); ok {
		if _, err := n.Float64(); err != nil {
			return "number"
		}
	}
	return jsontype.Of(v)
}

// only returns the samples of one type.
func only[T any](samples []any) []T {
	var all []T
	for _, v := range samples {
		if t, ok := v.(T); ok {
			all = append(all, t)
		}
	}
	return all
}

func commented(node *yaml.Node, text string) *yaml.Node {
	if node.LineComment = "# " + text; len(node.Content) > 0 {
		node.Content[len(node.Content)-1].LineComment, node.LineComment = node.LineComment, ""
	}
	return node
}

// YAML returns a node as text, indented as openapi.yaml is.
func YAML(node *yaml.Node) string {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(node), e.Close()); err != nil {
		return "# " + err.Error() + "\n" // nodes of this package can be encoded
	}
	return b.String()
}

// Map returns a mapping of names, in the order in which [Set] sets them.
func Map() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

// Set sets a name of a mapping, after those that were set before.
func Set(mapping *yaml.Node, name string, value *yaml.Node) {
	mapping.Content = append(mapping.Content, Scalar(name), value)
}

// Scalar returns a value in one line, quoted where YAML needs it.
func Scalar(v any) *yaml.Node {
	node := &yaml.Node{}
	if err := node.Encode(v); err != nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v)}
	}
	return node
}
