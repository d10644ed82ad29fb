package customers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// docs/sessions.md, rule 1: origin.

func TestSessionIsRefusedAtAnotherOriginAndNothingIsSent(t *testing.T) {
	here, there := newBackend(t), newBackend(t)
	c := here.client(t)
	mustLogin(t, c, "a@example.com")
	elsewhere := mustNew(t, "https://other.example.com", inMemory(there.handle)).WithSession(c.Session())

	for name, call := range map[string]func() error{
		"secured": func() error { return retrieve(t.Context(), elsewhere) },
		"open":    func() error { _, err := elsewhere.Auth.Exists(t.Context(), testEmail); return err },
		"login":   func() error { return logIn(t.Context(), elsewhere, "a@example.com") },
		"logout":  func() error { return elsewhere.Auth.DeleteSession(t.Context()) },
	} {
		if e := wantError(t, call(), ErrInvalidInput); e.Field != "session" {
			t.Errorf("%s: field %q, want session", name, e.Field)
		}
	}
	if n := there.count(); n != 0 {
		t.Errorf("%d requests went to the other origin", n)
	}
	wantCustomer(t, c, "a@example.com")
}

func TestSessionBelongsToTheSchemeHostAndPort(t *testing.T) {
	transport := inMemory(respondWith(200, "application/json", customerJSON))
	const first = "https://shop.example.com"
	for _, test := range []struct {
		baseURL string
		same    bool
	}{
		{"https://shop.example.com/", true},
		{"https://shop.example.com:443", true},
		{"https://SHOP.example.COM/prefix", true},
		{"HTTPS://shop.example.com", true},
		{"http://shop.example.com", false},
		{"https://shop.example.com:80", false},
		{"https://shop.example.com:8443", false},
		{"https://example.com", false},
	} {
		s := sessionOf("v")
		wantOK(t, retrieve(t.Context(), mustNew(t, first, transport).WithSession(s)))
		err := retrieve(t.Context(), mustNew(t, test.baseURL, transport).WithSession(s))
		if got := err == nil; got != test.same {
			t.Errorf("%s then %s: %v", first, test.baseURL, err)
		}
	}
	s := sessionOf("v")
	wantOK(t, retrieve(t.Context(), mustNew(t, "http://shop.example.com:80", transport).WithSession(s)))
	wantOK(t, retrieve(t.Context(), mustNew(t, "http://shop.example.com", transport).WithSession(s)))
}

// Rule 2: anonymous cookies.

func TestAnonymousCookiesAreNeverStored(t *testing.T) {
	b := newBackend(t)
	b.addAccount(testEmail)
	c := b.client(t)
	for name, call := range map[string]func(){
		"Exists":                func() { _, _ = c.Auth.Exists(t.Context(), testEmail) },
		"GetToken":              func() { _, _ = c.Auth.GetToken(t.Context(), testEmail, testPassword) },
		"GetToken refused":      func() { _, _ = c.Auth.GetToken(t.Context(), testEmail, "wrong") },
		"GeneratePasswordToken": func() { _ = c.GeneratePasswordToken(t.Context(), testEmail) },
		"ResetPassword refused": func() {
			_, _ = c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
		},
		"failed login":  func() { _, _ = c.Auth.Authenticate(t.Context(), testEmail, "wrong") },
		"failed Create": func() { _, _ = c.Create(t.Context(), CreateRequest{Email: testEmail, Password: testPassword}) },
		"logout":        func() { _ = c.Auth.DeleteSession(t.Context()) },
	} {
		before := b.count()
		call()
		if b.count() != before+1 {
			t.Fatalf("%s sent nothing", name)
		}
		if valueOf(c.Session()) != "" || c.Session().LoggedIn() {
			t.Errorf("%s left a cookie in the session", name)
		}
	}
	for _, r := range b.seen("") {
		if r.Cookie != "" {
			t.Errorf("%s %s was sent with %q", r.Method, r.Path, r.Cookie)
		}
	}
}

