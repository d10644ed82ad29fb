package customers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"time"
)

const (
	// DefaultTimeout bounds all attempts of a call, from the first dial to the last byte of the response.
	DefaultTimeout = 30 * time.Second
	// DefaultMaxRetries is how often a request that is safe to repeat is sent again.
	DefaultMaxRetries = 2
	// DefaultMaxResponseBytes bounds a response's body, after decompression.
	DefaultMaxResponseBytes = 32 << 20
)

// transport sends requests: attempts, each with a time limit, a bounded read and a log line.
type transport struct {
	http             *http.Client
	timeout          time.Duration // of all attempts together
	maxRetries       int
	maxResponseBytes int64
	logger           *slog.Logger // may be nil
}

// send sends req until a response is worth returning, and returns how often it was sent. The response is that of the
// last attempt; with an error it is what arrived of it, or nil. The timeout is what the call has left, and bounds all
// attempts together, so that a backend that hangs costs its caller one wait. If streams is true, the response's body is
// left to be read, and ends with the timeout.
func (t *transport) send(ctx context.Context, op Operation, req *http.Request, timeout time.Duration, streams bool) (*response, int, error) {
	budget, cancel := context.WithTimeout(ctx, timeout)
	r, n, err := t.attempts(ctx, budget, op, req, streams)
	if r == nil || r.stream == nil {
		cancel()
	} else {
		r.stream.release = cancel
	}
	return r, n, err
}

// attempts sends req until a response is worth returning. ctx is the caller's, budget ends with the time for all
// attempts.
func (t *transport) attempts(ctx, budget context.Context, op Operation, req *http.Request, streams bool) (*response, int, error) {
	for n := 1; ; n++ {
		var watch *connWatch // only a POST depends on it
		attemptCtx := budget
		if !repeatable(req.Method) {
			watch = &connWatch{}
			attemptCtx = httptrace.WithClientTrace(budget, watch.trace())
		}
		began := time.Now()
		r, err := t.attempt(ctx, attemptCtx, op, req, streams)
		t.log(ctx, req, op, n, began, r, err)
		if err == nil && r.status/100 == 2 || n > t.maxRetries || !canRewind(req) || !worthRepeating(req.Method, r, err, watch) {
			return r, n, err
		}
		if pause, ok := backoff(n, r); !ok || !wait(budget, pause) {
			if ctx.Err() != nil {
				err = canceled(op, r, ctx.Err())
			}
			return r, n, err
		}
		if !rewind(req) {
			return r, n, err
		}
		r.discard()
	}
}

// attempt sends req once and reads the response. ctx is the caller's, attemptCtx ends with the time for all attempts.
func (t *transport) attempt(ctx, attemptCtx context.Context, op Operation, req *http.Request, streams bool) (*response, error) {
	resp, err := t.http.Do(once(req.WithContext(attemptCtx)))
	if req.Body != nil {
		req.Body = spentBody{}
	}
	if err != nil {
		return nil, transportError(ctx, attemptCtx, op, nil, err)
	}
	r := &response{op: op, status: resp.StatusCode, header: resp.Header, url: req.URL}
	if streams {
		t.openStream(ctx, attemptCtx, r, resp)
		return r, nil
	}
	defer func() { _ = resp.Body.Close() }() // everything worth knowing came with reading
	r.body, err = readBody(resp, t.maxResponseBytes)
	err = cmp.Or(err, r.decodeBody(bodyLimit(r.status, t.maxResponseBytes)))
	if errors.Is(err, errTooLarge) || err != nil && (r.status/100 == 2 || ctx.Err() != nil) {
		return r, transportError(ctx, attemptCtx, op, r, err)
	}
	return r, nil // of a failure, the status says more than the rest of its body would
}

