package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplace(t *testing.T) {
	const oldPath, newPath = "github.com/a/b", "git.example.com/you/b"
	for text, want := range map[string]string{
		"module github.com/a/b\n":                   "module git.example.com/you/b\n",
		`import "github.com/a/b/api"`:               `import "git.example.com/you/b/api"`,
		"github.com/a/b,github.com/a/b":             "git.example.com/you/b,git.example.com/you/b",
		"See https://github.com/a/b.":               "See https://git.example.com/you/b.",
		"github.com/a/b-too github.com/a/bb":        "github.com/a/b-too github.com/a/bb",
		"github.com/a/b.v2 xgithub.com/a/b":         "github.com/a/b.v2 xgithub.com/a/b",
		"replace github.com/a/b => ../":             "replace git.example.com/you/b => ../",
		"sub.github.com/a/b, and (github.com/a/b).": "sub.github.com/a/b, and (git.example.com/you/b).",
	} {
		if got := replace(text, oldPath, newPath); got != want {
			t.Errorf("replace(%q) = %q, want %q", text, got, want)
		}
		if got := replace(want, newPath, newPath); got != want {
			t.Errorf("a second time, replace(%q) = %q", want, got)
		}
	}
}

// TestRename renames a copy of this repository: no file of it has the old path afterwards.
func TestRename(t *testing.T) {
	const here, newPath = "../..", "git.example.com/you/shop"
	oldPath := output(t, here, "go", "list", "-m")
	list := output(t, here, "git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate")
	dir := t.TempDir()
	for name := range strings.SplitSeq(list, "\n") {
		text, err := os.ReadFile(filepath.Join(here, name))
		if err != nil {
			continue // deleted, but still in the index
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output(t, dir, "git", "init", "--quiet")

	if err := rename(dir, newPath); err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(list, "\n") {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil && strings.Contains(string(text), oldPath) {
			t.Errorf("%s still has %s", name, oldPath)
		}
	}
	for _, module := range []string{"", "/specdiff", "/test/e2e", "/test/bench", "/tools"} {
		if got, want := output(t, dir+module, "go", "list", "-m"), newPath+module; got != want {
			t.Errorf("the module at %s is called %s, want %s", module, got, want)
		}
	}
}

func output(t *testing.T, dir string, command ...string) string {
	t.Helper()
	out, err := run(dir, command...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
