package document

import "github.com/getkin/kin-openapi/openapi3"

// Limit returns the document with those of its paths for which keep is true.
func Limit(doc *openapi3.T, keep func(path string) bool) *openapi3.T {
	limited := *doc
	limited.Paths = openapi3.NewPaths()
	for path, item := range doc.Paths.Map() {
		if keep(path) {
			limited.Paths.Set(path, item)
		}
	}
	return &limited
}
