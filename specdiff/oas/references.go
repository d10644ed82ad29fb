package oas

import (
	"maps"
	"slices"
	"strings"
)

// dangling notes each local reference to nothing, and adds an empty component for it, so that the rest can be read.
func (r *reader) dangling(whole map[string]any, v any) {
	switch v := v.(type) {
	case map[string]map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			r.dangling(whole, v[key])
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			r.resolve(whole, ref)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			r.dangling(whole, v[key])
		}
	case []any:
		for _, element := range v {
			r.dangling(whole, element)
		}
	}
}

func (r *reader) resolve(whole map[string]any, ref string) {
	kind, name, ok := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
	if !strings.HasPrefix(ref, "#/components/") || !ok {
		return // package document refuses it
	}
	components, _ := whole["components"].(map[string]any)
	group, ok := components[kind].(map[string]any)
	if !ok {
		group = map[string]any{}
		components[kind] = group
	}
	if _, ok := group[name]; !ok {
		r.note("there is no %s for the reference %s", kind, ref)
		group[name] = map[string]any{"description": "missing from the package"}
	}
}
