package customers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gateway401s are responses of what stands before a backend: none says anything about the customer's login.
var gateway401s = map[string]http.HandlerFunc{
	"nginx":                              challenge(`Basic realm="shop"`, "text/html", "<html><h1>401 Authorization Required</h1>"),
	"nginx without a challenge":          respondWith(401, "text/html", "<html>"),
	"Traefik":                            challenge(`Basic realm="traefik"`, "text/plain", "401 Unauthorized"),
	"the backend's word and a challenge": challenge("Basic", "", "Unauthorized"),
	"a bearer challenge":                 challenge(`Bearer error="invalid_token"`, "text/plain", "Unauthorized"),
	"an empty challenge":                 challenge("", "text/plain", "Unauthorized"),
	"Envoy":                              respondWith(401, "text/plain", "Jwt is missing"),
	"Kong":                               challenge("Key", "application/json", `{"message":"No API key found in request"}`),
	"AWS API Gateway":                    respondWith(401, "application/json", `{"message":"Unauthorized"}`),
	"problem details":                    respondWith(401, "application/problem+json", `{"type":"about:blank","title":"Unauthorized","status":401}`),
	"OAuth2 proxy":                       respondWith(401, "application/json", `{"error":"invalid_token","error_description":"expired"}`),
	"a JSON text":                        respondWith(401, "application/json", `"Unauthorized"`),
	"a JSON array":                       respondWith(401, "application/json", `[]`),
	"broken JSON":                        respondWith(401, "application/json", `{"type":"unauthorized","message":`),
	"XML":                                respondWith(401, "application/xml", "<e>Unauthorized</e>"),
	"nothing":                            respondWith(401, "", ""),
	"a page without a content type":      respondWith(401, "", "<html>Unauthorized</html>"),
}

func challenge(scheme, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Www-Authenticate"] = []string{scheme}
		respond(w, http.StatusUnauthorized, contentType, body)
	}
}

func TestAGatewaysUnauthorizedIsNotTheBackends(t *testing.T) {
	for name, h := range gateway401s {
		hooked := 0
		c := mustNew(t, backendURL, inMemory(h), WithSessionHook(func(context.Context, SessionChange) { hooked++ })).WithSession(sessionOf("v"))
		for _, row := range everyOperation {
			_, err := row.call(t.Context(), c)
			e := wantError(t, err, ErrUnexpectedResponse)
			if e.StatusCode != http.StatusUnauthorized || !strings.Contains(e.Message, "gateway") {
				t.Errorf("%s: %s: %v", name, row.operation, err)
			}
			wantOnly(t, name, err, ErrUnexpectedResponse)
			if valueOf(c.Session()) != "v" || !c.Session().LoggedIn() {
				t.Fatalf("%s: %s ended the session", name, row.operation)
			}
		}
		if hooked > 0 {
			t.Errorf("%s: hooks ran %d times", name, hooked)
		}
	}
}

func TestTheBackendsOwnUnauthorizedEndsTheSession(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"login guard":                respondWith(401, "", "Unauthorized"),
		"login guard behind a proxy": respondWith(401, "text/plain", "Unauthorized"),
		"login guard before 1.17":    challenge(`Bearer realm="Users"`, "", "Unauthorized"),
		"credentials":                respondWith(401, "text/plain; charset=utf-8", "Unauthorized"),
		"JSON":                       respondWith(401, "application/json; charset=utf-8", `{"type":"unauthorized","message":"no"}`),
	} {
		c := mustNew(t, backendURL, inMemory(h)).WithSession(sessionOf("v"))
		wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
		if valueOf(c.Session()) != "" {
			t.Errorf("%s: the session goes on", name)
		}
		wantIs(t, logIn(t.Context(), c, testEmail), ErrInvalidCredentials)
	}
}

// One route that a gateway guards does not log the customer in again at every call.
func TestAGuardedRouteCausesNoLogins(t *testing.T) {
	logins := 0
	c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/orders"):
			challenge("Basic", "text/html", "<html>")(w, r)
		case r.Method == http.MethodPost:
			logins++
			fallthrough
		default:
			respondJSON(w, 200, customerJSON)
		}
	}), WithCredentials(testEmail, testPassword))
	c.Session().state.cookie = &cookie{value: "v"}
	for range 3 {
		_, err := c.ListOrders(t.Context(), nil)
		wantIs(t, err, ErrUnexpectedResponse)
		wantOK(t, retrieve(t.Context(), c))
	}
	if logins != 0 {
		t.Errorf("%d logins", logins)
	}
}

