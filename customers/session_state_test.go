package customers

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The sentinels tell apart why there is no customer, and State says the same.
func TestStatesAndTheirErrors(t *testing.T) {
	all := []error{ErrNotLoggedIn, ErrSessionEnded, ErrSessionExpired, ErrLoggedOut}
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name string
			make func(b *backend, c *Client) *Session
			want SessionState
			err  error
			sent int
			then SessionState
		}{
			{"new", func(*backend, *Client) *Session { return new(Session) }, SessionAnonymous, ErrNotLoggedIn, 0, SessionAnonymous},
			{"from a browser without a cookie", func(*backend, *Client) *Session {
				return SessionFromRequest(browserRequest(siteURL), BrowserCookie{})
			}, SessionAnonymous, ErrNotLoggedIn, 0, SessionAnonymous},
			{"from a browser with a cookie of none", func(*backend, *Client) *Session {
				return SessionFromRequest(browserRequest(siteURL, "connect.sid=x"), BrowserCookie{})
			}, SessionUnverified, ErrSessionEnded, 1, SessionEnded},
			{"from a browser with a login", func(_ *backend, c *Client) *Session {
				return SessionFromRequest(browserRequest(siteURL, "connect.sid="+valueOf(c.Session())), BrowserCookie{})
			}, SessionUnverified, nil, 1, SessionLoggedIn},
			{"logged in", func(_ *backend, c *Client) *Session { return c.Session() }, SessionLoggedIn, nil, 1, SessionLoggedIn},
			{"revoked", func(b *backend, c *Client) *Session { b.ExpireSessions(); return c.Session() }, SessionLoggedIn, ErrSessionEnded, 1, SessionEnded},
			{"ended", func(b *backend, c *Client) *Session {
				b.ExpireSessions()
				wantIs(t, retrieve(t.Context(), c), ErrSessionEnded)
				return c.Session()
			}, SessionEnded, ErrSessionEnded, 0, SessionEnded},
			{"expired", func(_ *backend, c *Client) *Session { time.Sleep(time.Hour); return c.Session() }, SessionExpired, ErrSessionExpired, 0, SessionExpired},
			{"logged out", func(_ *backend, c *Client) *Session { wantOK(t, c.Auth.DeleteSession(t.Context())); return c.Session() }, SessionLoggedOut, ErrLoggedOut, 0, SessionLoggedOut},
			{"forgotten", func(_ *backend, c *Client) *Session { c.Session().Forget(); return c.Session() }, SessionLoggedOut, ErrLoggedOut, 0, SessionLoggedOut},
		} {
			for _, stored := range []bool{false, true} {
				if stored && test.name == "expired" {
					continue // it is tried once
				}
				b := newBackend(t)
				b.modify = withAttributes("; Path=/; Max-Age=3600")
				c := b.client(t)
				mustLogin(t, c, testEmail)
				s := test.make(b, c)
				if stored {
					var err error
					s, err = DecodeSession(s.Encode())
					wantOK(t, err)
				}
				if s.State() != test.want || s.LoggedIn() != (test.want == SessionLoggedIn) {
					t.Errorf("%s (stored %t): %s, want %s", test.name, stored, s.State(), test.want)
				}
				requests := b.count()
				err := retrieve(t.Context(), c.WithSession(s))
				for _, sentinel := range all {
					if errors.Is(err, sentinel) != (sentinel == test.err) { //nolint:errorlint // the sentinel itself
						t.Errorf("%s (stored %t): %v, want %v", test.name, stored, err, test.err)
					}
				}
				if errors.Is(err, ErrUnauthenticated) != (test.err != nil) || b.count()-requests != test.sent || s.State() != test.then {
					t.Errorf("%s (stored %t): %v after %d requests, then %s", test.name, stored, err, b.count()-requests, s.State())
				}
			}
		}
	})
}

func TestUnauthenticatedBearerTokenIsNoneOfTheSessions(t *testing.T) {
	c := mustNew(t, backendURL, inMemory(respondWith(http.StatusUnauthorized, "", "Unauthorized")), WithBearerToken("t"))
	wantOnly(t, "bearer", retrieve(t.Context(), c), ErrUnauthenticated)
}

func TestStatesAndReasonsInWords(t *testing.T) {
	for got, want := range map[string]string{
		SessionAnonymous.String(): "anonymous", SessionUnverified.String(): "unverified", SessionLoggedIn.String(): "logged in",
		SessionEnded.String(): "ended", SessionExpired.String(): "expired", SessionLoggedOut.String(): "logged out",
		SessionState(200).String(): "SessionState(200)", ReasonLoggedIn.String(): "logged in", ReasonProlonged.String(): "prolonged",
		ReasonEnded.String(): "ended", ReasonLoggedOut.String(): "logged out", ChangeReason(0).String(): "ChangeReason(0)", ChangeReason(9).String(): "ChangeReason(9)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
