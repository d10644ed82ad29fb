package customers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	maxSetCookies    = 50              // of one response; more is a fault
	maxCookieBytes   = 4 << 10         // browsers keep no larger one, and Node refuses a request with a few of them
	maxCookieSeconds = 400 * 24 * 3600 // browsers keep no cookie longer
)

// A proxy needs a cookie or two. More is a fault, and must not grow every session of a server.
const (
	maxOtherCookies     = 8
	maxOtherCookieBytes = 2 << 10 // all together
)

// cookie is the backend's session cookie. The value is kept to the byte.
type cookie struct {
	value   string
	scope   string // domain and path as they were set, which with the name tell cookies apart; empty: unknown
	expires int64  // UnixMilli by this machine's clock; 0: unknown
	secure  bool
}

func (c *cookie) expired() bool {
	return c.expires != 0 && c.expires <= time.Now().UnixMilli()
}

// otherCookie is a cookie that is not the backend's own, such as a load balancer's.
type otherCookie struct {
	name string
	cookie
}

// receivedCookies is what a response sets.
type receivedCookies struct {
	session []cookie      // by the session cookie's name, at most one of a scope; the expired ones delete
	others  []otherCookie // the expired ones delete
}

// readCookies sorts a response's cookies into the session's and others. It drops those for another domain or path, as a
// browser would. Of two with one name and scope the last counts.
func readCookies(h http.Header, e *endpoint) (received receivedCookies) {
	lines := h["Set-Cookie"]
	if len(lines) == 0 {
		return received
	}
	lines = lines[max(0, len(lines)-maxSetCookies):]
	now := time.Now()
	sent := responseTime(h, now)
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil || !e.covers(domainOf(c), c.Path) || len(c.Name)+len(c.Value) > maxCookieBytes {
			continue
		}
		// Cut out of the line, name and value would keep all of it in memory, however long.
		name, got := strings.Clone(c.Name), cookie{value: strings.Clone(cookieValue(c)), scope: scopeOf(c), expires: expiry(c, now, sent), secure: c.Secure}
		switch {
		case name == e.cookieName:
			if c.Value == "" {
				got.expires = 1 // so that it deletes
			}
			received.session = slices.DeleteFunc(received.session, func(o cookie) bool { return o.scope == got.scope })
			received.session = append(received.session, got)
		case len(name)+len(got.value) <= maxOtherCookieBytes:
			received.others = slices.DeleteFunc(received.others, func(o otherCookie) bool { return o.name == name })
			received.others = append(received.others, otherCookie{name, got})
		}
	}
	return received
}

// scopeOf returns the domain and path of a cookie, which together with its name identify it.
func scopeOf(c *http.Cookie) string {
	if c.Domain == "" && c.Path == "/" {
		return usualScope // without a string of its own in every session
	}
	path := c.Path
	if !strings.HasPrefix(path, "/") {
		path = "" // the default path, which is the same for all that leave it out
	}
	return strings.ToLower(strings.TrimPrefix(c.Domain, ".")) + ";" + path
}

// usualScope is that of the cookie that Medusa sets by itself.
const usualScope = ";/"

// live returns the session cookie that a response sets, as the backend would read it from a browser: of several, the
// one for the longest path, and of those the first. It is nil if the response sets none.
func (r *receivedCookies) live() (best *cookie) {
	for i := range r.session {
		if c := &r.session[i]; !c.expired() && (best == nil || c.pathLength() > best.pathLength()) {
			best = c
		}
	}
	return best
}

// replacing returns the cookie by which a response replaces or deletes the cookie stored, or nil.
func (r *receivedCookies) replacing(stored *cookie) *cookie {
	if c := r.live(); c != nil && stored.scope == "" {
		return c
	}
	for i := range r.session {
		c := &r.session[i]
		if c.scope == cmp.Or(stored.scope, usualScope) || !c.expired() && c.value == stored.value {
			return c
		}
	}
	return nil
}

func (c *cookie) pathLength() int {
	return len(c.scope) - strings.IndexByte(c.scope, ';')
}

// domainOf returns the Domain of c, also one that net/http does not parse, such as one with letters beyond ASCII.
func domainOf(c *http.Cookie) string {
	for _, attribute := range c.Unparsed {
		if name, value, _ := strings.Cut(attribute, "="); strings.EqualFold(strings.TrimSpace(name), "domain") {
			return strings.TrimSpace(value)
		}
	}
	return c.Domain
}

// responseTime returns when a response was sent by the sender's clock, which may be wrong; now if it does not say.
func responseTime(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// expiry returns when c, which came at now and was sent at sent by the sender's clock, expires by this machine's clock,
// as UnixMilli; 0 if c does not say.
func expiry(c *http.Cookie, now, sent time.Time) int64 {
	switch {
	case c.MaxAge < 0:
		return 1
	case c.MaxAge > 0:
		return now.Add(time.Duration(min(c.MaxAge, maxCookieSeconds)) * time.Second).UnixMilli()
	case !c.Expires.IsZero():
		return max(1, now.Add(min(c.Expires.Sub(sent), maxCookieSeconds*time.Second)).UnixMilli())
	}
	return 0
}

// cookieValue returns the value to the byte; net/http takes off quotes.
func cookieValue(c *http.Cookie) string {
	if c.Quoted {
		return `"` + c.Value + `"`
	}
	return c.Value
}

// isCookieValue reports whether net/http could have read s as a cookie's value.
func isCookieValue(s string) bool {
	c, err := http.ParseSetCookie("n=" + s)
	return err == nil && cookieValue(c) == s
}

// cookieNames returns the names of the cookies that a response sets.
func cookieNames(h http.Header) (names []string) {
	for _, line := range h["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil {
			names = append(names, c.Name)
		}
	}
	return names
}

// mergeCookies returns kept with received added, replaced or deleted by name. The newest stay within the limits.
func mergeCookies(kept, received []otherCookie) []otherCookie {
	kept = slices.Clone(kept)
	for _, o := range received {
		kept = slices.DeleteFunc(kept, func(k otherCookie) bool { return k.name == o.name })
		if !o.expired() {
			kept = append(kept, o)
		}
	}
	size := 0
	for i, o := range slices.Backward(kept) {
		size += len(o.name) + len(o.value)
		if len(kept)-i > maxOtherCookies || size > maxOtherCookieBytes {
			return kept[i+1:]
		}
	}
	return kept
}
