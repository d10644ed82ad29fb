package customers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Every 2xx ends a login here, with any header and body; no other status does.
func TestEvery2xxIsALogoutAndNoOtherStatus(t *testing.T) {
	for status := 200; status < 300; status++ {
		f := serve(t, respondWith(status, "text/html", ""))
		c := f.loggedIn(t)
		if err := c.Auth.DeleteSession(t.Context()); err != nil || c.Session().LoggedIn() {
			t.Errorf("%d: %v, logged in %v", status, err, c.Session().LoggedIn())
		}
	}
	for _, status := range []int{301, 302, 304, 307, 400, 401, 403, 404, 407, 408, 409, 429, 500, 503, 525} {
		f := serve(t, respondWith(status, "text/plain", "Unauthorized"))
		c := f.loggedIn(t, WithMaxRetries(0))
		if err := c.Auth.DeleteSession(t.Context()); err == nil || !c.Session().LoggedIn() {
			t.Errorf("%d: %v, logged in %v", status, err, c.Session().LoggedIn())
		}
	}
}

// A login's first and last cookie lines, and what other kinds of scope make of them.
func TestCookieLinesAreTakenByTheirScope(t *testing.T) {
	for _, test := range []struct {
		base, public string
		lines        []string
		want         string // "" is ErrNoSessionCookie
	}{
		{"", "", []string{"connect.sid=NEW; Path=/", "connect.sid=; Domain=.127.0.0.1; Max-Age=0"}, "NEW"},
		{"", "", []string{"connect.sid=; Path=/; Max-Age=0", "connect.sid=NEW; Path=/"}, "NEW"},
		{"", "", []string{"connect.sid=NEW; Path=/", "connect.sid=; Path=/; Max-Age=0"}, ""},
		{"", "", []string{"connect.sid=NEW; Path=/; Domain=0.0.1"}, ""},
		{"", "", []string{"connect.sid=NEW; Path=/; Domain=127.0.0.1:80"}, ""},
		{"", "", []string{"connect.sid=NEW; Path=/; Domain="}, "NEW"},
		{"", "", []string{"connect.sid=NEW; Path=store"}, "NEW"},
		{"", "", []string{"connect.sid=NEW; Path=/store"}, "NEW"},
		{"", "", []string{"connect.sid=NEW; Path=/sto"}, ""},
		{"", "", []string{"connect.sid=NEW; Path=/store/auth"}, ""},
		{"", "", []string{"Connect.Sid=NEW; Path=/"}, ""},
		{"", "", []string{"connect.sid=\"NEW\"; Path=/"}, `"NEW"`},
		{"", "", []string{"connect.sid=a=b==; Path=/"}, "a=b=="},
		{"", "", []string{"connect.sid=NEW; EXPIRES=Thu, 01-Jan-1970 00:00:00 GMT; path=/"}, ""},
		{"", "", []string{"connect.sid=NEW; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Path=/"}, "NEW"},
		{"", "", []string{"connect.sid=NEW; Max-Age=-5; Path=/"}, ""},
		{"", "", []string{"connect.sid=NEW; Max-Age=x; Path=/"}, "NEW"},
		{"/shop", "", []string{"connect.sid=NEW; Path=/shop"}, "NEW"},
		{"/shop", "", []string{"connect.sid=NEW; Path=/shop/"}, "NEW"},
		{"/shop", "", []string{"connect.sid=NEW; Path=/shopping"}, ""},
		{"", "https://Shop.Example.com/api/v1/", []string{"connect.sid=NEW; Path=/api; Domain=.EXAMPLE.com"}, "NEW"},
		{"", "https://shop.example.com/api", []string{"connect.sid=NEW; Path=/apis; Domain=example.com"}, ""},
		{"", "https://shop.example.com", []string{"connect.sid=NEW; Path=/; Domain=ample.com"}, ""},
		{"", "https://shop.example.com", []string{"connect.sid=NEW; Path=/; Domain=www.shop.example.com"}, ""},
		{"", "https://M\u00fcnchen.example", []string{"connect.sid=NEW; Path=/; Domain=xn--mnchen-3ya.example"}, "NEW"},
		{"", "https://xn--mnchen-3ya.example", []string{"connect.sid=NEW; Path=/; Domain=m\u00fcnchen.example"}, "NEW"},
	} {
		f := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.Header()["Set-Cookie"] = test.lines
			}
			respondJSON(w, 200, customerJSON)
		})
		var opts []Option
		if test.public != "" {
			opts = append(opts, WithPublicURL(test.public))
		}
		c := mustNew(t, f.URL+test.base, opts...)
		err := logIn(t.Context(), c, testEmail)
		if got := valueOf(c.Session()); got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
		if test.want != "" {
			_ = retrieve(t.Context(), c)
			if got := f.last(t).Cookie; got != "connect.sid="+test.want {
				t.Errorf("%+v: sent %q", test, got)
			}
		}
	}
}

