package medusa

import (
	"net/http"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/validate"
)

var loginBody = validate.Class{{Name: "email", Check: validate.Email}, {Name: "password", Check: validate.NotEmpty}}

// authenticate returns the customer whose email and password the body has, or sets the response and returns nil.
func (o operations) authenticate(x *Exchange) *Customer {
	body, failed := loginBody.Validate(x.body)
	if x.fail(failed) {
		return nil
	}
	c, password := o.account(value(body.Text("email"))), body.Text("password")
	if c == nil || password == nil || !c.Password.is(*password) {
		x.Response = response.Text(http.StatusUnauthorized)
		return nil
	}
	return c
}

// Authenticate logs in. The session keeps its id, also one that an attacker planted.
func (o operations) Authenticate(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.authenticate(x); c != nil {
		x.session.customerID = c.ID
		o.respondWithOrders(x, c)
	}
}

// GetToken responds with a bearer token and leaves the session alone.
func (o operations) GetToken(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.authenticate(x); c != nil {
		now := o.Clock.Now()
		token := newToken(claims{c.ID, "store", now.Unix(), now.Add(bearerTokenTTL).Unix()}, string(o.secret))
		x.Response = response.JSON(js.Members{{Name: "access_token", Value: token}})
	}
}

var passwordTokenBody = validate.Class{{Name: "email", Check: validate.Email}}

// GeneratePasswordToken makes a token for an account. The response is the same without one.
func (o operations) GeneratePasswordToken(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := passwordTokenBody.Validate(x.body)
	if x.fail(failed) {
		return
	}
	if c := o.account(value(body.Text("email"))); c != nil {
		now := o.Clock.Now()
		token := newToken(claims{c.ID, "", now.Unix(), now.Add(passwordTokenTTL).Unix()}, c.Password.secret)
		email := lowerCase(c.Email)
		o.passwordTokens[email] = append(o.passwordTokens[email], token)
	}
	x.Response = response.Text(http.StatusNoContent)
}

var passwordResetBody = validate.Class{
	{Name: "email", Check: validate.Email}, {Name: "token", Check: validate.String}, {Name: "password", Check: validate.String},
}

// ResetPassword responds with a 500 to every token that is not valid, unless there is no such account.
func (o operations) ResetPassword(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := passwordResetBody.Validate(x.body)
	if x.fail(failed) {
		return
	}
	c := o.account(value(body.Text("email")))
	if c == nil {
		x.Response = response.Failure(http.StatusUnauthorized, "", "unauthorized", "Invalid or expired password reset token")
		return
	}
	if _, ok := readToken(value(body.Text("token")), c.Password.secret, o.Clock.Now()); !ok {
		x.fail(response.UnknownError())
		return
	}
	if text := value(body.Text("password")); text != "" {
		c.Password, c.updatedAt = NewPassword(text), o.Clock.Now()
	}
	x.Response = response.JSON(js.Members{{Name: "customer", Value: c.columns()}})
}
