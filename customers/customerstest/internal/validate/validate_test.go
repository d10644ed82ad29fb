package validate_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

// The messages are those of the real backend, in its order.
func TestValidationMessages(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	const (
		register  = "/store/customers"
		me        = "/store/customers/me"
		login     = "/store/auth"
		token     = "/store/auth/token"
		forgot    = "/store/customers/password-token"
		reset     = "/store/customers/password-reset"
		addresses = "/store/customers/me/addresses"
		address   = "/store/customers/me/addresses/x"
		unknown   = "an unknown value was passed to the validate function"
		needed    = "first_name must be a string, last_name must be a string, address_1 must be a string, city must be a string, " +
			"country_code must be a string, postal_code must be a string"
		all = "first_name must be a string, last_name must be a string, phone must be a string, company must be a string, " +
			"address_1 must be a string, address_2 must be a string, city must be a string, country_code must be a string, " +
			"province must be a string, postal_code must be a string"
		allWrong = `{"first_name":5,"last_name":5,"address_1":5,"city":5,"country_code":5,"postal_code":5,"phone":5,"company":5,"address_2":5,"province":5,"metadata":null}`
		nested   = "nested property address must be either object or array"
	)
	billing := func(notString, payload string) string {
		return `{"message":"billing_address must be one of: AddressPayload,String","details":{"String":[` + notString +
			`],"AddressPayload":[` + payload + `]}}`
	}
	tests := []struct{ path, body, message string }{
		{register, `{}`, "email must be an email, password must be a string"},
		{register, `[]`, unknown},
		{register, `{"email":null,"password":null}`, "email must be an email, password must be a string"},
		{register, `{"zzz":1,"aaa":2,"1":3,"0":4,"email":"x@example.com","password":""}`, "property 0 should not exist, property 1 should not exist, property zzz should not exist, property aaa should not exist"},
		{register, `{"phone":1.5,"last_name":true,"first_name":{},"password":[],"email":{},"zz":1}`, "property zz should not exist, first_name must be a string, last_name must be a string, email must be an email, password must be a string, phone must be a string"},
		{register, `{"metadata":{},"has_account":true}`, "property metadata should not exist, property has_account should not exist, email must be an email, password must be a string"},
		{register, `{"":1}`, "property  should not exist, email must be an email, password must be a string"},
		{login, `{}`, "email must be an email, password should not be empty"},
		{login, `{"email":"x@example.com","password":""}`, "password should not be empty"},
		{login, `{"email":"x@example.com","password":null}`, "password should not be empty"},
		{login, `{"x":1}`, "property x should not exist, email must be an email, password should not be empty"},
		{token, `{"email":"bad","password":"x"}`, "email must be an email"},
		{forgot, `{"email":5}`, "email must be an email"},
		{reset, `{}`, "email must be an email, token must be a string, password must be a string"},
		{reset, `{"email":"x@example.com","token":1,"password":null}`, "token must be a string, password must be a string"},
		{me, `{"first_name":1,"last_name":[],"email":"bad","metadata":"x","zz":1,"billing_address_id":"y","phone":{},"password":5}`, "property zz should not exist, property billing_address_id should not exist, first_name must be a string, last_name must be a string, password must be a string, phone must be a string, email must be an email, metadata must be an object"},
		{me, `{"metadata":[]}`, "metadata must be an object"},
		{me, `{"email":null}`, "Can't insert null value in field email on insert in table customer"},
		{me, `{"billing_address":5,"zz":1}`, billing(`"String validation failed: 5 is not a string"`, `"`+unknown+`"`)},
		{me, `{"billing_address":[]}`, billing(`"String validation failed:  is not a string"`, `"`+unknown+`"`)},
		{me, `{"billing_address":[1,[2,"a,b"],null,{}]}`, billing(`"String validation failed: 1","2","a","b","[object Object] is not a string"`, `"`+unknown+`"`)},
		{me, `{"billing_address":{"first_name":5,"zz":1,"last_name":[]}}`, billing(`"String validation failed: [object Object] is not a string"`, `"property zz should not exist"," first_name must be a string"," last_name must be a string"`)},
		{me, `{"billing_address":{"metadata":[]}}`, billing(`"String validation failed: [object Object] is not a string"`, `"metadata must be an object"`)},
		{addresses, `{"x":1}`, "property x should not exist"},
		{addresses, `{"address":null}`, nested},
		{addresses, `{"address":"x"}`, nested},
		{addresses, `{"address":[1]}`, nested},
		{addresses, `{"address":[[{}],1]}`, needed + ", " + nested},
		{addresses, `{"address":{}}`, needed},
		{addresses, `{"address":{"x":1,"country_code":null}}`, "property x should not exist, " + needed},
		{addresses, `{"address":` + allWrong + `}`, all},
		{address, allWrong, all},
		{address, `{"address":{},"metadata":5}`, "property address should not exist, metadata must be an object"},
		{address, `{}`, "Could not find address for customer"},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.body, func(t *testing.T) {
			a := b.Send(http.MethodPost, test.path, test.body)
			var failure struct {
				Type    string `json:"type"`
				Message string `json:"message"`
				Code    string `json:"code"`
			}
			if err := json.Unmarshal([]byte(a.Body), &failure); err != nil {
				t.Fatalf("%v: %s", err, a.Body)
			}
			if a.Status != http.StatusBadRequest || failure.Type != "invalid_data" || failure.Code != "" || failure.Message != test.message {
				t.Errorf("%d %s\nwant %s", a.Status, a.Body, test.message)
			}
		})
	}
	// These are 500s on the real backend.
	for _, test := range []struct{ path, body string }{
		{addresses, `{}`},
		{addresses, `{"address":[]}`},
		{me, `{"metadata":{"a":"\u0000"}}`},
		{me, `{"billing_address":{"city":"\u0000"}}`},
		{me, `{"billing_address":"\u0000"}`},
		{"/store/customers/me/addresses/%00", `{}`},
	} {
		a := b.Send(http.MethodPost, test.path, test.body)
		if want := `{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}`; a.Status != 500 || a.Body != want {
			t.Errorf("%s %s: %d %s", test.path, test.body, a.Status, a.Body)
		}
	}
	for _, body := range []string{`{"metadata":{"constructor":1}}`, `{"first_name":"\ud800"}`, `{"metadata":{"a":1e400}}`, `{"email":"Σ@example.com"}`} {
		if a := b.Send(http.MethodPost, me, body); a.Status != http.StatusNotImplemented || !strings.HasPrefix(a.Body, "not emulated: ") {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
}
