package document

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Complete returns an error if a part is missing or null that readers of the document rely on.
func Complete(doc *openapi3.T) error {
	if doc.Paths == nil {
		return errors.New("it has no paths")
	}
	c := checker{state: map[*openapi3.Schema]state{}}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for method, op := range item.Operations() {
			if err := c.operation(item, op); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	if doc.Components == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		if err := c.schema(doc.Components.Schemas[name]); err != nil {
			return fmt.Errorf("schema %s: %w", name, err)
		}
	}
	for name, scheme := range doc.Components.SecuritySchemes {
		if scheme == nil || scheme.Value == nil {
			return fmt.Errorf("security scheme %s is empty", name)
		}
	}
	return nil
}

type checker struct{ state map[*openapi3.Schema]state }

type state int

const (
	unseen state = iota
	inside       // it is being checked: to meet it again, except below a property or element, is a circle
	done
)

func (c checker) operation(item *openapi3.PathItem, op *openapi3.Operation) error {
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		if p == nil || p.Value == nil || p.Value.Name == "" {
			return errors.New("a parameter is empty or has no name")
		}
		if p.Value.Schema == nil {
			return fmt.Errorf("parameter %s has no schema", p.Value.Name)
		}
		if err := c.schema(p.Value.Schema); err != nil {
			return fmt.Errorf("parameter %s: %w", p.Value.Name, err)
		}
	}
	if op.RequestBody != nil {
		if op.RequestBody.Value == nil {
			return errors.New("the request body is empty")
		}
		if err := c.content(op.RequestBody.Value.Content); err != nil {
			return fmt.Errorf("request body: %w", err)
		}
	}
	if op.Responses == nil || op.Responses.Len() == 0 {
		return errors.New("it has no responses")
	}
	for status, r := range op.Responses.Map() {
		if r == nil || r.Value == nil {
			return fmt.Errorf("response %s is empty", status)
		}
		for name, h := range r.Value.Headers {
			if h == nil || h.Value == nil {
				return fmt.Errorf("header %s of response %s is empty", name, status)
			}
		}
		if err := c.content(r.Value.Content); err != nil {
			return fmt.Errorf("response %s: %w", status, err)
		}
	}
	return nil
}

func (c checker) content(content openapi3.Content) error {
	for kind, media := range content {
		if media == nil {
			return fmt.Errorf("%s is empty", kind)
		}
		if media.Schema == nil {
			continue
		}
		if err := c.schema(media.Schema); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

// schema checks ref and all that is inside. It checks what a schema consists of before its properties and elements,
// because a circle is fine only through these.
func (c checker) schema(ref *openapi3.SchemaRef) error {
	todo := []*openapi3.SchemaRef{ref}
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if err := c.consists(next, &todo); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) consists(ref *openapi3.SchemaRef, holds *[]*openapi3.SchemaRef) error {
	if ref == nil || ref.Value == nil {
		return errors.New("a schema is empty")
	}
	s := ref.Value
	switch c.state[s] {
	case inside:
		return fmt.Errorf("%s consists of itself, by $ref, allOf, oneOf, anyOf or not", cmp.Or(ref.Ref, "a schema"))
	case done:
		return nil
	case unseen:
	}
	c.state[s] = inside
	parts := slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
	if s.Not != nil {
		parts = append(parts, s.Not)
	}
	for _, part := range parts {
		if err := c.consists(part, holds); err != nil {
			return err
		}
	}
	c.state[s] = done
	*holds = slices.AppendSeq(*holds, maps.Values(s.Properties))
	for _, part := range []*openapi3.SchemaRef{s.Items, s.AdditionalProperties.Schema} {
		if part != nil {
			*holds = append(*holds, part)
		}
	}
	return nil
}
