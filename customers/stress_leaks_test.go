package customers

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// Every secret of the tests has "planted" in it, so that one search finds all.
const (
	plantedEmail    = "planted@example.com"
	plantedPassword = "planted-password"
	plantedToken    = "planted-token"
	plantedHeader   = "planted-header"
	plantedCookie   = "s%3Aplanted-cookie.sig"
	plantedOther    = "planted-balancer"
)

// plantedForms are the forms in which a secret could be printed, in lower case.
var plantedForms = func() (forms []string) {
	secret := []byte("planted")
	forms = append(forms, string(secret), hex.EncodeToString(secret), "112 108 97 110 116 101 100", "0x70, 0x6c, 0x61, 0x6e")
	for shift := range 3 { // base64 depends on what comes before
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		forms = append(forms, strings.ToLower(text[(8*shift+5)/6:(8*(shift+len(secret)))/6]))
	}
	return forms
}()

// leaked reports whether text has a planted secret.
func leaked(text string) bool {
	text = strings.ToLower(text)
	for _, form := range plantedForms {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// wantNoLeak prints each value in every way that a program might, and each error that it wraps.
func wantNoLeak(t *testing.T, what string, values ...any) {
	t.Helper()
	for _, v := range values {
		for way, text := range printed(v) {
			if leaked(text) {
				t.Errorf("%s: a %T by %s shows a secret: %.400s", what, v, way, text)
				break
			}
		}
		switch err := v.(type) {
		case interface{ Unwrap() []error }:
			for _, cause := range err.Unwrap() {
				wantNoLeak(t, what+", cause", cause)
			}
		case interface{ Unwrap() error }:
			if cause := err.Unwrap(); cause != nil {
				wantNoLeak(t, what+", cause", cause)
			}
		}
	}
}

// printed returns v in every way that a program prints or logs a value, by the way's name.
func printed(v any) map[string]string {
	out := map[string]string{}
	holder := struct {
		V any `json:"v"`
		u any
	}{v, v}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		out[verb] = fmt.Sprintf(verb, v)
		out[verb+" in a slice"] = fmt.Sprintf(verb, []any{v, &v})
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		out[verb+" in a struct"] = fmt.Sprintf(verb, holder)
		out[verb+" in a pointed-to struct"] = fmt.Sprintf(verb, &holder)
	}
	_ = holder.u
	for _, v := range []any{v, holder} {
		if text, err := json.Marshal(v); err == nil {
			out["JSON"] += string(text)
		} else {
			out["JSON's error"] += err.Error()
		}
	}
	for name, handler := range map[string]func(io.Writer, *slog.HandlerOptions) slog.Handler{
		"slog's JSON": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) },
		"slog's text": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) },
	} {
		var lines bytes.Buffer
		log := slog.New(handler(&lines, &slog.HandlerOptions{AddSource: true}))
		log.Info("x", "v", v, "holder", holder)
		log.With("v", v).WithGroup("g").Info("x", slog.Any("v", v))
		out[name] = lines.String()
	}
	return out
}

// plantedSession returns a session whose cookies are secrets.
func plantedSession() *Session {
	s := sessionOf(plantedCookie)
	s.others = &[]otherCookie{{"lb", cookie{value: plantedOther}}}
	return s
}

