package customerstest

import (
	"cmp"
	"slices"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
)

// A PaymentMethod is a saved payment method for [Backend.AddPaymentMethod]. The zero value is a Visa card at Stripe.
type PaymentMethod struct {
	ProviderID string // by default stripe
	Data       any    // the provider's record of the method, any JSON
}

// AddPaymentMethod adds a payment method and returns it as the backend lists it: by provider, in the order in which the
// customer's first methods were added. It panics if there is no such customer or Data is not JSON.
func (b *Backend) AddPaymentMethod(customerID string, m PaymentMethod) api.PaymentMethod {
	b.backend.Lock()
	defer b.backend.Unlock()
	c := b.customer(customerID)
	if m.Data == nil {
		m.Data = map[string]any{
			"id": medusa.NewID("pm", b.backend.Clock.Now()), "type": "card",
			"card": map[string]any{"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030},
		}
	}
	provider := cmp.Or(m.ProviderID, "stripe")
	saved := js.Members{{Name: "provider_id", Value: provider}, {Name: "data", Value: jsValue(m.Data)}}
	place := len(c.PaymentMethods)
	for i, other := range c.PaymentMethods {
		if other[0].Value == any(provider) {
			place = i + 1
		}
	}
	c.PaymentMethods = slices.Insert(c.PaymentMethods, place, saved)
	return modelOf[api.PaymentMethod](saved)
}
