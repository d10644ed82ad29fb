package document_test

import (
	"fmt"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

func TestRange(t *testing.T) {
	for schema, want := range map[string]string{
		"{ type: integer, minimum: 0, maximum: 9 }":                        "0 9 true",
		"{ type: integer, minimum: -1, exclusiveMinimum: true }":           "0 none true",
		"{ type: integer, maximum: 10, exclusiveMaximum: true }":           "none 9 true",
		"{ type: integer, minimum: 1, exclusiveMinimum: false }":           "1 none true",
		"{ type: number, minimum: 0, exclusiveMinimum: true, maximum: 1 }": "0 1 false",
	} {
		doc, err := document.Parse([]byte("openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\ncomponents: { schemas: { A: "+schema+" } }\n"), "test")
		if err != nil {
			t.Fatal(err)
		}
		least, most, ok := document.Range(doc.Components.Schemas["A"].Value)
		show := func(bound *float64) string {
			if bound == nil {
				return "none"
			}
			return fmt.Sprint(*bound)
		}
		if got := fmt.Sprintf("%s %s %t", show(least), show(most), ok); got != want {
			t.Errorf("%s: %s, want %s", schema, got, want)
		}
	}
}
