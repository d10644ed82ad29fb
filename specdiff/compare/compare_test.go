package compare_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/document"
)

const shop = `
openapi: 3.0.3
info: { title: shop, version: "1" }
paths:
  /pets:
    get:
      operationId: ListPets
      security: [{ login: [] }]
      parameters:
        - { name: limit, in: query, schema: { type: integer, default: 10, minimum: 0 } }
        - { name: 'tag[]', in: query, style: form, explode: true, schema: { type: array, items: { type: string, enum: [big, small] } } }
        - { name: born, in: query, style: deepObject, explode: true, schema: { type: object, properties: { gt: { type: string, format: date-time } } } }
      responses:
        '200':
          description: ok
          headers: { Set-Cookie: { schema: { type: string } } }
          content: { application/json: { schema: { type: object, required: [pets], properties: { pets: { type: array, items: { $ref: '#/components/schemas/Pet' } } } } } }
        '401': { description: no, x-no-content-type: true }
    post:
      operationId: AddPet
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses:
        '204': { description: done }
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: GetPet, x-medusa-operation-id: GetPets, responses: { '204': { description: done } } }
components:
  securitySchemes:
    login: { type: apiKey, in: cookie, name: sid }
  schemas:
    Pet:
      type: object
      additionalProperties: false
      required: [id, owner]
      properties:
        id: { type: string }
        name: { type: string, nullable: true, maxLength: 9 }
        kind: { type: string, enum: [cat, dog] }
        owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }
        food: { oneOf: [{ type: string }, { $ref: '#/components/schemas/Food' }] }
        tags: { type: object, additionalProperties: { type: string } }
    Owner:
      type: object
      properties:
        age: { type: integer, format: int64 }
        pets: { type: array, items: { $ref: '#/components/schemas/Pet' } }
    Food: { type: object, properties: { brand: { type: string } } }
`

func differences(t *testing.T, contract, published string) map[string]string {
	t.Helper()
	a, err := document.Parse([]byte(contract), "contract")
	if err != nil {
		t.Fatal(err)
	}
	b, err := document.Parse([]byte(published), "published")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, d := range compare.Documents(a, b, func(string) bool { return true }).Differences {
		found[d.ID()] = d.Contract + " | " + d.Published
	}
	return found
}

