package customers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// newAccount makes a backend and a client of it whose account is testEmail's.
func newAccount(t *testing.T, opts ...Option) (*backend, *Client) {
	t.Helper()
	b := newBackend(t)
	return b, b.client(t, append([]Option{WithCredentials(testEmail, testPassword)}, opts...)...)
}

// logins returns how many logins were sent.
func (b *backend) loginsSent() int { return len(b.seen("POST /store/auth")) }

func TestAccountLogsInWhenNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newAccount(t)
		b.modify = withAttributes("; Path=/; Max-Age=60")
		step := func(what string, logins int) {
			t.Helper()
			wantCustomer(t, c, testEmail)
			if b.loginsSent() != logins {
				t.Errorf("%s: %d logins, want %d", what, b.loginsSent(), logins)
			}
		}
		_, err := c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
		if b.loginsSent() != 0 {
			t.Error("a call that needs no login logs in")
		}
		step("first call", 1)
		step("second call", 1)
		b.ExpireSessions()
		step("revoked", 2)
		time.Sleep(time.Minute)
		step("expired", 3)
		last := valueOf(c.Session())
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		if b.owner(last) != "" || c.Session().State() != SessionLoggedOut {
			t.Errorf("after DeleteSession the session is %s, and %q is logged in", c.Session(), b.owner(last))
		}
		step("logged out", 4)
		c.Session().Forget()
		step("forgotten", 5)
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		if b.loginsSent() != 5 {
			t.Error("a logout logs in")
		}
	})
}

func TestAccountLogsInOnceForManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newAccount(t)
		for round := 1; round <= 3; round++ {
			held := b.hold(OperationRetrieveCustomer, "", -1) // the first round has no cookie, and waits after its login
			var calls []func() error
			for range 100 {
				calls = append(calls, begin(func() error { return retrieve(t.Context(), c) }))
			}
			synctest.Wait()
			held.Release()
			b.ClearFaults()
			for _, call := range calls {
				wantOK(t, call())
			}
			if b.loginsSent() != round {
				t.Fatalf("%d logins after %d rounds of a hundred calls", b.loginsSent(), round)
			}
			b.ExpireSessions()
		}
	})
}

func TestAccountDoesNotLogInAgainForA401ThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newAccount(t)
		wantOK(t, retrieve(t.Context(), c))
		b.ExpireSessions()
		held := b.hold(OperationGetSession, "")
		late := begin(func() error { _, err := c.Auth.GetSession(t.Context()); return err })
		synctest.Wait()
		wantOK(t, retrieve(t.Context(), c))
		held.Release()
		wantOK(t, late())
		if b.loginsSent() != 2 {
			t.Errorf("%d logins, want 2", b.loginsSent())
		}
	})
}

func TestAccountLogsInOnceForACall(t *testing.T) {
	b, c := newAccount(t)
	b.modify = func(*http.Request, http.Header) { b.ExpireSessions() } // each session ends as soon as it is opened
	e := wantError(t, retrieve(t.Context(), c), ErrSessionEnded)
	if e.StatusCode != http.StatusUnauthorized || b.loginsSent() != 1 || len(b.seen("GET")) != 1 {
		t.Errorf("error %v after %d logins and %d requests", e, b.loginsSent(), len(b.seen("GET")))
	}
}

// Rule: only ever that account.

func TestAccountRefusesOtherLogins(t *testing.T) {
	for _, loggedIn := range []bool{false, true} {
		b, c := newAccount(t)
		if loggedIn {
			wantOK(t, retrieve(t.Context(), c))
		}
		sent := b.count()
		for name, other := range map[string]*Client{"the client": c, "a client of its session": c.WithSession(c.Session())} {
			for what, call := range map[string]func() error{
				"Authenticate":                   func() error { return logIn(t.Context(), other, "ada@example.com") },
				"the account's own Authenticate": func() error { return logIn(t.Context(), other, testEmail) },
				"Create": func() error {
					_, err := other.Create(t.Context(), CreateRequest{Email: "ada@example.com", Password: testPassword})
					return err
				},
			} {
				e := wantError(t, call(), ErrInvalidInput)
				if !strings.Contains(e.Message, "WithSession(new(customers.Session))") || b.count() != sent {
					t.Errorf("%s on %s: %v, %d requests", what, name, e, b.count()-sent)
				}
			}
		}
		wantCustomer(t, c, testEmail)
	}
}

