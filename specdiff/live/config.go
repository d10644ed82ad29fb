package live

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// ErrUnreachable is what no response that could be used is: nobody listens, the connection breaks, the response is too
// large or too slow.
var ErrUnreachable = errors.New("the backend cannot be reached")

// Config is what to ask, and how. Backend and Documents are needed.
type Config struct {
	Backend string // its URL, which may have a path
	// Documents say which parameters, properties and relations there are to be tried.
	Documents []*openapi3.T
	// Logins are of customers that have orders. They are only read, never changed.
	Logins []Login
	// Cookie is how the backend sets its session cookie; zero is as Medusa does it by default.
	Cookie conform.Cookie
	// ResetToken returns the password token that the backend has issued for email, which it does seconds after it was
	// asked. Without it no password is reset.
	ResetToken func(ctx context.Context, email string) (string, error)
	// NoProbes leaves the probes out, which are most of the requests and most of the registered customers.
	NoProbes bool
	// Progress, if not nil, is called with what is done next.
	Progress func(step string)

	// These are bounds; zero is the default.
	Patience     time.Duration // for one response: 20 s
	Time         time.Duration // for the whole run: 5 minutes; 15 seconds are usual
	MaxResponse  int64         // bytes of a response: 32 MiB
	MaxRecord    int64         // bytes of all responses, without what repeats: 64 MiB
	MaxExchanges int           // how many requests are sent at most: 3000
}

// Login is a customer's.
type Login struct {
	Email, Password string
}

// String does not show the password.
func (l Login) String() string { return "a login" }

// GoString does not show it either.
func (l Login) GoString() string { return l.String() }

const (
	defaultPatience     = 20 * time.Second
	defaultTime         = 5 * time.Minute
	defaultMaxResponse  = 32 << 20
	defaultMaxRecord    = 64 << 20
	defaultMaxExchanges = 3000
)

func backendURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("the backend's URL has to be like http://localhost:9000")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the backend's URL must have no user, query or fragment")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
