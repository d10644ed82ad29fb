// Package jsonscan reads a JSON text property by property, for decoders that are generated from the contract. It takes
// what encoding/json takes, and keeps nothing of it alive.
package jsonscan

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxModels  = 64       // how deep models may nest
	maxNesting = 10_000   // how deep JSON that is skipped may nest, as encoding/json has it
	checkEvery = 32 << 10 // how many bytes are read between two looks at the context
	maxScratch = 64 << 10 // how much memory is kept for the next text
)

// Decoder reads one text at a time.
type Decoder struct {
	Deep  bool // JSON that is skipped may nest as deep as it is long
	Depth int  // how many objects are open

	data    []byte
	pos     int
	ctx     context.Context //nolint:containedctx // a Decoder lives as long as one call
	check   int             // the position at which to look at the context
	stack   []byte          // the open brackets of JSON that is skipped
	scratch []byte          // the last string that had an escape sequence

	reason string // of a failure
	fatal  bool   // no later part of the text can be read either
	err    error  // the context's
}

// Reset makes d read data.
func (d *Decoder) Reset(ctx context.Context, data []byte) {
	*d = Decoder{data: data, ctx: ctx, check: checkEvery, stack: d.stack[:0], scratch: d.scratch[:0]}
}

// Release makes d keep nothing of what it read.
func (d *Decoder) Release() {
	if max(cap(d.stack), cap(d.scratch)) > maxScratch {
		d.stack, d.scratch = nil, nil
	}
	*d = Decoder{stack: d.stack[:0], scratch: d.scratch[:0]}
}

// Left returns how many bytes are still to be read.
func (d *Decoder) Left() int { return len(d.data) - d.pos }

// Failure returns the reason of the last failure, or "", and the context's error if that is what it was.
func (d *Decoder) Failure() (reason string, err error) { return d.reason, d.err }

// Fail stores why the value at this place can't be read, and returns false.
func (d *Decoder) Fail(reason string) bool {
	if d.reason == "" {
		d.reason = reason
	}
	return false
}

// malformed stores that the text is no JSON.
func (d *Decoder) malformed() bool {
	d.fatal = true
	return d.Fail("malformed JSON")
}

// canceled looks at the context when the position at is read.
func (d *Decoder) canceled(at int) bool {
	d.check = at + checkEvery
	d.err = d.ctx.Err()
	d.fatal = d.err != nil
	return d.fatal && !d.Fail("canceled")
}

// Peek returns the next byte that is no space, or 0 at the end.
func (d *Decoder) Peek() byte {
	for ; d.pos < len(d.data); d.pos++ {
		switch c := d.data[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			if d.pos >= d.check && d.canceled(d.pos) {
				return 0
			}
		default:
			return c
		}
	}
	return 0
}

// End checks that nothing follows.
func (d *Decoder) End() bool { return d.Peek() == 0 && d.pos == len(d.data) || d.malformed() }

// Null reads a null, if one comes.
func (d *Decoder) Null() bool { return d.Peek() == 'n' && d.literal("null") }

// Bool returns the boolean that comes.
func (d *Decoder) Bool() (value, ok bool) {
	switch d.Peek() {
	case 't':
		return true, d.literal("true")
	case 'f':
		return false, d.literal("false")
	}
	return false, d.mismatch("not a boolean")
}

func (d *Decoder) literal(want string) bool {
	if end := d.pos + len(want); end <= len(d.data) && string(d.data[d.pos:end]) == want {
		d.pos = end
		return true
	}
	return d.malformed()
}

// mismatch stores that the next value is not what is wanted.
func (d *Decoder) mismatch(want string) bool {
	c := d.Peek()
	switch {
	case c == 'n':
		want = "null"
	case c != '"' && c != '{' && c != '[' && c != '-' && c != 't' && c != 'f' && (c < '0' || c > '9'):
		return d.malformed()
	}
	return d.Fail(want)
}

// Object begins an object; Property reads on.
func (d *Decoder) Object() bool {
	if d.Peek() != '{' {
		return d.mismatch("not an object")
	}
	if d.Depth++; d.Depth > maxModels {
		return d.Fail("nested too deep")
	}
	return d.pos < d.check || !d.canceled(d.pos)
}

// Property reads the name of an object's next property and returns its index in names, each of which is quoted and has
// the colon after it. last is the index of the one before, or -1. It returns -1 after the last one, or on a failure,
// which CloseObject tells apart. What is not in names is skipped. next has what followed each name the last time, which
// is compared first.
func (d *Decoder) Property(names []string, next []uint8, last int) int {
	separator := byte(',')
	if last < 0 {
		separator = '{'
	}
	i := int(next[last+1])
	name := names[i]
	if end := d.pos + 1 + len(name); end <= len(d.data) && d.pos < d.check && d.data[d.pos] == separator && string(d.data[d.pos+1:end]) == name {
		d.pos = end
		return i
	}
	return d.property(names, next, last, separator)
}

