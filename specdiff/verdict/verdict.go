// Package verdict decides which source is wrong on each point on which the sources disagree, and what follows from
// that.
package verdict

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Evidence is what the sources say. It is without the documents that were not read.
type Evidence struct {
	Differences []compare.Difference  // of the documents
	Contract    []finding.Observation // what the backend shows about the contract
	Published   []finding.Observation // what it shows about the published document, at the contract's places
	Seen        map[conform.Sight]int // how many exchanges showed what the contract declares
	Uses        map[string][]string   // the names of the operations that use a component of the contract
	Names       map[string]string     // the contract's operationIds, by the operations' places
}

// Join returns one finding for each point on which the sources disagree. A document is wrong if the backend contradicts
// it. If the documents differ, the published one is also wrong if the backend was seen to do what the contract says, or
// if the contract is stricter and every response conformed to it. The contract is never wrong because something was not
// seen: that a value was never null does not mean that it cannot be.
func Join(e Evidence) []finding.Finding {
	points := map[string]*point{}
	at := func(p finding.Point) *point {
		if points[p.ID()] == nil {
			points[p.ID()] = &point{Point: p}
		}
		return points[p.ID()]
	}
	for _, d := range e.Differences {
		at(d.Point).difference = &d
		if o, ok := strict(d, e.Seen); ok {
			at(d.Point).contract.add(o)
		}
	}
	for _, o := range e.Contract {
		at(o.Point).contract.add(o)
	}
	for _, o := range e.Published {
		if p := at(o.Point); !o.Elsewhere || p.difference != nil { // if the documents agree, it was elsewhere
			p.published.add(o)
		}
	}
	var all []finding.Finding
	for _, id := range slices.Sorted(maps.Keys(points)) {
		if f, ok := points[id].finding(); ok {
			if f.Uses == nil {
				f.Uses = e.Uses[f.Component()]
			}
			f.Operation = e.Names[f.Point.Operation()]
			f.Go, f.Change = meaning(f)
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding.Finding) int { return cmp.Compare(rank(a.Wrong), rank(b.Wrong)) })
	return all
}

// strict returns an observation that supports the contract, if the contract is stricter than the published document and
// every response conformed to it.
func strict(d compare.Difference, seen map[conform.Sight]int) (finding.Observation, bool) {
	there, values := seen[conform.Sight{What: conform.Property, Loc: d.Place}], seen[conform.Sight{What: conform.Valued, Loc: d.Place}]
	o := finding.Observation{Point: d.Point, Relation: finding.Supports, Live: "as the contract says", Count: values}
	holds := values > 0
	switch d.Aspect {
	case finding.Presence:
		o.Live, o.Count = "never there", objects(d.Place, seen)
		holds = d.Contract == compare.Absent && kindOf(d.Place) == schema && o.Count > 0
	case finding.Required:
		o.Live, o.Count = "always there", there
		holds = d.Contract == "required" && there > 0
	case finding.Nullable:
		o.Live = "never null"
		holds = holds && strings.HasPrefix(d.Contract, "not null")
	case finding.Type: // values that fit both types do not support the wider one
		holds = holds && d.Contract != "anything" && (d.Contract != "number" || d.Published != "integer")
	case finding.Format, finding.Bounds:
		holds = holds && d.Contract != "none"
	default:
		holds = false
	}
	return o, holds
}

// objects returns how many objects were seen that the property would be in.
func objects(property string, seen map[conform.Sight]int) int {
	most := 0
	object := parent(property)
	for sight, n := range seen {
		if sight.What == conform.Property && parent(sight.Loc) == object {
			most = max(most, n)
		}
	}
	return most
}

// parent returns the place of the object that a property is in.
func parent(place string) string { return place[:max(strings.LastIndex(place, "."), 0)] }

// rank returns the order of a verdict in a report: what has to be done is first.
func rank(w finding.Wrong) int {
	return slices.Index([]finding.Wrong{finding.Contract, finding.Documents, finding.Backend, finding.Undecided, finding.Published}, w)
}

