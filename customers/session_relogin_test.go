package customers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// newReloginBackend makes a backend and a client whose re-login hook logs in as email; runs counts the hook's runs.
func newReloginBackend(t *testing.T, email string, opts ...Option) (b *backend, c *Client, runs *atomic.Int32) {
	t.Helper()
	b, runs = newBackend(t), new(atomic.Int32)
	c = b.client(t, append([]Option{WithReloginHook(func(ctx context.Context, c *Client) error {
		runs.Add(1)
		return logIn(ctx, c, email)
	})}, opts...)...)
	return b, c, runs
}

func TestReloginHookRunsOnceForAHundred401s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
		mustLogin(t, c, testEmail)
		for round := 1; round <= 3; round++ {
			b.ExpireSessions()
			release := b.hold(OperationRetrieveCustomer, "", -1)
			var calls []func() error
			for range 100 {
				calls = append(calls, begin(func() error { return retrieve(t.Context(), c) }))
			}
			synctest.Wait()
			before := len(b.seen("GET"))
			release.Release()
			b.ClearFaults()
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
		b, c, runs := newReloginBackend(t, testEmail)
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		release := b.hold(OperationGetSession, "")
		late := begin(func() error { _, err := c.Auth.GetSession(t.Context()); return err })
		synctest.Wait()
		wantOK(t, retrieve(t.Context(), c))
		release.Release()
		wantOK(t, late())
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
	})
}

func TestSecond401AfterAReloginIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
		mustLogin(t, c, testEmail)
		// Every session ends as soon as it is opened.
		b.modify = func(*http.Request, http.Header) { b.ExpireSessions() }
		b.ExpireSessions()
		e := wantError(t, retrieve(t.Context(), c), ErrUnauthenticated)
		if e.StatusCode != http.StatusUnauthorized || runs.Load() != 1 || len(b.seen("GET")) != 2 {
			t.Errorf("error %v after %d runs and %d requests", e, runs.Load(), len(b.seen("GET")))
		}
	})
}

func TestReloginHookIsNotForOtherCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
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
		b.ExpireSessions()
		wantOK(t, c.Auth.DeleteSession(ctx)) // the session has ended at the backend, and the customer logs out
		wantIs(t, retrieve(ctx, c), ErrUnauthenticated)
		anonymous := mustNew(t, "https://shop.example.com", WithoutSession(), WithReloginHook(func(context.Context, *Client) error { runs.Add(1); return nil }))
		wantIs(t, retrieve(ctx, anonymous), ErrNoSession)
		if runs.Load() != 0 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

func TestReloginHookRunsForASessionThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
		plain := b.client(t)
		mustLogin(t, plain, testEmail)
		b.ExpireSessions()
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
		b := newBackend(t)
		var runs atomic.Int32
		errVault := errors.New("the vault is sealed")
		c := b.client(t, WithReloginHook(func(context.Context, *Client) error {
			runs.Add(1)
			time.Sleep(time.Second)
			return errVault
		}))
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
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
		b := newBackend(t)
		var hookErr atomic.Value
		c := b.client(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(10 * time.Second)
			hookErr.Store(fmt.Sprint(ctx.Err(), ctx.Value(contextKey{}), ctx.Done() == nil))
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
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
		b, c, _ := newReloginBackend(t, testEmail)
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		var resp Response
		_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("Alec")}, WithHeader("X-Request-Id", "42"), WithResponse(&resp))
		wantOK(t, err)
		posts := b.seen("POST /store/customers/me")
		if len(posts) != 2 || posts[0].Body != `{"first_name":"Alec"}` || posts[1].Body != posts[0].Body {
			t.Fatalf("requests %+v", posts)
		}
		if b.named(posts[0].Cookie) != "connect.sid=s1" || b.named(posts[1].Cookie) != "connect.sid=s2" || posts[1].Header.Get("X-Request-Id") != "42" {
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
			b := newBackend(t)
			c := b.client(t, WithReloginHook(hook))
			mustLogin(t, c, testEmail)
			b.ExpireSessions()
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
		b := newBackend(t)
		c := b.client(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			return logIn(ctx, c, fmt.Sprint(ctx.Value(contextKey{})))
		}))
		other := c.WithSession(new(Session))
		mustLogin(t, c, "a@example.com")
		mustLogin(t, other, "b@example.com")
		b.ExpireSessions()
		release := b.hold(OperationAuthenticate, "a@example.com")
		as := func(email string) context.Context { return context.WithValue(t.Context(), contextKey{}, email) }
		a := begin(func() error { return retrieve(as("a@example.com"), c) })
		synctest.Wait()
		wantOK(t, retrieve(as("b@example.com"), other)) // would hang
		release.Release()
		wantOK(t, a())
		wantCustomer(t, c, "a@example.com")
		wantCustomer(t, other, "b@example.com")
	})
}

func TestReloginRunsTheSessionHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &hookLog{}
		b, c, _ := newReloginBackend(t, testEmail, WithSessionHook(log.hook))
		ctx := context.WithValue(t.Context(), contextKey{}, "ctx")
		wantOK(t, logIn(ctx, c, testEmail))
		b.ExpireSessions()
		wantOK(t, retrieve(ctx, c))
		if got := b.named(log.take()); got != "ctx:s1 ctx: ctx:s2" {
			t.Errorf("hook calls %q", got)
		}
	})
}

func TestReloginHookRunsWhenTheCookieHasExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
		b.modify = withAttributes("; Path=/; Max-Age=60")
		mustLogin(t, c, testEmail)
		time.Sleep(time.Minute)
		wantCustomer(t, c, testEmail)
		if runs.Load() != 1 || len(b.seen("GET")) != 1 {
			t.Errorf("%d runs and %d requests, want 1 and 1", runs.Load(), len(b.seen("GET")))
		}
	})
}

// What began last wins, and a re-login renews a login that began earlier.
func TestReloginDoesNotUndoALogoutMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBackend(t), &hookLog{}
		c := b.client(t, WithSessionHook(log.hook), WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(time.Second) // reads the password from somewhere
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		call := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		wantIs(t, call(), ErrUnauthenticated)
		if c.Session().LoggedIn() || valueOf(c.Session()) != "" {
			t.Error("logged in after a logout")
		}
		if got := b.named(log.take()); got != "<nil>:s1 <nil>:" {
			t.Errorf("session hook calls %q", got)
		}
		if owners := b.owners(); len(owners) != 0 {
			t.Errorf("at the backend %s are logged in", owners)
		}
		mustLogin(t, c, testEmail)
		wantCustomer(t, c, testEmail)
	})
}

func TestLoginWinsOverAReloginOfAnEarlierOne(t *testing.T) {
	for _, during := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBackend(t)
			c := b.client(t, WithReloginHook(func(ctx context.Context, c *Client) error {
				return logIn(ctx, c, "old@example.com")
			}))
			mustLogin(t, c, "old@example.com")
			b.ExpireSessions()
			slow, hook := b.hold(OperationAuthenticate, "new@example.com"), b.hold(OperationAuthenticate, "old@example.com")
			in := begin(func() error { return logIn(t.Context(), c, "new@example.com") })
			synctest.Wait()
			call := begin(func() error { return retrieve(t.Context(), c) }) // begun later, but for the earlier login
			synctest.Wait()
			if during {
				slow.Release()
				wantOK(t, in())
				hook.Release()
				wantIs(t, call(), ErrUnauthenticated)
			} else {
				hook.Release()
				wantOK(t, call())
				wantCustomer(t, c, "old@example.com")
				slow.Release()
				wantOK(t, in())
			}
			wantCustomer(t, c, "new@example.com")
		})
	}
}

// The renewed cookie is not the one that the logout ended.
func TestLogoutAlsoEndsWhatAReloginMadeMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, _ := newReloginBackend(t, testEmail)
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		release := b.hold(OperationDeleteSession, "")
		out := begin(func() error { return c.Auth.DeleteSession(t.Context()) })
		synctest.Wait()
		wantOK(t, retrieve(t.Context(), c))
		release.Release()
		wantOK(t, out())
		if owners := b.owners(); c.Session().LoggedIn() || len(owners) != 0 {
			t.Errorf("logged in: %t; at the backend: %s", c.Session().LoggedIn(), owners)
		}
	})
}

