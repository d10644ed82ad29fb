package api

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api/internal/jsonscan"
)

// decoder decodes one body at a time.
type decoder struct {
	jsonscan.Decoder

	next [totalLinks]uint8 // which property followed each one when it came last
	state
}

// state is what a decoder has of one body.
type state struct {
	relations relations
	limit     int
	sparse    bool
	uncounted bool
	memory    int    // how many bytes the models may still take
	path      string // of a failure
	odd       *OrdersError
	slabs     slabs
}

// charge takes size bytes from what the models may take.
func (d *decoder) charge(size int) bool {
	if d.memory -= size; d.memory < 0 {
		return d.Fail("too many elements for the size of the body")
	}
	return true
}

// slabs keep what is small together. They are bounded, because one value in use keeps a whole slab.
type slabs struct {
	text    strings.Builder
	strings []string
	times   []time.Time
}

const (
	maxSmall = 128     // how long a string may be that is kept with others
	slabSize = 1 << 10 // of those strings
)

// keep returns b as a string.
func (d *decoder) keep(b []byte) string {
	if len(b) > maxSmall {
		return string(b)
	}
	if d.slabs.text.Cap()-d.slabs.text.Len() < len(b) {
		d.slabs.text = strings.Builder{}
		d.slabs.text.Grow(min(slabSize, len(b)+d.Left()/2)) // about half of a body is text
	}
	from := d.slabs.text.Len()
	d.slabs.text.Write(b)
	return d.slabs.text.String()[from:]
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

// maxPath is how long the path of an error may be.
const maxPath = 200

// In adds the property or, in brackets, the index that a failure is in to its path, and returns false.
func (d *decoder) In(name string) bool {
	if d.path != "" && d.path[0] != '[' {
		name += "."
	}
	if d.path = name + d.path; len(d.path) > maxPath {
		d.path = d.path[:maxPath] + "…"
	}
	return false
}

// Close ends an object of which the properties in seen came and those in required have to.
func (d *decoder) Close(names []string, seen, required uint64) bool {
	if !d.CloseObject() {
		return false
	}
	if missing := required &^ seen; missing != 0 {
		name := names[bits.TrailingZeros64(missing)]
		d.Fail("missing")
		return d.In(name[1 : len(name)-2])
	}
	return true
}

// String reads a string.
func (d *decoder) String(p *string) bool {
	s, ok := d.Decoder.String("not a string")
	if ok {
		*p = d.keep(s)
	}
	return ok
}

// NullString reads a string that can be null.
func (d *decoder) NullString(p **string) bool {
	if d.Null() {
		*p = nil
		return true
	}
	s, ok := d.Decoder.String("not a string")
	if ok && *p == nil && len(s) > maxSmall {
		*p = new(string) // a neighbor in a slab would keep it
	}
	if ok {
		*place(p, &d.slabs.strings) = d.keep(s)
	}
	return ok
}

// Raw reads any JSON as it is; a null is empty.
func (d *decoder) Raw(p *string) bool {
	if d.Null() {
		*p = ""
		return true
	}
	from := d.Mark()
	if !d.Skip() {
		return false
	}
	*p = d.keep(d.Since(from))
	return true
}

// Bool reads a boolean.
func (d *decoder) Bool(p *bool) bool {
	value, ok := d.Decoder.Bool()
	if ok {
		*p = value
	}
	return ok
}

// maxScalar is how long a number or a time may be that is read. JavaScript writes 27 characters at most.
const maxScalar = 1 << 10

// Int64 reads an integer. JavaScript has only floating-point numbers: 1000.0 and 1e3 are integers, and so is
// 847.0000000000001, with noise.
func (d *decoder) Int64(p *int64) bool {
	s, ok := d.Number("not an integer")
	if ok {
		if *p, ok = integer(s); !ok {
			return d.Fail("not an integer")
		}
	}
	return ok
}

// Int reads an integer.
func (d *decoder) Int(p *int) bool {
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
			if len(s) > maxScalar {
				return 0, false
			}
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
func (d *decoder) Float(p *float64) bool {
	s, ok := d.Number("not a number")
	if ok {
		var err error
		if len(s) > maxScalar {
			return d.Fail("a number that is too long")
		}
		if *p, err = strconv.ParseFloat(string(s), 64); err != nil {
			return d.Fail("not a number that fits")
		}
	}
	return ok
}

// Time reads a time, also in a year that has six digits and a sign, as JavaScript writes those before 0 and after 9999.
func (d *decoder) Time(p *time.Time) bool {
	s, ok := d.Decoder.String("not a time")
	if ok {
		if *p, ok = parseTime(s); !ok {
			return d.Fail("not a time")
		}
	}
	return ok
}

// NullTime reads a time that can be null.
func (d *decoder) NullTime(p **time.Time) bool {
	if d.Null() {
		*p = nil
		return true
	}
	return d.Time(place(p, &d.slabs.times))
}

func parseTime(s []byte) (t time.Time, ok bool) {
	if len(s) > maxScalar {
		return t, false
	}
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
