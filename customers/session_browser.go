package customers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SessionFromRequest makes a session from the cookie of a browser's request, so that a server between browser and
// backend acts for the browser's customer. The name is the cookie's in the browser: [DefaultSessionCookieName] or,
// better, one that begins with __Host-, which no other site of the domain can set. [Session.Relay] takes changes back to
// the browser. Without such a cookie the session is anonymous.
//
// A cookie from a browser is unverified: it may be anonymous, expired or forged, which only the backend can tell. So
// LoggedIn is false until a call that needs a login has succeeded, and no call is refused before the backend has refused
// the cookie.
//
//	session := customers.SessionFromRequest(r, customers.DefaultSessionCookieName)
//	me, err := shop.WithSession(session).Retrieve(r.Context())
//	session.Relay(w) // before anything is written
func SessionFromRequest(r *http.Request, name string) *Session {
	b := &browserCookie{name: name}
	s := &Session{browser: b}
	// The first counts, as for the backend: browsers send the one for the longest path first.
	for _, c := range r.CookiesNamed(name) {
		switch v := cookieValue(c); {
		case c.Value == "" || len(v) > maxCookieBytes || v == b.value || slices.Contains(b.rest, v):
		case b.value == "":
			b.value = v
			s.state.cookie, s.state.unverified = &cookie{value: v}, true
		case len(b.rest) < maxBrowserCookies:
			b.rest = append(b.rest, v)
		}
	}
	return s
}

// maxBrowserCookies is how many further cookies of a browser by the session cookie's name are tried.
const maxBrowserCookies = 3

// Relay sets or deletes the browser's cookie, if calls have changed the session since [SessionFromRequest]; otherwise
// it does nothing. Call it before the response's header is written; a later call for the same response replaces what an
// earlier one set. The cookie is HttpOnly, SameSite=Lax, Secure and for the whole site; it lasts as long as the
// backend's. Most browsers take a Secure cookie also from http://localhost. Cookies of a load balancer before the
// backend stay with the session and are not relayed.
//
// For a session that did not come from a request it sets the cookie by [DefaultSessionCookieName].
func (s *Session) Relay(w http.ResponseWriter) {
	s.mu.Lock()
	b, c, prolonged := browserCookie{name: DefaultSessionCookieName}, s.state.cookie, s.state.prolonged
	if s.browser != nil {
		b = *s.browser // a copy: a call may take the browser's next cookie meanwhile
	}
	s.mu.Unlock()
	// The last Relay of a response counts.
	own := func(line string) bool { return strings.HasPrefix(line, b.name+"=") }
	if lines, ok := w.Header()["Set-Cookie"]; ok {
		w.Header()["Set-Cookie"] = slices.DeleteFunc(lines, own)
	}
	var line string
	switch {
	case c == nil && b.value == "":
		return // there was no cookie and there is none
	case c == nil:
		line = b.name + "=; Path=/; Max-Age=0"
	case c.value == b.value && !prolonged:
		return
	default:
		line = b.name + "=" + c.value + "; Path=/" // as it is: http.SetCookie would quote some values
		if c.expires != 0 {
			left := time.Until(time.UnixMilli(c.expires)) / time.Second
			line += "; Max-Age=" + strconv.FormatInt(max(0, int64(left)), 10)
		}
	}
	// Always Secure: what proxies report about the browser's connection can't be relied on.
	w.Header().Add("Set-Cookie", line+"; HttpOnly; SameSite=Lax; Secure")
	// No shared cache may give it to others, also none that knows no no-cache for one field.
	const ours = `private, no-cache="Set-Cookie"`
	if !slices.Contains(w.Header()["Cache-Control"], ours) {
		w.Header().Add("Cache-Control", ours)
	}
}