func TestLoginBegunWhileTheReloginHookIsAtWorkWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			time.Sleep(time.Second)
			return logIn(ctx, c, "old@example.com")
		}))
		mustLogin(t, c, "old@example.com")
		b.ExpireSessions()
		call := begin(func() error { return retrieve(t.Context(), c) })
		synctest.Wait()
		mustLogin(t, c, "new@example.com")
		wantIs(t, call(), ErrUnauthenticated)
		wantCustomer(t, c, "new@example.com")
		if owners := b.owners(); len(owners) != 1 {
			t.Errorf("at the backend %s are logged in", owners)
		}
	})
}

// A hook's own calls do not supersede each other.
func TestReloginHookMayLogOutAndInAndTryTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(t)
		c := b.client(t, WithReloginHook(func(ctx context.Context, c *Client) error {
			wantOK(t, c.Auth.DeleteSession(ctx))
			_, err := c.Auth.Authenticate(ctx, testEmail, "wrong")
			wantIs(t, err, ErrInvalidCredentials)
			wantOK(t, logIn(ctx, c, testEmail))
			return logIn(ctx, c, testEmail)
		}))
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		wantCustomer(t, c, testEmail)
	})
}

// A call of one customer must not be made as another.
func TestCallIsNotRepeatedAsAnotherCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, "old@example.com")
		mustLogin(t, c, "old@example.com")
		b.ExpireSessions()
		release := b.hold(OperationUpdateCustomer, "")
		call := begin(func() error {
			_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("Old")})
			return err
		})
		synctest.Wait()
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		mustLogin(t, c, "new@example.com")
		release.Release()
		wantIs(t, call(), ErrUnauthenticated)
		if n := len(b.seen("POST /store/customers/me")); n != 1 || runs.Load() != 0 {
			t.Errorf("%d requests, %d runs of the hook, want 1 and 0", n, runs.Load())
		}
		wantCustomer(t, c, "new@example.com")
	})
}

// A cookie that has not worked yet may be made up or anonymous.
func TestReloginHookIsNotForCookiesFromABrowserThatNeverWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c, runs := newReloginBackend(t, testEmail)
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

		// A cookie that has worked is a login's.
		mustLogin(t, c, testEmail)
		r.Header.Set("Cookie", "connect.sid="+valueOf(c.Session()))
		c = c.WithSession(SessionFromRequest(r, DefaultSessionCookieName))
		wantCustomer(t, c, testEmail)
		b.ExpireSessions()
		wantCustomer(t, c, testEmail)
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
	})
}

// The calls that were under way when the hook failed share its error, however late their 401s come. The hook may have
// failed on a wrong password, and a hundred more tries would lock the account.
func TestReloginHookThatFailedDoesNotRunAgainForCallsBegunBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, runs := newBackend(t), new(atomic.Int32)
		errVault := errors.New("the vault is sealed")
		c := b.client(t, WithReloginHook(func(context.Context, *Client) error { runs.Add(1); return errVault }))
		mustLogin(t, c, testEmail)
		b.ExpireSessions()
		release := b.hold(OperationGetSession, "", -1)
		var late []func() error
		for range 10 {
			late = append(late, begin(func() error { _, err := c.Auth.GetSession(t.Context()); return err }))
		}
		synctest.Wait()
		wantIs(t, retrieve(t.Context(), c), errVault)
		release.Release()
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

// A hook that uses another client of the session must not wait for itself.
func TestReloginHookMayUseAnotherClientOfTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(t)
		var c *Client
		c = b.client(t, WithReloginHook(func(ctx context.Context, _ *Client) error {
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
		b.ExpireSessions()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		wantOK(t, retrieve(ctx, c))
	})
}

// The response that a call got before the re-login is not its last one.
func TestWithResponseIsEmptyIfNoneComesAfterARelogin(t *testing.T) {
	b := newBackend(t)
	c := b.client(t, WithMaxRetries(0), WithReloginHook(func(ctx context.Context, c *Client) error {
		b.Inject(customerstest.Fault{Operation: OperationRetrieveCustomer, Reset: true})
		return logIn(ctx, c, testEmail)
	}))
	mustLogin(t, c, testEmail)
	b.ExpireSessions()
	var r Response
	_, err := c.Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrUnavailable)
	if r.StatusCode != 0 || r.Header != nil || r.Attempts != 2 {
		t.Errorf("the response is %+v, want none after 2 attempts", r)
	}
}