// A cookie is told apart by name, domain and path (docs/sessions.md, rule 7): what deletes another one leaves ours.
func TestSetCookieLinesOfSeveralScopes(t *testing.T) {
	const expired = "; Max-Age=0"
	for _, test := range []struct {
		name    string
		baseURL string
		lines   []string
		want    string // the cookie after a login; empty: ErrNoSessionCookie
	}{
		{"a Domain cookie deleted afterwards", backendURL, []string{"connect.sid=NEW; Path=/", "connect.sid=; Domain=.example.com; Path=/" + expired}, "NEW"},
		{"a Domain cookie deleted before", backendURL, []string{"connect.sid=; Domain=example.com" + expired, "connect.sid=NEW; Path=/"}, "NEW"},
		{"another path deleted", backendURL, []string{"connect.sid=NEW; Path=/", "connect.sid=x; Path=/store" + expired}, "NEW"},
		{"by Expires", backendURL, []string{"connect.sid=NEW; Path=/", "connect.sid=x; Domain=shop.example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "NEW"},
		{"ours deleted afterwards", backendURL, []string{"connect.sid=NEW; Path=/", "connect.sid=; Path=/" + expired}, ""},
		{"ours deleted before", backendURL, []string{"connect.sid=; Path=/" + expired, "connect.sid=NEW; Path=/"}, "NEW"},
		{"ours twice", backendURL, []string{"connect.sid=OLD; Path=/", "connect.sid=NEW; Path=/"}, "NEW"},
		{"with and without a leading dot", backendURL, []string{"connect.sid=OLD; Domain=.example.com; Path=/", "connect.sid=NEW; Domain=example.com; Path=/"}, "NEW"},
		{"the longest path is what the backend reads", backendURL, []string{"connect.sid=DEEP; Path=/store", "connect.sid=ROOT; Path=/"}, "DEEP"},
		{"of one path the first is what the backend reads", backendURL, []string{"connect.sid=FIRST; Path=/", "connect.sid=SECOND; Domain=example.com; Path=/"}, "FIRST"},
		{"an IP address has no subdomains", "http://127.0.0.1", []string{"connect.sid=x; Domain=0.0.1; Path=/"}, ""},
		{"nor has one of IPv6", "http://[::1]:9000", []string{"connect.sid=x; Domain=1; Path=/"}, ""},
		{"an IP address itself", "http://127.0.0.1", []string{"connect.sid=NEW; Domain=127.0.0.1; Path=/"}, "NEW"},
		{"an internationalized host", "https://Bücher.example", []string{"connect.sid=NEW; Domain=xn--bcher-kva.example; Path=/"}, "NEW"},
		{"an internationalized host in Punycode", "https://shop.xn--bcher-kva.example", []string{"connect.sid=NEW; Domain=.XN--bcher-kva.example; Path=/"}, "NEW"},
	} {
		c := mustNew(t, test.baseURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = test.lines
			respondJSON(w, 200, customerJSON)
		}))
		err := logIn(t.Context(), c, testEmail)
		if got := valueOf(c.Session()); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: the session has %q, error %v, want %q", test.name, got, err, test.want)
		}
	}
}

// A deletion of another cookie by the session cookie's name, as a gateway may send with every response.
func TestAForeignDeletionDoesNotEndTheSession(t *testing.T) {
	for _, start := range []string{"a login", "a restored session", "a browser"} {
		lines := []string{"connect.sid=v; Path=/"}
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = lines
			respondJSON(w, 200, customerJSON)
		}))
		switch start {
		case "a login":
			mustLogin(t, c, testEmail)
		case "a restored session":
			s, err := DecodeSession(sessionOf("v").Encode())
			wantOK(t, err)
			c = c.WithSession(s)
		case "a browser":
			c = c.WithSession(SessionFromRequest(browserRequest(siteURL, "connect.sid=v"), BrowserCookie{}))
		}
		for _, deletion := range []string{"connect.sid=; Domain=.example.com; Path=/; Max-Age=0", "connect.sid=; Path=/store; Max-Age=0", "connect.sid=x; Domain=shop.example.com; Path=/; Max-Age=0"} {
			lines = []string{deletion}
			wantOK(t, retrieve(t.Context(), c))
			if valueOf(c.Session()) != "v" {
				t.Errorf("%s: %s ends the session", start, deletion)
			}
		}
		lines = []string{"connect.sid=; Path=/; Max-Age=0"}
		wantOK(t, retrieve(t.Context(), c))
		if valueOf(c.Session()) != "" {
			t.Errorf("%s: the cookie's own deletion does not end the session", start)
		}
	}
}

