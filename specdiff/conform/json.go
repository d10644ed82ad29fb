package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

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

// excerpt is v as JSON, cut off.
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

// parseJSON parses exactly one value, with the numbers as they are written.
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
