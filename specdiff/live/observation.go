package live

import (
	"cmp"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

type check struct {
	record      *Record
	contract    *conform.Contract
	cookieNames []string         // of the session, in the document
	results     []conform.Result // of the exchanges
	seen        map[conform.Sight]sighting
	all         map[key]*finding.Observation
	shown       map[key][]string
	headers     map[header]sighting
	statuses    map[string]sighting                     // of responses, by their places
	cookies     map[string]*cookies                     // by the places of responses
	noSession   []login                                 // that set no cookie
	requests    map[*conform.Exchange][]conform.Finding // the document's findings about each request
	lacks       map[string]bool                         // the operations whose routes the backend does not have
	troubles    map[string]map[string]sighting          // responses that are not the backend's, by operation and what they are
	aside       map[*Exchange]bool                      // the exchanges that show nothing about the document
	ignores     map[string][]byte                       // what operations that take any query parameter respond to an unknown one
}

// sighting is how often something was seen, and in which exchange first.
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

// header is a header of a response.
type header struct{ place, name string }

type key struct {
	finding.Point
	relation finding.Relation
	document string
}

// cookies counts the responses to requests without a cookie, and those of them that set one.
type cookies struct {
	asked, set int
	first      *Exchange
}

// login is a login that succeeded, and the place of its response.
type login struct {
	place string
	x     *Exchange
}

// add adds an observation, which can be seen again by sending x, if it is not nil.
func (c *check) add(p finding.Point, relation finding.Relation, document, live, example string, x *Exchange, count int) {
	if component, name, ok := strings.Cut(p.Place, "."); ok { // which may be an email
		p.Place = component + "." + replaceEmails(name, func(string) string { return "EMAIL" })
	}
	k := key{p, relation, document}
	o := c.all[k]
	if o == nil {
		o = &finding.Observation{Point: p, Relation: relation, Document: document}
		if strings.HasPrefix(example, finding.LoginOrders+"[]") {
			o.Within = finding.LoginOrders
		}
		if o.Example = c.record.hidden(example); x != nil {
			o.Curl = c.record.Curl(*x)
		}
		c.all[k] = o
	}
	if !strings.HasPrefix(example, cmp.Or(o.Within, example)) {
		o.Within = ""
	}
	o.Count += count
	if shown := c.shown[k]; live != "" && !slices.Contains(shown, live) && len(shown) < mostShown {
		c.shown[k] = append(shown, live)
		o.Live = c.record.hidden(strings.Join(c.shown[k], "; "))
	}
}

// mostShown is how many different responses are named for one point.
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
