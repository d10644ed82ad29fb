package customers

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// caller makes the calls of one client.
type caller struct {
	config  *config
	session *Session // nil: no session, only a bearer token or calls that need no login
	bearer  *string  // the token that is sent instead of a session's cookie; behind a pointer, which fmt does not follow
	run     *renewal // the run of the re-login hook that the client was made for
}

func (c *caller) baseURL() string { return c.config.endpoint.baseURL }

// do sends a call's request. Its steps: headers, then try; once more with each other cookie that a browser sent by the
// session cookie's name, and after a re-login.
func (c *caller) do(ctx context.Context, in *call, req *http.Request) (*response, error) {
	if in.options.response != nil {
		*in.options.response = Response{}
	}
	c.setHeaders(req, in.options.header)
	ctx = context.WithValue(ctx, operationKey{}, operations[in.op])
	var spent time.Duration
	r, snap, err := c.try(ctx, in, req, nil, &spent)
	for snap.again && rewind(req) {
		r.discard()
		r, snap, err = c.try(ctx, in, req, nil, &spent)
	}
	if snap.expired && c.mayRenew(ctx) && rewind(req) {
		r.discard()
		if err := c.session.renew(ctx, in.op, &snap, c.config.reloginHook); err != nil {
			return nil, err
		}
		r, _, err = c.try(ctx, in, req, &snap, &spent)
	}
	return r, err
}

// try sends req as the session's customer of the moment. Its steps: session, transport, session, status. spent is how much
// of WithTimeout the call has used.
func (c *caller) try(ctx context.Context, in *call, req *http.Request, first *snapshot, spent *time.Duration) (*response, snapshot, error) {
	snap, err := c.authorize(ctx, in.op, req, first)
	if err != nil {
		return nil, snap, named(in.op, err)
	}
	began := time.Now()
	r, attempts, err := c.config.transport.send(ctx, in.op, req, c.config.transport.timeout-*spent, in.streams)
	*spent += time.Since(began)
	if out := in.options.response; out != nil {
		*out = Response{Attempts: out.Attempts + attempts} // without what an earlier try got
		if r != nil {
			out.StatusCode, out.Header = r.status, withoutSetCookie(r.header)
		}
	}
	if r == nil {
		return nil, snap, err
	}
	// The session comes before the body: a login whose body is cut off is a login all the same.
	if sessionErr := c.settle(ctx, &snap, r, in.options.header); sessionErr != nil {
		r.discard()
		return nil, snap, sessionErr
	}
	if !in.streams {
		err = cmp.Or(err, r.check(c.config.endpoint)) // to the caller of Do, any status is a response
	}
	if err != nil {
		r.discard()
		return nil, snap, err
	}
	return r, snap, nil
}

// setHeaders sets the client's headers, and those of the call, which replace them.
func (c *caller) setHeaders(req *http.Request, ofCall http.Header) {
	maps.Copy(req.Header, c.config.headers.common)
	maps.Copy(req.Header, ofCall)
}

const (
	messageBearerLogin = "this client sends a bearer token: log in with a client made without WithBearerToken, or derived by WithSession(new(customers.Session))"
	messageNoSession   = "derive a client for the customer by WithSession(new(customers.Session)) or with a session you kept"
)

// authorize sets what req needs to be the customer's: the session's cookie, or the bearer token.
func (c *caller) authorize(ctx context.Context, op Operation, req *http.Request, first *snapshot) (snapshot, error) {
	if c.session == nil {
		use := operations[op].session
		switch {
		case use == login && c.bearer != nil:
			return snapshot{}, &Error{kind: ErrNoSession, Message: messageBearerLogin}
		case use != open && use != optional && c.bearer == nil, use == logout:
			return snapshot{}, &Error{kind: ErrNoSession, Message: messageNoSession}
		case c.bearer != nil && req.Header["Authorization"] != nil:
			return snapshot{}, refused("WithHeader", reasonTwoCredentials)
		case c.bearer != nil && use != open:
			req.Header.Set("Authorization", "Bearer "+*c.bearer)
		}
		return snapshot{}, nil
	}
	snap, cookies, err := c.session.begin(op, c.config.endpoint, c.currentRun(ctx), first)
	mayLogIn := first != nil || snap.expired && c.mayRenew(ctx)
	if operations[op].session == optional && errors.Is(err, ErrUnauthenticated) && !mayLogIn {
		snap.cookie, snap.expired, err = nil, false, nil // without a login, the call is an anonymous visitor's
	}
	if err != nil {
		return snap, err
	}
	delete(req.Header, "Cookie") // of a first try
	if cookies != "" {
		req.Header["Cookie"] = []string{cookies}
	}
	return snap, nil
}

