package customers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

const (
	postAuth   = "POST /store/auth "
	deleteAuth = "DELETE /store/auth"
	getMe      = "GET /store/customers/me"
	postMe     = "POST /store/customers/me"
)

// Rule 1: origin.

func TestSessionIsRefusedAtAnotherOriginAndNothingIsSent(t *testing.T) {
	here, there := newSessionBackend(t), newSessionBackend(t)
	c := here.client(t)
	mustLogin(t, c, "a@example.com")
	elsewhere := there.client(t).WithSession(c.Session())

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
	transport := inMemory(handlerOf(200, "application/json", customerJSON))
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
	b := newSessionBackend(t)
	c := b.client(t)
	empty := c.Session().Encode()
	for name, call := range map[string]func(){
		"Exists":                func() { _, _ = c.Auth.Exists(t.Context(), testEmail) },
		"GetToken":              func() { _, _ = c.Auth.GetToken(t.Context(), testEmail, testPassword) },
		"GetToken refused":      func() { _, _ = c.Auth.GetToken(t.Context(), testEmail, "wrong") },
		"GeneratePasswordToken": func() { _ = c.GeneratePasswordToken(t.Context(), testEmail) },
		"ResetPassword refused": func() {
			_, _ = c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
		},
		"failed login":  func() { _, _ = c.Auth.Authenticate(t.Context(), testEmail, "wrong") },
		"failed Create": func() { _, _ = c.Create(t.Context(), CreateRequest{Email: testEmail, Password: "wrong"}) },
		"logout":        func() { _ = c.Auth.DeleteSession(t.Context()) },
	} {
		before := b.count()
		call()
		if b.count() != before+1 {
			t.Fatalf("%s sent nothing", name)
		}
		if c.Session().Encode() != empty || c.Session().LoggedIn() {
			t.Errorf("%s left a cookie in the session", name)
		}
	}
	for _, r := range b.seen() {
		if r.Cookie != "" {
			t.Errorf("%s %s was sent with %q", r.Method, r.Path, r.Cookie)
		}
	}
}

func TestOpenOperationsAndLoginsSendNoSessionCookie(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	mine := valueOf(c.Session())

	_, _ = c.Auth.Exists(t.Context(), testEmail)
	_, _ = c.Auth.GetToken(t.Context(), testEmail, testPassword)
	_ = c.GeneratePasswordToken(t.Context(), testEmail)
	_, _ = c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
	for _, r := range b.seen() {
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
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	first := valueOf(c.Session())
	mustLogin(t, c, "b@example.com")
	if valueOf(c.Session()) == first {
		t.Error("the second login kept the first one's id")
	}
	if _, err := c.Create(t.Context(), CreateRequest{Email: "c@example.com", Password: testPassword}); err != nil {
		t.Fatal(err)
	}
	if r := b.last(t); r.Cookie != "" {
		t.Errorf("Create was sent with %q", r.Cookie)
	}
	wantCustomer(t, c, "c@example.com")
}

// Rule 3: logins.

func TestCreateLogsIn(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	if _, err := c.Create(t.Context(), CreateRequest{Email: "A@Example.com", Password: testPassword}); err != nil {
		t.Fatal(err)
	}
	wantCustomer(t, c, "a@example.com")
	if !c.Session().LoggedIn() {
		t.Error("LoggedIn is false")
	}
}

func TestTheLoginBegunLastWinsWhicheverAnswersFirst(t *testing.T) {
	t.Run("answers in order", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		ga, gb := b.hold(t, postAuth+"a@example.com"), b.hold(t, postAuth+"b@example.com")
		a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		<-ga.arrived
		second := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		<-gb.arrived
		ga.open()
		wantOK(t, a())
		wantCustomer(t, c, "a@example.com")
		gb.open()
		wantOK(t, second())
		wantCustomer(t, c, "b@example.com")
	})
	t.Run("answers in reverse", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		ga, gb := b.hold(t, postAuth+"a@example.com"), b.hold(t, postAuth+"b@example.com")
		a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		<-ga.arrived
		second := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		<-gb.arrived
		gb.open()
		wantOK(t, second())
		winner := valueOf(c.Session())
		ga.open()
		e := wantError(t, a(), ErrSessionSuperseded)
		if e.StatusCode != http.StatusOK || e.Operation != "Authenticate" {
			t.Errorf("error is %+v", e)
		}
		wantCustomer(t, c, "b@example.com")
		wantOrphanEnded(t, b, winner)
	})
}

