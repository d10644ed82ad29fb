package customersgo_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents returns the text of all Markdown files by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".cache", ".git", "bin", "node_modules", "testdata"}, entry.Name()):
			return fs.SkipDir
		case path.Ext(name) == ".md":
			text, err := os.ReadFile(name)
			found[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var (
	fence    = regexp.MustCompile("(?ms)^```.*?^```$")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchorID = regexp.MustCompile(`<a id="([^"]+)">`)
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns what a link to a part of the document can name, as GitHub makes it of headings.
func anchors(text string) []string {
	text = fence.ReplaceAllString(text, "")
	var ids []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		ids = append(ids, strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	for _, m := range anchorID.FindAllStringSubmatch(text, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func TestLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	docs := documents(t)
	for name, text := range docs {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			file, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, "://") || strings.HasPrefix(file, "mailto:") {
				continue
			}
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, m[1])
			} else if anchor != "" && !slices.Contains(anchors(docs[target]), anchor) {
				t.Errorf("%s links to %s, which has no such heading", name, m[1])
			}
		}
	}
}

func TestArchitectureHasEveryFileOfCustomers(t *testing.T) {
	text := documents(t)["ARCHITECTURE.md"]
	files, err := filepath.Glob("customers/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of package customers: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		group, _, _ := strings.Cut(name, "_")
		if strings.HasSuffix(name, "_test") || name == "doc" {
			continue
		}
		if !strings.Contains(text, "`"+name+"`") && !strings.Contains(text, "`"+group+"_*`") {
			t.Errorf("ARCHITECTURE.md does not have %s", file)
		}
	}
}

// lastFact is the number of the last fact of docs/backend.md.
const lastFact = 58

func TestEveryFactIsInTheDocumentsOnceAndItsTestExists(t *testing.T) {
	text := documents(t)["docs/backend.md"]
	for n := 1; n <= lastFact; n++ {
		entry := fmt.Sprintf("- <a id=\"b%02d\"></a>**B%02d** ", n, n)
		if got := strings.Count(text, entry); got != 1 {
			t.Errorf("docs/backend.md has %d entries that begin with %s, want 1", got, entry)
		}
	}
	proof := regexp.MustCompile("\\[`(Test\\w+)(?:/(B\\d\\d))?`\\]\\(\\.\\./([^)]+)\\)")
	for _, m := range proof.FindAllStringSubmatch(text, -1) {
		source, err := os.ReadFile(m[3])
		if err != nil {
			t.Error(err)
			continue
		}
		needle := "func " + m[1] + "("
		if m[2] != "" {
			needle = `"` + m[2] + "_"
		}
		if !strings.Contains(string(source), needle) {
			t.Errorf("docs/backend.md cites %s, and %s has no %s", m[0], m[3], needle)
		}
	}
}

func TestTheDocumentsNameWhatThePackagesExport(t *testing.T) {
	packages := map[string]string{"api": "api", "customers": "customers", "customerstest": "customers/customerstest"}
	exported := map[string]bool{}
	for name, dir := range packages {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of package %s: %v", name, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				for _, id := range declared(d) {
					exported[name+"."+id] = true
				}
			}
		}
	}
	mention := regexp.MustCompile(`\b(?:api|customers|customerstest)\.[A-Z]\w*`)
	for name, text := range documents(t) {
		for _, m := range mention.FindAllString(text, -1) {
			if !exported[m] {
				t.Errorf("%s mentions %s, which does not exist", name, m)
			}
		}
	}
}

// declared returns the names that a declaration introduces in its package.
func declared(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}