// settle takes what a response means into the session.
func (c *caller) settle(ctx context.Context, snap *snapshot, r *response, header http.Header) error {
	if c.session == nil {
		return nil
	}
	e, use := c.config.endpoint, operations[r.op].session
	got := result{ok: r.ok(), unauthorized: r.unauthorized(), cookies: readCookies(r.header, e)}
	snap.expired = (use == secured || use == optional && snap.cookie != nil) && got.unauthorized && snap.verified
	if use == login && got.ok && got.cookies.live() == nil {
		// None of this response's cookies are kept: under another name, one of them is the login's.
		return r.noSessionCookie(e)
	}
	superseded, changed := c.session.settle(r.op, snap, got)
	c.endSuperseded(ctx, superseded, header)
	if changed && c.config.sessionHook != nil {
		c.session.notify(ctx, c.config.sessionHook)
	}
	if use == login && got.ok && slices.Contains(superseded, got.cookies.live()) {
		return r.failure(ErrSessionSuperseded, messageSuperseded)
	}
	return nil
}

// supersededTimeout bounds how long a call waits for the logout of superseded logins.
const supersededTimeout = 5 * time.Second

// endSuperseded logs out superseded logins at the backend, as well as can be: no caller could act on a failure. It sends
// the headers of the call that found them.
func (c *caller) endSuperseded(ctx context.Context, superseded []*cookie, header http.Header) {
	if len(superseded) == 0 {
		return
	}
	ctx = context.WithValue(context.WithoutCancel(ctx), operationKey{}, operations[OperationDeleteSession])
	ctx, cancel := context.WithTimeout(ctx, supersededTimeout)
	defer cancel()
	for _, s := range superseded {
		cookies := c.session.supersededHeader(s, c.config.endpoint)
		req, err := api.NewDeleteSessionRequest(c.config.endpoint.baseURL)
		if err != nil || cookies == "" || s.expired() {
			continue
		}
		c.setHeaders(req, header)
		req.Header["Cookie"] = []string{cookies}
		_, _, _ = c.config.transport.send(ctx, OperationDeleteSession, req, c.config.transport.timeout, false)
	}
}

// currentRun returns the run of the re-login hook that makes the call, with its client or with its context.
func (c *caller) currentRun(ctx context.Context) *renewal {
	if c.run != nil || c.config.reloginHook == nil {
		return c.run
	}
	return runOf(ctx, c.session)
}

// mayRenew reports whether the re-login hook may run for a call.
func (c *caller) mayRenew(ctx context.Context) bool {
	return c.config.reloginHook != nil && c.session != nil && c.currentRun(ctx) == nil
}

// fetch makes a call and decodes the response with read.
func fetch[T any](ctx context.Context, c *caller, in *call, req *http.Request, read decodeFunc[T], options api.DecodeOptions) (*T, error) {
	r, err := c.do(ctx, in, req)
	if err != nil {
		return nil, err
	}
	return decode(ctx, r, read, options)
}

// customer makes a call whose response is the customer.
func (c *caller) customer(ctx context.Context, in *call, req *http.Request) (*Customer, error) {
	read := api.DecodeCustomerEnvelope
	if in.options.orders != nil {
		read = in.options.orders
	}
	envelope, err := fetch(ctx, c, in, req, read, api.DecodeOptions{})
	if envelope == nil {
		return nil, err
	}
	return &envelope.Customer, err
}
