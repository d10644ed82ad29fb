package customers

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	reasonNoJSON     = "it can't be sent as JSON"
	reasonNotUnicode = "it contains text that is not valid Unicode"
	reasonNUL        = "it contains a NUL, which the backend can't store"
	reasonKey        = "it contains a key that the backend drops without an error, as JavaScript objects have a method of that name"
	reasonTwice      = "it contains an object with the same key twice, of which the backend stores one"
	reasonNumber     = "it contains a number that JavaScript can't represent; send it as a string"
	reasonDepth      = "it is nested too deeply for the backend"
)

// maxDepth is how deep JSON that is sent may be nested. The backend, which recurses, fails some thousand levels down.
const maxDepth = 512

// prototypeKeys are what every JavaScript object has. The backend's body parser leaves out such keys, at any depth.
var prototypeKeys = []string{
	"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor", "hasOwnProperty",
	"isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
}

// unstorable returns why the backend would store JSON as something else than it is, or "".
func unstorable(text []byte) string {
	check := jsonCheck{Decoder: json.NewDecoder(bytes.NewReader(text))}
	check.UseNumber()
	reason := check.value(0)
	// What is not Unicode became U+FFFD, here or in json.Marshal, which writes it as an escape.
	if reason == "" && (!utf8.Valid(text) || check.replaced != bytes.Count(text, []byte("\uFFFD"))) {
		return reasonNotUnicode
	}
	return reason
}

// jsonCheck goes through JSON token by token.
type jsonCheck struct {
	*json.Decoder
	replaced int // how many U+FFFD are in its texts
}

// value checks the next value and returns why it is refused, or "".
func (d *jsonCheck) value(depth int) string {
	token, err := d.Token()
	if err != nil {
		return reasonNoJSON
	}
	switch token := token.(type) {
	case string:
		return d.text(token)
	case json.Number:
		if !isFloat(token.String()) {
			return reasonNumber
		}
	case json.Delim:
		if depth == maxDepth {
			return reasonDepth
		}
		return d.elements(token == '{', depth+1)
	}
	return ""
}

// elements checks what is in an object or array, and reads its end.
func (d *jsonCheck) elements(object bool, depth int) string {
	var keys map[string]bool
	for d.More() {
		if object {
			token, err := d.Token()
			key, ok := token.(string)
			if err != nil || !ok {
				return reasonNoJSON
			}
			if keys == nil {
				keys = map[string]bool{}
			}
			switch reason := d.text(key); {
			case reason != "":
				return reason
			case slices.Contains(prototypeKeys, key):
				return reasonKey
			case keys[key]:
				return reasonTwice
			}
			keys[key] = true
		}
		if reason := d.value(depth); reason != "" {
			return reason
		}
	}
	if _, err := d.Token(); err != nil {
		return reasonNoJSON
	}
	return ""
}

func (d *jsonCheck) text(s string) string {
	d.replaced += strings.Count(s, "\uFFFD")
	if strings.ContainsRune(s, 0) {
		return reasonNUL
	}
	return ""
}

// isFloat reports whether a JSON number is one that JavaScript reads and writes as the same number.
func isFloat(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false // beyond the largest
	}
	digits, exponent := decimal(number)
	keptDigits, keptExponent := decimal(strconv.FormatFloat(f, 'e', -1, 64))
	return digits == keptDigits && exponent == keptExponent
}

// decimal returns a number's digits, without zeros at either end, and the power of ten of the last one.
func decimal(number string) (digits string, exponent int) {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	exponent, _ = strconv.Atoi(power)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	all := strings.TrimLeft(whole+fraction, "0")
	digits = strings.TrimRight(all, "0")
	if digits == "" {
		return "", 0
	}
	return digits, exponent - len(fraction) + len(all) - len(digits)
}
