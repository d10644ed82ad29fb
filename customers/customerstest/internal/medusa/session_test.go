package medusa_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func TestEverybodyGetsASession(t *testing.T) {
	srv := customerstest.NewServer(t)
	for _, path := range []string{me, "/store/auth/x", "/store/auth", "/nowhere"} {
		a := browser.New(t, srv.URL).Send(http.MethodGet, path, "")
		if a.Cookie == nil || a.Cookie.Name != "connect.sid" || !strings.HasPrefix(a.Cookie.Value, "s%3A") {
			t.Fatalf("%s: no session cookie: %q", path, a.Header["Set-Cookie"])
		}
		if c := a.Cookie; c.Path != "/" || !c.HttpOnly || c.Secure || c.SameSite != 0 || c.MaxAge != 0 || c.Domain != "" {
			t.Errorf("%s: %s", path, c)
		}
	}
	b := browser.New(t, srv.URL)
	b.Send(http.MethodGet, me, "")
	if a := b.Send(http.MethodGet, me, ""); a.Cookie != nil {
		t.Error("a session that exists is handed out again")
	}
}

// The backend keeps the session id at login, so that who planted the cookie is logged in too.
func TestLoginKeepsTheSessionsID(t *testing.T) {
	srv := customerstest.NewServer(t)
	first, second := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	b := browser.New(t, srv.URL)
	b.Send(http.MethodGet, me, "")
	planted := b.Cookie

	if a := b.Login(first.Email, customerstest.DefaultPassword); a.Cookie == nil || b.Cookie != planted {
		t.Fatal("login gave another id, or did not send the cookie again")
	}
	if a := b.Login(first.Email, customerstest.DefaultPassword); a.Cookie != nil {
		t.Error("nothing changed, but the cookie came again")
	}
	if a := b.Login(first.Email, "wrong"); a.Status != http.StatusUnauthorized || a.Cookie != nil {
		t.Errorf("wrong password: %d", a.Status)
	}
	if c := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")); c.ID != first.ID {
		t.Error("a failed login ended the session")
	}
	if a := b.Login(second.Email, customerstest.DefaultPassword); a.Cookie == nil || b.Cookie != planted {
		t.Error("another login gave another id, or did not send the cookie again")
	}
	if c := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")); c.ID != second.ID {
		t.Error("the session is not the second customer's")
	}
}

func TestOnlyASignedCookieIsASession(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	_, value, _ := strings.Cut(b.Cookie, "=")
	id, _, _ := strings.Cut(strings.TrimPrefix(value, "s%3A"), ".")
	last := "A"
	if strings.HasSuffix(value, last) {
		last = "B"
	}
	tests := []struct {
		name, cookie string
		isSession    bool
	}{
		{"as it came", b.Cookie, true},
		{"decoded", strings.NewReplacer("%3A", ":", "%2F", "/", "%2B", "+").Replace(b.Cookie), true},
		{"in quotes", `connect.sid="` + value + `"`, true},
		{"with spaces", " connect.sid = " + value + " ", true},
		{"among others", "a=b;c; " + b.Cookie + ";d=e", true},
		{"twice", b.Cookie + "; connect.sid=x", true},
		{"after a bad one", "connect.sid=x; " + b.Cookie, false},
		{"another name", "Connect.sid=" + value, false},
		{"tampered", b.Cookie[:len(b.Cookie)-1] + last, false},
		{"another id", strings.Replace(b.Cookie, id, strings.Repeat("A", len(id)), 1), false},
		{"unsigned", "connect.sid=" + id, false},
		{"signature empty", "connect.sid=s%3A" + id + ".", false},
		{"broken escape", "connect.sid=s%3A%ZZ", false},
		{"empty", "connect.sid=", false},
	}
	for _, test := range tests {
		a := browser.Do(t, http.MethodGet, srv.URL, me, http.Header{"Cookie": {test.cookie}}, "")
		if isSession := a.Status == http.StatusOK; isSession != test.isSession {
			t.Errorf("%s: %d", test.name, a.Status)
		}
		if hasNew := a.Header.Get("Set-Cookie") != ""; hasNew == test.isSession {
			t.Errorf("%s: Set-Cookie %q", test.name, a.Header.Get("Set-Cookie"))
		}
	}
	// A cookie of another backend is signed with another secret.
	other := customerstest.NewServer(t)
	if a := browser.Do(t, http.MethodGet, other.URL, me, http.Header{"Cookie": {b.Cookie}}, ""); a.Status != http.StatusUnauthorized {
		t.Error("another backend took the cookie")
	}
}

