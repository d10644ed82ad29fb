package specdiff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// wire returns edits of what is around schemas: operations, parameters, headers, responses, security, and two at once.
func wire() []edit {
	var all []edit
	add := func(kind, path, method string, change func(op, doc node), shown ...string) {
		all = append(all, ofOperation("wire: "+kind, path, method, change, shown...))
	}
	whole := func(kind string, change func(doc node)) {
		all = append(all, edit{kind: "wire: " + kind, at: "document", change: change})
	}
	text := node{"type": "string"}
	param := func(name, in string, more ...any) node {
		p := node{"name": name, "in": in, "schema": text}
		for i := 0; i+1 < len(more); i += 2 {
			p[fmt.Sprint(more[i])] = more[i+1]
		}
		return p
	}
	for _, x := range [][2]string{{ordersPath, "get"}, {authPath, "post"}, {addressesPath, "post"}} {
		path, method := x[0], x[1]
		add("not read: callbacks", path, method, func(op, _ node) { op["callbacks"] = node{"done": node{"{$request.body#/url}": node{}}} })
		add("not read: servers of an operation", path, method, func(op, _ node) { op["servers"] = []any{node{"url": "/v2"}} })
		add("not read: links", path, method, func(op, doc node) { own(op, doc, "200")["links"] = node{"next": node{"operationId": "ListOrders"}} })
		add("parameter: a cookie that is needed", path, method, func(op, _ node) {
			op["parameters"] = append(listOf(op["parameters"]), param("locale", "cookie", "required", true))
		})
		add("parameter: a header that is needed", path, method, func(op, _ node) {
			op["parameters"] = append(listOf(op["parameters"]), param("Idempotency-Key", "header", "required", true))
		})
		add("parameter: a query parameter that is unknown", path, method, func(op, _ node) {
			op["parameters"] = append(listOf(op["parameters"]), param("region", "query"))
		})
		add("parameter: of the path item, needed", path, method, func(_, doc node) {
			in(doc, "paths", path)["parameters"] = []any{param("v", "query", "required", true)}
		})
		add("method: changed", path, method, func(op, doc node) {
			in(doc, "paths", path)["put"] = op
			delete(in(doc, "paths", path), method)
		})
		add("status: 2XX", path, method, func(op, _ node) { moved(in(op, "responses"), "200", "2XX") })
		add("status: 201", path, method, func(op, _ node) { moved(in(op, "responses"), "200", "201") })
		add("status: 202 besides", path, method, func(op, _ node) { in(op, "responses")["202"] = in(op, "responses")["200"] })
		add("status: default instead of all errors", path, method, func(op, doc node) {
			for _, status := range sortedNames(in(op, "responses")) {
				if status >= "400" {
					delete(in(op, "responses"), status)
				}
			}
			in(op, "responses")["default"] = node{"description": "x", "content": in(doc, "components", "responses", "NotFound", "content")}
		})
		add("status: default besides", path, method, func(op, _ node) { in(op, "responses")["default"] = node{"description": "x"} })
		add("header: Location", path, method, func(op, doc node) { header(own(op, doc, "200"), "Location", node{"schema": text}) })
		add("header: Cache-Control of one value", path, method, func(op, doc node) {
			header(own(op, doc, "200"), "Cache-Control", node{"required": true, "schema": node{"type": "string", "enum": []any{"no-store"}}})
		})
		add("header: Retry-After at an error", path, method, func(op, doc node) {
			status := "400"
			if in(op, "responses")["401"] != nil {
				status = "401"
			}
			header(own(op, doc, status), "Retry-After", node{"required": true, "schema": node{"type": "integer"}})
		})
		add("header: none", path, method, func(op, doc node) { delete(own(op, doc, "200"), "headers") })
		add("media: a page", path, method, func(op, doc node) { moved(in(own(op, doc, "200"), "content"), "application/json", "text/html") })
		add("media: any", path, method, func(op, doc node) { moved(in(own(op, doc, "200"), "content"), "application/json", "*/*") })
		add("media: of another vendor", path, method, func(op, doc node) {
			moved(in(own(op, doc, "200"), "content"), "application/json", "application/vnd.medusa+json")
		})
		add("response: an array of what comes", path, method, func(op, doc node) {
			media := in(own(op, doc, "200"), "content", "application/json")
			media["schema"] = node{"type": "array", "items": media["schema"]}
		})
		add("response: wrapped in data", path, method, func(op, doc node) {
			media := in(own(op, doc, "200"), "content", "application/json")
			media["schema"] = node{"type": "object", "required": []any{"data"}, "properties": node{"data": media["schema"]}}
		})
		add("response: or an error", path, method, func(op, doc node) {
			media := in(own(op, doc, "200"), "content", "application/json")
			media["schema"] = node{"oneOf": []any{media["schema"], node{"$ref": "#/components/schemas/Error"}}}
		})
		add("response: null", path, method, func(op, doc node) {
			media := in(own(op, doc, "200"), "content", "application/json")
			media["schema"] = node{"nullable": true, "allOf": []any{media["schema"]}}
		})
		add("response: anything", path, method, func(op, doc node) { in(own(op, doc, "200"), "content", "application/json")["schema"] = node{} })
		add("combined: a status fewer and a scheme more", path, method, func(op, _ node) {
			delete(in(op, "responses"), "500")
			op["security"] = append(listOf(op["security"]), node{"oauth": []any{}})
		})
		add("combined: a header fewer and a header more", path, method, func(op, doc node) {
			header(own(op, doc, "200"), "Set-Cookie", nil)
			header(own(op, doc, "200"), "Set-Cookie2", node{"schema": text})
		})
	}
	for _, path := range []string{customersPath, mePath, authPath, addressesPath, passwordTokenPath} {
		add("body: optional", path, "post", func(op, _ node) { in(op, "requestBody")["required"] = false })
		add("body: multipart", path, "post", func(op, _ node) { moved(in(op, "requestBody", "content"), "application/json", "multipart/form-data") })
		add("body: text", path, "post", func(op, _ node) { moved(in(op, "requestBody", "content"), "application/json", "text/plain") })
		add("body: anything", path, "post", func(op, _ node) { in(op, "requestBody", "content", "application/json")["schema"] = node{} })
		add("body: any object", path, "post", func(op, _ node) {
			in(op, "requestBody", "content", "application/json")["schema"] = node{"type": "object"}
		})
		add("body: a list", path, "post", func(op, _ node) {
			media := in(op, "requestBody", "content", "application/json")
			media["schema"] = node{"type": "array", "items": media["schema"]}
		})
		add("body: null allowed", path, "post", func(op, _ node) {
			media := in(op, "requestBody", "content", "application/json")
			media["schema"] = node{"nullable": true, "allOf": []any{media["schema"]}}
		})
	}
	add("body: where none is taken", mePath, "get", func(op, _ node) {
		op["requestBody"] = node{"required": true, "content": node{"application/json": node{"schema": node{"type": "object"}}}}
	})
	add("body: where none is taken, at a logout", authPath, "delete", func(op, _ node) {
		op["requestBody"] = node{"required": true, "content": node{"application/json": node{"schema": node{"type": "object"}}}}
	})
	add("body: of another operation", authPath, "post", func(op, doc node) { op["requestBody"] = in(doc, "paths", customersPath, "post")["requestBody"] })
	add("responses: of another operation", mePath, "get", func(op, doc node) { op["responses"] = in(doc, "paths", ordersPath, "get")["responses"] })
	add("responses: two swapped", mePath, "post", func(op, _ node) {
		r := in(op, "responses")
		r["400"], r["401"] = r["401"], r["400"]
	})
	add("beside a reference: headers", mePath, "get", func(op, _ node) { in(op, "responses", "200")["headers"] = node{} })
	add("beside a reference: content", addressesPath, "post", func(op, _ node) { in(op, "responses", "200")["content"] = node{} })
	add("304: removed", authPath, "get", func(op, _ node) { delete(in(op, "responses"), "304") })
	add("304: with a body", mePath, "get", func(op, doc node) {
		own(op, doc, "304")["content"] = node{"application/json": node{"schema": text}}
	})
	cookie, token := node{"cookieAuth": []any{}}, node{"bearerAuth": []any{}}
	for _, x := range [][2]string{{mePath, "post"}, {ordersPath, "get"}, {methodsPath, "get"}, {addressesPath + "/{address_id}", "delete"}} {
		add("security: cookie and token together or token", x[0], x[1], func(op, _ node) {
			op["security"] = []any{node{"cookieAuth": []any{}, "bearerAuth": []any{}}, token}
		})
		add("security: cookie and token together or cookie", x[0], x[1], func(op, _ node) {
			op["security"] = []any{node{"cookieAuth": []any{}, "bearerAuth": []any{}}, cookie}
		})
		add("security: also none, last", x[0], x[1], func(op, _ node) { op["security"] = []any{cookie, token, node{}} })
		add("security: only none", x[0], x[1], func(op, _ node) { op["security"] = []any{node{}} })
		add("security: of the document, which has none", x[0], x[1], func(op, _ node) { delete(op, "security") })
	}
	scheme := func(kind string, name string, change func(s node)) {
		whole("security scheme: "+kind, func(doc node) { change(in(doc, "components", "securitySchemes", name)) })
	}
	scheme("a query parameter", "cookieAuth", func(s node) { s["in"] = "query" })
	scheme("digest", "bearerAuth", func(s node) { s["scheme"] = "digest" })
	scheme("openIdConnect", "bearerAuth", func(s node) {
		clear(s)
		s["type"], s["openIdConnectUrl"] = "openIdConnect", "https://example.com"
	})
	scheme("a header for the token", "bearerAuth", func(s node) {
		clear(s)
		s["type"], s["in"], s["name"] = "apiKey", "header", "x-medusa-access-token"
	})
	scheme("cookie in another case", "cookieAuth", func(s node) { s["name"] = "Connect.Sid" })
	whole("security: of the document, for public operations", func(doc node) {
		doc["security"] = []any{cookie}
		delete(in(doc, "paths", customersPath, "post"), "security")
	})
	whole("path: a slash at the end", func(doc node) { moved(in(doc, "paths"), authPath, authPath+"/") })
	whole("path: in upper case", func(doc node) { moved(in(doc, "paths"), methodsPath, customersPath+"/Me/Payment-Methods") })
	whole("path: a parameter more", func(doc node) {
		item := in(doc, "paths", methodsPath)
		item["parameters"] = []any{param("kind", "path", "required", true)}
		moved(in(doc, "paths"), methodsPath, methodsPath+"/{kind}")
	})
	whole("path: one more", func(doc node) {
		item := copied(in(doc, "paths", methodsPath))
		in(item, "get")["operationId"] = "ListGiftCards"
		in(doc, "paths")[mePath+"/gift-cards"] = item
	})
	whole("path: two swapped", func(doc node) {
		paths := in(doc, "paths")
		paths[mePath], paths[authPath] = paths[authPath], paths[mePath]
	})
	whole("components: misspelled", func(doc node) {
		in(doc, "components")["schemes"] = node{}
	})
	whole("document: a name that is none", func(doc node) { doc["securty"] = []any{} })
	whole("error: of another shape everywhere", func(doc node) {
		in(doc, "components", "schemas")["Error"] = node{"type": "object", "required": []any{"error"}, "properties": node{"error": text}}
	})
	whole("error: code required", func(doc node) {
		e := in(doc, "components", "schemas", "Error")
		e["required"] = append(listOf(e["required"]), "code", "type")
	})
	whole("error: message as a list", func(doc node) {
		in(doc, "components", "schemas", "Error", "properties")["message"] = node{"type": "array", "items": text}
	})
	whole("errors: all without content", func(doc node) {
		for _, r := range in(doc, "components", "responses") {
			if r, ok := r.(node); ok && r["headers"] != nil && in(r, "content", "application/json", "schema")["$ref"] == "#/components/schemas/Error" {
				delete(r, "content")
			}
		}
	})
	whole("combined: two enums swapped", func(doc node) {
		s := in(doc, "components", "schemas")
		s["OrderStatus"], s["PaymentStatus"] = s["PaymentStatus"], s["OrderStatus"]
	})
	whole("combined: two objects swapped", func(doc node) {
		s := in(doc, "components", "schemas")
		s["Swap"], s["ClaimOrder"] = s["ClaimOrder"], s["Swap"]
	})
	whole("combined: a component removed and its references free", func(doc node) {
		replaced(doc, "#/components/schemas/Region", func(node) node { return node{"type": "object"} })
		delete(in(doc, "components", "schemas"), "Region")
	})
	for _, name := range []string{"q", "status[]", "limit", "fields", "created_at", "expand", "tax_rate"} {
		p := func(kind string, change func(p node)) {
			add("parameter: "+kind, ordersPath, "get", func(op, _ node) {
				for _, p := range parametersOf(op) {
					if p["name"] == name {
						change(p)
					}
				}
			})
		}
		p("allowEmptyValue", func(p node) { p["allowEmptyValue"] = true })
		p("as content", func(p node) {
			p["content"] = node{"application/json": node{"schema": p["schema"]}}
			delete(p, "schema")
		})
		p("in upper case", func(p node) { p["name"] = strings.ToUpper(fmt.Sprint(p["name"])) })
		p("several values", func(p node) {
			p["schema"] = node{"type": "array", "items": node{"type": "string"}}
			p["style"], p["explode"] = "spaceDelimited", false
		})
		p("needed", func(p node) { p["required"] = true })
		p("of an enum that no value is in", func(p node) { p["schema"] = node{"type": "string", "enum": []any{"zzz"}} })
	}
	return all
}

