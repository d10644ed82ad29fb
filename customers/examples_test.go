package customers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryFunctionHasAnExample wants an Example of its own for each method that calls the backend, and a use in some
// Example for each other exported function and method.
func TestEveryFunctionHasAnExample(t *testing.T) {
	examples, used := map[string]bool{}, map[string]bool{}
	for _, f := range parseFiles(t, "example_*test.go") {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				examples[fn.Name.Name] = true
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				used[s.Sel.Name] = true
			}
			return true
		})
	}
	standard := []string{"Format", "Error", "Unwrap", "LogValue", "MarshalJSON", "MarshalText", "String"} // called by fmt, errors, log/slog and encoders
	for _, f := range parseFiles(t, "*.go") {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || slices.Contains(standard, fn.Name.Name) {
				continue
			}
			receiver, name := receiverOf(fn), fn.Name.Name
			example := "Example" + receiver + "_" + name
			switch {
			case receiver != "" && !ast.IsExported(receiver):
			case receiver != "" && takesContext(fn) && !examples[example]:
				t.Errorf("%s.%s has no Example: write func %s in an example_*_test.go", receiver, name, example)
			case !used[name]:
				t.Errorf("%s is in no Example: call it in an example_*_test.go", name)
			}
		}
	}
}

// parseFiles parses the Go files of this package whose names match; a pattern that does not ask for tests gets none.
func parseFiles(t *testing.T, pattern string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") != strings.HasSuffix(pattern, "test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// receiverOf returns the name of a method's type, and nothing for a function.
func receiverOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// takesContext reports whether the function's first parameter is a context.
func takesContext(fn *ast.FuncDecl) bool {
	if len(fn.Type.Params.List) == 0 {
		return false
	}
	s, ok := fn.Type.Params.List[0].Type.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Context"
}
