package specdiff

import (
	"maps"
	"strings"
)

// legal returns edits of what is legal and rare: schemas that contain themselves, and what stands around operations.
func legal() []edit {
	var all []edit
	add := func(kind string, change func(doc node)) {
		all = append(all, edit{kind: "legal: " + kind, at: "document", change: change})
	}
	tree := node{"$ref": "#/components/schemas/Tree"}
	for kind, schema := range map[string]node{
		"elements":         {"type": "array", "items": tree},
		"branches":         {"oneOf": []any{node{"type": "boolean"}, node{"type": "array", "items": tree}}},
		"other properties": {"type": "object", "additionalProperties": tree},
		"allOf":            {"type": "object", "properties": node{"more": node{"allOf": []any{tree, node{"type": "object", "properties": node{"a": node{"type": "string"}}}}}}},
	} {
		for _, property := range [][2]string{{"ClaimItem", "tags"}, {"Customer", "first_name"}, {"StorePostCustomersReq", "email"}} {
			add("a schema that contains itself, by "+kind, func(doc node) {
				schemas := in(doc, "components", "schemas")
				schemas["Tree"] = schema
				in(schemas, property[0], "properties")[property[1]] = copied(tree)
			})
		}
	}
	ops := func(doc node, path, method string) node { return in(doc, "paths", path, method) }
	for _, id := range []string{"UpdateAddress", "update-address"} {
		add("an operationId twice", func(doc node) { ops(doc, addressesPath+"/{address_id}", "delete")["operationId"] = id })
	}
	for _, kind := range []string{"application/json; charset=latin1", "application/json; charset=utf-16", "application/json; profile=x"} {
		add("a content type with a parameter", func(doc node) {
			contents := in(doc, "components", "responses", "Customer", "content")
			moved(contents, "application/json", kind)
		})
	}
	for _, server := range []node{
		{"url": "http://localhost:9000/store"}, {"url": "/v1"},
		{"url": "https://shop.example.com{base}", "variables": node{"base": node{"default": "/api"}}},
	} {
		add("a server with a path", func(doc node) { doc["servers"] = []any{server} })
	}
	for _, name := range []string{"StorePostAuthReq.password", "StorePostAuthReq.email", "StorePostCustomersReq.email"} {
		for _, bound := range []node{{"maxLength": 200}, {"pattern": "^.+$"}, {"minLength": 2}} {
			add("a bound beside one that is seen", func(doc node) {
				component, property, _ := strings.Cut(name, ".")
				maps.Copy(in(doc, "components", "schemas", component, "properties", property), bound)
			})
		}
	}
	for _, name := range []string{"Country.id", "ClaimItem.quantity"} {
		add("number instead of integer", func(doc node) {
			component, property, _ := strings.Cut(name, ".")
			in(doc, "components", "schemas", component, "properties", property)["type"] = "number"
		})
	}
	add("204 with a body", func(doc node) {
		own(ops(doc, customersPath+"/password-token", "post"), doc, "204")["content"] = node{"application/json": node{"schema": node{"type": "object"}}}
	})
	return all
}
