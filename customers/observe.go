package customers

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// operationKey is where a request's context has its *operation.
type operationKey struct{}

// OperationFromContext returns the operation that a request is for, such as [OperationAddAddress]: for a RoundTripper given by
// [WithHTTPClient], which finds it in the request's context and can name a span or a metric by it. It is empty for
// other contexts.
func OperationFromContext(ctx context.Context) Operation {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		return op.name
	}
	return ""
}

// requestIDHeader is what most proxies and services call it. The answer's counts before the request's.
const requestIDHeader = "X-Request-Id"

// maxRequestID is how much of a request id is logged: it is the other side's word.
const maxRequestID = 128

// log reports one attempt.
func (c *Client) log(ctx context.Context, req *http.Request, op *operation, attempt int, began time.Time, r *reply, err error) {
	l := c.core.logger
	if l == nil || !l.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", string(op.name)),
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
		attrs = append(attrs, slog.String("request_id", id[:min(len(id), maxRequestID)]))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	l.LogAttrs(ctx, slog.LevelDebug, "medusa request", attrs...)
}
