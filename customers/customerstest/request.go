package customerstest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/redact"
)

// keptRequests is how many requests Requests returns.
const keptRequests = 1000

// A Request is a request that the backend received. No way to print it shows a cookie, token, password or email; Path,
// Query, Header and Body have them.
type Request struct {
	Method    string
	Operation api.Operation // such as customers.OperationAuthenticate; "" for a request to none
	Time      time.Time     // by the backend's clock

	received *received // a pointer, which package fmt does not follow
}

type received struct {
	path   string
	query  string
	header http.Header
	body   []byte
}

// Path returns the path as it was sent, undecoded and without the query.
func (r Request) Path() string { return r.received.path }

// Query returns the query, decoded.
func (r Request) Query() url.Values {
	values, _ := url.ParseQuery(r.received.query)
	return values
}

// Header returns the header.
func (r Request) Header() http.Header { return r.received.header.Clone() }

// Body returns the body as it was sent, cut off after 100 KB.
func (r Request) Body() []byte { return slices.Clone(r.received.body) }

// Requests returns the last 1000 requests that the backend received, oldest first, also those that were not carried out
// because of a fault.
func (b *Backend) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests[max(0, len(b.requests)-keptRequests):])
}

// record stores the request.
func (b *Backend) record(x *medusa.Exchange) Request {
	b.backend.Lock()
	now := b.backend.Clock.Now()
	b.backend.Unlock()
	r := Request{x.Request.Method, x.Operation, now, &received{x.Path, x.RawQuery, x.Request.Header, x.Raw}}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) == 2*keptRequests {
		b.requests = slices.Clone(b.requests[keptRequests:])
	}
	b.requests = append(b.requests, r)
	return r
}

// String returns the request without its secrets.
func (r Request) String() string {
	if r.received == nil {
		return ""
	}
	s := r.Method + " " + redact.Target(r.received.path, r.received.query)
	if r.Operation != "" {
		s += " (" + string(r.Operation) + ")"
	}
	if len(r.received.body) > 0 {
		s += " " + redact.Body(r.received.body)
	}
	return s
}

// LogValue returns what String returns, for package log/slog.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON returns the request without its secrets.
func (r Request) MarshalJSON() ([]byte, error) {
	if r.received == nil {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{
		"method": r.Method, "operation": r.Operation, "time": r.Time,
		"target": redact.Target(r.received.path, r.received.query), "header": redact.Header(r.received.header), "body": redact.Body(r.received.body),
	})
}
