package customers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hookStage is a backend in memory, for virtual time: requests wait until their gate opens, and those who wait count as
// blocked. It knows sessions by value and lets a test say how long they are good for.
type hookStage struct {
	mu       sync.Mutex
	sessions map[string]string // value → email
	next     int
	attrs    string                   // of a login's cookie
	rolling  bool                     // secured answers prolong the cookie
	gates    map[string]chan struct{} // "METHOD path" or "login email" → closed: go on
	requests []recorded
}

func newHookStage() *hookStage {
	return &hookStage{sessions: map[string]string{}, gates: map[string]chan struct{}{}, attrs: "; Path=/"}
}

// newClient makes a client of the backend.
func (b *hookStage) newClient(t *testing.T, opts ...Option) *Client {
	t.Helper()
	return mustNew(t, "https://shop.example.com", append([]Option{WithHTTPClient(&http.Client{Transport: roundTrip(b.roundTrip)})}, opts...)...)
}

// gate makes requests of this kind wait for the returned function.
func (b *hookStage) gate(what string) (open func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := make(chan struct{})
	b.gates[what] = g
	return sync.OnceFunc(func() {
		b.mu.Lock()
		delete(b.gates, what)
		b.mu.Unlock()
		close(g)
	})
}

// forget ends all sessions, as a restart does.
func (b *hookStage) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.sessions)
}

func (b *hookStage) seen(what string) (found []recorded) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if strings.HasPrefix(r.Method+" "+r.Path, what) {
			found = append(found, r)
		}
	}
	return found
}

func (b *hookStage) roundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	resp, gate := b.answer(r, string(body))
	if gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return resp, nil
}

// answer carries a request out; the answer waits for the gate.
func (b *hookStage) answer(r *http.Request, body string) (*http.Response, chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	route := r.Method + " " + r.URL.Path
	b.requests = append(b.requests, recorded{Method: r.Method, Path: r.URL.Path, Cookie: r.Header.Get("Cookie"), Body: body, Header: r.Header.Clone()})
	value := strings.TrimPrefix(r.Header.Get("Cookie"), DefaultSessionCookieName+"=")
	email := b.sessions[value]
	w := httptest.NewRecorder()
	setCookie := func(value string) {
		w.Header().Set("Set-Cookie", DefaultSessionCookieName+"="+value+b.attrs)
	}
	customer := func(email string) string { return fmt.Sprintf(`{"customer":{"id":"cus_%s","email":%q}}`, email, email) }
	switch {
	case route == "POST /store/auth" || route == "POST /store/customers":
		_, rest, _ := strings.Cut(body, `"email":"`)
		email, _, _ = strings.Cut(rest, `"`)
		route = "login " + email
		if !strings.Contains(body, testPassword) {
			answer(w, 401, "text/plain", "Unauthorized")
			break
		}
		b.next++
		b.sessions[fmt.Sprint("s", b.next)] = email
		setCookie(fmt.Sprint("s", b.next))
		answerJSON(w, 200, customer(email))
	case route == "DELETE /store/auth":
		delete(b.sessions, value)
		answer(w, 200, "text/plain", "OK")
	case strings.HasPrefix(route, "GET /store/auth/"):
		setCookie("anonymous")
		answerJSON(w, 200, `{"exists":true}`)
	case email == "":
		setCookie("anonymous")
		answer(w, 401, "", "Unauthorized")
	default:
		if b.rolling {
			setCookie(value)
		}
		answerJSON(w, 200, customer(email))
	}
	return w.Result(), b.gates[route]
}

type contextKey struct{}

// hookLog records the session hook's calls.
type hookLog struct {
	mu    sync.Mutex
	calls []string
}

func (l *hookLog) hook(ctx context.Context, s *Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, fmt.Sprint(ctx.Value(contextKey{}), ":", valueOf(s)))
}

func (l *hookLog) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := strings.Join(l.calls, " ")
	l.calls = nil
	return calls
}

// The session hook.

