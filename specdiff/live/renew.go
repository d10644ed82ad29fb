package live

import (
	"net/http"
	"slices"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

const endedSession = "the session ended during the run, as if the backend restarted"

// ended reports whether a response shows that the login of an account ended by itself: the login guard refuses it, and
// the read of the session too. The refusal is then removed from the record, because it is not about the request.
func (s *script) ended(q request, x response) bool {
	refused := func(x response) bool {
		return x.Status == http.StatusUnauthorized && foreign(x.Exchange) == "" && failureOf(x.Exchange).Type == ""
	}
	if !refused(x) || q.by.email == "" || q.step == stepAfterLogout || q.probe != nil && q.probe.Aspect == finding.Security || q.by.checked[placeOf(x.Exchange)] {
		return false
	}
	if q.by.checked == nil {
		q.by.checked = map[string]bool{}
	}
	q.by.checked[placeOf(x.Exchange)] = true
	remove := func(x *conform.Exchange) {
		s.record.Exchanges = slices.DeleteFunc(s.record.Exchanges, func(other Exchange) bool { return other.Exchange == x })
	}
	session, err := s.send(s.ctx, request{step: "read the session", method: http.MethodGet, path: authPath, by: q.by, bearer: q.bearer})
	if s.err = err; err != nil || session.Status == 0 {
		return false
	}
	if remove(session.Exchange); !refused(session) {
		return false
	}
	remove(x.Exchange)
	return true
}

// renew logs an account in again, once. If it cannot, the account has no credentials any more.
func (s *script) renew(a *account) bool {
	bearer := a.token != "" && a.cookie == ""
	a.cookie, a.token = "", ""
	if a.renewed {
		s.trouble(http.MethodPost, authPath, "%s, twice: what is after that was not tried", endedSession)
		return false
	}
	a.renewed, a.checked = true, nil
	credentials := object{"email": a.email, "password": a.password}
	if bearer {
		s.takeToken(a, s.post("get a token again", bearerPath, credentials, nil))
	} else {
		s.login(a, s.post("log in again", authPath, credentials, nil))
	}
	if s.err != nil {
		return false
	}
	if !a.hasCredentials() {
		s.trouble(http.MethodPost, authPath, "%s, and a new login was refused: what is after that was not tried", endedSession)
		return false
	}
	s.note("%s; the run logged in again", endedSession)
	return true
}
