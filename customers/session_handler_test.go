package customers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// as returns v as a T, which it must be.
func as[T any](v any) T {
	t, ok := v.(T)
	if !ok {
		panic(fmt.Sprintf("%T is no %v", v, reflect.TypeFor[T]()))
	}
	return t
}

// loginIn logs in with the session of a handler's request.
func loginIn(t *testing.T, b *backend, r *http.Request) *Session {
	t.Helper()
	s := SessionFromContext(r.Context())
	mustLogin(t, b.client(t).WithSession(s), testEmail)
	return s
}

func TestSessionHandlerRelaysBeforeTheFirstByte(t *testing.T) {
	type handler func(w http.ResponseWriter, r *http.Request)
	write := func(w http.ResponseWriter) { _, _ = io.WriteString(w, "hello") }
	for _, test := range []struct {
		name     string
		after    handler // the login
		body     string
		hijacked bool
		aborted  bool
	}{
		{name: "nothing at all", after: func(http.ResponseWriter, *http.Request) {}},
		{name: "Write", after: func(w http.ResponseWriter, _ *http.Request) { write(w); write(w) }, body: "hellohello"},
		{name: "empty Write", after: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(nil) }},
		{name: "WriteHeader", after: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }},
		{name: "WriteHeader twice", after: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK); write(w) }, body: "hello"},
		{name: "Early Hints first", after: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusProcessing)
			write(w)
		}, body: "hello"},
		{name: "Early Hints only", after: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints) }},
		{name: "Flush", after: func(w http.ResponseWriter, _ *http.Request) { as[http.Flusher](w).Flush(); write(w) }, body: "hello"},
		{name: "FlushError", after: func(w http.ResponseWriter, _ *http.Request) {
			wantOK(t, as[interface{ FlushError() error }](w).FlushError())
			write(w)
		}, body: "hello"},
		{name: "ResponseController", after: func(w http.ResponseWriter, _ *http.Request) {
			rc := http.NewResponseController(w)
			wantOK(t, rc.SetWriteDeadline(time.Now().Add(time.Hour)))
			wantOK(t, rc.SetReadDeadline(time.Now().Add(time.Hour)))
			wantOK(t, rc.Flush())
			write(w)
		}, body: "hello"},
		{name: "ReadFrom", after: func(w http.ResponseWriter, _ *http.Request) {
			n, err := as[io.ReaderFrom](w).ReadFrom(strings.NewReader("hello"))
			wantOK(t, err)
			if n != 5 {
				t.Errorf("ReadFrom returned %d", n)
			}
		}, body: "hello"},
		{name: "io.Copy", after: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, strings.NewReader("hello")) }, body: "hello"},
		{name: "ServeContent", after: func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "x.txt", time.Now(), strings.NewReader("hello"))
		}, body: "hello"},
		{name: "Redirect to itself is followed by nothing", after: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusCreated)
		}},
		{name: "another cookie of the site's", after: func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "theme", Value: "dark"})
			write(w)
		}, body: "hello"},
		{name: "the handler relays by itself", after: func(w http.ResponseWriter, r *http.Request) {
			SessionFromContext(r.Context()).Relay(w)
			write(w)
		}, body: "hello"},
		{name: "a panic that a middleware makes a page of", after: func(http.ResponseWriter, *http.Request) { panic("template") }, body: "sorry"},
		{name: "aborted", after: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, aborted: true},
		{name: "Hijack", after: func(w http.ResponseWriter, _ *http.Request) {
			header := w.Header()
			conn, _, err := http.NewResponseController(w).Hijack()
			wantOK(t, err)
			var out bytes.Buffer
			_ = (&http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: header, Body: io.NopCloser(strings.NewReader("raw")), ContentLength: 3}).Write(&out)
			_, _ = conn.Write(out.Bytes())
			_ = conn.Close()
		}, body: "raw", hijacked: true},
	} {
		for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
			if test.hijacked && proto == "HTTP/2.0" {
				continue // which can't be hijacked
			}
			t.Run(test.name+" "+proto, func(t *testing.T) {
				b := newBrowserBackend(t)
				site := SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					loginIn(t, b, r)
					test.after(w, r)
				}), BrowserCookie{Name: "__Host-shop"})
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer func() {
						if p := recover(); p == "template" {
							_, _ = io.WriteString(w, "sorry")
						} else if p != nil {
							panic(p)
						}
					}()
					site.ServeHTTP(w, r)
				}))
				server.Config.ErrorLog = discard()
				server.EnableHTTP2 = proto == "HTTP/2.0"
				server.StartTLS()
				defer server.Close()
				var hints int
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
					hints++
					if len(h["Set-Cookie"]) > 0 {
						t.Error("a 1xx response has the cookie")
					}
					return nil
				}})
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
				wantOK(t, err)
				resp, err := server.Client().Do(r)
				if test.aborted {
					if err == nil {
						_ = resp.Body.Close()
						t.Error("the response came all the same")
					}
					return
				}
				wantOK(t, err)
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				wantOK(t, err)
				var lines []string
				for _, line := range resp.Header["Set-Cookie"] {
					if strings.HasPrefix(line, "__Host-shop=") {
						lines = append(lines, b.named(line))
					}
				}
				if string(body) != test.body || len(lines) != 1 || lines[0] != "__Host-shop=s1; Path=/"+siteCookie {
					t.Errorf("body %q, lines %q", body, lines)
				}
				if resp.Proto != proto || strings.HasPrefix(test.name, "Early") != (hints > 0) {
					t.Errorf("%s, %d hints", resp.Proto, hints)
				}
			})
		}
	}
}

