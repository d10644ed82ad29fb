package customerstest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// session is what the backend keeps for the id in a session cookie.
type session struct {
	id         string
	customerID string // empty until somebody logs in
	expires    time.Time
}

// openSession gives the exchange the session that its cookie names, or a new one. A cookie that Express can't bear makes a
// failure and no session. The caller holds b.mu.
func (b *Backend) openSession(x *exchange) *answer {
	value, ok := withoutJSON(sessionCookie(x.request.Header.Values("Cookie"), b.settings.cookieName))
	if !ok {
		return b.page(http.StatusInternalServerError, "TypeError: raw.substr is not a function")
	}
	if id, ok := b.unsigned(value); ok {
		if s := b.sessions[id]; s != nil && b.now().Before(s.expires) {
			x.session, x.sessionOf = s, s.customerID
			return nil
		}
		delete(b.sessions, id)
	}
	x.session, x.sessionIsNew = &session{id: newSessionID()}, true
	return nil
}

// withoutJSON is a cookie's value as the session gets it: what begins with j: and goes on as JSON is read as such, and ok
// is false if that makes something other than a text.
func withoutJSON(value string) (text string, ok bool) {
	rest, marked := strings.CutPrefix(value, "j:")
	if !marked {
		return value, true
	}
	v, valid := parseJSON([]byte(rest))
	if !valid {
		return value, true
	}
	switch v {
	case nil, false, 0.0:
		return "", true
	}
	text, ok = v.(string)
	return text, ok
}

// closeSession keeps the session for its time from now on, and returns the cookie that goes with the answer, or "". The
// caller holds b.mu.
func (b *Backend) closeSession(x *exchange) string {
	s := x.session
	if s == nil { // logged out
		return ""
	}
	s.expires = b.now().Add(b.settings.sessionTTL)
	b.sessions[s.id] = s
	changed := x.sessionIsNew || b.settings.rolling || s.customerID != x.sessionOf
	if !changed || b.settings.production && !overTLS(x.request) {
		return ""
	}
	cookie := b.settings.cookieName + "=" + url.QueryEscape(b.signed(s.id)) + "; Path=/; Expires=" +
		s.expires.UTC().Format(http.TimeFormat) + "; HttpOnly"
	if b.settings.production {
		cookie += "; Secure; SameSite=None"
	}
	return cookie
}

// endSession forgets the exchange's session. The cookie stays with the client and is worth nothing.
func (b *Backend) endSession(x *exchange) {
	delete(b.sessions, x.session.id)
	x.session = nil
}

// ExpireSessions ends all sessions, as time or a restart of the backend does. Bearer tokens go on working.
func (b *Backend) ExpireSessions() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.sessions)
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

// signed is the text of a session cookie, unescaped.
func (b *Backend) signed(id string) string {
	return "s:" + id + "." + base64.RawStdEncoding.EncodeToString(b.signature(id))
}

func (b *Backend) unsigned(value string) (id string, ok bool) {
	value, ok = strings.CutPrefix(value, "s:")
	dot := strings.LastIndexByte(value, '.')
	if !ok || dot < 0 {
		return "", false
	}
	id = value[:dot]
	signature := base64.RawStdEncoding.EncodeToString(b.signature(id))
	return id, hmac.Equal([]byte(signature), []byte(value[dot+1:]))
}

func (b *Backend) signature(id string) []byte {
	h := hmac.New(sha256.New, b.secret)
	h.Write([]byte(id))
	return h.Sum(nil)
}

// sessionCookie is the value of the first cookie of that name. Unlike net/http, the backend takes values with any
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
