package report

import (
	"fmt"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// verdict returns the outcome of a report about a backend alone, in a few words.
func (r *Report) verdict() string {
	switch r.Standing() {
	case Breaks:
		return "❌ the backend breaks the Go client"
	case Unclear:
		return "⚠️ too little was seen to say that the Go client works"
	case Works:
	}
	if len(r.Untried) > 1 || len(r.acceptedBreaks()) > 0 {
		return "✅ the Go client works, " + r.Client()
	}
	return "✅ the Go client works"
}

// mineMarkdown writes the report for a comment, which it fits.
func (r *Report) mineMarkdown(b *strings.Builder) {
	differences := r.Differences()
	fmt.Fprintf(b, "### specdiff: %s\n\n%s\n\n%s\n\n", r.verdict(), prose(r.title()), prose(r.headline(differences)))
	for _, f := range troubles(r.Unexplained()) {
		if !fits(b, "- **not seen** "+code(name(f)+": "+f.Live)+"\n") {
			return
		}
	}
	for _, text := range append(r.troubles(), r.asides()...) {
		if !fits(b, "- "+prose(text)+"\n") {
			return
		}
	}
	for _, d := range differences {
		kind := "harmless"
		if d.Breaking {
			kind = "**breaks**"
		}
		var item strings.Builder
		fmt.Fprintf(&item, "- %s: %s\n", kind, prose(d.Title))
		listed(&item, d.fields(false))
		if !fits(b, item.String()) {
			return
		}
	}
}

// mine adds the annotations of a report about a backend alone: what is harmless is no error.
func (a *annotations) mine(r *Report) {
	differences := r.Differences()
	level := map[Standing]string{Works: "notice"}[r.Standing()]
	if level == "" {
		level = "error"
	}
	a.add(level, "specdiff: "+r.verdict(), finding.Finding{}, plain(r.headline(differences)))
	for _, f := range troubles(r.Unexplained()) {
		a.add("error", "not seen: "+name(f), finding.Finding{}, plain(f.Live))
	}
	for _, d := range differences {
		level := "notice"
		if d.Breaking {
			level = "error"
		}
		a.add(level, d.Title, finding.Finding{}, plain(d.Client))
	}
}