// point is what is known about a point.
type point struct {
	finding.Point
	difference *compare.Difference
	contract   shown
	published  shown
}

// shown is what the backend showed about one point of one document.
type shown struct{ contradicts, supports, fault *finding.Observation }

func (s *shown) add(o finding.Observation) {
	slot := map[finding.Relation]**finding.Observation{
		finding.Contradicts: &s.contradicts, finding.Supports: &s.supports, finding.Fault: &s.fault,
	}[o.Relation]
	switch {
	case slot == nil:
	case *slot == nil:
		*slot = &o
	default: // seen in several ways, or at several places of the published document
		(*slot).Count += o.Count
		(*slot).Curl, (*slot).Example = cmp.Or((*slot).Curl, o.Curl), cmp.Or((*slot).Example, o.Example)
		if !strings.Contains((*slot).Live, o.Live) {
			(*slot).Live = strings.TrimPrefix((*slot).Live+", "+o.Live, ", ")
		}
	}
}

// finding returns the finding about the point. There is none if the documents agree and the backend conforms to them.
func (p *point) finding() (finding.Finding, bool) {
	f := finding.Finding{Point: p.Point}
	var seen *finding.Observation
	switch fault := cmp.Or(p.contract.fault, p.published.fault); {
	case fault != nil:
		f.Wrong, seen = finding.Backend, fault
	case p.contract.contradicts != nil && p.published.contradicts != nil:
		f.Wrong, seen = finding.Documents, p.contract.contradicts
	case p.contract.contradicts != nil:
		f.Wrong, seen = finding.Contract, p.contract.contradicts
	case p.published.contradicts != nil:
		f.Wrong, seen = finding.Published, p.published.contradicts
	case p.difference != nil && p.contract.supports != nil:
		f.Wrong, seen = finding.Published, p.contract.supports
	case p.difference != nil && p.Aspect == finding.OperationID:
		f.Wrong = finding.Contract // the name is the published document's
	case p.difference != nil:
		f.Wrong, seen = finding.Undecided, p.published.supports
	default:
		return f, false
	}
	if seen != nil {
		f.Live, f.Example, f.Curl, f.Count = seen.Live, seen.Example, seen.Curl, seen.Count
	}
	if d := p.difference; d != nil {
		f.Contract, f.Published, f.Uses = d.Contract, d.Published, d.Uses
	}
	f.Contract = cmp.Or(f.Contract, p.contract.says())
	f.Published = cmp.Or(f.Published, p.published.says())
	return f, true
}

// says returns what the document says, as far as an observation quotes it.
func (s *shown) says() string {
	for _, o := range []*finding.Observation{s.contradicts, s.fault, s.supports} {
		if o != nil && o.Document != "" {
			return o.Document
		}
	}
	return ""
}

// AtPlaces moves observations about the published document to the places of the contract, by the places of a
// [compare.Result]. An observation at an unknown place keeps it. If the contract has several places for one, support is
// left out, because it may have been seen at another of them.
func AtPlaces(observations []finding.Observation, places map[string][]string) []finding.Observation {
	var all []finding.Observation
	for _, o := range observations {
		at := lookUp(o.Place, places)
		if len(at) > 1 && o.Relation == finding.Supports {
			continue
		}
		o.Elsewhere = len(at) > 1
		for _, place := range at {
			o.Place = place
			all = append(all, o)
		}
	}
	return all
}

// lookUp returns the contract's places for a place, or for the longest part of it that is known.
func lookUp(place string, places map[string][]string) []string {
	for end := len(place); end > 0; end = strings.LastIndexAny(place[:end], ".[|") {
		if known := places[place[:end]]; known != nil {
			var all []string
			for _, k := range known {
				all = append(all, k+place[end:])
			}
			return all
		}
	}
	return []string{place}
}
