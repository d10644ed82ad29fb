package customers

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// loginSetting logs in at a backend in memory that sends these Set-Cookie lines with the login, and returns the Cookie
// header of the call after it.
func loginSetting(t *testing.T, baseURL string, lines ...string) (cookie string, err error) {
	t.Helper()
	c := mustNew(t, baseURL, inMemory(func(w http.ResponseWriter, r *http.Request) {
		cookie = r.Header.Get("Cookie")
		if r.Method == http.MethodPost {
			w.Header()["Set-Cookie"] = lines
		}
		respondJSON(w, 200, customerJSON)
	}))
	if err := logIn(t.Context(), c, testEmail); err != nil {
		return "", err
	}
	if err := retrieve(t.Context(), c); err != nil {
		return "", err
	}
	return cookie, nil
}

func TestCookieValueIsKeptToTheByte(t *testing.T) {
	for _, value := range []string{
		"s%3Aabc.def%2Bghi%2Fjkl%3D", "s:abc.def+ghi/jkl=", `"quoted"`, `"with space, and comma"`, "with space", "a,b", "a=b=c", "%zz", "~!@#$%^&*()",
	} {
		got, err := loginSetting(t, "https://shop.example.com", "connect.sid="+value+"; Path=/")
		wantOK(t, err)
		if want := "connect.sid=" + value; got != want {
			t.Errorf("received %q, sent %q", want, got)
		}
		s := sessionOf(value)
		restored, err := DecodeSession(s.Encode())
		wantOK(t, err)
		if got := valueOf(restored); got != value {
			t.Errorf("Encode and DecodeSession made %q of %q", got, value)
		}
	}
}

func TestCookieIsKeptIfABrowserWouldSendItToAllRoutes(t *testing.T) {
	const base = "https://api.shop.example.com/prefix"
	for _, test := range []struct {
		attributes string
		kept       bool
	}{
		{"", true},
		{"; Path=/", true},
		{"; Path=/prefix", true},
		{"; Path=/prefix/", true},
		{"; Path=/prefix/store", true},
		{"; Path=/prefix/store/", true},
		{"; Path=not a path", true},
		{"; Path=/pre", false},
		{"; Path=/store", false},
		{"; Path=/prefix/store/auth", false},
		{"; Path=/admin", false},
		{"; Path=/; Domain=api.shop.example.com", true},
		{"; Path=/; Domain=.shop.example.com", true},
		{"; Path=/; Domain=Example.COM", true},
		{"; Path=/; Domain=op.example.com", false},
		{"; Path=/; Domain=example.org", false},
		{"; Path=/; Domain=x.api.shop.example.com", false},
		{"; Path=/; SameSite=None; Secure; HttpOnly; Partitioned; Priority=High", true},
	} {
		got, err := loginSetting(t, base, "connect.sid=x"+test.attributes, "lb=y"+test.attributes)
		switch {
		case test.kept && (err != nil || got != "connect.sid=x; lb=y"):
			t.Errorf("%q: sent %q, error %v", test.attributes, got, err)
		case !test.kept:
			wantIs(t, err, ErrNoSessionCookie)
		}
	}
}

func TestTheLastOfTwoCookiesWithOneNameCounts(t *testing.T) {
	for _, test := range []struct{ first, second, want string }{
		{"connect.sid=1; Path=/", "connect.sid=2; Path=/", "connect.sid=2"},
		{"connect.sid=; Path=/; Max-Age=0", "connect.sid=2; Path=/", "connect.sid=2"},
		{"connect.sid=1; Path=/", "connect.sid=2; Path=/admin", "connect.sid=1"},
		{"connect.sid=1; Path=/", "not a cookie", "connect.sid=1"},
		{"connect.sid=1; Path=/", `connect.sid=b"ad; Path=/`, "connect.sid=1"},
	} {
		got, err := loginSetting(t, "https://shop.example.com", test.first, test.second)
		wantOK(t, err)
		if got != test.want {
			t.Errorf("%q, %q: sent %q, want %q", test.first, test.second, got, test.want)
		}
	}
	_, err := loginSetting(t, "https://shop.example.com", "connect.sid=1; Path=/", "connect.sid=; Path=/; Max-Age=0")
	wantIs(t, err, ErrNoSessionCookie)
}

