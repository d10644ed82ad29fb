package customers

import (
	"context"
	"fmt"
)

// ChangeReason is why a session has changed.
type ChangeReason uint8

// The reasons of a [SessionChange].
const (
	// ReasonLoggedIn means that a login has succeeded, with or without an earlier login that it replaces.
	ReasonLoggedIn ChangeReason = iota + 1
	// ReasonProlonged means that the backend has set the cookie of the same login again, or has replaced it.
	ReasonProlonged
	// ReasonEnded means that the backend has refused or deleted the cookie.
	ReasonEnded
	// ReasonLoggedOut means that a logout has succeeded, or that [Session.Forget] dropped the login.
	ReasonLoggedOut
)

var changeReasons = [...]string{"", "logged in", "prolonged", "ended", "logged out"}

// String returns the reason in words, such as "logged in".
func (r ChangeReason) String() string {
	if r > 0 && int(r) < len(changeReasons) {
		return changeReasons[r]
	}
	return fmt.Sprintf("ChangeReason(%d)", uint8(r))
}

// SessionChange is a change of a session, for the hook of [WithSessionHook]. [SessionChange.Apply] carries it over to a
// store.
type SessionChange struct {
	// Session is the session that has changed. It may have changed again meanwhile, which another run of the hook reports.
	Session *Session
	// Reason is why. Of several changes that one run reports it is that of the last.
	Reason ChangeReason
	// Before is the state before the change; of several, before the first.
	Before SessionState

	apply func(stored string) (next string)
}

// Apply returns what a store must have after the change instead of stored, which is what the store has now: a text of
// [Session.Encode], or "" if it has none. What a response says about an older login never undoes a newer one. So a
// login or logout replaces a text of a login or logout that began earlier, and a login that was prolonged or has ended
// replaces only the text of that same login. Otherwise Apply returns stored. A text that can't be decoded counts as
// none.
//
// The requests of one visitor may be handled at once, each with a session of its own from the same text. Their changes
// give the same result in any order, provided that no other change gets between reading and writing. So have the store
// compare and swap, or lock:
//
//	for {
//		stored := store.Get(id)
//		next := change.Apply(stored)
//		if next == stored || store.CompareAndSwap(id, stored, next) {
//			return
//		}
//	}
//
// After a logout the text says when that began, and no longer logs anybody in. It keeps a login that began earlier from
// being stored when its response comes late. To delete it instead is safe once no such login can be under way.
func (c SessionChange) Apply(stored string) (next string) {
	if c.apply == nil {
		return stored
	}
	return c.apply(stored)
}

// applyChange is [SessionChange.Apply] for the change from before to now.
func applyChange(before, now state, others []otherCookie, stored string) (next string) {
	var has state
	if s, err := decodeSession(stored); err == nil {
		has = s.state
	}
	switch {
	case now.generation != before.generation && now.generation > has.generation: // a newer login or logout
	case !has.sameLogin(&now, before.cookie):
		return stored
	case now.cookie != nil && now.cookie.expires == 0 && has.cookie.expired(): // accepted all the same
	case now.cookie != nil && has.cookie.expires > now.cookie.expires: // prolonged by another response
		later := *now.cookie
		later.expires = has.cookie.expires
		now.cookie = &later
	}
	return encodeSession(&now, others)
}

// sameLogin reports whether s is the login of now, with the cookie that it has now or had before.
func (s *state) sameLogin(now *state, before *cookie) bool {
	return s.generation == now.generation && s.cookie != nil &&
		(before != nil && s.cookie.value == before.value || now.cookie != nil && s.cookie.value == now.cookie.value)
}

// Forget logs out here without asking the backend, such as when it is down: the session drops the cookie, and
// [Session.Relay] deletes the browser's. At the backend the login stays open until it expires. A login begun later
// stays. Forget does not call the session hook; what it returns is the change for it.
func (s *Session) Forget() SessionChange {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.state
	if s.before != nil {
		before = *s.before
	}
	s.state.logout(s.state.next(), nil)
	if s.browser != nil {
		s.browser.refused, s.browser.rest = false, nil
	}
	return s.change(before)
}

// change returns the change since before.
func (s *Session) change(before state) SessionChange {
	now, others := s.state, s.otherCookies()
	c := SessionChange{Session: s, Before: before.public(), apply: func(stored string) string { return applyChange(before, now, others, stored) }}
	switch {
	case s.state.cookie != nil && s.state.generation != before.generation:
		c.Reason = ReasonLoggedIn
	case s.state.cookie != nil:
		c.Reason = ReasonProlonged
	case s.state.ended:
		c.Reason = ReasonEnded
	default:
		c.Reason = ReasonLoggedOut
	}
	return c
}

// notify calls hook unless it is at work, in which case that run is followed by another. It returns when hook has, or
// when ctx ends; hook then goes on. A panic of hook is the caller's, if that still waits.
func (s *Session) notify(ctx context.Context, hook func(context.Context, SessionChange)) {
	s.mu.Lock()
	if s.hooked || s.before == nil {
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
// panics with, or nil if it ends its goroutine, as a test's FailNow does. A change that came meanwhile is then reported
// by a run that no call waits for.
func (s *Session) runHook(ctx context.Context, hook func(context.Context, SessionChange), panicked chan<- any) {
	s.mu.Lock()
	before := s.before
	change := s.change(*before)
	s.before = nil
	s.mu.Unlock()
	returned := false
	defer func() {
		value := recover()
		s.mu.Lock()
		again := s.before != nil
		s.hooked = again
		if !returned {
			s.before = before // the next change includes this one
		}
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
	hook(ctx, change)
	returned = true
}
