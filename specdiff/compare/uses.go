package compare

import (
	"cmp"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Names returns the operationIds of a document by the places of the operations.
func Names(doc *openapi3.T) map[string]string {
	names := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			names[finding.Operation(method, path)] = op.OperationID
		}
	}
	return names
}

// Uses returns the names of the operations that use each schema component. An operation without a name is named by its
// place.
func Uses(doc *openapi3.T) map[string][]string {
	uses := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for component := range document.Schemas(item, op) {
				uses[component] = append(uses[component], cmp.Or(op.OperationID, finding.Operation(method, path)))
			}
		}
	}
	for _, operations := range uses {
		slices.Sort(operations)
	}
	return uses
}
