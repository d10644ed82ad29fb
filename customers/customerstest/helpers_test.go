package customerstest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

var ctx = context.Background()

// browser sends requests as they are given, which the wrapper would not, and keeps the session cookie.
type browser struct {
	t      *testing.T
	url    string
	cookie string // name=value, as it came
	header http.Header
}

func newBrowser(t *testing.T, url string) *browser {
	t.Helper()
	return &browser{t: t, url: url, header: http.Header{}}
}

// loggedIn is a browser in which a new customer has logged in.
func loggedIn(t *testing.T, srv *customerstest.Server) (*browser, api.Customer) {
	t.Helper()
	c := srv.AddCustomer(customerstest.Customer{})
	b := newBrowser(t, srv.URL)
	if got := b.login(c.Email, customerstest.DefaultPassword); got.status != http.StatusOK {
		t.Fatalf("login: %d %s", got.status, got.body)
	}
	return b, c
}

func (b *browser) login(email, password string) got {
	b.t.Helper()
	return b.send(http.MethodPost, "/store/auth", jsonOf(b.t, map[string]string{"email": email, "password": password}))
}

// got is an answer, read to its end.
type got struct {
	status int
	header http.Header
	body   string
	cookie *http.Cookie // the session's, if one was set
}

// send sends a body as JSON, unless the browser's header says otherwise; "" is no body.
func (b *browser) send(method, path, body string) got {
	b.t.Helper()
	header := b.header.Clone()
	if _, given := header["Content-Type"]; body != "" && !given {
		header.Set("Content-Type", "application/json")
	}
	if b.cookie != "" {
		header.Add("Cookie", b.cookie)
	}
	answer := do(b.t, method, b.url, path, header, body)
	if c, err := http.ParseSetCookie(answer.header.Get("Set-Cookie")); err == nil {
		b.cookie = c.Name + "=" + c.Value
		answer.cookie = c
	}
	return answer
}

func do(t *testing.T, method, url, path string, header http.Header, body string) got {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = "//" + req.URL.Host + path // neither decoded nor cleaned
	req.Header = header
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{status: resp.StatusCode, header: resp.Header, body: string(text)}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// customerOf is the customer in an answer with the status 200.
func customerOf(t *testing.T, g got) api.Customer {
	t.Helper()
	var envelope struct {
		Customer api.Customer `json:"customer"`
	}
	if g.status != http.StatusOK {
		t.Fatalf("status %d: %s", g.status, g.body)
	}
	if err := json.Unmarshal([]byte(g.body), &envelope); err != nil {
		t.Fatalf("%v: %s", err, g.body)
	}
	return envelope.Customer
}

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
