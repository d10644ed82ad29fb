package js

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// ErrSyntax is the error of Parse for text that JSON.parse refuses.
var ErrSyntax = errors.New("the text is not JSON")

// surrogate is an escape that may be half of a surrogate pair.
var surrogate = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// Parse reads what JSON.parse reads. Its error is ErrSyntax or [NotEmulatedError].
func Parse(text []byte) (any, error) {
	if !json.Valid(text) {
		return nil, ErrSyntax
	}
	if !utf8.Valid(text) {
		return nil, NotEmulatedError("JSON that is not UTF-8")
	}
	p := parser{json.NewDecoder(bytes.NewReader(text)), surrogate.Match(text)}
	p.UseNumber()
	return p.value()
}

// parser reads text that is known to be valid.
type parser struct {
	*json.Decoder
	surrogates bool // the text may have halves of surrogate pairs, which the decoder replaces
}

func (p parser) value() (v any, err error) {
	token, _ := p.Token()
	switch t := token.(type) {
	case json.Number:
		if v, err = t.Float64(); err != nil {
			return nil, NotEmulatedError("a number beyond 1.8e308")
		}
		return v, nil
	case string:
		if p.surrogates && strings.ContainsRune(t, utf8.RuneError) {
			return nil, NotEmulatedError("half of a surrogate pair")
		}
	case json.Delim:
		if t == '[' {
			v, err = p.list()
		} else {
			v, err = p.object()
		}
		_, _ = p.Token() // the other bracket
		return v, err
	}
	return token, nil
}

func (p parser) list() ([]any, error) {
	list := []any{}
	for p.More() {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (p parser) object() (*Object, error) {
	o := NewObject()
	for p.More() {
		name, err := p.value()
		if err != nil {
			return nil, err
		}
		text, _ := name.(string)
		if IsInherited(text) {
			return nil, NotEmulatedError("a property with the inherited name " + text)
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		o.Set(text, v)
	}
	return o, nil
}
