package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestRetrieveAfterCreate has a client without options.
func TestRetrieveAfterCreate(t *testing.T) {
	t.Parallel()
	c, err := customers.New(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	created, err := c.Create(t.Context(), customers.CreateRequest{Email: uniqueEmail(t), Password: "supersecret"})
	if err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.ID != created.ID {
		t.Error(me, err)
	}
}

// TestOperationsSucceed calls every method of the JS client, in the order of a customer's life.
func TestOperationsSucceed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, email := newClient(t), uniqueEmail(t)
	me, err := c.Create(ctx, customers.CreateRequest{FirstName: "Alec", LastName: "Reynolds", Email: email, Password: "supersecret", Phone: "1"})
	if err != nil || me.Email != email || *me.FirstName != "Alec" || *me.LastName != "Reynolds" || *me.Phone != "1" || !me.HasAccount {
		t.Fatalf("Create: %+v, %v", me, err)
	}
	id := me.ID
	if me, err = c.Retrieve(ctx); err != nil || me.ID != id {
		t.Fatalf("Retrieve: %+v, %v", me, err)
	}
	if exists, err := c.Auth.Exists(ctx, email); err != nil || !exists {
		t.Fatalf("Exists: %t, %v", exists, err)
	}
	me, err = c.Update(ctx, customers.UpdateRequest{
		LastName: customers.Value("R"), Phone: customers.Null[string](), Metadata: map[string]any{"vip": true}, Password: new("new password"),
	})
	if err != nil || *me.FirstName != "Alec" || *me.LastName != "R" || me.Phone != nil || me.Metadata != `{"vip":true}` {
		t.Fatalf("Update: %+v, %v", me, err)
	}
	a := address()
	a.Company, a.Address2, a.Province, a.Phone, a.Metadata = new("Ltd"), new("2nd"), new("Jutland"), new("2"), map[string]any{"door": "left"}
	if me, err = c.Addresses.Add(ctx, a); err != nil || len(me.ShippingAddresses) != 1 {
		t.Fatalf("Addresses.Add: %+v, %v", me, err)
	}
	got := me.ShippingAddresses[0]
	if *got.FirstName != a.FirstName || *got.LastName != a.LastName || *got.Company != *a.Company || *got.Address1 != a.Address1 || *got.Address2 != *a.Address2 ||
		*got.City != a.City || *got.CountryCode != a.CountryCode || *got.Province != *a.Province || *got.PostalCode != a.PostalCode || *got.Phone != *a.Phone {
		t.Errorf("the address is %+v", got)
	}
	me, err = c.Addresses.Update(ctx, got.ID, customers.UpdateAddressRequest{City: customers.Value("Odense"), Company: customers.Null[string]()})
	if err != nil || *me.ShippingAddresses[0].City != "Odense" || me.ShippingAddresses[0].Company != nil || *me.ShippingAddresses[0].Phone != "2" {
		t.Fatalf("Addresses.Update: %+v, %v", me, err)
	}
	everything := customers.UpdateAddressRequest{
		FirstName: customers.Value("a"), LastName: customers.Value("b"), Company: customers.Value("c"), Address1: customers.Value("d"),
		Address2: customers.Value("e"), City: customers.Value("f"), Province: customers.Value("g"), PostalCode: customers.Value("h"),
		Phone: customers.Value("i"), CountryCode: "fr", Metadata: customers.Value(map[string]any{"door": "right"}),
	}
	if me, err = c.Addresses.Update(ctx, got.ID, everything); err != nil {
		t.Fatal("Addresses.Update:", err)
	}
	got = me.ShippingAddresses[0]
	for i, value := range []*string{got.FirstName, got.LastName, got.Company, got.Address1, got.Address2, got.City, got.Province, got.PostalCode, got.Phone} {
		if value == nil || *value != string(rune('a'+i)) {
			t.Errorf("field %d of the updated address is not %q", i, rune('a'+i))
		}
	}
	if *got.CountryCode != "fr" || !sameJSON(t, got.Metadata, map[string]any{"door": "right"}) {
		t.Errorf("the updated address is %+v", got)
	}
	if me, err = c.Addresses.Delete(ctx, got.ID); err != nil || len(me.ShippingAddresses) != 0 {
		t.Fatalf("Addresses.Delete: %+v, %v", me, err)
	}
	if page, err := c.ListOrders(ctx, nil); err != nil || len(page.Orders) != 0 || page.Limit != 10 {
		t.Fatalf("ListOrders: %+v, %v", page, err)
	}
	if methods, err := c.PaymentMethods.List(ctx); err != nil || methods == nil || len(methods) != 0 {
		t.Fatalf("PaymentMethods.List: %v, %v", methods, err)
	}
	token := issuedToken(t, c, email)
	if me, err = c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: email, Token: token, Password: "newer password"}); err != nil || me.ID != id {
		t.Fatalf("ResetPassword: %+v, %v", me, err)
	}
	if me, err = c.Auth.GetSession(ctx); err != nil || me.ID != id {
		t.Fatalf("Auth.GetSession: %+v, %v", me, err)
	}
	if err := c.Auth.DeleteSession(ctx); err != nil {
		t.Fatal("Auth.DeleteSession:", err)
	}
	for _, password := range []string{"supersecret", "new password"} {
		_, err = c.Auth.Authenticate(ctx, email, password)
		failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	}
	if me, err = c.Auth.Authenticate(ctx, email, "newer password"); err != nil || me.ID != id {
		t.Fatalf("Auth.Authenticate: %+v, %v", me, err)
	}
	bearer, err := c.Auth.GetToken(ctx, email, "newer password")
	if err != nil || claimsOf(t, bearer)["customer_id"] != id {
		t.Fatal("Auth.GetToken:", err)
	}
}

func TestSavedPaymentMethods(t *testing.T) {
	t.Parallel()
	methods, err := login(t, "payments").PaymentMethods.List(t.Context())
	if err != nil || len(methods) == 0 {
		t.Fatal(methods, err)
	}
	for _, m := range methods {
		data, err := m.Data.Map()
		if err != nil || m.ProviderID != "saved-methods" || !strings.HasPrefix(fmt.Sprint(data["id"]), "pm_") {
			t.Errorf("%s: %v", m.ProviderID, m.Data)
		}
	}
}
