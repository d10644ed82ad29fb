package live

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// outcome is how the backend responded to a probe, compared with its base.
type outcome int

const (
	unclear  outcome = iota // refused for another reason than the form of the request
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

// probe compares the objections of the document to a probe with those of the backend. The ways to write several values
// are compared by styles, since all of them have to be known.
func (c *check) probe(operation string, x *Exchange) {
	p := x.Probe
	if c.ignored(operation, x) {
		return
	}
	objections := c.objections(x)
	point := c.point(operation, p)
	document := "allowed"
	if len(objections) > 0 {
		first := telling(objections)[0]
		document = cmp.Or(first.Want, "forbidden")
		if p.In == "query" && first.Kind == conform.Undocumented {
			if field, _, has := c.contract.FieldPlace(operation, p.In, p.Path); has { // written in another way
				if p.Aspect == finding.Presence && outcomeOf(x) == accepted {
					c.add(finding.Point{Place: field, Aspect: finding.Type}, finding.Contradicts, "an object", "accepted: a plain value", x.URL, x, 1)
				}
				return
			}
		}
		// A document that forbids an ordinary value lacks the parameter, which is another point than the values that it
		// takes.
		if p.Aspect != finding.Open && p.Aspect != finding.Presence {
			point = ofRequest(first)
		}
	}
	if c.signed(point, x) {
		return
	}
	got := outcomeOf(x)
	live := map[outcome]string{accepted: "accepted", refused: "refused", failed: "fails"}[got] + ": " + p.Variant
	example := fmt.Sprintf("%s: %d", p.Variant, x.Status)
	if got == failed {
		c.add(finding.Point{Place: point.Place, Aspect: finding.Refusal}, finding.Fault, "", strconv.Itoa(x.Status)+": "+p.Variant, example, x, 1)
	}
	switch {
	case got == unclear || p.Aspect == finding.Style:
	case got == failed && p.Aspect == finding.Enum && len(objections) == 0: // such as names of columns, which no document can list
	case (got == accepted) == (len(objections) == 0):
		c.add(point, finding.Supports, document, live, example, x, 1)
	default:
		c.add(point, finding.Contradicts, document, live, example, x, 1)
	}
}

// ignored reports whether a query parameter had no effect at an operation that takes parameters of any name, since the
// response was that to an unknown name. Such a parameter is as good as absent, and what it takes shows nothing.
func (c *check) ignored(operation string, x *Exchange) bool {
	p := x.Probe
	if p.Variant == unknownName {
		if outcomeOf(x) == accepted {
			c.ignores[operation] = x.ResponseBody
		}
		return true
	}
	with, ignores := c.ignores[operation]
	if p.In != "query" || !ignores || outcomeOf(x) != accepted || !bytes.Equal(x.ResponseBody, with) {
		return false
	}
	if field, _, has := c.contract.FieldPlace(operation, p.In, p.Path); has {
		c.add(finding.Point{Place: field, Aspect: finding.Presence}, finding.Contradicts, "documented", "absent", "ignored, as a parameter of any name is", x, 1)
	}
	return true
}

// signed compares what a document says about names of columns with a sign with what the backend takes. A failure is one
// finding, which names the sign.
func (c *check) signed(point finding.Point, x *Exchange) bool {
	if v := x.Probe.Variant; v != plusName && v != minusName || outcomeOf(x) != failed {
		return false
	}
	c.add(point, finding.Contradicts, "allowed", "fails: "+x.Probe.Variant, x.URL, x, 1)
	return true
}

// objections returns the findings about a probe that its base does not have.
func (c *check) objections(x *Exchange) []conform.Finding {
	base := c.requests[x.Probe.Base]
	return slices.DeleteFunc(slices.Clone(c.requests[x.Exchange]), func(f conform.Finding) bool {
		return slices.ContainsFunc(base, func(b conform.Finding) bool { return b.Kind == f.Kind && b.Schema == f.Schema && b.Path == f.Path })
	})
}

// point returns the point that a probe is about.
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

// styles compares how a document wants the values of a parameter to be written with the ways that the backend accepts.
// It is no contradiction that the backend accepts others too.
func (c *check) styles() {
	type parameter struct{ operation, name string }
	ways := map[parameter][]*Exchange{}
	lost := map[parameter][]string{} // the ways whose responses show nothing
	for i := range c.record.Exchanges {
		x := &c.record.Exchanges[i]
		if x.Probe == nil || x.Probe.Aspect != finding.Style {
			continue
		}
		p := parameter{x.Probe.Operation, x.Probe.Path[0]}
		if _, ok := c.requests[x.Exchange]; ok {
			ways[p] = append(ways[p], x)
		} else if c.aside[x] {
			lost[p] = append(lost[p], x.Probe.Variant)
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
		judged := slices.ContainsFunc(lost[p], func(way string) bool { return isWay(way, want) })
		for _, x := range all {
			objections := c.objections(x)
			switch took := outcomeOf(x) == accepted; {
			case !isWay(x.Probe.Variant, want):
			case len(objections) > 0 && took: // it is written right, and something else is not
				first := telling(objections)[0]
				c.add(ofRequest(first), finding.Contradicts, cmp.Or(first.Want, "forbidden"), "accepted", x.URL, x, 1)
			case len(objections) > 0:
			case took:
				judged = true
				c.add(point, finding.Supports, want, "accepted", x.URL, x, 1)
			default:
				judged = true
				c.add(point, finding.Contradicts, want, strconv.Itoa(x.Status)+"; accepted: "+cmp.Or(strings.Join(works, ", "), "none of the ways that were tried"), x.URL, x, 1)
			}
		}
		if !judged && len(works) > 0 { // no probe is written as the document wants it
			c.add(point, finding.Contradicts, want, "accepted: "+strings.Join(works, ", "), all[0].URL, all[0], 1)
		}
	}
}

// isWay reports whether a variant is written in a way, such as "deepObject gt" in deepObject.
func isWay(variant, way string) bool { return variant == way || strings.HasPrefix(variant, way+" ") }