func TestSessionHandlerPassesOnWhatTheWriterCannotDo(t *testing.T) {
	bare := struct{ http.ResponseWriter }{httptest.NewRecorder()} // no Flusher, Hijacker, ReaderFrom or Pusher
	h := SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := as[http.Pusher](w).Push("/style.css", nil); err != http.ErrNotSupported { //nolint:errorlint // documented so
			t.Errorf("Push: %v", err)
		}
		if _, _, err := as[http.Hijacker](w).Hijack(); err == nil {
			t.Error("Hijack succeeds")
		}
		if err := http.NewResponseController(w).Flush(); err == nil {
			t.Error("Flush succeeds")
		}
		as[http.Flusher](w).Flush() // does nothing
		if _, err := io.Copy(w, strings.NewReader("hello")); err != nil {
			t.Error(err)
		}
	}), BrowserCookie{})
	h.ServeHTTP(bare, browserRequest(siteURL))
	pushed := ""
	pusher := pushWriter{httptest.NewRecorder(), &pushed}
	SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		wantOK(t, as[http.Pusher](w).Push("/style.css", nil))
	}), BrowserCookie{}).ServeHTTP(pusher, browserRequest(siteURL))
	if pushed != "/style.css" {
		t.Errorf("pushed %q", pushed)
	}
}

func TestSessionIsRelayedAfterWhatTheWriterCannotDo(t *testing.T) {
	b := newBrowserBackend(t)
	for name, try := range map[string]func(w http.ResponseWriter) error{
		"Flush":      func(w http.ResponseWriter) error { as[http.Flusher](w).Flush(); return http.ErrNotSupported },
		"FlushError": func(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() },
		"Hijack": func(w http.ResponseWriter) error {
			_, _, err := http.NewResponseController(w).Hijack()
			return err
		},
	} {
		logs := captureDefault(t)
		w := httptest.NewRecorder()
		bare := struct{ http.ResponseWriter }{w}
		SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			failed := errors.Is(try(w), http.ErrNotSupported)
			loginIn(t, b, r)
			failed = errors.Is(try(w), http.ErrNotSupported) && failed
			_, _ = io.WriteString(w, "hello")
			if failed = errors.Is(try(w), http.ErrNotSupported) && failed; !failed {
				t.Errorf("%s: the writer can do it", name)
			}
		}), BrowserCookie{}).ServeHTTP(bare, browserRequest(siteURL))
		if got := w.Header()["Set-Cookie"]; len(got) != 1 || !strings.HasPrefix(got[0], sid+"=s") || logs.Len() > 0 {
			t.Errorf("%s, then a login: cookies %q, logged %q", name, got, logs)
		}
	}
}

func TestLoginIsRelayedWithTheTimeoutOfAHandlerInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowserBackend(t)
		site := http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			loginIn(t, b, r)
			<-r.Context().Done()
		}), time.Minute, "too late")
		w := httptest.NewRecorder()
		SessionHandler(site, BrowserCookie{}).ServeHTTP(w, browserRequest(siteURL))
		synctest.Wait()
		if got := b.named(w.Header().Get("Set-Cookie")); w.Code != http.StatusServiceUnavailable || got != sid+"=s1; Path=/"+siteCookie {
			t.Errorf("%d with the cookie %q", w.Code, got)
		}
	})
}

