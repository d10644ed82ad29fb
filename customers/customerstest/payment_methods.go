package customerstest

import "net/http"

// GetCustomersCustomerPaymentMethods lists what the payment providers have saved of the customer.
func (o operations) GetCustomersCustomerPaymentMethods(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.currentCustomer(x); c != nil {
		x.answer = jsonAnswer(http.StatusOK, members{{"payment_methods", append([]members{}, c.paymentMethods...)}})
	}
}
