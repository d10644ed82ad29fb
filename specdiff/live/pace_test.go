package live

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// clock is a time that only waiting moves on.
type clock struct {
	mu     sync.Mutex
	passed time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Unix(0, 0).Add(c.passed)
}

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
	return nil
}

// limited lets some requests through in a window of time. It asks for a wait until the next window, or for the one that
// is given.
func limited(backend http.Handler, c *clock, most int, window time.Duration, retryAfter string) http.Handler {
	var mu sync.Mutex
	counts := map[int64]int{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		passed := c.now().Sub(time.Unix(0, 0))
		at := int64(passed / window)
		if counts[at]++; counts[at] <= most {
			backend.ServeHTTP(w, r)
			return
		}
		left := window - passed%window
		if retryAfter == "" {
			w.Header().Set("Retry-After", strconv.Itoa(int(left.Seconds())+1))
		} else if retryAfter != "none" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "<h1>Too many requests</h1>")
	})
}

// runAt records with a clock of its own.
func runAt(t *testing.T, c *clock, handler http.Handler) (*Record, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(Config{Documents: []*openapi3.T{load(t, small)}}, base)
	r.pace.sleep, r.pace.now = c.sleep, c.now
	return r.recorded(t.Context())
}

// ids returns what contradicts the document or is a fault.
func ids(t *testing.T, record *Record) []string {
	t.Helper()
	var all []string
	for _, o := range Check(record, load(t, small)).Observations {
		if o.Relation != finding.Supports {
			all = append(all, o.ID())
		}
	}
	return slices.Compact(all)
}

// TestRateLimiterSlowsARunDown checks that a run behind a rate limiter finds what it finds without one.
func TestRateLimiterSlowsARunDown(t *testing.T) {
	t.Parallel()
	record, err := runAt(t, new(clock), smallBackend(t).Config.Handler)
	if err != nil {
		t.Fatal(err)
	}
	want := ids(t, record)
	for name, limit := range map[string]struct {
		most       int
		window     time.Duration
		retryAfter string
	}{
		"a window":                          {20, 30 * time.Second, ""},
		"many requests a second":            {10, time.Second, ""},
		"one request a second":              {1, time.Second, "1"},
		"no word on when":                   {20, 10 * time.Second, "none"},
		"a word on when that says nothing":  {20, 10 * time.Second, "soon"},
		"a window that begins in the past":  {20, 2 * time.Second, "0"},
		"a word on when with a long number": {20, 20 * time.Second, "00020"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := new(clock)
			record, err := runAt(t, c, limited(smallBackend(t).Config.Handler, c, limit.most, limit.window, limit.retryAfter))
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(t, record); !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
			if !slices.ContainsFunc(record.Notes, func(note string) bool { return strings.Contains(note, "more slowly") }) {
				t.Errorf("the notes are %q", record.Notes)
			}
		})
	}
}

// TestRateLimiterEndsARun checks that a run that would have to wait for too long ends with what it has, and that what was
// not seen is said.
func TestRateLimiterEndsARun(t *testing.T) {
	t.Parallel()
	backend, c := smallBackend(t).Config.Handler, new(clock)
	record, err := runAt(t, c, limited(backend, c, 60, 15*time.Minute, ""))
	if err != nil {
		t.Fatal(err)
	}
	if c.passed > time.Minute {
		t.Errorf("it waited for %s", c.passed)
	}
	found := Check(record, load(t, small)).Observations
	for _, want := range []string{"429, a rate limit", "not all of it was tried: requests are limited"} {
		if !slices.ContainsFunc(found, func(o finding.Observation) bool { return o.Aspect == finding.Seen && strings.Contains(o.Live, want) }) {
			t.Errorf("nothing says %q", want)
		}
	}
	if !slices.ContainsFunc(record.Notes, func(note string) bool { return strings.Contains(note, "the run ended early") }) {
		t.Errorf("the notes are %q", record.Notes)
	}
	_, err = runAt(t, c, limited(backend, c, 0, 15*time.Minute, ""))
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "limits requests") {
		t.Errorf("the error of a run that sees nothing is %v", err)
	}
}