// wantOrphanEnded wants that the cookie of a@example.com, which was not stored, was ended at the backend, by a DELETE with that cookie
// alone, and that the winner lives.
func wantOrphanEnded(t *testing.T, b *sessionBackend, winner string) {
	t.Helper()
	const loser = "a@example.com"
	b.mu.Lock()
	for id, email := range b.sessions {
		if email == loser {
			t.Errorf("%s's session %s lives on at the backend", loser, id)
		}
	}
	b.mu.Unlock()
	ended := 0
	for _, r := range b.seen() {
		if r.Method == http.MethodDelete && r.Cookie != "" && r.Cookie != DefaultSessionCookieName+"="+winner {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("%d DELETEs with the orphan's cookie, want 1", ended)
	}
	if winner != "" && b.live(winner) == "" {
		t.Error("the winner's session was ended")
	}
}

func TestOrphanIsEndedAlthoughTheCallersContextHasEnded(t *testing.T) {
	b := newSessionBackend(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answerOf := inMemoryTransport(b.record(b.handle))
	c := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := answerOf(r)
		if r.Context().Value(slowLogin{}) != nil && r.Method == http.MethodPost {
			cancel() // with the answer
		}
		return resp, err
	})}))
	g := b.hold(t, postAuth+"a@example.com")
	a := begin(func() error { return logIn(context.WithValue(ctx, slowLogin{}, true), c, "a@example.com") })
	<-g.arrived
	mustLogin(t, c, "b@example.com")
	g.open()
	wantIs(t, a(), ErrSessionSuperseded)
	if ctx.Err() == nil {
		t.Fatal("the context has not ended")
	}
	wantOrphanEnded(t, b, valueOf(c.Session()))
}

type slowLogin struct{}

// A gateway wants its header, and a load balancer its cookie, or the DELETE does not reach the node that knows the session.
func TestOrphanIsEndedOnTheWayOfItsLogin(t *testing.T) {
	b := newSessionBackend(t)
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "lb=node-1; Path=/")
		b.handle(w, r)
	})
	c := f.client(t)
	g := b.hold(t, postAuth+"a@example.com")
	a := begin(func() error {
		_, err := c.Auth.Authenticate(t.Context(), "a@example.com", testPassword, WithHeader("Authorization", "Basic gateway"))
		return err
	})
	<-g.arrived
	mustLogin(t, c, "b@example.com")
	g.open()
	wantIs(t, a(), ErrSessionSuperseded)
	r := f.last(t)
	wantHeaders(t, r, map[string]string{"Authorization": "Basic gateway"})
	if r.Method != http.MethodDelete || !strings.HasPrefix(r.Cookie, "connect.sid=") || !strings.HasSuffix(r.Cookie, "; lb=node-1") {
		t.Errorf("%s was sent with %q", r.Method, r.Cookie)
	}
}

func TestFailedLoginLeavesTheSessionAsItWas(t *testing.T) {
	b := newSessionBackend(t)
	s := &switchable{h: b.handle}
	c := serve(t, s.handle).client(t)
	mustLogin(t, c, "a@example.com")
	before := c.Session().Encode()
	const fresh = DefaultSessionCookieName + "=fresh; Path=/"
	for name, h := range map[string]http.HandlerFunc{
		"wrong password": handlerOf(401, "text/plain; charset=utf-8", "Unauthorized"),
		"401 with an anonymous cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			answer(w, 401, "text/plain", "Unauthorized")
		},
		"401 with a deletion": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", DefaultSessionCookieName+"=; Path=/; Max-Age=0")
			answer(w, 401, "text/plain", "Unauthorized")
		},
		"500 with a cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			answerJSON(w, 500, `{"type":"unknown_error"}`)
		},
		"200 of a captive portal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			answer(w, 200, "text/html", "<html>")
		},
		"302 with a cookie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", fresh)
			w.Header().Set("Location", "/login")
			w.WriteHeader(http.StatusFound)
		},
		"200 without a cookie": handlerOf(200, "application/json", customerJSON),
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
	b := newSessionBackend(t)
	c := b.client(t)
	g := b.hold(t, postAuth+"a@example.com")
	a := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	<-g.arrived
	_, err := c.Auth.Authenticate(t.Context(), "b@example.com", "wrong")
	wantIs(t, err, ErrInvalidCredentials)
	g.open()
	wantOK(t, a())
	wantCustomer(t, c, "a@example.com")
}

