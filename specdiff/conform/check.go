package conform

import (
	"cmp"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Kind is what is wrong.
type Kind string

// What can be wrong with a response, and with a request that succeeded.
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
	InvalidQuery       Kind = "invalid query"
	WrongStyle         Kind = "wrong style"
	NoCredentials      Kind = "no credentials"
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
	Want      string // what the document says, "" if nothing
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
	s += ": " + f.Detail
	if f.Want != "" {
		s += ", want " + f.Want
	}
	return s
}

// Exchange is a request and its response, bodies read.
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

	requestJSON, responseJSON parsed
}

// parsed is a body as JSON, parsed once however often its exchange is checked.
type parsed struct {
	once  sync.Once
	value any
	err   error
}

func (p *parsed) json(body []byte) (any, error) {
	p.once.Do(func() { p.value, p.err = parseJSON(body) })
	return p.value, p.err
}

// Cookie is how the backend was set up to set its session cookie.
type Cookie struct {
	Name   string        // default: the contract's
	Secure bool          // Secure and SameSite=None, as in production
	TTL    time.Duration // default: ten hours
}

const (
	defaultTTL = 10 * time.Hour
	// A cookie's time begins with the request and Date is the response's, which a slow response puts apart.
	slowResponse = time.Minute
)

// Result is what an exchange showed.
type Result struct {
	Operation string // its id; "" if the contract has no such operation; then nothing was checked
	Place     string // the operation as "GET /path"
	Findings  []Finding
	Seen      Sights
}

// Check compares an exchange with the contract. Of a request that failed it looks at the response only.
func (c *Contract) Check(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	if x.Status/100 == 2 {
		e.succeeded(e.request(query))
	}
	e.response(query)
	return e.result
}

// CheckResponse compares the response of an exchange with the contract.
func (c *Contract) CheckResponse(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	e.response(query)
	return e.result
}

// CheckRequest returns what the contract has against the request of an exchange, whatever its response.
func (c *Contract) CheckRequest(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	w := e.request(query)
	e.take(w.findings)
	e.result.Seen = append(e.result.Seen, w)
	return e.result
}

// begin returns an exchange to be checked and its query; nil if the contract has no such operation.
func (c *Contract) begin(x *Exchange) (*exchange, string) {
	path, query, _ := strings.Cut(x.URL, "?")
	o, values := c.match(x.Method, path)
	if o == nil {
		return nil, ""
	}
	return &exchange{Exchange: x, contract: c, op: o, pathValues: values, result: Result{Operation: o.id, Place: o.place}}, query
}

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

func (o *operation) paramPlace(p param) string { return finding.Parameter(o.place, p.In, p.Name) }

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
	contract   *Contract
	op         *operation
	pathValues map[string]string
	result     Result
}

func (e *exchange) add(kind Kind, want, format string, args ...any) {
	e.take([]Finding{{Kind: kind, Want: want, Detail: fmt.Sprintf(format, args...)}})
}

func (e *exchange) take(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) }) // objects have no order
	for _, f := range findings {
		f.Operation, f.Status = e.op.id, e.Status
		e.result.Findings = append(e.result.Findings, f)
	}
}

// --- the response

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

// relaxed is what the request chose by itself of what a response's list holds.
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
	if life := cookie.Expires.Sub(date); life > ttl+2*time.Second || life < ttl-slowResponse {
		e.add(WrongCookie, "a life of "+ttl.String(), "a life of %s", life)
	}
}

// --- the request

// request compares a request with the contract.
func (e *exchange) request(query string) *walk {
	w := e.contract.newWalk(true)
	e.parameters(w, query)
	e.requestBody(w)
	if e.op.secured && !e.hasCredentials() {
		w.findings = append(w.findings, Finding{Kind: NoCredentials, Schema: e.op.place, Path: "header", Want: "the session cookie or a bearer token", Detail: "neither"})
	}
	return w
}

