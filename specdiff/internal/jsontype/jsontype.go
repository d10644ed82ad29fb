// Package jsontype names the types of JSON values as OpenAPI does.
package jsontype

import (
	"encoding/json"
	"math"

	"github.com/medusa-storefront/customers-go/specdiff/internal/number"
)

// Of returns the type of a value as encoding/json decodes it: null, boolean, string, integer, number, array or object. A
// number without a fraction is an integer, however it is written. One that is no number of an API is a number.
func Of(v any) string {
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
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "object"
}
