package live

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// ErrUnreachable is the error of a backend that gave no usable response: it does not listen, the connection breaks, or
// the response is too large or too slow.
var ErrUnreachable = errors.New("the backend cannot be reached")

// ErrInterrupted is the error of a run whose context was canceled. Its text says what the run left on the backend.
var ErrInterrupted = errors.New("interrupted")

// Config is what to ask, and how. Backend and Documents are required.
type Config struct {
	Backend string // its URL, which may have a path
	// Documents name the parameters, properties and relations to try.
	Documents []*openapi3.T
	// Logins are of customers with orders, which are read and never changed.
	Logins []Login
	// Cookie describes the session cookie; the zero value is Medusa's default. Its name is found out, and whether it is
	// Secure. Over plain http a Secure cookie is asked for as a proxy does: X-Forwarded-Proto: https.
	Cookie conform.Cookie
	// Ask are paths, with their queries, that GET requests are sent to besides: without a login, with each of Logins, and as
	// a customer of the run's own. Their exchanges have the step [StepAsk].
	Ask []string
	// Header is sent with each request, for a gateway before the backend. It is not recorded, and what a request sets by
	// itself counts more.
	Header http.Header
	// ResetToken returns the password token that the backend issued for email, seconds after it was asked. Without it
	// no password is reset.
	ResetToken func(ctx context.Context, email string) (string, error)
	// ReadOnly is for a backend with customers of its own: it registers no customer and changes nothing. It sends GET
	// requests, one login for each of Logins, and their logouts at the end. What is not tried is no finding.
	ReadOnly bool
	// NoProbes leaves out the probes, which are most of the requests and register most of the customers.
	NoProbes bool
	// Brief, if it is not zero, is the time after which no more probes are sent, as a note says. Orders are then read before
	// anything is changed, and what may break a client is probed before what is only a matter of validation.
	Brief time.Duration
	// Progress, if it is not nil, is called with the next step.
	Progress func(step string)

	// The bounds; zero is the default.
	Patience     time.Duration // for a response: 20 s
	Time         time.Duration // for the run: 5 minutes, where 15 seconds are usual
	MaxResponse  int64         // bytes of a response: 32 MiB
	MaxRecord    int64         // bytes of all responses, without what repeats: 64 MiB
	MaxExchanges int           // requests that are sent: 3000
}

// Login is the login of a customer.
type Login struct {
	Email, Password string
}

// String returns no password.
func (l Login) String() string { return "a login" }

// GoString returns none either.
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

// Floor is how much has to be seen of each kind of sight, in percent of what is declared. A kind that is missing has no
// floor.
type Floor map[conform.SightKind]int

// DefaultFloor is what a run with the logins of test/e2e/backend shows, a shop with orders of every kind.
var DefaultFloor = Floor{
	conform.Called: 100, conform.Responded: 75, conform.Content: 75, conform.InResponse: 90, conform.Property: 85, conform.Enum: 60, conform.Input: 90,
	conform.EachOperation: 50,
}
