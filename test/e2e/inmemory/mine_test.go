package inmemory

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// gateway changes what passes between specdiff and the backend.
type gateway func(backend http.Handler) http.Handler

// shop is a backend with a customer that has orders, behind a gateway.
type shop struct {
	*customerstest.Backend
	url   string
	login live.Login
	// requests are what reached the gateway: "GET /store/auth".
	requests func() []string
}

func newShop(t *testing.T, through gateway, opts ...customerstest.Option) shop {
	t.Helper()
	s := shop{Backend: customerstest.New(opts...)}
	customer := s.AddCustomer(customerstest.Customer{FirstName: "Ada"})
	for range 3 {
		s.AddOrder(customer.ID, customerstest.Order{TaxRate: 25})
	}
	s.login = live.Login{Email: customer.Email, Password: customerstest.DefaultPassword}
	var mu sync.Mutex
	var requests []string
	handler := through(s.Backend)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r.Method+" "+r.URL.Path)
		mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.requests = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(requests)
	}
	return s
}

func direct(backend http.Handler) http.Handler { return backend }

// contract is the contract of this repository.
func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := document.Load(t.Context(), "../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ask records a shop and returns what its findings are, but for those that are accepted: "id: what the backend does".
func ask(t *testing.T, config live.Config) (*live.Record, []string) {
	t.Helper()
	doc := contract(t)
	config.Documents = []*openapi3.T{doc}
	record, err := live.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := accept.Load("../../../specdiff/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := specdiff.Compare(specdiff.Sources{Contract: doc, Record: record}, specdiff.Config{})
	accepted.Apply(r.Findings, "1.20.11", time.Now(), false)
	var all []string
	for _, f := range r.Unexplained() {
		all = append(all, fmt.Sprintf("%s: %s", f.ID(), f.Live))
	}
	t.Logf("%d exchanges\nnotes: %s\nfindings: %s", len(record.Exchanges), strings.Join(record.Notes, "\n\t"), strings.Join(all, "\n\t"))
	return record, all
}

// TestReadOnlyRunChangesNothing checks what a run on a shop with customers of its own sends: one login, its logout, and
// reads.
func TestReadOnlyRunChangesNothing(t *testing.T) {
	s := newShop(t, direct)
	_, findings := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, ReadOnly: true})
	if len(findings) > 0 {
		t.Errorf("found %q", findings)
	}
	counts := map[string]int{}
	for _, request := range s.requests() {
		if strings.HasPrefix(request, http.MethodGet) {
			request = http.MethodGet
		}
		counts[request]++
	}
	if counts["GET"] < 100 || counts["POST /store/auth"] != 1 || counts["DELETE /store/auth"] != 1 || len(counts) != 3 {
		t.Errorf("it sent %v", counts)
	}
}

// TestWrongPasswordIsTriedOnce checks that a login that is refused is not tried again, since it could be locked.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	for _, readOnly := range []bool{true, false} {
		s := newShop(t, direct)
		s.login.Password = "no longer this"
		_, findings := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, ReadOnly: readOnly, NoProbes: true})
		if !slices.ContainsFunc(findings, func(f string) bool { return strings.Contains(f, "wrong email or password") }) {
			t.Errorf("found %q", findings)
		}
		tried := 0
		for _, r := range s.Requests() {
			if strings.Contains(string(r.Body()), s.login.Email) {
				tried++
			}
		}
		if tried != 1 {
			t.Errorf("the login was tried %d times", tried)
		}
	}
}

// TestReadOnlyRunWithoutALogin checks that what can be read without a login is compared.
func TestReadOnlyRunWithoutALogin(t *testing.T) {
	s := newShop(t, direct)
	record, findings := ask(t, live.Config{Backend: s.url, ReadOnly: true})
	if len(record.Exchanges) < 5 {
		t.Errorf("%d exchanges", len(record.Exchanges))
	}
	for _, f := range findings {
		if !strings.HasSuffix(f, "no success was seen") {
			t.Errorf("found %s", f)
		}
	}
}

// page responds with a page of a status instead of passing some requests to the backend.
func page(status int, text string, to func(r *http.Request) bool) gateway {
	return func(backend http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !to(r) {
				backend.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		})
	}
}

func route(method, path string) func(r *http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method && r.URL.Path == path }
}

// everyTenth matches each tenth request.
func everyTenth() func(r *http.Request) bool {
	var count atomic.Int32
	return func(*http.Request) bool { return count.Add(1)%10 == 0 }
}

