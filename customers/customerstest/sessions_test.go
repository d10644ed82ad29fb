package customerstest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

const me = "/store/customers/me"

func TestEverybodyGetsASession(t *testing.T) {
	srv := customerstest.NewServer(t)
	for _, path := range []string{me, "/store/auth/x", "/store/auth", "/nowhere"} {
		a := newBrowser(t, srv.URL).send(http.MethodGet, path, "")
		if a.cookie == nil || a.cookie.Name != "connect.sid" || !strings.HasPrefix(a.cookie.Value, "s%3A") {
			t.Fatalf("%s: no session cookie: %q", path, a.header["Set-Cookie"])
		}
		if c := a.cookie; c.Path != "/" || !c.HttpOnly || c.Secure || c.SameSite != 0 || c.MaxAge != 0 || c.Domain != "" {
			t.Errorf("%s: %s", path, c)
		}
	}
	b := newBrowser(t, srv.URL)
	b.send(http.MethodGet, me, "")
	if a := b.send(http.MethodGet, me, ""); a.cookie != nil {
		t.Error("a session that exists is handed out again")
	}
}

// Whoever planted the cookie is logged in too: the backend keeps the id.
func TestLoginKeepsTheSessionsID(t *testing.T) {
	srv := customerstest.NewServer(t)
	first, second := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	b := newBrowser(t, srv.URL)
	b.send(http.MethodGet, me, "")
	planted := b.cookie

	if a := b.login(first.Email, customerstest.DefaultPassword); a.cookie == nil || b.cookie != planted {
		t.Fatal("login gave another id, or did not send the cookie again")
	}
	if a := b.login(first.Email, customerstest.DefaultPassword); a.cookie != nil {
		t.Error("nothing changed, but the cookie came again")
	}
	if a := b.login(first.Email, "wrong"); a.status != http.StatusUnauthorized || a.cookie != nil {
		t.Errorf("wrong password: %d", a.status)
	}
	if c := customerOf(t, b.send(http.MethodGet, me, "")); c.ID != first.ID {
		t.Error("a failed login ended the session")
	}
	if a := b.login(second.Email, customerstest.DefaultPassword); a.cookie == nil || b.cookie != planted {
		t.Error("another login gave another id, or did not send the cookie again")
	}
	if c := customerOf(t, b.send(http.MethodGet, me, "")); c.ID != second.ID {
		t.Error("the session is not the second customer's")
	}
}

func TestOnlyASignedCookieIsASession(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := loggedIn(t, srv)
	_, value, _ := strings.Cut(b.cookie, "=")
	id, _, _ := strings.Cut(strings.TrimPrefix(value, "s%3A"), ".")
	last := "A"
	if strings.HasSuffix(value, last) {
		last = "B"
	}
	tests := []struct {
		name, cookie string
		isSession    bool
	}{
		{"as it came", b.cookie, true},
		{"decoded", strings.NewReplacer("%3A", ":", "%2F", "/", "%2B", "+").Replace(b.cookie), true},
		{"in quotes", `connect.sid="` + value + `"`, true},
		{"with spaces", " connect.sid = " + value + " ", true},
		{"among others", "a=b;c; " + b.cookie + ";d=e", true},
		{"twice", b.cookie + "; connect.sid=x", true},
		{"after a bad one", "connect.sid=x; " + b.cookie, false},
		{"another name", "Connect.sid=" + value, false},
		{"tampered", b.cookie[:len(b.cookie)-1] + last, false},
		{"another id", strings.Replace(b.cookie, id, strings.Repeat("A", len(id)), 1), false},
		{"unsigned", "connect.sid=" + id, false},
		{"signature empty", "connect.sid=s%3A" + id + ".", false},
		{"broken escape", "connect.sid=s%3A%ZZ", false},
		{"empty", "connect.sid=", false},
	}
	for _, test := range tests {
		a := do(t, http.MethodGet, srv.URL, me, http.Header{"Cookie": {test.cookie}}, "")
		if isSession := a.status == http.StatusOK; isSession != test.isSession {
			t.Errorf("%s: %d", test.name, a.status)
		}
		if hasNew := a.header.Get("Set-Cookie") != ""; hasNew == test.isSession {
			t.Errorf("%s: Set-Cookie %q", test.name, a.header.Get("Set-Cookie"))
		}
	}
	// A cookie of another backend is signed with another secret.
	other := customerstest.NewServer(t)
	if a := do(t, http.MethodGet, other.URL, me, http.Header{"Cookie": {b.cookie}}, ""); a.status != http.StatusUnauthorized {
		t.Error("another backend took the cookie")
	}
}

