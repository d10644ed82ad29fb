package customers

import (
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestOptionsThatCanNotWorkAreRefused(t *testing.T) {
	for field, opts := range map[string][]Option{
		"WithHTTPClient":        {WithHTTPClient(nil)},
		"WithTimeout":           {WithTimeout(0), WithTimeout(-time.Second)},
		"WithMaxRetries":        {WithMaxRetries(-1)},
		"WithMaxResponseBytes":  {WithMaxResponseBytes(0), WithMaxResponseBytes(-1)},
		"WithUserAgent":         {WithUserAgent("a\r\nb"), WithUserAgent(" a")},
		"WithBearerToken":       {WithBearerToken(""), WithBearerToken("hush\nX: 1"), WithBearerToken("hush ")},
		"WithSessionCookieName": {WithSessionCookieName(""), WithSessionCookieName("a=b"), WithSessionCookieName("a;b"), WithSessionCookieName("a b"), WithSessionCookieName("é")},
	} {
		for i, opt := range opts {
			_, err := New("https://shop.example.com", opt)
			if e := wantError(t, err, ErrInvalidInput); e.Field != field || e.Operation != "New" || strings.Contains(e.Error(), "hush") {
				t.Errorf("%s %d: error %q", field, i, e)
			}
		}
	}
	c := mustNew(t, "https://shop.example.com").WithSession(sessionOf("v"))
	_, err := c.Retrieve(t.Context(), WithResponse(nil))
	if e := wantError(t, err, ErrInvalidInput); e.Field != "WithResponse" {
		t.Errorf("error %q", e)
	}
}

func TestNilOptionsAreSkipped(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.client(t, nil, WithLogger(nil), nil).WithSession(sessionOf("v"))
	_, err := c.Retrieve(t.Context(), nil)
	wantOK(t, err)
}

func TestHTTPClientIsCopied(t *testing.T) {
	jar, err := cookiejar.New(nil)
	wantOK(t, err)
	b := newBackend(t)
	used := 0
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		used++
		return inMemoryTransport(b.handle)(r)
	})
	mine := &http.Client{Transport: transport, Jar: jar, Timeout: time.Minute}
	c := mustNew(t, backendURL, WithHTTPClient(mine))

	mustLogin(t, c, "a@example.com")
	if mine.Jar != jar || mine.CheckRedirect != nil || mine.Timeout != time.Minute {
		t.Error("the caller's client was changed")
	}
	if _, ok := mine.Transport.(roundTrip); !ok {
		t.Errorf("the caller's transport is now a %T", mine.Transport)
	}
	if used != 1 {
		t.Errorf("the transport was used %d times", used)
	}
	// With the jar, the cookie would be sent with the next login (fixation), and twice with other calls.
	before := len(b.Requests())
	mustLogin(t, c, "b@example.com")
	if got := b.Requests()[before].Header().Get("Cookie"); got != "" {
		t.Errorf("the login was sent with %q", got)
	}
	wantCustomer(t, c, "b@example.com")
	if got := b.last(t).Cookie; strings.Count(got, "connect.sid=") != 1 {
		t.Errorf("sent %q", got)
	}
	if n := len(jar.Cookies(mustRequest(t, backendURL).URL)); n != 0 {
		t.Errorf("the caller's jar has %d cookies", n)
	}

	mine.Transport = nil // the client has its own copy
	wantCustomer(t, c, "b@example.com")
}

func mustRequest(t *testing.T, u string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
	wantOK(t, err)
	return r
}

func TestHTTPClientWithoutATransport(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	wantOK(t, retrieve(t.Context(), f.client(t, WithHTTPClient(&http.Client{})).WithSession(sessionOf("v"))))
	// One client for several New calls.
	shared := &http.Client{}
	for range 3 {
		wantOK(t, retrieve(t.Context(), f.client(t, WithHTTPClient(shared)).WithSession(sessionOf("v"))))
	}
	if shared.Transport != nil {
		t.Error("the caller's client was changed")
	}
}

func TestTimeoutBoundsAllAttemptsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		c := mustNew(t, "https://shop.example.com", WithTimeout(3*time.Second), WithMaxRetries(1), WithHTTPClient(&http.Client{
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				attempts++
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		})).WithSession(sessionOf("v"))
		began := time.Now()
		e := wantError(t, retrieve(t.Context(), c), ErrUnavailable)
		took := time.Since(began)
		if attempts != 1 || took != 3*time.Second {
			t.Errorf("%d attempts in %v", attempts, took)
		}
		if !strings.Contains(e.Message, "WithTimeout") {
			t.Errorf("message %q", e.Message)
		}
	})
}

func TestDefaultTimeoutIsThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), WithHTTPClient(&http.Client{
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		})).WithSession(sessionOf("v"))
		began := time.Now()
		wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestMaxResponseBytes(t *testing.T) {
	for name, send := range map[string]func(w http.ResponseWriter, body string){
		"with Content-Length": func(w http.ResponseWriter, body string) { respondJSON(w, 200, body) },
		"chunked": func(w http.ResponseWriter, body string) {
			respondJSON(w, 200, "")
			w.(http.Flusher).Flush() //nolint:errcheck // httptest's writer flushes
			_, _ = io.WriteString(w, body)
		},
	} {
		for _, test := range []struct {
			limit int64
			fits  bool
		}{
			{int64(len(customerJSON)), true},
			{int64(len(customerJSON)) + 1, true},
			{int64(len(customerJSON)) - 1, false},
			{1, false},
			{math.MaxInt64, true},
			{math.MaxInt64 - 1, true},
		} {
			f := serve(t, func(w http.ResponseWriter, _ *http.Request) { send(w, customerJSON) })
			err := retrieve(t.Context(), f.loggedIn(t, WithMaxResponseBytes(test.limit)))
			if test.fits {
				if err != nil {
					t.Errorf("%s, limit %d: %v", name, test.limit, err)
				}
				continue
			}
			e := wantError(t, err, ErrUnexpectedResponse)
			if e.StatusCode != http.StatusOK || !strings.Contains(e.Error(), "WithMaxResponseBytes") || f.count() != 1 {
				t.Errorf("%s, limit %d: %d requests, error %q", name, test.limit, f.count(), e)
			}
		}
	}
}

func TestBearerToken(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid=anonymous; Path=/")
		if r.URL.Path == "/store/auth/token" || strings.HasPrefix(r.URL.Path, "/store/auth/u") {
			respondJSON(w, 200, `{"exists":true,"access_token":"jwt"}`)
			return
		}
		respondJSON(w, 200, customerJSON)
	})
	c := f.client(t, WithBearerToken("tok"))
	if c.Session() != nil {
		t.Error("it has a session")
	}
	for range 2 {
		wantOK(t, retrieve(t.Context(), c))
		wantHeaders(t, f.last(t), map[string]string{"Authorization": "Bearer tok", "Cookie": ""})
	}
	// A call that needs no login does not send the token.
	_, err := c.Auth.Exists(t.Context(), testEmail)
	wantOK(t, err)
	wantHeaders(t, f.last(t), map[string]string{"Authorization": "", "Cookie": ""})
	_, err = c.Auth.GetToken(t.Context(), testEmail, testPassword)
	wantOK(t, err)
	wantHeaders(t, f.last(t), map[string]string{"Authorization": "", "Cookie": ""})

	before := f.count()
	wantIs(t, logIn(t.Context(), c, testEmail), ErrNoSession)
	wantIs(t, c.Auth.DeleteSession(t.Context()), ErrNoSession)
	_, err = c.Create(t.Context(), CreateRequest{Email: testEmail, Password: testPassword})
	wantIs(t, err, ErrNoSession)
	if f.count() != before {
		t.Error("a login or logout was sent")
	}

	// A session replaces the token.
	derived := c.WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), derived))
	wantHeaders(t, f.last(t), map[string]string{"Authorization": "", "Cookie": "connect.sid=v"})
	wantIs(t, retrieve(t.Context(), c.WithSession(nil)), ErrNoSession)
	wantIs(t, retrieve(t.Context(), c.WithSession(new(Session))), ErrUnauthenticated)

	before = f.count()
	_, err = c.Retrieve(t.Context(), WithHeader("Authorization", "Basic mine"))
	if e := wantError(t, err, ErrInvalidInput); e.Field != "WithHeader" || f.count() != before {
		t.Errorf("two credentials for one place: %v, %d requests", err, f.count()-before)
	}
}

