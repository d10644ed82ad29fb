package customers

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// serveRaw responds with text to one request of each connection, and counts the connections.
func serveRaw(t *testing.T, text string) (url string, connections *atomic.Int32) {
	t.Helper()
	connections = new(atomic.Int32)
	h := listen(t, func(conn net.Conn) {
		connections.Add(1)
		writes(text)(conn)
	})
	return h.url("http"), connections
}

func TestCutOffBodiesKeepTheStatus(t *testing.T) {
	for _, test := range []struct {
		name, response string
		want           error
		status         int
		typ            string
	}{
		{"200 with Content-Length", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + customerJSON, ErrUnexpectedResponse, 200, ""},
		{"200 chunked", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + customerJSON, ErrUnexpectedResponse, 200, ""},
		{"200 bad chunk", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrUnexpectedResponse, 200, ""},
		{"200 huge Content-Length", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33000000\r\n\r\n{", ErrUnexpectedResponse, 200, ""},
		{"404 JSON", "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"type\":\"not_f", ErrNotFound, 404, ""},
		{"401 without type", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\nUnauthorized", ErrUnauthenticated, 401, ""},
		{"500 chunked", "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"type", ErrInternal, 500, ""},
	} {
		url, _ := serveRaw(t, test.response)
		var r Response
		_, err := mustNew(t, url, WithMaxRetries(0)).WithSession(sessionOf("v")).Retrieve(t.Context(), WithResponse(&r))
		e := wantError(t, err, test.want)
		if e.StatusCode != test.status || r.StatusCode != test.status {
			t.Errorf("%s: error %q, status %d, response %d", test.name, e, e.StatusCode, r.StatusCode)
		}
	}
}

func TestCutOffReadIsRepeated(t *testing.T) {
	n := new(atomic.Int32)
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Content-Length", "1000")
		}
		respondJSON(w, 200, customerJSON)
	})
	wantOK(t, retrieve(t.Context(), f.loggedIn(t)))
	if n.Load() != 2 {
		t.Errorf("%d requests", n.Load())
	}
}

func TestAnnouncedLengthIsNotTrustedWithMemory(t *testing.T) {
	for _, length := range []string{"33000000", "9223372036854775806", "1000000000000"} {
		url, _ := serveRaw(t, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "+length+"\r\n\r\n{")
		c := mustNew(t, url, WithMaxRetries(0), WithMaxResponseBytes(1<<62)).WithSession(sessionOf("v"))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := retrieve(t.Context(), c)
		runtime.ReadMemStats(&after)
		wantIs(t, err, ErrUnexpectedResponse)
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Errorf("Content-Length %s made it allocate %d bytes", length, n)
		}
	}
}

func TestGzipIsReadAndABombIsNot(t *testing.T) {
	zipped := func(size int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				respond(w, 400, "", "")
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, customerJSON)
			space := []byte(strings.Repeat(" ", 64<<10))
			for range size / len(space) {
				if _, err := z.Write(space); err != nil {
					return // the client has closed the connection
				}
			}
			_ = z.Close()
		}
	}
	wantOK(t, retrieve(t.Context(), serve(t, zipped(0)).loggedIn(t)))
	f := serve(t, zipped(8<<20))
	e := wantError(t, retrieve(t.Context(), f.loggedIn(t, WithMaxResponseBytes(256<<10))), ErrUnexpectedResponse)
	if f.count() != 1 || e.StatusCode != http.StatusOK {
		t.Errorf("%d requests, error %q", f.count(), e)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := serve(t, respondWith(200, "application/json", customerJSON))
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, location := range map[string]string{
			"other host": elsewhere.URL, "other scheme": strings.Replace(elsewhere.URL, "http:", "https:", 1), "same host": "",
			"nothing": "-", "not a URL": "http://other.example/%zz", "other protocol": "mailto:x",
		} {
			f := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case location == "":
					w.Header().Set("Location", r.URL.Path+"/") // a route with a slash at the end
				case strings.Contains(location, "127.0.0.1"):
					w.Header().Set("Location", location+r.URL.Path)
				case location != "-":
					w.Header().Set("Location", location+"/store/auth/"+testEmail)
				}
				w.Header().Set("Set-Cookie", "connect.sid=fixed; Path=/")
				w.WriteHeader(status)
			})
			c := f.loggedIn(t, WithHeader("Authorization", "Basic hush"))
			before := c.Session().Encode()
			for method, call := range map[string]func() error{
				"GET":    func() error { return retrieve(t.Context(), c) },
				"POST":   func() error { return logIn(t.Context(), c, testEmail) },
				"DELETE": func() error { return c.Auth.DeleteSession(t.Context()) },
				"email":  func() error { _, err := c.Auth.Exists(t.Context(), testEmail); return err },
			} {
				n := f.count()
				err := call()
				e := wantError(t, err, ErrUnexpectedResponse)
				if e.StatusCode != status || strings.Contains(e.Error(), testEmail) {
					t.Errorf("%d to %s, %s: error %q, status %d", status, name, method, e, e.StatusCode)
				}
				if f.count() != n+1 {
					t.Errorf("%d to %s, %s: %d requests", status, name, method, f.count()-n)
				}
			}
			if c.Session().Encode() != before {
				t.Errorf("%d to %s: the session changed", status, name)
			}
		}
	}
	if n := elsewhere.count(); n != 0 {
		t.Errorf("%d requests went where the redirects point", n)
	}
}

