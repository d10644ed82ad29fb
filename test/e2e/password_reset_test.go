//nolint:thelper // the functions of tables are the tests themselves
package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestGeneratePasswordTokenThatFails has a customer for whom no token can be signed.
func TestGeneratePasswordTokenThatFails(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	execute(t, `UPDATE customer SET password_hash = '' WHERE id = $1`, who.ID)
	err := c.GeneratePasswordToken(t.Context(), who.Email)
	failure{is: customers.ErrInternal, status: 500, kind: "unknown_error", operation: "GeneratePasswordToken"}.check(t, err)
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	other, otherWho := newCustomer(t)
	sign := func(t *testing.T, id, hashOf string, life time.Duration) string {
		t.Helper()
		return signJWT(t, passwordHash(t, hashOf), jsonObject{"customer_id": id, "exp": time.Now().Add(life).Unix()})
	}
	for name, test := range map[string]struct {
		token func(t *testing.T, c *customers.Client, who account) string
		want  failure // the zero value if it succeeds
	}{
		"valid": {func(t *testing.T, c *customers.Client, who account) string { return issuedToken(t, c, who.Email) }, failure{}},
		"just minted": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, who.ID, who.ID, time.Minute)
		}, failure{}},
		"used": {func(t *testing.T, c *customers.Client, who account) string {
			token := issuedToken(t, c, who.Email)
			if _, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: token, Password: who.Password}); err != nil {
				t.Fatal(err)
			}
			return token
		}, failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"malformed": {func(*testing.T, *customers.Client, account) string { return "x.y.z" }, failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"expired": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, who.ID, who.ID, -time.Second)
		},
			failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"another customer's": {func(t *testing.T, _ *customers.Client, _ account) string {
			return issuedToken(t, other, otherWho.Email)
		},
			failure{is: customers.ErrInvalidPasswordToken, status: 500}},
		"another customer's, signed as this one's": {func(t *testing.T, _ *customers.Client, who account) string {
			return sign(t, otherWho.ID, who.ID, time.Minute)
		}, failure{is: customers.ErrInvalidPasswordToken, status: 401}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, who := newCustomer(t)
			token := test.token(t, c, who)
			// The present session has no effect, and stays.
			me, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: strings.ToUpper(who.Email), Token: token, Password: "new password"})
			password := who.Password
			if test.want.is != nil {
				test.want.check(t, err)
				if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), who.Email) {
					t.Error("the error shows the token or the email")
				}
			} else if password = "new password"; err != nil || me.ID != who.ID {
				t.Fatal(me, err)
			}
			if me, err := c.Retrieve(t.Context()); err != nil || me.ID != who.ID {
				t.Error("the session did not survive:", err)
			}
			if _, err := newClient(t).Auth.Authenticate(t.Context(), who.Email, password); err != nil {
				t.Error("the password is not what it should be:", err)
			}
		})
	}
	t.Run("unknown email", func(t *testing.T) {
		t.Parallel()
		c, email := newClient(t), uniqueEmail(t)
		if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
			t.Error(err)
		}
		_, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: email, Token: "x", Password: "x"})
		failure{is: customers.ErrInvalidPasswordToken, status: 401, kind: "unauthorized"}.check(t, err)
		if tokens := passwordTokens(t, email); len(tokens) != 0 {
			t.Error("a token was issued for an unknown email")
		}
	})
}
