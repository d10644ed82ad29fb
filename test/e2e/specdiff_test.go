package e2e

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff"
	documents "github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/oas"
)

const medusaPackage = "backend/node_modules/@medusajs/medusa"

// publishedDocument is what the installed backend's makers publish about the contract's routes.
var publishedDocument = sync.OnceValues(func() (*openapi3.T, error) {
	doc, notes, err := oas.Read(filepath.FromSlash(medusaPackage))
	if err != nil || len(notes) > 0 {
		return nil, errors.Join(err, errors.New(strings.Join(notes, "; ")))
	}
	contract, err := loadContract()
	if err != nil {
		return nil, err
	}
	return documents.Limit(doc, func(path string) bool { return contract.Paths.Value(path) != nil }), nil
})

func publishedDoc(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := publishedDocument()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// recordOfShared is what the shared backend does, asked once for all tests that hold it against documents.
var recordOfShared = sync.OnceValues(func() (*live.Record, error) {
	contract, err := loadContract()
	if err != nil {
		return nil, err
	}
	doc, err := publishedDocument()
	if err != nil {
		return nil, err
	}
	setup := specdiff.Setup{URL: shared.URL, PasswordTokenURL: shared.ControlURL + "/password-tokens"}
	for _, c := range shared.Customers {
		setup.Customers = append(setup.Customers, specdiff.Customer{Email: c.Email, Password: c.Password, Orders: c.Orders})
	}
	config := setup.Live()
	config.Documents = []*openapi3.T{contract, doc}
	return live.Run(context.Background(), config)
})

func sharedRecord(t *testing.T) *live.Record {
	t.Helper()
	record, err := recordOfShared()
	if err != nil {
		t.Fatal(err)
	}
	return record
}
