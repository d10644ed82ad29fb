package js

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// The wanted texts are those of JSON.stringify(JSON.parse(text)).
func TestJSONRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		`{ "a" : [ 1 , true,false,null , "x" ] }`:                         `{"a":[1,true,false,null,"x"]}`,
		`{"b":1,"10":2,"a":3,"9":4,"01":5,"4294967295":6,"4294967294":7}`: `{"9":4,"10":2,"4294967294":7,"b":1,"a":3,"01":5,"4294967295":6}`,
		`{"a":1,"b":2,"a":3}`:                                             `{"a":3,"b":2}`,
		`[1.0,-0,1e21,1e-7,123456789012345678901234567890,0.000001,1.5e300,5e-324,100000000000000000000]`: `[1,0,1e+21,1e-7,1.2345678901234568e+29,0.000001,1.5e+300,5e-324,100000000000000000000]`,
		`"\u00e9\/\ud83d\ude00\u2028<>&"`:    "\"é/😀\u2028<>&\"",
		`"\b\f\n\r\t\u0001\u001f\u007f\"\\"`: "\"\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\\\"\\\\\"",
		`"\ufffd"`:                           "\"\ufffd\"",
		`[]`:                                 `[]`, `{}`: `{}`, `[[],{}]`: `[[],{}]`, `""`: `""`, `{"":{"":""}}`: `{"":{"":""}}`,
	} {
		v, err := Parse([]byte(text))
		if got := string(Append(nil, v)); err != nil || got != want {
			t.Errorf("%s: %v\n got %s\nwant %s", text, err, got, want)
		}
	}
	for _, bad := range []string{``, ` `, `{`, `{"a":1,}`, `{a:1}`, `[01]`, `nul`, `"\x"`, "\"\n\"", `{} x`, `'a'`, `[1 2]`, "\xff"} {
		if v, err := Parse([]byte(bad)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%s is %v, %v", bad, v, err)
		}
	}
	for _, odd := range []string{
		`"\ud83d"`, `["\udc00\ud800"]`, `{"\ud800":1}`, `{"a":1e400}`, `[{"toString":1}]`, `{"__proto__":{}}`, "\"\xff\"",
	} {
		if v, err := Parse([]byte(odd)); !isNotEmulated(err) {
			t.Errorf("%s is %v, %v", odd, v, err)
		}
	}
}

func TestAppendRows(t *testing.T) {
	text := "x"
	var none *string
	got := string(Append(nil, Members{
		{"text", &text}, {"none", none}, {"number", 5}, {"time", time.Date(2026, 1, 2, 4, 4, 5, 678_999_000, time.FixedZone("", 3600))},
		{"list", []Members{{{"a", true}}}}, {"nothing", Members(nil)}, {"raw", json.RawMessage(`{"a":"<&>"}`)},
	}))
	want := `{"text":"x","none":null,"number":5,"time":"2026-01-02T03:04:05.678Z","list":[{"a":true}],"nothing":null,"raw":{"a":"<&>"}}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
