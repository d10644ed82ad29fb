// Command requestgen rewrites the request builders that oapi-codegen made. What they do beside package api's
// newRequest, pathSegment and queryParams costs six allocations a call, sends empty lists and lets an id lead to
// another route.
//
//	requestgen api.gen.go
package main

import (
	"errors"
	"fmt"
	"go/format"
	"log"
	"os"
	"regexp"
	"strings"
)

var (
	builder = regexp.MustCompile(`(?ms)^(func New\w+Request(?:WithBody)?\(server string[^\n]*\) \(\*http\.Request, error\) \{\n)\tvar err error\n(.*?)^\}\n`)
	styled  = regexp.MustCompile(`StyleParamWithOptions\("(\w+)", (true|false), "([^"]+)", ([^,]+), runtime\.StyleParamOptions\{ParamLocation: runtime\.ParamLocation(\w+), Type: "(\w+)", Format: ""\}\)`)
	path    = regexp.MustCompile(`operationPath := fmt\.Sprintf\("([^"]+)"`)
	request = regexp.MustCompile(`http\.NewRequest\((http\.\w+), queryURL\.String\(\), (\w+)\)`)
	unknown = regexp.MustCompile(`headerParam|cookieParam|ParamBuf|pathParam\d+ = |queryValues\.Add`)
	formats = regexp.MustCompile(`Format: "[^"]`)
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: requestgen api.gen.go")
	}
	source, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	out, err := rewrite(string(source))
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], out, 0o644); err != nil {
		log.Fatal(err)
	}
}

// rewrite returns the source with other builders.
func rewrite(source string) ([]byte, error) {
	var errs []error
	out := builder.ReplaceAllStringFunc(source, func(text string) string {
		parts := builder.FindStringSubmatch(text)
		body, err := build(parts[2])
		if err != nil {
			errs = append(errs, fmt.Errorf("%w in %s", err, parts[1]))
		}
		return parts[1] + body + "}\n"
	})
	if strings.Contains(out, "queryURL") {
		errs = append(errs, errors.New("a builder is left"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for name, imported := range map[string]string{"fmt": "fmt", "url": "net/url"} {
		if !strings.Contains(out, name+".") {
			out = strings.Replace(out, "\t\""+imported+"\"\n", "", 1)
		}
	}
	return format.Source([]byte(out))
}

// build returns the body of the builder whose body is text.
func build(text string) (string, error) {
	route, req := path.FindStringSubmatch(text), request.FindStringSubmatch(text)
	if route == nil || req == nil || unknown.MatchString(text) || formats.MatchString(text) {
		return "", errors.New("there is something that requestgen does not know")
	}
	var out strings.Builder
	target, query := `"`+route[1]+`"`, `""`
	for i, p := range styled.FindAllStringSubmatch(text, -1) {
		style, explode, name, value, in, kind := p[1], p[2], p[3], p[4], p[5], p[6]
		if in == "Path" {
			fmt.Fprintf(&out, "segment%d, err := pathSegment(%q, %s)\nif err != nil {\nreturn nil, err\n}\n", i, name, value)
			target = strings.Replace(target, "%s", fmt.Sprintf(`" + segment%d + "`, i), 1)
			continue
		}
		if query == `""` {
			query = "query.String()"
			out.WriteString("var query queryParams\nif params != nil {\n")
		}
		present := "len(" + value + ") > 0"
		if pointer, ok := strings.CutPrefix(value, "*"); ok {
			present = pointer + " != nil"
		}
		fmt.Fprintf(&out, "if %s {\nquery.add(%q, %s, %q, %s, %q)\n}\n", present, style, explode, name, value, kind)
	}
	if query != `""` {
		out.WriteString("}\nif query.err != nil {\nreturn nil, query.err\n}\n")
	}
	contentType := `""`
	if req[2] != "nil" {
		contentType = "contentType"
	}
	fmt.Fprintf(&out, "return newRequest(%s, server, %s, %s, %s, %s)\n", req[1], strings.TrimSuffix(target, ` + ""`), query, req[2], contentType)
	return out.String(), nil
}
