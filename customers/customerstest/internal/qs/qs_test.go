package qs

import (
	"errors"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// The wanted objects are those of qs 6.17.1 with arrayLimit Infinity, as Medusa calls it.
func TestParse(t *testing.T) {
	for query, want := range map[string]string{
		``:                                  `{}`,
		`a=1&b=2`:                           `{"a":"1","b":"2"}`,
		`b=1&5=2&a=3&10=4`:                  `{"5":"2","10":"4","b":"1","a":"3"}`,
		`a`:                                 `{"a":""}`,
		`=1&&`:                              `{}`,
		`a=1=2`:                             `{"a":"1=2"}`,
		`a=1&a=2&a=3`:                       `{"a":["1","2","3"]}`,
		`a[]=1`:                             `{"a":["1"]}`,
		`a[]=`:                              `{"a":[""]}`,
		`a[]=1&b=2&a[]=3`:                   `{"a":["1","3"],"b":"2"}`,
		`a%5B%5D=1&a%5b%5d=2`:               `{"a":["1","2"]}`,
		`a[0]=x&a[1]=y&a[2]=`:               `{"a":["x","y",""]}`,
		`a[01]=x`:                           `{"a":{"01":"x"}}`,
		`a[b]=1&a[c]=2`:                     `{"a":{"b":"1","c":"2"}}`,
		`a=x+y%20z%2B`:                      `{"a":"x y z+"}`,
		`a=%C3%A5&%62%5b%62%5D=1`:           `{"a":"å","b":{"b":"1"}}`,
		strings.Repeat("a=1&", 999) + "a=1": `{"a":[` + strings.Repeat(`"1",`, 999) + `"1"]}`,
	} {
		o, err := Parse(query)
		if err != nil {
			t.Errorf("%.60s: %v", query, err)
		} else if got := string(js.Append(nil, o)); got != want {
			t.Errorf("%.60s\n got %.200s\nwant %.200s", query, got, want)
		}
	}
}

func TestWhatIsNotEmulated(t *testing.T) {
	for query, want := range map[string]string{
		`a=1&a[]=2`: "two forms", `a[]=1&a=2`: "two forms", `a[0]=1&a[b]=2`: "two forms", `a[b]=1&a=2`: "two forms", `a[0]=1&a[]=2`: "two forms",
		`a[1]=x`: "gaps", `a[1]=x&a[0]=y`: "another order", `a[0]=x&a[0]=y`: "another order", `a[50000]=x`: "gaps",
		`a[b]=1&a[b]=2`: "same key twice", `a[b][c]=1`: "nested", `a[0][b]=1`: "nested", `a[][]=1`: "nested",
		`[0]=x`: "brackets", `[]=y`: "brackets", `a]=1`: "brackets", `a[=1`: "brackets", `a=b]=c`: "brackets",
		`a=%FF`: "broken escape", `a=%`: "broken escape", `%zz=1`: "broken escape",
		`toString=1`: "inherited", `a[constructor]=2`: "inherited", `__proto__[a]=1`: "inherited",
		strings.Repeat("a=1&", 1000) + "b=2": "1000",
	} {
		o, err := Parse(query)
		if _, ok := errors.AsType[js.NotEmulatedError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, %v, want %s", query, o, err, want)
		}
	}
}
