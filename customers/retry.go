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

// worthRepeating reports whether a request may be sent again and may fare better. A read or a DELETE of one id can be
// repeated; anything else only if it can't have reached the backend.
func worthRepeating(method string, r *response, err error, watch *dialWatch) bool {
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

// dialWatch records whether a request got a connection. Dials go on in the background, hence the atomics.
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

// neverConnected reports whether err is a failure to connect and the request can't have been sent.
func (w *dialWatch) neverConnected(err error) bool {
	if w.connected.Load() || isCertificateError(err) {
		return false
	}
	op, ok := errors.AsType[*net.OpError](err)
	return w.handshakeFailed.Load() || ok && (op.Op == "dial" || op.Op == "proxyconnect")
}

// isCertificateError reports whether err is about a certificate, which will be no better in a second.
func isCertificateError(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// backoff returns how long to wait after attempt n: what Retry-After asks for, capped, or else a random part of a span
// that doubles each time, so that many clients do not come back at once.
func backoff(n int, r *response) time.Duration {
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

// wait waits for d. It reports false, at once if that is known, when ctx ends before.
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
