package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/internal/number"
)

// compactor drops what repeats from responses. A shop's list of orders is a megabyte, and most orders show the same. An
// element of a list is kept if it has a value, a kind of value or a set of properties that is new at its place. So a
// record is small and can be compared with very many documents.
type compactor struct {
	seen   map[string]bool
	stored int            // bytes of the keys of seen
	count  map[string]int // of the different values at each place
	chosen bool           // whether the request chose the properties of elements
}

func newCompactor() *compactor { return &compactor{seen: map[string]bool{}, count: map[string]int{}} }

const smallResponse = 4 << 10

// body returns the body of a response without what repeats.
func (c *compactor) body(x *conform.Exchange) []byte {
	if len(x.ResponseBody) < smallResponse || !strings.HasPrefix(x.ResponseHeader.Get("Content-Type"), "application/json") {
		return x.ResponseBody
	}
	d := json.NewDecoder(bytes.NewReader(x.ResponseBody))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return x.ResponseBody // the check reports what is wrong with it
	}
	path, query, _ := strings.Cut(x.URL, "?")
	// These two parameters choose the properties of a list's elements. They have no effect on the values.
	c.chosen = strings.Contains(query, "fields=") || strings.Contains(query, "expand=")
	v, _ = c.reduce(v, fmt.Sprint(x.Method, path, x.Status))
	text, err := json.Marshal(v)
	if err != nil {
		return x.ResponseBody
	}
	return text
}

// reduce returns v without what repeats, and whether anything in it is new.
func (c *compactor) reduce(v any, path string) (any, bool) {
	if len(path) > longestPath {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		anyNew := c.isNew(path, fmt.Sprint(c.chosen, names))
		for _, name := range names {
			inner, isNew := c.reduce(v[name], path+"."+name)
			v[name], anyNew = inner, anyNew || isNew
		}
		return v, anyNew
	case []any:
		anyNew := c.isNew(path, fmt.Sprint("list ", len(v) > 0))
		var kept []any
		for i, element := range v {
			inner, isNew := c.reduce(element, path+"[]")
			if isNew || i == 0 {
				kept = append(kept, inner)
			}
			anyNew = anyNew || isNew
		}
		if kept == nil {
			kept = []any{}
		}
		return kept, anyNew
	}
	kind := kindOf(v)
	if _, ok := v.(string); ok && c.count[path] >= mostNames {
		kind = "text" // too many to be an enum
	}
	isNew := c.isNew(path, kind)
	if isNew {
		c.count[path]++
	}
	return v, isNew
}

// The bounds on what a hostile response may cost. The longest path of a real one has some 200 bytes.
const (
	longestPath = 1 << 10
	mostStored  = 64 << 20
)

// mostNames is how many different texts are kept at one place.
const mostNames = 16

func (c *compactor) isNew(path, fact string) bool {
	key := path + "\x00" + fact
	if c.seen[key] {
		return false
	}
	if c.stored += len(key); c.stored < mostStored { // beyond that everything is new, until the record is full
		c.seen[key] = true
	}
	return true
}

// kindOf returns all about a plain value that a document could declare.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "text " + kindOfText(v)
	case json.Number:
		n, ok := number.Parse(v)
		if !ok {
			return "number"
		}
		return fmt.Sprint("number ", n.IsInt(), n.Sign() < 0, n.Num().BitLen()/32)
	default:
		return fmt.Sprint(v)
	}
}

const longestName = 32

// kindOfText returns the text itself if it could be of an enum, and its form otherwise.
func kindOfText(v string) string {
	if _, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return fmt.Sprint("time ", len(v), v[len(v)-1:])
	}
	if len(v) <= longestName && !strings.ContainsFunc(v, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsSpace(r) }) {
		return v
	}
	var b strings.Builder
	var last rune
	for _, r := range v {
		switch {
		case unicode.IsDigit(r):
			r = '0'
		case unicode.IsLetter(r):
			r = 'a'
		}
		if r != last && b.Len() < longestName {
			b.WriteRune(r)
		}
		last = r
	}
	kind := b.String()
	if strings.Contains(kind, "a") && strings.Contains(kind, "0") {
		return "id" // in which letters and digits alternate at random
	}
	return fmt.Sprint(kind, bits.Len(uint(len(v))))
}