func TestOpenOperationsAndLoginsSendNoSessionCookie(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	mine := valueOf(c.Session())

	_, _ = c.Auth.Exists(t.Context(), testEmail)
	_, _ = c.Auth.GetToken(t.Context(), testEmail, testPassword)
	_ = c.GeneratePasswordToken(t.Context(), testEmail)
	_, _ = c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
	for _, r := range b.seen("") {
		if r.Cookie != "" {
			t.Errorf("%s %s was sent with the cookie %q", r.Method, r.Path, r.Cookie)
		}
	}
	if valueOf(c.Session()) != mine {
		t.Error("the session changed")
	}
	wantCustomer(t, c, "a@example.com")
}

func TestLoginDoesNotKeepASessionIDThatSomebodyElseMayKnow(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	first := valueOf(c.Session())
	mustLogin(t, c, "b@example.com")
	if valueOf(c.Session()) == first {
		t.Error("the second login kept the first one's id")
	}
	before := len(b.Requests())
	if _, err := c.Create(t.Context(), CreateRequest{Email: "c@example.com", Password: testPassword}); err != nil {
		t.Fatal(err)
	}
	if got := b.Requests()[before].Header().Get("Cookie"); got != "" {
		t.Errorf("Create was sent with %q", got)
	}
	wantCustomer(t, c, "c@example.com")
}

// Rule 3: logins.

func TestCreateLogsIn(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	if _, err := c.Create(t.Context(), CreateRequest{Email: "A@Example.com", Password: testPassword}); err != nil {
		t.Fatal(err)
	}
	wantCustomer(t, c, "a@example.com")
	if !c.Session().LoggedIn() {
		t.Error("LoggedIn is false")
	}
}

func TestTheLoginBegunLastWinsWhicheverRespondsFirst(t *testing.T) {
	t.Run("responses in order", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		ga, gb := b.hold(OperationAuthenticate, "a@example.com"), b.hold(OperationAuthenticate, "b@example.com")
		a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		ga.Wait()
		second := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		gb.Wait()
		ga.Release()
		wantOK(t, a())
		wantCustomer(t, c, "a@example.com")
		gb.Release()
		wantOK(t, second())
		wantCustomer(t, c, "b@example.com")
	})
	t.Run("responses in reverse", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		ga, gb := b.hold(OperationAuthenticate, "a@example.com"), b.hold(OperationAuthenticate, "b@example.com")
		a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		ga.Wait()
		second := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		gb.Wait()
		gb.Release()
		wantOK(t, second())
		winner := valueOf(c.Session())
		ga.Release()
		e := wantError(t, a(), ErrSessionSuperseded)
		if e.StatusCode != http.StatusOK || e.Operation != "Authenticate" {
			t.Errorf("error is %+v", e)
		}
		wantCustomer(t, c, "b@example.com")
		wantSupersededEnded(t, b, winner)
	})
}

// wantSupersededEnded wants the login of a@example.com, whose cookie was not stored, to have been ended at the backend, by a
// DELETE with that cookie alone, and the winner's to go on.
func wantSupersededEnded(t *testing.T, b *backend, winner string) {
	t.Helper()
	if owners := b.owners(); slices.Contains(owners, "a@example.com") {
		t.Errorf("at the backend %s are logged in", owners)
	}
	ended := 0
	for _, r := range b.seen("DELETE") {
		if r.Cookie != "" && r.Cookie != DefaultSessionCookieName+"="+winner {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("%d DELETEs with the superseded cookie, want 1", ended)
	}
	if winner != "" && b.owner(winner) == "" {
		t.Error("the winner's session was ended")
	}
}

func TestSupersededLoginIsEndedAlthoughTheCallersContextHasEnded(t *testing.T) {
	b := newBackend(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	roundTripper := inMemoryTransport(b.handle)
	c := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := roundTripper(r)
		if r.Context().Value(slowLogin{}) != nil && r.Method == http.MethodPost {
			cancel() // with the response
		}
		return resp, err
	})}))
	g := b.hold(OperationAuthenticate, "a@example.com")
	a := begin(func() error { return logIn(context.WithValue(ctx, slowLogin{}, true), c, "a@example.com") })
	g.Wait()
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantIs(t, a(), ErrSessionSuperseded)
	if ctx.Err() == nil {
		t.Fatal("the context has not ended")
	}
	wantSupersededEnded(t, b, valueOf(c.Session()))
}

