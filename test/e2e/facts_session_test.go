//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var sessionFacts = []fact{
	{"B01_nearly_every_response_to_a_request_without_a_cookie_sets_one", everyResponseSetsACookie},
	{"B02_production_sets_no_cookie_over_plain_http", productionSetsNoCookie},
	{"B03_the_cookie_jar_works_on_a_laptop_and_fails_in_a_cluster", jarFailsInACluster},
	{"B04_cookies_expire_after_ten_hours_and_are_not_renewed", cookiesAreNotRenewed},
	{"B04_the_server_side_slides_and_the_client_side_does_not", serverSideSlides},
	{"B05_the_cookies_name_is_a_setting", renamedCookie},
	{"B05_the_cookies_value_goes_back_to_the_byte", cookieToTheByte},
	{"B06_login_and_register_keep_the_session_id_that_came_along", sessionFixation},
	{"B06_a_failed_login_leaves_the_session_valid", failedLoginLeavesSession},
	{"B07_logout_needs_no_login_and_does_not_clear_the_cookie", logoutNeedsNoLogin},
	{"B08_a_cookie_beats_a_bearer_token", cookieBeatsBearer},
	{"B08_a_bearer_token_lives_30_days_and_survives_logout_and_new_password", bearerSurvives},
	{"B09_a_deleted_customers_session_lives_on", deletedCustomer},
	{"B10_publishable_and_idempotency_keys_have_no_effect", keysWithoutEffect},
	{"B11_a_restart_ends_every_session", restartEndsSessions},
	{"B49_logout_leaves_an_admin_in_the_same_session_logged_in", logoutLeavesAdmin},
	{"B50_a_rolling_session_renews_its_cookie_with_every_response", rollingSessions},
	{"B52_a_second_login_leaves_the_first_session_alive", secondLogin},
}

func everyResponseSetsACookie(t *testing.T) {
	_, who := rawCustomer(t)
	unknown := "nobody." + uniqueEmail(t)
	for _, r := range []raw{
		{method: "GET", path: authPath + "/" + unknown},                                                                // 200
		{method: "POST", path: passwordTokenPath, body: jsonObject{"email": unknown}},                                  // 204
		{method: "POST", path: authPath, body: jsonObject{}, deviates: "it is empty"},                                  // 400 JSON
		{method: "POST", path: authPath, body: "{", deviates: "no JSON"},                                               // 400 HTML
		{method: "GET", path: mePath},                                                                                  // 401 of the guard
		{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": "wrong"}},                    // 401 of the login
		{method: "POST", path: authPath, body: `"` + strings.Repeat("x", 110_000) + `"`, deviates: "too large"},        // 413
		{method: "POST", path: customersPath, body: jsonObject{"email": who.Email, "password": "x"}},                   // 422
		{method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email, "token": "x", "password": "x"}}, // 500
	} {
		a := r.send(t)
		c := a.setCookie(t)
		if c == nil || c.Name != "connect.sid" || !c.HttpOnly || c.Path != "/" {
			t.Errorf("%s %s: %d sets %v", r.method, r.path, a.status, c)
			continue
		}
		if a.status != 200 {
			raw{method: "GET", path: mePath, cookie: a.cookie(t)}.send(t).is(t, 401, "") // it is anonymous
		}
	}

	// The wrapper stores none of them.
	s, via := spyOn(shared)
	c := newClient(t, via)
	if exists, err := c.Auth.Exists(t.Context(), unknown); err != nil || exists {
		t.Fatal(exists, err)
	}
	_, err := c.Auth.Authenticate(t.Context(), who.Email, "wrong")
	failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	if _, err := c.Auth.Exists(t.Context(), unknown); err != nil {
		t.Fatal(err)
	}
	if sent := s.last(t).header["Cookie"]; sent != nil || c.Session().LoggedIn() {
		t.Errorf("an anonymous cookie was kept: logged in %t, sent %d", c.Session().LoggedIn(), len(sent))
	}
	s.sendsNothing(t, func() {
		_, err := c.Retrieve(t.Context())
		failure{is: customers.ErrUnauthenticated}.check(t, err)
	})
}

