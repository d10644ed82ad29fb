package specdiff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is an object of an OpenAPI document.
type object struct {
	kind string // as OpenAPI calls it: "operation", "parameter", "schema of a property"
	path []any  // names and indexes from the top of the document
}

// at returns the path as text.
func (o object) at() string {
	var b strings.Builder
	for _, step := range o.path {
		fmt.Fprintf(&b, "/%v", step)
	}
	return strings.TrimPrefix(b.String(), "/")
}

// in returns the object in a copy of the document.
func (o object) in(doc node) node {
	var v any = doc
	for _, step := range o.path {
		switch s := step.(type) {
		case string:
			v = v.(node)[s] //nolint:errcheck,forcetypeassert // the path was found in the document
		case int:
			v = v.([]any)[s] //nolint:errcheck,forcetypeassert // likewise
		}
	}
	return v.(node) //nolint:errcheck,forcetypeassert // likewise
}

// walker collects the objects of a document. It follows no references.
type walker struct {
	doc node
	all []object
}

// objects returns the objects of a document, in a stable order.
func objects(doc node) []object {
	w := &walker{doc: doc}
	w.add("document")
	w.each("path item", "paths")
	for _, o := range slices.Clone(w.all) {
		if o.kind == "path item" {
			w.pathItem(o)
		}
	}
	w.each("security scheme", "components", "securitySchemes")
	for _, group := range []struct {
		name string
		of   func(path ...any)
	}{{"headers", w.header}, {"responses", w.response}} {
		for _, name := range sortedNames(in(doc, "components", group.name)) {
			group.of("components", group.name, name)
		}
	}
	for _, name := range sortedNames(in(doc, "components", "schemas")) {
		w.schema("component", "components", "schemas", name)
	}
	return w.all
}

func (w *walker) add(kind string, path ...any) node {
	o := object{kind, slices.Clone(path)}
	here := o.in(w.doc)
	if here["$ref"] != nil {
		kind = "reference"
	}
	w.all = append(w.all, object{kind, o.path})
	return here
}

// each adds the objects in an object that has them by name.
func (w *walker) each(kind string, path ...any) {
	for _, name := range sortedNames(object{path: path}.in(w.doc)) {
		w.add(kind, append(slices.Clone(path), name)...)
	}
}

func below(path []any, more ...any) []any { return append(slices.Clone(path), more...) }

func (w *walker) pathItem(o object) {
	here := o.in(w.doc)
	w.parameters(here, o.path)
	for _, method := range sortedNames(here) {
		if method == "parameters" {
			continue
		}
		path := below(o.path, method)
		op := w.add("operation", path...)
		w.parameters(op, path)
		if op["requestBody"] != nil {
			body := below(path, "requestBody")
			w.media(w.add("request body", body...), body)
		}
		for _, status := range sortedNames(in(op, "responses")) {
			w.response(below(path, "responses", status)...)
		}
	}
}

func (w *walker) parameters(of node, path []any) {
	for i, p := range listOf(of["parameters"]) {
		at := below(path, "parameters", i)
		kind := fmt.Sprint(p.(node)["in"], " parameter") //nolint:errcheck,forcetypeassert // a parameter is an object
		if w.add(kind, at...)["schema"] != nil {
			w.schema(kind, below(at, "schema")...)
		}
	}
}

func (w *walker) header(path ...any) {
	if w.add("header", path...)["schema"] != nil {
		w.schema("header", below(path, "schema")...)
	}
}

func (w *walker) response(path ...any) {
	r := w.add("response", path...)
	for _, name := range sortedNames(in(r, "headers")) {
		w.header(below(path, "headers", name)...)
	}
	w.media(r, path)
}

func (w *walker) media(of node, path []any) {
	for _, kind := range sortedNames(in(of, "content")) {
		at := below(path, "content", kind)
		if w.add("media type", at...)["schema"] != nil {
			w.schema("body", below(at, "schema")...)
		}
	}
}

func (w *walker) schema(of string, path ...any) {
	s := w.add("schema of a "+of, path...)
	for _, name := range sortedNames(in(s, "properties")) {
		w.schema("property", below(path, "properties", name)...)
	}
	for _, name := range []string{"items", "additionalProperties"} {
		if _, ok := s[name].(node); ok {
			w.schema(map[string]string{"items": "element", "additionalProperties": "other property"}[name], below(path, name)...)
		}
	}
	for _, name := range []string{"allOf", "oneOf", "anyOf"} {
		for i := range listOf(s[name]) {
			w.schema("branch", below(path, name, i)...)
		}
	}
}

// texts are the names in objects that mean nothing on the wire.
var texts = []string{
	"description", "summary", "tags", "title", "example", "examples", "externalDocs", "deprecated", "operationId", "info", "servers", "openapi",
	"license", "bearerFormat",
}

func isText(name string) bool {
	extension := strings.HasPrefix(name, "x-") && name != "x-no-content-type" && name != "x-medusa-operation-id"
	return extension || slices.Contains(texts, name)
}

// isDefault reports whether an object means the same without a name: its value is the default, or there is nothing else
// on the wire than text.
func isDefault(o object, name string, here node) bool {
	value := fmt.Sprint(here[name])
	switch name {
	case "style", "explode", "security", "additionalProperties":
		return value == "form" || value == "true" || value == "[]"
	case "type", "enum":
		path := o.at()
		return strings.Contains(path, "/headers/") || strings.Contains(path, "text/plain") || strings.Contains(path, "text/html")
	}
	return false
}

// inDeep reports whether an object is worth an edit: those of components that no operation of the run shows are not.
func inDeep(o object) bool {
	return len(o.path) < 3 || o.path[0] != "components" || o.path[1] != "schemas" || slices.Contains(deep, fmt.Sprint(o.path[2])) ||
		strings.HasPrefix(fmt.Sprint(o.path[2]), "Store")
}

// everywhere returns, for each kind of object and each name that such an object has, edits at places that rotate: the
// name removed, misspelled, and moved one object up.
func everywhere(doc node) []edit {
	const perName = 2
	var all []edit
	places := map[string][]object{} // by kind and name
	for _, o := range objects(doc) {
		if !inDeep(o) || o.kind == "document" || o.kind == "reference" {
			continue
		}
		for name := range o.in(doc) {
			if !isText(name) {
				places[o.kind+": "+name] = append(places[o.kind+": "+name], o)
			}
		}
	}
	for n, key := range slices.Sorted(maps.Keys(places)) {
		kind, name, _ := strings.Cut(key, ": ")
		some := places[key]
		for i := range min(perName, len(some)) {
			o := some[(n*7+i*len(some)/perName)%len(some)]
			shown := shownBy(o, name)
			if !isDefault(o, name, o.in(doc)) {
				all = append(all, edit{"everywhere: removed: " + kind, o.at() + " " + name, shown, func(doc node) { delete(o.in(doc), name) }})
			}
			all = append(all, edit{"everywhere: misspelled: " + kind, o.at() + " " + name, nil, func(doc node) {
				here := o.in(doc)
				here[name[:len(name)-1]+"_"] = here[name]
				delete(here, name)
			}})
		}
	}
	return all
}

// shownBy returns what an exchange has to show for the removal of a name of an object to be found.
func shownBy(o object, name string) []string {
	if len(o.path) < 5 || o.path[1] != "schemas" || o.path[3] != "properties" {
		return nil
	}
	place := fmt.Sprint(o.path[2], ".", o.path[4])
	switch name {
	case "nullable":
		return []string{"null " + place}
	case "type", "format", "enum", "items", "allOf":
		return []string{"value " + place}
	}
	return nil
}
