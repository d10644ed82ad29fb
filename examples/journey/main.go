// Command journey walks a customer's whole way through a storefront on a Medusa v1 backend and prints what happened
// at each step: register, profile, addresses, orders, password reset, logout and login, a session saved and restored.
//
// Its backend is the one in memory of package customerstest, or the one that BACKEND names. Any will do; the steps that
// need a customer with orders, or the token that a backend would mail, say so where it has none to offer.
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
		j.resetPassword, j.logOutAndIn, j.saveAndRestore, j.orders,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Println("\nDone: every step did what it says.")
	return nil
}

// journey is what the steps share.
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
		return fmt.Errorf("registering twice should be a duplicate: %w", err)
	}
	fmt.Println("  again:", err)
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
	fmt.Printf("  added once more: still %d on file\n", len(me.ShippingAddresses))

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

// customHeader sends a request through a proxy of its own, to show what arrives on the other side.
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
	fmt.Printf("  arrived with X-Shop: %s (every call's) and Accept-Language: %s (this call's, instead of da); answered %d\n",
		arrived.Get("X-Shop"), arrived.Get("Accept-Language"), resp.StatusCode)
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
	fmt.Println("  asked for a token; the backend hands it to whatever mails it")
	token, err := j.shop.passwordToken(ctx, j.email)
	if err != nil {
		return err
	}
	if token == "" {
		fmt.Println("  this backend mails it, so the journey can't go on from here; the password stays")
		return nil
	}
	j.password = "even more secret"
	if _, err := j.c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: j.email, Token: token, Password: j.password}); err != nil {
		return err
	}
	fmt.Println("  set a new password with it")
	_, err = j.c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: j.email, Token: token, Password: "another one"})
	if !errors.Is(err, customers.ErrInvalidPasswordToken) {
		return fmt.Errorf("a token should be good only once: %w", err)
	}
	fmt.Println("  again:", err)
	return nil
}

func (j *journey) logOutAndIn(ctx context.Context) error {
	heading("Log out, log in")
	if err := j.c.Auth.DeleteSession(ctx); err != nil {
		return err
	}
	_, err := j.c.Retrieve(ctx)
	if !errors.Is(err, customers.ErrUnauthenticated) {
		return fmt.Errorf("a retrieve after the logout should fail: %w", err)
	}
	fmt.Println("  logged out:", err)

	_, err = j.c.Auth.Authenticate(ctx, j.email, "a wrong one")
	if !errors.Is(err, customers.ErrInvalidCredentials) {
		return fmt.Errorf("a wrong password should be refused: %w", err)
	}
	fmt.Println("  wrong password:", err)

	me, err := j.c.Auth.Authenticate(ctx, strings.ToUpper(j.email), j.password)
	if err != nil {
		return err
	}
	fmt.Printf("  logged in as %s, with the email typed in capitals\n", me.ID)
	return nil
}

func (j *journey) saveAndRestore(ctx context.Context) error {
	heading("Save the session, restore it elsewhere")
	text := j.c.Session().Encode()
	fmt.Printf("  saved as %d characters, good until %s\n", len(text), j.c.Session().Expires().Format(time.RFC3339))
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
		with := j.shop.Customers[0]
		if _, err := j.c.Auth.Authenticate(ctx, with.Email, with.Password); err != nil {
			return err
		}
		fmt.Println("  logged in as a customer who has some")
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
	fmt.Printf("  iterated over all that are paid: %d orders, %d lines\n", n, items)
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
