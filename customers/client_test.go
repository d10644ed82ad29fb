package customers

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"unsafe"
)

func TestOneClientOneCustomer(t *testing.T) {
	b := newBackend(t)
	shared := b.client(t, WithoutSession())
	one, two := shared.WithSession(new(Session)), shared.WithSession(new(Session))
	mustLogin(t, one, "a@example.com")
	mustLogin(t, two, "b@example.com")
	wantCustomer(t, one, "a@example.com")
	wantCustomer(t, two, "b@example.com")
	// The services are those of the derived client.
	me, err := one.Auth.GetSession(t.Context())
	wantOK(t, err)
	if me.Email != "a@example.com" {
		t.Errorf("GetSession says %s", me.Email)
	}
	wantOK(t, one.Auth.DeleteSession(t.Context()))
	wantCustomer(t, two, "b@example.com")
	// Two clients with one session are one customer.
	mustLogin(t, shared.WithSession(one.Session()), "c@example.com")
	wantCustomer(t, one, "c@example.com")
}

func TestDerivingAClientCostsUnderAKilobyte(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", WithoutSession())
	s := new(Session)
	var derived *Client
	if n := testing.AllocsPerRun(100, func() { derived = c.WithSession(s) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
	if n := unsafe.Sizeof(*derived); n >= 1<<10 {
		t.Errorf("%d bytes", n)
	}
	if derived.caller.config != c.caller.config {
		t.Error("settings are copied")
	}
}

func TestWithoutSession(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", `{"exists":true,"access_token":"jwt"}`))
	c := f.client(t, WithoutSession())
	if c.Session() != nil {
		t.Error("it has a session")
	}
	for _, c := range []*Client{c, c.WithSession(nil), f.client(t).WithSession(nil)} {
		before := f.count()
		for name, err := range map[string]error{
			"login":   logIn(t.Context(), c, testEmail),
			"secured": retrieve(t.Context(), c),
			"logout":  c.Auth.DeleteSession(t.Context()),
		} {
			if e := wantError(t, err, ErrNoSession); !strings.Contains(e.Message, "WithSession") {
				t.Errorf("%s: error %q", name, e)
			}
		}
		if f.count() != before {
			t.Errorf("%d requests were sent", f.count()-before)
		}
		exists, err := c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
		if !exists {
			t.Error("Exists is false")
		}
	}
}

// countConnections starts a server that responds to each request with the customer, and counts its connections.
func countConnections(t *testing.T) (url string, opened *atomic.Int32) {
	t.Helper()
	opened = new(atomic.Int32)
	srv := httptest.NewUnstartedServer(respondWith(200, "application/json", customerJSON))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL, opened
}

func TestClientsOfAThousandTokensShareConnections(t *testing.T) {
	f, opened := countConnections(t)
	c := mustNew(t, f, WithBearerToken("first"))
	for i := range 1000 {
		mine, err := c.WithBearerToken(fmt.Sprint("token-", i))
		wantOK(t, err)
		wantOK(t, retrieve(t.Context(), mine))
	}
	// On a busy machine, net/http does not wait for a connection to be ready again.
	if n := opened.Load(); n > 50 {
		t.Errorf("%d connections for 1000 calls, one after the other", n)
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 125 {
				mine, err := c.WithBearerToken(fmt.Sprint("token-", worker, "-", i))
				if err == nil {
					err = retrieve(t.Context(), mine)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n > 100 {
		t.Errorf("%d connections for 2000 calls, 8 at once", n)
	}
}

func TestWithBearerToken(t *testing.T) {
	var sent http.Header
	handler := inMemory(func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Clone()
		w.Header().Set("Set-Cookie", "connect.sid=x; Path=/")
		respondJSON(w, 200, customerJSON)
	})
	c := mustNew(t, backendURL, handler).WithSession(sessionOf("v"))
	mine, err := c.WithBearerToken("tok")
	wantOK(t, err)
	wantOK(t, retrieve(t.Context(), mine))
	if sent.Get("Authorization") != "Bearer tok" || sent.Get("Cookie") != "" || mine.Session() != nil {
		t.Errorf("sent %v", sent)
	}
	wantIs(t, logIn(t.Context(), mine, testEmail), ErrNoSession)
	wantIs(t, mine.Auth.DeleteSession(t.Context()), ErrNoSession)
	wantIs(t, retrieveWith(t, mine, WithHeader("Authorization", "Basic x")), ErrInvalidInput)
	// The other clients are as they were, also those that are derived from the new one.
	wantOK(t, retrieve(t.Context(), c))
	wantOK(t, retrieve(t.Context(), mine.WithSession(sessionOf("v"))))
	if sent.Get("Authorization") != "" || sent.Get("Cookie") != "connect.sid=v" {
		t.Errorf("sent %v", sent)
	}
	wantIs(t, retrieve(t.Context(), mine.WithSession(nil)), ErrNoSession)
	for _, token := range []string{"", "Bearer hush", "bearer hush", " hush", "hush\r\nCookie: a=b", "hush\n"} {
		_, err := c.WithBearerToken(token)
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithBearerToken" || e.Operation != "WithBearerToken" || strings.Contains(e.Error(), "hush") {
			t.Errorf("%q: error %q", token, e)
		}
		_, err = New(backendURL, WithBearerToken(token))
		wantIs(t, err, ErrInvalidInput)
	}
	_, err = mustNew(t, backendURL, handler, WithHeader("Authorization", "Basic hush")).WithBearerToken("tok")
	if e := wantError(t, err, ErrInvalidInput); strings.Contains(e.Error(), "hush") || !strings.Contains(e.Error(), "WithBearerToken") {
		t.Errorf("error %q", e)
	}
	for way, text := range printed(struct{ C *Client }{mustDerive(t, c, plantedToken)}) {
		if leaked(text) {
			t.Errorf("%s shows the token", way)
		}
	}
	wantNoLeak(t, "a derived client", mustDerive(t, c, plantedToken), *mustDerive(t, c, plantedToken), mustDerive(t, c, plantedToken).Auth, mustDerive(t, c, plantedToken).Addresses)
}

func mustDerive(t *testing.T, c *Client, token string) *Client {
	t.Helper()
	derived, err := c.WithBearerToken(token)
	wantOK(t, err)
	return derived
}

func TestCloseIdleConnectionsLeavesNothing(t *testing.T) {
	for _, own := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) { // which fails if a goroutine of a connection is left
			var open, dialed atomic.Int32
			dial := func(context.Context, string, string) (net.Conn, error) {
				client, server := memPipe(0)
				open.Add(1)
				dialed.Add(1)
				go func() {
					defer open.Add(-1)
					defer server.Close() //nolint:errcheck // a failure changes nothing
					for in := bufio.NewReader(server); ; {
						r, err := http.ReadRequest(in)
						if err != nil {
							return
						}
						_, _ = io.Copy(io.Discard, r.Body)
						writeText(server, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(customerJSON), customerJSON))
					}
				}()
				return client, nil
			}
			c := mustNew(t, "http://shop.example.com", WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial}}))
			if own {
				transports := newRoundTripper()
				transports.repeatable.DialContext, transports.single.DialContext = dial, dial
				c = mustNew(t, "http://shop.example.com", WithHTTPClient(&http.Client{Transport: transports}))
			}
			for range 2 {
				before := dialed.Load()
				wantOK(t, retrieve(t.Context(), c.WithSession(sessionOf("v"))))
				wantOK(t, retrieve(t.Context(), mustDerive(t, c, "tok")))
				_, err := c.WithSession(sessionOf("v")).Update(t.Context(), UpdateRequest{}) // a POST, by the other transport
				wantOK(t, err)
				if status, _ := do(t, c, newRequest(t, http.MethodGet, "/store/carts/1", nil)); status != 200 {
					t.Error(status)
				}
				synctest.Wait()
				if open.Load() == 0 || dialed.Load() == before {
					t.Errorf("own %v: %d connections are open, %d were opened", own, open.Load(), dialed.Load()-before)
				}
				mustDerive(t, c, "tok").CloseIdleConnections()
				synctest.Wait()
				if n := open.Load(); n != 0 {
					t.Errorf("own %v: %d connections are left", own, n)
				}
			}
		})
	}
	// A RoundTripper that can't close connections is left alone.
	mustNew(t, backendURL, inMemory(nil)).CloseIdleConnections()
}

func retrieveWith(t *testing.T, c *Client, opts ...CallOption) error {
	t.Helper()
	_, err := c.Retrieve(t.Context(), opts...)
	return err
}
