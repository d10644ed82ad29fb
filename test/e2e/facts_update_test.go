//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

var updateFacts = []fact{
	{"B25_null_clears_some_fields_and_is_ignored_or_refused_for_others", nullOnUpdate},
	{"B25_billing_address_id_is_refused_in_a_body", billingAddressIDRefused},
	{"B26_customer_metadata_merges", metadataMerges},
	{"B26_address_metadata_is_replaced_and_any_json_on_create", addressMetadata},
	{"B27_a_billing_address_object_edits_in_place", billingAddressInPlace},
	{"B27_a_billing_address_id_is_not_checked_for_ownership", billingAddressOwnership},
	{"B28_deleting_the_billing_address_leaves_its_id", deletedBillingAddress},
}

func nullOnUpdate(t *testing.T) {
	cookie, who := rawCustomer(t)
	update := func(body jsonObject, why string) response {
		return raw{method: "POST", path: mePath, cookie: cookie, body: body, deviates: why}.send(t)
	}
	update(jsonObject{
		"first_name": "A", "last_name": "B", "phone": "1", "metadata": jsonObject{"k": "v"}, "billing_address": fullAddress(),
	}, "").is(t, 200, "application/json")
	got := update(jsonObject{"first_name": nil, "last_name": nil, "phone": nil, "billing_address": nil, "metadata": nil}, "").customer(t)
	if got.FirstName != nil || got.LastName != nil || got.Phone != nil || got.BillingAddress != nil || got.BillingAddressID != nil {
		t.Errorf("null did not clear: %v %v %v %v %v", got.FirstName, got.LastName, got.Phone, got.BillingAddress, got.BillingAddressID)
	}
	if got.Metadata != `{"k":"v"}` {
		t.Errorf("null changed the metadata to %v", got.Metadata)
	}
	update(jsonObject{"email": nil}, "null").fails(t, 400, "invalid_data")
	update(jsonObject{"password": nil}, "null").is(t, 200, "application/json") // null is ignored
	rawLogin(t, who)
	request := contract(t).schema(t, "StorePostCustomersCustomerReq")
	for name, want := range map[string]bool{
		"first_name": true, "last_name": true, "phone": true, "billing_address": true, "metadata": true, "email": false,
	} {
		if got := request.property(t, name).nullable(); got != want {
			t.Errorf("in the contract %s is nullable: %t", name, got)
		}
	}

	c, _ := newCustomer(t)
	if _, err := c.Update(t.Context(), customers.UpdateRequest{
		Phone: customers.Value("1"), BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{City: customers.Value("Aarhus")}),
	}); err != nil {
		t.Fatal(err)
	}
	kept, err := c.Update(t.Context(), customers.UpdateRequest{FirstName: customers.Null[string]()})
	if err != nil || kept.FirstName != nil || kept.LastName == nil || kept.Phone == nil || kept.BillingAddress == nil {
		t.Errorf("one field set to null: %+v, %v", kept, err)
	}
	cleared, err := c.Update(t.Context(), customers.UpdateRequest{
		LastName: customers.Null[string](), Phone: customers.Null[string](), BillingAddress: customers.NoBillingAddress(),
	})
	if err != nil || cleared.LastName != nil || cleared.Phone != nil || cleared.BillingAddress != nil || cleared.BillingAddressID != nil {
		t.Errorf("fields set to null: %+v, %v", cleared, err)
	}
}

func billingAddressIDRefused(t *testing.T) {
	cookie, _ := rawCustomer(t)
	raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"billing_address_id": nil}, deviates: "an unknown property"}.send(t).
		fails(t, 400, "invalid_data")
	if contract(t).schema(t, "StorePostCustomersCustomerReq").has("billing_address_id") {
		t.Error("the contract allows billing_address_id")
	}
}

