package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// block is text that belongs together, such as a comment or a paragraph, as it stands from a line on.
type block struct {
	line int
	text string
}

// blocksOf returns what a person reads of a file: of Go the comments, messages and names that it declares, of documents
// and YAML everything, of scripts the comments. A file of another kind has none.
func blocksOf(name, text string) ([]block, error) {
	switch base := filepath.Base(name); {
	case strings.Contains(name, "testdata/"):
		return nil, nil
	case filepath.Ext(base) == ".go":
		return ofGo(name, text)
	case filepath.Ext(base) == ".md":
		return slices.DeleteFunc(paragraphs(codeSpan.ReplaceAllString(text, "``")), func(b block) bool {
			return strings.HasPrefix(b.text, glossaryTable)
		}), nil
	case filepath.Ext(base) == ".yaml", filepath.Ext(base) == ".yml":
		return paragraphs(text), nil
	case filepath.Ext(base) == ".mjs", filepath.Ext(base) == ".js":
		return comments(text, slashes), nil
	case filepath.Ext(base) == ".sh", base == "Makefile", name == ".ci/run", base == "go.mod":
		return comments(text, hash), nil
	}
	return nil, nil
}

// glossaryTable begins the table in CONTRIBUTING.md, which has to name the words.
const glossaryTable = "| write | not |"

var (
	codeSpan = regexp.MustCompile("`[^`\n]+`") // in a document, a name
	slashes  = regexp.MustCompile(`(?:^|\s)(?://|/\*|\* )(.*)`)
	hash     = regexp.MustCompile(`(?:^|\s)(?:#|//)(.*)`)
	mark     = regexp.MustCompile(`(?m)^[ \t]*(//|/\*|\*/|#+|>)`) // what begins a line that is not the text
)

// paragraphs returns the parts of text that empty lines separate.
func paragraphs(text string) []block {
	var blocks []block
	line := 1
	for part := range strings.SplitSeq(text, "\n\n") {
		blocks = append(blocks, block{line, part})
		line += strings.Count(part, "\n") + 2
	}
	return blocks
}

// comments returns each run of lines that have a comment. The first group of begin is its text.
func comments(text string, begin *regexp.Regexp) []block {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if m := begin.FindStringSubmatch(line); m != nil {
			lines[i] = m[1]
		} else {
			lines[i] = ""
		}
	}
	return paragraphs(strings.Join(lines, "\n"))
}

func ofGo(name, text string) ([]block, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(file) {
		return nil, err
	}
	line := func(n ast.Node) int { return fset.Position(n.Pos()).Line }
	blocks := []block{{1, inWords(strings.TrimSuffix(filepath.Base(name), ".go"))}}
	for _, group := range file.Comments {
		raw := text[fset.Position(group.Pos()).Offset:fset.Position(group.End()).Offset]
		blocks = append(blocks, block{line(group), mark.ReplaceAllString(raw, "")})
	}
	declare := func(names ...*ast.Ident) {
		for _, id := range names {
			blocks = append(blocks, block{line(id), inWords(id.Name)})
		}
	}
	define := func(tok token.Token, exprs ...ast.Expr) {
		for _, e := range exprs {
			if id, ok := e.(*ast.Ident); ok && tok == token.DEFINE {
				declare(id)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if value, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && strings.Contains(value, " ") {
				blocks = append(blocks, block{line(n), value})
			}
		case *ast.FuncDecl:
			declare(n.Name)
		case *ast.TypeSpec:
			declare(n.Name)
		case *ast.ValueSpec:
			declare(n.Names...)
		case *ast.Field:
			declare(n.Names...)
		case *ast.AssignStmt:
			define(n.Tok, n.Lhs...)
		case *ast.RangeStmt:
			define(n.Tok, n.Key, n.Value)
		}
		return true
	})
	return blocks, nil
}

// inWords returns the words of a name: lastOrder, ErrOrder2 and last_order all have the word "order".
func inWords(name string) string {
	var out strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) || !unicode.IsLetter(r) && !unicode.IsDigit(r) ||
			unicode.IsDigit(r) != unicode.IsDigit(last) && last != 0 {
			out.WriteByte(' ')
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}