type slowLogin struct{}

// A gateway needs its header, and a load balancer its cookie, or the DELETE does not reach the node that has the session.
func TestSupersededLoginIsEndedOnTheWayOfItsLogin(t *testing.T) {
	b := newBackend(t)
	b.modify = func(_ *http.Request, h http.Header) { h.Add("Set-Cookie", "lb=node-1; Path=/") }
	c := b.client(t)
	g := b.hold(OperationAuthenticate, "a@example.com")
	a := begin(func() error {
		_, err := c.Auth.Authenticate(t.Context(), "a@example.com", testPassword, WithHeader("Authorization", "Basic gateway"))
		return err
	})
	g.Wait()
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantIs(t, a(), ErrSessionSuperseded)
	r := b.last(t)
	wantHeaders(t, r, map[string]string{"Authorization": "Basic gateway"})
	if r.Method != http.MethodDelete || !strings.HasPrefix(r.Cookie, "connect.sid=") || !strings.HasSuffix(r.Cookie, "; lb=node-1") {
		t.Errorf("%s was sent with %q", r.Method, r.Cookie)
	}
}

func TestFailedLoginLeavesTheSessionAsItWas(t *testing.T) {
	b := newBackend(t)
	s := &switchable{h: b.handle}
	c := mustNew(t, backendURL, inMemory(s.handle))
	mustLogin(t, c, "a@example.com")
	before := c.Session().Encode()
	const fresh = DefaultSessionCookieName + "=fresh; Path=/"
	for name, h := range map[string]http.HandlerFunc{
		"wrong password": respondWith(401, "text/plain; charset=utf-8", "Unauthorized"),
		"401 with an anonymous cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			respond(w, 401, "text/plain", "Unauthorized")
		},
		"401 with a deletion": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", DefaultSessionCookieName+"=; Path=/; Max-Age=0")
			respond(w, 401, "text/plain", "Unauthorized")
		},
		"500 with a cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			respondJSON(w, 500, `{"type":"unknown_error"}`)
		},
		"200 of a captive portal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			respond(w, 200, "text/html", "<html>")
		},
		"302 with a cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			w.Header().Set("Location", "/login")
			w.WriteHeader(http.StatusFound)
		},
		"200 without a cookie": respondWith(200, "application/json", customerJSON),
		"connection lost":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s.set(h)
		if err := logIn(t.Context(), c, "b@example.com"); err == nil {
			t.Errorf("%s: no error", name)
		}
		if c.Session().Encode() != before {
			t.Errorf("%s: the session changed", name)
		}
	}
	s.set(b.handle)
	wantCustomer(t, c, "a@example.com")
}

func TestNewerLoginThatFailsDoesNotSupersedeAnOlderOne(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	g := b.hold(OperationAuthenticate, "a@example.com")
	a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	g.Wait()
	_, err := c.Auth.Authenticate(t.Context(), "b@example.com", "wrong")
	wantIs(t, err, ErrInvalidCredentials)
	g.Release()
	wantOK(t, a())
	wantCustomer(t, c, "a@example.com")
}