func TestSessionHookIsCalledOnceForEachChangeAndNeverWithoutOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newHookStage(), &hookLog{}
		c := b.newClient(t, WithSessionHook(log.hook), WithMaxRetries(0))
		ctx := context.WithValue(t.Context(), contextKey{}, "ctx")
		step := func(what, want string, err, sentinel error) {
			t.Helper()
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: error %v, want %v", what, err, sentinel)
			}
			if got := log.take(); got != want {
				t.Errorf("%s: hook calls %q, want %q", what, got, want)
			}
		}
		step("call before any login", "", retrieve(ctx, c), ErrUnauthenticated)
		step("logout of nobody", "", c.Auth.DeleteSession(ctx), nil)
		_, err := c.Auth.Exists(ctx, testEmail)
		step("answer with an anonymous cookie", "", err, nil)
		_, err = c.Auth.Authenticate(ctx, testEmail, "wrong")
		step("failed login", "", err, ErrInvalidCredentials)
		step("login", "ctx:s1", logIn(ctx, c, testEmail), nil)
		step("call", "", retrieve(ctx, c), nil)
		step("second login", "ctx:s2", logIn(ctx, c, testEmail), nil)
		_, err = c.Create(ctx, CreateRequest{Email: testEmail, Password: testPassword})
		step("registration", "ctx:s3", err, nil)
		b.rolling = true
		step("prolonged", "ctx:s3", retrieve(ctx, c), nil)
		b.rolling = false
		step("logout", "ctx:", c.Auth.DeleteSession(ctx), nil)
		step("second logout", "", c.Auth.DeleteSession(ctx), nil)
		step("login", "ctx:s4", logIn(ctx, c, testEmail), nil)
		b.forget()
		step("401", "ctx:", retrieve(ctx, c), ErrUnauthenticated)
		step("call after it", "", retrieve(ctx, c), ErrUnauthenticated)
		b.attrs = "; Path=/; Max-Age=10"
		step("login for ten seconds", "ctx:s5", logIn(ctx, c, testEmail), nil)
		time.Sleep(10 * time.Second)
		step("expired", "", retrieve(ctx, c), ErrSessionExpired)
	})
}

func TestSessionHookIsNotCalledForAnOrphanNorForAnOlderCookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newHookStage(), &hookLog{}
		c := b.newClient(t, WithSessionHook(log.hook))
		older := b.gate("login old@example.com")
		old := begin(func() error { return logIn(t.Context(), c, "old@example.com") })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		b.rolling = true
		call := b.gate("GET /store/customers/me")
		late := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		log.take()
		older()
		wantIs(t, old(), ErrSessionSuperseded)
		call()
		wantOK(t, late())
		if got := log.take(); got != "" {
			t.Errorf("hook calls %q", got)
		}
		if n := len(b.seen("DELETE")); n != 1 {
			t.Errorf("%d orphans ended, want 1", n)
		}
	})
}

func TestSessionHookRunsOnceAtATimeAndItsLastRunSeesTheLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		var (
			atWork, most, runs atomic.Int32
			last               atomic.Value
		)
		c := b.newClient(t, WithSessionHook(func(_ context.Context, s *Session) {
			if n := atWork.Add(1); n > most.Load() {
				most.Store(n)
			}
			last.Store(s.Encode()) // what a slow store would write
			time.Sleep(time.Second)
			atWork.Add(-1)
			runs.Add(1)
		}))
		first := begin(func() error { return logIn(t.Context(), c, "first@example.com") })
		synctest.Wait()
		began := time.Now()
		for i := range 10 {
			mustLogin(t, c, fmt.Sprintf("c%d@example.com", i))
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("the logins waited %s for a hook that another call had begun", d)
		}
		wantOK(t, first())
		if most.Load() != 1 || runs.Load() != 2 {
			t.Errorf("%d at once, %d runs, want 1 and 2", most.Load(), runs.Load())
		}
		if last.Load() != c.Session().Encode() {
			t.Error("the last run saw an older state")
		}
	})
}

func TestSessionHooksOfTwoSessionsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		release := make(chan struct{})
		c := b.newClient(t, WithSessionHook(func(ctx context.Context, _ *Session) {
			if ctx.Value(contextKey{}) != nil {
				<-release
			}
		}))
		slow := begin(func() error {
			return logIn(context.WithValue(t.Context(), contextKey{}, 1), c, "slow@example.com")
		})
		synctest.Wait()
		mustLogin(t, c.WithSession(new(Session)), "other@example.com") // would hang
		close(release)
		wantOK(t, slow())
	})
}

func TestSessionHookMayUseTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newHookStage(), &hookLog{}
		var c *Client
		c = b.newClient(t, WithSessionHook(func(ctx context.Context, s *Session) {
			log.hook(ctx, s)
			if s.LoggedIn() && s.Expires().IsZero() && valueOf(s) == "s1" {
				wantOK(t, retrieve(ctx, c.WithSession(s)))
				if err := logIn(ctx, c, "b@example.com"); err != nil { // a change from inside
					t.Error(err)
				}
				if got := log.take(); got != "<nil>:s1" {
					t.Errorf("inside the hook it was called again: %q", got)
				}
			}
		}))
		mustLogin(t, c, "a@example.com")
		if got := log.take(); got != "<nil>:s2" {
			t.Errorf("after it the hook calls were %q, want one with s2", got)
		}
	})
}

func TestPanicInTheSessionHookIsTheCallersAndTheNextChangeIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newHookStage(), &hookLog{}
		fail := true
		c := b.newClient(t, WithSessionHook(func(ctx context.Context, s *Session) {
			if fail {
				panic("store is down")
			}
			log.hook(ctx, s)
		}))
		func() {
			defer func() {
				if p := recover(); p != "store is down" {
					t.Errorf("recovered %v", p)
				}
			}()
			_ = logIn(t.Context(), c, "a@example.com")
			t.Error("no panic")
		}()
		if !c.Session().LoggedIn() {
			t.Error("the login is lost")
		}
		fail = false
		mustLogin(t, c, "b@example.com") // hangs if the hook still counts as being at work
		if got := log.take(); got != "<nil>:s2" {
			t.Errorf("hook calls %q", got)
		}
	})
}

func TestSessionHookIsCalledAlthoughTheCallersContextHasEnded(t *testing.T) {
	b := newSessionBackend(t)
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "value"))
	b.Config.Handler = b.record(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			// The head of the answer arrives, and then the caller gives up.
			w.Header().Set("Set-Cookie", DefaultSessionCookieName+"=s1")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusOK)
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	})
	var got atomic.Value
	arrived := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := b.Client().Transport.RoundTrip(r)
		cancel()
		return resp, err
	})
	c := b.client(t, WithHTTPClient(&http.Client{Transport: arrived}), WithSessionHook(func(ctx context.Context, s *Session) {
		got.Store(fmt.Sprint(ctx.Err(), ctx.Value(contextKey{}), valueOf(s), ctx.Done() == nil, OperationFromContext(ctx)))
	}))
	wantIs(t, logIn(ctx, c, testEmail), context.Canceled)
	if want := fmt.Sprint(error(nil), "value", "s1", true, "Authenticate"); got.Load() != want {
		t.Errorf("the hook saw %v, want %v", got.Load(), want)
	}
}

// The re-login hook.

// reloginStage is a backend and a client whose re-login hook logs in as email; runs counts the hook's.
func reloginStage(t *testing.T, email string, opts ...Option) (b *hookStage, c *Client, runs *atomic.Int32) {
	t.Helper()
	b, runs = newHookStage(), new(atomic.Int32)
	c = b.newClient(t, append([]Option{WithReloginHook(func(ctx context.Context, c *Client) error {
		runs.Add(1)
		return logIn(ctx, c, email)
	})}, opts...)...)
	return b, c, runs
}

