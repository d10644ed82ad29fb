package compare

import "strings"

// Exception is a difference between the real backend and the in-memory one that stays.
type Exception struct {
	Name string
	Why  string
	// Covers says whether the difference is this one. A is the real backend's answer.
	Covers func(x *Exchange, d Difference) bool
}

// Exceptions are all of them. One that no longer applies fails a full run.
var Exceptions = []Exception{
	{
		Name: "stack",
		Why:  "in development Express shows the stack of a failure in its page: file names of the machine and line numbers of its modules",
		Covers: func(x *Exchange, d Difference) bool {
			if d.At != "body" && d.At != "header Content-Length" {
				return false
			}
			a, stack := withoutStack(string(x.A.Body))
			b, _ := withoutStack(string(x.B.Body))
			return stack && a == b
		},
	},
}

// withoutStack cuts the stack from a page of Express's.
func withoutStack(page string) (rest string, found bool) {
	begin := strings.Index(page, "<br> &nbsp; &nbsp;at ")
	end := strings.LastIndex(page, "</pre>")
	if begin < 0 || end < begin {
		return page, false
	}
	return page[:begin] + page[end:], true
}