func TestLoadBalancersCookiesAreKeptAndResent(t *testing.T) {
	var lines []string
	f := &fake{}
	c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = lines
		respondJSON(w, 200, `{"exists":false}`)
	})))
	step := func(set []string, want string) {
		t.Helper()
		lines = set
		_, err := c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
		lines = nil
		_, err = c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
		if got := f.last(t).Cookie; got != want {
			t.Errorf("after %q sent %q, want %q", set, got, want)
		}
	}
	step(nil, "")
	step([]string{"lb=1; Path=/"}, "lb=1")
	step([]string{"lb=2; Path=/", "waf=%3A; Path=/"}, "lb=2; waf=%3A")
	step([]string{"waf=4; Path=/"}, "lb=2; waf=4")
	step([]string{"lb=; Path=/; Max-Age=0"}, "waf=4")
	step([]string{"gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "waf=4")
	step([]string{"waf=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "")
	step([]string{"connect.sid=anonymous; Path=/", "lb=3; Path=/; Secure"}, "lb=3")
}

func TestLoadBalancersCookiesGoAlongWithLoginsAndLogoutsAndSurviveThem(t *testing.T) {
	b := newBackend(t)
	b.modify = func(r *http.Request, h http.Header) {
		if r.URL.Path != "/store/auth" {
			h.Add("Set-Cookie", "lb=1; Path=/")
		}
	}
	c := b.client(t)
	_, _ = c.Auth.Exists(t.Context(), testEmail)
	mustLogin(t, c, "a@example.com")
	if got := b.last(t).Cookie; got != "lb=1" {
		t.Errorf("login sent %q", got)
	}
	value := valueOf(c.Session())
	wantOK(t, retrieve(t.Context(), c))
	if got := b.last(t).Cookie; got != "connect.sid="+value+"; lb=1" {
		t.Errorf("Retrieve sent %q", got)
	}
	wantOK(t, c.Auth.DeleteSession(t.Context()))
	_, _ = c.Auth.Exists(t.Context(), testEmail)
	if got := b.last(t).Cookie; got != "lb=1" {
		t.Errorf("after the logout sent %q", got)
	}
}

func TestLoadBalancersCookieOfAResponseToAnOlderCookieIsKept(t *testing.T) {
	b := newBackend(t)
	b.modify = func(r *http.Request, h http.Header) {
		if r.Method == http.MethodGet {
			h.Add("Set-Cookie", "lb=1; Path=/")
		}
	}
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	g := b.hold(OperationRetrieveCustomer, "")
	old := begin(func() error { return retrieve(t.Context(), c) })
	g.Wait()
	mustLogin(t, c, "b@example.com")
	g.Release()
	wantOK(t, old())
	wantCustomer(t, c, "b@example.com")
	if got := b.last(t).Cookie; !strings.HasSuffix(got, "; lb=1") {
		t.Errorf("sent %q", got)
	}
}

func TestLoadBalancersCookiesRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
			if f.count() == 1 {
				w.Header()["Set-Cookie"] = []string{"short=1; Max-Age=60", "long=1; Max-Age=3600"}
			}
			respondJSON(w, 200, `{"exists":false}`)
		})))
		for _, want := range []string{"", "short=1; long=1", "long=1", "long=1"} {
			_, err := c.Auth.Exists(t.Context(), testEmail)
			wantOK(t, err)
			if got := f.last(t).Cookie; got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
			time.Sleep(45 * time.Second)
		}
	})
}

func TestLoadBalancersSecureCookieStaysAtHomeOverHTTP(t *testing.T) {
	for _, test := range []struct {
		baseURL, want string
		opts          []Option
	}{
		{"https://shop.example.com", "lb=1; plain=1", nil},
		{"http://shop.example.com", "plain=1", nil},
		{"http://shop.example.com", "lb=1; plain=1", []Option{WithTLSTerminated()}},
	} {
		f := &fake{}
		c := mustNew(t, test.baseURL, append(test.opts, inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = []string{"lb=1; Path=/; Secure", "plain=1; Path=/"}
			respondJSON(w, 200, `{"exists":false}`)
		})))...)
		for range 2 {
			_, err := c.Auth.Exists(t.Context(), testEmail)
			wantOK(t, err)
		}
		if got := f.last(t).Cookie; got != test.want {
			t.Errorf("%s: sent %q, want %q", test.baseURL, got, test.want)
		}
	}
}