// openStream leaves the response's body to be read by the caller, but for what the session depends on: a 401's, and a
// login's.
func (t *transport) openStream(ctx, attemptCtx context.Context, r *response, resp *http.Response) {
	resp.Header = withoutSetCookie(r.header)
	body, decoded := openStream(resp, t.maxResponseBytes, func(err error) error { return transportError(ctx, attemptCtx, r.op, r, err) })
	r.stream, r.encoded = body, !decoded
	if r.status == http.StatusUnauthorized || operations[r.op].session == login {
		r.body = body.peek()
	}
}

// once keeps net/http from sending req again by itself, as it does on a connection that was closed meanwhile, and over
// HTTP/2 without end: it repeats what has no body or one that it can have again.
func once(req *http.Request) *http.Request {
	req.GetBody = nil
	if req.Body == nil || req.Body == http.NoBody {
		req.Body = emptyBody{}
	}
	return req
}

// spentBody stands for the body of a request that was sent.
type spentBody struct{ emptyBody }

// canRewind reports whether rewind can succeed.
func canRewind(req *http.Request) bool {
	return req.Body != spentBody{} || req.GetBody != nil
}

// rewind makes a request fit to be sent again, and reports whether it can be. A request of package api always can.
func rewind(req *http.Request) bool {
	if req.Body != (spentBody{}) {
		return true // it has no body, or was not sent
	}
	if req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	if err != nil {
		return false
	}
	req.Body = body
	return true
}

// emptyBody is an empty body that net/http cannot recognize as empty.
type emptyBody struct{}

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyBody) Close() error             { return nil }

// requestBody is the body of a request of the caller's, whose failure is not the backend's.
type requestBody struct {
	io.ReadCloser

	bounded bool  // its length is known
	left    int64 // of that
}

// newRequestBody returns the body of a request whose ContentLength is length.
func newRequestBody(body io.ReadCloser, length int64) *requestBody {
	return &requestBody{body, length > 0, length}
}

var errBodyLength = errors.New("it is not as long as the request's ContentLength")

// Read reads the body.
func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	switch {
	case err != nil && err != io.EOF: // which net/http compares so
		err = &requestBodyError{err}
	case b.bounded && (b.left < 0 || err != nil && b.left > 0):
		err = &requestBodyError{errBodyLength}
		n, b.left = n+int(min(b.left, 0)), max(b.left, 0) // without what is too much, of which HTTP/2 has an error of its own
	}
	return n, err
}

type requestBodyError struct{ cause error }

func (e *requestBodyError) Error() string { return e.cause.Error() }

// maxTrustedLength is the memory that is set aside because a response announces that much.
const maxTrustedLength = 1 << 20

// readBody reads limit bytes at most, of a failure only as much as may be of use.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is the bare connection, which no context ends
	}
	limit = bodyLimit(resp.StatusCode, limit)
	if resp.StatusCode/100 != 2 {
		return io.ReadAll(io.LimitReader(resp.Body, limit))
	}
	if resp.ContentLength > limit {
		return nil, errTooLarge
	}
	var body bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		body.Grow(int(min(n, maxTrustedLength)) + bytes.MinRead)
	}
	n, err := body.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if n > limit {
		return nil, errTooLarge
	}
	return body.Bytes(), err
}

// bodyLimit returns how much of a body is read, and how much it may become.
func bodyLimit(status int, limit int64) int64 {
	if status/100 != 2 {
		return min(limit, maxErrorRead)
	}
	return limit
}

const (
	messageTimeout      = "no whole response within WithTimeout"
	messageOtherTimeout = "no whole response in time: a limit of the http.Client or RoundTripper given by WithHTTPClient"
	messageRequestBody  = "the request's body could not be read to its end"
	messageCutOff       = "the response could not be read to its end"
)

