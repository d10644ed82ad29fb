package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

// PaymentMethodsService lists the customer's saved payment methods; it is the PaymentMethods field of a [Client].
type PaymentMethodsService struct {
	caller *caller
}

// List returns the methods that the backend's payment providers keep for the customer. What a method's Data holds is
// up to its provider; a provider that keeps none adds none.
//
// [ErrUnauthenticated]: not logged in. [ErrInternal]: a provider failed. [ErrNotFound]: a provider that the backend has
// saved is no longer installed there; the message names it.
func (s PaymentMethodsService) List(ctx context.Context, opts ...CallOption) ([]PaymentMethod, error) {
	in := newCall(OperationListPaymentMethods, opts)
	req, err := in.request(api.NewListPaymentMethodsRequest(s.caller.baseURL()))
	if err != nil {
		return nil, err
	}
	res, err := fetch(ctx, s.caller, &in, req, api.DecodePaymentMethodList, api.DecodeOptions{})
	if err != nil {
		return nil, err
	}
	return res.PaymentMethods, nil
}
