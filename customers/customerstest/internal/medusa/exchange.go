package medusa

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// Exchange is a request on its way through the backend, and the response to it.
type Exchange struct {
	Request   *http.Request
	Path      string // undecoded
	RawQuery  string
	Raw       []byte        // the body as it was sent, cut off where the backend stops reading
	Operation api.Operation // empty for a request to none
	Response  response.Response
	Header    http.Header // of the response, beside those that all have

	match        match
	own          string // the path of an own route; empty for the contract's
	body         any    // the JSON of the body
	session      *session
	sessionIsNew bool
	sessionOf    string // the customer of the session before
	customerID   string // who is logged in, by session or token; empty for an anonymous request
}

// bodyLimit is the limit of express.json in bytes. drainLimit is how much more is read, so that a client which is still
// sending gets the response.
const (
	bodyLimit  = 100 << 10
	drainLimit = 10 << 20
)

func newExchange(r *http.Request) (*Exchange, error) {
	// The request line has the path as it was sent; a request that a test made has none.
	target := r.RequestURI
	if target == "" {
		target = r.URL.EscapedPath() + "?" + r.URL.RawQuery
	}
	if _, absolute, ok := strings.Cut(target, "://"); ok && target[0] != '/' {
		host, _, _ := strings.Cut(absolute, "/")
		target = absolute[len(host):]
	}
	target, _, _ = strings.Cut(target, "#")
	x := &Exchange{Request: r, Header: make(http.Header)}
	x.Path, x.RawQuery, _ = strings.Cut(target, "?")
	if x.Path == "" {
		x.Path = "/"
	}
	if r.Body == nil || r.Body == http.NoBody {
		return x, nil
	}
	var err error
	x.Raw, err = io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(r.Body, drainLimit))
	}
	return x, err
}

// fail sets the response to a failure, if there is one.
func (x *Exchange) fail(failed *response.Response) (isFailure bool) {
	if failed != nil {
		x.Response = *failed
	}
	return failed != nil
}

type exchangeKey struct{}

// withExchange returns the request that the generated handlers get. It has no query: they would check it before the
// guard does, and in another way than the backend.
func withExchange(ctx context.Context, x *Exchange) *http.Request {
	r := x.Request.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	r.URL = &url.URL{Path: r.URL.Path}
	return r
}

// exchangeOf returns the exchange that a generated handler is called for.
func exchangeOf(r *http.Request) *Exchange {
	x, _ := r.Context().Value(exchangeKey{}).(*Exchange) // withExchange sets it for every handler
	return x
}
