package locate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

func ExampleDocument_Line() {
	d, err := locate.Parse([]byte(`openapi: 3.0.3
components:
  schemas:
    Order:
      required:
        - id
        - email
      properties:
        id: { type: string }
        email: { type: string }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, aspect := range []finding.Aspect{finding.Required, finding.Nullable} {
		fmt.Println(aspect, d.Line(finding.Finding{Point: finding.Point{Place: "Order.email", Aspect: aspect}}))
	}
	// Output:
	// required 7
	// nullable 10
}

// shop has a comment with a name on each line that is looked for.
const shop = `openapi: 3.0.3
security: # security of all
  - cookie: []
paths: # paths
  /pets/{id}: # path item
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } } # id
      - $ref: '#/components/parameters/Page'
    get: # GetPet
      operationId: GetPet # name
      security: [] # security
      parameters: # parameters
        - name: tag[] # tag
          in: query
          style: form # style
          explode: true # explode
          required: false # tag required
          schema:
            type: array # tag type
            items:
              type: string # tag element
        - $ref: '#/components/parameters/Born'
      responses: # responses
        '200': # 200
          description: ok
          headers: # headers
            ETag: { schema: { type: string } } # ETag
          content: # content
            application/json: # json
              schema:
                type: object # body type
                required: [pet] # pet required
                properties: # properties
                  pet: # pet
                    nullable: true # pet nullable
                    allOf: [{ $ref: '#/components/schemas/Pet' }]
        4XX: { $ref: '#/components/responses/Failed' } # 4XX
    put: # PutPet
      operationId: PutPet
      requestBody: # request
        required: true # request required
        content: { 'Application/JSON; charset=utf-8': { schema: { $ref: '#/components/schemas/Pet' } } }
      responses: { '204': { description: done } } # inline responses
components:
  parameters:
    Page: # page
      { name: page, in: query, schema: { type: integer, minimum: 1 } } # page schema
    Born: # born
      name: born
      in: query
      schema: { $ref: '#/components/schemas/Range' }
  responses:
    Failed: # failed
      description: no
      x-no-content-type: true # untyped
      headers: # failed headers
        Set-Cookie: { schema: { type: string } } # cookie
  schemas: # schemas
    Range: # range
      properties:
        gt: { type: string, format: date-time } # gt
    Base: # base
      required: # required
        - id # id required
      properties: # base properties
        id: # base id
          type: string
          minLength: 2 # minLength
          maxLength: 3 # maxLength
          nulable: true # misspelled
    Pet: # Pet
      additionalProperties: # open
        type: integer # extra type
      allOf:
        - $ref: '#/components/schemas/Base'
        - properties:
            kind: # kind
              type: string
              enum: [cat, dog] # enum
            food.name: { type: string } # dotted
            food: # food
              oneOf: # oneOf
                - type: string # text food
                - { type: object, properties: { brand: { type: string } } } # brand
            friends: &friends
              type: array
              items: { $ref: '#/components/schemas/Pet' } # friends
            enemies: *friends
`

func TestLine(t *testing.T) {
	lines := map[string]int{}
	for i, line := range strings.Split(shop, "\n") {
		if _, name, ok := strings.Cut(line, " # "); ok {
			lines[name] = i + 1
		}
	}
	d, err := locate.Parse([]byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	crlf, err := locate.Parse([]byte(strings.ReplaceAll(shop, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		place    string
		aspect   finding.Aspect
		contract string
		want     string
	}{
		{"GET /pets/{id}", finding.Presence, "", "GetPet"},
		{"GET /pets/{pet_id}", finding.Behavior, "", "GetPet"},
		{"DELETE /pets/{id}", finding.Presence, "absent", "path item"},
		{"GET /stores", finding.Presence, "absent", "paths"},
		{"GET /pets/{id}", finding.Security, "none", "security"},
		{"PUT /pets/{id}", finding.Security, "cookie", "security of all"},
		{"GET /pets/{id}", finding.OperationID, "", "name"},
		{"GET /pets/{id} query tag", finding.Presence, "", "tag"},
		{"GET /pets/{id} query tag", finding.Style, "", "style"},
		{"GET /pets/{id} query tag", finding.Explode, "", "explode"},
		{"GET /pets/{id} query tag", finding.Required, "", "tag required"},
		{"GET /pets/{id} query tag", finding.Type, "", "tag type"},
		{"GET /pets/{id} query tag[]", finding.Type, "", "tag element"},
		{"GET /pets/{id} query page", finding.Bounds, "minimum 1", "page schema"},
		{"PUT /pets/{id} query page", finding.Presence, "", "page"},
		{"GET /pets/{id} query born", finding.Presence, "", "born"},
		{"GET /pets/{id} query born.gt", finding.Format, "", "gt"},
		{"GET /pets/{id} query order", finding.Presence, "absent", "parameters"},
		{"PUT /pets/{id} query order", finding.Presence, "absent", "PutPet"},
		{"GET /pets/{id} path id", finding.Type, "", "id"},
		{"GET /pets/{pet_id} path pet_id", finding.Type, "", "id"},
		{"GET /pets/{id} 200", finding.Status, "", "200"},
		{"GET /pets/{id} 201", finding.Status, "absent", "responses"},
		{"PUT /pets/{id} 200", finding.Status, "absent", "inline responses"},
		{"GET /pets/{id} 404", finding.Status, "", "4XX"},
		{"GET /pets/{id} 404", finding.ContentType, "", "untyped"},
		{"GET /pets/{id} 404", finding.Cookie, "Set-Cookie documented", "cookie"},
		{"GET /pets/{id} 200", finding.Cookie, "Set-Cookie absent", "headers"},
		{"GET /pets/{id} 200", finding.Header, "ETag documented", "ETag"},
		{"GET /pets/{id} 200 header ETag", finding.Type, "", "ETag"},
		{"GET /pets/{id} 200 header X-Total", finding.Type, "", "headers"},
		{"GET /pets/{id} 200", finding.ContentType, "application/json", "content"},
		{"GET /pets/{id} 200 application/json", finding.Type, "", "body type"},
		{"GET /pets/{id} 200 application/json", finding.Presence, "", "json"},
		{"GET /pets/{id} 200 application/json.pet", finding.Required, "required", "pet required"},
		{"GET /pets/{id} 200 application/json.pet", finding.Nullable, "", "pet nullable"},
		{"GET /pets/{id} 200 application/json.more", finding.Presence, "absent", "properties"},
		{"GET /pets/{id} 200 application/json.pet.id", finding.Bounds, "at most 3 characters", "maxLength"},
		{"PUT /pets/{id} body", finding.Required, "", "request required"},
		{"PUT /pets/{id} body", finding.Presence, "", "request"},
		{"GET /pets/{id} body", finding.Presence, "absent", "GetPet"},
		{"PUT /pets/{id} body application/json.kind", finding.Enum, "", "enum"},
		{"Base.id", finding.Required, "required", "id required"},
		{"Base.id", finding.Nullable, "", "base id"},
		{"Base.id", finding.Bounds, "minLength 2", "minLength"},
		{"Base.id", finding.Bounds, "at least 2 characters", "minLength"},
		{"Base.id", finding.Unread, "nulable is no keyword of OpenAPI 3.0 here", "misspelled"},
		{"Base.more", finding.Presence, "absent", "base properties"},
		{"Pet", finding.Open, "", "open"},
		{"Pet.*", finding.Type, "", "extra type"},
		{"Pet.id", finding.Bounds, "maxLength 3", "maxLength"},
		{"Pet.kind", finding.Enum, "", "enum"},
		{"Pet.kind", finding.Format, "", "kind"},
		{"Pet.food.name", finding.Type, "", "dotted"},
		{"Pet.food", finding.Branches, "", "oneOf"},
		{"Pet.food|1.brand", finding.Type, "", "brand"},
		{"Pet.food.brand", finding.Type, "", "brand"},
		{"Pet.enemies[]", finding.Presence, "", "friends"},
		{"Pet.friends[].kind", finding.Enum, "", "enum"},
		{"Cat.name", finding.Type, "", "schemas"},
	} {
		f := finding.Finding{Point: finding.Point{Place: c.place, Aspect: c.aspect}, Contract: c.contract}
		if got := d.Line(f); got != lines[c.want] {
			t.Errorf("%s is on line %d, %s, want %d, %s", f.ID(), got, strings.Split(shop, "\n")[max(got, 1)-1], lines[c.want], c.want)
		}
		if got := crlf.Line(f); got != lines[c.want] {
			t.Errorf("%s is on line %d with CRLF, want %d", f.ID(), got, lines[c.want])
		}
	}
}

func TestWhatIsNoDocumentHasNoLines(t *testing.T) {
	for _, text := range []string{"", "[", "- a", "text"} {
		if _, err := locate.Parse([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// TestEveryPlaceOfTheContractIsFound checks that nothing of the contract is without a place of its own.
func TestEveryPlaceOfTheContractIsFound(t *testing.T) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := locate.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]string{}
	n := 0
	for _, name := range locate.Keys(locate.Look(d.Root, "components", "schemas")) {
		for _, property := range locate.Keys(locate.Look(d.Root, "components", "schemas", name, "properties")) {
			place := name + "." + property
			at, rest := d.Find(place)
			if n++; rest != "" || lines[at.Line()] != "" {
				t.Errorf("%s is on line %d like %s; %q is missing", place, at.Line(), lines[at.Line()], rest)
			}
			lines[at.Line()] = place
		}
	}
	if n < 500 {
		t.Errorf("the contract has %d properties", n)
	}
}

func TestACircleOfReferencesEnds(t *testing.T) {
	d, err := locate.Parse([]byte("components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}, C: {allOf: [{$ref: '#/components/schemas/C'}]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"A.b", "C.b", "C"} {
		d.Line(finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Type}})
	}
}
