package customers

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// 401s that Go gateways (oauth2-proxy and forward-auth services: http.Error ends the text with a newline) and JSON
// gateways send without WWW-Authenticate. None is what a Medusa backend sends.
func TestAGateways401WithoutAChallengeEndsNoSession(t *testing.T) {
	for _, test := range []struct{ name, contentType, body string }{
		{"Go http.Error, oauth2-proxy", "text/plain; charset=utf-8", "Unauthorized\n"},
		{"CRLF", "", "Unauthorized\r\n"},
		{"express-jwt", "application/json", `{"type":"UnauthorizedError","message":"No authorization token was found"}`},
		{"problem with message", "application/problem+json", `{"type":"about:blank","title":"Unauthorized","message":"Token missing"}`},
		{"problem", "application/problem+json", `{"type":"https://httpproblems.com/http-status/401","title":"Unauthorized","status":401}`},
		{"AWS API gateway", "application/json", `{"message":"Unauthorized"}`},
		{"Azure APIM", "application/json", `{ "statusCode": 401, "message": "Access denied due to missing subscription key." }`},
		{"envoy", "text/plain", "Jwt is missing"},
		{"envoy ext_authz", "", ""},
		{"authelia", "text/plain; charset=utf-8", "401 Unauthorized"},
		{"WSO2", "application/json", `{"fault":{"code":900902,"type":"Status report","message":"x"}}`},
		{"JSON string", "application/json", `"Unauthorized"`},
		{"html with the word", "text/html", "Unauthorized"},
		{"lower case", "text/plain", "unauthorized"},
		{"json body as text", "text/plain", `{"type":"unauthorized","message":"x"}`},
	} {
		f := serve(t, respondWith(401, test.contentType, test.body))
		c := f.loggedIn(t)
		err := retrieve(t.Context(), c)
		if !errors.Is(err, ErrUnexpectedResponse) || !c.Session().LoggedIn() {
			t.Errorf("%s: a gateway's 401 is %v, logged in: %v", test.name, err, c.Session().LoggedIn())
		}
	}
	for _, status := range []int{400, 402, 403, 404, 407, 408, 419, 421, 423, 429, 440, 451, 498, 499, 500, 502, 511, 520, 530, 302} {
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=; Path=/; Max-Age=0")
			respond(w, status, "text/plain", "Unauthorized")
		})
		c := f.loggedIn(t, WithMaxRetries(0))
		if _ = retrieve(t.Context(), c); !c.Session().LoggedIn() {
			t.Errorf("a %d ends the session", status)
		}
	}
}

// A gateway sets a cookie of its own by the same name with each response. The first login keeps to its scope, a
// restored session must do so too: a server restores one for each request.
func TestARestoredSessionKeepsToItsCookiesScope(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Add("Set-Cookie", "connect.sid=OURS; Path=/")
		} else {
			w.Header().Add("Set-Cookie", "connect.sid=THEIRS; Path=/; Domain=127.0.0.1")
		}
		respondJSON(w, 200, customerJSON)
	})
	c := f.client(t)
	mustLogin(t, c, testEmail)
	wantOK(t, retrieve(t.Context(), c))
	if got := valueOf(c.Session()); got != "OURS" {
		t.Fatalf("live session took %q", got)
	}
	s, err := DecodeSession(c.Session().Encode())
	wantOK(t, err)
	wantOK(t, retrieve(t.Context(), c.WithSession(s)))
	if got := valueOf(s); got != "OURS" {
		t.Errorf("restored session took over another cookie by the name: %q", got)
	}
}

// Expires far away, and a backend whose clock is behind: what Encode writes must be what DecodeSession reads.
func TestDecodeReadsWhatEncodeWroteOfAnyExpires(t *testing.T) {
	for _, test := range []struct{ name, expires, date string }{
		{"9999", "Fri, 31 Dec 9999 23:59:59 GMT", httpTime(time.Now().Add(-time.Hour))},
		{"date 0001", httpTime(time.Now().AddDate(1, 0, 0)), "Mon, 01 Jan 0001 00:00:00 GMT"},
		{"date 9990", "Thu, 02 Jan 9990 00:00:00 GMT", "Mon, 01 Jan 9990 00:00:00 GMT"},
	} {
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", test.date)
			w.Header().Set("Set-Cookie", "connect.sid=v; Path=/; Expires="+test.expires)
			respondJSON(w, 200, customerJSON)
		})
		c := f.client(t)
		if err := logIn(t.Context(), c, testEmail); err != nil {
			t.Errorf("%s: login: %v", test.name, err)
			continue
		}
		if _, err := DecodeSession(c.Session().Encode()); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if at := c.Session().Expires(); time.Until(at) > 401*24*time.Hour {
			t.Errorf("%s: lasts until %v, promised are 400 days at most", test.name, at)
		}
	}
}

