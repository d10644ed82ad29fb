//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	customersgo "github.com/medusa-storefront/customers-go"
)

// documentFacts are about the OpenAPI document that Medusa publishes. It is generated from comments in the backend's package, so
// these proofs read the comments.
var documentFacts = []fact{
	{"B14_the_published_400_fits_no_normal_400", published400},
	{"B43_nullable_beside_a_reference_is_ignored", nullableBesideReference},
	{"B44_the_published_schemas_are_loose", publishedLoose},
}

// document is the contract.
type document struct{ *openapi3.T }

var loadContract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData([]byte(customersgo.OpenAPI))
})

func contract(t *testing.T) document {
	t.Helper()
	doc, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	return document{doc}
}

// schema is a schema of the contract.
type schema struct{ *openapi3.Schema }

func (d document) schema(t *testing.T, name string) schema {
	t.Helper()
	ref := d.Components.Schemas[name]
	if ref == nil {
		t.Fatalf("the contract has no schema %s", name)
	}
	return schema{ref.Value}
}

func (s schema) has(name string) bool      { return s.Properties[name] != nil }
func (s schema) requires(name string) bool { return slices.Contains(s.Required, name) }
func (s schema) nullable() bool            { return s.Nullable }

// closed reports whether the schema forbids properties that it does not list.
func (s schema) closed() bool {
	return s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
}

func (s schema) property(t *testing.T, name string) schema {
	t.Helper()
	if !s.has(name) {
		t.Fatalf("there is no property %s", name)
	}
	return schema{s.Properties[name].Value}
}

func (d document) orderParameter(t *testing.T, name string) *openapi3.Parameter {
	t.Helper()
	p := d.Paths.Value(ordersPath).Get.Parameters.GetByInAndName("query", name)
	if p == nil {
		t.Fatalf("the contract has no parameter %s", name)
	}
	return p
}

// published returns the text of the comment that begins with head, in a file of the backend's package.
func published(t *testing.T, file, head string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("backend", "node_modules", "@medusajs", "medusa", "dist", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	_, comment, ok := strings.Cut(string(text), " * "+head+"\n")
	if !ok {
		t.Fatalf("%s has no %s", file, head)
	}
	comment, _, _ = strings.Cut(comment, "*/")
	var lines strings.Builder
	for line := range strings.Lines(comment) {
		lines.WriteString(strings.TrimPrefix(line, " * "))
	}
	return lines.String()
}

// publishedRequires reports whether a published schema requires the property.
func publishedRequires(t *testing.T, file, name, property string) bool {
	t.Helper()
	_, list, _ := strings.Cut(published(t, file, "@schema "+name), "required:\n")
	list, _, _ = strings.Cut(list, "properties:")
	return strings.Contains(list, "- "+property+"\n")
}

// anyJSON decodes a JSON value.
func anyJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// smallDocument loads a document with one schema, S, beside others.
func smallDocument(t *testing.T, schemas string) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":` + schemas + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas["S"].Value
}

func published400(t *testing.T) {
	for file, name := range map[string]string{"api/middlewares/error-handler.js": "Error", "api/middlewares/await-middleware.js": "MultipleErrors"} {
		if strings.Contains(published(t, file, "@schema "+name), "required") {
			t.Errorf("the published %s requires something", name)
		}
	}
	either := smallDocument(t, `{
		"S": {"oneOf": [{"$ref": "#/components/schemas/Error"}, {"$ref": "#/components/schemas/MultipleErrors"}]},
		"Error": {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "type": {"type": "string"}}},
		"MultipleErrors": {"type": "object", "properties": {"errors": {"type": "array", "items": {"$ref": "#/components/schemas/Error"}}, "message": {"type": "string"}}}
	}`)
	ours := contract(t).schema(t, "Error")
	cookie, who := rawCustomer(t)
	for _, r := range []raw{
		{method: "POST", path: customersPath, body: jsonObject{}},
		{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"email": "x"}},
		{method: "GET", path: ordersPath + "?order=id", cookie: cookie},
		{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": jsonObject{}}},
		{method: "POST", path: addressesPath + "/any", cookie: cookie, body: jsonObject{}},
		{method: "POST", path: passwordTokenPath, body: jsonObject{}},
		{method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email}},
		{method: "POST", path: authPath, body: jsonObject{}},
		{method: "POST", path: tokenPath, body: jsonObject{}},
	} {
		a := r.send(t)
		if e := a.fails(t, 400, "invalid_data"); e["errors"] != nil {
			t.Errorf("%s %s sends MultipleErrors", r.method, r.path)
		}
		body := anyJSON(t, a.body)
		if either.VisitJSON(body) == nil {
			t.Errorf("the published schema takes %s", a.body)
		}
		if err := ours.VisitJSON(body); err != nil {
			t.Errorf("the contract does not take %s: %v", a.body, err)
		}
	}
	if !ours.requires("message") || ours.VisitJSON(anyJSON(t, `{"type":"x"}`)) == nil {
		t.Error("the contract takes an error without a message")
	}
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			r := op.Responses.Value("400")
			if r == nil {
				continue
			}
			if m := r.Value.Content.Get("application/json"); m == nil || m.Schema.Ref != "#/components/schemas/Error" {
				t.Errorf("%s %s: the contract's 400 is not an Error", method, path)
			}
		}
	}
}

