package customers

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// A Client is the HTTP client of generated code.
var _ api.HttpRequestDoer = (*Client)(nil)

func newRequest(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	wantOK(t, err)
	return req
}

// do sends a request by Do and returns the status and the body.
func do(t *testing.T, c *Client, req *http.Request) (int, string) {
	t.Helper()
	resp, err := c.Do(req)
	wantOK(t, err)
	body, err := io.ReadAll(resp.Body)
	wantOK(t, err)
	wantOK(t, resp.Body.Close())
	return resp.StatusCode, string(body)
}

// doError sends a request by Do and returns the error. There has to be one or a response, not both.
func doError(c *Client, req *http.Request) error {
	resp, err := c.Do(req)
	if resp != nil {
		err = errors.Join(err, resp.Body.Close())
	}
	if resp != nil && err != nil {
		return fmt.Errorf("a response beside %w", err)
	}
	return err
}

func TestDoTakesURLsBelowTheBaseURL(t *testing.T) {
	for _, test := range []struct{ base, given, sent string }{
		{"https://shop.example.com", "/store/carts", "https://shop.example.com/store/carts"},
		{"https://shop.example.com", "store/carts", "https://shop.example.com/store/carts"},
		{"https://shop.example.com", "/store/carts/", "https://shop.example.com/store/carts/"},
		{"https://shop.example.com", "", "https://shop.example.com/"},
		{"https://shop.example.com", "https://shop.example.com", "https://shop.example.com/"},
		{"https://shop.example.com", "?a=1", "https://shop.example.com/?a=1"},
		{"https://shop.example.com", "https://shop.example.com/store/carts?a[]=1&b=%20#f", "https://shop.example.com/store/carts?a[]=1&b=%20"},
		{"https://shop.example.com", "https://shop.example.com:443/x", "https://shop.example.com/x"},
		{"https://shop.example.com:443", "https://SHOP.example.COM/x", "https://shop.example.com:443/x"},
		{"http://shop.example.com", "HTTP://shop.example.com:80/x", "http://shop.example.com/x"},
		{"http://shop.example.com:9000", "http://shop.example.com:9000/x", "http://shop.example.com:9000/x"},
		{"http://[::1]:9000", "http://[::1]:9000/x", "http://[::1]:9000/x"},
		{"https://bücher.example", "https://xn--bcher-kva.example/x", "https://b%C3%BCcher.example/x"},
		{"https://example.com/shop", "/store/carts", "https://example.com/shop/store/carts"},
		{"https://example.com/shop/", "https://example.com/shop/store/carts", "https://example.com/shop/store/carts"},
		{"https://example.com/my%20shop/", "https://example.com/my%20shop/x", "https://example.com/my%20shop/x"},
		{"https://shop.example.com", "/store/auth/a%2Fb@example.com", "https://shop.example.com/store/auth/a%2Fb@example.com"},
		{"https://shop.example.com", "/store/products/caf%C3%A9...a..b", "https://shop.example.com/store/products/caf%C3%A9...a..b"},
	} {
		var sent *http.Request
		c := mustNew(t, test.base, inMemory(func(_ http.ResponseWriter, r *http.Request) { sent = r }))
		if _, body := do(t, c, newRequest(t, http.MethodGet, test.given, nil)); body != "" {
			t.Error(body)
		}
		if got := sent.URL.String(); got != test.sent {
			t.Errorf("%s at %s is sent to %s, want %s", test.given, test.base, got, test.sent)
		}
	}
}

// withURL returns a request with a URL that net/url would not parse.
func withURL(u url.URL) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: &u, Header: http.Header{}}
}