func productionSetsNoCookie(t *testing.T) {
	for _, env := range []string{"production", "staging"} {
		t.Run(env, func(t *testing.T) {
			b := borrowBackend(t, backend.Settings{NodeEnv: env})
			who := account{Email: uniqueEmail(t), Password: "a password"}
			plain := newClientOf(t, b)
			_, err := plain.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password})
			e := failure{is: customers.ErrNoSessionCookie, status: 200, operation: "CreateCustomer"}.of(t, err)
			says(t, e, "https", "WithTLSTerminated")

			login := raw{at: b, method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password}}
			if c := login.send(t).is(t, 200, "application/json").setCookie(t); c != nil {
				t.Errorf("a login over plain http sets %s", c.Name)
			}
			login.header = map[string]string{"X-Forwarded-Proto": "https"}
			a := login.send(t).is(t, 200, "application/json")
			if c := a.setCookie(t); c == nil || !c.Secure || c.SameSite != http.SameSiteNoneMode {
				t.Fatalf("a login over https sets %v", c)
			}
			raw{at: b, method: "GET", path: mePath, cookie: a.cookie(t)}.send(t).is(t, 200, "application/json") // over plain http

			_, err = plain.Auth.Authenticate(t.Context(), who.Email, who.Password)
			says(t, failure{is: customers.ErrNoSessionCookie, status: 200}.of(t, err), "https", "WithTLSTerminated")
			if plain.Session().LoggedIn() {
				t.Error("a login without a cookie counts as one")
			}
			behind := newClientOf(t, b, customers.WithTLSTerminated())
			if _, err := behind.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
				t.Fatal(err)
			}
			if me, err := behind.Retrieve(t.Context()); err != nil || me.Email != who.Email {
				t.Fatal(me, err)
			}
			if err := behind.Auth.DeleteSession(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// jarFailsInACluster reaches the backend by a host name, as one container reaches another.
func jarFailsInACluster(t *testing.T) {
	b := borrowBackend(t, backend.Settings{NodeEnv: "production"})
	medusa, err := url.Parse(b.URL)
	if err != nil {
		t.Fatal(err)
	}
	cluster := &backend.Backend{URL: "http://medusa:" + medusa.Port(), Settings: b.Settings}
	dialer := &net.Dialer{}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, medusa.Host)
	}}
	t.Cleanup(transport.CloseIdleConnections)

	who := account{Email: uniqueEmail(t), Password: "a password"}
	if _, err := newClientOf(t, b, customers.WithTLSTerminated()).Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		at   *backend.Backend
		want int
	}{{"laptop", b, 200}, {"cluster", cluster, 401}} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		via := &http.Client{Transport: transport, Jar: jar}
		raw{at: test.at, via: via, method: "POST", path: authPath,
			body:   jsonObject{"email": who.Email, "password": who.Password},
			header: map[string]string{"X-Forwarded-Proto": "https"}}.send(t).is(t, 200, "application/json").cookie(t)
		if a := (raw{at: test.at, via: via, method: "GET", path: mePath}).send(t); a.status != test.want {
			t.Errorf("on a %s, Go's cookie jar gets %d, want %d", test.name, a.status, test.want)
		}
	}

	// The wrapper works there with WithTLSTerminated. Without it, it returns an error that names the option and sends nothing.
	s := &spy{next: transport}
	via := customers.WithHTTPClient(&http.Client{Transport: s})
	c, err := customers.New(cluster.URL, via, customers.WithTLSTerminated())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.Email != who.Email {
		t.Fatal(me, err)
	}
	session, err := customers.DecodeSession(c.Session().Encode())
	if err != nil {
		t.Fatal(err)
	}
	untold, err := customers.New(cluster.URL, via)
	if err != nil {
		t.Fatal(err)
	}
	untold = untold.WithSession(session)
	s.sendsNothing(t, func() {
		_, err := untold.Retrieve(t.Context())
		says(t, failure{is: customers.ErrNoSessionCookie}.of(t, err), "https", "WithTLSTerminated")
		failure{is: customers.ErrNoSessionCookie}.check(t, untold.Auth.DeleteSession(t.Context()))
	})
}

