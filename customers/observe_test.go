package customers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// logLine is what an attempt's line has.
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
	c := mustNew(t, "https://shop.example.com", inMemory(respondWith(http.StatusOK, jsonType, customerJSON)),
		WithLogger(slog.New(slog.NewJSONHandler(&logs, nil)))).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
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

// A middleware finds the operation's name in the context of each request, retries and what a call does on its own
// included.
func TestOperationIsKnownToARoundTripper(t *testing.T) {
	if got := OperationFromContext(context.Background()); got != "" {
		t.Errorf("%q without a call", got)
	}
	for _, row := range everyOperation {
		synctest.Test(t, func(t *testing.T) {
			var seen []Operation
			c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				seen = append(seen, OperationFromContext(r.Context()))
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")} // so that each is sent again
			})})).WithSession(sessionOf("v"))
			if _, err := row.call(t.Context(), c); err == nil {
				t.Error("no error")
			}
			if want := []Operation{row.operation, row.operation, row.operation}; !slices.Equal(seen, want) {
				t.Errorf("a RoundTripper sees %s, want %s", seen, want)
			}
		})
	}
}

func TestOperationOfWhatIsDoneOnTheSide(t *testing.T) {
	var seen []string
	h := func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, string(OperationFromContext(r.Context())))
		if len(seen) == 1 {
			respond(w, http.StatusUnauthorized, "", "Unauthorized")
			return
		}
		w.Header().Set("Set-Cookie", "connect.sid=new; Path=/")
		respondJSON(w, http.StatusOK, customerJSON)
	}
	c := mustNew(t, "https://shop.example.com", inMemory(h), WithReloginHook(func(ctx context.Context, c *Client) error {
		return logIn(ctx, c, testEmail)
	})).WithSession(sessionOf("v"))
	wantOK(t, retrieve(t.Context(), c))
	if got := fmt.Sprint(seen); got != "[RetrieveCustomer Authenticate RetrieveCustomer]" {
		t.Errorf("a RoundTripper sees %s", got)
	}
}

func TestHooksAndRelayShowNoSecret(t *testing.T) {
	var logs bytes.Buffer
	logger := slog.New(slog.NewMultiHandler(slog.NewTextHandler(&logs, nil), slog.NewJSONHandler(&logs, nil)))
	refuse := false
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid="+plantedCookie+"; Path=/")
		if refuse || r.Header.Get("Cookie") == "connect.sid=old" {
			respond(w, http.StatusUnauthorized, "text/plain", "Unauthorized "+plantedEmail)
			return
		}
		respondJSON(w, http.StatusOK, customerJSON)
	}
	shop := mustNew(t, "https://shop.example.com", inMemory(h), WithoutSession(), debugLog(&logs),
		// What a program does first: print all that it is given.
		WithSessionHook(func(ctx context.Context, s *Session) {
			logger.InfoContext(ctx, "changed", "session", s, "holder", struct{ S *Session }{s})
			wantNoLeak(t, "session hook", s)
		}),
		WithReloginHook(func(ctx context.Context, c *Client) error {
			wantNoLeak(t, "re-login hook", c)
			_, err := c.Auth.Authenticate(ctx, plantedEmail, plantedPassword)
			return err
		}))
	c := shop.WithSession(sessionOf("old"))
	wantOK(t, retrieve(t.Context(), c))
	if valueOf(c.Session()) != plantedCookie {
		t.Fatalf("cookie %q", valueOf(c.Session()))
	}
	wantNoLeak(t, "client", c)
	refuse = true
	err := retrieve(t.Context(), c)
	wantIs(t, err, ErrUnauthenticated)
	wantNoLeak(t, "failed re-login", err)

	// To the browser goes its cookie and nothing else; what is printed of it shows none.
	refuse = false
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://site.example/", nil)
	r.Header.Set("Cookie", "connect.sid=b1; other=planted-other")
	s := SessionFromRequest(r, DefaultSessionCookieName)
	wantOK(t, retrieve(t.Context(), shop.WithSession(s)))
	rec := httptest.NewRecorder()
	s.Relay(rec)
	for name, values := range rec.Header() {
		if name != "Set-Cookie" && leaked(fmt.Sprint(values)) {
			t.Errorf("header %s: %q", name, values)
		}
	}
	if lines := rec.Header()["Set-Cookie"]; len(lines) != 1 || leaked(strings.ReplaceAll(fmt.Sprint(lines), plantedCookie, "")) {
		t.Errorf("Set-Cookie: %q", lines)
	}
	wantNoLeak(t, "session of a browser", s)
	wantNoLeak(t, "struct", struct {
		Session *Session
		session *Session
		value   struct{ s *Session }
		client  *Client
		copied  Client
	}{s, s, struct{ s *Session }{s}, c, *c})
	if leaked(logs.String()) || logs.Len() == 0 {
		t.Errorf("the log is\n%s", logs.String())
	}
}