func metadataMerges(t *testing.T) {
	cookie, _ := rawCustomer(t)
	c, _ := newCustomer(t)
	for _, step := range []struct {
		send, want map[string]any
	}{
		{map[string]any{"a": 1.0, "b": "x"}, map[string]any{"a": 1.0, "b": "x"}},
		{map[string]any{"c": nil}, map[string]any{"a": 1.0, "b": "x", "c": nil}},
		{map[string]any{"a": ""}, map[string]any{"b": "x", "c": nil}},
		{map[string]any{}, map[string]any{"b": "x", "c": nil}},
		{map[string]any{"n": map[string]any{"x": ""}}, map[string]any{"b": "x", "c": nil, "n": map[string]any{"x": ""}}}, // "" deletes keys at the top only
	} {
		got := raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"metadata": step.send}}.send(t).customer(t).Metadata
		if !sameJSON(t, got, step.want) {
			t.Errorf("sent %v, have %v, want %v", step.send, got, step.want)
		}
		me, err := c.Update(t.Context(), customers.UpdateRequest{Metadata: step.send})
		if err != nil || !sameJSON(t, me.Metadata, step.want) {
			t.Errorf("the wrapper sent %v: %v, %v, want %v", step.send, me, err, step.want)
		}
	}
	for _, bad := range []any{[]int{1}, "text"} {
		raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"metadata": bad}, deviates: "no object"}.send(t).fails(t, 400, "invalid_data")
	}
}

func addressMetadata(t *testing.T) {
	cookie, _ := rawCustomer(t)
	for i, metadata := range []any{jsonObject{"a": 1}, []any{1, "x"}, "text", 5, true, nil} {
		city := string(rune('a' + i)) // identifies the address, as they come in any order
		body := jsonObject{"address": fullAddress().with("metadata", metadata).with("city", city)}
		for _, a := range (raw{method: "POST", path: addressesPath, cookie: cookie, body: body}).send(t).customer(t).ShippingAddresses {
			if *a.City == city && !sameJSON(t, a.Metadata, metadata) {
				t.Errorf("created with %v, stored %v", metadata, a.Metadata)
			}
		}
	}
	id := rawMe(t, cookie).ShippingAddresses[0].ID
	update := func(metadata any) response {
		return raw{method: "POST", path: addressesPath + "/" + id, cookie: cookie, body: jsonObject{"metadata": metadata}}.send(t)
	}
	for _, metadata := range []any{jsonObject{"b": 2}, jsonObject{"c": ""}, nil} { // "" deletes no key
		if got := addressByID(t, update(metadata).customer(t), id).Metadata; !sameJSON(t, got, metadata) {
			t.Errorf("updated with %v, stored %v", metadata, got)
		}
	}
	for _, bad := range []any{[]any{1}, "text", 5, true} {
		update(bad).fails(t, 400, "invalid_data")
	}

	c, _ := newCustomer(t)
	a := address()
	a.Metadata = []any{"any", 1.0}
	me, err := c.Addresses.Add(t.Context(), a)
	if err != nil || !sameJSON(t, me.ShippingAddresses[0].Metadata, a.Metadata) {
		t.Fatal(me, err)
	}
	id = me.ShippingAddresses[0].ID
	for _, metadata := range []map[string]any{{"a": 1.0}, {"b": ""}} {
		me, err = c.Addresses.Update(t.Context(), id, customers.UpdateAddressRequest{Metadata: customers.Value(metadata)})
		if err != nil || !sameJSON(t, addressByID(t, *me, id).Metadata, metadata) {
			t.Error(me, err)
		}
	}
	me, err = c.Addresses.Update(t.Context(), id, customers.UpdateAddressRequest{Metadata: customers.Null[map[string]any]()})
	if err != nil || addressByID(t, *me, id).Metadata != "" {
		t.Error(me, err)
	}
}

// sameJSON compares values as JSON.
func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	var values [2]any
	for i, v := range []any{a, b} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}

// addressByID finds a shipping address of a customer.
func addressByID(t *testing.T, c customers.Customer, id string) customers.Address {
	t.Helper()
	for _, a := range c.ShippingAddresses {
		if a.ID == id {
			return a
		}
	}
	t.Fatalf("no address has the id %q", id)
	return customers.Address{}
}

