package compat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// env is the backend of BACKEND_JSON, or one that is started.
var env *Env

var recorder *conform.Recorder

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	contract, err := conform.Load([]byte(customersgo.OpenAPI))
	if err != nil {
		fmt.Fprintln(os.Stderr, "compat: the contract:", err)
		return 1
	}
	recorder = conform.NewRecorder(contract, collect)
	var b *backend.Backend
	if line := os.Getenv("BACKEND_JSON"); line != "" {
		b, err = backend.Attach(line)
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
		defer cancel()
		b, err = backend.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	defer b.Stop()
	transport := &http.Transport{IdleConnTimeout: 4 * time.Second}
	env = &Env{Backend: b, HTTP: &http.Client{Transport: recorder.RoundTripper(transport, conform.Cookie{Name: b.SessionCookie(), Secure: b.Secure()})}}
	return m.Run()
}

// TestClient holds the client to what its documentation says, and each difference of the version to what it says.
func TestClient(t *testing.T) {
	version := env.Backend.Version
	if !slices.Contains(Versions, version) {
		t.Fatalf("Medusa %s is not among the versions that docs/compatibility.md has", version)
	}
	for _, check := range Checks {
		t.Run(strings.ReplaceAll(check.Name, " ", "_"), func(t *testing.T) {
			err := check.Run(t.Context(), env)
			d := Of(version, check.Name)
			switch {
			case d == nil && err != nil:
				t.Fatal("broken: ", err)
			case d == nil:
			case err == nil:
				t.Fatalf("works, but it is said to differ before %s: %s", d.Before, d.Text)
			case d.Kind == Refused:
				refusesClearly(t, err, d)
			}
		})
	}
}

// refusesClearly fails unless err is the client's and names what a user can do about it.
func refusesClearly(t *testing.T, err error, d *Difference) {
	t.Helper()
	if _, ok := errors.AsType[*customers.Error](err); !ok {
		t.Fatalf("got %v, want an error of the client", err)
	}
	if d.Names != "" && !strings.Contains(err.Error(), d.Names) {
		t.Fatalf("got %v, want an error that names %s", err, d.Names)
	}
}

// TestConformance fails on what the version's responses have otherwise than the contract, but for what is known.
func TestConformance(t *testing.T) {
	seen := map[Finding]bool{}
	for _, group := range recorder.Findings() {
		finding := group.Example.String()
		i := slices.IndexFunc(Findings, func(f Finding) bool {
			return older(env.Backend.Version, f.Before) && strings.Contains(finding, f.Text)
		})
		if i < 0 {
			t.Errorf("%d times: %s", group.Count, finding)
			continue
		}
		seen[Findings[i]] = true
	}
	for _, f := range Findings {
		if older(env.Backend.Version, f.Before) && !seen[f] {
			t.Errorf("not seen, although it is said to be so before %s: %s", f.Before, f.Text)
		}
	}
}

func TestBridges(t *testing.T) {
	for _, b := range Bridges {
		seen, err := b.Seen(t.Context(), env)
		if want := older(env.Backend.Version, b.Before); err != nil || seen != want {
			t.Errorf("seen: %t, want %t (%v): %s", seen, want, err, b.Text)
		}
	}
}
