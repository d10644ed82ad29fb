package customerstest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// exchange is one request on its way through the backend, with what was found out about it and the answer to it.
type exchange struct {
	request      *http.Request
	path         string // undecoded
	rawQuery     string
	raw          []byte // the body as it came, cut off where the backend stops reading
	body         any    // the JSON of the body
	session      *session
	sessionIsNew bool
	sessionOf    string // the customer of the session before
	customerID   string // whoever is logged in, by session or token; empty for nobody
	answer       answer
	header       http.Header // of the answer, beside what all answers have
}

func newExchange(r *http.Request) *exchange {
	// The request line says it as it was sent; a request that was made up in a test has none.
	target := r.RequestURI
	if target == "" {
		target = r.URL.EscapedPath() + "?" + r.URL.RawQuery
	}
	if _, absolute, ok := strings.Cut(target, "://"); ok && target[0] != '/' {
		host, _, _ := strings.Cut(absolute, "/")
		target = absolute[len(host):]
	}
	target, _, _ = strings.Cut(target, "#")
	x := &exchange{request: r, header: make(http.Header)}
	x.path, x.rawQuery, _ = strings.Cut(target, "?")
	if x.path == "" {
		x.path = "/"
	}
	return x
}

type exchangeKey struct{}

// withExchange is the request that the generated handlers get. It has no query: they would check it before the guard
// does, and in another way than the backend.
func withExchange(ctx context.Context, x *exchange) *http.Request {
	r := x.request.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	r.URL = &url.URL{Path: r.URL.Path}
	return r
}

// exchangeOf is the exchange that a generated handler was called for.
func exchangeOf(r *http.Request) *exchange {
	x, _ := r.Context().Value(exchangeKey{}).(*exchange) // there for every handler, by withExchange
	return x
}
