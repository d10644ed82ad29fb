package specdiff

import (
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/report"
)

var only = flag.String("only", "", "only the edits and changes whose kind matches this regular expression")

func left(kind string) bool { return !regexp.MustCompile(*only).MatchString(kind) }

// edit is an edit of the contract, as a person could make it.
type edit struct {
	kind   string
	at     string
	shown  []string // what an exchange has to show for the edit to be found, as the coverage names it
	change func(doc node)
}

// TestEditsOfTheContract scores edits of every keyword at places of every kind, deep inside what orders consist of. Each
// has to fail the run, unless the report lists what it is about among what was never seen: then it is unproven. Edits
// that mean nothing have to leave the outcome as it is.
func TestEditsOfTheContract(t *testing.T) {
	f := load(t)
	original := toNode(t, f.contract)
	if r := f.judge(f.contract, f.record); !r.Agrees() {
		t.Fatalf("the contract itself disagrees: %v %v", r.Unexplained(), r.Problems)
	}
	edits := slices.DeleteFunc(slices.Concat(edits(original), everywhere(original), tweaked(original), wire(), legal()), func(e edit) bool { return left(e.kind) })
	nothing := slices.DeleteFunc(append(harmless(original), sameMeaning(original)...), func(e edit) bool { return left("nothing: " + e.kind) })
	outcomes := judged(append(slices.Clone(edits), nothing...), func(e edit) string {
		doc := copied(original)
		e.change(doc)
		parsed, err := loadNode(doc)
		if err != nil {
			return "refused: " + err.Error()
		}
		r := f.judge(parsed, f.record)
		switch {
		case !r.Agrees():
			return "found: " + firstOf(r)
		case len(e.shown) > 0 && unseen(r, e.shown):
			return "unproven"
		}
		return "missed"
	})
	s := score{}
	for i, e := range edits {
		outcome, _, _ := strings.Cut(outcomes[i], ":")
		s.add(e.kind, outcome != "missed", outcome == "unproven")
		if outcome == "missed" {
			t.Errorf("not found: %s: %s", e.kind, e.at)
		}
		if testing.Verbose() {
			t.Logf("%s: %s: %s", e.kind, e.at, outcomes[i])
		}
	}
	for i, e := range nothing {
		quiet := outcomes[len(edits)+i] == "missed" || outcomes[len(edits)+i] == "unproven"
		s.add("nothing: "+e.kind, quiet, false)
		if !quiet {
			t.Errorf("false alarm: %s: %s: %s", e.kind, e.at, outcomes[len(edits)+i])
		}
	}
	s.log(t, len(edits), "edits of the contract are found or unproven")
	const leastEdits, leastHarmless = 150, 40
	if *only == "" && (len(edits) < leastEdits || len(nothing) < leastHarmless) {
		t.Errorf("there are %d edits and %d that mean nothing", len(edits), len(nothing))
	}
}

func firstOf(r *report.Report) string {
	for _, f := range r.Unexplained() {
		return fmt.Sprintf("%s: %s is wrong: contract %q, published %q, live %q; %s", f.ID(), f.Wrong, f.Contract, f.Published, f.Live, f.Change)
	}
	for _, p := range r.Problems {
		return p.String()
	}
	return "too little was seen"
}

// unseen reports whether the report lists all of the names among what was never seen.
func unseen(r *report.Report, names []string) bool {
	for _, name := range names {
		what, place, _ := strings.Cut(name, " ")
		if !slices.ContainsFunc(r.Coverage, func(c report.Coverage) bool { return c.What == what && slices.Contains(c.Missing, place) }) {
			return false
		}
	}
	return true
}

