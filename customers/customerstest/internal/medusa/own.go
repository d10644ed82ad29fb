package medusa

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// customerKey is the key of the id of the customer who is logged in, in the context of a request to an own route.
type customerKey struct{}

// ownRoutes are routes beside the contract's.
type ownRoutes struct{ mux *http.ServeMux }

func (o ownRoutes) add(pattern string, handler func(w http.ResponseWriter, r *http.Request, customerID string)) {
	o.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		id, _ := r.Context().Value(customerKey{}).(string)
		handler(w, r, id)
	})
}

// find returns the path by which a route has the request, or "". As Express does, it ignores a slash at the end that no
// pattern has.
func (o ownRoutes) find(x *Exchange) string {
	place := path.Clean("/" + x.Path)
	places := []string{place}
	if place != "/" && strings.HasSuffix(x.Path, "/") {
		places = []string{place + "/", place}
	}
	for _, place := range places {
		if _, pattern := o.mux.Handler(x.ownRequest(x.Request.Context(), place)); pattern != "" {
			return place
		}
	}
	return ""
}

// ownRequest returns the request that the handler of an own route gets.
func (x *Exchange) ownRequest(ctx context.Context, place string) *http.Request {
	r := x.Request.WithContext(context.WithValue(ctx, customerKey{}, x.customerID))
	r.Body = io.NopCloser(bytes.NewReader(x.Raw))
	if u, err := url.ParseRequestURI(place); err == nil {
		u.RawQuery = x.RawQuery
		r.URL = u
	}
	return r
}

// respondAsOwn lets the handler of an own route respond. The backend is not locked meanwhile, so that the handler can
// use it.
func (s *State) respondAsOwn(ctx context.Context, x *Exchange, own ownRoutes) {
	if len(x.Raw) > bodyLimit {
		x.fail(s.page(http.StatusRequestEntityTooLarge, "PayloadTooLargeError: request entity too large", "Payload Too Large"))
		return
	}
	w := httptest.NewRecorder()
	s.unlocked(func() { own.mux.ServeHTTP(w, x.ownRequest(ctx, x.own)) })
	resp := w.Result()
	maps.Copy(x.Header, resp.Header)
	x.Response = response.Response{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), Body: w.Body.Bytes()}
	if current := x.session; !x.sessionIsNew && s.sessions[current.id] != current {
		x.session = nil // another request has logged it out
	} else {
		x.sessionOf = current.customerID // another request may have logged it in
	}
}

// unlocked calls f while other requests are carried out.
func (s *State) unlocked(f func()) {
	s.Clock.release()
	s.Unlock()
	defer func() {
		s.Lock()
		s.Clock.hold()
	}()
	f()
}
