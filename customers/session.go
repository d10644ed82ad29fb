package customers

import (
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// The rules of a session. docs/sessions.md has the same list for users, and the model test quotes the numbers.
//
//  1. Origin. Cookies come from and go to the backend only. In memory a session binds to the origin that it was first
//     used with and refuses any other; its text carries none.
//  2. Anonymous cookies are never stored. Operations that need no login, and logins, send no session cookie, because the
//     backend would keep a session id that somebody else may know. A call by Do to a route that is not the contract's sends
//     the cookie if there is one; its success verifies nothing, and another value that it sets is not stored.
//  3. Login. The login that began last wins, whichever response comes first. Its generation is the time at which it
//     began, and greater than any that its session has seen. A login that succeeds after a newer login or logout is
//     superseded: the error says so, and it is logged out at the backend. So is a login that a newer one replaces. A
//     failed login changes nothing.
//  4. A 401 to a call that sent the stored cookie ends the session if it is the backend's own: without
//     WWW-Authenticate or with that of Medusa before 1.17, and with the bare word to the byte or the API's JSON of type
//     unauthorized. A gateway's 401 changes nothing. A success that deletes the cookie ends the session too. JSON that
//     is not the API's is no success. A response to an older cookie changes nothing. A success that sets the cookie
//     again prolongs it, and so does a failure that sets the same value.
//  5. Logout. Any 2xx ends what was logged in when the logout began; an error keeps the cookie. A login begun later stays.
//     Forget drops the login without asking the backend.
//  6. Secure. A Secure cookie is sent over https, and over plain http only with WithTLSTerminated; otherwise the call is
//     refused before it is sent.
//  7. The value is kept to the byte. Name, domain and path tell cookies apart. Those for another domain or path than the
//     base URL's or WithPublicURL's are dropped. The lifetime counts from the response's Date. An expired cookie is not
//     sent, but for one of a restored session, which is tried once: the backend may have prolonged it, and if it accepts
//     the cookie, its end is unknown.
//  8. Encode and DecodeSession: versioned, bounded, and refused if damaged. No marshaler, and nothing printed.
//  9. Other cookies, such as a load balancer's, are kept and sent with every call, within limits, never under the session
//     cookie's name.
//  10. Across requests. What a response says about an older login never undoes a newer one, in the browser or in a store.
//     SessionFromRequest makes an unverified session. If the browser sent several cookies by the name, the next is tried
//     after a 401, and a login or logout ends them all. Relay sets the browser's cookie if it changed or was prolonged.
//     It deletes the cookie after a logout or Forget only, and after a logout not one that the backend has refused. The
//     session hook runs once at a time for one session, and its last run reports the last change. SessionChange.Apply
//     decides by the generations, which are times and part of the text, whether a store's text is older.
//
// What becomes of the state: rows are events, columns are what the session was before. “–” changes nothing.
//
//	event                                  anonymous    unverified   logged in    ended
//	-------------------------------------  -----------  -----------  -----------  -----------
//	login begins                           sends none   sends none   sends none   sends none
//	login succeeds, the newest             logged in    logged in *  logged in *  logged in
//	login succeeds, superseded             –, error     –, error     –, error     –, error
//	login fails                            –            –            –            –
//	call that needs a login begins         not sent     sends it     sends it     not sent
//	… its cookie has expired, restored     –            –            sends once   –
//	… its cookie has expired, otherwise    –            –            not sent     –
//	… succeeds                             –            logged in    –            –
//	… succeeds and sets the cookie         –            logged in    prolonged    –
//	… succeeds and deletes the cookie      –            ended        ended        –
//	… is the backend's own 401             –            ended **     ended        –
//	… is a gateway's 401                   –            –            –            –
//	… fails and sets the same value        –            prolonged †  prolonged    –
//	… fails in another way                 –            –            –            –
//	call by Do to another route begins     sends none   sends it     sends it     sends none
//	… succeeds                             –            –            –            –
//	… sets the same value                  –            prolonged †  prolonged    –
//	… sets another value                   –            –            –            –
//	… succeeds and deletes the cookie      –            ended        ended        –
//	… is the backend's own 401             –            ended **     ended        –
//	logout begins                          sends none   sends it     sends it     sends none
//	logout succeeds                        –            anonymous    anonymous    anonymous
//	logout succeeds, a newer login stands  –            –            –            –
//	logout fails                           –            –            –            –
//	Forget                                 anonymous    anonymous    anonymous    anonymous
//	operation that needs no login          –            –            –            –
//
// A response to an older cookie changes nothing in any state (rule 4). * The replaced login is logged out at the
// backend.
// ** The browser's next cookie by the name is tried first, if there is one. † It stays unverified.

// Session is one customer's login at the backend: its cookie, kept as a browser would keep it. The zero value is
// anonymous until a login fills it. It is safe for concurrent use and must not be copied; [Session.Encode] takes it
// elsewhere.
//
// Where calls overlap, the login that began last wins, whichever response comes first; a response to an older cookie
// changes nothing; a failed login leaves the session as it was; a logout ends what was logged in when it began, not a
// login begun later. Once the backend responds with its own 401 to the stored cookie, the session has ended, and calls
// are [ErrSessionEnded] without being sent until the next login.
//
// In memory a session belongs to the scheme, host and port it was first used with, and is refused elsewhere. Two
// backends that share all three and differ in the base path need sessions of their own.
type Session struct {
	mu      sync.Mutex
	origin  string
	state   state
	others  *[]otherCookie // a load balancer's, say; replaced, never changed
	browser *browser       // where SessionFromRequest took it from
	account bool           // of WithCredentials, and nothing else logs it in
	hooked  bool           // the session hook is at work
	before  *state         // what the state was before the first change that the hook has yet to see; nil: it has seen all
}

// state is what a session's calls change, by three transitions: login, logout and secured.
type state struct {
	// begun is the number of the login or logout that began last; generation is that of the one which the cookie is from.
	// A number is the time in microseconds, or one more than the last number if that is greater. So it counts in the order
	// in which logins and logouts begin, also those of other requests and servers.
	begun, generation int64
	// cookie is replaced, never changed: the same pointer means that nothing happened in between. A pointer also keeps it
	// out of sight when a struct with a Session in it is printed.
	cookie     *cookie
	ended      bool // the backend refused the last cookie
	unverified bool // the cookie came from a browser, and no call has succeeded with it
	prolonged  bool // the backend has prolonged the cookie
	restored   bool // from a text: the backend may have prolonged the cookie since, so it is tried once though expired
}

// next returns the number of a login or logout that begins now.
func (s *state) next() int64 {
	s.begun = max(time.Now().UnixMicro(), s.begun+1)
	return s.begun
}

// browser is the browser that a session was taken from.
type browser struct {
	name      string   // of the cookie
	insecure  bool     // it is set without Secure
	value     string   // empty: the browser sent none
	rest      []string // of other cookies by this name, such as an older one for the whole domain
	refused   bool     // the backend did not know the cookie, which may be an admin's
	plainHTTP bool     // it will drop a Secure cookie
	logger    *slog.Logger
}

// login stores the cookie c of the login that began as number, unless a newer login or logout stands (rule 3). It
// returns the cookie that the backend still accepts and the session no longer needs, which is c if that is superseded.
func (s *state) login(number int64, c *cookie) (replaced *cookie) {
	if number < s.generation {
		return c
	}
	if s.cookie != nil && s.cookie.value != c.value {
		replaced = s.cookie
	}
	s.generation = number
	s.store(c)
	return replaced
}

// logout ends what was logged in when the logout that began as number sent the cookie sent (rule 5). It returns a
// cookie that the backend still accepts and the session no longer needs, if there is one.
func (s *state) logout(number int64, sent *cookie) (superseded *cookie) {
	if number < s.generation {
		return nil
	}
	if s.cookie != nil && (sent == nil || sent.value != s.cookie.value) {
		superseded = s.cookie // of a login begun earlier that came in between
	}
	s.generation = number
	s.store(nil)
	return superseded
}

// secured takes in the result of a call that sent the cookie sent (rule 4).
func (s *state) secured(sent *cookie, r result) {
	if sent != s.cookie {
		return // a response to an older cookie
	}
	set := r.cookies.replacing(sent)
	switch {
	case r.unauthorized, r.ok && set != nil && set.expired():
		// The generation stays: a login that is on its way is newer. And an unverified cookie remains one.
		s.cookie, s.ended, s.prolonged = nil, true, false
		return
	case set != nil && !set.expired() && (r.ok || set.value == sent.value):
		unverified := s.unverified
		s.store(set)
		s.unverified, s.prolonged = unverified, true
	}
	if r.ok {
		s.unverified, s.restored = false, false
	}
	if r.ok && s.cookie.expired() { // a restored copy: the backend has prolonged the session, until when is unknown
		s.cookie = &cookie{value: sent.value, scope: sent.scope, secure: sent.secure}
	}
}

// optional takes in the result of a call to a route that may need no login. A success shows nothing about the cookie
// sent, and another value may be that of an anonymous session (rule 2).
func (s *state) optional(sent *cookie, r result) {
	if sent == nil {
		return
	}
	set := r.cookies.replacing(sent)
	r.ok = r.ok && set != nil && set.expired()
	s.secured(sent, r)
}

// public returns what callers see of the state.
func (s *state) public() SessionState {
	switch {
	case s.cookie == nil && s.ended:
		return SessionEnded
	case s.cookie == nil && s.generation > 0: // every login has a cookie
		return SessionLoggedOut
	case s.cookie == nil:
		return SessionAnonymous
	case s.cookie.expired():
		return SessionExpired
	case s.unverified:
		return SessionUnverified
	}
	return SessionLoggedIn
}

// store replaces the cookie and all that was known about the last one.
func (s *state) store(c *cookie) {
	s.cookie, s.ended, s.unverified, s.prolonged, s.restored = c, false, false, false, false
}

// snapshot is what a call knew of the session when it began.
type snapshot struct {
	number     int64   // of a login or logout
	generation int64   // the session's
	unverified bool    // the session was
	cookie     *cookie // the session's, which a call that needs a login sends
	needsLogin bool    // the call needs a login that the session does not have
	again      bool    // the cookie was refused, and the browser sent another
}

// result is what a response means for the session.
type result struct {
	ok           bool // the operation succeeded
	unauthorized bool // it is a 401
	cookies      receivedCookies
}

const (
	messageLogInFirst   = "log in first, with Create or Auth.Authenticate"
	messageAgain        = "log in again"
	messageAccount      = "WithCredentials logs this client in, and as its account only: for another customer derive a client by WithSession(new(customers.Session))"
	messageSecureCookie = "the cookie is Secure and the base URL is plain http: use https, or WithTLSTerminated where TLS ends before the backend"
	messageOtherOrigin  = "it belongs to %s; Encode and DecodeSession take it to another address of the same backend"
)

// begin opens a call and returns the Cookie header that it has to send, with an error that of an anonymous visitor.
// account is whether [WithCredentials] makes it.
func (s *Session) begin(op Operation, e *endpoint, account bool) (snapshot, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == "" {
		s.origin = e.origin
	}
	if s.origin != e.origin {
		return snapshot{}, "", refused("session", fmt.Sprintf(messageOtherOrigin, s.origin))
	}
	snap, use := snapshot{generation: s.state.generation, unverified: s.state.unverified}, operations[op].session
	switch use {
	case open:
	case login: // no cookie: rule 2
		if s.account && !account {
			return snap, "", refused("session", messageAccount)
		}
		snap.number = s.state.next()
	case logout:
		snap.number, snap.cookie = s.state.next(), s.state.cookie
	case secured, optional:
		snap.cookie = s.state.cookie
		if err := s.state.unusable(); err != nil {
			snap.needsLogin = true
			return snap, s.cookieHeader(nil, e), err
		}
	}
	if snap.cookie != nil && snap.cookie.secure && !e.maySendSecure() {
		return snap, "", &Error{kind: ErrNoSessionCookie, Message: messageSecureCookie}
	}
	return snap, s.cookieHeader(snap.cookie, e), nil
}

// unusable returns why a call that needs a login is not sent, or nil.
func (s *state) unusable() error {
	switch s.public() {
	case SessionAnonymous:
		return &Error{kind: ErrNotLoggedIn, Message: messageLogInFirst}
	case SessionEnded:
		return &Error{kind: ErrSessionEnded, Message: messageAgain}
	case SessionLoggedOut:
		return &Error{kind: ErrLoggedOut, Message: messageAgain}
	case SessionExpired:
		if !s.restored {
			return &Error{kind: ErrSessionExpired, Message: messageAgain}
		}
	case SessionUnverified, SessionLoggedIn:
	}
	return nil
}

func (s *Session) otherCookies() []otherCookie {
	if s.others == nil {
		return nil
	}
	return *s.others
}

// cookieHeader returns the Cookie header for a session cookie, which may be nil, and the other cookies.
func (s *Session) cookieHeader(session *cookie, e *endpoint) string {
	var header string
	if session != nil {
		header = e.cookieName + "=" + session.value
	}
	for _, o := range s.otherCookies() {
		if o.name == e.cookieName || o.expired() || o.secure && !e.maySendSecure() {
			continue
		}
		if header != "" {
			header += "; "
		}
		header += o.name + "=" + o.value
	}
	return header
}

// settle takes in the result of a call. superseded are cookies that the backend still accepts and no session needs:
// that of the call's own login, that of a login which the call has replaced or logged out, and what else a browser sent
// by the name. changed reports whether there is something for the session hook.
func (s *Session) settle(op Operation, snap *snapshot, r result) (superseded []*cookie, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.state
	if len(r.cookies.others) > 0 {
		merged := mergeCookies(s.otherCookies(), r.cookies.others)
		s.others = &merged
	}
	switch operations[op].session {
	case open: // rule 2: the backend sets an anonymous session cookie with nearly every response
	case login:
		if r.ok {
			superseded = s.superseded(snap, s.state.login(snap.number, r.cookies.live()))
		}
	case logout:
		if r.ok {
			superseded = s.superseded(snap, s.state.logout(snap.number, snap.cookie))
		}
	case secured, optional:
		if operations[op].session == secured {
			s.state.secured(snap.cookie, r)
		} else {
			s.state.optional(snap.cookie, r)
		}
		if snap.again = r.unauthorized && s.nextOfBrowser(snap); snap.again {
			return nil, false
		}
		snap.needsLogin = r.unauthorized && snap.cookie != nil
		if s.browser != nil && s.state.ended && s.state.unverified {
			s.browser.refused = true
		}
	}
	if changed = s.state.cookie != before.cookie || s.state.generation != before.generation; changed && s.before == nil {
		s.before = &before
	}
	return superseded, changed
}

// superseded returns the cookie c, if it is one, that a login or logout found to be superseded. If that login or logout
// is the session's state now, what else the browser sent by the session cookie's name is superseded as well: the
// browser would send it again, and be logged in by it.
func (s *Session) superseded(snap *snapshot, c *cookie) (all []*cookie) {
	if c != nil {
		all = append(all, c)
	}
	if s.browser == nil || snap.number != s.state.generation {
		return all
	}
	for _, value := range s.browser.rest {
		all = append(all, &cookie{value: value})
	}
	s.browser.rest = nil
	return all
}

// nextOfBrowser takes the browser's next cookie by the session cookie's name, if the call's was unverified and has been
// refused. It reports whether there is one to try, also if another call has taken it.
func (s *Session) nextOfBrowser(snap *snapshot) bool {
	b := s.browser
	if b == nil || !snap.unverified || snap.generation != s.state.generation {
		return false
	}
	if s.state.ended && len(b.rest) > 0 {
		b.value, b.rest = b.rest[0], b.rest[1:]
		s.state.store(&cookie{value: b.value})
		s.state.unverified = true
	}
	return s.state.cookie != nil && s.state.cookie != snap.cookie
}

// supersededHeader returns the Cookie header with which a superseded login is logged out, or "" if it may not be sent.
func (s *Session) supersededHeader(superseded *cookie, e *endpoint) string {
	if superseded.secure && !e.maySendSecure() {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookieHeader(superseded, e)
}

// State returns what is known of the session, without asking the backend. Right after [SessionFromRequest] it shows
// whether the browser sent a cookie; after a call, whether the login has ended or never was.
func (s *Session) State() SessionState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.public()
}

// LoggedIn reports whether the state is [SessionLoggedIn]: the session has the cookie of a login that has not expired.
// Only a call shows whether the backend still accepts it. After [SessionFromRequest] it is false until a call that
// needs a login has succeeded.
func (s *Session) LoggedIn() bool { return s.State() == SessionLoggedIn }

// Expires returns when the session's cookie expires, by this machine's clock; the zero time where that is unknown or
// there is no cookie. It is how long a stored session is worth keeping. The backend prolongs its own session with each
// call, but the cookie only if it is configured to be rolling.
func (s *Session) Expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.cookie == nil || s.state.cookie.expires == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.state.cookie.expires).UTC()
}

// Format prints, for every verb, the session's state and nothing else.
func (s *Session) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "customers.Session(%s)", s.State()) }