// TestCaseOfASecurityScheme checks that the name of a scheme of HTTP is the same in any case.
func TestCaseOfASecurityScheme(t *testing.T) {
	bearer := strings.Replace(shop, "{ type: apiKey, in: cookie, name: sid }", "{ type: http, scheme: bearer }", 1)
	if found := differences(t, bearer, strings.Replace(bearer, "scheme: bearer", "scheme: Bearer", 1)); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// TestDifferences checks that each edit of the published document is found, once.
func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"operation removed": {
			"    post:\n      operationId: AddPet", "    x-post:\n      operationId: AddPet", "POST /pets#presence: documented | absent",
		},
		"Medusa's name":       {"operationId: GetPet, x-medusa-operation-id: GetPets", "operationId: GetPetsPet", "GET /pets/{id}#operation-id: GetPets | GetPetsPet"},
		"no name of Medusa's": {", x-medusa-operation-id: GetPets", "", "GET /pets/{id}#operation-id: GetPets | GetPet"},
		"operation added":     {"    get:", "    head: { responses: { '200': { description: ok } } }\n    get:", "HEAD /pets#presence: absent | documented"},
		"path renamed":        {"  /pets:", "  /animals:", "GET /animals#presence: absent | documented\nGET /pets#presence: documented | absent\nPOST /animals#presence: absent | documented\nPOST /pets#presence: documented | absent"},
		"security dropped":    {"security: [{ login: [] }]", "security: []", "GET /pets#security: cookie sid | none"},
		"cookie renamed":      {"name: sid", "name: id", "GET /pets#security: cookie sid | cookie id"},
		"parameter removed":   {"        - { name: limit, in: query, schema: { type: integer, default: 10, minimum: 0 } }\n", "", "GET /pets query limit#presence: integer | absent"},
		"parameter added":     {"      responses:\n        '204'", "      parameters: [{ name: q, in: query, schema: { type: string } }]\n      responses:\n        '204'", "POST /pets query q#presence: absent | string"},
		"parameter moved":     {"name: limit, in: query", "name: limit, in: header", "GET /pets header limit#presence: absent | integer\nGET /pets query limit#presence: integer | absent"},
		"parameter required":  {"name: limit, in: query,", "name: limit, in: query, required: true,", "GET /pets query limit#required: optional | required"},
		"brackets":            {"'tag[]'", "tag", "GET /pets query tag#style: tag[]=1&tag[]=2 | tag=1&tag=2"},
		"brackets and commas": {
			"'tag[]', in: query, style: form, explode: true", "tag, in: query, style: form, explode: false", "GET /pets query tag#style: tag[]=1&tag[]=2 | tag=1,2",
		},
		"explode":                {"style: form, explode: true", "style: form, explode: false", "GET /pets query tag#explode: tag[]=1&tag[]=2 | tag[]=1,2"},
		"pipes":                  {"style: form, explode: true", "style: pipeDelimited, explode: false", "GET /pets query tag#style: tag[]=1&tag[]=2 | tag[]=1|2"},
		"deepObject":             {"style: deepObject, explode: true", "style: form", "GET /pets query born#style: born[x]=1&born[y]=2 | x=1&y=2"},
		"object with commas":     {"style: deepObject, explode: true", "style: form, explode: false", "GET /pets query born#style: born[x]=1&born[y]=2 | born=x,1,y,2"},
		"default":                {"default: 10, ", "default: 20, ", "GET /pets query limit#default: 10 | 20"},
		"path parameter retyped": {"name: id, in: path, required: true, schema: { type: string }", "name: id, in: path, required: true, schema: { type: integer }", "GET /pets/{id} path id#type: string | integer"},
		"minimum":                {", minimum: 0", ", minimum: 1", "GET /pets query limit#bounds: minimum 0 | minimum 1"},
		"parameter's enum":       {"enum: [big, small]", "enum: [big]", "GET /pets query tag[]#enum: small | none"},
		"parameter's format":     {"format: date-time", "format: date", "GET /pets query born.gt#format: date-time | date"},
		"status":                 {"'204'", "'200'", "POST /pets 200#status: absent | documented\nPOST /pets 204#status: documented | absent"},
		"cookie undeclared":      {"          headers: { Set-Cookie: { schema: { type: string } } }\n", "", "GET /pets 200#cookie: Set-Cookie documented | Set-Cookie absent"},
		"header":                 {"headers: { Set-Cookie: { schema: { type: string } } }", "headers: { Set-Cookie: { schema: { type: string } }, ETag: { required: true, schema: { type: string } } }", "GET /pets 200#header: ETag absent | ETag always"},
		"content type":           {"content: { application/json: { schema: { type: object, required", "content: { text/json: { schema: { type: object, required", "GET /pets 200#content-type: application/json | text/json"},
		"no content type":        {"no, x-no-content-type: true }", "no, content: { text/plain: { schema: { type: string } } } }", "GET /pets 401#content-type: a body without a content type | text/plain"},
		"empty body":             {"no, x-no-content-type: true }", "no }", "GET /pets 401#content-type: a body without a content type | no body"},
		"body optional":          {"requestBody: { required: true,", "requestBody: {", "POST /pets body#required: required | optional"},
		"body removed":           {"      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }\n", "", "POST /pets body#presence: application/json | absent"},
		"envelope required":      {"required: [pets], ", "", "GET /pets 200 application/json.pets#required: required | optional"},
		"property dropped":       {"        id: { type: string }\n", "", "Pet.id#presence: string | absent"},
		"property added":         {"        id: { type: string }\n", "        id: { type: string }\n        no: { type: integer }\n", "Pet.no#presence: absent | integer"},
		"property renamed":       {"        kind:", "        sort:", "Pet.kind#presence: string of cat, dog | absent\nPet.sort#presence: absent | string of cat, dog"},
		"property retyped":       {"id: { type: string }", "id: { type: integer }", "Pet.id#type: string | integer"},
		"property untyped":       {"id: { type: string }", "id: {}", "Pet.id#type: string | anything"},
		"not nullable":           {"nullable: true, maxLength", "maxLength", "Pet.name#nullable: null allowed | not null"},
		"length":                 {", maxLength: 9", "", "Pet.name#bounds: maxLength 9 | none"},
		"not required":           {"required: [id, owner]", "required: [id]", "Pet.owner#required: required | optional"},
		"enum value added":       {"[cat, dog]", "[cat, dog, cow]", "Pet.kind#enum: none | cow"},
		"enum dropped":           {", enum: [cat, dog]", "", "Pet.kind#enum: cat, dog | none"},
		"format dropped":         {"type: integer, format: int64", "type: integer", "Owner.age#format: int64 | none"},
		"object opened":          {"additionalProperties: false", "additionalProperties: true", "Pet#open: declared properties only | more properties allowed"},
		"object not closed":      {"      additionalProperties: false\n", "", "Pet#open: declared properties only | not said"},
		"map of another type":    {"additionalProperties: { type: string }", "additionalProperties: { type: integer }", "Pet.tags.*#type: string | integer"},
		"map of anything":        {"additionalProperties: { type: string }", "additionalProperties: true", "Pet.tags#type: object with string values | any object"},
		"branch dropped":         {"oneOf: [{ type: string }, { $ref: '#/components/schemas/Food' }]", "oneOf: [{ type: string }]", "Pet.food#branches: one of object, string | one of string"},
		"oneOf as anyOf":         {"oneOf: [{ type: string }", "anyOf: [{ type: string }", "Pet.food#branches: one of object, string | any of Food, string"},
		"one branch":             {"owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }", "owner: { nullable: true, anyOf: [{ $ref: '#/components/schemas/Owner' }] }", "Owner#branches: object | any of Owner"},
		"inside a branch":        {"brand: { type: string }", "brand: { type: integer }", "Food.brand#type: string | integer"},
		"any object":             {"items: { $ref: '#/components/schemas/Pet' } }\n    Food", "items: { type: object } }\n    Food", "Pet#type: object with food, id, kind, name, owner, tags | any object"},
		"elements not declared":  {"pets: { type: array, items: { $ref: '#/components/schemas/Pet' } }\n    Food", "pets: { type: array }\n    Food", "Owner.pets#type: array of object | any array"},
		"array as element":       {"pets: { type: array, items: { $ref: '#/components/schemas/Pet' } }\n    Food", "pets: { $ref: '#/components/schemas/Pet' }\n    Food", "Owner.pets#type: array of object | object"},
		"nullable beside a reference": {
			"{ nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }", "{ nullable: true, $ref: '#/components/schemas/Owner' }",
			"Pet.owner#nullable: null allowed | not null (what stands beside $ref is ignored)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(shop, c.from, c.to, 1)
			if changed == shop {
				t.Fatalf("%q is not in the document", c.from)
			}
			found := differences(t, shop, changed)
			var lines []string
			for _, id := range slices.Sorted(maps.Keys(found)) {
				lines = append(lines, id+": "+found[id])
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("found\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestEqual checks that another way to write the same is no difference.
func TestEqual(t *testing.T) {
	for name, edit := range map[string]struct{ from, to string }{
		"the same":                     {"shop", "shop"},
		"a reference wrapped in allOf": {"items: { $ref: '#/components/schemas/Pet' }", "items: { allOf: [{ $ref: '#/components/schemas/Pet' }] }"},
		"nullable inside the branch": {
			"owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }",
			"owner: { allOf: [{ nullable: true, type: object, properties: { age: { type: integer, format: int64 }, pets: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }] }",
		},
		"a component written where it is used": {"{ $ref: '#/components/schemas/Food' }", "{ type: object, properties: { brand: { type: string } } }"},
		"another name in a path": {
			"  /pets/{id}:\n    parameters: [{ name: id,", "  /pets/{pet_id}:\n    parameters: [{ name: pet_id,",
		},
		"the order of enum values": {"[cat, dog]", "[dog, cat]"},
		"words":                    {"id: { type: string }", "id: { type: string, description: The id, example: 1 }"},
		"object without the word":  {"Food: { type: object, properties", "Food: { properties"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(shop, edit.from) {
				t.Fatalf("%q is not in the document", edit.from)
			}
			if found := differences(t, shop, strings.Replace(shop, edit.from, edit.to, 1)); len(found) > 0 {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestComponentIsReportedOnce(t *testing.T) {
	a, err := document.Parse([]byte(shop), "contract")
	if err != nil {
		t.Fatal(err)
	}
	b, err := document.Parse([]byte(strings.Replace(shop, "id: { type: string }", "id: { type: integer }", 1)), "published")
	if err != nil {
		t.Fatal(err)
	}
	found := compare.Documents(a, b, nil).Differences
	if len(found) != 1 || !slices.Equal(found[0].Uses, []string{"AddPet", "ListPets"}) {
		t.Errorf("found %+v", found)
	}
}

func TestPlacesOfRenamedComponents(t *testing.T) {
	a, err := document.Parse([]byte(shop), "contract")
	if err != nil {
		t.Fatal(err)
	}
	b, err := document.Parse([]byte(strings.ReplaceAll(shop, "Owner", "Person")), "published")
	if err != nil {
		t.Fatal(err)
	}
	result := compare.Documents(a, b, nil)
	if len(result.Differences) > 0 {
		t.Errorf("found %v", result.Differences)
	}
	if got := result.Places["Person.age"]; !slices.Equal(got, []string{"Owner.age"}) {
		t.Errorf("Person.age leads to %v", got)
	}
}
