package customerstest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The backend checks a body against a class whose properties have rules, in order, and reports everything that is
// wrong in one message. A class here is the list of its properties.
type class []property

type property struct {
	name     string
	check    check
	optional bool  // null and absent are both fine
	nested   class // of the objects that check accepts, if the transformer knows it
}

// check returns what is wrong with a value, or "". Where it stands for more than a message, it fails.
type check func(name string, v any) (string, *answer)

// undefined is a property that isn't there, where null is something else.
type undefined struct{}

// validate returns the body as an object of the class. Otherwise the answer says why not.
func (c class) validate(body any) (*object, *answer) {
	body, ok := transformed(body, c)
	if !ok {
		return nil, new(unknownError())
	}
	o, isObject := body.(*object)
	if !isObject {
		return nil, new(invalidData(unknownValue))
	}
	messages, failed := c.problems(o)
	if failed != nil {
		return nil, failed
	}
	if len(messages) > 0 {
		return nil, new(invalidData(strings.Join(messages, ", ")))
	}
	return o, nil
}

const unknownValue = "an unknown value was passed to the validate function"

func (c class) problems(o *object) ([]string, *answer) {
	var messages []string
	for _, name := range o.keys() {
		if c.index(name) < 0 {
			messages = append(messages, fmt.Sprintf("property %s should not exist", name))
		}
	}
	var failed *answer
	for _, p := range c {
		v, there := o.values[p.name]
		if p.optional && v == nil {
			continue
		}
		if !there {
			v = undefined{}
		}
		message, f := p.check(p.name, v)
		if f != nil && failed == nil {
			failed = f
		}
		if message != "" {
			messages = append(messages, message)
		}
	}
	return messages, failed
}

func isString(name string, v any) (string, *answer) {
	if _, ok := v.(string); !ok {
		return name + " must be a string", nil
	}
	return "", nil
}

func isEmailAddress(name string, v any) (string, *answer) {
	s, ok := v.(string)
	if ok && !utf8.ValidString(s) && utf16Len(s) <= 254 {
		return "", new(unknownError()) // the library trips over half of a surrogate pair
	}
	if !ok || !isEmail(s) {
		return name + " must be an email", nil
	}
	return "", nil
}

func isNotEmpty(name string, v any) (string, *answer) {
	if v == nil || v == "" || v == (undefined{}) {
		return name + " should not be empty", nil
	}
	return "", nil
}

func isObject(name string, v any) (string, *answer) {
	if _, ok := v.(*object); !ok {
		return name + " must be an object", nil
	}
	return "", nil
}

func isAnything(string, any) (string, *answer) { return "", nil }

// isNested accepts an object of the class, and lists of such objects however deep.
func isNested(c class) check {
	var nested check
	nested = func(name string, v any) (string, *answer) {
		switch v := v.(type) {
		case undefined:
			return "", nil
		case *object:
			messages, failed := c.problems(v)
			return strings.Join(messages, ", "), failed
		case []any:
			var messages []string
			for _, e := range v {
				message, failed := nested(name, e)
				if failed != nil {
					return "", failed
				}
				if message != "" {
					messages = append(messages, message)
				}
			}
			return strings.Join(messages, ", "), nil
		}
		return fmt.Sprintf("nested property %s must be either object or array", name), nil
	}
	return nested
}

// isAddressOrID accepts an address or the id of one. What it says of anything else is JSON within the message, and hides
// all other messages.
func isAddressOrID(name string, v any) (string, *answer) {
	if _, ok := v.(string); ok {
		return "", nil
	}
	problem := unknownValue
	if o, ok := v.(*object); ok {
		messages, failed := addressPayload.problems(o)
		if failed != nil || len(messages) == 0 {
			return "", failed
		}
		problem = strings.Join(messages, ", ")
	}
	notString := "Cannot convert object to primitive value"
	if s, ok := toString(v); ok {
		notString = fmt.Sprintf("String validation failed: %s is not a string", s)
	}
	return "", new(invalidData(string(appendJSON(nil, members{
		{"message", name + " must be one of: AddressPayload,String"},
		{"details", members{{"String", nonEmptyParts(notString)}, {"AddressPayload", nonEmptyParts(problem)}}},
	}))))
}

func nonEmptyParts(message string) []any {
	parts := []any{}
	for part := range strings.SplitSeq(message, ",") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// transformed is a body as the backend's transformer copies it: without properties that every object inherits. With a
// constructor of its own an object breaks the transformer, unless its class is known: c, or nil.
func transformed(v any, c class) (_ any, ok bool) {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			if list[i], ok = transformed(e, c); !ok {
				return nil, false
			}
		}
		return list, true
	case *object:
		if c == nil && isTruthy(v.values["constructor"]) {
			return nil, false
		}
		o := newObject()
		for _, name := range v.names {
			if slices.Contains(inherited, name) {
				continue
			}
			var known class
			if i := c.index(name); i >= 0 {
				known = c[i].nested
			}
			copied, ok := transformed(v.values[name], known)
			if !ok {
				return nil, false
			}
			o.set(name, copied)
		}
		return o, true
	}
	return v, true
}

func (c class) index(name string) int {
	return slices.IndexFunc(c, func(p property) bool { return p.name == name })
}

// storable says whether the database takes v where it is written as JSON: no NUL and no half of a surrogate pair
// anywhere. All of a customer is, because the backend keeps the news of each change as JSON.
func storable(v any) bool {
	switch v := v.(type) {
	case string:
		return utf8.ValidString(v) && !strings.ContainsRune(v, 0)
	case *string:
		return v == nil || storable(*v)
	case []any:
		for _, e := range v {
			if !storable(e) {
				return false
			}
		}
	case *object:
		for name, e := range v.values {
			if !storable(name) || !storable(e) {
				return false
			}
		}
	}
	return true
}

// columnText is text as it comes back from a text column: without halves of surrogate pairs.
func columnText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			size = 3 // see object
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// stored is v as it comes back from a jsonb column: the names of an object sorted, short ones first, and no numbers
// that JSON can't hold.
func stored(v any) any {
	switch v := v.(type) {
	case float64:
		if s := string(appendNumber(nil, v)); s == "null" {
			return nil
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = stored(e)
		}
		return list
	case *object:
		o := newObject()
		names := slices.Clone(v.names)
		slices.SortFunc(names, func(a, b string) int {
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return strings.Compare(a, b)
		})
		for _, name := range names {
			o.set(name, stored(v.values[name]))
		}
		return o
	}
	return v
}
