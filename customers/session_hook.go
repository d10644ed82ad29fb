package customers

import "context"

// WithSessionHook has hook called after each call that has changed a session's cookie: a login, a logout, or a response
// with which the backend prolongs or ends the session. It is where a server stores [Session.Encode]. The hook's ctx has
// the values of the call's context, which identify the session's owner, but does not end with it.
//
// For one session the hook runs once at a time, and again if the session changed meanwhile, so that the last run sees
// the last state. The call waits for its own run, but not for one begun by another call. Cookies of a load balancer may
// change with every response and do not count.
func WithSessionHook(hook func(ctx context.Context, s *Session)) Option {
	return option(func(c *config) error {
		c.sessionHook = hook
		return nil
	})
}

// notify calls hook unless it is at work, in which case that run is followed by another.
func (s *Session) notify(ctx context.Context, hook func(context.Context, *Session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = true
	if s.hooked {
		return
	}
	s.hooked = true
	defer func() { s.hooked = false }()
	for s.changed {
		s.changed = false
		func() {
			s.mu.Unlock()
			defer s.mu.Lock() // also if the hook panics
			hook(context.WithoutCancel(ctx), s)
		}()
	}
}
