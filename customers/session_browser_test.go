package customers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const (
	sid        = DefaultSessionCookieName
	siteCookie = "; HttpOnly; SameSite=Lax; Secure"
	deletion   = sid + "=; Path=/; Max-Age=0" + siteCookie
	siteURL    = "https://www.example.com/account"
)

// browserRequest makes a request as a browser sends it, with these Cookie headers.
func browserRequest(target string, cookies ...string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	return r
}

// newBrowserBackend makes a backend whose cookies have no lifetime, for lines that do not depend on the time.
func newBrowserBackend(t *testing.T) *backend {
	t.Helper()
	b := newBackend(t)
	b.modify = withAttributes("; Path=/")
	return b
}

// openSession logs in as another client does, and returns the cookie's value, which gets a name.
func (b *backend) openSession(t *testing.T, email, name string) (value string) {
	t.Helper()
	c := b.client(t)
	mustLogin(t, c, email)
	value = valueOf(c.Session())
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logins--
	b.names[value] = name
	return value
}

// wantRelayed compares the Set-Cookie lines that Relay makes, in which logins' cookies have their names.
func (b *backend) wantRelayed(t *testing.T, what string, s *Session, want ...string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Relay(w)
	if got := b.named(strings.Join(w.Header()["Set-Cookie"], "\n")); got != strings.Join(want, "\n") {
		t.Errorf("%s: relayed %q, want %q", what, got, want)
	}
}

func TestSessionFromRequestTakesTheCookieToTheByte(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers []string
		want    string // the Cookie header at the backend; empty: no request
	}{
		{"none", nil, ""},
		{"empty header", []string{""}, ""},
		{"one", []string{"connect.sid=s%3Aa.b%2B%2F"}, "s%3Aa.b%2B%2F"},
		{"not decoded", []string{"connect.sid=a+b%20c"}, "a+b%20c"},
		{"among others", []string{"theme=dark; connect.sid=v; _ga=1"}, "v"},
		{"other name", []string{"theme=dark; Xconnect.sid=v; connect.sidX=v"}, ""},
		{"name in other case", []string{"Connect.Sid=v"}, ""},
		{"the first of several", []string{"connect.sid=path; connect.sid=root"}, "path"},
		{"the first of several headers", []string{"connect.sid=first", "connect.sid=second"}, "first"},
		{"quoted", []string{`connect.sid="v"`}, `"v"`},
		{"quoted, empty", []string{`connect.sid=""`}, ""},
		{"empty", []string{"connect.sid="}, ""},
		{"empty before another", []string{"connect.sid=; connect.sid=v"}, "v"},
		{"equals signs", []string{"connect.sid=a=b=="}, "a=b=="},
		{"spaces and commas inside", []string{"connect.sid=a b,c"}, "a b,c"},
		{"no second cookie by a semicolon", []string{"connect.sid=v; evil=1;connect.sid=w"}, "v"},
		{"quote inside", []string{`connect.sid=a"b`}, ""},
		{"backslash", []string{`connect.sid=a\b`}, ""},
		{"control characters", []string{"connect.sid=a\x00b", "connect.sid=a\tb"}, ""},
		{"line breaks", []string{"connect.sid=a\r\nX-Admin: 1"}, ""},
		{"not ASCII", []string{"connect.sid=æ"}, ""},
		{"no equals sign", []string{"connect.sid"}, ""},
	} {
		b := newBrowserBackend(t)
		s := SessionFromRequest(browserRequest(siteURL, test.headers...), BrowserCookie{})
		if s.LoggedIn() || !s.Expires().IsZero() {
			t.Errorf("%s: before any call it is logged in until %s", test.name, s.Expires())
		}
		wantIs(t, retrieve(t.Context(), b.client(t).WithSession(s)), ErrUnauthenticated)
		requests := b.seen("")
		switch {
		case test.want == "" && len(requests) != 0:
			t.Errorf("%s: sent %q", test.name, requests[0].Cookie)
		case test.want != "" && requests[0].Cookie != sid+"="+test.want:
			t.Errorf("%s: sent %+v, want %q", test.name, requests, test.want)
		}
		b.wantRelayed(t, test.name, s) // a 401 deletes nothing
	}
}