func TestPrintedWriterShowsNoCookie(t *testing.T) {
	b := newBrowserBackend(t)
	value := b.openSession(t, testEmail, "ada")
	SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		loginIn(t, b, r)
		w.WriteHeader(http.StatusOK)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			got := fmt.Sprintf(verb, w)
			if strings.Contains(got, value) || strings.Contains(got, valueOf(SessionFromContext(r.Context()))) {
				t.Errorf("%s shows a cookie: %s", verb, got)
			}
		}
	}), BrowserCookie{}).ServeHTTP(struct{ http.ResponseWriter }{blindWriter{}}, browserRequest(siteURL, "connect.sid="+value))
}

// blindWriter is a writer without a response.
type blindWriter struct{}

func (blindWriter) Header() http.Header         { return http.Header{} }
func (blindWriter) Write(p []byte) (int, error) { return len(p), nil }
func (blindWriter) WriteHeader(int)             {}

type pushWriter struct {
	http.ResponseWriter
	pushed *string
}

func (w pushWriter) Push(target string, _ *http.PushOptions) error { *w.pushed = target; return nil }

func TestNestedSessionHandlers(t *testing.T) {
	b := newBrowserBackend(t)
	value := b.openSession(t, testEmail, "live")
	for _, test := range []struct {
		name         string
		outer, inner BrowserCookie
		want         string
	}{
		{"of one cookie", BrowserCookie{Name: "a"}, BrowserCookie{Name: "a"}, deletionOf("a")},
		{"of the default", BrowserCookie{}, BrowserCookie{Name: sid}, deletionOf(sid)},
		{"of two", BrowserCookie{Name: "a"}, BrowserCookie{Name: "b"}, deletionOf("b")},
	} {
		rec := httptest.NewRecorder()
		var outer, inner *Session
		h := SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			outer = SessionFromContext(r.Context())
			SessionHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				inner = SessionFromContext(r.Context())
				wantOK(t, b.client(t).WithSession(inner).Auth.DeleteSession(r.Context()))
			}), test.inner).ServeHTTP(w, r)
		}), test.outer)
		h.ServeHTTP(rec, browserRequest(siteURL, "a="+value+"; b="+value+"; connect.sid="+value))
		if got := strings.Join(rec.Header()["Set-Cookie"], "\n"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if same := test.name != "of two"; (outer == inner) != same {
			t.Errorf("%s: one session: %t", test.name, outer == inner)
		}
	}
}

func deletionOf(name string) string { return name + "=; Path=/; Max-Age=0" + siteCookie }

// A handler that makes a session of its own from the same request and relays it is not undone.
func TestSessionHandlerLeavesWhatAnotherSessionRelayed(t *testing.T) {
	b := newBrowserBackend(t)
	rec := httptest.NewRecorder()
	SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := SessionFromRequest(r, BrowserCookie{})
		mustLogin(t, b.client(t).WithSession(own), testEmail)
		own.Relay(w)
	}), BrowserCookie{}).ServeHTTP(rec, browserRequest(siteURL, "connect.sid=older"))
	if got := b.named(strings.Join(rec.Header()["Set-Cookie"], "\n")); got != "connect.sid=s1; Path=/"+siteCookie {
		t.Errorf("relayed %q", got)
	}
}

func TestSessionFromContextWithoutAHandler(t *testing.T) {
	s := SessionFromContext(t.Context())
	if s != nil {
		t.Errorf("the session is %v", s)
	}
	wantIs(t, retrieve(t.Context(), newBackend(t).client(t).WithSession(s)), ErrNoSession)
}

// captureDefault makes slog.Default write to the buffer that it returns.
func captureDefault(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	warnedPlainHTTP.Store(false)
	t.Cleanup(func() { slog.SetDefault(before); warnedPlainHTTP.Store(true) })
	return &out
}

