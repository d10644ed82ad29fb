package customers

import (
	"errors"
	"net/http"
	"testing"
)

// medusa2 responds as Medusa v2 does, with its default routes; key is whether the request has a publishable key.
func medusa2(w http.ResponseWriter, r *http.Request) {
	notFound := func() {
		respond(w, 404, "text/html; charset=utf-8", "<!DOCTYPE html>\n<pre>Cannot "+r.Method+" "+r.URL.Path+"</pre>\n")
	}
	switch key := r.Header.Get("X-Publishable-Api-Key"); {
	case key == "":
		respondJSON(w, 400, `{"type":"not_allowed","message":"Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard."}`)
	case key == "bad":
		respondJSON(w, 400, `{"type":"not_allowed","message":"A valid publishable key is required to proceed with the request"}`)
	case key == "body":
		respondJSON(w, 400, `{"type":"invalid_data","message":"Invalid request: Unrecognized fields: 'password'"}`)
	case r.URL.Path == "/store/customers" || r.URL.Path == "/store/customers/me" || r.URL.Path == "/store/customers/me/addresses" ||
		r.URL.Path == "/store/customers/me/addresses/addr_1":
		respondJSON(w, 401, `{"message":"Unauthorized"}`)
	default:
		notFound()
	}
}

func TestMedusa2IsNamed(t *testing.T) {
	ctx := t.Context()
	calls := map[string]func(*Client) error{
		"CreateCustomer": func(c *Client) error {
			_, err := c.Create(ctx, CreateRequest{Email: testEmail, Password: "p"})
			return err
		},
		"Retrieve":       func(c *Client) error { return retrieve(ctx, c) },
		"Update":         func(c *Client) error { _, err := c.Update(ctx, UpdateRequest{}); return err },
		"ListOrders":     func(c *Client) error { _, err := c.ListOrders(ctx, nil); return err },
		"Orders":         func(c *Client) error { _, err := collect(ctx, c, nil); return err },
		"PaymentMethods": func(c *Client) error { _, err := c.PaymentMethods.List(ctx); return err },
		"AddAddress":     func(c *Client) error { _, err := c.Addresses.Add(ctx, someAddress()); return err },
		"DeleteAddress":  func(c *Client) error { _, err := c.Addresses.Delete(ctx, "addr_1"); return err },
		"Token":          func(c *Client) error { return c.GeneratePasswordToken(ctx, testEmail) },
		"Reset": func(c *Client) error {
			_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
			return err
		},
		"Authenticate": func(c *Client) error { return logIn(ctx, c, testEmail) },
		"GetSession":   func(c *Client) error { _, err := c.Auth.GetSession(ctx); return err },
		"Logout":       func(c *Client) error { return c.Auth.DeleteSession(ctx) },
		"GetToken":     func(c *Client) error { _, err := c.Auth.GetToken(ctx, testEmail, "p"); return err },
		"Exists":       func(c *Client) error { _, err := c.Auth.Exists(ctx, testEmail); return err },
	}
	for name, call := range calls {
		for _, key := range []string{"", "good", "bad", "body"} {
			c := mustNew(t, "https://shop.example.com", inMemory(medusa2), WithHeader("X-Publishable-Api-Key", key)).WithSession(sessionOf("v"))
			err := call(c)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("%s: %v", name, err)
			}
			switch {
			case e.StatusCode == http.StatusNotFound && name == "GetToken":
				wantOnly(t, name, err, ErrNotFound)
				if e.Message != messageNoTokens {
					t.Errorf("%s: %v", name, e)
				}
			case e.StatusCode == http.StatusNotFound:
				wantOnly(t, name, err, ErrNotFound)
				if e.Message != messageNoRoute {
					t.Errorf("%s: %v", name, e)
				}
			default:
				wantOnly(t, name, err, ErrUnexpectedResponse)
				if e.Message != messageMedusa2 && (e.Message != messageMedusa2Auth || e.StatusCode != http.StatusUnauthorized) {
					t.Errorf("%s: %v", name, e)
				}
			}
		}
	}
}

// TestWhatMedusa1RespondsIsNotTakenForMedusa2 has failures of the backend that this package is for.
func TestWhatMedusa1RespondsIsNotTakenForMedusa2(t *testing.T) {
	for _, test := range []struct {
		status            int
		contentType, body string
	}{
		{401, "", "Unauthorized"},
		{401, "text/plain; charset=utf-8", "Unauthorized"},
		{401, "application/json", `{"type":"unauthorized","message":"Invalid or expired password reset token"}`},
		{400, "application/json", `{"type":"invalid_data","message":"property publishable_key should not exist"}`},
		{400, "application/json", `{"type":"not_allowed","message":"no"}`},
		{400, "text/html", "<html>Publishable API key required"},
		{404, "application/json", `{"type":"not_found","message":"Customer with id: cus_1 was not found"}`},
		{500, "application/json", `{"message":"Unauthorized"}`},
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(test.status, test.contentType, test.body))).WithSession(sessionOf("v"))
		if e, ok := errors.AsType[*Error](retrieve(t.Context(), c)); !ok || e.Message == messageMedusa2 || e.Message == messageNoRoute {
			t.Errorf("%d %s: %v", test.status, test.body, e)
		}
	}
}

func TestTokensOfOlderBackends(t *testing.T) {
	for _, contentType := range []string{"text/html; charset=utf-8", "", "text/plain"} {
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(404, contentType, "Cannot POST /store/auth/token")))
		_, err := c.Auth.GetToken(t.Context(), testEmail, "p")
		if e := wantError(t, err, ErrNotFound); e.Message != messageNoTokens {
			t.Errorf("%q: %v", contentType, e)
		}
	}
}
