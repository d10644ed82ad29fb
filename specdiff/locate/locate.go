// Package locate finds the places of findings in the text of an OpenAPI document: the nodes to edit and their lines.
package locate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Document is an OpenAPI document, YAML or JSON, as nodes that have their lines.
type Document struct {
	// Root is the mapping at the top of the document.
	Root *yaml.Node
}

// Parse parses the text of a document.
func Parse(text []byte) (*Document, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("it is neither YAML nor JSON: %w", err)
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it is no OpenAPI document: it has no names at its top")
	}
	return &Document{root.Content[0]}, nil
}

// At is where something is in a document.
type At struct {
	Key   *yaml.Node // the name that leads to it; nil for an element of a list
	Node  *yaml.Node // what is there, which may be a reference
	Value *yaml.Node // what is there, with references followed
	Owner *yaml.Node // the schema with the property, the operation with the parameter, and so on; nil at the top
}

// Line returns the line on which it begins.
func (a At) Line() int {
	switch {
	case a.Key != nil:
		return a.Key.Line
	case a.Node != nil:
		return a.Node.Line
	}
	return 1
}

// Get returns the name and the value of a name in a mapping, with aliases followed; nil for none.
func Get(n *yaml.Node, name string) (key, value *yaml.Node) {
	n = resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			if key, value := Get(n.Content[i+1], name); key != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// Look returns the value at a path of names; nil for none.
func Look(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		_, n = Get(n, name)
	}
	return resolve(n)
}

// Keys returns the names in a mapping.
func Keys(n *yaml.Node) []string {
	var all []string
	if n = resolve(n); n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			all = append(all, n.Content[i].Value)
		}
	}
	return all
}

// resolve returns the node that an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// mostHops is how many references are followed, because they may lead in a circle.
const mostHops = 20

// at returns what a name in a mapping leads to.
func (d *Document) at(owner *yaml.Node, name string) (At, bool) {
	key, value := Get(owner, name)
	if key == nil {
		return At{}, false
	}
	return At{key, value, d.Follow(value), owner}, true
}

// Follow returns what a node refers to, or the node if it is no reference.
func (d *Document) Follow(n *yaml.Node) *yaml.Node {
	return d.follow(At{Node: n}).Value
}

// follow returns a place with the references followed, at the name that the last one leads to.
func (d *Document) follow(a At) At {
	a.Value = resolve(a.Node)
	for range mostHops {
		ref := Look(a.Value, "$ref")
		if ref == nil || !strings.HasPrefix(ref.Value, "#/") {
			break
		}
		target := d.Root
		var key *yaml.Node
		for part := range strings.SplitSeq(strings.TrimPrefix(ref.Value, "#/"), "/") {
			part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
			key, target = Get(target, part)
		}
		if target == nil {
			break
		}
		a.Key, a.Node, a.Value = key, target, resolve(target)
	}
	return a
}

// Find returns the place of a [finding.Point]. If the document does not have all of it, rest is what is missing, and the
// place is that of what is around it: ".title" in a schema, "query limit" or "409" in an operation.
func (d *Document) Find(place string) (at At, rest string) {
	method, after, ofOperation := strings.Cut(place, " ")
	if !ofOperation {
		return d.component(place)
	}
	path, inside, _ := strings.Cut(after, " ")
	if at, rest = d.operation(method, path); rest != "" || inside == "" {
		return at, rest
	}
	return d.inOperation(at, path, inside)
}

// component returns a place in a schema component.
func (d *Document) component(place string) (At, string) {
	all := Look(d.Root, "components", "schemas")
	name := longest(Keys(all), place)
	at, ok := d.at(all, name)
	if !ok {
		at, _ = d.at(d.Root, "components")
		return at, place
	}
	return d.inSchema(at, place[len(name):])
}

// longest returns the longest of the names that a schema's place begins with.
func longest(names []string, place string) string {
	best := ""
	for _, name := range names {
		if after, ok := strings.CutPrefix(place, name); ok && len(name) > len(best) && (after == "" || strings.ContainsAny(after[:1], ".[|")) {
			best = name
		}
	}
	return best
}

// inSchema returns the place after that of a schema: ".name", "[]", ".*" and "|0", in any number.
func (d *Document) inSchema(at At, rest string) (At, string) {
	for rest != "" {
		inner, left, ok := d.step(at.Value, rest, mostHops)
		if !ok {
			return at, rest
		}
		at, rest = inner, left
	}
	return at, ""
}

// step returns what a schema has at the first step of rest, itself or in one of its branches.
func (d *Document) step(schema *yaml.Node, rest string, hops int) (At, string, bool) {
	if schema == nil || hops == 0 {
		return At{}, rest, false
	}
	var branches []*yaml.Node
	for _, name := range []string{"oneOf", "anyOf", "allOf"} {
		if list := Look(schema, name); list != nil {
			branches = append(branches, list.Content...)
		}
	}
	switch {
	case strings.HasPrefix(rest, "[]"):
		if at, ok := d.at(schema, "items"); ok {
			return at, rest[len("[]"):], true
		}
	case strings.HasPrefix(rest, "|"):
		digits := strings.TrimLeft(rest[1:], "0123456789")
		if i, err := strconv.Atoi(rest[1 : len(rest)-len(digits)]); err == nil && i < len(branches) {
			return At{nil, branches[i], d.Follow(branches[i]), schema}, digits, true
		}
	case strings.HasPrefix(rest, "."):
		properties := Look(schema, "properties")
		if name := longest(Keys(properties), rest[1:]); name != "" {
			at, _ := d.at(properties, name)
			at.Owner = schema
			return at, rest[1+len(name):], true
		}
		if left, ok := strings.CutPrefix(rest, ".*"); ok {
			if at, ok := d.at(schema, "additionalProperties"); ok {
				return at, left, true
			}
		}
	}
	for _, branch := range branches {
		if at, left, ok := d.step(d.Follow(branch), rest, hops-1); ok {
			return at, left, true
		}
	}
	return At{}, rest, false
}

