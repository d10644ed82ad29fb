package customers

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// Option configures a client in [New].
type Option interface {
	applyClient(c *config) error
}

// CallOption is for one call.
type CallOption interface {
	applyCall(o *callOptions) error
}

// SharedOption serves [New], for every call of the client, and a single call.
type SharedOption interface {
	Option
	CallOption
}

// Options are functions, so that printing one shows no header value or token.
type (
	option     func(*config) error
	callOption func(*callOptions) error
)

func (o option) applyClient(c *config) error        { return o(c) }
func (o callOption) applyCall(c *callOptions) error { return o(c) }

// config is what all clients that are derived from one share. Its parts are behind pointers of their own: for a verb
// that does not fit, fmt prints what is behind the first pointer, and headers contain secrets.
type config struct {
	endpoint       *endpoint
	headers        *headers
	transport      *transport
	withoutSession bool
	sessionHook    func(context.Context, SessionChange)
	credentials    *api.Credentials // of the client that New makes
}

// callOptions is what a call's options ask for.
type callOptions struct {
	header   http.Header
	response *Response
	orders   decodeFunc[api.CustomerEnvelope] // nil: without orders

	properties []property // to add to the body
}

// readCallOptions applies a call's options.
func readCallOptions(op Operation, opts []CallOption) (o callOptions, err error) {
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if optErr := opt.applyCall(&o); optErr != nil && err == nil {
			err = optErr // the others are applied all the same, so that WithResponse empties its Response
		}
	}
	if err == nil && o.orders != nil && op != OperationAuthenticate && op != OperationGetSession {
		err = refused("WithOrders", "only Auth.Authenticate and Auth.GetSession receive orders")
	}
	if err == nil {
		err = checkProperties(op, o.properties)
	}
	return o, err
}

// WithHTTPClient makes the client send with hc, for a proxy, own certificates or a middleware's transport. It is
// copied; the copy has no cookie jar and follows no redirects. Without this option the client has transports of its own
// that close connections after 4 idle seconds, for a POST after half a second, because Node closes them after 5 and
// some proxies after 1, and a POST sent at that moment fails: give a transport of yours a short IdleConnTimeout too.
//
// That nothing is done twice holds for what this package and net/http send. A RoundTripper that repeats requests
// itself, such as a failover, must leave a POST alone that may have been sent; Response.Attempts does not count what it
// repeats. A POST is repeated only if the RoundTripper reports to the request's httptrace that no connection came
// about, and fails with nothing but that.
func WithHTTPClient(hc *http.Client) Option {
	return option(func(c *config) error {
		if hc == nil {
			return refused("WithHTTPClient", "the client is nil")
		}
		clone := *hc
		c.transport.http = &clone
		return nil
	})
}

// WithTimeout bounds all attempts of a call together, from the first dial to the last byte of the response, waits
// included; the default is [DefaultTimeout]. A call may also end earlier, by its context.
func WithTimeout(d time.Duration) Option {
	return option(func(c *config) error {
		if d <= 0 {
			return refused("WithTimeout", "it must be positive")
		}
		c.transport.timeout = d
		return nil
	})
}

// WithMaxRetries sets how often a failed request is sent again; the default is [DefaultMaxRetries], 0 turns it off.
// Only what is safe is repeated: a read, a DELETE, and a POST of which nothing was sent. A POST that may have reached
// the backend is never sent twice.
func WithMaxRetries(n int) Option {
	return option(func(c *config) error {
		if n < 0 {
			return refused("WithMaxRetries", "it must not be negative")
		}
		c.transport.maxRetries = n
		return nil
	})
}

// WithMaxResponseBytes bounds a response's body, after decompression; the default is [DefaultMaxResponseBytes]. A
// larger one is [ErrUnexpectedResponse]. Fifty orders of three lines are about 400 KB, and a login returns all orders.
func WithMaxResponseBytes(n int64) Option {
	return option(func(c *config) error {
		if n <= 0 {
			return refused("WithMaxResponseBytes", "it must be positive")
		}
		c.transport.maxResponseBytes = min(n, math.MaxInt64-1) // one byte more is read, to see that it is too many
		return nil
	})
}

// WithLogger makes the client log each attempt at debug level: operation, attempt, status, duration, the X-Request-Id
// of the response or of the request, and what failed. URLs, bodies, other headers and cookies are not logged.
func WithLogger(l *slog.Logger) Option {
	return option(func(c *config) error {
		c.transport.logger = l
		return nil
	})
}

// WithUserAgent replaces the User-Agent header "customers-go/VERSION".
func WithUserAgent(ua string) Option {
	return option(func(c *config) error {
		if err := checkHeaderValue("WithUserAgent", ua); err != nil {
			return err
		}
		c.headers.common.Set("User-Agent", ua)
		return nil
	})
}

// WithHeader sends a header with every call of a client, or with one call; a call's header replaces the client's.
// Headers that this package or net/http must control are refused: Cookie, Host, the ones about the body, the
// connection and compression, and Idempotency-Key, which does nothing on these routes but makes net/http repeat a
// POST on its own.
//
// An Authorization header is for a gateway before the backend, such as Basic. A customer's bearer token is refused
// here, because the backend would take it for a second login: see [WithBearerToken]. On a client with a bearer token
// any Authorization is refused.
//
// An If-None-Match header makes the backend respond to a repeated read with 304, which is [ErrNotModified].
func WithHeader(name, value string) SharedOption {
	return headerOption(func(h http.Header) error {
		if reason, ok := bodyHeaders[http.CanonicalHeaderKey(name)]; ok {
			return refused("WithHeader", http.CanonicalHeaderKey(name)+" can't be set: "+reason)
		}
		if err := checkHeader("WithHeader", name, value); err != nil {
			return err
		}
		h.Set(name, value)
		return nil
	})
}

