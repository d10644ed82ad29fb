package jsonscan

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numeric returns the number that comes.
func (d *Decoder) numeric(want string) ([]byte, bool) {
	if c := d.peek(); c != '-' && (c < '0' || c > '9') {
		return nil, d.mismatch(want)
	}
	return d.number()
}

// quoted returns the string that comes.
func (d *Decoder) quoted(want string) ([]byte, bool) {
	if d.peek() != '"' {
		return nil, d.mismatch(want)
	}
	return d.str(false)
}

// small is how long a string may be that is kept with others.
const small = 128

// keep returns b as a string. Small ones are put together, 1 KiB at a time.
func (d *Decoder) keep(b []byte) string {
	const slab = 1 << 10
	if len(b) > small {
		return string(b)
	}
	if d.text.Cap()-d.text.Len() < len(b) {
		d.text = strings.Builder{}
		d.text.Grow(min(slab, len(b)+(len(d.data)-d.pos)/2)) // about half of a body is text
	}
	from := d.text.Len()
	d.text.Write(b)
	return d.text.String()[from:]
}

// String reads a string.
func (d *Decoder) String(p *string) bool {
	s, ok := d.quoted("not a string")
	if ok {
		*p = d.keep(s)
	}
	return ok
}

// Bool reads a boolean.
func (d *Decoder) Bool(p *bool) bool {
	switch d.peek() {
	case 't':
		*p = true
		return d.literal("true")
	case 'f':
		*p = false
		return d.literal("false")
	}
	return d.mismatch("not a boolean")
}

// Int64 reads an integer. JavaScript has only floating-point numbers: 1000.0 and 1e3 are integers, and so is
// 847.0000000000001, with noise.
func (d *Decoder) Int64(p *int64) bool {
	s, ok := d.numeric("not an integer")
	if ok {
		if *p, ok = integer(s); !ok {
			return d.Fail("not an integer")
		}
	}
	return ok
}

// Int reads an integer.
func (d *Decoder) Int(p *int) bool {
	n := int64(*p)
	ok := d.Int64(&n)
	if *p = int(n); int64(*p) != n {
		return d.Fail("not an integer that fits")
	}
	return ok
}

func integer(s []byte) (int64, bool) {
	var n int64
	for i, c := range s {
		if c < '0' || c > '9' || i == 18 { // a sign, a point, an exponent, or more digits than surely fit
			if n, err := strconv.ParseInt(string(s), 10, 64); err == nil {
				return n, true
			}
			return rounded(s)
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// rounded returns the integer that a floating-point number is but for noise.
func rounded(s []byte) (int64, bool) {
	const (
		exact = 1 << 53 // beyond it, not every integer is a float64
		noise = 1e-11
	)
	f, err := strconv.ParseFloat(string(s), 64)
	n := math.Round(f)
	if err != nil || math.Abs(n) > exact || math.Abs(f-n) > noise*max(1, math.Abs(n)) || math.Abs(f-n) > 1e-3 {
		return 0, false
	}
	return int64(n), true
}

// Float reads a number.
func (d *Decoder) Float(p *float64) bool {
	s, ok := d.numeric("not a number")
	if ok {
		var err error
		if *p, err = strconv.ParseFloat(string(s), 64); err != nil {
			return d.Fail("not a number that fits")
		}
	}
	return ok
}

// Time reads a time, also in a year that has six digits and a sign, as JavaScript writes those before 0 and after 9999.
func (d *Decoder) Time(p *time.Time) bool {
	s, ok := d.quoted("not a time")
	if ok {
		if *p, ok = parseTime(s); !ok {
			return d.Fail("not a time")
		}
	}
	return ok
}

func parseTime(s []byte) (t time.Time, ok bool) {
	if len(s) > 7 && (s[0] == '+' || s[0] == '-') {
		year, err := strconv.Atoi(string(s[:7]))
		if err != nil || year < -271821 || year > 275760 || year == 0 && s[0] == '-' {
			return t, false
		}
		// 2000 is a leap year; a 29th of February elsewhere would become the 1st of March.
		t, ok = parseTime(append([]byte("2000"), s[7:]...))
		moved := t.AddDate(year-2000, 0, 0)
		return moved, ok && moved.Day() == t.Day()
	}
	// UnmarshalText, unlike Parse, takes only what RFC 3339 does.
	err := t.UnmarshalText(s)
	return t, err == nil
}

// Raw reads any JSON as it is; a null is empty.
func (d *Decoder) Raw(p *string) bool {
	if d.Null() {
		*p = ""
		return true
	}
	from := d.pos
	if !d.Skip() {
		return false
	}
	*p = d.keep(d.data[from:d.pos])
	return true
}

// NullString reads a string that can be null.
func (d *Decoder) NullString(p **string) bool {
	if d.peek() == 'n' {
		*p = nil
		return d.literal("null")
	}
	s, ok := d.quoted("not a string")
	if ok && *p == nil && len(s) > small {
		*p = new(string) // a neighbor in a slab would keep it
	}
	if ok {
		*place(p, &d.strings) = d.keep(s)
	}
	return ok
}

// NullTime reads a time that can be null.
func (d *Decoder) NullTime(p **time.Time) bool {
	if d.peek() == 'n' {
		*p = nil
		return d.literal("null")
	}
	return d.Time(place(p, &d.times))
}

// place returns what p points to. If that is nothing yet, it becomes the next of a slab of eight.
func place[T any](p **T, slab *[]T) *T {
	if *p == nil {
		if len(*slab) == 0 {
			*slab = make([]T, 8)
		}
		*p, *slab = &(*slab)[0], (*slab)[1:]
	}
	return *p
}
