package js

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Members are an object that is only written, in this order.
type Members []Member

// Member is a property of Members.
type Member struct {
	Name  string
	Value any
}

// TimeFormat is how JavaScript writes a time.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// Append appends v as JSON.stringify writes it. It takes the values of this package, Members and what a database row
// has.
func Append(b []byte, v any) []byte {
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
		if v != nil {
			return appendString(b, *v)
		}
		return append(b, "null"...)
	case time.Time:
		return append(v.UTC().AppendFormat(append(b, '"'), TimeFormat), '"')
	case json.RawMessage:
		return append(b, v...)
	case []any:
		return appendList(b, v)
	case []Members:
		return appendList(b, v)
	case *Object:
		m := Members{}
		for _, name := range v.Keys() {
			m = append(m, Member{name, v.Values[name]})
		}
		return Append(b, m)
	case Members:
		if v == nil {
			return append(b, "null"...)
		}
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = Append(append(appendString(b, m.Name), ':'), m.Value)
		}
		return append(b, '}')
	default:
		panic(fmt.Sprintf("customerstest: a %T is not a JavaScript value", v))
	}
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = Append(b, e)
	}
	return append(b, ']')
}

func appendNumber(b []byte, n float64) []byte {
	switch abs := math.Abs(n); {
	case n == 0:
		return append(b, '0')
	case abs < 1e-6 || abs >= 1e21:
		s := strconv.FormatFloat(n, 'e', -1, 64)
		return append(b, strings.Replace(s, "e-0", "e-", 1)...) // JavaScript does not pad the exponent
	default:
		return strconv.AppendFloat(b, n, 'f', -1, 64)
	}
}

func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < utf8.RuneSelf && escape[c] != 0:
			b = append(b, '\\', escape[c])
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

var escape = [utf8.RuneSelf]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}
