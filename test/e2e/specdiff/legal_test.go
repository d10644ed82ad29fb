package specdiff

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
	return all
}
