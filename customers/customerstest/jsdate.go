package customerstest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Numbers and dates as JavaScript reads them out of text, because the backend takes whatever that makes of them.

// jsSpace is what JavaScript takes for white space around a number.
const jsSpace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

var jsDecimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// jsNumber is Number(s): NaN if s isn't one, 0 if it is empty.
func jsNumber(s string) float64 {
	s = strings.Trim(s, jsSpace)
	switch {
	case s == "":
		return 0
	case s == "Infinity" || s == "+Infinity":
		return math.Inf(1)
	case s == "-Infinity":
		return math.Inf(-1)
	case jsDecimal.MatchString(s):
		f, _ := strconv.ParseFloat(s, 64) // infinite if it is too large, as in JavaScript
		return f
	}
	if len(s) > 2 && s[0] == '0' {
		if base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]; base != 0 {
			return digitsIn(base, s[2:])
		}
	}
	return math.NaN()
}

func digitsIn(base int, digits string) float64 {
	f := 0.0
	for _, c := range []byte(digits) {
		d, err := strconv.ParseUint(string(c), 36, 8)
		if err != nil || int(d) >= base {
			return math.NaN()
		}
		f = f*float64(base) + float64(d)
	}
	return f
}

// jsTime makes a time of milliseconds since 1970; there is none beyond 100,000,000 days.
func jsTime(ms float64) (time.Time, bool) {
	if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// jsDate is Date.parse(s) as V8 has it, in a process whose time zone is UTC. It knows ISO 8601 and, for all other
// texts, most orders in which people write a date.
func jsDate(s string) (time.Time, bool) {
	p := dateParser{tokens: dateTokens(s), dayHalf: none, zoneHour: none, zoneMinute: none}
	if !p.parse() {
		return time.Time{}, false
	}
	return p.result()
}

type dateTokenKind int

const (
	dateEnd dateTokenKind = iota
	dateNumber
	dateSymbol
	dateSpace
	dateWord
)

// dateToken is a number, a symbol (value is the character), white space or a word (value is what it stands for).
type dateToken struct {
	kind  dateTokenKind
	value int
	text  string // of a number or a word
	word  dateWordKind
}

type dateWordKind int

const (
	wordOther dateWordKind = iota
	wordMonth
	wordHalf // am or pm
	wordZone // hours behind UTC
	wordT
)

var dateWords = map[string]struct {
	kind  dateWordKind
	value int
}{
	"jan": {wordMonth, 1}, "feb": {wordMonth, 2}, "mar": {wordMonth, 3}, "apr": {wordMonth, 4}, "may": {wordMonth, 5},
	"jun": {wordMonth, 6}, "jul": {wordMonth, 7}, "aug": {wordMonth, 8}, "sep": {wordMonth, 9}, "oct": {wordMonth, 10},
	"nov": {wordMonth, 11}, "dec": {wordMonth, 12}, "am": {wordHalf, 0}, "pm": {wordHalf, 12}, "ut": {wordZone, 0},
	"utc": {wordZone, 0}, "z": {wordZone, 0}, "gmt": {wordZone, 0}, "cdt": {wordZone, 5}, "cst": {wordZone, 6},
	"edt": {wordZone, 4}, "est": {wordZone, 5}, "mdt": {wordZone, 6}, "mst": {wordZone, 7}, "pdt": {wordZone, 7},
	"pst": {wordZone, 8}, "t": {wordT, 0},
}

func dateTokens(s string) []dateToken {
	var tokens []dateToken
	runes := []rune(s)
	isSpace := func(c rune) bool { return strings.ContainsRune(jsSpace, c) }
	isDigit := func(c rune) bool { return '0' <= c && c <= '9' }
	isLetter := func(c rune) bool { return c >= 'A' && !isSpace(c) }
	for i := 0; i < len(runes); {
		start, c := i, runes[i]
		while := func(is func(rune) bool) string {
			for i < len(runes) && is(runes[i]) {
				i++
			}
			return string(runes[start:i])
		}
		t := dateToken{kind: dateSymbol, value: int(c)}
		switch {
		case isDigit(c):
			digits := while(isDigit)
			significant := strings.TrimLeft(digits, "0")
			t = dateToken{kind: dateNumber, text: digits}
			t.value, _ = strconv.Atoi(significant[:min(len(significant), 9)]) // V8 ignores the tenth digit and all after it
		case isLetter(c):
			text := []rune(strings.ToLower(while(isLetter)))
			known := dateWords[string(text[:min(len(text), 3)])]
			if len(text) > 3 && known.kind != wordMonth {
				known.kind = wordOther
			}
			t = dateToken{kind: dateWord, word: known.kind, value: known.value, text: string(text)}
		case isSpace(c):
			i++
			t.kind = dateSpace
		case c == '(':
			i = afterParentheses(runes, i)
		default:
			i++
		}
		tokens = append(tokens, t)
	}
	return tokens
}

// afterParentheses is the index after the parenthesis that closes the one at i, or the end.
func afterParentheses(runes []rune, i int) int {
	depth := 0
	for ; i < len(runes); i++ {
		switch runes[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// none is the value of what a date has not said so far.
const none = math.MinInt

// dateParser collects what a date says: up to three numbers of a day, up to four of a time, a month by name, half of
// the day and the zone.
type dateParser struct {
	tokens []dateToken

	day        []int
	iso        bool // the day is year, month, day
	month      int  // by name; 0 for none
	clock      []int
	dayHalf    int // hours to add: 0 or 12
	zoneSign   int // 0: no zone
	zoneHour   int
	zoneMinute int
}

func (p *dateParser) peek() dateToken {
	if len(p.tokens) == 0 {
		return dateToken{}
	}
	return p.tokens[0]
}

func (p *dateParser) next() dateToken {
	t := p.peek()
	if t.kind != dateEnd {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (t dateToken) isSymbol(c rune) bool { return t.kind == dateSymbol && t.value == int(c) }

func (t dateToken) isSign() bool { return t.isSymbol('+') || t.isSymbol('-') }

func (t dateToken) isZ() bool { return t.kind == dateWord && t.text == "z" }

func (p *dateParser) skip(c rune) bool {
	if p.peek().isSymbol(c) {
		p.next()
		return true
	}
	return false
}

// fixed takes a number of so many digits within a range.
func (p *dateParser) fixed(digits, least, most int) (int, bool) {
	t := p.peek()
	if t.kind != dateNumber || len(t.text) != digits || t.value < least || t.value > most {
		return 0, false
	}
	p.next()
	return t.value, true
}

func sign(t dateToken) int {
	if t.isSymbol('-') {
		return -1
	}
	return 1
}

// milliseconds reads the digits after a decimal point.
func milliseconds(t dateToken) int {
	ms, _ := strconv.Atoi((t.text + "00")[:3])
	return ms
}

func (p *dateParser) parse() bool {
	done, ok := p.isoDate()
	if done || !ok {
		return ok
	}
	return p.anyDate()
}

// isoDate reads a date as ECMAScript writes it. What it has read stays read if the text goes on in another way; only
// what follows a T has to be as it should: ok is false if it is not.
func (p *dateParser) isoDate() (done, ok bool) {
	if t := p.peek(); t.isSign() {
		rest := p.tokens
		p.next()
		year, ok := p.fixed(6, 0, 999999)
		if !ok || t.isSymbol('-') && year == 0 {
			p.tokens = rest
			return false, true
		}
		p.day = append(p.day, sign(t)*year)
	} else if year, ok := p.fixed(4, 0, 9999); ok {
		p.day = append(p.day, year)
	} else {
		return false, true
	}
	for _, most := range []int{12, 31} {
		if !p.skip('-') {
			break
		}
		n, ok := p.fixed(2, 1, most)
		if !ok {
			return false, true
		}
		p.day = append(p.day, n)
	}
	if t := p.peek(); t.kind == dateEnd {
		p.iso, p.zoneSign, p.zoneHour, p.zoneMinute = true, 1, 0, 0 // a day alone is one in UTC
		return true, true
	} else if t.kind != dateWord || t.word != wordT {
		return false, true
	}
	p.next()
	if !p.isoTime() || !p.isoZone() || p.peek().kind != dateEnd {
		return false, false
	}
	p.iso = true
	return true, true
}

func (p *dateParser) isoTime() bool {
	hour, ok := p.fixed(2, 0, 24)
	if !ok || !p.skip(':') {
		return false
	}
	most := 59
	if hour == 24 {
		most = 0
	}
	minute, ok := p.fixed(2, 0, most)
	if !ok {
		return false
	}
	p.clock = append(p.clock, hour, minute)
	if !p.skip(':') {
		return true
	}
	second, ok := p.fixed(2, 0, most)
	if !ok {
		return false
	}
	p.clock = append(p.clock, second)
	if !p.skip('.') {
		return true
	}
	t := p.next()
	if t.kind != dateNumber || hour == 24 && t.value > 0 {
		return false
	}
	p.clock = append(p.clock, milliseconds(t))
	return true
}

func (p *dateParser) isoZone() bool {
	t := p.peek()
	switch {
	case t.isZ():
		p.next()
		p.zoneSign, p.zoneHour, p.zoneMinute = 1, 0, 0
	case t.isSign():
		p.next()
		p.zoneSign = sign(t)
		if both, ok := p.fixed(4, 0, 9999); ok {
			p.zoneHour, p.zoneMinute = both/100, both%100
			return p.zoneHour < 24 && p.zoneMinute < 60
		}
		var okHour, okMinute bool
		p.zoneHour, okHour = p.fixed(2, 0, 23)
		if !okHour || !p.skip(':') {
			return false
		}
		p.zoneMinute, okMinute = p.fixed(2, 0, 59)
		return okMinute
	}
	return true
}

// anyDate reads a date in whatever order people write it.
func (p *dateParser) anyDate() bool {
	hasNumber := len(p.day) > 0
	for t := p.next(); t.kind != dateEnd; t = p.next() {
		switch {
		case t.kind == dateNumber:
			hasNumber = true
			if !p.number(t) {
				return false
			}
		case t.kind == dateWord:
			switch {
			case t.word == wordHalf && len(p.clock) > 0:
				p.dayHalf = t.value
			case t.word == wordMonth:
				p.month = t.value
				p.skip('-')
			case t.word == wordZone && hasNumber:
				p.zoneSign, p.zoneHour, p.zoneMinute = 1, t.value, 0
				if t.value > 0 {
					p.zoneSign = -1
				}
			case hasNumber || p.peek().kind == dateNumber:
				return false // other words only stand before the first number, and apart from it
			}
		case t.isSign() && (p.zoneHour == 0 && p.zoneMinute == 0 || len(p.clock) > 0):
			hasNumber = true
			if !p.offset(t) {
				return false
			}
		case (t.isSign() || t.isSymbol(')')) && hasNumber:
			return false
		}
	}
	return true
}

// expectsTime: a time has begun, and n can be its next part.
func (p *dateParser) expectsTime(n int) bool {
	return (len(p.clock) == 1 || len(p.clock) == 2) && n < 60 || len(p.clock) == 3 && n < 1000
}

// endTime adds the last part of a time; no other can follow.
func (p *dateParser) endTime(n int) {
	p.clock = append(p.clock, n, 0, 0, 0)[:4]
}

func (p *dateParser) number(t dateToken) bool {
	n := t.value
	if p.skip(':') {
		if p.skip(':') {
			if len(p.clock) > 0 {
				return false
			}
			p.clock = append(p.clock, n, 0)
			return true
		}
		if len(p.clock) == 4 {
			return false
		}
		p.clock = append(p.clock, n)
		p.skip('.')
		return true
	}
	if p.skip('.') && p.expectsTime(n) {
		p.clock = append(p.clock, n)
		fraction := p.next()
		if fraction.kind != dateNumber {
			return false
		}
		p.endTime(milliseconds(fraction))
		return true
	}
	if p.zoneHour != none && p.zoneMinute == none && n < 60 {
		p.zoneMinute = n
		return true
	}
	if p.expectsTime(n) {
		p.endTime(n)
		after := p.peek()
		return after.kind == dateEnd || after.kind == dateSpace || after.isZ() || after.isSign()
	}
	if len(p.day) == 3 {
		return false
	}
	p.day = append(p.day, n)
	p.skip('-')
	return true
}

// offset reads a zone's distance from UTC, after its sign.
func (p *dateParser) offset(t dateToken) bool {
	var n dateToken
	if p.peek().kind == dateNumber {
		n = p.next()
	}
	p.zoneSign = sign(t)
	if p.peek().isSymbol(':') {
		p.zoneHour, p.zoneMinute = n.value, none
		return true
	}
	switch len(n.text) {
	case 1, 2:
		p.zoneHour, p.zoneMinute = n.value, 0
	case 3, 4:
		p.zoneHour, p.zoneMinute = n.value/100, n.value%100
	default:
		return false
	}
	return true
}

// result puts together what was read.
func (p *dateParser) result() (time.Time, bool) {
	year, month, day, ok := p.date()
	if !ok {
		return time.Time{}, false
	}
	clock := append(p.clock, 0, 0, 0, 0)[:4]
	hour := clock[0]
	if p.dayHalf != none {
		if hour > 12 {
			return time.Time{}, false
		}
		hour = hour%12 + p.dayHalf
	}
	midnight := hour == 24 && clock[1] == 0 && clock[2] == 0 && clock[3] == 0
	if hour > 23 && !midnight || clock[1] > 59 || clock[2] > 59 || clock[3] > 999 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, clock[1], clock[2], clock[3]*1e6, time.UTC)
	if p.zoneSign != 0 {
		seconds := uint32(p.zoneHour * 3600) //nolint:gosec // V8's own overflow
		if p.zoneMinute != none {
			seconds += uint32(p.zoneMinute * 60) //nolint:gosec // as above
		}
		if seconds > math.MaxInt32 {
			return time.Time{}, false
		}
		t = t.Add(-time.Duration(p.zoneSign) * time.Duration(seconds) * time.Second)
	}
	return jsTime(float64(t.UnixMilli()))
}

// date finds out which of the numbers of a day is what.
func (p *dateParser) date() (year, month, day int, ok bool) {
	if len(p.day) == 0 {
		return 0, 0, 0, false
	}
	isDay := func(n int) bool { return 1 <= n && n <= 31 }
	n := append(p.day, 1, 1)[:3]
	switch {
	case p.month != 0 && !isDay(n[0]):
		year, month, day = n[0], p.month, n[1]
	case p.month != 0:
		day, month, year = n[0], p.month, n[1]
	case p.iso || !isDay(n[0]):
		year, month, day = n[0], n[1], n[2]
	default:
		month, day, year = n[0], n[1], n[2]
	}
	switch {
	case p.iso:
	case 0 <= year && year < 50:
		year += 2000
	case 50 <= year && year < 100:
		year += 1900
	}
	return year, month, day, 1 <= month && month <= 12 && isDay(day)
}
