// Command rename gives the module another path in every file: go.mod files, imports, settings and documentation.
// `make module` runs it, and then tidies and compiles the modules.
//
//	go -C tools run ./rename DIR NEWPATH
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: rename DIR NEWPATH")
		os.Exit(2)
	}
	if err := rename(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

func rename(dir, newPath string) error {
	oldPath, err := run(dir, "go", "list", "-m")
	if err != nil {
		return err
	}
	if newPath == oldPath {
		fmt.Println("the module is called", newPath, "already")
		return nil
	}
	if err := checkPath(newPath); err != nil {
		return err
	}
	// Git lists the project's own files, new ones included.
	list, err := run(dir, "git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z")
	if err != nil {
		return err
	}
	// Every file is read and replaced before any is written: one that can't be read leaves the tree as it was.
	var changes []change
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		c, err := inFile(filepath.Join(dir, name), oldPath, newPath)
		if err != nil {
			return err
		}
		if c.text != nil {
			changes = append(changes, c)
		}
	}
	for _, c := range changes {
		fmt.Println(c.file)
		if err := os.WriteFile(c.file, c.text, c.mode); err != nil {
			return err
		}
	}
	return nil
}

type change struct {
	file string
	mode fs.FileMode
	text []byte // nil: nothing to change
}

// checkPath returns an error if the go command does not take path as a module's, before any file is touched.
func checkPath(path string) error {
	dir, err := os.MkdirTemp("", "rename")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // an empty module in a temporary directory
	_, err = run(dir, "go", "mod", "init", path)
	return err
}

func inFile(file, oldPath, newPath string) (change, error) {
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return change{}, nil // deleted but still in the index, or a link to another file of the list
	} else if err != nil {
		return change{}, err
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return change{}, err
	}
	text := []byte(replace(string(old), oldPath, newPath))
	if bytes.Equal(old, text) {
		return change{}, nil
	}
	if filepath.Ext(file) == ".go" { // another path may sort elsewhere among the imports
		if text, err = format.Source(text); err != nil {
			return change{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	return change{file, info.Mode().Perm(), text}, nil
}

// replace returns text with newPath for every oldPath that stands by itself, in a URL, or before a package's path. One
// that goes on as another name (customers-go2, customers-go.dev) is another module's.
func replace(text, oldPath, newPath string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, oldPath)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if endsInName.MatchString(before) || goesOn.MatchString(after) {
			out.WriteString(oldPath)
		} else {
			out.WriteString(newPath)
		}
		text = after
	}
}

var (
	endsInName = regexp.MustCompile(`[\w.-]$`)
	goesOn     = regexp.MustCompile(`^(\w|-|\.\w)`)
)

func run(dir string, command ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
