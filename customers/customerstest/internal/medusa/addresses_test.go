package medusa_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

// newAddress returns the body of an AddAddress with these members and defaults for what is required.
func newAddress(members string) string {
	body := `{"address":{"first_name":"A","last_name":"B","address_1":"C","country_code":"DK","postal_code":"1"`
	if !strings.Contains(members, `"city"`) {
		body += `,"city":"D"`
	}
	if members != "" {
		body += "," + members
	}
	return body + "}}"
}

const nulls = `"address_2":null,"phone":null,"province":null`

// An address that the customer has is not added again. An absent text differs from null.
func TestAddressesAreNotAddedTwice(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	for _, step := range []struct {
		members string
		count   int
	}{
		{"", 1},
		{"", 2},
		{nulls, 2},
		{nulls + `,"country_code":"dk"`, 2},
		{nulls + `,"company":"X"`, 2},
		{nulls + `,"metadata":{"a":1}`, 2},
		{nulls + `,"city":"d"`, 3},
		{`"address_2":"","phone":"","province":""`, 4},
		{`"address_2":"","phone":"","province":""`, 4},
		{nulls + `,"first_name":"A "`, 5},
	} {
		c := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(step.members)))
		if len(c.ShippingAddresses) != step.count {
			t.Errorf("%s: %d addresses, want %d", step.members, len(c.ShippingAddresses), step.count)
		}
	}
}

func TestCountries(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	id := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(""))).ShippingAddresses[0].ID
	for code, message := range map[string]string{
		"zz": "Country with country_code zz does not exist.", "ZZ": "Country with country_code zz does not exist.",
		"-": "Country with country_code - does not exist.", "": "null", "d k": "null", "d'k": "null", "ÅÆ": "null",
	} {
		want := `{"type":"not_found","message":"` + message + `"}`
		for path, body := range map[string]string{
			me + "/addresses":       newAddress(`"country_code":"` + code + `"`),
			me + "/addresses/" + id: `{"country_code":"` + code + `"}`,
			me:                      `{"billing_address":{"country_code":"` + code + `"}}`,
		} {
			if a := b.Send(http.MethodPost, path, body); a.Status != http.StatusNotFound || a.Body != want {
				t.Errorf("%s %s: %d %s", path, body, a.Status, a.Body)
			}
		}
	}
	c := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses/"+id, `{"country_code":null,"city":"E"}`))
	if a := c.ShippingAddresses[0]; text(a.CountryCode) != "dk" || text(a.City) != "E" {
		t.Errorf("%+v", a)
	}
	c = browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses/"+id, `{"country_code":"US"}`))
	if a := c.ShippingAddresses[0]; text(a.CountryCode) != "us" {
		t.Errorf("%+v", a)
	}
}

// Metadata of an address is any JSON on creation and an object on update, which replaces it.
func TestAddressMetadata(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	for _, metadata := range []string{`5`, `"s"`, `[1,{"a":2}]`, `true`, `false`, `0`, `""`, `"null"`, `{"a":""}`, `null`} {
		a := b.Send(http.MethodPost, me+"/addresses", newAddress(`"metadata":`+metadata))
		if !strings.HasSuffix(a.Body, `"metadata":`+metadata+`}]}}`) {
			t.Errorf("%s: %s", metadata, a.Body)
		}
	}
	id := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")).ShippingAddresses[0].ID
	for sent, want := range map[string]string{`{"b":1,"a":""}`: `{"a":"","b":1}`, `{}`: `{}`, `null`: `null`} {
		a := b.Send(http.MethodPost, me+"/addresses/"+id, `{"metadata":`+sent+`}`)
		if !strings.Contains(a.Body, `"metadata":`+want+`}`) {
			t.Errorf("%s: %s", sent, a.Body)
		}
	}
}

func TestOthersAddresses(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	other, _ := browser.LoggedIn(t, srv)
	id := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(""))).ShippingAddresses[0].ID
	for _, path := range []string{me + "/addresses/" + id, me + "/addresses/nothing"} {
		a := other.Send(http.MethodPost, path, `{"city":"X"}`)
		if want := `{"type":"invalid_data","message":"Could not find address for customer"}`; a.Status != http.StatusBadRequest || a.Body != want {
			t.Errorf("POST %s: %d %s", path, a.Status, a.Body)
		}
		if a := other.Send(http.MethodDelete, path, ""); a.Status != http.StatusOK {
			t.Errorf("DELETE %s: %d %s", path, a.Status, a.Body)
		}
	}
	if c := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")); len(c.ShippingAddresses) != 1 || text(c.ShippingAddresses[0].City) != "D" {
		t.Errorf("another customer changed the address: %+v", c.ShippingAddresses)
	}
	// Its id can be the billing address of another customer, who then can edit it.
	if c := browser.CustomerOf(t, other.Send(http.MethodPost, me, `{"billing_address":"`+id+`"}`)); text(c.BillingAddressID) != id {
		t.Errorf("%+v", c)
	}
	other.Send(http.MethodPost, me, `{"billing_address":{"city":"Mine"}}`)
	if c := browser.CustomerOf(t, b.Send(http.MethodGet, me, "")); text(c.ShippingAddresses[0].City) != "Mine" {
		t.Errorf("%+v", c.ShippingAddresses)
	}
	a := b.Send(http.MethodPost, me, `{"billing_address":"`+id+`","first_name":"X"}`)
	if want := `{"code":"invalid_request_error","type":"duplicate_error","message":"Customer with billing_address_id ` + id + ` already exists."}`; a.Status != http.StatusUnprocessableEntity || a.Body != want {
		t.Errorf("one billing address for two: %d %s", a.Status, a.Body)
	}
	other.Send(http.MethodPost, me, `{"billing_address":null}`)
	if a := b.Send(http.MethodPost, me, `{"billing_address":"`+id+`"}`); a.Status != http.StatusOK {
		t.Errorf("after the other gave it up: %d %s", a.Status, a.Body)
	}
}