func TestRelayHandsOverWhatTheCallsChangedAndNothingElse(t *testing.T) {
	const planted = "connect.sid=planted"
	type calls func(ctx context.Context, b *backend, c *Client) error
	login := func(ctx context.Context, _ *backend, c *Client) error { return logIn(ctx, c, testEmail) }
	logout := func(ctx context.Context, _ *backend, c *Client) error { return c.Auth.DeleteSession(ctx) }
	read := func(ctx context.Context, _ *backend, c *Client) error { return retrieve(ctx, c) }
	prolonged := func(ctx context.Context, b *backend, c *Client) error {
		attributes := b.modify
		b.modify = func(r *http.Request, h http.Header) { rolling(r, h); attributes(r, h) }
		return retrieve(ctx, c)
	}
	after := func(first, second calls) calls {
		return func(ctx context.Context, b *backend, c *Client) error {
			return errors.Join(first(ctx, b, c), second(ctx, b, c))
		}
	}
	for _, test := range []struct {
		name, cookie, attrs string
		do                  calls
		want                string
		loggedIn            bool
		err                 error
	}{
		{name: "no call", cookie: planted},
		{name: "no call, no cookie"},
		{name: "call that works", cookie: "connect.sid=live", do: read, loggedIn: true},
		{name: "open call", cookie: "connect.sid=live", do: func(ctx context.Context, _ *backend, c *Client) error {
			_, err := c.Auth.Exists(ctx, testEmail)
			return err
		}},
		{name: "open call without a cookie", do: func(ctx context.Context, _ *backend, c *Client) error {
			_, err := c.Auth.Exists(ctx, testEmail)
			return err
		}},
		{name: "401", cookie: planted, do: read, err: ErrSessionEnded},
		{name: "logout after a 401", cookie: planted, do: func(ctx context.Context, b *backend, c *Client) error {
			wantIs(t, read(ctx, b, c), ErrSessionEnded)
			return logout(ctx, b, c)
		}},
		{name: "logout after a 401 to what has worked", cookie: "connect.sid=live", do: func(ctx context.Context, b *backend, c *Client) error {
			wantOK(t, read(ctx, b, c))
			b.ExpireSessions()
			wantIs(t, read(ctx, b, c), ErrSessionEnded)
			return logout(ctx, b, c)
		}, want: deletion},
		{name: "forgotten", cookie: planted, do: func(_ context.Context, _ *backend, c *Client) error {
			c.Session().Forget()
			return nil
		}, want: deletion},
		{name: "forgotten after a 401", cookie: planted, do: func(ctx context.Context, b *backend, c *Client) error {
			wantIs(t, read(ctx, b, c), ErrSessionEnded)
			c.Session().Forget()
			return nil
		}, want: deletion},
		{name: "forgotten, no cookie", do: func(_ context.Context, _ *backend, c *Client) error {
			c.Session().Forget()
			return nil
		}},
		{name: "call without a cookie", do: read, err: ErrUnauthenticated},
		{name: "login", do: login, want: "connect.sid=s1; Path=/" + siteCookie, loggedIn: true},
		{name: "login replaces what was planted", cookie: planted, do: login, want: "connect.sid=s1; Path=/" + siteCookie, loggedIn: true},
		{name: "failed login", cookie: planted, do: func(ctx context.Context, _ *backend, c *Client) error {
			_, err := c.Auth.Authenticate(ctx, testEmail, "wrong")
			return err
		}, err: ErrInvalidCredentials},
		{name: "registration", do: func(ctx context.Context, _ *backend, c *Client) error {
			_, err := c.Create(ctx, CreateRequest{Email: "new@example.com", Password: testPassword})
			return err
		}, attrs: "; Path=/; Max-Age=36000", want: "connect.sid=s1; Path=/; Max-Age=36000" + siteCookie, loggedIn: true},
		{name: "the backend's own attributes stay behind", do: login, attrs: "; Path=/store; Domain=example.com; SameSite=None; Secure; Max-Age=60; Priority=High; Partitioned", want: "connect.sid=s1; Path=/; Max-Age=60" + siteCookie, loggedIn: true},
		{name: "logout", cookie: "connect.sid=live", do: logout, want: deletion},
		{name: "logout without a login", do: logout},
		{name: "login and logout", do: after(login, logout)},
		{name: "login and logout with a cookie", cookie: planted, do: after(login, logout), want: deletion},
		{name: "logout and login", cookie: "connect.sid=live", do: after(logout, login), want: "connect.sid=s1; Path=/" + siteCookie, loggedIn: true},
		{name: "prolonged", cookie: "connect.sid=live", attrs: "; Path=/; Max-Age=60", do: prolonged, want: "connect.sid=live; Path=/; Max-Age=60" + siteCookie, loggedIn: true},
		{name: "prolonged until the browser closes", cookie: "connect.sid=live", do: prolonged, want: "connect.sid=live; Path=/" + siteCookie, loggedIn: true},
		{name: "a login that has expired when it is relayed", attrs: "; Path=/; Max-Age=60", do: func(ctx context.Context, _ *backend, c *Client) error {
			err := logIn(ctx, c, testEmail)
			time.Sleep(2 * time.Minute)
			return err
		}, want: "connect.sid=s1; Path=/; Max-Age=0" + siteCookie},
		{name: "what is left when it is relayed", attrs: "; Path=/; Max-Age=60", do: func(ctx context.Context, _ *backend, c *Client) error {
			err := logIn(ctx, c, testEmail)
			time.Sleep(10*time.Second + time.Millisecond)
			return err
		}, want: "connect.sid=s1; Path=/; Max-Age=49" + siteCookie, loggedIn: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBrowserBackend(t)
			live := b.openSession(t, testEmail, "live")
			before := b.count()
			if test.attrs != "" {
				b.modify = withAttributes(test.attrs)
			}
			var cookies []string
			if test.cookie != "" {
				cookies = []string{strings.Replace(test.cookie, "live", live, 1)}
			}
			s := SessionFromRequest(browserRequest(siteURL, cookies...), BrowserCookie{})
			if test.do != nil {
				if err := test.do(t.Context(), b, b.client(t).WithSession(s)); !errors.Is(err, test.err) {
					t.Errorf("%s: error %v", test.name, err)
				}
			}
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			b.wantRelayed(t, test.name, s, want...)
			if s.LoggedIn() != test.loggedIn {
				t.Errorf("%s: logged in: %t", test.name, s.LoggedIn())
			}
			for _, r := range b.seen("")[before:] {
				if r.Method == http.MethodPost && r.Cookie != "" {
					t.Errorf("%s: the login sent %q", test.name, r.Cookie)
				}
			}
		})
	}
}

