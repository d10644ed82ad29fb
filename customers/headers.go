package customers

import (
	"net/http"
	"strings"
)

// WithHeader sends a header with every call of a client, or with one call; a call's header replaces the client's.
// Headers that this package or net/http must control are refused: Cookie, Host, the ones about the body, the
// connection and compression, and Idempotency-Key, which does nothing on these routes but makes net/http repeat a
// POST on its own.
//
// An If-None-Match header makes the backend answer a repeated read with 304, which is [ErrNotModified].
func WithHeader(name, value string) SharedOption {
	return headerOption(func(h http.Header) error {
		if !isToken(name) {
			return refused("WithHeader", "the name is empty or has a character that no header name may have")
		}
		key := http.CanonicalHeaderKey(name)
		if reason, ok := reservedHeaders[key]; ok {
			return refused("WithHeader", key+" can't be set: "+reason)
		}
		if err := checkHeaderValue("WithHeader", value); err != nil {
			return err
		}
		h.Set(key, value)
		return nil
	})
}

// WithPublishableKey sends the storefront's publishable API key, which decides the sales channel on other routes; on
// the customer and auth routes the backend does not look at it.
func WithPublishableKey(key string) SharedOption {
	return WithHeader("X-Publishable-Api-Key", key)
}

// headerOption adds a header to those of a client or of a call.
type headerOption func(http.Header) error

func (o headerOption) applyClient(k *core) error { return o(k.header) }

func (o headerOption) applyCall(c *call) error {
	if c.header == nil {
		c.header = http.Header{}
	}
	return o(c.header)
}

const (
	reasonBody       = "the body and its encoding are this package's business"
	reasonConnection = "the connection is net/http's business"
	reasonReplay     = "it has no effect on these routes and makes net/http send a POST twice"
)

var reservedHeaders = map[string]string{
	"Cookie":            "cookies are kept in the Session",
	"Host":              "the base URL names the host",
	"Content-Length":    reasonBody,
	"Content-Type":      reasonBody,
	"Content-Encoding":  reasonBody,
	"Transfer-Encoding": reasonBody,
	"Accept-Encoding":   reasonBody,
	"Connection":        reasonConnection,
	"Keep-Alive":        reasonConnection,
	"Proxy-Connection":  reasonConnection,
	"Upgrade":           reasonConnection,
	"Trailer":           reasonConnection,
	"Te":                reasonConnection,
	"Expect":            "net/http would wait, and servers refuse what they do not know",
	"Idempotency-Key":   reasonReplay,
	"X-Idempotency-Key": reasonReplay,
}

// isToken says whether s can be a header's or cookie's name (RFC 9110, token).
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
