package validate

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The letters beyond ASCII that an email may have before its @.
const emailLetters = `\x{A1}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}`

var (
	emailWord   = regexp.MustCompile("^[a-zA-Z0-9!#$%&'*+\\-/=?^_`{|}~" + emailLetters + "]+$")
	emailQuoted = regexp.MustCompile(`^([\x01-\x21\x23-\x5b\x5d-\x7f\x{A0}` + emailLetters + `]|\\[\x01-\x09\x0b-\x7f\x{A0}` + emailLetters + `])*$`)
	topDomain   = regexp.MustCompile(`^(?i:[a-z\x{A1}-\x{A8}\x{AA}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}]{2,}|xn[a-z0-9-]{2,})$`)
	domainLabel = regexp.MustCompile(`^[a-zA-Z0-9\-\x{A1}-\x{10FFFF}]+$`)
	fullWidth   = regexp.MustCompile(`[\x{FF01}-\x{FF5E}]`)
	anySpace    = regexp.MustCompile(`[\s\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]`)
)

// isEmail reports whether the backend's validator takes s for an email.
func isEmail(s string) bool {
	if utf16Len(s) > 254 {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	user, domain := "", s[at+1:]
	if at >= 0 {
		user = s[:at]
	}
	if len(user) > 64 || len(domain) > 254 || !isDomain(domain) {
		return false
	}
	if strings.HasPrefix(user, `"`) && strings.HasSuffix(user, `"`) {
		return emailQuoted.MatchString(strings.TrimSuffix(user[1:], `"`))
	}
	for word := range strings.SplitSeq(user, ".") {
		if !emailWord.MatchString(word) {
			return false
		}
	}
	return true
}

func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	top := labels[len(labels)-1]
	if len(labels) < 2 || !topDomain.MatchString(top) || anySpace.MatchString(top) {
		return false
	}
	for _, label := range labels {
		if utf16Len(label) > 63 || !domainLabel.MatchString(label) || fullWidth.MatchString(label) ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

// utf16Len returns s.length, as JavaScript counts it.
func utf16Len(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
