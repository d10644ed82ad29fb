package customers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type contextKey struct{}

// hookLog records the session hook's calls.
type hookLog struct {
	mu    sync.Mutex
	calls []string
}

func (l *hookLog) hook(ctx context.Context, change SessionChange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, fmt.Sprint(ctx.Value(contextKey{}), ":", valueOf(change.Session)))
}

func (l *hookLog) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := strings.Join(l.calls, " ")
	l.calls = nil
	return calls
}

func TestSessionHookIsCalledOnceForEachChangeAndNeverWithoutOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBackend(t), &hookLog{}
		c := b.client(t, WithSessionHook(log.hook), WithMaxRetries(0))
		ctx := context.WithValue(t.Context(), contextKey{}, "ctx")
		step := func(what, want string, err, sentinel error) {
			t.Helper()
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: error %v, want %v", what, err, sentinel)
			}
			if got := b.named(log.take()); got != want {
				t.Errorf("%s: hook calls %q, want %q", what, got, want)
			}
		}
		step("call before any login", "", retrieve(ctx, c), ErrUnauthenticated)
		step("logout without a login", "ctx:", c.Auth.DeleteSession(ctx), nil)
		_, err := c.Auth.Exists(ctx, testEmail)
		step("response with an anonymous cookie", "", err, nil)
		_, err = c.Auth.Authenticate(ctx, testEmail, "wrong")
		step("failed login", "", err, ErrInvalidCredentials)
		step("login", "ctx:s1", logIn(ctx, c, testEmail), nil)
		step("call", "", retrieve(ctx, c), nil)
		step("second login", "ctx:s2", logIn(ctx, c, testEmail), nil)
		_, err = c.Create(ctx, CreateRequest{Email: "new@example.com", Password: testPassword})
		step("registration", "ctx:s3", err, nil)
		b.modify = rolling
		step("prolonged", "ctx:s3", retrieve(ctx, c), nil)
		b.modify = nil
		step("logout", "ctx:", c.Auth.DeleteSession(ctx), nil)
		step("second logout", "ctx:", c.Auth.DeleteSession(ctx), nil)
		step("login", "ctx:s4", logIn(ctx, c, testEmail), nil)
		b.ExpireSessions()
		step("401", "ctx:", retrieve(ctx, c), ErrUnauthenticated)
		step("call after it", "", retrieve(ctx, c), ErrUnauthenticated)
		b.modify = withAttributes("; Path=/; Max-Age=10")
		step("login for ten seconds", "ctx:s5", logIn(ctx, c, testEmail), nil)
		time.Sleep(10 * time.Second)
		step("expired", "", retrieve(ctx, c), ErrSessionExpired)
	})
}

func TestSessionHookIsNotCalledForASupersededLoginNorForAnOlderCookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBackend(t), &hookLog{}
		c := b.client(t, WithSessionHook(log.hook))
		older := b.hold(OperationAuthenticate, "old@example.com")
		old := begin(func() error { return logIn(t.Context(), c, "old@example.com") })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		b.modify = rolling
		call := b.hold(OperationRetrieveCustomer, "")
		late := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		log.take()
		older.Release()
		wantIs(t, old(), ErrSessionSuperseded)
		call.Release()
		wantOK(t, late())
		if got := log.take(); got != "" {
			t.Errorf("hook calls %q", got)
		}
		if n := len(b.seen("DELETE")); n != 2 {
			t.Errorf("%d logins ended, want the superseded one and the replaced one", n)
		}
	})
}

