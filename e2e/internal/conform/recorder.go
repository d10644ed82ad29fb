package conform

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Exchange is a request and its answer, bodies read.
type Exchange struct {
	Method         string
	URL            string // path and query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	Cookie         Cookie // what the backend was set up to send
	Deviates       string // why the request leaves the contract on purpose; empty: it does not
	Received       time.Time
}

// Cookie is how the backend was set up to set its session cookie.
type Cookie struct {
	Name   string // default: the contract's
	Secure bool   // Secure and SameSite=None, as in production
}

// Recorder records exchanges.
type Recorder struct {
	mu        sync.Mutex
	exchanges []*Exchange
}

// RoundTripper sends with base and records each exchange with a backend whose cookie is as said. The answer's body is
// read before it is handed on.
func (r *Recorder) RoundTripper(base http.RoundTripper, cookie Cookie) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		x := &Exchange{
			Method: req.Method, URL: req.URL.RequestURI(), RequestHeader: req.Header.Clone(), Cookie: cookie,
			Deviates: deviation(req.Context()),
		}
		if req.Body != nil {
			body, err := io.ReadAll(req.Body)
			_ = req.Body.Close()
			if err != nil {
				return nil, fmt.Errorf("recording the request: %w", err)
			}
			x.RequestBody = body
			clone := req.Clone(req.Context()) // a RoundTripper must not change its request
			clone.Body = io.NopCloser(bytes.NewReader(body))
			req = clone
		}
		resp, err := base.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("recording the answer: %w", err)
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		x.Status, x.ResponseHeader, x.ResponseBody, x.Received = resp.StatusCode, resp.Header.Clone(), body, time.Now()
		r.mu.Lock()
		r.exchanges = append(r.exchanges, x)
		r.mu.Unlock()
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type deviationKey struct{}

// Deviates marks requests made with the context as leaving the contract on purpose, for the reason given. Where one
// succeeds all the same, it is not a finding that the contract forbids it, but one that it allows it. Answers are
// checked as ever.
func Deviates(ctx context.Context, why string) context.Context {
	return context.WithValue(ctx, deviationKey{}, strings.TrimSpace(why))
}

func deviation(ctx context.Context) string {
	why, _ := ctx.Value(deviationKey{}).(string)
	return why
}
