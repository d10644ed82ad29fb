//nolint:thelper // the functions of facts are the tests themselves
package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

var errorFacts = []fact{
	{"B12_a_401_has_three_forms", threeForms401},
	{"B13_a_bad_reset_token_is_a_500", badResetToken},
	{"B15_code_is_absent_on_400_401_and_404", codeIsAbsent},
	{"B15_a_409_has_code_invalid_state_error", conflictCode},
	{"B16_some_failures_are_html", htmlFailures},
	{"B17_an_unknown_property_is_a_400", unknownProperty},
	{"B18_a_bad_billing_address_has_json_in_its_message", billingAddressMessage},
	{"B19_a_duplicate_register_is_422_with_three_texts", duplicateRegister},
	{"B48_no_401_of_the_backend_has_www_authenticate", noWWWAuthenticate},
	{"B58_a_nul_or_half_a_surrogate_in_a_text_is_a_500", unstorableText},
}

func threeForms401(t *testing.T) {
	_, who := rawCustomer(t)
	guard := raw{method: "GET", path: mePath}.send(t).is(t, 401, "")
	if _, ok := guard.header["Content-Type"]; ok || guard.body != "Unauthorized" {
		t.Errorf("the guard responds with %v %q", guard.header["Content-Type"], guard.body)
	}
	for _, path := range []string{authPath, tokenPath} {
		a := raw{method: "POST", path: path, body: jsonObject{"email": who.Email, "password": "wrong"}}.send(t).is(t, 401, "text/plain")
		if a.header.Get("Content-Type") != "text/plain; charset=utf-8" || a.body != "Unauthorized" {
			t.Errorf("POST %s responds with %q %q", path, a.header.Get("Content-Type"), a.body)
		}
	}
	reset := jsonObject{"email": "nobody." + who.Email, "token": "x", "password": "new"}
	raw{method: "POST", path: passwordResetPath, body: reset}.send(t).fails(t, 401, "unauthorized")
	// This token names another customer but is signed with the hash of this one. The backend never issues such a token.
	mismatch := signJWT(t, passwordHash(t, who.ID), jsonObject{"customer_id": "cus_other", "exp": time.Now().Add(time.Minute).Unix()})
	reset = jsonObject{"email": who.Email, "token": mismatch, "password": "new"}
	raw{method: "POST", path: passwordResetPath, body: reset}.send(t).fails(t, 401, "unauthorized")

	ctx, c := t.Context(), newClient(t)
	_, err := newClient(t, customers.WithBearerToken("bogus")).Retrieve(ctx)
	e := failure{is: customers.ErrUnauthenticated, status: 401}.of(t, err)
	if string(e.Body()) != "Unauthorized" || e.Type != "" {
		t.Errorf("the guard's 401 has type %q, body %q", e.Type, e.Body())
	}
	_, err = c.Auth.Authenticate(ctx, who.Email, "wrong")
	failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	_, err = c.Auth.GetToken(ctx, who.Email, "wrong")
	failure{is: customers.ErrInvalidCredentials, status: 401}.check(t, err)
	for email, token := range map[string]string{"nobody." + who.Email: "x", who.Email: mismatch} {
		_, err = c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: email, Token: token, Password: "new"})
		failure{is: customers.ErrInvalidPasswordToken, status: 401, kind: "unauthorized"}.check(t, err)
		if errors.Is(err, customers.ErrUnauthenticated) {
			t.Error("a failed reset means that the customer is not logged in")
		}
	}
}

func badResetToken(t *testing.T) {
	c, who := newCustomer(t)
	other, otherWho := newCustomer(t)
	used := issuedToken(t, c, who.Email)
	if _, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: used, Password: "new"}); err != nil {
		t.Fatal(err)
	}
	expired := signJWT(t, passwordHash(t, who.ID), jsonObject{"customer_id": who.ID, "exp": time.Now().Add(-time.Minute).Unix()})
	for name, token := range map[string]string{
		"malformed": "no.token", "expired": expired, "used": used,
		"another customer's": issuedToken(t, other, otherWho.Email),
	} {
		t.Run(name, func(t *testing.T) {
			e := raw{method: "POST", path: passwordResetPath,
				body: jsonObject{"email": who.Email, "token": token, "password": "x"}}.send(t).fails(t, 500, "unknown_error")
			if e["code"] != "unknown_error" {
				t.Errorf("code %v", e["code"])
			}
			_, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: token, Password: "x"})
			says(t, failure{is: customers.ErrInvalidPasswordToken, status: 500}.of(t, err), "GeneratePasswordToken")
			if errors.Is(err, customers.ErrInternal) {
				t.Error("a bad token is taken for a failure of the backend")
			}
		})
	}
	// The same token with another time is accepted, so the time was refused.
	valid := signJWT(t, passwordHash(t, who.ID), jsonObject{"customer_id": who.ID, "exp": time.Now().Add(time.Minute).Unix()})
	if _, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: who.Email, Token: valid, Password: "newer"}); err != nil {
		t.Error(err)
	}
}

