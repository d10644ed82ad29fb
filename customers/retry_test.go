package customers

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// calls has one operation of each method.
var calls = map[string]func(context.Context, *Client, ...CallOption) error{
	http.MethodGet: func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Retrieve(ctx, o...)
		return err
	},
	http.MethodDelete: func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Addresses.Delete(ctx, "addr_1", o...)
		return err
	},
	http.MethodPost: func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Update(ctx, UpdateRequest{}, o...)
		return err
	},
}

func TestAttemptsByMethodAndFailure(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	fails := func(err error) roundTrip {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	status := func(code int) roundTrip {
		return inMemoryTransport(respondWith(code, "text/html", "<html>"))
	}
	type row struct {
		name      string
		transport roundTrip
		repeated  bool // GET and DELETE
		post      bool
	}
	rows := []row{
		{"dial refused", reporting(fails(dial)), true, true},
		{"dial refused, by a transport that reports no connections", fails(dial), true, false},
		{"dial refused, wrapped", reporting(fails(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial})), true, true},
		{"no such host", reporting(fails(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x"}})), true, true},
		{"connection reset", fails(&net.OpError{Op: "read", Net: "tcp", Err: errors.New("reset")}), true, false},
		{"write failed", fails(&net.OpError{Op: "write", Net: "tcp", Err: errors.New("broken pipe")}), true, false},
		{"cut off", fails(io.ErrUnexpectedEOF), true, false},
		{"EOF", fails(io.EOF), true, false},
		{"something", fails(errors.New("something")), true, false},
		{"timeout", func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, false, false},
		{"certificate", fails(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), false, false},
	}
	for code := 200; code < 600; code++ {
		if http.StatusText(code) != "" || code >= 519 && code <= 531 {
			again := code == 408 || code == 429 || code == 502 || code == 503 || code == 504 || code >= 520 && code <= 530
			rows = append(rows, row{strconv.Itoa(code), status(code), again, false})
		}
	}
	for _, row := range rows {
		for method, call := range calls {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				c := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					n++
					return row.transport(r)
				})})).WithSession(sessionOf("v"))
				var r Response
				if err := call(t.Context(), c, WithResponse(&r)); err == nil {
					t.Errorf("%s %s: no error", method, row.name)
				}
				want := 1
				if row.repeated && method != http.MethodPost || row.post {
					want = 1 + DefaultMaxRetries
				}
				if n != want || r.Attempts != want {
					t.Errorf("%s %s: sent %d times, Attempts is %d, want %d", method, row.name, n, r.Attempts, want)
				}
			})
		}
	}
}

func TestPostIsNeverSentAgainOnceItMayHaveArrived(t *testing.T) {
	for failure, h := range map[string]http.HandlerFunc{
		"connection closed": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			respondJSON(w, 200, "{")
		},
		"503":      respondWith(503, "", ""),
		"429":      respondWith(429, "", ""),
		"200 page": respondWith(200, "text/html", ""),
	} {
		for _, post := range operationsByMethod(t, http.MethodPost) {
			f := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					respondJSON(w, 200, customerJSON)
					return
				}
				h(w, r)
			})
			f.Config.ErrorLog = discard()
			c := f.loggedIn(t)
			wantOK(t, retrieve(t.Context(), c)) // so that the POST goes over a connection that was used before
			if _, err := post.call(t.Context(), c); err == nil {
				t.Errorf("%s, %s: no error", post.operation, failure)
			}
			if n := f.count() - 1; n != 1 {
				t.Errorf("%s, %s: the server got it %d times", post.operation, failure, n)
			}
		}
	}
}

func TestPostIsSentAgainIfTheDialFailed(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	failures := new(atomic.Int32)
	failures.Store(2)
	c := f.client(t, WithHTTPClient(&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if failures.Add(-1) >= 0 {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}})).WithSession(sessionOf("v"))
	var r Response
	_, err := c.Update(t.Context(), UpdateRequest{LastName: Value("R")}, WithResponse(&r))
	wantOK(t, err)
	if r.Attempts != 3 || f.count() != 1 {
		t.Errorf("%d attempts, %d requests", r.Attempts, f.count())
	}
	if got := f.last(t).Body; got != `{"last_name":"R"}` {
		t.Errorf("body %q", got)
	}
}

// A middleware, such as one that signs requests, reads the body before the dial fails.
func TestBodyThatWasReadIsSentAgain(t *testing.T) {
	var bodies []string
	c := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if len(bodies) < 3 {
			return nil, errors.Join(err, r.Body.Close(), second(noConnection(r)))
		}
		return inMemoryTransport(respondWith(200, "application/json", customerJSON))(r)
	})})).WithSession(sessionOf("v"))
	_, err := c.Update(t.Context(), UpdateRequest{LastName: Value("R")})
	wantOK(t, err)
	if len(bodies) != 3 || bodies[2] != `{"last_name":"R"}` {
		t.Errorf("bodies %q", bodies)
	}
}

