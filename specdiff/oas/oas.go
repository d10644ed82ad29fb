// Package oas makes the OpenAPI document of a Medusa v1 backend's storefront out of its installed package.
//
// The package @medusajs/medusa comes without the document, but with the comments that its makers generate it from:
//
//	/**
//	 * @oas [get] /store/customers/me
//	 * operationId: GetCustomersCustomer
//	 * parameters:
//	 *   - (path) id=* {string} A parameter in one line.
//	 */
//
// for an operation and `@schema Name` for a schema, the rest of the comment being YAML. What TypeScript erases, such as
// the schemas of responses, is in the declarations (.d.ts) only.
package oas

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

// Where the comments for the storefront's document are, in the order in which a later one of a name wins.
var folders = []string{"models", "types", "api/middlewares", "api/routes/store"}

// What a package may cost: the real one has some 500 files in these folders, of 0.1 MB at most.
const (
	maxFiles     = 20_000
	maxFileBytes = 1 << 20
	maxBytes     = 64 << 20
)

//go:embed base.yaml
var base []byte

// Read makes the document out of the package installed in dir, the directory that holds package.json and dist. Notes say
// what could not be read and so is missing from it: a comment that is no YAML, a parameter line without sense, a
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

// reader collects what the comments say.
type reader struct {
	paths   map[string]map[string]any // by path and method
	schemas map[string]any
	notes   []string
	files   int
	bytes   int
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (r *reader) folder(root fs.FS, dir string) error {
	err := fs.WalkDir(root, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !strings.HasSuffix(name, ".js") && !strings.HasSuffix(name, ".d.ts") {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if r.files++; r.files > maxFiles || r.bytes > maxBytes {
			return fmt.Errorf("more than %d files or %d MiB: this is no @medusajs/medusa", maxFiles, maxBytes>>20)
		}
		if info.Size() > maxFileBytes {
			r.note("%s: not read, it has more than %d MiB", name, maxFileBytes>>20)
			return nil
		}
		r.bytes += int(info.Size())
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		r.file(name, string(text))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the package has no %s: is it completely installed?", dir)
	}
	return err
}

var (
	operationHead = regexp.MustCompile(`^@oas\s+\[(\w+)\]\s+(\S+)`)
	schemaHead    = regexp.MustCompile(`^@schema\s+(\S+)`)
	commentStar   = regexp.MustCompile(`(?m)^[ \t]*\*[ ]?`)
)

func (r *reader) file(name, text string) {
	for {
		_, rest, ok := strings.Cut(text, "/**")
		if !ok {
			return
		}
		comment, after, ok := strings.Cut(rest, "*/")
		if !ok {
			return
		}
		text = after
		head, body, _ := strings.Cut(strings.TrimLeft(commentStar.ReplaceAllString(comment, ""), "\n\r\t "), "\n")
		body = strings.ReplaceAll(body, "\t", " ")
		if m := operationHead.FindStringSubmatch(head); m != nil {
			r.operation(name, strings.ToLower(m[1]), m[2], body)
		} else if m := schemaHead.FindStringSubmatch(head); m != nil {
			r.schema(name, m[1], body)
		} else if strings.HasPrefix(head, "@oas") || strings.HasPrefix(head, "@schema") {
			r.note("%s: %q is not understood", name, head)
		}
	}
}

func (r *reader) schema(file, name, body string) {
	var s map[string]any
	if err := yaml.Unmarshal([]byte(body), &s); err != nil {
		r.note("%s: @schema %s: %v", file, name, err)
		return
	}
	r.schemas[name] = s
}

func (r *reader) operation(file, method, route, body string) {
	var op map[string]any
	if err := yaml.Unmarshal([]byte(body), &op); err != nil {
		r.note("%s: @oas [%s] %s: %v", file, method, route, err)
		return
	}
	at := fmt.Sprintf("%s: @oas [%s] %s", file, method, route)
	r.parameters(at, op)
	if responses, ok := op["responses"].(map[any]any); ok { // statuses without quotes
		byText := map[string]any{}
		for status, response := range responses {
			byText[fmt.Sprint(status)] = response
		}
		op["responses"] = byText
	}
	if r.paths[route] == nil {
		r.paths[route] = map[string]any{}
	}
	r.paths[route][method] = op
}

// dangling notes each local reference to nothing, and puts an empty thing there so that the rest can be read.
func (r *reader) dangling(whole map[string]any, v any) {
	switch v := v.(type) {
	case map[string]map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			r.dangling(whole, v[key])
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			r.resolve(whole, ref)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			r.dangling(whole, v[key])
		}
	case []any:
		for _, element := range v {
			r.dangling(whole, element)
		}
	}
}

func (r *reader) resolve(whole map[string]any, ref string) {
	kind, name, ok := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
	if !strings.HasPrefix(ref, "#/components/") || !ok {
		return // the document's reader refuses it
	}
	components, _ := whole["components"].(map[string]any)
	group, ok := components[kind].(map[string]any)
	if !ok {
		group = map[string]any{}
		components[kind] = group
	}
	if _, ok := group[name]; !ok {
		r.note("there is no %s for the reference %s", kind, ref)
		group[name] = map[string]any{"description": "missing from the package"}
	}
}
