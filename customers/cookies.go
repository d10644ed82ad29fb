package customers

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	maxSetCookies    = 50              // of one answer; more is a fault
	maxCookieBytes   = 4 << 10         // browsers keep no larger one, and Node refuses a request with a few of them
	maxCookieSeconds = 400 * 24 * 3600 // browsers keep no cookie longer
)

// readCookies sorts an answer's cookies into the session's and others. Those for another domain or path are dropped,
// as a browser would drop them. Of two with one name the last counts.
func readCookies(h http.Header, k *core) (session *sessionCookie, deleted bool, others []otherCookie) {
	lines := h["Set-Cookie"]
	if len(lines) == 0 {
		return nil, false, nil
	}
	lines = lines[max(0, len(lines)-maxSetCookies):]
	now := time.Now()
	skew := time.Duration(0)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		skew = now.Sub(date) // lifetimes count from the backend's clock, which may be wrong
	}
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil || !k.covers(c) || len(c.Name)+len(c.Value) > maxCookieBytes {
			continue
		}
		// Cut out of the line, they would keep all of it in memory, however long.
		name, value := strings.Clone(c.Name), strings.Clone(cookieValue(c))
		var expires int64
		switch {
		case c.MaxAge < 0:
			expires = 1
		case c.MaxAge > 0:
			expires = now.Add(time.Duration(min(c.MaxAge, maxCookieSeconds)) * time.Second).UnixMilli()
		case !c.Expires.IsZero():
			expires = max(1, c.Expires.Add(skew).UnixMilli())
		}
		if name == k.cookieName {
			session, deleted = nil, isOver(expires) || c.Value == ""
			if !deleted {
				session = &sessionCookie{value: value, expires: expires, secure: c.Secure}
			}
			continue
		}
		if len(name)+len(value) > maxOtherCookieBytes {
			continue
		}
		others = slices.DeleteFunc(others, func(o otherCookie) bool { return o.name == name })
		others = append(others, otherCookie{name: name, value: value, expires: expires, secure: c.Secure})
	}
	return session, deleted, others
}

// cookieValue is the value to the byte; net/http takes off quotes.
func cookieValue(c *http.Cookie) string {
	if c.Quoted {
		return `"` + c.Value + `"`
	}
	return c.Value
}

// covers says whether a browser would send c to all routes of the backend.
func (k *core) covers(c *http.Cookie) bool {
	domain := strings.ToLower(strings.TrimPrefix(c.Domain, "."))
	if domain != "" && domain != k.host && !strings.HasSuffix(k.host, "."+domain) {
		return false
	}
	path := c.Path
	if !strings.HasPrefix(path, "/") {
		return true // the route's own directory; all routes are told apart by more than that
	}
	return strings.HasPrefix(k.basePath+"store/", strings.TrimSuffix(path, "/")+"/")
}

// noCookie explains a login that brought no session cookie.
func (r *reply) noCookie(k *core) *Error {
	e := &Error{Operation: r.op.name, StatusCode: r.status, Header: withoutSetCookie(r.header), kind: ErrNoSessionCookie}
	var names []string
	for _, line := range r.header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil {
			names = append(names, c.Name)
		}
	}
	switch {
	case slices.Contains(names, k.cookieName):
		e.Message = "the login succeeded, but its cookie is for another domain or path, or already over"
	case !k.mayCarrySecure():
		e.Message = "the login succeeded, but a backend in production sends its cookie only over https: use an https base URL, or WithTLSTerminated where TLS ends before the backend"
	default:
		e.Message = "the login succeeded, but no session cookie came: a proxy may have removed it, or the backend was not told that the request came over https"
	}
	if len(names) > 0 && !slices.Contains(names, k.cookieName) {
		e.Message += "; the answer sets " + strings.Join(names, ", ") + " and not " + k.cookieName + ": see WithSessionCookieName"
	}
	return e
}

func (r *reply) superseded() *Error {
	return &Error{
		Operation: r.op.name, StatusCode: r.status, Header: withoutSetCookie(r.header),
		Message: "the newer one stands; this login's session is ended at the backend", kind: ErrSessionSuperseded,
	}
}
