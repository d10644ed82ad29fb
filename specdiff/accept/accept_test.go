package accept_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

const entry = `
accepted:
  - ids: ['Order.email#format', '*.metadata#type', 'GET * 409#status']
    wrong: undecided
    reason: odd addresses exist
    evidence: seen in a shop
    versions: 1.20.*, 1.19.3
    expires: 2027-01-31
`

func load(t *testing.T, text string) (*accept.File, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "accepted.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return accept.Load(name)
}

func findings() []finding.Finding {
	at := func(place string, aspect finding.Aspect) finding.Finding {
		return finding.Finding{Point: finding.Point{Place: place, Aspect: aspect}, Wrong: finding.Undecided}
	}
	return []finding.Finding{
		at("Order.email", finding.Format), at("Order.metadata", finding.Type), at("Cart.metadata", finding.Type),
		at("GET /store/auth 409", finding.Status), at("POST /store/auth 409", finding.Status), at("Order.email", finding.Type),
	}
}

var (
	lastDay  = time.Date(2027, 1, 31, 23, 0, 0, 0, time.UTC)
	tooLate  = time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)
	accepted = []bool{true, true, true, true, false, false}
)

func TestApply(t *testing.T) {
	for name, c := range map[string]struct {
		edit     func([]finding.Finding) []finding.Finding
		version  string
		day      time.Time
		partly   bool
		problem  string // "" for none
		accepted []bool
	}{
		"all there":           {version: "1.20.11", day: lastDay, accepted: accepted},
		"version not known":   {day: lastDay, accepted: accepted},
		"another version":     {version: "1.21.0", day: lastDay, problem: "is for backend 1.20.*, 1.19.3, and this is 1.21.0", accepted: make([]bool, 6)},
		"a listed version":    {version: "1.19.3", day: lastDay, accepted: accepted},
		"expired":             {version: "1.20.11", day: tooLate, problem: "expired on 2027-01-31", accepted: make([]bool, 6)},
		"no longer a finding": {edit: func(f []finding.Finding) []finding.Finding { return f[1:] }, day: lastDay, problem: "Order.email#format: no finding has this id", accepted: accepted[1:]},
		"not looked at":       {edit: func(f []finding.Finding) []finding.Finding { return f[1:] }, day: lastDay, partly: true, accepted: accepted[1:]},
		"another verdict": {
			edit: func(f []finding.Finding) []finding.Finding { f[0].Wrong = finding.Contract; return f },
			day:  lastDay, problem: `the verdict on Order.email#format is now "contract"`, accepted: []bool{false, true, true, true, false, false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := load(t, entry)
			if err != nil {
				t.Fatal(err)
			}
			all := findings()
			if c.edit != nil {
				all = c.edit(all)
			}
			problems := file.Apply(all, c.version, c.day, !c.partly)
			switch {
			case c.problem == "" && len(problems) > 0, c.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0].String(), c.problem)):
				t.Errorf("the problems are %v, want %q", problems, c.problem)
			}
			for i, f := range all {
				if (f.Accepted != "") != c.accepted[i] {
					t.Errorf("%s is accepted: %q, want %t", f.ID(), f.Accepted, c.accepted[i])
				}
			}
		})
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no YAML":           {"accepted:", "accepted: [", "yaml"},
		"unknown name":      {"reason:", "why:", "why"},
		"no ids":            {"'Order.email#format', '*.metadata#type', 'GET * 409#status'", "", "no ids"},
		"no reason":         {"odd addresses exist", "' '", "has no reason"},
		"no evidence":       {"seen in a shop", "", "has no evidence"},
		"no versions":       {"1.20.*, 1.19.3", "", "has no versions"},
		"no verdict":        {"undecided", "", "has no wrong"},
		"unknown verdict":   {"undecided", "client", `wrong is "client"`},
		"no expiry":         {"2027-01-31", "''", "has no expires"},
		"odd expiry":        {"2027-01-31", "soon", "want a day"},
		"id without #":      {"Order.email#format", "Order.email", "an id is a place, # and an aspect"},
		"star as aspect":    {"*.metadata#type", "*.metadata#*", "written out"},
		"star as place":     {"*.metadata#type", "*#type", "nearly everything"},
		"two stars":         {"*.metadata#type", "* *#type", "nearly everything"},
		"the same id twice": {"'*.metadata#type'", "'Order.email#format'", "earlier entry"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(entry, c.from) {
				t.Fatalf("%q is not in the entry", c.from)
			}
			if _, err := load(t, strings.Replace(entry, c.from, c.to, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
	if _, err := accept.Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := load(t, "#"+strings.Repeat("x", 1<<20)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: got %v", err)
	}
	if file, err := load(t, ""); err != nil || len(file.Accepted) != 0 {
		t.Errorf("an empty file: got %v, %v", file, err)
	}
}

// TestBothDocumentsOfWhichOneWasRead checks that a run without the published document accepts what both documents have
// wrong.
func TestBothDocumentsOfWhichOneWasRead(t *testing.T) {
	file, err := load(t, strings.Replace(entry, "undecided", "both documents", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, everything := range []bool{false, true} {
		all := findings()[:1]
		all[0].Wrong = finding.Contract
		if file.Apply(all, "", lastDay, everything); (all[0].Accepted != "") == everything {
			t.Errorf("all sources read: %t, accepted: %q", everything, all[0].Accepted)
		}
	}
}