func billingAddressInPlace(t *testing.T) {
	cookie, _ := rawCustomer(t)
	update := func(billing any) customers.Customer {
		t.Helper()
		return raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"billing_address": billing}}.send(t).customer(t)
	}
	first := update(jsonObject{"first_name": "Ada", "city": "Aarhus"}).BillingAddress
	if first == nil || first.CustomerID != nil {
		t.Fatalf("the new billing address is %+v, want one of no customer", first)
	}
	if second := update(jsonObject{"city": "Odense"}).BillingAddress; second.ID != first.ID || *second.City != "Odense" || *second.FirstName != "Ada" {
		t.Errorf("an object makes %+v of %s", second, first.ID)
	}
	shared := raw{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress()}}.send(t).customer(t).ShippingAddresses[0]
	if got := update(shared.ID); *got.BillingAddressID != shared.ID {
		t.Fatalf("the billing address is %s, want %s", *got.BillingAddressID, shared.ID)
	}
	got := update(jsonObject{"phone": "12345678"})
	if a := addressByID(t, got, shared.ID); a.Phone == nil || *a.Phone != "12345678" || *got.BillingAddressID != shared.ID {
		t.Errorf("the shared shipping address is %+v", a)
	}

	c, _ := newCustomer(t)
	me, err := c.Addresses.Add(t.Context(), address())
	if err != nil {
		t.Fatal(err)
	}
	id := me.ShippingAddresses[0].ID
	if me, err = c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressID(id)}); err != nil || *me.BillingAddressID != id {
		t.Fatal(me, err)
	}
	me, err = c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{Phone: customers.Value("1"), City: customers.Null[string]()})})
	if err != nil {
		t.Fatal(err)
	}
	if a := addressByID(t, *me, id); *me.BillingAddressID != id || a.Phone == nil || *a.Phone != "1" || a.City != nil {
		t.Errorf("the shared shipping address is %+v", a)
	}
}

func billingAddressOwnership(t *testing.T) {
	c, _ := newCustomer(t)
	me, err := c.Addresses.Add(t.Context(), address())
	if err != nil {
		t.Fatal(err)
	}
	foreign := me.ShippingAddresses[0].ID
	cookie, _ := rawCustomer(t)
	got := raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"billing_address": foreign}}.send(t).customer(t)
	if got.BillingAddress == nil || got.BillingAddress.ID != foreign {
		t.Errorf("the foreign address was not taken: %+v", got.BillingAddress)
	}
	// An address is the billing address of one customer at most, so now not even its owner can set it.
	_, err = c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressID(foreign)})
	failure{is: customers.ErrDuplicate, status: 422, kind: "duplicate_error"}.check(t, err)
	_, err = c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressID("addr_unknown")})
	failure{is: customers.ErrNotFound, status: 404, kind: "not_found"}.check(t, err)
}

func deletedBillingAddress(t *testing.T) {
	c, _ := newCustomer(t)
	me, err := c.Addresses.Add(t.Context(), address())
	if err != nil {
		t.Fatal(err)
	}
	id := me.ShippingAddresses[0].ID
	if _, err := c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressID(id)}); err != nil {
		t.Fatal(err)
	}
	me, err = c.Addresses.Delete(t.Context(), id)
	if err != nil || me.BillingAddressID == nil || *me.BillingAddressID != id || me.BillingAddress != nil || len(me.ShippingAddresses) != 0 {
		t.Fatalf("after the deletion: %+v, %v", me, err)
	}
	odense := customers.UpdateRequest{BillingAddress: customers.BillingAddressOf(customers.UpdateAddressRequest{City: customers.Value("Odense")})}
	_, err = c.Update(t.Context(), odense)
	failure{is: customers.ErrInvalidInput, status: 400, kind: "invalid_data", operation: "UpdateCustomer"}.check(t, err)
	// The documentation recommends to clear it first.
	if me, err = c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.NoBillingAddress()}); err != nil || me.BillingAddressID != nil {
		t.Fatal(me, err)
	}
	if me, err = c.Update(t.Context(), odense); err != nil || me.BillingAddress == nil || *me.BillingAddress.City != "Odense" {
		t.Error(me, err)
	}
}
