package customers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

const (
	testEmail    = "user@example.com"
	testPassword = "supersecret"
)

var customerJSON = customerBody(`{"id":"cus_1","email":"user@example.com"}`)

// customerBody returns the response whose customer has these properties, and the required ones.
func customerBody(properties string) string {
	if !strings.Contains(properties, `"shipping_addresses"`) {
		properties = strings.TrimSuffix(properties, "}") + `,"shipping_addresses":[]}`
	}
	return `{"customer":` + whole[Customer](properties) + `}`
}

// pageBody returns the response whose orders have these properties, and the required ones.
func pageBody(count int, orders ...string) string {
	for i := range orders {
		orders[i] = whole[Order](orders[i])
	}
	return fmt.Sprintf(`{"orders":[%s],"count":%d,"offset":0,"limit":10}`, strings.Join(orders, ","), count)
}

// whole returns a model's JSON with these properties. The other required ones are zero, null or empty.
func whole[T any](properties string) string {
	var model T
	fillSlices(reflect.ValueOf(&model).Elem())
	text, err := json.Marshal(model)
	if err != nil {
		panic(err)
	}
	var all map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(text, &all), json.Unmarshal([]byte(properties), &all)); err != nil {
		panic(err)
	}
	text, err = json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func fillSlices(v reflect.Value) {
	for field, value := range v.Fields() {
		switch {
		case value.Kind() == reflect.Slice:
			value.Set(reflect.MakeSlice(field.Type, 0, 0))
		case value.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]():
			fillSlices(value)
		}
	}
}

// fake is a server on loopback that records its requests and responds as a test wants, also as no Medusa does.
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

// serve starts a fake that responds by h, which can read the body again.
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
	return slices.Clone(f.requests)
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

// sessionOf makes a session that is logged in with this cookie.
func sessionOf(value string) *Session { return &Session{state: state{cookie: &cookie{value: value}}} }