// TestWhatABackendDoesNotHaveIsOneFinding checks shops in which something is missing or refused: only that is found, and
// nothing that follows from it.
func TestWhatABackendDoesNotHaveIsOneFinding(t *testing.T) {
	t.Parallel()
	express := "<!DOCTYPE html><html><title>Error</title><pre>Cannot POST /store/auth/token</pre></html>"
	for _, test := range []struct {
		name    string
		through gateway
		want    []string
	}{
		{"no tokens, as before 1.17", page(404, express, route("POST", "/store/auth/token")), []string{"POST /store/auth/token#presence: absent"}},
		{"no addresses", page(404, express, route("POST", "/store/customers/me/addresses")), []string{
			"POST /store/customers/me/addresses#presence: absent",
			"POST /store/customers/me/addresses/{address_id}#seen: it was not tried: no address could be added",
			"DELETE /store/customers/me/addresses/{address_id}#seen: it was not tried: no address could be added",
		}},
		{"registration refused", page(403, "<h1>Forbidden</h1>", route("POST", "/store/customers")), []string{
			"POST /store/customers#seen: 403, a gateway that refuses the request, 7 times",
			"POST /store/customers/me#seen: it was not tried: no customer could be registered",
			"POST /store/customers/me/addresses#seen: it was not tried",
			"POST /store/customers/me/addresses/{address_id}#seen: it was not tried",
			"DELETE /store/customers/me/addresses/{address_id}#seen: it was not tried",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, test.through)
			_, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}})
			for _, f := range got {
				if !slices.ContainsFunc(test.want, func(want string) bool { return strings.HasPrefix(f, want) }) {
					t.Errorf("found %s", f)
				}
			}
			for _, want := range test.want {
				if !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, want) }) {
					t.Errorf("did not find %s", want)
				}
			}
		})
	}
}

// TestTroublesOfARunAreNotTheContracts checks that the responses of what is before the backend are reported as such, and
// held against nothing.
func TestTroublesOfARunAreNotTheContracts(t *testing.T) {
	t.Parallel()
	for name, through := range map[string]gateway{
		"bad gateways":       page(502, "<center>nginx</center>", everyTenth()),
		"a CDN's own":        page(522, "<h1>Connection timed out</h1>", everyTenth()),
		"a firewall's 403":   page(403, "<h1>Request blocked</h1>", func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "unknown") }),
		"a firewall's 406":   page(406, "<h1>Not Acceptable</h1>", func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "%5B") }),
		"a challenge as 200": page(200, "<html>Are you a robot?</html>", everyTenth()),
		"no cookies": func(backend http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				recorded := httptest.NewRecorder()
				backend.ServeHTTP(recorded, r)
				pass(w, recorded, func(h http.Header) { h.Del("Set-Cookie") })
			})
		},
		"no asking for emails": page(404, "<html>nginx</html>", func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/store/auth/A") }),
		"502 in JSON": func(backend http.Handler) http.Handler {
			hit := everyTenth()
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !hit(r) {
					backend.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = io.WriteString(w, `{"message":"An internal error occurred"}`)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, through)
			_, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}})
			for _, f := range got {
				if id, _, _ := strings.Cut(f, ": "); !strings.HasSuffix(id, "#seen") {
					t.Errorf("found %s", f)
				}
			}
		})
	}
}

