// Package specdiff has the suites that measure specdiff by what the real backend does. It is a package of its own so
// that it can run without the race detector.
package specdiff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/oas"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// shared is the backend of all tests.
var shared *backend.Backend

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts the backend, unless BACKEND_JSON describes one that is running, and runs the tests.
func run(m *testing.M) int {
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
	record    *live.Record // what the shared backend does
}

// loaded reads the documents and records the backend once.
var loaded = sync.OnceValues(func() (*fixture, error) {
	contract, err := document.Parse([]byte(customersgo.OpenAPI), "openapi.yaml")
	if err != nil {
		return nil, err
	}
	published, notes, err := oas.Read(filepath.FromSlash("../backend/node_modules/@medusajs/medusa"))
	if err != nil || len(notes) > 0 {
		return nil, errors.Join(err, errors.New(strings.Join(notes, "; ")))
	}
	published = document.Limit(published, func(path string) bool { return contract.Paths.Value(path) != nil })
	setup := specdiff.Setup{URL: shared.URL, PasswordTokenURL: shared.ControlURL + "/password-tokens"}
	for _, c := range shared.Customers {
		setup.Customers = append(setup.Customers, specdiff.Customer{Email: c.Email, Password: c.Password, Orders: c.Orders})
	}
	config := setup.Live()
	config.Documents = []*openapi3.T{contract, published}
	record, err := live.Run(context.Background(), config)
	return &fixture{contract, published, record}, err
})

func load(t *testing.T) *fixture {
	t.Helper()
	f, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return f
}
