package compare_test

import (
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// FuzzDocuments checks that any document that document.Parse accepts can be compared, and that it equals itself.
func FuzzDocuments(f *testing.F) {
	f.Add([]byte(shop))
	f.Add([]byte(strings.ReplaceAll(shop, "allOf", "oneOf")))
	f.Add([]byte(strings.ReplaceAll(shop, "type: object", "nullable: true")))
	other, err := document.Parse([]byte(shop), "shop")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := document.Parse(data, "x")
		if err != nil {
			return
		}
		all := func(string) bool { return true }
		compare.Documents(other, doc, all)
		compare.Documents(doc, other, all)
		document.Flaws(doc)
		if found := compare.Documents(doc, doc, all).Differences; len(found) > 0 {
			t.Errorf("it differs from itself: %v", found)
		}
	})
}
