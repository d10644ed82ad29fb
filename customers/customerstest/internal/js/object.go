// Package js has the values of JavaScript as the backend reads and writes them: JSON, numbers and dates. A value is
// nil, a bool, a float64, a string, a []any or an *[Object].
package js

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// NotEmulatedError is an error about what a client sent that the in-memory backend does not emulate. The text names it.
type NotEmulatedError string

func (e NotEmulatedError) Error() string { return "not emulated: " + string(e) }

// Object is a JavaScript object: properties in order.
type Object struct {
	Names  []string
	Values map[string]any
}

// NewObject returns an empty object.
func NewObject() *Object { return &Object{Values: make(map[string]any)} }

// Set sets a property; a new one becomes the last.
func (o *Object) Set(name string, v any) {
	if _, there := o.Values[name]; !there {
		o.Names = append(o.Names, name)
	}
	o.Values[name] = v
}

// Text returns a property that is a string, or nil.
func (o *Object) Text(name string) *string {
	if s, ok := o.Values[name].(string); ok {
		return &s
	}
	return nil
}

// Keys returns the names in the order in which JavaScript enumerates them: array indices first, by number.
func (o *Object) Keys() []string {
	keys := slices.Clone(o.Names)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(ArrayIndex(a), ArrayIndex(b)) })
	return keys
}

// ArrayIndex returns the index that JavaScript takes a name for, digits without a leading zero, or math.MaxUint32.
func ArrayIndex(name string) uint64 {
	if n, err := strconv.ParseUint(name, 10, 32); err == nil && strconv.FormatUint(n, 10) == name {
		return n
	}
	return math.MaxUint32
}

// IsInherited reports whether every object has a property of the name without its being set. The backend drops such
// properties in some places and fails in others.
func IsInherited(name string) bool { return slices.Contains(inherited, name) }

var inherited = []string{
	"constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
	"__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
}
