package inmemory

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// fixed responds to some requests with JSON.
func fixed(status int, body string, to func(r *http.Request) bool) gateway {
	return func(backend http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !to(r) {
				backend.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
}

// TestSessionsThatEndDuringARun checks that a run logs in again after a restart of the backend, and that what it could
// not see because of several is held against nothing.
func TestSessionsThatEndDuringARun(t *testing.T) {
	t.Parallel()
	for _, readOnly := range []bool{true, false} {
		for name, every := range map[string]int32{"one restart": 120, "many restarts": 30} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var s shop
				var count atomic.Int32
				s = newShop(t, func(backend http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if n := count.Add(1); n == every || name != "one restart" && n%every == 0 {
							s.ExpireSessions()
						}
						backend.ServeHTTP(w, r)
					})
				})
				record, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, ReadOnly: readOnly})
				for _, f := range got {
					if id, _, _ := strings.Cut(f, ": "); name == "one restart" || !strings.HasSuffix(id, "#seen") {
						t.Errorf("found %s", f)
					}
				}
				if !strings.Contains(strings.Join(record.Notes, "\n"), "the session ended during the run") {
					t.Errorf("the notes are %q", record.Notes)
				}
				if name != "one restart" && readOnly && len(got) == 0 {
					t.Error("nothing is said about what was not seen")
				}
			})
		}
	}
}

// TestLimitOfLoginsLeavesTheGivenCustomer checks that the given customer logs in before the run's own use up the logins.
func TestLimitOfLoginsLeavesTheGivenCustomer(t *testing.T) {
	t.Parallel()
	for _, most := range []int32{2, 3} {
		var count atomic.Int32
		s := newShop(t, func(backend http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/store/auth") && count.Add(1) > most {
					w.Header().Set("Retry-After", "900")
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				backend.ServeHTTP(w, r)
			})
		})
		_, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, Brief: time.Minute, NoProbes: true})
		for _, f := range got {
			if !strings.HasPrefix(f, "POST /store/auth") {
				t.Errorf("found %s", f)
			}
		}
	}
}

// TestOperationsThatNeverWork checks that an operation that always fails is one finding that breaks the client.
func TestOperationsThatNeverWork(t *testing.T) {
	t.Parallel()
	const failure = `{"type":"not_allowed","message":"This shop has switched it off"}`
	for _, c := range []struct {
		name, method, path string
		status             int
		body               string
	}{
		{"405", "GET", "/store/customers/me/orders", 405, `{"message":"no"}`},
		{"410", "GET", "/store/customers/me/payment-methods", 410, "gone"},
		{"501 in words", "POST", "/store/auth/token", 501, "not implemented"},
		{"404 in the backend's form", "GET", "/store/customers/me", 404, failure},
		{"400 in the backend's form", "POST", "/store/customers/me/addresses", 400, failure},
		{"500 in the backend's form", "POST", "/store/customers/me", 500, failure},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, fixed(c.status, c.body, route(c.method, c.path)))
			r, err := specdiff.Run(t.Context(), specdiff.Config{Backend: s.url, Setup: specdiff.Setup{Customers: []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}}})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(textOf(t, r))
			var about []string
			for _, f := range r.Unexplained() {
				if strings.HasPrefix(f.Place, c.method+" "+c.path) && !strings.Contains(f.Place, "{") {
					about = append(about, f.ID())
				}
			}
			if want := []string{c.method + " " + c.path + "#behavior"}; r.Standing() != report.Breaks || !slices.Equal(about, want) {
				t.Errorf("it %s; found %q, want %q", r.Standing(), about, want)
			}
		})
	}
}

// TestWhyNothingWasSeen checks that the report names the cause of what was not seen, and no other.
func TestWhyNothingWasSeen(t *testing.T) {
	t.Parallel()
	const advice = "log in with -email as a customer who has orders"
	orders := route("GET", "/store/customers/me/orders")
	for _, c := range []struct {
		name     string
		through  gateway
		password string
		none     bool // no orders
		want     string
		lines    int // in what could not be seen
		advice   bool
	}{
		{name: "a wrong password", password: "another one", want: "Authenticate: wrong email or password", lines: 1},
		{name: "no orders", none: true, want: advice, lines: 1, advice: true},
		{name: "orders behind a redirect", through: func(backend http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if orders(r) {
					http.Redirect(w, r, "https://id.example.com/login?return=secret", http.StatusFound)
					return
				}
				backend.ServeHTTP(w, r)
			})
		}, want: "to id.example.com/login, a login that is before the backend", lines: 1},
		{name: "orders behind a 503", through: page(503, "<h1>down</h1>", orders), want: "503", lines: 1},
		{name: "another shape", through: fixed(200, `{"data":{"orders":[]}}`, orders), want: "breaks: "},
		{name: "no such route", through: page(404, "<pre>Cannot GET</pre>", orders), want: "no route for ListOrders"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			through := direct
			if c.through != nil {
				through = c.through
			}
			s := newShop(t, through)
			if c.none {
				s.login.Email = s.AddCustomer(customerstest.Customer{}).Email
			}
			if c.password != "" {
				s.login.Password = c.password
			}
			r, err := specdiff.Run(t.Context(), specdiff.Config{Backend: s.url, ReadOnly: true, Setup: specdiff.Setup{Customers: []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}}})
			if err != nil {
				t.Fatal(err)
			}
			var unseen []string
			for _, f := range r.Unexplained() {
				if f.Wrong == "unseen" {
					unseen = append(unseen, f.ID()+": "+f.Live)
				}
			}
			text := textOf(t, r)
			if !strings.Contains(text, c.want) || strings.Contains(text, advice) != c.advice || len(unseen) != c.lines || strings.Contains(text, "secret") {
				t.Errorf("%d lines %q, want %d and %q in\n%s", len(unseen), unseen, c.lines, c.want, text)
			}
			if r.Standing() == report.Works || r.Standing() == report.Unclear && strings.Contains(text, "does what the contract says") {
				t.Errorf("it %s:\n%s", r.Standing(), text)
			}
		})
	}
}

// TestWhyARegistrationWasRefused checks that what the backend says is passed on, and the way for a client named.
func TestWhyARegistrationWasRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t, fixed(422, `{"type":"invalid_data","message":"captcha_token is required of a@example.com\u001b[31m`+strings.Repeat("x", 500)+`"}`, route("POST", "/store/customers")))
	_, got := ask(t, live.Config{Backend: s.url, Logins: []live.Login{s.login}, NoProbes: true})
	i := slices.IndexFunc(got, func(f string) bool { return strings.HasPrefix(f, "POST /store/customers#seen") })
	if i < 0 || !strings.Contains(got[i], `422, "captcha_token is required of $EMAIL`) || !strings.Contains(got[i], "customers.WithProperty") || len(got[i]) > 500 || strings.Contains(got[i], "\x1b") {
		t.Errorf("found %q", got)
	}
}

// TestUserAgentOfARun checks that the backend takes a run for the client.
func TestUserAgentOfARun(t *testing.T) {
	t.Parallel()
	want := "customers-go/" + customers.Version + " (specdiff)"
	s := newShop(t, func(backend http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.UserAgent() != want {
				t.Errorf("%s %s was sent by %q, want %q", r.Method, r.URL.Path, r.UserAgent(), want)
			}
			backend.ServeHTTP(w, r)
		})
	})
	ask(t, live.Config{Backend: s.url, ReadOnly: true})
}
