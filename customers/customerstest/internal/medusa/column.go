package medusa

import (
	"cmp"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// hasNUL reports whether a NUL is anywhere in v, which the database refuses.
func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case *string:
		return hasNUL(value(v))
	case []any:
		return slices.ContainsFunc(v, hasNUL)
	case *js.Object:
		for name, e := range v.Values {
			if hasNUL(name) || hasNUL(e) {
				return true
			}
		}
	}
	return false
}

// stored returns v as a jsonb column returns it: the names of an object sorted, short ones first.
func stored(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = stored(e)
		}
		return list
	case *js.Object:
		o := js.NewObject()
		for _, name := range slices.SortedFunc(slices.Values(v.Names), func(a, b string) int {
			return cmp.Or(len(a)-len(b), strings.Compare(a, b))
		}) {
			o.Set(name, stored(v.Values[name]))
		}
		return o
	}
	return v
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// lowerCase returns s.toLowerCase(), but for a capital sigma at the end of a word.
func lowerCase(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i̇"))
}
