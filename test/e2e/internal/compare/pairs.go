package compare

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
)

// pairs knows which value of one side is the partner of which value of the other. A value that a side generates in this
// conversation gets its partner where both appear first, and keeps it.
type pairs struct {
	since   time.Time          // older values are the same on both sides, or equated
	equated map[[2]string]bool // by Equate
	of      [2]map[string]string
	inTime  [][2]string            // pairs of times, sorted
	order   map[string][2][]string // ids by prefix, in the order of their appearance
}

func newPairs(since time.Time, equated map[[2]string]bool) *pairs {
	return &pairs{since: since, equated: equated, of: [2]map[string]string{{}, {}}, order: map[string][2][]string{}}
}

// token matches the values within a text that a side generates: ids, times, JSON Web Tokens.
var token = regexp.MustCompile(`\b[a-z]+_[0-9A-HJKMNP-TV-Z]{26}\b|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}\b`)

const (
	ulidLength = 26
	timeForm   = "2006-01-02T15:04:05.000Z"
)

// text compares texts. The text between the tokens has to be the same, and the tokens have to be partners.
func (p *pairs) text(a, b string) (why string) {
	ta, tb := token.FindAllString(a, -1), token.FindAllString(b, -1)
	if a != b && (len(ta) != len(tb) || !slices.Equal(token.Split(a, -1), token.Split(b, -1))) {
		return "another text"
	}
	for i := range ta {
		if why := p.token(ta[i], tb[i]); why != "" {
			return why
		}
	}
	return ""
}

func (p *pairs) token(a, b string) (why string) {
	kind := kindOf(a)
	if kind != kindOf(b) {
		return "another kind of value"
	}
	if kind == "token" {
		return p.jwt(a, b)
	}
	freshA, freshB := p.fresh(kind, a), p.fresh(kind, b)
	switch {
	case a == b && !freshA, p.equated[[2]string{a, b}]:
		if kind != "time" {
			p.appeared(a, b)
		}
		return ""
	case !freshA || !freshB:
		return "older than this conversation"
	case kind == "time":
		return p.time(a, b)
	}
	if why := p.pair(kind, a, b); why != "" {
		return why
	}
	p.appeared(a, b)
	return ""
}

// kindOf returns "time", "token" for a JSON Web Token, or else the prefix of an id.
func kindOf(token string) string {
	switch {
	case token[0] >= '0' && token[0] <= '9':
		return "time"
	case strings.HasPrefix(token, "eyJ"):
		return "token"
	}
	return token[:len(token)-ulidLength]
}

// fresh reports whether a side has generated the time or the id since the conversations began.
func (p *pairs) fresh(kind, s string) bool {
	if kind != "time" {
		return ulidTime(s[len(kind):]).After(p.since)
	}
	at, err := time.Parse(timeForm, s)
	return err == nil && at.After(p.since)
}

// appeared adds the ids to order.
func (p *pairs) appeared(a, b string) {
	prefix := kindOf(a)
	ids := p.order[prefix]
	if !slices.Contains(ids[0], a) {
		p.order[prefix] = [2][]string{append(ids[0], a), append(ids[1], b)}
	}
}

// pair makes a and b partners unless one has another partner.
func (p *pairs) pair(kind, a, b string) (why string) {
	partner, known := p.of[0][a]
	other, knownToo := p.of[1][b]
	switch {
	case known && partner == b:
		return ""
	case known:
		return fmt.Sprintf("another %s than before: it was %s for %s", kind, partner, a)
	case knownToo:
		return fmt.Sprintf("the same %s as before, when it stood for %s", kind, other)
	}
	p.of[0][a], p.of[1][b] = b, a
	return ""
}

// time compares times. Two times of one side have to be in the same order as their partners.
func (p *pairs) time(a, b string) (why string) {
	if why := p.pair("time", a, b); why != "" {
		return why
	}
	at := sort.Search(len(p.inTime), func(i int) bool { return p.inTime[i][0] >= a })
	if at < len(p.inTime) && p.inTime[at][0] == a {
		return ""
	}
	if at > 0 && p.inTime[at-1][1] > b || at < len(p.inTime) && p.inTime[at][1] < b {
		return "times in another order"
	}
	p.inTime = slices.Insert(p.inTime, at, [2]string{a, b})
	return ""
}

// ulidTime returns the time in an id.
func ulidTime(ulid string) time.Time {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var ms int64
	for _, r := range ulid[:10] {
		ms = ms<<5 | int64(strings.IndexRune(alphabet, r))
	}
	return time.UnixMilli(ms)
}
