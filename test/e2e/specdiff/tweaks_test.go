package specdiff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tweak changes a schema in place. It reports whether it could.
type tweak struct {
	kind   string
	change func(s node) bool
}

func is(s node, types ...string) bool { return slices.Contains(types, fmt.Sprint(s["type"])) }

// put returns a change of a schema of one of the types, by names and values in turn.
func put(types string, pairs ...any) func(s node) bool {
	return func(s node) bool {
		if !is(s, strings.Fields(types)...) || s["enum"] != nil && pairs[0] != "enum" {
			return false
		}
		for i := 0; i < len(pairs); i += 2 {
			s[fmt.Sprint(pairs[i])] = pairs[i+1]
		}
		return true
	}
}

const (
	numbers = "integer number"
	plain   = "string integer number boolean"
)

// tweaks are edits of every keyword, looser, stricter, at the wrong level, and combined.
var tweaks = []tweak{
	{"type: to boolean", put("string integer number", "type", "boolean")},
	{"type: to array", put(plain, "type", "array", "items", node{"type": "string"})},
	{"type: to object", put(plain, "type", "object")},
	{"type: array around it", func(s node) bool {
		inner := copied(s)
		clear(s)
		s["type"], s["items"] = "array", inner
		return inner["type"] != nil
	}},
	{"type: array unwrapped", func(s node) bool {
		items, ok := s["items"].(node)
		if ok {
			clear(s)
			maps.Copy(s, items)
		}
		return ok
	}},
	{"null: flipped", func(s node) bool {
		s["nullable"] = s["nullable"] != true
		return s["type"] != nil
	}},
	{"format: email", put("string", "format", "email")},
	{"format: uri", put("string", "format", "uri")},
	{"format: binary", put("string", "format", "binary")},
	{"format: byte", put("string", "format", "byte")},
	{"format: of another type", put("string", "format", "int64")},
	{"format: unknown", put("string", "format", "ulid")},
	{"format: float", put(numbers, "format", "float")},
	{"format: int32", put("integer", "format", "int32")},
	{"enum: of one", put("string", "enum", []any{"zzz"})},
	{"enum: a value more", func(s node) bool {
		s["enum"] = append(listOf(s["enum"]), "zzz")
		return len(listOf(s["enum"])) > 1
	}},
	{"enum: a value less", func(s node) bool {
		values := listOf(s["enum"])
		if len(values) > 1 {
			s["enum"] = values[1:]
		}
		return len(values) > 1
	}},
	{"enum: in upper case", func(s node) bool {
		values := slices.Clone(listOf(s["enum"]))
		for i := range values {
			values[i] = strings.ToUpper(fmt.Sprint(values[i]))
		}
		s["enum"] = values
		return len(values) > 1
	}},
	{"enum: dropped", func(s node) bool {
		many := len(listOf(s["enum"])) > 1
		delete(s, "enum")
		return many
	}},
	{"enum: of integers", put("integer", "enum", []any{1, 2})},
	{"length: at most 3", put("string", "maxLength", 3)},
	{"length: at least 100", put("string", "minLength", 100)},
	{"pattern", put("string", "pattern", "^zzz")},
	{"range: at least 10^9", put(numbers, "minimum", 1_000_000_000)},
	{"range: at most 0", put(numbers, "maximum", 0)},
	{"range: more than 10^9", put(numbers, "minimum", 1_000_000_000, "exclusiveMinimum", true)},
	{"range: multiples of 1000", put(numbers, "multipleOf", 7919)},
	{"items: at most 1", put("array", "maxItems", 0)},
	{"items: at least 10", put("array", "minItems", 60)},
	{"items: unique", put("array", "uniqueItems", true)},
	{"items: of another component", put("array", "items", node{"$ref": "#/components/schemas/Currency"})},
	{"items: any", put("array", "items", node{})},
	{"items: null", func(s node) bool {
		items, ok := s["items"].(node)
		if ok && items["$ref"] != nil {
			s["items"] = node{"nullable": true, "allOf": []any{items}}
		} else if ok {
			items["nullable"] = true
		}
		return ok
	}},
	{"object: closed", func(s node) bool {
		had := s["additionalProperties"] == false
		return !had && is(s, "object") && put("object", "additionalProperties", false)(s)
	}},
	{"object: open", func(s node) bool {
		plain := s["properties"] == nil && s["allOf"] == nil
		return !plain && s["additionalProperties"] != true && put("object", "additionalProperties", true)(s)
	}},
	{"object: of integers", func(s node) bool {
		return s["properties"] == nil && s["allOf"] == nil && put("object", "additionalProperties", node{"type": "integer"})(s)
	}},
	{"object: at least 90 properties", put("object", "minProperties", 90)},
	{"object: at most 1 property", put("object", "maxProperties", 1)},
	{"required: one that is not there", func(s node) bool {
		s["required"] = append(listOf(s["required"]), "nickname")
		return is(s, "object") && s["allOf"] == nil
	}},
	{"required: nothing", func(s node) bool {
		many := len(listOf(s["required"])) > 0
		delete(s, "required")
		return many
	}},
	{"required: the last one less", func(s node) bool {
		names := listOf(s["required"])
		if len(names) > 0 {
			s["required"] = names[:len(names)-1]
		}
		return len(names) > 0
	}},
	{"required: everything", func(s node) bool {
		before := len(listOf(s["required"]))
		var all []any
		for _, name := range sortedNames(in(s, "properties")) {
			all = append(all, name)
		}
		s["required"] = all
		return len(all) > before
	}},
	{"property: one more", func(s node) bool {
		in(s, "properties")["nickname"] = node{"type": "string"}
		return s["properties"] != nil
	}},
	{"property: in camel case", func(s node) bool { return renameFirst(s, camel) }},
	{"property: in upper case", func(s node) bool { return renameFirst(s, strings.ToUpper) }},
	{"property: with a blank", func(s node) bool { return renameFirst(s, func(name string) string { return name + " " }) }},
	{"property: two swapped", func(s node) bool {
		all := in(s, "properties")
		var texts, others []string
		for _, name := range sortedNames(all) {
			p, _ := all[name].(node)
			if is(p, "string") {
				texts = append(texts, name)
			} else if is(p, "integer", "boolean") {
				others = append(others, name)
			}
		}
		if len(texts) == 0 || len(others) == 0 {
			return false
		}
		all[texts[0]], all[others[0]] = all[others[0]], all[texts[0]]
		return true
	}},
	{"default: added", func(s node) bool { return s["description"] != nil && put("string", "default", "zzz")(s) }}, // not of an element
	{"default: of a number", put(numbers, "default", 12345)},
	{"readOnly", put("string", "readOnly", true)},
	{"writeOnly", put("string", "writeOnly", true)},
	{"not", put(plain, "not", node{"type": "string", "maxLength": 3})},
	{"anyOf: another type", func(s node) bool {
		clear(s)
		s["anyOf"] = []any{node{"type": "integer"}, node{"type": "boolean"}}
		return true
	}},
	{"oneOf: it and anything", func(s node) bool {
		inner := copied(s)
		clear(s)
		s["oneOf"] = []any{inner, node{}}
		return inner["type"] != nil
	}},
	{"allOf: it and another type", func(s node) bool {
		inner := copied(s)
		clear(s)
		s["allOf"] = []any{inner, node{"type": "boolean"}}
		return is(inner, "string", "integer", "number")
	}},
	{"discriminator", put("object", "discriminator", node{"propertyName": "type"})},
	{"wrong level: required is true", put(plain, "required", true)},
	{"wrong level: enum of the elements", func(s node) bool {
		put("array", "enum", []any{"a"})(s)
		return is(s, "array")
	}},
	{"wrong level: a constraint beside a reference", func(s node) bool {
		had := s["$ref"] != nil
		s["maxLength"] = 1
		return had
	}},
	{"of 3.1: type list", put("string", "type", []any{"string", "null"})},
	{"of 3.1: const", put("string", "const", "zzz")},
	{"of 3.1: exclusiveMinimum", put(numbers, "exclusiveMinimum", 5)},
	{"of 3.1: prefixItems", put("array", "prefixItems", []any{node{"type": "string"}})},
	{"of 3.1: patternProperties", put("object", "patternProperties", node{"^x": node{"type": "string"}})},
	{"of 3.1: dependentRequired", put("object", "dependentRequired", node{"a": []any{"b"}})},
	{"combined: looser type, and required", func(s node) bool {
		first, _ := in(s, "properties")[firstName(in(s, "properties"))].(node)
		if first == nil || first["type"] == nil || first["allOf"] != nil {
			return false
		}
		delete(first, "type")
		delete(first, "format")
		s["required"] = append(listOf(s["required"]), "nickname")
		return true
	}},
	{"combined: null and another format", put("string", "nullable", true, "format", "date")},
	{"combined: format and length", put("string", "format", "password", "maxLength", 1)},
}

