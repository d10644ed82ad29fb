// Package shop is an application that imports customers-go from outside: it compiles only as long as an importer's
// code does. What importing costs is measured in cost_test.go.
package shop

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// Accounts is what this application needs of a backend: an interface of its own, so that its tests can do without
// one. *customers.Client has these methods as they are, which holds only while every type in them can be named from
// outside.
type Accounts interface {
	Create(ctx context.Context, customer customers.CreateRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Retrieve(ctx context.Context, opts ...customers.CallOption) (*customers.Customer, error)
	Update(ctx context.Context, customer customers.UpdateRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Orders(ctx context.Context, params *customers.ListOrdersParams, opts ...customers.CallOption) iter.Seq2[*customers.Order, error]
}

// Addresses is the same for one of the client's services.
type Addresses interface {
	Add(ctx context.Context, address customers.AddAddressRequest, opts ...customers.CallOption) (*customers.Customer, error)
	Delete(ctx context.Context, id string, opts ...customers.CallOption) (*customers.Customer, error)
}

var (
	_ Accounts  = (*customers.Client)(nil)
	_ Addresses = customers.AddressesService{}
	_ error     = (*customers.Error)(nil)

	// An alias and the generated model that it stands for are one type.
	_ *api.Customer = (*customers.Customer)(nil)
)

// ErrTaken is this application's own word for an email that has an account.
var ErrTaken = errors.New("this email has an account already")

// Register makes an account and fills in the phone number, which may be empty.
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

// Forget clears what is known of the customer besides name and email.
func Forget(ctx context.Context, accounts Accounts) error {
	_, err := accounts.Update(ctx, customers.UpdateRequest{
		Phone: customers.Null[string](), BillingAddress: customers.NoBillingAddress(),
	})
	return err
}

// Completed is how many orders of the customer are completed.
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
