package compare

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Uses returns for each schema component the operations that use it.
func Uses(doc *openapi3.T) map[string][]string {
	uses := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for component := range document.Schemas(item, op) {
				uses[component] = append(uses[component], finding.Operation(method, path))
			}
		}
	}
	for _, operations := range uses {
		slices.Sort(operations)
	}
	return uses
}