func TestPublicURL(t *testing.T) {
	for _, test := range []struct{ public, line, want string }{
		{"https://shop.example.com", "connect.sid=NEW; Domain=shop.example.com; Path=/", "NEW"},
		{"https://shop.example.com", "connect.sid=NEW; Domain=.example.com; Path=/", "NEW"},
		{"https://shop.example.com/api/", "connect.sid=NEW; Path=/api", "NEW"},
		{"https://shop.example.com", "connect.sid=NEW; Path=/", "NEW"},
		{"https://shop.example.com", "connect.sid=x; Domain=example.org; Path=/", ""},
		{"https://shop.example.com", "connect.sid=x; Path=/admin", ""},
		{"https://bücher.example", "connect.sid=NEW; Domain=xn--bcher-kva.example", "NEW"},
	} {
		var cookies []string
		h := inMemory(func(w http.ResponseWriter, r *http.Request) {
			cookies = r.Header["Cookie"]
			w.Header().Set("Set-Cookie", test.line)
			respondJSON(w, 200, customerJSON)
		})
		c := mustNew(t, "http://medusa:9000", h, WithPublicURL(test.public))
		err := logIn(t.Context(), c, testEmail)
		if test.want == "" {
			wantIs(t, err, ErrNoSessionCookie)
			continue
		}
		wantOK(t, err)
		wantOK(t, retrieve(t.Context(), c))
		if fmt.Sprint(cookies) != "[connect.sid="+test.want+"]" {
			t.Errorf("%s, %s: sent %q", test.public, test.line, cookies)
		}
		// Without the option, the error names it.
		if e, ok := errors.AsType[*Error](logIn(t.Context(), mustNew(t, "http://medusa:9000", h), testEmail)); ok && !strings.Contains(e.Message, "WithPublicURL") {
			t.Errorf("%s: error %v", test.line, e)
		}
	}
	for _, bad := range []string{"", "shop.example.com", "ftp://x", "https://u:p@x", "https://x?y"} {
		_, err := New(backendURL, WithPublicURL(bad))
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithPublicURL" {
			t.Errorf("%q: field %q", bad, e.Field)
		}
	}
}

func TestNoOtherCookieGoesUnderTheSessionCookiesName(t *testing.T) {
	s := &Session{others: &[]otherCookie{{"connect.sid", cookie{value: "planted"}}, {"lb", cookie{value: "1"}}}}
	var sent []string
	c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "connect.sid=NEW; Path=/")
		respondJSON(w, 200, customerJSON)
	})).WithSession(s)
	mustLogin(t, c, testEmail)
	wantOK(t, retrieve(t.Context(), c))
	if got := fmt.Sprint(sent); got != "[lb=1 connect.sid=NEW; lb=1]" {
		t.Errorf("sent %s", got)
	}
}

