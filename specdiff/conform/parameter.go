package conform

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// styled returns the style of the parameter, and whether each of its values is written as a pair of its own.
func (p param) styled() (style string, exploded bool) {
	style = cmp.Or(p.Style, "form")
	if p.Explode != nil {
		return style, *p.Explode
	}
	return style, style == "form"
}

func (p param) isObject() bool { return p.shape.typ == "object" || len(p.shape.props) > 0 }

// take removes the parameter from the query and returns its value as JSON.
func (p param) take(query url.Values) (v any, ok bool, problem string) {
	style, exploded := p.styled()
	isArray, isObject := p.shape.typ == "array", p.isObject()
	switch {
	case style == "deepObject":
		return p.takeObject(query, func(name string) (string, bool) {
			key, ours := strings.CutPrefix(name, p.Name+"[")
			key, ends := strings.CutSuffix(key, "]")
			return key, ours && ends
		})
	case isObject && exploded:
		return p.takeObject(query, func(name string) (string, bool) { return name, p.shape.props[name] != nil })
	}
	values, ok := query[p.Name]
	if !ok {
		return nil, false, ""
	}
	delete(query, p.Name)
	if len(values) > 1 && (!isArray || !exploded) {
		problem = "more than once"
	}
	if isObject {
		return pairs(values[0]), true, problem
	}
	if !isArray || p.shape.items == nil {
		return fromText(p.shape, values[0]), true, problem
	}
	if !exploded {
		separator, known := map[string]string{"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}[style]
		if !known {
			return nil, true, "in the unknown style " + style
		}
		values = strings.Split(values[0], separator)
	}
	elements := make([]any, len(values))
	for i, text := range values {
		elements[i] = fromText(p.shape.items.shape, text)
	}
	return elements, true, problem
}

// pairs returns the object that "a,1,b,2" is written for. Text with an odd number of parts is returned as it is.
func pairs(text string) any {
	parts := strings.Split(text, ",")
	if len(parts)%2 != 0 {
		return text
	}
	object := map[string]any{}
	for pair := range slices.Chunk(parts, 2) {
		object[pair[0]] = pair[1]
	}
	return object
}

// takeObject removes the properties of the parameter from the query. The function key returns the property that a name
// in the query is for.
func (p param) takeObject(query url.Values, key func(name string) (string, bool)) (v any, ok bool, problem string) {
	object := map[string]any{}
	for name, values := range query {
		key, isOurs := key(name)
		if !isOurs {
			continue
		}
		delete(query, name)
		object[key] = values[0]
		if inner := p.shape.props[key]; inner != nil {
			object[key] = fromText(inner.shape, values[0])
		}
		if len(values) > 1 {
			problem = key + " more than once"
		}
	}
	return object, len(object) > 0, problem
}

// fromText returns the value that the text of a parameter is written for. Text that does not fit the type stays a
// string.
func fromText(sh *shape, text string) any {
	switch sh.typ {
	case "integer", "number":
		if n, err := parseJSON([]byte(text)); err == nil {
			if n, ok := n.(json.Number); ok {
				return n
			}
		}
	case "boolean":
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// Way is how the values of a parameter are written.
type Way string

// The ways to write several values of a parameter p.
const (
	Comma        Way = "comma"             // p=a,b
	Repeated     Way = "repeated"          // p=a&p=b
	Brackets     Way = "brackets"          // p[]=a&p[]=b
	BracketComma Way = "comma in brackets" // p[]=a,b
	Pipes        Way = "pipes"             // p=a|b
	Spaces       Way = "spaces"            // p=a b
	DeepObject   Way = "deep object"       // p[a]=1&p[b]=2
	BareNames    Way = "bare names"        // a=1&b=2
	Pairs        Way = "pairs"             // p=a,1,b,2
)

// Written returns how the values of a query parameter are to be written. It returns "" for a parameter with a single
// value, and for one that the document does not have.
func (c *Contract) Written(place, name string) Way {
	if o := c.at(place); o != nil {
		for _, p := range o.params {
			if p.In == "query" && strings.TrimSuffix(p.Name, "[]") == name {
				return p.written()
			}
		}
	}
	return ""
}

func (p param) written() Way {
	style, exploded := p.styled()
	brackets := strings.HasSuffix(p.Name, "[]")
	switch {
	case style == "deepObject":
		return DeepObject
	case p.isObject() && exploded:
		return BareNames
	case p.isObject():
		return Pairs
	case p.shape.typ != "array":
		return ""
	case brackets && exploded:
		return Brackets
	case brackets && style == "form":
		return BracketComma
	case exploded:
		return Repeated
	}
	return map[string]Way{"form": Comma, "pipeDelimited": Pipes, "spaceDelimited": Spaces}[style]
}
