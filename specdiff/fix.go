package specdiff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/edit"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/fix"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// Fix compares sources that were read, with the text of the contract among them, and applies the accepted deviations.
// It returns the text after the changes that findings ask for, as far as what was seen leaves no choice, and the report
// on it: what was changed is Fixed, and each other finding has the reason why it is Left to a person. No file is read
// or written.
func Fix(s Sources, config Config) (*report.Report, []byte, error) {
	names := report.Sources{Contract: cmp.Or(config.Contract, "openapi.yaml"), Version: config.Version}
	if s.Published != nil {
		names.Published = cmp.Or(config.Published, "the published document")
	}
	if s.Record != nil {
		names.Backend, names.Version = cmp.Or(s.Record.Backend, "the record"), cmp.Or(names.Version, s.Record.Version)
	}
	if s.Accepted == nil {
		s.Accepted = new(accept.File)
	}
	config.Fix = true
	return config.outcome(s, names)
}

// mostAttempts is how often the changes are made anew without those that turned out to be wrong.
const mostAttempts = 6

// outcome compares the sources, and returns the report and, if the contract is to be fixed, its text after that.
func (c *Config) outcome(s Sources, names report.Sources) (*report.Report, []byte, error) {
	before, shown := c.judge(s, names)
	if !c.Fix {
		c.propose(before, s, shown)
		return before, nil, nil
	}
	kept := map[string]string{} // the ids of findings whose changes are not made, and why
	for range mostAttempts {
		r, text, again, err := c.fixed(s, names, before, kept)
		if !again || err != nil {
			return r, text, err
		}
	}
	c.propose(before, s, shown)
	for i, f := range before.Findings {
		if f.Accepted == "" && f.Wrong != finding.Published {
			before.Findings[i].Left = cmp.Or(kept[f.ID()], "the changes for the findings do not agree with each other: make them one by one")
		}
	}
	return before, s.Text, nil
}

// judge compares the sources and applies the accepted deviations.
func (c *Config) judge(s Sources, names report.Sources) (*report.Report, *live.Result) {
	r, shown := c.compare(s)
	r.Sources = names
	if r.Mine() && !c.Fix {
		mine(r, s.Record)
		for _, place := range s.Record.Untried {
			if name := compare.Names(s.Contract)[place]; name != "" {
				r.Untried = append(r.Untried, name)
			}
		}
	}
	if names.Contract != report.Embedded { // which is no file of the reader
		locate.Set(r.Findings, names.Contract, s.Text)
	}
	c.accept(r, s.Accepted)
	return r, shown
}

// propose sets the changes as YAML.
func (c *Config) propose(r *report.Report, s Sources, shown *live.Result) {
	t, err := edit.New(s.Text)
	if err != nil {
		return
	}
	from := fix.Sources{Published: published(s), Shown: shown, Findings: r.Findings}
	for i, f := range r.Findings {
		r.Findings[i].YAML, _ = fix.Change(t.Dry(), f, from)
	}
}

func published(s Sources) *locate.Document {
	if s.Published == nil {
		return nil
	}
	text, err := json.Marshal(s.Published)
	if err != nil {
		return nil
	}
	doc, err := locate.Parse(text)
	if err != nil {
		return nil
	}
	return doc
}

// mostRounds is how often the contract is compared again after changes, which may bring other findings to light.
const mostRounds = 6

// fixed changes the contract until a comparison asks for no other change. If a change did not mend what it was for, or
// made something else wrong, it adds that to kept, and again is true.
func (c *Config) fixed(s Sources, names report.Sources, before *report.Report, kept map[string]string) (r *report.Report, text []byte, again bool, err error) {
	t, err := edit.New(s.Text)
	if err != nil {
		return nil, nil, false, err
	}
	done := map[string]finding.Finding{}
	theirs := published(s)
	for range mostRounds {
		if s.Contract, err = document.Parse(t.Bytes(), names.Contract); err != nil {
			return nil, nil, false, fmt.Errorf("the contract is left as it is: after the changes %w", err)
		}
		s.Text = t.Bytes()
		var shown *live.Result
		r, shown = c.judge(s, names)
		from := fix.Sources{Published: theirs, Shown: shown, Findings: r.Unexplained(), Follow: c.follows}
		changed := false
		unread := slices.ContainsFunc(r.Unexplained(), func(f finding.Finding) bool { return f.Aspect == finding.Unread && kept[f.ID()] == "" })
		restyled := map[string]bool{} // the parameters that are written in another way now, and responses without a cookie
		for _, f := range inOrder(r.Findings) {
			if unread != (f.Aspect == finding.Unread) || restyled[f.Place] {
				f.Left = kept[f.ID()]
				continue // a keyword that is misspelled makes other findings, and so does a parameter
			}
			if f.Accepted != "" || f.Wrong == finding.Published || kept[f.ID()] != "" {
				f.Left = kept[f.ID()]
				f.YAML, _ = fix.Change(t.Dry(), *f, from)
				continue
			}
			if last, twice := done[f.ID()]; twice && f.Wrong != finding.Undecided && last.Contract == f.Contract && last.Live == f.Live {
				kept[f.ID()], again = "the change that it asks for leaves it as it is", true
				continue
			}
			text := t.Bytes()
			yaml, err := fix.Change(t, *f, from)
			if f.YAML = yaml; err == nil && !bytes.Equal(text, t.Bytes()) {
				if _, wrong := document.Parse(t.Bytes(), names.Contract); wrong != nil {
					err = fmt.Errorf("after the change, the contract would not be valid")
				}
			}
			if err != nil {
				if f.Left = err.Error(); unread {
					kept[f.ID()], changed = f.Left, true
				}
				if !bytes.Equal(text, t.Bytes()) { // some of it was done
					if t, err = edit.New(text); err != nil {
						return nil, nil, false, err
					}
				}
				continue
			}
			done[f.ID()] = *f
			if !bytes.Equal(text, t.Bytes()) {
				changed = true
				restyled[f.Place] = restyled[f.Place] || f.Aspect == finding.Style || f.Aspect == finding.Explode || f.Aspect == finding.Cookie
			}
		}
		if again {
			return nil, nil, true, nil
		}
		changed = c.restore(t, r, s, done) || changed
		if !changed {
			break
		}
	}
	if takeBack(before, r, done, kept) {
		return nil, nil, true, nil
	}
	for i, f := range r.Findings {
		if _, tried := done[f.ID()]; tried && f.Left == "" {
			r.Findings[i].Left = "it is not clear what to write"
		}
	}
	r.Fixed = fixes(done, r, names.Contract, s.Text)
	return r, s.Text, false, nil
}