// An older cookie of the browser's, for the whole domain, comes before ours (docs/sessions.md, rule 10).
func TestABrowsersOtherCookieIsTried(t *testing.T) {
	for _, test := range []struct {
		name    string
		cookies []string
		valid   string
		want    string // what was sent
	}{
		{"ours is second", []string{"connect.sid=old; connect.sid=ours"}, "ours", "old ours"},
		{"ours is first", []string{"connect.sid=ours; connect.sid=old"}, "ours", "ours"},
		{"ours is third", []string{"connect.sid=a; connect.sid=b; connect.sid=ours"}, "ours", "a b ours"},
		{"in another header", []string{"connect.sid=old", "connect.sid=ours"}, "ours", "old ours"},
		{"twice the same", []string{"connect.sid=old", "connect.sid=old", "connect.sid=ours"}, "ours", "old ours"},
		{"none is valid", []string{"connect.sid=a; connect.sid=b"}, "", "a b"},
		{"no more than four", []string{"connect.sid=a; connect.sid=b; connect.sid=c; connect.sid=d; connect.sid=ours"}, "ours", "a b c d"},
	} {
		var sent []string
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			value := strings.TrimPrefix(r.Header.Get("Cookie"), "connect.sid=")
			sent = append(sent, value)
			if value != test.valid {
				respond(w, 401, "", "Unauthorized")
				return
			}
			body, _ := io.ReadAll(r.Body)
			if string(body) != `{"last_name":"R"}` {
				t.Errorf("%s: the body is %q", test.name, body)
			}
			respondJSON(w, 200, customerJSON)
		})).WithSession(SessionFromRequest(browserRequest(siteURL, test.cookies...), BrowserCookie{}))
		_, err := c.Update(t.Context(), UpdateRequest{LastName: Value("R")})
		if got := strings.Join(sent, " "); got != test.want || (err == nil) != strings.HasSuffix(test.want, "ours") {
			t.Errorf("%s: sent %q, error %v, want %q", test.name, got, err, test.want)
		}
		if w := httptest.NewRecorder(); err == nil {
			c.Session().Relay(w)
			if len(w.Header()) > 0 {
				t.Errorf("%s: relayed %v although nothing changed", test.name, w.Header())
			}
		}
	}
}

func TestAuthorizationHeader(t *testing.T) {
	const bearer, basic = "Bearer B", "Basic Z2F0ZXdheTpr"
	for _, value := range []string{bearer, "bearer B", "BEARER  B", "Bearer"} {
		_, err := New(backendURL, WithHeader("Authorization", value))
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithHeader" || !strings.Contains(e.Message, "WithBearerToken") || strings.Contains(err.Error(), " B:") {
			t.Errorf("%q: %v", value, err)
		}
	}
	var got []string
	h := inMemory(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header["Authorization"]
		respondJSON(w, 200, customerJSON)
	})
	for _, session := range []*Session{sessionOf("v"), new(Session), nil} {
		_, err := mustNew(t, backendURL, h).WithSession(session).Retrieve(t.Context(), WithHeader("authorization", bearer))
		wantIs(t, err, ErrInvalidInput)
	}
	// A gateway's credentials go with every call, also with those that need no login.
	c := mustNew(t, backendURL, h, WithHeader("Authorization", basic)).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
	if fmt.Sprint(got) != "["+basic+"]" {
		t.Errorf("sent %q", got)
	}
	_, err := New(backendURL, WithBearerToken("tok"), WithHeader("Authorization", basic))
	wantIs(t, err, ErrInvalidInput)
	_, err = New(backendURL, WithHeader("Authorization", basic), WithBearerToken("tok"))
	wantIs(t, err, ErrInvalidInput)
}

func TestARollingFailureProlongs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []int{400, 403, 404, 409, 422, 500} {
			c := mustNew(t, backendURL, WithMaxRetries(0), inMemory(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Set-Cookie", "connect.sid=v; Path=/; Expires="+httpTime(time.Now().Add(time.Hour)))
				respond(w, status, "application/json", `{"type":"invalid_data","message":"no"}`)
			})).WithSession(sessionOf("v"))
			if err := retrieve(t.Context(), c); err == nil {
				t.Error("no error")
			}
			if left := time.Until(c.Session().Expires()); left < 59*time.Minute {
				t.Errorf("%d: the session expires in %v", status, left)
			}
		}
	})
}

func TestARestoredSessionIsTriedOnceAlthoughExpired(t *testing.T) {
	restored := func() *Session {
		s := sessionOf("v")
		s.state.cookie.expires = 1
		s, err := DecodeSession(s.Encode())
		wantOK(t, err)
		return s
	}
	requests := 0
	count := func(h http.HandlerFunc) Option {
		return inMemory(func(w http.ResponseWriter, r *http.Request) { requests++; h(w, r) })
	}
	c := mustNew(t, backendURL, count(respondWith(200, "application/json", customerJSON))).WithSession(restored())
	wantOK(t, retrieve(t.Context(), c))
	wantOK(t, retrieve(t.Context(), c)) // the backend has accepted it, and its end is unknown
	if !c.Session().LoggedIn() || !c.Session().Expires().IsZero() {
		t.Errorf("logged in %t until %s", c.Session().LoggedIn(), c.Session().Expires())
	}
	c = mustNew(t, backendURL, count(respondWith(401, "", "Unauthorized"))).WithSession(restored())
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	c = mustNew(t, backendURL, WithMaxRetries(0), count(respondWith(503, "", ""))).WithSession(restored())
	wantIs(t, retrieve(t.Context(), c), ErrUnavailable) // says nothing: it is tried again
	wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
	if requests != 5 {
		t.Errorf("%d requests, want 5", requests)
	}
}