func firstName(o node) string {
	for _, name := range sortedNames(o) {
		return name
	}
	return ""
}

// renameFirst renames the first property whose name becomes another one, and its place on the list of what is required.
func renameFirst(s node, rename func(string) string) bool {
	all := in(s, "properties")
	for _, name := range sortedNames(all) {
		other := rename(name)
		if other == name {
			continue
		}
		all[other] = all[name]
		delete(all, name)
		required := slices.Clone(listOf(s["required"]))
		for i := range required {
			if required[i] == name {
				required[i] = other
			}
		}
		if len(required) > 0 {
			s["required"] = required
		}
		return true
	}
	return false
}

// camel returns a name in camel case: "orderId".
func camel(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

// tweaked returns each tweak at one schema of each kind of place, which rotate. Headers and bodies of text are left out,
// because there is nothing but text.
func tweaked(doc node) []edit {
	places := map[string][]object{}
	var kinds []string
	for _, o := range objects(doc) {
		if !inDeep(o) || !strings.HasPrefix(o.kind, "schema of a ") && o.kind != "reference" || strings.Contains(o.at(), "text/") || strings.Contains(o.at(), "/headers/") {
			continue
		}
		kind := o.kind
		if o.path[1] == "schemas" && strings.HasSuffix(fmt.Sprint(o.path[2]), "Req") {
			kind += " that is sent"
		}
		if kind == "reference" && !strings.Contains(o.at(), "/properties/") {
			continue
		}
		if places[kind] == nil {
			kinds = append(kinds, kind)
		}
		places[kind] = append(places[kind], o)
	}
	var all []edit
	turn := 0
	for _, t := range tweaks {
		for _, kind := range kinds {
			some := places[kind]
			turn += 5
			for i := range some {
				o := some[(i+turn)%len(some)]
				if !t.change(copied(o.in(doc))) {
					continue
				}
				all = append(all, edit{"tweaked: " + t.kind, o.at(), unseenBy(o), func(doc node) { t.change(o.in(doc)) }})
				break
			}
		}
	}
	return all
}

// unseenBy returns what is never seen if an edit of a schema cannot be found: the property that it is in.
func unseenBy(o object) []string {
	if len(o.path) >= 5 && o.path[1] == "schemas" && o.path[3] == "properties" {
		return []string{fmt.Sprint("property ", o.path[2], ".", o.path[4])}
	}
	return nil
}
