package orders

import (
	"strings"
	"testing"
	"time"
)

// The wanted results are those of ILIKE '%q%' in Postgres 16.
func TestLike(t *testing.T) {
	for _, test := range []struct {
		q, text string
		want    bool
	}{
		{"a", "bar", true}, {"A", "bar", true}, {"x", "bar", false}, {"bar", "bar", true}, {"barr", "bar", false}, {"%", "", true}, {"_", "", false}, {"_", "é", true},
		{"b_r", "bar", true}, {"b%r", "br", true}, {"b%r", "baaar", true}, {"a%b%c", "xaybzcw", true}, {"a%b%c", "xaycz", false}, {"__%", "a", false},
		{`\%`, "100%", true}, {`\%`, "100", false}, {`\_`, "a_b", true}, {`\_`, "ab", false}, {`\\`, `a\b`, true}, {`a\`, "ab", false}, {`a\`, "a%", true},
		{"aab", "aaab", true}, {"%a%a%", "aa", true}, {"%a%a%a", "aa", false}, {"É", "é", false}, {".", "a", false}, {"a\nb", "a\nb", true},
	} {
		if got := newLike(test.q).matches(test.text); got != test.want {
			t.Errorf("%q in %q: %v", test.q, test.text, got)
		}
	}
}

// Thousands of wildcards once took seconds.
func TestLikeTakesLinearTime(t *testing.T) {
	for _, q := range []string{strings.Repeat("%_", 50_000), strings.Repeat("%a", 50_000), strings.Repeat("%", 100_000) + "b"} {
		start := time.Now()
		for range 5 {
			newLike(q).matches(strings.Repeat("a", 250))
		}
		if passed := time.Since(start); passed > 2*time.Second {
			t.Errorf("%.6s…: %v", q, passed)
		}
	}
}

func TestSQLNumbers(t *testing.T) {
	for text, want := range map[string]int32{"42": 42, "+7": 7, "-7": -7, "007": 7, "2147483647": 2147483647} {
		if n, ok, err := sqlInteger(text); n != want || !ok || err != nil {
			t.Errorf("%q is %d, %v, %v", text, n, ok, err)
		}
	}
	for _, text := range []string{"", "x", "1.5", "2147483648", "1 2", "١", "null"} {
		if n, ok, err := sqlInteger(text); ok || err != nil {
			t.Errorf("%q is %d, %v, %v", text, n, ok, err)
		}
	}
	for text, want := range map[string]float32{"19": 19, "-0.5": -0.5, ".5": 0.5, "0": 0} {
		if f, ok, err := sqlReal(text); f != want || !ok || err != nil {
			t.Errorf("%q is %v, %v, %v", text, f, ok, err)
		}
	}
	for _, text := range []string{"", "x", "1.5.2", "1 2", strings.Repeat("9", 40)} {
		if f, ok, err := sqlReal(text); ok || err != nil {
			t.Errorf("%q is %v, %v, %v", text, f, ok, err)
		}
	}
	for _, text := range []string{"0x10", "1_000", "1e3", "-0b1", "0o7"} {
		if n, _, err := sqlInteger(text); err == nil {
			t.Errorf("%q is %d", text, n)
		}
		if f, _, err := sqlReal(text); err == nil {
			t.Errorf("%q is %v", text, f)
		}
	}
}
