package specdiff

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// node is an object of a document as JSON.
type node = map[string]any

var allMutants = flag.Bool("mutants.all", false, "check all mutants of the contract, not only some of each kind")

// leastMutants is how many mutants are checked at least.
const leastMutants = 60

// TestEveryMutantOfTheContractIsFound checks that every single change of the contract adds or removes a finding that
// has to be explained. A change that cannot be found is not made: one at a place that the record does not show and the
// published document does not have.
func TestEveryMutantOfTheContractIsFound(t *testing.T) {
	f := load(t)
	original := toNode(t, f.contract)
	judge := judgeOf(f.record, f.published)
	loaded, err := loadNode(original)
	if err != nil {
		t.Fatal(err)
	}
	before := judge(loaded)
	if again := judge(loaded); !maps.Equal(before, again) {
		t.Fatal("the contract itself is judged in two ways")
	}
	all := mutants(copied(original), live.Check(f.record, f.contract))
	if !*allMutants {
		all = sample(all)
	}
	missed := judged(all, func(m mutant) string {
		doc := copied(original)
		m.change(doc)
		// What is no document any longer is refused.
		if mutated, err := loadNode(doc); err == nil && maps.Equal(before, judge(mutated)) {
			return m.String()
		}
		return ""
	})
	s := score{}
	for i, m := range all {
		if s.add(m.kind, missed[i] == "", false); missed[i] != "" {
			t.Errorf("not found: %s", missed[i])
		}
	}
	s.log(t, len(all), "single changes of the contract are found")
	if len(all) < leastMutants {
		t.Errorf("there are %d, want at least %d", len(all), leastMutants)
	}
}

// sample returns one in seven of each kind, because all take minutes.
func sample(all []mutant) []mutant {
	const oneIn = 7
	n := map[string]int{}
	return slices.DeleteFunc(all, func(m mutant) bool {
		n[m.kind]++
		return n[m.kind]%oneIn != 1
	})
}

// judgeOf returns a function that returns what has to be explained about a contract: the verdicts by the ids of the
// points, without those on the published document alone.
func judgeOf(record *live.Record, published *openapi3.T) func(*openapi3.T) map[string]finding.Wrong {
	ofPublished := live.Check(record, published).Observations
	return func(doc *openapi3.T) map[string]finding.Wrong {
		compared := compare.Documents(doc, published, func(string) bool { return true })
		all := map[string]finding.Wrong{}
		result := live.Check(record, doc)
		for _, f := range verdict.Join(verdict.Evidence{
			Differences: compared.Differences, Contract: result.Observations, Published: verdict.AtPlaces(ofPublished, compared.Places),
		}) {
			if f.Wrong != finding.Published {
				all[f.ID()] = f.Wrong
			}
		}
		return all
	}
}

