package customerstest_test

import (
	"net/http"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func TestAddCustomer(t *testing.T) {
	srv := customerstest.NewServer(t)
	zero := srv.AddCustomer(customerstest.Customer{})
	if zero.Email == "" || !zero.HasAccount || zero.FirstName != nil || zero.Metadata != "" || zero.BillingAddress != nil {
		t.Errorf("the zero value: %+v", zero)
	}
	c := srv.AddCustomer(customerstest.Customer{
		Email: "a@example.com", Password: "pw", FirstName: "A", LastName: "B", Phone: "1", Metadata: map[string]any{"n": 1},
		ShippingAddresses: []api.AddAddressRequest{{City: "Odense", CountryCode: "DK"}, {}},
		BillingAddress:    &api.AddAddressRequest{Company: new("C")},
	})
	b := browser.New(t, srv.URL)
	b.Login("a@example.com", "pw")
	read := browser.CustomerOf(t, b.Send(http.MethodGet, me, ""))
	if browser.JSON(t, read) != browser.JSON(t, c) {
		t.Errorf("returned %+v\nread     %+v", c, read)
	}
	if len(read.ShippingAddresses) != 2 || text(read.ShippingAddresses[0].CountryCode) != "dk" || text(read.ShippingAddresses[1].FirstName) != "A" ||
		text(read.ShippingAddresses[0].CustomerID) != c.ID || text(read.BillingAddress.Company) != "C" || read.BillingAddress.CustomerID != nil {
		t.Errorf("addresses: %s", browser.JSON(t, read))
	}
	guest := srv.AddCustomer(customerstest.Customer{Email: "a@example.com", Guest: true})
	if guest.HasAccount {
		t.Error("a guest with an account")
	}
	for name, wrong := range map[string]func(){
		"same email": func() { srv.AddCustomer(customerstest.Customer{Email: "a@example.com"}) },
		"unknown country": func() {
			srv.AddCustomer(customerstest.Customer{BillingAddress: &api.AddAddressRequest{CountryCode: "zz"}})
		},
		"no JSON":          func() { srv.AddCustomer(customerstest.Customer{Metadata: map[string]any{"f": func() {}}}) },
		"no such customer": func() { srv.DeleteCustomer("cus_x") },
		"method of no one": func() { srv.AddPaymentMethod("cus_x", customerstest.PaymentMethod{}) },
		"order of no one":  func() { srv.AddOrder("cus_x", customerstest.Order{}) },
	} {
		if !panics(wrong) {
			t.Errorf("%s: no panic", name)
		}
	}
	if a := b.Send(http.MethodGet, me, ""); a.Status != http.StatusOK {
		t.Error("a panic left the backend locked or broken")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
