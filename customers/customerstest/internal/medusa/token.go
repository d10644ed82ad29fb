package medusa

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

const (
	bearerTokenTTL   = 30 * 24 * time.Hour
	passwordTokenTTL = 15 * time.Minute
)

// claims are those of the backend's JSON web tokens: a bearer token has a domain, a password token none.
type claims struct {
	CustomerID string `json:"customer_id"`
	Domain     string `json:"domain,omitempty"`
	IssuedAt   int64  `json:"iat"`
	Expires    int64  `json:"exp"`
}

var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))

func newToken(c claims, secret string) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers
	}
	text := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + base64.RawURLEncoding.EncodeToString(tokenSignature(text, secret))
}

// readToken returns the claims of a token that was signed with the secret and has not expired.
func readToken(token string, secret string, now time.Time) (c claims, ok bool) {
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

func tokenSignature(text string, secret string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}
