package customers

import (
	"context"
	"errors"
)

// WithSessionHook has hook called whenever a call has changed a session's cookie: after a login, a logout, when the
// backend prolongs the cookie or no longer knows it. It is where a server keeps [Session.Encode]; ctx has the values of
// the call's context, which tell whose session it is, but does not end with it. For one session the hook runs once at a
// time, and again if the session changed meanwhile, so that the last run sees the last state. The call waits for it, but
// not for one begun by another call. Cookies of a load balancer may change with every answer and do not count.
func WithSessionHook(hook func(ctx context.Context, s *Session)) Option {
	return option(func(k *core) error {
		k.sessionHook = hook
		return nil
	})
}

// WithReloginHook has hook called when a call finds that the login is over, because the backend answers 401 or the
// cookie has run out; after the hook the call is made once more. The hook logs in with c:
//
//	customers.WithReloginHook(func(ctx context.Context, c *customers.Client) error {
//		_, err := c.Auth.Authenticate(ctx, email, password)
//		return err
//	})
//
// However many calls find out at once, the hook runs once; those that were under way when it failed share its error.
// It is not for calls of its own, with c or its ctx. Its ctx carries the first call's values but does not end with it;
// every call waits only as long as its own context allows. When the hook fails, so do the calls, with
// [ErrUnauthenticated] and the hook's error.
//
// Nobody is logged in who never was, as far as is known of a cookie from a browser, or who has logged out: the hook
// renews a login, and any login or logout begun after that one wins. A call is not repeated as somebody else.
func WithReloginHook(hook func(ctx context.Context, c *Client) error) Option {
	return option(func(k *core) error {
		k.reloginHook = hook
		return nil
	})
}

// notify calls hook unless it is at work, in which case that run is followed by another.
func (s *Session) notify(ctx context.Context, hook func(context.Context, *Session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = true
	if s.notifying {
		return
	}
	s.notifying = true
	defer func() { s.notifying = false }()
	for s.changed {
		s.changed = false
		func() {
			s.mu.Unlock()
			defer s.mu.Lock() // also if the hook panics
			hook(context.WithoutCancel(ctx), s)
		}()
	}
}

// relogin is one run of the re-login hook.
type relogin struct {
	session *Session
	number  uint64 // of the login that it renews
	done    chan struct{}
	err     error
}

// reloginKey is where the hook's context has its run.
type reloginKey struct{}

// inRelogin is the run of the re-login hook that makes the call, if one does: with its client, or another with its
// context.
func (c *Client) inRelogin(ctx context.Context) *relogin {
	if c.run != nil {
		return c.run
	}
	if run, ok := ctx.Value(reloginKey{}).(*relogin); ok && run.session == c.session {
		return run
	}
	return nil
}

func (c *Client) mayRelogin(ctx context.Context) bool {
	return c.core.reloginHook != nil && c.session != nil && c.inRelogin(ctx) == nil
}

// relogin returns when the cookie that t knew has been replaced, by the hook or by somebody else.
func (c *Client) relogin(ctx context.Context, op *operation, t ticket) error {
	s := c.session
	s.mu.Lock()
	if s.epoch != t.epoch || s.cookie != nil && s.cookie != t.cookie { // the next begin tells which
		s.mu.Unlock()
		return nil
	}
	run := s.relogin
	if run == nil && s.relogged != t.run && s.relogged.err != nil {
		run = s.relogged // it failed since the call began
	}
	if run == nil {
		run = &relogin{session: s, number: s.epoch, done: make(chan struct{})}
		s.relogin = run
		go c.runRelogin(context.WithoutCancel(ctx), run)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return &Error{Operation: op.name, cause: ctx.Err()}
	case <-run.done:
	}
	if run.err != nil {
		return &Error{Operation: op.name, kind: ErrUnauthenticated, cause: run.err, Message: "the re-login hook failed"}
	}
	return nil
}

func (c *Client) runRelogin(ctx context.Context, run *relogin) {
	own := newClient(c.core, c.session)
	own.run = run
	run.err = errors.New("it did not return")
	defer func() { // also if it panics or ends its goroutine, as a test's FailNow does
		c.session.mu.Lock()
		c.session.relogin, c.session.relogged = nil, run
		c.session.mu.Unlock()
		close(run.done)
	}()
	run.err = c.core.reloginHook(context.WithValue(ctx, reloginKey{}, run), own)
}
