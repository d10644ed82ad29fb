// Package shop is an application that imports customers-go, so it fails to compile if the code of importers would. Its
// tests also measure the cost of importing.
package shop

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// Accounts is the application's own interface of a backend, which its tests implement. *customers.Client has these
// methods. All types in their signatures have to be exported for that.
type Accounts interface {
	Create(ctx context.Context, customer customers.CreateRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Retrieve(ctx context.Context, opts ...customers.CallOption) (*customers.Customer, error)
	Update(ctx context.Context, customer customers.UpdateRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Orders(ctx context.Context, params *customers.ListOrdersParams, opts ...customers.CallOption) iter.Seq2[*customers.Order, error]
}

// Addresses is an interface of one of the client's services.
type Addresses interface {
	Add(ctx context.Context, address customers.AddAddressRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Delete(ctx context.Context, id string, opts ...customers.CallOption) (*customers.Customer, error)
}

var (
	_ Accounts  = (*customers.Client)(nil)
	_ Addresses = customers.AddressesService{}
	_ error     = (*customers.Error)(nil)

	// An alias and its generated model are one type.
	_ *api.Customer = (*customers.Customer)(nil)
)

// ErrTaken is the application's own error for an email that has an account.
var ErrTaken = errors.New("this email has an account already")

// Register creates an account and sets the phone number, which may be empty.
func Register(ctx context.Context, accounts Accounts, email, password, phone string) (*customers.Customer, error) {
	me, err := accounts.Create(ctx, customers.CreateRequest{
		Email: email, Password: password, FirstName: "Alec", LastName: "Reynolds",
	})
	if errors.Is(err, customers.ErrDuplicate) {
		return nil, ErrTaken
	}
	if err != nil || phone == "" {
		return me, err
	}
	return accounts.Update(ctx, customers.UpdateRequest{Phone: customers.Value(phone)})
}

// Forget clears the customer's data besides name and email.
func Forget(ctx context.Context, accounts Accounts) error {
	_, err := accounts.Update(ctx, customers.UpdateRequest{
		Phone: customers.Null[string](), BillingAddress: customers.NoBillingAddress(),
	})
	return err
}

// Completed returns how many orders of the customer are completed.
func Completed(ctx context.Context, accounts Accounts) (int, error) {
	n := 0
	params := customers.ListOrdersParams{Status: []customers.OrderStatus{customers.OrderStatusCompleted}}
	for order, err := range accounts.Orders(ctx, &params, customers.WithHeader("Accept-Language", "da")) {
		if err != nil {
			return n, fmt.Errorf("after %d orders: %w", n, err)
		}
		if order.Status == customers.OrderStatusCompleted {
			n++
		}
	}
	return n, nil
}
