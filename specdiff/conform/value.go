package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/internal/number"
)

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if n, ok := number.Parse(v); ok && n.IsInt() {
			return "integer"
		}
		return "number"
	}
	return "object"
}

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
