package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The root module requires these four modules, and importing packages customers and api adds no others to a build.
var paidFor = []string{
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
	"github.com/oapi-codegen/nullable",
	"github.com/oapi-codegen/runtime",
}

// An application's own requirements, older than those of this module. A client library should not raise them.
var own = []struct{ pkg, module, version string }{
	{"github.com/getkin/kin-openapi/openapi3", "github.com/getkin/kin-openapi", "v0.120.0"},
	{"github.com/google/uuid", "github.com/google/uuid", "v1.3.0"},
	{"github.com/labstack/echo/v4", "github.com/labstack/echo/v4", "v4.11.0"},
	{"github.com/stretchr/testify/assert", "github.com/stretchr/testify", "v1.8.4"},
	{"golang.org/x/text/language", "golang.org/x/text", "v0.14.0"},
	{"gopkg.in/yaml.v3", "gopkg.in/yaml.v3", "v3.0.0"},
}

const root = "../.." // this repository's root module

func TestWhatIsImported(t *testing.T) {
	self := goCommand(t, root, "list", "-m")
	got := importedModules(t, root, "./customers/...", "./api")
	delete(got, self)
	t.Logf("modules that packages customers and api need: %d\n\t%s", len(got), strings.Join(sorted(got), "\n\t"))
	if !slices.Equal(sorted(got), paidFor) {
		t.Errorf("want exactly\n\t%s", strings.Join(paidFor, "\n\t"))
	}
	// A requirement raises the importer's version even if no package of it is imported.
	if got := sorted(requirements(t, root)); !slices.Equal(got, paidFor) {
		t.Errorf("the root module requires\n\t%s\nwant exactly\n\t%s", strings.Join(got, "\n\t"), strings.Join(paidFor, "\n\t"))
	}
}

// TestWhatIsRaised tidies one application three times: alone, importing the runtime and its sibling, and importing
// package customers. The go.mod of the runtime raises requirements of everything that oapi-codegen generates; this module must
// not raise others.
func TestWhatIsRaised(t *testing.T) {
	self := goCommand(t, root, "list", "-m")
	rootDir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	required := requirements(t, root)

	alone := application(t, nil)
	runtime := application(t, []string{"github.com/oapi-codegen/runtime", "github.com/oapi-codegen/nullable"},
		"-require=github.com/oapi-codegen/runtime@"+required["github.com/oapi-codegen/runtime"],
		"-require=github.com/oapi-codegen/nullable@"+required["github.com/oapi-codegen/nullable"])
	ours := application(t, []string{self + "/customers", self + "/api"},
		"-require="+self+"@v0.0.0", "-replace="+self+"="+rootDir)

	before, byRuntime, after := requirements(t, alone), requirements(t, runtime), requirements(t, ours)

	var report strings.Builder
	for _, module := range sorted(before) {
		switch {
		case before[module] == after[module]:
		case after[module] == byRuntime[module]:
			fmt.Fprintf(&report, "\n\t%s %s → %s (by oapi-codegen/runtime)", module, before[module], after[module])
		default:
			fmt.Fprintf(&report, "\n\t%s %s → %s (by us)", module, before[module], after[module])
			t.Errorf("importing customers raises %s from %s to %s; the runtime alone makes it %s",
				module, before[module], after[module], byRuntime[module])
		}
	}
	t.Logf("an application with %d requirements imports customers; raised:%s", len(before), report.String())

	added := importedModules(t, ours, ".")
	for module := range importedModules(t, alone, ".") {
		delete(added, module)
	}
	delete(added, self)
	t.Logf("modules added to what it compiles: %s", strings.Join(sorted(added), ", "))
	for module := range added {
		if !slices.Contains(paidFor, module) {
			t.Errorf("%s is added to the build", module)
		}
	}
}

// application creates a module that has the requirements of own and imports further packages, and returns its directory.
func application(t *testing.T, imports []string, edits ...string) string {
	t.Helper()
	dir := t.TempDir()
	edits = append([]string{"mod", "edit", "-go=1.26"}, edits...)
	for _, o := range own {
		edits = append(edits, "-require="+o.module+"@"+o.version)
		imports = append(imports, o.pkg)
	}
	source := "package main\n\n"
	for _, pkg := range imports {
		source += fmt.Sprintf("import _ %q\n", pkg)
	}
	source += "\nfunc main() {}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "mod", "init", "example.com/application")
	goCommand(t, dir, edits...)
	goCommand(t, dir, "mod", "tidy")
	return dir
}

// importedModules returns the modules whose packages the named packages need, their own included.
func importedModules(t *testing.T, dir string, packages ...string) map[string]string {
	t.Helper()
	modules := map[string]string{}
	args := append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}"}, packages...)
	for line := range strings.Lines(goCommand(t, dir, args...)) {
		if fields := strings.Fields(line); len(fields) > 0 {
			modules[fields[0]] = strings.Join(fields[1:], "")
		}
	}
	return modules
}

// requirements returns those of a tidy go.mod: every module that provides a package to the build or its tests.
func requirements(t *testing.T, dir string) map[string]string {
	t.Helper()
	var file struct {
		Require []struct {
			Path    string `json:"Path"`
			Version string `json:"Version"`
		} `json:"Require"`
	}
	if err := json.Unmarshal([]byte(goCommand(t, dir, "mod", "edit", "-json")), &file); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, r := range file.Require {
		versions[r.Path] = r.Version
	}
	return versions
}

func sorted(modules map[string]string) []string {
	return slices.Sorted(maps.Keys(modules))
}

func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out))
}