func TestSessionHookRunsOnceAtATimeAndItsLastRunSeesTheLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(t)
		var (
			atWork, most, runs atomic.Int32
			last               atomic.Value
		)
		c := b.client(t, WithSessionHook(func(_ context.Context, change SessionChange) {
			if n := atWork.Add(1); n > most.Load() {
				most.Store(n)
			}
			last.Store(change.Session.Encode()) // what a slow store would write
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
		b := newBackend(t)
		release := make(chan struct{})
		c := b.client(t, WithSessionHook(func(ctx context.Context, _ SessionChange) {
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
		b, log := newBackend(t), &hookLog{}
		var c *Client
		c = b.client(t, WithSessionHook(func(ctx context.Context, change SessionChange) {
			s := change.Session
			log.hook(ctx, change)
			if s.LoggedIn() && !s.Expires().IsZero() && b.named(valueOf(s)) == "s1" {
				wantOK(t, retrieve(ctx, c.WithSession(s)))
				if err := logIn(ctx, c, "b@example.com"); err != nil { // a change from inside
					t.Error(err)
				}
				if got := b.named(log.take()); got != "<nil>:s1" {
					t.Errorf("inside the hook it was called again: %q", got)
				}
			}
		}))
		mustLogin(t, c, "a@example.com")
		if got := b.named(log.take()); got != "<nil>:s2" {
			t.Errorf("after it the hook calls were %q, want one with s2", got)
		}
	})
}

func TestPanicInTheSessionHookIsTheCallersAndTheNextChangeIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBackend(t), &hookLog{}
		fail := true
		c := b.client(t, WithSessionHook(func(ctx context.Context, change SessionChange) {
			if fail {
				panic("store is down")
			}
			log.hook(ctx, change)
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
		mustLogin(t, c, "b@example.com") // would hang if the hook still counted as running
		if got := b.named(log.take()); got != "<nil>:s2" {
			t.Errorf("hook calls %q", got)
		}
	})
}

func TestSessionHookIsCalledAlthoughTheCallersContextHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "value"))
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			// The head of the response arrives, then the caller cancels.
			w.Header().Set("Set-Cookie", DefaultSessionCookieName+"=s1")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusOK)
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	})
	got := make(chan string, 1)
	arrived := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := f.Client().Transport.RoundTrip(r)
		cancel()
		return resp, err
	})
	c := f.client(t, WithHTTPClient(&http.Client{Transport: arrived}), WithSessionHook(func(ctx context.Context, change SessionChange) {
		got <- fmt.Sprint(ctx.Err(), ctx.Value(contextKey{}), valueOf(change.Session), ctx.Done() == nil, OperationFromContext(ctx))
	}))
	wantIs(t, logIn(ctx, c, testEmail), context.Canceled)
	if got, want := <-got, fmt.Sprint(error(nil), "value", "s1", true, "Authenticate"); got != want {
		t.Errorf("the hook saw %v, want %v", got, want)
	}
}

// textOf makes a text of a session with these.
func textOf(generation int64, value string, expires int64) string {
	s := state{generation: generation}
	if value != "" {
		s.cookie = &cookie{value: value, expires: expires}
	}
	return encodeSession(&s, nil)
}

// endedText makes a text of a session that has ended.
func endedText(generation int64) string {
	return encodeSession(&state{generation: generation, ended: true}, nil)
}

// describe returns a text's generation, state, cookie and lifetime in words.
func describe(t *testing.T, text string) string {
	t.Helper()
	if text == "" {
		return "nothing"
	}
	s, err := DecodeSession(text)
	if err != nil {
		return text
	}
	out := fmt.Sprint(s.state.generation, " ", s.State())
	if c := s.state.cookie; c != nil {
		out += fmt.Sprint(" ", c.value, " ", c.expires)
	}
	return out
}