func TestContextEndsAreTheContextsOwnErrors(t *testing.T) {
	released := make(chan struct{})
	defer close(released)
	started := make(chan struct{}, 1)
	slowHeader := func(http.ResponseWriter, *http.Request) {
		started <- struct{}{}
		<-released
	}
	slowBody := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			respondJSON(w, status, `{"customer":`)
			w.(http.Flusher).Flush() //nolint:errcheck // httptest's writer flushes
			started <- struct{}{}
			<-released
		}
	}
	for name, h := range map[string]http.HandlerFunc{"before the header": slowHeader, "in the body": slowBody(200), "in the body of a failure": slowBody(503)} {
		f := httptest.NewServer(h)
		c := mustNew(t, f.URL).WithSession(sessionOf("v"))
		ctx, cancel := context.WithCancel(t.Context())
		call := begin(func() error { return retrieve(ctx, c) })
		<-started
		cancel()
		e := wantError(t, call(), context.Canceled)
		if errors.Is(e, ErrUnavailable) || errors.Is(e, ErrUnexpectedResponse) || e.Operation != "RetrieveCustomer" {
			t.Errorf("%s: error %q", name, e)
		}

		ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
		call = begin(func() error { return retrieve(ctx, c) })
		<-started
		wantIs(t, call(), context.DeadlineExceeded)
		cancel()
	}
}

func TestContextThatHasEndedSendsNothing(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := f.loggedIn(t)
	wantIs(t, retrieve(ctx, c), context.Canceled)
	wantIs(t, c.Auth.DeleteSession(ctx), context.Canceled)
	if f.count() != 0 || !c.Session().LoggedIn() {
		t.Errorf("%d requests, logged in: %v", f.count(), c.Session().LoggedIn())
	}
}

func TestAttemptsOwnTimeoutIsNotTheContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", WithTimeout(time.Second), WithMaxRetries(0), WithHTTPClient(&http.Client{
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		})).WithSession(sessionOf("v"))
		e := wantError(t, retrieve(t.Context(), c), ErrUnavailable)
		if !errors.Is(e, context.DeadlineExceeded) || !strings.Contains(e.Error(), "WithTimeout") {
			t.Errorf("error %q", e)
		}
	})
}

func TestHTTPClientsOwnTimeoutCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), WithHTTPClient(&http.Client{
			Timeout: time.Second,
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		})).WithSession(sessionOf("v"))
		began := time.Now()
		wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestInformationalResponsesAreSkipped(t *testing.T) {
	var hints int
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</x>")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusProcessing)
		respondJSON(w, 200, customerJSON)
	})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil }})
	wantOK(t, retrieve(ctx, f.loggedIn(t)))
	if hints != 2 {
		t.Errorf("%d informational responses reached the caller's trace", hints)
	}
}

