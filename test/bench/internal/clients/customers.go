package clients

import (
	"context"
	"errors"
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// The customer that the calls are for.
const (
	Email    = "user@example.com"
	Password = "supersecret"
	Cookie   = "s%3ApNo5I4feIDdFZ4bPBxyze3fpcNzIpdSh.6I3Evx7U2OCRo6aDw93dODlJCgz6r7xXKD%2ByuyoJAf0"
	page     = 50
)

var newCustomer = customers.CreateRequest{FirstName: "Alec", LastName: "Reynolds", Email: Email, Password: Password}

// Customers returns the calls of package customers. Each login is of a client of its own.
func Customers(url string, opts ...customers.Option) (Calls, error) {
	shop, err := customers.New(url, append(opts, customers.WithoutSession())...)
	if err != nil {
		return nil, err
	}
	c := shop.WithSession(new(customers.Session))
	if _, err := c.Auth.Authenticate(context.Background(), Email, Password); err != nil {
		return nil, err
	}
	params := &customers.ListOrdersParams{Limit: new(page)}
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, err := c.Retrieve(ctx)
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, err := c.ListOrders(ctx, params)
			return err
		},
		"Authenticate": func(ctx context.Context) error {
			_, err := shop.WithSession(new(customers.Session)).Auth.Authenticate(ctx, Email, Password)
			return err
		},
		"Create": func(ctx context.Context) error {
			_, err := shop.WithSession(new(customers.Session)).Create(ctx, newCustomer)
			return err
		},
	}, nil
}

// Raw returns the calls of the generated client of package api, which has neither deadline nor bound, and decodes with
// encoding/json.
func Raw(url string, rt http.RoundTripper) (Calls, error) {
	c, err := api.NewClientWithResponses(url, api.WithHTTPClient(&http.Client{Transport: rt}))
	if err != nil {
		return nil, err
	}
	session := func(_ context.Context, req *http.Request) error {
		req.Header.Set("Cookie", "connect.sid="+Cookie)
		return nil
	}
	got := func(decoded bool, err error) error {
		if err == nil && !decoded {
			err = errors.New("no 200")
		}
		return err
	}
	params := &api.ListOrdersParams{Limit: new(page)}
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			res, err := c.RetrieveCustomerWithResponse(ctx, session)
			return got(err == nil && res.JSON200 != nil, err)
		},
		"ListOrders": func(ctx context.Context) error {
			res, err := c.ListOrdersWithResponse(ctx, params, session)
			return got(err == nil && res.JSON200 != nil, err)
		},
		"Create": func(ctx context.Context) error {
			res, err := c.CreateCustomerWithResponse(ctx, newCustomer)
			return got(err == nil && res.JSON200 != nil, err)
		},
	}, nil
}
