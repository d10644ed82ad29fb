// Package golist lists the packages of a module with their compiled export data, so that a tool can read types without
// checking the packages that these import.
package golist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
)

// Package is a package as `go list -json` describes it.
type Package struct {
	ImportPath string   `json:"ImportPath"`
	Dir        string   `json:"Dir"`
	GoFiles    []string `json:"GoFiles"` // without tests
	Export     string   `json:"Export"`  // the file of its export data
	DepOnly    bool     `json:"DepOnly"` // true if only another package needs it
}

// Packages returns the packages that match patterns in the module at dir, and an importer that knows everything they
// import. It compiles what is not in the build cache.
func Packages(fset *token.FileSet, dir string, patterns ...string) ([]Package, types.Importer, error) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,DepOnly", "--"}, patterns...)
	cmd := exec.CommandContext(context.Background(), "go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	var named []Package
	exports := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, fmt.Errorf("go list in %s: %w", dir, err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			named = append(named, p)
		}
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return named, importer.ForCompiler(fset, "gc", open), nil
}
