//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

var extendedFacts = []fact{{"B53_the_properties_of_an_extended_entity_are_read_and_sent", extendedCustomer}}

// extendedCustomer has a shop whose customers have the columns nickname and loyalty_points, by the vendor's way to extend an
// entity: it registers with them, reads, changes, clears and lists them.
func extendedCustomer(t *testing.T) {
	b := borrowBackend(t, backend.Settings{Project: "extended"})
	notRecorded := customers.WithHTTPClient(&http.Client{Transport: baseTransport}) // the contract has no such columns
	ctx, c := t.Context(), newClientOf(t, b, notRecorded)
	email := uniqueEmail(t)
	var r customers.Response
	with := customers.WithResponse(&r)
	want := func(what string, err error, nickname, points string) {
		t.Helper()
		var own struct {
			Customer struct {
				Nickname      *string `json:"nickname"`
				LoyaltyPoints *int    `json:"loyalty_points"`
			} `json:"customer"`
		}
		if err := errors.Join(err, json.Unmarshal(r.Body, &own)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got := fmt.Sprint(customers.Deref(own.Customer.Nickname), "/", customers.Deref(own.Customer.LoyaltyPoints))
		if got != nickname+"/"+points {
			t.Errorf("%s has %s, want %s/%s", what, got, nickname, points)
		}
	}
	me, err := c.Create(ctx, customers.CreateRequest{Email: email, Password: "a password", FirstName: "Ada"},
		customers.WithProperty("nickname", "Countess ✓"), customers.WithProperty("loyalty_points", 7), with)
	want("Create", err, "Countess ✓", "7")
	if customers.Deref(me.FirstName) != "Ada" {
		t.Errorf("the first name is %v", me.FirstName)
	}
	_, err = c.Retrieve(ctx, with)
	want("Retrieve", err, "Countess ✓", "7")
	_, err = c.Update(ctx, customers.UpdateRequest{Phone: customers.Value("1")}, customers.WithProperty("loyalty_points", 8), with)
	want("Update", err, "Countess ✓", "8")
	_, err = c.Update(ctx, customers.UpdateRequest{Phone: customers.Null[string]()}, with)
	want("Update of something else", err, "Countess ✓", "8")
	_, err = c.Addresses.Add(ctx, customers.AddAddressRequest{FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"}, with)
	want("Addresses.Add", err, "Countess ✓", "8")
	_, err = c.Auth.GetSession(ctx, with)
	want("Auth.GetSession", err, "Countess ✓", "8")
	_, err = newClientOf(t, b, notRecorded).Auth.Authenticate(ctx, email, "a password", with)
	want("Auth.Authenticate", err, "Countess ✓", "8")
	_, err = c.Update(ctx, customers.UpdateRequest{}, customers.WithProperty("nickname", nil), with)
	want("Update to null", err, "", "8")

	// The order's customer has them too.
	if _, err := c.Order(ctx, placeOrderOf(t, b, me.ID, time.Now()), with); err != nil {
		t.Fatal(err)
	}
	var page struct {
		Orders []struct {
			Customer struct {
				LoyaltyPoints int `json:"loyalty_points"`
			} `json:"customer"`
		} `json:"orders"`
	}
	if err := json.Unmarshal(r.Body, &page); err != nil || len(page.Orders) != 1 || page.Orders[0].Customer.LoyaltyPoints != 8 {
		t.Errorf("the order's customer is %+v, %v", page, err)
	}

	for name, value := range map[string]any{"nickname": "a name of more than forty characters, which the shop refuses", "loyalty_points": 1.5} {
		_, err = c.Update(ctx, customers.UpdateRequest{}, customers.WithProperty(name, value), with)
		failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data", field: name}.check(t, err)
	}
	_, err = c.Addresses.Add(ctx, customers.AddAddressRequest{FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"}, customers.WithProperty("floor", 3))
	failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data", field: "floor"}.check(t, err)
}

// TestStockBackendRefusesOwnProperties shows what a shop that is not extended does with them.
func TestStockBackendRefusesOwnProperties(t *testing.T) {
	t.Parallel()
	c, _ := newCustomer(t)
	ctx := conform.Deviates(t.Context(), "a property that only an extended shop has")
	_, err := c.Update(ctx, customers.UpdateRequest{}, customers.WithProperty("nickname", "x"))
	failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data", field: "nickname"}.check(t, err)
}
