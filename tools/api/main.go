// Command api writes what packages export, a line for each constant, function, type, field, method and variable, so
// that a change of it is seen in review.
//
//	go -C tools run ./api .. OUT PACKAGE…          # packages of the module at .., each into OUT/NAME.txt
//	go -C tools run ./api -check .. OUT PACKAGE…   # fail if the files are not what it would write
package main

import (
	"errors"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/tools/internal/golist"
)

func main() {
	check := flag.Bool("check", false, "compare with the files instead of writing them")
	flag.Parse()
	if flag.NArg() < 3 {
		fmt.Fprintln(os.Stderr, "usage: api [-check] DIR OUT PACKAGE...")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), flag.Args()[2:], *check); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

var errChanged = errors.New("the exported API has changed (- was, + is now): " +
	"if that is intended, run make api, commit the files and say so in CHANGELOG.md")

func run(dir, out string, patterns []string, check bool) error {
	packages, imports, err := golist.Packages(token.NewFileSet(), dir, patterns...)
	if err != nil {
		return err
	}
	changed := false
	for _, p := range packages {
		pkg, err := imports.Import(p.ImportPath)
		if err != nil {
			return err
		}
		is, file := linesOf(pkg), filepath.Join(out, pkg.Name()+".txt")
		if !check {
			if err := os.WriteFile(file, []byte(strings.Join(is, "\n")+"\n"), 0o644); err != nil {
				return err
			}
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, line := range difference(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), is) {
			fmt.Printf("%s: %s\n", pkg.Name(), line)
			changed = true
		}
	}
	if changed {
		return errChanged
	}
	return nil
}

// difference returns the lines that only was has, with a -, and those that only is has, with a +, in their order.
func difference(was, is []string) []string {
	signs := map[string]string{}
	for _, line := range was {
		signs[line] = "- "
	}
	for _, line := range is {
		if signs[line] != "" {
			delete(signs, line)
		} else {
			signs[line] = "+ "
		}
	}
	var lines []string
	for _, line := range slices.Sorted(maps.Keys(signs)) {
		lines = append(lines, signs[line]+line)
	}
	return lines
}

// linesOf returns a sorted line for everything that pkg exports.
func linesOf(pkg *types.Package) []string {
	p := printer{qualifier: func(other *types.Package) string {
		if other == pkg {
			return ""
		}
		return other.Name() // as in a caller's code
	}}
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() {
			p.object(obj)
		}
	}
	slices.Sort(p.lines)
	return slices.Compact(p.lines)
}

type printer struct {
	qualifier types.Qualifier
	lines     []string
}

func (p *printer) add(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *printer) text(t types.Type) string { return types.TypeString(t, p.qualifier) }

func (p *printer) object(obj types.Object) {
	switch obj := obj.(type) {
	case *types.Const:
		typed := " " + p.text(obj.Type())
		if basic, ok := obj.Type().(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
			typed = ""
		}
		p.add("const %s%s = %s", obj.Name(), typed, obj.Val().ExactString())
	case *types.Var:
		p.add("var %s %s", obj.Name(), p.text(obj.Type()))
	case *types.Func:
		p.add("func %s%s", obj.Name(), p.signature(obj))
	case *types.TypeName:
		p.typeName(obj)
	}
}

// signature returns the parameters and results of a function or method, type parameters included.
func (p *printer) signature(f types.Object) string {
	return strings.TrimPrefix(p.text(f.Type()), "func")
}

func (p *printer) typeName(obj *types.TypeName) {
	if obj.IsAlias() {
		if alias, ok := obj.Type().(*types.Alias); ok {
			p.add("type %s = %s", p.text(alias), p.text(alias.Rhs()))
		}
		return
	}
	switch under := obj.Type().Underlying().(type) {
	case *types.Struct:
		p.add("type %s struct", p.text(obj.Type()))
		p.fields(obj.Name(), under)
	case *types.Interface:
		p.add("type %s interface", p.text(obj.Type()))
		for m := range under.Methods() {
			if m.Exported() {
				p.add("method (%s) %s%s", obj.Name(), m.Name(), p.signature(m))
			} else {
				p.add("method (%s) with unexported methods", obj.Name())
			}
		}
		return
	default:
		p.add("type %s %s", p.text(obj.Type()), p.text(under))
	}
	p.methods(obj)
}

// fields adds the exported fields, those of an unexported embedded struct included, since a caller reaches them.
func (p *printer) fields(name string, s *types.Struct) {
	for field := range s.Fields() {
		if field.Exported() {
			embedded := ""
			if field.Embedded() {
				embedded = " embedded"
			}
			p.add("field %s.%s %s%s", name, field.Name(), p.text(field.Type()), embedded)
		} else if inner, ok := field.Type().Underlying().(*types.Struct); ok && field.Embedded() {
			p.fields(name, inner)
		}
	}
}

// methods adds the exported methods of a type and of a pointer to it, those of embedded fields included.
func (p *printer) methods(obj *types.TypeName) {
	byValue := types.NewMethodSet(obj.Type())
	for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
		if !m.Obj().Exported() {
			continue
		}
		receiver := "*" + obj.Name()
		if byValue.Lookup(m.Obj().Pkg(), m.Obj().Name()) != nil {
			receiver = obj.Name()
		}
		p.add("method (%s) %s%s", receiver, m.Obj().Name(), p.signature(m.Obj()))
	}
}
