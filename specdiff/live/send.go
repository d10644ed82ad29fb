package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// errTooMany bounds a run whose documents have very many parameters.
var errTooMany = errors.New("the bound on the number of requests is reached")

// send sends a request and records the exchange.
func (r *run) send(ctx context.Context, q request) (response, error) {
	if r.sent++; r.sent > orDefault(r.config.MaxExchanges, defaultMaxExchanges) {
		return noResponse(), errTooMany
	}
	x := &conform.Exchange{Method: q.method, URL: q.path, RequestHeader: http.Header{}, Cookie: r.config.Cookie}
	if err := q.fill(x); err != nil {
		return noResponse(), err
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	if err := r.exchange(ctx, r.base, x); err != nil {
		path, _, _ := strings.Cut(q.path, "?")
		return noResponse(), fmt.Errorf("%w: %s (%s %s): %s", ErrUnreachable, q.step, q.method, r.record.secrets.hidden(path), r.record.secrets.hidden(reason(err)))
	}
	if where := x.ResponseHeader.Get("Location"); r.sent == 1 && x.Status/100 == 3 && where != "" {
		return noResponse(), fmt.Errorf("%w: it redirects to another place (%d): give the URL that it redirects to", ErrUnreachable, x.Status)
	}
	if x.Status == http.StatusNotImplemented && bytes.Contains(x.ResponseBody, []byte("not emulated: ")) {
		r.notEmulated++ // by the in-memory backend of package customerstest
		return response{x, x.ResponseBody}, nil
	}
	a := response{x, x.ResponseBody}
	x.ResponseBody = r.compact.body(x)
	most := orDefault(r.config.MaxRecord, defaultMaxRecord)
	if r.kept += int64(len(x.ResponseBody)); r.kept > most {
		return noResponse(), fmt.Errorf("%w: its responses hold more than %d bytes, without what repeats", ErrUnreachable, most)
	}
	r.record.Exchanges = append(r.record.Exchanges, Exchange{Exchange: x, Step: q.step, Probe: q.probe})
	return a, nil
}

// exchange sends the request of x to the backend at base and sets its response. It follows no redirects, which are responses like others.
func (r *run) exchange(ctx context.Context, base *url.URL, x *conform.Exchange) error {
	req, err := http.NewRequestWithContext(ctx, x.Method, base.String()+x.URL, bytes.NewReader(x.RequestBody))
	if err != nil {
		return err
	}
	for name, values := range r.config.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	maps.Copy(req.Header, x.RequestHeader)
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	most := orDefault(r.config.MaxResponse, defaultMaxResponse)
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return err
	}
	if int64(len(body)) > most {
		return fmt.Errorf("the response is larger than %d bytes", most)
	}
	x.Status, x.ResponseHeader, x.ResponseBody = resp.StatusCode, resp.Header, body
	return nil
}

// reason returns why there was no response. It leaves out the URL, which may contain an email.
func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return "no complete response in time"
	}
	return err.Error()
}
