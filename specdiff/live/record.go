package live

import (
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
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

// Probe says in what a request differs from another that the backend takes, its base.
type Probe struct {
	Operation string   // "POST /store/auth"
	In        string   // "query", "body" or "header"
	Path      []string // of what differs: a parameter's name without brackets, or property names from the outside in
	Variant   string   // in what way: "null", "negative"
	Aspect    finding.Aspect
	Base      *conform.Exchange
}

// hidden returns text with the secrets replaced.
func (r *Record) hidden(text string) string {
	return r.once(text, func() string { return r.secrets.hidden(text) })
}

// once returns what is shown of a text or an exchange. A record knows thousands of secrets, and is checked many times.
func (r *Record) once(of any, show func() string) string {
	if text, ok := r.shown.Load(of); ok {
		return text.(string) //nolint:forcetypeassert // nothing else is stored
	}
	text := show()
	r.shown.Store(of, text)
	return text
}
