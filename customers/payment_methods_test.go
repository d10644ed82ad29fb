package customers

import "testing"

func TestPaymentMethods(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", `{"payment_methods":[{"provider_id":"stripe","data":{"card":{"last4":"4242"}}}]}`))
	methods, err := f.loggedIn(t).PaymentMethods.List(t.Context())
	wantOK(t, err)
	if len(methods) != 1 || methods[0].ProviderID != "stripe" {
		t.Errorf("methods %+v", methods)
	}
	empty, err := serve(t, respondWith(200, "application/json", `{"payment_methods":[]}`)).loggedIn(t).PaymentMethods.List(t.Context())
	if err != nil || empty == nil || len(empty) != 0 {
		t.Errorf("%v, %v", empty, err)
	}
	for _, body := range []string{`{}`, `{"payment_methods":null}`} {
		_, err = serve(t, respondWith(200, "application/json", body)).loggedIn(t).PaymentMethods.List(t.Context())
		wantIs(t, err, ErrUnexpectedResponse)
	}
}
