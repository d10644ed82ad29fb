package customerstest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

const me = "/store/customers/me"

var ctx = context.Background()

func newClient(t *testing.T, srv *customerstest.Server, opts ...customers.Option) *customers.Client {
	t.Helper()
	c, err := customers.New(srv.URL, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Each fault is an error of the client, and the operation is carried out or not.
func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault   customerstest.Fault
		want    error
		changed bool
	}{
		"status":                  {customerstest.Fault{Status: 503}, customers.ErrUnavailable, false},
		"status with a body":      {customerstest.Fault{Status: 409, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"message":"busy"}`}, customers.ErrConflict, false},
		"status, carried out":     {customerstest.Fault{Status: 502, CarriedOut: true}, customers.ErrUnavailable, true},
		"reset":                   {customerstest.Fault{Reset: true}, syscall.ECONNRESET, false},
		"reset, carried out":      {customerstest.Fault{Reset: true, CarriedOut: true}, syscall.ECONNRESET, true},
		"truncated":               {customerstest.Fault{Truncate: true}, io.ErrUnexpectedEOF, true},
		"truncated, its own body": {customerstest.Fault{Status: 200, Body: `{"customer":{}}`, Truncate: true}, io.ErrUnexpectedEOF, false},
		"a page":                  {customerstest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"}, customers.ErrUnexpectedResponse, false},
		"header only":             {customerstest.Fault{Header: http.Header{"X-Cache": {"hit"}}}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := customerstest.NewServer(t)
			c := newClient(t, srv, customers.WithMaxRetries(0))
			if _, err := c.Create(ctx, customers.CreateRequest{Email: "a@example.com", Password: "x"}); err != nil {
				t.Fatal(err)
			}
			srv.Inject(test.fault)
			var resp customers.Response
			_, err := c.Update(ctx, customers.UpdateRequest{FirstName: customers.Value("New")}, customers.WithResponse(&resp))
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if test.want == nil && resp.Header.Get("X-Cache") != "hit" {
				t.Errorf("header %v", resp.Header)
			}
			after, err := c.Retrieve(ctx) // the fault has happened
			if err != nil {
				t.Fatal(err)
			}
			if changed := text(after.FirstName) == "New"; changed != test.changed {
				t.Errorf("changed: %v", changed)
			}
		})
	}
}

func TestFaultsAreForSomeRequests(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	statuses := func(paths ...string) (list []int) {
		for _, path := range paths {
			list = append(list, b.Send(http.MethodGet, path, "").Status)
		}
		return list
	}
	expect := func(want []int, paths ...string) {
		t.Helper()
		if got := statuses(paths...); !equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	srv.Inject(customerstest.Fault{Status: 500, Times: 2})
	expect([]int{500, 500, 200}, me, me, me)
	srv.Inject(customerstest.Fault{Status: 500, Operation: "GetSession"})
	expect([]int{200, 500, 200}, me, "/store/auth", "/store/auth")
	srv.Inject(customerstest.Fault{Status: 501, Match: func(r customerstest.Request) bool { return r.Query().Get("x") == "1" }})
	expect([]int{200, 501, 200}, me, me+"?x=1", me+"?x=1")
	srv.Inject(customerstest.Fault{Status: 501})
	srv.Inject(customerstest.Fault{Status: 502})
	expect([]int{501, 502, 200}, me, me, me)
	srv.Inject(customerstest.Fault{Status: 501, Operation: "GetSession", Times: -1})
	srv.Inject(customerstest.Fault{Status: 502, Times: -1})
	expect([]int{502, 501, 502, 501}, me, "/store/auth", "/nowhere", "/store/auth")
	srv.ClearFaults()
	expect([]int{200, 200}, me, "/store/auth")
	for why, fault := range map[string]customerstest.Fault{
		"does nothing": {Operation: "GetSession"}, "is for no operation": {Operation: "ListOrder", Status: 500},
	} {
		if !panics(func() { srv.Inject(fault) }) {
			t.Errorf("a fault that %s", why)
		}
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Latency is real time and ends when the client goes away. In a bubble of synctest it takes none.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := customerstest.New()
		b.Inject(customerstest.Fault{Latency: time.Minute, Times: -1})
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/store/auth/x", nil)

		start := time.Now()
		w := httptest.NewRecorder()
		b.ServeHTTP(w, request)
		if passed := time.Since(start); passed != time.Minute || w.Body.String() != `{"exists":false}` {
			t.Errorf("after %v: %q", passed, w.Body)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		gaveUp := panics(func() { b.ServeHTTP(httptest.NewRecorder(), request.WithContext(ctx)) })
		if passed := time.Since(start); passed != time.Second || !gaveUp {
			t.Errorf("gone after %v, gave up: %v", passed, gaveUp)
		}
	})
}

// Latency ends with the client: otherwise this test would take an hour.
func TestLatencyEndsWithTheClient(t *testing.T) {
	srv := customerstest.NewServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	srv.Inject(customerstest.Fault{Latency: time.Hour, Match: func(customerstest.Request) bool { cancel(); return true }})
	if _, err := newClient(t, srv).Auth.Exists(ctx, "x@example.com"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A request that its client has left does not keep a test from ending.
func TestLatencyEndsWithTheTest(t *testing.T) {
	failed := make(chan error, 1)
	t.Run("with a request on its way", func(t *testing.T) {
		srv := customerstest.NewServer(t)
		c := newClient(t, srv, customers.WithMaxRetries(0))
		arrived := make(chan bool, 1)
		srv.Inject(customerstest.Fault{Latency: time.Hour, Match: func(customerstest.Request) bool { arrived <- true; return true }})
		go func() {
			_, err := c.Auth.Exists(ctx, "x@example.com")
			failed <- err
		}()
		<-arrived
	})
	if err := <-failed; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// Match can use the request and the backend.
func TestMatchMayUseTheBackend(t *testing.T) {
	srv := customerstest.NewServer(t)
	c := newClient(t, srv, customers.WithMaxRetries(0))
	srv.Inject(customerstest.Fault{Status: 409, Match: func(r customerstest.Request) bool {
		return len(srv.Requests()) > 1 && strings.Contains(string(r.Body()), "b@example.com")
	}})
	for email, want := range map[string]error{"a@example.com": nil, "b@example.com": customers.ErrConflict} {
		_ = c.GeneratePasswordToken(ctx, "first@example.com")
		if err := c.GeneratePasswordToken(ctx, email); !errors.Is(err, want) {
			t.Errorf("%s: %v", email, err)
		}
	}
}

// Below TLS the connection is reset.
func TestResetOverTLS(t *testing.T) {
	b := customerstest.New()
	srv := httptest.NewTLSServer(b)
	defer srv.Close()
	c, err := customers.New(srv.URL, customers.WithHTTPClient(srv.Client()), customers.WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	b.Inject(customerstest.Fault{Reset: true})
	if _, err := c.Auth.Exists(ctx, "x@example.com"); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	if _, err := c.Auth.Exists(ctx, "x@example.com"); err != nil {
		t.Error(err)
	}
}

// Without a connection the handler panics with http.ErrAbortHandler.
func TestResetWithoutAConnection(t *testing.T) {
	b := customerstest.New()
	b.Inject(customerstest.Fault{Reset: true})
	defer func() {
		if recover() != any(http.ErrAbortHandler) {
			t.Error("the handler returned")
		}
	}()
	b.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/store/auth/x", strings.NewReader("")))
}

// The request is held before its operation is carried out, or after it.
func TestHold(t *testing.T) {
	for _, carriedOut := range []bool{false, true} {
		srv := customerstest.NewServer(t)
		c := newClient(t, srv)
		created := make(chan error, 1)
		held := srv.Hold(customerstest.Fault{Operation: customers.OperationCreateCustomer, CarriedOut: carriedOut})
		go func() {
			_, err := c.Create(ctx, customers.CreateRequest{Email: "a@example.com", Password: "x"})
			created <- err
		}()
		if r := held.Wait(); r.Operation != customers.OperationCreateCustomer {
			t.Errorf("held is %v", r)
		}
		if exists, err := newClient(t, srv).Auth.Exists(ctx, "a@example.com"); err != nil || exists != carriedOut {
			t.Errorf("carried out %v: exists %v, %v", carriedOut, exists, err)
		}
		held.Release()
		held.Release()
		if err := <-created; err != nil {
			t.Error(err)
		}
	}
}

// Several requests are held together, and the rest of the fault happens when they go on.
func TestHoldIsAFault(t *testing.T) {
	srv := customerstest.NewServer(t)
	c := newClient(t, srv, customers.WithMaxRetries(0))
	held := srv.Hold(customerstest.Fault{Times: 2, Status: http.StatusServiceUnavailable})
	failed := make(chan error)
	for i := range 2 {
		go func() {
			_, err := c.Auth.Exists(ctx, fmt.Sprintf("%d@example.com", i))
			failed <- err
		}()
	}
	held.Wait()
	held.Wait()
	if _, err := c.Auth.Exists(ctx, "third@example.com"); err != nil {
		t.Error(err)
	}
	held.Release()
	for range 2 {
		if err := <-failed; !errors.Is(err, customers.ErrUnavailable) {
			t.Error(err)
		}
	}
}

func TestReleaseBeforeTheRequestHoldsNothing(t *testing.T) {
	srv := customerstest.NewServer(t)
	srv.Hold(customerstest.Fault{Times: -1}).Release()
	if _, err := newClient(t, srv).Auth.Exists(ctx, "a@example.com"); err != nil {
		t.Error(err)
	}
}

func TestHoldEndsWithTheClient(t *testing.T) {
	srv := customerstest.NewServer(t)
	failed := make(chan error, 1)
	for _, carriedOut := range []bool{false, true} {
		client, cancel := context.WithCancel(t.Context())
		held := srv.Hold(customerstest.Fault{CarriedOut: carriedOut})
		go func() {
			_, err := newClient(t, srv).Auth.Exists(client, "x@example.com")
			failed <- err
		}()
		held.Wait()
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestHoldEndsWithTheTest(t *testing.T) {
	failed := make(chan error, 1)
	t.Run("with a held request", func(t *testing.T) {
		srv := customerstest.NewServer(t)
		c := newClient(t, srv, customers.WithMaxRetries(0))
		held := srv.Hold(customerstest.Fault{})
		go func() {
			_, err := c.Auth.Exists(ctx, "x@example.com")
			failed <- err
		}()
		held.Wait()
	})
	if err := <-failed; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestHoldPanicsForAnUnknownOperation(t *testing.T) {
	if !panics(func() { customerstest.New().Hold(customerstest.Fault{Operation: "ListOrder"}) }) {
		t.Error("it did not")
	}
}

// Wait does not wait forever.
func TestWaitEndsWithoutARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := customerstest.New().Hold(customerstest.Fault{})
		if !panics(func() { held.Wait() }) {
			t.Error("it did not end")
		}
	})
}

// A test ends although its client has stopped in the middle of a request.
func TestServerEndsWithoutTheRestOfARequest(t *testing.T) {
	for name, sent := range map[string]string{
		"no body":     "POST /store/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
		"half a body": "POST /store/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
		"half a head": "POST /store/auth HTTP/1.1\r\nHo",
		"a held one":  "GET /store/auth/x HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		start := time.Now()
		t.Run(name, func(t *testing.T) {
			srv := customerstest.NewServer(t)
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(srv.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			go func() { // the connection outlives the test
				<-t.Context().Done()
				time.Sleep(20 * time.Second)
				_ = conn.Close()
			}()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			if name == "a held one" {
				srv.Hold(customerstest.Fault{}).Wait()
			}
		})
		if passed := time.Since(start); passed > 10*time.Second {
			t.Errorf("%s: the test ended after %v", name, passed)
		}
	}
}

func TestPendingFaults(t *testing.T) {
	b := customerstest.New()
	for _, times := range []int{0, 2, -1} {
		b.Inject(customerstest.Fault{Status: 500, Times: times})
		requests := max(1, times)
		for range requests {
			if len(b.PendingFaults()) != 1 {
				t.Errorf("%d times: it is not pending", times)
			}
			b.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		}
		if pending := b.PendingFaults(); len(pending) != 0 {
			t.Errorf("%d times: %v", times, pending)
		}
		b.ClearFaults()
	}
	b.Inject(customerstest.Fault{Status: 500})
	b.ClearFaults()
	if pending := b.PendingFaults(); len(pending) != 0 {
		t.Errorf("cleared: %v", pending)
	}
}

// recorded records the failures of a test.
type recorded struct {
	testing.TB
	failures []string
}

func (r *recorded) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// A fault that did not happen fails the test of the server.
func TestServerReportsPendingFaults(t *testing.T) {
	var tb *recorded
	t.Run("server", func(t *testing.T) {
		tb = &recorded{TB: t}
		srv := customerstest.NewServer(tb)
		srv.Inject(customerstest.Fault{Status: 500, Operation: customers.OperationListOrders})
		srv.Hold(customerstest.Fault{Times: -1})
	})
	want := []string{"customerstest: a fault for ListOrders, injected at fault_test.go:", ", happened 0 of 1 times", "a fault for a request, "}
	if got := strings.Join(tb.failures, "\n"); len(tb.failures) != 2 || !containsAll(got, want) {
		t.Errorf("%s\nwant %q", got, want)
	}
}

func containsAll(s string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}