func TestLogout(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	old := b.Cookie
	if a := b.Send(http.MethodDelete, "/store/auth", ""); a.Status != http.StatusOK || a.Body != "OK" || a.Cookie != nil {
		t.Errorf("logout: %d %q %v", a.Status, a.Body, a.Cookie)
	}
	if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusUnauthorized || a.Cookie == nil || b.Cookie == old {
		t.Error("the id is still a session after logout")
	}
	if a := browser.New(t, srv.URL).Send(http.MethodDelete, "/store/auth", ""); a.Status != http.StatusOK || a.Cookie != nil {
		t.Errorf("logout without a login: %d %v", a.Status, a.Cookie)
	}
}

// The cookie expires at a fixed time. Each request prolongs the session.
func TestSessionTime(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv := customerstest.NewServer(t, customerstest.WithSessionTTL(time.Hour))
	srv.SetTime(start)
	c := srv.AddCustomer(customerstest.Customer{})
	b := browser.New(t, srv.URL)
	a := b.Login(c.Email, customerstest.DefaultPassword)
	if want := start.Add(time.Hour); !a.Cookie.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", a.Cookie.Expires, want)
	}
	if got := a.Header.Get("Date"); got != start.Format(http.TimeFormat) {
		t.Errorf("Date is %s, not the backend's time", got)
	}
	for range 3 {
		srv.Advance(59 * time.Minute)
		if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusOK || a.Cookie != nil {
			t.Fatalf("%d, cookie %v", a.Status, a.Cookie)
		}
	}
	srv.Advance(time.Hour)
	if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusUnauthorized || a.Cookie == nil {
		t.Errorf("after an hour without a request: %d, cookie %v", a.Status, a.Cookie)
	}
}

func TestRollingSession(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithRollingSessions(), customerstest.WithSessionCookieName("sid"))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	b, _ := browser.LoggedIn(t, srv)
	srv.Advance(time.Minute)
	a := b.Send(http.MethodGet, me, "")
	if want := start.Add(10*time.Hour + time.Minute); a.Cookie == nil || a.Cookie.Name != "sid" || !a.Cookie.Expires.Equal(want) {
		t.Errorf("cookie %v, want one until %s", a.Cookie, want)
	}
}

func TestExpireSessions(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	srv.ExpireSessions()
	if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusUnauthorized || a.Cookie == nil {
		t.Errorf("%d, cookie %v", a.Status, a.Cookie)
	}
}

func TestProductionCookies(t *testing.T) {
	srv := customerstest.NewServer(t, customerstest.WithProduction())
	c := srv.AddCustomer(customerstest.Customer{})
	for proto, comes := range map[string]bool{
		"": false, "http": false, "https": true, "HTTPS": true, "https,http": true, "http, https": false, " https ": true,
	} {
		b := browser.New(t, srv.URL)
		if proto != "" {
			b.Header.Set("X-Forwarded-Proto", proto)
		}
		a := b.Login(c.Email, customerstest.DefaultPassword)
		if a.Status != http.StatusOK || (a.Cookie != nil) != comes {
			t.Errorf("X-Forwarded-Proto %q: %d, cookie %v", proto, a.Status, a.Cookie)
		}
		if a.Cookie == nil {
			continue
		}
		if !a.Cookie.Secure || a.Cookie.SameSite != http.SameSiteNoneMode {
			t.Errorf("X-Forwarded-Proto %q: %s", proto, a.Cookie)
		}
		b.Header.Del("X-Forwarded-Proto")
		if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusOK {
			t.Errorf("the cookie is not taken over plain http: %d", a.Status)
		}
	}
	if a := browser.New(t, srv.URL).Send(http.MethodPost, "/store/auth", "{"); !strings.Contains(a.Body, "<pre>Bad Request</pre>") {
		t.Errorf("an error page with details: %s", a.Body)
	}
}