func TestDoRefusesWhatIsNotBelowTheBaseURL(t *testing.T) {
	c := mustNew(t, "https://example.com/shop/", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Error("sent to", r.URL)
		return nil, errors.New("sent")
	})})).WithSession(sessionOf("v"))
	requests := map[string]*http.Request{
		"nil":                  nil,
		"no URL":               {Method: http.MethodGet},
		"opaque":               withURL(url.URL{Opaque: "//evil.example/x"}),
		"opaque at the host":   withURL(url.URL{Scheme: "https", Host: "example.com", Opaque: "//evil.example/shop/x", Path: "/shop/x"}),
		"scheme without host":  withURL(url.URL{Scheme: "https", Path: "/shop/x"}),
		"host without scheme":  withURL(url.URL{Host: "example.com", Path: "/shop/x"}),
		"path like a host":     withURL(url.URL{Path: "//evil.example/x"}),
		"host with a path":     withURL(url.URL{Scheme: "https", Host: "example.com/shop", Path: "/shop/x"}),
		"host with a user":     withURL(url.URL{Scheme: "https", Host: "user@example.com", Path: "/shop/x"}),
		"host with line break": withURL(url.URL{Scheme: "https", Host: "example.com\r\nHost: evil.example", Path: "/shop/x"}),
		"user only":            withURL(url.URL{User: url.User("u"), Path: "/x"}),
		"line break in query":  withURL(url.URL{Path: "/x", RawQuery: "a=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n"}),
		"space in query":       withURL(url.URL{Path: "/x", RawQuery: "a b"}),
		"line break in path":   withURL(url.URL{Path: "/x\r\nHost: evil.example"}),
		"NUL in path":          withURL(url.URL{Path: "/x\x00"}),
		"bytes in path":        withURL(url.URL{Path: "/\xc0\xae\xc0\xae/x"}),
		"dots in path":         withURL(url.URL{Path: "/../x"}),
		"dots in raw path":     withURL(url.URL{Path: "/../x", RawPath: "/%2e%2e/x"}),
	}
	for _, raw := range []string{
		"https://evil.example/shop/x", "https://evil.example", "//evil.example/shop/x", "//example.com/shop/x", "///shop/x",
		"https://example.com.evil.example/shop/x", "https://evil.example#example.com/shop/x", "https://evil.example?example.com/shop/x",
		"https://www.example.com/shop/x", "https://example.com./shop/x", "https://example.com:8443/shop/x", "https://example.com:80/shop/x",
		"http://example.com/shop/x", "http://example.com:443/shop/x", "ftp://example.com/shop/x", "wss://example.com/shop/x", "file:///shop/x",
		"https://user@example.com/shop/x", "https://user:secret@example.com/shop/x", "https://example.com@evil.example/shop/x", "https://@example.com/shop/x",
		"mailto:user@example.com", "https:shop/x", "javascript:alert(1)",
		"https://example.com", "https://example.com/", "https://example.com/shop", "https://example.com/admin", "https://example.com/shop-evil/x",
		"https://example.com/shopx", "https://example.com/Shop/x", "https://example.com/shop%2fx", "https://example.com/%73hop/x", "https://example.com//shop/x",
		"https://example.com/shop/../admin", "https://example.com/shop/%2e%2e/admin", "https://example.com/shop/.%2E/admin", "https://example.com/shop/%2e./admin",
		"https://example.com/x/../shop/x", "https://example.com/shop/..", "https://example.com/shop/.", "https://example.com/shop/./x",
		"..", "../admin", "/..", "./x", ".", "/store/../../admin", "store/..", "/store/carts/../customers", "/%2e%2e/admin", "/%2E%2E%2Fadmin", "/..%2fadmin",
		"/store%2f..%2fadmin", "/%252e%252e/admin", "/%25252e%25252e/admin", "/..%5cadmin", "/..%255cadmin", `/..\admin`, `/store\carts`, "/store%5Ccarts",
		"/..;/admin", "/..;a=b/admin", "/.;/admin", "/..%3b/admin", "/..%20/admin", "/%20../admin", "/..%00/admin", "/x%00", "/..%0d%0a/admin", "/x%0d%0aHost:%20evil.example",
		"/%c0%ae%c0%ae/admin", "/store//carts", "/store/carts//line-items", "/%2fevil.example", "/%252fevil.example", "/store/carts/?a=1\x7f",
		"/%" + strings.Repeat("25", 30) + "2e/x", "/%252e%252e/x%25zz", "/%25252e%25252e/%25", "/store/..%3fx/admin", "/store/..%23x/admin", "/store/..%253f/admin",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw, nil)
		if err != nil {
			continue // net/url refuses it as well
		}
		requests[raw] = req
	}
	if len(requests) < 90 {
		t.Errorf("%d requests", len(requests))
	}
	for name, req := range requests {
		err := doError(c, req)
		if !errors.Is(err, ErrInvalidInput) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		e := wantError(t, err, ErrInvalidInput)
		if e.Field == "" || e.Operation != OperationDo || strings.Contains(e.Error(), "secret") || strings.Contains(e.Error(), "evil") {
			t.Errorf("%s: %q", name, e)
		}
	}
}

func TestDoRefusesWhatItCanNotSend(t *testing.T) {
	sent := 0
	c := mustNew(t, backendURL, inMemory(func(http.ResponseWriter, *http.Request) { sent++ }))
	for name, test := range map[string]struct {
		field  string
		change func(*http.Request)
	}{
		"a lost Host":      {"Host", func(r *http.Request) { r.Host = "evil.example" }},
		"another port":     {"Host", func(r *http.Request) { r.Host = "shop.example.com:9000" }},
		"http's port":      {"Host", func(r *http.Request) { r.Host = "shop.example.com:80" }},
		"a served request": {"RequestURI", func(r *http.Request) { r.RequestURI = "/store/carts" }},
		"chunks":           {"TransferEncoding", func(r *http.Request) { r.TransferEncoding = []string{"chunked"} }},
		"a trailer":        {"Trailer", func(r *http.Request) { r.Trailer = http.Header{"X": nil} }},
		"CONNECT":          {"Method", func(r *http.Request) { r.Method = http.MethodConnect }},
		"TRACE":            {"Method", func(r *http.Request) { r.Method = http.MethodTrace }},
		"a length without body": {"ContentLength", func(r *http.Request) {
			_ = r.Body.Close()
			r.Body, r.ContentLength = nil, 5
		}},
		"a length of no body": {"ContentLength", func(r *http.Request) {
			_ = r.Body.Close()
			r.Body, r.ContentLength = http.NoBody, 5
		}},
		"a small method":    {"Method", func(r *http.Request) { r.Method = "get" }},
		"a line break":      {"Method", func(r *http.Request) { r.Method = "GET /x HTTP/1.1\r\nCookie: a=b\r\n\r\nGET" }},
		"a cookie":          {"Header", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "connect.sid", Value: "hush"}) }},
		"a small cookie":    {"Header", func(r *http.Request) { r.Header["cookie"] = []string{"connect.sid=hush"} }},
		"a bearer token":    {"Header", func(r *http.Request) { r.Header.Set("Authorization", "Bearer hush") }},
		"a hidden token":    {"Header", func(r *http.Request) { r.Header["authorization"] = []string{"Basic x", "bearer\thush"} }},
		"a host":            {"Header", func(r *http.Request) { r.Header.Set("Host", "evil.example") }},
		"a length":          {"Header", func(r *http.Request) { r.Header.Set("Content-Length", "5") }},
		"a transfer":        {"Header", func(r *http.Request) { r.Header.Set("Transfer-Encoding", "chunked") }},
		"an encoding":       {"Header", func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") }},
		"a connection":      {"Header", func(r *http.Request) { r.Header.Set("Connection", "upgrade") }},
		"an upgrade":        {"Header", func(r *http.Request) { r.Header.Set("Upgrade", "websocket") }},
		"an expectation":    {"Header", func(r *http.Request) { r.Header.Set("Expect", "100-continue") }},
		"a header's name":   {"Header", func(r *http.Request) { r.Header["X\r\nCookie"] = []string{"hush"} }},
		"a header's value":  {"Header", func(r *http.Request) { r.Header["X"] = []string{"a\r\nCookie: hush"} }},
		"a nameless header": {"Header", func(r *http.Request) { r.Header[""] = []string{"hush"} }},
	} {
		body := &closing{Reader: strings.NewReader("body")}
		req := newRequest(t, http.MethodPost, "/store/carts", body)
		test.change(req)
		err := doError(c.WithSession(sessionOf("v")), req)
		e := wantError(t, err, ErrInvalidInput)
		if e.Field != test.field || strings.Contains(e.Error(), "hush") || sent != 0 || body.closed.Load() != 1 {
			t.Errorf("%s: error %q, %d requests, closed %d times", name, e, sent, body.closed.Load())
		}
	}
}