func TestApply(t *testing.T) {
	const old, far, later = 100, 4e12, 5e12
	began := func(expires int64) state {
		return state{generation: old, cookie: &cookie{value: "a", expires: expires}}
	}
	change := func(before, now state) SessionChange {
		return (&Session{state: now}).change(before)
	}
	login := change(began(far), state{generation: 200, cookie: &cookie{value: "b", expires: far}})
	first := change(state{}, state{generation: 200, cookie: &cookie{value: "b", expires: far}})
	logout := change(began(far), state{generation: 200})
	logoutOfNone := change(state{}, state{generation: 200})
	prolonged := change(began(far), began(later))
	shortened := change(began(later), began(far))
	rotated := change(began(far), state{generation: old, cookie: &cookie{value: "a2", expires: far}})
	unknown := change(began(far), began(0))
	ended := change(began(far), state{generation: old, ended: true})
	loginEnded := change(began(far), state{generation: 200, ended: true})
	v1 := change(state{cookie: &cookie{value: "a"}}, state{ended: true})
	damaged := textOf(old, "a", far)[:40]
	stores := map[string]string{
		"nothing": "", "damaged": damaged, "older": textOf(50, "z", far), "same": textOf(old, "a", far), "same, longer": textOf(old, "a", later),
		"same, its end unknown": textOf(old, "a", 0), "same, expired": textOf(old, "a", 1000), "same, another cookie": textOf(old, "x", far), "same, ended": endedText(old),
		"logged out later": textOf(150, "", 0), "newer": textOf(150, "n", far), "newest": textOf(300, "n", far), "logged out last": textOf(300, "", 0),
		"version 1": sessionPrefix1 + strings.TrimPrefix(textOf(0, "a", far), sessionPrefix), "version 1 of another": textOf(0, "o", far),
	}
	const stays = "stays"
	for _, test := range []struct {
		name   string
		change SessionChange
		reason ChangeReason
		before SessionState
		want   map[string]string // by the name of what is stored; "stays" where it is left out
		rest   string            // for those that are not named
	}{
		{"login", login, ReasonLoggedIn, SessionLoggedIn, map[string]string{"newest": stays, "logged out last": stays}, "200 logged in b 4000000000000"},
		{"first login", first, ReasonLoggedIn, SessionAnonymous, map[string]string{"newest": stays, "logged out last": stays}, "200 logged in b 4000000000000"},
		{"logout", logout, ReasonLoggedOut, SessionLoggedIn, map[string]string{"newest": stays, "logged out last": stays}, "200 logged out"},
		{"logout without a login", logoutOfNone, ReasonLoggedOut, SessionAnonymous, map[string]string{"newest": stays, "logged out last": stays}, "200 logged out"},
		{"prolonged", prolonged, ReasonProlonged, SessionLoggedIn, map[string]string{
			"same": "100 logged in a 5000000000000", "same, longer": "100 logged in a 5000000000000", "same, its end unknown": "100 logged in a 5000000000000",
			"same, expired": "100 logged in a 5000000000000",
		}, stays},
		{"prolonged for less", shortened, ReasonProlonged, SessionLoggedIn, map[string]string{
			"same": "100 logged in a 4000000000000", "same, longer": "100 logged in a 5000000000000", "same, its end unknown": "100 logged in a 4000000000000",
			"same, expired": "100 logged in a 4000000000000",
		}, stays},
		{"prolonged for an unknown time", unknown, ReasonProlonged, SessionLoggedIn, map[string]string{
			"same": "100 logged in a 4000000000000", "same, longer": "100 logged in a 5000000000000", "same, its end unknown": "100 logged in a 0",
			"same, expired": "100 logged in a 0",
		}, stays},
		{"another value", rotated, ReasonProlonged, SessionLoggedIn, map[string]string{
			"same": "100 logged in a2 4000000000000", "same, longer": "100 logged in a2 5000000000000", "same, its end unknown": "100 logged in a2 4000000000000",
			"same, expired": "100 logged in a2 4000000000000",
		}, stays},
		{"ended", ended, ReasonEnded, SessionLoggedIn, map[string]string{
			"same": "100 ended", "same, longer": "100 ended", "same, its end unknown": "100 ended", "same, expired": "100 ended",
		}, stays},
		{"a login that has ended at once", loginEnded, ReasonEnded, SessionLoggedIn, map[string]string{"newest": stays, "logged out last": stays}, "200 ended"},
		{"ended, of version 1", v1, ReasonEnded, SessionLoggedIn, map[string]string{"version 1": "0 ended"}, stays},
		{"no change", SessionChange{}, 0, 0, nil, stays},
	} {
		if test.change.Reason != test.reason || test.change.Before != test.before {
			t.Errorf("%s: %s, before %s", test.name, test.change.Reason, test.change.Before)
		}
		for name, stored := range stores {
			want := cmp.Or(test.want[name], test.rest)
			next := test.change.Apply(stored)
			if again := test.change.Apply(next); again != next {
				t.Errorf("%s, stored is %s: applied again it is %s", test.name, name, describe(t, again))
			}
			if want == stays {
				want = describe(t, stored)
				if next != stored {
					t.Errorf("%s, stored is %s: it does not stay to the byte", test.name, name)
				}
			}
			if got := describe(t, next); got != want {
				t.Errorf("%s, stored is %s: %s, want %s", test.name, name, got, want)
			}
		}
	}
}

// A text of a server whose clock is ahead does not win over what was begun by who had seen it.
func TestLoginsAfterATextOfTheFuture(t *testing.T) {
	b := newBackend(t)
	ahead := time.Now().Add(365 * 24 * time.Hour).UnixMicro()
	stored := textOf(ahead, "ahead", 0)
	var change SessionChange
	shop := b.client(t, WithSessionHook(func(_ context.Context, c SessionChange) { change = c }))
	for _, email := range []string{"ada@example.com", "bob@example.com"} {
		s, err := DecodeSession(stored)
		wantOK(t, err)
		mustLogin(t, shop.WithSession(s), email)
		stored = change.Apply(stored)
		s, err = DecodeSession(stored)
		wantOK(t, err)
		wantCustomer(t, shop.WithSession(s), email)
	}
	s, err := DecodeSession(stored)
	wantOK(t, err)
	wantOK(t, shop.WithSession(s).Auth.DeleteSession(t.Context()))
	if s, err = DecodeSession(change.Apply(stored)); err != nil || s.State() != SessionLoggedOut {
		t.Errorf("after the logout it is %v, %v", s, err)
	}
}

