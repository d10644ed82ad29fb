package live

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Result is what a record says about a document.
type Result struct {
	// Observations are in the order of their points' ids.
	Observations []finding.Observation
	// Unchecked is what the document says that is not checked.
	Unchecked []conform.Note
	// Seen is how many exchanges showed what the document declares.
	Seen map[conform.Sight]int

	check *check
}

// Coverage returns how much of what the document declares the record has shown, in one line for each kind of thing.
func (r Result) Coverage() []conform.Coverage {
	tally := conform.NewTally(r.check.contract)
	for i, result := range r.check.results {
		tally.Add(r.check.record.Exchanges[i].Exchange, result)
	}
	return tally.Coverage()
}

// Check holds a record against a document. It sends nothing.
func Check(record *Record, doc *openapi3.T) Result {
	contract, notes := conform.New(doc)
	c := &check{
		record: record, contract: contract, seen: map[conform.Sight]sighting{},
		all: map[key]*finding.Observation{}, shown: map[key][]string{}, cookies: map[string]*cookies{}, headers: map[header]sighting{},
		requests: map[*conform.Exchange][]conform.Finding{},
	}
	for i := range record.Exchanges {
		c.results = append(c.results, c.exchange(&record.Exchanges[i]))
	}
	c.styles()
	c.sights()
	c.came()
	c.unsent()
	counts := make(map[conform.Sight]int, len(c.seen))
	for sight, seen := range c.seen {
		counts[sight] = seen.count
	}
	return Result{c.sorted(), notes, counts, c}
}

type check struct {
	record   *Record
	contract *conform.Contract
	results  []conform.Result // of the exchanges
	seen     map[conform.Sight]sighting
	all      map[key]*finding.Observation
	shown    map[key][]string
	headers  map[header]sighting
	cookies  map[string]*cookies                     // by place of a response
	requests map[*conform.Exchange][]conform.Finding // what the document has against each request
}

// sighting is how often something was seen, and first where.
type sighting struct {
	count int
	first *Exchange
}

func (s sighting) again(x *Exchange) sighting {
	if s.first == nil {
		s.first = x
	}
	s.count++
	return s
}

// header is one that came with a response.
type header struct{ place, name string }

type key struct {
	finding.Point
	relation finding.Relation
	document string
}

// add notes an observation. x is where it can be seen again.
func (c *check) add(p finding.Point, relation finding.Relation, document, live, example string, x *Exchange, count int) {
	k := key{p, relation, document}
	o := c.all[k]
	if o == nil {
		o = &finding.Observation{Point: p, Relation: relation, Document: document}
		o.Example, o.Curl = c.record.hidden(example), c.record.Curl(*x)
		c.all[k] = o
	}
	o.Count += count
	if shown := c.shown[k]; live != "" && !slices.Contains(shown, live) && len(shown) < mostShown {
		c.shown[k] = append(shown, live)
		o.Live = c.record.hidden(strings.Join(c.shown[k], "; "))
	}
}

// mostShown is how many different things that the backend did are named for one point.
const mostShown = 6

func (c *check) sorted() []finding.Observation {
	all := make([]finding.Observation, 0, len(c.all))
	for _, o := range c.all {
		all = append(all, *o)
	}
	slices.SortFunc(all, func(a, b finding.Observation) int {
		return cmp.Or(cmp.Compare(a.ID(), b.ID()), cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.Document, b.Document))
	})
	return all
}

