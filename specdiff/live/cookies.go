package live

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// login sets the session of an account to that of a response, and keeps the cookies beside it, such as that of a load
// balancer.
func (r *run) login(a *account, x response) {
	if x.Status/100 != 2 || foreign(x.Exchange) != "" {
		return
	}
	if c := r.sessionCookie(x.Exchange); c != nil {
		r.learn(c)
		a.cookie = c.Name + "=" + c.Value
		r.record.secrets.add("COOKIE", a.cookie)
		r.record.secrets.add("COOKIE_VALUE", c.Value)
	}
	r.keepOthers(a, x)
}

// sessionCookie returns the session cookie that a response sets; nil if it sets none. It is the one with the name that is
// configured, or one that is signed as Medusa signs, or one with the name in a document.
func (r *run) sessionCookie(x *conform.Exchange) *http.Cookie {
	cookies := (&http.Response{Header: x.ResponseHeader}).Cookies()
	find := func(is func(*http.Cookie) bool) *http.Cookie {
		if i := slices.IndexFunc(cookies, is); i >= 0 {
			return cookies[i]
		}
		return nil
	}
	if name := r.config.Cookie.Name; name != "" {
		return find(func(c *http.Cookie) bool { return c.Name == name })
	}
	documented := func(c *http.Cookie) bool { return slices.Contains(r.cookieNames, c.Name) }
	signed := func(c *http.Cookie) bool {
		return strings.HasPrefix(c.Value, "s%3A") || strings.HasPrefix(c.Value, "s:")
	}
	return cmp.Or(find(func(c *http.Cookie) bool { return documented(c) && signed(c) }), find(signed), find(documented))
}

// documentedCookies returns the names of the cookies in the security schemes of documents.
func documentedCookies(documents ...*openapi3.T) []string {
	var names []string
	for _, doc := range documents {
		if doc.Components == nil {
			continue
		}
		for _, scheme := range doc.Components.SecuritySchemes {
			if scheme.Value != nil && scheme.Value.Type == "apiKey" && scheme.Value.In == "cookie" {
				names = append(names, scheme.Value.Name)
			}
		}
	}
	return names
}

// learn takes the name of the session cookie from the first login, and whether it is that of production, as far as they
// are not configured. Over plain http a cookie of production stays a finding, because the Go client has to be told.
func (r *run) learn(c *http.Cookie) {
	if r.learned {
		return
	}
	r.learned = true
	setting := &r.config.Cookie
	if setting.Name == "" && !slices.Contains(r.cookieNames, c.Name) {
		r.record.Renamed = c.Name
	}
	setting.Name = c.Name
	if c.Secure && c.SameSite == http.SameSiteNoneMode && !setting.Secure && r.base.Scheme == "https" {
		setting.Secure = true
		r.note("the session cookie is Secure and SameSite=None, as in production")
	}
}

// keepOthers keeps the cookies of a response that are not the session's, to send them with the account's next request.
func (r *run) keepOthers(a *account, x response) {
	for _, c := range (&http.Response{Header: x.ResponseHeader}).Cookies() {
		switch {
		case r.isSession(c.Name):
		case c.MaxAge < 0 || c.Value == "":
			delete(a.others, c.Name)
		default:
			if a.others == nil {
				a.others = map[string]string{}
			}
			a.others[c.Name] = c.Value
			r.record.secrets.add("COOKIE_OTHER", c.Value)
		}
	}
}

func (r *run) isSession(name string) bool {
	if known := r.config.Cookie.Name; known != "" {
		return name == known
	}
	return slices.Contains(r.cookieNames, name)
}

// header returns the account's cookies as they are sent.
func (a *account) header() string {
	var all []string
	if a.cookie != "" {
		all = append(all, a.cookie)
	}
	for _, name := range slices.Sorted(maps.Keys(a.others)) {
		all = append(all, name+"="+a.others[name])
	}
	return strings.Join(all, "; ")
}

// settle sets in all exchanges what became known of the session cookie, and removes the cookies that are not the
// backend's, so that they are held against no document.
func (r *run) settle() {
	var removed []string
	for _, x := range r.record.Exchanges {
		x.Cookie = r.config.Cookie
		session := r.sessionCookie(x.Exchange)
		lines := x.ResponseHeader.Values("Set-Cookie")
		kept := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
			name, _, _ := strings.Cut(line, "=")
			if session != nil && name == session.Name || r.isSession(name) {
				return false
			}
			removed = append(removed, name)
			return true
		})
		if x.ResponseHeader.Del("Set-Cookie"); len(kept) > 0 {
			x.ResponseHeader["Set-Cookie"] = kept
		}
	}
	slices.Sort(removed)
	if removed = slices.Compact(removed); len(removed) > 0 {
		r.note("cookies that are not the backend's were sent back and not compared: %s", plainNames(removed))
	}
}

// plainNames lists names that another program chose.
func plainNames(names []string) string {
	const most = 10
	return fmt.Sprintf("%.200q", names[:min(len(names), most)])
}

// overHTTPS makes a run over plain http one that a proxy forwards from https, if the backend sets its cookie only then.
// That is so in production. It reports whether it is so.
func (s *script) overHTTPS() bool {
	if s.base.Scheme != "http" || s.forwarded || slices.ContainsFunc(s.record.Exchanges, func(x Exchange) bool { return s.sessionCookie(x.Exchange) != nil }) {
		return false
	}
	s.forwarded = true
	if s.sessionCookie(s.get("read as over https", mePath, nil).Exchange) == nil {
		s.forwarded = false
		return false
	}
	s.note("the backend sets its cookie only over https, so all was asked as a proxy forwards it from there: X-Forwarded-Proto: https")
	return true
}
