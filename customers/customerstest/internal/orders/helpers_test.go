package orders_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

const email = "buyer@example.com"

// newBuyer returns a backend with one customer, who has no orders.
func newBuyer(t *testing.T) (*customerstest.Backend, string) {
	t.Helper()
	b := customerstest.New()
	return b, b.AddCustomer(customerstest.Customer{Email: email, FirstName: "Olivia", LastName: "Orders"}).ID
}

// listOrders returns the status and the body of the response to ListOrders.
func listOrders(t *testing.T, b *customerstest.Backend, query string) (int, string) {
	t.Helper()
	return get(t, b, "/store/customers/me/orders?"+query)
}

// get returns the status and the body of the response to a GET by the customer.
func get(t *testing.T, b *customerstest.Backend, target string) (int, string) {
	t.Helper()
	login := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/store/auth/token",
		strings.NewReader(`{"email":"`+email+`","password":"`+customerstest.DefaultPassword+`"}`))
	login.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, login)
	var token api.Token
	if err := json.Unmarshal(w.Body.Bytes(), &token); err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	request.RequestURI = target
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	w = httptest.NewRecorder()
	b.ServeHTTP(w, request)
	return w.Code, w.Body.String()
}

// list returns the response to ListOrders, which has to be a page.
func list(t *testing.T, b *customerstest.Backend, query string) api.OrderPage {
	t.Helper()
	status, body := listOrders(t, b, query)
	var page api.OrderPage
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s", query, status, body)
	}
	return page
}
