// Command journey takes a customer through a storefront on a Medusa v1 backend and prints what happens at each step:
// register, profile, addresses, custom headers, payment methods, password reset, logout and login, a session stored and
// restored, orders.
//
// Its backend is the one in memory of package customerstest, or the one at the URL in BACKEND. Two steps need more than
// a URL: the token of a password reset, which a backend mails, and a customer who has orders. On a backend of your own
// they print what is missing.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "\nThe journey ended early:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	shop := backendFromEnv()
	if shop.URL == "" {
		var stopBackend func()
		shop, stopBackend = inMemory()
		defer stopBackend()
	}
	c, err := customers.New(shop.URL, customers.WithPublishableKey(shop.PublishableKey))
	if err != nil {
		return err
	}
	j := &journey{shop: shop, c: c, email: "journey-" + strings.ToLower(rand.Text()[:8]) + "@example.com", password: "supersecret"}
	fmt.Println("Backend:", shop.URL, shop.what)
	for _, step := range []func(context.Context) error{
		j.register, j.retrieve, j.update, j.addresses, j.customHeader, j.paymentMethods,
		j.resetPassword, j.logOutAndIn, j.storeAndRestore, j.orders,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Println("\nDone.")
	return nil
}

// journey is the state that the steps share.
type journey struct {
	shop            *backend
	c               *customers.Client
	email, password string
}

func (j *journey) register(ctx context.Context) error {
	heading("Register")
	me, err := j.c.Create(ctx, customers.CreateRequest{
		FirstName: "Alec", LastName: "Reynolds", Email: j.email, Password: j.password, Phone: "+45 12 34 56 78",
	})
	if err != nil {
		return err
	}
	fmt.Printf("  created %s as %s; the client is logged in\n", me.Email, me.ID)

	_, err = j.c.Create(ctx, customers.CreateRequest{Email: j.email, Password: j.password})
	if !errors.Is(err, customers.ErrDuplicate) {
		return fmt.Errorf("the second registration was no duplicate: %w", err)
	}
	fmt.Println("  once more:", err)
	return nil
}

func (j *journey) retrieve(ctx context.Context) error {
	heading("Retrieve")
	me, err := j.c.Retrieve(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("  %s %s, phone %s, member since %s\n", deref(me.FirstName), deref(me.LastName), deref(me.Phone), me.CreatedAt.Format(time.RFC3339))
	return nil
}

func (j *journey) update(ctx context.Context) error {
	heading("Update")
	me, err := j.c.Update(ctx, customers.UpdateRequest{
		LastName: customers.Value("Reynolds-Holm"),
		Phone:    customers.Null[string](),
		Metadata: map[string]any{"newsletter": true},
	})
	if err != nil {
		return err
	}
	fmt.Printf("  last name %s, phone %s, metadata %v\n", deref(me.LastName), deref(me.Phone), me.Metadata)
	return nil
}

func (j *journey) addresses(ctx context.Context) error {
	heading("Addresses")
	home := customers.AddAddressRequest{
		FirstName: "Alec", LastName: "Reynolds", Address1: "Vestergade 1", City: "Aarhus", PostalCode: "8000", CountryCode: "DK",
	}
	me, err := j.c.Addresses.Add(ctx, home)
	if err != nil {
		return err
	}
	id := me.ShippingAddresses[0].ID
	fmt.Printf("  added %s: %d on file\n", id, len(me.ShippingAddresses))

	if me, err = j.c.Addresses.Add(ctx, home); err != nil {
		return err
	}
	fmt.Printf("  added the same once more: still %d on file\n", len(me.ShippingAddresses))

	if me, err = j.c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{Address1: customers.Value("Vestergade 2")}); err != nil {
		return err
	}
	fmt.Printf("  updated: %s, %s\n", deref(me.ShippingAddresses[0].Address1), deref(me.ShippingAddresses[0].City))

	if me, err = j.c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressID(id)}); err != nil {
		return err
	}
	fmt.Println("  made it the billing address:", deref(me.BillingAddressID) == id)

	if _, err = j.c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.NoBillingAddress()}); err != nil {
		return err
	}
	if me, err = j.c.Addresses.Delete(ctx, id); err != nil {
		return err
	}
	fmt.Printf("  deleted: %d on file\n", len(me.ShippingAddresses))
	return nil
}

// customHeader sends a request through a proxy of its own, which prints what arrived.
func (j *journey) customHeader(ctx context.Context) error {
	heading("Custom headers")
	target, err := url.Parse(j.shop.URL)
	if err != nil {
		return err
	}
	var arrived http.Header
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		arrived = r.In.Header.Clone()
		r.SetURL(target)
		r.Out.Header["X-Forwarded-Proto"] = r.In.Header["X-Forwarded-Proto"]
	}})
	defer proxy.Close()
	options := []customers.Option{customers.WithHeader("Accept-Language", "da"), customers.WithHeader("X-Shop", "journey")}
	if target.Scheme == "https" {
		options = append(options, customers.WithTLSTerminated())
	}
	c, err := customers.New(proxy.URL, options...)
	if err != nil {
		return err
	}
	session, err := customers.DecodeSession(j.c.Session().Encode())
	if err != nil {
		return err
	}
	var resp customers.Response
	_, err = c.WithSession(session).Retrieve(ctx, customers.WithHeader("Accept-Language", "en"), customers.WithResponse(&resp))
	if err != nil {
		return err
	}
	fmt.Println("  sent X-Shop with every call:", arrived.Get("X-Shop"))
	fmt.Println("  sent Accept-Language with this call, instead of the client's da:", arrived.Get("Accept-Language"))
	fmt.Println("  status of the response:", resp.StatusCode)
	return nil
}

