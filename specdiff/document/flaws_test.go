package document_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

func TestFlaws(t *testing.T) {
	doc, err := document.Parse([]byte(withSchemas(`
		Pet: { type: object, properties: {
			owner: { nullable: true, $ref: '#/components/schemas/Owner' }, keeper: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] },
			phone: { type: string, example: 123 }, age: { type: integer, example: 3 },
			food: { anyOf: [{ type: string }] }, drink: { oneOf: [{ type: string }, { type: integer }] },
			list: { type: array, items: { type: string, enum: [a], example: b } }, map: { type: object, additionalProperties: { type: string, example: true } } } },
		Owner: { type: object },
		Either: { oneOf: [{ $ref: '#/components/schemas/Owner' }, { type: object, properties: { a: { type: string } } }] },
		Fine: { oneOf: [{ $ref: '#/components/schemas/Owner' }, { type: object, required: [a] }] }`)), "x")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range document.Flaws(doc) {
		got = append(got, f.ID())
	}
	if want := "Either#branches Pet.food#branches Pet.list[]#example Pet.map.*#example Pet.owner#nullable Pet.phone#example"; strings.Join(got, " ") != want {
		t.Errorf("found %s\nwant  %s", strings.Join(got, " "), want)
	}
}

// TestOperationsOfOneName checks that operationIds that are one in code are found, and others are not.
func TestOperationsOfOneName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"ListThings", "ListThings", true},
		{"ListThings", "listThings", true},
		{"ListThings", "list-things", true},
		{"ListThings", "list_things", true},
		{"ListThings", "ListThing", false},
		{"ListThings", "Listthings", false},
	} {
		doc, err := document.Parse([]byte(fmt.Sprintf("openapi: 3.0.3\npaths:\n  /a: { get: { operationId: %s, responses: { '200': { description: ok } } } }\n"+
			"  /b: { post: { operationId: %s, responses: { '200': { description: ok } } } }\n", c.a, c.b)), "x")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range document.Flaws(doc) {
			got = append(got, f.ID())
		}
		want := ""
		if c.same {
			want = "GET /a#operation-id POST /b#operation-id"
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s and %s: found %v", c.a, c.b, got)
		}
	}
}

func TestFlawsOfOperations(t *testing.T) {
	doc, err := document.Parse([]byte(`
openapi: 3.0.3
paths:
  /a:
    post:
      parameters: [{ name: 'q[]', in: query, schema: { type: string, example: 1 } }]
      requestBody: { content: { application/json: { schema: { type: object, properties: { n: { type: integer, example: x } } } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { anyOf: [{ type: string }] } } } } }
`), "x")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range document.Flaws(doc) {
		got = append(got, f.ID())
	}
	if want := "POST /a 200 application/json#branches, POST /a body application/json.n#example, POST /a query q#example"; strings.Join(got, ", ") != want {
		t.Errorf("found %s\nwant  %s", strings.Join(got, ", "), want)
	}
}

func TestLimit(t *testing.T) {
	doc, err := document.Parse([]byte(`
openapi: 3.0.3
paths:
  /a: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }, responses: { '200': { description: ok } } } }
  /b: { get: { parameters: [{ name: q, in: query, schema: { $ref: '#/components/schemas/Q' } }], responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/B' } } } } } } }
components: { schemas: { A: { type: object, properties: { c: { type: array, items: { $ref: '#/components/schemas/C' } } } }, B: { allOf: [{ $ref: '#/components/schemas/D' }] }, C: {}, D: {}, Q: {}, Z: {} } }
`), "x")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/a": "[A C]", "/b": "[B D Q]", "/none": "[]"} {
		limited := document.Limit(doc, func(p string) bool { return p == path })
		var names []string
		for name := range limited.Components.Schemas {
			names = append(names, name)
		}
		slices.Sort(names)
		if fmt.Sprint(names) != want || limited.Paths.Len() != min(1, len(names)) {
			t.Errorf("%s uses %v, want %s", path, names, want)
		}
	}
	if len(doc.Components.Schemas) != 6 || doc.Paths.Len() != 2 {
		t.Error("the document itself was changed")
	}
}
