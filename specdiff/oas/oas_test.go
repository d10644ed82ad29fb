package oas_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/oas"
)

// install makes a directory as npm does.
func install(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"package.json":               `{"name":"@medusajs/medusa","version":"1.20.11"}`,
		"dist/models/pet.js":         "",
		"dist/types/address.js":      "",
		"dist/api/middlewares/x.js":  comment("@schema Error", "type: object") + comment("@schema MultipleErrors", "type: object"),
		"dist/api/routes/store/x.js": comment("@oas [get] /store/pets", "responses:", `  "200":`, "    description: OK"),
	}
	maps.Copy(all, files)
	for name, text := range all {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func comment(lines ...string) string {
	return "var a = 1;\n/**\n * " + strings.Join(lines, "\n * ") + "\n */\nvar b = 2;\n"
}

func TestRead(t *testing.T) {
	dir := install(t, map[string]string{
		"dist/models/pet.js":                    comment("@schema Pet", "type: object", "properties:", "  id:", "    type: string") + "/* no @schema */ /** @decorator */",
		"dist/api/routes/store/pets/index.d.ts": comment("@schema PetRes", "properties:", "  pet:", `    $ref: "#/components/schemas/Pet"`),
		"dist/api/routes/store/pets/get.js": comment("@oas [post] /store/pets/{id}", "operationId: GetPet", "x-codeSamples:", "  - source: |", "\t     pets.get()",
			"parameters:", "  - (path) id=* {string} Its id.", "  - (query) limit=10 {integer} How many.", "  - (query) since* {string:date-time}", "  - (query) owner {ref:schemas/Pet}",
			"  - in: query", "    name: status", "    explode: false", "    schema: {type: array, items: {type: string}}",
			"responses:", "  200:", "    description: OK", "    content:", "      application/json:", `        schema: {$ref: "#/components/schemas/PetRes"}`,
			`  "400":`, `    $ref: "#/components/responses/400_error"`),
		"dist/api/routes/store/pets/add.js": comment("@oas [put] /store/pets", "parameters:", "  - (body) name* {string} Its name.", "  - (body) age {number}",
			"responses:", `  "200":`, "    description: OK"),
		"dist/api/routes/admin/pets.js": comment("@oas [get] /admin/pets", "responses: {}"),
	})
	doc, notes, err := oas.Read(dir)
	if err != nil || len(notes) > 0 {
		t.Fatalf("got %v and the notes %q", err, notes)
	}
	if doc.Info.Version != "1.20.11" {
		t.Errorf("the version is %s", doc.Info.Version)
	}
	if doc.Paths.Value("/admin/pets") != nil {
		t.Error("the admin's routes are in it")
	}
	op := doc.Paths.Value("/store/pets/{id}").Post
	var params []string
	for _, p := range op.Parameters {
		v := p.Value
		params = append(params, fmt.Sprintf("%s %s %t %s%s%s %v", v.In, v.Name, v.Required, v.Schema.Ref, v.Schema.Value.Type.Slice(), v.Schema.Value.Format, v.Schema.Value.Default))
	}
	want := []string{
		"path id true [string] <nil>", "query limit false [integer] 10", "query since true [string]date-time <nil>",
		"query owner false #/components/schemas/Pet[object] <nil>", "query status false [array] <nil>",
	}
	if !slices.Equal(params, want) {
		t.Errorf("the parameters are\n%s\nwant\n%s", strings.Join(params, "\n"), strings.Join(want, "\n"))
	}
	if got := op.Responses.Value("200").Value.Content.Get("application/json").Schema.Value.Properties["pet"].Value.Properties["id"]; got == nil {
		t.Error("the response's schema is not that of the declaration file")
	}
	if got := op.Responses.Value("400").Value.Content.Get("application/json").Schema.Value.OneOf; len(got) != 2 {
		t.Errorf("the shared 400 has the branches %v", got)
	}
	body := doc.Paths.Value("/store/pets").Put.RequestBody.Value.Content.Get("application/json").Schema.Value
	if !slices.Equal(body.Required, []string{"name"}) || body.Properties["age"] == nil {
		t.Errorf("the body in parameter lines became %v", body)
	}
}

// TestNotes checks that what cannot be read is noted, and the rest is read.
func TestNotes(t *testing.T) {
	ok := comment("@oas [get] /store/ok", "responses:", `  "200":`, "    description: OK")
	for name, c := range map[string]struct{ file, want string }{
		"schema that is no YAML":    {comment("@schema Bad", "a: [1"), "@schema Bad: "},
		"operation that is no YAML": {comment("@oas [get] /store/bad", "a: [1"), "@oas [get] /store/bad: "},
		"head without a route":      {comment("@oas get", "a: 1"), `"@oas get" is not understood`},
		"parameter without a type":  {strings.Replace(ok, "responses:", "parameters:\n *   - (query) q The words\n * responses:", 1), `parameter "(query) q The words"`},
		"schema that is missing":    {strings.Replace(ok, "description: OK", `content: {application/json: {schema: {$ref: "#/components/schemas/Gone"}}}`, 1), "#/components/schemas/Gone"},
		"a very large file":         {strings.Repeat("// nothing\n", 100_000), "not read"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, notes, err := oas.Read(install(t, map[string]string{"dist/api/routes/store/y.js": c.file}))
			if err != nil {
				t.Fatal(err)
			}
			if len(notes) != 1 || !strings.Contains(notes[0], c.want) {
				t.Errorf("the notes are %q, want %q", notes, c.want)
			}
			if doc.Paths.Value("/store/pets") == nil {
				t.Error("the rest is missing")
			}
		})
	}
}

func TestDirectoryThatIsNoMedusaPackage(t *testing.T) {
	gone := install(t, nil)
	if err := os.RemoveAll(filepath.Join(gone, "dist", "models")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dir, want string }{
		"nothing there":       {filepath.Join(t.TempDir(), "none"), "node_modules/@medusajs/medusa"},
		"another package":     {install(t, map[string]string{"package.json": `{"name":"express"}`}), `the package "express"`},
		"version 2":           {install(t, map[string]string{"package.json": `{"name":"@medusajs/medusa","version":"2.1.0"}`}), "only 1.x"},
		"damaged package":     {install(t, map[string]string{"package.json": `{`}), "package.json"},
		"half installed":      {gone, "no dist/models"},
		"reference to a file": {install(t, map[string]string{"dist/models/pet.js": comment("@schema Far", `$ref: "other.yaml#/A"`)}), "other.yaml"},
		"without comments":    {install(t, map[string]string{"dist/api/routes/store/x.js": ""}), "no @oas comments"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := oas.Read(c.dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}
