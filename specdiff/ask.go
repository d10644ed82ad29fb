package specdiff

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
	"github.com/medusa-storefront/customers-go/specdiff/route"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// ask returns the routes to ask besides those of the documents.
func (c *Config) ask() ([]route.Route, error) {
	var all []route.Route
	for _, text := range c.Ask {
		r, err := route.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUsage, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// proposeRoutes replaces what is found about the routes that were asked and that the contract lacks by one finding for each:
// with a proposed contract, or with the reason why there is none.
func proposeRoutes(r *report.Report, s Sources, routes []route.Route) {
	for _, asked := range routes {
		if asked.In(s.Contract) {
			continue
		}
		path, _, _ := strings.Cut(asked.URL, "?")
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.Place == finding.Operation(http.MethodGet, path) })
		var seen []*conform.Exchange
		var success *live.Exchange
		for i, x := range s.Record.Exchanges {
			if x.Step != live.StepAsk || x.URL != asked.URL {
				continue
			}
			seen = append(seen, x.Exchange)
			if x.Status/100 == 2 {
				success = cmp.Or(success, &s.Record.Exchanges[i])
			}
		}
		o := finding.Observation{Point: finding.Point{Place: asked.Place(), Aspect: finding.Presence}, Relation: finding.Contradicts, Document: "absent"}
		yaml, err := asked.Propose(s.Contract, seen)
		if err != nil {
			o.Aspect, o.Relation, o.Live = finding.Seen, finding.Fault, err.Error()
		} else {
			o.Live, o.Count, o.Curl = strconv.Itoa(success.Status), len(seen), s.Record.Curl(*success)
		}
		for _, f := range verdict.Join(verdict.Evidence{Contract: []finding.Observation{o}}) {
			f.YAML = yaml
			r.Findings = append([]finding.Finding{f}, r.Findings...)
		}
	}
}
