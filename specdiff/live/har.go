package live

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// archive is a file in the HTTP Archive format, HAR 1.2. What the format does not have is in names that begin with an
// underscore, as the format asks for.
type archive struct {
	Log struct {
		Version string  `json:"version"`
		Creator creator `json:"creator"`
		Run     *about  `json:"_specdiff,omitempty"` // nil in a file of another program
		Entries []entry `json:"entries"`
	} `json:"log"`
}

type creator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// about is what the file of a run has besides its exchanges.
type about struct {
	Backend   string          `json:"backend"`
	Version   string          `json:"version,omitempty"`
	Cookie    conform.Cookie  `json:"cookie"`
	Untried   []string        `json:"untried,omitempty"`
	Renamed   string          `json:"renamed,omitempty"`
	Notes     []string        `json:"notes"`
	Unseen    []Trouble       `json:"unseen,omitempty"`
	Variables []placeholder   `json:"variables"`
	Published json.RawMessage `json:"published,omitempty"`
}

// placeholder is what stands for a secret in the file, and the name of the variable of a shell that stands for it.
type placeholder struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type entry struct {
	Started  string         `json:"startedDateTime"`
	Time     float64        `json:"time"`
	Request  sent           `json:"request"`
	Response received       `json:"response"`
	Cache    struct{}       `json:"cache"`
	Timings  map[string]int `json:"timings"`
	Purpose  *purpose       `json:"_specdiff,omitempty"`
}

type sent struct {
	Method      string   `json:"method"`
	URL         string   `json:"url"`
	HTTPVersion string   `json:"httpVersion"`
	Headers     []pair   `json:"headers"`
	QueryString []pair   `json:"queryString"`
	Cookies     []pair   `json:"cookies"`
	PostData    *content `json:"postData,omitempty"`
	HeadersSize int      `json:"headersSize"`
	BodySize    int      `json:"bodySize"`
}