func TestRelayedValueIsTheBackendsToTheByte(t *testing.T) {
	for _, value := range []string{"s%3Aa.b%2B%2F", `"quoted"`, "a b,c", "a=b==", "!#$&'()*+-./:<>?@[]^_`{|}~"} {
		c := mustNew(t, backendURL, inMemory(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", sid+"="+value+"; Path=/")
			respondJSON(w, 200, customerJSON)
		}))
		s := SessionFromRequest(browserRequest(siteURL), BrowserCookie{})
		mustLogin(t, c.WithSession(s), testEmail)
		new(backend).wantRelayed(t, value, s, sid+"="+value+"; Path=/"+siteCookie)
		// The browser sends it back to the byte.
		s = SessionFromRequest(browserRequest(siteURL, sid+"="+value), BrowserCookie{})
		if got := valueOf(s); got != value {
			t.Errorf("%q came back as %q", value, got)
		}
	}
}

// Relay writes one line, also if the backend's or the browser's cookie is hostile.
func TestRelayWritesNoOtherHeaderAndNoOtherAttribute(t *testing.T) {
	hostile := []string{
		"v\r\nX-Admin: 1", "v\nSet-Cookie: admin=1", "v; Domain=example.com", "v;Path=/evil", "v\x00", "v\x7f", "æ", `v\"`,
	}
	for _, value := range hostile {
		s := SessionFromRequest(browserRequest(siteURL, sid+"="+value), BrowserCookie{})
		c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			respondJSON(w, 200, customerJSON)
			resp := w.Result()
			resp.Header["Set-Cookie"] = []string{sid + "=" + value + "; Path=/"}
			resp.Request = r
			return resp, nil
		})})).WithSession(s)
		_ = logIn(t.Context(), c, testEmail)
		_ = retrieve(t.Context(), c)
		for _, session := range []*Session{s, sessionOf("v")} {
			w := httptest.NewRecorder()
			session.Relay(w)
			for _, line := range w.Header()["Set-Cookie"] {
				if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) || strings.Contains(line, "evil") ||
					strings.Contains(line, "Domain") || !strings.HasSuffix(line, siteCookie) {
					t.Errorf("%q was relayed as %q", value, line)
				}
			}
			if len(w.Header()) > 2 || len(w.Header()["Set-Cookie"]) > 1 {
				t.Errorf("%q: headers %v", value, w.Header())
			}
		}
		made := sessionText{Value: value}
		if made.valid() {
			t.Errorf("DecodeSession takes %q", value)
		}
	}
}

