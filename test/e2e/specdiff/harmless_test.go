package specdiff

import (
	"fmt"
	"slices"
	"strings"
)

// harmless returns edits that change nothing on the wire.
func harmless(original node) []edit {
	var all []edit
	add := func(kind string, change func(doc node)) {
		all = append(all, edit{kind: kind, at: "document", change: change})
	}
	schema := func(doc node, name string) node { return in(doc, "components", "schemas", name) }
	property := func(doc node, name string) node {
		component, property, _ := strings.Cut(name, ".")
		return in(schema(doc, component), "properties", property)
	}
	op := func(doc node, path, method string) node { return in(doc, "paths", path, method) }

	add("texts: summary and description", func(doc node) {
		op(doc, ordersPath, "get")["summary"], op(doc, ordersPath, "get")["description"] = "x", "y"
	})
	add("texts: of a property", func(doc node) { property(doc, "Swap.id")["description"] = "x" })
	add("texts: title of a schema", func(doc node) { schema(doc, "GiftCard")["title"] = "Gift card" })
	add("texts: info, servers and tags", func(doc node) {
		in(doc, "info")["title"], doc["tags"], doc["servers"] = "x", []any{}, []any{node{"url": "https://shop.example.com"}}
	})
	add("texts: externalDocs", func(doc node) { doc["externalDocs"] = node{"url": "https://example.com"} })
	add("texts: an example that fits", func(doc node) { property(doc, "GiftCard.code")["example"] = "ABCD" })
	add("texts: description of a response", func(doc node) { in(doc, "components", "responses", "Customer")["description"] = "x" })
	add("texts: deprecated", func(doc node) { op(doc, mePath, "get")["deprecated"] = true })
	add("texts: another operationId", func(doc node) { op(doc, methodsPath, "get")["operationId"] = "PaymentMethods" })
	add("texts: an extension", func(doc node) { schema(doc, "OrderEdit")["x-internal"] = true })

	add("defaults: style and explode spelled out", func(doc node) {
		for _, p := range parametersOf(op(doc, ordersPath, "get")) {
			if p["style"] == nil {
				p["style"], p["explode"] = "form", true
			}
		}
	})
	add("defaults: required false", func(doc node) { parametersOf(op(doc, ordersPath, "get"))[0]["required"] = false })
	add("defaults: nullable false", func(doc node) { property(doc, "ClaimOrder.id")["nullable"] = false })
	add("defaults: minLength 0", func(doc node) { property(doc, "ClaimOrder.id")["minLength"] = 0 })
	add("defaults: deprecated false", func(doc node) { property(doc, "Swap.id")["deprecated"] = false })
	add("defaults: an empty additionalProperties schema", func(doc node) { property(doc, "Swap.metadata")["additionalProperties"] = node{} })
	add("defaults: uniqueItems false", func(doc node) { property(doc, "Swap.fulfillments")["uniqueItems"] = false })
	add("defaults: allowReserved false", func(doc node) { parametersOf(op(doc, ordersPath, "get"))[0]["allowReserved"] = false })
	add("defaults: readOnly false", func(doc node) { property(doc, "Swap.id")["readOnly"] = false })
	add("defaults: a header that is not required", func(doc node) { in(doc, "components", "headers", "ETag")["required"] = false })

	add("order: of required", func(doc node) { slices.Reverse(listOf(schema(doc, "ClaimOrder")["required"])) })
	add("order: of an enum", func(doc node) { slices.Reverse(listOf(schema(doc, "OrderEditStatus")["enum"])) })
	add("order: of parameters", func(doc node) { slices.Reverse(listOf(op(doc, ordersPath, "get")["parameters"])) })
	add("order: of security", func(doc node) { slices.Reverse(listOf(op(doc, mePath, "get")["security"])) })
	add("order: of branches", func(doc node) { slices.Reverse(listOf(schema(doc, "BillingAddress")["oneOf"])) })

	add("references: a response in place", func(doc node) { own(op(doc, mePath, "get"), doc, "200") })
	add("references: a header in place", func(doc node) {
		in(doc, "components", "responses", "Customer", "headers")["ETag"] = copied(in(doc, "components", "headers", "ETag"))
	})
	for _, name := range []string{"ClaimType", "FulfillmentStatus", "OrderStatus"} {
		add("references: an enum in place", func(doc node) { inlined(doc, name) })
	}
	for _, name := range []string{"GiftCardTransaction", "ClaimImage", "TrackingLink"} {
		add("references: an object in place", func(doc node) { inlined(doc, name) })
	}
	for _, name := range []string{"Refund", "Currency", "ClaimTag"} {
		add("references: wrapped in allOf", func(doc node) {
			replaced(doc, "#/components/schemas/"+name, func(ref node) node { return node{"allOf": []any{ref}} })
		})
	}
	add("references: a parameter as a component", func(doc node) {
		list := listOf(op(doc, ordersPath, "get")["parameters"])
		in(doc, "components")["parameters"] = node{"Search": list[0]}
		list[0] = node{"$ref": "#/components/parameters/Search"}
	})
	add("references: a request body as a component", func(doc node) {
		in(doc, "components")["requestBodies"] = node{"Login": op(doc, authPath, "post")["requestBody"]}
		op(doc, authPath, "post")["requestBody"] = node{"$ref": "#/components/requestBodies/Login"}
	})
	add("references: properties by allOf", func(doc node) {
		s := schema(doc, "GiftCard")
		first := node{"type": "object", "required": []any{"code"}, "properties": node{"code": in(s, "properties")["code"]}}
		delete(in(s, "properties"), "code")
		s["required"] = slices.DeleteFunc(listOf(s["required"]), func(v any) bool { return v == "code" })
		in(doc, "components", "schemas")["GiftCard"] = node{"allOf": []any{first, s}}
	})

	for _, name := range sortedNames(in(original, "components", "schemas")) {
		add("names: of a component", func(doc node) {
			schemas := in(doc, "components", "schemas")
			schemas["My"+name] = schemas[name]
			delete(schemas, name)
			replaced(doc, "#/components/schemas/"+name, func(node) node { return node{"$ref": "#/components/schemas/My" + name} })
		})
	}
	add("names: of a path parameter", func(doc node) {
		paths := in(doc, "paths")
		item := in(paths, addressesPath+"/{address_id}")
		parametersOf(item)[0]["name"] = "id"
		paths[addressesPath+"/{id}"] = item
		delete(paths, addressesPath+"/{address_id}")
	})
	add("names: of a security scheme", func(doc node) {
		rename(in(doc, "components", "securitySchemes"), "bearerAuth")
		for _, path := range sortedNames(in(doc, "paths")) {
			for _, method := range sortedNames(in(doc, "paths", path)) {
				for _, alternative := range listOf(op(doc, path, method)["security"]) {
					if o, ok := alternative.(node); ok && o["bearerAuth"] != nil {
						rename(o, "bearerAuth")
					}
				}
			}
		}
	})
	add("names: case of a header", func(doc node) {
		headers := in(doc, "components", "responses", "Customer", "headers")
		headers["etag"], headers["set-cookie"] = headers["ETag"], headers["Set-Cookie"]
		delete(headers, "ETag")
		delete(headers, "Set-Cookie")
	})
	for _, kind := range []string{"Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8"} {
		add("media types: "+fmt.Sprintf("%q", kind), func(doc node) {
			contents := in(doc, "components", "responses", "Customer", "content")
			contents[kind] = contents["application/json"]
			delete(contents, "application/json")
		})
	}
	add("security: a scheme in another case", func(doc node) {
		in(doc, "components", "securitySchemes", "bearerAuth")["scheme"] = "Bearer"
	})
	add("security: at the top", func(doc node) {
		doc["security"] = op(doc, mePath, "get")["security"]
		delete(op(doc, mePath, "get"), "security")
	})
	add("parameters: of the path instead of the operation", func(doc node) {
		item := in(doc, "paths", ordersPath)
		item["parameters"] = op(doc, ordersPath, "get")["parameters"]
		delete(op(doc, ordersPath, "get"), "parameters")
	})
	return all
}

// inlined replaces the references to a component by what it is.
func inlined(doc node, name string) {
	target := in(doc, "components", "schemas", name)
	replaced(doc, "#/components/schemas/"+name, func(node) node { return copied(target) })
	delete(in(doc, "components", "schemas"), name)
}

// replaced replaces each reference to a component.
func replaced(v any, ref string, with func(node) node) any {
	switch v := v.(type) {
	case node:
		if v["$ref"] == ref {
			return with(v)
		}
		for name := range v {
			v[name] = replaced(v[name], ref, with)
		}
	case []any:
		for i := range v {
			v[i] = replaced(v[i], ref, with)
		}
	}
	return v
}
