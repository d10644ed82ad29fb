package conform

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Exchange is a request and its response, with their bodies read.
type Exchange struct {
	Method         string
	URL            string // path and query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	Cookie         Cookie
	Deviates       string // why the request leaves the contract on purpose; "" if it does not

	requestJSON, responseJSON parsed
}

// parsed is a body as JSON. It is parsed once, even if its exchange is checked often.
type parsed struct {
	once  sync.Once
	value any
	err   error
}

func (p *parsed) json(body []byte) (any, error) {
	p.once.Do(func() {
		if p.value, p.err = parseJSON(body); p.err == nil {
			p.err = strictJSON(body)
		}
	})
	return p.value, p.err
}

// Cookie describes the session cookie that the backend is configured to set.
type Cookie struct {
	Name   string        `json:"name,omitempty"`   // default: the contract's
	Secure bool          `json:"secure,omitempty"` // Secure and SameSite=None, as in production
	TTL    time.Duration `json:"ttl,omitempty"`    // default: ten hours
}

const (
	defaultTTL = 10 * time.Hour
	// slowResponse is how far the start of a cookie's life, which is that of the request, may be before the response's
	// Date.
	slowResponse = time.Minute
	// staleDate is how much older than the response its Date may be: Node makes the text once a second, and later than
	// that when it is busy.
	staleDate = 10 * time.Second
)

// Result is what a check of an exchange returns.
type Result struct {
	Operation string // its id; "" if the contract has no such operation, so that nothing was checked
	Place     string // the operation as "GET /path"
	Findings  []Finding
	Seen      Sights
}

// exchange is an exchange while it is checked.
type exchange struct {
	*Exchange
	contract   *Contract
	op         *operation
	pathValues map[string]string
	result     Result
}

func (e *exchange) add(kind Kind, want, format string, args ...any) {
	e.take([]Finding{{Kind: kind, Want: want, Detail: fmt.Sprintf(format, args...)}})
}

func (e *exchange) take(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) }) // objects have no order
	for _, f := range findings {
		f.Operation, f.Status = e.op.id, e.Status
		e.result.Findings = append(e.result.Findings, f)
	}
}
