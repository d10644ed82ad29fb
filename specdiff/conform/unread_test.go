package conform

import (
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// TestWhatIsNotReadIsNoted checks that each part of a document that is not read has a note.
func TestWhatIsNotReadIsNoted(t *testing.T) {
	const text = `
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /things:
    get:
      operationId: ListThings
      parameters: [{ name: q, in: query, schema: { type: string } }]
      responses:
        '200':
          description: ok
          headers: { X-Total: { schema: { type: integer } } }
          content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
components:
  schemas:
    Thing: { type: object, properties: { id: { type: string }, of: { $ref: '#/components/schemas/Other' } } }
    Other: { type: object, properties: { n: { type: number } } }
`
	for _, c := range []struct{ from, to, want string }{
		{"paths:", "securty: []\npaths:", "document: securty is no keyword"},
		{"components:\n", "components:\n  schemata: {}\n", "components: schemata is no keyword"},
		{"operationId: ListThings", "operationId: ListThings\n      servers: [{ url: /v2 }]", "GET /things: servers are not supported"},
		{"operationId: ListThings", "operationId: ListThings\n      callbacks: { done: { '{$url}': {} } }", "GET /things: callbacks are not supported"},
		{"application/json:", "'application/json; charset=latin1':", "GET /things 200 application/json: charset=latin1 of the content type is not supported"},
		{"application/json:", "'application/json; profile=x':", "GET /things 200 application/json: profile=x of the content type"},
		{"application/json:", "'application/json; charset=\"UTF-8\"':", ""},
		{"application/json:", "'application/json;charset=utf-8':", ""},
		{"paths:", "servers: [{ url: 'https://shop.example.com/store' }]\npaths:", "document: the path /store of the server"},
		{"paths:", "servers: [{ url: /v1/ }]\npaths:", "document: the path /v1 of the server"},
		{"paths:", "servers: [{ url: '{host}{base}', variables: { host: { default: 'http://a.example' }, base: { default: /v1 } } }]\npaths:", "document: the path /v1 of the server"},
		{"paths:", "servers: [{ url: 'https://shop.example.com' }, { url: 'http://localhost:9000/' }, { url: / }]\npaths:", ""},
		{"in: query,", "in: query, allowReserved: true,", "GET /things query q: allowEmptyValue and allowReserved are not supported"},
		{"description: ok", "description: ok\n          links: { next: { operationId: ListThings } }", "GET /things 200: links are not supported"},
		{"X-Total: { schema: { type: integer } }", "X-Total: { description: x }", "GET /things 200 header X-Total: it has no schema"},
		{"Other' }", "Other', required: [n] }", "Thing.of: required beside $ref is ignored"},
		{"{ n: { type: number } }", "{ n: { type: number, minimum: 0, exclusiveMinimum: true } }", "Other.n: exclusive bounds are supported for integers only"},
		{"{ n: { type: number } }", "{ n: { type: number, multipleOf: 0.5 } }", "Other.n: multipleOf is not supported"},
		{"{ n: { type: number } }", "{ n: { type: integer, multipleOf: 1, minimum: 0, exclusiveMinimum: true } }", ""},
		{"Other' }", "Other', description: x, x-a: 1 }", ""},
	} {
		doc, err := document.Parse([]byte(strings.Replace(text, c.from, c.to, 1)), "test")
		if err != nil {
			t.Fatalf("%s: %v", c.to, err)
		}
		_, notes := New(doc)
		if c.want == "" && len(notes) > 0 || c.want != "" && (len(notes) != 1 || !strings.HasPrefix(notes[0].String(), c.want)) {
			t.Errorf("%s: the notes are %v, want %q", c.to, notes, c.want)
		}
	}
}

// TestAnOperationReplacesParametersOfItsPath checks that a parameter of the path does not count if the operation has one
// of the same name.
func TestAnOperationReplacesParametersOfItsPath(t *testing.T) {
	c, err := Load([]byte(`
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /things:
    parameters: [{ name: q, in: query, required: true, schema: { type: integer } }, { name: r, in: query, required: true, schema: { type: string } }]
    get:
      operationId: ListThings
      parameters: [{ name: q, in: query, schema: { type: string } }]
      responses: { '204': { description: ok } }
`))
	if err != nil {
		t.Fatal(err)
	}
	found := c.CheckRequest(&Exchange{Method: "GET", URL: "/things?q=a", Status: 204}).Findings
	if len(found) != 1 || found[0].Kind != Missing || !strings.Contains(found[0].Schema, "query r") {
		t.Errorf("found %v, want only that r is missing", found)
	}
}

// TestCoverageByOperation checks that an operation of which little was seen shows, even if much was seen of all.
func TestCoverageByOperation(t *testing.T) {
	c, err := Load([]byte(`
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /all: { get: { operationId: ListAll, responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
  /one: { get: { operationId: GetOne, responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
components: { schemas: { A: { type: object, required: [a, b], properties: { a: { type: string }, b: { type: string } } } } }
`))
	if err != nil {
		t.Fatal(err)
	}
	tally := NewTally(c)
	x := &Exchange{Method: "GET", URL: "/all", Status: 200, ResponseHeader: map[string][]string{"Content-Type": {"application/json"}}, ResponseBody: []byte(`{"a":"1","b":"2"}`)}
	tally.Add(x, c.Check(x))
	for _, line := range tally.Coverage() {
		if got := line.Operations; line.What == InResponse && (got["ListAll"] != Share{2, 2} || got["GetOne"] != Share{0, 2}) {
			t.Errorf("the operations are %v", got)
		}
	}
}

// TestADeclaredPageThatIsEmpty checks that a response without the text that it should have is found.
func TestADeclaredPageThatIsEmpty(t *testing.T) {
	c, err := Load([]byte(`
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /page: { get: { operationId: GetPage, responses: { '200': { description: ok, content: { text/html: { schema: { type: string } } } } } } }
`))
	if err != nil {
		t.Fatal(err)
	}
	x := &Exchange{Method: "GET", URL: "/page", Status: 200, ResponseHeader: map[string][]string{"Content-Type": {"text/html"}}}
	if found := c.Check(x).Findings; len(found) != 1 || found[0].Kind != WrongContentType {
		t.Errorf("found %v", found)
	}
}