// staleDate is how much older than the response its Date header may be: Node makes the text once a second, and later than
// that when it is busy. A lifetime that counts from the Date is longer by as much.
const staleDate = 5 * time.Second

func cookiesAreNotRenewed(t *testing.T) {
	_, who := rawCustomer(t)
	a := rawAuth(who).send(t).is(t, 200, "application/json")
	c := a.setCookie(t)
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	if life := c.Expires.Sub(date); (life-10*time.Hour).Abs() > staleDate || c.MaxAge != 0 {
		t.Errorf("the cookie lives %v with Max-Age %d, want 10h by Expires alone", life, c.MaxAge)
	}
	for _, path := range []string{mePath, ordersPath, methodsPath, authPath} {
		if c := (raw{method: "GET", path: path, cookie: a.cookie(t)}).send(t).is(t, 200, "application/json").setCookie(t); c != nil {
			t.Errorf("GET %s sets a cookie", path)
		}
	}

	client, _ := newCustomer(t)
	expires := client.Session().Expires()
	if left := time.Until(expires); left > 10*time.Hour+staleDate || left < 10*time.Hour-time.Minute {
		t.Errorf("the session says that it lives for %v", left)
	}
	if _, err := client.Retrieve(t.Context()); err != nil || !client.Session().Expires().Equal(expires) {
		t.Error("a call changed the session's end", err)
	}
}

// shortTTL is long enough for a login and a few calls on a busy machine.
const shortTTL = 5 * time.Second

// shortLived returns a client for a backend with sessions of shortTTL.
func shortLived() *http.Client {
	return &http.Client{Transport: recorder.RoundTripper(baseTransport, conform.Cookie{TTL: shortTTL})}
}

// eachUntil calls f every 200 ms until the time has come.
func eachUntil(t *testing.T, end time.Time, f func()) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		f()
		if time.Now().After(end) {
			return
		}
		<-tick.C
	}
}

func serverSideSlides(t *testing.T) {
	b := borrowBackend(t, backend.Settings{SessionTTL: shortTTL.Milliseconds()})
	s := &spy{next: shortLived().Transport}
	via := customers.WithHTTPClient(&http.Client{Transport: s})
	c, who := newCustomerOf(t, b, via)
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	cookie := s.last(t).header.Get("Cookie")
	// Past the cookie's end, the backend still accepts one that was used regularly, and no other. The wrapper's has expired.
	unused := raw{at: b, via: shortLived(), method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password}}.send(t)
	eachUntil(t, unused.setCookie(t).Expires.Add(time.Second), func() {
		raw{at: b, via: shortLived(), method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 200, "application/json")
	})
	if c.Session().LoggedIn() {
		t.Error("the session counts as logged in past its end")
	}
	s.sendsNothing(t, func() {
		_, err := c.Retrieve(t.Context())
		failure{is: customers.ErrSessionExpired}.check(t, err)
		failure{is: customers.ErrUnauthenticated}.check(t, err)
	})
	raw{at: b, via: shortLived(), method: "GET", path: mePath, cookie: unused.cookie(t)}.send(t).is(t, 401, "")
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil || !c.Session().LoggedIn() {
		t.Error("an expired session can't be logged in again:", err)
	}
}

