package validate

import (
	"strings"
	"testing"
)

// The backend's validator judges them so.
func TestIsEmail(t *testing.T) {
	for _, good := range []string{
		"a@x.com", "A.B@X.Com", "a'!#$%&*+/=?^_`{|}~-@b.com", `"a b"@x.com`, `"a\"b"@x.com`, `"@x.com`, `""@x.com`, "\"a\tb\"@x.com", "\"a\nb\"@x.com",
		"é@x.com", "\u00a1@x.com", "ünï@exämple.com", "a\u2028@x.com", "\uf900@x.com", "a@xn--80ak6aa92e.com", "a@x.xn--p1ai", "a@\U0001F600.com",
		"a@1.com", "a@x.\u00a1\u00a1", strings.Repeat("x", 64) + "@x.com", strings.Repeat("x", 62) + "é@x.com",
		"a@" + strings.Repeat("é", 63) + ".com", "x@" + strings.Repeat(strings.Repeat("y", 63)+".", 3) + "com",
	} {
		if !isEmail(good) {
			t.Errorf("%q is none", good)
		}
	}
	for _, bad := range []string{
		"", "x", "@", "a@", "@x.com", "a@b", "a@b.c", "a@b.12", "a@b.c0m", "a@b.c1", "a@127.0.0.1", "a@[127.0.0.1]", "a@[::1]", " a@x.com", "a@x.com ",
		"a..b@x.com", ".a@x.com", "a.@x.com", "a b@x.com", "a,b@x.com", "a<b@x.com", "a(c)@x.com", `a\@x.com`, "a@b@x.com", `"a"b"@x.com`, `"a\"@x.com`,
		"\"a\\\nb\"@x.com", "\"\x00\"@x.com", "\"\U0001F600\"@x.com", "\U0001F600@x.com", "\u00a0@x.com", "\ue000@x.com", "\ufff0@x.com", "\x7f@x.com",
		"a@-x.com", "a@x-.com", "a@x_y.com", "a@.com", "a@x..com", "a@x.com.", "a@ｘ.com", "a@x.c©m", "a@x.xn--", "a@x.\u2028\u2028", "a@x.\U0001F600\U0001F600",
		strings.Repeat("x", 65) + "@x.com", strings.Repeat("x", 63) + "é@x.com", "a@" + strings.Repeat("y", 64) + ".com",
		"a@" + strings.Repeat("\U0001F600", 32) + ".com", strings.Repeat("x", 60) + "@" + strings.Repeat(strings.Repeat("y", 60)+".", 4) + "com",
	} {
		if isEmail(bad) {
			t.Errorf("%q is one", bad)
		}
	}
}