func TestLoginWithoutACookieSaysWhyAndWhatToSet(t *testing.T) {
	for _, test := range []struct {
		name, baseURL, setCookie, contains string
		opts                               []Option
	}{
		{"production over http", "http://medusa:9000", "", "WithTLSTerminated", nil},
		{"https", "https://shop.example.com", "", "proxy", nil},
		{"TLS ends before", "http://medusa:9000", "", "proxy", []Option{WithTLSTerminated()}},
		{"renamed cookie", "https://shop.example.com", "medusa.sid=x; Path=/", "WithSessionCookieName", nil},
		{"names the cookie", "https://shop.example.com", "medusa.sid=x; Path=/", "medusa.sid", nil},
		{"other domain", "https://shop.example.com", "connect.sid=x; Domain=example.org", "another domain", nil},
		{"other path", "https://shop.example.com", "connect.sid=x; Path=/admin", "path", nil},
		{"expired", "https://shop.example.com", "connect.sid=x; Max-Age=0", "has expired", nil},
	} {
		c := mustNew(t, test.baseURL, append(test.opts, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			if test.setCookie != "" {
				w.Header().Set("Set-Cookie", test.setCookie)
			}
			respondJSON(w, 200, customerJSON)
		}))...)
		e := wantError(t, logIn(t.Context(), c, testEmail), ErrNoSessionCookie)
		if !strings.Contains(e.Message, test.contains) {
			t.Errorf("%s: message %q does not say %q", test.name, e.Message, test.contains)
		}
		if e.StatusCode != http.StatusOK || e.Operation != "Authenticate" || strings.Contains(e.Error(), "=x") {
			t.Errorf("%s: error %q", test.name, e)
		}
		if c.Session().LoggedIn() {
			t.Errorf("%s: logged in", test.name)
		}
	}
}

func TestLoginWhoseBodyIsCutOffIsALoginAllTheSame(t *testing.T) {
	b := newBackend(t)
	b.modify = func(r *http.Request, h http.Header) {
		if r.Method == http.MethodPost {
			h.Set("Content-Length", "1000")
		}
	}
	c := serve(t, b.handle).client(t)
	wantIs(t, logIn(t.Context(), c, "a@example.com"), ErrUnexpectedResponse)
	wantCustomer(t, c, "a@example.com")
}

func TestCookieWithAnotherName(t *testing.T) {
	b := newBackend(t, customerstest.WithSessionCookieName("medusa.sid"))
	c := b.client(t, WithSessionCookieName("medusa.sid"))
	mustLogin(t, c, "a@example.com")
	wantCustomer(t, c, "a@example.com")
	if got, want := b.last(t).Cookie, "medusa.sid="+valueOf(c.Session()); got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if c.Session().LoggedIn() {
		t.Error("still logged in")
	}
}

// Rule 4: secured calls.

func TestSecuredCallsWithoutALoginAreNotSent(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	for _, row := range operationsWhere(func(o *operation) bool { return o.session == secured }) {
		_, err := row.call(t.Context(), c)
		e := wantError(t, err, ErrUnauthenticated)
		if !strings.Contains(e.Message, "log in first") || e.Operation != row.operation {
			t.Errorf("%s: error %q", row.operation, e)
		}
	}
	if b.count() != 0 {
		t.Error("a request was sent")
	}
}

func TestA401ToTheStoredCookieEndsTheSession(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.ExpireSessions()
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	if c.Session().LoggedIn() || valueOf(c.Session()) != "" {
		t.Error("the session has a cookie, perhaps the anonymous one that came with the 401")
	}
	n := b.count()
	e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
	if b.count() != n || !errors.Is(e, ErrSessionEnded) {
		t.Errorf("%d more requests, error %q", b.count()-n, e)
	}
	// The same holds after it was stored and restored.
	restored, err := DecodeSession(c.Session().Encode())
	wantOK(t, err)
	if e := wantError(t, retrieve(t.Context(), c.WithSession(restored)), ErrUnauthenticated); !errors.Is(e, ErrSessionEnded) {
		t.Errorf("restored: error %q", e)
	}
	mustLogin(t, c, "a@example.com")
	wantCustomer(t, c, "a@example.com")
}

func TestA401ToAnOlderCookieChangesNothing(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.ExpireSessions()
	g := b.hold(OperationRetrieveCustomer, "")
	old := begin(func() error { return retrieve(t.Context(), c) })
	g.Wait()
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantIs(t, old(), ErrUnauthenticated)
	wantCustomer(t, c, "b@example.com")
}

