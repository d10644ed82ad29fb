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
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		changed, err := replaceFile(filepath.Join(dir, name), oldPath, newPath)
		if err != nil {
			return err
		}
		if changed {
			fmt.Println(name)
		}
	}
	return nil
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

// replaceFile says whether there was anything to replace.
func replaceFile(file, oldPath, newPath string) (changed bool, err error) {
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return false, nil // deleted but still in the index, or a link to a file that has its own turn
	} else if err != nil {
		return false, err
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	text := []byte(replace(string(old), oldPath, newPath))
	if bytes.Equal(old, text) {
		return false, nil
	}
	if filepath.Ext(file) == ".go" { // another path may sort elsewhere among the imports
		if text, err = format.Source(text); err != nil {
			return false, fmt.Errorf("%s: %w", file, err)
		}
	}
	return true, os.WriteFile(file, text, info.Mode().Perm())
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
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
