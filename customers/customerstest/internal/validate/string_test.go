package validate

import (
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

func TestToString(t *testing.T) {
	for text, want := range map[string]string{
		`1.5`: "1.5", `true`: "true", `"x"`: "x", `[1,[2,null,"a,b"],{}]`: "1,2,,a,b,[object Object]", `[]`: "", `1e21`: "1e+21", `null`: "null",
	} {
		v, err := js.Parse([]byte(text))
		if got := toString(v); err != nil || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
