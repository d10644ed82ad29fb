package medusa

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// openSession sets the exchange's session: the one that its cookie names, or a new one.
func (s *State) openSession(x *Exchange) *response.Response {
	value := sessionCookie(x.Request.Header.Values("Cookie"), s.Settings.CookieName)
	if strings.HasPrefix(value, "j:") {
		return response.NotEmulated(js.NotEmulatedError("a session cookie that is JSON"))
	}
	if id, ok := s.unsigned(value); ok {
		if old := s.sessions[id]; old != nil && s.Clock.Now().Before(old.expires) {
			x.session, x.sessionOf = old, old.customerID
			return nil
		}
		delete(s.sessions, id)
	}
	x.session, x.sessionIsNew = &session{id: newSessionID()}, true
	return nil
}

// closeSession stores the session for its time from now on, and returns the cookie of the response, or "".
func (s *State) closeSession(x *Exchange) string {
	current := x.session
	if current == nil { // logged out
		return ""
	}
	current.expires = s.Clock.Now().Add(s.Settings.SessionTTL)
	s.sessions[current.id] = current
	changed := x.sessionIsNew || s.Settings.Rolling || current.customerID != x.sessionOf
	if !changed || s.Settings.Production && !overTLS(x.Request) {
		return ""
	}
	cookie := s.Settings.CookieName + "=" + url.QueryEscape(s.signed(current.id)) + "; Path=/; Expires=" +
		current.expires.UTC().Format(http.TimeFormat) + "; HttpOnly"
	if s.Settings.Production {
		cookie += "; Secure; SameSite=None"
	}
	return cookie
}

// endSession deletes the exchange's session. The client keeps the cookie.
func (s *State) endSession(x *Exchange) {
	delete(s.sessions, x.session.id)
	x.session = nil
}

func overTLS(r *http.Request) bool {
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return r.TLS != nil || strings.EqualFold(strings.TrimSpace(first), "https")
}

func newSessionID() string {
	var raw [24]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// signed returns the text of a session cookie, unescaped.
func (s *State) signed(id string) string {
	return "s:" + id + "." + base64.RawStdEncoding.EncodeToString(s.signature(id))
}

func (s *State) unsigned(value string) (id string, ok bool) {
	value, ok = strings.CutPrefix(value, "s:")
	dot := strings.LastIndexByte(value, '.')
	if !ok || dot < 0 {
		return "", false
	}
	id = value[:dot]
	signature := base64.RawStdEncoding.EncodeToString(s.signature(id))
	return id, hmac.Equal([]byte(signature), []byte(value[dot+1:]))
}

func (s *State) signature(id string) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(id))
	return h.Sum(nil)
}

// sessionCookie returns the value of the first cookie of the name. Unlike net/http, the backend takes values with any
// characters, and decodes them.
func sessionCookie(headers []string, name string) string {
	for pair := range strings.SplitSeq(strings.Join(headers, "; "), ";") {
		n, value, ok := strings.Cut(pair, "=")
		if !ok || strings.Trim(n, " \t") != name {
			continue
		}
		value = strings.Trim(value, " \t")
		if unquoted := strings.TrimPrefix(value, `"`); unquoted != value && strings.HasSuffix(unquoted, `"`) {
			value = strings.TrimSuffix(unquoted, `"`)
		}
		if decoded, err := url.PathUnescape(value); err == nil {
			value = decoded
		}
		return value
	}
	return ""
}

var authorization = regexp.MustCompile(`(\S+)\s+(\S+)`)

// bearerOf returns the id of the customer that the bearer token of a request is for, or "". Only time ends such a
// token.
func (s *State) bearerOf(header string) string {
	m := authorization.FindStringSubmatch(header)
	if m == nil || !strings.EqualFold(m[1], "bearer") {
		return ""
	}
	if c, ok := readToken(m[2], string(s.secret), s.Clock.Now()); ok && c.Domain == "store" {
		return c.CustomerID
	}
	return ""
}
