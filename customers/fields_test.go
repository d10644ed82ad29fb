package customers

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestFieldsOfTheBackendsMessages has messages of a real backend. test/e2e shows that it sends them.
func TestFieldsOfTheBackendsMessages(t *testing.T) {
	ctx := t.Context()
	create := func(c *Client) error {
		_, err := c.Create(ctx, CreateRequest{Email: testEmail, Password: "p"})
		return err
	}
	update := func(c *Client) error { _, err := c.Update(ctx, UpdateRequest{}); return err }
	add := func(c *Client) error { _, err := c.Addresses.Add(ctx, someAddress()); return err }
	change := func(c *Client) error { _, err := c.Addresses.Update(ctx, "addr_1", UpdateAddressRequest{}); return err }
	list := func(c *Client) error { _, err := c.ListOrders(ctx, nil); return err }
	const invalid, duplicate, notFound = "invalid_data", "duplicate_error", "not_found"
	for _, test := range []struct {
		call    func(*Client) error
		status  int
		typ     string
		message string
		want    map[string]string
	}{
		{create, 400, invalid, "email must be an email", map[string]string{"Email": "email must be an email"}},
		{create, 400, invalid, "property nickname should not exist, email must be an email", map[string]string{"nickname": "property nickname should not exist", "Email": "email must be an email"}},
		{create, 400, invalid, "first_name must be a string, last_name must be a string", map[string]string{"FirstName": "first_name must be a string", "LastName": "last_name must be a string"}},
		{create, 400, invalid, "nickname must be one of the following values: a, b, c, email must be an email", map[string]string{"nickname": "nickname must be one of the following values: a, b, c", "Email": "email must be an email"}},
		{create, 400, invalid, "company must be a string", map[string]string{"company": "company must be a string"}}, // a name that an address has
		{update, 400, invalid, "property limit should not exist", map[string]string{"limit": "property limit should not exist"}},
		{create, 400, invalid, "each value in tags must be a string", map[string]string{"tags": "each value in tags must be a string"}},
		{create, 400, invalid, "password should not be empty, password must be longer than or equal to 8 characters", map[string]string{"Password": "password should not be empty"}},
		{create, 422, duplicate, "A customer with the given email already has an account. Log in instead", map[string]string{"Email": "A customer with the given email already has an account. Log in instead"}},
		{create, 422, duplicate, "Guest customer with email already exists", map[string]string{"Email": "Guest customer with email already exists"}},
		{create, 422, duplicate, "Key (email, has_account)=(user@example.com, t) already exists.", map[string]string{"Email": "Key (email, has_account)=(…@…, t) already exists."}},
		{update, 422, duplicate, "Key (billing_address_id)=(addr_1) already exists.", map[string]string{"BillingAddress": "Key (billing_address_id)=(addr_1) already exists."}},
		{update, 404, notFound, "Country with country_code xx does not exist.", map[string]string{"BillingAddress.CountryCode": "Country with country_code xx does not exist."}},
		{update, 404, notFound, "Address with id addr_1 was not found", map[string]string{"BillingAddress": "Address with id addr_1 was not found"}},
		{add, 404, notFound, "Country with country_code xx does not exist.", map[string]string{"CountryCode": "Country with country_code xx does not exist."}},
		{change, 404, notFound, "Country with country_code xx does not exist.", map[string]string{"CountryCode": "Country with country_code xx does not exist."}},
		{change, 400, invalid, "Could not find address for customer", map[string]string{"ID": "Could not find address for customer"}},
		{add, 400, invalid, "city must be a string, postal_code must be a string", map[string]string{"City": "city must be a string", "PostalCode": "postal_code must be a string"}},
		{list, 400, invalid, "id must be a string, limit must be a number conforming to the specified constraints", map[string]string{"ID": "id must be a string", "Limit": "limit must be a number conforming to the specified constraints"}},
		{list, 400, invalid, "each value in status must be one of the following values: pending, completed", map[string]string{"Status": "each value in status must be one of the following values: pending, completed"}},
		{
			update, 400, invalid,
			`{"message":"billing_address must be one of: AddressPayload,String","details":{"String":["String validation failed: [object Object] is not a string"],"AddressPayload":["city must be a string"," first_name must be a string"]}}`,
			map[string]string{"BillingAddress.City": "city must be a string", "BillingAddress.FirstName": "first_name must be a string"},
		},
		{
			update, 400, invalid, `{"message":"billing_address must be one of: AddressPayload,String","details":{"String":[],"AddressPayload":["an unknown value was passed to the validate function"]}}`,
			map[string]string{"BillingAddress": "billing_address must be one of: AddressPayload,String"},
		},

		{update, 404, notFound, "Customer with id: cus_1 was not found", nil},
		{update, 409, "conflict", "The request conflicted with another request. You may retry the request with the provided Idempotency-Key.", nil},
		{update, 500, "unknown_error", "email must be an email", nil},
		{update, 400, invalid, "an unknown value was passed to the validate function", nil},
		{update, 400, invalid, "", nil},
		{update, 400, invalid, `{"message":"billing_address must be cut`, nil},
		{update, 400, invalid, `{"message":5}`, nil},
		{update, 429, "", "You must wait", nil},
	} {
		body, err := json.Marshal(map[string]string{"type": test.typ, "message": test.message})
		wantOK(t, err)
		c := mustNew(t, backendURL, WithMaxRetries(0), inMemory(respondWith(test.status, "application/json", string(body)))).WithSession(sessionOf("v"))
		e, ok := test.call(c).(*Error) //nolint:errorlint // always one
		if !ok || !maps.Equal(e.Fields, test.want) || (len(test.want) > 0) != (e.Fields[e.Field] != "") {
			t.Errorf("%d %s: field %q of %q, want %q", test.status, test.message, e.Field, e.Fields, test.want)
		}
	}
}