func codeIsAbsent(t *testing.T) {
	cookie, who := rawCustomer(t)
	deletedCookie, deleted := rawCustomer(t)
	deleteCustomer(t, deleted.ID)
	for _, test := range []struct {
		raw
		status int
		kind   string
		code   any
	}{
		{raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"email": "x"}}, 400, "invalid_data", nil},
		{raw{method: "POST", path: passwordResetPath, body: jsonObject{"email": "nobody." + who.Email, "token": "x", "password": "x"}}, 401, "unauthorized", nil},
		{raw{method: "GET", path: mePath, cookie: deletedCookie}, 404, "not_found", nil},
		{raw{method: "POST", path: customersPath, body: jsonObject{"email": who.Email, "password": "x"}}, 422, "duplicate_error", "invalid_request_error"},
		{raw{method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email, "token": "x", "password": "x"}}, 500, "unknown_error", "unknown_error"},
	} {
		e := test.send(t).fails(t, test.status, test.kind)
		if code, there := e["code"]; code != test.code || there != (test.code != nil) {
			t.Errorf("%d has code %v, want %v", test.status, code, test.code)
		}
	}
	for _, name := range []string{"code", "type"} {
		if schema := contract(t).schema(t, "Error"); schema.requires(name) {
			t.Errorf("the contract requires %s of an error", name)
		}
	}
	_, err := newClient(t).ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: "nobody." + who.Email, Token: "x", Password: "x"})
	if e := (failure{is: customers.ErrInvalidPasswordToken, status: 401}).of(t, err); e.Code != "" || e.Type != "unauthorized" {
		t.Errorf("code %q, type %q", e.Code, e.Type)
	}
}

// conflictCode makes the database report a conflict. The transactions of the customer routes do not conflict, but a shop's own
// code or database settings may make them. The request is not recorded.
func conflictCode(t *testing.T) {
	c, who := newCustomer(t, customers.WithHTTPClient(&http.Client{Transport: baseTransport})) // not recorded
	name := fmt.Sprintf("conflict_%d", time.Now().UnixNano())
	execute(t, `CREATE FUNCTION `+name+`() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'made by a test' USING ERRCODE = 'serialization_failure'; END $$`)
	execute(t, `CREATE TRIGGER `+name+` BEFORE UPDATE ON customer FOR EACH ROW WHEN (NEW.id = '`+who.ID+`') EXECUTE FUNCTION `+name+`()`)
	_, err := c.Update(t.Context(), customers.UpdateRequest{Phone: customers.Value("1")})
	execute(t, `DROP FUNCTION `+name+` CASCADE`)
	e := failure{is: customers.ErrConflict, status: 409, kind: "conflict"}.of(t, err)
	if e.Code != "invalid_state_error" || !strings.Contains(e.Message, "Idempotency-Key") {
		t.Errorf("code %q, message %q", e.Code, e.Message)
	}
}

