package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// edit is a command that edits the file of accepted deviations.
type edit struct {
	name    string // "accept", "prune", or "" for none
	ids     []string
	why     accept.Why
	expires string
}

// command takes the name of a command and the ids after it, and returns the other arguments.
func (e *edit) command(args []string) []string {
	if len(args) == 0 || args[0] != "accept" && args[0] != "prune" {
		return args
	}
	e.name, args = args[0], args[1:]
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		e.ids, args = append(e.ids, args[0]), args[1:]
	}
	return args
}

func (e *edit) flags(f *flag.FlagSet) {
	f.StringVar(&e.why.Reason, "reason", "", "accept: why the findings are to stay")
	f.StringVar(&e.why.Evidence, "evidence", "", "accept: how that is known")
	f.StringVar(&e.why.Versions, "versions", "", "accept: the `versions` of the backend that it is for (default that of the run)")
	f.StringVar(&e.expires, "expires", "", "accept: the last `day` on which it stands, as 2027-01-31 (default in a year)")
}

func (e *edit) check(accepted string) error {
	if e.name == "" {
		return nil
	}
	e.why.Expires = time.Now().AddDate(1, 0, 0)
	if e.expires != "" {
		day, err := time.Parse(time.DateOnly, e.expires)
		if err != nil {
			return fmt.Errorf("-expires is %q, want a day as 2027-01-31", e.expires)
		}
		e.why.Expires = day
	}
	switch {
	case accepted == "":
		return fmt.Errorf("%s needs the file of accepted deviations: -accepted accepted.yaml", e.name)
	case e.name == "prune" && len(e.ids) > 0:
		return errors.New("prune takes no ids: it removes those that no finding has")
	case e.name == "accept" && (len(e.ids) == 0 || e.why.Reason == "" || e.why.Evidence == ""):
		return errors.New("accept needs ids, -reason and -evidence, as: accept 'Order.email#format' -reason … -evidence …")
	}
	return nil
}

func (e *edit) run(r *report.Report, file string, stdout io.Writer) error {
	if r.Sources.Contract == "" || r.Sources.Published == "" || r.Sources.Backend == "" {
		return fmt.Errorf("%s needs all three sources: with fewer, findings are others", e.name)
	}
	if e.name == "prune" {
		n, err := accept.Prune(file, r.Problems)
		_, _ = fmt.Fprintf(stdout, "%d ids removed from %s\n", n, file)
		return err
	}
	if e.why.Versions == "" {
		e.why.Versions = r.Sources.Version
	}
	var chosen []finding.Finding
	for _, id := range e.ids {
		n := len(chosen)
		for _, f := range r.Unexplained() {
			if accept.Covers(id, f.ID()) && !slices.ContainsFunc(chosen, func(o finding.Finding) bool { return o.ID() == f.ID() }) {
				chosen = append(chosen, f)
			}
		}
		if len(chosen) == n {
			return fmt.Errorf("no finding that is to be dealt with has the id %s", id)
		}
	}
	n, err := accept.Add(file, chosen, e.why)
	_, _ = fmt.Fprintf(stdout, "%d ids added to %s\n", n, file)
	return err
}
