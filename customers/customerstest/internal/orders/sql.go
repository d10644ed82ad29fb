package orders

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

const sqlSpace = " \t\n\v\f\r"

var (
	sqlDecimal = regexp.MustCompile(`^[+-]?[0-9]+$`)
	sqlOdd     = regexp.MustCompile(`^[+-]?0[xXoObB]|[0-9][_eE]`) // another base, digits in groups, an exponent
)

// sqlInteger reads an integer as Postgres does.
func sqlInteger(s string) (n int32, ok bool, err error) {
	s = strings.Trim(s, sqlSpace)
	if sqlOdd.MatchString(s) {
		return 0, false, js.NotEmulatedError("a display_id such as " + strconv.Quote(s))
	}
	v, err := strconv.ParseInt(s, 10, 32)
	return int32(v), err == nil && sqlDecimal.MatchString(s), nil
}

// sqlReal reads a floating-point number of 32 bits as Postgres does.
func sqlReal(s string) (f float32, ok bool, err error) {
	s = strings.Trim(s, sqlSpace)
	v, err := strconv.ParseFloat(s, 32)
	if sqlOdd.MatchString(s) || err == nil && v == 0 && strings.ContainsAny(s, "123456789") {
		return 0, false, js.NotEmulatedError("a tax_rate such as " + strconv.Quote(s))
	}
	return float32(v), err == nil, nil
}

// like is the pattern of an ILIKE: runes in lower case, or one of the wildcards.
type like []rune

const (
	anyRunes rune = -1 - iota // %
	oneRune                   // _
)

// newLike returns the pattern %q%. In q, the characters %, _ and \ have their meaning in a pattern.
func newLike(q string) like {
	l := like{anyRunes}
	escaped := false
	for _, c := range asciiLower(q) + "%" {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
			continue
		case c == '%':
			if c = anyRunes; l[len(l)-1] == anyRunes {
				continue // as much as one of them
			}
		case c == '_':
			c = oneRune
		}
		l = append(l, c)
	}
	return l
}

// matches reports whether the pattern is that of the text, in a database without a language: only A to Z have two
// cases. It goes back to the last % at most.
func (l like) matches(s string) bool {
	text := []rune(asciiLower(s))
	t, p := 0, 0
	lastAny, from := -1, 0
	for t < len(text) {
		switch {
		case p < len(l) && l[p] == anyRunes:
			lastAny, from = p, t
			p++
		case p < len(l) && (l[p] == oneRune || l[p] == text[t]):
			p++
			t++
		case lastAny >= 0:
			from++
			p, t = lastAny+1, from
		default:
			return false
		}
	}
	for p < len(l) && l[p] == anyRunes {
		p++
	}
	return p == len(l)
}

func asciiLower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