func TestNoSecretIsShownByAnError(t *testing.T) {
	page := strings.Join([]string{plantedEmail, plantedPassword, plantedToken, plantedCookie, plantedHeader, plantedOther}, " ")
	repeat := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid="+plantedCookie+"; Path=/")
			w.Header().Add("Set-Cookie", "lb="+plantedOther+"; Path=/")
			w.Header().Set("Location", "https://other.example"+r.URL.Path)
			w.Header().Set("X-Echo", page)
			respond(w, status, contentType, body)
		}
	}
	handlers := map[string]http.HandlerFunc{}
	for _, status := range []int{200, 204, 302, 401, 404, 422, 500, 503} {
		handlers[fmt.Sprint(status, " page")] = repeat(status, "text/html", page)
		handlers[fmt.Sprint(status, " JSON")] = repeat(status, "application/json",
			fmt.Sprintf(`{"type":"duplicate_error","message":"Key (email)=(%s) exists"}`, plantedEmail))
		handlers[fmt.Sprint(status, " bad JSON")] = repeat(status, "application/json", `{"customer":"`+page)
		handlers[fmt.Sprint(status, " wrong JSON")] = repeat(status, "application/json", `{"customer":"`+page+`","orders":"`+page+`"}`)
		handlers[fmt.Sprint(status, " unreadable Location")] = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[other/"+plantedEmail+"/"+r.URL.Path+r.Header.Get("Cookie"))
			respond(w, status, "", "")
		}
	}
	transports := map[string]roundTrip{}
	for name, h := range handlers {
		transports[name] = inMemoryTransport(h)
	}
	for name, err := range map[string]error{
		"dial":               &net.OpError{Op: "dial", Err: errors.New("refused")},
		"a middleware":       fmt.Errorf("GET https://shop.example.com/store/auth/%s failed", plantedEmail),
		"an escaped URL":     fmt.Errorf("GET https://shop.example.com/store/auth/%s failed", strings.Replace(plantedEmail, "@", "%40", 1)),
		"a URL error":        &url.Error{Op: "Get", URL: "https://shop.example.com/store/auth/" + plantedEmail, Err: errors.New("failed")},
		"a nested URL error": fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: "https://shop.example.com/store/auth/" + plantedEmail, Err: errors.New("failed")}),
	} {
		transports[name] = func(*http.Request) (*http.Response, error) { return nil, err }
	}
	for name, transport := range transports {
		synctest.Test(t, func(t *testing.T) {
			log := &lockedBuffer{}
			debug := &slog.HandlerOptions{Level: slog.LevelDebug}
			logger := slog.New(slog.NewMultiHandler(slog.NewTextHandler(log, debug), slog.NewJSONHandler(log, debug)))
			base := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: transport}), WithLogger(logger),
				WithHeader("Authorization", plantedHeader), WithMaxRetries(1))
			var errs []error
			for _, row := range everyOperation {
				if _, err := row.call(t.Context(), base.WithSession(plantedSession()), WithHeader("X-Call", plantedHeader)); err != nil {
					errs = append(errs, err)
					wantNoLeak(t, name, err, fmt.Errorf("%s: %w", row.operation, err))
				}
			}
			wantNoLeak(t, name, errs, errors.Join(errs...))
			if log.Len() == 0 || leaked(log.String()) {
				t.Errorf("%s: the log is\n%s", name, log.String())
			}
		})
	}
}

// lockedBuffer is a buffer for a log that several goroutines write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func TestNoSecretIsShownByItsHolder(t *testing.T) {
	s := plantedSession()
	options := []Option{WithHeader("X-Test", plantedHeader), WithPublishableKey(plantedHeader), WithUserAgent(plantedHeader), WithBearerToken(plantedToken)}
	bearer := mustNew(t, "https://shop.example.com", options...)
	withSession := bearer.WithSession(s)
	callOptions := []CallOption{WithHeader("X-Test", plantedHeader), WithPublishableKey(plantedHeader)}

	wantNoLeak(t, "a client", withSession, *withSession, &withSession, bearer, *bearer)
	wantNoLeak(t, "its services", withSession.Auth, withSession.Addresses, withSession.PaymentMethods)
	wantNoLeak(t, "a session", s, &s, struct{ S *Session }{s}, struct{ s *Session }{s}, []*Session{s}, map[string]*Session{"a": s})
	wantNoLeak(t, "options", options, options[0], callOptions, callOptions[0])
	wantNoLeak(t, "a struct that holds a client", struct {
		Client *Client
		c      Client
	}{withSession, *withSession})
	type request struct { // as a handler's context value
		Name    string
		Session *Session
		inner   struct{ client *Client }
	}
	r := request{Name: "x", Session: s}
	r.inner.client = withSession
	wantNoLeak(t, "a struct that holds a session", r, &r, []request{r})

	_, err := DecodeSession(s.Encode() + "A")
	wantNoLeak(t, "a text that is refused", err)
	_, err = New("https://u:" + plantedPassword + "@shop.example.com/" + plantedToken)
	wantNoLeak(t, "a base URL that is refused", err)
}

