package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

// AuthService logs in and out; it is the Auth field of a [Client].
type AuthService struct {
	caller *caller
}

// Authenticate logs in: the client's session becomes the customer's. The customer comes with shipping addresses, but
// without the billing address, which [Client.Retrieve] has. A failed login leaves the session as it was.
//
// The backend sends all of the customer's orders along, however many there are. The result leaves them out, because a
// login has no use for them; with [WithOrders] it has them in Orders.
//
// [ErrInvalidCredentials]: wrong email or password. [ErrSessionSuperseded]: a newer login or logout stands.
// [ErrNoSessionCookie]: the credentials are right but no cookie came; the error says what to set.
func (s AuthService) Authenticate(ctx context.Context, email, password string, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationAuthenticate, opts)
	req, err := in.request(api.NewAuthenticateRequest(s.caller.baseURL(), in.credentials(email, password)))
	if err != nil {
		return nil, err
	}
	return s.caller.customer(ctx, &in, req)
}

// GetSession returns the logged-in customer like [AuthService.Authenticate], the orders only by [WithOrders]. To ask
// only who is logged in, [Client.Retrieve] is smaller and faster.
//
// [ErrUnauthenticated]: not logged in, or no longer. [ErrNotFound]: the customer was deleted.
func (s AuthService) GetSession(ctx context.Context, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationGetSession, opts)
	req, err := in.request(api.NewGetSessionRequest(s.caller.baseURL()))
	if err != nil {
		return nil, err
	}
	return s.caller.customer(ctx, &in, req)
}

// DeleteSession logs out: the backend forgets the session, and so does the client. It also succeeds when no customer is
// logged in. An error leaves the session as it was. Bearer tokens stay valid.
func (s AuthService) DeleteSession(ctx context.Context, opts ...CallOption) error {
	in := newCall(OperationDeleteSession, opts)
	req, err := in.request(api.NewDeleteSessionRequest(s.caller.baseURL()))
	if err != nil {
		return err
	}
	_, err = s.caller.do(ctx, &in, req)
	return err
}

// GetToken returns a bearer token for [WithBearerToken], good for 30 days. Nothing ends it earlier, neither a logout
// nor a new password. The client's session is left alone.
//
// [ErrInvalidCredentials]: wrong email or password.
func (s AuthService) GetToken(ctx context.Context, email, password string, opts ...CallOption) (string, error) {
	in := newCall(OperationGetToken, opts)
	req, err := in.request(api.NewGetTokenRequest(s.caller.baseURL(), in.credentials(email, password)))
	if err != nil {
		return "", err
	}
	res, err := fetch(ctx, s.caller, &in, req, api.DecodeToken, api.DecodeOptions{})
	if err != nil {
		return "", err
	}
	return res.AccessToken, nil
}

// Exists reports whether an email has an account. The backend reports no for guests, and also when it fails inside. No
// login is needed, and a session is left alone.
func (s AuthService) Exists(ctx context.Context, email string, opts ...CallOption) (bool, error) {
	in := newCall(OperationEmailExists, opts)
	email = in.email(email)
	built, err := api.NewEmailExistsRequest(s.caller.baseURL(), email)
	if err != nil {
		in.refuse("Email", "it has a part that leads to another route")
	}
	req, err := in.request(built, err)
	if err != nil {
		return false, err
	}
	res, err := fetch(ctx, s.caller, &in, req, api.DecodeEmailStatus, api.DecodeOptions{})
	if err != nil {
		return false, err
	}
	return res.Exists, nil
}
