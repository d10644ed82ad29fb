package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

const excerptBytes = 60

// excerpt returns v as JSON, cut off.
func excerpt(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(text) > excerptBytes {
		return string(text[:excerptBytes]) + "…"
	}
	return string(text)
}

// parseJSON parses exactly one value. It keeps numbers as they are written.
func parseJSON(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// strictJSON returns an error if readers of JSON may differ about a body: it is not UTF-8, it has half a surrogate pair,
// or an object has a name twice.
func strictJSON(body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("it is not UTF-8")
	}
	if halfPair(body) {
		return errors.New("it has half a surrogate pair")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	type level struct {
		names map[string]bool // nil in a list
		value bool            // whether a value comes next, and no name
	}
	var levels []level
	for {
		token, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // it is the end, because the body was parsed before
		}
		top := len(levels) - 1
		name, isText := token.(string)
		switch {
		case token == json.Delim('{'):
			levels = append(levels, level{names: map[string]bool{}})
			continue
		case token == json.Delim('['):
			levels = append(levels, level{value: true})
			continue
		case token == json.Delim('}'), token == json.Delim(']'):
			levels = levels[:top]
			top--
		case top >= 0 && levels[top].names != nil && !levels[top].value && isText:
			if levels[top].names[name] {
				return fmt.Errorf("the name %q is there twice", name)
			}
			levels[top].names[name], levels[top].value = true, true
			continue
		}
		if top >= 0 && levels[top].names != nil {
			levels[top].value = false // a name comes next
		}
	}
}

// anEscape matches an escape of JSON, with the code of one that is written as such.
var anEscape = regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|.)`)

// halfPair reports whether a text of JSON has an escaped half of a surrogate pair without the other half.
func halfPair(body []byte) bool {
	if !bytes.Contains(body, []byte(`\u`)) {
		return false // which most are
	}
	open := -1 // where the second half of a pair has to begin
	for _, at := range anEscape.FindAllSubmatchIndex(body, -1) {
		code := uint64(0)
		if at[2] >= 0 {
			code, _ = strconv.ParseUint(string(body[at[2]:at[3]]), 16, 32)
		}
		second := code >= 0xdc00 && code <= 0xdfff
		if isPair := second && at[0] == open; !isPair && (open >= 0 || second) {
			return true
		}
		if open = -1; code >= 0xd800 && code <= 0xdbff {
			open = at[1]
		}
	}
	return open >= 0
}

// responseTime is the layout of all times that the backend sends.
const responseTime = "2006-01-02T15:04:05.000Z"

// formats are the formats of strings that are checked.
var formats = map[string]func(string) bool{
	"date-time": func(v string) bool { _, err := time.Parse(time.RFC3339Nano, v); return err == nil },
	"date":      func(v string) bool { _, err := time.Parse(time.DateOnly, v); return err == nil },
	"email":     func(v string) bool { a, err := mail.ParseAddress(v); return err == nil && a.Address == v },
	"uuid":      regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString,
	"uri":       func(v string) bool { u, err := url.Parse(v); return err == nil && u.IsAbs() },
}

// knownFormat reports whether a format is checked, or has nothing that can be.
func knownFormat(format string) bool {
	return formats[format] != nil || slices.Contains([]string{"int32", "int64", "float", "double", "password"}, format)
}
