// Command rename gives the module another path, everywhere at once: go.mod files, imports, settings and documentation.
// `make module` runs it, and then tidies and compiles what came out.
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
	// Git knows which files are the project's own; new ones count too.
	list, err := run(dir, "git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z")
	if err != nil {
		return err
	}
	// All is read and replaced before anything is written, so that a file that can't be leaves the tree as it was.
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

// checkPath leaves it to the go command what a module path may look like, before any file is touched.
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
		return change{}, nil // deleted but still in the index, or a link to a file that has its own turn
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

// replace puts newPath for every oldPath that stands by itself, in a URL, or with a package's path behind it. One that
// goes on as another name (customers-go2, customers-go.dev) belongs to somebody else.
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
