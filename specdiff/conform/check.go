package conform

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what is wrong.
type Kind string

// What can be wrong with an answer, and with a request that succeeded.
const (
	UndocumentedStatus Kind = "undocumented status"
	WrongContentType   Kind = "wrong content type"
	UndocumentedBody   Kind = "undocumented body"
	InvalidJSON        Kind = "invalid JSON"
	Undocumented       Kind = "undocumented property"
	Missing            Kind = "missing required property"
	WrongNull          Kind = "wrong null"
	WrongType          Kind = "wrong type"
	WrongFormat        Kind = "wrong format"
	UnknownValue       Kind = "unknown enum value"
	OutOfBounds        Kind = "out of bounds"
	NoBranch           Kind = "fits not one branch"
	UndocumentedHeader Kind = "undocumented header"
	WrongCookie        Kind = "wrong cookie"
	ForbiddenRequest   Kind = "success of a request that the contract forbids"
	AllowedRequest     Kind = "request said to leave the contract, which allows it"
)

// Finding is one disagreement of an exchange with the contract.
type Finding struct {
	Kind      Kind
	Operation string
	Status    int
	Schema    string // where in the document: "LineItem.unit_price", "" outside of schemas
	Path      string // where in the body: "orders[].items[].unit_price"
	Detail    string // what was there
}

// String is one line.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s %d", f.Kind, f.Operation, f.Status)
	if f.Schema != "" {
		s += " " + f.Schema
	}
	if f.Path != "" {
		s += " at " + f.Path
	}
	return s + ": " + f.Detail
}

// Exchange is a request and its answer, bodies read.
type Exchange struct {
	Method         string
	URL            string // path and query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	Cookie         Cookie
	Deviates       string // why the request leaves the contract on purpose; empty: it does not
}

// Cookie is how the backend was set up to set its session cookie.
type Cookie struct {
	Name   string        // default: the contract's
	Secure bool          // Secure and SameSite=None, as in production
	TTL    time.Duration // default: ten hours
}

const (
	defaultTTL = 10 * time.Hour
	// A cookie's time begins with the request and Date is the answer's, which a slow answer puts apart.
	slowAnswer = time.Minute
)

// Result is what an exchange showed.
type Result struct {
	Operation string // "" if the contract has no such operation; then nothing was checked
	Findings  []Finding
	Seen      map[Sight]struct{}
}

// Check compares an exchange with the contract.
func (c *Contract) Check(x *Exchange) Result {
	path, query, _ := strings.Cut(x.URL, "?")
	o, values := c.match(x.Method, path)
	if o == nil {
		return Result{}
	}
	status := strconv.Itoa(x.Status)
	e := &exchange{Exchange: x, contract: c, op: o, result: Result{Operation: o.id, Seen: map[Sight]struct{}{
		{Called, o.id}: {}, {Answered, o.id + " " + status}: {},
	}}}
	if x.Status/100 == 2 {
		e.request(values, query)
	}
	if r, ok := o.responses[status]; ok {
		e.headers(r)
		e.response(r, query)
	} else {
		e.add(UndocumentedStatus, "%s, documented are %s", status, strings.Join(o.statuses(), ", "))
	}
	return e.result
}

func (o *operation) statuses() []string {
	var all []string
	for status := range o.responses {
		all = append(all, status)
	}
	slices.Sort(all)
	return all
}

// exchange is an exchange while it is being checked.
type exchange struct {
	*Exchange
	contract *Contract
	op       *operation
	result   Result
}

func (e *exchange) add(kind Kind, format string, args ...any) {
	e.take([]Finding{{Kind: kind, Detail: fmt.Sprintf(format, args...)}})
}

func (e *exchange) take(findings []Finding) {
	for _, f := range findings {
		f.Operation, f.Status = e.op.id, e.Status
		e.result.Findings = append(e.result.Findings, f)
	}
}

// --- the answer