// closing is a body that counts how often it is closed.
type closing struct {
	io.Reader
	closed atomic.Int32
}

func (c *closing) Close() error { c.closed.Add(1); return nil }

// A request goes out with what is the client's, and comes back without it.
func TestDoSendsTheClientsHeadersAndCookie(t *testing.T) {
	var sent http.Header
	h := func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Clone()
		w.Header().Add("Set-Cookie", "connect.sid=v1; Path=/; Max-Age=60")
		w.Header().Add("Set-Cookie", "lb=2; Path=/")
		respondJSON(w, 200, `{"cart":{}}`)
	}
	s := sessionOf("v1")
	s.others = &[]otherCookie{{"lb", cookie{value: "1"}}}
	c := mustNew(t, backendURL, inMemory(h), WithHeader("X-Shop", "a"), WithHeader("X-Both", "client"), WithHeader("Authorization", "Basic hush")).WithSession(s)
	req := newRequest(t, http.MethodPost, "/store/carts", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "k")
	req.Header["x-both"] = []string{"call", "twice"}
	before := fmt.Sprint(req.URL, req.Header, req.Host, req.ContentLength)
	resp, err := c.Do(req)
	wantOK(t, err)
	defer resp.Body.Close()
	for name, want := range map[string]string{
		"Cookie": "[connect.sid=v1; lb=1]", "X-Shop": "[a]", "X-Both": "[call twice]", "Authorization": "[Basic hush]", "Content-Type": "[application/json]",
		"Idempotency-Key": "[k]", "Accept": "[application/json]", "User-Agent": "[customers-go/" + Version + "]",
	} {
		if got := fmt.Sprint(sent[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if after := fmt.Sprint(req.URL, req.Header, req.Host, req.ContentLength); after != before {
		t.Errorf("the request is %s, was %s", after, before)
	}
	if got := fmt.Sprint(resp.Header, resp.Request.Header); strings.Contains(got, "connect.sid") || strings.Contains(got, "hush") || strings.Contains(got, "Set-Cookie") || strings.Contains(got, "lb=") {
		t.Errorf("the response has %s", got)
	}
	if got := resp.Request.URL.String(); got != backendURL+"/store/carts" {
		t.Error(got)
	}
	if got := cookieHeaderOf(s, c.caller.config.endpoint); got != "connect.sid=v1; lb=2" {
		t.Errorf("the session has %s", got)
	}
	if s.Expires().IsZero() {
		t.Error("the session was not prolonged")
	}
}

func TestDoOfABearerToken(t *testing.T) {
	var sent []string
	c := mustNew(t, backendURL, WithBearerToken("tok"), inMemory(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
	}))
	do(t, c, newRequest(t, http.MethodGet, "/store/carts/1", nil))
	do(t, c, newRequest(t, http.MethodGet, "/store/auth/"+testEmail, nil)) // it needs no login
	if got := fmt.Sprintf("%q", sent); got != `["Bearer tok" ""]` {
		t.Error(got)
	}
	req := newRequest(t, http.MethodGet, "/store/carts/1", nil)
	req.Header.Set("Authorization", "Basic x")
	if e := wantError(t, doError(c, req), ErrInvalidInput); e.Field != "Header" {
		t.Errorf("field %s", e.Field)
	}
	wantIs(t, doError(c, newRequest(t, http.MethodPost, "/store/auth", nil)), ErrNoSession)
	if len(sent) != 2 {
		t.Errorf("%d requests", len(sent))
	}
	// A shared client is an anonymous visitor.
	shared := mustNew(t, backendURL, WithoutSession(), inMemory(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("Cookie")) }))
	if _, cookies := do(t, shared, newRequest(t, http.MethodGet, "/store/products", nil)); cookies != "" {
		t.Error(cookies)
	}
	wantIs(t, doError(shared, newRequest(t, http.MethodGet, "/store/customers/me", nil)), ErrNoSession)
}

