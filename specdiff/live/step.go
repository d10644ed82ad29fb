package live

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// The routes of the storefront API that are asked.
const (
	customersPath = "/store/customers"
	mePath        = customersPath + "/me"
	ordersPath    = mePath + "/orders"
	methodsPath   = mePath + "/payment-methods"
	addressesPath = mePath + "/addresses"
	tokenPath     = customersPath + "/password-token"
	resetPath     = customersPath + "/password-reset"
	authPath      = "/store/auth"
	bearerPath    = authPath + "/token"
)

type object = map[string]any

// tooLarge is a body that is larger than the backend accepts. Its content is never read.
var tooLarge = raw(strings.Repeat("0", 110_000))

func exists(email string) string { return authPath + "/" + url.PathEscape(email) }

// script sends requests until one has no response.
type script struct {
	*run
	ctx context.Context //nolint:containedctx // a script lives as long as one call of run
	err error
}

// do sends a request. It returns an empty response if none comes. A request of an account that has no credentials, since
// its login or registration failed, is not sent, because its response would show nothing.
func (s *script) do(q request) response {
	if s.err != nil || q.by != nil && !q.by.hasCredentials() {
		return noResponse()
	}
	x, err := s.send(s.ctx, q)
	if s.err = err; err == nil && q.by != nil {
		s.keepOthers(q.by, x)
		if s.ended(q, x) && s.renew(q.by) {
			return s.do(q)
		}
	}
	return x
}

func (s *script) get(step, path string, by *account) response {
	return s.do(request{step: step, method: http.MethodGet, path: path, by: by})
}

func (s *script) post(step, path string, body any, by *account) response {
	return s.do(request{step: step, method: http.MethodPost, path: path, body: body, by: by})
}

// again reads what x has read, with its ETag, if it has one.
func (s *script) again(x response, path string, by *account) {
	if x.Status != http.StatusOK || x.ResponseHeader.Get("ETag") == "" {
		return
	}
	s.do(request{step: stepAgain, method: http.MethodGet, path: path, by: by, etag: x.ResponseHeader.Get("ETag")})
}