func TestA401DuringALoginDoesNotSupersedeIt(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.ExpireSessions()
	g := b.hold(OperationAuthenticate, "b@example.com")
	inFlight := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
	g.Wait()
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	g.Release()
	wantOK(t, inFlight())
	wantCustomer(t, c, "b@example.com")
}

func TestAResponseToAnOpenOperationDuringALoginChangesNothing(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	g := b.hold(OperationAuthenticate, "a@example.com")
	e := b.hold(OperationEmailExists, testEmail)
	exists := begin(func() error { _, err := c.Auth.Exists(t.Context(), testEmail); return err })
	e.Wait()
	inFlight := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	g.Wait()
	_, err := c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
	wantIs(t, err, ErrInvalidPasswordToken)
	g.Release()
	wantOK(t, inFlight())
	e.Release() // its response sets an anonymous cookie
	wantOK(t, exists())
	wantCustomer(t, c, "a@example.com")
}

func TestA401FromAnOperationWithoutSecurityDoesNotEndTheSession(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	_, err := c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
	wantIs(t, err, ErrInvalidPasswordToken)
	_, err = c.Auth.GetToken(t.Context(), testEmail, "wrong")
	wantIs(t, err, ErrInvalidCredentials)
	wantCustomer(t, c, "a@example.com")
}

func TestRollingCookieRefreshesValueAndExpiry(t *testing.T) {
	setting := func(cookie string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", cookie)
			respondJSON(w, 200, customerJSON)
		}
	}
	s := &switchable{h: setting("connect.sid=two; Path=/; Max-Age=3600")}
	f := serve(t, s.handle)
	c := f.loggedIn(t)
	wantOK(t, retrieve(t.Context(), c))
	if got := valueOf(c.Session()); got != "two" {
		t.Errorf("value is %q", got)
	}
	if left := time.Until(c.Session().Expires()); left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires in %v", left)
	}
	s.set(setting("connect.sid=three; Path=/; Max-Age=7200"))
	wantOK(t, retrieve(t.Context(), c))
	if r := f.last(t); r.Cookie != "connect.sid=two" {
		t.Errorf("second call sent %q", r.Cookie)
	}
	if left := time.Until(c.Session().Expires()); left < 119*time.Minute {
		t.Errorf("expires in %v", left)
	}
}

func TestOnlyASuccessfulResponseRefreshes(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page of a proxy": respondWith(200, "text/html", "<html>"),
		"a redirect":        respondWith(302, "", ""),
		"a failure":         respondWith(500, "text/html", "<html>"),
	} {
		f := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=foreign; Path=/")
			h(w, r)
		})
		c := f.loggedIn(t, WithMaxRetries(0))
		if err := retrieve(t.Context(), c); err == nil {
			t.Errorf("%s: no error", name)
		}
		if got := valueOf(c.Session()); got != "v1" {
			t.Errorf("%s: the cookie is now %q", name, got)
		}
	}
}

func TestRefreshByAResponseToAnOlderCookieIsIgnored(t *testing.T) {
	b := newBackend(t)
	b.modify = rolling
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	g := b.hold(OperationRetrieveCustomer, "")
	old := begin(func() error { return retrieve(t.Context(), c) })
	g.Wait()
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantOK(t, old())
	wantCustomer(t, c, "b@example.com")
}

func TestDeletionCookieEndsTheSession(t *testing.T) {
	for _, deletion := range []string{
		"connect.sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
		"connect.sid=x; Path=/; Max-Age=0",
		"connect.sid=x; Path=/; Max-Age=-1",
		"connect.sid=; Path=/",
	} {
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", deletion)
			respondJSON(w, 200, customerJSON)
		})
		c := f.loggedIn(t)
		wantOK(t, retrieve(t.Context(), c))
		if c.Session().LoggedIn() {
			t.Errorf("%s: still logged in", deletion)
		}
		wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
		if f.count() != 1 {
			t.Errorf("%s: %d requests", deletion, f.count())
		}
	}
}

