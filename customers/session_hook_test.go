package customers

import (
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