// judged calls judge for all, on all processors.
func judged[T any](all []T, judge func(T) string) []string {
	outcomes := make([]string, len(all))
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				outcomes[i] = judge(all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	group.Wait()
	return outcomes
}

// score counts by kind.
type score map[string]*struct{ good, unproven, all int }

func (s score) add(kind string, good, unproven bool) {
	n := s[kind]
	if n == nil {
		n = &struct{ good, unproven, all int }{}
		s[kind] = n
	}
	n.all++
	if good {
		n.good++
	}
	if unproven {
		n.unproven++
	}
}

func (s score) log(t *testing.T, of int, what string) {
	t.Helper()
	var b strings.Builder
	good, quiet, harmless := 0, 0, 0
	for _, kind := range slices.Sorted(func(yield func(string) bool) {
		for kind := range s {
			if !yield(kind) {
				return
			}
		}
	}) {
		n := s[kind]
		fmt.Fprintf(&b, "\n%4d of %4d %s", n.good, n.all, kind)
		if n.unproven > 0 {
			fmt.Fprintf(&b, " (%d unproven)", n.unproven)
		}
		if strings.HasPrefix(kind, "nothing") {
			quiet += n.good
			harmless += n.all
		} else {
			good += n.good
		}
	}
	t.Logf("%s\n%4d of %4d %s; quiet at %d of %d that mean nothing", &b, good, of, what, quiet, harmless)
}

// deep are the components whose properties are edited: what is deep inside orders, and errors and requests.
var deep = []string{
	"ClaimOrder", "ClaimItem", "Swap", "GiftCard", "GiftCardTransaction", "OrderEdit", "OrderItemChange", "Return", "ReturnItem", "Fulfillment", "Refund",
	"PaymentCollection", "PaymentSession", "DraftOrder", "LineItemAdjustment", "ProductVariant", "ShippingMethod", "Customer", "Error", "StorePostCustomersReq", "AddressCreatePayload",
}

// keyword is an edit of one schema. It reports whether the schema has what it edits.
type keyword struct {
	kind string
	edit func(property, owner node, name string) bool
	// shown is the kind of what has to be seen; "" if the property itself is enough.
	shown string
}

func set(name string, value any, types ...string) func(node, node, string) bool {
	return func(p, _ node, _ string) bool {
		kind := fmt.Sprint(p["type"])
		if p["allOf"] != nil || p["enum"] != nil || len(types) > 0 && !slices.Contains(types, kind) || p["type"] == nil {
			return false
		}
		if old, ok := p[name]; ok && fmt.Sprint(old) == fmt.Sprint(value) {
			return false
		}
		p[name] = value
		return true
	}
}

func drop(name string) func(node, node, string) bool {
	return func(p, _ node, _ string) bool {
		_, had := p[name]
		delete(p, name)
		return had
	}
}

func listed(owner node, name string) bool {
	return slices.Contains(listOf(owner["required"]), any(name))
}

func wrapped(p node) string {
	if branches := listOf(p["allOf"]); len(branches) == 1 {
		branch, _ := branches[0].(node)
		return fmt.Sprint(branch["$ref"])
	}
	return fmt.Sprint(p["$ref"])
}

var keywords = []keyword{
	{"type changed: text to integer", set("type", "integer", "string"), "value"},
	{"type changed: integer to text", set("type", "string", "integer"), "value"},
	{"type changed: boolean to text", set("type", "string", "boolean"), "value"},
	{"type changed: list to object", func(p, _ node, _ string) bool {
		if p["type"] != "array" {
			return false
		}
		p["type"] = "object"
		delete(p, "items")
		return true
	}, "value"},
	{"type wider: integer to number", set("type", "number", "integer"), "fraction"},
	{"type wider: removed", func(p, _ node, _ string) bool {
		if p["type"] == nil || p["allOf"] != nil || p["type"] == "array" || p["type"] == "object" {
			return false
		}
		delete(p, "type")
		delete(p, "format")
		return true
	}, "any"},
	{"type narrower: number to integer", set("type", "integer", "number"), "value"},
	{"null allowed", set("nullable", true), "null"},
	{"null forbidden", drop("nullable"), "null"},
	{"required removed", func(_, owner node, name string) bool {
		had := listed(owner, name)
		owner["required"] = slices.DeleteFunc(listOf(owner["required"]), func(v any) bool { return v == name })
		return had
	}, "absent"},
	{"required added", func(_, owner node, name string) bool {
		if listed(owner, name) {
			return false
		}
		owner["required"] = append(listOf(owner["required"]), name)
		return true
	}, ""},
	{"format changed: date", func(p, _ node, _ string) bool {
		if p["format"] != "date-time" {
			return false
		}
		p["format"] = "date"
		return true
	}, "value"},
	{"format dropped: date-time", func(p, _ node, _ string) bool {
		was := p["format"] == "date-time"
		delete(p, "format")
		return was
	}, "value"},
	{"format added: uuid", func(p, o node, n string) bool { return p["format"] == nil && set("format", "uuid", "string")(p, o, n) }, "value"},
	{"format added: int32", set("format", "int32", "integer"), "value"},
	{"enum added to free text", set("enum", []any{"one"}, "string"), "value"},
	{"enum added to a boolean", set("enum", []any{true}, "boolean"), "value"},
	{"bounds added: maxLength", set("maxLength", 2, "string"), "value"},
	{"bounds added: minLength", set("minLength", 60, "string"), "value"},
	{"bounds added: pattern", set("pattern", "^[A-Z]{2}$", "string"), "value"},
	{"bounds added: minimum", set("minimum", 1_000_000_000, "integer", "number"), "value"},
	{"bounds added: maximum", set("maximum", -1, "integer", "number"), "value"},
	{"bounds added: exclusiveMaximum", func(p, o node, n string) bool {
		return set("maximum", 0, "integer", "number")(p, o, n) && set("exclusiveMaximum", true, "integer", "number")(p, o, n)
	}, "value"},
	{"bounds added: multipleOf", set("multipleOf", 7919, "integer"), "value"},
	{"bounds added: minItems", set("minItems", 50, "array"), "value"},
	{"bounds added: maxItems", set("maxItems", 0, "array"), "value"},
	{"bounds added: minProperties", set("minProperties", 40, "object"), "value"},
	{"elements of another component", func(p, _ node, _ string) bool {
		if p["type"] != "array" {
			return false
		}
		p["items"] = node{"$ref": "#/components/schemas/Currency"}
		return true
	}, "value"},
	{"elements became text", func(p, _ node, _ string) bool {
		if p["type"] != "array" {
			return false
		}
		p["items"] = node{"type": "string"}
		return true
	}, "value"},
	{"reference to another component", func(p, _ node, _ string) bool {
		if !strings.HasPrefix(wrapped(p), "#") || strings.Contains(wrapped(p), "Currency") {
			return false
		}
		null := p["nullable"]
		clear(p)
		p["allOf"] = []any{node{"$ref": "#/components/schemas/Currency"}}
		if null != nil {
			p["nullable"] = null
		}
		return true
	}, "value"},
	{"reference became free text", func(p, _ node, _ string) bool {
		if !strings.HasPrefix(wrapped(p), "#") {
			return false
		}
		null := p["nullable"]
		clear(p)
		p["type"] = "string"
		if null != nil {
			p["nullable"] = null
		}
		return true
	}, "value"},
	{"any object became closed", func(p, _ node, _ string) bool {
		if p["type"] != "object" || p["additionalProperties"] != true {
			return false
		}
		p["additionalProperties"] = false
		return true
	}, "value"},
	{"any object became an object of texts", func(p, _ node, _ string) bool {
		if p["type"] != "object" || p["additionalProperties"] != true {
			return false
		}
		p["additionalProperties"] = node{"type": "string"}
		return true
	}, "value"},
	{"any object became an object with a property", func(p, _ node, _ string) bool {
		if p["type"] != "object" || p["additionalProperties"] != true {
			return false
		}
		delete(p, "additionalProperties")
		p["properties"] = node{"note": node{"type": "string"}}
		return true
	}, "value"},
	{"property renamed", func(_, owner node, name string) bool {
		rename(in(owner, "properties"), name)
		return true
	}, ""},
	{"property removed", func(_, owner node, name string) bool {
		delete(in(owner, "properties"), name)
		owner["required"] = slices.DeleteFunc(listOf(owner["required"]), func(v any) bool { return v == name })
		return true
	}, ""},
	{"default added", set("default", "x", "string"), ""},
	{"allOf with a branch that asks for more", func(p, _ node, _ string) bool {
		if !strings.HasPrefix(wrapped(p), "#") || p["allOf"] == nil {
			return false
		}
		p["allOf"] = append(listOf(p["allOf"]), node{"type": "object", "required": []any{"nickname"}})
		return true
	}, "value"},
	{"oneOf of two other types", func(p, _ node, _ string) bool {
		if p["type"] != "string" || p["format"] != nil {
			return false
		}
		delete(p, "type")
		p["oneOf"] = []any{node{"type": "integer"}, node{"type": "boolean"}}
		return true
	}, "value"},
	{"not", func(p, _ node, _ string) bool {
		p["not"] = node{"type": "string"}
		return p["type"] == "string"
	}, "value"},
	{"keyword misspelled: nulable", func(p, _ node, _ string) bool {
		had := p["nullable"] == true
		delete(p, "nullable")
		p["nulable"] = true
		return had
	}, ""},
	{"keyword misspelled: requird", func(_, owner node, _ string) bool {
		had := owner["required"] != nil
		owner["requird"] = owner["required"]
		delete(owner, "required")
		return had
	}, ""},
	{"keyword misspelled: enumm", set("enumm", []any{"a"}, "string"), ""},
	{"keyword of 3.1: const", set("const", "a", "string"), ""},
	{"readOnly", set("readOnly", true, "string"), ""},
}

// edits returns the edits. Each keyword is edited at several components, at properties that rotate.
func edits(doc node) []edit {
	const perKeyword = 3
	var all []edit
	at := 0
	for _, k := range keywords {
		n := 0
		for range deep {
			component := deep[at%len(deep)]
			at++
			names := sortedNames(in(doc, "components", "schemas", component, "properties"))
			for i := range names {
				name := names[(i+at)%len(names)]
				change := func(doc node) bool {
					owner := in(doc, "components", "schemas", component)
					return k.edit(in(owner, "properties", name), owner, name)
				}
				if !change(copied(doc)) {
					continue
				}
				place := component + "." + name
				e := edit{kind: "schema: " + k.kind, at: place, change: func(doc node) { change(doc) }}
				if k.shown != "" {
					e.shown = []string{k.shown + " " + place}
				} else {
					e.shown = []string{"property " + place}
				}
				all = append(all, e)
				n++
				break
			}
			if n == perKeyword {
				break
			}
		}
	}
	return append(all, operationEdits(doc)...)
}

// ofOperation returns an edit of an operation.
func ofOperation(kind, path, method string, change func(op node, doc node), shown ...string) edit {
	return edit{kind, strings.ToUpper(method) + " " + path, shown, func(doc node) { change(in(doc, "paths", path, method), doc) }}
}

// own returns the response of an operation as one of its own.
func own(op, doc node, status string) node {
	r := in(op, "responses", status)
	if ref, ok := r["$ref"].(string); ok {
		r = copied(in(doc, "components", "responses", strings.TrimPrefix(ref, "#/components/responses/")))
		in(op, "responses")[status] = r
	}
	return r
}

func header(r node, name string, value any) {
	if r["headers"] == nil {
		r["headers"] = node{}
	}
	if value == nil {
		delete(in(r, "headers"), name)
	} else {
		in(r, "headers")[name] = value
	}
}

func operationEdits(doc node) []edit {
	var all []edit
	cookie, token := node{"cookieAuth": []any{}}, node{"bearerAuth": []any{}}
	secured := [][2]string{{mePath, "get"}, {mePath, "post"}, {ordersPath, "get"}, {addressesPath, "post"}, {authPath, "get"}}
	for i, s := range []struct {
		kind  string
		value []any
	}{
		{"both at once", []any{node{"cookieAuth": []any{}, "bearerAuth": []any{}}}},
		{"the cookie only", []any{cookie}},
		{"the token only", []any{token}},
		{"optional", []any{node{}, cookie, token}},
		{"none", []any{}},
		{"a scheme that does not exist", []any{cookie, node{"apiKeyAuth": []any{}}}},
		{"a scheme that does not exist besides", []any{cookie, token, node{"oauth": []any{}}}},
	} {
		for _, op := range [][2]string{secured[i%len(secured)], secured[(i+2)%len(secured)]} {
			all = append(all, ofOperation("security: "+s.kind, op[0], op[1], func(op, _ node) { op["security"] = s.value }))
		}
	}
	for _, op := range [][2]string{{customersPath, "post"}, {authPath, "post"}, {authPath, "delete"}, {passwordTokenPath, "post"}} {
		all = append(all, ofOperation("security: needed where it is not", op[0], op[1], func(op, _ node) { op["security"] = []any{cookie, token} }))
	}
	whole := func(kind string, change func(doc node)) {
		all = append(all, edit{kind: kind, at: "components", change: change})
	}
	schemes := func(doc node, name string) node { return in(doc, "components", "securitySchemes", name) }
	whole("security scheme: cookie of another name", func(doc node) { schemes(doc, "cookieAuth")["name"] = "session" })
	whole("security scheme: cookie in a header", func(doc node) { schemes(doc, "cookieAuth")["in"] = "header" })
	whole("security scheme: basic instead of bearer", func(doc node) { schemes(doc, "bearerAuth")["scheme"] = "basic" })
	whole("security scheme: removed", func(doc node) { delete(in(doc, "components", "securitySchemes"), "bearerAuth") })

	for _, x := range [][3]string{{mePath, "get", "200"}, {authPath, "post", "200"}, {authPath, "get", "200"}, {ordersPath, "get", "200"}} {
		path, method, status := x[0], x[1], x[2]
		edit := func(kind string, change func(r, doc node)) {
			all = append(all, ofOperation(kind, path, method, func(op, doc node) { change(own(op, doc, status), doc) }))
		}
		edit("header: ETag renamed", func(r, _ node) {
			header(r, "X-ETag", in(r, "headers")["ETag"])
			header(r, "ETag", nil)
		})
		edit("header: ETag removed", func(r, _ node) { header(r, "ETag", nil) })
		edit("header: one that never comes", func(r, _ node) { header(r, "X-Request-Id", node{"schema": node{"type": "string"}}) })
		edit("header: one that never comes, required", func(r, _ node) { header(r, "X-Total", node{"required": true, "schema": node{"type": "string"}}) })
		edit("header: of another type", func(r, _ node) { header(r, "ETag", node{"schema": node{"type": "integer"}}) })
		edit("header: with a pattern", func(r, _ node) { header(r, "ETag", node{"schema": node{"type": "string", "pattern": "^[0-9]+$"}}) })
		edit("header: Set-Cookie removed", func(r, _ node) { header(r, "Set-Cookie", nil) })
		edit("media: a range", func(r, _ node) {
			in(r, "content")["application/*"] = in(r, "content")["application/json"]
			delete(in(r, "content"), "application/json")
		})
		edit("media: another type", func(r, _ node) { rename(in(r, "content"), "application/json") })
		edit("media: another type besides", func(r, _ node) { in(r, "content")["application/xml"] = node{"schema": node{"type": "string"}} })
		edit("media: without a schema", func(r, _ node) { in(r, "content")["application/json"] = node{} })
		edit("media: schema of another component", func(r, _ node) {
			in(r, "content", "application/json")["schema"] = node{"$ref": "#/components/schemas/Error"}
		})
	}
	for _, x := range [][3]string{{mePath, "get", "401"}, {authPath, "post", "401"}, {customersPath, "post", "422"}, {addressesPath, "post", "404"}} {
		path, method, status := x[0], x[1], x[2]
		all = append(all,
			ofOperation("error: status removed", path, method, func(op, _ node) { delete(in(op, "responses"), status) }),
			ofOperation("error: status changed", path, method, func(op, _ node) {
				in(op, "responses")["418"] = in(op, "responses")[status]
				delete(in(op, "responses"), status)
			}),
			ofOperation("error: schema of another component", path, method, func(op, doc node) {
				r := own(op, doc, status)
				delete(r, "x-no-content-type")
				r["content"] = node{"application/json": node{"schema": node{"$ref": "#/components/schemas/Customer"}}}
			}),
			ofOperation("error: status in addition", path, method, func(op, doc node) {
				in(op, "responses")["409"] = own(op, doc, "400")
				if in(op, "responses")["409"] == nil || len(own(op, doc, "400")) == 0 {
					in(op, "responses")["409"] = node{"description": "x"}
				}
			}, "status "+fmt.Sprint(in(doc, "paths", path, method)["operationId"])+" 409"),
		)
	}
	all = append(all,
		ofOperation("error: 4XX instead of two statuses", authPath, "get", func(op, _ node) {
			in(op, "responses")["4XX"] = in(op, "responses")["401"]
			delete(in(op, "responses"), "401")
			delete(in(op, "responses"), "404")
		}),
		ofOperation("error: 4XX instead of a status, of another schema", mePath, "post", func(op, doc node) {
			r := own(op, doc, "422")
			in(r, "content", "application/json")["schema"] = node{"$ref": "#/components/schemas/Customer"}
			in(op, "responses")["4XX"] = r
			delete(in(op, "responses"), "422")
		}),
		ofOperation("error: default instead of statuses, without content", customersPath, "post", func(op, _ node) {
			in(op, "responses")["default"] = node{"description": "x"}
			for _, status := range []string{"400", "413", "422"} {
				delete(in(op, "responses"), status)
			}
		}),
	)
	for _, x := range [][2]string{{customersPath, "post"}, {mePath, "post"}, {authPath, "post"}, {addressesPath, "post"}} {
		path, method := x[0], x[1]
		body := func(kind string, change func(body, op node)) {
			all = append(all, ofOperation("request: "+kind, path, method, func(op, _ node) { change(in(op, "requestBody"), op) }))
		}
		body("body is a form", func(b, _ node) {
			in(b, "content")["application/x-www-form-urlencoded"] = in(b, "content")["application/json"]
			delete(in(b, "content"), "application/json")
		})
		body("body of another component", func(b, _ node) {
			in(b, "content", "application/json")["schema"] = node{"$ref": "#/components/schemas/StorePostCustomersCustomerPasswordTokenReq"}
		})
		body("query parameter that is needed", func(_, op node) {
			op["parameters"] = append(listOf(op["parameters"]), node{"name": "locale", "in": "query", "required": true, "schema": node{"type": "string"}})
		})
		body("header parameter that is needed", func(_, op node) {
			op["parameters"] = append(listOf(op["parameters"]), node{"name": "X-Sales-Channel", "in": "header", "required": true, "schema": node{"type": "string"}})
		})
	}
	for _, name := range []string{"limit", "status[]", "fields", "created_at", "q", "tax_rate"} {
		p := func(kind string, change func(p node)) {
			all = append(all, ofOperation("parameter: "+kind, ordersPath, "get", func(op, _ node) {
				for _, p := range parametersOf(op) {
					if p["name"] == name {
						change(p)
					}
				}
			}))
		}
		p("in a header", func(p node) {
			p["in"] = "header"
			delete(p, "style")
			delete(p, "explode")
		})
		p("another default", func(p node) { p["schema"] = node{"type": "integer", "default": 77} })
		p("another enum", func(p node) { p["schema"] = node{"type": "string", "enum": []any{"a", "b"}} })
		p("maximum", func(p node) { p["schema"] = node{"type": "integer", "minimum": 5, "maximum": 6} })
	}
	all = append(all,
		ofOperation("parameter: one that is ignored", mePath, "get", func(op, _ node) {
			op["parameters"] = []any{node{"name": "expand", "in": "query", "schema": node{"type": "string"}}}
		}),
		ofOperation("parameter: one that is unknown", ordersPath, "get", func(op, _ node) {
			op["parameters"] = append(listOf(op["parameters"]), node{"name": "order", "in": "query", "schema": node{"type": "string"}})
		}),
	)
	return all
}