func TestResponseHoldsNoCookie(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid="+plantedCookie+"; Path=/")
		w.Header().Add("Set-Cookie", "lb="+plantedOther+"; Path=/")
		respondJSON(w, 200, customerJSON)
	}), WithHeader("Authorization", plantedHeader))
	var r Response
	opt := WithResponse(&r)
	_, err := c.Auth.Authenticate(t.Context(), plantedEmail, plantedPassword, opt)
	wantOK(t, err)
	if r.StatusCode != http.StatusOK || len(r.Header) == 0 {
		t.Errorf("response %+v", r)
	}
	wantNoLeak(t, "a response", r, &r, opt)
	wantNoLeak(t, "the client after a login", c, c.Session())
}

func TestPrintedSessionShowsItsState(t *testing.T) {
	if got := fmt.Sprint(sessionOf("x")); got != "customers.Session(logged in)" {
		t.Error(got)
	}
	if got := fmt.Sprintf("%+v", new(Session)); got != "customers.Session(anonymous)" {
		t.Error(got)
	}
	_ = fmt.Sprint((*Session)(nil)) // does not end the program
}

func TestPrintingASessionWhileItChanges(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			_ = logIn(t.Context(), c, "a@example.com")
		}
	})
	wg.Go(func() {
		for range 200 {
			_ = fmt.Sprintf("%v %+v %#v", c.Session(), c.Session(), struct{ S *Session }{c.Session()})
			_ = fmt.Sprintf("%v", c)
		}
	})
	wg.Wait()
}

func TestSessionHasNoMarshaler(t *testing.T) {
	out, err := json.Marshal(map[string]*Session{"S": plantedSession()})
	if err != nil || string(out) != `{"S":{}}` {
		t.Errorf("%s, %v", out, err)
	}
}

func TestHooksAndRelayShowNoSecret(t *testing.T) {
	var logs bytes.Buffer
	logger := slog.New(slog.NewMultiHandler(slog.NewTextHandler(&logs, nil), slog.NewJSONHandler(&logs, nil)))
	refuse := false
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid="+plantedCookie+"; Path=/")
		if refuse || r.Header.Get("Cookie") == "connect.sid=old" {
			respond(w, http.StatusUnauthorized, "text/plain", "Unauthorized")
			return
		}
		respondJSON(w, http.StatusOK, customerJSON)
	}
	shop := mustNew(t, "https://shop.example.com", inMemory(h), WithoutSession(), debugLog(&logs),
		// A program may print all that its hook gets.
		WithSessionHook(func(ctx context.Context, change SessionChange) {
			logger.InfoContext(ctx, "changed", "change", change, "session", change.Session, "holder", struct{ C *SessionChange }{&change})
			wantNoLeak(t, "session hook", change)
			wantNoLeak(t, "session hook", &change)
		}))
	c := shop.WithSession(sessionOf("old"))
	wantIs(t, retrieve(t.Context(), c), ErrSessionEnded)
	_, err := c.Auth.Authenticate(t.Context(), plantedEmail, plantedPassword)
	wantOK(t, err)
	if valueOf(c.Session()) != plantedCookie {
		t.Fatalf("cookie %q", valueOf(c.Session()))
	}
	wantNoLeak(t, "client", c)
	refuse = true
	err = retrieve(t.Context(), c)
	wantIs(t, err, ErrUnauthenticated)
	wantNoLeak(t, "ended session", err)
	own := mustNew(t, "https://shop.example.com", inMemory(h), WithCredentials(plantedEmail, plantedPassword), debugLog(&logs))
	wantNoLeak(t, "account", own)
	err = retrieve(t.Context(), own)
	wantIs(t, err, ErrInvalidCredentials)
	wantNoLeak(t, "failed login of the account", err)
	wantNoLeak(t, "account after it", []any{own, *own, own.Auth, own.Session(), WithCredentials(plantedEmail, plantedPassword)})

	// The browser gets its cookie and no other, and what is printed shows none.
	refuse = false
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://site.example/", nil)
	r.Header.Set("Cookie", "connect.sid=b1; other=planted-other")
	s := SessionFromRequest(r, BrowserCookie{})
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
