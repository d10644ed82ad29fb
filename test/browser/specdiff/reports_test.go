package specdiff

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"

	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// sarifSchema returns the official schema of SARIF 2.1.0, which go-sarif has as a constant of its own.
func sarifSchema(t *testing.T) string {
	t.Helper()
	p, err := build.Import("github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var schema string
	ast.Inspect(file, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			schema, err = strconv.Unquote(text.Value)
		}
		return true
	})
	if err != nil || schema == "" {
		t.Fatalf("go-sarif has no schema: %v", err)
	}
	return schema
}

// TestSARIF checks logs by the official schema, and by a program that reads them.
func TestSARIF(t *testing.T) {
	t.Parallel()
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(sarifSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*report.Report{"sample": sample(t), "many": many(t), "hostile": terrible(t), "none": {}} {
		var b bytes.Buffer
		if err := r.SARIF(&b); err != nil {
			t.Fatal(err)
		}
		result, err := schema.Validate(gojsonschema.NewBytesLoader(b.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, e := range result.Errors() {
			t.Errorf("%s: %s", name, e)
		}
		read, err := sarif.FromBytes(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		failed := 0
		for _, result := range read.Runs[0].Results {
			if result.Level == "error" && (result.BaselineState == nil || *result.BaselineState != "absent") {
				failed++
			}
		}
		if want := len(r.Unexplained()) + len(r.Problems); failed < want || (failed == 0) != r.Agrees() {
			t.Errorf("%s: a reader finds %d errors, want at least %d", name, failed, want)
		}
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*report.Report{"sample": sample(t), "many": many(t), "hostile": terrible(t), "none": {}} {
		var b bytes.Buffer
		if err := r.JUnit(&b); err != nil {
			t.Fatal(err)
		}
		suites, err := junit.Ingest(b.Bytes())
		if err != nil || len(suites) == 0 {
			t.Fatalf("%s: %d suites, %v", name, len(suites), err)
		}
		findings := suites[0].Totals
		if want := len(r.Unexplained()); findings.Failed != want || findings.Tests != max(len(r.Findings), 1) || findings.Error != 0 {
			t.Errorf("%s: a reader counts %+v, want %d failures", name, findings, want)
		}
	}
}
