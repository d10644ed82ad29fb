package live

import (
	"net/http"
	"slices"
	"strings"
)

// Curl returns a command that repeats an exchange of the record. What must not be shown is a variable of the shell:
// BACKEND, EMAIL, PASSWORD, COOKIE, TOKEN and the like, to be set by whoever runs it.
func (r *Record) Curl(x Exchange) string {
	target, body := x.URL, strings.ReplaceAll(shortened(string(x.RequestBody)), `'`, `'\''`)
	target = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(target)
	headers := make([]string, 0, len(x.RequestHeader))
	for name := range x.RequestHeader {
		headers = append(headers, name+": "+x.RequestHeader.Get(name))
	}
	slices.Sort(headers)
	// In double quotes a variable stands as it is, in single quotes it has to be outside of them.
	r.secrets.hide(func(name string) string { return "${" + name + "}" }, &target)
	r.secrets.hide(func(name string) string { return `'"${` + name + `}"'` }, append([]*string{&body}, pointers(headers)...)...)
	line := "curl -isS --globoff"
	if x.Method != http.MethodGet {
		line += " -X " + x.Method
	}
	for _, header := range headers {
		line += " -H '" + header + "'"
	}
	if len(x.RequestBody) > 0 {
		line += " --data-raw '" + body + "'"
	}
	return line + ` "${BACKEND}` + target + `"`
}

func pointers(texts []string) []*string {
	all := make([]*string, len(texts))
	for i := range texts {
		all[i] = &texts[i]
	}
	return all
}

const longestBody = 2000

// shortened cuts a body that is long on purpose; such a command has to be completed by hand.
func shortened(body string) string {
	if len(body) <= longestBody {
		return body
	}
	return body[:longestBody] + "…"
}
