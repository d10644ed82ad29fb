package live

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// run is the state of a run.
type run struct {
	config       Config
	base         *url.URL
	transport    *http.Transport
	documents    []*conform.Contract
	record       *Record
	compact      *compactor
	began        time.Time
	id           string // part of the emails, unique to this run
	emails       int
	accounts     []*account     // that are logged in and have to be cleaned up
	probed       map[string]int // how often the probes of each operation were sent
	given        *account       // the first of the configuration that could log in
	registered   int
	cookieNames  []string        // of the session, in the documents
	learned      bool            // whether the settings of the session cookie are known
	forwarded    bool            // whether requests are sent as a proxy forwards them from https
	unselectable map[string]bool // columns of an order that the backend fails to select
	sent         int
	pace         pace
	notEmulated  int   // responses that show nothing
	kept         int64 // bytes of responses in the record
}

func newRun(config Config, base *url.URL) *run {
	r := &run{
		config: config, base: base,
		// Node closes idle connections after five seconds, and a request sent just then would fail.
		transport:    &http.Transport{IdleConnTimeout: 4 * time.Second, MaxResponseHeaderBytes: 256 << 10, Proxy: http.ProxyFromEnvironment},
		record:       &Record{secrets: &secrets{}, Backend: base.String()},
		compact:      newCompactor(),
		id:           strings.ToLower(rand.Text()[:10]),
		unselectable: map[string]bool{},
		probed:       map[string]int{},
		cookieNames:  documentedCookies(config.Documents...),
		pace:         pace{sleep: sleep, now: time.Now, blocked: map[string]string{}},
		forwarded:    config.Cookie.Secure && base.Scheme == "http",
	}
	for _, doc := range config.Documents {
		c, _ := conform.New(doc)
		r.documents = append(r.documents, c)
	}
	for _, login := range config.Logins {
		r.record.secrets.add("LOGIN_EMAIL", login.Email)
		r.record.secrets.add("LOGIN_PASSWORD", login.Password)
	}
	for _, values := range config.Header {
		for _, value := range values {
			const short = 8 // a flag, and no secret
			if _, credentials, ok := strings.Cut(value, " "); ok && len(credentials) >= short {
				r.record.secrets.add("HEADER", credentials)
			}
			if len(value) >= short { // a response may repeat it
				r.record.secrets.add("HEADER", value)
			}
		}
	}
	return r
}

func (r *run) progress(format string, args ...any) {
	if r.config.Progress != nil {
		r.config.Progress(fmt.Sprintf(format, args...))
	}
}

func (r *run) note(format string, args ...any) {
	if text := r.record.secrets.hidden(fmt.Sprintf(format, args...)); !slices.Contains(r.record.Notes, text) {
		r.record.Notes = append(r.record.Notes, text)
	}
}

// trouble notes why too little will be seen of an operation.
func (r *run) trouble(method, path, format string, args ...any) {
	t := Trouble{finding.Operation(method, path), r.record.secrets.hidden(fmt.Sprintf(format, args...))}
	if !slices.Contains(r.record.Unseen, t) {
		r.record.Unseen = append(r.record.Unseen, t)
	}
}

// newAccount returns a customer that is not registered yet.
func (r *run) newAccount() *account {
	r.emails++
	a := &account{email: fmt.Sprintf("specdiff-%s-%d@example.com", r.id, r.emails), password: "specdiff-" + rand.Text()}
	r.record.secrets.add("EMAIL", a.email)
	r.record.secrets.add("PASSWORD", a.password)
	return a
}

// takeToken sets the bearer token of an account to that of a response. It takes none if a gateway's credentials are in
// the place of a token.
func (r *run) takeToken(a *account, x response) {
	if r.config.Header.Get("Authorization") != "" {
		return
	}
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(x.body, &body) == nil && body.AccessToken != "" {
		a.token = body.AccessToken
		r.record.secrets.add("TOKEN", a.token)
	}
}
