package customerstest

import (
	"context"
	"net/http"
)

// exchange is one request on its way through the backend, with what was found out about it and the answer to it.
type exchange struct {
	request    *http.Request
	customerID string // whoever is logged in; empty for nobody
	answer     answer
}

type exchangeKey struct{}

// withExchange is the request that the generated handlers get. It has no query: they would check it before the guard
// does, and in another way than the backend.
func withExchange(x *exchange) *http.Request {
	r := x.request.Clone(context.WithValue(x.request.Context(), exchangeKey{}, x))
	r.URL.RawQuery = ""
	return r
}

// exchangeOf is the exchange that a generated handler was called for.
func exchangeOf(r *http.Request) *exchange {
	return r.Context().Value(exchangeKey{}).(*exchange)
}

func (x *exchange) write(w http.ResponseWriter) {
	h := w.Header()
	if x.answer.contentType == "" {
		h["Content-Type"] = nil // keeps net/http from guessing one
	} else {
		h.Set("Content-Type", x.answer.contentType)
	}
	w.WriteHeader(x.answer.status)
	if x.request.Method != http.MethodHead {
		_, _ = w.Write(x.answer.body) // the client has gone; there is nobody to tell
	}
}
