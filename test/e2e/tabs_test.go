package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// tabs is one visitor's browser at a server that makes a session for each request: from the browser's cookie, or from a
// store.
type tabs struct {
	t     *testing.T
	shop  *customers.Client
	relay bool

	mu   sync.Mutex
	jar  string // the browser's cookie
	text string // the store
}

// slowKey is the key of what holds a request in its context.
type slowKey struct{}

// slow holds one request, before it is sent or before its response arrives.
type slow struct {
	before         bool
	arrived, leave chan struct{}
}

type slowTransport struct{ next http.RoundTripper }

// RoundTrip holds the first request of a context that asks for it.
func (s slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	held, _ := r.Context().Value(slowKey{}).(*slow)
	if held == nil {
		return s.next.RoundTrip(r)
	}
	wait := func() {
		select {
		case <-held.arrived: // another request of the same call
		default:
			close(held.arrived)
			<-held.leave
		}
	}
	if held.before {
		wait()
		return s.next.RoundTrip(r)
	}
	resp, err := s.next.RoundTrip(r)
	wait()
	return resp, err
}

func openTabs(t *testing.T, b *backend.Backend, relay bool) *tabs {
	t.Helper()
	v := &tabs{t: t, relay: relay}
	opts := []customers.Option{customers.WithoutSession(), customers.WithHTTPClient(&http.Client{Transport: slowTransport{httpClient(b).Transport}})}
	if !relay {
		opts = append(opts, customers.WithSessionHook(v.keep))
	}
	v.shop = newClientOf(t, b, opts...)
	return v
}

func (v *tabs) keep(_ context.Context, change customers.SessionChange) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.text = change.Apply(v.text)
}

func (v *tabs) load() *customers.Session {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.relay {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "https://site.example/", nil)
		if v.jar != "" {
			r.Header.Set("Cookie", v.jar)
		}
		return customers.SessionFromRequest(r, customers.BrowserCookie{})
	}
	s, err := customers.DecodeSession(v.text)
	if err != nil {
		return new(customers.Session)
	}
	return s
}

// do is a request of a tab.
func (v *tabs) do(ctx context.Context, act func(context.Context, *customers.Client) error) error {
	s := v.load()
	rec := httptest.NewRecorder()
	err := act(ctx, v.shop.WithSession(s))
	s.Relay(rec)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, line := range rec.Header()["Set-Cookie"] {
		v.jar, _, _ = strings.Cut(line, ";")
		if strings.HasSuffix(v.jar, "=") {
			v.jar = ""
		}
	}
	return err
}

// doSlowly begins a request of a tab, whose call is held; finish lets it go on.
func (v *tabs) doSlowly(before bool, act func(context.Context, *customers.Client) error) (finish func() error) {
	held := &slow{before, make(chan struct{}), make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- v.do(context.WithValue(v.t.Context(), slowKey{}, held), act) }()
	<-held.arrived
	return func() error { close(held.leave); return <-done }
}

// who returns the email of the visitor's customer, "" if there is none.
func (v *tabs) who() string {
	var email string
	_ = v.do(v.t.Context(), func(ctx context.Context, c *customers.Client) error {
		me, err := c.Retrieve(ctx)
		if err == nil {
			email = me.Email
		}
		return err
	})
	return email
}

// TestTwoTabs has two tabs of one browser act at once, with responses that come late (docs/sessions.md, rule 10).
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	_, ada := newCustomer(t)
	_, bob := newCustomer(t)
	login := func(who account) func(context.Context, *customers.Client) error {
		return func(ctx context.Context, c *customers.Client) error {
			_, err := c.Auth.Authenticate(ctx, who.Email, who.Password)
			return err
		}
	}
	page := func(ctx context.Context, c *customers.Client) error { _, err := c.Retrieve(ctx); return err }
	logout := func(ctx context.Context, c *customers.Client) error { return c.Auth.DeleteSession(ctx) }
	for _, test := range []struct {
		name        string
		before      bool // the first tab's request is held before it is sent, otherwise its response
		first       func(context.Context, *customers.Client) error
		second      func(context.Context, *customers.Client) error
		fails       bool // the first tab's call
		want        string
		onlyInStore bool
	}{
		{"a late 401 and a login", true, page, login(bob), true, bob.Email, false},
		{"a late success and a login", false, page, login(bob), false, bob.Email, false},
		{"a late 401 and a login of the same customer", true, page, login(ada), true, ada.Email, false},
		{"a late 401 and a logout", true, page, logout, true, "", false},
		{"a late success and a logout", false, page, logout, false, "", false},
		{"a late login and a login", false, login(ada), login(bob), false, bob.Email, true},
		{"a late login and a logout", false, login(ada), logout, false, "", true},
		{"a late logout and a login", false, logout, login(bob), false, bob.Email, true},
	} {
		for _, pattern := range []string{"relay", "store"} {
			if pattern == "relay" && test.onlyInStore {
				continue // which the browser's cookie can't decide
			}
			t.Run(test.name+", "+pattern, func(t *testing.T) {
				t.Parallel()
				v := openTabs(t, shared, pattern == "relay")
				if err := v.do(t.Context(), login(ada)); err != nil {
					t.Fatal(err)
				}
				finish := v.doSlowly(test.before, test.first)
				if err := v.do(t.Context(), test.second); err != nil {
					t.Fatal(err)
				}
				if err := finish(); (err != nil) != test.fails {
					t.Errorf("the first tab's call returns %v", err)
				}
				if got := v.who(); got != test.want {
					t.Errorf("the visitor is %q, want %q", got, test.want)
				}
			})
		}
	}
}
