// Package browser sends the requests of the in-memory backend's tests. It sends them as they are given, where package
// customers would refuse or change some.
package browser

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// Browser keeps the session cookie.
type Browser struct {
	Cookie string // name=value, as it was sent
	Header http.Header

	t   *testing.T
	url string
}

// New returns a browser without a cookie.
func New(t *testing.T, url string) *Browser {
	t.Helper()
	return &Browser{t: t, url: url, Header: http.Header{}}
}

// LoggedIn returns a browser in which a new customer has logged in.
func LoggedIn(t *testing.T, srv *customerstest.Server) (*Browser, api.Customer) {
	t.Helper()
	c := srv.AddCustomer(customerstest.Customer{})
	b := New(t, srv.URL)
	if got := b.Login(c.Email, customerstest.DefaultPassword); got.Status != http.StatusOK {
		t.Fatalf("login: %d %s", got.Status, got.Body)
	}
	return b, c
}

// Login logs in.
func (b *Browser) Login(email, password string) Response {
	b.t.Helper()
	return b.Send(http.MethodPost, "/store/auth", JSON(b.t, map[string]string{"email": email, "password": password}))
}

// Response is a response, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   string
	Cookie *http.Cookie // the session's, if one was set
}

// Send sends a body as JSON, unless the browser's header has another content type; "" is no body.
func (b *Browser) Send(method, path, body string) Response {
	b.t.Helper()
	header := b.Header.Clone()
	if _, given := header["Content-Type"]; body != "" && !given {
		header.Set("Content-Type", "application/json")
	}
	if b.Cookie != "" {
		header.Add("Cookie", b.Cookie)
	}
	resp := Do(b.t, method, b.url, path, header, body)
	if c, err := http.ParseSetCookie(resp.Header.Get("Set-Cookie")); err == nil {
		b.Cookie = c.Name + "=" + c.Value
		resp.Cookie = c
	}
	return resp
}

// transport keeps connections for all browsers.
var transport = new(http.Transport)

// Do sends a request to an undecoded path.
func Do(t *testing.T, method, url, path string, header http.Header, body string) Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = "//" + req.URL.Host + path // neither decoded nor cleaned
	req.Header = header
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Response{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}

// JSON returns v as JSON.
func JSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// CustomerOf returns the customer in a response with the status 200.
func CustomerOf(t *testing.T, resp Response) api.Customer {
	t.Helper()
	var envelope struct {
		Customer api.Customer `json:"customer"`
	}
	if resp.Status != http.StatusOK {
		t.Fatalf("status %d: %s", resp.Status, resp.Body)
	}
	if err := json.Unmarshal([]byte(resp.Body), &envelope); err != nil {
		t.Fatalf("%v: %s", err, resp.Body)
	}
	return envelope.Customer
}
