package customerstest_test

import (
	"errors"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestJourney calls all operations but ListOrders through package customers.
func TestJourney(t *testing.T) {
	srv := customerstest.NewServer(t)
	c, err := customers.New(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	email, password := "alec@example.com", "supersecret"

	me, err := c.Create(ctx, customers.CreateRequest{FirstName: "Alec", LastName: "Reynolds", Email: "Alec@example.com", Password: password})
	if err != nil || me.Email != email || !me.HasAccount || text(me.FirstName) != "Alec" {
		t.Fatalf("Create: %+v, %v", me, err)
	}
	if _, err := c.Create(ctx, customers.CreateRequest{Email: email, Password: password}); !errors.Is(err, customers.ErrDuplicate) {
		t.Errorf("a second Create: %v", err)
	}
	me, err = c.Update(ctx, customers.UpdateRequest{
		Phone: customers.Value("1"), LastName: customers.Null[string](), Metadata: map[string]any{"size": "L"},
		BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{City: customers.Value("Odense"), CountryCode: "DK"}),
	})
	if err != nil || text(me.Phone) != "1" || me.LastName != nil || me.Metadata != `{"size":"L"}` || text(me.BillingAddress.CountryCode) != "dk" {
		t.Fatalf("Update: %+v, %v", me, err)
	}
	me, err = c.Addresses.Add(ctx, customers.AddAddressRequest{
		FirstName: "Alec", LastName: "Reynolds", Address1: "1 Main Street", City: "Aarhus", CountryCode: "dk", PostalCode: "8000",
	})
	if err != nil || len(me.ShippingAddresses) != 1 {
		t.Fatalf("Addresses.Add: %+v, %v", me, err)
	}
	id := me.ShippingAddresses[0].ID
	me, err = c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{City: customers.Value("Skagen")})
	if err != nil || text(me.ShippingAddresses[0].City) != "Skagen" || text(me.ShippingAddresses[0].PostalCode) != "8000" {
		t.Fatalf("Addresses.Update: %+v, %v", me, err)
	}
	if me, err = c.Addresses.Delete(ctx, id); err != nil || len(me.ShippingAddresses) != 0 {
		t.Fatalf("Addresses.Delete: %+v, %v", me, err)
	}
	srv.AddPaymentMethod(me.ID, customerstest.PaymentMethod{ProviderID: "manual", Data: map[string]any{"id": "m1"}})
	if methods, err := c.PaymentMethods.List(ctx); err != nil || len(methods) != 1 || methods[0].ProviderID != "manual" {
		t.Fatalf("PaymentMethods.List: %+v, %v", methods, err)
	}
	if exists, err := c.Auth.Exists(ctx, email); err != nil || !exists {
		t.Fatalf("Auth.Exists: %v, %v", exists, err)
	}
	if err := c.GeneratePasswordToken(ctx, email); err != nil {
		t.Fatal("GeneratePasswordToken:", err)
	}
	tokens := srv.PasswordTokens(email)
	if len(tokens) != 1 {
		t.Fatal(len(tokens), "password tokens")
	}
	reset := customers.ResetPasswordRequest{Email: email, Token: tokens[0], Password: "other"}
	if _, err := c.ResetPassword(ctx, reset); err != nil {
		t.Fatal("ResetPassword:", err)
	}
	if _, err := c.ResetPassword(ctx, reset); !errors.Is(err, customers.ErrInvalidPasswordToken) {
		t.Error("a second ResetPassword:", err)
	}
	if me, err = c.Retrieve(ctx); err != nil || me.Email != email {
		t.Fatalf("Retrieve: %+v, %v", me, err)
	}
	if err := c.Auth.DeleteSession(ctx); err != nil {
		t.Fatal("DeleteSession:", err)
	}
	if _, err := c.Retrieve(ctx); !errors.Is(err, customers.ErrUnauthenticated) {
		t.Error("Retrieve after DeleteSession:", err)
	}
	if _, err := c.Auth.Authenticate(ctx, email, password); !errors.Is(err, customers.ErrInvalidCredentials) {
		t.Error("Authenticate with the old password:", err)
	}
	if me, err = c.Auth.Authenticate(ctx, email, "other", customers.WithOrders()); err != nil || me.Orders == nil {
		t.Fatalf("Authenticate: %+v, %v", me, err)
	}
	if me, err = c.Auth.GetSession(ctx); err != nil || me.Email != email {
		t.Fatalf("GetSession: %+v, %v", me, err)
	}
	token, err := c.Auth.GetToken(ctx, email, "other")
	if err != nil {
		t.Fatal("GetToken:", err)
	}
	bearer, err := customers.New(srv.URL, customers.WithBearerToken(token))
	if err != nil {
		t.Fatal(err)
	}
	if me, err = bearer.Retrieve(ctx); err != nil || me.Email != email {
		t.Fatalf("Retrieve with a bearer token: %+v, %v", me, err)
	}
}
