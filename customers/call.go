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
	// logIn logs the client's own account in (WithCredentials), for a call that found the cookie found, or none, and adds
	// to spent what it took of WithTimeout; nil: the client has none.
	logIn func(ctx context.Context, found *cookie, header http.Header, spent *time.Duration) error
}

func (c *caller) baseURL() string { return c.config.endpoint.baseURL }

// do sends a call's request. Its steps: headers, then try; once more with each other cookie that a browser sent by the
// session cookie's name, and after a login of the client's own account.
func (c *caller) do(ctx context.Context, in *call, req *http.Request) (*response, error) {
	if in.options.response != nil {
		*in.options.response = Response{}
	}
	c.setHeaders(req, in.options.header)
	ctx = context.WithValue(ctx, operationKey{}, operations[in.op])
	var spent time.Duration
	r, snap, err := c.try(ctx, in, req, &spent)
	for snap.again && rewind(req) {
		r.discard()
		r, snap, err = c.try(ctx, in, req, &spent)
	}
	if snap.needsLogin && c.logIn != nil && rewind(req) {
		r.discard()
		if err := c.logIn(ctx, snap.cookie, in.options.header, &spent); err != nil {
			return nil, err
		}
		r, _, err = c.try(ctx, in, req, &spent)
	}
	return r, err
}

// try sends req as the session's customer of the moment. Its steps: session, transport, status, decoding, session.
// spent is how much of WithTimeout the call has used.
func (c *caller) try(ctx context.Context, in *call, req *http.Request, spent *time.Duration) (*response, snapshot, error) {
	snap, err := c.authorize(in, req)
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
	if !in.streams {
		err = cmp.Or(err, r.check(c.config.endpoint)) // to the caller of Do, any status is a response
	}
	if out := in.options.response; out != nil && err == nil && operations[in.op].body == jsonBody {
		out.Body = r.body
	}
	if err == nil && in.decode != nil {
		err = in.decode(ctx, r)
	}
	if err = c.settle(ctx, in, &snap, r, err); err != nil {
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
func (c *caller) authorize(in *call, req *http.Request) (snapshot, error) {
	if c.session == nil {
		use := operations[in.op].session
		switch {
		case use == login && c.bearer != nil:
			return snapshot{}, &Error{kind: ErrNoSession, Message: messageBearerLogin}
		case use != open && use != optional && c.bearer == nil, use == logout:
			return snapshot{}, &Error{kind: ErrNoSession, Message: messageNoSession}
		case c.bearer != nil && req.Header["Authorization"] != nil:
			if in.streams {
				return snapshot{}, refused("Header", reasonTwoCredentials)
			}
			return snapshot{}, refused("WithHeader", reasonTwoCredentials)
		case c.bearer != nil && use != open:
			req.Header.Set("Authorization", "Bearer "+*c.bearer)
		}
		return snapshot{}, nil
	}
	snap, cookies, err := c.session.begin(in.op, c.config.endpoint, in.account)
	if operations[in.op].session == optional && c.logIn == nil && errors.Is(err, ErrUnauthenticated) {
		snap.cookie, snap.needsLogin, err = nil, false, nil // without a login, the call is an anonymous visitor's
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

// settle takes what a response means into the session, and returns the call's error, which is err unless the session
// has one of its own.
func (c *caller) settle(ctx context.Context, in *call, snap *snapshot, r *response, err error) error {
	if c.session == nil {
		return err
	}
	e, use := c.config.endpoint, operations[in.op].session
	got := result{ok: r.ok() && (!r.foreign || use != secured), unauthorized: r.unauthorized(), cookies: readCookies(r.header, e)}
	live := got.cookies.live()
	switch {
	case use == login && got.ok && live == nil:
		// None of this response's cookies are kept: under another name, one of them is the login's.
		return r.noSessionCookie(e)
	case in.account && got.ok && err != nil: // it is not known whose login it is
		c.endSuperseded(ctx, []*cookie{live}, in.options.header)
		return err
	}
	superseded, changed := c.session.settle(in.op, snap, got)
	c.endSuperseded(ctx, superseded, in.options.header)
	if changed && c.config.sessionHook != nil && !c.session.account {
		c.session.notify(ctx, c.config.sessionHook)
	}
	if use == login && got.ok && slices.Contains(superseded, live) {
		return r.failure(ErrSessionSuperseded, messageSuperseded)
	}
	if e, ok := errors.AsType[*Error](err); ok && use == secured && e.kind == ErrUnauthenticated { //nolint:errorlint // itself, not one below it
		e.kind = ErrSessionEnded
	}
	return err
}

// supersededTimeout bounds how long a call waits for the logout of superseded logins.
const supersededTimeout = 5 * time.Second

// endSuperseded logs out superseded logins at the backend, as well as can be: no caller could act on a failure. It
// sends the headers of the call that found them.
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

// fetch makes a call and decodes the response with read. The result is set beside an error if only some orders can't be
// read.
func fetch[T any](ctx context.Context, c *caller, in *call, req *http.Request, read decodeFunc[T], options api.DecodeOptions) (out *T, err error) {
	in.decode = func(ctx context.Context, r *response) (err error) {
		out, err = decode(ctx, r, read, options)
		return err
	}
	if _, err = c.do(ctx, in, req); err != nil && !isPartial(err) {
		out = nil
	}
	return out, err
}

// customer makes a call whose response is the customer.
func (c *caller) customer(ctx context.Context, in *call, req *http.Request) (*Customer, error) {
	read := decodeWithAddresses
	switch {
	case in.op == OperationResetPassword:
		read = api.DecodeCustomerEnvelope
	case in.options.orders != nil:
		read = in.options.orders
	}
	envelope, err := fetch(ctx, c, in, req, read, api.DecodeOptions{})
	if envelope == nil {
		return nil, err
	}
	return &envelope.Customer, err
}