type received struct {
	Status      int     `json:"status"`
	StatusText  string  `json:"statusText"`
	HTTPVersion string  `json:"httpVersion"`
	Headers     []pair  `json:"headers"`
	Cookies     []pair  `json:"cookies"`
	Content     content `json:"content"`
	RedirectURL string  `json:"redirectURL"`
	HeadersSize int     `json:"headersSize"`
	BodySize    int     `json:"bodySize"`
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// content is a body.
type content struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"encoding,omitempty"`
	Params   []pair `json:"params,omitempty"` // of a form, instead of its text
}

// purpose is why a request was sent.
type purpose struct {
	Step  string    `json:"step"`
	Whole *Whole    `json:"whole,omitempty"`
	Probe *harProbe `json:"probe,omitempty"`
}

// harProbe is a Probe with the number of its base in the file.
type harProbe struct {
	Operation string         `json:"operation"`
	In        string         `json:"in"`
	Path      []string       `json:"path,omitempty"`
	Variant   string         `json:"variant"`
	Aspect    finding.Aspect `json:"aspect"`
	Base      int            `json:"base"`
}

// WriteHAR writes the record in the HTTP Archive format. Passwords, cookies, tokens and emails are replaced by
// placeholders; the other data of customers are as the backend sent them.
func (r *Record) WriteHAR(w io.Writer) error {
	redact := newRedaction(r.secrets)
	var a archive
	a.Log.Version, a.Log.Creator = "1.2", creator{"specdiff", "1"}
	a.Log.Run = &about{Backend: r.Backend, Version: r.Version, Untried: r.Untried, Renamed: r.Renamed, Notes: r.Notes, Unseen: r.Unseen, Variables: redact.variables(), Published: r.Published}
	index := map[*conform.Exchange]int{}
	for i, x := range r.Exchanges {
		index[x.Exchange] = i
		a.Log.Run.Cookie = x.Cookie
	}
	for _, x := range r.Exchanges {
		e := redact.entry(r.Backend, x)
		if p := x.Probe; p != nil {
			base, ok := index[p.Base]
			if !ok {
				continue
			}
			e.Purpose.Probe = &harProbe{p.Operation, p.In, p.Path, p.Variant, p.Aspect, base}
		}
		a.Log.Entries = append(a.Log.Entries, e)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(a)
}

func (r *redaction) entry(backend string, x Exchange) entry {
	started := time.Unix(0, 0).UTC()
	if date, err := http.ParseTime(x.ResponseHeader.Get("Date")); err == nil {
		started = date
	}
	path := eachPart(x.URL, r.value)
	e := entry{
		Started: started.Format(time.RFC3339), Timings: map[string]int{"send": 0, "wait": 0, "receive": 0}, Purpose: &purpose{Step: x.Step, Whole: x.Whole},
		Request: sent{
			Method: x.Method, URL: backend + path, HTTPVersion: "HTTP/1.1", Headers: r.headers(x.RequestHeader), QueryString: []pair{}, Cookies: []pair{},
			HeadersSize: -1, BodySize: len(x.RequestBody),
		},
		Response: received{
			Status: x.Status, StatusText: http.StatusText(x.Status), HTTPVersion: "HTTP/1.1", Headers: r.headers(x.ResponseHeader), Cookies: []pair{},
			Content: *r.body(x.ResponseBody, x.ResponseHeader), HeadersSize: -1, BodySize: -1,
		},
	}
	if query, err := url.ParseQuery(after(path, "?")); err == nil {
		for _, name := range slices.Sorted(keys(query)) {
			for _, value := range query[name] {
				e.Request.QueryString = append(e.Request.QueryString, pair{name, value})
			}
		}
	}
	if len(x.RequestBody) > 0 {
		e.Request.PostData = r.body(x.RequestBody, x.RequestHeader)
	}
	return e
}

func (r *redaction) headers(h http.Header) []pair {
	all := []pair{}
	for _, name := range slices.Sorted(keys(h)) {
		for _, value := range h[name] {
			all = append(all, pair{name, r.header(name, value)})
		}
	}
	return all
}

func (r *redaction) body(body []byte, header http.Header) *content {
	t := &content{Size: len(body), MimeType: header.Get("Content-Type")}
	t.Text = eachOf(body, t.MimeType, r.value)
	if !utf8.Valid(body) {
		t.Text, t.Encoding = base64.StdEncoding.EncodeToString([]byte(t.Text)), "base64"
	}
	return t
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range m {
			if !yield(name) {
				return
			}
		}
	}
}

func after(text, separator string) string {
	_, rest, _ := strings.Cut(text, separator)
	return rest
}

// maxArchive is how large a file may be, unpacked.
const maxArchive = 256 << 20

// ReadHAR reads a record that WriteHAR wrote, or the HAR file of another program such as a browser; either may be
// packed by gzip. Of another program's file it takes the exchanges whose paths have one of the routes in them. What is
// before the route belongs to the backend's URL.
func ReadHAR(r io.Reader, routes []string) (*Record, error) {
	data, err := unpacked(r)
	if err != nil {
		return nil, err
	}
	var a archive
	if err := json.Unmarshal(data, &a); err != nil || a.Log.Entries == nil {
		return nil, errors.New("it is no HAR file: log.entries is missing, or has another form")
	}
	record := &Record{secrets: &secrets{}, Foreign: a.Log.Run == nil}
	if record.Foreign {
		record.takeForeign(a.Log.Entries, routes)
		return record, nil
	}
	run := a.Log.Run
	record.Backend, record.Version, record.Notes, record.Unseen, record.Published = run.Backend, run.Version, run.Notes, run.Unseen, run.Published
	record.Untried, record.Renamed = run.Untried, run.Renamed
	for _, v := range run.Variables {
		record.secrets.add(v.Name, v.Value)
	}
	for i, e := range a.Log.Entries {
		x, err := e.exchange()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
		x.URL, x.Cookie = strings.TrimPrefix(x.URL, run.Backend), run.Cookie
		record.Exchanges = append(record.Exchanges, Exchange{Exchange: x})
	}
	for i, e := range a.Log.Entries {
		if e.Purpose == nil {
			continue
		}
		x := &record.Exchanges[i]
		x.Step, x.Whole = e.Purpose.Step, e.Purpose.Whole
		if p := e.Purpose.Probe; p != nil {
			if p.Base < 0 || p.Base >= len(record.Exchanges) || len(p.Path) == 0 && p.Aspect == finding.Style {
				return nil, fmt.Errorf("entry %d: its probe is damaged", i)
			}
			x.Probe = &Probe{p.Operation, p.In, p.Path, p.Variant, p.Aspect, record.Exchanges[p.Base].Exchange}
		}
	}
	return record, nil
}

func unpacked(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxArchive+1))
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = io.ReadAll(io.LimitReader(z, maxArchive+1))
		}
	}
	if err != nil {
		return nil, err
	}
	if len(data) > maxArchive {
		return nil, fmt.Errorf("it is larger than %d MiB", maxArchive>>20)
	}
	return data, nil
}

// takeForeign adds the exchanges of another program's file.
func (r *Record) takeForeign(entries []entry, routes []string) {
	outside, empty := 0, 0
	credentials := false
	for _, e := range entries {
		u, err := url.Parse(e.Request.URL)
		if err != nil {
			outside++
			continue
		}
		before, ok := base(u.EscapedPath(), routes)
		x, err := e.exchange()
		switch {
		case !ok || e.Request.Method == http.MethodOptions:
			outside++
			continue
		case err != nil || x.Status == 0 || len(x.ResponseBody) == 0 && e.Response.Content.Size > 0:
			empty++
			continue
		}
		x.URL = strings.TrimPrefix(u.EscapedPath(), before)
		if u.RawQuery != "" {
			x.URL += "?" + u.RawQuery
		}
		x.Cookie.Secure = u.Scheme == "https"
		x.ResponseBody = bytes.TrimPrefix(x.ResponseBody, byteOrderMark)
		credentials = credentials || x.RequestHeader.Get("Cookie")+x.RequestHeader.Get("Authorization")+x.ResponseHeader.Get("Set-Cookie") != ""
		r.Backend = u.Scheme + "://" + u.Host + before
		r.Exchanges = append(r.Exchanges, Exchange{Exchange: x, Step: "recorded elsewhere"})
		for name, value := range map[string]string{"COOKIE": x.RequestHeader.Get("Cookie"), "TOKEN": strings.TrimPrefix(x.RequestHeader.Get("Authorization"), "Bearer ")} {
			if value != "" {
				r.secrets.add(name, value)
			}
		}
		for _, c := range (&http.Response{Header: x.ResponseHeader}).Cookies() {
			r.secrets.add("COOKIE_VALUE", c.Value)
		}
		r.secrets.addFrom(x)
	}
	r.NoCredentials = !credentials
	note := func(n int, text string) {
		if n > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("%d of %d exchanges in the file %s", n, len(entries), text))
		}
	}
	note(outside, "are of other routes and were not looked at")
	note(empty, "have no response, or are without its body, and were not looked at")
	if r.NoCredentials && len(r.Exchanges) > 0 {
		r.Notes = append(r.Notes, "the file is without cookies and tokens, so credentials and cookies were not looked at")
	}
}

// base returns what of a path is before one of the routes.
func base(path string, routes []string) (before string, ok bool) {
	for _, route := range routes {
		if before, rest, found := strings.Cut(path, strings.TrimSuffix(route, "/")); found && (rest == "" || rest[0] == '/') {
			return before, true
		}
	}
	return "", false
}

func (e entry) exchange() (*conform.Exchange, error) {
	x := &conform.Exchange{
		Method: e.Request.Method, URL: e.Request.URL, Status: e.Response.Status,
		RequestHeader: headerOf(e.Request.Headers), ResponseHeader: headerOf(e.Response.Headers),
	}
	var err error
	if e.Request.PostData != nil {
		if x.RequestBody, err = e.Request.PostData.bytes(); err != nil {
			return nil, err
		}
	}
	x.ResponseBody, err = e.Response.Content.bytes()
	return x, err
}

func headerOf(pairs []pair) http.Header {
	h := http.Header{}
	for _, p := range pairs {
		if strings.HasPrefix(p.Name, ":") { // of HTTP/2
			continue
		}
		for value := range strings.SplitSeq(p.Value, "\n") { // some programs join several lines
			h.Add(p.Name, value)
		}
	}
	return h
}

func (t content) bytes() ([]byte, error) {
	switch kind, _, _ := mime.ParseMediaType(t.MimeType); {
	case t.Encoding == "base64":
		return base64.StdEncoding.DecodeString(t.Text)
	case t.Text == "" && len(t.Params) > 0 && kind == "application/x-www-form-urlencoded":
		form := url.Values{}
		for _, p := range t.Params {
			form.Add(p.Name, p.Value)
		}
		return []byte(form.Encode()), nil
	}
	if t.Text == "" {
		return nil, nil
	}
	return []byte(t.Text), nil
}
