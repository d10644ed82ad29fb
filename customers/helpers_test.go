package customers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testEmail    = "user@example.com"
	testPassword = "supersecret"
	customerJSON = `{"customer":{"id":"cus_1","email":"user@example.com"}}`
)

// fake is a server on loopback that records what it is asked.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	requests []recorded
}

type recorded struct {
	Method, Path, Cookie, Body string
	Query                      url.Values
	Header                     http.Header
}

// serve starts a fake that answers as h says; the body has been read and can be read again.
func serve(t *testing.T, h http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(f.record(h))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) record(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.requests = append(f.requests, recorded{
			Method: r.Method, Path: r.URL.EscapedPath(), Cookie: r.Header.Get("Cookie"), Body: string(body),
			Query: r.URL.Query(), Header: r.Header.Clone(),
		})
		f.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		h(w, r)
	}
}

func (f *fake) seen() []recorded {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]recorded(nil), f.requests...)
}

func (f *fake) count() int { return len(f.seen()) }

func (f *fake) last(t *testing.T) recorded {
	t.Helper()
	seen := f.seen()
	if len(seen) == 0 {
		t.Fatal("no request arrived")
	}
	return seen[len(seen)-1]
}

// client makes a client of f that is not logged in.
func (f *fake) client(t *testing.T, opts ...Option) *Client {
	t.Helper()
	return mustNew(t, f.URL, opts...)
}

// loggedIn makes a client of f whose session has a cookie with this value.
func (f *fake) loggedIn(t *testing.T, opts ...Option) *Client {
	t.Helper()
	return f.client(t, opts...).WithSession(sessionOf("v1"))
}

func sessionOf(value string) *Session { return &Session{state: state{cookie: &cookie{value: value}}} }

func mustNew(t *testing.T, baseURL string, opts ...Option) *Client {
	t.Helper()
	c, err := New(baseURL, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, status int, contentType, body string) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	} else {
		w.Header()["Content-Type"] = nil
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func answerJSON(w http.ResponseWriter, status int, body string) {
	answer(w, status, "application/json; charset=utf-8", body)
}

// switchable is a handler that a test changes between requests.
type switchable struct {
	mu sync.Mutex
	h  http.HandlerFunc
}

func (s *switchable) set(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.h = h
}

func (s *switchable) get() http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.h
}

func (s *switchable) handle(w http.ResponseWriter, r *http.Request) { s.get()(w, r) }

// handlerOf answers everything alike.
func handlerOf(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, contentType, body) }
}

// roundTrip is a transport in memory, for virtual time.
type roundTrip func(*http.Request) (*http.Response, error)

func (rt roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rt(r)
}

// inMemoryTransport lets h answer without a network.
func inMemoryTransport(h http.HandlerFunc) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		rec := httptest.NewRecorder()
		if r.Body == nil {
			r.Body = http.NoBody
		}
		h(rec, r)
		return rec.Result(), nil
	}
}

func inMemory(h http.HandlerFunc) Option {
	return WithHTTPClient(&http.Client{Transport: inMemoryTransport(h)})
}

// discard is for what net/http's server reports about clients that hang up.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func wantIs(t *testing.T, err, sentinel error) {
	t.Helper()
	_ = wantError(t, err, sentinel)
}

// wantError is wantIs for a test that looks further.
func wantError(t *testing.T, err, sentinel error) *Error {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Fatalf("error is %v, want %v", err, sentinel)
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error is a %T, want an *Error", err)
	}
	return e
}

