//nolint:thelper // the functions of tries are the tests themselves
package settings

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/test/e2e/compat"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// extended has a shop whose customers have two more columns. TestFacts has what becomes of them (docs/backend.md, B53).
func extended(t *testing.T) {
	use(t, backend.Settings{Project: "extended"})
	recorder := conform.NewRecorder(contract, nil)
	base := &http.Transport{DisableKeepAlives: true}
	everyUse(t, &compat.Env{
		Backend: shared, HTTP: &http.Client{Transport: recorder.RoundTripper(base, conform.Cookie{Name: shared.SessionCookie()})},
	})
	for _, group := range recorder.Findings() {
		if text := group.Example.String(); !strings.Contains(text, "nickname") && !strings.Contains(text, "loyalty_points") {
			t.Errorf("the contract, %d times: %s", group.Count, text)
		}
	}
}

// plugin has a plugin that replaces GET and POST /store/customers/me, and has a route of its own.
func plugin(t *testing.T) {
	use(t, backend.Settings{Project: "plugin"})
	e := &compat.Env{Backend: shared, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	c, email := newCustomer(t, e)
	me, err := c.Auth.GetSession(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	t.Run("the_same_shape", func(t *testing.T) {
		got, err := c.Retrieve(t.Context())
		if err != nil || got.Email != email || got.ID != me.ID {
			t.Errorf("got %v", err)
		}
	})
	t.Run("additional_properties", func(t *testing.T) {
		for _, call := range []func(...customers.CallOption) (*customers.Customer, error){
			func(o ...customers.CallOption) (*customers.Customer, error) { return c.Retrieve(t.Context(), o...) },
			func(o ...customers.CallOption) (*customers.Customer, error) {
				return c.Update(t.Context(), customers.UpdateRequest{Phone: customers.Value("1")}, o...)
			},
		} {
			var r customers.Response
			got, err := call(customers.WithHeader("X-Shape", "additional"), customers.WithResponse(&r))
			if err != nil || got.Email != email {
				t.Fatalf("got %v", err)
			}
			var own struct {
				Customer struct {
					Loyalty struct {
						Points int `json:"points"`
					} `json:"loyalty"`
				} `json:"customer"`
				Wishlist []string `json:"wishlist"`
			}
			if err := json.Unmarshal(r.Body, &own); err != nil || own.Customer.Loyalty.Points != 7 || len(own.Wishlist) != 1 {
				t.Errorf("Response.Body has %+v, %v", own, err)
			}
		}
	})
	for _, test := range []struct {
		shape string
		is    error
		names string
		body  bool // whether Response.Body has it
	}{
		{"no has_account", customers.ErrUnexpectedResponse, "customer.has_account", true},
		{"no email", customers.ErrUnexpectedResponse, "customer.email", true},
		{"no addresses", customers.ErrUnexpectedResponse, "customer.shipping_addresses", true},
		{"has_account is text", customers.ErrUnexpectedResponse, "customer.has_account", true},
		{"has_account is null", customers.ErrUnexpectedResponse, "customer.has_account", true},
		{"no envelope", customers.ErrUnexpectedResponse, "customer", true},
		{"another envelope", customers.ErrUnexpectedResponse, "customer", true},
		{"null customer", customers.ErrUnexpectedResponse, "customer", true},
		{"empty object", customers.ErrUnexpectedResponse, "customer", true},
		{"list of customers", customers.ErrUnexpectedResponse, "customer", true},
		{"list", customers.ErrUnexpectedResponse, "", true},
		{"no content", customers.ErrUnexpectedResponse, "not the API's", false},
		{"page", customers.ErrUnexpectedResponse, "text/html", false},
		{"not found", customers.ErrNotFound, "there is no such customer", false},
		{"failure", customers.ErrInternal, "", false},
	} {
		t.Run(strings.ReplaceAll(test.shape, " ", "_"), func(t *testing.T) {
			var r customers.Response
			got, err := c.Retrieve(t.Context(), customers.WithHeader("X-Shape", test.shape), customers.WithResponse(&r))
			if got != nil || !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.names) {
				t.Errorf("got %v, want an error that is %v and names %q", err, test.is, test.names)
			}
			if (r.Body != nil) != test.body {
				t.Errorf("Response.Body has %d bytes, want some: %t", len(r.Body), test.body)
			}
		})
	}
	t.Run("its_own_route", func(t *testing.T) {
		const route = "/store/customers/me/wishlist"
		if status, p := do(t, c, http.MethodGet, route, ""); status != http.StatusOK || p.CustomerID != me.ID {
			t.Errorf("GET: status %d, %+v", status, p)
		}
		if status, p := do(t, c, http.MethodPost, route, `{"product_id":"prod_2"}`); status != http.StatusCreated || len(p.Wishlist) != 1 || p.Wishlist[0] != "prod_2" {
			t.Errorf("POST: status %d, %+v", status, p)
		}
		anonymous, err := e.Client()
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := do(t, anonymous, http.MethodGet, route, ""); status != http.StatusUnauthorized {
			t.Errorf("without a login: status %d", status)
		}
	})
	if !c.Session().LoggedIn() {
		t.Error("what the plugin sent has ended the login")
	}
}