func TestChangeAfterTheFirstByteIsLogged(t *testing.T) {
	logs := captureDefault(t)
	b := newBrowserBackend(t)
	late := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "x")
		_ = retrieve(r.Context(), b.client(t).WithSession(SessionFromContext(r.Context())))
	}
	ada := "connect.sid=" + b.openSession(t, testEmail, "ada")
	for _, test := range []struct {
		name   string
		cookie string
		do     func(w http.ResponseWriter, r *http.Request)
		want   bool
	}{
		{"login before", "", func(w http.ResponseWriter, r *http.Request) { loginIn(t, b, r); _, _ = io.WriteString(w, "x") }, false},
		{"call after", "", func(w http.ResponseWriter, r *http.Request) {
			s := loginIn(t, b, r)
			_, _ = io.WriteString(w, "x")
			wantOK(t, retrieve(r.Context(), b.client(t).WithSession(s)))
		}, false},
		{"login after", "", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "x"); loginIn(t, b, r) }, true},
		{"logout after", "", func(w http.ResponseWriter, r *http.Request) {
			s := loginIn(t, b, r)
			w.WriteHeader(http.StatusOK)
			s.Forget()
		}, true},
		{"401 after", "connect.sid=unknown", late, false},
		{"the browser's next cookie after", "connect.sid=unknown; " + ada, late, false},
		{"prolonged after", ada, func(w http.ResponseWriter, r *http.Request) {
			b.modify = rolling
			late(w, r)
			b.modify = withAttributes("; Path=/")
		}, false},
		{"logout of a browser's login after", ada, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			SessionFromContext(r.Context()).Forget()
		}, true},
	} {
		logs.Reset()
		SessionHandler(http.HandlerFunc(test.do), BrowserCookie{}).ServeHTTP(httptest.NewRecorder(), browserRequest(siteURL, test.cookie))
		if got := strings.Contains(logs.String(), "after the response had begun"); got != test.want {
			t.Errorf("%s: logged %q", test.name, logs)
		}
	}
}

func TestSecureCookieOverPlainHTTPIsLoggedOnce(t *testing.T) {
	b := newBrowserBackend(t)
	for _, test := range []struct {
		target string
		header [2]string
		cookie BrowserCookie
		want   bool
	}{
		{target: "http://shop.lan/", want: true},
		{target: "http://shop.lan:8080/", want: true},
		{target: "http://192.168.1.5/", want: true},
		{target: "http://[fd00::1]:8080/", want: true},
		{target: "http://localhost.evil.example/", want: true},
		{target: "http://shop.lan/", header: [2]string{"X-Forwarded-Proto", "http"}, want: true},
		{target: "http://shop.lan/", header: [2]string{"Origin", "http://shop.lan"}, want: true},
		{target: "http://shop.lan/", cookie: BrowserCookie{Insecure: true}},
		{target: "http://shop.lan/", cookie: BrowserCookie{Name: "__Host-shop", Insecure: true}, want: true},
		{target: "https://shop.lan/"},
		{target: "http://localhost/"},
		{target: "http://LOCALHOST:8080/"},
		{target: "http://shop.localhost:8080/"},
		{target: "http://127.0.0.1:8080/"},
		{target: "http://127.1.2.3/"},
		{target: "http://[::1]:8080/"},
		{target: "http://shop.example/", header: [2]string{"X-Forwarded-Proto", "https"}},
		{target: "http://shop.example/", header: [2]string{"Forwarded", "for=1.2.3.4;proto=https"}},
		{target: "http://shop.example/", header: [2]string{"Origin", "https://shop.example"}},
		{target: "http://shop.example/", header: [2]string{"Sec-Fetch-Site", "same-origin"}},
	} {
		logs := captureDefault(t)
		for range 3 {
			r := browserRequest(test.target)
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			s := SessionFromRequest(r, test.cookie)
			mustLogin(t, b.client(t).WithSession(s), testEmail)
			w := httptest.NewRecorder()
			s.Relay(w)
			if secure := strings.HasSuffix(w.Header().Get("Set-Cookie"), "; Secure"); secure == (test.cookie == BrowserCookie{Insecure: true}) {
				t.Errorf("%s %v: %q", test.target, test.cookie, w.Header().Get("Set-Cookie"))
			}
		}
		if n := strings.Count(logs.String(), "plain http"); n > 1 || (n == 1) != test.want {
			t.Errorf("%s %v %v: %d lines: %s", test.target, test.header, test.cookie, n, logs)
		}
		if v := valueOf(SessionFromRequest(browserRequest(siteURL), test.cookie)); strings.Contains(logs.String(), "s%3A") || v != "" {
			t.Errorf("%s: the line shows a cookie: %s", test.target, logs)
		}
	}
}

// A pipe in memory stands for a websocket's connection: what follows the hijack is the handler's.
func TestHijackedConnectionBelongsToTheHandler(t *testing.T) {
	server, browser := net.Pipe()
	w := hijackable{httptest.NewRecorder(), server}
	go SessionHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := as[http.Hijacker](w).Hijack()
		if err == nil {
			_, _ = fmt.Fprint(conn, "frame")
			_ = conn.Close()
		}
	}), BrowserCookie{}).ServeHTTP(w, browserRequest(siteURL).WithContext(context.Background()))
	if got, err := io.ReadAll(browser); err != nil || string(got) != "frame" {
		t.Errorf("%q, %v", got, err)
	}
}

type hijackable struct {
	http.ResponseWriter
	conn net.Conn
}

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, nil, nil }