func (c *check) exchange(x *Exchange) conform.Result {
	result := c.contract.CheckResponse(x.Exchange)
	if result.Operation == "" {
		c.unknownRoute(x)
		return result
	}
	request := c.contract.CheckRequest(x.Exchange)
	switch {
	case x.Status/100 != 2:
	case len(request.Findings) > 0 && x.Probe != nil:
		// What a request gets that the document forbids is not the document's business.
		result.Findings = nil
	default:
		result.Seen = append(result.Seen, request.Seen...)
	}
	c.requests[x.Exchange] = request.Findings
	for _, f := range result.Findings {
		point, live := ofResponse(result.Place, f)
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
	for name := range x.ResponseHeader {
		h := header{finding.Response(result.Place, strconv.Itoa(x.Status)), name}
		c.headers[h] = c.headers[h].again(x)
	}
	if x.Probe != nil {
		c.probe(result.Place, x)
	} else if x.Status/100 == 2 {
		for _, f := range telling(request.Findings) {
			c.add(ofRequest(f), finding.Contradicts, cmp.Or(f.Want, "absent"), "accepted", where(f), x, 1)
		}
	}
	return result
}

// unknownRoute is a response of a route that the document lacks. The backend's way to say that it has no route either is a
// page.
func (c *check) unknownRoute(x *Exchange) {
	path, _, _ := strings.Cut(x.URL, "?")
	if x.Status == http.StatusNotFound && strings.HasPrefix(x.ResponseHeader.Get("Content-Type"), "text/html") {
		return
	}
	c.add(finding.Point{Place: finding.Operation(x.Method, template(path)), Aspect: finding.Presence}, finding.Contradicts, "absent", strconv.Itoa(x.Status), "", x, 1)
}

// template is a route's path with names of its parameters, as far as this package asks for any.
func template(path string) string {
	switch {
	case strings.HasPrefix(path, addressesPath+"/"):
		return addressesPath + "/{address_id}"
	case strings.HasPrefix(path, authPath+"/") && path != bearerPath:
		return authPath + "/{email}"
	}
	return path
}

func where(f conform.Finding) string {
	return strings.TrimPrefix(f.Path+": "+f.Detail, ": ")
}

// ofResponse is which point a finding about a response is about, and what the backend did.
func ofResponse(operation string, f conform.Finding) (finding.Point, string) {
	response := finding.Response(operation, strconv.Itoa(f.Status))
	kind, _, _ := strings.Cut(f.Detail, " ")
	at := func(place string, aspect finding.Aspect, live string) (finding.Point, string) {
		return finding.Point{Place: place, Aspect: aspect}, live
	}
	switch f.Kind { //nolint:exhaustive // the others are about the body as a whole
	case conform.Undocumented:
		return at(f.Schema, finding.Presence, kind)
	case conform.Missing:
		if f.Schema == "" {
			return at(response, finding.Header, "not there")
		}
		return at(f.Schema, finding.Required, "not there")
	case conform.WrongNull:
		return at(f.Schema, finding.Nullable, "null")
	case conform.WrongType:
		return at(f.Schema, finding.Type, kind)
	case conform.WrongFormat:
		return at(f.Schema, finding.Format, "another format")
	case conform.UnknownValue:
		return at(f.Schema, finding.Enum, f.Detail)
	case conform.OutOfBounds:
		return at(f.Schema, finding.Bounds, f.Detail)
	case conform.NoBranch:
		return at(f.Schema, finding.Branches, f.Detail)
	case conform.UndocumentedStatus:
		return at(response, finding.Status, f.Detail)
	case conform.UndocumentedHeader:
		return at(response, finding.Cookie, f.Detail)
	case conform.WrongCookie:
		return at("Set-Cookie", finding.Cookie, f.Detail)
	}
	if f.Kind == conform.UndocumentedBody {
		return at(response, finding.ContentType, "a body")
	}
	return at(response, finding.ContentType, mediaType(f.Detail))
}

// mediaType is the plain type of one that is quoted and has parameters.
func mediaType(detail string) string {
	quoted, err := strconv.Unquote(detail)
	switch {
	case err != nil:
		return detail
	case quoted == "":
		return "a body without a content type"
	}
	kind, _, _ := strings.Cut(quoted, ";")
	return kind
}

// cookie counts the responses that should set a cookie because the document says so and none was sent.
func (c *check) cookie(operation string, x *Exchange) {
	if x.RequestHeader.Get("Cookie") != "" {
		return
	}
	place := finding.Response(operation, strconv.Itoa(x.Status))
	n := c.cookies[place]
	if n == nil {
		n = &cookies{first: x}
		c.cookies[place] = n
	}
	n.asked++
	if x.ResponseHeader.Get("Set-Cookie") != "" {
		n.set++
	}
}

// cookies counts the responses to requests that sent no cookie, and those that set one.
type cookies struct {
	asked, set int
	first      *Exchange
}

// ofRequest is which point a finding about a request is about.
func ofRequest(f conform.Finding) finding.Point {
	aspects := map[conform.Kind]finding.Aspect{
		conform.Undocumented: finding.Presence, conform.Missing: finding.Required, conform.WrongNull: finding.Nullable,
		conform.WrongType: finding.Type, conform.WrongFormat: finding.Format, conform.UnknownValue: finding.Enum,
		conform.OutOfBounds: finding.Bounds, conform.NoBranch: finding.Branches, conform.WrongStyle: finding.Style,
		conform.NoCredentials: finding.Security, conform.UndocumentedBody: finding.Presence,
	}
	return finding.Point{Place: cmp.Or(f.Schema, f.Path), Aspect: cmp.Or(aspects[f.Kind], finding.ContentType)}
}

// outcome is what became of a probe, compared with its base.
type outcome int

const (
	unclear  outcome = iota // refused for a reason that says nothing about the request's form
	accepted                // the status is that of its base
	refused                 // by 400, or by 401 where it had no credentials
	failed                  // by 500
)

func outcomeOf(x *Exchange) outcome {
	switch {
	case x.Status >= http.StatusInternalServerError:
		return failed
	case x.Status == http.StatusBadRequest, x.Status == http.StatusUnauthorized && x.Probe.Aspect == finding.Security:
		return refused
	case x.Status == x.Probe.Base.Status:
		return accepted
	}
	return unclear
}

// probe compares what a document has against a probe with what the backend has against it. How several values are
// written is looked at later, because all ways have to be known for that.
func (c *check) probe(operation string, x *Exchange) {
	p := x.Probe
	objections := c.objections(x)
	point := c.point(operation, p)
	document := "allowed"
	if len(objections) > 0 {
		first := telling(objections)[0]
		document = cmp.Or(first.Want, "forbidden")
		if p.In == "query" && first.Kind == conform.Undocumented {
			if _, _, has := c.contract.FieldPlace(operation, p.In, p.Path); has {
				return // the document has the parameter, but not written like this
			}
		}
		// A document that forbids an ordinary value does not have the parameter that the backend has; what else of its
		// type it takes is another point.
		if p.Aspect != finding.Open && p.Aspect != finding.Presence {
			point = ofRequest(first)
		}
	}
	got := outcomeOf(x)
	live := map[outcome]string{accepted: "accepted", refused: "refused", failed: "fails"}[got] + ": " + p.Variant
	example := fmt.Sprintf("%s: %d", p.Variant, x.Status)
	if got == failed {
		c.add(finding.Point{Place: point.Place, Aspect: finding.Refusal}, finding.Fault, "", strconv.Itoa(x.Status)+": "+p.Variant, example, x, 1)
	}
	switch {
	case got == unclear || p.Aspect == finding.Style:
	case got == failed && p.Aspect == finding.Enum && len(objections) == 0: // names that are looked up; no document can list them
	case (got == accepted) == (len(objections) == 0):
		c.add(point, finding.Supports, document, live, example, x, 1)
	default:
		c.add(point, finding.Contradicts, document, live, example, x, 1)
	}
}

// objections are what the document has against a probe and not against its base.
func (c *check) objections(x *Exchange) []conform.Finding {
	base := c.requests[x.Probe.Base]
	return slices.DeleteFunc(slices.Clone(c.requests[x.Exchange]), func(f conform.Finding) bool {
		return slices.ContainsFunc(base, func(b conform.Finding) bool { return b.Kind == f.Kind && b.Schema == f.Schema && b.Path == f.Path })
	})
}

// point is what a probe is about.
func (c *check) point(operation string, p *Probe) finding.Point {
	if p.In == "header" {
		return finding.Point{Place: operation, Aspect: p.Aspect}
	}
	field, schema, _ := c.contract.FieldPlace(operation, p.In, p.Path)
	place := schema
	switch {
	case p.Aspect == finding.Nullable && len(p.Path) == 0:
		place = finding.Media(field, "application/json")
	case slices.Contains([]finding.Aspect{finding.Nullable, finding.Required, finding.Presence, finding.ContentType, finding.Style}, p.Aspect) && p.Variant != emptyObject:
		place = field
	}
	return finding.Point{Place: place, Aspect: p.Aspect}
}

// telling drops that no branch of several fits where it is followed by why the closest one does not.
func telling(findings []conform.Finding) []conform.Finding {
	rest := slices.DeleteFunc(slices.Clone(findings), func(f conform.Finding) bool { return f.Kind == conform.NoBranch })
	if len(rest) == 0 {
		return findings
	}
	return rest
}

// styles compares the way in which a document wants a parameter's values to be written with the ways that the backend
// takes. That it takes others as well is no contradiction.
func (c *check) styles() {
	type parameter struct{ operation, name string }
	ways := map[parameter][]*Exchange{}
	for i := range c.record.Exchanges {
		x := &c.record.Exchanges[i]
		if _, ok := c.requests[x.Exchange]; ok && x.Probe != nil && x.Probe.Aspect == finding.Style {
			p := parameter{x.Probe.Operation, x.Probe.Path[0]}
			ways[p] = append(ways[p], x)
		}
	}
	for p, all := range ways {
		want := string(c.contract.Written(p.operation, p.name))
		if want == "" {
			continue
		}
		var works []string
		for _, x := range all {
			if outcomeOf(x) == accepted {
				works = append(works, x.Probe.Variant)
			}
		}
		point := finding.Point{Place: finding.Parameter(p.operation, "query", p.name), Aspect: finding.Style}
		judged := false
		for _, x := range all {
			objections := c.objections(x)
			switch took := outcomeOf(x) == accepted; {
			case x.Probe.Variant != want && !strings.HasPrefix(x.Probe.Variant, want+" "):
			case len(objections) > 0 && took: // the way is right, and something else is not
				first := telling(objections)[0]
				c.add(ofRequest(first), finding.Contradicts, cmp.Or(first.Want, "forbidden"), "accepted", x.URL, x, 1)
			case len(objections) > 0:
			case took:
				judged = true
				c.add(point, finding.Supports, want, "accepted", x.URL, x, 1)
			default:
				judged = true
				c.add(point, finding.Contradicts, want, strconv.Itoa(x.Status)+"; accepted: "+strings.Join(works, ", "), x.URL, x, 1)
			}
		}
		if !judged && len(works) > 0 { // the document's way is none that anybody would try
			c.add(point, finding.Contradicts, want, "accepted: "+strings.Join(works, ", "), all[0].URL, all[0], 1)
		}
	}
}

// sights turns what was seen, and never contradicted, into support for what the document says.
func (c *check) sights() {
	for sight, seen := range c.seen {
		support := func(aspect finding.Aspect, document, live string) {
			c.add(finding.Point{Place: sight.Loc, Aspect: aspect}, finding.Supports, document, live, "", seen.first, seen.count)
		}
		switch sight.What { //nolint:exhaustive // the others say nothing about the document
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

// came is about the headers that the document declares and that were there; cookies are looked at elsewhere.
func (c *check) came() {
	for h, seen := range c.headers {
		if h.name != "Set-Cookie" && c.contract.Declares(h.place, h.name) {
			c.add(finding.Point{Place: h.place, Aspect: finding.Header}, finding.Supports, h.name+" documented", h.name, "", seen.first, seen.count)
		}
	}
}

// unsent is about what the document says that comes and did not come.
func (c *check) unsent() {
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
