package live

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Result is what a record shows about a document.
type Result struct {
	// Observations are sorted by the ids of their points.
	Observations []finding.Observation
	// Unchecked names what of the document is not checked.
	Unchecked []conform.Note
	// Seen is how many exchanges showed each thing that the document declares.
	Seen map[conform.Sight]int

	check *check
}

// Coverage returns how much of what the document declares was shown, one line for each kind of sight.
func (r Result) Coverage() []conform.Coverage {
	tally := conform.NewTally(r.check.contract)
	for i, result := range r.check.results {
		tally.Add(r.check.record.Exchanges[i].Exchange, result)
	}
	return tally.Coverage()
}

// Check compares a record with a document. It sends no request.
func Check(record *Record, doc *openapi3.T) Result {
	contract, notes := conform.New(doc)
	c := &check{
		record: record, contract: contract, cookieNames: documentedCookies(doc), seen: map[conform.Sight]sighting{},
		all: map[key]*finding.Observation{}, shown: map[key][]string{}, cookies: map[string]*cookies{}, headers: map[header]sighting{}, statuses: map[string]sighting{},
		requests: map[*conform.Exchange][]conform.Finding{}, lacks: map[string]bool{}, troubles: map[string]map[string]sighting{}, aside: map[*Exchange]bool{}, ignores: map[string][]byte{},
	}
	for i := range record.Exchanges {
		c.results = append(c.results, contract.CheckResponse(record.Exchanges[i].Exchange))
	}
	c.lacking()
	c.failing()
	for i := range record.Exchanges {
		c.results[i] = c.exchange(&record.Exchanges[i], c.results[i])
	}
	c.styles()
	c.sights()
	c.came()
	c.unsent()
	c.behaviour()
	c.customers()
	c.defaults(doc)
	c.missing()
	counts := make(map[conform.Sight]int, len(c.seen))
	for sight, seen := range c.seen {
		counts[sight] = seen.count
	}
	return Result{c.sorted(), notes, counts, c}
}

// exchange compares an exchange with the document, result being what is known about its response.
func (c *check) exchange(x *Exchange, result conform.Result) conform.Result {
	if result.Operation == "" {
		c.unknownRoute(x)
		return result
	}
	if c.setAside(result.Place, x) {
		c.aside[x] = true
		return conform.Result{}
	}
	request := c.contract.CheckRequest(x.Exchange)
	if c.record.NoCredentials {
		request.Findings = slices.DeleteFunc(request.Findings, func(f conform.Finding) bool { return f.Kind == conform.NoCredentials })
	}
	switch {
	case x.Status/100 != 2:
	case len(request.Findings) > 0 && x.Probe != nil:
		// A document says nothing about the response to a request that it forbids.
		result.Findings = nil
	default:
		result.Seen = append(result.Seen, request.Seen...)
	}
	if x.Probe != nil && (x.Probe.Aspect == finding.Bounds || x.Probe.Aspect == finding.Type) { // such a value may come back as it is
		result.Findings = slices.DeleteFunc(result.Findings, func(f conform.Finding) bool { return f.Kind == conform.WrongType || f.Kind == conform.OutOfBounds })
	}
	proves := x.Probe == nil || holds(x.Probe.Base)
	if proves {
		c.requests[x.Exchange] = request.Findings
	}
	for _, f := range result.Findings {
		point, live := ofResponse(result.Place, f)
		if f.Kind == conform.WrongCookie {
			live = c.kept(result.Place, x, live)
		}
		c.add(point, finding.Contradicts, cmp.Or(f.Want, "absent"), live, where(f), x, 1)
	}
	for sight := range result.Seen.All() {
		c.seen[sight] = c.seen[sight].again(x)
	}
	if !slices.ContainsFunc(result.Findings, func(f conform.Finding) bool { return f.Kind == conform.UndocumentedStatus }) {
		code := strconv.Itoa(x.Status)
		c.add(finding.Point{Place: finding.Response(result.Place, code), Aspect: finding.Status}, finding.Supports, "documented", code, "", x, 1)
	}
	c.cookie(result.Place, x)
	place := finding.Response(result.Place, strconv.Itoa(x.Status))
	c.statuses[place] = c.statuses[place].again(x)
	for name := range x.ResponseHeader {
		h := header{place, name}
		c.headers[h] = c.headers[h].again(x)
	}
	switch {
	case x.Probe != nil && proves:
		c.probe(result.Place, x)
	case x.Probe == nil && x.Status/100 == 2:
		for _, f := range telling(request.Findings) {
			c.add(ofRequest(f), finding.Contradicts, cmp.Or(f.Want, "absent"), "accepted", where(f), x, 1)
		}
	}
	return result
}