// What a response does to the session (docs/sessions.md, rule 2 and rule 4).
func TestDoFollowsTheSessionsRules(t *testing.T) {
	const other, same, deleted = "connect.sid=other; Path=/", "connect.sid=v1; Path=/; Max-Age=60", "connect.sid=; Path=/; Max-Age=0"
	for name, test := range map[string]struct {
		session *Session
		status  int
		cookie  string
		body    string
		after   string // the cookie
		state   string
	}{
		"anonymous, 200 and an anonymous cookie": {new(Session), 200, other, "{}", "", "anonymous"},
		"anonymous, 401":                         {new(Session), 401, other, "Unauthorized", "", "anonymous"},
		"logged in, 200":                         {sessionOf("v1"), 200, "", "{}", "v1", "logged in"},
		"logged in, 200 and another value":       {sessionOf("v1"), 200, other, "{}", "v1", "logged in"},
		"logged in, 200 and the same":            {sessionOf("v1"), 200, same, "{}", "v1", "prolonged"},
		"logged in, 404 and the same":            {sessionOf("v1"), 404, same, "{}", "v1", "prolonged"},
		"logged in, 200 and a deletion":          {sessionOf("v1"), 200, deleted, "{}", "", "ended"},
		"logged in, 500 and a deletion":          {sessionOf("v1"), 500, deleted, "{}", "v1", "logged in"},
		"logged in, 302 and another":             {sessionOf("v1"), 302, other, "", "v1", "logged in"},
		"logged in, the backend's 401":           {sessionOf("v1"), 401, other, "Unauthorized", "", "ended"},
		"logged in, a gateway's 401":             {sessionOf("v1"), 401, other, "Unauthorized\n", "v1", "logged in"},
		"logged in, the API's 401":               {sessionOf("v1"), 401, "", `{"type":"unauthorized","message":"no"}`, "", "ended"},
		"logged in, 403":                         {sessionOf("v1"), 403, "", "Unauthorized", "v1", "logged in"},
		"unverified, 200":                        {unverifiedSession(), 200, "", "{}", "v1", "unverified"},
		"unverified, 200 and the same":           {unverifiedSession(), 200, same, "{}", "v1", "unverified prolonged"},
		"unverified, 200 and another":            {unverifiedSession(), 200, other, "{}", "v1", "unverified"},
		"unverified, the backend's 401":          {unverifiedSession(), 401, other, "Unauthorized", "", "ended"},
		"ended, 200":                             {&Session{state: state{ended: true}}, 200, other, "{}", "", "ended"},
		"expired, 200":                           {&Session{state: state{cookie: &cookie{value: "v1", expires: 1}}}, 200, other, "{}", "v1", "logged in"},
		"expired and restored, 200, is tried":    {&Session{state: state{cookie: &cookie{value: "v1", expires: 1}, restored: true}}, 200, "", "{}", "v1", "logged in"},
	} {
		var cookies string
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			cookies = r.Header.Get("Cookie")
			if test.cookie != "" {
				w.Header().Set("Set-Cookie", test.cookie)
			}
			kind := ""
			if strings.HasPrefix(test.body, "{") {
				kind = "application/json"
			}
			respond(w, test.status, kind, test.body)
		})).WithSession(test.session)
		sends := valueOf(test.session) != "" && !strings.HasPrefix(name, "expired, ")
		status, body := do(t, c, newRequest(t, http.MethodPost, "/store/carts", strings.NewReader("{}")))
		if status != test.status || body != test.body {
			t.Errorf("%s: %d %q", name, status, body)
		}
		if (cookies == "connect.sid=v1") != sends || !sends && cookies != "" {
			t.Errorf("%s: sent %q", name, cookies)
		}
		if got := stateOf(test.session); valueOf(test.session) != test.after || got != test.state {
			t.Errorf("%s: cookie %q, %s", name, valueOf(test.session), got)
		}
	}
}

func unverifiedSession() *Session {
	s := sessionOf("v1")
	s.state.unverified = true
	return s
}

func stateOf(s *Session) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch st := s.state; {
	case st.cookie == nil && st.ended:
		return "ended"
	case st.cookie == nil:
		return "anonymous"
	case st.unverified && st.prolonged:
		return "unverified prolonged"
	case st.unverified:
		return "unverified"
	case st.prolonged:
		return "prolonged"
	}
	return "logged in"
}