// Rule 5: logout.

func TestLogoutEndsTheSessionHereAndAtTheBackend(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	value := valueOf(c.Session())
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if r := b.last(t); r.Cookie != "connect.sid="+value {
		t.Errorf("logout sent %q", r.Cookie)
	}
	if b.owner(value) != "" || c.Session().LoggedIn() {
		t.Error("a session is still open")
	}
	n := b.count()
	e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
	if b.count() != n || strings.Contains(e.Message, "has ended") {
		t.Errorf("%d more requests, error %q", b.count()-n, e)
	}
	wantOK(t, c.Auth.DeleteSession(t.Context())) // once more
	if r := b.last(t); r.Cookie != "" {
		t.Errorf("the second logout sent %q", r.Cookie)
	}
}

func TestFailedLogoutKeepsTheCookie(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"503":             respondWith(503, "text/html", "<html>"),
		"401":             respondWith(401, "", "Unauthorized"),
		"redirect":        respondWith(302, "text/html", "<html>"),
		"connection lost": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		f := serve(t, h)
		c := f.loggedIn(t, WithMaxRetries(0))
		if err := c.Auth.DeleteSession(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
		if valueOf(c.Session()) != "v1" {
			t.Errorf("%s: the cookie is gone", name)
		}
	}
}

func TestLogoutLeavesALoginBegunLater(t *testing.T) {
	t.Run("login responds first", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		g := b.hold(OperationDeleteSession, "")
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		g.Wait()
		mustLogin(t, c, "b@example.com")
		g.Release()
		wantOK(t, out())
		wantCustomer(t, c, "b@example.com")
	})
	t.Run("logout responds first", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		d, g := b.hold(OperationDeleteSession, ""), b.hold(OperationAuthenticate, "b@example.com")
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		d.Wait()
		in := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		g.Wait()
		d.Release()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("logged in between")
		}
		g.Release()
		wantOK(t, in())
		wantCustomer(t, c, "b@example.com")
	})
}

// What began last wins, also if the login's response comes while the logout is under way.
func TestLogoutEndsALoginBegunEarlier(t *testing.T) {
	t.Run("login responds after", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		g := b.hold(OperationAuthenticate, "a@example.com")
		in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		g.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		g.Release()
		wantIs(t, in(), ErrSessionSuperseded)
		if c.Session().LoggedIn() {
			t.Error("logged in after a logout")
		}
		wantSupersededEnded(t, b, "")
	})
	t.Run("login responds during", func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t)
		g, d := b.hold(OperationAuthenticate, "a@example.com"), b.hold(OperationDeleteSession, "")
		in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		g.Wait()
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		d.Wait()
		g.Release()
		wantOK(t, in())
		wantCustomer(t, c, "a@example.com")
		d.Release()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("logged in after a logout")
		}
		wantSupersededEnded(t, b, "")
	})
}

func TestFailedLogoutDoesNotSupersedeALoginBegunEarlier(t *testing.T) {
	b := newBackend(t)
	b.Inject(customerstest.Fault{Operation: OperationDeleteSession, Status: http.StatusInternalServerError})
	c := b.client(t, WithMaxRetries(0))
	g := b.hold(OperationAuthenticate, "a@example.com")
	in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	g.Wait()
	wantIs(t, c.Auth.DeleteSession(t.Context()), ErrInternal)
	g.Release()
	wantOK(t, in())
	wantCustomer(t, c, "a@example.com")
}

func TestLogoutWinsOverARefreshMeanwhile(t *testing.T) {
	t.Run("refreshed before the logout's response", func(t *testing.T) {
		b := newBackend(t)
		b.modify = rolling
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		d := b.hold(OperationDeleteSession, "")
		r := b.hold(OperationRetrieveCustomer, "")
		call := begin(func() error { return retrieve(t.Context(), c) })
		r.Wait()
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		d.Wait()
		r.Release()
		wantOK(t, call())
		d.Release()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("the refreshed cookie survived the logout")
		}
	})
	t.Run("refreshed after", func(t *testing.T) {
		b := newBackend(t)
		b.modify = rolling
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		r := b.hold(OperationRetrieveCustomer, "")
		call := begin(func() error { return retrieve(t.Context(), c) })
		r.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		r.Release()
		wantOK(t, call())
		if c.Session().LoggedIn() {
			t.Error("a response from before the logout logged in again")
		}
	})
}