func TestDerivedClientsDoNotHaveTheCredentials(t *testing.T) {
	b, c := newAccount(t)
	wantOK(t, retrieve(t.Context(), c))
	ended := new(Session)
	mustLogin(t, c.WithSession(ended), "ada@example.com")
	own := c.Session()
	b.ExpireSessions()
	logins := b.loginsSent()
	for name, derived := range map[string]*Client{
		"anonymous":                c.WithSession(new(Session)),
		"ended":                    c.WithSession(ended),
		"from a browser":           c.WithSession(SessionFromRequest(browserRequest(siteURL, "connect.sid=x"), BrowserCookie{})),
		"without a session":        c.WithSession(nil),
		"of the account's session": c.WithSession(own),
	} {
		if err := retrieve(t.Context(), derived); !errors.Is(err, ErrUnauthenticated) && !errors.Is(err, ErrNoSession) || b.loginsSent() != logins {
			t.Errorf("%s: %v, and %d logins", name, err, b.loginsSent()-logins)
		}
	}
	mustLogin(t, c.WithSession(new(Session)), "bea@example.com")
	wantCustomer(t, c, testEmail)
}

// Somebody deletes the account and registers its email again, with the same password.
func TestAccountThatIsAnotherCustomerNow(t *testing.T) {
	id, logins, ended := "cus_1", 0, []string(nil)
	h := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodDelete:
			ended = append(ended, r.Header.Get("Cookie"))
			respond(w, 200, "text/plain", "OK")
		case r.Method == http.MethodPost:
			logins++
			w.Header().Set("Set-Cookie", fmt.Sprintf("connect.sid=%s-%d; Path=/", id, logins))
			respondJSON(w, 200, customerBody(`{"id":"`+id+`","email":"`+testEmail+`"}`))
		case strings.Contains(r.Header.Get("Cookie"), id) && logins > 0:
			respondJSON(w, 200, customerBody(`{"id":"`+id+`"}`))
		default:
			respond(w, 401, "", "Unauthorized")
		}
	}
	c := mustNew(t, backendURL, inMemory(h), WithCredentials(testEmail, testPassword))
	wantOK(t, retrieve(t.Context(), c))
	id = "cus_2"
	for range 3 {
		e := wantError(t, retrieve(t.Context(), c), ErrInvalidCredentials)
		if !strings.Contains(e.Message, "another customer") {
			t.Errorf("error %v", e)
		}
	}
	if logins != 2 || fmt.Sprint(ended) != "[connect.sid=cus_2-2]" || valueOf(c.Session()) != "" {
		t.Errorf("%d logins, logged out %q, the session has %q", logins, ended, valueOf(c.Session()))
	}
}

// A login whose customer can't be read may be anybody's.
func TestAccountWithALoginThatCannotBeRead(t *testing.T) {
	for name, body := range map[string]string{"no API": `{"ok":true}`, "cut off": `{"customer":{"id":"cus_1"`, "without an id": customerBody(`{"id":""}`)} {
		ended := 0
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				ended++
				respond(w, 200, "text/plain", "OK")
				return
			}
			w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
			respondJSON(w, 200, body)
		}), WithCredentials(testEmail, testPassword))
		wantIs(t, retrieve(t.Context(), c), ErrUnexpectedResponse)
		if c.Session().LoggedIn() || ended != 1 {
			t.Errorf("%s: %s, %d logged out", name, c.Session(), ended)
		}
	}
}

func TestRefusedCredentialsAreNotTriedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		status      int
		contentType string
		body        string
		want        error
	}{
		"wrong password": {401, "", "Unauthorized", ErrInvalidCredentials},
		"no email":       {400, "application/json", `{"type":"invalid_data","message":"email must be an email"}`, ErrInvalidInput},
		"422":            {422, "application/json", `{"type":"invalid_data","message":"no"}`, ErrInvalidInput},
	} {
		logins := 0
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			logins++
			respond(w, test.status, test.contentType, test.body)
		}), WithCredentials(testEmail, testPassword))
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				e, ok := errors.AsType[*Error](retrieve(t.Context(), c))
				if !ok || !errors.Is(e, test.want) || e.Operation != OperationAuthenticate || e.StatusCode != test.status {
					t.Errorf("%s: %v", name, e)
				}
			})
		}
		wg.Wait()
		if logins != 1 {
			t.Errorf("%s: %d logins", name, logins)
		}
	}
}