// TestFieldsOfAHostileMessageAreBounded has what only someone who imitates the backend sends.
func TestFieldsOfAHostileMessageAreBounded(t *testing.T) {
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "p%d must be, ", i)
	}
	for name, message := range map[string]string{
		"many fields": many.String(), "a long name": strings.Repeat("x", 100_000) + " must be set", "a long report": "email must be " + strings.Repeat("x", 100_000),
		"controls": "email must be \x1b[31m\nset", "an email": "email must be not user@example.com", "half a character": "email must be " + strings.Repeat("é", 40_000),
		"a long billing address": `{"message":"billing_address must be","details":{"A":["` + strings.Repeat("x", 200_000) + `"]}}`,
		"deep":                   strings.Repeat(`{"details":`, 20_000),
	} {
		body, err := json.Marshal(map[string]string{"type": "invalid_data", "message": message})
		wantOK(t, err)
		c := mustNew(t, backendURL, inMemory(respondWith(400, "application/json", string(body)))).WithSession(sessionOf("v"))
		_, err = c.Update(t.Context(), UpdateRequest{})
		e := wantError(t, err, ErrInvalidInput)
		if len(e.Fields) > 100 {
			t.Errorf("%s: %d fields", name, len(e.Fields))
		}
		for field, reason := range e.Fields {
			wantHarmless(t, name, field, maxName)
			wantHarmless(t, name, reason, maxText)
			if strings.Contains(reason, "user@") {
				t.Errorf("%s: %s", name, reason)
			}
		}
		wantHarmless(t, name, e.Error(), 700)
	}
}

// TestARefusalNamesTheSameFieldHereAndThere has what the client lets through and the backend refuses.
func TestARefusalNamesTheSameFieldHereAndThere(t *testing.T) {
	backend := customerstest.NewServer(t)
	c := mustNew(t, backend.URL)
	ctx := t.Context()
	_, err := c.Create(ctx, CreateRequest{Email: "a@b", Password: "p"})
	if e := wantError(t, err, ErrInvalidInput); e.Field != "Email" || e.HTTPStatus() != 400 {
		t.Errorf("%v: %v", err, e.Fields)
	}
	_, err = c.Create(ctx, CreateRequest{Email: testEmail, Password: "p"})
	wantOK(t, err)
	_, err = c.Create(ctx, CreateRequest{Email: testEmail, Password: "p"})
	if e := wantError(t, err, ErrDuplicate); e.Field != "Email" || e.HTTPStatus() != 409 {
		t.Errorf("%v: %v", err, e.Fields)
	}
	address := someAddress()
	address.CountryCode = "xx"
	_, err = c.Addresses.Add(ctx, address)
	if e := wantError(t, err, ErrNotFound); e.Field != "CountryCode" || e.HTTPStatus() != 400 {
		t.Errorf("%v: %v", err, e.Fields)
	}
	_, err = c.Update(ctx, UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{CountryCode: "xx"})})
	if e := wantError(t, err, ErrNotFound); e.Field != "BillingAddress.CountryCode" {
		t.Errorf("%v: %v", err, e.Fields)
	}
	_, err = c.Update(ctx, UpdateRequest{BillingAddress: BillingAddressID("addr_none")})
	if e := wantError(t, err, ErrNotFound); e.Field != "BillingAddress" {
		t.Errorf("%v: %v", err, e.Fields)
	}
	_, err = c.Addresses.Update(ctx, "addr_none", UpdateAddressRequest{City: Value("x")})
	if e := wantError(t, err, ErrInvalidInput); e.Field != "ID" {
		t.Errorf("%v: %v", err, e.Fields)
	}
}
