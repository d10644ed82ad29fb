// Package oas makes the OpenAPI document of a Medusa v1 storefront from the installed package.
//
// The package @medusajs/medusa comes without the document, but with the comments that its makers generate it from. A
// comment for an operation is like this, and one for a schema begins with `@schema Name`; the rest is YAML.
//
//	/**
//	 * @oas [get] /store/customers/me
//	 * operationId: GetCustomersCustomer
//	 * parameters:
//	 *   - (path) id=* {string} A parameter in one line.
//	 */
//
// Schemas of responses are types that TypeScript erases, so their comments are in the declarations (.d.ts) only.
package oas

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// folders are where the comments for the storefront's document are. If two have the same name, the later one wins.
var folders = []string{"models", "types", "api/middlewares", "api/routes/store"}

//go:embed base.yaml
var base []byte

// Read makes the document from the package installed in dir, the directory of package.json. The notes name what could
// not be read and is missing from the document: a comment that is no YAML, a parameter line that is not understood, a
// reference to nothing.
func Read(dir string) (doc *openapi3.T, notes []string, err error) {
	version, err := packageVersion(dir)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{paths: map[string]map[string]any{}, schemas: map[string]any{}}
	for _, folder := range folders {
		if err := r.folder(os.DirFS(dir), path.Join("dist", folder)); err != nil {
			return nil, nil, err
		}
	}
	if len(r.paths) == 0 {
		return nil, nil, fmt.Errorf("%s has no @oas comments in dist/%s: is it @medusajs/medusa 1.x?", dir, folders[len(folders)-1])
	}
	var components map[string]any
	if err := yaml.Unmarshal(base, &components); err != nil {
		return nil, nil, err
	}
	components["schemas"] = r.schemas
	whole := map[string]any{
		"openapi": "3.0.3", "info": map[string]any{"title": "Medusa storefront API, from its package", "version": version},
		"paths": r.paths, "components": components,
	}
	r.dangling(whole, whole)
	data, err := json.Marshal(whole)
	if err != nil {
		return nil, nil, err
	}
	doc, err = document.Parse(data, "the document in "+dir)
	return doc, r.notes, err
}

func packageVersion(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s has no package.json: give the directory of an installed @medusajs/medusa, such as node_modules/@medusajs/medusa", dir)
	}
	if err != nil {
		return "", err
	}
	var p struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return "", fmt.Errorf("%s/package.json: %w", dir, err)
	}
	if p.Name != "@medusajs/medusa" {
		return "", fmt.Errorf("%s is the package %q: give the directory of an installed @medusajs/medusa", dir, p.Name)
	}
	if !strings.HasPrefix(p.Version, "1.") {
		return "", fmt.Errorf("%s is @medusajs/medusa %s: only 1.x has such comments", dir, p.Version)
	}
	return p.Version, nil
}
