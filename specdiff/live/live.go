// Package live asks a running backend what it does, and holds that against documents.
//
// [Run] records once: a script on customers of its own, reads with logins that have data, and probes, which are requests
// that differ in one thing from one that the backend takes. [Check] compares a record with a document, as often as one
// likes. The walker is that of package conform.
package live

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
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

// Record is what a backend did. It is safe for concurrent use by Check.
type Record struct {
	Exchanges []Exchange
	Notes     []string // what could not be tried, and why
	Took      time.Duration
	Bytes     int64 // of responses, before what repeats was dropped

	secrets *secrets
	shown   sync.Map // of a text or an exchange, what is shown of it
}

// Exchange is a request and its response. Elements of lists that show nothing which other elements don't show as well
// are dropped from the response.
type Exchange struct {
	*conform.Exchange
	Step  string // what it was for: "register"
	Probe *Probe // nil for one that is no probe
	Took  time.Duration
}

// Run asks the backend. The order of the requests is the same in every run with the same documents; the customers it
// registers have random emails. It leaves them behind, without addresses and logged out, because the storefront API
// cannot delete a customer. The error is ErrUnreachable where there was no usable response, whatever the reason.
func Run(ctx context.Context, config Config) (*Record, error) {
	base, err := backendURL(config.Backend)
	if err != nil {
		return nil, err
	}
	if len(config.Documents) == 0 {
		return nil, errors.New("live: no document says what to ask")
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(config.Time, defaultTime))
	defer cancel()
	r := newRun(config, base)
	defer r.transport.CloseIdleConnections()
	started := time.Now()
	err = r.all(ctx)
	if r.notEmulated > 0 {
		r.note("%d requests show nothing: the backend does not emulate them", r.notEmulated)
	}
	r.record.Took = time.Since(started)
	if err != nil {
		return nil, err
	}
	return r.record, nil
}

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

// all asks everything, in an order that keeps reads apart from what changes the customers that they read.
func (r *run) all(ctx context.Context) error {
	steps := []func(context.Context) error{r.script, r.reads}
	if !r.config.NoProbes {
		steps = append(steps, r.probes)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			r.cleanUpAfter(ctx)
			return err
		}
	}
	return r.cleanUp(ctx)
}

// cleanUpAfter is worth a try where the backend of a run that failed still responds. It has bounds of its own: those of
// the run may be why it failed.
func (r *run) cleanUpAfter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	r.sent, r.kept = 0, 0
	_ = r.cleanUp(ctx)
}

func (r *run) progress(format string, args ...any) {
	if r.config.Progress != nil {
		r.config.Progress(fmt.Sprintf(format, args...))
	}
}

func (r *run) note(format string, args ...any) {
	r.record.Notes = append(r.record.Notes, r.record.secrets.hidden(fmt.Sprintf(format, args...)))
}