// Behind a proxy, a request may have a loopback Host and no sign of TLS.
func TestRelayedCookieIsAlwaysSecure(t *testing.T) {
	for _, host := range []string{"localhost:3000", "127.0.0.1:8080", "[::1]", "www.example.com"} {
		for _, proto := range []string{"", "http", "https", "https, http"} {
			b, r := newBrowserBackend(t), browserRequest("/")
			r.Host = host
			r.Header.Set("X-Forwarded-Proto", proto)
			s := SessionFromRequest(r, BrowserCookie{})
			mustLogin(t, b.client(t).WithSession(s), testEmail)
			b.wantRelayed(t, host+" "+proto, s, "connect.sid=s1; Path=/"+siteCookie)
		}
	}
}

func TestNamesThatBrowsersTakeOnlyWithSecure(t *testing.T) {
	b := newBrowserBackend(t)
	for name, insecure := range map[string]bool{
		"shop": true, "host-shop": true, "__shop": true, "my__Host-shop": true,
		"__Host-shop": false, "__Secure-shop": false, "__host-shop": false, "__SECURE-shop": false, "__Http-shop": false, "__Host-Http-shop": false,
	} {
		s := SessionFromRequest(browserRequest(siteURL), BrowserCookie{Name: name, Insecure: true})
		mustLogin(t, b.client(t).WithSession(s), testEmail)
		w := httptest.NewRecorder()
		s.Relay(w)
		if got := w.Header().Get("Set-Cookie"); got == "" || strings.HasSuffix(got, "; Secure") == insecure {
			t.Errorf("%s: relayed %q", name, got)
		}
	}
}

func TestNameThatNoCookieCanHavePanics(t *testing.T) {
	panics := func(f func()) (text string) {
		defer func() {
			if v := recover(); v != nil {
				text = fmt.Sprint(v)
			}
		}()
		f()
		return ""
	}
	for name, want := range map[string]bool{"": false, "shop": false, "__Host-shop": false, "my shop": true, "a;b": true, "a=b": true, "a\r\nb": true, "café": true} {
		for from, f := range map[string]func(){
			"SessionFromRequest": func() { SessionFromRequest(browserRequest(siteURL), BrowserCookie{Name: name}) },
			"SessionHandler":     func() { SessionHandler(http.NotFoundHandler(), BrowserCookie{Name: name}) },
		} {
			text := panics(f)
			if (text != "") != want || want && !strings.Contains(text, "BrowserCookie.Name") {
				t.Errorf("%s %q: %q", from, name, text)
			}
		}
	}
}