func TestTwoLogoutsAtOnce(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	g := b.hold(OperationDeleteSession, "")
	first := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
	g.Wait()
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantOK(t, first())
	wantCustomer(t, c, "b@example.com")
}

// Rule 6: Secure.

func TestSecureCookieGoesOverHTTPOnlyWhereTLSEndsBefore(t *testing.T) {
	b := newBackend(t)
	b.modify = withAttributes("; Path=/; HttpOnly; Secure; SameSite=None")
	const plain = "http://shop.example.com"
	c := mustNew(t, plain, inMemory(b.handle))
	mustLogin(t, c, "a@example.com")
	n := b.count()
	for name, call := range map[string]func() error{
		"RetrieveCustomer": func() error { return retrieve(t.Context(), c) },
		"logout":           func() error { return c.Auth.DeleteSession(t.Context()) },
	} {
		e := wantError(t, call(), ErrNoSessionCookie)
		if b.count() != n || !strings.Contains(e.Message, "WithTLSTerminated") {
			t.Errorf("%s: %d requests, error %q", name, b.count()-n, e)
		}
	}
	text := c.Session().Encode()

	inCluster := mustNew(t, plain, inMemory(b.handle), WithTLSTerminated())
	s, err := DecodeSession(text)
	wantOK(t, err)
	wantCustomer(t, inCluster.WithSession(s), "a@example.com")
	if got := b.last(t).Header.Get("X-Forwarded-Proto"); got != "https" {
		t.Errorf("X-Forwarded-Proto is %q", got)
	}

	s, err = DecodeSession(text)
	wantOK(t, err)
	wantCustomer(t, b.client(t).WithSession(s), "a@example.com")
}

// Rule 7: value and lifetime.

func TestLifetimeIsExpiresMinusDate(t *testing.T) {
	for _, skew := range []time.Duration{0, 20 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour, 90 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
				sent++
				now := time.Now().Add(skew)
				w.Header().Set("Date", httpTime(now))
				if r.Method == http.MethodPost {
					w.Header().Set("Set-Cookie", "connect.sid=x; Path=/; Expires="+httpTime(now.Add(10*time.Hour)))
				}
				respondJSON(w, 200, customerJSON)
			}))
			wantOK(t, logIn(t.Context(), c, testEmail))
			if got, want := c.Session().Expires(), time.Now().Add(10*time.Hour); got.Sub(want).Abs() > time.Second {
				t.Errorf("skew %v: expires %v, want %v", skew, got, want)
			}
			time.Sleep(10*time.Hour - 2*time.Second)
			wantOK(t, retrieve(t.Context(), c))
			if !c.Session().LoggedIn() {
				t.Error("LoggedIn is false before the end")
			}
			time.Sleep(3 * time.Second)
			if c.Session().LoggedIn() {
				t.Error("LoggedIn is true after the end")
			}
			wantIs(t, retrieve(t.Context(), c), ErrSessionExpired)
			wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
			if sent != 2 {
				t.Errorf("skew %v: %d requests, want 2", skew, sent)
			}
			wantOK(t, logIn(t.Context(), c, testEmail))
			wantOK(t, retrieve(t.Context(), c))
		})
	}
}

func TestMaxAgeBeatsExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid=x; Path=/; Max-Age=60; Expires="+httpTime(time.Now().Add(time.Hour)))
			respondJSON(w, 200, customerJSON)
		}))
		wantOK(t, logIn(t.Context(), c, testEmail))
		if got := time.Until(c.Session().Expires()); got != time.Minute {
			t.Errorf("expires in %v", got)
		}
	})
}

