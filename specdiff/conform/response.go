package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

func (e *exchange) response(query string) {
	status := strconv.Itoa(e.Status)
	w := e.contract.newWalk(false)
	w.see(Called, e.op.id)
	e.result.Seen = append(e.result.Seen, w)
	r := e.op.response(status)
	if r == nil {
		e.add(UndocumentedStatus, strings.Join(e.op.statuses(), ", "), "%s", status)
		return
	}
	w.see(Responded, e.op.id+" "+r.key)
	e.headers(w, r)
	e.body(w, r, query)
	e.take(w.findings)
}

func (e *exchange) body(w *walk, r *response, query string) {
	given := e.ResponseHeader.Get("Content-Type")
	switch {
	case r.noContentType:
		if given != "" {
			e.add(WrongContentType, "a body without a content type", "%q%s", given, e.beside())
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
	kind, sh, ok := ofMedia(r.contents, given)
	if given == "" && len(e.ResponseBody) == 0 {
		e.add(WrongContentType, mediaTypes(r.contents), "no body")
		return
	}
	if !ok {
		e.add(WrongContentType, mediaTypes(r.contents), "%q%s", given, e.beside())
		if sh, ok = r.contents[jsonType]; !ok || e.beside() == "" {
			return
		}
		kind = jsonType // readers that do not look at the header read it
	}
	if all := e.ResponseHeader.Values("Content-Type"); len(all) > 1 {
		e.add(WrongContentType, "one Content-Type", "%q", strings.Join(all, " and "))
	}
	if _, parameters, err := mime.ParseMediaType(given); err == nil && parameters["charset"] != "" && !strings.EqualFold(parameters["charset"], "utf-8") {
		e.add(WrongContentType, "UTF-8", "%q", given)
	}
	w.see(Content, fmt.Sprintf("%s %s %s", e.op.id, r.key, kind))
	if len(e.ResponseBody) == 0 && kind != "application/json" {
		e.add(WrongContentType, "a body", "no body")
	}
	if sh == nil {
		return
	}
	var v any = string(e.ResponseBody)
	if kind == jsonType {
		var err error
		if v, err = e.responseJSON.json(e.ResponseBody); err != nil {
			e.add(InvalidJSON, "JSON", "%s", invalid(e.ResponseBody, err))
			return
		}
	}
	w.relaxed = relaxed(query)
	w.value(sh, finding.Media(finding.Response(e.op.place, strconv.Itoa(e.Status)), kind), v)
}

const jsonType = "application/json"

// withJSON is what a content type is followed by if the body is a JSON object although its content type is another.
const withJSON = ", with JSON in the body"

// beside returns withJSON if the body is a JSON object; "" otherwise.
func (e *exchange) beside() string {
	kind, _, _ := strings.Cut(e.ResponseHeader.Get("Content-Type"), ";")
	if !bytes.HasPrefix(bytes.TrimSpace(e.ResponseBody), []byte("{")) || kind == jsonType && e.Status/100 == 2 {
		return ""
	}
	if _, err := e.responseJSON.json(e.ResponseBody); err != nil {
		return ""
	}
	return withJSON
}

// invalid returns what is wrong with a body that is not strictly JSON.
func invalid(body []byte, err error) string {
	mark := []byte("\xef\xbb\xbf")
	rest, marked := bytes.CutPrefix(body, mark)
	switch {
	case len(body) == 0:
		return "no JSON: an empty body"
	case marked && json.Valid(rest):
		return "a byte order mark before the JSON"
	case !json.Valid(body):
		return "no JSON: " + err.Error()
	}
	return err.Error()
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

func (e *exchange) headers(w *walk, r *response) {
	for _, name := range slices.Sorted(maps.Keys(r.headers)) {
		if sh, value := r.headers[name], e.ResponseHeader.Get(name); sh != nil && value != "" && name != "Set-Cookie" {
			w.enter("header " + name)
			w.value(sh, sh.loc, fromText(sh, value))
			w.leave()
		}
	}
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

// sameSites are the names of the attribute's values; "" for none.
var sameSites = map[http.SameSite]string{http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict", http.SameSiteNoneMode: "None"}

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
	switch {
	case cookie.MaxAge < 0:
		e.add(WrongCookie, "no Max-Age", "a Max-Age of 0, which deletes it")
	case cookie.MaxAge > 0:
		e.add(WrongCookie, "no Max-Age", "a Max-Age")
	}
	if cookie.SameSite == http.SameSiteLaxMode || cookie.SameSite == http.SameSiteStrictMode || cookie.Partitioned {
		e.add(WrongCookie, "neither SameSite=Lax nor Strict nor Partitioned", "SameSite=%s and Partitioned is %t", sameSites[cookie.SameSite], cookie.Partitioned)
	}
	if cookie.Secure != e.Cookie.Secure || (cookie.SameSite == http.SameSiteNoneMode) != e.Cookie.Secure {
		e.add(WrongCookie, fmt.Sprintf("both %t", e.Cookie.Secure), "Secure is %t and SameSite=None is %t", cookie.Secure, cookie.SameSite == http.SameSiteNoneMode)
	}
	if cookie.Expires.IsZero() {
		e.add(WrongCookie, "a life of "+ttl.String(), "no Expires")
		return
	}
	date, err := http.ParseTime(e.ResponseHeader.Get("Date"))
	if err != nil {
		e.add(WrongCookie, "", "no Date to compare its Expires with")
		return
	}
	switch life := cookie.Expires.Sub(date); {
	case life < 0:
		e.add(WrongCookie, "a life of "+ttl.String(), "an Expires in the past, which deletes it")
	case life > ttl+staleDate, life < ttl-slowResponse:
		e.add(WrongCookie, "a life of "+ttl.String(), "a life of %s", life)
	}
}
