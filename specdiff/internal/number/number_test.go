package number_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/internal/number"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1.5": true, "1.7976931348623157e+308": true, "5E-324": true, strings.Repeat("9", 309): true,
		"1e999999": false, "1E-999999": false, strings.Repeat("9", 401): false, "x": false,
	} {
		if value, ok := number.Parse(json.Number(text)); ok != want || ok != (value != nil) {
			t.Errorf("%s: got %t, want %t", text, ok, want)
		}
	}
}