// TestLimitOfLogins checks that a limiter that locks logins after some failures costs no more than the logins.
func TestLimitOfLogins(t *testing.T) {
	t.Parallel()
	backend, c, failed := smallBackend(t).Config.Handler, new(clock), 0
	record, err := runAt(t, c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == authPath {
			if failed++; failed > 2 {
				w.Header().Set("Retry-After", "900")
				http.Error(w, "too many failed logins", http.StatusTooManyRequests)
				return
			}
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if failed != 3 || c.passed > 0 {
		t.Errorf("it tried %d logins, and waited for %s", failed, c.passed)
	}
	for _, o := range Check(record, load(t, small)).Observations {
		if strings.Contains(o.Live, "limit") && o.Place != "POST /store/auth" {
			t.Errorf("found %s: %s", o.ID(), o.Live)
		}
	}
	if len(record.Exchanges) < 100 {
		t.Errorf("there are %d exchanges", len(record.Exchanges))
	}
}

// TestFailureOnTheWay checks that a response that does not come, or is not whole, costs no more than its request.
func TestFailureOnTheWay(t *testing.T) {
	t.Parallel()
	record, err := runAt(t, new(clock), smallBackend(t).Config.Handler)
	if err != nil {
		t.Fatal(err)
	}
	want := ids(t, record)
	for name, fail := range map[string]http.HandlerFunc{
		"a connection that breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a body that breaks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"customer":`)
			panic(http.ErrAbortHandler)
		},
		"a body that is cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"customer":{"id":"1","em`)
		},
		"a gateway that times out": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "timeout", http.StatusGatewayTimeout) },
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" at a "+method, func(t *testing.T) {
				t.Parallel()
				backend := smallBackend(t).Config.Handler
				count := 0
				var mu sync.Mutex
				record, err := runAt(t, new(clock), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					if r.Method == method && len(r.Header["Cookie"]) > 0 {
						count++
					}
					hit := count == 2
					if hit {
						count++
					}
					mu.Unlock()
					if hit {
						fail(w, r)
						return
					}
					backend.ServeHTTP(w, r)
				}))
				if err != nil {
					t.Fatal(err)
				}
				got := ids(t, record)
				if method == http.MethodPost { // which is not sent again
					got = slices.DeleteFunc(got, func(id string) bool { return id == "POST /store/customers/me#seen" })
				}
				if !slices.Equal(got, want) {
					t.Errorf("found %q, want %q", got, want)
				}
			})
		}
	}
}

// TestByteOrderMark checks that a mark before JSON changes nothing, as for the client, and that a note names it.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	record, err := runAt(t, new(clock), smallBackend(t).Config.Handler)
	if err != nil {
		t.Fatal(err)
	}
	want := ids(t, record)
	backend := smallBackend(t).Config.Handler
	record, err = runAt(t, new(clock), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		backend.ServeHTTP(recorded, r)
		maps.Copy(w.Header(), recorded.Header())
		w.WriteHeader(recorded.Code)
		if recorded.Body.Len() > 0 && strings.Contains(recorded.Header().Get("Content-Type"), "json") {
			_, _ = io.WriteString(w, "\ufeff")
		}
		_, _ = recorded.Body.WriteTo(w)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, record); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if !slices.ContainsFunc(record.Notes, func(note string) bool { return strings.Contains(note, "byte order mark") }) {
		t.Errorf("the notes are %q", record.Notes)
	}
}

// TestUserAgent checks that a run is let through where the client is.
func TestUserAgent(t *testing.T) {
	t.Parallel()
	backend := smallBackend(t).Config.Handler
	_, err := runAt(t, new(clock), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if agent := r.UserAgent(); !strings.HasPrefix(agent, "customers-go/") {
			t.Errorf("%s %s was sent by %q", r.Method, r.URL.Path, agent)
		}
		backend.ServeHTTP(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
}