func TestDecodeSessionIsBounded(t *testing.T) {
	for name, payload := range map[string]string{
		"a value of 5 MB":        `{"v":"` + strings.Repeat("x", 5<<20) + `"}`,
		"a value of 5 KB":        `{"v":"` + strings.Repeat("x", 5<<10) + `"}`,
		"a year of 292 million":  `{"v":"x","e":9223372036854775807}`,
		"a year of -292 million": `{"v":"x","e":-9223372036854775808}`,
		"the year 10000":         `{"v":"x","e":253402300800000}`,
		"before 1970":            `{"v":"x","e":-1}`,
		"another's year":         `{"o":[{"n":"lb","v":"x","e":9223372036854775807}]}`,
		"a fraction":             `{"v":"x","e":1.5}`,
	} {
		_, err := DecodeSession(sealed(payload))
		if e := wantError(t, err, ErrInvalidInput); len(e.Error()) > 200 {
			t.Errorf("%s: an error of %d bytes", name, len(e.Error()))
		}
	}
	s, err := DecodeSession(sealed(`{"v":"x","e":253402300799999}`))
	wantOK(t, err)
	if s.Expires().Year() != 9999 {
		t.Error(s.Expires())
	}
}

// A hung backend costs a person one wait, not one for each attempt.
func TestAHungBackendCostsOneTimeout(t *testing.T) {
	for name, hang := range map[string]roundTrip{
		"before the header": func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"in the body": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: hungBody(r.Context().Done()), Request: r, ContentLength: -1}, nil
		},
		"after quick failures": func() roundTrip {
			n := 0
			return func(r *http.Request) (*http.Response, error) {
				if n++; n == 1 {
					return nil, io.ErrUnexpectedEOF
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
		}(),
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: hang})).WithSession(sessionOf("v"))
			err := retrieve(t.Context(), c)
			if took := time.Since(began); took != DefaultTimeout {
				t.Errorf("%s: it took %v", name, took)
			}
			if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, ErrUnavailable) || !strings.Contains(e.Message, "WithTimeout") {
				t.Errorf("%s: error %v", name, err)
			}
		})
	}
}

// hungBody is a body that sends nothing until its request's context ends.
type hungBody <-chan struct{}

func (b hungBody) Read([]byte) (int, error) { <-b; return 0, context.DeadlineExceeded }
func (hungBody) Close() error               { return nil }

// The time limit of a caller's http.Client is not called WithTimeout.
func TestATimeLimitOfTheCallersClientIsNamed(t *testing.T) {
	f := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := f.client(t, WithMaxRetries(0), WithHTTPClient(&http.Client{Timeout: 50 * time.Millisecond})).WithSession(sessionOf("v"))
	e := wantError(t, retrieve(t.Context(), c), ErrUnavailable)
	if !strings.Contains(e.Message, "WithHTTPClient") || strings.Contains(e.Message, "WithTimeout") {
		t.Errorf("error %v", e)
	}
}

// A RoundTripper that sends with a context of its own hides whether a connection came about.
func TestAPostIsNotRepeatedThroughATransportThatHidesItsConnections(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	for name, sends := range map[string]roundTrip{
		"failover": func(r *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(r.Clone(context.WithoutCancel(t.Context())))
			if err == nil {
				_ = resp.Body.Close()
			}
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")} // of the second backend
		},
	} {
		before := f.count()
		var r Response
		c := f.client(t, WithHTTPClient(&http.Client{Transport: sends})).WithSession(sessionOf("v"))
		_, err := c.Update(t.Context(), UpdateRequest{}, WithResponse(&r))
		wantIs(t, err, ErrUnavailable)
		if n := f.count() - before; n != 1 || r.Attempts != 1 {
			t.Errorf("%s: the backend got %d requests, Attempts is %d", name, n, r.Attempts)
		}
	}
}

