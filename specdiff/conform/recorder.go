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

// Recorder checks every exchange that goes through its round trippers.
type Recorder struct {
	contract *Contract
	also     func(operation string, x *Exchange) []Finding
	mu       sync.Mutex
	tally    *Tally
}

// NewRecorder returns a recorder. What also finds, if it is not nil, counts as well; it is called for exchanges of the
// contract's operations, by several goroutines.
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

// Findings returns what was found until now.
func (r *Recorder) Findings() []Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.Findings()
}

// Write writes coverage and findings for a person.
func (r *Recorder) Write(out io.Writer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.Write(out)
}

// RoundTripper sends with base and records each exchange with a backend whose cookie is as said. The response's body is
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

// Deviates marks requests made with the context as leaving the contract on purpose, for the reason given. Where one
// succeeds all the same, it is not a finding that the contract forbids it, but one that it allows it. Responses are
// checked as ever.
func Deviates(ctx context.Context, why string) context.Context {
	return context.WithValue(ctx, deviationKey{}, strings.TrimSpace(why))
}

func deviation(ctx context.Context) string {
	why, _ := ctx.Value(deviationKey{}).(string)
	return why
}
