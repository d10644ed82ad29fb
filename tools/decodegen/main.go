// Command decodegen writes the decoders of package api: for every model that a successful response reaches, a function
// that reads it as the contract says.
//
//	decodegen openapi.yaml api.gen.go decode.gen.go
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"log"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// detached are the properties whose decoders are linked only into a program that lists orders: only orders, and a
// customer who comes with them, have these. They are skipped elsewhere.
var detached = []string{"Customer.Orders", "Customer.Groups", "Country.Region"}

// attached are the envelopes in which they come.
var attached = []string{"OrderPage", "SessionEnvelope"}

// orderLists are the lists of which an order that can't be read costs only itself, and where they are.
var orderLists = map[string]string{"OrderPage.Orders": "orders", "Customer.Orders": "customer.orders"}

// always are the properties that come even if a response is sparse.
var always = map[string][]string{
	"Order":     {"id", "created_at"},
	"OrderPage": {"orders"}, // if it may be uncounted
}

// contract is what is read of openapi.yaml.
type contract struct {
	Paths      map[string]map[string]yaml.Node `yaml:"paths"`
	Components struct {
		Responses map[string]response `yaml:"responses"`
		Schemas   map[string]schema   `yaml:"schemas"`
	} `yaml:"components"`
}

type response struct {
	Ref     string `yaml:"$ref"`
	Content map[string]struct {
		Schema schema `yaml:"schema"`
	} `yaml:"content"`
}

type schema struct {
	Ref        string            `yaml:"$ref"`
	GoName     string            `yaml:"x-go-name"`
	Nullable   bool              `yaml:"nullable"`
	MinLength  int               `yaml:"minLength"`
	Required   []string          `yaml:"required"`
	Properties map[string]schema `yaml:"properties"`
}

// field is a field of a Go struct.
type field struct{ name, goType, json string }

type generator struct {
	contract contract
	schemas  map[string]string  // by Go name
	structs  map[string][]field // by name
	basics   map[string]string  // the types that are another one by another name
	out      bytes.Buffer
	todo     []string
	done     map[string]bool
	links    int // how many entries of decoder.next are taken
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: decodegen openapi.yaml api.gen.go decode.gen.go")
	}
	g, err := load(os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	out, err := g.generate()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[3], out, 0o644); err != nil {
		log.Fatal(err)
	}
}

func load(openapi, models string) (*generator, error) {
	g := &generator{schemas: map[string]string{}, structs: map[string][]field{}, basics: map[string]string{}, done: map[string]bool{}}
	text, err := os.ReadFile(openapi)
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &g.contract); err != nil {
		return nil, err
	}
	for name, s := range g.contract.Components.Schemas {
		g.schemas[g.goName(name, s)] = name
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, models, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if t, ok := n.(*ast.TypeSpec); ok {
			g.goType(files, t)
		}
		return true
	})
	return g, nil
}

// goName returns the name that the generator of the models gives a schema.
func (g *generator) goName(name string, s schema) string {
	if s.GoName != "" {
		return s.GoName
	}
	return strings.Replace(name, "Api", "API", 1)
}

func (g *generator) goType(files *token.FileSet, t *ast.TypeSpec) {
	switch typ := t.Type.(type) {
	case *ast.Ident:
		g.basics[t.Name.Name] = typ.Name
	case *ast.StructType:
		var fields []field
		for _, f := range typ.Fields.List {
			if f.Tag == nil || len(f.Names) != 1 {
				continue
			}
			tag, _ := strconv.Unquote(f.Tag.Value)
			name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
			if name == "-" {
				continue
			}
			var text bytes.Buffer
			_ = printer.Fprint(&text, files, f.Type)
			fields = append(fields, field{f.Names[0].Name, text.String(), name})
		}
		g.structs[t.Name.Name] = fields
	}
}

