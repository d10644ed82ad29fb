package e2e

import (
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestRefusals checks that a method sends nothing if it refuses an argument, and that its error names the field.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	ctx := t.Context()
	refusals := map[string]map[string]error{}
	refuse := func(operation, field string, err error) {
		t.Helper()
		failure{is: customers.ErrInvalidInput, field: field, operation: operation}.check(t, err)
		if refusals[operation] == nil {
			refusals[operation] = map[string]error{}
		}
		refusals[operation][field] = err
	}
	s.sendsNothing(t, func() {
		for field, r := range map[string]customers.CreateRequest{
			"Email":     {Password: "x"},
			"Password":  {Email: "a@example.com"},
			"FirstName": {Email: "a@example.com", Password: "x", FirstName: "\xff"},
			"LastName":  {Email: "a@example.com", Password: "x", LastName: "\x00"},
		} {
			_, err := c.Create(ctx, r)
			refuse("CreateCustomer", field, err)
		}
		for field, r := range map[string]customers.UpdateRequest{
			"Email":          {Email: new("no email")},
			"Password":       {Password: new("")},
			"Phone":          {Phone: customers.Value("\xff")},
			"BillingAddress": {BillingAddress: customers.BillingAddressID("")},
		} {
			_, err := c.Update(ctx, r)
			refuse("UpdateCustomer", field, err)
		}
		for field, r := range map[string]customers.ResetPasswordRequest{
			"Email":    {Token: "x", Password: "x"},
			"Token":    {Email: "a@example.com", Password: "x"},
			"Password": {Email: "a@example.com", Token: "x"},
		} {
			_, err := c.ResetPassword(ctx, r)
			refuse("ResetPassword", field, err)
		}
		refuse("GeneratePasswordToken", "Email", c.GeneratePasswordToken(ctx, "ÆRØ@example.com")) // Go and JavaScript may lower-case it differently
		for field, change := range map[string]func(*customers.AddAddressRequest){
			"FirstName":   func(a *customers.AddAddressRequest) { a.FirstName = "" },
			"LastName":    func(a *customers.AddAddressRequest) { a.LastName = "" },
			"Address1":    func(a *customers.AddAddressRequest) { a.Address1 = "" },
			"City":        func(a *customers.AddAddressRequest) { a.City = "" },
			"CountryCode": func(a *customers.AddAddressRequest) { a.CountryCode = "" },
		} {
			a := address()
			change(&a)
			_, err := c.Addresses.Add(ctx, a)
			refuse("AddAddress", field, err)
		}
		for _, id := range []string{"", ".", "..", "a/b", "../me"} {
			_, err := c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{})
			refuse("UpdateAddress", "ID", err)
			_, err = c.Addresses.Delete(ctx, id)
			refuse("DeleteAddress", "ID", err)
		}
		for field, p := range map[string]customers.ListOrdersParams{
			"Q": {Q: new("")}, "ID": {ID: new("")}, "Limit": {Limit: new(-1)}, "Offset": {Offset: new(-1)}, "Fields": {Fields: []string{""}},
			"Expand": {Expand: []string{"items", ""}}, "CurrencyCode": {CurrencyCode: new("")}, "Email": {Email: new("")},
		} {
			_, err := c.ListOrders(ctx, &p)
			refuse("ListOrders", field, err)
		}
		for _, err := range c.Orders(ctx, &customers.ListOrdersParams{Offset: new(1)}) {
			refuse("ListOrders", "Offset", err)
		}
		_, err := c.Auth.Authenticate(ctx, "", "x")
		refuse("Authenticate", "Email", err)
		_, err = c.Auth.Authenticate(ctx, "a@example.com", "")
		refuse("Authenticate", "Password", err)
		_, err = c.Auth.GetToken(ctx, "a@example.com", "")
		refuse("GetToken", "Password", err)
		_, err = c.Auth.Exists(ctx, "")
		refuse("EmailExists", "Email", err)
		for _, header := range [][2]string{{"", "x"}, {"a b", "x"}, {"X", "a\nb"}, {"Cookie", "x"}, {"Host", "x"}, {"Content-Length", "1"}, {"Transfer-Encoding", "x"}} {
			_, err = c.Retrieve(ctx, customers.WithHeader(header[0], header[1]))
			refuse("RetrieveCustomer", "WithHeader", err)
		}
	})
	if refusals["ListOrders"]["Offset"] == nil {
		t.Error("an iteration with an offset yielded no error")
	}
}