func wantOK(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sessionBackend answers as the backend does where sessions are concerned: everybody gets a cookie, a login keeps the
// id that came along, and a logout leaves the id anonymous.
type sessionBackend struct {
	*fake
	mu       sync.Mutex
	next     int
	sessions map[string]string // cookie value → email; "" is anonymous
	gates    map[string]*gate

	// How it differs from the defaults; set before the first request.
	name       string
	attributes string
	rolling    bool
}

// gate holds an answer back: the request has been carried out, the client has yet to see it.
type gate struct {
	arrived, release chan struct{}
	once             sync.Once
}

func (g *gate) open() { g.once.Do(func() { close(g.release) }) }

func newSessionBackend(t *testing.T) *sessionBackend {
	t.Helper()
	b := &sessionBackend{
		sessions: map[string]string{}, gates: map[string]*gate{},
		name: DefaultSessionCookieName, attributes: "; Path=/; HttpOnly",
	}
	b.fake = serve(t, b.handle)
	return b
}

// hold makes the next request of this kind wait: "POST /store/auth a@example.com", "GET /store/customers/me". The test
// has to open the gate.
func (b *sessionBackend) hold(t *testing.T, what string) *gate {
	t.Helper()
	g := &gate{arrived: make(chan struct{}), release: make(chan struct{})}
	t.Cleanup(g.open) // or the server would wait for ever in a test that failed
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gates[what] = g
	return g
}

// live says whose session a cookie value is, "" for nobody's.
func (b *sessionBackend) live(value string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions[value]
}

// forget makes the backend forget all sessions, as a restart does.
func (b *sessionBackend) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.sessions)
}

func (b *sessionBackend) newID() string {
	b.next++
	return fmt.Sprintf("s%%3Asid%d.sig%%2B%d%%2F", b.next, b.next)
}

func (b *sessionBackend) handle(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	id := ""
	if c, err := r.Cookie(b.name); err == nil {
		id = c.Value
	}
	email, known := b.sessions[id]
	var in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	status, contentType, body := 200, "application/json; charset=utf-8", ""
	setCookie := !known || b.rolling && email != ""
	if !known {
		id = b.newID()
		b.sessions[id] = ""
	}
	route := r.Method + " " + r.URL.Path
	customer := func(email string) string { return fmt.Sprintf(`{"customer":{"id":"cus_%s","email":%q}}`, email, email) }
	switch route {
	case "POST /store/auth", "POST /store/customers":
		route += " " + in.Email
		if in.Password != testPassword {
			status, contentType, body = 401, "text/plain; charset=utf-8", "Unauthorized"
			break
		}
		b.sessions[id] = in.Email
		body = customer(in.Email)
	case "POST /store/auth/token":
		body = `{"access_token":"jwt"}`
		if in.Password != testPassword {
			status, contentType, body = 401, "text/plain; charset=utf-8", "Unauthorized"
		}
	case "DELETE /store/auth":
		if known {
			b.sessions[id] = ""
		}
		contentType, body = "text/plain; charset=utf-8", "OK"
	case "GET /store/auth", "GET /store/customers/me", "POST /store/customers/me":
		body = customer(email)
		if email == "" {
			status, contentType, body = 401, "", "Unauthorized"
		}
	case "POST /store/customers/password-token":
		status, contentType = 204, ""
	case "POST /store/customers/password-reset":
		status, body = 401, `{"type":"unauthorized","message":"Invalid or expired password reset token"}`
	default:
		body = `{"exists":false}`
	}
	if setCookie {
		w.Header().Add("Set-Cookie", b.name+"="+id+b.attributes)
	}
	g := b.gates[route]
	delete(b.gates, route)
	b.mu.Unlock()
	if g != nil {
		close(g.arrived)
		<-g.release
	}
	answer(w, status, contentType, body)
}

// valueOf is the value of the session's cookie, "" if there is none.
func valueOf(s *Session) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.cookie == nil {
		return ""
	}
	return s.state.cookie.value
}

// begin runs f in the background and returns what waits for its error.
func begin(f func() error) (wait func() error) {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return func() error { return <-done }
}

func logIn(ctx context.Context, c *Client, email string) error {
	_, err := c.Auth.Authenticate(ctx, email, testPassword)
	return err
}

func retrieve(ctx context.Context, c *Client) error {
	_, err := c.Retrieve(ctx)
	return err
}

// wantCustomer asks the backend who is logged in.
func wantCustomer(t *testing.T, c *Client, email string) {
	t.Helper()
	me, err := c.Retrieve(t.Context())
	if err != nil {
		t.Fatalf("Retrieve as %s: %v", email, err)
	}
	if me.Email != email {
		t.Fatalf("logged in as %s, want %s", me.Email, email)
	}
}

func mustLogin(t *testing.T, c *Client, email string) {
	t.Helper()
	if err := logIn(t.Context(), c, email); err != nil {
		t.Fatalf("login as %s: %v", email, err)
	}
}

// httpTime writes a time as a header holds it.
func httpTime(at time.Time) string { return at.UTC().Format(http.TimeFormat) }
