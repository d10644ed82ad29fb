package jsontype_test

import (
	"encoding/json"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/internal/jsontype"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, "null"}, {true, "boolean"}, {"1", "string"}, {[]any{}, "array"}, {map[string]any{}, "object"},
		{json.Number("1"), "integer"}, {json.Number("1e3"), "integer"}, {json.Number("1.0"), "integer"}, {json.Number("1.5"), "number"},
		{json.Number("1e999999"), "number"}, {1.0, "integer"}, {1.5, "number"},
	} {
		if got := jsontype.Of(test.value); got != test.want {
			t.Errorf("%v is %s, want %s", test.value, got, test.want)
		}
	}
}