func TestBillingAddress(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	update := func(body string) browser.Response { t.Helper(); return b.Send(http.MethodPost, me, body) }

	c := browser.CustomerOf(t, update(`{"billing_address":{}}`))
	first := text(c.BillingAddressID)
	if c.BillingAddress == nil || c.BillingAddress.CustomerID != nil || c.BillingAddress.City != nil || len(c.ShippingAddresses) != 0 {
		t.Errorf("a new one: %+v", c)
	}
	browser.CustomerOf(t, update(`{"billing_address":{"city":"X","country_code":"DK","metadata":{"a":""}}}`))
	c = browser.CustomerOf(t, update(`{"billing_address":{"address_1":"Y","city":null,"country_code":null}}`))
	if a := c.BillingAddress; a.ID != first || a.City != nil || text(a.Address1) != "Y" || text(a.CountryCode) != "dk" || browser.JSON(t, a.Metadata) != `{"a":""}` {
		t.Errorf("edited in place: %s", browser.JSON(t, a))
	}
	for body, want := range map[string]string{
		`{"billing_address":"nothing"}`: `{"type":"not_found","message":"Address with id nothing was not found"}`,
		`{"billing_address":""}`:        `{"type":"not_found","message":"Address with id  was not found"}`,
	} {
		if a := update(body); a.Status != http.StatusNotFound || a.Body != want {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	// A failure changes nothing.
	taken := srv.AddCustomer(customerstest.Customer{})
	if a := update(`{"billing_address":{"city":"Z"},"email":"` + taken.Email + `"}`); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := update(`{"first_name":"N","billing_address":{"country_code":"zz"}}`); a.Status != http.StatusNotFound {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	c = browser.CustomerOf(t, b.Send(http.MethodGet, me, ""))
	if c.BillingAddress.City != nil || c.FirstName != nil {
		t.Errorf("a failed update left something: %s", browser.JSON(t, c))
	}
	if c = browser.CustomerOf(t, update(`{"billing_address":null}`)); c.BillingAddressID != nil || c.BillingAddress != nil {
		t.Errorf("cleared: %+v", c)
	}
	if c = browser.CustomerOf(t, update(`{"billing_address":"`+first+`"}`)); text(c.BillingAddressID) != first {
		t.Errorf("taken again: %+v", c)
	}
}

// A billing address that is deleted leaves an id without an address.
func TestBillingAddressDangles(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	id := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(""))).ShippingAddresses[0].ID
	b.Send(http.MethodPost, me, `{"billing_address":"`+id+`"}`)
	c := browser.CustomerOf(t, b.Send(http.MethodDelete, me+"/addresses/"+id, ""))
	if text(c.BillingAddressID) != id || c.BillingAddress != nil || len(c.ShippingAddresses) != 0 {
		t.Errorf("%s", browser.JSON(t, c))
	}
	for body, want := range map[string]browser.Response{
		`{"billing_address":{"city":"X"}}`:          {Status: 400, Body: `{"type":"invalid_data","message":"Can't insert null value in field id on insert in table address"}`},
		`{"billing_address":{"country_code":"zz"}}`: {Status: 400, Body: `{"type":"invalid_data","message":"Can't insert null value in field id on insert in table address"}`},
		`{"billing_address":"` + id + `"}`:          {Status: 404, Body: `{"type":"not_found","message":"Address with id ` + id + ` was not found"}`},
	} {
		if a := b.Send(http.MethodPost, me, body); a.Status != want.Status || a.Body != want.Body {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	if a := b.Send(http.MethodPost, me, `{"first_name":"X"}`); a.Status != http.StatusOK {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	browser.CustomerOf(t, b.Send(http.MethodPost, me, `{"billing_address":null}`))
	c = browser.CustomerOf(t, b.Send(http.MethodPost, me, `{"billing_address":{"city":"New"}}`))
	if text(c.BillingAddressID) == id || text(c.BillingAddress.City) != "New" {
		t.Errorf("%s", browser.JSON(t, c))
	}
}

func TestAddressTimes(t *testing.T) {
	srv := customerstest.NewServer(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	b, _ := browser.LoggedIn(t, srv)
	id := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses", newAddress(""))).ShippingAddresses[0].ID
	for body, want := range map[string]time.Time{`{}`: start, `{"city":"D"}`: start} {
		srv.Advance(time.Second)
		if a := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses/"+id, body)).ShippingAddresses[0]; !a.UpdatedAt.Equal(want) {
			t.Errorf("%s: %s", body, a.UpdatedAt)
		}
	}
	c := browser.CustomerOf(t, b.Send(http.MethodPost, me+"/addresses/"+id, `{"city":"E"}`))
	if a := c.ShippingAddresses[0]; !a.UpdatedAt.Equal(start.Add(2*time.Second)) || !a.CreatedAt.Equal(start) || !c.UpdatedAt.Equal(start) {
		t.Errorf("%s", browser.JSON(t, c))
	}
}