func TestConnectionResetAndMalformedResponses(t *testing.T) {
	for name, response := range map[string]string{
		"nothing":                 "",
		"cookie in a bad header":  "HTTP/1.1 200 OK\r\nSet-Cookie connect.sid=hush; Path=/\r\n\r\n",
		"bad header name":         "HTTP/1.1 200 OK\r\n(Set-Cookie: connect.sid=hush; Path=/\r\n\r\n",
		"bad status":              "HTTP/1.1 hush OK\r\n\r\n",
		"echo of the request":     "GET /store/auth/user@example.com HTTP/1.1\r\nCookie: connect.sid=hush\r\n\r\n",
		"not HTTP":                "SSH-2.0-OpenSSH_9.6 hush\r\n",
		"two lengths":             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhush",
		"bad length":              "HTTP/1.1 200 OK\r\nContent-Length: hush\r\n\r\n",
		"bad transfer encoding":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: hush\r\n\r\n",
		"header cut off":          "HTTP/1.1 200 OK\r\nSet-Cookie: connect.sid=hush",
		"continued header line":   "HTTP/1.1 200 OK\r\n connect.sid=hush\r\n\r\n",
		"control byte in a value": "HTTP/1.1 200 OK\r\nSet-Cookie: connect.sid=hush\x00\r\nContent-Length: 0\r\n\r\n",
	} {
		url, connections := serveRaw(t, response)
		c := mustNew(t, url, WithMaxRetries(1)).WithSession(sessionOf("v"))
		_, err := c.Auth.Exists(t.Context(), testEmail)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if _, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrUnexpectedResponse) {
			t.Errorf("%s: error %v", name, err)
		}
		if s := err.Error(); strings.Contains(s, "user@") {
			t.Errorf("%s: the error holds a secret: %s", name, s)
		}
		if strings.Contains(response, "connect.sid") && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error holds a secret: %s", name, err)
		}
		if n := connections.Load(); n > 2 {
			t.Errorf("%s: %d connections", name, n)
		}
	}
}

func TestTLSFailures(t *testing.T) {
	f := httptest.NewUnstartedServer(respondWith(200, "application/json", customerJSON))
	f.Config.ErrorLog = discard()
	f.StartTLS()
	defer f.Close()
	// A certificate of an unknown authority is no better in a second.
	var r Response
	_, err := mustNew(t, f.URL).WithSession(sessionOf("v")).Retrieve(t.Context(), WithResponse(&r))
	wantIs(t, err, ErrUnavailable)
	if r.Attempts != 1 {
		t.Errorf("%d attempts", r.Attempts)
	}
	_, err = mustNew(t, f.URL).Auth.Authenticate(t.Context(), testEmail, testPassword, WithResponse(&r))
	wantIs(t, err, ErrUnavailable)
	if r.Attempts != 1 {
		t.Errorf("%d attempts", r.Attempts)
	}
	// An http server is reached by https.
	plain := serve(t, respondWith(200, "application/json", customerJSON))
	err = retrieve(t.Context(), mustNew(t, strings.Replace(plain.URL, "http:", "https:", 1), WithMaxRetries(0)).WithSession(sessionOf("v")))
	wantIs(t, err, ErrUnavailable)
	// The certificate is known.
	wantOK(t, retrieve(t.Context(), mustNew(t, f.URL, WithHTTPClient(f.Client())).WithSession(sessionOf("v"))))
}