func TestPostIsSentAgainIfTheTLSHandshakeFailed(t *testing.T) {
	f := httptest.NewUnstartedServer(nil)
	rec := &fake{}
	f.Config.Handler = rec.record(respondWith(200, "application/json", customerJSON))
	f.Config.ErrorLog = discard()
	handshakes := new(atomic.Int32)
	f.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if handshakes.Add(1) <= 2 {
			return nil, errors.New("not now")
		}
		return nil, nil //nolint:nilnil // means: the server's own
	}}
	f.StartTLS()
	defer f.Close()
	var r Response
	c := mustNew(t, f.URL, WithHTTPClient(f.Client())).WithSession(sessionOf("v"))
	_, err := c.Update(t.Context(), UpdateRequest{LastName: Value("R")}, WithResponse(&r))
	wantOK(t, err)
	if r.Attempts != 3 || rec.count() != 1 || rec.last(t).Body != `{"last_name":"R"}` {
		t.Errorf("%d attempts, requests %+v", r.Attempts, rec.seen())
	}
}

func TestNoServerAtAll(t *testing.T) {
	f := serve(t, respondWith(200, "", ""))
	f.Close()
	for method, call := range calls {
		var r Response
		e := wantError(t, call(t.Context(), f.loggedIn(t, WithMaxRetries(1)), WithResponse(&r)), ErrUnavailable)
		if r.Attempts != 2 || e.StatusCode != 0 {
			t.Errorf("%s: %d attempts, error %q", method, r.Attempts, e)
		}
		if _, ok := errors.AsType[*net.OpError](e); !ok {
			t.Errorf("%s: the cause is hidden: %q", method, e)
		}
	}
}

func TestMaxRetries(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{}
			c := mustNew(t, "https://shop.example.com", WithMaxRetries(n), inMemory(f.record(respondWith(503, "", "")))).WithSession(sessionOf("v"))
			wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
			if f.count() != n+1 {
				t.Errorf("%d retries: %d requests", n, f.count())
			}
		})
	}
}

func TestSuccessAfterFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
			respond(w, []int{502, 429, 200}[f.count()-1], "application/json", customerJSON)
		})), WithHeader("X-Client", "1")).WithSession(sessionOf("v"))
		_, err := c.Retrieve(t.Context(), WithHeader("X-Call", "2"))
		wantOK(t, err)
		for _, r := range f.seen() {
			wantHeaders(t, r, map[string]string{"X-Client": "1", "X-Call": "2", "Cookie": "connect.sid=v"})
		}
	})
}

func TestBackoff(t *testing.T) {
	var waits []time.Duration
	synctest.Test(t, func(t *testing.T) {
		last := time.Now()
		c := mustNew(t, "https://shop.example.com", WithMaxRetries(8), inMemory(func(w http.ResponseWriter, _ *http.Request) {
			waits = append(waits, time.Since(last))
			last = time.Now()
			respond(w, 503, "", "")
		})).WithSession(sessionOf("v"))
		wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
	})
	span := firstBackoff
	for _, w := range waits[1:] {
		if w < span/2 || w > span {
			t.Errorf("waited %v, want between %v and %v; all: %v", w, span/2, span, waits)
		}
		span = min(2*span, maxBackoff)
	}
	if last := waits[len(waits)-1]; last > maxBackoff {
		t.Errorf("waited %v", last)
	}
}

func TestRetryAfterThatIsTooLongFailsAtOnce(t *testing.T) {
	for _, test := range []struct {
		name  string
		value func(now time.Time) string
		want  time.Duration
	}{
		{"seconds", func(time.Time) string { return "60" }, time.Minute},
		{"just beyond the cap", func(time.Time) string { return "11" }, 11 * time.Second},
		{"date", func(now time.Time) string { return httpTime(now.Add(time.Hour)) }, time.Hour},
		{"beyond any number", func(time.Time) string { return "99999999999999999999999" }, maxStatedRetryAfter * time.Second},
		{"overflows a duration", func(time.Time) string { return "9223372037" }, maxStatedRetryAfter * time.Second},
		{"year 9999", func(time.Time) string { return "Fri, 31 Dec 9999 23:59:59 GMT" }, maxStatedRetryAfter * time.Second},
	} {
		for _, status := range []int{408, 429, 503, 520} {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{}
				began := time.Now()
				c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", test.value(time.Now()))
					respond(w, status, "", "")
				}))).WithSession(sessionOf("v"))
				e, _ := errors.AsType[*Error](retrieve(t.Context(), c))
				if e == nil || e.RetryAfter != test.want || !strings.Contains(e.Error(), "try again in "+test.want.String()) {
					t.Errorf("%s, %d: error %v, want %v in it", test.name, status, e, test.want)
				}
				if f.count() != 1 || time.Since(began) != 0 {
					t.Errorf("%s, %d: %d requests in %v", test.name, status, f.count(), time.Since(began))
				}
			})
		}
	}
}