func rollingSessions(t *testing.T) {
	b := borrowBackend(t, backend.Settings{SessionTTL: shortTTL.Milliseconds(), SessionRolling: true})
	c, who := newCustomerOf(t, b, customers.WithHTTPClient(shortLived()))
	cookie := ""
	for _, test := range []struct {
		raw
		status int
	}{
		{raw{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password}}, 200},
		{raw{method: "GET", path: mePath}, 200},
		{raw{method: "POST", path: mePath, body: jsonObject{"email": "x"}}, 400},
		{raw{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": "wrong"}}, 401},
	} {
		test.at, test.via, test.cookie = b, shortLived(), cookie
		got := test.send(t)
		if got.status != test.status || cookie != "" && got.cookie(t) != cookie {
			t.Errorf("%s %s: %d, another cookie %t", test.method, test.path, got.status, got.cookie(t) != cookie)
		}
		cookie = got.cookie(t)
	}
	if (raw{at: b, via: shortLived(), method: "DELETE", path: authPath, cookie: cookie}).send(t).setCookie(t) != nil {
		t.Error("the response to a logout sets a cookie")
	}
	first := c.Session().Expires()
	var resp customers.Response
	eachUntil(t, first.Add(time.Second), func() {
		if _, err := c.Retrieve(t.Context(), customers.WithResponse(&resp)); err != nil {
			t.Fatal(err)
		}
	})
	if !c.Session().Expires().After(first) {
		t.Error("the session's end has not moved")
	}
	if resp.Header["Set-Cookie"] != nil {
		t.Error("WithResponse hands out the session's cookie")
	}
}

func renamedCookie(t *testing.T) {
	b := borrowBackend(t, backend.Settings{SessionName: "shop.sid"})
	who := account{Email: uniqueEmail(t), Password: "a password"}
	c := newClientOf(t, b)
	_, err := c.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password})
	says(t, failure{is: customers.ErrNoSessionCookie, status: 200}.of(t, err), "shop.sid", "connect.sid", "WithSessionCookieName")

	login := raw{at: b, method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password}}.send(t)
	if cookie := login.setCookie(t); cookie == nil || cookie.Name != "shop.sid" {
		t.Fatalf("the login sets %v", cookie)
	}
	_, value, _ := strings.Cut(login.cookie(t), "=")
	raw{at: b, method: "GET", path: mePath, cookie: "connect.sid=" + value}.send(t).is(t, 401, "")

	named := newClientOf(t, b, customers.WithSessionCookieName("shop.sid"))
	if _, err := named.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	if me, err := named.Retrieve(t.Context()); err != nil || me.Email != who.Email {
		t.Error(me, err)
	}
}

func cookieToTheByte(t *testing.T) {
	_, who := rawCustomer(t)
	s, via := spyOn(shared)
	received := &cookieReader{next: s.next}
	s.next = received
	c := newClient(t, via)
	// A signature is random and may lack one of the escapes.
	var plus, slash bool
	for range 50 {
		if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
			t.Fatal(err)
		}
		got, _, _ := strings.Cut(received.setCookie, ";")
		if _, err := c.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		if sent := s.last(t).header.Get("Cookie"); sent != got || !strings.HasPrefix(sent, "connect.sid=s%3A") {
			t.Fatal("the cookie that is sent is not the one that came")
		}
		plus, slash = plus || strings.Contains(got, "%2B"), slash || strings.Contains(got, "%2F")
		if plus && slash {
			return
		}
	}
	t.Error("in 50 logins no cookie had %2B and %2F")
}

// cookieReader stores the last Set-Cookie line of a client that one goroutine uses.
type cookieReader struct {
	next      http.RoundTripper
	setCookie string
}

func (r *cookieReader) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err == nil && resp.Header.Get("Set-Cookie") != "" {
		r.setCookie = resp.Header.Get("Set-Cookie")
	}
	return resp, err
}

