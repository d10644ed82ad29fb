package customerstest

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/medusa-storefront/customers-go/api"
)

// A PaymentMethod is what [Backend.AddPaymentMethod] saves for a customer. The zero value is a Visa card at Stripe.
type PaymentMethod struct {
	ProviderID string // by default stripe
	Data       any    // the provider's record of the method, any JSON
}

// AddPaymentMethod saves a payment method with a payment provider and returns it as the backend will list it: by provider,
// in the order in which the customer's first methods came. It panics if there is no such customer or Data is not JSON.
func (b *Backend) AddPaymentMethod(customerID string, m PaymentMethod) api.PaymentMethod {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.mustHave(customerID)
	if m.Data == nil {
		m.Data = map[string]any{
			"id": newID("pm", b.now()), "type": "card",
			"card": map[string]any{"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030},
		}
	}
	provider := cmp.Or(m.ProviderID, "stripe")
	saved := members{{"provider_id", provider}, {"data", jsValue(m.Data)}}
	place := len(c.paymentMethods)
	for i, other := range c.paymentMethods {
		if other[0].value == any(provider) {
			place = i + 1
		}
	}
	c.paymentMethods = slices.Insert(c.paymentMethods, place, saved)
	return modelOf[api.PaymentMethod](saved)
}

// ListPaymentMethods lists what the payment providers have saved of the customer.
func (o operations) ListPaymentMethods(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.currentCustomer(x); c != nil {
		x.answer = jsonAnswer(http.StatusOK, members{{"payment_methods", append([]members{}, c.paymentMethods...)}})
	}
}
