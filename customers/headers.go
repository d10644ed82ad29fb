package customers

import (
	"net/http"
	"strings"
)

// headers are what a client sends with every call.
type headers struct {
	common http.Header
	bearer *string // of WithBearerToken
}

const (
	reasonTwoCredentials = "Authorization is where WithBearerToken's token goes; a gateway's credentials need a client with a session"
	reasonBody           = "this package sets the body and its encoding"
	reasonConnection     = "net/http manages the connection"
	reasonBearer         = "give a customer's token to WithBearerToken: beside a session it would be a second login"
	reasonReplay         = "it has no effect on these routes and makes net/http send a POST twice"
)

var reservedHeaders = map[string]string{
	"Cookie":            "cookies are kept in the Session",
	"Host":              "the base URL names the host",
	"Content-Length":    reasonBody,
	"Transfer-Encoding": reasonBody,
	"Accept-Encoding":   reasonBody,
	"Connection":        reasonConnection,
	"Keep-Alive":        reasonConnection,
	"Proxy-Connection":  reasonConnection,
	"Upgrade":           reasonConnection,
	"Trailer":           reasonConnection,
	"Te":                reasonConnection,
	"Expect":            "net/http would wait, and servers refuse what they do not know",
}

// bodyHeaders belong to the body of a request. Only [Client.Do], which is given a body, takes them.
var bodyHeaders = map[string]string{
	"Content-Type":      reasonBody,
	"Content-Encoding":  reasonBody,
	"Idempotency-Key":   reasonReplay,
	"X-Idempotency-Key": reasonReplay,
}

// checkHeader refuses a header that can't be sent. The error's field is that of what sets it.
func checkHeader(field, name, value string) error {
	if !isToken(name) {
		return refused(field, "the name is empty or has a character that no header name may have")
	}
	key := http.CanonicalHeaderKey(name)
	if reason, ok := reservedHeaders[key]; ok {
		return refused(field, key+" can't be set: "+reason)
	}
	if key == "Authorization" && isBearer(value) {
		return refused(field, reasonBearer)
	}
	return checkHeaderValue(field, value)
}

// checkBearerToken refuses what can't be a token of GetToken.
func checkBearerToken(token string) error {
	switch {
	case token == "":
		return refused("WithBearerToken", "the token is empty")
	case isBearer(token):
		return refused("WithBearerToken", "give the token alone, without the word Bearer")
	}
	return checkHeaderValue("WithBearerToken", token)
}

// isBearer reports whether an Authorization header has the scheme Bearer, with any white space after it, as the
// backend's passport-jwt reads it.
func isBearer(value string) bool {
	const scheme = "Bearer"
	if len(value) < len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme) {
		return false
	}
	rest := value[len(scheme):]
	return rest == "" || !isToken(rest[:1])
}

// isToken reports whether s can be a header's or cookie's name (RFC 9110, token).
func isToken(s string) bool {
	for i := range len(s) {
		b := s[i]
		alnum := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
		if !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(b)) {
			return false
		}
	}
	return s != ""
}

// checkHeaderValue refuses what would end the header or be cut off on the way. It does not repeat the value, which
// may be a secret.
func checkHeaderValue(field, value string) error {
	if strings.TrimSpace(value) != value {
		return refused(field, "the value begins or ends with white space, which would be cut off")
	}
	for i := range len(value) {
		if b := value[i]; b < ' ' && b != '\t' || b == 0x7f {
			return refused(field, "the value has a control character, such as a line break")
		}
	}
	return nil
}