func sessionFixation(t *testing.T) {
	_, who := rawCustomer(t)
	anonymous := func() string { return raw{method: "GET", path: authPath + "/" + who.Email}.send(t).cookie(t) }

	// An attacker who planted the anonymous id is logged in when the victim logs in or registers with it.
	planted := anonymous()
	login := rawAuth(who)
	login.cookie = planted
	if got := login.send(t).cookie(t); got != planted {
		t.Error("login makes a new session id after all")
	}
	if me := rawMe(t, planted); me.ID != who.ID {
		t.Errorf("the planted cookie is %s's, want %s's", me.ID, who.ID)
	}
	planted = anonymous()
	registered := raw{method: "POST", path: customersPath, cookie: planted,
		body: jsonObject{"email": uniqueEmail(t), "password": "a password"}}.send(t).customer(t)
	if me := rawMe(t, planted); me.ID != registered.ID {
		t.Errorf("the planted cookie is %s's, want %s's", me.ID, registered.ID)
	}

	// The wrapper sends no cookie with a login, not even its own session's; what follows logs out the replaced login.
	s, via := spyOn(shared)
	c, own := newCustomer(t, via)
	withoutCookie := func(path string) {
		t.Helper()
		if r := s.last(t, http.MethodPost); r.path != path || r.header["Cookie"] != nil {
			t.Errorf("POST %s sends a cookie: %t", r.path, r.header["Cookie"] != nil)
		}
	}
	withoutCookie(customersPath)
	before := c.Session().Encode()
	if _, err := c.Auth.Authenticate(t.Context(), own.Email, own.Password); err != nil {
		t.Fatal(err)
	}
	withoutCookie(authPath)
	if c.Session().Encode() == before {
		t.Error("a login keeps the session id")
	}
	if _, err := c.Create(t.Context(), customers.CreateRequest{Email: uniqueEmail(t), Password: "a password"}); err != nil {
		t.Fatal(err)
	}
	withoutCookie(customersPath)
}

func failedLoginLeavesSession(t *testing.T) {
	cookie, who := rawCustomer(t)
	raw{method: "POST", path: authPath, cookie: cookie, body: jsonObject{"email": who.Email, "password": "wrong"}}.send(t).is(t, 401, "text/plain")
	rawMe(t, cookie)

	c, own := newCustomer(t)
	_, err := c.Auth.Authenticate(t.Context(), own.Email, "wrong")
	failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	_, err = c.Create(t.Context(), customers.CreateRequest{Email: own.Email, Password: "x"})
	failure{is: customers.ErrDuplicate, status: 422}.check(t, err)
	if me, err := c.Retrieve(t.Context()); err != nil || me.ID != own.ID {
		t.Error("the session did not survive a failed login:", err)
	}
}

func logoutNeedsNoLogin(t *testing.T) {
	cookie, who := rawCustomer(t)
	for _, sent := range []string{"", cookie, cookie} { // without a session, with one, and with one that was logged out
		a := raw{method: "DELETE", path: authPath, cookie: sent}.send(t).is(t, 200, "text/plain")
		if a.body != "OK" || a.setCookie(t) != nil {
			t.Errorf("%q, cookie %v", a.body, a.setCookie(t))
		}
	}
	raw{method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 401, "")

	s, via := spyOn(shared)
	c := newClient(t, via)
	if err := c.Auth.DeleteSession(t.Context()); err != nil {
		t.Error("a logout without a login:", err)
	}
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended := s.last(t).header.Get("Cookie")
	if err := c.Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sent := s.last(t).header.Get("Cookie"); sent != ended || c.Session().LoggedIn() {
		t.Errorf("the logout sent the session's cookie: %t; logged in after it: %t", sent == ended, c.Session().LoggedIn())
	}
	raw{method: "GET", path: mePath, cookie: ended}.send(t).is(t, 401, "")
	s.sendsNothing(t, func() {
		_, err := c.Retrieve(t.Context())
		failure{is: customers.ErrUnauthenticated}.check(t, err)
	})
}

func rawToken(t *testing.T, who account) string {
	t.Helper()
	a := raw{method: "POST", path: tokenPath, body: jsonObject{"email": who.Email, "password": who.Password}}.send(t)
	return a.is(t, 200, "application/json").json(t)["access_token"].(string) //nolint:errcheck,forcetypeassert // the test ends here
}

