package customerstest

import "net/http"

var loginBody = class{{name: "email", check: isEmailAddress}, {name: "password", check: isNotEmpty}}

// authenticate returns the customer whose email and password the body holds.
func (o operations) authenticate(x *exchange) (*customer, bool) {
	body, failed := loginBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return nil, false
	}
	c := o.accountOf(body.text("email"))
	text, isText := body.values["password"].(string)
	if c == nil || !isText || !c.password.is(text) {
		x.answer = textAnswer(http.StatusUnauthorized)
		return nil, false
	}
	return c, true
}

// Authenticate logs in. The session keeps its id, whoever it came from.
func (o operations) Authenticate(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c, ok := o.authenticate(x); ok {
		x.session.customerID = c.id
		x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withOrders(c)}})
	}
}

// GetSession reads the customer with all orders.
func (o operations) GetSession(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.currentCustomer(x); c != nil {
		x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withOrders(c)}})
	}
}

// DeleteSession logs out, logged in or not.
func (o operations) DeleteSession(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	o.endSession(x)
	x.answer = textAnswer(http.StatusOK)
}

// GetToken hands out a bearer token and leaves the session alone.
func (o operations) GetToken(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c, ok := o.authenticate(x); ok {
		now := o.now()
		token := newToken(claims{CustomerID: c.id, Domain: "store", IssuedAt: now.Unix(), Expires: now.Add(bearerTokenTTL).Unix()}, o.secret)
		x.answer = jsonAnswer(http.StatusOK, members{{"access_token", token}})
	}
}

// EmailExists says whether there is an account; a guest has none.
func (o operations) EmailExists(_ http.ResponseWriter, r *http.Request, email string) {
	exchangeOf(r).answer = jsonAnswer(http.StatusOK, members{{"exists", o.accountOf(email) != nil}})
}