// succeeded says what is wrong about a success: the contract must have allowed the request, unless it leaves the
// contract on purpose.
func (e *exchange) succeeded(w *walk) {
	switch {
	case e.Deviates != "" && len(w.findings) == 0:
		e.add(AllowedRequest, "", "%s", e.Deviates)
	case e.Deviates == "":
		for i, f := range w.findings {
			w.findings[i].Kind = ForbiddenRequest
			w.findings[i].Detail = string(f.Kind) + ": " + f.Detail
		}
		e.take(w.findings)
		e.result.Seen = append(e.result.Seen, w)
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

func (e *exchange) parameters(w *walk, rawQuery string) {
	w.enter("query")
	defer w.leave()
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		w.add(InvalidQuery, "", "", err.Error())
		return
	}
	for _, p := range e.op.params {
		place := e.op.paramPlace(p)
		w.path[0] = p.In + " " + p.Name
		switch p.In {
		case "path":
			w.value(p.shape, place, fromText(p.shape, e.pathValues[p.Name]))
			w.see(Input, place)
		case "query":
			v, ok, problem := p.take(query)
			if problem != "" {
				w.add(WrongStyle, place, "once", problem)
			}
			if ok {
				w.value(p.shape, place, v)
				w.see(Input, place)
			} else if p.Required {
				w.add(Missing, place, "required", "not there")
			}
		}
	}
	w.path[0] = "query"
	for _, name := range slices.Sorted(maps.Keys(query)) {
		w.add(Undocumented, e.op.place+" query "+name, "", "parameter "+name)
	}
}

// styled is the parameter's style, and whether several values are written one by one.
func (p param) styled() (style string, exploded bool) {
	style = cmp.Or(p.Style, "form")
	if p.Explode != nil {
		return style, *p.Explode
	}
	return style, style == "form"
}

func (p param) isObject() bool { return p.shape.typ == "object" || len(p.shape.props) > 0 }

// take removes the parameter from the query and returns its value as JSON would have it.
func (p param) take(query url.Values) (v any, ok bool, problem string) {
	style, exploded := p.styled()
	isArray, isObject := p.shape.typ == "array", p.isObject()
	switch {
	case style == "deepObject":
		return p.takeObject(query, func(name string) (string, bool) {
			key, ours := strings.CutPrefix(name, p.Name+"[")
			key, ends := strings.CutSuffix(key, "]")
			return key, ours && ends
		})
	case isObject && exploded:
		return p.takeObject(query, func(name string) (string, bool) { return name, p.shape.props[name] != nil })
	}
	values, ok := query[p.Name]
	if !ok {
		return nil, false, ""
	}
	delete(query, p.Name)
	if len(values) > 1 && (!isArray || !exploded) {
		problem = "more than once"
	}
	if isObject {
		return pairs(values[0]), true, problem
	}
	if !isArray || p.shape.items == nil {
		return fromText(p.shape, values[0]), true, problem
	}
	if !exploded {
		separator, known := map[string]string{"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}[style]
		if !known {
			return nil, true, "in the unknown style " + style
		}
		values = strings.Split(values[0], separator)
	}
	elements := make([]any, len(values))
	for i, text := range values {
		elements[i] = fromText(p.shape.items.shape, text)
	}
	return elements, true, problem
}

// pairs is what "a,1,b,2" stands for; text that is no pairs stays as it is.
func pairs(text string) any {
	parts := strings.Split(text, ",")
	if len(parts)%2 != 0 {
		return text
	}
	object := map[string]any{}
	for pair := range slices.Chunk(parts, 2) {
		object[pair[0]] = pair[1]
	}
	return object
}

// takeObject removes from the query what key knows as properties of the parameter.
func (p param) takeObject(query url.Values, key func(name string) (string, bool)) (v any, ok bool, problem string) {
	object := map[string]any{}
	for name, values := range query {
		key, isOurs := key(name)
		if !isOurs {
			continue
		}
		delete(query, name)
		object[key] = values[0]
		if inner := p.shape.props[key]; inner != nil {
			object[key] = fromText(inner.shape, values[0])
		}
		if len(values) > 1 {
			problem = key + " more than once"
		}
	}
	return object, len(object) > 0, problem
}

func (e *exchange) requestBody(w *walk) {
	w.enter("body")
	defer w.leave()
	place := finding.RequestBody(e.op.place)
	switch {
	case e.op.body == nil:
		if len(e.RequestBody) > 0 {
			w.add(UndocumentedBody, place, "none", "one")
		}
		return
	case len(e.RequestBody) == 0:
		if e.op.body.Required {
			w.add(Missing, place, "required", "not there")
		}
		return
	}
	given := e.RequestHeader.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	sh, ok := e.op.bodies[kind]
	if err != nil || !ok {
		w.add(WrongContentType, place, mediaTypes(e.op.bodies), strconv.Quote(given))
		return
	}
	v, err := e.requestJSON.json(e.RequestBody)
	if err != nil {
		w.add(InvalidJSON, place, "JSON", err.Error())
		return
	}
	if sh != nil {
		w.value(sh, finding.Media(place, kind), v)
	}
}

func mediaTypes(contents map[string]*shape) string {
	var all []string
	for kind := range contents {
		all = append(all, kind)
	}
	slices.Sort(all)
	return strings.Join(all, " or ")
}
