package customerstest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
)

// password is a password as the backend's hash tells it from others, and what signs the tokens to reset it: setting a
// password makes earlier tokens worthless, even if it is the same one again. Hashing is left out, for speed.
type password struct {
	key    []byte
	secret []byte
}

func newPassword(text string) password {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return password{key: passwordKey(text), secret: secret}
}

func (p password) is(text string) bool { return p.key != nil && bytes.Equal(p.key, passwordKey(text)) }

// passwordKey is the text as HMAC, at the bottom of the backend's hash, sees it: more than a block is shortened, less
// is filled up with zeros. So a password and the same with NULs after it are one.
func passwordKey(text string) []byte {
	key := []byte(columnText(text))
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	return append([]byte{}, bytes.TrimRight(key, "\x00")...)
}

var passwordTokenBody = class{{name: "email", check: isEmailAddress}}

// GeneratePasswordToken makes a token that PasswordTokens returns, and says nothing.
func (o operations) GeneratePasswordToken(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := passwordTokenBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	if c := o.accountOf(body.text("email")); c != nil {
		now := o.now()
		token := newToken(claims{CustomerID: c.id, IssuedAt: now.Unix(), Expires: now.Add(passwordTokenTTL).Unix()}, c.password.secret)
		email := lowerCase(c.email)
		o.passwordTokens[email] = append(o.passwordTokens[email], token)
	}
	x.answer = textAnswer(http.StatusNoContent)
}

// PasswordTokens returns the tokens of the mails that the backend would have sent to this email, the newest last. A token
// is good for 15 minutes, until the password is changed.
func (b *Backend) PasswordTokens(email string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.passwordTokens[lowerCase(email)]...)
}

var passwordResetBody = class{
	{name: "email", check: isEmailAddress}, {name: "token", check: isString}, {name: "password", check: isString},
}

// ResetPassword answers 500 to every token that is not good, unless there is no such account.
func (o operations) ResetPassword(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := passwordResetBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	c := o.accountOf(body.text("email"))
	if c == nil {
		x.answer = failureAnswer(http.StatusUnauthorized, "", "unauthorized", "Invalid or expired password reset token")
		return
	}
	if _, ok := readToken(body.text("token"), c.password.secret, o.now()); !ok {
		x.answer = unknownError()
		return
	}
	if text := body.text("password"); text != "" {
		c.password, c.updatedAt = newPassword(text), o.now()
	}
	x.answer = jsonAnswer(http.StatusOK, members{{"customer", c.columns()}})
}
