package customerstest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of qs as Medusa sets it up: arrays have none.
const (
	queryParameterLimit = 1000 // what comes after so many is ignored
	queryDepthLimit     = 5    // brackets beyond are part of the last name
)

// queryObject is an object that a query string makes. A value is a string, a *queryArray or a *queryObject.
type queryObject struct {
	names  []string // in the order they came
	values map[string]any

	// next is the index that a further value without a name gets, for what was an array of several shapes; else 0.
	next int
}

// queryArray is an array that a query string makes; some of its indices may have no item.
type queryArray struct {
	items []queryItem // by index

	// mixed: it holds what came for one name in two shapes, such as a=1&a[b]=2.
	mixed bool
}

type queryItem struct {
	index int
	value any
}

func newQueryObject() *queryObject {
	return &queryObject{values: make(map[string]any)}
}

func (o *queryObject) set(name string, value any) {
	if _, ok := o.values[name]; !ok {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	if i, ok := arrayIndex(name); ok && o.next > 0 {
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

func queryList(values ...any) *queryArray {
	a := &queryArray{}
	for _, v := range values {
		a.push(v)
	}
	return a
}

// length is one more than the last index.
func (a *queryArray) length() int {
	if len(a.items) == 0 {
		return 0
	}
	return a.items[len(a.items)-1].index + 1
}

func (a *queryArray) push(value any) {
	a.items = append(a.items, queryItem{a.length(), value})
}

// find is where the item with an index is, or belongs.
func (a *queryArray) find(index int) (int, bool) {
	return slices.BinarySearchFunc(a.items, index, func(item queryItem, index int) int { return item.index - index })
}

// object has the array's items by their indices.
func (a *queryArray) object() *queryObject {
	o := newQueryObject()
	for _, item := range a.items {
		o.set(strconv.Itoa(item.index), item.value)
	}
	return o
}

// parseQuery reads a query string as Medusa does: a[]=1 and a[0]=1 make arrays, a[b]=1 objects, and a repeated name an
// array. A parameter with an inherited name is dropped.
func parseQuery(raw string) *queryObject {
	result := newQueryObject()
	if raw == "" {
		return result
	}
	flat := queryValues(raw)
	for _, name := range flat.keys() {
		segments := querySegments(name)
		if len(segments) > 0 {
			mergeQuery(result, nestQuery(segments, flat.values[name]))
		}
	}
	return result
}

// queryValues splits a query into names, brackets and all, and values; a repeated name has an array.
func queryValues(raw string) *queryObject {
	for _, bracket := range []struct{ escaped, plain string }{{"%5B", "["}, {"%5b", "["}, {"%5D", "]"}, {"%5d", "]"}} {
		raw = strings.ReplaceAll(raw, bracket.escaped, bracket.plain)
	}
	parts := strings.Split(raw, "&")
	flat := newQueryObject()
	for _, part := range parts[:min(len(parts), queryParameterLimit)] {
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
			old.push(value)
		default:
			flat.set(name, queryList(old, value))
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

// querySegments cuts a[b][c] into a, [b] and [c]; a name that is to be dropped has no segments.
func querySegments(name string) []string {
	open := strings.IndexByte(name, '[')
	parent := name
	if open >= 0 {
		parent = name[:open]
	}
	var segments []string
	if slices.Contains(inherited, parent) {
		return nil
	}
	if parent != "" {
		segments = append(segments, parent)
	}
	for range queryDepthLimit {
		if open < 0 {
			return segments
		}
		end := closingBracket(name, open)
		if end < 0 {
			break
		}
		if slices.Contains(inherited, name[open+1:end]) {
			return nil
		}
		segments = append(segments, name[open:end+1])
		if next := strings.IndexByte(name[end+1:], '['); next >= 0 {
			open = end + 1 + next
		} else {
			open = -1
		}
	}
	if open >= 0 {
		segments = append(segments, "["+name[open:]+"]")
	}
	return segments
}

// closingBracket is the index of the bracket that closes the one at open, or -1.
func closingBracket(name string, open int) int {
	level := 0
	for i := open; i < len(name); i++ {
		switch name[i] {
		case '[':
			level++
		case ']':
			if level--; level == 0 {
				return i
			}
		}
	}
	return -1
}

// nestQuery makes the objects and arrays that the segments of a name stand for, around its value.
func nestQuery(segments []string, value any) any {
	for _, segment := range slices.Backward(segments) {
		if segment == "[]" {
			if _, ok := value.(*queryArray); !ok {
				value = queryList(value)
			}
			continue
		}
		name := segment
		if strings.HasPrefix(segment, "[") && strings.HasSuffix(segment, "]") {
			name = segment[1 : len(segment)-1]
		}
		if index, ok := arrayIndex(name); ok && name != segment {
			value = &queryArray{items: []queryItem{{index, value}}}
			continue
		}
		o := newQueryObject()
		o.set(name, value)
		value = o
	}
	return value
}

// mergeQuery adds what another parameter of the same name made. Where the two have different shapes, an array of both
// comes out, or an object that has the array's items by their indices.
func mergeQuery(target, source any) any {
	if source == "" {
		return target
	}
	switch target := target.(type) {
	case *queryArray:
		switch source := source.(type) {
		case *queryArray:
			mergeArrays(target, source)
			return target
		case *queryObject:
			o := target.object()
			if target.mixed {
				o.next = target.length()
			}
			return mergeObjects(o, source)
		}
		target.push(source)
		return target
	case *queryObject:
		switch source := source.(type) {
		case *queryArray:
			return mergeObjects(target, source.object())
		case *queryObject:
			return mergeObjects(target, source)
		}
		if target.next > 0 {
			target.set(strconv.Itoa(target.next), source)
			return target
		}
		return &queryArray{items: queryList(target, source).items, mixed: true}
	}
	if source, ok := source.(*queryArray); ok {
		both := &queryArray{items: []queryItem{{0, target}}}
		for _, item := range source.items {
			both.items = append(both.items, queryItem{item.index + 1, item.value})
		}
		return both
	}
	return queryList(target, source)
}

func mergeArrays(target, source *queryArray) {
	for _, item := range source.items {
		at, ok := target.find(item.index)
		switch {
		case !ok:
			target.items = slices.Insert(target.items, at, item)
		case isNestedQuery(target.items[at].value) && isNestedQuery(item.value):
			target.items[at].value = mergeQuery(target.items[at].value, item.value)
		default:
			target.push(item.value)
		}
	}
}

func mergeObjects(target, source *queryObject) *queryObject {
	for _, name := range source.keys() {
		value := source.values[name]
		if old, ok := target.values[name]; ok {
			value = mergeQuery(old, value)
		}
		target.set(name, value)
	}
	return target
}

func isNestedQuery(v any) bool {
	_, isString := v.(string)
	return !isString
}
