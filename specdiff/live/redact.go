package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
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

// The forms of secrets that are found without knowing them. A character of an email may be escaped as in a URL, in HTML
// or in JSON.
var (
	escaped  = `%[0-9a-f]{2}|&[a-z]{2,8};|&#x?[0-9a-f]{1,6};|\\u[0-9a-f]{4}|\\/`
	anEmail  = regexp.MustCompile(`(?i)(?:[\pL\pM\pN.!#$%&'*+/=?^_` + "`" + `{|}~-]|` + escaped + `)+(?:@|%(?:25)*40|&commat;|&#0*64;|&#x0*40;|\\u0040)(?:[\pL\pM\pN-]|` + escaped + `)+(?:(?:\.|%2e|&period;|&#46;|&#x2e;|\\u002e)(?:[\pL\pM\pN-]|%[0-9a-f]{2})+)+`)
	aToken   = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]+\.[\w-]+`)
	aHeader  = regexp.MustCompile(`(?i)authorization$|token|api-?key|secret|session`)
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
	key := value
	if kind == "email" {
		key = strings.ToLower(value)
	}
	name := r.names[key]
	if name == "" {
		r.counts[kind]++
		name = fmt.Sprintf("%s-%d", kind, r.counts[kind])
		if kind == "email" {
			name += "@redacted.example"
		}
		r.names[key] = name
	}
	return name
}

func (r *redaction) variables() []placeholder { return r.assigned }

// text returns text without secrets.
func (r *redaction) text(text string) string {
	text = r.known.Replace(text)
	if strings.Contains(text, "eyJ") {
		text = aToken.ReplaceAllStringFunc(text, func(token string) string { return r.standIn("token", token) })
	}
	return replaceEmails(text, func(email string) string {
		if email != strings.ToUpper(email) {
			return r.standIn("email", email)
		}
		return strings.ToUpper(r.standIn("email", strings.ToLower(email)))
	})
}

// replaceEmails replaces what looks like an email.
func replaceEmails(text string, by func(email string) string) string {
	if !strings.ContainsAny(text, `@%&\`) { // most texts are none, and this is quick
		return text
	}
	return anEmail.ReplaceAllStringFunc(text, by)
}

// value returns a value without secrets, name being that of the property, parameter or field of a form that it is of.
func (r *redaction) value(name, value string) string {
	if kind := secretName(name); kind != "" && !isSample(value) {
		return r.standIn(kind, r.known.Replace(value))
	}
	if isJSON([]byte(value)) && strings.Contains(value, `"`) && json.Valid([]byte(value)) {
		return eachString(value, r.value)
	}
	return r.text(value)
}

// secretName returns the kind of secret that a property is by its name; "" if it is none.
func secretName(name string) string {
	switch strings.ToLower(name) {
	case "password", "password_hash", "old_password", "new_password":
		return "password"
	case "access_token", "refresh_token", "api_token":
		return "token"
	}
	return ""
}

// isSample reports whether a password is a value that specdiff tries, and no secret.
func isSample(password string) bool {
	return len(password) < 4 || password == "specdiff" || password == "wrong" || password == "text" || strings.Trim(password, "d") == ""
}

// isJSON reports whether a text seems to be an object, a list or a string of JSON, which may be damaged.
func isJSON(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark))
	return len(text) > 1 && bytes.IndexByte([]byte(`{["`), text[0]) >= 0
}