func TestNoSharedCacheMayKeepARelayedCookie(t *testing.T) {
	s := SessionFromRequest(browserRequest(siteURL), BrowserCookie{})
	w := httptest.NewRecorder()
	w.Header().Set("Cache-Control", "max-age=60")
	s.Relay(w)
	if got := w.Header().Values("Cache-Control"); len(got) != 1 {
		t.Errorf("nothing was relayed, and Cache-Control became %q", got)
	}
	mustLogin(t, newBrowserBackend(t).client(t).WithSession(s), testEmail)
	s.Relay(w)
	got := strings.Join(w.Header().Values("Cache-Control"), ", ")
	if got != `max-age=60, private, no-cache="Set-Cookie"` {
		t.Errorf("Cache-Control %q", got)
	}
}

func TestSessionWithoutARequestIsRelayedByTheDefaultName(t *testing.T) {
	b := newBrowserBackend(t)
	c := b.client(t)
	b.wantRelayed(t, "no login", c.Session())
	mustLogin(t, c, testEmail)
	b.wantRelayed(t, "login", c.Session(), "connect.sid=s1; Path=/"+siteCookie)
	restored, err := DecodeSession(c.Session().Encode())
	wantOK(t, err)
	b.wantRelayed(t, "restored", restored, "connect.sid=s1; Path=/"+siteCookie)
}

func TestCookieMayHaveAnotherNameAtTheBrowser(t *testing.T) {
	b := newBrowserBackend(t)
	const name = "__Host-shop"
	s := SessionFromRequest(browserRequest(siteURL, "connect.sid=planted"), BrowserCookie{Name: name})
	mustLogin(t, b.client(t).WithSession(s), testEmail)
	b.wantRelayed(t, "login", s, name+"=s1; Path=/"+siteCookie)
	s = SessionFromRequest(browserRequest(siteURL, "connect.sid=planted; "+name+"="+valueOf(s)), BrowserCookie{Name: name})
	c := b.client(t).WithSession(s)
	wantCustomer(t, c, testEmail)
	if got := b.named(b.seen("GET")[0].Cookie); got != "connect.sid=s1" {
		t.Errorf("sent %q", got)
	}
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	b.wantRelayed(t, "logout", s, name+"=; Path=/; Max-Age=0"+siteCookie)
}

func TestSessionFromABrowserIsLoggedInOnceACallHasSucceeded(t *testing.T) {
	b := newBrowserBackend(t)
	live := b.openSession(t, testEmail, "live")
	s := SessionFromRequest(browserRequest(siteURL, "connect.sid="+live), BrowserCookie{})
	c := b.client(t, WithMaxRetries(0)).WithSession(s)
	_, err := c.Auth.Exists(t.Context(), testEmail)
	wantOK(t, err)
	if s.LoggedIn() {
		t.Error("logged in after an open call")
	}
	// A failure that is not about the session leaves it as it is.
	broken := mustNew(t, backendURL, WithMaxRetries(0), inMemory(respondWith(500, "application/json", "{}")))
	wantIs(t, retrieve(t.Context(), broken.WithSession(s)), ErrInternal)
	if s.LoggedIn() || valueOf(s) != live {
		t.Error("a 500 changed the session")
	}
	kept, err := DecodeSession(s.Encode())
	wantOK(t, err)
	if kept.LoggedIn() {
		t.Error("restoring it made it logged in")
	}
	wantOK(t, retrieve(t.Context(), c))
	if !s.LoggedIn() {
		t.Error("not logged in after a call that needs a login")
	}
	b.wantRelayed(t, "unchanged", s)
}

// bff makes a site in front of the backend, with one shared client: POST /login, GET /me, POST /logout.
func bff(shop *Client) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(ctx context.Context, c *Client, r *http.Request) (string, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s := SessionFromRequest(r, BrowserCookie{})
			text, err := f(r.Context(), shop.WithSession(s), r)
			s.Relay(w)
			if err != nil {
				w.WriteHeader(http.StatusUnauthorized)
			}
			_, _ = io.WriteString(w, text)
		})
	}
	handle("POST /login", func(ctx context.Context, c *Client, r *http.Request) (string, error) {
		return "", logIn(ctx, c, r.URL.Query().Get("email"))
	})
	handle("GET /me", func(ctx context.Context, c *Client, _ *http.Request) (string, error) {
		me, err := c.Retrieve(ctx)
		if err != nil {
			return "", err
		}
		return me.Email, nil
	})
	handle("POST /logout", func(ctx context.Context, c *Client, _ *http.Request) (string, error) {
		return "", c.Auth.DeleteSession(ctx)
	})
	return mux
}