func TestBearerTokens(t *testing.T) {
	srv := customerstest.NewServer(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	c, other := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	token := func(email, password string) string {
		t.Helper()
		a := browser.New(t, srv.URL).Send(http.MethodPost, "/store/auth/token", browser.JSON(t, map[string]string{"email": email, "password": password}))
		var token struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(a.Body), &token); err != nil {
			t.Fatalf("%v: %s", err, a.Body)
		}
		return token.AccessToken
	}
	jwt := token(c.Email, customerstest.DefaultPassword)
	parts := strings.Split(jwt, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if want := browser.JSON(t, map[string]any{"customer_id": c.ID, "domain": "store", "iat": start.Unix(), "exp": start.Unix() + 30*24*3600}); err != nil || !sameJSON(t, string(payload), want) {
		t.Errorf("payload %s, want %s", payload, want)
	}
	with := func(authorization string) *browser.Browser {
		b := browser.New(t, srv.URL)
		b.Header.Set("Authorization", authorization)
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
		if a := with(authorization).Send(http.MethodGet, me, ""); (a.Status == http.StatusOK) != ok {
			t.Errorf("%.20s…: %d", authorization, a.Status)
		}
	}

	b, owner := browser.LoggedIn(t, srv)
	b.Header.Set("Authorization", "Bearer "+jwt)
	if got := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")); got.ID != owner.ID {
		t.Error("the token beats the cookie")
	}
	anonymous := browser.New(t, srv.URL)
	anonymous.Send(http.MethodGet, me, "")
	anonymous.Header = b.Header
	if got := browser.CustomerOf(t, anonymous.Send(http.MethodGet, me, "")); got.ID != c.ID {
		t.Error("an anonymous cookie beats the token")
	}

	// Logout, a new password and ExpireSessions do not end the token. Time does.
	with("Bearer "+jwt).Send(http.MethodDelete, "/store/auth", "")
	with("Bearer "+jwt).Send(http.MethodPost, me, `{"password":"other"}`)
	srv.ExpireSessions()
	srv.Advance(30*24*time.Hour - time.Second)
	if a := with("Bearer "+jwt).Send(http.MethodGet, me, ""); a.Status != http.StatusOK {
		t.Errorf("the token ended early: %d", a.Status)
	}
	srv.Advance(time.Second)
	if a := with("Bearer "+jwt).Send(http.MethodGet, me, ""); a.Status != http.StatusUnauthorized {
		t.Errorf("after 30 days: %d", a.Status)
	}

	// A token to reset a password is no bearer token.
	browser.New(t, srv.URL).Send(http.MethodPost, "/store/customers/password-token", browser.JSON(t, map[string]string{"email": c.Email}))
	if a := with("Bearer "+srv.PasswordTokens(c.Email)[0]).Send(http.MethodGet, me, ""); a.Status != http.StatusUnauthorized {
		t.Errorf("a password token logs in: %d", a.Status)
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
	return browser.JSON(t, x) == browser.JSON(t, y)
}

// Many customers at once get only their own data. It runs with the race detector.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := customerstest.NewServer(t)
	for range 8 {
		t.Run("customer", func(t *testing.T) {
			t.Parallel()
			b, c := browser.LoggedIn(t, srv)
			for i := range 20 {
				name := browser.JSON(t, map[string]any{"first_name": c.ID})
				if got := browser.CustomerOf(t, b.Send(http.MethodPost, me, name)); text(got.FirstName) != c.ID || got.ID != c.ID {
					t.Errorf("round %d: another's customer", i)
				}
				srv.Advance(time.Millisecond)
				srv.AddPaymentMethod(c.ID, customerstest.PaymentMethod{})
				_ = srv.Requests()
			}
		})
	}
}