// A cookie's value after j: is JSON to Express, and one that makes no text is more than the session bears.
func TestCookieOfJSON(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := loggedIn(t, srv)
	value := strings.TrimPrefix(b.cookie, "connect.sid=")
	for cookie, want := range map[string]int{
		"j%3A%22" + value + "%22": 200, "j%3A" + value: 401, "j%3A%22x%22": 401, "j%3Anull": 401, "j%3A0": 401, "j%3A5": 500, "j%3A%7B%7D": 500,
	} {
		other := newBrowser(t, srv.URL)
		other.cookie = "connect.sid=" + cookie
		if a := other.send(http.MethodGet, me, ""); a.status != want || want == 500 && a.cookie != nil {
			t.Errorf("%s: %d, cookie %v, want %d", cookie, a.status, a.cookie, want)
		}
	}
}

func TestLogout(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := loggedIn(t, srv)
	old := b.cookie
	if a := b.send(http.MethodDelete, "/store/auth", ""); a.status != http.StatusOK || a.body != "OK" || a.cookie != nil {
		t.Errorf("logout: %d %q %v", a.status, a.body, a.cookie)
	}
	if a := b.send(http.MethodGet, me, ""); a.status != http.StatusUnauthorized || a.cookie == nil || b.cookie == old {
		t.Error("the id is still a session after logout")
	}
	if a := newBrowser(t, srv.URL).send(http.MethodDelete, "/store/auth", ""); a.status != http.StatusOK || a.cookie != nil {
		t.Errorf("logout of nobody: %d %v", a.status, a.cookie)
	}
}

// The cookie's time is fixed; the session's starts anew with each request.
func TestSessionTime(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv := customerstest.NewServer(t, customerstest.WithSessionTTL(time.Hour))
	srv.SetTime(start)
	c := srv.AddCustomer(customerstest.Customer{})
	b := newBrowser(t, srv.URL)
	a := b.login(c.Email, customerstest.DefaultPassword)
	if want := start.Add(time.Hour); !a.cookie.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", a.cookie.Expires, want)
	}
	if got := a.header.Get("Date"); got != start.Format(http.TimeFormat) {
		t.Errorf("Date is %s, not the backend's time", got)
	}
	for range 3 {
		srv.Advance(59 * time.Minute)
		if a := b.send(http.MethodGet, me, ""); a.status != http.StatusOK || a.cookie != nil {
			t.Fatalf("%d, cookie %v", a.status, a.cookie)
		}
	}
	srv.Advance(time.Hour)
	if a := b.send(http.MethodGet, me, ""); a.status != http.StatusUnauthorized || a.cookie == nil {
		t.Errorf("after an hour without a request: %d, cookie %v", a.status, a.cookie)
	}
}

func TestRollingSession(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithRollingSessions(), customerstest.WithSessionCookieName("sid"))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	b, _ := loggedIn(t, srv)
	srv.Advance(time.Minute)
	a := b.send(http.MethodGet, me, "")
	if want := start.Add(10*time.Hour + time.Minute); a.cookie == nil || a.cookie.Name != "sid" || !a.cookie.Expires.Equal(want) {
		t.Errorf("cookie %v, want one until %s", a.cookie, want)
	}
}

func TestExpireSessions(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := loggedIn(t, srv)
	srv.ExpireSessions()
	if a := b.send(http.MethodGet, me, ""); a.status != http.StatusUnauthorized || a.cookie == nil {
		t.Errorf("%d, cookie %v", a.status, a.cookie)
	}
}

func TestProductionCookies(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithProduction())
	c := srv.AddCustomer(customerstest.Customer{})
	for proto, comes := range map[string]bool{
		"": false, "http": false, "https": true, "HTTPS": true, "https,http": true, "http, https": false, " https ": true,
	} {
		b := newBrowser(t, srv.URL)
		if proto != "" {
			b.header.Set("X-Forwarded-Proto", proto)
		}
		a := b.login(c.Email, customerstest.DefaultPassword)
		if a.status != http.StatusOK || (a.cookie != nil) != comes {
			t.Errorf("X-Forwarded-Proto %q: %d, cookie %v", proto, a.status, a.cookie)
		}
		if a.cookie == nil {
			continue
		}
		if !a.cookie.Secure || a.cookie.SameSite != http.SameSiteNoneMode {
			t.Errorf("X-Forwarded-Proto %q: %s", proto, a.cookie)
		}
		b.header.Del("X-Forwarded-Proto")
		if a := b.send(http.MethodGet, me, ""); a.status != http.StatusOK {
			t.Errorf("the cookie is not taken over plain http: %d", a.status)
		}
	}
	if a := newBrowser(t, srv.URL).send(http.MethodPost, "/store/auth", "{"); !strings.Contains(a.body, "<pre>Bad Request</pre>") {
		t.Errorf("an error page with details: %s", a.body)
	}
}

