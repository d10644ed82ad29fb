// Package jsonscan reads a JSON text property by property, for decoders that are generated from the contract. It checks
// all of the text as encoding/json does, keeps nothing of it alive, and names the place of what it can't read.
package jsonscan

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxModels  = 64       // how deep models may nest
	maxNesting = 10_000   // how deep JSON that is skipped may nest, as encoding/json has it
	checkEvery = 32 << 10 // how many bytes are read between two looks at the context
	maxPath    = 200      // how long the path of an error may be
)

// Decoder reads one text at a time.
type Decoder struct {
	Sparse bool // required properties may be missing
	Depth  int  // how many objects are open

	data   []byte
	pos    int
	ctx    context.Context //nolint:containedctx // a Decoder lives as long as one call
	check  int             // the position at which to look at the context
	memory int             // how many bytes the models may still take
	stack  []byte          // the open brackets of JSON that is skipped

	path, reason string // of a failure
	fatal        bool   // no later part of the text can be read either
	err          error  // the context's

	// Slabs keep what is small together. They are bounded, because one value in use keeps a whole slab.
	text    strings.Builder
	strings []string
	times   []time.Time
}

// Reset makes d read data. What is decoded may take eight times the size of data, and 64 KiB.
func (d *Decoder) Reset(ctx context.Context, data []byte, sparse bool) {
	*d = Decoder{Sparse: sparse, data: data, ctx: ctx, check: checkEvery, memory: 8*len(data) + 64<<10, stack: d.stack[:0]}
}

// Release makes d keep nothing of what it read.
func (d *Decoder) Release() { *d = Decoder{stack: d.stack[:0]} }

// Failure returns the path and the reason of the last failure, and the context's error if that is what it was.
func (d *Decoder) Failure() (path, reason string, err error) { return d.path, d.reason, d.err }

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

// In adds the property or, in brackets, the index that a failure is in to its path, and returns false.
func (d *Decoder) In(name string) bool {
	if d.path != "" && d.path[0] != '[' {
		name += "."
	}
	if d.path = name + d.path; len(d.path) > maxPath {
		d.path = d.path[:maxPath] + "…"
	}
	return false
}

// Charge takes size bytes from what the models may take.
func (d *Decoder) Charge(size int) bool {
	if d.memory -= size; d.memory < 0 {
		return d.Fail("too many elements for the size of the body")
	}
	return true
}

// canceled looks at the context.
func (d *Decoder) canceled() bool {
	d.check = d.pos + checkEvery
	d.err = d.ctx.Err()
	d.fatal = d.err != nil
	return d.fatal && !d.Fail("canceled")
}