func TestReloginHookRunsOnceForAHundred401s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		mustLogin(t, c, testEmail)
		for round := 1; round <= 3; round++ {
			b.forget()
			release := b.gate("GET /store/customers/me")
			var calls []func() error
			for range 100 {
				calls = append(calls, begin(func() error { return retrieve(t.Context(), c) }))
			}
			synctest.Wait()
			before := len(b.seen("GET"))
			release()
			for _, call := range calls {
				wantOK(t, call())
			}
			if runs.Load() != int32(round) {
				t.Fatalf("%d runs after %d times a hundred 401s", runs.Load(), round)
			}
			if n := len(b.seen("GET")) - before; n != 100 {
				t.Errorf("%d requests after the 401s, want 100", n)
			}
		}
	})
}

func TestReloginHookDoesNotRunAgainForA401ThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		mustLogin(t, c, testEmail)
		b.forget()
		release := b.gate("GET /store/auth")
		late := begin(func() error { _, err := c.Auth.GetSession(t.Context()); return err })
		synctest.Wait()
		wantOK(t, retrieve(t.Context(), c))
		release()
		wantOK(t, late())
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
	})
}

func TestSecond401AfterAReloginIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		mustLogin(t, c, testEmail)
		// Every session is forgotten as soon as it is made.
		forgetful := roundTrip(func(r *http.Request) (*http.Response, error) {
			b.forget()
			return b.roundTrip(r)
		})
		c.caller.config.transport.http.Transport = forgetful
		e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
		if e.StatusCode != http.StatusUnauthorized || runs.Load() != 1 || len(b.seen("GET")) != 2 {
			t.Errorf("error %v after %d runs and %d requests", e, runs.Load(), len(b.seen("GET")))
		}
	})
}

func TestReloginHookIsNotForOtherCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		ctx := t.Context()
		wantIs(t, retrieve(ctx, c), ErrUnauthenticated) // never logged in
		_, err := c.Auth.Authenticate(ctx, testEmail, "wrong")
		wantIs(t, err, ErrInvalidCredentials)
		_, err = c.Auth.GetToken(ctx, testEmail, "wrong")
		wantIs(t, err, ErrInvalidCredentials)
		mustLogin(t, c, testEmail)
		_, err = c.Auth.Authenticate(ctx, testEmail, "wrong")
		wantIs(t, err, ErrInvalidCredentials)
		wantOK(t, c.Auth.DeleteSession(ctx))
		wantIs(t, retrieve(ctx, c), ErrUnauthenticated) // logged out
		mustLogin(t, c, testEmail)
		b.forget()
		wantOK(t, c.Auth.DeleteSession(ctx)) // the backend has forgotten, and the customer has logged out
		wantIs(t, retrieve(ctx, c), ErrUnauthenticated)
		anonymous := mustNew(t, "https://shop.example.com", WithoutSession(), WithReloginHook(func(context.Context, *Client) error { runs.Add(1); return nil }))
		wantIs(t, retrieve(ctx, anonymous), ErrNoSession)
		if runs.Load() != 0 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

func TestReloginHookRunsForASessionThatIsKnownToBeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		plain := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(b.roundTrip)}))
		mustLogin(t, plain, testEmail)
		b.forget()
		wantIs(t, retrieve(t.Context(), plain), ErrUnauthenticated)
		restored, err := DecodeSession(plain.Session().Encode())
		wantOK(t, err)
		wantCustomer(t, c.WithSession(restored), testEmail)
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
	})
}

func TestAllCallsFailWithTheReloginHooksError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		var runs atomic.Int32
		errVault := errors.New("the vault is sealed")
		c := b.newClient(t, WithReloginHook(func(context.Context, *Client) error {
			runs.Add(1)
			time.Sleep(time.Second)
			return errVault
		}))
		mustLogin(t, c, testEmail)
		b.forget()
		var calls []func() error
		for range 10 {
			calls = append(calls, begin(func() error { return retrieve(t.Context(), c) }))
		}
		for _, call := range calls {
			err := call()
			if e := wantError(t, err, ErrUnauthenticated); !errors.Is(err, errVault) || e.Operation != "RetrieveCustomer" {
				t.Errorf("error %v", err)
			}
		}
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
		wantIs(t, retrieve(t.Context(), c), errVault) // a later call tries again
		if runs.Load() != 2 {
			t.Errorf("%d runs, want 2", runs.Load())
		}
	})
}

