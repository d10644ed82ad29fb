// Package specdiff has the suites that measure specdiff by what the real backend does. It is a package of its own so
// that it can run without the race detector.
package specdiff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/oas"
	"github.com/medusa-storefront/customers-go/specdiff/report"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// shared is the backend of all tests.
var shared *backend.Backend

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts the backend, unless RECORD names a record of it or BACKEND_JSON describes one that is running, and runs the
// tests.
func run(m *testing.M) int {
	debug.SetGCPercent(400) // the contract is read and judged a thousand times
	if os.Getenv("RECORD") != "" {
		return m.Run()
	}
	const patience = 10 * time.Minute // covers a first start, which installs npm packages and fills a database
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var err error
	if line := os.Getenv("BACKEND_JSON"); line != "" {
		shared, err = backend.Attach(line)
	} else {
		shared, err = backend.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "specdiff:", err)
		return 1
	}
	defer shared.Stop()
	return m.Run()
}

// fixture is what the tests compare with each other.
type fixture struct {
	contract  *openapi3.T
	published *openapi3.T  // the document of the installed backend's makers, with the routes of the contract
	record    *live.Record // what the backend does
	accepted  *accept.File
	version   string
	shown     []finding.Observation // what the record shows about the published document
}

// loaded reads the documents and the record, or records the shared backend once.
var loaded = sync.OnceValues(func() (*fixture, error) {
	contract, err := document.Parse([]byte(customersgo.OpenAPI), "openapi.yaml")
	if err != nil {
		return nil, err
	}
	accepted, err := accept.Load("../../../specdiff/accepted.yaml")
	if err != nil {
		return nil, err
	}
	f := &fixture{contract: contract, accepted: accepted}
	if name := os.Getenv("RECORD"); name != "" {
		err = f.read(name)
	} else {
		err = f.ask()
	}
	if err != nil {
		return nil, err
	}
	f.published = document.Limit(f.published, func(path string) bool { return contract.Paths.Value(path) != nil })
	f.shown = live.Check(f.record, f.published).Observations
	return f, nil
})

func (f *fixture) read(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if f.record, err = live.ReadHAR(file, nil); err != nil {
		return err
	}
	f.version = f.record.Version
	f.published, err = document.Parse(f.record.Published, name)
	return err
}

func (f *fixture) ask() error {
	published, notes, err := oas.Read(filepath.FromSlash("../backend/node_modules/@medusajs/medusa"))
	if err != nil || len(notes) > 0 {
		return errors.Join(err, errors.New(strings.Join(notes, "; ")))
	}
	f.published, f.version = published, published.Info.Version
	setup := specdiff.Setup{URL: shared.URL, PasswordTokenURL: shared.ControlURL + "/password-tokens"}
	for _, c := range shared.Customers {
		setup.Customers = append(setup.Customers, specdiff.Customer{Email: c.Email, Password: c.Password, Orders: c.Orders})
	}
	config := setup.Live()
	config.Documents = []*openapi3.T{f.contract, published}
	f.record, err = live.Run(context.Background(), config)
	return err
}

// judge returns the report on a contract and a record, as a run of specdiff does.
func (f *fixture) judge(contract *openapi3.T, record *live.Record) *report.Report {
	s := specdiff.Sources{Contract: contract, Published: f.published, Record: record}
	if record == f.record {
		s.Shown = f.shown
	}
	r := specdiff.Compare(s, specdiff.Config{})
	r.Problems = f.accepted.Apply(r.Findings, f.version, time.Now(), true)
	return r
}

func load(t *testing.T) *fixture {
	t.Helper()
	f, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return f
}
