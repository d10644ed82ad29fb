package compare_test

import (
	"fmt"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/document"
)

const petDocument = `
openapi: 3.0.3
info: { title: pets, version: "1" }
paths:
  /pets:
    get:
      parameters: [{ name: 'tag[]', in: query, schema: { type: array, items: { type: string } } }]
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
components:
  schemas:
    Pet: { type: object, properties: { name: { type: string, nullable: true } } }
`

func ExampleDocuments() {
	contract, err := document.Parse([]byte(petDocument), "contract")
	if err != nil {
		fmt.Println(err)
		return
	}
	other := strings.NewReplacer("'tag[]'", "tag", ", nullable: true", "").Replace(petDocument)
	published, err := document.Parse([]byte(other), "published")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range compare.Documents(contract, published, func(string) bool { return true }).Differences {
		fmt.Printf("%s: %s | %s\n", d.ID(), d.Contract, d.Published)
	}
	// Output:
	// GET /pets query tag#style: tag[]=1&tag[]=2 | tag=1&tag=2
	// Pet.name#nullable: null allowed | not null
}
