// Package redact writes requests without passwords, tokens, cookies and emails.
package redact

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

const redacted = "[redacted]"

// Target returns the path and query. What follows /store/auth/ is an email, unless it is the word token.
func Target(path, query string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		isEmail := i > 0 && part != "" && !strings.EqualFold(part, "token") && slices.ContainsFunc(parts[:i], isAuth)
		if isEmail || isSecret(part) {
			parts[i] = redacted
		}
	}
	target := strings.Join(parts, "/")
	if query == "" {
		return target
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		switch name, value, hasValue := strings.Cut(pair, "="); {
		case strings.Contains(unescape(name), "@"):
			pairs[i] = redacted
		case hasValue && (isSecretName(unescape(name)) || isSecret(value)):
			pairs[i] = name + "=" + redacted
		}
	}
	return target + "?" + strings.Join(pairs, "&")
}

func isAuth(part string) bool { return strings.EqualFold(unescape(part), "auth") }

// Header returns a copy of the header.
func Header(h http.Header) http.Header {
	h = h.Clone()
	for name, values := range h {
		if isSecretName(name) || slices.ContainsFunc(values, isSecret) {
			h[name] = []string{redacted}
		}
	}
	return h
}

// Body returns a JSON body, or the length of another one. It hides values without a name, which are those of a list and
// of a body that is one value, and texts with values of their own, such as JSON or a form.
func Body(body []byte) string {
	v, err := js.Parse(body)
	if err != nil {
		return fmt.Sprintf("[%d bytes]", len(body))
	}
	return string(js.Append(nil, element(v)))
}

// element returns a value that has no name.
func element(v any) any {
	switch v.(type) {
	case []any, *js.Object:
		return property(v)
	}
	return redacted
}

// property returns a value that has a name of no secret.
func property(v any) any {
	switch v := v.(type) {
	case string:
		if isSecret(v) || isStructured(v) {
			return redacted
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = element(e)
		}
		return list
	case *js.Object:
		o := js.NewObject()
		for _, name := range v.Names {
			switch {
			case isSecret(name) || isStructured(name):
				o.Set(redacted, redacted)
			case isSecretName(name):
				o.Set(name, redacted)
			default:
				o.Set(name, property(v.Values[name]))
			}
		}
		return o
	}
	return v
}

func isSecretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "token", "secret", "email", "cookie", "authorization"}, func(secret string) bool {
		return strings.Contains(name, secret)
	})
}

// isSecret reports whether text has an email, or the name of a secret as a URL and a header have it, however often it
// is escaped.
func isSecret(text string) bool {
	text = unescape(text)
	return strings.Contains(text, "@") || isSecretName(text) && strings.ContainsAny(text, "=:&")
}

// isStructured reports whether text may have values of its own, as JSON and a form.
func isStructured(text string) bool {
	return strings.Contains(text, "=") || strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") || strings.ContainsAny(text, "[\"")
}

// unescape removes percent escapes until there are none.
func unescape(text string) string {
	for {
		next, err := url.PathUnescape(text)
		if err != nil { // a broken escape hides no other
			next = strings.NewReplacer("%25", "%", "%40", "@").Replace(text)
		}
		if next == text {
			return text
		}
		text = next
	}
}
