package fix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/edit"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/fix"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

const shop = `openapi: 3.0.3
paths:
  /orders:
    get:
      parameters:
        - name: state
          in: query
          style: form
          explode: false
          schema: { type: array, items: { type: string } }
      responses: { '200': { description: ok } }
components:
  schemas:
    Order:
      required: [id]
      properties:
        id: { type: string }
        email: { type: string, format: uuid } # where to write
        customer: { $ref: '#/components/schemas/Customer' }
    Customer: { type: object }
`

func ExampleChange() {
	t, err := edit.New([]byte(shop))
	if err != nil {
		fmt.Println(err)
		return
	}
	null := finding.Finding{Point: finding.Point{Place: "Order.email", Aspect: finding.Nullable}, Wrong: finding.Contract, Contract: "not null", Live: "null"}
	yaml, err := fix.Change(t, null, fix.Sources{})
	fmt.Print(yaml, err, "\n")
	fmt.Println(locate.Look(t.Doc().Root, "components", "schemas", "Order", "properties", "email", "nullable").Value)
	// Output:
	// nullable: true
	// <nil>
	// true
}

// TestChange checks what a finding changes in the text, without a record and a published document.
func TestChange(t *testing.T) {
	for id, c := range map[string]struct {
		live     string
		from, to string
	}{
		"Order.email#nullable":             {"null", "type: string, format: uuid }", "type: string, format: uuid, nullable: true }"},
		"Order.customer#nullable":          {"null", "customer: { $ref: '#/components/schemas/Customer' }", "customer: { nullable: true, allOf: [{ $ref: '#/components/schemas/Customer' }] }"},
		"Order.id#required":                {"not there", "      required: [id]\n", ""},
		"Order.email#required":             {"refused: omitted", "required: [id]", "required: [id, email]"},
		"Order.email#format":               {"another format", ", format: uuid }", " }"},
		"Order.id#format":                  {"date-time", "id: { type: string }", "id: { type: string, format: date-time }"},
		"Order.email#type":                 {"integer", "email: { type: string, format: uuid }", "email: { type: integer }"},
		"Order.id#bounds":                  {"refused: empty", "id: { type: string }", "id: { type: string, minLength: 1 }"},
		"Order.email#presence":             {"refused", "        email: { type: string, format: uuid } # where to write\n", ""},
		"Order#open":                       {"refused: extra property", "      required: [id]\n", "      additionalProperties: false\n      required: [id]\n"},
		"GET /orders query state#style":    {"400; accepted: brackets, indexes", "name: state\n          in: query\n          style: form\n          explode: false", "name: state[]\n          in: query\n          style: form\n          explode: true"},
		"GET /orders query state#explode":  {"accepted: repeated", "explode: false", "explode: true"},
		"GET /orders query state#presence": {"refused: value", shop[strings.Index(shop, "      parameters"):strings.Index(shop, "      responses")], ""},
		"GET /orders query state#required": {"refused: omitted", "in: query\n", "in: query\n          required: true\n"},
	} {
		place, aspect, _ := strings.Cut(id, "#")
		text, err := edit.New([]byte(shop))
		if err != nil {
			t.Fatal(err)
		}
		f := finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Aspect(aspect)}, Wrong: finding.Contract, Live: c.live}
		dry, err := fix.Change(text.Dry(), f, fix.Sources{})
		if err != nil || string(text.Bytes()) != shop {
			t.Errorf("%s: a dry change: %v", id, err)
		}
		yaml, err := fix.Change(text, f, fix.Sources{})
		if want := strings.Replace(shop, c.from, c.to, 1); err != nil || string(text.Bytes()) != want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", id, err, text.Bytes(), want)
		}
		if yaml != dry {
			t.Errorf("%s is written as\n%s\nand was announced as\n%s", id, yaml, dry)
		}
	}
}

// TestPublishedSchemaThatContainsItself checks that a schema that is taken over ends where it is inside itself.
func TestPublishedSchemaThatContainsItself(t *testing.T) {
	text, err := edit.New([]byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	published, err := locate.Parse([]byte(strings.Replace(shop, "    Customer: {", "        tags: { $ref: '#/components/schemas/Tree' }\n    Tree: { type: array, items: { $ref: '#/components/schemas/Tree' } }\n    Customer: {", 1)))
	if err != nil {
		t.Fatal(err)
	}
	f := finding.Finding{Point: finding.Point{Place: "Order.tags", Aspect: finding.Presence}, Wrong: finding.Undecided, Published: "Tree"}
	yaml, err := fix.Change(text, f, fix.Sources{Published: published, Follow: func(finding.Finding) bool { return true }})
	if err != nil || !strings.Contains(yaml, "items: {}") {
		t.Errorf("got %q, %v", yaml, err)
	}
}

// TestReasons checks that what cannot be changed has a reason, and is not changed.
func TestReasons(t *testing.T) {
	for id, c := range map[string]struct {
		wrong finding.Wrong
		live  string
	}{
		"GET /carts#presence":        {finding.Contract, "200"},
		"POST /orders body#presence": {finding.Contract, "accepted"},
		"Order.total#presence":       {finding.Contract, "integer"},
		"Order.email#enum":           {finding.Contract, `"x"`},
		"Order.email#type":           {finding.Contract, "string; integer"},
		"Order.customer#branches":    {finding.Contract, "fits no branch"},
		"Order.email#example":        {finding.Contract, ""},
		"GET /orders 404#status":     {finding.Contract, "404"},
		"GET /orders#security":       {finding.Contract, "accepted"},
		"GET /orders#behavior":       {finding.Backend, "200 after the logout"},
		"GET /orders#seen":           {finding.Unseen, "no success was seen"},
		"Order.id#nullable":          {finding.Undecided, ""},
		"Order.id#unread":            {finding.Contract, ""},
	} {
		place, aspect, _ := strings.Cut(id, "#")
		text, err := edit.New([]byte(shop))
		if err != nil {
			t.Fatal(err)
		}
		f := finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Aspect(aspect)}, Wrong: c.wrong, Live: c.live, Published: "null allowed"}
		_, err = fix.Change(text, f, fix.Sources{})
		if err == nil || err.Error() == "" || string(text.Bytes()) != shop {
			t.Errorf("%s: %v, got\n%s", id, err, text.Bytes())
		}
	}
}
