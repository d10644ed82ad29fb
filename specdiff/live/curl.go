package live

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Curl returns a command that repeats an exchange of the record. Each secret is a variable of the shell, which the
// reader sets: BACKEND, EMAIL, PASSWORD, COOKIE ("name=value"), TOKEN, and EMAIL2 for another email.
func (r *Record) Curl(x Exchange) string {
	return r.once(x.Exchange, func() string { return r.curl(x) })
}

func (r *Record) curl(x Exchange) string {
	target, body := x.URL, string(x.RequestBody)
	large := body == string(tooLarge)
	if large {
		body = "" // the command makes it
	}
	headers := make([]string, 0, len(x.RequestHeader))
	for name := range x.RequestHeader {
		headers = append(headers, name+": "+x.RequestHeader.Get(name))
	}
	slices.Sort(headers)
	// The variables are inserted last, because quoting must not change them.
	show := func(name string) string { return mark + name + mark }
	r.secrets.hide(show, append(pointers(headers), &body, &target)...)
	words := []string{"curl -isS --globoff"}
	if x.Method != http.MethodGet {
		words = append(words, "-X", x.Method)
	}
	for _, header := range headers {
		words = append(words, "-H", singleQuoted(header))
	}
	switch {
	case large:
		words = append(words, fmt.Sprintf(`--data-raw "$(printf '%%0%dd' 0)"`, len(tooLarge)))
	case body != "":
		words = append(words, "--data-raw", singleQuoted(body))
	}
	return strings.Join(append(words, doubleQuoted(show("BACKEND")+target)), " ")
}

// mark encloses the name of a variable.
const mark = "\x00"

var variable = regexp.MustCompile(mark + "([A-Z0-9_]+)" + mark)

// singleQuoted quotes text for a shell. Its variables end up outside of single quotes.
func singleQuoted(text string) string {
	return "'" + variable.ReplaceAllString(strings.ReplaceAll(text, `'`, `'\''`), `'"$${$1}"'`) + "'"
}

func doubleQuoted(text string) string {
	text = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(text)
	return `"` + variable.ReplaceAllString(text, "$${$1}") + `"`
}

func pointers(texts []string) []*string {
	all := make([]*string, len(texts))
	for i := range texts {
		all[i] = &texts[i]
	}
	return all
}