// unknownRoute handles a response from a route that the document lacks. The backend may have no such route either.
func (c *check) unknownRoute(x *Exchange) {
	if routeless(x.Exchange) || foreign(x.Exchange) != "" {
		return
	}
	c.add(finding.Point{Place: placeOf(x.Exchange), Aspect: finding.Presence}, finding.Contradicts, "absent", strconv.Itoa(x.Status), "", x, 1)
}

// cookie counts the responses to requests without a cookie.
func (c *check) cookie(operation string, x *Exchange) {
	if x.RequestHeader.Get("Cookie") != "" || c.record.NoCredentials {
		return
	}
	place := finding.Response(operation, strconv.Itoa(x.Status))
	n := c.cookies[place]
	if n == nil {
		n = &cookies{first: x}
		c.cookies[place] = n
	}
	n.asked++
	if x.ResponseHeader.Get("Set-Cookie") == "" && x.Status == http.StatusOK && logsIn(operation) && !c.record.Foreign {
		c.noSession = append(c.noSession, login{place, x})
	}
	if x.ResponseHeader.Get("Set-Cookie") != "" {
		n.set++
	}
}

// missing names the operations of which too little was seen. In what another program recorded, that means nothing.
func (c *check) missing() {
	for place, troubles := range c.troubles {
		for _, why := range slices.Sorted(maps.Keys(troubles)) {
			seen := troubles[why]
			c.add(finding.Point{Place: place, Aspect: finding.Seen}, finding.Fault, "", why+times(seen.count), "", seen.first, seen.count)
		}
	}
	if c.record.Foreign || len(c.record.Exchanges) == 0 {
		return
	}
	troubled := map[string]bool{}
	for _, trouble := range c.record.Unseen {
		if c.lacks[trouble.Operation] {
			continue
		}
		troubled[trouble.Operation] = true
		c.add(finding.Point{Place: trouble.Operation, Aspect: finding.Seen}, finding.Fault, "", trouble.Text, "", nil, 0)
	}
	succeeded := map[string]bool{}
	for place, seen := range c.statuses {
		operation := place[:strings.LastIndex(place, " ")]
		succeeded[operation] = succeeded[operation] || seen.first.Status/100 == 2
	}
	for _, place := range c.contract.Operations() {
		if !succeeded[place] && !c.lacks[place] && !troubled[place] && c.troubles[place] == nil && !slices.Contains(c.record.Untried, place) {
			c.add(finding.Point{Place: place, Aspect: finding.Seen}, finding.Fault, "", "no success was seen", "", nil, 0)
		}
	}
}

func times(n int) string {
	if n == 1 {
		return ", once"
	}
	return fmt.Sprintf(", %d times", n)
}

// kept returns what a response does with the session cookie, and whether a client keeps it, as the Go client would find:
// a login's may be for another address, be deleted at once, or not be sent back over plain http.
func (c *check) kept(operation string, x *Exchange, live string) string {
	base, err := url.Parse(c.record.Backend)
	if err != nil || base.Host == "" || c.record.Foreign {
		return live
	}
	deletes := ", which deletes it"
	switch {
	case !logsIn(operation) && strings.HasSuffix(live, deletes):
		return strings.TrimSuffix(live, deletes)
	case strings.HasPrefix(live, "Secure is true") && base.Scheme == "http":
		return live + ", over plain http"
	case strings.HasPrefix(live, "Path ") && slices.ContainsFunc((&http.Response{Header: x.ResponseHeader}).Cookies(), func(c *http.Cookie) bool { return !covers(base, c) }):
		return live + ", which is not this backend's"
	}
	return live
}

// covers reports whether a cookie is for the storefront API at a base URL.
func covers(base *url.URL, c *http.Cookie) bool {
	host, domain := strings.ToLower(base.Hostname()), strings.ToLower(strings.TrimPrefix(c.Domain, "."))
	_, notIP := netip.ParseAddr(host)
	if domain != "" && domain != host && (notIP == nil || !strings.HasSuffix(host, "."+domain)) {
		return false
	}
	return !strings.HasPrefix(c.Path, "/") || strings.HasPrefix(strings.TrimSuffix(base.Path, "/")+"/store/", strings.TrimSuffix(c.Path, "/")+"/")
}

// logsIn reports whether an operation opens a session.
func logsIn(operation string) bool {
	return operation == finding.Operation(http.MethodPost, authPath) || operation == finding.Operation(http.MethodPost, customersPath)
}