// The hook's run that covers several changes reports what a run for each would have stored.
func TestChangesThatOneRunReports(t *testing.T) {
	type step = func(ctx context.Context, b *backend, c *Client) error
	in := func(email string) step {
		return func(ctx context.Context, _ *backend, c *Client) error { return logIn(ctx, c, email) }
	}
	out := func(ctx context.Context, _ *backend, c *Client) error { return c.Auth.DeleteSession(ctx) }
	revoked := func(ctx context.Context, b *backend, c *Client) error {
		b.ExpireSessions()
		if err := retrieve(ctx, c); !errors.Is(err, ErrSessionEnded) {
			return fmt.Errorf("Retrieve: %w", err)
		}
		return nil
	}
	forgotten := func(_ context.Context, _ *backend, c *Client) error { c.Session().Forget(); return nil }
	read := func(ctx context.Context, _ *backend, c *Client) error { return retrieve(ctx, c) }
	for name, test := range map[string]struct {
		steps  []step
		reason ChangeReason
		want   SessionState
	}{
		"logins":                         {[]step{in("a@example.com"), in("b@example.com")}, ReasonLoggedIn, SessionLoggedIn},
		"login, logout":                  {[]step{in("a@example.com"), out}, ReasonLoggedOut, SessionLoggedOut},
		"logout, login":                  {[]step{out, in("a@example.com")}, ReasonLoggedIn, SessionLoggedIn},
		"login, prolonged":               {[]step{in("a@example.com"), read}, ReasonLoggedIn, SessionLoggedIn},
		"login, revoked":                 {[]step{in("a@example.com"), revoked}, ReasonEnded, SessionEnded},
		"prolonged, revoked":             {[]step{read, revoked}, ReasonEnded, SessionEnded},
		"prolonged twice":                {[]step{read, read}, ReasonProlonged, SessionLoggedIn},
		"revoked, logout":                {[]step{revoked, out}, ReasonLoggedOut, SessionLoggedOut},
		"login, forgotten, login, login": {[]step{in("a@example.com"), forgotten, in("b@example.com"), in("c@example.com")}, ReasonLoggedIn, SessionLoggedIn},
		"revoked, login":                 {[]step{revoked, in("a@example.com")}, ReasonLoggedIn, SessionLoggedIn},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBackend(t)
			b.modify = func(r *http.Request, h http.Header) { rolling(r, h) }
			gate, runs := make(chan struct{}), 0
			stored := ""
			var last SessionChange
			shop := b.client(t, WithSessionHook(func(_ context.Context, change SessionChange) {
				if runs++; runs == 2 {
					<-gate
				}
				last, stored = change, change.Apply(stored)
			}))
			mustLogin(t, shop, "first@example.com")
			hold := begin(func() error { return retrieve(t.Context(), shop) }) // prolongs, and its run waits
			synctest.Wait()
			for _, do := range test.steps {
				wantOK(t, do(t.Context(), b, shop))
			}
			close(gate)
			wantOK(t, hold())
			synctest.Wait()
			if runs != 3 || last.Reason != test.reason || last.Before != SessionLoggedIn {
				t.Errorf("%s: %d runs, the last for %s before %s", name, runs, last.Reason, last.Before)
			}
			s, err := DecodeSession(stored)
			wantOK(t, err)
			if s.State() != test.want || valueOf(s) != valueOf(shop.Session()) {
				t.Errorf("%s: stored is %s, the session is %s", name, describe(t, stored), shop.Session())
			}
		})
	}
}

// What a run of the hook that panicked was to store is part of the next change.
func TestChangeAfterAPanicOfTheHookIncludesWhatItMissed(t *testing.T) {
	b := newBackend(t)
	stored, down := textOf(1, "older", 0), true
	shop := b.client(t, WithSessionHook(func(_ context.Context, change SessionChange) {
		if down {
			panic("store is down")
		}
		stored = change.Apply(stored)
	}))
	func() {
		defer func() { _ = recover() }()
		_ = logIn(t.Context(), shop, testEmail)
	}()
	down = false
	b.modify = func(r *http.Request, h http.Header) { rolling(r, h) }
	wantOK(t, retrieve(t.Context(), shop))
	if s, err := DecodeSession(stored); err != nil || valueOf(s) != valueOf(shop.Session()) {
		t.Errorf("stored is %s", describe(t, stored))
	}
}

func TestForgetReturnsTheChange(t *testing.T) {
	b := newBackend(t)
	calls := 0
	shop := b.client(t, WithSessionHook(func(context.Context, SessionChange) { calls++ }))
	mustLogin(t, shop, testEmail)
	stored, requests := shop.Session().Encode(), b.count()
	change := shop.Session().Forget()
	if change.Session != shop.Session() || change.Reason != ReasonLoggedOut || change.Before != SessionLoggedIn || b.count() != requests || calls != 1 {
		t.Errorf("%s from %s, %d requests, %d calls of the hook", change.Reason, change.Before, b.count()-requests, calls)
	}
	s, err := DecodeSession(change.Apply(stored))
	wantOK(t, err)
	if s.State() != SessionLoggedOut || b.owner(valueOf(s)) != "" {
		t.Errorf("stored is %s", s)
	}
	mustLogin(t, shop, testEmail)
	if newer := shop.Session().Encode(); change.Apply(newer) != newer {
		t.Error("a late Forget undoes a newer login")
	}
	new(Session).Forget() // of nothing
}