// failsAtSigns responds as Medusa before 1.20.4 does to names with a sign.
func failsAtSigns(backend http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.ContainsAny(r.URL.Query().Get("fields"), "+-") {
			backend.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}`)
	})
}

// before117 responds as Medusa before 1.17 does: no tokens, another guard and another logout.
func before117(backend http.Handler) http.Handler {
	backend = failsAtSigns(page(404, "<html><pre>Cannot POST /store/auth/token</pre></html>", route("POST", "/store/auth/token"))(backend))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		backend.ServeHTTP(recorded, r)
		pass(w, recorded, func(h http.Header) {
			switch {
			case recorded.Code == http.StatusUnauthorized && h.Get("Content-Type") == "":
				h.Set("WWW-Authenticate", `Bearer realm="Users"`)
			case route("DELETE", "/store/auth")(r):
				h.Set("Content-Type", "application/json; charset=utf-8")
				recorded.Body = bytes.NewBufferString("{}")
			}
		})
	})
}

// TestOlderVersions checks that what differs between versions of Medusa is found and no more, in a run that changes
// nothing too.
func TestOlderVersions(t *testing.T) {
	t.Parallel()
	const sign = "GET /store/customers/me/orders query fields#format: fails: name after a plus; fails: name after a minus"
	for _, test := range []struct {
		name    string
		through gateway
		want    []string // what is found, tokens aside
	}{
		{"the last", direct, nil},
		{"one without signs", failsAtSigns, []string{sign}},
		{"one without tokens", before117, []string{"DELETE /store/auth 200#content-type: application/json", sign}},
	} {
		for _, readOnly := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, %t", test.name, readOnly), func(t *testing.T) {
				t.Parallel()
				s := newShop(t, test.through)
				_, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, ReadOnly: readOnly})
				got = slices.DeleteFunc(got, func(f string) bool { return f == "POST /store/auth/token#presence: absent" })
				if slices.Sort(got); !slices.Equal(got, test.want) {
					t.Errorf("found\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
				}
			})
		}
	}
}

// pass writes a response whose header is changed.
func pass(w http.ResponseWriter, recorded *httptest.ResponseRecorder, change func(h http.Header)) {
	h := w.Header()
	maps.Copy(h, recorded.Header())
	h.Del("Content-Length")
	if change(h); h.Get("Content-Type") == "" {
		h["Content-Type"] = nil // else net/http makes one
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes())
}

// proxied adds what proxies add: headers, and cookies of a load balancer, without which a request is not let through
// once it has a session.
func proxied(backend http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sessions := len(r.CookiesNamed("connect.sid")) + len(r.CookiesNamed("AWSALB2")); sessions > 0 {
			if affinity, err := r.Cookie("AWSALB"); err != nil || affinity.Value != "node-1" {
				http.Error(w, "no affinity", http.StatusServiceUnavailable)
				return
			}
		}
		recorded := httptest.NewRecorder()
		backend.ServeHTTP(recorded, r)
		for name, value := range map[string]string{
			"Via": "1.1 proxy", "CF-Ray": "1-CPH", "X-RateLimit-Remaining": "5", "RateLimit-Policy": "5;w=1", "Server": "cloudflare", "Alt-Svc": "clear",
			"Strict-Transport-Security": "max-age=1", "Age": "0", "X-Cache": "MISS", "X-Request-Id": "1",
		} {
			w.Header().Set(name, value)
		}
		pass(w, recorded, func(h http.Header) {
			h.Add("Set-Cookie", "AWSALB=node-1; Path=/; Expires="+time.Now().Add(7*24*time.Hour).UTC().Format(http.TimeFormat))
			h.Add("Set-Cookie", "__cf_bm=s3cret; Path=/; Domain=example.com; Secure; SameSite=None; Max-Age=1800")
		})
	})
}

type transport func(r *http.Request) *http.Response

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r), nil }

// inGo is a proxy as in package httputil, which makes a content type where there is none.
func inGo(backend http.Handler) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Host },
		Transport: transport(func(r *http.Request) *http.Response {
			recorded := httptest.NewRecorder()
			r.RequestURI = r.URL.RequestURI()
			backend.ServeHTTP(recorded, r)
			return recorded.Result()
		}),
	}
}

// below serves the backend below a path.
func below(backend http.Handler) http.Handler {
	return http.StripPrefix("/api/shop", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RequestURI = strings.TrimPrefix(r.RequestURI, "/api/shop")
		backend.ServeHTTP(w, r)
	}))
}

// TestSettingsOfAShopAreNoFindings checks shops that differ in what is not the contract's: session settings, proxies and
// a path. Nothing is found but another name or life of the cookie, or that it is Secure over plain http, if it is not configured.
func TestSettingsOfAShopAreNoFindings(t *testing.T) {
	t.Parallel()
	const secure = "Set-Cookie#cookie: Secure is true and SameSite=None is true, over plain http"
	for _, test := range []struct {
		name    string
		through gateway
		options []customerstest.Option
		config  live.Config
		note    string
		want    []string
	}{
		{name: "a proxy", through: proxied, note: `not the backend's were sent back and not compared: ["AWSALB" "__cf_bm"]`},
		{name: "a proxy in Go", through: inGo, note: "a proxy seems to add a content type"},
		{name: "a path", through: below, config: live.Config{Backend: "/api/shop/"}},
		{name: "another cookie", through: direct, options: []customerstest.Option{customerstest.WithSessionCookieName("sid")}, want: []string{"Set-Cookie#cookie: name sid"}},
		{name: "another cookie as it is configured", through: proxied, options: []customerstest.Option{customerstest.WithSessionCookieName("AWSALB2")}, config: live.Config{Cookie: conform.Cookie{Name: "AWSALB2"}}},
		{name: "a short session", through: direct, options: []customerstest.Option{customerstest.WithSessionTTL(time.Hour)}, want: []string{"Set-Cookie#cookie: a life of 1h0m0s"}},
		{name: "a short session as it is configured", through: direct, options: []customerstest.Option{customerstest.WithSessionTTL(time.Hour)}, config: live.Config{Cookie: conform.Cookie{TTL: time.Hour}}},
		{name: "a rolling session", through: direct, options: []customerstest.Option{customerstest.WithRollingSessions()}},
		{name: "production", through: direct, options: []customerstest.Option{customerstest.WithProduction()}, note: "X-Forwarded-Proto: https", want: []string{secure}},
		{name: "production as it is configured", through: direct, options: []customerstest.Option{customerstest.WithProduction()}, config: live.Config{Cookie: conform.Cookie{Secure: true}}},
		{name: "all of it", through: proxied, options: []customerstest.Option{
			customerstest.WithProduction(), customerstest.WithRollingSessions(), customerstest.WithSessionTTL(100 * time.Hour),
		}, config: live.Config{Cookie: conform.Cookie{Secure: true, TTL: 100 * time.Hour}, ReadOnly: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, test.through, test.options...)
			config := test.config
			config.Backend, config.Logins = s.url+config.Backend, []live.Login{s.login}
			record, got := ask(t, config)
			if !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if test.note != "" && !slices.ContainsFunc(record.Notes, func(note string) bool { return strings.Contains(note, test.note) }) {
				t.Errorf("nothing notes %q", test.note)
			}
		})
	}
}
