package infer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/infer"
)

// ExampleSchema makes a schema of two elements of a wishlist.
func ExampleSchema() {
	var samples []any
	_ = json.Unmarshal([]byte(`[{"id":"wish_01HZX3J8Q6V7N5K2M4P9R0S1T2","added_at":"2026-02-03T04:05:06.000Z","note":null},
		{"id":"wish_01HZX3J8Q6V7N5K2M4P9R0S1T3","added_at":"2026-02-04T04:05:06.000Z","note":"for Ada","priority":2}]`), &samples)
	fmt.Print(infer.YAML(infer.Schema(samples)))
	// Output:
	// type: object
	// required: [added_at, id, note]
	// properties:
	//   added_at:
	//     type: string
	//     format: date-time
	//     example: "2026-01-31T12:00:00.000Z"
	//   id:
	//     type: string
	//     example: wish_01EXAMPLE00000000000000000
	//   note:
	//     type: string
	//     nullable: true
	//     example: text
	//   priority:
	//     type: integer
	//     example: 1
}

func decode(t *testing.T, text string) []any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var samples []any
	if err := d.Decode(&samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

func TestSchema(t *testing.T) {
	for name, c := range map[string]struct{ samples, want string }{
		"nothing":                {`[]`, `{} # none was seen: its type is not known`},
		"null":                   {`[null]`, `nullable: true # only null was seen: its type is not known`},
		"text":                   {`["Ada", "Grace"]`, `{type: string, example: text}`},
		"text or null":           {`["Ada", null]`, `{type: string, nullable: true, example: text}`},
		"no enumeration":         {`["gold", "gold", "silver"]`, `{type: string, example: text}`},
		"times":                  {`["2026-02-03T04:05:06.000Z", "2026-02-03T04:05:06+01:00"]`, `{type: string, format: date-time, example: "2026-01-31T12:00:00.000Z"}`},
		"times and text":         {`["2026-02-03T04:05:06.000Z", "soon"]`, `{type: string, example: text}`},
		"a day":                  {`["2026-02-03"]`, `{type: string, example: text}`},
		"URLs":                   {`["https://ada.example.org/x?token=1"]`, `{type: string, example: https://example.com}`},
		"integers":               {`[1, 2.0, 1e3]`, `{type: integer, example: 1}`},
		"integer and number":     {`[1, 2.5]`, `{type: number, example: 1.5}`},
		"too large a number":     {`[1e999]`, `{type: number, example: 1.5}`},
		"boolean":                {`[false]`, `{type: boolean, example: true}`},
		"several types":          {`[1, "one"]`, `{} # several types were seen: integer, string`},
		"several types and null": {`[1, "one", null]`, `nullable: true # several types were seen: integer, string`},
		"empty list":             {`[[]]`, "type: array\nitems: {} # none was seen: its type is not known"},
		"lists":                  {`[["a"], [null], []]`, `{type: array, items: {type: string, nullable: true, example: text}}`},
		"empty object":           {`[{}]`, `{type: object}`},
		"objects":                {`[{"a": 1}, {"a": 2, "b": 3}]`, `{type: object, required: [a], properties: {a: {type: integer, example: 1}, b: {type: integer, example: 1}}}`},
		"keys that are data":     {`[{"ada@example.org": 1, "grace@example.org": 2}]`, `{type: object, additionalProperties: {type: integer, example: 1}}`},
		"ids as keys":            {`[{"cus_01HZX3J8Q6": true}]`, `{type: object, additionalProperties: {type: boolean, example: true}}`},
		"opaque":                 {`[{"metadata": {"shoe_size": 38}}, {"metadata": null}]`, `{type: object, required: [metadata], properties: {metadata: {type: object, nullable: true}}}`},
		"YAML's own words":       {`[{"on": true, "null": 1}]`, `{type: object, required: ["null", "on"], properties: {"null": {type: integer, example: 1}, "on": {type: boolean, example: true}}}`},
		"a reference":            {`[{"$ref": "x"}]`, `{type: object, additionalProperties: {type: string, example: text}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := infer.YAML(infer.Schema(decode(t, c.samples)))
			if want := inBlocks(t, c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// inBlocks returns YAML without braces, as [infer.YAML] writes it.
func inBlocks(t *testing.T, text string) string {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	unfold(&node)
	return infer.YAML(&node)
}

func unfold(n *yaml.Node) {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		n.Style = 0
	}
	for _, child := range n.Content {
		unfold(child)
	}
}

// TestSchemaOfFloats checks values as encoding/json decodes them by default.
func TestSchemaOfFloats(t *testing.T) {
	for want, samples := range map[string][]any{"integer": {1.0, 2.0}, "number": {1.0, 2.5}} {
		if got := infer.YAML(infer.Schema(samples)); !strings.Contains(got, "type: "+want+"\n") {
			t.Errorf("%v is\n%s", samples, got)
		}
	}
}

// TestSchemaIsBounded checks values that are nested without end.
func TestSchemaIsBounded(t *testing.T) {
	const deep = 5000
	for _, nested := range []string{strings.Repeat(`[`, deep) + strings.Repeat(`]`, deep), strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat(`}`, deep)} {
		got := infer.YAML(infer.Schema(decode(t, "["+nested+"]")))
		if len(got) > 4000 || !strings.Contains(got, "# what is in it is too deep to be listed") {
			t.Errorf("got %d bytes:\n%.2000s", len(got), got)
		}
	}
}
