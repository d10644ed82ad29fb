package customerstest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

const (
	bearerTokenTTL   = 30 * 24 * time.Hour
	passwordTokenTTL = 15 * time.Minute
)

// claims are what the backend puts into a JSON web token: a bearer token has a domain, a password token none.
type claims struct {
	CustomerID string `json:"customer_id"`
	Domain     string `json:"domain,omitempty"`
	IssuedAt   int64  `json:"iat"`
	Expires    int64  `json:"exp"`
}

var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))

func newToken(c claims, secret []byte) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers
	}
	text := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + base64.RawURLEncoding.EncodeToString(tokenSignature(text, secret))
}

// readToken returns the claims of a token that was signed with the secret and has not expired.
func readToken(token string, secret []byte, now time.Time) (c claims, ok bool) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return c, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	payload, isOurs := strings.CutPrefix(token[:dot], tokenHeader+".")
	if err != nil || !isOurs || !hmac.Equal(signature, tokenSignature(token[:dot], secret)) {
		return c, false
	}
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(text, &c) != nil {
		return c, false
	}
	return c, now.Unix() < c.Expires
}

func tokenSignature(text string, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}

var authorization = regexp.MustCompile(`(\S+)\s+(\S+)`)

// bearerOf is the customer that a request's bearer token is for, or "". Nothing but time ends such a token.
func (b *Backend) bearerOf(header string) string {
	m := authorization.FindStringSubmatch(header)
	if m == nil || !strings.EqualFold(m[1], "bearer") {
		return ""
	}
	if c, ok := readToken(m[2], b.secret, b.now()); ok && c.Domain == "store" {
		return c.CustomerID
	}
	return ""
}
