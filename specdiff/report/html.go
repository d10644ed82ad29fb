package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// The parts of the page.
var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/page.js
	pageJS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

// HTML writes the report as one page that loads nothing. A browser runs and applies nothing in it but its own script and
// style.
func (r *Report) HTML(w io.Writer) error {
	p := page{
		Title: r.word(), Good: r.Agrees(), Outcome: plain(r.outcome()) + ".", Style: template.CSS(pageCSS), Script: template.JS(pageJS),
		Policy:  "default-src 'none'; img-src data:; style-src " + hash(pageCSS) + "; script-src " + hash(pageJS) + "; base-uri 'none'; form-action 'none'",
		Sources: r.sources(), Verdicts: r.verdicts(), Left: len(r.Unexplained()), Since: r.Sources.Since != "", New: count(r.Findings, isNew),
		Reasons: reasons(r.Findings), Variables: clean(variables(r.Findings, r.Sources.Backend)), Mine: r.Mine(),
	}
	if p.Mine {
		p.Good, p.Outcome = r.Standing() == Works, plain(r.headline(r.Differences()))
		p.Differences, p.Left = differences(r.Differences()), len(r.Differences())
		for _, reason := range p.Reasons {
			for i, e := range reason.Entries {
				reason.Entries[i] = e.ofMine("harmless")
			}
		}
	} else {
		p.Open = groups(r.Unexplained())
	}
	for _, f := range troubles(r.Unexplained()) {
		p.Troubles = append(p.Troubles, plain(name(f)+": "+f.Live))
	}
	for _, trouble := range r.troubles() {
		p.Troubles = append(p.Troubles, plain(trouble))
	}
	for _, c := range r.Coverage {
		c.What, c.Missing = plain(c.What), slices.Clone(c.Missing)
		for i, missing := range c.Missing {
			c.Missing[i] = plain(missing)
		}
		p.Coverage = append(p.Coverage, c)
	}
	for _, note := range r.Notes {
		p.Notes = append(p.Notes, plain(note))
	}
	for _, f := range r.Gone {
		p.Gone = append(p.Gone, plain(f.ID()))
	}
	return pageTemplate.Execute(w, p)
}

// hash returns what a policy allows an element with the text by.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what the template shows. All texts in it are plain.
type page struct {
	Title           string // such as "agrees"
	Good, Mine      bool
	Outcome, Policy string
	Style           template.CSS
	Script          template.JS
	Sources         []field
	Troubles, Notes []string
	Verdicts        []verdict
	Since           bool
	New, Left       int
	Open            []group  // unless it is about a backend alone
	Differences     []reason // if it is
	Reasons         []reason
	Gone            []string
	Variables       []field
	Coverage        []Coverage
}

// verdict is how many findings have one.
type verdict struct {
	Wrong, Means    string
	Open, Explained int
	Bad             bool
}

// entry is a finding.
type entry struct {
	Name, Wrong string
	New         bool
	Sides       []side
	Fields      []field
}

// group is a finding, or several that differ only in the place.
type group struct {
	entry
	Entries []entry // none if it is one
}

// side is what a source says.
type side struct {
	Name, Value string
	Wrong       bool
}

// reason is why findings are explained, or what they have in common.
type reason struct {
	Text    string
	Wrong   string // "breaks" or "harmless", of what they have in common
	Entries []entry
}

func (r *Report) sources() []field {
	all := []field{{Name: "contract", Value: r.Sources.Contract}, {Name: "published", Value: r.Sources.Published}, {Name: "live", Value: r.Sources.Backend}, {Name: "version", Value: cmp.Or(r.Sources.Version, r.Sources.Seems)}, {Name: "compared with", Value: r.Sources.Since}}
	if !r.Began.IsZero() {
		all = append(all, field{Name: "made", Value: r.Began.Format(time.DateTime + " UTC")})
	}
	return clean(all)
}

// clean returns the fields that have a value, as plain text.
func clean(all []field) []field {
	var fields []field
	for _, f := range all {
		switch {
		case f.Value == "":
			continue
		case f.Block:
			f.Value = block(f.Value)
		default:
			f.Value = plain(f.Value)
		}
		fields = append(fields, f)
	}
	return fields
}