// envelopes returns the Go names of the schemas of successful responses.
func (g *generator) envelopes() ([]string, error) {
	var names []string
	for path, operations := range g.contract.Paths {
		for method, node := range operations {
			var operation struct {
				Responses map[string]response `yaml:"responses"`
			}
			if method == "parameters" {
				continue
			}
			if err := node.Decode(&operation); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			r := operation.Responses["200"]
			if r.Ref != "" {
				r = g.contract.Components.Responses[base(r.Ref)]
			}
			if ref := r.Content["application/json"].Schema.Ref; ref != "" {
				name := base(ref)
				names = append(names, g.goName(name, g.contract.Components.Schemas[name]))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func base(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func (g *generator) p(text string, args ...any) { fmt.Fprintf(&g.out, text+"\n", args...) }

func (g *generator) generate() ([]byte, error) {
	envelopes, err := g.envelopes()
	if err != nil {
		return nil, err
	}
	for _, name := range envelopes {
		related := "nil"
		if slices.Contains(attached, name) {
			related = "allRelations"
		}
		g.p("// Decode%s decodes the body of a response; see [DecodeOptions].", name)
		g.p("func Decode%s(ctx context.Context, body []byte, options DecodeOptions) (*%s, error) {", name, name)
		g.p("return decode(ctx, body, options, %s, decode%s)\n}\n", related, name)
		g.need(name)
	}
	if err := g.models(); err != nil {
		return nil, err
	}
	g.relations() // may need more models
	if err := g.models(); err != nil {
		return nil, err
	}
	g.p("// totalLinks is how many entries the decoders have in decoder.next.")
	g.p("const totalLinks = %d", g.links)
	top := "// Code generated by tools/decodegen from openapi.yaml; DO NOT EDIT.\n\npackage api\n\nimport \"context\"\n\n"
	out, err := format.Source(append([]byte(top), g.out.Bytes()...))
	if err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, g.out.Bytes())
	}
	return out, nil
}

func (g *generator) need(name string) {
	if !g.done[name] {
		g.done[name] = true
		g.todo = append(g.todo, name)
	}
}

// models writes the decoders that are needed.
func (g *generator) models() error {
	for len(g.todo) > 0 {
		name := g.todo[0]
		g.todo = g.todo[1:]
		if err := g.model(name); err != nil {
			return err
		}
	}
	return nil
}

// model writes the decoder of a struct.
func (g *generator) model(name string) error {
	s, ok := g.contract.Components.Schemas[g.schemas[name]]
	fields := g.structs[name]
	if !ok || len(fields) == 0 {
		return fmt.Errorf("%s is no model of the contract", name)
	}
	if len(fields) > 64 {
		return fmt.Errorf("%s has more than 64 properties, which is as many as the decoder can count", name)
	}
	var names []string
	var required, sparse uint64
	for i, f := range fields {
		names = append(names, strconv.Quote(strconv.Quote(f.json)+":"))
		if slices.Contains(s.Required, f.json) {
			required |= 1 << i
		}
		if slices.Contains(always[name], f.json) {
			sparse |= 1 << i
		}
	}
	if name == "Order" {
		g.p("// What is required of an order, and all that it has.")
		g.p("const requiredOrder, allOrder = %#x, %#x", required, uint64(1)<<len(fields)-1)
	}
	g.p("var names%s = []string{%s}\n", name, strings.Join(names, ", "))
	g.p("func decode%s(d *decoder, m *%s) bool {", name, name)
	g.p("if !d.Object() {\nreturn false\n}\nok, seen := true, uint64(0)")
	if name == "Order" {
		g.p("again := m.ID != \"\"")
	}
	g.p("next := d.next[%d:%d]", g.links, g.links+len(fields)+1)
	g.links += len(fields) + 1
	g.p("for i := d.Property(names%s, next, -1); i >= 0; i = d.Property(names%s, next, i) {", name, name)
	g.p("seen |= 1 << i\nswitch i {")
	for i, f := range fields {
		read, err := g.read(name, f, s)
		if err != nil {
			return err
		}
		g.p("case %d:\nok = %s", i, read)
	}
	g.p("}\nif !ok {\nreturn d.In(names%s[i][1:len(names%s[i])-2])\n}\n}", name, name)
	if name == "Order" {
		g.p("d.missed(m, again, seen)")
	}
	which := "required"
	if name == "OrderPage" {
		which = "requiredOfPage"
	}
	g.p("return d.Close(names%s, seen, d.%s(%#x, %#x))\n}\n", name, which, required, sparse)
	return nil
}

// read returns the call that reads a field.
func (g *generator) read(model string, f field, s schema) (string, error) {
	in := "m." + f.name
	optional := s.Properties[f.json].Nullable || !slices.Contains(s.Required, f.json)
	t := f.goType
	switch {
	case slices.Contains(detached, model+"."+f.name):
		name := relation(model, f)
		return fmt.Sprintf("d.relations.%s == nil && d.Skip() || d.relations.%s != nil && d.relations.%s(d, &%s)", name, name, name, in), nil
	case t == "string" && s.Properties[f.json].MinLength > 0:
		return "d.String(&" + in + ") && d.notEmpty(" + in + ")", nil
	case t == "*string":
		return "d.NullString(&" + in + ")", nil
	case t == "*time.Time":
		return "d.NullTime(&" + in + ")", nil
	case t[0] == '*':
		read, err := g.function(t[1:])
		return fmt.Sprintf("optional(d, &%s, %d, %s)", in, g.size(t[1:]), read), err
	case orderLists[model+"."+f.name] != "":
		return g.orderList(model, f, in)
	case strings.HasPrefix(t, "[]"):
		read, err := g.function(t[2:])
		name := "array"
		if optional {
			name = "optionalArray"
		}
		return fmt.Sprintf("%s(d, &%s, %d, %s)", name, in, g.size(t[2:]), read), err
	case t == "JSON":
		return "d.Raw((*string)(&" + in + "))", nil
	case g.basics[t] == "string":
		return "d.String((*string)(&" + in + "))", nil
	}
	read, err := g.function(t)
	if method, ok := strings.CutPrefix(read, "(*decoder)."); ok {
		return "d." + method + "(&" + in + ")", err
	}
	return read + "(d, &" + in + ")", err
}

func (g *generator) orderList(model string, f field, in string) (string, error) {
	read, err := g.function(f.goType[2:])
	return fmt.Sprintf("orders(d, &%s, %d, %s, %q)", in, g.size(f.goType[2:]), read, orderLists[model+"."+f.name]), err
}

// function returns the function that reads a type.
func (g *generator) function(t string) (string, error) {
	switch t {
	case "string", "bool", "int", "int64", "time.Time":
		t = strings.TrimPrefix(t, "time.")
		return "(*decoder)." + strings.ToUpper(t[:1]) + t[1:], nil
	case "float64":
		return "(*decoder).Float", nil
	}
	if g.basics[t] == "string" {
		return "enum[" + t + "]", nil
	}
	if _, ok := g.structs[t]; !ok {
		return "", fmt.Errorf("a field has the type %s, which no decoder reads", t)
	}
	g.need(t)
	return "decode" + t, nil
}

// size returns how much of the heap a value takes on a 64-bit machine, at most.
func (g *generator) size(t string) int {
	switch {
	case t[0] == '*', t == "int", t == "int64", t == "float64", t == "bool":
		return 8
	case strings.HasPrefix(t, "[]"), t == "time.Time":
		return 24
	case t == "string", t == "JSON", g.basics[t] == "string":
		return 16
	}
	size := 8
	for _, f := range g.structs[t] {
		size += g.size(f.goType)
	}
	return size
}

func relation(model string, f field) string {
	return strings.ToLower(model[:1]) + model[1:] + f.name
}

// relations writes the type that has the detached decoders.
func (g *generator) relations() {
	var types, values strings.Builder
	for _, d := range detached {
		model, name, _ := strings.Cut(d, ".")
		i := slices.IndexFunc(g.structs[model], func(f field) bool { return f.name == name })
		f := g.structs[model][i]
		fmt.Fprintf(&types, "%s func(*decoder, *%s) bool\n", relation(model, f), f.goType)
		var read string
		switch t := f.goType; {
		case orderLists[d] != "":
			list, _ := g.orderList(model, f, "p")
			read = strings.Replace(list, "&p", "p", 1)
		case t[0] == '*':
			one, _ := g.function(t[1:])
			read = fmt.Sprintf("optional(d, p, %d, %s)", g.size(t[1:]), one)
		default:
			one, _ := g.function(t[2:])
			read = fmt.Sprintf("optionalArray(d, p, %d, %s)", g.size(t[2:]), one)
		}
		fmt.Fprintf(&values, "%s: func(d *decoder, p *%s) bool { return %s },\n", relation(model, f), f.goType, read)
	}
	g.p("// relations are the decoders of what comes only with orders. Where they are nil, it is skipped.")
	g.p("type relations struct {\n%s}\n", types.String())
	g.p("func allRelations() relations {\nreturn relations{\n%s}\n}\n", values.String())
}