// Of every transport, what arrived is what Attempts says, and a POST arrives once, whenever the connection closes.
func TestAttemptsAreWhatArrivedOverEveryTransport(t *testing.T) {
	for name, opts := range map[string]func(t *testing.T) []Option{
		"own": func(*testing.T) []Option { return nil },
		"http.Transport": func(t *testing.T) []Option {
			t.Helper()
			tr := &http.Transport{}
			t.Cleanup(tr.CloseIdleConnections)
			return []Option{WithHTTPClient(&http.Client{Transport: tr})}
		},
		"idempotency key": func(t *testing.T) []Option {
			t.Helper()
			tr := &http.Transport{}
			t.Cleanup(tr.CloseIdleConnections)
			return []Option{WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(r.Context())
				r.Header.Set("X-Idempotency-Key", "k")
				return tr.RoundTrip(r)
			})})}
		},
		"wrapped body": func(t *testing.T) []Option {
			t.Helper()
			tr := &http.Transport{}
			t.Cleanup(tr.CloseIdleConnections)
			return []Option{WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(context.WithoutCancel(r.Context()))
				if r.Body != nil && r.Body != http.NoBody {
					r.Body = struct{ io.ReadCloser }{r.Body}
				}
				return tr.RoundTrip(r)
			})})}
		},
	} {
		for _, moment := range []string{"before reading", "after headers", "after the body", "in the response", "after a warm response"} {
			t.Run(name+"/"+moment, func(t *testing.T) {
				var gets, posts atomic.Int32
				h := hostileListen(t, func(conn net.Conn, requests int) bool {
					if moment == "before reading" {
						return false
					}
					r, err := http.ReadRequest(bufio.NewReader(conn))
					if err != nil {
						return false
					}
					if r.Method == http.MethodPost {
						posts.Add(1)
					} else {
						gets.Add(1)
					}
					if moment != "after headers" {
						_, _ = io.Copy(io.Discard, r.Body)
					}
					switch moment {
					case "in the response":
						_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{")
					case "after a warm response":
						if requests == 0 {
							_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(customerJSON), customerJSON)
							return true
						}
					}
					return false
				})
				c := mustNew(t, h, opts(t)...).WithSession(sessionOf("v"))
				if moment == "after a warm response" {
					wantOK(t, retrieve(t.Context(), c))
					_, _ = c.Update(t.Context(), UpdateRequest{FirstName: Value("x")})
				}
				before := posts.Load()
				var r Response
				_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("x")}, WithResponse(&r))
				if n := posts.Load() - before; n > 1 || int(n) > r.Attempts {
					t.Errorf("a POST arrived %d times, Attempts %d: %v", n, r.Attempts, err)
				}
				before = gets.Load()
				_, err = c.Retrieve(t.Context(), WithResponse(&r))
				if n := gets.Load() - before; int(n) > r.Attempts || n > 3 {
					t.Errorf("a GET arrived %d times, Attempts %d: %v", n, r.Attempts, err)
				}
			})
		}
	}
}

// hostileListen serves connections; serve handles one request and reports whether the connection stays.
func hostileListen(t *testing.T, serve func(conn net.Conn, requests int) bool) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	wantOK(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				n := 0
				for serve(conn, n) {
					n++
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// Over HTTP/2, and through a reverse proxy that speaks HTTP/2 to us and HTTP/1.1 to the backend, a GET and a DELETE have
// no body, and no Transfer-Encoding that a strict server would refuse.
func TestReadsHaveNoBodyOverHTTP2(t *testing.T) {
	var chunked, lengths atomic.Value
	chunked.Store("")
	lengths.Store("")
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			chunked.Store(r.Method + " " + strings.Join(r.TransferEncoding, ","))
		}
		respondJSON(w, 200, customerJSON)
	})
	to, _ := url.Parse(f.URL)
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 || r.ContentLength > 0 {
			t.Errorf("%s %s with length %d", r.Proto, r.Method, r.ContentLength)
		}
		if r.ContentLength < 0 {
			lengths.Store(r.Method + " of unknown length")
		}
		proxy.ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	own := newTransport(idleRepeatable)
	own.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig //nolint:errcheck,forcetypeassert // httptest's own
	t.Cleanup(own.CloseIdleConnections)
	c := mustNew(t, s.URL, WithHTTPClient(&http.Client{Transport: own})).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	if v := chunked.Load(); v != "" {
		t.Errorf("the backend received a chunked %s", v)
	}
	t.Logf("at an HTTP/2 server: %q", lengths.Load())
}

