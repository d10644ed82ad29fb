package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// mine returns a report about a backend alone, on what it was seen to do.
func mine(seen ...finding.Observation) *report.Report {
	for i := range seen {
		if seen[i].Relation == "" {
			seen[i].Relation = finding.Contradicts
		}
	}
	names := map[string]string{"POST /store/auth/token": "GetToken", "GET /store/customers/me/orders": "ListOrders", "POST /store/auth": "Authenticate"}
	return &report.Report{
		Sources:  report.Sources{Contract: "openapi.yaml", Backend: "http://shop"},
		Findings: verdict.Join(verdict.Evidence{Contract: seen, Names: names}),
	}
}

func saw(place string, aspect finding.Aspect, contract, live string) finding.Observation {
	return finding.Observation{Point: finding.Point{Place: place, Aspect: aspect}, Document: contract, Live: live}
}

func trouble(place, text string) finding.Observation {
	return finding.Observation{Point: finding.Point{Place: place, Aspect: finding.Seen}, Relation: finding.Fault, Live: text}
}

var (
	nickname = saw("Customer.nickname", finding.Presence, "absent", "null; string")
	points   = saw("Customer.points", finding.Presence, "absent", "null")
	noTotal  = saw("Order.total", finding.Required, "required", "not there")
	limited  = trouble("POST /store/auth", "40 responses show nothing: 429, a rate limit")
)

func TestStanding(t *testing.T) {
	accepted := mine(noTotal)
	accepted.Findings[0].Accepted = "the shop knows"
	low := mine()
	low.Coverage = []report.Coverage{{What: "property", Seen: 1, Declared: 100, Floor: 50}}
	for name, c := range map[string]struct {
		report *report.Report
		want   report.Standing
	}{
		"nothing":                {mine(), report.Works},
		"harmless":               {mine(nickname, points), report.Works},
		"breaking":               {mine(nickname, noTotal), report.Breaks},
		"breaking, accepted":     {accepted, report.Works},
		"trouble":                {mine(limited), report.Unclear},
		"trouble and breaking":   {mine(limited, noTotal), report.Breaks},
		"too little for a floor": {low, report.Unclear},
	} {
		if got := c.report.Standing(); got != c.want {
			t.Errorf("%s: it %s, want %s", name, got, c.want)
		}
		var b bytes.Buffer
		if err := c.report.JSON(&b); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Client      string `json:"client"`
			Differences []struct {
				Title string   `json:"title"`
				IDs   []string `json:"ids"`
			} `json:"differences"`
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Client != string(c.want) {
			t.Errorf("%s: JSON has %q (%v), want %s", name, got.Client, err, c.want)
		}
		if want := c.report.Differences(); len(got.Differences) != len(want) || len(want) > 0 && (got.Differences[0].Title != want[0].Title || len(got.Differences[0].IDs) == 0) {
			t.Errorf("%s: JSON has the differences %+v, want %+v", name, got.Differences, want)
		}
	}
}