func TestEveryCallWaitsForTheReloginHookOnlyAsLongAsItsContextAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		var hookErr atomic.Value
		c := b.newClient(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(10 * time.Second)
			hookErr.Store(fmt.Sprint(ctx.Err(), ctx.Value(contextKey{}), ctx.Done() == nil))
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.forget()
		first, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "first"))
		a := begin(func() error { return retrieve(first, c) })
		synctest.Wait()
		short, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		second := begin(func() error { return retrieve(short, c) })
		third := begin(func() error { return retrieve(t.Context(), c) })
		time.Sleep(time.Second)
		cancel()
		e := wantError(t, a(), context.Canceled)
		if errors.Is(e, ErrUnauthenticated) {
			t.Errorf("the cancelled call says %v", e)
		}
		began := time.Now()
		wantIs(t, second(), context.DeadlineExceeded)
		if d := time.Since(began); d != time.Second {
			t.Errorf("the second call waited %s after its context had ended", d-time.Second)
		}
		wantOK(t, third())
		if want := fmt.Sprint(error(nil), "first", true); hookErr.Load() != want {
			t.Errorf("the hook's context was %v, want %v", hookErr.Load(), want)
		}
	})
}

func TestBodyAndHeadersAreSentIntactAfterARelogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, _ := reloginStage(t, testEmail)
		mustLogin(t, c, testEmail)
		b.forget()
		var resp Response
		_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("Alec")}, WithHeader("X-Request-Id", "42"), WithResponse(&resp))
		wantOK(t, err)
		posts := b.seen("POST /store/customers/me")
		if len(posts) != 2 || posts[0].Body != `{"first_name":"Alec"}` || posts[1].Body != posts[0].Body {
			t.Fatalf("requests %+v", posts)
		}
		if posts[0].Cookie != "connect.sid=s1" || posts[1].Cookie != "connect.sid=s2" || posts[1].Header.Get("X-Request-Id") != "42" {
			t.Errorf("cookies %q and %q, id %q", posts[0].Cookie, posts[1].Cookie, posts[1].Header.Get("X-Request-Id"))
		}
		if resp.StatusCode != http.StatusOK || resp.Attempts != 2 {
			t.Errorf("response %d after %d attempts", resp.StatusCode, resp.Attempts)
		}
	})
}

func TestReloginHookThatDoesNotLogIn(t *testing.T) {
	for name, hook := range map[string]func(context.Context, *Client) error{
		"returns nil": func(context.Context, *Client) error { return nil },
		"ends its goroutine": func(context.Context, *Client) error {
			runtime.Goexit()
			return nil
		},
		"only reads": retrieve,
		"logs out":   func(ctx context.Context, c *Client) error { return c.Auth.DeleteSession(ctx) },
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newHookStage()
			c := b.newClient(t, WithReloginHook(hook))
			mustLogin(t, c, testEmail)
			b.forget()
			e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
			if len(b.seen("GET")) != 1 {
				t.Errorf("%s: %d requests, want 1", name, len(b.seen("GET")))
			}
			if (name == "ends its goroutine") != strings.Contains(e.Error(), "did not return") {
				t.Errorf("%s: error %v", name, e)
			}
			mustLogin(t, c, testEmail)
			wantCustomer(t, c, testEmail)
		})
	}
}

func TestReloginsOfTwoSessionsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		c := b.newClient(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			return logIn(ctx, c, fmt.Sprint(ctx.Value(contextKey{})))
		}))
		other := c.WithSession(new(Session))
		mustLogin(t, c, "a@example.com")
		mustLogin(t, other, "b@example.com")
		b.forget()
		release := b.gate("login a@example.com")
		as := func(email string) context.Context { return context.WithValue(t.Context(), contextKey{}, email) }
		a := begin(func() error { return retrieve(as("a@example.com"), c) })
		synctest.Wait()
		wantOK(t, retrieve(as("b@example.com"), other)) // would hang
		release()
		wantOK(t, a())
		wantCustomer(t, c, "a@example.com")
		wantCustomer(t, other, "b@example.com")
	})
}

func TestReloginAlsoTellsTheSessionHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &hookLog{}
		b, c, _ := reloginStage(t, testEmail, WithSessionHook(log.hook))
		ctx := context.WithValue(t.Context(), contextKey{}, "ctx")
		wantOK(t, logIn(ctx, c, testEmail))
		b.forget()
		wantOK(t, retrieve(ctx, c))
		if got := log.take(); got != "ctx:s1 ctx: ctx:s2" {
			t.Errorf("hook calls %q", got)
		}
	})
}

func TestReloginHookRunsWhenTheCookieHasRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		b.attrs = "; Path=/; Max-Age=60"
		mustLogin(t, c, testEmail)
		time.Sleep(time.Minute)
		wantCustomer(t, c, testEmail)
		if runs.Load() != 1 || len(b.seen("GET")) != 1 {
			t.Errorf("%d runs and %d requests, want 1 and 1", runs.Load(), len(b.seen("GET")))
		}
	})
}

// Begun last is what counts, and a re-login only renews a login that was begun before.
func TestNobodyIsLoggedInAgainWhoHasLoggedOutMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newHookStage(), &hookLog{}
		c := b.newClient(t, WithSessionHook(log.hook), WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(time.Second) // reads the password from somewhere
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.forget()
		call := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		wantIs(t, call(), ErrUnauthenticated)
		if c.Session().LoggedIn() || valueOf(c.Session()) != "" {
			t.Error("logged in after a logout")
		}
		if got := log.take(); got != "<nil>:s1 <nil>:" {
			t.Errorf("session hook calls %q", got)
		}
		if len(b.sessions) != 0 {
			t.Errorf("at the backend %v lives on", b.sessions)
		}
		mustLogin(t, c, testEmail)
		wantCustomer(t, c, testEmail)
	})
}

func TestLoginWinsOverAReloginOfAnEarlierOne(t *testing.T) {
	for _, during := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newHookStage()
			c := b.newClient(t, WithReloginHook(func(ctx context.Context, c *Client) error {
				return logIn(ctx, c, "old@example.com")
			}))
			mustLogin(t, c, "old@example.com")
			b.forget()
			slow, hook := b.gate("login new@example.com"), b.gate("login old@example.com")
			in := begin(func() error { return logIn(t.Context(), c, "new@example.com") })
			synctest.Wait()
			call := begin(func() error { return retrieve(t.Context(), c) }) // begun later, but for the earlier login
			synctest.Wait()
			if during {
				slow()
				wantOK(t, in())
				hook()
				wantIs(t, call(), ErrUnauthenticated)
			} else {
				hook()
				wantOK(t, call())
				wantCustomer(t, c, "old@example.com")
				slow()
				wantOK(t, in())
			}
			wantCustomer(t, c, "new@example.com")
		})
	}
}

// The renewed cookie is not the one that the logout ended.
func TestLogoutAlsoEndsWhatAReloginMadeMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, _ := reloginStage(t, testEmail)
		mustLogin(t, c, testEmail)
		b.forget()
		release := b.gate("DELETE /store/auth")
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		synctest.Wait()
		wantOK(t, retrieve(t.Context(), c))
		release()
		wantOK(t, out())
		if c.Session().LoggedIn() || len(b.sessions) != 0 {
			t.Errorf("logged in: %t; at the backend: %v", c.Session().LoggedIn(), b.sessions)
		}
	})
}

func TestLoginBegunWhileTheReloginHookIsAtWorkWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		c := b.newClient(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(time.Second)
			return logIn(ctx, c, "old@example.com")
		}))
		mustLogin(t, c, "old@example.com")
		b.forget()
		call := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		wantIs(t, call(), ErrUnauthenticated)
		wantCustomer(t, c, "new@example.com")
		if len(b.sessions) != 1 {
			t.Errorf("at the backend %v live on", b.sessions)
		}
	})
}

