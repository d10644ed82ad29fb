package conform

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

func (e *exchange) response(query string) {
	status := strconv.Itoa(e.Status)
	w := e.contract.newWalk(false)
	w.see(Called, e.op.id)
	w.see(Responded, e.op.id+" "+status)
	e.result.Seen = append(e.result.Seen, w)
	r, ok := e.op.responses[status]
	if !ok {
		e.add(UndocumentedStatus, strings.Join(e.op.statuses(), ", "), "%s", status)
		return
	}
	e.headers(r)
	e.body(w, r, query)
}

func (e *exchange) body(w *walk, r *response, query string) {
	given := e.ResponseHeader.Get("Content-Type")
	switch {
	case r.noContentType:
		if given != "" {
			e.add(WrongContentType, "a body without a content type", "%q", given)
		}
		if len(e.ResponseBody) == 0 {
			e.add(WrongContentType, "a body without a content type", "no body")
		}
		return
	case len(r.contents) == 0:
		if given != "" {
			e.add(WrongContentType, "no body", "%q", given)
		}
		if len(e.ResponseBody) > 0 {
			e.add(UndocumentedBody, "no body", "%d bytes", len(e.ResponseBody))
		}
		return
	}
	kind, _, err := mime.ParseMediaType(given)
	sh, ok := r.contents[kind]
	if err != nil || !ok {
		e.add(WrongContentType, mediaTypes(r.contents), "%q", given)
		return
	}
	w.see(Content, fmt.Sprintf("%s %d %s", e.op.id, e.Status, kind))
	if sh == nil {
		return
	}
	var v any = string(e.ResponseBody)
	if kind == "application/json" {
		if v, err = e.responseJSON.json(e.ResponseBody); err != nil {
			e.add(InvalidJSON, "JSON", "%v", err)
			return
		}
	}
	w.relaxed = relaxed(query)
	w.value(sh, finding.Media(finding.Response(e.op.place, strconv.Itoa(e.Status)), kind), v)
	e.take(w.findings)
}

// relaxed returns which required properties may be missing because of the query.
func relaxed(query string) relaxation {
	q, err := url.ParseQuery(query)
	switch {
	case err == nil && q.Has("fields"):
		return demandNothing
	case err == nil && q.Has("expand"):
		return demandColumns
	}
	return demandAll
}

func (e *exchange) headers(r *response) {
	declared := map[string]bool{}
	for name, h := range r.Headers {
		declared[http.CanonicalHeaderKey(name)] = true
		if h.Value.Required && e.ResponseHeader.Get(name) == "" {
			e.add(Missing, "required", "header %s", name)
		}
	}
	lines := e.ResponseHeader.Values("Set-Cookie")
	if len(lines) > 0 && !declared["Set-Cookie"] {
		e.add(UndocumentedHeader, "", "Set-Cookie")
	}
	for _, line := range lines {
		e.cookie(line)
	}
}

func (e *exchange) cookie(line string) {
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		e.add(WrongCookie, "a cookie", "%v", err)
		return
	}
	name := e.Cookie.Name
	if name == "" {
		name = e.contract.cookieName
	}
	ttl := e.Cookie.TTL
	if ttl == 0 {
		ttl = defaultTTL
	}
	if cookie.Name != name {
		e.add(WrongCookie, "name "+name, "name %s", cookie.Name)
	}
	if cookie.Path != "/" || cookie.Domain != "" {
		e.add(WrongCookie, "Path / and no Domain", "Path %q and Domain %q", cookie.Path, cookie.Domain)
	}
	if !cookie.HttpOnly {
		e.add(WrongCookie, "HttpOnly", "not HttpOnly")
	}
	if cookie.MaxAge != 0 {
		e.add(WrongCookie, "no Max-Age", "a Max-Age")
	}
	if cookie.Secure != e.Cookie.Secure || (cookie.SameSite == http.SameSiteNoneMode) != e.Cookie.Secure {
		e.add(WrongCookie, fmt.Sprintf("both %t", e.Cookie.Secure), "Secure is %t and SameSite=None is %t", cookie.Secure, cookie.SameSite == http.SameSiteNoneMode)
	}
	date, err := http.ParseTime(e.ResponseHeader.Get("Date"))
	if err != nil {
		e.add(WrongCookie, "", "no Date to compare its Expires with")
		return
	}
	if life := cookie.Expires.Sub(date); life > ttl+staleDate || life < ttl-slowResponse {
		e.add(WrongCookie, "a life of "+ttl.String(), "a life of %s", life)
	}
}