func TestGatewaysPageIsNoRefusalOfCredentials(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusRequestHeaderFieldsTooLarge} {
		b, c := newAccount(t)
		b.Inject(customerstest.Fault{
			Operation: OperationAuthenticate, Status: status,
			Header: http.Header{"Content-Type": {"text/html"}}, Body: "<h1>try later</h1>",
		})
		if err := retrieve(t.Context(), c); err == nil {
			t.Errorf("%d: no error", status)
		}
		if err := retrieve(t.Context(), c); err != nil {
			t.Errorf("%d: a later call: %v", status, err)
		}
	}
}

func TestOtherFailuresOfALoginAreTriedAgainByLaterCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins, status := 0, 500
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				logins++
				time.Sleep(time.Second)
				w.Header().Set("Set-Cookie", "connect.sid=v; Path=/")
			}
			respondJSON(w, status, customerJSON)
		}), WithCredentials(testEmail, testPassword))
		var calls []func() error
		for range 10 {
			calls = append(calls, begin(func() error { return retrieve(t.Context(), c) }))
		}
		for _, call := range calls {
			wantIs(t, call(), ErrInternal)
		}
		if logins != 1 {
			t.Errorf("%d logins for calls that waited for a failing one", logins)
		}
		wantIs(t, retrieve(t.Context(), c), ErrInternal)
		status = 200
		wantOK(t, retrieve(t.Context(), c))
		if logins != 3 {
			t.Errorf("%d logins, want 3", logins)
		}
	})
}

func TestEachCallIsBoundByItsOwnContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newAccount(t, WithTimeout(time.Hour))
		held := b.hold(OperationAuthenticate, "", 1)
		first, cancel := context.WithCancel(t.Context())
		a := begin(func() error { return retrieve(first, c) })
		synctest.Wait()
		short, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		second := begin(func() error { return retrieve(short, c) })
		third := begin(func() error { return retrieve(t.Context(), c) })
		began := time.Now()
		wantIs(t, second(), context.DeadlineExceeded)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("the second call took %s", took)
		}
		cancel() // the login ends with the call that makes it, and another call takes its turn
		wantIs(t, a(), context.Canceled)
		wantOK(t, third())
		held.Release()
		if b.loginsSent() != 2 {
			t.Errorf("%d logins, want 2", b.loginsSent())
		}
	})
}

// A backend that hangs costs each call WithTimeout, however many wait for the same login.
func TestHungLoginCostsEachCallItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, backendURL, inMemory(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		}), WithCredentials(testEmail, testPassword), WithTimeout(10*time.Second))
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				began := time.Now()
				err := retrieve(t.Context(), c)
				if took := time.Since(began); !errors.Is(err, ErrUnavailable) || took > 10*time.Second {
					t.Errorf("%v after %s", err, took)
				}
			})
		}
		wg.Wait()
	})
}

// A transport's panic is that of the call that it happens in. The others go on.
func TestPanicInALoginIsTheCallsOwn(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("broken") }, "Goexit": runtime.Goexit} {
		synctest.Test(t, func(t *testing.T) {
			b := newBackend(t)
			var broken atomic.Bool
			broken.Store(true)
			next := inMemoryTransport(b.handle)
			c := b.client(t, WithCredentials(testEmail, testPassword), WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost && broken.Load() {
					time.Sleep(time.Second)
					broken.Store(false)
					fail()
				}
				return next(r)
			})}))
			var panicked any
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { panicked = recover() }()
				_ = retrieve(t.Context(), c)
			}()
			synctest.Wait()
			wantOK(t, retrieve(t.Context(), c))
			<-done
			if (name == "panic") != (panicked == "broken") {
				t.Errorf("%s: recovered %v", name, panicked)
			}
		})
	}
}

func TestALogoutThatOvertakesTheAccountsLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newAccount(t)
		held := b.hold(OperationAuthenticate, "")
		call := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		other := begin(func() error { return retrieve(t.Context(), c) })
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		held.Release()
		wantIs(t, call(), ErrSessionSuperseded)
		wantOK(t, other())
		if owners := b.owners(); len(owners) != 1 {
			t.Errorf("%s are logged in", owners)
		}
	})
}

// The account is in no visitor's name, though its calls may be made while a visitor's request is handled.
func TestSessionHookIsNotCalledForTheAccount(t *testing.T) {
	log := &hookLog{}
	b, c := newAccount(t, WithSessionHook(log.hook))
	ctx := context.WithValue(t.Context(), contextKey{}, "visitor")
	wantOK(t, retrieve(ctx, c))
	b.ExpireSessions()
	wantOK(t, retrieve(ctx, c))
	wantOK(t, c.WithSession(c.Session()).Auth.DeleteSession(ctx))
	if got := log.take(); got != "" {
		t.Errorf("hook calls %q", got)
	}
	wantOK(t, logIn(ctx, c.WithSession(new(Session)), "ada@example.com"))
	if got := b.named(log.take()); got != "visitor:s3" {
		t.Errorf("hook calls %q", got)
	}
}

func TestBodyAndHeadersAreSentIntactAfterALogin(t *testing.T) {
	b, c := newAccount(t)
	wantOK(t, retrieve(t.Context(), c))
	b.ExpireSessions()
	var resp Response
	_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("Alec")}, WithHeader("X-Request-Id", "42"), WithResponse(&resp))
	wantOK(t, err)
	posts := b.seen("POST /store/customers/me")
	if len(posts) != 2 || posts[0].Body != `{"first_name":"Alec"}` || posts[1].Body != posts[0].Body {
		t.Fatalf("requests %+v", posts)
	}
	if b.named(posts[0].Cookie) != "connect.sid=s1" || b.named(posts[1].Cookie) != "connect.sid=s2" {
		t.Errorf("cookies %q and %q", posts[0].Cookie, posts[1].Cookie)
	}
	for _, r := range b.seen("POST")[1:] {
		if r.Header.Get("X-Request-Id") != "42" {
			t.Errorf("%s %s has the id %q", r.Method, r.Path, r.Header.Get("X-Request-Id"))
		}
	}
	if resp.StatusCode != http.StatusOK || resp.Attempts != 2 {
		t.Errorf("response %d after %d attempts", resp.StatusCode, resp.Attempts)
	}
}

// The response that a call got before the login is not its last one.
func TestWithResponseIsEmptyIfNoneComesAfterALogin(t *testing.T) {
	b, c := newAccount(t, WithMaxRetries(0))
	wantOK(t, retrieve(t.Context(), c))
	b.ExpireSessions()
	gets := 0
	b.Inject(customerstest.Fault{Operation: OperationRetrieveCustomer, Reset: true, Match: func(customerstest.Request) bool { gets++; return gets == 2 }})
	var r Response
	_, err := c.Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrUnavailable)
	if r.StatusCode != 0 || r.Header != nil || r.Attempts != 2 {
		t.Errorf("the response is %+v, want none after 2 attempts", r)
	}
}

func TestCredentialsThatCannotWorkAreRefused(t *testing.T) {
	for name, opts := range map[string][]Option{
		"no email":          {WithCredentials("", testPassword)},
		"no email's form":   {WithCredentials("secret-user", testPassword)},
		"no password":       {WithCredentials(testEmail, "")},
		"a NUL":             {WithCredentials(testEmail, "secret\x00")},
		"with a token":      {WithBearerToken("t"), WithCredentials(testEmail, testPassword)},
		"without a session": {WithCredentials(testEmail, testPassword), WithoutSession()},
	} {
		_, err := New(backendURL, opts...)
		e := wantError(t, err, ErrInvalidInput)
		if e.Field != "WithCredentials" || strings.Contains(e.Error(), "secret") {
			t.Errorf("%s: %v", name, e)
		}
	}
}
