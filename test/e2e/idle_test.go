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

// Node closes a connection that was idle for five seconds; some versions wait one more than they announce. A POST that
// is sent just then is lost, and must not be sent again, so the client's own transport has closed the connection
// before. How many are lost with Go's default transport, which keeps connections for 90 s, depends on luck and is only
// told.
func TestPostsAfterAPauseAsLongAsNodesKeepAlive(t *testing.T) {
	t.Parallel()
	const each = 200
	kinds := []struct {
		name string
		opts func() []customers.Option
	}{
		{"the client's own transport", func() []customers.Option { return nil }},
		{"Go's default transport", func() []customers.Option {
			transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // it is one
			t.Cleanup(transport.CloseIdleConnections)
			return []customers.Option{customers.WithHTTPClient(&http.Client{Transport: transport})}
		}},
	}
	failed := make([][]error, len(kinds))
	var mu sync.Mutex
	var all sync.WaitGroup
	all.Go(func() {
		kept, err := keepAlive(t)
		if err != nil || kept < 4500*time.Millisecond {
			t.Errorf("the backend keeps an idle connection for %v, the client for 4 s; %v", kept, err)
		}
		t.Logf("the backend closes a connection after %v", kept.Round(time.Millisecond))
	})
	for i := range each {
		for k, kind := range kinds {
			c, err := customers.New(shared.URL, kind.opts()...) // a client each: one connection to look at
			if err != nil {
				t.Fatal(err)
			}
			email := fmt.Sprintf("nobody-%d@example.com", i)
			all.Go(func() {
				if err := c.GeneratePasswordToken(t.Context(), email); err != nil {
					t.Errorf("before the pause: %v", err)
					return
				}
				// About the times at which the backend closes: a tenth of a second at 5 s, and at 6.
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

// keepAlive measures how long the backend keeps a connection on which nothing happens.
func keepAlive(t *testing.T) (time.Duration, error) {
	t.Helper()
	u, err := url.Parse(shared.URL)
	if err != nil {
		return 0, err
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		return 0, err
	}
	defer conn.Close() //nolint:errcheck // nothing was written that could be lost
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(conn, "GET /store/auth HTTP/1.1\r\nHost: %s\r\n\r\n", u.Host); err != nil {
		return 0, err
	}
	answers := bufio.NewReader(conn)
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	_ = resp.Body.Close()
	began := time.Now()
	if _, err := answers.ReadByte(); !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("the connection ends with %w", err)
	}
	return time.Since(began), nil
}