// net/http repeats a request with this header, if it can have the body again.
func TestAnIdempotencyKeyAddedOnTheWayRepeatsNothing(t *testing.T) {
	var posts atomic.Int32
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		if r.Method == http.MethodPost && posts.Add(1) > 0 {
			panic(http.ErrAbortHandler) // the connection is closed without a response
		}
		respondJSON(w, 200, customerJSON)
	})
	transport := newTransport(idleRepeatable)
	defer transport.CloseIdleConnections()
	c := f.client(t, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-Idempotency-Key", "1")
		return transport.RoundTrip(r)
	})})).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c)) // a connection that net/http would use again
	_, err := c.Update(t.Context(), UpdateRequest{})
	wantIs(t, err, ErrUnavailable)
	if n := posts.Load(); n != 1 {
		t.Errorf("%d POSTs arrived", n)
	}
}

// net/http sends a GET again by itself on a connection that the other side has closed: Attempts and WithMaxRetries would
// not be what arrives.
func TestReadsAreCountedAndLimitedOnClosedConnections(t *testing.T) {
	for retries := range 3 {
		var arrived atomic.Int32
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if arrived.Add(1) > 1 {
				panic(http.ErrAbortHandler)
			}
			respondJSON(w, 200, customerJSON)
		})
		c := f.client(t, WithMaxRetries(retries)).WithSession(sessionOf("v"))
		wantOK(t, retrieve(t.Context(), c))
		var r Response
		_, err := c.Retrieve(t.Context(), WithResponse(&r))
		wantIs(t, err, ErrUnavailable)
		if n := int(arrived.Load()) - 1; n != retries+1 || r.Attempts != n {
			t.Errorf("with %d retries %d requests arrived, Attempts is %d", retries, n, r.Attempts)
		}
	}
}

// An HTTP/2 server that ends each connection by GOAWAY(0, NO_ERROR) has processed nothing, so net/http sends what has no
// body, or one that it can have again, to it without end.
func TestGoAwayRepeatsNothing(t *testing.T) {
	for _, row := range everyOperation {
		streams := &atomic.Int32{}
		url := listen(t, overH2(t, func(c h2Conn, _ uint32) bool {
			streams.Add(1)
			c.goAway(0, h2NoError, "")
			return false
		})).url("https")
		transport := newTransport(idleRepeatable)
		transport.TLSClientConfig = &tls.Config{RootCAs: testAuthority().pool}
		c := mustNew(t, url, WithMaxRetries(0), WithTimeout(2*time.Second), WithHTTPClient(&http.Client{Transport: transport})).WithSession(sessionOf("v"))
		_, err := row.call(t.Context(), c)
		if err == nil {
			t.Errorf("%s: no error", row.operation)
		}
		if n := streams.Load(); n > 1 {
			t.Errorf("%s was sent %d times", row.operation, n)
		}
		transport.CloseIdleConnections()
	}
}

// The session hook does not hold a call beyond its deadline, and its panic is that call's only.
func TestASessionHookThatWaitsOrPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
			respondJSON(w, 200, customerJSON)
		}), WithSessionHook(func(context.Context, SessionChange) { <-release }), WithLogger(slog.New(slog.DiscardHandler)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_ = logIn(ctx, c, testEmail)
		if took := time.Since(began); took != time.Second {
			t.Errorf("the call took %v", took)
		}
		mustLogin(t, c, testEmail) // does not wait for the other call's run
		close(release)
		synctest.Wait()
	})
	panics := true
	runs := 0
	c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
		runs++
		w.Header().Set("Set-Cookie", fmt.Sprintf("connect.sid=v%d; Path=/", runs))
		respondJSON(w, 200, customerJSON)
	}), WithSessionHook(func(context.Context, SessionChange) {
		if panics {
			panic("broken")
		}
	}))
	func() {
		defer func() {
			if got := recover(); got != "broken" {
				t.Errorf("the caller gets the panic %v", got)
			}
		}()
		_ = logIn(t.Context(), c, testEmail)
	}()
	panics = false
	mustLogin(t, c, testEmail)
	wantOK(t, retrieve(t.Context(), c))
}