// The raw client over Do logs in and out the session, and its operations are named.
func TestDoOfAContractsRouteIsThatOperation(t *testing.T) {
	b := newBackend(t)
	var names []Operation
	c := mustNew(t, backendURL+"/", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		names = append(names, OperationFromContext(r.Context()))
		return inMemoryTransport(b.handle)(r)
	})}))
	raw, err := api.NewClientWithResponses(backendURL, api.WithHTTPClient(c))
	wantOK(t, err)
	in, err := raw.AuthenticateWithResponse(t.Context(), api.Credentials{Email: testEmail, Password: testPassword})
	wantOK(t, err)
	if in.JSON200 == nil || in.JSON200.Customer.Email != testEmail || !c.Session().LoggedIn() {
		t.Fatalf("%d %s, logged in: %v", in.StatusCode(), in.Body, c.Session().LoggedIn())
	}
	wantCustomer(t, c, testEmail)
	me, err := raw.RetrieveCustomerWithResponse(t.Context())
	wantOK(t, err)
	if me.JSON200 == nil || me.JSON200.Customer.Email != testEmail {
		t.Errorf("%d %s", me.StatusCode(), me.Body)
	}
	// A login sends no session cookie, however its route is spelled.
	for _, path := range []string{"/store/auth", "/Store/AUTH/", "/store/auth/", "/store/%61uth"} {
		req := newRequest(t, http.MethodPost, path, strings.NewReader(`{"email":"`+testEmail+`","password":"wrong"}`))
		req.Header.Set("Content-Type", "application/json")
		do(t, c, req)
		if cookies := b.last(t).Cookie; cookies != "" {
			t.Errorf("%s sent %s", path, cookies)
		}
	}
	wrong, err := raw.AuthenticateWithResponse(t.Context(), api.Credentials{Email: testEmail, Password: "wrong"})
	wantOK(t, err)
	if wrong.StatusCode() != 401 || !c.Session().LoggedIn() {
		t.Errorf("%d, logged in: %v", wrong.StatusCode(), c.Session().LoggedIn())
	}
	_, err = raw.DeleteSessionWithResponse(t.Context())
	wantOK(t, err)
	if c.Session().LoggedIn() || len(b.owners()) != 0 {
		t.Error("still logged in")
	}
	_, err = raw.RetrieveCustomerWithResponse(t.Context())
	if e := wantError(t, err, ErrUnauthenticated); e.Operation != OperationRetrieveCustomer {
		t.Errorf("error %q", e)
	}
	a, r := OperationAuthenticate, OperationRetrieveCustomer
	if got, want := fmt.Sprint(names), fmt.Sprint([]Operation{a, r, r, a, a, a, a, a, OperationDeleteSession}); got != want {
		t.Errorf("a RoundTripper sees %s", got)
	}
}

// Every request of a method is found in the operation table by its method and path.
func TestOperationAtKnowsEveryRoute(t *testing.T) {
	for _, row := range everyOperation {
		for _, base := range []string{backendURL, backendURL + "/shop"} {
			var got Operation
			c := mustNew(t, base, inMemory(func(_ http.ResponseWriter, r *http.Request) {
				got = operationAt(r.Method, strings.TrimPrefix(r.URL.Path, "/shop"))
			}), WithMaxRetries(0)).WithSession(sessionOf("v"))
			_, _ = row.call(t.Context(), c)
			if got != row.operation {
				t.Errorf("the route of %s is that of %s", row.operation, got)
			}
		}
	}
	for _, test := range []struct {
		method, path string
		want         Operation
	}{
		{"HEAD", "/store/auth", OperationGetSession}, {"GET", "/STORE//Customers/ME/", OperationRetrieveCustomer}, {"PUT", "/store/auth", OperationDo},
		{"GET", "", OperationDo}, {"GET", "/", OperationDo}, {"GET", "/store", OperationDo}, {"GET", "/store/customers/me/wishlist", OperationDo},
		{"POST", "/store/customers/me/addresses/a/b", OperationDo}, {"POST", "/admin/store/auth", OperationDo}, {"POST", "/store/carts", OperationDo},
	} {
		if got := operationAt(test.method, test.path); got != test.want {
			t.Errorf("%s %s is %s, want %s", test.method, test.path, got, test.want)
		}
	}
}

func TestDoReturnsEveryStatus(t *testing.T) {
	for _, status := range []int{200, 201, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 413, 422, 500, 501} {
		n := 0
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			n++
			w.Header().Set("Location", "https://evil.example/store/auth/"+testEmail)
			w.WriteHeader(status)
		}))
		for _, method := range doMethods {
			n = 0
			resp, err := c.Do(newRequest(t, method, "/store/carts", nil))
			wantOK(t, err)
			_ = resp.Body.Close()
			if resp.StatusCode != status || n != 1 || resp.Header.Get("Location") == "" {
				t.Errorf("%s: %d after %d requests, want %d", method, resp.StatusCode, n, status)
			}
		}
	}
}

// badBody is a body that fails after some bytes.
type badBody struct{ left int }

var errBadBody = errors.New("the disk is gone")

func (b *badBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBadBody
	}
	n := min(len(p), b.left)
	b.left -= n
	return n, nil
}

func TestDoRepeatsWhatIsSafe(t *testing.T) {
	again := func(body func() io.Reader) func(*http.Request) {
		return func(r *http.Request) {
			if body == nil {
				return
			}
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(body()), nil }
		}
	}
	text := func() io.Reader { return strings.NewReader("body") }
	for name, test := range map[string]struct {
		method string
		body   io.Reader
		change func(*http.Request)
		want   int
	}{
		"GET":                          {http.MethodGet, nil, again(nil), 3},
		"HEAD":                         {http.MethodHead, nil, again(nil), 3},
		"OPTIONS":                      {http.MethodOptions, nil, again(nil), 3},
		"DELETE":                       {http.MethodDelete, nil, again(nil), 3},
		"DELETE with a body":           {http.MethodDelete, text(), again(nil), 3},
		"DELETE with a reader":         {http.MethodDelete, io.MultiReader(text()), again(nil), 1},
		"DELETE with a GetBody":        {http.MethodDelete, io.MultiReader(text()), again(text), 3},
		"DELETE with a bad GetBody":    {http.MethodDelete, text(), func(r *http.Request) { r.GetBody = func() (io.ReadCloser, error) { return nil, errBadBody } }, 1},
		"GET without a method":         {"", nil, func(r *http.Request) { r.Method = "" }, 3},
		"GET with no body":             {http.MethodGet, http.NoBody, again(nil), 3},
		"POST":                         {http.MethodPost, text(), again(nil), 1},
		"POST with an idempotency key": {http.MethodPost, text(), func(r *http.Request) { r.Header.Set("Idempotency-Key", "k") }, 1},
		"PUT":                          {http.MethodPut, text(), again(nil), 1},
		"PATCH":                        {http.MethodPatch, text(), again(nil), 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var bodies []string
			c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(body))
				respond(w, 503, "text/html", "busy")
			}))
			req := newRequest(t, test.method, "/store/carts/1", test.body)
			test.change(req)
			resp, err := c.Do(req)
			wantOK(t, err)
			got, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusServiceUnavailable || test.method != http.MethodHead && string(got) != "busy" {
				t.Errorf("%s: %d %q", name, resp.StatusCode, got)
			}
			if len(bodies) != test.want {
				t.Errorf("%s: sent %d times, want %d", name, len(bodies), test.want)
			}
			for _, body := range bodies {
				if body != bodies[0] {
					t.Errorf("%s: bodies %q", name, bodies)
				}
			}
		})
	}
}

