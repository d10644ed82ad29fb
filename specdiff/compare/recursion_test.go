package compare_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestSchemasThatContainThemselves checks that a comparison ends for each legal way to contain itself, on both sides, and
// finds what differs.
func TestSchemasThatContainThemselves(t *testing.T) {
	const ref = "{ $ref: '#/components/schemas/Food' }"
	for name, schema := range map[string]string{
		"elements":              "{ type: array, items: " + ref + " }",
		"elements of elements":  "{ type: array, items: { type: array, items: " + ref + " } }",
		"elements or null":      "{ type: array, items: { nullable: true, allOf: [" + ref + "] } }",
		"branches":              "{ oneOf: [{ type: string }, { type: array, items: " + ref + " }] }",
		"any of branches":       "{ anyOf: [{ type: array, items: " + ref + " }, { type: array, items: " + ref + " }] }",
		"other properties":      "{ type: object, additionalProperties: " + ref + " }",
		"a property":            "{ type: object, properties: { more: " + ref + " } }",
		"a property with more":  "{ type: object, properties: { more: { allOf: [" + ref + ", { description: more }, { type: object, properties: { a: { type: string } } }] } } }",
		"elements with more":    "{ type: array, items: { allOf: [" + ref + ", { minItems: 1 }] } }",
		"properties with more":  "{ type: object, additionalProperties: { allOf: [" + ref + ", { type: object, properties: { a: { type: string } } }] } }",
		"an allOf in elements":  "{ allOf: [{ type: array, items: " + ref + " }] }",
		"not":                   "{ type: array, items: { not: { type: array, items: " + ref + " } } }",
		"another one in a ring": "{ type: array, items: { $ref: '#/components/schemas/Ring' } }",
	} {
		t.Run(name, func(t *testing.T) {
			const plain = "{ type: object, properties: { brand: { type: string } } }"
			ring := "\n    Ring: { type: array, items: " + ref + " }\n"
			recursive := strings.Replace(shop, "Food: "+plain, "Food: "+schema+ring, 1)
			if recursive == shop {
				t.Fatal("the schema is not in the document")
			}
			if found := differences(t, recursive, recursive); len(found) > 0 {
				t.Errorf("the same differs: %v", found)
			}
			for _, found := range []map[string]string{differences(t, recursive, shop), differences(t, shop, recursive)} {
				if len(found) == 0 {
					t.Error("no difference was found")
				}
				for id, says := range found {
					if len(says) > 500 {
						t.Errorf("%s has %d characters", id, len(says))
					}
				}
			}
		})
	}
}

// TestManySchemasThatContainEachOther checks that a comparison of schemas that all contain each other by allOf ends.
func TestManySchemasThatContainEachOther(t *testing.T) {
	const many = 20
	var all strings.Builder
	for i := range many {
		fmt.Fprintf(&all, "    S%d: { type: object, properties: {", i)
		for j := range many {
			fmt.Fprintf(&all, "p%d: { allOf: [{ $ref: '#/components/schemas/S%d' }, { type: object, properties: { own: { type: integer } } }] },", j, j)
		}
		all.WriteString("} }\n")
	}
	doc := strings.Replace(shop, "food: { oneOf: [{ type: string }, { $ref: '#/components/schemas/Food' }] }", "food: { $ref: '#/components/schemas/S0' }", 1) + all.String()
	other := strings.Replace(doc, "own: { type: integer }", "own: { type: string }", 1)
	if found := differences(t, doc, other); len(found) != 1 {
		t.Errorf("found %v", slices.Sorted(maps.Keys(found)))
	}
}

// TestDescriptionOfItself checks what a schema is called that contains itself.
func TestDescriptionOfItself(t *testing.T) {
	tree := strings.Replace(shop, "name: { type: string, nullable: true, maxLength: 9 }", "name: { $ref: '#/components/schemas/Tree' }", 1) +
		"    Tree: { type: array, items: { $ref: '#/components/schemas/Tree' } }\n"
	if got := differences(t, tree, shop)["Tree#type"]; got != "array of itself | string" {
		t.Errorf("got %q", got)
	}
}