// WithPublishableKey sends the storefront's publishable API key, which selects the sales channel on other routes. The
// backend does not read it on the customer and auth routes. An empty key, such as that of an unset variable, is
// [ErrInvalidInput].
func WithPublishableKey(key string) SharedOption {
	return headerOption(func(h http.Header) error {
		if key == "" {
			return refused("WithPublishableKey", "the key is empty")
		}
		if err := checkHeaderValue("WithPublishableKey", key); err != nil {
			return err
		}
		h.Set("X-Publishable-Api-Key", key)
		return nil
	})
}

// headerOption adds a header to those of a client or of a call.
type headerOption func(http.Header) error

func (o headerOption) applyClient(c *config) error { return o(c.headers.common) }

func (o headerOption) applyCall(c *callOptions) error {
	if c.header == nil {
		c.header = http.Header{}
	}
	return o(c.header)
}

// WithBearerToken makes the client send a token of [AuthService.GetToken] instead of keeping a session. Logins are
// refused on such a client. A token is good for 30 days; neither a logout nor a new password ends it. A server with a
// token for each customer derives a client for each by [Client.WithBearerToken].
func WithBearerToken(token string) Option {
	return option(func(c *config) error {
		c.headers.bearer = &token
		return checkBearerToken(token)
	})
}

// WithSessionCookieName is for a backend whose session_options.name setting is not [DefaultSessionCookieName]. Without
// it a login there is [ErrNoSessionCookie].
func WithSessionCookieName(name string) Option {
	return option(func(c *config) error {
		if !isToken(name) {
			return refused("WithSessionCookieName", "it is not a cookie's name")
		}
		c.endpoint.cookieName = name
		return nil
	})
}

// WithPublicURL is for a backend whose base URL is not the address that browsers know, such as "http://medusa:9000"
// inside a cluster, while its session cookie has the Domain or Path of that address. url is the public base URL, such
// as "https://shop.example.com". Cookies for it are taken and sent to the base URL. Without this option a login there
// is [ErrNoSessionCookie].
func WithPublicURL(url string) Option {
	return option(func(c *config) error {
		return c.endpoint.setPublic(url)
	})
}

// WithTLSTerminated is for a backend that is reached over plain http because TLS ends before it, such as
// "http://medusa:9000" inside a cluster. It sends "X-Forwarded-Proto: https", without which a backend in production
// responds to a login over http with a 200 and no cookie, and allows the Secure cookie to go back over http. Use it
// only on a network that you trust.
func WithTLSTerminated() Option {
	return option(func(c *config) error {
		c.endpoint.tlsTerminated = true
		return nil
	})
}

// WithoutSession is for a server's shared client, which must never become a customer: logins and calls that need one
// are [ErrNoSession] until [Client.WithSession] derives a client for a customer.
func WithoutSession() Option {
	return option(func(c *config) error {
		c.withoutSession = true
		return nil
	})
}

// WithSessionHook has hook called after each call that has changed a session's cookie: a login, a logout, or a response
// with which the backend prolongs or ends the session. It is where a server stores the session, as
// [SessionChange.Apply] shows. The hook's ctx has the values of the call's context, which identify the session's owner,
// but does not end with it. The hook is not called for the account of [WithCredentials].
//
// For one session the hook runs once at a time, and again if the session changed meanwhile, so that the last run
// reports the last change. The call waits for its own run until its context ends, but not for one begun by another
// call. If the hook panics, the next change includes what it was to store. Cookies of a load balancer may change with
// every response and do not count.
func WithSessionHook(hook func(ctx context.Context, change SessionChange)) Option {
	return option(func(c *config) error {
		c.sessionHook = hook
		return nil
	})
}

// WithResponse stores in r the status and header of the response to the call's last attempt, also when the call fails
// on it, and the number of attempts. Status and header are empty when that attempt got no response. If the call
// succeeds, r has its JSON too, which is as large as [WithMaxResponseBytes] allows and which no call keeps without this
// option.
func WithResponse(r *Response) CallOption {
	return callOption(func(o *callOptions) error {
		if r == nil {
			return refused("WithResponse", "the pointer is nil")
		}
		*r = Response{}
		o.response = r
		return nil
	})
}

// WithOrders keeps the orders that the backend sends with [AuthService.Authenticate] and [AuthService.GetSession], in
// the customer's Orders: all there are, as stored, without totals. They cost memory and time that grow with their
// number. Where some can't be read, the customer comes with the others beside the error, as with [Client.ListOrders].
// [Client.Orders] has them page by page, with totals. Other calls refuse it, with [ErrInvalidInput].
func WithOrders() CallOption {
	return callOption(func(o *callOptions) error {
		o.orders = decodeWithOrders
		return nil
	})
}

// WithProperty adds a property to the JSON body of a call, for a shop that has extended an entity: the value as it is
// in JSON, under that name, after the properties of the contract. [AddressesService.Add] puts it into the body's
// "address", beside the fields of the request; a billing address can't be given any. The shop's own properties of a
// response are in [Response.Body].
//
// A property that the contract has is refused, in any spelling, and so are one that is given twice, one that is not
// JSON or that the backend would store as something else (see docs/errors.md), and the option on an operation without a
// JSON body. Error.Fields names the property. A backend that does not know it responds with [ErrInvalidInput].
func WithProperty(name string, value any) CallOption {
	return callOption(func(o *callOptions) error {
		p, err := newProperty(name, value)
		o.properties = append(o.properties, p)
		return err
	})
}