func TestDoRepeatsAPostOnlyIfNothingWasSent(t *testing.T) {
	for name, test := range map[string]struct {
		transport roundTrip
		body      io.Reader
		want      int
	}{
		"no connection":              {noConnection, strings.NewReader("body"), 3},
		"no connection, no GetBody":  {noConnection, io.MultiReader(strings.NewReader("body")), 1},
		"a lost connection":          {reporting(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }), strings.NewReader("body"), 1},
		"a transport without traces": {func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, strings.NewReader("body"), 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				n++
				if r.GetBody != nil {
					t.Error("net/http gets a GetBody")
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				return test.transport(r)
			})}))
			err := doError(c, newRequest(t, http.MethodPost, "/store/carts", test.body))
			if e := wantError(t, err, ErrUnavailable); n != test.want || e.Operation != OperationDo {
				t.Errorf("%s: sent %d times, want %d; %q", name, n, test.want, e)
			}
		})
	}
}

// The failure of a request's own body is not the backend's, and is not repeated.
func TestDoOfABodyThatFails(t *testing.T) {
	for _, left := range []int{0, 1, 100, 100 << 10} {
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			f := serve(t, respondWith(200, "", ""))
			opened := 0
			req := newRequest(t, method, "/store/carts", &badBody{left})
			req.GetBody = func() (io.ReadCloser, error) { opened++; return io.NopCloser(&badBody{left}), nil }
			err := doError(f.client(t), req)
			e := wantError(t, err, ErrInvalidInput)
			if !errors.Is(err, errBadBody) || e.Field != "Body" || opened != 0 {
				t.Errorf("%s, %d bytes: error %q, opened %d times", method, left, e, opened)
			}
		}
	}
}

func TestDoTakesCookiesOutOfATrailer(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Trailer"] = []string{"X-Sum", "Set-Cookie"}
		_, _ = io.WriteString(w, "body")
		w.Header().Set("Set-Cookie", "connect.sid=hush; Path=/")
		w.Header().Set("X-Sum", "1")
	})
	resp, err := f.client(t).Do(newRequest(t, http.MethodGet, "/store/carts", nil))
	wantOK(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	wantOK(t, err)
	if string(body) != "body" || resp.Trailer.Get("X-Sum") != "1" || resp.Trailer["Set-Cookie"] != nil {
		t.Errorf("%q, %v", body, resp.Trailer)
	}
}

// HTTP/2 counts the bytes of a body itself, so what is too much does not reach it.
func TestDoNeverReadsMoreOfABodyThanItsLength(t *testing.T) {
	for _, size := range []int{1, 3, 4, 100} {
		body := newRequestBody(io.NopCloser(strings.NewReader("abcdefghij")), 3)
		read := 0
		var err error
		for p := make([]byte, size); err == nil && read < 20; {
			var n int
			n, err = body.Read(p)
			read += n
		}
		failed, ok := errors.AsType[*requestBodyError](err)
		if n, _ := body.Read(make([]byte, 5)); read != 3 || n != 0 || !ok || !errors.Is(failed.cause, errBodyLength) {
			t.Errorf("%d at a time: read %d bytes, %v, then %d", size, read, err, n)
		}
	}
}

// A body of another length than the request's is the caller's mistake, and is not repeated.
func TestDoOfABodyOfAnotherLength(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		length int64
	}{"too short": {"abc", 10}, "too long": {"abcdefghij", 3}, "empty": {"", 3}} {
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			f := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done() // no response before the whole body was sent
			})
			opened := 0
			req := newRequest(t, method, "/store/carts", io.NopCloser(strings.NewReader(test.body)))
			req.ContentLength = test.length
			req.GetBody = func() (io.ReadCloser, error) { opened++; return io.NopCloser(strings.NewReader(test.body)), nil }
			e := wantError(t, doError(f.client(t), req), ErrInvalidInput)
			if e.Field != "Body" || !strings.Contains(e.Error(), "ContentLength") || opened != 0 {
				t.Errorf("%s, %s: %q, opened %d times", method, name, e, opened)
			}
		}
	}
}