// JSON escapes <, > and &, six bytes for one.
func TestTheLargestSessionIsDecoded(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "connect.sid="+strings.Repeat("&", 4000)+"; Path=/")
		w.Header().Add("Set-Cookie", "lb="+strings.Repeat("<", 2000)+"; Path=/")
		respondJSON(w, 200, customerJSON)
	})
	c := f.client(t)
	mustLogin(t, c, testEmail)
	text := c.Session().Encode()
	if _, err := DecodeSession(text); err != nil {
		t.Errorf("%d bytes: %v", len(text), err)
	}
}

// A Domain that net/http does not parse is still another domain.
func TestADomainThatNetHTTPDoesNotParseIsAnother(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "connect.sid=v; Path=/; Domain=m\u00fcnchen.example")
		respondJSON(w, 200, customerJSON)
	})
	wantIs(t, logIn(t.Context(), f.client(t), testEmail), ErrNoSessionCookie)
}

// Relay, such as from a session hook, while a call takes the browser's next cookie; with -race.
func TestRelayWhileACallTakesTheBrowsersNextCookie(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Cookie"), "good") {
			respondJSON(w, 200, customerJSON)
			return
		}
		respond(w, 401, "", "Unauthorized")
	})
	c := f.client(t)
	for range 20 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", "s=old1; s=old2; s=good")
		s := SessionFromRequest(r, BrowserCookie{Name: "s"})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _ = retrieve(t.Context(), c.WithSession(s)) })
			wg.Go(func() {
				for range 50 {
					s.Relay(httptest.NewRecorder())
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
		if valueOf(s) != "good" {
			t.Fatal("not the good one")
		}
	}
}

// The browser has an older, dead cookie beside ours: a logout must end the login that the calls would have used.
func TestALogoutEndsTheLoginThatCallsWouldUse(t *testing.T) {
	b := newBackend(t)
	first := b.client(t)
	mustLogin(t, first, testEmail)
	good := valueOf(first.Session())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Cookie", "connect.sid=s%3Aolder.dead; connect.sid="+good)
	c := b.client(t).WithSession(SessionFromRequest(r, BrowserCookie{}))
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if owner := b.owner(good); owner != "" {
		t.Errorf("after the logout, the browser's cookie still logs in %s", owner)
	}
}

// All attempts of a call together take WithTimeout at most, also those with the browser's further cookies.
func TestTheTimeoutCoversAttemptsWithFurtherCookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, backendURL, WithTimeout(time.Second), inMemory(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-time.After(900 * time.Millisecond):
			}
			respond(w, 401, "", "Unauthorized")
		}))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", "s=1; s=2; s=3; s=4")
		began := time.Now()
		err := retrieve(t.Context(), c.WithSession(SessionFromRequest(r, BrowserCookie{Name: "s"})))
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v with WithTimeout(1s): %v", took, err)
		}
	})
}

// The first run of the hook panics; a change that came meanwhile must still be reported.
func TestAHookThatPanicsIsCalledForTheNextChange(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("store is down") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			b := newBackend(t)
			started, fall := make(chan struct{}), make(chan struct{})
			var runs atomic.Int32
			saw := make(chan bool, 10)
			c := b.client(t, WithSessionHook(func(_ context.Context, change SessionChange) {
				if runs.Add(1) == 1 {
					close(started)
					<-fall
					fail()
				}
				saw <- change.Session.LoggedIn()
			}))
			wait := begin(func() error {
				defer func() { _ = recover() }()
				return logIn(t.Context(), c, testEmail)
			})
			<-started
			wantOK(t, c.Auth.DeleteSession(t.Context())) // returns at once: the hook is at work
			close(fall)
			_ = wait()
			select {
			case in := <-saw:
				if in {
					t.Error("the last run did not see the last state")
				}
			case <-time.After(2 * time.Second):
				t.Error("the logout was never reported")
			}
		})
	}
}

