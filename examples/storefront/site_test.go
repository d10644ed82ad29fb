package main

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// start serves a site on a backend until the test ends.
func start(t *testing.T, backend string, change ...func(*config)) string {
	t.Helper()
	cfg := config{
		backend: backend, public: "http://localhost", budget: 30 * time.Second, sessions: "relay", key: make([]byte, 32),
		log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, c := range change {
		c(&cfg)
	}
	handler, err := newSite(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// A browser is one person's.
type browser struct {
	http.Client

	t    *testing.T
	site string
}

func newBrowser(t *testing.T, site string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar}, t, site}
}

// A screen is what the browser shows.
type screen struct {
	t      *testing.T
	status int
	path   string
	body   string
}

// open follows a link.
func (b *browser) open(path string) *screen {
	b.t.Helper()
	return b.request(http.MethodGet, path, nil)
}

// send sends a form and follows the redirect. Fields are names and values in turns.
func (b *browser) send(path string, fields ...string) *screen {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.request(http.MethodPost, path, form)
}

func (b *browser) request(method, path string, form url.Values) *screen {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := b.Do(req)
	if err != nil {
		b.t.Error(err)
		return &screen{t: b.t}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Error(err)
	}
	return &screen{b.t, resp.StatusCode, resp.Request.URL.Path, html.UnescapeString(string(body))}
}

func (b *browser) logIn(email string) {
	b.t.Helper()
	b.send("/login", "Email", email, "Password", customerstest.DefaultPassword).is(200, "/", "You are logged in as "+email)
}

// is checks status, path and that the page has the texts, without markup.
func (s *screen) is(status int, path string, texts ...string) *screen {
	s.t.Helper()
	if s.status != status || s.path != path {
		s.t.Errorf("%d %s, want %d %s", s.status, s.path, status, path)
	}
	return s.has(texts...)
}

var markup = regexp.MustCompile(`(?s)<[^>]*>`)

// plain returns the text of HTML.
func plain(body string) string {
	return strings.Join(strings.Fields(markup.ReplaceAllString(body, " ")), " ")
}

func (s *screen) text() string { return plain(s.body) }

func (s *screen) has(texts ...string) *screen {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.text(), text) && !strings.Contains(s.body, text) {
			s.t.Errorf("%s does not have %q:\n%s", s.path, text, s.text())
		}
	}
	return s
}

func (s *screen) hasNot(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.body, text) {
			s.t.Errorf("%s has %q:\n%s", s.path, text, s.body)
		}
	}
}

func TestJourney(t *testing.T) {
	shop := customerstest.NewServer(t)
	b := newBrowser(t, start(t, shop.URL))
	b.open("/").is(200, "/", "Create an account").hasNot("Log out")
	b.open("/orders").is(200, "/login", "Log in")

	b.send("/register", "Email", "Eve@Example.com", "Password", "supersecret", "FirstName", "Eve", "LastName", "Lin", "Phone", "+45 1").
		is(200, "/", "Hello, Eve", "Welcome!", "eve@example.com", "Log out")
	b.open("/profile").has(`value="Lin"`, `value="+45 1"`)
	b.send("/profile", "FirstName", "Eve", "LastName", "Lin", "Phone", "").is(200, "/profile", "Saved.").hasNot("+45 1")

	address := []string{"FirstName", "Eve", "LastName", "Lin", "Address1", "Vestergade 1", "PostalCode", "8000", "City", "Aarhus", "CountryCode", "dk"}
	for range 2 {
		page := b.send("/addresses/new", address...).is(200, "/addresses", "The address was added.", "Vestergade 1", "Denmark")
		if n := strings.Count(page.body, "<address>"); n != 1 {
			t.Errorf("%d addresses", n)
		}
	}
	id := regexp.MustCompile(`/addresses/(addr_\w+)`).FindStringSubmatch(b.open("/addresses").body)[1]
	b.open("/addresses/"+id).is(200, "/addresses/"+id, `value="Aarhus"`, `<option value="dk" selected>`)
	b.send("/addresses/"+id, append(address, "Company", "Engines Ltd")...).is(200, "/addresses", "Saved.", "Engines Ltd")
	b.open("/billing").has("You have no billing address")
	b.send("/billing", "Address", id).is(200, "/billing", "Saved.", "Vestergade 1")
	b.open("/addresses").has("Billing address")
	b.send("/addresses/"+id+"/delete").is(200, "/addresses", "The address was deleted.", "You have no address yet.")
	b.open("/billing").has("You have no billing address")
	b.send("/billing/edit", address...).is(200, "/billing", "Saved.", "Vestergade 1")
	separate := regexp.MustCompile(`value="(addr_\w+)" checked> <span>The address above`).FindStringSubmatch(b.open("/billing").body)[1]
	b.send("/billing", "Address", separate).is(200, "/billing", "Vestergade 1")
	b.send("/billing").is(200, "/billing", "Vestergade 1")
	b.send("/billing", "Address", "").is(200, "/billing", "You have no billing address")

	b.open("/orders").has("You have not ordered anything yet.")
	b.send("/logout").is(200, "/login", "You are logged out.")
	b.open("/profile").is(200, "/login")

	b.send("/forgot", "Email", "eve@example.com").is(200, "/login", "a mail with a link is on its way")
	token := shop.PasswordTokens("eve@example.com")[0]
	b.open("/reset?"+url.Values{"Token": {token}, "Email": {"eve@example.com"}}.Encode()).has(token, "eve@example.com")
	b.send("/reset", "Token", token, "Email", "eve@example.com", "Password", "another").is(200, "/", "Your new password is set", "Hello, Eve")
}
