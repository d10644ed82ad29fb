package live

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
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

// request is one to be sent.
type request struct {
	step   string
	method string
	path   string // with its query, escaped
	body   any    // sent as JSON; raw is sent as it is, nil is no body
	kind   string // the content type, "" for JSON where there is a body
	by     *account
	bearer bool // by its token rather than its session
	etag   string
	probe  *Probe
}

// raw is a body that is not made from a value.
type raw string

// account is a customer that the run logs in as.
type account struct {
	email, password string
	cookie          string // "name=value", "" before a login
	token           string
}

// newAccount makes up a customer; it is not registered.
func (r *run) newAccount() *account {
	r.emails++
	a := &account{email: fmt.Sprintf("specdiff-%s-%d@example.com", r.id, r.emails), password: "specdiff-" + rand.Text()}
	r.record.secrets.add("EMAIL", a.email)
	r.record.secrets.add("PASSWORD", a.password)
	return a
}

// errTooMany ends a run that a document with very many parameters would make endless.
var errTooMany = errors.New("the bound on the number of requests is reached")

// send sends a request and records the exchange.
func (r *run) send(ctx context.Context, q request) (response, error) {
	if r.sent++; r.sent > orDefault(r.config.MaxExchanges, defaultMaxExchanges) {
		return noResponse(), errTooMany
	}
	x := &conform.Exchange{Method: q.method, URL: q.path, RequestHeader: http.Header{}, Cookie: r.config.Cookie}
	if err := q.fill(x); err != nil {
		return noResponse(), err
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	started := time.Now()
	if err := r.exchange(ctx, x); err != nil {
		path, _, _ := strings.Cut(q.path, "?")
		return noResponse(), fmt.Errorf("%w: %s (%s %s): %s", ErrUnreachable, q.step, q.method, r.record.secrets.hidden(path), r.record.secrets.hidden(reason(err)))
	}
	if where := x.ResponseHeader.Get("Location"); r.sent == 1 && x.Status/100 == 3 && where != "" {
		return noResponse(), fmt.Errorf("%w: it redirects to another place (%d): give the URL that it redirects to", ErrUnreachable, x.Status)
	}
	if x.Status == http.StatusNotImplemented && bytes.Contains(x.ResponseBody, []byte("not emulated: ")) {
		r.notEmulated++ // by the in-memory backend of package customerstest, which does not do all that Medusa does
		return response{x, x.ResponseBody}, nil
	}
	r.record.Bytes += int64(len(x.ResponseBody))
	a := response{x, x.ResponseBody}
	x.ResponseBody = r.compact.body(x)
	most := orDefault(r.config.MaxRecord, defaultMaxRecord)
	if r.kept += int64(len(x.ResponseBody)); r.kept > most {
		return noResponse(), fmt.Errorf("%w: its responses hold more than %d bytes, without what repeats", ErrUnreachable, most)
	}
	r.record.Exchanges = append(r.record.Exchanges, Exchange{Exchange: x, Step: q.step, Probe: q.probe, Took: time.Since(started)})
	return a, nil
}

// fill writes what is sent into x.
func (q request) fill(x *conform.Exchange) error {
	switch body := q.body.(type) {
	case nil:
	case raw:
		x.RequestBody = []byte(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		x.RequestBody = text
	}
	switch {
	case q.kind != "":
		x.RequestHeader.Set("Content-Type", q.kind)
	case q.body != nil:
		x.RequestHeader.Set("Content-Type", "application/json")
	}
	if q.by != nil && q.bearer {
		x.RequestHeader.Set("Authorization", "Bearer "+q.by.token)
	} else if q.by != nil && q.by.cookie != "" {
		x.RequestHeader.Set("Cookie", q.by.cookie)
	}
	if q.etag != "" {
		x.RequestHeader.Set("If-None-Match", q.etag)
	}
	return nil
}

// exchange sends x and fills in its response. Redirects are not followed: they are responses like others.
func (r *run) exchange(ctx context.Context, x *conform.Exchange) error {
	req, err := http.NewRequestWithContext(ctx, x.Method, r.base.String()+x.URL, bytes.NewReader(x.RequestBody))
	if err != nil {
		return err
	}
	req.Header = x.RequestHeader.Clone()
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	most := orDefault(r.config.MaxResponse, defaultMaxResponse)
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return err
	}
	if int64(len(body)) > most {
		return fmt.Errorf("the response is larger than %d bytes", most)
	}
	x.Status, x.ResponseHeader, x.ResponseBody = resp.StatusCode, resp.Header, body
	return nil
}

// reason is why there was no response, without the URL, which may hold an email.
func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return "no complete response in time"
	}
	return err.Error()
}

// login takes the session that a response begins.
func (r *run) login(a *account, x response) {
	if cookies := (&http.Response{Header: x.ResponseHeader}).Cookies(); x.Status/100 == 2 && len(cookies) > 0 {
		a.cookie = cookies[0].Name + "=" + cookies[0].Value
		r.record.secrets.add("COOKIE", a.cookie)
		r.record.secrets.add("COOKIE_VALUE", cookies[0].Value)
	}
}

// takeToken takes the bearer token of a response.
func (r *run) takeToken(a *account, x response) {
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(x.body, &body) == nil && body.AccessToken != "" {
		a.token = body.AccessToken
		r.record.secrets.add("TOKEN", a.token)
	}
}