func (d *Decoder) property(names []string, next []uint8, last int, separator byte) int {
	if d.pos >= d.check && d.canceled(d.pos) {
		return -1
	}
	for ; ; separator = ',' {
		c := d.Peek()
		if c == separator {
			d.pos++
			c = d.Peek()
			if c != '}' || separator == ',' {
				c = 0
			}
		}
		if c == '}' {
			return -1
		}
		key, ok := d.key(false)
		if c != 0 || !ok {
			d.malformed()
			return -1
		}
		if i := index(names, key); i >= 0 {
			next[last+1] = uint8(i) //nolint:gosec // a model has 64 properties at most
			return i
		}
		if !d.Skip() {
			return -1
		}
	}
}

// key reads a property's name and the colon.
func (d *Decoder) key(skip bool) ([]byte, bool) {
	if d.Peek() != '"' {
		return nil, d.malformed()
	}
	s, ok := d.str(skip)
	if !ok || d.Peek() != ':' {
		return nil, d.malformed()
	}
	d.pos++
	return s, true
}

// index finds a property's name as encoding/json does: exactly, or else without regard to case.
func index(names []string, key []byte) int {
	if i := slices.IndexFunc(names, func(name string) bool { return name[1:len(name)-2] == string(key) }); i >= 0 {
		return i
	}
	for i, name := range names {
		// Only two letters outside of ASCII are other cases of letters in it: K and s, of three and two bytes.
		if name = name[1 : len(name)-2]; len(key) >= len(name) && len(key) <= 3*len(name) && strings.EqualFold(name, string(key)) {
			return i
		}
	}
	return -1
}

// CloseObject ends an object.
func (d *Decoder) CloseObject() bool {
	d.Depth--
	return d.end('}')
}

func (d *Decoder) end(bracket byte) bool {
	if d.reason != "" {
		return false
	}
	if d.Peek() != bracket {
		return d.malformed()
	}
	d.pos++
	return true
}

// Array begins an array; More reads on.
func (d *Decoder) Array() bool {
	if d.Peek() != '[' {
		return d.mismatch("not an array")
	}
	return d.pos < d.check || !d.canceled(d.pos)
}

// More reports whether an array has an element after n. It returns false on a failure too, which CloseArray tells
// apart.
func (d *Decoder) More(n int) bool {
	if n > 0 && d.Peek() != ',' || d.pos >= d.check && d.canceled(d.pos) {
		return false
	}
	d.pos++ // the comma or the bracket
	return n > 0 || d.Peek() != ']'
}

// CloseArray ends an array.
func (d *Decoder) CloseArray() bool { return d.end(']') }

// Mark is a place in the text that Rewind returns to.
type Mark struct{ pos, depth int }

// Mark returns the place of the next value.
func (d *Decoder) Mark() Mark {
	d.Peek()
	return Mark{d.pos, d.Depth}
}

// Since returns the text from m to here.
func (d *Decoder) Since(m Mark) []byte { return d.data[m.pos:d.pos] }

// Rewind goes back to m after a failure, unless nothing can be read any more.
func (d *Decoder) Rewind(m Mark) bool {
	if d.fatal {
		return false
	}
	d.pos, d.Depth, d.stack = m.pos, m.depth, d.stack[:0]
	d.reason = ""
	return true
}

const ones = 0x0101010101010101

