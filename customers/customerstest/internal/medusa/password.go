package medusa

import (
	"crypto/rand"
	"strings"
)

// Password is a password and the secret that signs the tokens to reset it. Setting a password makes earlier tokens
// invalid, even if it is the same again. The backend's hashing is left out, for speed.
type Password struct {
	text   string
	secret string
}

// NewPassword returns the password with a new secret.
func NewPassword(text string) Password {
	return Password{withoutEnd(text), rand.Text()}
}

// withoutEnd removes NULs at the end, which the backend's hash does not see.
func withoutEnd(text string) string { return strings.TrimRight(text, "\x00") }

// is reports whether text is the password. A guest has none.
func (p Password) is(text string) bool { return p.secret != "" && p.text == withoutEnd(text) }