// sights makes support for the document of what was seen.
func (c *check) sights() {
	for sight, seen := range c.seen {
		support := func(aspect finding.Aspect, document, live string) {
			c.add(finding.Point{Place: sight.Loc, Aspect: aspect}, finding.Supports, document, live, "", seen.first, seen.count)
		}
		switch sight.What { //nolint:exhaustive // the others support nothing
		case conform.Property:
			support(finding.Presence, "documented", "there")
		case conform.Null:
			support(finding.Nullable, "null allowed", "null")
		case conform.Absent:
			support(finding.Required, "optional", "not there")
		case conform.Fraction:
			support(finding.Type, "number", "fraction")
		case conform.Time:
			if c.seen[conform.Sight{What: conform.Text, Loc: sight.Loc}].count == 0 {
				c.add(finding.Point{Place: sight.Loc, Aspect: finding.Format}, finding.Contradicts, "none", "date-time", "", seen.first, seen.count)
			}
		}
	}
}

// came compares the headers that the document declares with those that came. Cookies are handled by unsent. A header
// that the document declares at no success is not looked at, since nearly all headers are those of HTTP. A Location at a
// success is one of the API.
func (c *check) came() {
	interesting := map[string]bool{"Location": true}
	for place, seen := range c.statuses {
		for name := range c.contract.Headers(place) {
			interesting[name] = interesting[name] || seen.first.Status/100 <= 3
		}
	}
	for _, place := range slices.Sorted(maps.Keys(c.statuses)) {
		seen := c.statuses[place]
		declared := c.contract.Headers(place)
		for _, name := range slices.Sorted(maps.Keys(interesting)) {
			_, isDeclared := declared[name]
			came := c.headers[header{place, name}]
			shown := finding.HeaderName(name)
			point := finding.Point{Place: place, Aspect: finding.Header}
			switch {
			case name == "Set-Cookie":
			case isDeclared && came.count > 0:
				c.add(point, finding.Supports, shown+" documented", shown, "", came.first, came.count)
			case isDeclared && !c.record.Foreign:
				c.add(point, finding.Contradicts, shown+" documented", "no "+shown, "", seen.first, seen.count)
			case came.count > 0 && seen.first.Status/100 <= 3 && c.contract.Name(place[:strings.LastIndex(place, " ")]) != "" && len(declared) > 0:
				c.add(point, finding.Contradicts, shown+" absent", shown, "", came.first, came.count)
			}
		}
	}
}

// renamed compares the name of the session cookie.
func (c *check) renamed() {
	name := c.record.Renamed
	for i := range c.record.Exchanges {
		x := &c.record.Exchanges[i]
		if name != "" && len(c.cookieNames) == 1 && name != c.cookieNames[0] && strings.HasPrefix(x.ResponseHeader.Get("Set-Cookie"), name+"=") {
			c.add(finding.Point{Place: "Set-Cookie", Aspect: finding.Cookie}, finding.Contradicts, "name "+c.cookieNames[0], "name "+name, "", x, 1)
		}
	}
}

// noCookies is a trouble of the run. In production a backend sets cookies only over https, and proxies remove some.
const noCookies = "logins succeeded and no response set a cookie: ask over https, or find out what removes it"

// unsent compares the cookies that the document declares with those that were sent.
func (c *check) unsent() {
	if cookieless := !slices.ContainsFunc(slices.Collect(maps.Values(c.cookies)), func(n *cookies) bool { return n.set > 0 }); cookieless && len(c.noSession) > 0 {
		c.add(finding.Point{Place: finding.Operation(http.MethodPost, authPath), Aspect: finding.Seen}, finding.Fault, "", noCookies, "", c.noSession[0].x, len(c.noSession))
		return
	}
	c.renamed()
	for _, l := range c.noSession {
		c.add(finding.Point{Place: l.place, Aspect: finding.Cookie}, finding.Contradicts, "Set-Cookie documented", "no cookie at a login", "", l.x, 1)
	}
	for _, place := range slices.Sorted(maps.Keys(c.cookies)) {
		n := c.cookies[place]
		point := finding.Point{Place: place, Aspect: finding.Cookie}
		declared := c.contract.Declares(place, "Set-Cookie")
		switch {
		case declared && n.set > 0:
			c.add(point, finding.Supports, "Set-Cookie documented", "Set-Cookie", "", n.first, n.set)
		case declared:
			c.add(point, finding.Contradicts, "Set-Cookie documented", "none, to requests without a cookie", "", n.first, n.asked)
		}
	}
}