func htmlFailures(t *testing.T) {
	cookie, _ := rawCustomer(t)
	for _, test := range []struct {
		raw
		status      int
		contentType string
	}{
		{raw{method: "POST", path: customersPath, body: `{"email"`, deviates: "no JSON"}, 400, "text/html"},
		{raw{method: "POST", path: mePath, body: `{`, deviates: "no JSON"}, 400, "text/html"}, // before the guard
		{raw{method: "POST", path: authPath, body: `"text"`, deviates: "no JSON object"}, 400, "text/html"},
		{raw{method: "POST", path: customersPath, body: jsonObject{"email": strings.Repeat("x", 100<<10)}, deviates: "too large"}, 413, "text/html"},
		{raw{method: "GET", path: "/store/nothing", deviates: "no route of the contract"}, 404, "text/html"},
		{raw{method: "GET", path: customersPath + "/nothing", cookie: cookie, deviates: "no route of the contract"}, 404, "text/html"},
		{raw{method: "GET", path: customersPath + "/nothing", deviates: "no route of the contract"}, 401, ""},
	} {
		test.send(t).is(t, test.status, test.contentType)
	}
	// net/http does not send a broken escape.
	if status, body := sendLine(t, "GET /store/auth/%ZZ HTTP/1.1"); status != 500 || !strings.Contains(body, `"unknown_error"`) {
		t.Errorf("a broken escape is %d %s", status, body)
	}

	ctx := t.Context()
	c, _ := newCustomer(t)
	_, err := c.Update(ctx, customers.UpdateRequest{FirstName: customers.Value(strings.Repeat("x", 100<<10))})
	e := failure{is: customers.ErrInvalidInput, status: 413, operation: "UpdateCustomer"}.of(t, err)
	if e.Type != "" || len(e.Body()) == 0 || strings.Contains(e.Error(), "<") {
		t.Errorf("type %q, %d bytes of body, printed as %q", e.Type, len(e.Body()), e)
	}
	lost, err := customers.New(shared.URL + "/shop")
	if err != nil {
		t.Fatal(err)
	}
	_, err = lost.Auth.Exists(ctx, "a@example.com")
	says(t, failure{is: customers.ErrNotFound, status: 404}.of(t, err), "base URL")
	if exists, err := c.Auth.Exists(ctx, "%ZZ@example.com"); err != nil || exists { // the wrapper escapes it
		t.Error(exists, err)
	}
}

func unknownProperty(t *testing.T) {
	cookie, who := rawCustomer(t)
	const why = "an unknown property"
	for _, r := range []raw{
		{method: "POST", path: customersPath, body: jsonObject{"email": "new." + who.Email, "password": "x", "x": 1}},
		{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"x": 1}},
		{method: "GET", path: ordersPath + "?x=1", cookie: cookie},
		{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress(), "x": 1}},
		{method: "POST", path: addressesPath, cookie: cookie, body: jsonObject{"address": fullAddress().with("x", 1)}},
		{method: "POST", path: addressesPath + "/any", cookie: cookie, body: jsonObject{"x": 1}},
		{method: "POST", path: passwordTokenPath, body: jsonObject{"email": who.Email, "x": 1}},
		{method: "POST", path: passwordResetPath, body: jsonObject{"email": who.Email, "token": "x", "password": "x", "x": 1}},
		{method: "POST", path: authPath, body: jsonObject{"email": who.Email, "password": who.Password, "x": 1}},
		{method: "POST", path: tokenPath, body: jsonObject{"email": who.Email, "password": who.Password, "x": 1}},
	} {
		r.deviates = why
		if e := r.send(t).fails(t, 400, "invalid_data"); !strings.Contains(fmt.Sprint(e["message"]), "property x should not exist") {
			t.Errorf("%s %s: %v", r.method, r.path, e["message"])
		}
	}
	for _, name := range []string{
		"StorePostCustomersReq", "StorePostCustomersCustomerReq", "StorePostCustomersCustomerAddressesReq", "AddressCreatePayload",
		"AddressPayload", "StorePostCustomersCustomerPasswordTokenReq", "StorePostCustomersResetPasswordReq", "StorePostAuthReq",
	} {
		if !contract(t).schema(t, name).closed() {
			t.Errorf("the contract allows unknown properties in %s", name)
		}
	}
}

func billingAddressMessage(t *testing.T) {
	cookie, _ := rawCustomer(t)
	for _, bad := range []any{jsonObject{"x": 1}, 5} {
		e := raw{method: "POST", path: mePath, cookie: cookie, body: jsonObject{"billing_address": bad}, deviates: "a bad billing address"}.send(t).
			fails(t, 400, "invalid_data")
		message, _ := e["message"].(string)
		var inner struct {
			Message string              `json:"message"`
			Details map[string][]string `json:"details"`
		}
		if err := json.Unmarshal([]byte(message), &inner); err != nil || !strings.Contains(inner.Message, "billing_address") || len(inner.Details) == 0 {
			t.Errorf("the message is %q: %v", message, err)
		}
	}
	s, via := spyOn(shared)
	c, _ := newCustomer(t, via)
	s.sendsNothing(t, func() {
		_, err := c.Update(t.Context(), customers.UpdateRequest{BillingAddress: customers.BillingAddressID("")})
		failure{is: customers.ErrInvalidInput, field: "BillingAddress"}.check(t, err)
	})
}