func TestBearerTokens(t *testing.T) {
	srv := customerstest.NewServer(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	c, other := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	token := func(email, password string) string {
		t.Helper()
		a := newBrowser(t, srv.URL).send(http.MethodPost, "/store/auth/token", jsonOf(t, map[string]string{"email": email, "password": password}))
		var answer struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		return answer.AccessToken
	}
	jwt := token(c.Email, customerstest.DefaultPassword)
	parts := strings.Split(jwt, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if want := jsonOf(t, map[string]any{"customer_id": c.ID, "domain": "store", "iat": start.Unix(), "exp": start.Unix() + 30*24*3600}); err != nil || !sameJSON(t, string(payload), want) {
		t.Errorf("payload %s, want %s", payload, want)
	}
	with := func(authorization string) *browser {
		b := newBrowser(t, srv.URL)
		b.header.Set("Authorization", authorization)
		return b
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), c.ID, other.ID, 1)))
	for authorization, ok := range map[string]bool{
		"Bearer " + jwt: true, "bearer " + jwt: true, "BEARER  " + jwt: true, "Bearer " + jwt + " more": true,
		"Basic " + jwt: false, jwt: false, "Bearer": false, "Bearer " + jwt + "x": false, "x Bearer " + jwt: false,
		"Bearer " + parts[0] + "." + parts[1] + ".":          false,
		"Bearer " + parts[0] + "." + forged + "." + parts[2]: false,
		"Bearer e30." + parts[1] + "." + parts[2]:            false,
		"Bearer " + strings.Join(parts[:2], "."):             false,
		"Bearer eyJhbGciOiJub25lIn0." + parts[1] + ".":       false,
	} {
		if a := with(authorization).send(http.MethodGet, me, ""); (a.status == http.StatusOK) != ok {
			t.Errorf("%.20s…: %d", authorization, a.status)
		}
	}

	b, owner := loggedIn(t, srv)
	b.header.Set("Authorization", "Bearer "+jwt)
	if got := customerOf(t, b.send(http.MethodGet, me, "")); got.ID != owner.ID {
		t.Error("the token beats the cookie")
	}
	anonymous := newBrowser(t, srv.URL)
	anonymous.send(http.MethodGet, me, "")
	anonymous.header = b.header
	if got := customerOf(t, anonymous.send(http.MethodGet, me, "")); got.ID != c.ID {
		t.Error("an anonymous cookie beats the token")
	}

	// Logout, a new password and the end of all sessions don't end the token. Its time does.
	with("Bearer "+jwt).send(http.MethodDelete, "/store/auth", "")
	with("Bearer "+jwt).send(http.MethodPost, me, `{"password":"other"}`)
	srv.ExpireSessions()
	srv.Advance(30*24*time.Hour - time.Second)
	if a := with("Bearer "+jwt).send(http.MethodGet, me, ""); a.status != http.StatusOK {
		t.Errorf("the token ended early: %d", a.status)
	}
	srv.Advance(time.Second)
	if a := with("Bearer "+jwt).send(http.MethodGet, me, ""); a.status != http.StatusUnauthorized {
		t.Errorf("after 30 days: %d", a.status)
	}

	// A token to reset a password is no bearer token.
	newBrowser(t, srv.URL).send(http.MethodPost, "/store/customers/password-token", jsonOf(t, map[string]string{"email": c.Email}))
	if a := with("Bearer "+srv.PasswordTokens(c.Email)[0]).send(http.MethodGet, me, ""); a.status != http.StatusUnauthorized {
		t.Errorf("a password token logs in: %d", a.status)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return jsonOf(t, x) == jsonOf(t, y)
}

// Many customers at once, each seeing only what is theirs; under the race detector.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := customerstest.NewServer(t)
	for range 8 {
		t.Run("customer", func(t *testing.T) {
			t.Parallel()
			b, c := loggedIn(t, srv)
			for i := range 20 {
				name := jsonOf(t, map[string]any{"first_name": c.ID})
				if got := customerOf(t, b.send(http.MethodPost, me, name)); text(got.FirstName) != c.ID || got.ID != c.ID {
					t.Errorf("round %d: another's customer", i)
				}
				srv.Advance(time.Millisecond)
				srv.AddPaymentMethod(c.ID, customerstest.PaymentMethod{})
				_ = srv.Requests()
			}
		})
	}
}
