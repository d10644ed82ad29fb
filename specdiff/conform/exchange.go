package conform

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Exchange is a request and its response, bodies read.
type Exchange struct {
	Method         string
	URL            string // path and query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	Cookie         Cookie
	Deviates       string // why the request leaves the contract on purpose; empty: it does not

	requestJSON, responseJSON parsed
}

// parsed is a body as JSON, parsed once however often its exchange is checked.
type parsed struct {
	once  sync.Once
	value any
	err   error
}

func (p *parsed) json(body []byte) (any, error) {
	p.once.Do(func() { p.value, p.err = parseJSON(body) })
	return p.value, p.err
}

// Cookie is how the backend was set up to set its session cookie.
type Cookie struct {
	Name   string        // default: the contract's
	Secure bool          // Secure and SameSite=None, as in production
	TTL    time.Duration // default: ten hours
}

const (
	defaultTTL = 10 * time.Hour
	// A cookie's time begins with the request and Date is the response's, which a slow response puts apart.
	slowResponse = time.Minute
)

// Result is what an exchange showed.
type Result struct {
	Operation string // its id; "" if the contract has no such operation; then nothing was checked
	Place     string // the operation as "GET /path"
	Findings  []Finding
	Seen      Sights
}

// exchange is an exchange while it is being checked.
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
