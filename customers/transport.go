package customers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// authKind is what an operation has to do with the session.
type authKind uint8

const (
	open    authKind = iota // needs no login; its answer says nothing about the session
	secured                 // sends the session's cookie
	login                   // fills the session
	logout                  // ends the session
)

// bodyKind is what the body of an operation's 2xx answer is.
type bodyKind uint8

const (
	jsonBody bodyKind = iota
	textBody
	noBody
)

// operation is one of the backend's operations, by the name of the method that calls it.
type operation struct {
	name   api.Operation
	auth   authKind
	body   bodyKind
	orders bool // the answer holds all of the customer's orders
}

// call is what a method's options ask for.
type call struct {
	header   http.Header
	response *Response
	orders   bool
}

// with applies a method's options.
func (op *operation) with(opts []CallOption) (call, error) {
	var (
		conf  call
		first error
	)
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyCall(&conf); err != nil && first == nil {
			first = err
		}
	}
	if conf.orders && !op.orders && first == nil {
		first = refused("WithOrders", "only Auth.Authenticate and Auth.GetSession are answered with orders")
	}
	return conf, first
}

// reply is an answer, its body read and closed.
type reply struct {
	op     *operation
	status int
	header http.Header
	url    *url.URL
	body   []byte
	orders bool // the caller wants those that came along
}

// send sends req and decodes the answer into a T. Its steps: options, headers, session, attempts, status, decoding.
// buildErr is what api made of the arguments.
func send[T any](ctx context.Context, c *Client, op *operation, req *http.Request, buildErr error, opts []CallOption, complete func(*T) bool) (*T, error) {
	r, err := c.exchange(ctx, op, req, buildErr, opts)
	if err != nil {
		return nil, err
	}
	return decode(r, complete)
}

// decode makes a T of an answer. complete says whether the answer holds what it is there for, which JSON from elsewhere
// would not.
func decode[T any](r *reply, complete func(*T) bool) (*T, error) {
	out := new(T)
	if err := unmarshal(r.body, out); err != nil {
		return nil, r.unexpected("the JSON is not what the contract describes", err)
	}
	if !complete(out) {
		return nil, r.unexpected("the JSON lacks what the contract promises: does the base URL lead to a Medusa backend?", nil)
	}
	return out, nil
}

// exchange sends req and returns its 2xx answer.
func (c *Client) exchange(ctx context.Context, op *operation, req *http.Request, buildErr error, opts []CallOption) (*reply, error) {
	var conf call
	if len(opts) > 0 { // without options, nothing is allocated for them
		var err error
		if conf, err = op.with(opts); buildErr == nil {
			buildErr = err
		}
	}
	if buildErr != nil {
		return nil, failed(op.name, withoutURL(buildErr))
	}
	c.setHeaders(req, conf.header)
	ctx = context.WithValue(ctx, operationKey{}, op)
	r, t, err := c.once(ctx, op, req, &conf, nil)
	if t.lapsed && c.mayRelogin(ctx) {
		if err := c.relogin(ctx, op, t); err != nil {
			return nil, err
		}
		rewind(req)
		r, _, err = c.once(ctx, op, req, &conf, &t)
	}
	if r != nil {
		r.orders = conf.orders
	}
	return r, err
}

// once sends req with the session's cookie of the moment, retries included. After a re-login, first is what the call
// knew before.
func (c *Client) once(ctx context.Context, op *operation, req *http.Request, conf *call, first *ticket) (*reply, ticket, error) {
	t, err := c.begin(ctx, op, req, first)
	if err != nil {
		return nil, t, failed(op.name, err)
	}
	r, attempts, err := c.attempts(ctx, op, req)
	if conf.response != nil {
		conf.response.Attempts += attempts
	}
	if r == nil {
		return nil, t, err
	}
	if conf.response != nil {
		conf.response.StatusCode, conf.response.Header = r.status, withoutSetCookie(r.header)
	}
	// The session comes before the body: a login whose body is cut off is a login all the same.
	t.lapsed = op.auth == secured && r.status == http.StatusUnauthorized && t.proven
	if sessionErr := c.settle(ctx, t, r, conf.header); sessionErr != nil {
		return nil, t, sessionErr
	}
	switch {
	case err != nil:
	case r.status/100 != 2:
		err = r.statusError(c.core)
	case !r.ok():
		err = r.unexpected("the answer is not the API's: does the base URL lead to a Medusa backend?", nil)
	default:
		return r, t, nil
	}
	return nil, t, err
}

// rewind makes a request that was sent fit to be sent again. The generated requests have bodies in memory, which can
// always be had again.
func rewind(req *http.Request) {
	if req.GetBody != nil {
		req.Body, _ = req.GetBody()
	}
}

// ok says whether the answer is the backend's to a request that succeeded, and not, say, the page of a proxy.
func (r *reply) ok() bool {
	switch r.op.body {
	case noBody:
		return r.status == http.StatusNoContent
	case textBody:
		return r.status == http.StatusOK && strings.HasPrefix(r.header.Get("Content-Type"), "text/plain")
	case jsonBody:
		return r.status == http.StatusOK && isJSON(r.header)
	}
	return false
}

