//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

var addressFacts = []fact{
	{"B29_create_takes_an_envelope_and_update_bare_fields", addressEnvelope},
	{"B30_an_unknown_country_is_a_404", unknownCountry},
	{"B31_an_unknown_id_is_400_on_update_and_200_on_delete", unknownAddress},
	{"B31_an_id_is_one_segment_with_any_text_in_it", addressIDs},
	{"B32_a_repeated_create_duplicates_unless_nulls_are_explicit", repeatedCreate},
	{"B32_an_address_that_differs_in_company_alone_is_dropped", droppedAddress},
}

func addressEnvelope(t *testing.T) {
	cookie, _ := rawCustomer(t)
	create := func(body any) response {
		return raw{method: "POST", path: addressesPath, cookie: cookie, body: body}.send(t)
	}
	for name, body := range map[string]any{"none": jsonObject{}, "[]": jsonObject{"address": []any{}}} {
		if e := create(body).fails(t, 500, "unknown_error"); e["code"] != "unknown_error" {
			t.Errorf("%s: code %v", name, e["code"])
		}
	}
	for _, bad := range []any{nil, "text", jsonObject{}} {
		create(jsonObject{"address": bad}).fails(t, 400, "invalid_data")
	}
	create(fullAddress()).fails(t, 400, "invalid_data")
	id := create(jsonObject{"address": fullAddress()}).customer(t).ShippingAddresses[0].ID
	update := raw{method: "POST", path: addressesPath + "/" + id, cookie: cookie, body: jsonObject{"address": fullAddress()}}
	update.send(t).fails(t, 400, "invalid_data")
	update.body = jsonObject{"city": "Odense"}
	if got := addressByID(t, update.send(t).customer(t), id); *got.City != "Odense" || *got.FirstName != "Ada" {
		t.Errorf("the update made %+v", got)
	}

	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	me, err := c.Addresses.Add(t.Context(), address())
	if err != nil {
		t.Fatal(err)
	}
	if body := s.last(t).body; !strings.HasPrefix(body, `{"address":{`) {
		t.Errorf("Add sends %s", body)
	}
	me, err = c.Addresses.Update(t.Context(), me.ShippingAddresses[0].ID, customers.UpdateAddressRequest{City: customers.Value("Odense")})
	if err != nil || *me.ShippingAddresses[0].City != "Odense" {
		t.Error(me, err)
	}
	if body := s.last(t).body; body != `{"city":"Odense"}` {
		t.Errorf("Update sends %s", body)
	}
}

func unknownCountry(t *testing.T) {
	cookie, _ := rawCustomer(t)
	create := func(country any) response {
		return raw{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress().with("country_code", country)}}.send(t)
	}
	create("zz").fails(t, 404, "not_found")
	create(nil).fails(t, 400, "invalid_data")
	got := create("DE").customer(t).ShippingAddresses[0]
	if *got.CountryCode != "de" {
		t.Errorf("DE is stored as %s", *got.CountryCode)
	}
	update := func(country any) response {
		return raw{method: "POST", path: addressesPath + "/" + got.ID, cookie: cookie, body: jsonObject{"country_code": country}}.send(t)
	}
	update("zz").fails(t, 404, "not_found")
	if c := addressByID(t, update("FR").customer(t), got.ID).CountryCode; *c != "fr" {
		t.Errorf("FR is stored as %s", *c)
	}
	if c := addressByID(t, update(nil).customer(t), got.ID).CountryCode; c == nil || *c != "fr" {
		t.Error("null changed the country")
	}

	ctx := t.Context()
	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	a := address()
	a.CountryCode = "zz"
	_, err := c.Addresses.Add(ctx, a)
	failure{is: customers.ErrNotFound, status: 404, kind: "not_found"}.check(t, err)
	a.CountryCode = "DE"
	me, err := c.Addresses.Add(ctx, a)
	if err != nil || *me.ShippingAddresses[0].CountryCode != "de" {
		t.Fatal(me, err)
	}
	id := me.ShippingAddresses[0].ID
	_, err = c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{CountryCode: "zz"})
	failure{is: customers.ErrNotFound, status: 404}.check(t, err)
	_, err = c.Update(ctx, customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{CountryCode: "zz"})})
	failure{is: customers.ErrNotFound, status: 404}.check(t, err)
	if me, err = c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{CountryCode: "FR"}); err != nil || *me.ShippingAddresses[0].CountryCode != "fr" {
		t.Error(me, err)
	}
	if _, err = c.Addresses.Update(ctx, id, customers.UpdateAddressRequest{City: customers.Value("Lyon")}); err != nil || strings.Contains(s.last(t).body, "country") {
		t.Errorf("a country that is not set is sent: %s, %v", s.last(t).body, err)
	}
	s.sendsNothing(t, func() {
		a.CountryCode = "Denmark"
		_, err := c.Addresses.Add(ctx, a)
		failure{is: customers.ErrInvalidInput, field: "CountryCode"}.check(t, err)
	})
}

