//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var paymentMethodFacts = []fact{
	{"B55_a_payment_provider_that_is_gone_is_a_404", goneProvider},
}

// goneProvider has a row of a provider that Medusa does not load, as a plugin leaves one that is removed.
func goneProvider(t *testing.T) {
	b := borrowBackend(t, backend.Settings{})
	c, _ := newCustomerOf(t, b)
	if _, err := c.PaymentMethods.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := b.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `INSERT INTO payment_provider (id, is_installed) VALUES ('gone', false)`); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, err := db.Exec(context.WithoutCancel(t.Context()), `DELETE FROM payment_provider WHERE id = 'gone'`); err != nil {
			t.Error(err)
		}
	}()
	_, err = c.PaymentMethods.List(t.Context())
	e := failure{is: customers.ErrNotFound, status: 404, kind: "not_found", operation: "ListPaymentMethods"}.of(t, err)
	if !strings.Contains(e.Message, "no longer installed") || !strings.HasSuffix(e.Message, "payment provider with id: gone") {
		t.Errorf("the message does not name the provider: %v", e)
	}
}
