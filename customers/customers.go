package customers

import (
	"context"
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
)

var (
	opCreate                = &operation{name: api.OperationCreateCustomer, auth: login}
	opRetrieve              = &operation{name: api.OperationRetrieveCustomer, auth: secured}
	opUpdate                = &operation{name: api.OperationUpdateCustomer, auth: secured}
	opGeneratePasswordToken = &operation{name: api.OperationGeneratePasswordToken, body: noBody}
	opResetPassword         = &operation{name: api.OperationResetPassword}
)

// Create registers a customer and logs in: the client's session is the new customer's. The email is sent in lower
// case, as the backend stores it. An empty password is refused, because the backend would make a guest of it.
//
// [ErrDuplicate]: there is an account with this email. [ErrSessionSuperseded]: registered, but a newer login of this
// session stands. [ErrNoSessionCookie]: registered, but not logged in; the error says what to set.
func (c *Client) Create(ctx context.Context, customer CreateRequest, opts ...CallOption) (*Customer, error) {
	var v validator
	customer.Email = v.email("Email", customer.Email)
	v.required("Password", customer.Password)
	v.text("FirstName", customer.FirstName)
	v.text("LastName", customer.LastName)
	v.text("Phone", customer.Phone)
	req, err := api.NewCreateCustomerRequest(c.core.baseURL, customer)
	return c.customer(ctx, opCreate, req, v.or(err), opts)
}

// Retrieve returns the logged-in customer with shipping and billing addresses, without orders.
//
// [ErrUnauthenticated]: not logged in, or no longer. [ErrNotFound]: the customer was deleted; the session lives on
// until it expires.
func (c *Client) Retrieve(ctx context.Context, opts ...CallOption) (*Customer, error) {
	req, err := api.NewRetrieveCustomerRequest(c.core.baseURL)
	return c.customer(ctx, opRetrieve, req, err, opts)
}

// Update changes the logged-in customer: what customer holds is changed, the rest stays. [Null] clears a field.
//
// The email is sent in lower case: the backend would store any other spelling as given and then never find it again
// at login. Metadata is merged; a key with the value "" is deleted, a key with nil is stored as null. A new password
// ends neither sessions nor bearer tokens. For the billing address see [BillingAddressOf], [BillingAddressID] and
// [NoBillingAddress].
//
// [ErrUnauthenticated]: not logged in. [ErrDuplicate]: another account has this email, or another customer uses the
// address that BillingAddressID names for billing. [ErrNotFound]: no address has that id, or there is no such country.
func (c *Client) Update(ctx context.Context, customer UpdateRequest, opts ...CallOption) (*Customer, error) {
	var v validator
	if customer.Email != nil {
		email := v.email("Email", *customer.Email)
		customer.Email = &email
	}
	if customer.Password != nil {
		v.required("Password", *customer.Password)
	}
	v.nullableText("FirstName", customer.FirstName)
	v.nullableText("LastName", customer.LastName)
	v.nullableText("Phone", customer.Phone)
	v.billingAddress(customer.BillingAddress)
	req, err := api.NewUpdateCustomerRequest(c.core.baseURL, customer)
	return c.customer(ctx, opUpdate, req, v.or(err), opts)
}

// GeneratePasswordToken makes the backend issue a token for [Client.ResetPassword] and hand it to whatever mails it.
// It succeeds as well when no account has this email, so that nobody learns who is a customer, and when the backend
// failed to look. The token is handed on some seconds later. No login is needed, and a session is left alone.
func (c *Client) GeneratePasswordToken(ctx context.Context, email string, opts ...CallOption) error {
	var v validator
	email = v.email("email", email)
	req, err := api.NewGeneratePasswordTokenRequest(c.core.baseURL, api.GeneratePasswordTokenRequest{Email: email})
	_, err = c.exchange(ctx, opGeneratePasswordToken, req, v.or(err), opts)
	return err
}

// ResetPassword sets a new password with a token that [Client.GeneratePasswordToken] made the backend issue. The token
// is good for 15 minutes and once. The customer comes back without addresses, and is not logged in by it; sessions
// and bearer tokens that exist live on.
//
// [ErrInvalidPasswordToken]: the token is malformed, expired, used or somebody else's, or no account has this email.
func (c *Client) ResetPassword(ctx context.Context, reset ResetPasswordRequest, opts ...CallOption) (*Customer, error) {
	var v validator
	reset.Email = v.email("Email", reset.Email)
	v.required("Token", reset.Token)
	v.required("Password", reset.Password)
	req, err := api.NewResetPasswordRequest(c.core.baseURL, reset)
	return c.customer(ctx, opResetPassword, req, v.or(err), opts)
}

// customer sends a request that is answered with the customer.
func (c *Client) customer(ctx context.Context, op *operation, req *http.Request, buildErr error, opts []CallOption) (*Customer, error) {
	r, err := c.exchange(ctx, op, req, buildErr, opts)
	switch {
	case err != nil:
		return nil, err
	case op.orders && !r.orders:
		res, err := decode(r, func(res *customerWithoutOrders) bool { return res.Customer.ID != "" })
		if err != nil {
			return nil, err
		}
		return &res.Customer.Customer, nil
	}
	res, err := decode(r, func(res *api.CustomerEnvelope) bool { return res.Customer.ID != "" })
	if err != nil {
		return nil, err
	}
	return &res.Customer, nil
}