func TestDoStreamsTheBody(t *testing.T) {
	next := make(chan string)
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for text := range next {
			_, _ = io.WriteString(w, text)
			w.(http.Flusher).Flush() //nolint:errcheck // httptest's writer flushes
		}
	})
	go func() { next <- "first" }()
	resp, err := f.client(t).Do(newRequest(t, http.MethodGet, "/store/events", nil))
	wantOK(t, err)
	p := make([]byte, 100)
	for _, want := range []string{"first", "second"} {
		n, err := resp.Body.Read(p)
		if string(p[:n]) != want || err != nil {
			t.Errorf("read %q, %v", p[:n], err)
		}
		if want == "first" {
			next <- "second"
		}
	}
	close(next)
	n, err := resp.Body.Read(p)
	if n != 0 || err != io.EOF { //nolint:errorlint // it has to be the very error
		t.Errorf("%d, %v", n, err)
	}
	wantOK(t, resp.Body.Close())
	if _, err := resp.Body.Read(p); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Error(err)
	}
}

func TestDoEndsTheBody(t *testing.T) {
	released := make(chan struct{})
	defer close(released)
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
		w.(http.Flusher).Flush() //nolint:errcheck // httptest's writer flushes
		if r.URL.Path == "/broken" {
			panic(http.ErrAbortHandler)
		}
		select {
		case <-released:
		case <-r.Context().Done():
		}
	})
	f.Config.ErrorLog = discard()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, test := range []struct {
		name, path string
		want       error
		message    string
	}{
		{"by its context", "/hangs", context.Canceled, "canceled"},
		{"by WithTimeout", "/hangs", ErrUnavailable, "WithTimeout"},
		{"by the connection", "/broken", ErrUnexpectedResponse, "could not be read"},
		{"by WithMaxResponseBytes", "/hangs", ErrUnexpectedResponse, "WithMaxResponseBytes"},
	} {
		opts := []Option{WithMaxRetries(0)}
		switch test.name {
		case "by WithTimeout":
			opts = append(opts, WithTimeout(50*time.Millisecond))
		case "by WithMaxResponseBytes":
			opts = append(opts, WithMaxResponseBytes(3))
		}
		req := newRequest(t, http.MethodGet, test.path, nil)
		if test.name == "by its context" {
			req = req.WithContext(ctx)
		}
		resp, err := f.client(t, opts...).Do(req)
		wantOK(t, err)
		if test.name == "by its context" {
			cancel()
		}
		body, err := io.ReadAll(resp.Body)
		if e := wantError(t, err, test.want); e.Operation != OperationDo || !strings.Contains(e.Error(), test.message) {
			t.Errorf("%s: %q", test.name, e)
		}
		if len(body) > 4 || test.want == ErrUnexpectedResponse && len(body) < 3 { //nolint:errorlint // a row of the table
			t.Errorf("%s: %q", test.name, body)
		}
		if _, again := resp.Body.Read(make([]byte, 1)); again != err { //nolint:errorlint // it has to be the very error
			t.Errorf("%s: then %v", test.name, again)
		}
		wantOK(t, resp.Body.Close())
	}
}

func TestDoDecompresses(t *testing.T) {
	zipped := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
		return b.String()
	}
	deflated := func(text string) string {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
		return b.String()
	}
	const text = `{"cart":{"id":"cart_1"}}`
	for _, test := range []struct{ encoding, body, want string }{
		{"", text, text}, {"identity", text, text}, {"gzip", zipped(text), text}, {"GZIP", text, text}, {"x-gzip", zipped(text), text},
		{"deflate", deflated(text), text}, {"deflate", deflated(text)[2:], text}, {"deflate", text, text}, {"gzip, gzip", zipped(zipped(text)), text},
		{"gzip", "", ""}, {"br", "xx", "xx"}, {"gzip, br", "xx", "xx"}, {"", zipped("a file"), zipped("a file")},
	} {
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			if test.encoding != "" {
				w.Header().Set("Content-Encoding", test.encoding)
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(test.body)))
			_, _ = io.WriteString(w, test.body)
		}))
		resp, err := c.Do(newRequest(t, http.MethodGet, "/store/carts/1", nil))
		wantOK(t, err)
		body, err := io.ReadAll(resp.Body)
		wantOK(t, err)
		known := test.encoding == "" || test.encoding == "identity" || strings.Contains(test.encoding, "br")
		if string(body) != test.want || resp.Uncompressed == known || known != (resp.ContentLength == int64(len(test.body))) || known == (resp.Header.Get("Content-Length") == "") {
			t.Errorf("%s: %q, %d, %v, %v", test.encoding, body, resp.ContentLength, resp.Uncompressed, resp.Header)
		}
		_ = resp.Body.Close()
	}
	// What is encoded twice is bounded at each step: here 20 MB become nothing.
	nothing := mustNew(t, backendURL, WithMaxResponseBytes(1<<20), inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip, gzip")
		_, _ = io.WriteString(w, zipped(strings.Repeat(zipped(""), 1<<20)))
	}))
	endless, err := nothing.Do(newRequest(t, http.MethodGet, "/store/carts/1", nil))
	wantOK(t, err)
	defer endless.Body.Close()
	for range 2 {
		n, err := io.Copy(io.Discard, endless.Body)
		wantIs(t, err, ErrUnexpectedResponse)
		if n != 0 {
			t.Errorf("read %d bytes", n)
		}
	}
	// A bomb is bounded by what comes out.
	bomb := mustNew(t, backendURL, WithMaxResponseBytes(1<<20), inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, zipped(strings.Repeat("x", 2<<20)))
	}))
	resp, err := bomb.Do(newRequest(t, http.MethodGet, "/store/carts/1", nil))
	wantOK(t, err)
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	wantIs(t, err, ErrUnexpectedResponse)
	if n != 1<<20 {
		t.Errorf("read %d bytes", n)
	}
}

