package conform

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Recorder checks every exchange of its round trippers.
type Recorder struct {
	contract *Contract
	also     func(operation string, x *Exchange) []Finding
	mu       sync.Mutex
	tally    *Tally
}

// NewRecorder returns a Recorder. The function also, if it is not nil, is called for each exchange of an operation of
// the contract, from several goroutines, and its findings count too.
func NewRecorder(c *Contract, also func(operation string, x *Exchange) []Finding) *Recorder {
	return &Recorder{contract: c, also: also, tally: NewTally(c)}
}

// Record checks an exchange.
func (r *Recorder) Record(x *Exchange) {
	result := r.contract.Check(x)
	if r.also != nil && result.Operation != "" {
		for _, f := range r.also(result.Operation, x) {
			f.Operation, f.Status = result.Operation, x.Status
			result.Findings = append(result.Findings, f)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally.Add(x, result)
}

// Findings returns the findings up to now.
func (r *Recorder) Findings() []Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.Findings()
}

// Write writes coverage and findings as text.
func (r *Recorder) Write(out io.Writer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.Write(out)
}

// RoundTripper returns a round tripper that sends with base and records each exchange. The cookie is that of the
// backend. The body of a response is read before it is returned.
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
			req = req.Clone(req.Context()) // a RoundTripper must not change its request
			req.Body = io.NopCloser(bytes.NewReader(body))
		}
		resp, err := base.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("recording the response: %w", err)
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		x.Status, x.ResponseHeader, x.ResponseBody = resp.StatusCode, resp.Header.Clone(), body
		r.Record(x)
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type deviationKey struct{}

// Deviates returns a context that marks requests as leaving the contract on purpose, and why. If such a request
// succeeds, it is a finding that the contract allows it, and none that the contract forbids it. Its response is checked
// like any other.
func Deviates(ctx context.Context, why string) context.Context {
	return context.WithValue(ctx, deviationKey{}, strings.TrimSpace(why))
}

func deviation(ctx context.Context) string {
	why, _ := ctx.Value(deviationKey{}).(string)
	return why
}
