package customers

import (
	"log/slog"
	"math"
	"net/http"
	"time"
)

// Option configures a client in [New].
type Option interface {
	applyClient(k *core) error
}

// CallOption is for one call.
type CallOption interface {
	applyCall(c *call) error
}

// SharedOption serves [New], for every call of the client, and a single call.
type SharedOption interface {
	Option
	CallOption
}

// Options are functions, so that printing one shows no header value or token.
type (
	option     func(*core) error
	callOption func(*call) error
)

func (o option) applyClient(k *core) error   { return o(k) }
func (o callOption) applyCall(c *call) error { return o(c) }

// WithHTTPClient makes the client send with hc, for a proxy, own certificates or a middleware's transport. It is
// copied; the copy has no cookie jar and follows no redirects. Without this option the client has a transport of its
// own that closes connections after 4 idle seconds, because Node closes them after 5 and a POST sent at that moment
// fails: give a transport of yours an IdleConnTimeout below 5 seconds too.
func WithHTTPClient(hc *http.Client) Option {
	return option(func(k *core) error {
		if hc == nil {
			return refused("WithHTTPClient", "the client is nil")
		}
		clone := *hc
		k.http = &clone
		return nil
	})
}

// WithTimeout bounds each attempt, from the dial to the last byte of the answer; the default is [DefaultTimeout].
// The call's context bounds all attempts together.
func WithTimeout(d time.Duration) Option {
	return option(func(k *core) error {
		if d <= 0 {
			return refused("WithTimeout", "it must be positive")
		}
		k.timeout = d
		return nil
	})
}

// WithMaxRetries is how often a failed request is sent again; the default is [DefaultMaxRetries], 0 turns it off. Only
// what is safe is repeated: a read, a DELETE, and any request whose connection could not be made. A POST that may
// have reached the backend is never sent twice.
func WithMaxRetries(n int) Option {
	return option(func(k *core) error {
		if n < 0 {
			return refused("WithMaxRetries", "it must not be negative")
		}
		k.maxRetries = n
		return nil
	})
}

// WithMaxResponseBytes bounds an answer, after decompression; the default is [DefaultMaxResponseBytes]. A larger one
// is [ErrUnexpectedResponse]. Fifty orders of three lines are about 400 KB, and a login returns all orders.
func WithMaxResponseBytes(n int64) Option {
	return option(func(k *core) error {
		if n <= 0 {
			return refused("WithMaxResponseBytes", "it must be positive")
		}
		k.maxResponseBytes = min(n, math.MaxInt64-1) // one byte more is read, to see that it is too many
		return nil
	})
}

// WithLogger makes the client log each attempt at debug level: operation, attempt, status, duration, the X-Request-Id
// of the answer or of the request, and what failed. URLs, bodies, other headers and cookies are not logged.
func WithLogger(l *slog.Logger) Option {
	return option(func(k *core) error {
		k.logger = l
		return nil
	})
}

// WithUserAgent replaces the User-Agent header "customers-go/VERSION".
func WithUserAgent(ua string) Option {
	return option(func(k *core) error {
		if err := checkHeaderValue("WithUserAgent", ua); err != nil {
			return err
		}
		k.header.Set("User-Agent", ua)
		return nil
	})
}

// WithBearerToken makes the client send a token of [AuthService.GetToken] instead of keeping a session. Logins are
// refused on such a client. A token is good for 30 days; neither a logout nor a new password ends it.
func WithBearerToken(token string) Option {
	return option(func(k *core) error {
		if token == "" {
			return refused("WithBearerToken", "the token is empty")
		}
		if err := checkHeaderValue("WithBearerToken", token); err != nil {
			return err
		}
		k.bearerToken = token
		return nil
	})
}

// WithSessionCookieName is for a backend whose session_options.name setting is not [DefaultSessionCookieName]. Without
// it a login there is [ErrNoSessionCookie].
func WithSessionCookieName(name string) Option {
	return option(func(k *core) error {
		if !isToken(name) {
			return refused("WithSessionCookieName", "it is not a cookie's name")
		}
		k.cookieName = name
		return nil
	})
}

// WithTLSTerminated is for a backend that is reached over plain http behind whatever ends TLS, such as
// "http://medusa:9000" inside a cluster. It sends "X-Forwarded-Proto: https", without which a backend in production
// answers a login over http with a 200 and no cookie, and allows the Secure cookie to go back over http. Use it only
// where nobody can listen in.
func WithTLSTerminated() Option {
	return option(func(k *core) error {
		k.tlsTerminated = true
		return nil
	})
}

// WithoutSession is for a server's shared client, which must never become a customer: logins and calls that need one
// are [ErrNoSession] until [Client.WithSession] derives a client for a customer.
func WithoutSession() Option {
	return option(func(k *core) error {
		k.withoutSession = true
		return nil
	})
}

// WithResponse stores status and headers of the call's last answer in r, also when the call fails on it. When no
// answer came, r becomes empty.
func WithResponse(r *Response) CallOption {
	return callOption(func(c *call) error {
		if r == nil {
			return refused("WithResponse", "the pointer is nil")
		}
		*r = Response{}
		c.response = r
		return nil
	})
}

// WithOrders keeps the orders that [AuthService.Authenticate] and [AuthService.GetSession] are answered with, in the
// customer's Orders: all there are, as stored, without totals. They cost memory and time that grow with their number.
// [Client.Orders] has them page by page, with totals. Other calls refuse it, with [ErrInvalidInput].
func WithOrders() CallOption {
	return callOption(func(c *call) error {
		c.orders = true
		return nil
	})
}

// Response is what [WithResponse] stores.
type Response struct {
	// StatusCode is the HTTP status, such as 200.
	StatusCode int
	// Header holds the answer's headers but for Set-Cookie, which is the session's business.
	Header http.Header
	// Attempts is how many requests were sent.
	Attempts int
}
