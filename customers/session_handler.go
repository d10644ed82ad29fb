package customers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
)

// sessionKey is the key of a browser's *Session in a request's context.
type sessionKey struct{}

// SessionFromContext returns the session that [SessionHandler] or [ContextWithSession] put into the context of a
// request; nil if none did, and [Client.WithSession] makes a client of it whose calls are [ErrNoSession].
func SessionFromContext(ctx context.Context) *Session {
	s, _ := ctx.Value(sessionKey{}).(*Session)
	return s
}

// ContextWithSession returns a context for [SessionFromContext], as [SessionHandler] does: for a server with a store of
// its own, which makes the session of a request by [DecodeSession]. So its handlers are the same with either.
func ContextWithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SessionHandler is middleware for a server that keeps no sessions of its own, because the browser has the backend's
// cookie. It puts the session of the browser's cookie into the request's context, for [SessionFromContext], and relays
// its changes to the browser, as [Session.Relay] does, before the first byte of next's response, also if next writes
// nothing, flushes, hijacks the connection, sends a 1xx response first, or panics. A handler that hijacks sends
// w.Header() itself. What is changed after the first byte can't be relayed, and BrowserCookie.Logger gets a warning,
// unless only the cookie's lifetime has changed. It works with any router:
//
//	site := http.NewServeMux()
//	site.HandleFunc("GET /account", func(w http.ResponseWriter, r *http.Request) {
//		me, err := shop.WithSession(customers.SessionFromContext(r.Context())).Retrieve(r.Context())
//		…
//	})
//	protection := http.NewCrossOriginProtection()
//	http.ListenAndServe(addr, protection.Handler(customers.SessionHandler(site, customers.BrowserCookie{Name: "__Host-shop"})))
//
// What remains for the site to do:
//   - Requests that change something need [http.CrossOriginProtection], or tokens: SameSite=Lax keeps the cookie from the
//     forms of other sites, but not of other hosts of the same domain.
//   - Pages that show a customer's data need Cache-Control: no-store. The handler forbids shared caches only to keep a
//     response that sets the cookie.
//   - A site's own session, such as for a cart, gets a new id at login and logout (session fixation). The backend's
//     session always is new: a login sends no cookie along.
//
// Handlers may be nested: one within another of the same cookie uses its session, which the outer one relays. So is a
// session of [SessionFromRequest] that other middleware put into the context, and has to relay.
//
// An [http.TimeoutHandler] around it drops the cookie with next's response when the time has passed, although the login
// has succeeded. Put it inside.
func SessionHandler(next http.Handler, cookie BrowserCookie) http.Handler {
	_ = cookie.name() // so that a bad one panics at the start
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := SessionFromRequest(r, cookie)
		if outer := SessionFromContext(r.Context()); outer != nil && outer.browser != nil && outer.browser.name == s.browser.name {
			next.ServeHTTP(w, r)
			return
		}
		rw := &relayWriter{ResponseWriter: w, session: s}
		defer rw.finish()
		next.ServeHTTP(rw, r.WithContext(ContextWithSession(r.Context(), s)))
	})
}

// relayWriter relays a session before the first byte of a response.
type relayWriter struct {
	http.ResponseWriter
	session *Session
	relayed *string // what toRelay returned then, behind a pointer, which fmt does not follow; nil: nothing was relayed
}

func (w *relayWriter) relay() {
	if w.relayed == nil {
		relayed := w.session.toRelay()
		w.relayed = &relayed
		w.session.Relay(w.ResponseWriter)
	}
}

// toRelay returns what Relay has to set for the browser to have this session: another value, a deletion, or "" for
// neither.
func (s *Session) toRelay() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c, line := s.state.cookie, s.browser.line(&s.state); {
	case line == "", c == nil:
		return line
	case c.value == s.browser.value: // only the lifetime is another
		return ""
	default:
		return c.value
	}
}

// finish relays the session if the handler has written nothing, such as because it panicked.
func (w *relayWriter) finish() {
	w.relay()
	if w.session.toRelay() != *w.relayed {
		w.session.browser.warn("customers: a session has changed after the response had begun, and the browser keeps an older cookie: " +
			"make the calls that log in or out before anything is written")
	}
}

// Unwrap is for [http.ResponseController].
func (w *relayWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *relayWriter) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols { // other 1xx come before the response
		w.relay()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *relayWriter) Write(p []byte) (int, error) {
	w.relay()
	return w.ResponseWriter.Write(p)
}

// ReadFrom is for [io.Copy], which makes use of that of the writer below.
func (w *relayWriter) ReadFrom(r io.Reader) (int64, error) {
	w.relay()
	return io.Copy(w.ResponseWriter, r)
}

// Flush does nothing if the writer below can't flush.
func (w *relayWriter) Flush() { _ = w.FlushError() }

func (w *relayWriter) FlushError() error {
	before := w.relayed
	w.relay()
	err := http.NewResponseController(w.ResponseWriter).Flush()
	w.undo(before, err)
	return err
}

// Hijack relays to the header, which a handler sends by itself then, as a websocket's upgrade does.
func (w *relayWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	before := w.relayed
	w.relay()
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.undo(before, err)
	return conn, buffered, err
}

// undo has the session relayed again by what follows, unless it was before, if err means that nothing was written.
func (w *relayWriter) undo(before *string, err error) {
	if errors.Is(err, http.ErrNotSupported) {
		w.relayed = before
	}
}

// Push does without if the writer below can't push.
func (w *relayWriter) Push(target string, opts *http.PushOptions) error {
	if p, ok := w.ResponseWriter.(http.Pusher); ok {
		return p.Push(target, opts)
	}
	return http.ErrNotSupported
}
