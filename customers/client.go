package customers

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Version is the version of this module, sent in the User-Agent header.
const Version = "0.1.0"

// What holds when no option says otherwise.
const (
	// DefaultTimeout bounds one attempt, from the dial to the last byte of the answer.
	DefaultTimeout = 30 * time.Second
	// DefaultMaxRetries is how often a request that is safe to repeat is sent again.
	DefaultMaxRetries = 2
	// DefaultMaxResponseBytes bounds an answer, after decompression.
	DefaultMaxResponseBytes = 32 << 20
	// DefaultSessionCookieName is what a Medusa backend calls its session cookie unless configured otherwise.
	DefaultSessionCookieName = "connect.sid"
)

// Client acts for one customer of one backend. It is immutable and safe for concurrent use; what changes is its
// [Session]. Make the first one with [New] and one for each further customer with [Client.WithSession].
//
//nolint:recvcheck // Format is on the value, so that printing a copy shows no secret either
type Client struct {
	// Addresses are the customer's shipping addresses.
	Addresses AddressesService
	// PaymentMethods are the customer's saved payment methods.
	PaymentMethods PaymentMethodsService
	// Auth logs in and out.
	Auth AuthService

	core    *core
	session *Session // nil: no session, only a bearer token or calls that need no login
	bearer  bool     // sends the bearer token, instead of a session
	run     *relogin // the re-login hook's that this client was made for
}

// core is what all clients derived from one have in common. It is behind two pointers, because fmt shows what is behind
// one where a verb does not fit, and there are secrets in it.
type core struct {
	*settings
}

type settings struct {
	baseURL          string // ends with a slash
	origin           string // scheme://host
	basePath         string // its path, escaped
	host             string // without port, for a cookie's Domain
	https            bool
	http             *http.Client
	header           http.Header
	bearerToken      string
	cookieName       string
	timeout          time.Duration
	maxRetries       int
	maxResponseBytes int64
	tlsTerminated    bool
	withoutSession   bool
	logger           *slog.Logger
	sessionHook      func(context.Context, *Session)
	reloginHook      func(context.Context, *Client) error
}

// New makes a client for the Medusa v1 backend at baseURL, such as "https://shop.example.com" or, behind a path
// prefix, "https://example.com/shop/". No request is sent. A base URL or option that can not work is
// [ErrInvalidInput].
func New(baseURL string, opts ...Option) (*Client, error) {
	k := &core{&settings{
		header:           http.Header{},
		cookieName:       DefaultSessionCookieName,
		timeout:          DefaultTimeout,
		maxRetries:       DefaultMaxRetries,
		maxResponseBytes: DefaultMaxResponseBytes,
	}}
	k.header.Set("Accept", "application/json")
	k.header.Set("User-Agent", "customers-go/"+Version)
	if err := k.setBaseURL(baseURL); err != nil {
		return nil, failed("New", err)
	}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyClient(k); err != nil {
			return nil, failed("New", err)
		}
	}
	if k.tlsTerminated {
		k.header.Set("X-Forwarded-Proto", "https")
	}
	if k.http == nil {
		k.http = &http.Client{Transport: newTransport()}
	}
	k.http.Jar = nil // the session is the jar
	k.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	k.http.Transport = safeLocation{k.http.Transport}
	if k.bearerToken != "" {
		c := newClient(k, nil)
		c.bearer = true
		return c, nil
	}
	if k.withoutSession {
		return newClient(k, nil), nil
	}
	return newClient(k, new(Session)), nil
}

// Format prints, for every verb, which backend the client is for and nothing else.
func (c Client) Format(f fmt.State, _ rune) {
	if c.core == nil { // a Client that was not made by New
		_, _ = io.WriteString(f, "customers.Client()")
		return
	}
	fmt.Fprintf(f, "customers.Client(%s)", c.core.baseURL)
}

func newClient(k *core, s *Session) *Client {
	c := &Client{core: k, session: s}
	c.Addresses.client, c.PaymentMethods.client, c.Auth.client = c, c, c
	return c
}

// WithSession derives a client that acts for the customer of s, sharing settings and connections with c. It costs
// well under a microsecond and a kilobyte: a server makes one for each request it handles. A new(Session) is for a
// customer who has yet to log in; nil makes a client as [WithoutSession] does. A bearer token of c does not come along: a
// client has a session or a token.
func (c *Client) WithSession(s *Session) *Client {
	return newClient(c.core, s)
}

// Session is the session that the client's logins fill and its calls use; nil with [WithoutSession] or
// [WithBearerToken].
func (c *Client) Session() *Session {
	return c.session
}

func (k *core) setBaseURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return refused("baseURL", "it is not a URL") // err repeats the URL, which may hold a password
	case u.Scheme != "http" && u.Scheme != "https":
		return refused("baseURL", "it must begin with https:// or http://")
	case u.Hostname() == "":
		return refused("baseURL", "it has no host")
	case strings.ContainsAny(u.Host, `"<>`): // net/url lets them pass, and net/http would send an empty Host for them
		return refused("baseURL", "its host has a character that no host name has")
	case u.User != nil:
		return refused("baseURL", "it must not hold a user or password; use WithHeader for a gateway's Authorization")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refused("baseURL", "it must not have a query or fragment")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return refused("baseURL", "there is no such port")
		}
	}
	k.https = u.Scheme == "https"
	k.host = strings.ToLower(u.Hostname())
	// The port that the scheme implies names the same origin.
	k.origin = strings.TrimSuffix(strings.ToLower(u.Scheme+"://"+u.Host), ":")
	if p := u.Port(); p == "443" && k.https || p == "80" && !k.https {
		k.origin = strings.TrimSuffix(k.origin, ":"+p)
	}
	u = u.JoinPath("/")
	k.basePath = u.EscapedPath()
	k.baseURL = u.String()
	// net/url takes some hosts that it would not take again, and some that no request can be written for.
	again, err := url.Parse(k.baseURL)
	if err != nil || (&http.Request{Method: http.MethodGet, URL: again}).Write(io.Discard) != nil {
		return refused("baseURL", "it has no host that a request could go to")
	}
	return nil
}

// newTransport is net/http's default transport, but for two things. Node closes a connection that was idle for 5 s,
// and a POST sent just then is lost, so ours are closed after 4. And the connections go to one host.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       4 * time.Second,
		MaxConnsPerHost:       256,
		MaxIdleConnsPerHost:   256,
		// A header of Medusa's is about 1 KB; net/http would take 10 MB, and as much again in 1xx answers.
		MaxResponseHeaderBytes: 256 << 10,
	}
}
