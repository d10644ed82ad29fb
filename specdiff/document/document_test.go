package document_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/document"
)

const small = "openapi: 3.0.3\ninfo: { title: t, version: '1' }\npaths: { /a: { get: { responses: { '200': { description: ok } } } } }\n"

func withSchemas(schemas string) string {
	return small + "components: { schemas: {" + schemas + "} }\n"
}

func TestParse(t *testing.T) {
	doc, err := document.Parse([]byte(small), "small.yaml")
	if err != nil || doc.Paths.Value("/a") == nil {
		t.Fatalf("got %v, %v", doc, err)
	}
	if _, err := document.Parse([]byte(`{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}`), "small.json"); err != nil {
		t.Error(err)
	}
}

func TestSchemasMayContainThemselves(t *testing.T) {
	_, err := document.Parse([]byte(withSchemas(`
		Node: { type: object, properties: { next: { nullable: true, allOf: [{ $ref: '#/components/schemas/Node' }] }, all: { type: array, items: { $ref: '#/components/schemas/Node' } } } }`)), "x")
	if err != nil {
		t.Error(err)
	}
}

// TestDamagedDocuments checks that the error names the document and what is wrong with it.
func TestDamagedDocuments(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", `"openapi: 3.0.x" is missing`},
		"a list":         {"- a", `"openapi: 3.0.x" is missing`},
		"a page":         {"<!doctype html><html><body>Not found</body></html>", "missing at its top"},
		"cut off":        {small[:len(small)-20], "neither YAML nor JSON"},
		"tab":            {"openapi: 3.0.3\n\tinfo: x", "neither YAML nor JSON"},
		"binary":         {"\x00\x01\x02\xff\xfe", "neither YAML nor JSON"},
		"bad indent":     {"openapi: 3.0.3\ninfo:\n    a: 1\n  b: 2\n", "line 4"},
		"Swagger 2":      {"swagger: '2.0'\npaths: {}", "only 3.0 is understood"},
		"OpenAPI 3.1":    {strings.Replace(small, "3.0.3", "3.1.0", 1), "only 3.0 is understood"},
		"no paths":       {"openapi: 3.0.3\ninfo: { title: t, version: '1' }", "no paths"},
		"paths as list":  {"openapi: 3.0.3\npaths: [a, b]", "x.yaml: "},
		"no responses":   {"openapi: 3.0.3\npaths: { /a: { get: {} } }", "GET /a: it has no responses"},
		"empty response": {"openapi: 3.0.3\npaths: { /a: { get: { responses: { '200': } } } }", "x.yaml: "},
		"nameless parameter": {
			"openapi: 3.0.3\npaths: { /a: { get: { parameters: [{ in: query, schema: {} }], responses: { '200': { description: ok } } } } }", "has no name",
		},
		"no schema": {
			"openapi: 3.0.3\npaths: { /a: { get: { parameters: [{ in: query, name: q }], responses: { '200': { description: ok } } } } }", "parameter q has no schema",
		},
		"reference to nothing":           {strings.Replace(small, "{ description: ok }", "{ $ref: '#/components/responses/None' }", 1), "None"},
		"reference to a file":            {withSchemas("A: { $ref: 'other.yaml#/A' }"), "external reference"},
		"reference to itself":            {withSchemas("A: { $ref: '#/components/schemas/A' }"), "x.yaml: "},
		"references in a circle":         {withSchemas("A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' }"), "x.yaml: "},
		"allOf itself":                   {withSchemas("A: { allOf: [{ $ref: '#/components/schemas/A' }] }"), "consists of itself"},
		"oneOf another oneOf itself":     {withSchemas("A: { oneOf: [{ $ref: '#/components/schemas/B' }] }, B: { anyOf: [{ $ref: '#/components/schemas/A' }] }"), "consists of itself"},
		"not itself":                     {withSchemas("A: { not: { $ref: '#/components/schemas/A' }, example: x }"), "consists of itself"},
		"an alias that holds itself":     {"openapi: 3.0.3\npaths: &a { /a: *a }", "x.yaml: "},
		"aliases without measure":        {bomb(), "unfolds to more than"},
		"nested a hundred thousand deep": {"openapi: 3.0.3\npaths: " + strings.Repeat("[", 100_000), "x.yaml: "},
		"a million values":               {small + "x: [" + strings.Repeat("0,", 1_000_000) + "0]", "more than 200000 values"},
		"a million lines":                {small + strings.Repeat("#\n", 1_000_000), "more than 200000 values"},
		"larger than the limit":          {small + "#" + strings.Repeat("x", document.MaxBytes), "larger than 4 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := document.Parse([]byte(c.text), "x.yaml")
			if err == nil {
				t.Fatal("it was taken")
			}
			if !strings.HasPrefix(err.Error(), "x.yaml") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want x.yaml and %q in it", err, c.want)
			}
			if n := len(err.Error()); n > 500 {
				t.Errorf("the error has %d characters", n)
			}
		})
	}
}

// bomb returns a document that unfolds to 9^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\na0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String() + "paths: {}\n"
}

func TestLoadFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "api.yaml")
	if err := os.WriteFile(name, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := document.Load(t.Context(), name); err != nil {
		t.Error(err)
	}
	for source, want := range map[string]string{filepath.Join(dir, "none.yaml"): "none.yaml", dir: "is not a file"} {
		if _, err := document.Load(t.Context(), source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", source, err, want)
		}
	}
}

// TestLargeFileIsNotReadWhole checks that a file of 50 MB costs no more than the limit.
func TestLargeFileIsNotReadWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.yaml")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(small); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = document.Load(t.Context(), name)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "larger than 4 MiB") {
		t.Errorf("got %v", err)
	}
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 32 {
		t.Errorf("%d MiB were allocated", n)
	}
}

func TestLoadURL(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(small)) })
	mux.Handle("/moved", http.RedirectHandler("/ok", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write([]byte(strings.Repeat("# more\n", 1000))); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(small))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string]string{
		"/ok": "", "/moved": "", "/loop": "more than 3 redirects", "/endless": "larger than 4 MiB", "/cut": "unexpected EOF", "/none": "404",
	} {
		_, err := document.Load(t.Context(), server.URL+path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q in it", path, err, want)
		}
	}
	server.Close()
	if _, err := document.Load(t.Context(), server.URL+"/ok"); err == nil || !strings.Contains(err.Error(), "fetching the document") {
		t.Errorf("without a server: got %v", err)
	}
	if _, err := document.Load(t.Context(), "http://me:secret@127.0.0.1/doc"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a URL with a password: got %v", err)
	}
}

// TestSlowServer checks that a server that sends a byte now and then is read no longer than the context allows.
func TestSlowServer(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer server.Close()
	defer close(done)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := document.Load(ctx, server.URL); err == nil || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse checks that Parse returns either a document or an error. FuzzDocuments in package compare walks documents.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(withSchemas("A: { type: object }")))
	f.Add([]byte(bomb()))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := document.Parse(data, "x")
		if (doc == nil) == (err == nil) {
			t.Errorf("got %v, %v", doc, err)
		}
	})
}