// TestFindingsWithOneCauseAreOneDifference checks what a reader counts as one point.
func TestFindingsWithOneCauseAreOneDifference(t *testing.T) {
	for name, c := range map[string]struct {
		seen []finding.Observation
		want []string // the titles, with ! before those that break
	}{
		"properties of one schema": {[]finding.Observation{nickname, points}, []string{"Customer has 2 properties of the shop's own: nickname (string or null), points (only null was seen)"}},
		"of two schemas":           {[]finding.Observation{nickname, saw("Order.note", finding.Presence, "absent", "string")}, []string{"Customer has 1 property of the shop's own: nickname (string or null)", "Order has 1 property of the shop's own: note (string)"}},
		"missing properties": {
			[]finding.Observation{saw("Customer.email", finding.Required, "required", "not there"), saw("Customer.id", finding.Required, "required", "not there")},
			[]string{"!Customer lacks 2 properties: email, id"},
		},
		"totals of old orders": {
			[]finding.Observation{noTotal, saw("Order.tax_total", finding.Required, "required", "not there"), saw("LineItem.total", finding.Required, "required", "not there"), saw("Order.id", finding.Required, "required", "not there")},
			[]string{"!orders have no totals, or not all, which came with 1.12", "!Order lacks 1 property: id"},
		},
		"nulls":             {[]finding.Observation{saw("Order.email", finding.Nullable, "not null", "null")}, []string{"!Order has null where the contract has a value: email"}},
		"missing routes":    {[]finding.Observation{saw("POST /store/auth", finding.Presence, "documented", "absent"), saw("GET /store/customers/me/orders", finding.Presence, "documented", "absent")}, []string{"!no route for ListOrders, Authenticate"}},
		"no tokens":         {[]finding.Observation{saw("POST /store/auth/token", finding.Presence, "documented", "absent"), saw("GET /store/customers/me/orders", finding.Security, "allowed", "refused: a token")}, []string{"!no bearer tokens, which came with 1.17"}},
		"no signs":          {[]finding.Observation{saw("GET /store/customers/me/orders query fields", finding.Format, "allowed", "fails: name after a plus; fails: name after a minus")}, []string{"!no + and - before names in fields, which came with 1.20.4"}},
		"an old logout":     {[]finding.Observation{saw("DELETE /store/auth 200", finding.ContentType, "text/plain", "application/json"), saw("DELETE /store/auth 200", finding.Cookie, "absent", "Set-Cookie")}, []string{"the response to a logout is JSON and sets a cookie, as before 1.17"}},
		"breaking first":    {[]finding.Observation{nickname, noTotal}, []string{"!Order lacks 1 property: total", "Customer has 1 property of the shop's own: nickname (string or null)"}},
		"looser":            {[]finding.Observation{saw("A.a", finding.Bounds, "at least 1", "accepted: empty"), saw("A.b", finding.Type, "string", "accepted: number")}, []string{"2 places, such as A.a, bounds: accepted: empty; the contract has at least 1"}},
		"another type":      {[]finding.Observation{saw("Order.total", finding.Type, "integer", "string")}, []string{"!Order.total, type: string; the contract has integer"}},
		"a trouble is none": {[]finding.Observation{limited}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range mine(c.seen...).Differences() {
				if d.Client == "" || len(d.Findings) == 0 {
					t.Errorf("%q lacks what it means, or its findings", d.Title)
				}
				got = append(got, map[bool]string{true: "!"}[d.Breaking]+d.Title)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestWhatTheOutcomeLeavesOut checks that a report names what breaks the client and is accepted, and what was not tried.
func TestWhatTheOutcomeLeavesOut(t *testing.T) {
	accepted := mine(noTotal)
	accepted.Findings[0].Accepted = "the shop knows"
	readOnly := mine()
	readOnly.Untried = []string{"GetToken", "UpdateCustomer"}
	readOnly.Coverage = []report.Coverage{{What: "operation", Seen: 13, Declared: 15}}
	usual := mine()
	usual.Untried = []string{"ResetPassword"}
	for name, c := range map[string]struct {
		report *report.Report
		want   []string
	}{
		"nothing": {mine(), []string{"works: nothing that was seen breaks the Go client\n"}},
		"accepted": {accepted, []string{
			"does what the contract says but for what is accepted", "accepted, although it breaks the Go client: Order.total, required: not there (the shop knows)\n",
			"works: nothing that was seen breaks the Go client, but for what is accepted\n",
		}},
		"read only": {readOnly, []string{"not tried: GetToken, UpdateCustomer\n", "works, as far as a read-only run shows: 13 of 15 operations\n"}},
		"usual":     {usual, []string{"not tried: ResetPassword\n", "works: nothing that was seen breaks the Go client\n"}},
	} {
		var b, markdown bytes.Buffer
		if err := errors.Join(c.report.Text(&b, report.Style{Width: 200}), c.report.Markdown(&markdown)); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: %q is not in\n%s", name, want, b.String())
			}
		}
		if name != "nothing" && !strings.Contains(markdown.String(), strings.TrimSpace(c.want[len(c.want)-2])) {
			t.Errorf("%s: %q is not in the Markdown\n%s", name, c.want[len(c.want)-2], markdown.String())
		}
	}
}

func TestTextOfMine(t *testing.T) {
	r := mine(nickname, noTotal, limited)
	r.Sources.Version = "older than 1.12"
	r.Notes = []string{"15 emails stay registered"}
	for _, all := range []bool{false, true} {
		var b bytes.Buffer
		if err := r.Text(&b, report.Style{All: all}); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		at := -1
		for _, want := range []string{
			"specdiff: http://shop and the Go client, by openapi.yaml", "Authenticate: 40 responses show nothing: 429, a rate limit",
			"Your backend (older than 1.12) differs from the contract in 2 points; 1 of them breaks the Go client.", "1. breaks: Order lacks 1 property: total",
			"2. harmless: Customer has 1 property", "WithProperty", "note: 15 emails stay registered", "breaks: calls of the Go client",
		} {
			i := strings.Index(got, want)
			if i < at || i < 0 {
				t.Fatalf("%q is not there, or not in its place:\n%s", want, got)
			}
			at = i
		}
		if strings.Contains(got, "is wrong") || strings.Contains(got, "\x1b") {
			t.Errorf("it says who is wrong, or has colours:\n%s", got)
		}
	}
}

// TestOtherFormatsOfMine checks that they have the outcome of the text, and that what is harmless is no error.
func TestOtherFormatsOfMine(t *testing.T) {
	for name, c := range map[string]struct {
		report           *report.Report
		markdown, github []string
	}{
		"works":   {mine(nickname), []string{"### specdiff: ✅ the Go client works\n", "- harmless: Customer has 1 property", "none breaks the Go client"}, []string{"::notice file=openapi.yaml,title=specdiff%3A ✅", "::notice file=openapi.yaml,title=Customer has 1 property"}},
		"breaks":  {mine(nickname, noTotal), []string{"### specdiff: ❌", "- **breaks**: Order lacks 1 property: total"}, []string{"::error file=openapi.yaml,title=specdiff%3A ❌", "::error file=openapi.yaml,title=Order lacks 1 property%3A total", "::notice file=openapi.yaml,title=Customer has"}},
		"unclear": {mine(limited), []string{"### specdiff: ⚠️", "- **not seen** `Authenticate: 40 responses show nothing: 429, a rate limit`"}, []string{"::error file=openapi.yaml,title=specdiff%3A ⚠️", "::error file=openapi.yaml,title=not seen%3A Authenticate::40 responses"}},
	} {
		for format, f := range map[string]struct {
			write func(io.Writer) error
			want  []string
		}{"Markdown": {c.report.Markdown, c.markdown}, "GitHub": {c.report.GitHub, c.github}} {
			var b bytes.Buffer
			if err := f.write(&b); err != nil {
				t.Fatal(err)
			}
			for _, want := range f.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%s, %s: %q is not in\n%s", name, format, want, &b)
				}
			}
			if strings.Contains(b.String(), "is wrong") || name == "works" && strings.Contains(b.String(), "error") {
				t.Errorf("%s, %s: it has errors, or says who is wrong\n%s", name, format, &b)
			}
		}
	}
}