var parameterName = regexp.MustCompile(`\{[^{}]*\}`)

// operation returns an operation. The names of path parameters may be others.
func (d *Document) operation(method, path string) (At, string) {
	paths, _ := d.at(d.Root, "paths")
	for _, known := range Keys(paths.Value) {
		if parameterName.ReplaceAllString(known, "{}") != parameterName.ReplaceAllString(path, "{}") {
			continue
		}
		item, _ := d.at(paths.Value, known)
		if at, ok := d.at(item.Value, strings.ToLower(method)); ok {
			return at, ""
		}
		return item, method
	}
	return paths, method + " " + path
}

// inOperation returns a place in an operation: "query limit", "body application/json.email", "200 header ETag".
func (d *Document) inOperation(op At, path, place string) (At, string) {
	kind, rest, _ := strings.Cut(place, " ")
	switch kind {
	case "query", "path", "header", "cookie":
		return d.parameter(op, path, kind, rest)
	case "body":
		at, ok := d.at(op.Value, "requestBody")
		if !ok {
			return op, place
		}
		return d.media(d.follow(at), rest)
	}
	responses := Look(op.Value, "responses")
	for _, status := range []string{kind, kind[:1] + "XX", kind[:1] + "xx", "default"} {
		at, ok := d.at(responses, status)
		switch name, isHeader := strings.CutPrefix(rest, "header "); {
		case !ok:
		case rest == "":
			return at, ""
		case isHeader:
			return d.header(d.follow(at), name)
		default:
			return d.media(d.follow(at), rest)
		}
	}
	return op, place
}

// parameter returns a parameter of an operation or its path, or a place in its schema.
func (d *Document) parameter(op At, path, in, place string) (At, string) {
	var all []*yaml.Node
	for _, owner := range []*yaml.Node{op.Value, op.Owner} {
		if list := Look(owner, "parameters"); list != nil {
			all = append(all, list.Content...)
		}
	}
	best, name := At{}, ""
	for _, n := range all {
		at := d.follow(At{Node: n, Owner: op.Value})
		got := Look(at.Value, "name")
		if kind := Look(at.Value, "in"); got == nil || kind == nil || kind.Value != in {
			continue
		}
		if known := longest([]string{strings.TrimSuffix(got.Value, "[]")}, place); len(known) > len(name) {
			best, name = at, known
		}
	}
	if name == "" && in == "path" {
		return d.renamed(op, path, all, place)
	}
	if name == "" {
		return op, in + " " + place
	}
	return d.ofParameter(best, place[len(name):])
}

// renamed returns a path parameter that has another name in the document.
func (d *Document) renamed(op At, path string, all []*yaml.Node, place string) (At, string) {
	names := parameterName.FindAllString(path, -1)
	name := longest(trimmed(names), place)
	i := slices.Index(names, "{"+name+"}")
	for _, known := range Keys(Look(d.Root, "paths")) {
		own := parameterName.FindAllString(known, -1)
		if Look(d.Root, "paths", known) != op.Owner || i < 0 || i >= len(own) {
			continue
		}
		for _, n := range all {
			at := d.follow(At{Node: n, Owner: op.Value})
			if got := Look(at.Value, "name"); got != nil && "{"+got.Value+"}" == own[i] {
				return d.ofParameter(at, place[len(name):])
			}
		}
	}
	return op, "path " + place
}

func trimmed(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.Trim(name, "{}"))
	}
	return all
}

func (d *Document) ofParameter(at At, rest string) (At, string) {
	if rest == "" {
		return at, ""
	}
	schema, ok := d.at(at.Value, "schema")
	if !ok {
		return at, rest
	}
	return d.inSchema(schema, rest)
}

// header returns a header of a response.
func (d *Document) header(response At, name string) (At, string) {
	for _, known := range Keys(Look(response.Value, "headers")) {
		if strings.EqualFold(known, name) {
			at, _ := d.at(Look(response.Value, "headers"), known)
			return at, ""
		}
	}
	return response, "header " + name
}

// media returns a body of one content type, or a place in its schema.
func (d *Document) media(body At, place string) (At, string) {
	if place == "" {
		return body, ""
	}
	content := Look(body.Value, "content")
	for _, known := range Keys(content) {
		kind, _, _ := strings.Cut(strings.ToLower(known), ";")
		class, _, _ := strings.Cut(kind, "*")
		after, ok := strings.CutPrefix(strings.ToLower(place), kind)
		switch {
		case ok && (after == "" || strings.ContainsAny(after[:1], ".[|")):
			after = place[len(kind):]
		case strings.HasSuffix(kind, "*") && strings.HasPrefix(place, class):
			after = place[len(place)-len(strings.TrimLeft(place, "abcdefghijklmnopqrstuvwxyz0123456789/+-")):]
		default:
			continue
		}
		at, _ := d.at(content, known)
		if after == "" {
			return at, ""
		}
		schema, ok := d.at(at.Value, "schema")
		if !ok {
			return at, after
		}
		return d.inSchema(schema, after)
	}
	return body, place
}
