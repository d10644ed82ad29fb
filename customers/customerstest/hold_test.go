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
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

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
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	for _, carriedOut := range []bool{false, true} {
		held := srv.Hold(customerstest.Fault{CarriedOut: carriedOut})
		go func() {
			_, err := newClient(t, srv).Auth.Exists(ctx, "x@example.com")
			failed <- err
		}()
		held.Wait()
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	cancel()
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

// Wait does not wait forever for a request that does not come.
func TestWaitEndsWithoutARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := customerstest.New().Hold(customerstest.Fault{})
		if !panics(func() { held.Wait() }) {
			t.Error("it did not end")
		}
	})
}

// A test whose client has stopped sending in the middle of a request ends all the same.
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

// recorded is a test that records its failures.
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
	want := []string{"customerstest: a fault for ListOrders, injected at hold_test.go:", ", happened 0 of 1 times", "a fault for a request, "}
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
