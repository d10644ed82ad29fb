package customers

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// WithCredentials makes the client act for one account, such as that of a nightly job. Calls that need a login log in
// when there is none, and once more when it has ended; calls that find so at the same time share one login, and each
// waits for it only as long as its own context and WithTimeout allow. A call fails with the login's error if that
// fails.
//
// The client is never another customer's: Create and Auth.Authenticate are refused on it, and a login that brings
// another customer's id than the first one did is [ErrInvalidCredentials]. Clients derived by [Client.WithSession] do
// not have the credentials; they are for others. The session hook is not called for the account.
//
// Credentials that the backend has refused are not tried again, and every call that needs a login fails with the same
// error. Make a new client to go on, also after Update has changed email or password. DeleteSession ends the login at
// the backend; the next call that needs one logs in again.
func WithCredentials(email, password string) Option {
	return option(func(c *config) error {
		in := newCall(OperationAuthenticate, nil)
		credentials := in.credentials(email, password)
		if in.err != nil {
			e, _ := errors.AsType[*Error](in.err)
			return refused("WithCredentials", e.Field+": "+e.Message)
		}
		c.credentials = &credentials
		return nil
	})
}

// account logs the client of [WithCredentials] in.
type account struct {
	caller      caller // without the account
	credentials api.Credentials
	turn        chan struct{} // of capacity one: what it contains has the right to log in
	customer    string        // the id that the first login brought; only for who has the turn
	failed      atomic.Pointer[Error]
}

const (
	messageOtherCustomer = "the credentials are another customer's now than at the first login: make a new client if that is right"
	messageLoginTooSlow  = "another call's login takes too long"
)

// useAccount gives c an account of its own.
func (c *caller) useAccount(credentials api.Credentials) {
	c.session.account = true
	a := &account{caller: *c, credentials: credentials, turn: make(chan struct{}, 1)}
	c.logIn = a.logIn
}

// logIn logs in unless another call has; see caller.logIn.
func (a *account) logIn(ctx context.Context, found *cookie, header http.Header, spent *time.Duration) error {
	failed, began := a.failed.Load(), time.Now()
	patience := time.NewTimer(a.caller.config.transport.timeout - *spent)
	defer patience.Stop()
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return &Error{Operation: OperationAuthenticate, cause: ctx.Err()}
	case <-patience.C:
		return &Error{Operation: OperationAuthenticate, kind: ErrUnavailable, Message: messageLoginTooSlow}
	}
	defer func() { <-a.turn }()
	*spent += time.Since(began)
	if a.caller.session.loggedInSince(found) {
		return nil
	}
	if f := a.failed.Load(); f != nil && (f != failed || f.refusesCredentials()) {
		shared := *f
		return &shared
	}
	err := a.authenticate(ctx, header, spent)
	if e, ok := errors.AsType[*Error](err); ok && e.concernsOthers() {
		a.failed.Store(e)
	}
	return err
}

// loggedInSince reports whether the session has a cookie of use that is not the one found.
func (s *Session) loggedInSince(found *cookie) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.cookie != nil && s.state.cookie != found && !s.state.cookie.expired()
}

// refusesCredentials reports whether a login failed because of what was sent, and would fail again. A 400 that is not
// the API's JSON is a gateway's, and may not come again.
func (e *Error) refusesCredentials() bool {
	return errors.Is(e, ErrInvalidCredentials) || errors.Is(e, ErrInvalidInput) && e.Type != ""
}

// concernsOthers reports whether a login failed for a reason that calls waiting for it share: not because of its own
// time limit, nor because of a logout that came in between.
func (e *Error) concernsOthers() bool {
	return !errors.Is(e, context.Canceled) && !errors.Is(e, context.DeadlineExceeded) && !errors.Is(e, ErrSessionSuperseded)
}

// authenticate logs in.
func (a *account) authenticate(ctx context.Context, header http.Header, spent *time.Duration) error {
	in := newCall(OperationAuthenticate, nil)
	in.account, in.options.header = true, header
	req, err := in.request(api.NewAuthenticateRequest(a.caller.baseURL(), a.credentials))
	if err != nil {
		return err
	}
	var id string
	in.decode = func(ctx context.Context, r *response) error {
		envelope, err := decode(ctx, r, api.DecodeCustomerEnvelope, api.DecodeOptions{})
		if err != nil {
			return err
		}
		if id = envelope.Customer.ID; a.customer != "" && id != a.customer {
			return r.failure(ErrInvalidCredentials, messageOtherCustomer)
		}
		return nil
	}
	a.caller.setHeaders(req, header)
	_, _, err = a.caller.try(context.WithValue(ctx, operationKey{}, operations[in.op]), &in, req, spent)
	if err == nil {
		a.customer = id
	}
	return err
}
