package live

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// variant is one way to differ from a request that the backend accepts.
type variant struct {
	name   string
	aspect finding.Aspect
	text   string           // of a parameter: the query
	value  any              // of a property: its value …
	omit   bool             // … or leave it out …
	extra  bool             // … or add an unknown property to it
	body   func(object) any // of a body as a whole
}

// extraName is the name of a property or parameter that no document has.
const extraName = "specdiff_unknown"

// otherKind is a body of another content type than JSON.
type otherKind struct{ kind, text string }

// The names of variants that are looked at again.
const (
	unknownName = "unknown name" // of a query parameter: what is accepted under any name may be ignored
	noBody      = "no body"
	emptyObject = "empty object"
	valueName   = "value "             // … of an enumeration
	plusName    = "name after a plus"  // which Medusa takes since 1.20.4 …
	minusName   = "name after a minus" // … and this
)

// bodyVariants are the variants of a body as a whole.
var bodyVariants = []variant{
	{name: noBody, aspect: finding.Required, body: func(object) any { return nil }},
	{name: emptyObject, aspect: finding.Required, body: func(object) any { return object{} }},
	{name: "null body", aspect: finding.Nullable, body: func(object) any { return raw("null") }},
	{name: "list as body", aspect: finding.Type, body: func(object) any { return raw("[]") }},
	{name: "text as body", aspect: finding.Type, body: func(object) any { return raw(`"text"`) }},
	{name: "form as body", aspect: finding.ContentType, body: func(o object) any {
		form := url.Values{}
		for name := range o {
			if text, ok := o[name].(string); ok {
				form.Set(name, text)
			}
		}
		return otherKind{"application/x-www-form-urlencoded", form.Encode()}
	}},
	{name: "extra property", aspect: finding.Open, body: func(o object) any {
		o[extraName] = 1
		return o
	}},
}

// propertyVariants returns the variants of a property. Some depend on what the document says about its values.
func propertyVariants(f conform.Field) []variant {
	name := f.Path[len(f.Path)-1]
	all := []variant{{name: "omitted", aspect: finding.Required, omit: true}, {name: "null", aspect: finding.Nullable, value: nil}}
	add := func(name string, aspect finding.Aspect, value any) {
		all = append(all, variant{name: name, aspect: aspect, value: value})
	}
	schema := f.Schema
	if schema.Type != "string" {
		add("text", finding.Type, "text")
		add("empty text", finding.Type, "")
	}
	if schema.Type != "integer" && schema.Type != "number" {
		add("number", finding.Type, 1)
	}
	if schema.Type != "boolean" {
		add("boolean", finding.Type, true)
	}
	if schema.Type != "array" {
		add("list", finding.Type, []string{"a"})
		add("empty list", finding.Type, []string{})
	}
	if schema.Type != "object" && schema.Type != "" {
		add("object", finding.Type, object{})
	}
	switch schema.Type {
	case "string":
		add("empty", finding.Bounds, "")
		if name == "password" { // of which the backend asks nothing, so that any bound is one too many
			add("one character", finding.Bounds, "p")
		}
		if schema.Format == "email" || name == "email" {
			add("no email", finding.Format, "specdiff")
		}
		if schema.Format == "date-time" {
			add("no time", finding.Format, "specdiff")
		}
		if n := schema.MinLength; n > 1 {
			add("too short", finding.Bounds, strings.Repeat("d", int(min(n, 1000))-1))
		}
		if schema.MaxLength != nil {
			add("too long", finding.Bounds, strings.Repeat("d", int(min(*schema.MaxLength, 1000))+1))
		}
		if len(schema.Enum) > 0 {
			add("unknown value", finding.Enum, extraName)
		}
	case "integer":
		add("fraction", finding.Type, 1.5)
		add("negative", finding.Bounds, -1)
	case "object":
		add(emptyObject, finding.Required, object{})
		if len(schema.Keys) > 0 {
			all = append(all, variant{name: "extra property", aspect: finding.Open, extra: true})
		}
	}
	return all
}