func TestRetryAfterIsHonouredUpToTheCap(t *testing.T) {
	for _, test := range []struct {
		name     string
		value    func(now time.Time) string
		min, max time.Duration
	}{
		{"seconds", func(time.Time) string { return "3" }, 3 * time.Second, 3 * time.Second},
		{"at the cap", func(time.Time) string { return "10" }, maxRetryAfter, maxRetryAfter},
		{"zero", func(time.Time) string { return "0" }, firstBackoff / 2, firstBackoff},
		{"date", func(now time.Time) string { return httpTime(now.Add(5 * time.Second)) }, 4 * time.Second, 5 * time.Second},
		{"date gone by", func(now time.Time) string { return httpTime(now.Add(-time.Hour)) }, firstBackoff / 2, firstBackoff},
		{"negative", func(time.Time) string { return "-1" }, firstBackoff / 2, firstBackoff},
		{"not a number", func(time.Time) string { return "soon" }, firstBackoff / 2, firstBackoff},
		{"fraction", func(time.Time) string { return "1.5" }, firstBackoff / 2, firstBackoff},
	} {
		for _, status := range []int{429, 503} {
			synctest.Test(t, func(t *testing.T) {
				var times []time.Time
				c := mustNew(t, "https://shop.example.com", WithMaxRetries(1), inMemory(func(w http.ResponseWriter, _ *http.Request) {
					times = append(times, time.Now())
					w.Header().Set("Retry-After", test.value(time.Now()))
					respond(w, status, "", "")
				})).WithSession(sessionOf("v"))
				if err := retrieve(t.Context(), c); err == nil {
					t.Error("no error")
				}
				if waited := times[1].Sub(times[0]); waited < test.min || waited > test.max {
					t.Errorf("%s: waited %v, want %v to %v", test.name, waited, test.min, test.max)
				}
			})
		}
	}
}

func TestContextComesBeforeTheRetry(t *testing.T) {
	unavailable := func(f *fake) Option {
		return inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "8")
			respond(w, 503, "", "")
		}))
	}
	t.Run("cancelled while waiting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{}
			c := mustNew(t, "https://shop.example.com", unavailable(f)).WithSession(sessionOf("v"))
			ctx, cancel := context.WithCancel(t.Context())
			began := time.Now()
			time.AfterFunc(time.Second, cancel)
			var r Response
			_, err := c.Retrieve(ctx, WithResponse(&r))
			e := wantError(t, err, context.Canceled)
			if e.StatusCode != http.StatusServiceUnavailable || r.StatusCode != http.StatusServiceUnavailable || f.count() != 1 || time.Since(began) != time.Second {
				t.Errorf("error %q after %v and %d requests, response %+v", e, time.Since(began), f.count(), r)
			}
		})
	})
	t.Run("cancelled while waiting for a connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			})})).WithSession(sessionOf("v"))
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			wantIs(t, retrieve(ctx, c), context.Canceled)
		})
	})
	t.Run("no time left to wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{}
			c := mustNew(t, "https://shop.example.com", unavailable(f)).WithSession(sessionOf("v"))
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			began := time.Now()
			e := wantError(t, retrieve(ctx, c), ErrUnavailable)
			if e.StatusCode != http.StatusServiceUnavailable || f.count() != 1 || time.Since(began) != 0 {
				t.Errorf("error %q after %v and %d requests", e, time.Since(began), f.count())
			}
		})
	})
}

func TestLogoutIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
			if f.count() == 1 {
				respond(w, 502, "", "")
				return
			}
			respond(w, 200, "text/plain; charset=utf-8", "OK")
		}))).WithSession(sessionOf("v"))
		wantOK(t, c.Auth.DeleteSession(t.Context()))
		for _, r := range f.seen() {
			if r.Cookie != "connect.sid=v" {
				t.Errorf("sent %q", r.Cookie)
			}
		}
		if c.Session().LoggedIn() {
			t.Error("still logged in")
		}
	})
}

func TestPostWhoseTimeIsOverIsNotRepeated(t *testing.T) {
	// The server has the request, and its handler stalls.
	stalled := make(chan struct{})
	f := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/me") {
			<-stalled
		}
	})
	defer close(stalled)
	_, err := f.loggedIn(t, WithTimeout(time.Second)).Update(t.Context(), UpdateRequest{})
	wantIs(t, err, ErrUnavailable)
	if f.count() != 1 {
		t.Errorf("%d requests", f.count())
	}
}
