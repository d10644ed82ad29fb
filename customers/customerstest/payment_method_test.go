package customerstest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func TestPaymentMethods(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, c := browser.LoggedIn(t, srv)
	if a := b.Send(http.MethodGet, me+"/payment-methods", ""); a.Body != `{"payment_methods":[]}` {
		t.Error(a.Body)
	}
	first := srv.AddPaymentMethod(c.ID, customerstest.PaymentMethod{})
	data, err := first.Data.Map()
	if card, ok := data["card"].(map[string]any); err != nil || first.ProviderID != "stripe" || !ok || card["last4"] != "4242" {
		t.Errorf("%+v", first)
	}
	srv.AddPaymentMethod(c.ID, customerstest.PaymentMethod{ProviderID: "manual", Data: []int{1}})
	srv.AddPaymentMethod(c.ID, customerstest.PaymentMethod{Data: "two"})
	a := b.Send(http.MethodGet, me+"/payment-methods", "")
	if !strings.HasSuffix(a.Body, `,{"provider_id":"stripe","data":"two"},{"provider_id":"manual","data":[1]}]}`) {
		t.Error(a.Body)
	}
}
