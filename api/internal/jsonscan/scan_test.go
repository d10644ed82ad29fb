package jsonscan

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// texts are values of each kind, whole and broken.
var texts = []string{
	`""`, `"a"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\u00e9\u20AC"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\u0041"`,
	"\"\xff\"", "\"a\xc3\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xef\xbf\xbd\"", "\"é日本😀\"", "\"\x7f\"", "\"\x00\"", "\"\n\"", `"\u00"`, `"\u00g0"`, `"\u00:0"`, "\"\\u00\x100\"", `"\x"`, `"\`, `"\u`, `"`, `"a`, `"\"`,
	"0", "-0", "10", "01", "-", "+1", "1.", ".5", "1.5", "1e5", "1E+5", "1e-5", "1e", "1e+", "-1.25e+10", "0e0", "00", "0.0", "-01", "1.5.5", "1e5e5", "0x1", "NaN",
	"true", "false", "null", "tru", "nul", "truex", "{}", "[]", `{"a":[1,{"b":null}],"c":""}`, `{"a":1,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a" 1}`, `{"a":}`, `{1:2}`, `[}`, `{]`, `[`, `{`, `{"a"`, `{"a":1`,
	strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), `"` + strings.Repeat("x", 100) + `\t` + strings.Repeat("é", 100) + `"`,
}

// FuzzValue compares what is taken, and what becomes of a text, with encoding/json.
func FuzzValue(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
		f.Add([]byte(" " + text + "\r\n\t"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Decoder
		d.Reset(context.Background(), data)
		if ok := d.Skip() && d.End(); ok != json.Valid(data) {
			t.Fatalf("%q: skipped %t, valid %t", data, ok, !ok)
		}
		if d.Reset(context.Background(), data); d.Peek() == '"' {
			s, ok := d.String("")
			ok = ok && d.End()
			var want string
			if err := json.Unmarshal(data, &want); (err == nil) != ok || ok && string(s) != want {
				t.Fatalf("%q: %q, %t, want %q, %v", data, s, ok, want, err)
			}
		}
	})
}

func TestDeepJSONIsSkippedIfItMay(t *testing.T) {
	var d Decoder
	deep := []byte(strings.Repeat(`[{"a":`, 1<<20) + "0" + strings.Repeat("}]", 1<<20))
	d.Reset(t.Context(), deep)
	if m := d.Mark(); d.Skip() || !d.Rewind(m) {
		t.Error("it is taken, or nothing can be read after it")
	}
	if d.Deep = true; !d.Skip() || !d.End() {
		t.Error("it is not skipped")
	}
	if d.Release(); cap(d.stack) > maxScratch {
		t.Errorf("%d bytes are kept", cap(d.stack))
	}
}
