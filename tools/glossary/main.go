// Command glossary fails if a comment, a document, a message or a name has a word that this project does not use.
//
//	go -C tools run ./glossary ..
//
// words.go has the words and what to write instead. A use that is right is a line of allowed.txt, with the reason.
package main

import (
	"context"
	_ "embed" // for allowed.txt
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed allowed.txt
var allowedText string

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: glossary DIR")
		os.Exit(2)
	}
	findings, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "glossary:", err)
		os.Exit(1)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		fmt.Fprintf(os.Stderr, "glossary: %d words to replace; one that is right here gets a line in tools/glossary/allowed.txt\n", len(findings))
		os.Exit(1)
	}
}

// finding is a word at a line of a file.
type finding struct {
	file string
	line int
	text string // the line or the name that has the word
	word string
	hint string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %q: write %s", f.file, f.line, f.word, f.hint)
}

// run checks every file that git knows in dir, new ones included.
func run(dir string) ([]finding, error) {
	cmd := exec.CommandContext(context.Background(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z")
	cmd.Dir = dir
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var findings []finding
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) { // deleted, but still in the index
			continue
		} else if err != nil {
			return nil, err
		}
		found, err := check(name, string(text))
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	allowed, err := parseAllowed(allowedText)
	if err != nil {
		return nil, err
	}
	return without(findings, allowed), nil
}

// check returns the words in what a person reads of a file.
func check(name, text string) ([]finding, error) {
	blocks, err := blocksOf(name, text)
	if err != nil {
		return nil, err
	}
	var findings []finding
	for _, b := range blocks {
		for _, w := range words {
			if w.file != "" && (strings.HasSuffix(w.file, filepath.Base(name)) || strings.Contains(text, w.file) || anyFile.MatchString(b.text)) {
				continue
			}
			for _, at := range w.pattern.FindAllStringIndex(b.text, -1) {
				before := strings.Count(b.text[:at[0]], "\n")
				findings = append(findings, finding{
					file: name, line: b.line + before, text: strings.Split(b.text, "\n")[before],
					word: strings.Join(strings.Fields(b.text[at[0]:at[1]]), " "), hint: w.instead,
				})
			}
		}
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return a.line - b.line })
	return findings, nil
}

// allowance is a use that is right: a line of file that has text.
type allowance struct{ file, text, reason string }

func parseAllowed(text string) ([]allowance, error) {
	var allowed []allowance
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 3 {
			return nil, fmt.Errorf("allowed.txt: %q is not FILE | TEXT | REASON", line)
		}
		allowed = append(allowed, allowance{strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])})
	}
	return allowed, nil
}

// without returns the findings that are not allowed, and one for each line of the list that allows nothing.
func without(findings []finding, allowed []allowance) []finding {
	used := make([]bool, len(allowed))
	findings = slices.DeleteFunc(findings, func(f finding) bool {
		i := slices.IndexFunc(allowed, func(a allowance) bool {
			return a.file == f.file && (a.text == "*" || strings.Contains(f.text, a.text))
		})
		if i >= 0 {
			used[i] = true
		}
		return i >= 0
	})
	for i, a := range allowed {
		if !used[i] {
			findings = append(findings, finding{
				file: "tools/glossary/allowed.txt", line: 1, word: a.file + " | " + a.text, hint: "nothing: no such use is left",
			})
		}
	}
	return findings
}