func TestDoIsLogged(t *testing.T) {
	var log bytes.Buffer
	c := mustNew(t, backendURL, inMemory(respondWith(404, "", "")), WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))).WithSession(sessionOf("hush"))
	do(t, c, newRequest(t, http.MethodGet, "/store/orders/customer/"+testEmail, nil))
	if got := log.String(); !strings.Contains(got, "operation=Do attempt=1") || !strings.Contains(got, "status=404") || strings.Contains(got, testEmail) || strings.Contains(got, "hush") {
		t.Error(got)
	}
}

// The account of a program logs in, and the request is repeated if its body can be had again.
func TestDoWithCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		session state
		body    io.Reader
		want    string
	}{
		"the login has ended":                 {state{ended: true}, io.MultiReader(strings.NewReader("x")), "Authenticate, Do connect.sid=new 201"},
		"the cookie has expired":              {state{cookie: &cookie{value: "old", expires: 1}}, strings.NewReader("x"), "Authenticate, Do connect.sid=new 201"},
		"it is refused":                       {state{cookie: &cookie{value: "old"}}, strings.NewReader("x"), "Do connect.sid=old, Authenticate, Do connect.sid=new 201"},
		"it is refused, body without GetBody": {state{cookie: &cookie{value: "old"}}, io.MultiReader(strings.NewReader("x")), "Do connect.sid=old 401"},
		"there was none":                      {state{}, io.MultiReader(strings.NewReader("x")), "Authenticate, Do connect.sid=new 201"},
	} {
		var seen []string
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			cookies := r.Header.Get("Cookie")
			seen = append(seen, strings.TrimSpace(string(OperationFromContext(r.Context()))+" "+cookies))
			body, _ := io.ReadAll(r.Body)
			switch {
			case r.URL.Path == "/store/auth":
				w.Header().Set("Set-Cookie", "connect.sid=new; Path=/")
				respondJSON(w, 200, customerJSON)
			case strings.Contains(cookies, "old"):
				respond(w, 401, "", "Unauthorized")
			case string(body) != "x":
				t.Errorf("%s: body %q", name, body)
			default:
				w.WriteHeader(http.StatusCreated)
			}
		}), WithCredentials(testEmail, testPassword))
		c.Session().state = test.session
		status, _ := do(t, c, newRequest(t, http.MethodPost, "/store/carts", test.body))
		if got := fmt.Sprint(strings.Join(seen, ", "), " ", status); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// A cookie of a browser that is refused is followed by its next one.
func TestDoTriesTheBrowsersNextCookie(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, testEmail)
	r := newRequest(t, http.MethodGet, "/", nil)
	r.Header.Set("Cookie", "connect.sid=forged; connect.sid="+valueOf(c.Session()))
	s := SessionFromRequest(r, BrowserCookie{})
	if status, _ := do(t, c.WithSession(s), newRequest(t, http.MethodGet, "/store/customers/me", nil)); status != 200 || !s.LoggedIn() {
		t.Errorf("%d, logged in: %v", status, s.LoggedIn())
	}
}

// A login by Do that brings no cookie, or is superseded, is an error, and its response is closed.
func TestDoOfALoginThatTheSessionDoesNotTake(t *testing.T) {
	body := &closing{Reader: strings.NewReader(customerJSON)}
	c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Request: r}, nil
	})}))
	err := doError(c, newRequest(t, http.MethodPost, "/store/auth", strings.NewReader("{}")))
	if e := wantError(t, err, ErrNoSessionCookie); e.Operation != OperationAuthenticate || body.closed.Load() == 0 {
		t.Errorf("error %q, closed %d times", e, body.closed.Load())
	}
	b := newBackend(t)
	c = b.client(t)
	held := b.hold(OperationAuthenticate, testEmail)
	req := newRequest(t, http.MethodPost, "/store/auth", strings.NewReader(`{"email":"`+testEmail+`","password":"`+testPassword+`"}`))
	req.Header.Set("Content-Type", "application/json")
	first := begin(func() error { return doError(c, req) })
	held.Wait()
	mustLogin(t, c, "other@example.com")
	held.Release()
	wantIs(t, first(), ErrSessionSuperseded)
	if got := fmt.Sprint(b.owners()); got != "[other@example.com]" {
		t.Errorf("%s are logged in", got)
	}
}

// Customers that call by turns through Do and the methods see themselves.
func TestDoSharesTheSessionWithTheMethods(t *testing.T) {
	srv := customerstest.NewServer(t)
	ada := srv.AddCustomer(customerstest.Customer{})
	c := mustNew(t, srv.URL)
	_, err := c.Auth.Authenticate(t.Context(), ada.Email, customerstest.DefaultPassword)
	wantOK(t, err)
	if status, body := do(t, c, newRequest(t, http.MethodGet, srv.URL+"/store/customers/me", nil)); status != 200 || !strings.Contains(body, ada.Email) {
		t.Errorf("%d %s", status, body)
	}
	srv.ExpireSessions()
	if status, _ := do(t, c, newRequest(t, http.MethodGet, "/store/customers/me/wishlist", nil)); status != 401 || c.Session().LoggedIn() {
		t.Errorf("%d, logged in: %v", status, c.Session().LoggedIn())
	}
}