// meanings are what the verdicts mean, in the order of the page.
var meanings = []struct {
	wrong finding.Wrong
	means string
}{
	{finding.Unseen, "too little was seen of an operation"},
	{finding.Contract, "the backend does something else: change the contract"},
	{finding.Documents, "the documents agree, and the backend does something else"},
	{finding.Backend, "it does what no document should describe"},
	{finding.Undecided, "the documents differ, and nothing that was seen decides"},
	{finding.Published, "the backend does something else, or what the contract says"},
}

// verdicts returns the verdicts that findings have.
func (r *Report) verdicts() []verdict {
	if r.Mine() {
		all := []verdict{{Wrong: "breaks", Means: "calls of the Go client fail, lose data or mislead"}, {Wrong: "harmless", Means: "the Go client works with it"}}
		for _, d := range r.Differences() {
			i := 1
			if d.Breaking {
				i = 0
			}
			all[i].Open += len(d.Findings)
		}
		all[0].Bad = all[0].Open > 0
		all[1].Explained = count(r.Findings, explained)
		return all
	}
	var all []verdict
	for _, m := range meanings {
		is := func(f finding.Finding) bool { return f.Wrong == m.wrong }
		open := count(r.Unexplained(), is)
		if n := count(r.Findings, is); n > 0 {
			all = append(all, verdict{string(m.wrong), m.means, open, n - open, open > 0})
		}
	}
	return all
}

// differences returns the differences of a backend alone: what a finding does to the client stands for who is wrong.
func differences(all []Difference) []reason {
	var rs []reason
	for _, d := range all {
		r := reason{Text: plain(d.Title), Wrong: "harmless"}
		if d.Breaking {
			r.Wrong = "breaks"
		}
		for _, f := range d.Findings {
			e := newEntry(alone(f)).ofMine(r.Wrong)
			if d.Client != f.Client { // it is that of the cause
				e.Fields = append([]field{{Name: "client", Value: plain(d.Client)}}, e.Fields...)
			}
			r.Entries = append(r.Entries, e)
		}
		rs = append(rs, r)
	}
	return rs
}

// ofMine returns the entry for a report about a backend alone, with what it does to the client.
func (e entry) ofMine(does string) entry {
	e.Wrong, e.Sides = does, []side{{"contract", e.Sides[0].Value, false}, {"backend", e.Sides[2].Value, does == "breaks"}}
	return e
}

// groups returns the findings, those that differ only in the place as one.
func groups(findings []finding.Finding) []group {
	by := map[string]finding.Finding{}
	for _, f := range findings {
		by[f.ID()] = f
	}
	var all []group
	for _, row := range rows(findings) {
		g := group{entry: newEntry(row)}
		if len(row.ids) > 1 {
			for _, id := range row.ids {
				g.Entries = append(g.Entries, newEntry(alone(by[id])))
			}
		}
		all = append(all, g)
	}
	return all
}

func entries(findings []finding.Finding) []entry {
	var all []entry
	for _, row := range single(findings) {
		all = append(all, newEntry(row))
	}
	return all
}

func newEntry(r row) entry {
	is := func(all ...finding.Wrong) bool { return slices.Contains(all, r.Wrong) }
	e := entry{Name: plain(r.name()), Wrong: plain(string(r.Wrong)), New: r.New, Sides: []side{
		{"contract", plain(r.Contract), is(finding.Contract, finding.Documents)},
		{"published", plain(r.Published), is(finding.Published, finding.Documents)},
		{"live", plain(r.Live), is(finding.Backend)},
	}}
	if r.id() == "" {
		e.Fields = []field{{Name: "id", Value: e.Name, Copied: true}}
	}
	for _, f := range clean(r.fields()) {
		if f.Name == "contract" || f.Name == "published" || f.Name == "live" && r.Count < 2 {
			continue // they are the sides
		}
		e.Fields = append(e.Fields, f)
	}
	return e
}

// reasons returns the explained findings by reason.
func reasons(findings []finding.Finding) []reason {
	var order []string
	by := map[string][]finding.Finding{}
	for _, f := range findings {
		if !explained(f) {
			continue
		}
		text := because(f)
		if by[text] == nil {
			order = append(order, text)
		}
		by[text] = append(by[text], f)
	}
	var all []reason
	for _, text := range order {
		all = append(all, reason{Text: plain(text), Entries: entries(by[text])})
	}
	return all
}