// aString is a string of JSON, with the colon after it if it is the name of a property.
var aString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(?:\s*:)?`)

// eachString replaces the strings of JSON by what change returns. It calls it with the name of the property, and for a
// name without one. Other parts and strings that stay the same are left as they are. Text that is no JSON is changed as
// one string.
func eachString(text string, change func(name, value string) string) string {
	var b strings.Builder
	at, name, value := 0, "", 0
	for _, found := range aString.FindAllStringIndex(text, -1) {
		between := text[at:found[0]]
		if strings.ContainsAny(between, ",}]{") || value > 0 {
			name = "" // what follows is another value
		}
		b.WriteString(change("", between))
		at = found[1]
		literal := text[found[0]:found[1]]
		end := strings.LastIndexByte(literal, '"') + 1
		var plain string
		if err := json.Unmarshal([]byte(literal[:end]), &plain); err != nil {
			b.WriteString(change("", literal))
			continue
		}
		of := name
		if end < len(literal) {
			of, name, value = "", plain, 0
		} else {
			value++
		}
		if changed := change(of, plain); changed != plain {
			b.WriteString(quoted(changed))
		} else {
			b.WriteString(literal[:end])
		}
		b.WriteString(literal[end:])
	}
	b.WriteString(change("", text[at:]))
	return b.String()
}

// quoted returns text as a string of JSON.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) //nolint:errchkjson // a string can be encoded
	return strings.TrimSpace(b.String())
}

// eachField replaces the values of a query or form by what change returns, and their names likewise.
func eachField(form string, change func(name, value string) string) string {
	parts := strings.Split(form, "&")
	for i, part := range parts {
		name, value, has := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		parts[i] = part[:len(name)]
		if changed := change("", plain); changed != plain {
			parts[i] = url.QueryEscape(changed)
		}
		if !has {
			continue
		}
		content, err := url.QueryUnescape(value)
		if err != nil {
			content = value
		}
		if changed := change(plain, content); changed != content {
			value = url.QueryEscape(changed)
		}
		parts[i] += "=" + value
	}
	return strings.Join(parts, "&")
}

// eachPart replaces the segments of a path and the values of its query by what change returns.
func eachPart(target string, change func(name, value string) string) string {
	path, query, has := strings.Cut(target, "?")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		if changed := change("", plain); changed != plain {
			segments[i] = strings.ReplaceAll(url.PathEscape(changed), "@", "%40")
		}
	}
	path = strings.Join(segments, "/")
	if has {
		path += "?" + eachField(query, change)
	}
	return path
}

// eachOf replaces the values in a body by what change returns.
func eachOf(body []byte, kind string, change func(name, value string) string) string {
	switch {
	case isJSON(body):
		return eachString(string(body), change)
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return eachField(string(body), change)
	}
	return change("", string(body))
}

// header returns the value of a header without secrets.
func (r *redaction) header(name, value string) string {
	switch name = http.CanonicalHeaderKey(name); {
	case name == "Set-Cookie":
		first, rest, more := strings.Cut(value, ";")
		if cookie, content, ok := strings.Cut(first, "="); ok && content != "" {
			first = cookie + "=" + r.cookie(content)
		}
		if more {
			first += ";" + rest
		}
		return first
	case name == "Cookie":
		var all []string
		for part := range strings.SplitSeq(value, ";") {
			cookie, content, _ := strings.Cut(strings.TrimSpace(part), "=")
			all = append(all, cookie+"="+r.cookie(content))
		}
		return strings.Join(all, "; ")
	case aHeader.MatchString(name) && value != "":
		scheme, content, ok := strings.Cut(value, " ")
		if !ok {
			return r.standIn("token", r.known.Replace(value))
		}
		return scheme + " " + r.standIn("token", r.known.Replace(content))
	}
	return r.text(value)
}

func (r *redaction) cookie(content string) string {
	return r.standIn("cookie", r.known.Replace(content))
}

// addFrom adds the secrets of an exchange that are found by their forms.
func (s *secrets) addFrom(x *conform.Exchange) {
	find := func(name, value string) string {
		if kind := secretName(name); kind != "" && !isSample(value) {
			s.add(strings.ToUpper(kind), value)
		}
		if strings.Contains(value, "eyJ") {
			for _, token := range aToken.FindAllString(value, -1) {
				s.add("TOKEN", token)
			}
		}
		replaceEmails(value, func(email string) string {
			s.add("EMAIL", email)
			return email
		})
		return value
	}
	eachPart(x.URL, find)
	eachOf(x.RequestBody, x.RequestHeader.Get("Content-Type"), find)
	eachOf(x.ResponseBody, x.ResponseHeader.Get("Content-Type"), find)
}