func (e *exchange) response(r *response, query string) {
	given := e.ResponseHeader.Get("Content-Type")
	switch {
	case r.noContentType:
		if given != "" {
			e.add(WrongContentType, "%q, documented is a body without one", given)
		}
		if len(e.ResponseBody) == 0 {
			e.add(WrongContentType, "no body, documented is one without a content type")
		}
		return
	case len(r.contents) == 0:
		if given != "" {
			e.add(WrongContentType, "%q, documented is no body", given)
		}
		if len(e.ResponseBody) > 0 {
			e.add(UndocumentedBody, "%d bytes, documented is no body", len(e.ResponseBody))
		}
		return
	}
	kind, _, err := mime.ParseMediaType(given)
	sh, ok := r.contents[kind]
	if err != nil || !ok {
		e.add(WrongContentType, "%q, documented is %s", given, mediaTypes(r.contents))
		return
	}
	e.result.Seen[Sight{Content, fmt.Sprintf("%s %d %s", e.op.id, e.Status, kind)}] = struct{}{}
	w := newWalk(false)
	w.relaxed = relaxed(query)
	e.walk(w, sh, kind, e.ResponseBody)
}

func (e *exchange) walk(w *walk, sh *shape, mediaType string, body []byte) {
	if sh == nil {
		return
	}
	var v any = string(body)
	if mediaType == "application/json" {
		var err error
		if v, err = parseJSON(body); err != nil {
			e.add(InvalidJSON, "%v", err)
			return
		}
	}
	w.value(sh, v, "")
	e.take(w.findings)
	for sight := range w.seen {
		e.result.Seen[sight] = struct{}{}
	}
}

// relaxed is what the request chose by itself of what an answer's list holds.
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
			e.add(Missing, "header %s", name)
		}
	}
	lines := e.ResponseHeader.Values("Set-Cookie")
	if len(lines) > 0 && !declared["Set-Cookie"] {
		e.add(UndocumentedHeader, "Set-Cookie")
	}
	for _, line := range lines {
		e.cookie(line)
	}
}

func (e *exchange) cookie(line string) {
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		e.add(WrongCookie, "it is none: %v", err)
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
		e.add(WrongCookie, "its name is %s, want %s", cookie.Name, name)
	}
	if cookie.Path != "/" || cookie.Domain != "" {
		e.add(WrongCookie, "Path %q and Domain %q, want / and none", cookie.Path, cookie.Domain)
	}
	if !cookie.HttpOnly {
		e.add(WrongCookie, "not HttpOnly")
	}
	if cookie.MaxAge != 0 {
		e.add(WrongCookie, "it has a Max-Age")
	}
	if cookie.Secure != e.Cookie.Secure || (cookie.SameSite == http.SameSiteNoneMode) != e.Cookie.Secure {
		e.add(WrongCookie, "Secure is %t and SameSite=None is %t, want both %t", cookie.Secure, cookie.SameSite == http.SameSiteNoneMode, e.Cookie.Secure)
	}
	date, err := http.ParseTime(e.ResponseHeader.Get("Date"))
	if err != nil {
		e.add(WrongCookie, "no Date to compare its Expires with")
		return
	}
	if life := cookie.Expires.Sub(date); life > ttl+2*time.Second || life < ttl-slowAnswer {
		e.add(WrongCookie, "it expires after %s, want %s", life, ttl)
	}
}

// --- the request

// request checks a request that succeeded: the contract must have allowed it, unless it leaves the contract on purpose.
func (e *exchange) request(pathValues map[string]string, query string) {
	w := newWalk(true)
	e.parameters(w, pathValues, query)
	e.requestBody(w)
	if e.op.secured && !e.hasCredentials() {
		w.findings = append(w.findings, Finding{Path: "header", Detail: "neither the session cookie nor a bearer token"})
	}
	switch {
	case e.Deviates != "" && len(w.findings) == 0:
		e.add(AllowedRequest, "%s", e.Deviates)
	case e.Deviates == "":
		for i, f := range w.findings {
			w.findings[i].Kind = ForbiddenRequest
			if f.Kind != "" {
				w.findings[i].Detail = string(f.Kind) + ": " + f.Detail
			}
		}
		e.take(w.findings)
		for sight := range w.seen {
			e.result.Seen[sight] = struct{}{}
		}
	}
}

