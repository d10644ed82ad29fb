package live

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Record is what a backend did. Check may use it concurrently.
type Record struct {
	Exchanges []Exchange
	Notes     []string  // what else to know about the run
	Unseen    []Trouble // what could not be tried, and why

	Backend   string          // the URL that was asked
	Version   string          // of the backend, if known
	Published json.RawMessage // the published document that it was asked about, if there was one
	// Untried are operations whose success was not to be seen: in a run that was to change nothing, or without a password
	// token.
	Untried []string
	// Renamed is the name of the session cookie, if it was found out and the documents have another.
	Renamed string
	// Foreign reports whether another program recorded it. Then it shows what was done with that program, and that it
	// lacks something means nothing.
	Foreign bool
	// NoCredentials reports whether it is without all cookies and tokens, as browsers export by default.
	NoCredentials bool

	secrets *secrets
	shown   sync.Map // texts without secrets, by the text or exchange that they are of
}

// Trouble is why too little was seen of an operation.
type Trouble struct {
	Operation string `json:"operation"` // "POST /store/auth"
	Text      string `json:"text"`
}

// Exchange is a request and its response. The response is without the elements of lists that show no more than other
// elements do.
type Exchange struct {
	*conform.Exchange
	Step  string // its purpose: "register"
	Probe *Probe // nil if it is no probe
	Whole *Whole // what its response showed with all elements of its lists; nil for nothing
}

// Whole is what a response showed before the elements that repeat were left out.
type Whole struct {
	Orders int      `json:"orders,omitempty"` // how many orders it had
	Wrong  []string `json:"wrong,omitempty"`  // what the backend did not do, or in another way
}

// Probe is how a request differs from its base, another request, which the backend accepts.
type Probe struct {
	Operation string   // "POST /store/auth"
	In        string   // "query", "body" or "header"
	Path      []string // to what differs: a parameter's name without brackets, or the names of properties from the outside in
	Variant   string   // how it differs: "null", "negative"
	Aspect    finding.Aspect
	Base      *conform.Exchange
}

// Replace returns the record with another exchange in place of one.
func (r *Record) Replace(i int, x *conform.Exchange) *Record {
	all := slices.Clone(r.Exchanges)
	old := all[i].Exchange
	all[i].Exchange = x
	for i, other := range all {
		if other.Probe != nil && other.Probe.Base == old {
			p := *other.Probe
			p.Base, all[i].Probe = x, &p
		}
	}
	other := &Record{
		Exchanges: all, Notes: r.Notes, Unseen: r.Unseen, Backend: r.Backend, Version: r.Version, Published: r.Published, Untried: r.Untried, Renamed: r.Renamed,
		Foreign: r.Foreign, NoCredentials: r.NoCredentials, secrets: r.secrets,
	}
	r.shown.Range(func(of, text any) bool {
		if of != any(customersOf{}) { // what is known of each exchange stays
			other.shown.Store(of, text)
		}
		return true
	})
	return other
}

// hidden returns text with the secrets replaced.
func (r *Record) hidden(text string) string {
	return r.once(text, func() string { return r.secrets.hidden(text) })
}

// once returns what show returns for a text, an exchange, a list in one or the whole record, and calls it once. A record
// has thousands of secrets and is compared with many documents.
func (r *Record) once(of any, show func() string) string {
	if text, ok := r.shown.Load(of); ok {
		return text.(string) //nolint:errcheck,forcetypeassert // nothing else is stored
	}
	text := show()
	r.shown.Store(of, text)
	return text
}