func TestConnectionsAreReused(t *testing.T) {
	var connections atomic.Int32
	f := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodDelete:
			respond(w, 200, "text/plain", "OK")
		case r.URL.Path == "/store/customers/password-token":
			respond(w, 204, "", "")
		case r.Method == http.MethodPost:
			respondJSON(w, 400, `{"type":"invalid_data","message":"no"}`)
		default:
			respondJSON(w, 200, customerJSON)
		}
	}))
	f.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	f.Start()
	defer f.Close()
	c := mustNew(t, f.URL)
	for range 5 {
		s := c.WithSession(sessionOf("v"))
		wantOK(t, retrieve(t.Context(), s))
		_, err := s.Update(t.Context(), UpdateRequest{})
		wantIs(t, err, ErrInvalidInput)
		wantOK(t, s.GeneratePasswordToken(t.Context(), testEmail))
		wantOK(t, s.Auth.DeleteSession(t.Context()))
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections for calls one after the other, want one for what can be repeated and one for POSTs", n)
	}
}

// endless is a body that never ends; it counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func (*endless) Close() error { return nil }

func TestOnlyAsMuchIsReadAsIsAllowed(t *testing.T) {
	for _, test := range []struct{ status, most int }{{200, 1<<20 + 1}, {404, maxErrorRead}, {302, maxErrorRead}} {
		body := &endless{}
		c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), WithMaxResponseBytes(1<<20), WithTimeout(20*time.Second),
			WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				h := http.Header{"Content-Type": {"application/json"}}
				return &http.Response{StatusCode: test.status, Header: h, Body: body, ContentLength: -1, Request: r}, nil
			})})).WithSession(sessionOf("v"))
		if err := retrieve(t.Context(), c); err == nil {
			t.Error("no error")
		}
		if body.read > test.most {
			t.Errorf("%d: read %d bytes, at most %d are allowed", test.status, body.read, test.most)
		}
	}
}

func TestEveryBodyIsClosed(t *testing.T) {
	var opened, closed int64
	for _, h := range []http.HandlerFunc{
		respondWith(200, "application/json", customerJSON), respondWith(200, "text/html", "<html>"), respondWith(200, "application/json", "{"),
		respondWith(401, "", "Unauthorized"), respondWith(503, "text/html", strings.Repeat("x", 1<<20)), respondWith(302, "", ""), respondWith(204, "", ""),
		respondWith(200, "application/json", strings.Repeat(" ", 100<<10)),
	} {
		bodies := &countBodies{next: inMemoryTransport(h)}
		synctest.Test(t, func(t *testing.T) {
			c := mustNew(t, backendURL, WithMaxResponseBytes(50<<10), WithHTTPClient(&http.Client{Transport: bodies})).WithSession(sessionOf("v"))
			for _, row := range everyOperation {
				_, _ = row.call(t.Context(), c)
			}
		})
		opened, closed = opened+bodies.opened.Load(), closed+bodies.closed.Load()
	}
	if opened < 24 || opened != closed {
		t.Errorf("%d bodies opened, %d closed", opened, closed)
	}
}

func TestTransportThatReturnsNothingIsAnError(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), WithHTTPClient(&http.Client{
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil }), //nolint:nilnil // what a broken one does
	})).WithSession(sessionOf("v"))
	wantIs(t, retrieve(t.Context(), c), ErrUnavailable)
}

func TestClientOfTheOwnTransportKeepsNoConnectionLongerThanNodeDoes(t *testing.T) {
	tr := newTransport(idleRepeatable)
	if tr.IdleConnTimeout <= 0 || tr.IdleConnTimeout.Seconds() >= 5 {
		t.Errorf("idle connections are kept for %v, Node closes them after 5 s", tr.IdleConnTimeout)
	}
	if tr.MaxIdleConnsPerHost < 32 {
		t.Errorf("%d idle connections to the one host", tr.MaxIdleConnsPerHost)
	}
	if tr.Proxy == nil || !tr.ForceAttemptHTTP2 || tr.TLSHandshakeTimeout == 0 {
		t.Error("the transport lacks what net/http's own has")
	}
}

// logLine is the line of an attempt.
type logLine struct {
	Level     string        `json:"level"`
	Msg       string        `json:"msg"`
	Operation string        `json:"operation"`
	Error     string        `json:"error"`
	Attempt   int           `json:"attempt"`
	Status    int           `json:"status"`
	Duration  time.Duration `json:"duration"`
	RequestID string        `json:"request_id"`
}

