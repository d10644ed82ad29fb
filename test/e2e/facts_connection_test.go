//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

var connectionFacts = []fact{
	{"B57_node_closes_idle_connections_a_second_after_the_announced_time", keepAlive},
}

// keepAlive reads a response and measures how long the backend then keeps the connection. A busy backend closes it later.
func keepAlive(t *testing.T) {
	u, err := url.Parse(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing was written that could be lost
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET /store/auth HTTP/1.1\r\nHost: %s\r\n\r\n", u.Host); err != nil {
		t.Fatal(err)
	}
	received := bufio.NewReader(conn)
	resp, err := http.ReadResponse(received, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	responded := time.Now()
	if _, err := received.ReadByte(); !errors.Is(err, io.EOF) {
		t.Fatal("the connection ends with", err)
	}
	kept := time.Since(responded)
	if announced := resp.Header.Get("Keep-Alive"); announced != "timeout=5" || kept < 5500*time.Millisecond {
		t.Errorf("the backend announces %q and closes an idle connection after %v", announced, kept)
	}
	t.Logf("the backend closes an idle connection after %v", kept.Round(time.Millisecond))
}

// TestPostsAfterAPauseAsLongAsNodesKeepAlive sends POSTs at the time at which Node closes their connections: docs/backend.md,
// B57. Such a POST is lost and must not be sent again, so the client's own transport closes idle connections after four
// seconds. How many are lost with Go's default transport, which keeps connections for 90 s, is a matter of chance. It is
// not parallel, as its 400 clients keep the backend busy.
func TestPostsAfterAPauseAsLongAsNodesKeepAlive(t *testing.T) {
	const each = 200
	kinds := []struct {
		name string
		opts func() []customers.Option
	}{
		{"the client's own transport", func() []customers.Option { return []customers.Option{customers.WithTimeout(patience)} }},
		{"Go's default transport", func() []customers.Option {
			transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // it is one
			t.Cleanup(transport.CloseIdleConnections)
			return []customers.Option{customers.WithHTTPClient(&http.Client{Transport: transport}), customers.WithTimeout(patience)}
		}},
	}
	failed := make([][]error, len(kinds))
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range each {
		for k, kind := range kinds {
			c, err := customers.New(shared.URL, kind.opts()...) // each client has one connection
			if err != nil {
				t.Fatal(err)
			}
			email := fmt.Sprintf("nobody-%d@example.com", i)
			all.Go(func() {
				if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
					t.Errorf("before the pause: %v", err)
					return
				}
				// The pauses lie around the times at which Node closes: a tenth of a second around 5 s, and around 6 s.
				pause := time.NewTimer(time.Duration(5+i%2)*time.Second + time.Duration(i-each*3/4)*500*time.Microsecond)
				defer pause.Stop()
				select {
				case <-t.Context().Done():
					return
				case <-pause.C:
				}
				if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed[k] = append(failed[k], err)
				}
			})
		}
	}
	all.Wait()
	for k, kind := range kinds {
		t.Logf("%s: %d of %d POSTs after a pause of about 5 or 6 s failed", kind.name, len(failed[k]), each)
		for _, err := range failed[k] {
			if k == 0 || !errors.Is(err, customers.ErrUnavailable) {
				t.Errorf("%s: %v", kind.name, err)
			}
		}
	}
}
