// Package settings runs the client on Medusa with the settings that shops change, and with what stands before it. Each
// of its tests belongs to a row in the table of settings of docs/compatibility.md, see package compat.
package settings

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/compat"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var (
	shared   *backend.Backend // that of BACKEND_JSON, or one that is started; a test at a time has it
	contract *conform.Contract
)

const patience = time.Minute

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	var err error
	if contract, err = conform.Load([]byte(customersgo.OpenAPI)); err != nil {
		fmt.Fprintln(os.Stderr, "settings: the contract:", err)
		return 1
	}
	if line := os.Getenv("BACKEND_JSON"); line != "" {
		shared, err = backend.Attach(line)
	} else {
		shared, err = backend.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "settings:", err)
		return 1
	}
	defer shared.Stop()
	before := shared.Settings
	code := m.Run()
	if err := shared.Restart(ctx, before); err != nil { // other packages use the backend too
		fmt.Fprintln(os.Stderr, "settings:", err)
		return 1
	}
	return code
}

// TestEverySettingIsTried fails on a row of docs/compatibility.md without a test, and on a test without a row.
func TestEverySettingIsTried(t *testing.T) {
	rows := map[string]bool{}
	for _, s := range compat.Settings {
		rows[s.Name] = true
		if tries[s.Name] == nil {
			t.Errorf("%q is tried nowhere", s.Name)
		}
	}
	for name := range tries {
		if !rows[name] {
			t.Errorf("docs/compatibility.md has no row %q", name)
		}
	}
}

// TestSettings tries each row of the table of settings; with -short, as in CI, those that no other suite tries.
func TestSettings(t *testing.T) {
	for _, s := range compat.Settings {
		if testing.Short() && !s.InCI {
			continue
		}
		t.Run(strings.ReplaceAll(s.Name, " ", "_"), tries[s.Name])
	}
}

// tries are the tests of the rows.
var tries = map[string]func(*testing.T){
	compat.SettingRedis:          redisSessions,
	compat.SettingSessionOptions: sessionOptions,
	compat.SettingFeaturesOn:     featuresOn,
	compat.SettingFeaturesOff:    featuresOff,
	compat.SettingTLS:            production,
	compat.SettingPrefix:         pathPrefix,
	compat.SettingExtended:       extended,
	compat.SettingPlugin:         plugin,
}

// use has the backend run with the settings, and restarts it unless it does.
func use(t *testing.T, s backend.Settings) {
	t.Helper()
	if shared.Settings != s {
		restart(t, s)
	}
}

// restart restarts the backend with the settings.
func restart(t *testing.T, s backend.Settings) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := shared.Restart(ctx, s); err != nil {
		t.Fatal(err)
	}
}

// recording returns a transport that checks each exchange with the contract, strictly; the end of the test fails on what
// it has found.
func recording(t *testing.T, cookie conform.Cookie) http.RoundTripper {
	t.Helper()
	recorder := conform.NewRecorder(contract, nil)
	t.Cleanup(func() {
		for _, group := range recorder.Findings() {
			t.Errorf("the contract, %d times: %s", group.Count, group.Example)
		}
	})
	// Idle connections are closed before Node closes them.
	base := &http.Transport{IdleConnTimeout: 4 * time.Second, MaxIdleConnsPerHost: 64}
	t.Cleanup(base.CloseIdleConnections)
	return recorder.RoundTripper(base, cookie)
}

// direct returns an env whose clients ask the backend itself.
func direct(t *testing.T, opts ...customers.Option) *compat.Env {
	t.Helper()
	return &compat.Env{
		Backend: shared, Options: opts,
		HTTP: &http.Client{Transport: recording(t, conform.Cookie{Secure: shared.Secure()})},
	}
}

// everyUse runs all checks of docs/compatibility.md but the one that waits.
func everyUse(t *testing.T, e *compat.Env) {
	t.Helper()
	t.Run("every_use", func(t *testing.T) {
		for _, check := range compat.Checks {
			if check.Name == compat.PasswordByToken {
				continue
			}
			t.Run(strings.ReplaceAll(check.Name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				if err := check.Run(t.Context(), e); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// newCustomer returns a client that is logged in as a new customer, and the customer's email.
func newCustomer(t *testing.T, e *compat.Env) (*customers.Client, string) {
	t.Helper()
	c, email, err := e.Registered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, email
}

// copyOf returns a client with a copy of c's session, as a server restores it.
func copyOf(t *testing.T, c *customers.Client) *customers.Client {
	t.Helper()
	s, err := customers.DecodeSession(c.Session().Encode())
	if err != nil {
		t.Fatal(err)
	}
	return c.WithSession(s)
}