// plain returns the position of the first byte from i that is a quote, a backslash, a control character or not ASCII.
// It looks at eight bytes at a time.
func plain(data []byte, i int) int {
	for ; i+8 <= len(data); i += 8 {
		v := binary.LittleEndian.Uint64(data[i:])
		if hit := ((v ^ '"'*ones - ones) | (v ^ '\\'*ones - ones) | (v - ' '*ones) | v) & (0x80 * ones); hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for i < len(data) && data[i] >= ' ' && data[i] < utf8.RuneSelf && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}

// String returns the string that comes, until the next call.
func (d *Decoder) String(want string) ([]byte, bool) {
	if d.Peek() != '"' {
		return nil, d.mismatch(want)
	}
	return d.str(false)
}

// str reads a string, whose quote is next; of one that is skipped, nothing is returned.
func (d *Decoder) str(skip bool) ([]byte, bool) {
	start, rewrite := d.pos+1, false
	for i := plain(d.data, start); i < len(d.data); i = plain(d.data, i) {
		switch c := d.data[i]; {
		case c == '"':
			d.pos = i + 1
			if rewrite && !skip {
				return d.unescape(d.data[start:i])
			}
			return d.data[start:i], true
		case c < ' ' || i >= d.check && d.canceled(i):
			return nil, d.malformed()
		default:
			r, n := char(d.data[i:])
			if n == 0 {
				return nil, d.malformed()
			}
			rewrite = rewrite || c == '\\' || r == utf8.RuneError
			i += n
		}
	}
	return nil, d.malformed()
}

// unescape returns what s means. As encoding/json does, it writes U+FFFD for what is no Unicode.
func (d *Decoder) unescape(s []byte) ([]byte, bool) {
	out := d.scratch[:0]
	for i, looked := 0, 0; i < len(s); {
		if i-looked >= checkEvery {
			if looked = i; d.canceled(d.pos) {
				return nil, false
			}
		}
		end := plain(s, i)
		out = append(out, s[i:end]...)
		if i = end; i < len(s) {
			r, n := char(s[i:])
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	d.scratch = out
	return out, true
}

// char returns the character that s begins with, an escape sequence or UTF-8, and how long it is there, which is 0 for
// what is no escape sequence.
func char(s []byte) (r rune, n int) {
	if s[0] != '\\' {
		return utf8.DecodeRune(s)
	}
	if len(s) > 1 && escapes[s[1]] != 0 {
		return rune(escapes[s[1]]), 2
	}
	if r = hex(s); r < 0 {
		return r, 0
	}
	if utf16.IsSurrogate(r) {
		if r = utf16.DecodeRune(r, hex(s[6:])); r != utf8.RuneError {
			return r, 12
		}
	}
	return r, 6
}

// escapes are the characters that a backslash and one letter mean.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hex returns the number of an escape sequence with four digits, or -1.
func hex(s []byte) (r rune) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	for _, c := range s[2:6] {
		i := strings.IndexByte("0123456789abcdef", c|0x20) // a digit has this bit
		if i < 0 || c < '0' {
			return -1
		}
		r = r<<4 | rune(i) //nolint:gosec // it is below 16
	}
	return r
}

// Skip reads one value and keeps nothing of it.
func (d *Decoder) Skip() bool {
	base := len(d.stack)
	for {
		ok := true
		switch c := d.Peek(); c {
		case '{', '[':
			if len(d.stack) >= maxNesting && !d.Deep {
				return d.Fail("nested too deep")
			}
			d.pos++
			if d.Peek() != c+2 { // the closing bracket
				d.stack = append(d.stack, c)
				if c == '{' {
					_, ok = d.key(true)
				}
				if ok && (d.pos < d.check || !d.canceled(d.pos)) {
					continue
				}
				return false
			}
			d.pos++
		case '"':
			_, ok = d.str(true)
		case 't', 'f':
			_, ok = d.Bool()
		case 'n':
			ok = d.literal("null")
		default:
			_, ok = d.number()
		}
		if !ok || d.pos >= d.check && d.canceled(d.pos) {
			return false
		}
		for len(d.stack) > base {
			open := d.stack[len(d.stack)-1]
			if c := d.Peek(); c == ',' {
				d.pos++
				if open == '{' {
					if _, ok = d.key(true); !ok {
						return false
					}
				}
				break
			} else if c != open+2 {
				return d.malformed()
			}
			d.pos++
			d.stack = d.stack[:len(d.stack)-1]
		}
		if len(d.stack) == base {
			return true
		}
	}
}

// Number returns the number that comes.
func (d *Decoder) Number(want string) ([]byte, bool) {
	if c := d.Peek(); c != '-' && (c < '0' || c > '9') {
		return nil, d.mismatch(want)
	}
	return d.number()
}

// number reads a number, which is next.
func (d *Decoder) number() ([]byte, bool) {
	s := d.data[d.pos:]
	begin := 0
	if len(s) > 0 && s[0] == '-' {
		begin = 1
	}
	i := digits(s, begin)
	ok := i > begin && (s[begin] != '0' || i == begin+1)
	if i < len(s) && s[i] == '.' {
		begin = i + 1
		i = digits(s, begin)
		ok = ok && i > begin
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		if begin = i + 1; begin < len(s) && (s[begin] == '+' || s[begin] == '-') {
			begin++
		}
		i = digits(s, begin)
		ok = ok && i > begin
	}
	if !ok {
		return nil, d.malformed()
	}
	d.pos += i
	return s[:i], true
}

// digits returns the position of the first byte from i that is no digit.
func digits(s []byte, i int) int {
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}