func TestCookieWithoutALifetimeHasNoKnownEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.Header().Set("Set-Cookie", "connect.sid=x; Path=/; Expires=when it pleases")
			}
			respondJSON(w, 200, customerJSON)
		}))
		wantOK(t, logIn(t.Context(), c, testEmail))
		if !c.Session().Expires().IsZero() || !c.Session().LoggedIn() {
			t.Errorf("expires %v", c.Session().Expires())
		}
		time.Sleep(24 * 365 * time.Hour)
		wantOK(t, retrieve(t.Context(), c))
	})
}

func TestLogoutOfAnExpiredSessionIsSent(t *testing.T) {
	// The backend prolongs its session with each call, so it may outlive the cookie.
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	value := valueOf(c.Session())
	c = c.WithSession(&Session{state: state{cookie: &cookie{value: value, expires: 1}}})
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if b.owner(value) != "" {
		t.Error("it is still open at the backend")
	}
}

// The race detector watches, and at the end the session's login is one at the backend.
func TestSessionIsSafeForConcurrentUse(t *testing.T) {
	b := newBackend(t)
	b.modify = rolling
	c := b.client(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 12 {
				switch (i + j) % 6 {
				case 0:
					_ = logIn(t.Context(), c, fmt.Sprintf("u%d@example.com", i))
				case 1:
					_ = c.Auth.DeleteSession(t.Context())
				case 2:
					_, _ = c.Auth.Exists(t.Context(), testEmail)
				case 3:
					_, _ = DecodeSession(c.Session().Encode())
				default:
					_ = retrieve(t.Context(), c)
				}
				_, _ = c.Session().LoggedIn(), c.Session().Expires()
			}
		})
	}
	wg.Wait()
	if c.Session().LoggedIn() {
		wantOK(t, retrieve(t.Context(), c))
	}
	mustLogin(t, c, "last@example.com")
	wantCustomer(t, c, "last@example.com")
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if c.Session().LoggedIn() {
		t.Error("logged in after the last logout")
	}
}

// A gateway's page of JSON says nothing about the session, also if it deletes or sets a cookie by its name.
func TestJSONThatIsNotTheAPIsLeavesTheSession(t *testing.T) {
	for _, line := range []string{
		"connect.sid=; Path=/; Max-Age=0", "connect.sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "connect.sid=gateways; Path=/", "connect.sid=; Path=/",
	} {
		for _, body := range []string{`{"status":"ok"}`, `{"customer":null}`, `{"customer":{"id":5}}`, `[]`, `{}`, `"ok"`} {
			for name, s := range map[string]*Session{
				"logged in": sessionOf("v"), "from a browser": SessionFromRequest(browserRequest(siteURL, "connect.sid=v"), BrowserCookie{}),
			} {
				state, hooked := s.State(), 0
				c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Set-Cookie", line)
					respondJSON(w, http.StatusOK, body)
				}), WithSessionHook(func(context.Context, SessionChange) { hooked++ })).WithSession(s)
				wantIs(t, retrieve(t.Context(), c), ErrUnexpectedResponse)
				if valueOf(s) != "v" || s.State() != state || hooked != 0 {
					t.Errorf("%s, %s with %q: %s has %q, %d runs of the hook", name, body, line, s, valueOf(s), hooked)
				}
			}
		}
	}
	// The API's own deletion ends it, also where only some orders can be read.
	odd := pageBody(2, `{"id":"order_1"}`, `{"id":"order_2"}`)
	odd = strings.Replace(odd, `"order_2"`, `7`, 1)
	c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid=; Path=/; Max-Age=0")
		respondJSON(w, http.StatusOK, odd)
	})).WithSession(sessionOf("v"))
	page, err := c.ListOrders(t.Context(), nil)
	wantIs(t, err, ErrUnexpectedResponse)
	if page == nil || len(page.Orders) != 1 || c.Session().State() != SessionEnded {
		t.Errorf("%s, %v", c.Session(), err)
	}
}
