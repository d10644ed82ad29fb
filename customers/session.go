package customers

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Session is one customer's login at the backend: its cookie, kept as a browser would keep it. The zero value belongs
// to nobody yet, until a login fills it. It is safe for concurrent use and must not be copied; [Session.Encode] takes
// it elsewhere.
//
// The rules, where calls overlap: the login that was begun last wins, whichever answers first; an answer to an older
// cookie changes nothing; a failed login leaves the session as it was; a logout ends what was logged in when it
// began, not a login begun later. Once the backend answers 401 to the stored cookie, the session has ended, and
// calls are [ErrUnauthenticated] without being sent until the next login.
//
// In memory a session belongs to the scheme, host and port it was first used with, and is refused elsewhere.
type Session struct {
	mu     sync.Mutex
	origin string
	// issued numbers logins and logouts in the order they begin; epoch is the number of the one that the state is from.
	issued, epoch uint64
	// cookie is replaced, never changed: that it is the same pointer means that nothing happened in between. Behind a
	// pointer it is also out of sight when somebody prints a struct that holds a Session.
	cookie     *sessionCookie
	others     *[]otherCookie // a load balancer's, say; replaced, never changed
	browser    *browser       // where SessionFromRequest took it from
	relogin    *relogin       // the re-login hook at work
	relogged   *relogin       // its last run that is over
	ended      bool           // the backend refused the last cookie
	unverified bool           // the cookie came from a browser and no call has succeeded with it yet, or ever did
	refreshed  bool           // the backend has prolonged the cookie
	notifying  bool           // the session hook is at work
	changed    bool           // and has to be called once more
}

// sessionCookie is the backend's session cookie. The value is kept to the byte.
type sessionCookie struct {
	value   string
	expires int64 // UnixMilli by this machine's clock; 0: unknown
	secure  bool
}

// otherCookie is a cookie that is not the backend's own.
type otherCookie struct {
	name, value string
	expires     int64
	secure      bool
}

// A proxy needs a cookie or two. More is a fault, and must not grow every session of a server.
const (
	maxOtherCookies     = 8
	maxOtherCookieBytes = 2 << 10 // all together
)

// Format prints, for every verb, whether somebody is logged in and nothing else.
func (s *Session) Format(f fmt.State, _ rune) {
	state := "nobody is logged in"
	if s.LoggedIn() {
		state = "logged in"
	}
	fmt.Fprintf(f, "customers.Session(%s)", state)
}

// LoggedIn says whether the session holds the cookie of a login that has not run out. Whether the backend still knows
// it, only a call tells. After [SessionFromRequest] it is false until a call that needs a login has succeeded.
func (s *Session) LoggedIn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie != nil && !s.unverified && !isOver(s.cookie.expires)
}

// Expires is when the session's cookie runs out, by this machine's clock; the zero time where that is unknown or
// there is no cookie. It is how long a stored session is worth keeping. The backend prolongs its side with each call,
// but not the cookie's unless it is configured to be rolling.
func (s *Session) Expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cookie == nil || s.cookie.expires == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.cookie.expires).UTC()
}

// ticket is what a call knew of the session when it began.
type ticket struct {
	number uint64         // of a login or logout
	epoch  uint64         // the session's when the call began
	proven bool           // the session was not unverified
	run    *relogin       // the last run of the re-login hook that was over
	cookie *sessionCookie // what was sent
	lapsed bool           // there was a login, and it is over
}

// begin opens a call and returns what it has to send. run is the re-login hook's that makes the call, if one does;
// first is what the call knew before a re-login, if there was one.
func (s *Session) begin(op *operation, k *core, run *relogin, first *ticket) (ticket, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == "" {
		s.origin = k.origin
	}
	if s.origin != k.origin {
		return ticket{}, "", refused("session", "it belongs to "+s.origin+"; Encode and DecodeSession take it to another address of the same backend")
	}
	t := ticket{epoch: s.epoch, proven: !s.unverified, run: s.relogged}
	switch op.auth {
	case open:
	case login:
		// No cookie: the backend would keep a session id that somebody else may know.
		t.number = s.number(run)
	case logout:
		t.number = s.number(run)
		t.cookie = s.cookie
	case secured:
		switch {
		case first != nil && first.epoch != s.epoch:
			return t, "", &Error{kind: ErrUnauthenticated, Message: "the login that the call was begun with is over, and another has taken its place: make the call again if it is for that one"}
		case s.cookie == nil && s.ended:
			t.lapsed = t.proven
			return t, "", &Error{kind: ErrUnauthenticated, Message: "the session has ended: log in again"}
		case s.cookie == nil:
			return t, "", &Error{kind: ErrUnauthenticated, Message: "log in first, with Create or Auth.Authenticate"}
		case isOver(s.cookie.expires):
			t.cookie, t.lapsed = s.cookie, true // not sent, but what the call knew
			return t, "", &Error{kind: ErrUnauthenticated, cause: ErrSessionExpired, Message: "log in again"}
		}
		t.cookie = s.cookie
	}
	if t.cookie != nil && t.cookie.secure && !k.mayCarrySecure() {
		return t, "", &Error{kind: ErrNoSessionCookie, Message: "the cookie is Secure and the base URL is plain http: use https, or WithTLSTerminated where TLS ends before the backend"}
	}
	return t, s.cookieHeader(t.cookie, k), nil
}