func duplicateRegister(t *testing.T) {
	_, who := rawCustomer(t)
	text := func(e map[string]any) string { return fmt.Sprint(e["message"]) }
	register := raw{method: "POST", path: customersPath, body: jsonObject{"email": who.Email, "password": "x"}}
	account := text(register.send(t).fails(t, 422, "duplicate_error"))

	register = raw{method: "POST", path: customersPath, body: jsonObject{"email": "guest." + who.Email, "password": ""}, deviates: "makes a guest"}
	register.send(t).is(t, 200, "application/json")
	guest := text(register.send(t).fails(t, 422, "duplicate_error"))

	race := text(raceToRegister(t).fails(t, 422, "duplicate_error"))
	if account == guest || account == race || guest == race {
		t.Errorf("the texts are not three: %q, %q, %q", account, guest, race)
	}
	if !strings.Contains(race, "@") {
		t.Errorf("the race's text %q does not repeat the email; does the wrapper still have to mask it?", race)
	}

	c, own := newCustomer(t)
	_, err := c.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: "x"})
	failure{is: customers.ErrDuplicate, status: 422, kind: "duplicate_error"}.check(t, err)
	// This error has the text of the race, as it comes from the same constraint of the database.
	_, err = c.Update(t.Context(), customers.UpdateRequest{Email: &who.Email})
	e := failure{is: customers.ErrDuplicate, status: 422, kind: "duplicate_error"}.of(t, err)
	if strings.Contains(e.Message, who.Email) || strings.Contains(e.Message, own.Email) {
		t.Errorf("the error shows an email: %q", e.Message)
	}
}

// raceToRegister registers one email several times at once until the database refuses it rather than the check before.
func raceToRegister(t *testing.T) response {
	t.Helper()
	for range 10 {
		register := raw{method: "POST", path: customersPath, body: jsonObject{"email": uniqueEmail(t), "password": "x"}}
		const n = 4
		got := make(chan response, n)
		for range n {
			go func() {
				a, err := register.try(t)
				if err != nil {
					a.body = err.Error()
				}
				got <- a
			}()
		}
		var won int
		var late []response
		for range n {
			switch a := <-got; {
			case a.status == 200:
				won++
			case a.status != 422:
				t.Fatalf("a race gets %d %s", a.status, a.body)
			case !strings.Contains(a.body, "already has an account"):
				late = append(late, a)
			}
		}
		if won != 1 {
			t.Fatalf("%d of %d registered the same email", won, n)
		}
		if len(late) > 0 {
			return late[0]
		}
	}
	t.Fatal("ten races were none")
	return response{}
}

// noWWWAuthenticate looks for the header that distinguishes a gateway's 401 from the backend's.
func noWWWAuthenticate(t *testing.T) {
	_, who := rawCustomer(t)
	wrong := jsonObject{"email": who.Email, "password": "wrong"}
	for _, r := range []raw{
		{method: "GET", path: mePath},
		{method: "GET", path: mePath, bearer: "bogus"},
		{method: "POST", path: authPath, body: wrong},
		{method: "POST", path: tokenPath, body: wrong},
		{method: "POST", path: passwordResetPath, body: jsonObject{"email": "nobody." + who.Email, "token": "x", "password": "x"}},
	} {
		got := r.send(t)
		if _, ok := got.header["Www-Authenticate"]; ok || got.status != 401 {
			t.Errorf("%s %s: %d with WWW-Authenticate %t", r.method, r.path, got.status, ok)
		}
	}
}

// unstorableText sends texts that Postgres does not store. It does not send half a surrogate pair as an email beside a bad
// billing address, which ends the backend's process.
func unstorableText(t *testing.T) {
	cookie, _ := rawCustomer(t)
	for _, text := range []string{`\u0000`, `a\u0000b`} {
		raw{method: "POST", path: mePath, cookie: cookie, body: `{"first_name":"` + text + `"}`}.send(t).fails(t, 500, "unknown_error")
	}
	raw{method: "POST", path: mePath, cookie: cookie, body: `{"metadata":{"a":"\ud83d"}}`}.send(t).fails(t, 500, "unknown_error")
}