func toNode(t *testing.T, doc *openapi3.T) node {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var o node
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// loadNode reads a document as specdiff does, without a detour by YAML.
func loadNode(doc node) (*openapi3.T, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	loaded := new(openapi3.T)
	if err := json.Unmarshal(text, loaded); err != nil {
		return nil, err
	}
	if err := openapi3.NewLoader().ResolveRefsIn(loaded, nil); err != nil {
		return nil, err
	}
	return loaded, document.Complete(loaded)
}

// mutant is a single change of a document.
type mutant struct {
	kind, at string
	change   func(doc node)
}

func (m mutant) String() string { return m.kind + ": " + m.at }

// mutation makes mutants of a document, at the places that were seen.
type mutation struct {
	doc       node
	unseen    map[conform.SightKind]map[string]bool
	supported map[string]bool
	all       []mutant
}

func mutants(doc node, seen live.Result) []mutant {
	m := &mutation{doc: doc, unseen: map[conform.SightKind]map[string]bool{}, supported: map[string]bool{}}
	for _, o := range seen.Observations {
		if o.Relation == finding.Supports {
			m.supported[o.ID()] = true
		}
	}
	for _, line := range seen.Coverage() {
		m.unseen[line.What] = map[string]bool{}
		for _, name := range line.Missing {
			m.unseen[line.What][name] = true
		}
	}
	paths := in(doc, "paths")
	for _, path := range sortedNames(paths) {
		m.add("path renamed", path, func(doc node) { rename(in(doc, "paths"), path) })
		for _, method := range sortedNames(in(paths, path)) {
			if method != "parameters" {
				m.operation(path, method)
			}
		}
	}
	m.add("cookie of another name", "cookieAuth", func(doc node) { in(doc, "components", "securitySchemes", "cookieAuth")["name"] = "sid" })
	m.schemas()
	return m.all
}

func (m *mutation) add(kind, at string, change func(doc node)) {
	m.all = append(m.all, mutant{kind, at, change})
}

func (m *mutation) operation(path, method string) {
	at := strings.ToUpper(method) + " " + path
	op := in(m.doc, "paths", path, method)
	here := func(doc node) node { return in(doc, "paths", path, method) }
	m.add("operation removed", at, func(doc node) { delete(in(doc, "paths", path), method) })
	m.add("Medusa's operation id changed", at, func(doc node) { here(doc)["x-medusa-operation-id"] = "x" })
	if security, _ := op["security"].([]any); len(security) > 0 {
		m.add("security dropped", at, func(doc node) { here(doc)["security"] = []any{} })
	} else {
		m.add("security added", at, func(doc node) { here(doc)["security"] = []any{node{"cookieAuth": []any{}}} })
	}
	if op["requestBody"] != nil {
		m.add("request body optional", at, func(doc node) { in(here(doc), "requestBody")["required"] = false })
		m.add("request body of another content type", at, func(doc node) { rename(in(here(doc), "requestBody", "content"), "application/json") })
		m.add("request body removed", at, func(doc node) { delete(here(doc), "requestBody") })
	}
	for i, p := range parametersOf(op) {
		m.parameter(at+" "+fmt.Sprint(p["name"]), p, func(doc node) node { return parametersOf(here(doc))[i] }, func(doc node) {
			all, _ := here(doc)["parameters"].([]any)
			here(doc)["parameters"] = slices.Delete(all, i, i+1)
		})
	}
	for _, status := range sortedNames(in(op, "responses")) {
		if !m.unseen[conform.Responded][fmt.Sprint(op["operationId"], " ", status)] {
			m.response(at+" "+status, status, func(doc node) node { return in(here(doc), "responses") })
		}
	}
}

func (m *mutation) parameter(at string, p node, get func(doc node) node, remove func(doc node)) {
	if p["in"] != "query" {
		return
	}
	set := func(kind, name string, value any) {
		m.add(kind, at, func(doc node) { get(doc)[name] = value })
	}
	m.add("parameter removed", at, remove)
	m.add("parameter renamed", at, func(doc node) { get(doc)["name"] = "x_" + fmt.Sprint(p["name"]) })
	set("parameter required", "required", true)
	schema := in(m.resolved(p["schema"]))
	switch schema["type"] {
	case "array":
		m.add("parameter of another style", at, func(doc node) { get(doc)["style"], get(doc)["explode"] = "pipeDelimited", false })
		set("parameter of another type", "schema", node{"type": "integer"})
		if fmt.Sprint(p["name"]) == "fields" || fmt.Sprint(p["name"]) == "expand" {
			set("parameter joined or repeated", "explode", true)
		} else {
			m.add("parameter without brackets, joined", at, func(doc node) {
				get(doc)["name"], get(doc)["explode"] = strings.TrimSuffix(fmt.Sprint(p["name"]), "[]"), false
			})
		}
	case "object":
		set("parameter of another style", "style", "form")
		m.add("parameter joined or repeated", at, func(doc node) { get(doc)["style"], get(doc)["explode"] = "form", false })
		set("parameter of another type", "schema", node{"type": "string"})
	case "integer", "number":
		set("parameter of another type", "schema", node{"type": "boolean"})
		set("parameter of a looser type", "schema", node{"type": "string"})
		if schema["minimum"] != nil {
			m.add("minimum dropped", at, func(doc node) { delete(in(get(doc), "schema"), "minimum") })
		}
	default:
		set("parameter of another type", "schema", node{"type": "integer"})
		if schema["minLength"] != nil {
			m.add("minimum length dropped", at, func(doc node) { delete(in(get(doc), "schema"), "minLength") })
		}
	}
}

func (m *mutation) response(at, status string, get func(doc node) node) {
	// own returns the response of this operation. A shared one is copied first.
	own := func(doc node) node {
		r := in(get(doc), status)
		if ref, ok := r["$ref"].(string); ok {
			r = copied(in(doc, "components", "responses", strings.TrimPrefix(ref, "#/components/responses/")))
			get(doc)[status] = r
		}
		return r
	}
	r := copied(own(m.doc))
	m.add("status removed", at, func(doc node) { delete(get(doc), status) })
	m.add("status changed", at, func(doc node) {
		get(doc)["299"] = own(doc)
		delete(get(doc), status)
	})
	if m.supported[at+"#cookie"] {
		m.add("cookie undeclared", at, func(doc node) { delete(in(own(doc), "headers"), "Set-Cookie") })
	}
	if r["x-no-content-type"] == true {
		m.add("body undeclared", at, func(doc node) { delete(own(doc), "x-no-content-type") })
	}
	for _, kind := range sortedNames(in(r, "content")) {
		m.add("content type changed", at+" "+kind, func(doc node) { rename(in(own(doc), "content"), kind) })
	}
	if len(in(r, "content")) > 0 {
		m.add("content undeclared", at, func(doc node) { delete(own(doc), "content") })
	} else if r["x-no-content-type"] == nil {
		m.add("content declared", at, func(doc node) { own(doc)["content"] = node{"text/plain": node{}} })
	}
}

// schemas changes all properties that can be sent and, of those that are returned, all of the customer and some of the
// others.
func (m *mutation) schemas() {
	const oneIn = 7
	n := 0
	for _, name := range sortedNames(in(m.doc, "components", "schemas")) {
		schema := in(m.doc, "components", "schemas", name)
		if schema["additionalProperties"] == false {
			m.add("more properties allowed", name, func(doc node) { delete(in(doc, "components", "schemas", name), "additionalProperties") })
		}
		for _, property := range sortedNames(in(schema, "properties")) {
			at := name + "." + property
			_, sent := m.unseen[conform.Input][at]
			sent = sent || schema["additionalProperties"] == false
			if n++; sent || name == "Customer" || name == "Error" || n%oneIn == 0 {
				m.property(name, property, sent)
			}
		}
	}
}

func (m *mutation) property(component, property string, sent bool) {
	at := component + "." + property
	owner := func(doc node) node { return in(doc, "components", "schemas", component) }
	here := func(doc node) node { return in(owner(doc), "properties", property) }
	if !sent && (m.unseen[conform.Property][at] || m.unseen[conform.Valued][at]) {
		return
	}
	schema := here(m.doc)
	m.add("property removed", at, func(doc node) {
		delete(in(owner(doc), "properties"), property)
		owner(doc)["required"] = slices.DeleteFunc(listOf(owner(doc)["required"]), func(name any) bool { return name == property })
	})
	m.add("property renamed", at, func(doc node) {
		rename(in(owner(doc), "properties"), property)
		for i, name := range listOf(owner(doc)["required"]) {
			if name == property {
				listOf(owner(doc)["required"])[i] = property + "x"
			}
		}
	})
	if kind := in(m.resolved(schema))["type"]; kind != nil {
		other := map[any]string{"string": "integer", "integer": "string", "number": "string", "boolean": "string", "object": "string", "array": "object"}[kind]
		m.add("property of another type", at, func(doc node) {
			in(owner(doc), "properties")[property] = node{"type": other, "nullable": schema["nullable"] == true}
		})
	}
	_, anything := schema["type"] // without a word about the type null is allowed anyway
	anything = !anything && schema["allOf"] == nil
	if schema["nullable"] == true && !anything && (sent || !m.unseen[conform.Null][at]) {
		m.add("null forbidden", at, func(doc node) { delete(here(doc), "nullable") })
	}
	required := slices.Contains(listOf(in(m.doc, "components", "schemas", component)["required"]), any(property))
	if sent && required {
		m.add("property optional", at, func(doc node) {
			owner(doc)["required"] = slices.DeleteFunc(listOf(owner(doc)["required"]), func(name any) bool { return name == property })
		})
	}
	if sent && !required {
		m.add("property required", at, func(doc node) { owner(doc)["required"] = append(listOf(owner(doc)["required"]), property) })
	}
	if schema["format"] == "date-time" {
		m.add("format dropped", at, func(doc node) { delete(here(doc), "format") })
		m.add("format changed", at, func(doc node) { here(doc)["format"] = "date" })
	}
	if values := listOf(in(m.resolved(schema))["enum"]); len(values) > 0 {
		m.add("enum value removed", at, func(doc node) {
			in(owner(doc), "properties")[property] = node{"type": "string", "enum": values[:1], "nullable": true}
		})
	}
}

// resolved follows a reference, even one that is wrapped to be nullable.
func (m *mutation) resolved(v any) node {
	schema, _ := v.(node)
	if branches := listOf(schema["allOf"]); len(branches) == 1 {
		schema, _ = branches[0].(node)
	}
	if ref, ok := schema["$ref"].(string); ok {
		return m.resolved(in(m.doc, "components", "schemas", strings.TrimPrefix(ref, "#/components/schemas/")))
	}
	return schema
}

// in returns an object inside another; an empty one if there is none.
func in(o node, names ...string) node {
	for _, name := range names {
		inner, ok := o[name].(node)
		if !ok {
			return node{}
		}
		o = inner
	}
	return o
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func parametersOf(op node) []node {
	var all []node
	for _, p := range listOf(op["parameters"]) {
		if p, ok := p.(node); ok {
			all = append(all, p)
		}
	}
	return all
}

func rename(o node, name string) {
	o[name+"x"] = o[name]
	delete(o, name)
}

// copied returns a deep copy.
func copied(o node) node {
	c := maps.Clone(o)
	for name, v := range c {
		c[name] = copiedValue(v)
	}
	return c
}

func copiedValue(v any) any {
	switch v := v.(type) {
	case node:
		return copied(v)
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = copiedValue(c[i])
		}
		return c
	}
	return v
}

func sortedNames(o node) []string { return slices.Sorted(maps.Keys(o)) }
