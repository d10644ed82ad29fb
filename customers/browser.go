package customers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// browser is the browser that a session was taken from.
type browser struct {
	cookieName string
	value      string // what the browser holds; empty: no cookie
}

// SessionFromRequest takes a session from the cookie of a browser's request, so that a server between browser and
// backend acts for whoever the browser is: name is what the cookie is called there, such as
// [DefaultSessionCookieName] or, better, one that begins with __Host-, which no other site of the domain can plant.
// [Session.Relay] takes changes back. Without such a cookie the session is nobody's yet.
//
// What comes from a browser is unverified: it may be anonymous, over or made up, which only the backend can tell. So
// LoggedIn is false until a call that needs a login has succeeded, and no call is refused before the backend has.
//
//	session := customers.SessionFromRequest(r, customers.DefaultSessionCookieName)
//	me, err := shop.WithSession(session).Retrieve(r.Context())
//	session.Relay(w) // before anything is written
func SessionFromRequest(r *http.Request, name string) *Session {
	b := &browser{cookieName: name}
	s := &Session{browser: b}
	// The first counts, as for the backend: browsers send the one for the longest path first.
	if cookies := r.CookiesNamed(name); len(cookies) > 0 && cookies[0].Value != "" {
		b.value = cookieValue(cookies[0])
		s.cookie, s.unverified = &sessionCookie{value: b.value}, true
	}
	return s
}

// Relay sets or deletes the browser's cookie, if calls have changed the session since [SessionFromRequest]; otherwise
// it does nothing. Call it before the answer's header is written; a later call for the same answer replaces what an
// earlier one set. The cookie is HttpOnly, SameSite=Lax, Secure and for the whole site; it lasts as long as the
// backend's. Most browsers take a Secure cookie also from http://localhost. Cookies of a load balancer before the
// backend stay with the session and are not relayed.
//
// For a session that did not come from a request it sets the cookie by [DefaultSessionCookieName].
func (s *Session) Relay(w http.ResponseWriter) {
	s.mu.Lock()
	b, cookie := s.browser, s.cookie
	refreshed := s.refreshed
	s.mu.Unlock()
	if b == nil {
		b = &browser{cookieName: DefaultSessionCookieName}
	}
	// The last Relay of an answer counts.
	own := func(line string) bool { return strings.HasPrefix(line, b.cookieName+"=") }
	if lines, ok := w.Header()["Set-Cookie"]; ok {
		w.Header()["Set-Cookie"] = slices.DeleteFunc(lines, own)
	}
	var line string
	switch {
	case cookie == nil && b.value == "":
		return // nobody was and nobody is
	case cookie == nil:
		line = b.cookieName + "=; Path=/; Max-Age=0"
	case cookie.value == b.value && !refreshed:
		return
	default:
		line = b.cookieName + "=" + cookie.value + "; Path=/" // as it is: http.SetCookie would quote some values
		if cookie.expires != 0 {
			left := time.Until(time.UnixMilli(cookie.expires)) / time.Second
			line += "; Max-Age=" + strconv.FormatInt(max(0, int64(left)), 10)
		}
	}
	// Always Secure: what proxies tell of the browser's connection can't be relied on.
	w.Header().Add("Set-Cookie", line+"; HttpOnly; SameSite=Lax; Secure")
	// No shared cache may hand it to others, also none that does not know of a no-cache for one field.
	const ours = `private, no-cache="Set-Cookie"`
	if !slices.Contains(w.Header()["Cache-Control"], ours) {
		w.Header().Add("Cache-Control", ours)
	}
}