func mustNew(tb testing.TB, baseURL string, opts ...Option) *Client {
	tb.Helper()
	c, err := New(baseURL, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func respond(w http.ResponseWriter, status int, contentType, body string) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	} else {
		w.Header()["Content-Type"] = nil
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func respondJSON(w http.ResponseWriter, status int, body string) {
	respond(w, status, "application/json; charset=utf-8", body)
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

// respondWith responds to every request alike.
func respondWith(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { respond(w, status, contentType, body) }
}

// roundTrip is a transport in memory, for virtual time.
type roundTrip func(*http.Request) (*http.Response, error)

func (rt roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rt(r)
}

// inMemoryTransport sends requests to h without a network. A handler that aborts is a lost connection.
func inMemoryTransport(h http.HandlerFunc) roundTrip {
	return func(r *http.Request) (resp *http.Response, err error) {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // it is what handlers panic with
				resp, err = nil, cmp.Or(r.Context().Err(), io.EOF)
			} else if p != nil {
				panic(p)
			}
		}()
		rec := httptest.NewRecorder()
		r = r.Clone(r.Context()) // a client changes its own request's header between attempts
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

// discard drops what net/http's server logs about clients that hang up.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func wantIs(t *testing.T, err, sentinel error) {
	t.Helper()
	_ = wantError(t, err, sentinel)
}

// wantError is wantIs for a test that checks more of the error.
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

// backend is customerstest's, without a network, so that it works in virtual time too. It makes an account for each email
// that a login comes with.
type backend struct {
	*customerstest.Backend
	mu       sync.Mutex
	accounts map[string]string // the ids, by email
	names    map[string]string // of the cookies that logins have set, by value
	logins   int

	// modify changes the header of each response, if not nil.
	modify func(r *http.Request, h http.Header)
}

func newBackend(t *testing.T, opts ...customerstest.Option) *backend {
	t.Helper()
	b := &backend{Backend: customerstest.New(opts...), accounts: map[string]string{}, names: map[string]string{}}
	t.Cleanup(func() {
		for _, f := range b.PendingFaults() {
			t.Errorf("no request came for the fault %+v", f)
		}
	})
	return b
}

const backendURL = "https://shop.example.com"

// client makes a client of b that is not logged in.
func (b *backend) client(t *testing.T, opts ...Option) *Client {
	t.Helper()
	return mustNew(t, backendURL, append([]Option{inMemory(b.handle)}, opts...)...)
}

// handle responds as the backend does, and names the cookies of logins s1, s2, ….
func (b *backend) handle(w http.ResponseWriter, r *http.Request) {
	route := r.Method + " " + r.URL.Path
	var in struct {
		Email string `json:"email"`
	}
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &in)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if route == "POST /store/auth" || route == "POST /store/auth/token" {
		b.addAccount(in.Email)
	}
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, r)
	h := rec.Header()
	if b.modify != nil {
		b.modify(r, h)
	}
	if rec.Code == http.StatusOK && (route == "POST /store/auth" || route == "POST /store/customers") {
		b.recordLogin(in.Email, h.Get("Set-Cookie"))
	}
	for name, values := range h {
		w.Header()[name] = append(w.Header()[name], values...)
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// addAccount adds an account with testPassword, unless there is one, and returns its id.
func (b *backend) addAccount(email string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.accounts[email] == "" && email != "" {
		b.accounts[email] = b.AddCustomer(customerstest.Customer{Email: email, Password: testPassword}).ID
	}
	return b.accounts[email]
}

// recordLogin names the cookie of a login.
func (b *backend) recordLogin(email, line string) {
	c, err := http.ParseSetCookie(line)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accounts[email] = cmp.Or(b.accounts[email], "made by Create")
	b.logins++
	b.names[c.Value] = fmt.Sprint("s", b.logins)
}

// named replaces the values of logins' cookies in text by their names.
func (b *backend) named(text string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for value, name := range b.names {
		text = strings.ReplaceAll(text, value, name)
	}
	return text
}

// hold holds a request of an operation, or several, after it is carried out and before the client sees the response. An
// email limits it to requests with that email in the body or path.
func (b *backend) hold(op Operation, email string, times ...int) *customerstest.Held {
	return b.Hold(customerstest.Fault{Operation: op, CarriedOut: true, Times: cmp.Or(append(times, 1)...), Match: func(r customerstest.Request) bool {
		return email == "" || bytes.Contains(r.Body(), []byte(email)) || strings.Contains(r.Path(), email)
	}})
}

// probe marks the requests by which a test looks at the backend.
const probe = "X-Probe"

// owner returns the email of the customer whom a cookie's value logs in at the backend, "" if there is none.
func (b *backend) owner(value string) string {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/store/customers/me", nil)
	r.Header.Set("Cookie", DefaultSessionCookieName+"="+value)
	r.Header.Set(probe, "1")
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, r)
	var out struct {
		Customer Customer `json:"customer"`
	}
	_ = json.Unmarshal(rec.Body.Bytes(), &out)
	return out.Customer.Email
}

// owners returns the emails of all who are logged in at the backend, in the order of their logins.
func (b *backend) owners() (emails []string) {
	b.mu.Lock()
	values := slices.SortedFunc(maps.Keys(b.names), func(x, y string) int { return cmp.Compare(b.names[x], b.names[y]) })
	b.mu.Unlock()
	for _, value := range values {
		if owner := b.owner(value); owner != "" {
			emails = append(emails, owner)
		}
	}
	return emails
}

// seen returns the requests whose "METHOD path" begins with route, without probes.
func (b *backend) seen(route string) (found []recorded) {
	for _, r := range b.Requests() {
		h := r.Header()
		if h.Get(probe) == "" && strings.HasPrefix(r.Method+" "+r.Path(), route) {
			found = append(found, recorded{Method: r.Method, Path: r.Path(), Cookie: h.Get("Cookie"), Body: string(r.Body()), Query: r.Query(), Header: h})
		}
	}
	return found
}

func (b *backend) count() int { return len(b.seen("")) }

func (b *backend) last(t *testing.T) recorded {
	t.Helper()
	seen := b.seen("")
	if len(seen) == 0 {
		t.Fatal("no request arrived")
	}
	return seen[len(seen)-1]
}

// rolling prolongs the cookie that came with a request, as a backend with rolling sessions does.
func rolling(r *http.Request, h http.Header) {
	if c, err := r.Cookie(DefaultSessionCookieName); err == nil && h.Get("Set-Cookie") == "" && r.Method != http.MethodDelete {
		h.Set("Set-Cookie", c.Name+"="+c.Value+"; Path=/")
	}
}

// withAttributes gives cookies other attributes than the backend's.
func withAttributes(attributes string) func(*http.Request, http.Header) {
	return func(_ *http.Request, h http.Header) {
		for i, line := range h["Set-Cookie"] {
			pair, _, _ := strings.Cut(line, ";")
			h["Set-Cookie"][i] = pair + attributes
		}
	}
}

// valueOf returns the value of the session's cookie, "" if there is none.
func valueOf(s *Session) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.cookie == nil {
		return ""
	}
	return s.state.cookie.value
}

// cookieHeaderOf returns the Cookie header that a call with the session would send.
func cookieHeaderOf(s *Session, e *endpoint) string {
	return s.cookieHeader(s.state.cookie, e)
}

// begin runs f in the background and returns a function that waits for its error.
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

// wantCustomer wants the customer with this email to be logged in, by the backend's word.
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

// httpTime formats a time as headers have it.
func httpTime(at time.Time) string { return at.UTC().Format(http.TimeFormat) }

// reporting makes a RoundTripper report to the request's trace that it asks for a connection, as net/http's does.
func reporting(next roundTrip) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GetConn != nil {
			trace.GetConn(r.URL.Host)
		}
		return next(r)
	}
}

// noConnection is a RoundTripper that gets no connection.
func noConnection(r *http.Request) (*http.Response, error) {
	return reporting(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	})(r)
}

func second(_ *http.Response, err error) error { return err }
