// Package validate checks bodies as the backend's validator does, down to its messages.
package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// Class is what the backend checks a body against: properties with rules, in order. All that is wrong is reported in
// one message.
type Class []Property

// Property is a property of a Class.
type Property struct {
	Name     string
	Check    Check
	Optional bool // null and absent are both allowed
}

// Check returns what is wrong with a value, or "". Where that is more than a message, it returns the response.
type Check func(name string, v any) (string, *response.Response)

// undefined is the value of a property that is absent, which differs from null.
type undefined struct{}

const unknownValue = "an unknown value was passed to the validate function"

// Validate returns the body as an object of the class, or the response that refuses it.
func (c Class) Validate(body any) (*js.Object, *response.Response) {
	o, isObject := body.(*js.Object)
	if !isObject {
		return nil, response.InvalidData(unknownValue)
	}
	messages, failed := c.problems(o)
	if failed != nil {
		return nil, failed
	}
	if len(messages) > 0 {
		return nil, response.InvalidData(strings.Join(messages, ", "))
	}
	return o, nil
}

func (c Class) problems(o *js.Object) ([]string, *response.Response) {
	var messages []string
	for _, name := range o.Keys() {
		if !slices.ContainsFunc(c, func(p Property) bool { return p.Name == name }) {
			messages = append(messages, fmt.Sprintf("property %s should not exist", name))
		}
	}
	var failed *response.Response
	for _, p := range c {
		v, there := o.Values[p.Name]
		if p.Optional && v == nil {
			continue
		}
		if !there {
			v = undefined{}
		}
		message, f := p.Check(p.Name, v)
		if f != nil && failed == nil {
			failed = f
		}
		if message != "" {
			messages = append(messages, message)
		}
	}
	return messages, failed
}

// String accepts a string.
func String(name string, v any) (string, *response.Response) {
	if _, ok := v.(string); !ok {
		return name + " must be a string", nil
	}
	return "", nil
}

// Email accepts an email.
func Email(name string, v any) (string, *response.Response) {
	s, ok := v.(string)
	if !ok || !isEmail(s) {
		return name + " must be an email", nil
	}
	return "", NotEmulatedEmail(s)
}

// NotEmulatedEmail returns the response to an email that the in-memory backend does not lower-case as JavaScript does,
// or nil.
func NotEmulatedEmail(s string) *response.Response {
	if strings.ContainsRune(s, 'Σ') {
		return response.NotEmulated(js.NotEmulatedError("a capital sigma in an email"))
	}
	return nil
}

// NotEmpty accepts all but null, the empty text and an absent property.
func NotEmpty(name string, v any) (string, *response.Response) {
	if v == nil || v == "" || v == (undefined{}) {
		return name + " should not be empty", nil
	}
	return "", nil
}

// Object accepts an object.
func Object(name string, v any) (string, *response.Response) {
	if _, ok := v.(*js.Object); !ok {
		return name + " must be an object", nil
	}
	return "", nil
}

// Anything accepts every value.
func Anything(string, any) (string, *response.Response) { return "", nil }

// Nested accepts an object of the class, and lists of such objects at any depth.
func Nested(c Class) Check {
	var nested Check
	nested = func(name string, v any) (string, *response.Response) {
		switch v := v.(type) {
		case undefined:
			return "", nil
		case *js.Object:
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

// StringOr accepts a string or an object of the class. Its message about anything else is JSON, and hides all others.
func StringOr(c Class) Check {
	return func(name string, v any) (string, *response.Response) {
		if _, ok := v.(string); ok {
			return "", nil
		}
		problem := unknownValue
		if o, ok := v.(*js.Object); ok {
			messages, failed := c.problems(o)
			if failed != nil || len(messages) == 0 {
				return "", failed
			}
			problem = strings.Join(messages, ", ")
		}
		notString := fmt.Sprintf("String validation failed: %s is not a string", toString(v))
		return "", response.InvalidData(string(js.Append(nil, js.Members{
			{Name: "message", Value: name + " must be one of: AddressPayload,String"},
			{Name: "details", Value: js.Members{{Name: "String", Value: parts(notString)}, {Name: "AddressPayload", Value: parts(problem)}}},
		})))
	}
}

// parts returns the parts of a message between its commas, but for empty ones.
func parts(message string) []any {
	list := []any{}
	for part := range strings.SplitSeq(message, ",") {
		if part != "" {
			list = append(list, part)
		}
	}
	return list
}

// toString returns String(v).
func toString(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			if e != nil {
				parts[i] = toString(e)
			}
		}
		return strings.Join(parts, ",")
	case *js.Object:
		return "[object Object]"
	}
	return string(js.Append(nil, v))
}