// visitor is a browser with cookies of its own.
type visitor struct {
	*http.Client
	t    *testing.T
	site string
}

func newVisitor(t *testing.T, site string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	wantOK(t, err)
	return visitor{&http.Client{Jar: jar}, t, site}
}

// do sends a request and returns status and body, "200 user@example.com".
func (v visitor) do(method, path string) string {
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.site+path, nil)
	if err != nil {
		return err.Error()
	}
	resp, err := v.Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", string(body)))
}

func TestOneSharedClientServesManyBrowsers(t *testing.T) {
	b := newBrowserBackend(t)
	shop := b.client(t, WithoutSession())
	site := httptest.NewServer(bff(shop))
	defer site.Close()
	var wg sync.WaitGroup
	for i := range 40 {
		v := newVisitor(t, site.URL)
		wg.Go(func() {
			email := fmt.Sprintf("c%d@example.com", i)
			for range 3 {
				for _, step := range []struct{ method, path, want string }{
					{"GET", "/me", "401"},
					{"POST", "/login?email=" + email, "200"},
					{"GET", "/me", "200 " + email},
					{"GET", "/me", "200 " + email},
					{"POST", "/logout", "200"},
					{"GET", "/me", "401"},
				} {
					if got := v.do(step.method, step.path); got != step.want {
						t.Errorf("%s: %s %s: %s, want %s", email, step.method, step.path, got, step.want)
					}
				}
			}
		})
	}
	wg.Wait()
	if owners := b.owners(); len(owners) != 0 {
		t.Errorf("at the backend %s are logged in", owners)
	}
	wantIs(t, retrieve(t.Context(), shop), ErrNoSession)
}

// An attacker makes the victim's browser send a session id that the attacker knows. It must not become the victim's.
func TestFixation(t *testing.T) {
	b := newBrowserBackend(t)
	site := httptest.NewServer(bff(b.client(t, WithoutSession())))
	defer site.Close()
	v := newVisitor(t, site.URL)
	u, err := url.Parse(site.URL)
	wantOK(t, err)
	known := b.openSession(t, "attacker@example.com", "known")
	v.Jar.SetCookies(u, []*http.Cookie{{Name: sid, Value: known}})
	if got := v.do("POST", "/login?email=victim@example.com"); got != "200" {
		t.Fatal(got)
	}
	if got := v.do("GET", "/me"); got != "200 victim@example.com" {
		t.Fatal(got)
	}
	if owner := b.owner(known); owner != "" && owner != "attacker@example.com" {
		t.Errorf("the id that the attacker knows is %s's now", owner)
	}
	if cookies := v.Jar.Cookies(u); len(cookies) != 1 || cookies[0].Value == known {
		t.Errorf("the browser holds %v", cookies)
	}
}

// The last Relay to a response counts.
func TestRelayTwice(t *testing.T) {
	b := newBrowserBackend(t)
	s := SessionFromRequest(browserRequest(siteURL), BrowserCookie{})
	c := b.client(t).WithSession(s)
	w := httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "theme=dark")
	want := func(lines ...string) {
		t.Helper()
		s.Relay(w)
		if got := b.named(strings.Join(w.Header()["Set-Cookie"], "\n")); got != strings.Join(append([]string{"theme=dark"}, lines...), "\n") {
			t.Errorf("Set-Cookie %q, want %q", got, lines)
		}
	}
	mustLogin(t, c, testEmail)
	want("connect.sid=s1; Path=/" + siteCookie)
	want("connect.sid=s1; Path=/" + siteCookie)
	mustLogin(t, c, testEmail)
	want("connect.sid=s2; Path=/" + siteCookie)
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	want()
	if n := len(w.Header()["Cache-Control"]); n > 1 {
		t.Errorf("%d Cache-Control lines", n)
	}
}