// peek returns the next byte that is no space, or 0 at the end.
func (d *Decoder) peek() byte {
	for ; d.pos < len(d.data); d.pos++ {
		switch c := d.data[d.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// End checks that nothing follows.
func (d *Decoder) End() bool { return d.peek() == 0 && d.pos == len(d.data) || d.malformed() }

// Null reads a null, if one comes.
func (d *Decoder) Null() bool {
	return d.peek() == 'n' && d.literal("null")
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
	c := d.peek()
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
	if d.peek() != '{' {
		return d.mismatch("not an object")
	}
	if d.Depth++; d.Depth > maxModels {
		return d.Fail("nested too deep")
	}
	return d.pos < d.check || !d.canceled()
}

// Property reads the name of an object's next property and returns its index in names, each of which is quoted and has
// the colon after it. last is the index of the one before, or -1. It returns -1 after the last one, or on a failure,
// which Close tells apart. What is not in names is skipped. next has what followed each name the last time, which is
// compared first.
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
	if d.pos >= d.check && d.canceled() {
		return -1
	}
	for ; ; separator = ',' {
		c := d.peek()
		if c == separator {
			d.pos++
			c = d.peek()
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
	if d.peek() != '"' {
		return nil, d.malformed()
	}
	s, ok := d.str(skip)
	if !ok || d.peek() != ':' {
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

// Close ends an object of which the properties in seen came and those in required have to.
func (d *Decoder) Close(names []string, seen, required uint64) bool {
	if d.reason != "" {
		return false
	}
	if d.peek() != '}' {
		return d.malformed()
	}
	d.pos++
	d.Depth--
	if missing := required &^ seen; missing != 0 {
		name := names[bits.TrailingZeros64(missing)]
		d.Fail("missing")
		return d.In(name[1 : len(name)-2])
	}
	return true
}

// Array begins an array; More reads on.
func (d *Decoder) Array() bool {
	if d.peek() != '[' {
		return d.mismatch("not an array")
	}
	return d.pos < d.check || !d.canceled()
}

// More reports whether an array has an element after n. It returns false on a failure too, which CloseArray tells apart.
func (d *Decoder) More(n int) bool {
	if n > 0 && d.peek() != ',' || d.pos >= d.check && d.canceled() {
		return false
	}
	d.pos++ // the comma or the bracket
	return n > 0 || d.peek() != ']'
}

// CloseArray ends an array.
func (d *Decoder) CloseArray() bool {
	if d.reason != "" {
		return false
	}
	if d.peek() != ']' {
		return d.malformed()
	}
	d.pos++
	return true
}

// Mark is a place in the text that Recover returns to.
type Mark struct{ pos, depth, memory int }

// Mark returns the place of the next value.
func (d *Decoder) Mark() Mark {
	d.peek()
	return Mark{d.pos, d.Depth, d.memory}
}

// Rewind goes back to m after a failure, unless nothing can be read any more.
func (d *Decoder) Rewind(m Mark) bool {
	if d.fatal {
		return false
	}
	d.pos, d.Depth, d.memory = m.pos, m.depth, m.memory
	d.path, d.reason = "", ""
	return true
}

const ones = 0x0101010101010101

// plain returns the position of the first byte from i that is a quote, a backslash, a control character or not ASCII. It
// looks at eight bytes at a time.
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

// str reads a string, whose quote is next; of one that is skipped, nothing is returned. What has an escape sequence or
// broken UTF-8 is left to encoding/json.
func (d *Decoder) str(skip bool) ([]byte, bool) {
	start, special := d.pos, false
	for i := plain(d.data, start+1); i < len(d.data); i = plain(d.data, i) {
		switch c := d.data[i]; {
		case c == '"' && !special:
			d.pos = i + 1
			return d.data[start+1 : i], true
		case c == '"':
			d.pos = i + 1
			if skip {
				return nil, json.Valid(d.data[start:d.pos]) || d.malformed()
			}
			if s := d.data[start+1 : i]; bytes.IndexByte(s, '\\') < 0 && utf8.Valid(s) {
				return s, true
			}
			var text string
			err := json.Unmarshal(d.data[start:d.pos], &text)
			return []byte(text), err == nil || d.malformed()
		case c < ' ':
			return nil, d.malformed()
		case c == '\\':
			special = true
			i += 2
		default:
			special = true
			i++
		}
	}
	return nil, d.malformed()
}

// Skip reads one value and keeps nothing of it.
func (d *Decoder) Skip() bool {
	base := len(d.stack)
	for {
		ok := true
		switch c := d.peek(); {
		case (c == '{' || c == '[') && len(d.stack) == maxNesting:
			d.fatal = true
			return d.Fail("nested too deep")
		case c == '{' || c == '[':
			d.pos++
			if d.peek() != c+2 { // the closing bracket
				d.stack = append(d.stack, c)
				if c == '[' {
					continue
				}
				if _, ok = d.key(true); ok {
					continue
				}
				return false
			}
			d.pos++
		case c == '"':
			_, ok = d.str(true)
		case c == 't':
			ok = d.literal("true")
		case c == 'f':
			ok = d.literal("false")
		case c == 'n':
			ok = d.literal("null")
		default:
			_, ok = d.number()
		}
		if !ok || d.pos >= d.check && d.canceled() {
			return false
		}
		for len(d.stack) > base {
			open := d.stack[len(d.stack)-1]
			if c := d.peek(); c == ',' {
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

// number reads a number. One that is more than some digits is left to encoding/json.
func (d *Decoder) number() ([]byte, bool) {
	i, digits := d.pos, true
	for ; i < len(d.data); i++ {
		if c := d.data[i]; c < '0' || c > '9' {
			if c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
				break
			}
			digits = false
		}
	}
	s := d.data[d.pos:i]
	if digits = digits && len(s) > 0 && (s[0] != '0' || len(s) == 1); !digits && !json.Valid(s) {
		return nil, d.malformed()
	}
	d.pos = i
	return s, true
}