func TestLoginWithoutACookieSaysWhyAndWhatToSet(t *testing.T) {
	for _, test := range []struct {
		name, baseURL, setCookie, says string
		opts                           []Option
	}{
		{"production over http", "http://medusa:9000", "", "WithTLSTerminated", nil},
		{"https", "https://shop.example.com", "", "proxy", nil},
		{"TLS ends before", "http://medusa:9000", "", "proxy", []Option{WithTLSTerminated()}},
		{"renamed cookie", "https://shop.example.com", "medusa.sid=x; Path=/", "WithSessionCookieName", nil},
		{"names the cookie", "https://shop.example.com", "medusa.sid=x; Path=/", "medusa.sid", nil},
		{"other domain", "https://shop.example.com", "connect.sid=x; Domain=example.org", "another domain", nil},
		{"other path", "https://shop.example.com", "connect.sid=x; Path=/admin", "path", nil},
		{"has expired", "https://shop.example.com", "connect.sid=x; Max-Age=0", "has expired", nil},
	} {
		c := mustNew(t, test.baseURL, append(test.opts, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			if test.setCookie != "" {
				w.Header().Set("Set-Cookie", test.setCookie)
			}
			answerJSON(w, 200, customerJSON)
		}))...)
		e := wantError(t, logIn(t.Context(), c, testEmail), ErrNoSessionCookie)
		if !strings.Contains(e.Message, test.says) {
			t.Errorf("%s: message %q does not say %q", test.name, e.Message, test.says)
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
	b := newSessionBackend(t)
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Content-Length", "1000")
		}
		b.handle(w, r)
	})
	c := f.client(t)
	wantIs(t, logIn(t.Context(), c, "a@example.com"), ErrUnexpectedResponse)
	wantCustomer(t, c, "a@example.com")
}

func TestCookieWithAnotherName(t *testing.T) {
	b := newSessionBackend(t)
	b.name = "medusa.sid"
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
	b := newSessionBackend(t)
	c := b.client(t)
	for name, call := range map[string]func() error{
		"RetrieveCustomer":   func() error { return retrieve(t.Context(), c) },
		"UpdateCustomer":     func() error { _, err := c.Update(t.Context(), UpdateRequest{}); return err },
		"ListOrders":         func() error { _, err := c.ListOrders(t.Context(), nil); return err },
		"GetSession":         func() error { _, err := c.Auth.GetSession(t.Context()); return err },
		"ListPaymentMethods": func() error { _, err := c.PaymentMethods.List(t.Context()); return err },
		"DeleteAddress":      func() error { _, err := c.Addresses.Delete(t.Context(), "addr_1"); return err },
	} {
		e := wantError(t, call(), ErrUnauthenticated)
		if !strings.Contains(e.Message, "log in first") || string(e.Operation) != name {
			t.Errorf("%s: error %q", name, e)
		}
	}
	if b.count() != 0 {
		t.Error("a request was sent")
	}
}

func TestA401ToTheStoredCookieEndsTheSession(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.forget()
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	if c.Session().LoggedIn() || valueOf(c.Session()) != "" {
		t.Error("the session has a cookie, perhaps the anonymous one that came with the 401")
	}
	n := b.count()
	e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
	if b.count() != n || !strings.Contains(e.Message, "has ended") {
		t.Errorf("%d more requests, error %q", b.count()-n, e)
	}
	// Also after it was kept and restored.
	restored, err := DecodeSession(c.Session().Encode())
	wantOK(t, err)
	if e := wantError(t, retrieve(t.Context(), c.WithSession(restored)), ErrUnauthenticated); !strings.Contains(e.Message, "has ended") {
		t.Errorf("restored: error %q", e)
	}
	mustLogin(t, c, "a@example.com")
	wantCustomer(t, c, "a@example.com")
}

func TestA401ToAnOlderCookieChangesNothing(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.forget()
	g := b.hold(t, getMe)
	old := begin(func() error { return retrieve(t.Context(), c) })
	<-g.arrived
	mustLogin(t, c, "b@example.com")
	g.open()
	wantIs(t, old(), ErrUnauthenticated)
	wantCustomer(t, c, "b@example.com")
}

func TestA401DuringALoginDoesNotSupersedeIt(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	b.forget()
	g := b.hold(t, postAuth+"b@example.com")
	inFlight := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
	<-g.arrived
	wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
	g.open()
	wantOK(t, inFlight())
	wantCustomer(t, c, "b@example.com")
}