// takeBack adds to kept the changes that made something else wrong, and reports whether there are any: the contract has
// more findings or problems than before, or what was added does not fit.
func takeBack(before, after *report.Report, done map[string]finding.Finding, kept map[string]string) bool {
	more := map[string]bool{} // the ids that the changes brought about
	for _, f := range after.Unexplained() {
		added := done[finding.Point{Place: f.Place, Aspect: finding.Presence}.ID()].Place != "" && (f.Wrong == finding.Contract || f.Wrong == finding.Documents)
		if added || len(after.Unexplained()) > len(before.Unexplained()) {
			more[f.ID()] = true
		}
	}
	for _, f := range before.Unexplained() {
		delete(more, f.ID())
	}
	for _, p := range after.Problems {
		if len(after.Problems) > len(before.Problems) || len(before.Problems) == 0 {
			more[p.ID] = true
		}
	}
	for _, p := range before.Problems {
		delete(more, p.ID)
	}
	taken := false
	for _, related := range []func(a, b finding.Finding) bool{
		func(a, b finding.Finding) bool { return a.Place == b.Place },
		func(a, b finding.Finding) bool {
			return a.Component() == b.Component() || strings.HasPrefix(b.Place, a.Place)
		},
		func(finding.Finding, finding.Finding) bool { return true },
	} {
		for id := range more {
			place, _, _ := strings.Cut(id, "#")
			for known, f := range done {
				if kept[known] == "" && related(f, finding.Finding{Point: finding.Point{Place: place}}) {
					kept[known], taken = fmt.Sprintf("with the change, the contract is no longer right about %s", id), true
				}
			}
		}
		if taken {
			break
		}
	}
	return taken
}

// inOrder returns the findings with those first that others may follow from: how a parameter is written, and cookies.
func inOrder(findings []finding.Finding) []*finding.Finding {
	var first, rest []*finding.Finding
	for i := range findings {
		if f := &findings[i]; f.Aspect == finding.Style || f.Aspect == finding.Explode || f.Aspect == finding.Cookie {
			first = append(first, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(first, rest...)
}

func (c *Config) follows(f finding.Finding) bool {
	return slices.ContainsFunc(c.Follow, func(id string) bool { return accept.Covers(id, f.ID()) })
}

// restore makes the contract say at the places of changes what it said when deviations there were accepted, and reports
// whether that changed it.
func (c *Config) restore(t *edit.Text, r *report.Report, s Sources, done map[string]finding.Finding) bool {
	before := t.Bytes()
	for _, p := range r.Problems {
		place, aspect, _ := strings.Cut(p.ID, "#")
		for _, f := range done {
			if i := slices.IndexFunc(s.Accepted.Accepted, func(e *accept.Entry) bool { return slices.Contains(e.IDs, p.ID) }); f.Place == place && i >= 0 {
				_ = fix.Restore(t, finding.Point{Place: place, Aspect: finding.Aspect(aspect)}, s.Accepted.Accepted[i].Contract) // or it stays a problem
			}
		}
	}
	return !bytes.Equal(before, t.Bytes())
}

// fixes returns what was changed, in the order of the lines.
func fixes(done map[string]finding.Finding, r *report.Report, file string, text []byte) []finding.Finding {
	var all []finding.Finding
	for id, f := range done {
		i := slices.IndexFunc(r.Findings, func(o finding.Finding) bool { return o.ID() == id && o.Accepted == "" && o.Wrong != finding.Published })
		if i < 0 || r.Findings[i].Contract != f.Contract || r.Findings[i].Live != f.Live { // it is mended, or it is less
			all = append(all, f)
		}
	}
	locate.Set(all, file, text)
	slices.SortFunc(all, func(a, b finding.Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return bytes.Compare([]byte(a.ID()), []byte(b.ID()))
	})
	return all
}

// replace writes a file in one step, with the permissions that it has.
func replace(name string, text []byte) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".fix-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