func (e *exchange) hasCredentials() bool {
	if strings.HasPrefix(e.RequestHeader.Get("Authorization"), "Bearer ") {
		return true
	}
	name := e.Cookie.Name
	if name == "" {
		name = e.contract.cookieName
	}
	return slices.ContainsFunc((&http.Request{Header: e.RequestHeader}).Cookies(), func(c *http.Cookie) bool { return c.Name == name })
}

func (e *exchange) parameters(w *walk, pathValues map[string]string, rawQuery string) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		w.findings = append(w.findings, Finding{Path: "query", Detail: err.Error()})
		return
	}
	for _, p := range e.op.params {
		switch p.In {
		case "path":
			w.value(p.shape, fromText(p.shape, pathValues[p.Name]), "path "+p.Name)
			w.see(Input, e.op.id+"?"+p.Name)
		case "query":
			v, ok, problem := p.take(query)
			if problem != "" {
				w.add(ForbiddenRequest, p.shape, "query "+p.Name, "%s", problem)
			}
			if ok {
				w.value(p.shape, v, "query "+p.Name)
				w.see(Input, e.op.id+"?"+p.Name)
			} else if p.Required {
				w.add(Missing, p.shape, "query "+p.Name, "required, and not there")
			}
		}
	}
	for name := range query {
		w.findings = append(w.findings, Finding{Kind: Undocumented, Schema: e.op.id + "?" + name, Path: "query", Detail: "parameter " + name})
	}
}

// take removes the parameter from the query and returns its value as JSON would have it.
func (p param) take(query url.Values) (v any, ok bool, problem string) {
	if p.Style == "deepObject" {
		object := map[string]any{}
		for name, values := range query {
			key, isOurs := strings.CutPrefix(name, p.Name+"[")
			if !isOurs || !strings.HasSuffix(key, "]") {
				continue
			}
			key = strings.TrimSuffix(key, "]")
			delete(query, name)
			object[key] = values[0]
			if inner := p.shape.props[key]; inner != nil {
				object[key] = fromText(inner.shape, values[0])
			}
			if len(values) > 1 {
				problem = key + " comes more than once"
			}
		}
		return object, len(object) > 0, problem
	}
	values, ok := query[p.Name]
	if !ok {
		return nil, false, ""
	}
	delete(query, p.Name)
	isArray := p.shape.typ == "array"
	exploded := p.Explode == nil || *p.Explode
	if len(values) > 1 && (!isArray || !exploded) {
		problem = "it comes more than once"
	}
	if !isArray {
		return fromText(p.shape, values[0]), true, problem
	}
	if !exploded {
		values = strings.Split(values[0], ",")
	}
	elements := make([]any, len(values))
	for i, text := range values {
		elements[i] = fromText(p.shape.items.shape, text)
	}
	return elements, true, problem
}

func (e *exchange) requestBody(w *walk) {
	switch {
	case e.op.body == nil:
		if len(e.RequestBody) > 0 {
			w.findings = append(w.findings, Finding{Path: "body", Detail: "documented is none"})
		}
		return
	case len(e.RequestBody) == 0:
		if e.op.body.Required {
			w.findings = append(w.findings, Finding{Path: "body", Detail: "required, and not there"})
		}
		return
	}
	given := e.RequestHeader.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	sh, ok := e.op.bodies[kind]
	if err != nil || !ok {
		w.findings = append(w.findings, Finding{Path: "body", Detail: fmt.Sprintf("content type %q, documented is %s", given, mediaTypes(e.op.bodies))})
		return
	}
	v, err := parseJSON(e.RequestBody)
	if err != nil {
		w.findings = append(w.findings, Finding{Path: "body", Detail: err.Error()})
		return
	}
	w.value(sh, v, "body")
}

func mediaTypes(contents map[string]*shape) string {
	var all []string
	for kind := range contents {
		all = append(all, kind)
	}
	slices.Sort(all)
	return strings.Join(all, " or ")
}
