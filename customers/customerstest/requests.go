package customerstest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// keptRequests is how many of the requests received can be inspected.
const keptRequests = 1000

// A Request is one that the backend received. Printed in whatever way, it shows no cookie, token, password or email;
// Path, Header and Body have them all.
type Request struct {
	Method    string
	Operation api.Operation // the operationId, such as Authenticate; "" if there is no such operation
	Time      time.Time     // by the backend's clock

	received *received // out of the sight of package fmt
}

type received struct {
	path   string
	query  string
	header http.Header
	body   []byte
}

// Path is the path as it was sent, undecoded and without the query.
func (r Request) Path() string { return r.received.path }

// Query is the query, decoded.
func (r Request) Query() url.Values {
	values, _ := url.ParseQuery(r.received.query)
	return values
}

// Header is the header as net/http gave it.
func (r Request) Header() http.Header { return r.received.header.Clone() }

// Body is the body as it was sent, cut off after 100 KB.
func (r Request) Body() []byte { return slices.Clone(r.received.body) }

// Requests returns the requests received, the last 1000 at most, oldest first. Those that a fault kept from the backend
// are among them.
func (b *Backend) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests[max(0, len(b.requests)-keptRequests):])
}

// record keeps the request.
func (b *Backend) record(x *exchange, operation api.Operation) Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) == 2*keptRequests {
		b.requests = slices.Clone(b.requests[keptRequests:])
	}
	r := Request{
		Method: x.request.Method, Operation: operation, Time: b.now(),
		received: &received{path: x.path, query: x.rawQuery, header: x.request.Header, body: x.raw},
	}
	b.requests = append(b.requests, r)
	return r
}

const redacted = "[redacted]"

// String is the request without its secrets.
func (r Request) String() string {
	if r.received == nil {
		return ""
	}
	s := r.Method + " " + r.received.redactedTarget()
	if r.Operation != "" {
		s += " (" + string(r.Operation) + ")"
	}
	if len(r.received.body) > 0 {
		s += " " + r.received.redactedBody()
	}
	return s
}

// LogValue is String, for package log/slog.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON is the request without its secrets.
func (r Request) MarshalJSON() ([]byte, error) {
	if r.received == nil {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{
		"method": r.Method, "operation": r.Operation, "time": r.Time,
		"target": r.received.redactedTarget(), "header": r.received.redactedHeader(), "body": r.received.redactedBody(),
	})
}

func (r *received) redactedTarget() string {
	parts := strings.Split(r.path, "/")
	for i, part := range parts {
		if isEmailLike(part) {
			parts[i] = redacted
		}
	}
	target := strings.Join(parts, "/")
	if r.query == "" {
		return target
	}
	pairs := strings.Split(r.query, "&")
	for i, pair := range pairs {
		if name, value, _ := strings.Cut(pair, "="); isSecretName(name) || isEmailLike(value) {
			pairs[i] = name + "=" + redacted
		}
	}
	return target + "?" + strings.Join(pairs, "&")
}

func (r *received) redactedHeader() http.Header {
	h := r.header.Clone()
	for name, values := range h {
		switch {
		case name == "Cookie", strings.Contains(name, "Authorization"), isSecretName(name), slices.ContainsFunc(values, isEmailLike):
			h[name] = []string{redacted}
		}
	}
	return h
}

func (r *received) redactedBody() string {
	v, ok := parseJSON(r.body)
	if !ok {
		return fmt.Sprintf("[%d bytes]", len(r.body))
	}
	return string(appendJSON(nil, withoutSecrets(v)))
}

func withoutSecrets(v any) any {
	switch v := v.(type) {
	case string:
		if isEmailLike(v) {
			return redacted
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = withoutSecrets(e)
		}
		return list
	case *object:
		o := newObject()
		for _, name := range v.names {
			switch {
			case isSecretName(name):
				o.set(name, redacted)
			case isEmailLike(name):
				o.set(redacted, redacted)
			default:
				o.set(name, withoutSecrets(v.values[name]))
			}
		}
		return o
	}
	return v
}

func isSecretName(name string) bool {
	name = strings.ToLower(name)
	for _, secret := range []string{"password", "token", "secret", "email"} {
		if strings.Contains(name, secret) {
			return true
		}
	}
	return false
}

func isEmailLike(s string) bool {
	return strings.Contains(s, "@") || strings.Contains(s, "%40")
}
