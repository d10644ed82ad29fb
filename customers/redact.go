package customers

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxText      = 500 // how much is shown of a text that was received
	maxName      = 80  // how much of a name, such as a type of error
	maxNames     = 5   // how many names
	moreThanThat = "…"
)

// shown makes a text that was received fit to show: emails masked, what a terminal or a log would act on escaped, and
// max bytes at most. Doing that again changes nothing.
func shown(text string, maximum int) string {
	text = maskEmails(text)
	if strings.ContainsFunc(text, isUnprintable) || !utf8.ValidString(text) {
		text = escape(text)
	}
	if len(text) <= maximum {
		return text
	}
	cut := maximum - len(moreThanThat)
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + moreThanThat
}

// isUnprintable reports whether r is a control character, changes the direction of what follows, or is no character.
func isUnprintable(r rune) bool { return !unicode.IsPrint(r) }

func escape(text string) string {
	var out []byte
	for i, r := range text {
		switch {
		case r == utf8.RuneError && text[i] != "\uFFFD"[0]:
			out = fmt.Appendf(out, `\x%02x`, text[i])
		case isUnprintable(r):
			quoted := strconv.AppendQuoteRune(nil, r)
			out = append(out, quoted[1:len(quoted)-1]...)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// listed returns some of names that were received.
func listed(names []string) string {
	more := ""
	if len(names) > maxNames {
		more = fmt.Sprintf(" and %d more", len(names)-maxNames)
		names = names[:maxNames]
	}
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = shown(name, maxName)
	}
	return strings.Join(list, ", ") + more
}

// emailPattern finds emails as backends and proxies write them: plain, in URLs that were escaped once or more often, in
// HTML and in JSON. A local part may have all that RFC 5322 allows, quoted parts and comments included, and a quote or
// an escape between other characters. The route of an email is not part of it.
var emailPattern = func() *regexp.Regexp {
	const (
		at      = `(?:[@＠﹫]|%(?:25)*(?:u00)?40|&(?:amp;)*(?:#0*64|#[xX]0*40|commat);|\\+(?:u0040|u\{0*40\}|x40))`
		escaped = `\\+u[0-9a-fA-F]{4}|\\+x[0-9a-fA-F]{2}|&(?:amp;)*#?\w+;`
		plain   = `[^\s"(),:;<>\[\]\\@＠﹫]`
		quoted  = `"(?:[^"\\]|\\.)*"|\\"(?:[^"\\])*\\"`
		local   = `(?:` + quoted + `|(?:` + escaped + `|` + plain + `)(?:["\\]*(?:` + escaped + `|` + plain + `))*?)`
		comment = `(?:\([^()\s]*\))?`
		domain  = `[^\s"'(),;<>]+`
	)
	return regexp.MustCompile(`([^\s"(),:;<>]*/store/auth/)?` + local + comment + at + domain)
}()

// maskEmails hides the emails that the backend repeats, as in a duplicate that only its database notices.
func maskEmails(s string) string {
	return emailPattern.ReplaceAllString(s, "${1}…@…")
}

// redacted makes err repeat nothing that was received, which may be a cookie or a customer's data. It stays what it is
// for errors.Is and errors.As.
func redacted(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok { // it repeats a header line
		text = "malformed HTTP header in the response"
	}
	text = shown(quotedPattern.ReplaceAllString(text, `"…"`), maxText)
	if text == err.Error() {
		return err
	}
	return &redactedError{text, &err}
}

// quotedPattern finds what net/http, its HTTP/2, time and others repeat by %q.
var quotedPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// redactedError has no Unwrap, so that walking down to the cause does not show its text. The cause is behind a second
// pointer, because fmt prints what is behind the first.
type redactedError struct {
	text  string
	cause *error
}

func (e *redactedError) Error() string              { return e.text }
func (e *redactedError) Is(target error) bool       { return errors.Is(*e.cause, target) }
func (e *redactedError) As(target any) bool         { return errors.As(*e.cause, target) }
func (e *redactedError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text) }

// withoutURL strips what repeats the URL, which may contain an email.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
