package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// Node closes a connection that was idle for five seconds. A POST that is sent just then is lost, and must not be sent
// again, so the client's own transport has closed the connection before. How many are lost with Go's default transport,
// which keeps connections for 90 s, depends on luck and is only told.
func TestPostsAfterAPauseAsLongAsNodesKeepAlive(t *testing.T) {
	const each = 100
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
	// A backend with something to do notices late that a request has come, and its timer is first.
	who := seeded(t, "orders")
	busy, err := customers.New(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := busy.Auth.Authenticate(t.Context(), who.Email, who.Password); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for ctx.Err() == nil {
				_, _ = busy.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(0)})
			}
		})
	}
	failed := make([][]error, len(kinds))
	var mu sync.Mutex
	var all sync.WaitGroup
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
				// About 5 s, counted from when the server was done: here it closes, and the news of it is on its way.
				pause := time.NewTimer(4950*time.Millisecond + time.Duration(i)*600*time.Microsecond)
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
	stop()
	load.Wait()
	for k, kind := range kinds {
		t.Logf("%s: %d of %d POSTs after a pause of 5 s failed", kind.name, len(failed[k]), each)
		for _, err := range failed[k] {
			if k == 0 || !errors.Is(err, customers.ErrUnavailable) {
				t.Errorf("%s: %v", kind.name, err)
			}
		}
	}
}