func (j *journey) paymentMethods(ctx context.Context) error {
	heading("Payment methods")
	methods, err := j.c.PaymentMethods.List(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("  %d saved\n", len(methods))
	return nil
}

func (j *journey) resetPassword(ctx context.Context) error {
	heading("Forgotten password")
	if err := j.c.GeneratePasswordToken(ctx, j.email); err != nil {
		return err
	}
	fmt.Println("  asked for a token, which the backend mails")
	token, err := j.shop.passwordToken(ctx, j.email)
	if err != nil {
		return err
	}
	if token == "" {
		fmt.Println("  the mail of this backend can not be read here, so the password stays")
		return nil
	}
	j.password = "even more secret"
	if _, err := j.c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: j.email, Token: token, Password: j.password}); err != nil {
		return err
	}
	fmt.Println("  set a new password with it")
	_, err = j.c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: j.email, Token: token, Password: "another one"})
	if !errors.Is(err, customers.ErrInvalidPasswordToken) {
		return fmt.Errorf("the token was accepted twice: %w", err)
	}
	fmt.Println("  once more:", err)
	return nil
}

func (j *journey) logOutAndIn(ctx context.Context) error {
	heading("Log out, log in")
	if err := j.c.Auth.DeleteSession(ctx); err != nil {
		return err
	}
	_, err := j.c.Retrieve(ctx)
	if !errors.Is(err, customers.ErrUnauthenticated) {
		return fmt.Errorf("the profile was readable after the logout: %w", err)
	}
	fmt.Println("  logged out:", err)

	_, err = j.c.Auth.Authenticate(ctx, j.email, "a wrong one")
	if !errors.Is(err, customers.ErrInvalidCredentials) {
		return fmt.Errorf("a wrong password was not refused: %w", err)
	}
	fmt.Println("  wrong password:", err)

	me, err := j.c.Auth.Authenticate(ctx, strings.ToUpper(j.email), j.password)
	if err != nil {
		return err
	}
	fmt.Printf("  logged in as %s, with the email typed in capitals\n", me.ID)
	return nil
}

func (j *journey) storeAndRestore(ctx context.Context) error {
	heading("Store the session, restore it")
	text := j.c.Session().Encode()
	fmt.Printf("  stored as %d characters, expires at %s\n", len(text), j.c.Session().Expires().Format(time.RFC3339))
	session, err := customers.DecodeSession(text)
	if err != nil {
		return err
	}
	shared, err := customers.New(j.shop.URL, customers.WithoutSession())
	if err != nil {
		return err
	}
	me, err := shared.WithSession(session).Retrieve(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("  another client acts for %s %s\n", deref(me.FirstName), deref(me.LastName))
	return nil
}

func (j *journey) orders(ctx context.Context) error {
	heading("Orders")
	if len(j.shop.Customers) > 0 {
		if err := j.c.Auth.DeleteSession(ctx); err != nil {
			return err
		}
		customer := j.shop.Customers[0]
		if _, err := j.c.Auth.Authenticate(ctx, customer.Email, customer.Password); err != nil {
			return err
		}
		fmt.Println("  logged in as a customer who has orders")
	} else {
		fmt.Println("  no customer with orders is known here")
	}
	page, err := j.c.ListOrders(ctx, &customers.ListOrdersParams{Limit: new(3)})
	if err != nil {
		return err
	}
	fmt.Printf("  the newest %d of %d:\n", len(page.Orders), page.Count)
	for i := range page.Orders {
		printOrder(&page.Orders[i])
	}
	captured := &customers.ListOrdersParams{
		PaymentStatus: []customers.PaymentStatus{customers.PaymentStatusCaptured},
		CreatedAt:     &customers.TimeRange{LT: new(time.Now())},
	}
	n, items := 0, 0
	for order, err := range j.c.Orders(ctx, captured) {
		if err != nil {
			return err
		}
		n, items = n+1, items+len(order.Items)
	}
	fmt.Printf("  paid in all: %d orders with %d lines\n", n, items)
	return nil
}

func printOrder(o *customers.Order) {
	fmt.Printf("    #%d of %s: %d %s (smallest unit), %s, payment %s, fulfillment %s\n",
		o.DisplayID, o.CreatedAt.Format(time.DateOnly), o.Total, o.CurrencyCode, o.Status, o.PaymentStatus, o.FulfillmentStatus)
}

func heading(s string) { fmt.Println("\n" + s) }

func deref(s *string) string {
	if s == nil {
		return "none"
	}
	return *s
}