func cookieBeatsBearer(t *testing.T) {
	_, one := rawCustomer(t)
	cookie, two := rawCustomer(t)
	token := rawToken(t, one)
	if me := (raw{method: "GET", path: mePath, bearer: token, cookie: cookie}).send(t).customer(t); me.ID != two.ID {
		t.Errorf("with both, %s is logged in, want the cookie's %s", me.ID, two.ID)
	}
	anonymous := raw{method: "GET", path: authPath + "/" + one.Email}.send(t).cookie(t)
	if me := (raw{method: "GET", path: mePath, bearer: token, cookie: anonymous}).send(t).customer(t); me.ID != one.ID {
		t.Errorf("with an anonymous cookie, %s is logged in, want the token's %s", me.ID, one.ID)
	}

	// The wrapper never sends both.
	s, via := spyOn(shared)
	bearer := newClient(t, via, customers.WithBearerToken(token))
	for range 2 { // the first response sets a cookie
		if me, err := bearer.Retrieve(t.Context()); err != nil || me.ID != one.ID {
			t.Fatal(me, err)
		}
		if h := s.last(t).header; h["Cookie"] != nil || h.Get("Authorization") != "Bearer "+token {
			t.Error("a bearer client sends a cookie or not its token")
		}
	}
	derived := bearer.WithSession(new(customers.Session))
	if _, err := derived.Auth.Authenticate(t.Context(), two.Email, two.Password); err != nil {
		t.Fatal(err)
	}
	if me, err := derived.Retrieve(t.Context()); err != nil || me.ID != two.ID {
		t.Fatal(me, err)
	}
	if h := s.last(t).header; h["Cookie"] == nil || h["Authorization"] != nil {
		t.Error("a session client sends no cookie, or the token of the client that it is derived from")
	}
}

func bearerSurvives(t *testing.T) {
	c, who := newCustomer(t)
	token, err := c.Auth.GetToken(t.Context(), who.Email, who.Password)
	if err != nil {
		t.Fatal(err)
	}
	claims := claimsOf(t, token)
	issued, _ := claims["iat"].(float64)
	expires, _ := claims["exp"].(float64)
	if expires-issued != (30 * 24 * time.Hour).Seconds() {
		t.Errorf("the token is good for %v s", expires-issued)
	}
	if _, err := c.Update(t.Context(), customers.UpdateRequest{Password: new("another password")}); err != nil {
		t.Fatal(err)
	}
	if err := c.Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw{method: "DELETE", path: authPath, bearer: token}.send(t).is(t, 200, "text/plain")
	if me := (raw{method: "GET", path: mePath, bearer: token}).send(t).customer(t); me.ID != who.ID {
		t.Error("the token is of", me.ID)
	}
	if me, err := newClient(t, customers.WithBearerToken(token)).Retrieve(t.Context()); err != nil || me.ID != who.ID {
		t.Error(me, err)
	}
}

func deletedCustomer(t *testing.T) {
	cookie, who := rawCustomer(t)
	c, own := newCustomer(t)
	deleteCustomer(t, who.ID)
	deleteCustomer(t, own.ID)
	for _, path := range []string{mePath, authPath} {
		raw{method: "GET", path: path, cookie: cookie}.send(t).fails(t, 404, "not_found")
	}
	if page := (raw{method: "GET", path: ordersPath, cookie: cookie}).send(t).page(t); len(page.Orders) != 0 || page.Count != 0 {
		t.Errorf("%d of %d orders, want none", len(page.Orders), page.Count)
	}

	_, err := c.Retrieve(t.Context())
	failure{is: customers.ErrNotFound, status: 404, kind: "not_found"}.check(t, err)
	_, err = c.Auth.GetSession(t.Context())
	failure{is: customers.ErrNotFound, status: 404, kind: "not_found"}.check(t, err)
	if page, err := c.ListOrders(t.Context(), nil); err != nil || len(page.Orders) != 0 {
		t.Error(page, err)
	}
	if !c.Session().LoggedIn() {
		t.Error("a 404 ended the session, which lives on at the backend")
	}
}

