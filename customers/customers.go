package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

// Create registers a customer and logs in: the client's session is the new customer's. The email is sent in lower
// case, as the backend stores it. An empty password is refused, because the backend would register a guest.
//
// [ErrDuplicate]: there is an account with this email. [ErrSessionSuperseded]: registered, but a newer login of this
// session stands. [ErrNoSessionCookie]: registered, but not logged in; the error says what to set.
func (c *Client) Create(ctx context.Context, customer CreateRequest, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationCreateCustomer, opts)
	customer.Email = in.email(customer.Email)
	in.required("Password", customer.Password)
	in.text("FirstName", customer.FirstName)
	in.text("LastName", customer.LastName)
	in.text("Phone", customer.Phone)
	req, err := in.request(api.NewCreateCustomerRequest(c.caller.baseURL(), customer))
	if err != nil {
		return nil, err
	}
	return c.caller.customer(ctx, &in, req)
}

// Retrieve returns the logged-in customer with shipping and billing addresses, without orders.
//
// [ErrUnauthenticated]: not logged in, or no longer. [ErrNotFound]: the customer was deleted; the session stays valid
// until it expires.
func (c *Client) Retrieve(ctx context.Context, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationRetrieveCustomer, opts)
	req, err := in.request(api.NewRetrieveCustomerRequest(c.caller.baseURL()))
	if err != nil {
		return nil, err
	}
	return c.caller.customer(ctx, &in, req)
}

// Update changes the logged-in customer: fields that are set change, the rest stays. [Null] clears a field.
//
// The email is sent in lower case: the backend would store any other spelling as given and then never find it again
// at login. Metadata is merged; a key with the value "" is deleted, a key with nil is stored as null. A new password
// ends neither sessions nor bearer tokens. For the billing address see [BillingAddressOf], [BillingAddressID] and
// [NoBillingAddress].
//
// [ErrUnauthenticated]: not logged in. [ErrDuplicate]: another account has this email, or another customer uses the
// address that BillingAddressID names for billing. [ErrNotFound]: no address has that id, or there is no such country.
func (c *Client) Update(ctx context.Context, customer UpdateRequest, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationUpdateCustomer, opts)
	if customer.Email != nil {
		email := in.email(*customer.Email)
		customer.Email = &email
	}
	if customer.Password != nil {
		in.required("Password", *customer.Password)
	}
	in.nullableText("FirstName", customer.FirstName)
	in.nullableText("LastName", customer.LastName)
	in.nullableText("Phone", customer.Phone)
	in.json("Metadata", customer.Metadata)
	in.billingAddress(customer.BillingAddress)
	req, err := in.request(api.NewUpdateCustomerRequest(c.caller.baseURL(), customer))
	if err != nil {
		return nil, err
	}
	return c.caller.customer(ctx, &in, req)
}

// GeneratePasswordToken makes the backend issue a token for [Client.ResetPassword] and emit it as the event
// customer.password_reset, whose subscriber in the shop mails it, some seconds later. It also succeeds when no account
// has this email, so that it does not disclose who is a customer, and when the backend fails to look. No login is
// needed, and a session is left alone.
func (c *Client) GeneratePasswordToken(ctx context.Context, email string, opts ...CallOption) error {
	in := newCall(OperationGeneratePasswordToken, opts)
	email = in.email(email)
	req, err := in.request(api.NewGeneratePasswordTokenRequest(c.caller.baseURL(), api.GeneratePasswordTokenRequest{Email: email}))
	if err != nil {
		return err
	}
	_, err = c.caller.do(ctx, &in, req)
	return err
}

// ResetPassword sets a new password with a token that [Client.GeneratePasswordToken] made the backend issue. The token
// is good for 15 minutes and for one use. The customer is returned without addresses and is not logged in; existing
// sessions and bearer tokens stay valid.
//
// [ErrInvalidPasswordToken]: the token is malformed, expired, used or another customer's, or no account has this email.
func (c *Client) ResetPassword(ctx context.Context, reset ResetPasswordRequest, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationResetPassword, opts)
	reset.Email = in.email(reset.Email)
	in.required("Token", reset.Token)
	in.required("Password", reset.Password)
	req, err := in.request(api.NewResetPasswordRequest(c.caller.baseURL(), reset))
	if err != nil {
		return nil, err
	}
	return c.caller.customer(ctx, &in, req)
}
