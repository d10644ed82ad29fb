package medusa

import "testing"

func TestLowerCase(t *testing.T) {
	for s, want := range map[string]string{
		"Foo@X.COM": "foo@x.com", "É": "é", "İ": "i̇", "K": "k", "Ω": "ω", "ẞ": "ß", "Ⅷ": "ⅷ", "Ǆ": "ǆ",
	} {
		if got := lowerCase(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