func keysWithoutEffect(t *testing.T) {
	cookie, _ := rawCustomer(t)
	register := raw{method: "POST", path: customersPath,
		body:   jsonObject{"email": uniqueEmail(t), "password": "a password"},
		header: map[string]string{"Idempotency-Key": "the same", "X-Publishable-Api-Key": "pk_bogus"}}
	register.send(t).is(t, 200, "application/json")
	a := register.send(t) // does not get the response to the first one
	a.fails(t, 422, "duplicate_error")
	if echo := a.header.Get("Idempotency-Key"); echo != "" {
		t.Errorf("the response has an Idempotency-Key %q", echo)
	}
	raw{method: "GET", path: mePath, cookie: cookie, header: register.header}.send(t).is(t, 200, "application/json")

	s, via := spyOn(shared)
	c, _ := newCustomer(t, via, customers.WithPublishableKey("pk_bogus"))
	if _, err := c.Retrieve(t.Context()); err != nil || s.last(t).header.Get("X-Publishable-Api-Key") != "pk_bogus" {
		t.Error("a bogus publishable key:", err)
	}
	s.sendsNothing(t, func() {
		_, err := c.Update(t.Context(), customers.UpdateRequest{}, customers.WithHeader("Idempotency-Key", "a key"))
		failure{is: customers.ErrInvalidInput, field: "WithHeader", operation: "UpdateCustomer"}.check(t, err)
	})
}

func restartEndsSessions(t *testing.T) {
	b := borrowBackend(t, backend.Settings{})
	s, via := spyOn(b)
	c, who := newCustomerOf(t, b, via)
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	cookie := s.last(t).header.Get("Cookie")
	if err := b.Restart(t.Context(), backend.Settings{}); err != nil {
		t.Fatal(err)
	}
	anonymous := raw{at: b, method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 401, "").cookie(t)
	if anonymous == cookie {
		t.Error("the 401 sets the old cookie")
	}
	raw{at: b, method: "GET", path: mePath, cookie: anonymous}.send(t).is(t, 401, "")

	_, err := c.Retrieve(t.Context())
	failure{is: customers.ErrUnauthenticated, status: 401}.check(t, err)
	if c.Session().LoggedIn() {
		t.Error("the session has not ended")
	}
	s.sendsNothing(t, func() { // neither the revoked cookie nor the anonymous one
		_, err := c.Retrieve(t.Context())
		failure{is: customers.ErrUnauthenticated}.check(t, err)
	})
	if _, err := c.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.ID != who.ID {
		t.Error(me, err)
	}
}

func logoutLeavesAdmin(t *testing.T) {
	cookie, _ := rawCustomer(t)
	admin := func(method string, body any) response {
		return raw{via: unrecorded, method: method, path: "/admin/auth", cookie: cookie, body: body}.send(t)
	}
	admin("GET", nil).is(t, 401, "")
	admin("POST", jsonObject{"email": shared.AdminUser.Email, "password": shared.AdminUser.Password}).is(t, 200, "application/json")
	rawMe(t, cookie)
	// The response sets the cookie again if an administrator is left in the session. The contract does not have that, so the
	// request is not recorded.
	raw{via: unrecorded, method: "DELETE", path: authPath, cookie: cookie}.send(t).is(t, 200, "text/plain")
	raw{method: "GET", path: mePath, cookie: cookie}.send(t).is(t, 401, "")
	admin("GET", nil).is(t, 200, "application/json")
}

func secondLogin(t *testing.T) {
	_, who := rawCustomer(t)
	first, second := rawLogin(t, who), rawLogin(t, who)
	for _, cookie := range []string{first, second} {
		if me := rawMe(t, cookie); me.ID != who.ID {
			t.Errorf("the session is of %s, want %s", me.ID, who.ID)
		}
	}
}