// number is that of a login or logout that begins now. A re-login goes on with the login that it renews.
func (s *Session) number(run *relogin) uint64 {
	if run != nil && run == s.relogin {
		return run.number
	}
	s.issued++
	return s.issued
}

func (s *Session) cookieHeader(c *sessionCookie, k *core) string {
	var header string
	if c != nil {
		header = k.cookieName + "=" + c.value
	}
	if s.others == nil {
		return header
	}
	for _, o := range *s.others {
		if isOver(o.expires) || o.secure && !k.mayCarrySecure() {
			continue
		}
		if header != "" {
			header += "; "
		}
		header += o.name + "=" + o.value
	}
	return header
}

// settle takes in what an answer says about the session. An orphan is one that nobody will use any more and that
// the backend still honours.
func (s *Session) settle(t ticket, r *reply, k *core) (orphan *Session, changed bool, err error) {
	received, deleted, others := readCookies(r.header, k)
	ok := r.ok()
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.cookie
	if r.op.auth == login && ok && received == nil {
		// None of this answer's cookies are kept: under a name we do not expect, one of them is the login.
		return nil, false, r.noCookie(k)
	}
	s.keepOthers(others)
	switch r.op.auth {
	case open:
		// Whatever session cookie came is an anonymous one that the backend hands to everybody.
	case login:
		switch {
		case !ok:
		case t.number < s.epoch: // equal is a re-login
			return &Session{cookie: received, others: s.others}, false, r.superseded()
		default:
			s.epoch = t.number
			s.hold(received)
		}
	case logout:
		if !ok || s.epoch > t.number {
			break // it failed, or a login begun later has won
		}
		if s.cookie != nil && (t.cookie == nil || t.cookie.value != s.cookie.value) {
			// A login begun earlier or a re-login got in between; its cookie is not the one that was ended.
			orphan = &Session{cookie: s.cookie, others: s.others}
		}
		s.epoch = t.number
		s.hold(nil)
	case secured:
		switch {
		case t.cookie != s.cookie: // an answer to an older cookie
		case r.status == http.StatusUnauthorized, ok && deleted:
			// The epoch stays: a login that is on its way must not be taken for an old one.
			unverified := s.unverified
			s.hold(nil)
			s.ended, s.unverified = true, unverified
		case ok && received != nil:
			s.hold(received)
			s.refreshed = true
		case ok:
			s.unverified = false
		}
	}
	return orphan, s.cookie != before, nil
}

// hold replaces the cookie and all that was said about the last one.
func (s *Session) hold(c *sessionCookie) {
	s.cookie, s.ended, s.unverified, s.refreshed = c, false, false, false
}

func (s *Session) keepOthers(received []otherCookie) {
	if len(received) == 0 {
		return
	}
	var kept []otherCookie
	if s.others != nil {
		kept = append(kept, *s.others...)
	}
	for _, o := range received {
		kept = slices.DeleteFunc(kept, func(k otherCookie) bool { return k.name == o.name })
		if !isOver(o.expires) {
			kept = append(kept, o)
		}
	}
	size := 0
	for i, o := range slices.Backward(kept) { // the newest stay
		size += len(o.name) + len(o.value)
		if len(kept)-i > maxOtherCookies || size > maxOtherCookieBytes {
			kept = kept[i+1:]
			break
		}
	}
	s.others = &kept
}

func isOver(expires int64) bool {
	return expires != 0 && expires <= time.Now().UnixMilli()
}

func (k *core) mayCarrySecure() bool { return k.https || k.tlsTerminated }