// Retry-After in all forms: how long until the second request, by virtual time; -1 if there is none.
func TestRetryAfterInAllForms(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, "10": 10 * time.Second, "11": -1, "60": -1, " 7 ": 7 * time.Second, "99999999999999999999": -1,
		"-1": 0, "1.5": 0, "": 0, "soon": 0, "+5": 0, "007": 7 * time.Second, "Thu, 01 Jan 1970 00:00:00 GMT": 0,
		"Sat, 01 Jan 2000 00:00:05 GMT": 5 * time.Second, "Saturday, 01-Jan-00 00:00:05 GMT": 5 * time.Second, "Sat Jan  1 00:00:05 2000": 5 * time.Second,
		"Sat, 01 Jan 2000 00:01:00 GMT": -1,
	} {
		for _, status := range []int{408, 429, 502, 503, 504, 520, 522, 524, 530} {
			synctest.Test(t, func(t *testing.T) {
				var at []time.Time
				c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
					if at = append(at, time.Now()); len(at) == 1 {
						w.Header().Set("Retry-After", value)
						respond(w, status, "", "")
						return
					}
					respondJSON(w, 200, customerJSON)
				})).WithSession(sessionOf("v"))
				err := retrieve(t.Context(), c)
				switch {
				case want < 0 && (len(at) != 1 || err == nil):
					t.Errorf("%d %q: %d requests, %v", status, value, len(at), err)
				case want >= 0 && (len(at) != 2 || err != nil || at[1].Sub(at[0]) < max(want, 50*time.Millisecond) || at[1].Sub(at[0]) > want+100*time.Millisecond):
					t.Errorf("%d %q: %v, %v", status, value, at, err)
				}
				// Never a POST.
				at = nil
				if _, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("x")}); len(at) != 1 || err == nil {
					t.Errorf("%d: a POST was sent %d times: %v", status, len(at), err)
				}
			})
		}
	}
}

// The call's context, WithTimeout and the http.Client's own limit: who ended the call is who is named, when it ends.
func TestWhoEndedTheCallIsNamed(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) }
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := mustNew(t, backendURL, inMemory(hang), WithTimeout(3*time.Second)).WithSession(sessionOf("v"))
		err := retrieve(t.Context(), c)
		if time.Since(began) != 3*time.Second || !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "WithTimeout") {
			t.Errorf("WithTimeout: %v, %v", time.Since(began), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began = time.Now()
		err = retrieve(ctx, c)
		if time.Since(began) != time.Second || errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context: %v, %v", time.Since(began), err)
		}
		began = time.Now()
		hc := &http.Client{Timeout: time.Second, Transport: inMemoryTransport(hang)}
		err = retrieve(t.Context(), mustNew(t, backendURL, WithHTTPClient(hc), WithMaxRetries(0)).WithSession(sessionOf("v")))
		if time.Since(began) != time.Second || !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "no whole response within WithTimeout") {
			t.Errorf("http.Client: %v, %v", time.Since(began), err)
		}
	})
}

// A restored session whose cookie has expired here: every status, and what the next call does.
func TestARestoredExpiredSessionAfterEveryStatus(t *testing.T) {
	for _, status := range []int{200, 304, 400, 403, 404, 407, 409, 422, 429, 500, 502, 503, 522} {
		var tries atomic.Int32
		f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			tries.Add(1)
			w.Header().Set("Set-Cookie", "connect.sid=v; Path=/; Max-Age=3600")
			if status == 200 {
				respondJSON(w, 200, customerJSON)
				return
			}
			respond(w, status, "", "")
		})
		expired := sessionOf("v")
		expired.state.cookie.expires = time.Now().Add(-time.Hour).UnixMilli()
		s, err := DecodeSession(expired.Encode())
		wantOK(t, err)
		c := f.client(t, WithMaxRetries(0)).WithSession(s)
		_ = retrieve(t.Context(), c)
		_ = retrieve(t.Context(), c)
		if tries.Load() != 2 || !s.LoggedIn() {
			t.Errorf("%d: %d tries, logged in %v", status, tries.Load(), s.LoggedIn())
		}
	}
}