func logLines(t *testing.T, logs *bytes.Buffer) (lines []logLine) {
	t.Helper()
	for text := range strings.Lines(logs.String()) {
		var line logLine
		wantOK(t, json.Unmarshal([]byte(text), &line))
		lines = append(lines, line)
	}
	return lines
}

func debugLog(logs *bytes.Buffer) Option {
	return WithLogger(slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

func TestEachAttemptIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		attempt := 0
		c := mustNew(t, "https://shop.example.com", debugLog(&logs), WithMaxRetries(3), WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			attempt++
			time.Sleep(time.Duration(attempt) * 100 * time.Millisecond) // virtual
			return []roundTrip{
				inMemoryTransport(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("X-Request-Id", "of the response")
					respond(w, http.StatusServiceUnavailable, "text/html", "planted")
				}),
				func(*http.Request) (*http.Response, error) {
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused by planted@example.com")}
				},
				inMemoryTransport(respondWith(http.StatusTooManyRequests, jsonType, `{"message":"planted@example.com"}`)),
				inMemoryTransport(respondWith(http.StatusOK, jsonType, `{"exists":true}`)),
			}[attempt-1](r)
		})}))
		_, err := c.Auth.Exists(t.Context(), plantedEmail, WithHeader("X-Request-Id", "of the call"))
		wantOK(t, err)
		want := []logLine{
			{Status: http.StatusServiceUnavailable, RequestID: "of the response"},
			{RequestID: "of the call", Error: "customers: EmailExists: backend unavailable: dial tcp: refused by …@…"},
			{Status: http.StatusTooManyRequests, RequestID: "of the call"},
			{Status: http.StatusOK, RequestID: "of the call"},
		}
		lines := logLines(t, &logs)
		for i, line := range lines {
			w := want[i]
			w.Level, w.Msg, w.Operation, w.Attempt, w.Duration = "DEBUG", "medusa request", "EmailExists", i+1, time.Duration(i+1)*100*time.Millisecond
			if line != w {
				t.Errorf("line %d is\n%+v, want\n%+v", i, line, w)
			}
		}
		if len(lines) != len(want) || leaked(logs.String()) {
			t.Errorf("the log is\n%s", logs.String())
		}
	})
}

func TestNothingIsLoggedAboveDebugLevel(t *testing.T) {
	var logs bytes.Buffer
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		c := mustNew(t, backendURL, inMemory(respondWith(status, jsonType, customerJSON)),
			WithLogger(slog.New(slog.NewJSONHandler(&logs, nil)))).WithSession(sessionOf("v"))
		if err := retrieve(t.Context(), c); (err == nil) != (status == http.StatusOK) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if logs.Len() != 0 {
		t.Error(logs.String())
	}
}

func TestLogLineIsBounded(t *testing.T) {
	var logs bytes.Buffer
	c := mustNew(t, "https://shop.example.com", debugLog(&logs), inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", strings.Repeat("x", 100_000))
		respondJSON(w, http.StatusOK, customerJSON)
	})).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
	if n := logs.Len(); n == 0 || n > 1000 {
		t.Errorf("a line of %d bytes", n)
	}
}

func TestSwitchingProtocolsIsAnErrorAndNotAHang(t *testing.T) {
	const patience = 2 * time.Second
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		// The connection stays open and silent for as long as the test waits.
		stop := time.AfterFunc(patience, func() { _ = conn.Close() })
		t.Cleanup(func() {
			if stop.Stop() {
				_ = conn.Close()
			}
		})
		_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
	})
	c := f.loggedIn(t, WithTimeout(100*time.Millisecond), WithMaxRetries(0))
	began := time.Now()
	e := wantError(t, retrieve(t.Context(), c), ErrUnexpectedResponse)
	if e.StatusCode != http.StatusSwitchingProtocols || time.Since(began) >= patience {
		t.Errorf("after %v the status is %d", time.Since(began), e.StatusCode)
	}
}