func unknownAddress(t *testing.T) {
	c, _ := newCustomer(t)
	me, err := c.Addresses.Add(t.Context(), address())
	if err != nil {
		t.Fatal(err)
	}
	foreign := me.ShippingAddresses[0].ID
	cookie, _ := rawCustomer(t)
	for name, id := range map[string]string{"unknown": "addr_unknown", "another customer's": foreign} {
		path := addressesPath + "/" + id
		e := raw{method: "POST", path: path, cookie: cookie, body: jsonObject{"city": "Odense"}}.send(t).fails(t, 400, "invalid_data")
		if e["message"] != "Could not find address for customer" {
			t.Errorf("%s: %v", name, e["message"])
		}
		raw{method: "DELETE", path: path, cookie: cookie}.send(t).is(t, 200, "application/json")
	}
	if me, err = c.Retrieve(t.Context()); err != nil || len(me.ShippingAddresses) != 1 || *me.ShippingAddresses[0].City != "Aarhus" {
		t.Error("another customer changed or deleted the address:", err)
	}

	other, _ := newCustomer(t)
	_, err = other.Addresses.Update(t.Context(), foreign, customers.UpdateAddressRequest{City: customers.Value("Odense")})
	failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data", operation: "UpdateAddress"}.check(t, err)
	if _, err := other.Addresses.Delete(t.Context(), foreign); err != nil {
		t.Error(err)
	}
}

// addressIDs sends ids that would be a path to another route if they were not escaped.
func addressIDs(t *testing.T) {
	cookie, _ := rawCustomer(t)
	for _, id := range []string{"../..", "../orders", `..\..`} {
		if _, err := api.NewUpdateAddressRequest(shared.URL, id, customers.UpdateAddressRequest{}); err == nil {
			t.Errorf("%q is sent", id)
		}
	}
	for _, id := range []string{"a/b", "%2e%2e", "%2E%2E/%2e%2e", "%2F", "a?b", "a#b", "a;b", "...", "é b"} {
		req, err := api.NewUpdateAddressRequest(shared.URL, id, customers.UpdateAddressRequest{City: customers.Value("Odense")})
		if err != nil {
			t.Fatal(err)
		}
		raw{method: "POST", path: req.URL.RequestURI(), cookie: cookie, body: jsonObject{"city": "Odense"}}.send(t).fails(t, 400, "invalid_data")
		raw{method: "DELETE", path: req.URL.RequestURI(), cookie: cookie}.send(t).is(t, 200, "application/json")
	}
}

func repeatedCreate(t *testing.T) {
	cookie, _ := rawCustomer(t)
	count := func(body jsonObject) int {
		t.Helper()
		return len(raw{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": body}}.send(t).customer(t).ShippingAddresses)
	}
	omitted := fullAddress().without("address_2", "phone", "province")
	for i, step := range []struct {
		body jsonObject
		want int
	}{
		{omitted, 1}, {omitted, 2}, // stored as null, which undefined does not equal
		{fullAddress(), 2}, {fullAddress(), 2},
		{fullAddress().with("city", "Odense"), 3}, {fullAddress().with("city", "Odense"), 3},
		{fullAddress().with("city", "Odense").without("phone"), 4}, // each of the three makes it differ
		{fullAddress().with("address_2", ""), 5}, {fullAddress().with("address_2", ""), 5},
		{fullAddress().with("country_code", "DK"), 5}, // compared in lower case
	} {
		if got := count(step.body); got != step.want {
			t.Errorf("step %d: %d addresses, want %d", i, got, step.want)
		}
	}

	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	full := address()
	full.Address2, full.Province, full.Phone, full.Company = new("2nd floor"), new("Jutland"), new("1"), new("Larsen Ltd")
	full.City, full.CountryCode = "Odense", "DK"
	for range 3 {
		for n, a := range []customers.AddAddressRequest{address(), full} {
			if _, err := c.Addresses.Add(t.Context(), a); err != nil {
				t.Fatalf("address %d: %v", n, err)
			}
		}
	}
	if me, err := c.Retrieve(t.Context()); err != nil || len(me.ShippingAddresses) != 2 {
		t.Errorf("two addresses, each added three times, are %d: %v", len(me.ShippingAddresses), err)
	}
	if _, err := c.Addresses.Add(t.Context(), address()); err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Address map[string]any `json:"address"`
	}
	if err := json.Unmarshal([]byte(s.last(t).body), &sent); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"address_2", "phone", "province"} {
		if value, ok := sent.Address[name]; !ok || value != nil {
			t.Errorf("%s is sent as %v (%t), want null", name, value, ok)
		}
	}
}

func droppedAddress(t *testing.T) {
	cookie, _ := rawCustomer(t)
	create := raw{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress()}}
	create.send(t).is(t, 200, "application/json")
	create.body = jsonObject{"address": fullAddress().with("company", "Larsen Ltd").with("metadata", jsonObject{"a": 1})}
	if got := create.send(t).customer(t).ShippingAddresses; len(got) != 1 || got[0].Company != nil || got[0].Metadata != "" {
		t.Errorf("the addresses are %+v, want the first one only", got)
	}

	c, _ := newCustomer(t)
	if _, err := c.Addresses.Add(t.Context(), address()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*customers.AddAddressRequest){
		"company":  func(a *customers.AddAddressRequest) { a.Company = new("Larsen Ltd") },
		"metadata": func(a *customers.AddAddressRequest) { a.Metadata = map[string]any{"a": 1} },
	} {
		a := address()
		change(&a)
		var resp customers.Response
		me, err := c.Addresses.Add(t.Context(), a, customers.WithResponse(&resp))
		says(t, failure{is: customers.ErrAddressNotAdded, status: 200, operation: "AddAddress"}.of(t, err), name)
		if me != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %v, status %d", name, me, resp.StatusCode)
		}
	}
	if me, err := c.Retrieve(t.Context()); err != nil || len(me.ShippingAddresses) != 1 {
		t.Error(me, err)
	}
}
