package compare

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Exception is a difference between the real backend and the in-memory backend that stays.
type Exception struct {
	Name string
	Why  string
	// Covers reports whether the difference is this one. A is the response of the real backend.
	Covers func(x *Exchange, d Difference) bool
}

// Exceptions are all of them. One that no longer applies fails a full run.
var Exceptions = []Exception{
	{
		Name: "stack",
		Why:  "in development Express's page shows the failure's stack, file names of the machine among it",
		Covers: func(x *Exchange, d Difference) bool {
			short := cut(x.A, stack, "</pre>")
			return inPage(d) && len(short) < len(x.A.Body) && short == cut(x.B, stack, "</pre>")
		},
	},
	{
		Name: "syntax",
		Why:  "in development Express's page shows the JavaScript engine's own words for what is wrong with a JSON text",
		Covers: func(x *Exchange, d Difference) bool {
			const short = "<pre>SyntaxError</pre>"
			a := cut(x.A, syntax, short)
			return inPage(d) && x.A.Status == http.StatusBadRequest && strings.Contains(a, short) && a == cut(x.B, syntax, short)
		},
	},
	{
		Name: "taxed twice",
		Why: "Medusa taxes the lines of an order with a tax rate, from before there were tax lines, twice over if a total is named; the in-memory " +
			"backend computes nothing and shows the totals that it was given",
		Covers: func(x *Exchange, d Difference) bool {
			return taxedTwice(x, d) || derived(d) && slices.ContainsFunc(x.Differences, func(d Difference) bool { return taxedTwice(x, d) })
		},
	},
	{
		Name: "length of nothing",
		Why:  "Express says Content-Length: 0 with the 204 to OPTIONS; RFC 9110 forbids it, and net/http takes it away",
		Covers: func(x *Exchange, d Difference) bool {
			return x.Request.Method == http.MethodOptions && x.A.Status == http.StatusNoContent && d == Difference{At: "header Content-Length", A: "0"}
		},
	},
}

var (
	stack  = regexp.MustCompile(`<br> &nbsp; &nbsp;at [^\n]*</pre>`)
	syntax = regexp.MustCompile(`<pre>SyntaxError: [^\n]*</pre>`)
)

var totalOfLine = regexp.MustCompile(`^body/(orders/\d+)/items/\d+/(original_)?(tax_)?total$`)

func taxedTwice(x *Exchange, d Difference) bool {
	m := totalOfLine.FindStringSubmatch(d.At)
	if m == nil || !strings.Contains(x.Request.Path, "total") {
		return false
	}
	rate, err := pointer(x.A.json, m[1]+"/tax_rate")
	return err == nil && rate != "null"
}

// derived reports whether a difference follows from one of the bodies.
func derived(d Difference) bool { return d.At == "header Content-Length" || d.At == "header Etag" }

// inPage reports whether the difference can come from the text of a page.
func inPage(d Difference) bool { return d.At == "body" || d.At == "header Content-Length" }

func cut(a *Response, what *regexp.Regexp, replacement string) string {
	return what.ReplaceAllString(string(a.Body), replacement)
}
