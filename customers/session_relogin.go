package customers

import (
	"context"
	"errors"
)

// reloginKey is the key of the hook's run in its context.
type reloginKey struct{}

// runOf returns the run of the re-login hook that makes a call with ctx for s, if one does.
func runOf(ctx context.Context, s *Session) *renewal {
	if run, ok := ctx.Value(reloginKey{}).(*renewal); ok && run.session == s {
		return run
	}
	return nil
}

// renew returns when the cookie that snap knew has been replaced, by hook or by another login. Calls that need it at
// the same time share one run of hook. It returns ctx's error, or that of the hook.
func (s *Session) renew(ctx context.Context, op Operation, snap *snapshot, hook func(context.Context, *renewal) error) error {
	s.mu.Lock()
	if s.state.generation != snap.generation || s.state.cookie != nil && s.state.cookie != snap.cookie { // begin finds out which
		s.mu.Unlock()
		return nil
	}
	run, own := s.renewing, false
	if run == nil && s.renewed != snap.renewed && s.renewed.err != nil {
		run = s.renewed // it failed since the call began
	}
	if run == nil {
		run = &renewal{session: s, number: s.state.generation, done: make(chan struct{})}
		s.renewing, own = run, true
		go s.runRelogin(context.WithoutCancel(ctx), run, hook)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return &Error{Operation: op, cause: ctx.Err()}
	case <-run.done:
	}
	if own && run.panicked != nil {
		panic(run.panicked)
	}
	if run.err != nil {
		return &Error{Operation: op, kind: ErrUnauthenticated, cause: run.err, Message: "the re-login hook failed"}
	}
	return nil
}

// runRelogin runs hook once and lets the calls that wait for it go on.
func (s *Session) runRelogin(ctx context.Context, run *renewal, hook func(context.Context, *renewal) error) {
	run.err = errors.New("it did not return")
	defer func() { // also if it panics or ends its goroutine, as a test's FailNow does
		run.panicked = recover() // for the call that began the run; the others get the error
		s.mu.Lock()
		s.renewing, s.renewed = nil, run
		s.mu.Unlock()
		close(run.done)
	}()
	run.err = hook(context.WithValue(ctx, reloginKey{}, run), run)
}
