package live

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// secrets are values that are shown as variables of the shell: passwords, cookies, tokens and emails.
type secrets struct {
	values []secret // longest first, because one may contain another
}

type secret struct {
	name, value, form string
	as                func(string) string // makes the form of a value
}

// forms are the ways in which a value is sent.
var forms = []func(string) string{
	func(value string) string { return value }, url.PathEscape, url.QueryEscape, strings.ToUpper,
	func(value string) string { return strings.ToUpper(url.PathEscape(value)) }, strings.ToLower,
	inJSON, func(value string) string { text := quoted(value); return text[1 : len(text)-1] }, html.EscapeString,
}

// inJSON returns the value as encoding/json writes it, without its quotes.
func inJSON(value string) string {
	text, _ := json.Marshal(value) //nolint:errchkjson // a string can be encoded
	return string(text[1 : len(text)-1])
}

// add adds a value in every form in which it is sent.
func (s *secrets) add(name, value string) {
	for _, as := range forms {
		form := as(value)
		// A very short value is no secret, and would be found everywhere.
		if len(form) < 4 || slices.ContainsFunc(s.values, func(other secret) bool { return other.form == form }) {
			continue
		}
		at, _ := slices.BinarySearchFunc(s.values, form, func(a secret, form string) int { return cmp.Compare(len(form), len(a.form)) })
		s.values = slices.Insert(s.values, at, secret{name, value, form, as})
	}
}

// hide replaces each secret in texts by what show returns for its name: EMAIL, and EMAIL2 for another email.
func (s *secrets) hide(show func(name string) string, texts ...*string) {
	if s == nil {
		return // of a record that was not made by a run
	}
	named := map[string][]string{} // the values, by name
	for _, text := range texts {
		for _, secret := range s.values {
			if !strings.Contains(*text, secret.form) {
				continue
			}
			i := slices.Index(named[secret.name], secret.value)
			if i < 0 {
				i = len(named[secret.name])
				named[secret.name] = append(named[secret.name], secret.value)
			}
			name := secret.name
			if i > 0 {
				name += strconv.Itoa(i + 1)
			}
			*text = strings.ReplaceAll(*text, secret.form, show(name))
		}
	}
}

// hidden returns text with each secret replaced by $ and its name, and what else looks like an email by $EMAIL.
func (s *secrets) hidden(text string) string {
	s.hide(func(name string) string { return "$" + name }, &text)
	return replaceEmails(text, func(string) string { return "$EMAIL" })
}
