package compat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// A Check is one use of the client. Run returns an error if the use does not do what the client's documentation says.
type Check struct {
	Name string
	Run  func(ctx context.Context, e *Env) error
}

// Env is what a check works with.
type Env struct {
	Backend *backend.Backend
	HTTP    *http.Client
	URL     string             // the base URL, if it is not the backend's own
	Options []customers.Option // what the clients need to use it
	emails  atomic.Int64
}

// Password is that of each customer whom Registered makes.
const Password = "a password"

// Client returns a client that is not logged in.
func (e *Env) Client(opts ...customers.Option) (*customers.Client, error) {
	all := append([]customers.Option{customers.WithHTTPClient(e.HTTP), customers.WithTimeout(2 * time.Minute)}, e.Options...)
	return customers.New(cmp.Or(e.URL, e.Backend.URL), append(all, opts...)...)
}

// Email returns an email that no customer has.
func (e *Env) Email() string {
	return fmt.Sprintf("compat.%d.%d@example.com", time.Now().UnixNano(), e.emails.Add(1))
}

// Registered returns a client that is logged in as a new customer, and the customer's email.
func (e *Env) Registered(ctx context.Context) (*customers.Client, string, error) {
	c, err := e.Client()
	if err != nil {
		return nil, "", err
	}
	email := e.Email()
	_, err = c.Create(ctx, customers.CreateRequest{FirstName: "Ada", LastName: "Lovelace", Email: email, Password: Password})
	return c, email, err
}

// Seeded returns a client that is logged in as the seed's customer with orders, and how many that has.
func (e *Env) Seeded(ctx context.Context, key string) (*customers.Client, int, error) {
	c, err := e.Client()
	if err != nil {
		return nil, 0, err
	}
	who, err := e.Backend.Customer(key)
	if err != nil {
		return nil, 0, err
	}
	_, err = c.Auth.Authenticate(ctx, who.Email, who.Password)
	return c, who.Orders, err
}