func TestAnAnswerToAnOpenOperationDuringALoginChangesNothing(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	g := b.hold(t, postAuth+"a@example.com")
	e := b.hold(t, "GET /store/auth/"+testEmail)
	exists := begin(func() error { _, err := c.Auth.Exists(t.Context(), testEmail); return err })
	<-e.arrived
	inFlight := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	<-g.arrived
	_, err := c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
	wantIs(t, err, ErrInvalidPasswordToken)
	g.open()
	wantOK(t, inFlight())
	e.open() // its answer sets an anonymous cookie
	wantOK(t, exists())
	wantCustomer(t, c, "a@example.com")
}

func TestA401FromAnOperationWithoutSecuritySaysNothingAboutTheSession(t *testing.T) {
	b := newSessionBackend(t)
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
			answerJSON(w, 200, customerJSON)
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

func TestOnlyASuccessfulAnswerRefreshes(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page of a proxy": handlerOf(200, "text/html", "<html>"),
		"a redirect":        handlerOf(302, "", ""),
		"a failure":         handlerOf(500, "text/html", "<html>"),
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

func TestRefreshByAnAnswerToAnOlderCookieIsIgnored(t *testing.T) {
	b := newSessionBackend(t)
	b.rolling = true
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	g := b.hold(t, getMe)
	old := begin(func() error { return retrieve(t.Context(), c) })
	<-g.arrived
	mustLogin(t, c, "b@example.com")
	g.open()
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
			answerJSON(w, 200, customerJSON)
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
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	value := valueOf(c.Session())
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if r := b.last(t); r.Cookie != "connect.sid="+value {
		t.Errorf("logout sent %q", r.Cookie)
	}
	if b.live(value) != "" || c.Session().LoggedIn() {
		t.Error("a session lives on")
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
		"503":             handlerOf(503, "text/html", "<html>"),
		"401":             handlerOf(401, "", "Unauthorized"),
		"page of a proxy": handlerOf(200, "text/html", "<html>"),
		"JSON":            handlerOf(200, "application/json", "{}"),
		"204":             handlerOf(204, "", ""),
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
	t.Run("login answers first", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		g := b.hold(t, deleteAuth)
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		<-g.arrived
		mustLogin(t, c, "b@example.com")
		g.open()
		wantOK(t, out())
		wantCustomer(t, c, "b@example.com")
	})
	t.Run("logout answers first", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		d, g := b.hold(t, deleteAuth), b.hold(t, postAuth+"b@example.com")
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		<-d.arrived
		in := begin(func() error { return logIn(t.Context(), c, "b@example.com") })
		<-g.arrived
		d.open()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("logged in between")
		}
		g.open()
		wantOK(t, in())
		wantCustomer(t, c, "b@example.com")
	})
}

// What was begun last wins, also where the login answers while the logout is on its way.
func TestLogoutEndsALoginBegunEarlier(t *testing.T) {
	t.Run("login answers after", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		g := b.hold(t, postAuth+"a@example.com")
		in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		<-g.arrived
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		g.open()
		wantIs(t, in(), ErrSessionSuperseded)
		if c.Session().LoggedIn() {
			t.Error("logged in after a logout")
		}
		wantOrphanEnded(t, b, "")
	})
	t.Run("login answers during", func(t *testing.T) {
		b := newSessionBackend(t)
		c := b.client(t)
		g, d := b.hold(t, postAuth+"a@example.com"), b.hold(t, deleteAuth)
		in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
		<-g.arrived
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		<-d.arrived
		g.open()
		wantOK(t, in())
		wantCustomer(t, c, "a@example.com")
		d.open()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("logged in after a logout")
		}
		wantOrphanEnded(t, b, "")
	})
}

func TestFailedLogoutDoesNotSupersedeALoginBegunEarlier(t *testing.T) {
	b := newSessionBackend(t)
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			answer(w, 500, "", "")
			return
		}
		b.handle(w, r)
	})
	c := f.client(t)
	g := b.hold(t, postAuth+"a@example.com")
	in := begin(func() error { return logIn(t.Context(), c, "a@example.com") })
	<-g.arrived
	wantIs(t, c.Auth.DeleteSession(t.Context()), ErrInternal)
	g.open()
	wantOK(t, in())
	wantCustomer(t, c, "a@example.com")
}

