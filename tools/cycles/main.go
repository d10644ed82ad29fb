// Command cycles fails if files of a package form a cycle that the list does not allow.
//
//	go -C tools run ./cycles .. ./...      # DIR PATTERN…: packages of the module at DIR
//	go -C tools run ./cycles -v .. ./customers
//
// File A uses file B if it names something that B declares at package level, a method or a field. Files that use each
// other, directly or through others, can only be read together. Tests and generated files do not count.
//
// A line of allowed.txt names a package and the files that may form one cycle there.
package main

import (
	_ "embed" // for allowed.txt
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/tools/internal/golist"
)

//go:embed allowed.txt
var allowedText string

func main() {
	verbose := flag.Bool("v", false, "print which file uses which, and by what names")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: cycles [-v] DIR PATTERN...")
		os.Exit(2)
	}
	faults, err := run(flag.Arg(0), flag.Args()[1:], parseAllowed(allowedText), *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cycles:", err)
		os.Exit(1)
	}
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
}

// run checks the packages that match patterns in the module at dir, and returns a sentence for each cycle that is not
// allowed and for each allowed file that is in none.
func run(dir string, patterns []string, allowed map[string][][]string, verbose bool) ([]string, error) {
	fset := token.NewFileSet()
	packages, imports, err := golist.Packages(fset, dir, patterns...)
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, p := range packages {
		uses, err := usesOf(fset, p, imports)
		if err != nil {
			return nil, err
		}
		if verbose {
			uses.print(p.ImportPath)
		}
		faults = append(faults, compare(p.ImportPath, cyclesOf(uses), allowed[p.ImportPath])...)
	}
	return faults, nil
}

// compare returns a sentence for each cycle that is no part of an allowed one, and for each allowed file that no
// cycle contains.
func compare(path string, cycles, allowed [][]string) []string {
	var faults []string
	inCycle := map[string]bool{}
	for _, cycle := range cycles {
		for _, file := range cycle {
			inCycle[file] = true
		}
		within := func(files []string) bool {
			return !slices.ContainsFunc(cycle, func(f string) bool { return !slices.Contains(files, f) })
		}
		if !slices.ContainsFunc(allowed, within) {
			faults = append(faults, fmt.Sprintf("%s: %d files form a cycle that tools/cycles/allowed.txt does not allow: %s",
				path, len(cycle), strings.Join(cycle, " ")))
		}
	}
	for _, file := range slices.Concat(allowed...) {
		if !inCycle[file] && len(faults) == 0 {
			faults = append(faults, fmt.Sprintf("%s: %s is in no cycle: remove it from tools/cycles/allowed.txt", path, file))
		}
	}
	return faults
}

// parseAllowed returns the allowed cycles of each package.
func parseAllowed(text string) map[string][][]string {
	allowed := map[string][][]string{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 {
			allowed[fields[0]] = append(allowed[fields[0]], fields[1:])
		}
	}
	return allowed
}

// graph has for each file the files it uses, and by what names.
type graph map[string]map[string][]string

func usesOf(fset *token.FileSet, p golist.Package, imports types.Importer) (graph, error) {
	var files []*ast.File
	uses := graph{}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		if !ast.IsGenerated(f) {
			uses[name] = map[string][]string{}
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: imports}
	pkg, err := conf.Check(p.ImportPath, fset, files, info)
	if err != nil {
		return nil, err
	}
	file := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	for id, obj := range info.Uses {
		if obj.Pkg() != pkg {
			continue
		}
		from, to := file(id.Pos()), file(obj.Pos())
		if from == to || uses[from] == nil || uses[to] == nil {
			continue
		}
		if names := uses[from][to]; !slices.Contains(names, obj.Name()) {
			uses[from][to] = append(names, obj.Name())
		}
	}
	return uses, nil
}

func (g graph) print(path string) {
	for _, from := range slices.Sorted(maps.Keys(g)) {
		for _, to := range slices.Sorted(maps.Keys(g[from])) {
			fmt.Printf("%s: %s uses %s: %s\n", path, from, to, strings.Join(slices.Sorted(slices.Values(g[from][to])), " "))
		}
	}
}

// cyclesOf returns the sets of files that reach each other, each set sorted, the largest first.
func cyclesOf(g graph) [][]string {
	reach := map[string]map[string]bool{}
	for file := range g {
		reach[file] = map[string]bool{}
		for todo := []string{file}; len(todo) > 0; {
			next := todo[0]
			todo = todo[1:]
			for to := range g[next] {
				if !reach[file][to] {
					reach[file][to] = true
					todo = append(todo, to)
				}
			}
		}
	}
	var cycles [][]string
	seen := map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(g)) {
		if seen[file] || !reach[file][file] {
			continue
		}
		var cycle []string
		for to := range reach[file] {
			if reach[to][file] {
				cycle = append(cycle, to)
				seen[to] = true
			}
		}
		slices.Sort(cycle)
		cycles = append(cycles, cycle)
	}
	slices.SortStableFunc(cycles, func(a, b []string) int { return len(b) - len(a) })
	return cycles
}