func moved(o node, from, to string) {
	o[to] = o[from]
	delete(o, from)
}

// sameMeaning returns more edits that mean nothing.
func sameMeaning(original node) []edit {
	var all []edit
	add := func(kind string, change func(doc node)) {
		all = append(all, edit{kind: kind, at: "document", change: change})
	}
	every := func(kind string, of func(o object) bool, change func(here node)) {
		add(kind, func(doc node) {
			var all []node // before the change, which may move them
			for _, o := range objects(doc) {
				if of(o) {
					all = append(all, o.in(doc))
				}
			}
			for _, here := range all {
				change(here)
			}
		})
	}
	isSchema := func(o object) bool { return strings.HasPrefix(o.kind, "schema") }
	no := func(o object) bool { return o.kind != "reference" }
	every("texts: an extension everywhere", no, func(here node) { here["x-internal"] = node{"a": 1} })
	every("texts: title of each schema", isSchema, func(here node) { here["title"] = "T" })
	every("texts: no description of a schema", isSchema, func(here node) { delete(here, "description") })
	every("texts: deprecated schemas", isSchema, func(here node) { here["deprecated"] = true })
	every("texts: externalDocs of schemas", isSchema, func(here node) { here["externalDocs"] = node{"url": "https://example.com"} })
	every("texts: description of references", func(o object) bool { return !no(o) }, func(here node) { here["description"] = "x" })
	every("texts: operations", func(o object) bool { return o.kind == "operation" }, func(here node) {
		here["summary"], here["description"], here["tags"], here["deprecated"] = "s", "d", []any{"t"}, true
	})
	every("order: of everything required", isSchema, func(here node) { slices.Reverse(listOf(here["required"])) })
	every("order: of all enums", isSchema, func(here node) { slices.Reverse(listOf(here["enum"])) })
	every("order: of all branches", isSchema, func(here node) { slices.Reverse(listOf(here["allOf"])) })
	every("order: of all parameters", no, func(here node) { slices.Reverse(listOf(here["parameters"])) })
	every("order: of all security", no, func(here node) { slices.Reverse(listOf(here["security"])) })
	every("defaults: nullable and uniqueItems everywhere", isSchema, func(here node) {
		if here["nullable"] == nil && here["allOf"] == nil && here["type"] != nil {
			here["nullable"] = false
		}
		here["readOnly"], here["writeOnly"] = false, false
	})
	every("defaults: of arrays", isSchema, func(here node) {
		if is(here, "array") {
			here["minItems"], here["uniqueItems"] = 0, false
		}
	})
	every("defaults: of objects", isSchema, func(here node) {
		if is(here, "object") {
			here["minProperties"] = 0
		}
	})
	every("defaults: of texts", isSchema, func(here node) {
		if is(here, "string") && here["minLength"] == nil {
			here["minLength"] = 0
		}
	})
	every("defaults: of numbers", isSchema, func(here node) {
		if here["minimum"] != nil {
			here["exclusiveMinimum"] = false
		}
	})
	every("defaults: empty required and properties", isSchema, func(here node) {
		if is(here, "object") && here["required"] == nil {
			here["required"] = []any{}
		}
	})
	every("defaults: multiples of 1", isSchema, func(here node) {
		if is(here, "integer") {
			here["multipleOf"] = 1
		}
	})
	every("defaults: style of path parameters", func(o object) bool { return o.kind == "path parameter" }, func(here node) {
		here["style"], here["explode"], here["deprecated"] = "simple", false, false
	})
	every("defaults: of headers", func(o object) bool { return o.kind == "header" }, func(here node) {
		here["style"], here["explode"], here["required"], here["deprecated"] = "simple", false, false, false
	})
	every("bounds: as exclusive ones", isSchema, func(here node) {
		if is(here, "integer") && fmt.Sprint(here["minimum"]) == "0" {
			here["minimum"], here["exclusiveMinimum"] = -1, true
		}
	})
	every("enum: a value twice", isSchema, func(here node) {
		if values := listOf(here["enum"]); len(values) > 1 {
			here["enum"] = append(values, values[0])
		}
	})
	every("media: examples", func(o object) bool { return o.kind == "media type" }, func(here node) {
		here["examples"] = node{"one": node{"summary": "x", "value": node{}}}
	})
	for _, group := range []string{"schemas", "parameters", "examples", "headers", "responses", "requestBodies"} {
		unused := map[string]node{
			"schemas": {"type": "object", "properties": node{"a": node{"type": "string"}}}, "parameters": {"name": "x", "in": "query", "schema": node{"type": "string"}},
			"examples": {"value": 1}, "headers": {"schema": node{"type": "string"}}, "responses": {"description": "x"},
			"requestBodies": {"content": node{"application/json": node{"schema": node{"type": "object"}}}},
		}[group]
		add("components: one that nothing uses in "+group, func(doc node) {
			if in(doc, "components")[group] == nil {
				in(doc, "components")[group] = node{}
			}
			in(doc, "components", group)["Unused"] = unused
		})
	}
	add("components: a security scheme that nothing uses", func(doc node) {
		in(doc, "components", "securitySchemes")["basic"] = node{"type": "http", "scheme": "basic"}
	})
	add("references: all responses in place", func(doc node) {
		for _, o := range objects(doc) {
			if len(o.path) == 0 || o.path[0] != "paths" || o.kind != "reference" {
				continue
			}
			here := o.in(doc)
			if name, ok := strings.CutPrefix(fmt.Sprint(here["$ref"]), "#/components/responses/"); ok {
				clear(here)
				maps.Copy(here, copied(in(doc, "components", "responses", name)))
			}
		}
	})
	add("references: all headers in place", func(doc node) {
		for name, h := range in(doc, "components", "headers") {
			replaced(doc, "#/components/headers/"+name, func(node) node { return copied(h.(node)) }) //nolint:errcheck,forcetypeassert // a header is an object
		}
	})
	add("references: another name for a component", func(doc node) {
		in(doc, "components", "schemas")["Money"] = node{"allOf": []any{node{"$ref": "#/components/schemas/Currency"}}}
		replaced(in(doc, "components", "schemas", "Region"), "#/components/schemas/Currency", func(node) node {
			return node{"$ref": "#/components/schemas/Money"}
		})
	})
	add("references: a reference to a reference", func(doc node) {
		in(doc, "components", "schemas")["Money"] = node{"$ref": "#/components/schemas/Currency"}
		replaced(in(doc, "components", "schemas", "Region"), "#/components/schemas/Currency", func(node) node {
			return node{"$ref": "#/components/schemas/Money"}
		})
	})
	add("references: allOf in allOf", func(doc node) {
		replaced(doc, "#/components/schemas/Country", func(ref node) node { return node{"allOf": []any{node{"allOf": []any{ref}}}} })
	})
	add("references: all responses of an operation as components", func(doc node) {
		op := in(doc, "paths", ordersPath, "get")
		in(doc, "components", "responses")["Orders"] = in(op, "responses", "200")
		in(op, "responses")["200"] = node{"$ref": "#/components/responses/Orders"}
	})
	for _, name := range sortedNames(in(original, "components", "schemas")) {
		if strings.HasSuffix(name, "Res") || strings.HasSuffix(name, "Req") || in(original, "components", "schemas", name)["enum"] != nil {
			add("references: a component in place", func(doc node) { inlined(doc, name) })
		}
	}
	add("parameters: of the path, and changed back by the operation", func(doc node) {
		item := in(doc, "paths", ordersPath)
		item["parameters"] = []any{node{"name": "limit", "in": "query", "required": true, "schema": node{"type": "string", "maxLength": 1}}}
	})
	add("schemas: allOf of two halves", func(doc node) {
		s := in(doc, "components", "schemas", "Refund")
		halves := [2]node{{}, {}}
		for i, name := range sortedNames(in(s, "properties")) {
			halves[i%2][name] = in(s, "properties")[name]
		}
		all := []any{node{"type": "object", "properties": halves[0]}, node{"type": "object", "properties": halves[1]}}
		delete(s, "properties")
		s["allOf"] = all
	})
	add("schemas: required in a branch of its own", func(doc node) {
		s := in(doc, "components", "schemas", "GiftCard")
		s["allOf"] = []any{node{"required": s["required"]}}
		delete(s, "required")
	})
	add("security: scopes of a scheme that has none", func(doc node) {
		in(doc, "paths", mePath, "get")["security"] = []any{node{"cookieAuth": []any{"read"}}, node{"bearerAuth": []any{"read"}}}
	})
	add("security: an alternative twice", func(doc node) {
		op := in(doc, "paths", mePath, "get")
		op["security"] = append(listOf(op["security"]), node{"bearerAuth": []any{}})
	})
	return all
}