func TestLogoutWinsOverARefreshMeanwhile(t *testing.T) {
	t.Run("refreshed before the logout's answer", func(t *testing.T) {
		b := newSessionBackend(t)
		b.rolling = true
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		d := b.hold(t, deleteAuth)
		r := b.hold(t, getMe)
		call := begin(func() error { return retrieve(t.Context(), c) })
		<-r.arrived
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		<-d.arrived
		r.open()
		wantOK(t, call())
		d.open()
		wantOK(t, out())
		if c.Session().LoggedIn() {
			t.Error("the refreshed cookie survived the logout")
		}
	})
	t.Run("refreshed after", func(t *testing.T) {
		b := newSessionBackend(t)
		b.rolling = true
		c := b.client(t)
		mustLogin(t, c, "a@example.com")
		r := b.hold(t, getMe)
		call := begin(func() error { return retrieve(t.Context(), c) })
		<-r.arrived
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		r.open()
		wantOK(t, call())
		if c.Session().LoggedIn() {
			t.Error("an answer from before the logout logged in again")
		}
	})
}

func TestTwoLogoutsAtOnce(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	g := b.hold(t, deleteAuth)
	first := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
	<-g.arrived
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	mustLogin(t, c, "b@example.com")
	g.open()
	wantOK(t, first())
	wantCustomer(t, c, "b@example.com")
}

// Rule 6: Secure.

func TestSecureCookieGoesOverHTTPOnlyWhereTLSEndsBefore(t *testing.T) {
	b := newSessionBackend(t)
	b.attributes = "; Path=/; HttpOnly; Secure; SameSite=None"
	c := b.client(t)
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

	inCluster := b.client(t, WithTLSTerminated())
	s, err := DecodeSession(text)
	wantOK(t, err)
	wantCustomer(t, inCluster.WithSession(s), "a@example.com")
	if got := b.last(t).Header.Get("X-Forwarded-Proto"); got != "https" {
		t.Errorf("X-Forwarded-Proto is %q", got)
	}

	overTLS := mustNew(t, "https://shop.example.com", inMemory(b.handle))
	s, err = DecodeSession(text)
	wantOK(t, err)
	wantCustomer(t, overTLS.WithSession(s), "a@example.com")
}

// Rule 7: value and lifetime.

func TestLifetimeIsExpiresMinusDateWhateverTheBackendsClockSays(t *testing.T) {
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
				answerJSON(w, 200, customerJSON)
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
			answerJSON(w, 200, customerJSON)
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
			answerJSON(w, 200, customerJSON)
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
	// The backend's side slides, so it may live longer than the cookie.
	b := newSessionBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	value := valueOf(c.Session())
	c = c.WithSession(&Session{state: state{cookie: &cookie{value: value, expires: 1}}})
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if b.live(value) != "" {
		t.Error("it lives on at the backend")
	}
}

func TestOneClientOneCustomer(t *testing.T) {
	b := newSessionBackend(t)
	shared := b.client(t, WithoutSession())
	one, two := shared.WithSession(new(Session)), shared.WithSession(new(Session))
	mustLogin(t, one, "a@example.com")
	mustLogin(t, two, "b@example.com")
	wantCustomer(t, one, "a@example.com")
	wantCustomer(t, two, "b@example.com")
	// Services belong to the derived client too.
	me, err := one.Auth.GetSession(t.Context())
	wantOK(t, err)
	if me.Email != "a@example.com" {
		t.Errorf("GetSession says %s", me.Email)
	}
	wantOK(t, one.Auth.DeleteSession(t.Context()))
	wantCustomer(t, two, "b@example.com")
	// And two clients with one session are one customer.
	mustLogin(t, shared.WithSession(one.Session()), "c@example.com")
	wantCustomer(t, one, "c@example.com")
}

// The race detector looks on; at the end whoever the session says is logged in really is.
func TestSessionIsSafeForConcurrentUse(t *testing.T) {
	b := newSessionBackend(t)
	b.rolling = true
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

func TestDerivingAClientCostsUnderAKilobyte(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", WithoutSession())
	s := new(Session)
	var derived *Client
	if n := testing.AllocsPerRun(100, func() { derived = c.WithSession(s) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
	if n := unsafe.Sizeof(*derived); n >= 1<<10 {
		t.Errorf("%d bytes", n)
	}
	if derived.caller.config != c.caller.config {
		t.Error("settings are copied")
	}
}
