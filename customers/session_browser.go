package customers

import (
	"cmp"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// BrowserCookie describes the cookie by which a browser has the session. The zero value is [DefaultSessionCookieName]
// with Secure.
type BrowserCookie struct {
	// Name is the cookie's name; empty means [DefaultSessionCookieName]. Better is a name of the site's own that begins
	// with __Host-, such as "__Host-shop": browsers take it only over https and from this host, so that no other site of
	// the domain can plant one. It is necessary where the backend, and so its admin, has the same host as the site: the
	// admin logs in by the default name. A text that no cookie can have as its name, such as "my shop", panics.
	Name string
	// Insecure leaves out the attribute Secure, for development on plain http, such as http://shop.lan. Browsers drop a
	// Secure cookie there, so that a login has no effect; from http://localhost most take it. Names that begin with
	// __Host-, __Secure- or __Http-, in any case, are always Secure.
	Insecure bool
	// Logger gets a warning where the browser will drop the cookie, or keep an older one; nil means [slog.Default]. Without
	// one, a login that has no effect would have none in silence.
	Logger *slog.Logger
}

// SessionFromRequest makes a session from the cookie of a browser's request, so that a server between browser and
// backend acts for the browser's customer. [Session.Relay] takes changes back to the browser; [SessionHandler] does
// both. Without such a cookie the session is anonymous.
//
// A cookie from a browser is unverified: it may be anonymous, expired, an admin's or forged, which only the backend can
// tell. So LoggedIn is false until a call that needs a login has succeeded, and no call is refused before the backend
// has refused the cookie.
//
//	session := customers.SessionFromRequest(r, customers.BrowserCookie{Name: "__Host-shop"})
//	me, err := shop.WithSession(session).Retrieve(r.Context())
//	session.Relay(w) // before anything is written
func SessionFromRequest(r *http.Request, as BrowserCookie) *Session {
	b := &browser{name: as.name(), plainHTTP: isPlainHTTP(r), logger: as.Logger}
	b.insecure = as.Insecure && !isSecureName(b.name)
	s := &Session{browser: b}
	// The first counts, as for the backend: browsers send the one for the longest path first.
	for _, c := range r.CookiesNamed(b.name) {
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

// name returns the cookie's name. One that browsers would not take is a mistake in the program, as a bad pattern of
// http.ServeMux is: every login would have no effect.
func (c BrowserCookie) name() string {
	name := cmp.Or(c.Name, DefaultSessionCookieName)
	if !isToken(name) {
		panic("customers: BrowserCookie.Name: it is not a cookie's name")
	}
	return name
}

// isSecureName reports whether browsers take a cookie of this name with Secure only. They ignore the prefix's case.
func isSecureName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "__host-") || strings.HasPrefix(name, "__secure-") || strings.HasPrefix(name, "__http-")
}

// maxBrowserCookies is how many further cookies of a browser by the session cookie's name are tried.
const maxBrowserCookies = 3

// Relay sets the browser's cookie if a login or the backend has changed or prolonged it since [SessionFromRequest], and
// deletes it after a logout or [Session.Forget]. Otherwise it does nothing. In particular it leaves the cookie after a
// 401: the browser may have another by now, that of a login whose response came first, or the cookie may be an admin's.
// So after a logout it also leaves a cookie that the backend did not know in the same request.
//
// Call it before the response's header is written; a later call for the same response replaces what an earlier one set.
// The cookie is HttpOnly, SameSite=Lax, Secure unless [BrowserCookie] says otherwise, and for the whole site; it lasts
// as long as the backend's. Where it is Secure, and the browser's request seems to have come over plain http and not to
// localhost, BrowserCookie.Logger gets a warning, once. Cookies of a load balancer before the backend stay with the
// session and are not relayed.
//
// For a session that did not come from a request it sets the cookie by [DefaultSessionCookieName].
func (s *Session) Relay(w http.ResponseWriter) {
	s.mu.Lock()
	b, now := browser{name: DefaultSessionCookieName}, s.state
	if s.browser != nil {
		b = *s.browser // a copy: a call may take the browser's next cookie meanwhile
	}
	s.mu.Unlock()
	if now.generation == 0 && !now.prolonged && !now.ended && (now.cookie == nil || now.cookie.value == b.value) {
		return // nothing has changed, and the cookie may be set by another
	}
	// The last Relay of a response counts.
	own := func(line string) bool { return strings.HasPrefix(line, b.name+"=") }
	if lines, ok := w.Header()["Set-Cookie"]; ok {
		w.Header()["Set-Cookie"] = slices.DeleteFunc(lines, own)
	}
	line := b.line(&now)
	if line == "" {
		return
	}
	if !b.insecure {
		// What proxies report about the browser's connection can't be relied on.
		line += "; Secure"
		if b.plainHTTP {
			b.warnPlainHTTP()
		}
	}
	w.Header().Add("Set-Cookie", line)
	// No shared cache may give it to others, also none that knows no no-cache for one field.
	const ours = `private, no-cache="Set-Cookie"`
	if !slices.Contains(w.Header()["Cache-Control"], ours) {
		w.Header().Add("Cache-Control", ours)
	}
}

// line returns the Set-Cookie line by which the browser gets the state of a session, without Secure; "" if it has it.
func (b *browser) line(now *state) string {
	const attributes = "; HttpOnly; SameSite=Lax"
	switch c := now.cookie; {
	case c == nil && (b.value == "" || b.refused || now.public() != SessionLoggedOut):
		return "" // there was no cookie, or it is not known to be this customer's, or a newer login may have replaced it
	case c == nil:
		return b.name + "=; Path=/; Max-Age=0" + attributes
	case c.value == b.value && !now.prolonged:
		return ""
	case c.expires == 0:
		return b.name + "=" + c.value + "; Path=/" + attributes // as it is: http.SetCookie would quote some values
	default:
		left := time.Until(time.UnixMilli(c.expires)) / time.Second
		return b.name + "=" + c.value + "; Path=/; Max-Age=" + strconv.FormatInt(max(0, int64(left)), 10) + attributes
	}
}

// isPlainHTTP reports whether a browser's request seems to have come over plain http, and not to this machine itself.
// Headers can be forged, and a proxy may say nothing, so that nothing but a warning depends on it.
func isPlainHTTP(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	ip, err := netip.ParseAddr(host)
	https := func(header, part string) bool { return strings.Contains(strings.ToLower(r.Header.Get(header)), part) }
	switch {
	case r.TLS != nil, host == "localhost", strings.HasSuffix(host, ".localhost"), err == nil && ip.IsLoopback():
		return false
	case https("X-Forwarded-Proto", "https"), https("Forwarded", "proto=https"), https("Origin", "https://"), https("Referer", "https://"):
		return false
	}
	return r.Header.Get("Sec-Fetch-Site") == "" // browsers send it where they trust the connection
}

var warnedPlainHTTP atomic.Bool

// warnPlainHTTP logs, once in a process, that the browser will drop its cookie.
func (b *browser) warnPlainHTTP() {
	if warnedPlainHTTP.CompareAndSwap(false, true) {
		b.warn("customers: a Secure cookie was relayed to a browser that seems to use plain http, and would drop it: " +
			"serve the site over https, set BrowserCookie.Insecure in development, or have the proxy that ends TLS send X-Forwarded-Proto")
	}
}

// warn logs to the logger of [BrowserCookie].
func (b *browser) warn(message string) {
	logger := b.logger
	if logger == nil {
		logger = slog.Default() //nolint:forbidigo // as http.Server does without an ErrorLog
	}
	logger.Warn(message, "cookie", b.name) //nolint:sloglint // message is a constant of this package
}
