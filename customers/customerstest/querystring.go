package customerstest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of qs as Express 4 sets it up.
const (
	queryParameterLimit = 1000 // what comes after so many is ignored
	queryArrayLimit     = 1000 // an index from here on makes an object
	queryDepthLimit     = 5    // brackets beyond are part of the last name
)

// queryObject is an object that a query string makes. A value is a string, a *queryArray or a *queryObject.
type queryObject struct {
	names  []string // in the order they came
	values map[string]any

	// next is the index that a further value without a name gets, for what would be an array but for its size or for
	// a named member; -1 for all others.
	next int
}

// queryArray is an array that a query string makes. A nil item is a hole; none is left in the end.
type queryArray struct {
	items []any

	// mixed: it holds what came for one name in two shapes, such as a=1&a[b]=2.
	mixed bool
}

func newQueryObject() *queryObject {
	return &queryObject{values: make(map[string]any), next: -1}
}

func (o *queryObject) set(name string, value any) {
	if _, ok := o.values[name]; !ok {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	if i, ok := arrayIndex(name); ok && o.next >= 0 {
		o.next = max(o.next, i+1)
	}
}

// keys are the names in JavaScript's order: array indices first, by number.
func (o *queryObject) keys() []string {
	keys := slices.Clone(o.names)
	slices.SortStableFunc(keys, func(a, b string) int {
		i, isA := arrayIndex(a)
		j, isB := arrayIndex(b)
		switch {
		case isA && isB:
			return i - j
		case isA:
			return -1
		case isB:
			return 1
		}
		return 0
	})
	return keys
}

// arrayIndex reads a name that JavaScript takes for an index: digits without a leading zero.
func arrayIndex(name string) (int, bool) {
	i, err := strconv.ParseUint(name, 10, 32)
	if err != nil || strconv.FormatUint(i, 10) != name {
		return 0, false
	}
	return int(i), true
}

// parseQuery reads a query string as Express 4 does: a[]=1 and a[0]=1 make arrays, a[b]=1 objects, and a repeated name
// an array.
func parseQuery(raw string) *queryObject {
	result := newQueryObject()
	if raw == "" {
		return result
	}
	flat := queryValues(raw)
	for _, name := range flat.keys() {
		segments := querySegments(name)
		if len(segments) == 0 {
			continue
		}
		merged := mergeQuery(result, nestQuery(segments, flat.values[name]))
		result = merged.(*queryObject) // an object merged with anything but a string stays one
	}
	compactQuery(result)
	return result
}

// queryValues splits a query into names, brackets and all, and values; a repeated name has an array.
func queryValues(raw string) *queryObject {
	for _, bracket := range []struct{ escaped, plain string }{{"%5B", "["}, {"%5b", "["}, {"%5D", "]"}, {"%5d", "]"}} {
		raw = strings.ReplaceAll(raw, bracket.escaped, bracket.plain)
	}
	parts := strings.Split(raw, "&")
	parts = parts[:min(len(parts), queryParameterLimit)]
	flat := newQueryObject()
	for _, part := range parts {
		at := strings.Index(part, "]=") + 1
		if at == 0 {
			at = strings.IndexByte(part, '=')
		}
		name, value := part, ""
		if at >= 0 {
			name, value = part[:at], part[at+1:]
		}
		name, value = unescapeQuery(name), unescapeQuery(value)
		switch old := flat.values[name].(type) {
		case nil:
			flat.set(name, value)
		case *queryArray:
			old.items = append(old.items, value)
		default:
			flat.set(name, &queryArray{items: []any{old, value}})
		}
	}
	return flat
}

// unescapeQuery is decodeURIComponent after + has become a space; what that refuses stays as it is.
func unescapeQuery(s string) string {
	s = strings.ReplaceAll(s, "+", " ")
	decoded, err := url.PathUnescape(s)
	if err != nil || !utf8.ValidString(decoded) {
		return s
	}
	return decoded
}

// querySegments cuts a[b][c] into a, [b] and [c].
func querySegments(name string) []string {
	open := strings.IndexByte(name, '[')
	if open < 0 {
		if name == "" {
			return nil
		}
		return []string{name}
	}
	var segments []string
	if open > 0 {
		segments = append(segments, name[:open])
	}
	for range queryDepthLimit {
		level, end := 0, -1
		for i := open; i < len(name) && end < 0; i++ {
			switch name[i] {
			case '[':
				level++
			case ']':
				if level--; level == 0 {
					end = i
				}
			}
		}
		if end < 0 {
			break
		}
		segments = append(segments, name[open:end+1])
		next := strings.IndexByte(name[end+1:], '[')
		if next < 0 {
			return segments
		}
		open = end + 1 + next
	}
	return append(segments, "["+name[open:]+"]")
}

// nestQuery makes the objects and arrays that the segments of a name stand for, around its value.
func nestQuery(segments []string, value any) any {
	for _, segment := range slices.Backward(segments) {
		if segment == "[]" {
			_, isArray := value.(*queryArray)
			if o, ok := value.(*queryObject); !isArray && !(ok && o.next >= 0) {
				value = &queryArray{items: []any{value}}
			}
			continue
		}
		name := segment
		if strings.HasPrefix(segment, "[") && strings.HasSuffix(segment, "]") {
			name = segment[1 : len(segment)-1]
		}
		index, ok := arrayIndex(name)
		if ok = ok && name != segment; ok && index < queryArrayLimit {
			items := make([]any, index+1)
			items[index] = value
			value = &queryArray{items: items}
			continue
		}
		o := newQueryObject()
		if name != "__proto__" {
			o.set(name, value)
		}
		if ok {
			o.next = index + 1
		}
		value = o
	}
	return value
}

// mergeQuery adds what another parameter of the same name made. Where the two have different shapes, an array of both
// comes out, or an object that has the array's items by their indices.
func mergeQuery(target, source any) any {
	switch source := source.(type) {
	case *queryArray:
		return mergeQueryArray(target, source)
	case *queryObject:
		switch target := target.(type) {
		case *queryArray:
			o := target.object()
			if target.mixed {
				o.next = len(target.items)
			}
			return mergeQueryObject(o, source)
		case *queryObject:
			return mergeQueryObject(target, source)
		}
		if source.next >= 0 {
			o := newQueryObject()
			o.next = 0
			o.set("0", target)
			for _, name := range source.keys() {
				i, _ := arrayIndex(name)
				o.set(strconv.Itoa(i+1), source.values[name])
			}
			return o
		}
		return &queryArray{items: []any{target, source}}
	}
	if source == "" {
		return target
	}
	switch target := target.(type) {
	case *queryArray:
		target.items = append(target.items, source)
		return target.limited()
	case *queryObject:
		if target.next >= 0 {
			target.set(strconv.Itoa(target.next), source)
			return target
		}
		return &queryArray{items: []any{target, source}, mixed: true}
	}
	return &queryArray{items: []any{target, source}}
}

func mergeQueryArray(target any, source *queryArray) any {
	switch target := target.(type) {
	case *queryArray:
		for i, item := range source.items {
			switch {
			case item == nil:
			case i >= len(target.items):
				target.items = append(target.items, make([]any, i+1-len(target.items))...)
				target.items[i] = item
			case target.items[i] == nil:
				target.items[i] = item
			case isNestedQuery(target.items[i]) && isNestedQuery(item):
				target.items[i] = mergeQuery(target.items[i], item)
			default:
				target.items = append(target.items, item)
			}
		}
		return target.limited()
	case *queryObject:
		return mergeQueryObject(target, source.object())
	}
	return (&queryArray{items: append([]any{target}, source.items...)}).limited()
}

func mergeQueryObject(target, source *queryObject) any {
	for _, name := range source.keys() {
		value := source.values[name]
		if old, ok := target.values[name]; ok {
			value = mergeQuery(old, value)
		}
		target.set(name, value)
	}
	if source.next >= 0 {
		target.next = max(target.next, source.next)
	}
	return target
}

func isNestedQuery(v any) bool {
	_, isString := v.(string)
	return !isString
}

// object has the array's items by their indices.
func (a *queryArray) object() *queryObject {
	o := newQueryObject()
	for i, item := range a.items {
		if item != nil {
			o.set(strconv.Itoa(i), item)
		}
	}
	return o
}

// limited is the array, or an object if it has become too long for one.
func (a *queryArray) limited() any {
	if len(a.items) > queryArrayLimit {
		o := a.object()
		o.next = len(a.items)
		return o
	}
	return a
}

// compactQuery takes the holes out of arrays.
func compactQuery(v any) {
	switch v := v.(type) {
	case *queryArray:
		v.items = slices.DeleteFunc(v.items, func(item any) bool { return item == nil })
		for _, item := range v.items {
			compactQuery(item)
		}
	case *queryObject:
		for _, item := range v.values {
			compactQuery(item)
		}
	}
}
