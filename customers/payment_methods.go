package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

var opListPaymentMethods = &operation{name: api.OperationListPaymentMethods, auth: secured}

// PaymentMethodsService has the customer's saved payment methods; it is the PaymentMethods field of a [Client].
type PaymentMethodsService struct {
	client *Client
}

// List returns the methods that the backend's payment providers keep for the customer. What a method's Data holds is
// up to its provider; a provider that keeps none adds none.
//
// [ErrUnauthenticated]: not logged in. [ErrInternal]: a provider failed.
func (s PaymentMethodsService) List(ctx context.Context, opts ...CallOption) ([]PaymentMethod, error) {
	req, err := api.NewListPaymentMethodsRequest(s.client.core.baseURL)
	res, err := send(ctx, s.client, opListPaymentMethods, req, err, opts,
		func(res *api.PaymentMethodList) bool { return res.PaymentMethods != nil })
	if err != nil {
		return nil, err
	}
	return res.PaymentMethods, nil
}
