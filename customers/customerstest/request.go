package customerstest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
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

// requestLog stores the last requests.
type requestLog struct {
	mu   sync.Mutex
	list []Request
}

func (l *requestLog) add(now time.Time, x *medusa.Exchange) Request {
	r := Request{x.Request.Method, x.Operation, now, &received{x.Path, x.RawQuery, x.Request.Header, x.Raw}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 2*keptRequests {
		l.list = slices.Clone(l.list[keptRequests:])
	}
	l.list = append(l.list, r)
	return r
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list[max(0, len(l.list)-keptRequests):])
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
