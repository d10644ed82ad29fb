package live

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// run is a run while it goes on.
type run struct {
	config       Config
	base         *url.URL
	transport    *http.Transport
	documents    []*conform.Contract
	record       *Record
	compact      *compactor
	id           string // makes the emails of this run unlike all others
	emails       int
	accounts     []*account // those that are logged in, for the clean-up
	registered   int
	unselectable map[string]bool // columns of an order that fail when they are asked for
	sent         int
	notEmulated  int   // responses that show nothing
	kept         int64 // bytes of the responses in the record
}

func newRun(config Config, base *url.URL) *run {
	r := &run{
		config: config, base: base,
		// Node closes idle connections after five seconds: a request sent just then would be lost.
		transport:    &http.Transport{IdleConnTimeout: 4 * time.Second, MaxResponseHeaderBytes: 256 << 10, Proxy: http.ProxyFromEnvironment},
		record:       &Record{secrets: &secrets{}},
		compact:      newCompactor(),
		id:           strings.ToLower(rand.Text()[:10]),
		unselectable: map[string]bool{},
	}
	for _, doc := range config.Documents {
		c, _ := conform.New(doc)
		r.documents = append(r.documents, c)
	}
	for _, login := range config.Logins {
		r.record.secrets.add("LOGIN_EMAIL", login.Email)
		r.record.secrets.add("LOGIN_PASSWORD", login.Password)
	}
	return r
}

func (r *run) progress(format string, args ...any) {
	if r.config.Progress != nil {
		r.config.Progress(fmt.Sprintf(format, args...))
	}
}

func (r *run) note(format string, args ...any) {
	r.record.Notes = append(r.record.Notes, r.record.secrets.hidden(fmt.Sprintf(format, args...)))
}
