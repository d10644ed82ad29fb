package customers

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	firstBackoff  = 100 * time.Millisecond
	maxBackoff    = 2 * time.Second
	maxRetryAfter = 10 * time.Second
)

// attempts sends req until it gets an answer worth returning, and says how often it was sent.
func (c *Client) attempts(ctx context.Context, op *operation, req *http.Request) (*reply, int, error) {
	for n := 1; ; n++ {
		var watch *dialWatch // only a POST depends on it
		attemptCtx := ctx
		if req.Method == http.MethodPost {
			watch = &dialWatch{}
			attemptCtx = httptrace.WithClientTrace(ctx, watch.trace())
		}
		began := time.Now()
		r, err := c.attempt(attemptCtx, op, req)
		c.log(ctx, req, op, n, began, r, err)
		if n > c.core.maxRetries || ctx.Err() != nil || !worthRepeating(req.Method, r, err, watch) {
			return r, n, err
		}
		if !wait(ctx, backoff(n, r)) {
			if ctx.Err() != nil {
				err = canceled(op, r, ctx.Err())
			}
			return r, n, err
		}
		rewind(req)
	}
}

// canceled is the error of a call whose context ended while it waited to try again.
func canceled(op *operation, r *reply, cause error) *Error {
	e := &Error{Operation: op.name, cause: cause}
	if r != nil {
		e.StatusCode, e.Header = r.status, withoutSetCookie(r.header)
	}
	return e
}

// worthRepeating says whether a request may be sent again and may fare better. A read or a DELETE of one id can be
// repeated; anything else only if it can't have reached the backend.
func worthRepeating(method string, r *reply, err error, watch *dialWatch) bool {
	if method == http.MethodPost {
		return r == nil && watch.neverConnected(err)
	}
	switch {
	case r == nil:
		return !isCertificateError(err)
	case err != nil:
		return !errors.Is(err, errTooLarge)
	}
	switch r.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// dialWatch sees whether a request got a connection. Dials go on in the background, hence the atomics.
type dialWatch struct {
	connected, handshakeFailed atomic.Bool
}

func (w *dialWatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				w.handshakeFailed.Store(true)
			}
		},
	}
}

// neverConnected says whether err is a failure to connect and the request can't have been sent.
func (w *dialWatch) neverConnected(err error) bool {
	if w.connected.Load() || isCertificateError(err) {
		return false
	}
	op, ok := errors.AsType[*net.OpError](err)
	return w.handshakeFailed.Load() || ok && (op.Op == "dial" || op.Op == "proxyconnect")
}

// isCertificateError is about a certificate that will be no better in a second.
func isCertificateError(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// backoff is how long to wait after attempt n: what Retry-After asks for, capped, or else a random part of a span that
// doubles each time, so that many clients do not come back at once.
func backoff(n int, r *reply) time.Duration {
	if r != nil {
		if d, ok := retryAfter(r.header.Get("Retry-After"), time.Now()); ok {
			return min(d, maxRetryAfter)
		}
	}
	span := min(firstBackoff<<min(n-1, 10), maxBackoff)
	return span/2 + rand.N(span/2) //nolint:gosec // jitter is no secret
}

// retryAfter reads both forms of the header: seconds, or a date.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	// A number too large for Go comes out as the largest there is.
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, 3600)) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

// wait says whether it waited for d: not when ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
