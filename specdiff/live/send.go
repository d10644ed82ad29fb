package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// errTooMany bounds a run whose documents have very many parameters.
var errTooMany = errors.New("the bound on the number of requests is reached")

// errTooLarge and errCut are faults of a response that cannot be compared.
var (
	errTooLarge = errors.New("the response is too large")
	errCut      = errors.New("the response is cut off")
)

// userAgent begins as that of the client does, which a firewall lets through.
const userAgent = "customers-go/0.1.0 (specdiff)"

// send sends a request and records the exchange. If one request has no usable response, that is a trouble of the run; if
// several in a row have none, the backend cannot be reached.
func (r *run) send(ctx context.Context, q request) (response, error) {
	x := &conform.Exchange{Method: q.method, URL: q.path, RequestHeader: http.Header{}, Cookie: r.config.Cookie}
	if err := q.fill(x); err != nil {
		return noResponse(), err
	}
	if r.forwarded {
		x.RequestHeader.Set("X-Forwarded-Proto", "https")
	}
	path, _, _ := strings.Cut(q.path, "?")
	if why := r.pace.blocked[placeOf(x)]; why != "" && r.pace.stopped == "" {
		r.trouble(q.method, template(path), "not all of it was tried: %s", limitedRequests)
		r.note("%s: %s", placeOf(x), why)
		return noResponse(), nil
	}
	err := r.deliver(ctx, x)
	switch {
	case errors.Is(err, errStopped), errors.Is(err, errTooMany):
		return noResponse(), err
	case err == nil:
		r.pace.broken = 0
	case len(r.record.Exchanges) > 0 && r.pace.broken+1 < mostBroken && !errors.Is(err, context.Canceled):
		r.pace.broken++
		r.trouble(q.method, template(path), "no usable response: %s", reason(err))
		return noResponse(), nil
	default:
		return noResponse(), fmt.Errorf("%w: %s (%s %s): %s", ErrUnreachable, q.step, q.method, r.record.secrets.hidden(path), r.record.secrets.hidden(reason(err)))
	}
	if where := x.ResponseHeader.Get("Location"); r.sent == 1 && x.Status/100 == 3 && where != "" {
		return noResponse(), fmt.Errorf("%w: it redirects (%d) to %s: give the URL of the backend itself", ErrUnreachable, x.Status, r.target(where, x.URL))
	}
	if x.Status == http.StatusNotImplemented && bytes.Contains(x.ResponseBody, []byte("not emulated: ")) {
		r.notEmulated++ // by the in-memory backend of package customerstest
		return response{x, x.ResponseBody}, nil
	}
	a, whole := response{x, x.ResponseBody}, wholeOf(x, q.probe != nil)
	x.ResponseBody = r.compact.body(x)
	most := orDefault(r.config.MaxRecord, defaultMaxRecord)
	if r.kept += int64(len(x.ResponseBody)); r.kept > most {
		return noResponse(), fmt.Errorf("%w: its responses hold more than %d bytes, without what repeats", ErrUnreachable, most)
	}
	r.record.Exchanges = append(r.record.Exchanges, Exchange{Exchange: x, Step: q.step, Probe: q.probe, Whole: whole})
	return a, nil
}

// target returns where a redirect leads: a base URL if the path is the same there, else only the scheme and host, because
// the rest may contain an email.
func (r *run) target(location, path string) string {
	u, err := r.base.Parse(location)
	if err != nil || u.Host == "" {
		return "another place"
	}
	before, same := strings.CutSuffix(u.EscapedPath(), path)
	if !same {
		before = ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: before}).String()
}

// exchange sends the request of x to the backend at base and sets its response. It follows no redirects, which are
// responses like others.
func (r *run) exchange(ctx context.Context, base *url.URL, x *conform.Exchange) error {
	req, err := http.NewRequestWithContext(ctx, x.Method, base.String()+x.URL, bytes.NewReader(x.RequestBody))
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", userAgent)
	for name, values := range r.config.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	cookies := slices.Concat(req.Header["Cookie"], x.RequestHeader["Cookie"])
	if maps.Copy(req.Header, x.RequestHeader); len(cookies) > 0 {
		req.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
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
		return fmt.Errorf("%w: it is larger than %d bytes", errTooLarge, most)
	}
	if without, has := bytes.CutPrefix(body, byteOrderMark); has {
		body = without
		r.note("a byte order mark comes before bodies of responses: the Go client ignores it, other clients may fail at it")
	}
	if resp.StatusCode/100 == 2 && isCut(body) {
		return errCut
	}
	x.Status, x.ResponseHeader, x.ResponseBody = resp.StatusCode, resp.Header, body
	return nil
}

// isCut reports whether a body is the beginning of a JSON object.
func isCut(body []byte) bool {
	var v json.RawMessage
	return bytes.HasPrefix(body, []byte("{")) && errors.Is(json.NewDecoder(bytes.NewReader(body)).Decode(&v), io.ErrUnexpectedEOF)
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
