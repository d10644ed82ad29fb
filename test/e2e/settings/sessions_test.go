//nolint:thelper // the functions of tries are the tests themselves
package settings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/compat"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// redisSessions has a backend whose sessions are in Redis, and restarts it.
func redisSessions(t *testing.T) {
	ask := startRedis(t)
	s := backend.Settings{Config: config(t, map[string]any{"redis_url": "redis://" + ask.addr, "redis_prefix": "shop:"})}
	restart(t, s)
	e := direct(t)
	everyUse(t, e)
	c, email := newCustomer(t, e)
	copied := copyOf(t, c)
	revoked, _ := newCustomer(t, e)

	restart(t, s)
	me, err := c.Retrieve(t.Context())
	if err != nil || me.Email != email {
		t.Fatalf("after a restart of the backend: %v", err)
	}
	if _, err := copied.Retrieve(t.Context()); err != nil {
		t.Fatalf("a stored session after a restart of the backend: %v", err)
	}

	if err := c.Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	hasEnded(t, "after a logout", copied)

	ask.do(t, "FLUSHALL")
	hasEnded(t, "after the shop has deleted all sessions", revoked)
	if _, err := revoked.Auth.Authenticate(t.Context(), email, compat.Password); err != nil {
		t.Fatalf("a new login: %v", err)
	}
	if _, err := revoked.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}

	// Without Redis the backend responds late, and with a page of status 500.
	ask.do(t, "SHUTDOWN NOSAVE")
	impatient, err := e.Client(customers.WithTimeout(time.Second), customers.WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := impatient.WithSession(revoked.Session()).Retrieve(t.Context()); !errors.Is(err, customers.ErrUnavailable) && !errors.Is(err, customers.ErrInternal) {
		t.Errorf("without Redis: got %v, want %v or %v", err, customers.ErrUnavailable, customers.ErrInternal)
	}
	if !revoked.Session().LoggedIn() {
		t.Error("without Redis, the session has ended")
	}
}

// hasEnded fails unless the backend does not know c's session, and the client then no longer counts as logged in.
func hasEnded(t *testing.T, when string, c *customers.Client) {
	t.Helper()
	if _, err := c.Retrieve(t.Context()); !errors.Is(err, customers.ErrUnauthenticated) {
		t.Errorf("%s: got %v, want %v", when, err, customers.ErrUnauthenticated)
	}
	if c.Session().LoggedIn() {
		t.Errorf("%s: the session is still logged in", when)
	}
}

// sessionOptions sets all session_options that reach the cookie (docs/backend.md, B50), and changes the secret.
func sessionOptions(t *testing.T) {
	const ttl = 2 * time.Hour
	ask := startRedis(t) // so that sessions outlive the restart with another secret
	options := func(secret any) backend.Settings {
		return backend.Settings{Config: config(t, map[string]any{
			"redis_url": "redis://" + ask.addr,
			"session_options": map[string]any{
				"name": "shop.sid", "secret": secret, "ttl": ttl.Milliseconds(), "rolling": true, "resave": false, "saveUninitialized": false,
			},
		})}
	}
	env := func(t *testing.T) *compat.Env {
		return &compat.Env{
			Backend: shared, HTTP: &http.Client{Transport: recording(t, conform.Cookie{Name: "shop.sid", TTL: ttl})},
			Options: []customers.Option{customers.WithSessionCookieName("shop.sid")},
		}
	}
	restart(t, options("first"))
	e := env(t)
	everyUse(t, e)
	c, _ := newCustomer(t, e)
	if left := time.Until(c.Session().Expires()); left > ttl || left < ttl-10*time.Minute {
		t.Errorf("the session expires in %v, want %v", left, ttl)
	}
	first := c.Session().Expires()
	for start := time.Now(); !c.Session().Expires().After(first); { // which has full seconds
		if _, err := c.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		if time.Since(start) > patience {
			t.Fatal("a rolling session was not prolonged")
		}
	}

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, shared.URL+"/store/auth/"+e.Email(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := e.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if got := resp.Header["Set-Cookie"]; got != nil {
		t.Error("a visitor without a login has got a cookie")
	}

	stock, err := customers.New(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = stock.Create(t.Context(), customers.CreateRequest{Email: e.Email(), Password: compat.Password})
	if !errors.Is(err, customers.ErrNoSessionCookie) || !strings.Contains(err.Error(), "shop.sid") || !strings.Contains(err.Error(), "WithSessionCookieName") {
		t.Errorf("without WithSessionCookieName: got %v, want an error that names the cookie and the option", err)
	}

	restart(t, options([]string{"second", "first"}))
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Errorf("with a secret before the old one: %v", err)
	}
	restart(t, options("third"))
	hasEnded(t, "after the secrets were replaced", c)
}

// config returns changes of Medusa's projectConfig.
func config(t *testing.T, project map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"projectConfig": project})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// redis is a Redis server.
type redis struct{ addr string }

// startRedis starts a Redis that stores nothing on disk, until the test ends.
func startRedis(t *testing.T) redis {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("there is no redis-server: run tools/install-browser.sh redis-server")
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	host, port, _ := strings.Cut(addr, ":")
	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, "--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	r := redis{addr}
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, err = r.ask(t.Context(), "PING"); err == nil {
			return r
		}
		if time.Since(start) > patience {
			t.Fatalf("redis-server does not start: %v\n%s", err, &log)
		}
	}
}

// do sends a command without arguments.
func (r redis) do(t *testing.T, command string) {
	t.Helper()
	if response, err := r.ask(t.Context(), command); err != nil || strings.HasPrefix(response, "-") {
		t.Fatalf("redis: %s: %s, %v", command, response, err)
	}
}

func (r redis) ask(ctx context.Context, command string) (string, error) {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", r.addr)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	var line [64]byte
	n, err := conn.Read(line[:])
	if command == "SHUTDOWN NOSAVE" && errors.Is(err, io.EOF) {
		err = nil
	}
	return string(line[:n]), err
}
