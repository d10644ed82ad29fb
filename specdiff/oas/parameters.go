package oas

import (
	"regexp"
	"strconv"
	"strings"
)

// parameterLine is "(in) name=default* {type:format} description". The default, the star for required, and the format
// are optional. A property of a body is a parameter in "body".
var parameterLine = regexp.MustCompile(`^\((\w+)\)\s*([\w.\[\]-]+)(?:=([^{*]*))?(\*)?\s*\{(\w+)(?::([^}]*))?\}\s*(.*)$`)

// parameters replaces the parameters in one line by those of OpenAPI.
func (r *reader) parameters(at string, op map[string]any) {
	given, _ := op["parameters"].([]any)
	var all []any
	properties, required := map[string]any{}, []any{}
	for _, p := range given {
		line, ok := p.(string)
		if !ok {
			all = append(all, p)
			continue
		}
		m := parameterLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			r.note("%s: the parameter %q is not understood", at, line)
			continue
		}
		schema := parameterSchema(m[5], m[6], m[3])
		if in, name := m[1], m[2]; in == "body" {
			properties[name] = schema
			if m[4] != "" {
				required = append(required, name)
			}
		} else {
			all = append(all, map[string]any{"in": in, "name": name, "required": m[4] != "" || in == "path", "schema": schema})
		}
	}
	if len(given) > 0 {
		op["parameters"] = all
	}
	if len(properties) == 0 {
		return
	}
	body := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		body["required"] = required
	}
	op["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": body}}}
}

func parameterSchema(typ, format, value string) map[string]any {
	if strings.EqualFold(typ, "ref") {
		if !strings.HasPrefix(format, "#/") {
			format = "#/components/" + format
		}
		return map[string]any{"$ref": format}
	}
	schema := map[string]any{"type": strings.ToLower(typ)}
	if format != "" {
		schema["format"] = format
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return schema
	}
	schema["default"] = value
	switch schema["type"] {
	case "integer", "number":
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			schema["default"] = n
		}
	case "boolean":
		schema["default"] = value == "true"
	}
	return schema
}
