package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

var (
	opAuthenticate  = &operation{name: api.OperationAuthenticate, auth: login, orders: true}
	opGetSession    = &operation{name: api.OperationGetSession, auth: secured, orders: true}
	opDeleteSession = &operation{name: api.OperationDeleteSession, auth: logout, body: textBody}
	opGetToken      = &operation{name: api.OperationGetToken}
	opExists        = &operation{name: api.OperationEmailExists}
)

// AuthService logs in and out; it is the Auth field of a [Client].
type AuthService struct {
	client *Client
}

// Authenticate logs in: the client's session becomes the customer's. The customer comes with shipping addresses, but
// without the billing address, which [Client.Retrieve] has. A failed login leaves the session as it was.
//
// The backend sends all of the customer's orders along, however many there are. They are left out of the result, because
// a login has no use for them; [WithOrders] fills in Orders.
//
// [ErrInvalidCredentials]: wrong email or password. [ErrSessionSuperseded]: a newer login or logout stands.
// [ErrNoSessionCookie]: the credentials are right but no cookie came; the error says what to set.
func (s AuthService) Authenticate(ctx context.Context, email, password string, opts ...CallOption) (*Customer, error) {
	var v validator
	req, err := api.NewAuthenticateRequest(s.client.core.baseURL, v.credentials(email, password))
	return s.client.customer(ctx, opAuthenticate, req, v.or(err), opts)
}

// GetSession returns the logged-in customer like [AuthService.Authenticate], the orders only by [WithOrders]. To ask only
// who is logged in, [Client.Retrieve] is smaller and faster.
//
// [ErrUnauthenticated]: not logged in, or no longer. [ErrNotFound]: the customer was deleted.
func (s AuthService) GetSession(ctx context.Context, opts ...CallOption) (*Customer, error) {
	req, err := api.NewGetSessionRequest(s.client.core.baseURL)
	return s.client.customer(ctx, opGetSession, req, err, opts)
}

// DeleteSession logs out: the backend forgets the session, and so does the client. It succeeds as well when nobody is
// logged in. An error leaves the session as it was. Bearer tokens live on.
func (s AuthService) DeleteSession(ctx context.Context, opts ...CallOption) error {
	req, err := api.NewDeleteSessionRequest(s.client.core.baseURL)
	_, err = s.client.exchange(ctx, opDeleteSession, req, err, opts)
	return err
}

// GetToken returns a bearer token for [WithBearerToken], good for 30 days. Nothing ends it earlier, neither a logout
// nor a new password. The client's session is left alone.
//
// [ErrInvalidCredentials]: wrong email or password.
func (s AuthService) GetToken(ctx context.Context, email, password string, opts ...CallOption) (string, error) {
	var v validator
	req, err := api.NewGetTokenRequest(s.client.core.baseURL, v.credentials(email, password))
	res, err := send(ctx, s.client, opGetToken, req, v.or(err), opts, func(res *api.Token) bool { return res.AccessToken != "" })
	if err != nil {
		return "", err
	}
	return res.AccessToken, nil
}

// Exists says whether an email has an account. The backend says no for guests, and also when it fails inside. No
// login is needed, and a session is left alone.
func (s AuthService) Exists(ctx context.Context, email string, opts ...CallOption) (bool, error) {
	var v validator
	email = v.email("email", email)
	req, err := api.NewEmailExistsRequest(s.client.core.baseURL, email)
	// A pointer, so that an answer without the property is not taken for a no.
	type answer struct {
		Exists *bool `json:"exists"`
	}
	res, err := send(ctx, s.client, opExists, req, v.or(err), opts, func(a *answer) bool { return a.Exists != nil })
	if err != nil {
		return false, err
	}
	return *res.Exists, nil
}
