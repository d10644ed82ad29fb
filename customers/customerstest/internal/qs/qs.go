// Package qs reads a query string as the backend's library of that name does, as far as clients write one: a=1, a
// again, a[]=1, a[0]=1&a[1]=2 and a[b]=1. About all else its error is [js.NotEmulatedError].
package qs

import (
	"math"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// parameterLimit is how many parameters the backend reads.
const parameterLimit = 1000

var (
	brackets  = strings.NewReplacer("%5B", "[", "%5b", "[", "%5D", "]", "%5d", "]")
	bracketed = regexp.MustCompile(`^([^\[\]]+)\[([^\[\]]*)\]$`)
)

// Parse returns the query as an object. Its values are strings, lists of strings and objects of strings.
func Parse(raw string) (*js.Object, error) {
	q := query{js.NewObject(), make(map[string]string)}
	parts := strings.Split(brackets.Replace(raw), "&")
	if len(parts) > parameterLimit {
		return nil, js.NotEmulatedError("a query with more than 1000 parameters")
	}
	for _, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if strings.Contains(value, "]=") {
			return nil, js.NotEmulatedError("brackets in the value of a parameter")
		}
		name, err := unescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = unescape(value); err != nil {
			return nil, err
		}
		if name != "" {
			if err := q.add(name, value); err != nil {
				return nil, err
			}
		}
	}
	return q.Object, nil
}

// unescape is decodeURIComponent after + has become a space.
func unescape(s string) (string, error) {
	decoded, err := url.PathUnescape(strings.ReplaceAll(s, "+", " "))
	if err != nil || !utf8.ValidString(decoded) {
		return "", js.NotEmulatedError("a broken escape in a query")
	}
	return decoded, nil
}

// query is a query that is being read.
type query struct {
	*js.Object
	forms map[string]string // how the parameters of a name are written: "" is a=1, [] a[]=1, [0] a[0]=1 and [a] a[b]=1
}

func (q query) add(name, value string) error {
	key, form := "", ""
	if m := bracketed.FindStringSubmatch(name); m != nil {
		name, key = m[1], m[2]
		switch {
		case key == "":
			form = "[]"
		case js.ArrayIndex(key) < math.MaxUint32:
			form = "[0]"
		default:
			form = "[a]"
		}
	} else if strings.ContainsAny(name, "[]") {
		return js.NotEmulatedError("a parameter with nested or unbalanced brackets")
	}
	if js.IsInherited(name) || js.IsInherited(key) {
		return js.NotEmulatedError("a parameter with an inherited name")
	}
	old, there := q.Values[name]
	if there && q.forms[name] != form {
		return js.NotEmulatedError("a parameter that is written in two forms")
	}
	q.forms[name] = form
	list, _ := old.([]any)
	switch {
	case form == "[a]":
		o, _ := old.(*js.Object)
		if o == nil {
			o = js.NewObject()
			q.Set(name, o)
		}
		if _, twice := o.Values[key]; twice {
			return js.NotEmulatedError("a parameter with the same key twice")
		}
		o.Set(key, value)
	case form == "[0]" && js.ArrayIndex(key) != uint64(len(list)):
		return js.NotEmulatedError("a list with gaps or in another order")
	case form == "" && !there:
		q.Set(name, value)
	case form == "" && list == nil:
		q.Set(name, []any{old, value})
	default:
		q.Set(name, append(list, value))
	}
	return nil
}