func nullableBesideReference(t *testing.T) {
	comment := published(t, "models/customer.js", "@schema Customer")
	if !strings.Contains(comment, "    nullable: true\n    $ref: \"#/components/schemas/Address\"\n") {
		t.Error("the published billing_address is written another way")
	}
	cookie, _ := rawCustomer(t)
	body := raw{method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 200, "application/json")
	customer := body.json(t)["customer"]
	// OpenAPI 3.0 ignores the properties beside a reference, so a strict validator refuses the customer.
	beside := smallDocument(t, `{
		"S": {"type": "object", "properties": {"billing_address": {"$ref": "#/components/schemas/Address"}}},
		"Address": {"type": "object"}
	}`)
	if beside.VisitJSON(customer) == nil {
		t.Error("a reference alone takes null")
	}
	if err := contract(t).schema(t, "Customer").VisitJSON(customer); err != nil {
		t.Errorf("the contract does not take a customer without a billing address: %v", err)
	}
	if n := besideReferences(t, customersgo.OpenAPI); n != 0 {
		t.Errorf("%d references of the contract have something beside them", n)
	}
	const reference = "customer: { $ref: '#/components/schemas/Customer' }"
	bad := strings.Replace(customersgo.OpenAPI, reference, strings.Replace(reference, "$ref", "nullable: true, $ref", 1), 1)
	if n := besideReferences(t, bad); n != 1 {
		t.Errorf("%d were found where one was put: the check above is blind", n)
	}
}

// besideReferences returns how many references of a document have properties beside them.
func besideReferences(t *testing.T, text string) int {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(doc) // keeps the properties beside references
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if _, ok := v["$ref"].(string); ok && len(v) > 1 {
				n++
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(anyJSON(t, string(again)))
	return n
}

func publishedLoose(t *testing.T) {
	text := published(t, "api/routes/store/customers/update-address.js", "@schema StorePostCustomersCustomerAddressesAddressReq")
	if !strings.HasPrefix(text, "anyOf:\n  - $ref: \"#/components/schemas/AddressPayload\"\n") || strings.Count(text, "- $ref") != 1 {
		t.Errorf("the published address update is %q", text)
	}
	if update := contract(t).schema(t, "StorePostCustomersCustomerAddressesAddressReq"); len(update.AnyOf) != 0 {
		t.Error("the contract has an anyOf for the address update")
	}
	for _, file := range []string{"create-customer", "update-customer", "create-address", "update-address", "reset-password", "reset-password-token"} {
		text, err := os.ReadFile(filepath.Join("backend", "node_modules", "@medusajs", "medusa", "dist", "api", "routes", "store", "customers", file+".js"))
		if err != nil {
			t.Fatal(err)
		}
		if _, body, _ := strings.Cut(string(text), "requestBody:"); strings.HasPrefix(strings.TrimLeft(body, "\n *"), "required") {
			t.Errorf("the published request body of %s is required", file)
		}
	}
	orders := contract(t).schema(t, "Customer").property(t, "orders")
	if orders.Items == nil || orders.Items.Ref != "#/components/schemas/OrderRecord" {
		t.Error("the contract's Customer.orders are not OrderRecords")
	}
	// The backend accepts a request without a body where the contract requires one, and refuses its content or changes nothing.
	raw{method: "POST", path: customersPath}.send(t).fails(t, 400, "invalid_data")
	cookie, _ := rawCustomer(t)
	raw{method: "POST", path: mePath, cookie: cookie, deviates: "no body"}.send(t).is(t, 200, "application/json")
	for path, item := range contract(t).Paths.Map() {
		if post := item.Post; post == nil || post.RequestBody == nil || !post.RequestBody.Value.Required {
			if post != nil {
				t.Errorf("POST %s: the contract does not require the body", path)
			}
		}
	}
	if !strings.Contains(published(t, "models/customer.js", "@schema Customer"), "  phone:\n    description: The customer's phone number\n    nullable: true\n    type: string\n    example: 16128234334802\n") {
		t.Error("the published example of a phone number is no longer a number")
	}
	checked := 0
	for name, ref := range contract(t).Components.Schemas {
		for property, p := range ref.Value.Properties {
			if p.Value.Example == nil {
				continue
			}
			checked++
			if err := p.Value.VisitJSON(p.Value.Example); err != nil {
				t.Errorf("the contract's example of %s.%s: %v", name, property, err)
			}
		}
	}
	if checked == 0 {
		t.Error("the contract has no examples")
	}
}
