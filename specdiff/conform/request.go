package conform

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// request compares the request with the contract.
func (e *exchange) request(query string) *walk {
	w := e.contract.newWalk(true)
	e.parameters(w, query)
	e.requestBody(w)
	e.credentials(w)
	return w
}

// succeeded adds the findings about a request that succeeded. The contract must allow it, unless it leaves the contract
// on purpose.
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
	kind, sh, ok := ofMedia(e.op.bodies, given)
	if !ok {
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
