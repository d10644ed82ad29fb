package customerstest

import (
	"strings"
	"testing"
)

// queryText writes what a query string made as JSON.
func queryText(v any) any {
	switch v := v.(type) {
	case *queryArray:
		list := []any{}
		for _, item := range v.items {
			list = append(list, queryText(item.value))
		}
		return list
	case *queryObject:
		m := members{}
		for _, name := range v.keys() {
			m = append(m, member{name, queryText(v.values[name])})
		}
		return m
	}
	return v
}

// What is wanted came out of qs 6.17.1 with arrayLimit Infinity, as Medusa calls it.
func TestQueryStringIsReadAsMedusaReadsIt(t *testing.T) {
	for query, want := range map[string]string{
		``:                                   `{}`,
		`a=1&b=2`:                            `{"a":"1","b":"2"}`,
		`b=1&5=2&a=3&10=4`:                   `{"5":"2","10":"4","b":"1","a":"3"}`,
		`a`:                                  `{"a":""}`,
		`=1&&`:                               `{}`,
		`a=1=2`:                              `{"a":"1=2"}`,
		`a=1&a=2&a=3`:                        `{"a":["1","2","3"]}`,
		`a[]=1`:                              `{"a":["1"]}`,
		`a[]=`:                               `{"a":[""]}`,
		`a[]=1&a=2`:                          `{"a":["1","2"]}`,
		`a=1&a[]=2`:                          `{"a":["1","2"]}`,
		`a%5B%5D=1&a%5b%5d=2`:                `{"a":["1","2"]}`,
		`a[1]=x&a[0]=y`:                      `{"a":["y","x"]}`,
		`a[50000]=x&a[3]=y&a[]=z`:            `{"a":["z","y","x"]}`,
		`a[01]=x`:                            `{"a":{"01":"x"}}`,
		`[0]=x&[]=y&[z]=1`:                   `{"0":["x","y"],"z":"1"}`,
		`a[b]=1&a[c]=2`:                      `{"a":{"b":"1","c":"2"}}`,
		`a[b][c][d][e][f][g][h]=1`:           `{"a":{"b":{"c":{"d":{"e":{"f":{"[g][h]":"1"}}}}}}}`,
		`a[0][b]=1&a[0][c]=2`:                `{"a":[{"b":"1","c":"2"}]}`,
		`a[b]=1&a=2`:                         `{"a":[{"b":"1"},"2"]}`,
		`a=2&a[b]=1`:                         `{"a":["2",{"b":"1"}]}`,
		`a[b]=1&a=2&a[c]=3`:                  `{"a":{"0":{"b":"1"},"1":"2","c":"3"}}`,
		`a[0]=x&a[b]=1`:                      `{"a":{"0":"x","b":"1"}}`,
		`a[b]=1&a[]=x`:                       `{"a":{"0":"x","b":"1"}}`,
		`a[b]=1&a[b]=2`:                      `{"a":{"b":["1","2"]}}`,
		`a=x+y%20z%2B`:                       `{"a":"x y z+"}`,
		`a=%C3%A5`:                           `{"a":"å"}`,
		`a=%FF`:                              `{"a":"%FF"}`,
		`a=%&b=%zz`:                          `{"a":"%","b":"%zz"}`,
		`a]=1&b[=2&c[d=3`:                    `{"a]":"1","b":{"[":"2"},"c":{"[d":"3"}}`,
		`toString=1&a[constructor]=2&b=3`:    `{"b":"3"}`,
		`__proto__[a]=1`:                     `{}`,
		strings.Repeat("a=1&", 1000) + "b=2": `{"a":[` + strings.Repeat(`"1",`, 999) + `"1"]}`,
	} {
		if got := string(appendJSON(nil, queryText(parseQuery(query)))); got != want {
			t.Errorf("%.60s\n got %.200s\nwant %.200s", query, got, want)
		}
	}
}
