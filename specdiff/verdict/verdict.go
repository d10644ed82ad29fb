// Package verdict decides which source is wrong on each point on which the sources disagree, and what follows from
// that.
package verdict

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Evidence is what the sources say. It is without the documents that were not read.
type Evidence struct {
	Differences []compare.Difference  // of the documents
	Contract    []finding.Observation // what the backend shows about the contract
	Published   []finding.Observation // what it shows about the published document, at the contract's places
	Uses        map[string][]string   // the names of the operations that use a component of the contract
	Names       map[string]string     // the contract's operationIds, by the operations' places
	Places      map[string][]string   // the contract's places, by those of the published document
}

// Join returns one finding for each point on which the sources disagree. A document is wrong if the backend contradicts
// it. If the documents differ, the published one is also wrong if the backend was seen to do what the contract says and
// not what the published document says. What fits both documents decides nothing: that a value was never null does not
// mean that it cannot be, and an integer shows nothing about a number.
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
	}
	for _, o := range e.Contract {
		at(o.Point).contract.add(o)
	}
	for _, o := range e.Published {
		p := at(o.Point)
		ours := p.contract.contradicts
		both := ours != nil && o.Relation == finding.Contradicts && o.Document == ours.Document && o.Live == ours.Live
		if !o.Elsewhere || p.difference != nil || both { // if the documents agree, it was elsewhere
			p.published.add(o)
		}
	}
	published := inverted(e.Places)
	var all []finding.Finding
	for _, id := range slices.Sorted(maps.Keys(points)) {
		if f, ok := points[id].finding(); ok {
			if f.Uses == nil {
				f.Uses = e.Uses[f.Component()]
			}
			f.Operation = e.Names[f.Point.Operation()]
			if f.Within != "" {
				f.Uses = []string{cmp.Or(e.Names["POST /store/auth"], "POST /store/auth"), cmp.Or(e.Names["GET /store/auth"], "GET /store/auth")}
			}
			f.Go, f.Change = meaning(f)
			of := client(f)
			f.Breaking, f.Client = of.breaks, of.client
			f.Elsewhere = lookUp(f.Place, published)
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding.Finding) int { return cmp.Compare(rank(a.Wrong), rank(b.Wrong)) })
	return all
}

// inverted returns the published document's places, by those of the contract.
func inverted(places map[string][]string) map[string][]string {
	all := map[string][]string{}
	for _, theirs := range slices.Sorted(maps.Keys(places)) {
		for _, ours := range places[theirs] {
			all[ours] = append(all[ours], theirs)
		}
	}
	return all
}

// rank returns the order of a verdict in a report: what has to be done is first.
func rank(w finding.Wrong) int {
	return slices.Index([]finding.Wrong{finding.Unseen, finding.Contract, finding.Documents, finding.Backend, finding.Undecided, finding.Published}, w)
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
	case fault != nil && p.Aspect == finding.Seen:
		f.Wrong, seen = finding.Unseen, fault
	case fault != nil:
		f.Wrong, seen = finding.Backend, fault
	case p.contract.unreadable() || p.published.unreadable():
		f.Wrong, seen = finding.Backend, cmp.Or(p.contract.contradicts, p.published.contradicts)
	case p.contract.contradicts != nil && p.published.contradicts != nil:
		f.Wrong, seen = finding.Documents, p.contract.contradicts
	case p.contract.contradicts != nil:
		f.Wrong, seen = finding.Contract, p.contract.contradicts
	case p.published.contradicts != nil:
		f.Wrong, seen = finding.Published, p.published.contradicts
	case p.difference != nil && p.contract.supports != nil && p.published.supports == nil:
		f.Wrong, seen = finding.Published, p.contract.supports
	case p.difference != nil && p.Aspect == finding.OperationID:
		f.Wrong = finding.Contract // the name is the published document's
	case p.difference != nil:
		f.Wrong = finding.Undecided
		if seen = cmp.Or(p.published.supports, p.contract.supports); seen != nil && seen.Elsewhere {
			seen = nil
		}
	default:
		return f, false
	}
	if seen != nil {
		f.Live, f.Example, f.Curl, f.Count, f.Within = seen.Live, seen.Example, seen.Curl, seen.Count, seen.Within
	}
	if d := p.difference; d != nil {
		f.Contract, f.Published, f.Uses = d.Contract, d.Published, d.Uses
	}
	f.Contract = cmp.Or(f.Contract, p.contract.says())
	f.Published = cmp.Or(f.Published, p.published.says())
	if f.Wrong == finding.Published && unproven(f) != "" && (f.Aspect == finding.Bounds || p.contract.supports == nil) {
		f.Wrong = finding.Undecided
	}
	return f, true
}

// unreadable reports whether the backend sent what no document should describe: as JSON what is none or is not UTF-8, or
// two content types.
func (s *shown) unreadable() bool {
	o := s.contradicts
	return o != nil && o.Aspect == finding.ContentType && slices.Contains([]string{"JSON", "UTF-8", "one Content-Type"}, o.Document)
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
// [compare.Result]. An observation at an unknown place keeps it. If the contract has several places for one, it may
// have been seen at another of them.
func AtPlaces(observations []finding.Observation, places map[string][]string) []finding.Observation {
	var all []finding.Observation
	for _, o := range observations {
		at := lookUp(o.Place, places)
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
	for end := len(place); end > 0; end = strings.LastIndexAny(place[:end], ".[| ") {
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