// want returns an error unless what was seen holds.
func want(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// wantError returns an error unless err is the sentinel's.
func wantError(err, sentinel error) error {
	return want(errors.Is(err, sentinel), "got the error %v, want one that is %v", err, sentinel)
}

// as runs f with a new customer's client.
func as(f func(ctx context.Context, c *customers.Client, email string) error) func(context.Context, *Env) error {
	return func(ctx context.Context, e *Env) error {
		c, email, err := e.Registered(ctx)
		if err != nil {
			return err
		}
		return f(ctx, c, email)
	}
}

// withOrders runs f with the client of the customer who has orders.
func withOrders(f func(ctx context.Context, c *customers.Client, placed int) error) func(context.Context, *Env) error {
	return func(ctx context.Context, e *Env) error {
		c, placed, err := e.Seeded(ctx, "orders")
		if err != nil {
			return err
		}
		return f(ctx, c, placed)
	}
}

// PasswordByToken is the name of the check that waits for an event, which Medusa sends every few seconds.
const PasswordByToken = "a new password by token"

// Checks are each method of the client with its options, in the order of docs/compatibility.md.
var Checks = []Check{
	{"register", as(func(ctx context.Context, c *customers.Client, email string) error {
		me, err := c.Retrieve(ctx)
		if err != nil {
			return err
		}
		return want(me.Email == email && me.HasAccount && c.Session().LoggedIn() && !me.CreatedAt.IsZero(), "registered %v", me.ID)
	})},
	{"register an email twice", as(func(ctx context.Context, c *customers.Client, email string) error {
		_, err := c.Create(ctx, customers.CreateRequest{Email: email, Password: Password})
		return wantError(err, customers.ErrDuplicate)
	})},
	{"log in", as(func(ctx context.Context, c *customers.Client, email string) error {
		in := c.WithSession(new(customers.Session))
		me, err := in.Auth.Authenticate(ctx, strings.ToUpper(email), Password)
		if err != nil {
			return err
		}
		return want(me.Email == email && in.Session().LoggedIn() && time.Until(in.Session().Expires()) > time.Hour, "logged in: %t", in.Session().LoggedIn())
	})},
	{"log in with a wrong password", as(func(ctx context.Context, c *customers.Client, email string) error {
		_, err := c.WithSession(new(customers.Session)).Auth.Authenticate(ctx, email, "wrong")
		return wantError(err, customers.ErrInvalidCredentials)
	})},
	{"log in with orders", func(ctx context.Context, e *Env) error {
		who, err := e.Backend.Customer("orders")
		if err != nil {
			return err
		}
		c, err := e.Client()
		if err != nil {
			return err
		}
		me, err := c.Auth.Authenticate(ctx, who.Email, who.Password, customers.WithOrders())
		if err != nil {
			return err
		}
		return want(len(me.Orders) == who.Orders && len(me.Orders[0].Items) > 0, "%d orders, want %d", len(me.Orders), who.Orders)
	}},
	{"who is logged in", as(func(ctx context.Context, c *customers.Client, email string) error {
		me, err := c.Auth.GetSession(ctx)
		if err != nil {
			return err
		}
		return want(me.Email == email, "another customer")
	})},
	{"whether an email has an account", as(func(ctx context.Context, c *customers.Client, email string) error {
		exists, err := c.Auth.Exists(ctx, email)
		if err != nil {
			return err
		}
		other, err := c.Auth.Exists(ctx, "nobody."+email)
		return errors.Join(err, want(exists && !other, "exists: %t, another: %t", exists, other))
	})},
	{"log out", as(func(ctx context.Context, c *customers.Client, _ string) error {
		if err := c.Auth.DeleteSession(ctx); err != nil {
			return err
		}
		_, err := c.Retrieve(ctx)
		return errors.Join(wantError(err, customers.ErrUnauthenticated), want(!c.Session().LoggedIn(), "still logged in"))
	})},
	{"the session ends at the backend with a logout", as(func(ctx context.Context, c *customers.Client, _ string) error {
		text := c.Session().Encode()
		if err := c.Auth.DeleteSession(ctx); err != nil {
			return err
		}
		copied, err := customers.DecodeSession(text)
		if err != nil {
			return err
		}
		_, err = c.WithSession(copied).Retrieve(ctx)
		return wantError(err, customers.ErrUnauthenticated)
	})},
	{"go on with a stored session", as(func(ctx context.Context, c *customers.Client, email string) error {
		text := c.Session().Encode()
		copied, err := customers.DecodeSession(text)
		if err != nil {
			return err
		}
		me, err := c.WithSession(copied).Retrieve(ctx)
		if err != nil {
			return err
		}
		return want(me.Email == email, "another customer")
	})},
	{"get a token", as(func(ctx context.Context, c *customers.Client, email string) error {
		token, err := c.Auth.GetToken(ctx, email, Password)
		if err != nil {
			return err
		}
		return want(token != "", "no token")
	})},
	{"call with a token", func(ctx context.Context, e *Env) error {
		c, email, err := e.Registered(ctx)
		if err != nil {
			return err
		}
		token, err := c.Auth.GetToken(ctx, email, Password)
		if err != nil {
			return err
		}
		bearer, err := e.Client(customers.WithBearerToken(token))
		if err != nil {
			return err
		}
		me, err := bearer.Retrieve(ctx)
		if err != nil {
			return err
		}
		return want(me.Email == email, "another customer")
	}},
	{"retrieve the profile", func(ctx context.Context, e *Env) error {
		c, _, err := e.Seeded(ctx, "orders")
		if err != nil {
			return err
		}
		me, err := c.Retrieve(ctx)
		if err != nil {
			return err
		}
		return want(len(me.ShippingAddresses) > 0 && me.FirstName != nil && *me.FirstName == "Olivia", "%d addresses", len(me.ShippingAddresses))
	}},
	{"retrieve what has not changed", as(func(ctx context.Context, c *customers.Client, _ string) error {
		var r customers.Response
		if _, err := c.Retrieve(ctx, customers.WithResponse(&r)); err != nil {
			return err
		}
		_, err := c.Retrieve(ctx, customers.WithHeader("If-None-Match", r.Header.Get("ETag")))
		return wantError(err, customers.ErrNotModified)
	})},
	{"change and clear fields of the profile", as(func(ctx context.Context, c *customers.Client, _ string) error {
		me, err := c.Update(ctx, customers.UpdateRequest{LastName: customers.Value("King"), Phone: customers.Value("+4512345678")})
		if err != nil {
			return err
		}
		if err := want(me.LastName != nil && *me.LastName == "King" && me.Phone != nil, "not changed"); err != nil {
			return err
		}
		me, err = c.Update(ctx, customers.UpdateRequest{Phone: customers.Null[string]()})
		if err != nil {
			return err
		}
		return want(me.Phone == nil && me.LastName != nil, "not cleared")
	})},
	{"merge and delete metadata", as(func(ctx context.Context, c *customers.Client, _ string) error {
		if _, err := c.Update(ctx, customers.UpdateRequest{Metadata: map[string]any{"tier": "gold", "since": 2024}}); err != nil {
			return err
		}
		me, err := c.Update(ctx, customers.UpdateRequest{Metadata: map[string]any{"tier": ""}})
		if err != nil {
			return err
		}
		metadata, err := me.Metadata.Map()
		_, kept := metadata["since"]
		_, deleted := metadata["tier"]
		return errors.Join(err, want(kept && !deleted, "since %t, tier %t", kept, deleted))
	})},
	{"set, edit and remove the billing address", as(func(ctx context.Context, c *customers.Client, _ string) error {
		first := customers.BillingAddressOf(customers.UpdateAddressRequest{FirstName: customers.Value("Ada"), LastName: customers.Value("Lovelace"), Address1: customers.Value("Street 1"), City: customers.Value("London"), CountryCode: "us", PostalCode: customers.Value("1")})
		me, err := c.Update(ctx, customers.UpdateRequest{BillingAddress: first})
		if err != nil {
			return err
		}
		if err := want(me.BillingAddressID != nil, "no billing address"); err != nil {
			return err
		}
		if _, err := c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{City: customers.Value("Oxford")})}); err != nil {
			return err
		}
		me, err = c.Retrieve(ctx)
		if err != nil {
			return err
		}
		if err := want(me.BillingAddress != nil && me.BillingAddress.City != nil && *me.BillingAddress.City == "Oxford", "not edited"); err != nil {
			return err
		}
		if _, err := c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.NoBillingAddress()}); err != nil {
			return err
		}
		me, err = c.Retrieve(ctx)
		if err != nil {
			return err
		}
		return want(me.BillingAddress == nil, "not removed")
	})},
	{"change the email", as(func(ctx context.Context, c *customers.Client, email string) error {
		me, err := c.Update(ctx, customers.UpdateRequest{Email: new("new." + email)})
		if err != nil {
			return err
		}
		_, err = c.WithSession(new(customers.Session)).Auth.Authenticate(ctx, "new."+email, Password)
		return errors.Join(err, want(me.Email == "new."+email, "not changed"))
	})},
	{"change the password", as(func(ctx context.Context, c *customers.Client, email string) error {
		if _, err := c.Update(ctx, customers.UpdateRequest{Password: new("another password")}); err != nil {
			return err
		}
		_, err := c.WithSession(new(customers.Session)).Auth.Authenticate(ctx, email, "another password")
		return err
	})},
	{"add, change and delete an address", as(func(ctx context.Context, c *customers.Client, _ string) error {
		me, err := c.Addresses.Add(ctx, address("us"))
		if err != nil {
			return err
		}
		if err := want(len(me.ShippingAddresses) == 1, "%d addresses", len(me.ShippingAddresses)); err != nil {
			return err
		}
		id := me.ShippingAddresses[0].ID
		me, err = c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{City: customers.Value("Odense")})
		if err != nil {
			return err
		}
		if err := want(len(me.ShippingAddresses) == 1 && *me.ShippingAddresses[0].City == "Odense", "not changed"); err != nil {
			return err
		}
		me, err = c.Addresses.Delete(ctx, id)
		if err != nil {
			return err
		}
		return want(len(me.ShippingAddresses) == 0, "not deleted")
	})},
	{"add an address of an unknown country", as(func(ctx context.Context, c *customers.Client, _ string) error {
		_, err := c.Addresses.Add(ctx, address("xx"))
		return wantError(err, customers.ErrNotFound)
	})},
	{"change an address that does not exist", as(func(ctx context.Context, c *customers.Client, _ string) error {
		_, err := c.Addresses.Update(ctx, "addr_none", customers.UpdateAddressRequest{City: customers.Value("Odense")})
		return wantError(err, customers.ErrInvalidInput)
	})},
	{"list orders", withOrders(func(ctx context.Context, c *customers.Client, placed int) error {
		page, err := c.ListOrders(ctx, nil)
		if err != nil {
			return err
		}
		return want(page.Count == placed && len(page.Orders) == 10 && len(page.Orders[0].Items) > 0 && page.Orders[0].Items[0].Title != "", "%d of %d orders", len(page.Orders), page.Count)
	})},
	{"totals of orders", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		page, err := c.ListOrders(ctx, nil)
		if err != nil {
			return err
		}
		for _, o := range page.Orders {
			sum := o.Subtotal + o.ShippingTotal + o.TaxTotal - o.DiscountTotal - o.GiftCardTotal
			if o.Total != sum || o.Subtotal == 0 && len(o.Items) > 0 && o.Items[0].UnitPrice > 0 {
				return fmt.Errorf("order %s: total %d, its parts %d", o.ID, o.Total, sum)
			}
		}
		return nil
	})},
	{"taxes of lines and of shipping apart", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		page, err := c.ListOrders(ctx, nil)
		if err != nil {
			return err
		}
		for _, o := range page.Orders {
			if o.ItemTaxTotal == nil || o.ShippingTaxTotal == nil {
				return fmt.Errorf("order %s has none", o.ID)
			}
		}
		return nil
	})},
	{"page through orders", withOrders(func(ctx context.Context, c *customers.Client, placed int) error {
		seen := map[string]bool{}
		for offset := 0; offset < placed; offset += 5 {
			page, err := c.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(5), Offset: new(offset), Fields: []string{"id", "created_at"}, Expand: []string{"region"}})
			if err != nil {
				return err
			}
			for _, o := range page.Orders {
				seen[o.ID] = true
			}
		}
		return want(len(seen) == placed, "%d orders, want %d", len(seen), placed)
	})},
	{"iterate over all orders", withOrders(func(ctx context.Context, c *customers.Client, placed int) error {
		n := 0
		for o, err := range c.Orders(ctx, &customers.ListOrdersParams{Limit: new(7)}) {
			if err != nil {
				return err
			}
			n++
			_ = o
		}
		return want(n == placed, "%d orders, want %d", n, placed)
	})},
	{"list orders by status", withOrders(func(ctx context.Context, c *customers.Client, placed int) error {
		all, err := c.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(0)})
		if err != nil {
			return err
		}
		pending := 0
		for _, o := range all.Orders {
			if o.Status == customers.OrderStatusPending {
				pending++
			}
		}
		page, err := c.ListOrders(ctx, &customers.ListOrdersParams{Status: []customers.OrderStatus{customers.OrderStatusPending, customers.OrderStatusRequiresAction}})
		if err != nil {
			return err
		}
		none, err := c.ListOrders(ctx, &customers.ListOrdersParams{Status: []customers.OrderStatus{customers.OrderStatusArchived}})
		if err != nil {
			return err
		}
		return want(len(all.Orders) == placed && page.Count >= pending && page.Count <= placed && none.Count < placed, "%d, %d pending, %d archived", len(all.Orders), page.Count, none.Count)
	})},
	{"list orders by time", withOrders(func(ctx context.Context, c *customers.Client, placed int) error {
		all, err := c.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(0)})
		if err != nil {
			return err
		}
		middle := all.Orders[placed/2].CreatedAt
		newer, err := c.ListOrders(ctx, &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{GT: &middle}, Limit: new(0)})
		if err != nil {
			return err
		}
		rest, err := c.ListOrders(ctx, &customers.ListOrdersParams{CreatedAt: &customers.TimeRange{LTE: &middle}, Limit: new(0)})
		if err != nil {
			return err
		}
		return want(newer.Count > 0 && newer.Count+rest.Count == placed, "%d + %d of %d", newer.Count, rest.Count, placed)
	})},
	{"search orders", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		all, err := c.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(1)})
		if err != nil {
			return err
		}
		first := all.Orders[0]
		page, err := c.ListOrders(ctx, &customers.ListOrdersParams{ID: &first.ID})
		if err != nil {
			return err
		}
		return want(page.Count == 1 && page.Orders[0].ID == first.ID, "%d orders", page.Count)
	})},
	{"list orders by fields and relations", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		page, err := c.ListOrders(ctx, &customers.ListOrdersParams{Fields: []string{"id", "display_id", "email"}, Expand: []string{"items", "region"}})
		if err != nil {
			return err
		}
		for _, o := range page.Orders {
			if o.Region.ID == "" || len(o.Items) == 0 || o.DisplayID == 0 || o.Customer != nil {
				return fmt.Errorf("order %s lacks what was asked for", o.ID)
			}
		}
		return nil
	})},
	{"list orders by signed fields", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		page, err := c.ListOrders(ctx, &customers.ListOrdersParams{Fields: []string{"+metadata", "+external_id"}})
		if err != nil {
			return err
		}
		return want(len(page.Orders) > 0 && page.Orders[0].Has("metadata"), "no metadata")
	})},
	{"list orders by an unknown field", withOrders(func(ctx context.Context, c *customers.Client, _ int) error {
		_, err := c.ListOrders(ctx, &customers.ListOrdersParams{Fields: []string{"no_such_field"}})
		return wantError(err, customers.ErrInternal)
	})},
	{"list payment methods", func(ctx context.Context, e *Env) error {
		c, _, err := e.Seeded(ctx, "payments")
		if err != nil {
			return err
		}
		methods, err := c.PaymentMethods.List(ctx)
		if err != nil {
			return err
		}
		return want(len(methods) > 0 && methods[0].ProviderID == "saved-methods", "%d methods", len(methods))
	}},
	{PasswordByToken, func(ctx context.Context, e *Env) error {
		c, email, err := e.Registered(ctx)
		if err != nil {
			return err
		}
		if err := c.GeneratePasswordToken(ctx, email); err != nil {
			return err
		}
		tokens, err := e.Backend.AwaitPasswordTokens(ctx, email, 0)
		if err != nil || len(tokens) == 0 {
			return errors.Join(err, want(false, "no token came"))
		}
		if _, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: email, Token: tokens[0].Token, Password: "another password"}); err != nil {
			return err
		}
		_, err = c.WithSession(new(customers.Session)).Auth.Authenticate(ctx, email, "another password")
		return err
	}},
	{"a new password by a wrong token", as(func(ctx context.Context, c *customers.Client, email string) error {
		_, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: email, Token: "wrong", Password: "another password"})
		return wantError(err, customers.ErrInvalidPasswordToken)
	})},
	{"a password token for an unknown email", func(ctx context.Context, e *Env) error {
		c, err := e.Client()
		if err != nil {
			return err
		}
		return c.GeneratePasswordToken(ctx, e.Email())
	}},
	{"call without a login", func(ctx context.Context, e *Env) error {
		c, err := e.Client()
		if err != nil {
			return err
		}
		_, err = c.Retrieve(ctx)
		return wantError(err, customers.ErrUnauthenticated)
	}},
	{"invalid input", as(func(ctx context.Context, c *customers.Client, _ string) error {
		_, err := c.Update(ctx, customers.UpdateRequest{Email: new("no email at all")})
		return wantError(err, customers.ErrInvalidInput)
	})},
	{"custom headers and a publishable key", as(func(ctx context.Context, c *customers.Client, _ string) error {
		_, err := c.Retrieve(ctx, customers.WithHeader("X-Trace", "1"), customers.WithPublishableKey("pk_none"))
		return err
	})},
}

// address returns an address in a country.
func address(country string) customers.AddAddressRequest {
	return customers.AddAddressRequest{FirstName: "Ada", LastName: "Lovelace", Address1: "Street 1", City: "London", CountryCode: country, PostalCode: "1000"}
}
