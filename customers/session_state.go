package customers

import "fmt"

// SessionState is what is known of a [Session], without asking the backend.
type SessionState uint8

// The states of a session.
const (
	// SessionAnonymous means that there is no cookie and never was one.
	SessionAnonymous SessionState = iota
	// SessionUnverified means that a browser sent a cookie, and no call that needs a login has succeeded with it yet.
	SessionUnverified
	// SessionLoggedIn means that the cookie is that of a login, or that a call has succeeded with it.
	SessionLoggedIn
	// SessionEnded means that the backend no longer accepts the cookie: it has restarted, the login was revoked, or the
	// cookie of a browser was that of no customer. The session has dropped it.
	SessionEnded
	// SessionExpired means that the cookie's lifetime has ended. If the session was restored by [DecodeSession], the next
	// call tries it once, because the backend may have prolonged it.
	SessionExpired
	// SessionLoggedOut means that the customer has logged out, or that [Session.Forget] dropped the cookie.
	SessionLoggedOut
)

var sessionStates = [...]string{"anonymous", "unverified", "logged in", "ended", "expired", "logged out"}

// String returns the state in words, such as "logged in".
func (s SessionState) String() string {
	if int(s) < len(sessionStates) {
		return sessionStates[s]
	}
	return fmt.Sprintf("SessionState(%d)", uint8(s))
}
