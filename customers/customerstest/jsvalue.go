package customerstest

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// JSON values are held as JavaScript has them: nil, bool, float64, string, []any and *object. Strings may hold half of a
// surrogate pair, which Go can't write as UTF-8; it is kept as the three bytes it would be, so such a string is not
// valid UTF-8. The database refuses it.

// object is a JavaScript object: properties in order, those that look like an array's index first.
type object struct {
	names  []string
	values map[string]any
}

func newObject() *object { return &object{values: make(map[string]any)} }

func (o *object) set(name string, v any) {
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	o.values[name] = v
}

func (o *object) delete(name string) {
	if _, there := o.values[name]; there {
		delete(o.values, name)
		o.names = slices.DeleteFunc(o.names, func(n string) bool { return n == name })
	}
}

// text is a property that is known to be a string, or "".
func (o *object) text(name string) string {
	s, _ := o.values[name].(string)
	return s
}

// keys are the names in the order in which JavaScript walks through them.
func (o *object) keys() []string {
	var indices, others []string
	for _, name := range o.names {
		if _, ok := arrayIndex(name); ok {
			indices = append(indices, name)
		} else {
			others = append(others, name)
		}
	}
	if indices == nil {
		return others
	}
	slices.SortFunc(indices, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return append(indices, others...)
}

// arrayIndex reads a name that JavaScript takes for an array's index: digits without a leading zero.
func arrayIndex(name string) (int, bool) {
	n, err := strconv.ParseUint(name, 10, 32)
	return int(n), err == nil && n < math.MaxUint32 && strconv.FormatUint(n, 10) == name
}

// inherited are the properties that every object has without their being set.
var inherited = []string{
	"constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
	"__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
}

// parseJSON reads what JSON.parse reads; ok is false for what it refuses.
func parseJSON(text []byte) (v any, ok bool) {
	if !json.Valid(text) {
		return nil, false
	}
	p := jsonParser{rest: text}
	return p.value(), true
}

// jsonParser walks over text that is known to be valid.
type jsonParser struct{ rest []byte }

func (p *jsonParser) next() byte {
	p.rest = bytes.TrimLeft(p.rest, " \t\r\n")
	return p.rest[0]
}

// took says whether c comes next, and if so goes past it.
func (p *jsonParser) took(c byte) bool {
	if p.next() != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *jsonParser) value() any {
	switch c := p.next(); c {
	case '{':
		return p.object()
	case '[':
		return p.array()
	case '"':
		return p.string()
	case 't':
		p.rest = p.rest[len("true"):]
		return true
	case 'f':
		p.rest = p.rest[len("false"):]
		return false
	case 'n':
		p.rest = p.rest[len("null"):]
		return nil
	default:
		end := 1
		for end < len(p.rest) && strings.IndexByte("0123456789+-.eE", p.rest[end]) >= 0 {
			end++
		}
		n, _ := strconv.ParseFloat(string(p.rest[:end]), 64) // out of range: infinite, as in JavaScript
		p.rest = p.rest[end:]
		return n
	}
}

func (p *jsonParser) object() *object {
	o := newObject()
	p.took('{')
	for !p.took('}') {
		p.next()
		name := p.string()
		p.took(':')
		o.set(name, p.value())
		p.took(',')
	}
	return o
}

func (p *jsonParser) array() []any {
	a := []any{}
	p.took('[')
	for !p.took(']') {
		a = append(a, p.value())
		p.took(',')
	}
	return a
}

func (p *jsonParser) string() string {
	p.rest = p.rest[1:]
	if end := bytes.IndexAny(p.rest, `"\`); p.rest[end] == '"' {
		s := string(p.rest[:end])
		p.rest = p.rest[end+1:]
		return s
	}
	var s []byte
	for {
		c := p.rest[0]
		switch {
		case c == '"':
			p.rest = p.rest[1:]
			return string(s)
		case c != '\\':
			s = append(s, c)
			p.rest = p.rest[1:]
		case p.rest[1] == 'u':
			s = p.appendEscape(s)
		default:
			s = append(s, unescape[p.rest[1]])
			p.rest = p.rest[2:]
		}
	}
}

var unescape = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// appendEscape reads \uXXXX, or two that are a pair.
func (p *jsonParser) appendEscape(s []byte) []byte {
	unit := p.escapedUnit(0)
	if isHighSurrogate(unit) && len(p.rest) >= 12 && p.rest[6] == '\\' && p.rest[7] == 'u' {
		if low := p.escapedUnit(6); isLowSurrogate(low) {
			p.rest = p.rest[12:]
			return utf8.AppendRune(s, (unit-0xD800)<<10+(low-0xDC00)+0x10000)
		}
	}
	p.rest = p.rest[6:]
	if isHighSurrogate(unit) || isLowSurrogate(unit) {
		return append(s, 0xED, 0x80|byte(unit>>6&0x3F), 0x80|byte(unit&0x3F))
	}
	return utf8.AppendRune(s, unit)
}

func (p *jsonParser) escapedUnit(at int) rune {
	n, _ := strconv.ParseUint(string(p.rest[at+2:at+6]), 16, 16)
	return rune(n)
}

func isHighSurrogate(r rune) bool { return r >= 0xD800 && r < 0xDC00 }
func isLowSurrogate(r rune) bool  { return r >= 0xDC00 && r < 0xE000 }

// members are an object that is only to be written, in this order.
type members []member

type member struct {
	name  string
	value any
}

// appendJSON writes v as JSON.stringify does. Beside the types above it takes what the backend's rows hold.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendNumber(b, v)
	case string:
		return appendString(b, v)
	case *string:
		if v == nil {
			return append(b, "null"...)
		}
		return appendString(b, *v)
	case time.Time:
		return append(v.UTC().AppendFormat(append(b, '"'), timeFormat), '"')
	case []any:
		return appendList(b, v)
	case []members:
		return appendList(b, v)
	case *object:
		if v == nil {
			return append(b, "null"...)
		}
		b = append(b, '{')
		for i, name := range v.keys() {
			b = appendMember(b, i, name, v.values[name])
		}
		return append(b, '}')
	case members:
		if v == nil {
			return append(b, "null"...)
		}
		b = append(b, '{')
		for i, m := range v {
			b = appendMember(b, i, m.name, m.value)
		}
		return append(b, '}')
	default:
		return appendMarshaled(b, v)
	}
}

// timeFormat is how JavaScript writes a time in JSON.
const timeFormat = "2006-01-02T15:04:05.000Z"

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, e)
	}
	return append(b, ']')
}

func appendMember(b []byte, i int, name string, v any) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	b = appendString(b, name)
	return appendJSON(append(b, ':'), v)
}

// appendMarshaled is for values of package api, which say themselves how they are written.
func appendMarshaled(b []byte, v any) []byte {
	w := bytes.NewBuffer(b)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("customerstest: " + err.Error()) // a value that a test put in, such as a channel
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n"))
}

func appendNumber(b []byte, n float64) []byte {
	switch abs := math.Abs(n); {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return append(b, "null"...)
	case n == 0:
		return append(b, '0')
	case abs < 1e-6 || abs >= 1e21:
		s := strconv.FormatFloat(n, 'e', -1, 64)
		s = strings.Replace(s, "e-0", "e-", 1) // JavaScript does not pad the exponent
		return append(b, s...)
	default:
		return strconv.AppendFloat(b, n, 'f', -1, 64)
	}
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if escaped := escape[c]; escaped != 0 {
				b = append(b, '\\', escaped)
			} else if c < ' ' {
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
			} else {
				b = append(b, c)
			}
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 && i+2 < len(s) { // half of a surrogate pair
			unit := 0xD000 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
			b = append(b, '\\', 'u', hexDigits[unit>>12], hexDigits[unit>>8&0xF], hexDigits[unit>>4&0xF], hexDigits[unit&0xF])
			i += 3
			continue
		}
		b = append(b, s[i:i+size]...)
		i += size
	}
	return append(b, '"')
}

var escape = [utf8.RuneSelf]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// toString is what JavaScript makes of v in a text. ok is false for an object that can't be one: it has a property
// toString of its own.
func toString(v any) (s string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			if e == nil {
				continue
			}
			if parts[i], ok = toString(e); !ok {
				return "", false
			}
		}
		return strings.Join(parts, ","), true
	case *object:
		_, shadowed := v.values["toString"]
		return "[object Object]", !shadowed
	case float64:
		switch {
		case math.IsInf(v, 1):
			return "Infinity", true
		case math.IsInf(v, -1):
			return "-Infinity", true
		}
	}
	return string(appendJSON(nil, v)), true
}

// isTruthy is what JavaScript's if asks.
func isTruthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return v != ""
	}
	return true
}

// lowerCase is JavaScript's toLowerCase, which differs from Go's in two letters: a dotted capital I keeps its dot, and a
// capital sigma at the end of a word becomes a final one.
func lowerCase(s string) string {
	lower := strings.ToLower(s)
	if !strings.ContainsAny(s, "İΣ") {
		return lower
	}
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && endsWord(runes, i):
			b.WriteRune('ς')
		default:
			b.WriteString(strings.ToLower(string(r)))
		}
	}
	return b.String()
}

func endsWord(runes []rune, i int) bool {
	isCased := func(r rune) bool {
		return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
	}
	// Marks and some punctuation don't interrupt a word. Of them an email can have these before its @.
	isIgnored := func(r rune) bool { return strings.ContainsRune(".'^`", r) || r >= 0x300 && r < 0x370 }
	before, after := i-1, i+1
	for before >= 0 && isIgnored(runes[before]) {
		before--
	}
	for after < len(runes) && isIgnored(runes[after]) {
		after++
	}
	return before >= 0 && isCased(runes[before]) && (after == len(runes) || !isCased(runes[after]))
}
