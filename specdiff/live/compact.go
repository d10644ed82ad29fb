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

// compactor drops from responses what repeats. A shop's list of orders is a megabyte, and most of them show the same: of a
// list's elements those stay that show a value, a kind of value or a set of properties that was not there before at the
// same place. So a record is small, and can be held against very many documents.
type compactor struct {
	seen   map[string]bool
	stored int            // bytes of what was seen
	count  map[string]int // of different values, by place
	chosen bool           // of the response that is being reduced
}

func newCompactor() *compactor { return &compactor{seen: map[string]bool{}, count: map[string]int{}} }

const smallResponse = 4 << 10

// body returns a response's body without what repeats.
func (c *compactor) body(x *conform.Exchange) []byte {
	if len(x.ResponseBody) < smallResponse || !strings.HasPrefix(x.ResponseHeader.Get("Content-Type"), "application/json") {
		return x.ResponseBody
	}
	d := json.NewDecoder(bytes.NewReader(x.ResponseBody))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return x.ResponseBody // whoever checks it will say so
	}
	path, query, _ := strings.Cut(x.URL, "?")
	// Which properties a list's elements have depends on these two; what the properties hold does not.
	c.chosen = strings.Contains(query, "fields=") || strings.Contains(query, "expand=")
	v, _ = c.reduce(v, fmt.Sprint(x.Method, path, x.Status))
	text, err := json.Marshal(v)
	if err != nil {
		return x.ResponseBody
	}
	return text
}

// reduce returns v without what repeats, and whether there is anything in it that is new.
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
		kind = "text" // there are too many to be an enum
	}
	isNew := c.isNew(path, kind)
	if isNew {
		c.count[path]++
	}
	return v, isNew
}

// What a hostile response may cost; the longest path of a real one has some 200 bytes.
const (
	longestPath = 1 << 10
	mostStored  = 64 << 20
)

// mostNames is how many different texts at one place are kept.
const mostNames = 16

func (c *compactor) isNew(path, fact string) bool {
	key := path + "\x00" + fact
	if c.seen[key] {
		return false
	}
	if c.stored += len(key); c.stored < mostStored { // beyond it everything is new, until the record is full
		c.seen[key] = true
	}
	return true
}

// kindOf is all about a plain value that a document could have a word about.
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

// kindOfText is the text itself where it could be one of an enum, and else what it looks like.
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
		return "id" // letters and digits of one alternate at random
	}
	return fmt.Sprint(kind, bits.Len(uint(len(v))))
}
