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
		"no longer a finding": {edit: func(f []finding.Finding) []finding.Finding { return f[1:] }, day: lastDay, problem: "Order.email#format: no finding has this id any longer", accepted: accepted[1:]},
		"not looked at":       {edit: func(f []finding.Finding) []finding.Finding { return f[1:] }, day: lastDay, partly: true, accepted: accepted[1:]},
		"another verdict": {
			edit: func(f []finding.Finding) []finding.Finding { f[0].Wrong = finding.Contract; return f },
			day:  lastDay, problem: `at Order.email#format the verdict is now "contract"`, accepted: []bool{false, true, true, true, false, false},
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

// TestAnEntryForAnyVersion checks an entry without versions, as a shop writes it for its own backend.
func TestAnEntryForAnyVersion(t *testing.T) {
	file, err := load(t, strings.Replace(entry, "    versions: 1.20.*, 1.19.3\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"", "1.8.2"} {
		all := findings()
		if problems := file.Apply(all, version, lastDay, true); len(problems) > 0 || all[0].Accepted == "" {
			t.Errorf("version %q: the problems are %v, and the reason is %q", version, problems, all[0].Accepted)
		}
	}
}

// TestAccept checks that an entry is accepted without a look at its versions and its day.
func TestAccept(t *testing.T) {
	file, err := load(t, strings.Replace(entry, "2027-01-31", "2001-01-31", 1))
	if err != nil {
		t.Fatal(err)
	}
	all := findings()
	file.Accept(all)
	for i, f := range all {
		if (f.Accepted != "") != accepted[i] {
			t.Errorf("%s is accepted: %q, want %t", f.ID(), f.Accepted, accepted[i])
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no YAML":           {"accepted:", "accepted: [", "yaml"},
		"unknown name":      {"reason:", "why:", "why"},
		"no ids":            {"'Order.email#format', '*.metadata#type', 'GET * 409#status'", "", "no ids"},
		"no reason":         {"odd addresses exist", "' '", "has no reason"},
		"no evidence":       {"seen in a shop", "", "has no evidence"},
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

// TestWhatASourceSaidIsPinned checks that a finding is not accepted if a source says something else than when it was.
func TestWhatASourceSaidIsPinned(t *testing.T) {
	pins := "    contract: at least 1\n    published: none\n    live: 'accepted: *'\n"
	for _, c := range []struct {
		contract, published, live string
		everything                bool
		problem                   string
	}{
		{"at least 1", "none", "accepted: empty", true, ""},
		{"at least 8", "none", "accepted: empty", true, `the contract now says "at least 8", and "at least 1" was accepted`},
		{"at least 1", "at least 2", "accepted: empty", true, `the published document now says "at least 2"`},
		{"at least 1", "none", "refused: empty", true, `the backend now says "refused: empty"`},
		{"1 character", "", "accepted: empty", false, ""}, // without the published document, the contract is worded in another way
		{"1 character", "", "refused: empty", false, ""},
	} {
		file, err := load(t, strings.Replace(strings.Replace(entry, "    reason", pins+"    reason", 1), "'Order.email#format', '*.metadata#type', 'GET * 409#status'", "'Order.email#format'", 1))
		if err != nil {
			t.Fatal(err)
		}
		all := findings()[:1]
		all[0].Contract, all[0].Published, all[0].Live = c.contract, c.published, c.live
		problems := file.Apply(all, "", lastDay, c.everything)
		if want := c.live == "accepted: empty" && c.problem == ""; (all[0].Accepted != "") != want {
			t.Errorf("%+v: accepted: %q", c, all[0].Accepted)
		}
		if c.problem == "" && len(problems) > 0 || c.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, c.problem)) {
			t.Errorf("%+v: the problems are %v", c, problems)
		}
	}
}

func TestARenamedPathParameterIsTheSame(t *testing.T) {
	if !accept.Covers("GET /a/{id} 4*#status", "GET /a/{address_id} 409#status") || accept.Covers("GET /a/{id} 409#status", "GET /b/{id} 409#status") {
		t.Error("the names of path parameters are not on the wire, and paths are")
	}
}

// TestAComponentThatIsGone checks that what was accepted inside a component is accepted inside another that takes its
// place, and nowhere else.
func TestAComponentThatIsGone(t *testing.T) {
	at := func(places ...string) []finding.Finding {
		var all []finding.Finding
		for _, place := range places {
			all = append(all, finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Format}, Wrong: finding.Undecided})
		}
		return all
	}
	file, err := load(t, entry)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		found []finding.Finding
		want  []bool
	}{
		"renamed":             {at("Purchase.email"), []bool{true}},
		"in place":            {at("GET /orders 200 application/json.orders[].email", "Cart.order.email"), []bool{true, true}},
		"another name inside": {at("Purchase.mail"), []bool{false}},
		"still there":         {at("Purchase.email", "Order.phone"), []bool{false, false}},
	} {
		file.Apply(c.found, "1.20.11", lastDay, true)
		for i, f := range c.found {
			if (f.Accepted != "") != c.want[i] {
				t.Errorf("%s: %s: accepted %t", name, f.ID(), f.Accepted != "")
			}
		}
	}
}

const commented = `# What is to stay.
accepted:
  # These come from the database.
  - ids: [A.one#type, 'A.two, or three#type'] # a remark
    wrong: undecided # for now
    reason: old
    evidence: a test
    versions: 1.*
    expires: 2030-12-31

  # These come from the network.
  - ids:
      - B.one#type
      - B.two#type
    wrong: contract
    reason: old
    evidence: a test
    versions: 1.*
    expires: 2030-12-31
`

// TestEditsKeepTheRestOfTheFile checks that entries are added and ids removed without a change of the other lines.
func TestEditsKeepTheRestOfTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "accepted.yaml")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("got %v and\n%s\nwant\n%s", err, got, want)
		}
		if _, err := accept.Load(name); err != nil {
			t.Error(err)
		}
	}
	at := func(place, contract string) finding.Finding {
		return finding.Finding{Point: finding.Point{Place: place, Aspect: finding.Type}, Wrong: finding.Contract, Contract: contract, Live: "# a: {b}"}
	}
	why := accept.Why{Reason: "it's so: yes", Evidence: "a test", Versions: "1.20.*", Expires: lastDay}
	write(commented)
	n, err := accept.Add(name, []finding.Finding{at("C.one", "text"), at("C.two", "number"), at("POST /c/{id} body", "text")}, why)
	if err != nil || n != 3 {
		t.Errorf("added %d, %v", n, err)
	}
	tail := "    live: '# a: {b}'\n    reason: 'it''s so: yes'\n    evidence: a test\n    versions: 1.20.*\n    expires: 2027-01-31\n"
	expect(commented + "  - ids: [C.one#type, 'POST /c/{id} body#type']\n    wrong: contract\n    contract: text\n" + tail +
		"  - ids: [C.two#type]\n    wrong: contract\n    contract: number\n" + tail)

	write(commented)
	if n, err := accept.Prune(name, []accept.Problem{{ID: "A.one#type", Gone: true}, {ID: "B.one#type"}, {ID: "B.two#type", Gone: true}}); err != nil || n != 2 {
		t.Errorf("removed %d, %v", n, err)
	}
	pruned := strings.Replace(commented, "[A.one#type, 'A.two, or three#type'] # a remark", "['A.two, or three#type']", 1)
	expect(strings.Replace(pruned, "\n      - B.one#type\n      - B.two#type\n", " [B.one#type]\n", 1))

	write(commented)
	if _, err := accept.Prune(name, []accept.Problem{{ID: "A.one#type", Gone: true}, {ID: "A.two, or three#type", Gone: true}}); err != nil {
		t.Error(err)
	}
	_, rest, _ := strings.Cut(commented, "  # These come from the network.")
	expect("# What is to stay.\naccepted:\n  # These come from the database.\n  # These come from the network." + rest)
}

// TestProblemsHaveTheirLines checks that a problem names the file and the line of its id.
func TestProblemsHaveTheirLines(t *testing.T) {
	name := filepath.Join(t.TempDir(), "accepted.yaml")
	if err := os.WriteFile(name, []byte(commented), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := accept.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(commented, "\n")
	problems := file.Apply(nil, "", lastDay, true)
	if len(problems) != 4 {
		t.Errorf("found %+v", problems)
	}
	for _, p := range problems {
		if p.File != name || p.Line < 1 || !strings.Contains(lines[p.Line-1], p.ID) {
			t.Errorf("%s is not at %s:%d", p.ID, p.File, p.Line)
		}
	}
}