func (c *Client) setHeaders(req *http.Request, call http.Header) {
	maps.Copy(req.Header, c.core.header)
	maps.Copy(req.Header, call)
}

// begin gives the request its credentials.
func (c *Client) begin(ctx context.Context, op *operation, req *http.Request, first *ticket) (ticket, error) {
	if c.session == nil {
		switch {
		case op.auth == login && c.bearer:
			return ticket{}, &Error{kind: ErrNoSession, Message: "this client sends a bearer token: log in with a client made without WithBearerToken, or derived by WithSession(new(customers.Session))"}
		case op.auth != open && !c.bearer, op.auth == logout:
			return ticket{}, &Error{kind: ErrNoSession, Message: "derive a client for the customer by WithSession(new(customers.Session)) or with a session you kept"}
		case op.auth == secured && req.Header["Authorization"] == nil:
			req.Header.Set("Authorization", "Bearer "+c.core.bearerToken)
		}
		return ticket{}, nil
	}
	t, cookie, err := c.session.begin(op, c.core, c.inRelogin(ctx), first)
	if err != nil {
		return t, err
	}
	delete(req.Header, "Cookie") // of a first try
	if cookie != "" {
		req.Header["Cookie"] = []string{cookie}
	}
	return t, nil
}

func (c *Client) settle(ctx context.Context, t ticket, r *reply, header http.Header) error {
	if c.session == nil {
		return nil
	}
	orphan, changed, err := c.session.settle(t, r, c.core)
	if orphan != nil {
		c.end(ctx, orphan, header)
	}
	if changed && c.core.sessionHook != nil {
		c.session.notify(ctx, c.core.sessionHook)
	}
	return err
}

// end logs out a session that nobody holds, as well as can be: nobody could act on a failure. It goes the way of the
// call that made it, with the same headers, and holds that call up for a few seconds at most.
func (c *Client) end(ctx context.Context, orphan *Session, header http.Header) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	same := callOption(func(conf *call) error { conf.header = header; return nil })
	quiet := *c.core.settings
	quiet.sessionHook = nil // it is nobody's session
	_ = newClient(&core{&quiet}, orphan).Auth.DeleteSession(ctx, same)
}

// attempt sends req once and reads the answer. With an error, the reply is what came before it, if anything.
func (c *Client) attempt(ctx context.Context, op *operation, req *http.Request) (*reply, error) {
	attemptCtx, cancel := context.WithTimeout(ctx, c.core.timeout)
	defer cancel()
	resp, err := c.core.http.Do(req.WithContext(attemptCtx))
	if err != nil {
		return nil, c.transportError(ctx, op, nil, err)
	}
	defer func() { _ = resp.Body.Close() }() // everything worth knowing came with reading
	r := &reply{op: op, status: resp.StatusCode, header: resp.Header, url: req.URL}
	r.body, err = readBody(resp, c.core.maxResponseBytes)
	switch {
	case errors.Is(err, errTooLarge):
		return r, r.unexpected("", err)
	case err != nil && (r.status/100 == 2 || ctx.Err() != nil):
		return r, c.transportError(ctx, op, r, err)
	}
	return r, nil // of a failure, the status says more than the rest of its body would
}

var errTooLarge = errors.New("the body is larger than WithMaxResponseBytes allows")

// readBody reads limit bytes at most, of a failure only as much as an error keeps.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is the bare connection, which no context ends, and nobody asked for it
	}
	if resp.StatusCode/100 != 2 {
		return io.ReadAll(io.LimitReader(resp.Body, min(limit, maxErrorRead)))
	}
	if resp.ContentLength > limit {
		return nil, errTooLarge
	}
	var body bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		// Room for all of it at once, up to what a word of the server's is good for.
		body.Grow(int(min(n, maxTrustedLength)) + bytes.MinRead)
	}
	n, err := body.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if n > limit {
		return nil, errTooLarge
	}
	return body.Bytes(), err
}

// maxTrustedLength is the memory that is set aside because an answer announces that much.
const maxTrustedLength = 1 << 20

// safeLocation drops a Location that http.Client could not read and would repeat, with an email in it, in an error
// that hides the status.
type safeLocation struct {
	http.RoundTripper
}

func (t safeLocation) RoundTrip(req *http.Request) (*http.Response, error) {
	next := t.RoundTripper
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // what a nil Transport of a WithHTTPClient means
	}
	resp, err := next.RoundTrip(req)
	if resp != nil && resp.StatusCode/100 == 3 {
		if _, locErr := resp.Location(); locErr != nil {
			resp.Header.Del("Location")
		}
	}
	return resp, err
}

// transportError makes the error of a request that got no whole answer.
func (c *Client) transportError(ctx context.Context, op *operation, r *reply, err error) *Error {
	err = withheld(withoutURL(err))
	e := &Error{Operation: op.name, kind: ErrUnavailable, cause: err}
	if r != nil {
		e = r.unexpected("the answer could not be read to its end", err)
	}
	switch {
	case ctx.Err() != nil:
		e.kind, e.cause, e.Message = nil, ctx.Err(), ""
	case errors.Is(err, context.DeadlineExceeded):
		e.kind, e.Message = ErrUnavailable, "no whole answer within WithTimeout"
	}
	return e
}

// withoutURL strips what repeats the URL, which may hold an email.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