// The regular expression of passport-jwt takes any white space after the scheme.
func TestABearerTokenIsFoundInEverySpelling(t *testing.T) {
	for _, v := range []string{"Bearer x", "bearer x", "BEARER  x", "Bearer\tx", "bEaReR\t x", "Bearer\xa0x", "Bearer"} {
		if _, err := New(backendURL, WithHeader("authorization", v)); !errors.Is(err, ErrInvalidInput) {
			t.Errorf("New takes Authorization %q: %v", v, err)
		}
		f := serve(t, respondWith(200, "application/json", customerJSON))
		if _, err := f.loggedIn(t).Retrieve(t.Context(), WithHeader("AUTHORIZATION", v)); !errors.Is(err, ErrInvalidInput) || f.count() != 0 {
			t.Errorf("a call takes Authorization %q: %v, %d sent", v, err, f.count())
		}
	}
	for _, v := range []string{"Basic x", "Digest username=x", "ApiKey Bearer x", "Bearerx y"} {
		if _, err := New(backendURL, WithHeader("Authorization", v)); err != nil {
			t.Errorf("%q: %v", v, err)
		}
		if _, err := New(backendURL, WithHeader("Authorization", v), WithBearerToken("t")); !errors.Is(err, ErrInvalidInput) {
			t.Errorf("%q with a token: %v", v, err)
		}
	}
	f := serve(t, respondWith(200, "application/json", `{"exists":true}`))
	bearer := f.client(t, WithBearerToken("t"))
	if _, err := bearer.Auth.Exists(t.Context(), testEmail, WithHeader("Authorization", "Basic x")); !errors.Is(err, ErrInvalidInput) {
		t.Errorf("Exists on a bearer client takes an Authorization, though WithHeader says any is refused: %v", err)
	}
}

// A failover whose first connection fails in the TLS handshake, or in the dial, and whose second host it asks with a
// context of its own carries the POST out; the error is about the second, the first, or both.
func TestAFailoverReportsWhatItsLastHostDid(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("refused")}
	for name, result := range map[string]error{
		"handshake, then EOF": io.EOF,
		"dial and EOF joined": errors.Join(dial, io.EOF),
	} {
		var carriedOut atomic.Int32
		rt := roundTrip(func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn(r.URL.Host)
			if strings.HasPrefix(name, "handshake") {
				trace.TLSHandshakeDone(tls.ConnectionState{}, errors.New("bad record"))
			}
			_, _ = io.ReadAll(r.Body) // sent to the second host
			carriedOut.Add(1)
			return nil, result
		})
		c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: rt})).WithSession(sessionOf("v"))
		_, _ = c.Update(t.Context(), UpdateRequest{FirstName: Value("x")})
		if n := carriedOut.Load(); n != 1 {
			t.Errorf("%s: a POST was carried out %d times", name, n)
		}
	}
}

// Retry-After as a date counts from the response's Date, as a cookie's Expires does.
func TestRetryAfterADateCountsFromTheResponsesDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			if n++; n == 1 {
				w.Header().Set("Date", httpTime(time.Now().Add(time.Hour)))
				w.Header().Set("Retry-After", httpTime(time.Now().Add(time.Hour+3*time.Second)))
				respond(w, 503, "", "")
				return
			}
			respondJSON(w, 200, customerJSON)
		})).WithSession(sessionOf("v"))
		began := time.Now()
		if err := retrieve(t.Context(), c); err != nil || time.Since(began) < 2*time.Second || time.Since(began) > 4*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// One origin in both spellings of an internationalized host.
func TestBothSpellingsOfAHostAreOneOrigin(t *testing.T) {
	a, _ := parseEndpoint("baseURL", "https://M\u00fcnchen.example:8443/")
	b, _ := parseEndpoint("baseURL", "https://xn--mnchen-3ya.example:8443/")
	if a.origin != b.origin {
		t.Errorf("%q and %q are one origin", a.origin, b.origin)
	}
}