func TestOtherCookiesAreCappedInNumberAndSize(t *testing.T) {
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("c%d=1; Path=/", i))
	}
	lines = append(lines, "connect.sid=x; Path=/")
	got, err := loginSetting(t, "https://shop.example.com", lines...)
	wantOK(t, err)
	if want := "connect.sid=x; c12=1; c13=1; c14=1; c15=1; c16=1; c17=1; c18=1; c19=1"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}

	// The cap holds as well when they come one by one.
	n := 0
	f := &fake{}
	c := mustNew(t, "https://shop.example.com", inMemory(f.record(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("Set-Cookie", fmt.Sprintf("c%d=1; Path=/", n))
		respondJSON(w, 200, `{"exists":false}`)
	})))
	for range 20 {
		_, err := c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
	}
	if got, want := f.last(t).Cookie, "c12=1; c13=1; c14=1; c15=1; c16=1; c17=1; c18=1; c19=1"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestOversizedCookieDoesNotPushOutTheOthers(t *testing.T) {
	got, err := loginSetting(t, "https://shop.example.com", "connect.sid=x; Path=/", "lb=1; Path=/", "big="+strings.Repeat("x", maxOtherCookieBytes)+"; Path=/")
	wantOK(t, err)
	if want := "connect.sid=x; lb=1"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	// The newest ones stay where all do not fit.
	half := strings.Repeat("x", maxOtherCookieBytes/2-1)
	got, err = loginSetting(t, "https://shop.example.com", "connect.sid=x; Path=/", "a="+half, "b="+half, "c=1")
	wantOK(t, err)
	if want := "connect.sid=x; b=" + half + "; c=1"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestManyCookiesOnOneResponseCostLittle(t *testing.T) {
	h := http.Header{}
	for i := range 100_000 {
		h.Add("Set-Cookie", fmt.Sprintf("c%d=1; Path=/", i))
	}
	h.Add("Set-Cookie", "connect.sid=x; Path=/")
	c := mustNew(t, "https://shop.example.com")
	received := readCookies(h, c.caller.config.endpoint)
	if received.session == nil || len(received.others) > maxSetCookies {
		t.Errorf("session %v, %d others", received.session, len(received.others))
	}
}

func TestVeryLongMaxAgeIsNotADeletion(t *testing.T) {
	for _, age := range []string{"10000000000", "9223372036854775807", "99999999999999999999"} {
		if _, err := loginSetting(t, "https://shop.example.com", "connect.sid=x; Path=/; Max-Age="+age); err != nil {
			t.Errorf("%s: %v", age, err)
		}
	}
}

// One of the cookies is the login's, under another name.
func TestCookiesOfALoginWithoutASessionCookieAreNotKept(t *testing.T) {
	b := newBackend(t, customerstest.WithSessionCookieName("medusa.sid"))
	c := b.client(t)
	wantIs(t, logIn(t.Context(), c, "a@example.com"), ErrNoSessionCookie)
	_, err := c.Auth.GetToken(t.Context(), testEmail, testPassword)
	wantOK(t, err)
	for _, r := range b.seen("") {
		if r.Cookie != "" {
			t.Errorf("%s %s was sent with %q", r.Method, r.Path, r.Cookie)
		}
	}
}

func TestSessionKeepsOfACookieNoMoreThanItsNameAndValue(t *testing.T) {
	c := mustNew(t, "https://shop.example.com").caller
	sessions := make([]*Session, 100)
	before := liveHeap()
	for i := range sessions {
		s := new(Session)
		junk := "; Path=/; Junk=" + strings.Repeat(strconv.Itoa(i%10), 100<<10)
		h := http.Header{"Set-Cookie": {"connect.sid=v" + junk, "lb=1" + junk}, "Content-Type": {"application/json"}}
		c.session = s
		snap, _, err := s.begin(OperationAuthenticate, c.config.endpoint, false)
		wantOK(t, err)
		wantOK(t, c.settle(t.Context(), &call{op: OperationAuthenticate}, &snap, &response{op: OperationAuthenticate, status: 200, header: h}, nil))
		sessions[i] = s
	}
	if grown := int64(liveHeap()) - int64(before); grown > 2<<20 {
		t.Errorf("%d sessions keep %d bytes", len(sessions), grown)
	}
	runtime.KeepAlive(sessions)
}
