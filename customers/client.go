package customers

import (
	"fmt"
	"io"
	"net/http"
)

// Version is the version of this module, sent in the User-Agent header.
const Version = "0.1.0"

// Client acts for one customer of one backend. It is immutable and safe for concurrent use; what changes is its
// [Session]. Make the first one with [New] and one for each further customer with [Client.WithSession].
//
//nolint:recvcheck // Format is on the value, so that printing a copy shows no secret either
type Client struct {
	// Addresses manages the customer's shipping addresses.
	Addresses AddressesService
	// PaymentMethods lists the customer's saved payment methods.
	PaymentMethods PaymentMethodsService
	// Auth logs in and out.
	Auth AuthService

	caller caller
}

// New makes a client for the Medusa v1 backend at baseURL, such as "https://shop.example.com" or, behind a path
// prefix, "https://example.com/shop/". No request is sent. A base URL or option that cannot work is
// [ErrInvalidInput].
func New(baseURL string, opts ...Option) (*Client, error) {
	c, err := newConfig(baseURL, opts)
	if err != nil {
		return nil, named("New", err)
	}
	hc := c.transport.http
	hc.Jar = nil // the session is the jar
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	hc.Transport = newSafeLocation(hc.Transport)
	if c.endpoint.tlsTerminated {
		c.headers.common.Set("X-Forwarded-Proto", "https")
	}
	first := caller{config: c, bearer: c.headers.bearer}
	if first.bearer == nil && !c.withoutSession {
		first.session = new(Session)
	}
	if c.credentials != nil {
		first.useAccount(*c.credentials)
	}
	return newClient(first), nil
}

// newConfig applies the options to the defaults.
func newConfig(baseURL string, opts []Option) (*config, error) {
	e, err := parseEndpoint("baseURL", baseURL)
	if err != nil {
		return nil, err
	}
	c := &config{
		endpoint:  e,
		headers:   &headers{common: http.Header{}},
		transport: &transport{timeout: DefaultTimeout, maxRetries: DefaultMaxRetries, maxResponseBytes: DefaultMaxResponseBytes},
	}
	c.headers.common.Set("Accept", "application/json")
	c.headers.common.Set("User-Agent", "customers-go/"+Version)
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyClient(c); err != nil {
			return nil, err
		}
	}
	if c.headers.bearer != nil && c.headers.common["Authorization"] != nil {
		return nil, refused("WithHeader", reasonTwoCredentials)
	}
	if c.credentials != nil && (c.headers.bearer != nil || c.withoutSession) {
		return nil, refused("WithCredentials", "the account has a session of its own: leave out WithBearerToken and WithoutSession")
	}
	if c.transport.http == nil {
		c.transport.http = &http.Client{Transport: newRoundTripper()}
	}
	return c, nil
}

func newClient(c caller) *Client {
	client := &Client{caller: c}
	own := &client.caller
	client.Addresses.caller, client.PaymentMethods.caller, client.Auth.caller = own, own, own
	return client
}

// Format prints, for every verb, which backend the client is for and nothing else.
func (c Client) Format(f fmt.State, _ rune) {
	if c.caller.config == nil { // a Client that was not made by New
		_, _ = io.WriteString(f, "customers.Client()")
		return
	}
	fmt.Fprintf(f, "customers.Client(%s)", c.caller.config.endpoint.baseURL)
}

// WithSession derives a client that acts for the customer of s, sharing settings and connections with c. It costs well
// under a microsecond and a kilobyte: a server makes one for each request it handles. A new(Session) is for a customer
// who has yet to log in; nil makes a client as [WithoutSession] does. The bearer token of c is not passed on: a client
// has a session or a token. Nor are the credentials of [WithCredentials].
func (c *Client) WithSession(s *Session) *Client {
	return newClient(caller{config: c.caller.config, session: s})
}

// WithBearerToken derives a client that sends a customer's token of [AuthService.GetToken], sharing settings and
// connections with c. It costs as little as [Client.WithSession]. A token that can't be one is [ErrInvalidInput], and
// so is any on a client with an Authorization header of its own, which goes to the same place.
func (c *Client) WithBearerToken(token string) (*Client, error) {
	err := checkBearerToken(token)
	if err == nil && c.caller.config.headers.common["Authorization"] != nil {
		err = refused("WithHeader", reasonTwoCredentials)
	}
	if err != nil {
		return nil, named("WithBearerToken", err)
	}
	return newClient(caller{config: c.caller.config, bearer: &token}), nil
}

// CloseIdleConnections closes the connections that c and all clients derived with it, or that it is derived from, do
// not use at the moment. A program calls it when it has done with them, so that a leak checker finds none; the clients
// work on, by new connections. Those of an [http.Client] that was given to [WithHTTPClient] are closed too.
func (c *Client) CloseIdleConnections() {
	c.caller.config.transport.http.CloseIdleConnections()
}

// Session returns the session that the client's logins fill and its calls use; nil with [WithoutSession] or
// [WithBearerToken].
func (c *Client) Session() *Session {
	return c.caller.session
}