// transportError returns the error of a request that got no whole response; r is what came of it, if anything.
func transportError(ctx, attemptCtx context.Context, op Operation, r *response, err error) *Error {
	err = redacted(withoutURL(err))
	e := &Error{Operation: op, kind: ErrUnavailable, cause: err}
	if r != nil {
		e = r.unexpected(messageCutOff, err)
	}
	failed, ofRequest := errors.AsType[*requestBodyError](err)
	switch {
	case errors.Is(err, errTooLarge):
		e.Message = ""
	case ctx.Err() != nil:
		e.kind, e.cause, e.Message = nil, ctx.Err(), ""
	case attemptCtx.Err() != nil:
		e.kind, e.Message = ErrUnavailable, messageTimeout
	case ofRequest:
		e.kind, e.Message, e.cause = ErrInvalidInput, messageRequestBody, redacted(failed.cause)
		e.addField("Body", messageRequestBody)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		e.kind, e.Message = ErrUnavailable, messageOtherTimeout
	}
	return e
}

// canceled returns the error of a call whose context ended while it waited to try again.
func canceled(op Operation, r *response, cause error) *Error {
	e := &Error{Operation: op}
	if r != nil {
		e = r.failure(nil, "")
	}
	e.cause = cause
	return e
}

// requestIDHeader is what most proxies and services call it. The response's counts before the request's.
const requestIDHeader = "X-Request-Id"

// maxRequestID is how much of a request id is logged, because the other side chose it.
const maxRequestID = 128

// log writes the line of one attempt.
func (t *transport) log(ctx context.Context, req *http.Request, op Operation, attempt int, began time.Time, r *response, err error) {
	if t.logger == nil || !t.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", string(op)),
		slog.Int("attempt", attempt),
		slog.Duration("duration", time.Since(began)),
	}
	id := req.Header.Get(requestIDHeader)
	if r != nil {
		attrs = append(attrs, slog.Int("status", r.status))
		if given := r.header.Get(requestIDHeader); given != "" {
			id = given
		}
	}
	if id != "" {
		attrs = append(attrs, slog.String("request_id", shown(id, maxRequestID)))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	t.logger.LogAttrs(ctx, slog.LevelDebug, "medusa request", attrs...)
}

// roundTripper sends with one net/http transport what can be repeated, and with another what can't. A POST is lost if
// the other side closes its connection just then, so the second keeps connections for a moment only.
type roundTripper struct {
	repeatable, single *http.Transport
}

// Node closes a connection that was idle for 5 s, and some proxies after 1.
const (
	idleRepeatable = 4 * time.Second
	idleSingle     = 500 * time.Millisecond
)

func newRoundTripper() *roundTripper {
	return &roundTripper{newTransport(idleRepeatable), newTransport(idleSingle)}
}

// RoundTrip sends req.
func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if !repeatable(req.Method) {
		return t.single.RoundTrip(req)
	}
	return t.repeatable.RoundTrip(req)
}

// CloseIdleConnections closes the connections that are not in use.
func (t *roundTripper) CloseIdleConnections() {
	t.repeatable.CloseIdleConnections()
	t.single.CloseIdleConnections()
}

// newTransport returns net/http's default transport but for its limits: all connections go to one host, and they are
// closed when they were idle for so long.
func newTransport(idle time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       idle,
		MaxConnsPerHost:       256,
		MaxIdleConnsPerHost:   256,
		// A header of Medusa's is about 1 KB; net/http would take 10 MB, and as much again in 1xx responses.
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// safeLocation drops a Location that http.Client could not read and would repeat, with an email in it, in an error
// that hides the status.
type safeLocation struct {
	http.RoundTripper
}

// newSafeLocation wraps next, or what a nil Transport of an http.Client means.
func newSafeLocation(next http.RoundTripper) safeLocation {
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // see above
	}
	return safeLocation{next}
}

// CloseIdleConnections closes those of the RoundTripper inside.
func (t safeLocation) CloseIdleConnections() {
	(&http.Client{Transport: t.RoundTripper}).CloseIdleConnections()
}

// RoundTrip sends req with the RoundTripper inside.
func (t safeLocation) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(req)
	if resp != nil && resp.StatusCode/100 == 3 {
		if _, locErr := resp.Location(); locErr != nil {
			resp.Header.Del("Location")
		}
	}
	return resp, err
}
