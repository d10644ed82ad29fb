package customers

import "context"

// WithSessionHook has hook called after each call that has changed a session's cookie: a login, a logout, or a response
// with which the backend prolongs or ends the session. It is where a server stores [Session.Encode]. The hook's ctx has
// the values of the call's context, which identify the session's owner, but does not end with it.
//
// For one session the hook runs once at a time, and again if the session changed meanwhile, so that the last run sees
// the last state. The call waits for its own run until its context ends, but not for one begun by another call. Cookies
// of a load balancer may change with every response and do not count.
func WithSessionHook(hook func(ctx context.Context, s *Session)) Option {
	return option(func(c *config) error {
		c.sessionHook = hook
		return nil
	})
}

// notify calls hook unless it is at work, in which case that run is followed by another. It returns when hook has, or
// when ctx ends; hook then goes on. A panic of hook is the caller's, if that still waits.
func (s *Session) notify(ctx context.Context, hook func(context.Context, *Session)) {
	s.mu.Lock()
	s.changed = true
	if s.hooked {
		s.mu.Unlock()
		return
	}
	s.hooked = true
	s.mu.Unlock()
	panicked := make(chan any, 1)
	go s.runHook(context.WithoutCancel(ctx), hook, panicked)
	select {
	case <-ctx.Done():
	case value := <-panicked:
		if value != nil {
			panic(value)
		}
	}
}

// runHook calls hook until the session did not change meanwhile, and then sends nil to panicked; or at once what hook
// panics with, or nil if it ends its goroutine, as a test's FailNow does. A change that came meanwhile is then reported by
// a run that no call waits for.
func (s *Session) runHook(ctx context.Context, hook func(context.Context, *Session), panicked chan<- any) {
	s.mu.Lock()
	s.changed = false
	s.mu.Unlock()
	returned := false
	defer func() {
		value := recover()
		s.mu.Lock()
		again := s.changed
		s.hooked = again
		s.mu.Unlock()
		next := panicked
		if !returned {
			next = make(chan any, 1)
		}
		if again {
			go s.runHook(ctx, hook, next)
		}
		if !again || !returned {
			panicked <- value
		}
	}()
	hook(ctx, s)
	returned = true
}