// A hook may clear up, fail and try again: its own calls don't supersede each other.
func TestReloginHookMayLogOutAndInAndTryTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		c := b.newClient(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			wantOK(t, c.Auth.DeleteSession(ctx))
			_, err := c.Auth.Authenticate(ctx, testEmail, "wrong")
			wantIs(t, err, ErrInvalidCredentials)
			wantOK(t, logIn(ctx, c, testEmail))
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.forget()
		wantCustomer(t, c, testEmail)
	})
}

// What a customer began must not be done as another.
func TestCallIsNotRepeatedAsSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, "old@example.com")
		mustLogin(t, c, "old@example.com")
		b.forget()
		release := b.gate("POST /store/customers/me")
		call := begin(func() error {
			_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("Old")})
			return err
		})
		synctest.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		mustLogin(t, c, "new@example.com")
		release()
		wantIs(t, call(), ErrUnauthenticated)
		if n := len(b.seen("POST /store/customers/me")); n != 1 || runs.Load() != 0 {
			t.Errorf("%d requests, %d runs of the hook, want 1 and 0", n, runs.Load())
		}
		wantCustomer(t, c, "new@example.com")
	})
}

// Whoever sends a made-up or anonymous cookie has never been logged in, as far as anybody knows.
func TestReloginHookIsNotForCookiesFromABrowserThatNeverWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		r := browserRequest(siteURL)
		r.Header.Set("Cookie", "connect.sid=made-up")
		c = c.WithSession(SessionFromRequest(r, DefaultSessionCookieName))
		for range 2 {
			wantIs(t, retrieve(t.Context(), c), ErrUnauthenticated)
		}
		restored, err := DecodeSession(c.Session().Encode())
		wantOK(t, err)
		wantIs(t, retrieve(t.Context(), c.WithSession(restored)), ErrUnauthenticated)
		if runs.Load() != 0 || len(b.seen("")) != 1 {
			t.Errorf("%d runs and %d requests, want 0 and 1", runs.Load(), len(b.seen("")))
		}

		// One that has worked is as good as a login.
		mustLogin(t, c, testEmail)
		r.Header.Set("Cookie", "connect.sid="+valueOf(c.Session()))
		c = c.WithSession(SessionFromRequest(r, DefaultSessionCookieName))
		wantCustomer(t, c, testEmail)
		b.forget()
		wantCustomer(t, c, testEmail)
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
	})
}

// The calls that were under way when the hook failed share its error, however late their 401s come: it may have failed
// on a wrong password, and a hundred more tries would lock the account.
func TestReloginHookThatFailedDoesNotRunAgainForCallsBegunBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := reloginStage(t, testEmail)
		errVault := errors.New("the vault is sealed")
		c.caller.config.reloginHook = func(context.Context, *renewal) error { runs.Add(1); return errVault }
		mustLogin(t, c, testEmail)
		b.forget()
		release := b.gate("GET /store/auth")
		var late []func() error
		for range 10 {
			late = append(late, begin(func() error { _, err := c.Auth.GetSession(t.Context()); return err }))
		}
		synctest.Wait()
		wantIs(t, retrieve(t.Context(), c), errVault)
		release()
		for _, call := range late {
			wantIs(t, call(), errVault)
		}
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
		wantIs(t, retrieve(t.Context(), c), errVault)
		if runs.Load() != 2 {
			t.Errorf("%d runs after a later call, want 2", runs.Load())
		}
	})
}

// A hook that uses the client it has from elsewhere must not wait for itself.
func TestReloginHookMayUseAnotherClientOfTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newHookStage()
		var c *Client
		c = b.newClient(t, WithReloginHook(func(ctx context.Context, _ *Client) error {
			wantIs(t, retrieve(ctx, c), ErrUnauthenticated)
			err := logIn(ctx, c.WithSession(c.Session()), testEmail)
			wantOK(t, retrieve(ctx, c))
			return err
		}), WithSessionHook(func(ctx context.Context, s *Session) {
			if s.LoggedIn() {
				wantOK(t, retrieve(ctx, c)) // a session hook inside the re-login hook
			}
		}))
		mustLogin(t, c, testEmail)
		b.forget()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		wantOK(t, retrieve(ctx, c))
	})
}