func TestBearerTokenIsGivenWithoutItsScheme(t *testing.T) {
	for _, token := range []string{"Bearer abc", "bearer abc", "Bearer"} {
		_, err := New(backendURL, WithBearerToken(token))
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithBearerToken" || strings.Contains(err.Error(), "abc") {
			t.Errorf("%q: %v", token, err)
		}
	}
	mustNew(t, backendURL, WithBearerToken("BearerLookalike"))
}

func TestBearerTokenRefusedByTheBackend(t *testing.T) {
	f := serve(t, respondWith(401, "", "Unauthorized"))
	wantIs(t, retrieve(t.Context(), f.client(t, WithBearerToken("tok"))), ErrUnauthenticated)
}

func TestTLSTerminatedSendsTheHeaderWithEveryCall(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.client(t, WithTLSTerminated(), WithHeader("X-Forwarded-Proto", "http")).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
	wantHeaders(t, f.last(t), map[string]string{"X-Forwarded-Proto": "https"})
	_ = logIn(t.Context(), c, testEmail)
	wantHeaders(t, f.last(t), map[string]string{"X-Forwarded-Proto": "https"})
}

func TestWithResponse(t *testing.T) {
	s := &switchable{h: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "r1")
		w.Header().Set("Set-Cookie", "connect.sid=hush; Path=/")
		respondJSON(w, 200, customerJSON)
	}}
	f := serve(t, s.handle)
	c := f.loggedIn(t)
	stale := func() Response { return Response{StatusCode: 999, Header: http.Header{"Old": {"1"}}, Attempts: 9} }

	r := stale()
	_, err := c.Retrieve(t.Context(), WithResponse(&r))
	wantOK(t, err)
	if r.StatusCode != http.StatusOK || r.Attempts != 1 || r.Header.Get("X-Request-Id") != "r1" || r.Header["Set-Cookie"] != nil || r.Header["Old"] != nil {
		t.Errorf("response is %+v", r)
	}

	s.set(respondWith(404, "application/json", `{"type":"not_found"}`))
	r = stale()
	_, err = c.Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrNotFound)
	if r.StatusCode != http.StatusNotFound || r.Attempts != 1 {
		t.Errorf("response is %+v", r)
	}

	s.set(respondWith(200, "text/html", "<html>"))
	r = stale()
	_, err = c.Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrUnexpectedResponse)
	if r.StatusCode != http.StatusOK {
		t.Errorf("response is %+v", r)
	}

	for name, call := range map[string]func(CallOption) error{
		"refused input": func(o CallOption) error { _, err := c.Create(t.Context(), CreateRequest{}, o); return err },
		"refused id":    func(o CallOption) error { _, err := c.Addresses.Delete(t.Context(), "..", o); return err },
		"refused email": func(o CallOption) error { return c.GeneratePasswordToken(t.Context(), "", o) },
		"refused option": func(o CallOption) error {
			_, err := c.Retrieve(t.Context(), WithHeader("Cookie", "x"), o)
			return err
		},
		"refused filter": func(o CallOption) error {
			for _, err := range c.Orders(t.Context(), &ListOrdersParams{Offset: new(1)}, o) {
				return err
			}
			return nil
		},
		"no session": func(o CallOption) error { _, err := c.WithSession(nil).Retrieve(t.Context(), o); return err },
	} {
		r = stale()
		if err := call(WithResponse(&r)); err == nil {
			t.Errorf("%s: no error", name)
		}
		if r.StatusCode != 0 || r.Header != nil || r.Attempts != 0 {
			t.Errorf("%s: response is %+v", name, r)
		}
	}

	f.Close()
	r = stale()
	_, err = f.loggedIn(t, WithMaxRetries(0)).Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrUnavailable)
	if r.StatusCode != 0 || r.Header != nil || r.Attempts != 1 {
		t.Errorf("response is %+v", r)
	}
}