// queryVariants returns the variants of a query parameter.
func queryVariants(f conform.Field) []variant {
	name := f.Path[0]
	var all []variant
	add := func(variantName string, aspect finding.Aspect, query ...string) {
		var parts []string
		for i := 0; i < len(query); i += 2 {
			parts = append(parts, url.QueryEscape(query[i])+"="+url.QueryEscape(query[i+1]))
		}
		all = append(all, variant{name: variantName, aspect: aspect, text: strings.Join(parts, "&")})
	}
	if name == "fields" {
		add(plusName, finding.Format, name, "+email")
		add(minusName, finding.Format, name, "-email")
	}
	good, wrong := sample(name, f.Schema)
	switch {
	case f.Schema.Type == "array":
		elements := conform.Schema{}
		if f.Schema.Elements != nil {
			elements = *f.Schema.Elements
		}
		one, other := sampleElements(name, elements)
		styled(add, name, one, other)
		for _, value := range elements.Enum {
			add(valueName+text(value), finding.Enum, name+"[]", text(value))
		}
		add("unknown value", finding.Enum, name+"[]", extraName)
		add("unknown value after a comma", finding.Enum, name, one+","+extraName)
		add("empty", finding.Bounds, name, "")
	case f.Schema.Type == "object" || len(f.Schema.Keys) > 0:
		for _, key := range f.Schema.Keys {
			add(string(conform.DeepObject)+" "+key, finding.Style, name+"["+key+"]", aTime)
			add(string(conform.BareNames)+" "+key, finding.Style, key, aTime)
			add(string(conform.BareNames)+" "+key+" date", finding.Style, key, aDate)
		}
		key := "gt"
		if len(f.Schema.Keys) > 0 {
			key = f.Schema.Keys[0]
		}
		add(string(conform.Pairs), finding.Style, name, key+","+aTime)
		add(string(conform.Pairs)+" date", finding.Style, name, key+","+aDate)
		deep := name + "[" + key + "]"
		add("unix seconds", finding.Format, deep, "1577836800")
		add("date only", finding.Format, deep, aDate)
		add("time with an offset", finding.Format, deep, "2020-01-01T00:00:00+01:00")
		for _, key := range f.Schema.Keys {
			add("no time in "+key, finding.Format, name+"["+key+"]", "specdiff")
		}
		all = append(all, variant{name: "time with a raw plus", aspect: finding.Format, text: url.QueryEscape(deep) + "=2020-01-01T00:00:00+01:00"})
		add("empty", finding.Bounds, deep, "")
		add("extra property", finding.Open, name+"["+extraName+"]", aTime)
		add("plain value", finding.Type, name, aTime)
	default:
		add("value", finding.Presence, name, good)
		add("empty", finding.Bounds, name, "")
		add("repeated", finding.Style, name, good, name, good)
		if wrong != "" {
			add("no "+f.Schema.Type, finding.Type, name, wrong)
		}
		switch f.Schema.Type {
		case "integer", "number":
			add("zero", finding.Bounds, name, "0")
			add("negative", finding.Bounds, name, "-1")
			add("fraction", finding.Type, name, "1.5")
			add("more than 32 bits", finding.Bounds, name, "3000000000")
			add("more than 53 bits", finding.Bounds, name, "9007199254740993")
			add("more than 64 bits", finding.Bounds, name, "18446744073709551617")
		}
		if len(f.Schema.Enum) > 0 {
			add("unknown value", finding.Enum, name, extraName)
		}
	}
	return all
}

const (
	aTime = "2020-01-01T00:00:00Z"
	aDate = "2020-01-01"
)

// styled adds the ways to write two values.
func styled(add func(string, finding.Aspect, ...string), name, one, other string) {
	way := func(w conform.Way, query ...string) { add(string(w), finding.Style, query...) }
	way(conform.Comma, name, one+","+other)
	way(conform.Repeated, name, one, name, other)
	way(conform.Brackets, name+"[]", one, name+"[]", other)
	way(conform.BracketComma, name+"[]", one+","+other)
	way(conform.Pipes, name, one+"|"+other)
	way(conform.Spaces, name, one+" "+other)
	way("indexes", name+"[0]", one, name+"[1]", other)
}

// sample returns a value that a parameter takes, and one of another type.
func sample(name string, s conform.Schema) (good, wrong string) {
	switch {
	case len(s.Enum) > 0:
		return text(s.Enum[0]), ""
	case s.Type == "integer" || s.Type == "number":
		return "1", "specdiff"
	case s.Type == "boolean":
		return "true", "specdiff"
	case s.Format == "date-time":
		return aTime, "specdiff"
	}
	if known[name] != nil {
		return known[name][0], ""
	}
	return "specdiff", ""
}

// sampleElements returns two values that a parameter with several values takes.
func sampleElements(name string, s conform.Schema) (one, other string) {
	switch {
	case len(s.Enum) > 0:
		return text(s.Enum[0]), text(s.Enum[len(s.Enum)-1])
	case s.Type == "integer" || s.Type == "number":
		return "1", "2"
	case known[name] != nil:
		return known[name][0], known[name][1]
	}
	return "specdiff", "specdiff2"
}

// known are values of parameters whose values the backend looks up, so that it fails at others.
var known = map[string][]string{"fields": {"id", "email"}, "expand": {"items", "customer"}}

func text(v any) string { return fmt.Sprint(v) }
