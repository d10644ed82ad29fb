package oas

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The bounds on what a package may cost. The real one has some 500 files in these folders, of 0.1 MB at most.
const (
	maxFiles     = 20_000
	maxFileBytes = 1 << 20
	maxBytes     = 64 << 20
)

func (r *reader) folder(root fs.FS, dir string) error {
	err := fs.WalkDir(root, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !strings.HasSuffix(name, ".js") && !strings.HasSuffix(name, ".d.ts") {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if r.files++; r.files > maxFiles || r.bytes > maxBytes {
			return fmt.Errorf("more than %d files or %d MiB: this is no @medusajs/medusa", maxFiles, maxBytes>>20)
		}
		if info.Size() > maxFileBytes {
			r.note("%s: not read, it has more than %d MiB", name, maxFileBytes>>20)
			return nil
		}
		r.bytes += int(info.Size())
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		r.file(name, string(text))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the package has no %s: is it completely installed?", dir)
	}
	return err
}

var (
	operationHead = regexp.MustCompile(`^@oas\s+\[(\w+)\]\s+(\S+)`)
	schemaHead    = regexp.MustCompile(`^@schema\s+(\S+)`)
	commentStar   = regexp.MustCompile(`(?m)^[ \t]*\*[ ]?`)
)

func (r *reader) file(name, text string) {
	for {
		_, rest, ok := strings.Cut(text, "/**")
		if !ok {
			return
		}
		comment, after, ok := strings.Cut(rest, "*/")
		if !ok {
			return
		}
		text = after
		head, body, _ := strings.Cut(strings.TrimLeft(commentStar.ReplaceAllString(comment, ""), "\n\r\t "), "\n")
		body = strings.ReplaceAll(body, "\t", " ")
		if m := operationHead.FindStringSubmatch(head); m != nil {
			r.operation(name, strings.ToLower(m[1]), m[2], body)
		} else if m := schemaHead.FindStringSubmatch(head); m != nil {
			r.schema(name, m[1], body)
		} else if strings.HasPrefix(head, "@oas") || strings.HasPrefix(head, "@schema") {
			r.note("%s: %q is not understood", name, head)
		}
	}
}

func (r *reader) schema(file, name, body string) {
	var s map[string]any
	if err := yaml.Unmarshal([]byte(body), &s); err != nil {
		r.note("%s: @schema %s: %v", file, name, err)
		return
	}
	r.schemas[name] = s
}

func (r *reader) operation(file, method, route, body string) {
	var op map[string]any
	if err := yaml.Unmarshal([]byte(body), &op); err != nil {
		r.note("%s: @oas [%s] %s: %v", file, method, route, err)
		return
	}
	at := fmt.Sprintf("%s: @oas [%s] %s", file, method, route)
	r.parameters(at, op)
	if responses, ok := op["responses"].(map[any]any); ok { // its statuses are without quotes
		byText := map[string]any{}
		for status, response := range responses {
			byText[fmt.Sprint(status)] = response
		}
		op["responses"] = byText
	}
	if r.paths[route] == nil {
		r.paths[route] = map[string]any{}
	}
	r.paths[route][method] = op
}
