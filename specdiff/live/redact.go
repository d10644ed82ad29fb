package live

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// redaction replaces secrets by placeholders that have the form of what they replace, so that a document says the same
// about both. The same value has the same placeholder everywhere.
type redaction struct {
	secrets  *secrets
	known    *strings.Replacer
	names    map[string]string // placeholders, by value
	counts   map[string]int    // of the placeholders, by their kind
	assigned []placeholder
}

// The forms of secrets that are found without knowing them.
var (
	anEmail  = regexp.MustCompile(`(?i)[a-z0-9._+-]+(@|%40)[a-z0-9-]+(\.[a-z0-9-]+)+`)
	aToken   = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]+\.[\w-]+`)
	aPasswd  = regexp.MustCompile(`("password(?:_hash)?"\s*:\s*")((?:[^"\\]|\\.){4,})(")`)
	redacted = regexp.MustCompile(`(?i)^(email|password|cookie|token)-\d+(@redacted\.example)?$`)
)

func newRedaction(s *secrets) *redaction {
	if s == nil { // of a record that was not made by a run
		s = &secrets{}
	}
	r := &redaction{secrets: s, names: map[string]string{}, counts: map[string]int{}}
	var pairs []string
	for _, secret := range s.values { // the longest are first, and a Replacer prefers what is first
		if secret.name != "COOKIE" { // consists of a name and a COOKIE_VALUE
			pairs = append(pairs, secret.form, secret.as(r.standIn(kindOfSecret(secret.name), secret.value)))
		}
	}
	r.known = strings.NewReplacer(pairs...)
	for _, secret := range s.values {
		if secret.form == secret.value {
			r.assigned = append(r.assigned, placeholder{secret.name, r.text(secret.value)})
		}
	}
	return r
}

func kindOfSecret(name string) string {
	for _, kind := range []string{"email", "password", "cookie"} {
		if strings.Contains(strings.ToLower(name), kind) {
			return kind
		}
	}
	return "token"
}

// standIn returns the placeholder of a value.
func (r *redaction) standIn(kind, value string) string {
	if redacted.MatchString(value) { // in a record that was read and is written again
		return value
	}
	name := r.names[value]
	if name == "" {
		r.counts[kind]++
		name = fmt.Sprintf("%s-%d", kind, r.counts[kind])
		if kind == "email" {
			name += "@redacted.example"
		}
		r.names[value] = name
	}
	return name
}

func (r *redaction) variables() []placeholder { return r.assigned }

// text returns text without secrets.
func (r *redaction) text(text string) string {
	text = r.known.Replace(text)
	text = aToken.ReplaceAllStringFunc(text, func(token string) string { return r.standIn("token", token) })
	text = aPasswd.ReplaceAllStringFunc(text, func(property string) string {
		parts := aPasswd.FindStringSubmatch(property)
		if isSample(parts[2]) {
			return property
		}
		return parts[1] + r.standIn("password", parts[2]) + parts[3]
	})
	return anEmail.ReplaceAllStringFunc(text, func(email string) string {
		plain := strings.Replace(email, "%40", "@", 1)
		as := func(placeholder string) string { return placeholder }
		if plain == strings.ToUpper(plain) {
			as = strings.ToUpper
		}
		name := as(r.standIn("email", strings.ToLower(plain)))
		if plain != email {
			name = strings.Replace(name, "@", "%40", 1)
		}
		return name
	})
}

// isSample reports whether a password is a value that specdiff tries, and no secret.
func isSample(password string) bool {
	return password == "specdiff" || password == "wrong" || password == "text" || strings.Trim(password, "d") == ""
}

// header returns the value of a header without secrets.
func (r *redaction) header(name, value string) string {
	switch http.CanonicalHeaderKey(name) {
	case "Set-Cookie":
		first, rest, _ := strings.Cut(value, ";")
		cookie, content, ok := strings.Cut(first, "=")
		if ok && content != "" && rest != "" {
			return cookie + "=" + r.cookie(content) + ";" + rest
		}
	case "Cookie":
		var all []string
		for part := range strings.SplitSeq(value, ";") {
			cookie, content, _ := strings.Cut(strings.TrimSpace(part), "=")
			all = append(all, cookie+"="+r.cookie(content))
		}
		return strings.Join(all, "; ")
	case "Authorization":
		scheme, content, _ := strings.Cut(value, " ")
		return scheme + " " + r.standIn("token", r.text(content))
	}
	return r.text(value)
}

func (r *redaction) cookie(content string) string { return r.standIn("cookie", r.text(content)) }

// addFrom adds the secrets of an exchange that are found by their forms.
func (s *secrets) addFrom(x *conform.Exchange) {
	for _, text := range []string{x.URL, string(x.RequestBody), string(x.ResponseBody)} {
		for _, email := range anEmail.FindAllString(text, -1) {
			s.add("EMAIL", strings.Replace(email, "%40", "@", 1))
		}
		for _, token := range aToken.FindAllString(text, -1) {
			s.add("TOKEN", token)
		}
		for _, parts := range aPasswd.FindAllStringSubmatch(text, -1) {
			s.add("PASSWORD", parts[2])
		}
	}
}
