package customerstest

import (
	"math"
	"strings"
	"testing"
	"time"
)

// What JSON.stringify(JSON.parse(text)) makes of a text.
func TestJSONRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		`{ "a" : [ 1 , true,false,null , "x" ] }`:                         `{"a":[1,true,false,null,"x"]}`,
		`{"b":1,"10":2,"a":3,"9":4,"01":5,"4294967295":6,"4294967294":7}`: `{"9":4,"10":2,"4294967294":7,"b":1,"a":3,"01":5,"4294967295":6}`,
		`{"a":1,"b":2,"a":3}`:                                             `{"a":3,"b":2}`,
		`[1.0,-0,1e21,1e-7,123456789012345678901234567890,0.000001,1.5e300,5e-324,1e400,-1e400,100000000000000000000]`: `[1,0,1e+21,1e-7,1.2345678901234568e+29,0.000001,1.5e+300,5e-324,null,null,100000000000000000000]`,
		`"\u00e9\/\ud83d\ude00\u2028<>&"`:    "\"é/😀\u2028<>&\"",
		`"\ud800x\udc00\ud800\ud800\udc00"`:  `"\ud800x\udc00\ud800𐀀"`,
		`"\ud83dx"`:                          `"\ud83dx"`,
		`"\b\f\n\r\t\u0001\u001f\u007f\"\\"`: "\"\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\\\"\\\\\"",
		`[]`:                                 `[]`, `{}`: `{}`, `[[],{}]`: `[[],{}]`, `""`: `""`, `{"":{"":""}}`: `{"":{"":""}}`,
	} {
		v, ok := parseJSON([]byte(text))
		if got := string(appendJSON(nil, v)); !ok || got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	for _, bad := range []string{``, ` `, `{`, `{"a":1,}`, `{a:1}`, `[01]`, `nul`, `"\x"`, "\"\n\"", `{} x`, `'a'`, `[1 2]`} {
		if v, ok := parseJSON([]byte(bad)); ok {
			t.Errorf("%s is %v", bad, v)
		}
	}
}

func TestAppendJSONOfRows(t *testing.T) {
	text := "x"
	var none *string
	got := string(appendJSON(nil, members{
		{"text", &text}, {"none", none}, {"number", 5}, {"time", time.Date(2026, 1, 2, 4, 4, 5, 678_999_000, time.FixedZone("", 3600))},
		{"list", []members{{{"a", true}}}}, {"nothing", members(nil)}, {"model", struct {
			A string `json:"a"`
		}{"<&>"}}, {"infinite", math.Inf(1)},
	}))
	want := `{"text":"x","none":null,"number":5,"time":"2026-01-02T03:04:05.678Z","list":[{"a":true}],"nothing":null,"model":{"a":"<&>"},"infinite":null}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestToString(t *testing.T) {
	for text, want := range map[string]string{
		`1.5`: "1.5", `true`: "true", `"x"`: "x", `[1,[2,null,"a,b"],{}]`: "1,2,,a,b,[object Object]", `[]`: "", `1e400`: "Infinity", `-1e400`: "-Infinity", `1e21`: "1e+21",
	} {
		v, _ := parseJSON([]byte(text))
		if got, ok := toString(v); !ok || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	v, _ := parseJSON([]byte(`[{"toString":1}]`))
	if got, ok := toString(v); ok {
		t.Errorf("%q", got)
	}
}

func TestNewID(t *testing.T) {
	early, late := newID("cus", time.UnixMilli(1000)), newID("cus", time.UnixMilli(2000))
	for _, id := range []string{early, late} {
		if len(id) != len("cus_")+26 || strings.ContainsAny(id[4:], "ILOUilou") || id[4] > '7' {
			t.Errorf("%s is no ULID", id)
		}
	}
	// The first ten letters are the time, 5 bits each: 1000 is 31 * 32 + 8.
	if early >= late || early[4:14] != "00000000Z8" {
		t.Errorf("%s, %s", early, late)
	}
}
