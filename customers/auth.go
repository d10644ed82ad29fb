package customers

import (
	"context"
	"net/http"

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
	return s.login(ctx, &in, req)
}

// GetSession returns the logged-in customer like [AuthService.Authenticate], the orders only by [WithOrders]. To ask only
// who is logged in, [Client.Retrieve] is smaller and faster.
//
// [ErrUnauthenticated]: not logged in, or no longer. [ErrNotFound]: the customer was deleted.
func (s AuthService) GetSession(ctx context.Context, opts ...CallOption) (*Customer, error) {
	in := newCall(OperationGetSession, opts)
	req, err := in.request(api.NewGetSessionRequest(s.caller.baseURL()))
	if err != nil {
		return nil, err
	}
	return s.login(ctx, &in, req)
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
	res, err := fetch(ctx, s.caller, &in, req, func(res *api.Token) bool { return res.AccessToken != "" })
	if err != nil {
		return "", err
	}
	return res.AccessToken, nil
}

// Exists reports whether an email has an account. The backend reports no for guests, and also when it fails inside. No
// login is needed, and a session is left alone.
func (s AuthService) Exists(ctx context.Context, email string, opts ...CallOption) (bool, error) {
	in := newCall(OperationEmailExists, opts)
	email = in.email("email", email)
	req, err := in.request(api.NewEmailExistsRequest(s.caller.baseURL(), email))
	if err != nil {
		return false, err
	}
	// A pointer, so that a response without the property is not taken for a no.
	type status struct {
		Exists *bool `json:"exists"`
	}
	res, err := fetch(ctx, s.caller, &in, req, func(res *status) bool { return res.Exists != nil })
	if err != nil {
		return false, err
	}
	return *res.Exists, nil
}

// login makes a call whose response is the customer with all orders, and drops them unless WithOrders asks for them.
func (s AuthService) login(ctx context.Context, in *call, req *http.Request) (*Customer, error) {
	if in.options.orders {
		return s.caller.customer(ctx, in, req)
	}
	res, err := fetch(ctx, s.caller, in, req, func(res *customerWithoutOrders) bool { return res.Customer.ID != "" })
	if err != nil {
		return nil, err
	}
	return &res.Customer.Customer, nil
}

// customerWithoutOrders is a customer as a login returns it, its orders skipped: they are checked to be JSON, and nothing
// is kept of them.
type customerWithoutOrders struct {
	Customer struct {
		Orders skipped `json:"orders"` // hides the customer's own
		Customer
	} `json:"customer"`
}

// skipped is JSON of which nothing is kept.
type skipped struct{}

// UnmarshalJSON keeps nothing.
func (*skipped) UnmarshalJSON([]byte) error { return nil }
