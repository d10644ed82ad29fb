package main

import "testing"

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
