package customers

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"reflect"
	"slices"
	"sync/atomic"
	"time"
)

const (
	firstBackoff  = 100 * time.Millisecond
	maxBackoff    = 2 * time.Second
	maxRetryAfter = 10 * time.Second
)

// worthRepeating reports whether a request may be sent again and may fare better. A read or a DELETE of one id can be
// repeated; a POST only if it can't have reached the backend.
func worthRepeating(method string, r *response, err error, watch *connWatch) bool {
	if !repeatable(method) {
		return r == nil && !errors.Is(err, ErrInvalidInput) && !isCertificateError(err) && (watch.neverConnected(err) || watch.sentNothing())
	}
	switch {
	case errors.Is(err, ErrInvalidInput):
		return false
	case r == nil:
		return !isCertificateError(err)
	case err != nil:
		return !errors.Is(err, errTooLarge)
	}
	return r.status == http.StatusTooManyRequests || errors.Is(statusKind(r.status), ErrUnavailable)
}

// repeatable reports whether a request with this method can be sent twice and does the same: here, a read or a DELETE
// of one id. A PUT of a shop's own route may be anything.
func repeatable(method string) bool {
	switch method {
	case http.MethodGet, http.MethodDelete, http.MethodHead, http.MethodOptions:
		return true
	}
	return false
}

// connWatch records what became of a request's connection, as far as the RoundTripper reports it to the trace in the
// request's context. Dials go on in the background, hence the atomics.
type connWatch struct {
	hooks            httptrace.ClientTrace
	asked, connected atomic.Bool
	handshake        atomic.Pointer[error]       // what the TLS handshake failed with
	conn             atomic.Pointer[countedConn] // of a transport of ours
	written          atomic.Int64                // on conn, before the request
}

func (w *connWatch) trace() *httptrace.ClientTrace {
	w.hooks = httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		GotConn: func(info httptrace.GotConnInfo) {
			conn := info.Conn
			if overTLS, ok := conn.(*tls.Conn); ok {
				conn = overTLS.NetConn()
			}
			if counted, ok := conn.(*countedConn); ok {
				w.written.Store(counted.written.Load())
				w.conn.Store(counted)
			}
			w.connected.Store(true)
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				w.handshake.Store(&err)
			}
		},
	}
	return &w.hooks
}

// neverConnected reports whether err is a failure to connect and the request can't have been sent. A RoundTripper that
// does not report connections may have sent it, and so may one whose error is about something else as well, such as a
// failover's to another host.
func (w *connWatch) neverConnected(err error) bool {
	if !w.asked.Load() || w.connected.Load() {
		return false
	}
	if e, ok := errors.AsType[*Error](err); ok {
		err = e.cause
	}
	if e, ok := err.(*redactedError); ok { //nolint:errorlint // it is the outermost, or there is none
		err = *e.cause
	}
	return w.noConnection(err)
}

// noConnection reports whether err, in all its branches, is that of a connection that did not come about.
func (w *connWatch) noConnection(err error) bool {
	if handshake := w.handshake.Load(); handshake != nil && err != nil && reflect.TypeOf(err).Comparable() && err == *handshake { //nolint:errorlint // a branch below
		return true
	}
	switch e := err.(type) { //nolint:errorlint // goes down itself
	case *net.OpError:
		return e.Op == "dial" || e.Op == "proxyconnect"
	case interface{ Unwrap() error }:
		return w.noConnection(e.Unwrap())
	case interface{ Unwrap() []error }:
		branches := e.Unwrap()
		return len(branches) > 0 && !slices.ContainsFunc(branches, func(err error) bool { return !w.noConnection(err) })
	}
	return false
}

// sentNothing reports whether nothing was written to the connection that the request got, as on one that the other side
// had closed.
func (w *connWatch) sentNothing() bool {
	conn := w.conn.Load()
	return conn != nil && conn.written.Load() == w.written.Load()
}

// countedConn counts the bytes that are written to a connection.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

// Write writes to the connection.
func (c *countedConn) Write(p []byte) (int, error) {
	c.written.Add(int64(len(p))) // before, so that no write goes uncounted
	return c.Conn.Write(p)
}

// isCertificateError reports whether err is about a certificate, which will be no better in a second.
func isCertificateError(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// backoff returns how long to wait after attempt n: a random part of a span that doubles each time, so that many
// clients do not come back at once, or what Retry-After asks for, if that is longer. It reports false if that is too
// long to wait.
func backoff(n int, r *response) (time.Duration, bool) {
	span := min(firstBackoff<<min(n-1, 10), maxBackoff)
	pause := span/2 + rand.N(span/2) //nolint:gosec // jitter is no secret
	if r != nil {
		pause = max(pause, r.retryAfter())
	}
	return pause, pause <= maxRetryAfter
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
