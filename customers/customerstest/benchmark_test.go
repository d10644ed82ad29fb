package customerstest_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// BenchmarkNewServer measures a server with a customer, as a test has it. It should take less than 10 ms.
func BenchmarkNewServer(b *testing.B) {
	for b.Loop() {
		backend := customerstest.New()
		srv := httptest.NewServer(backend)
		backend.AddCustomer(customerstest.Customer{})
		srv.Close()
	}
}

// BenchmarkRetrieve measures a request, which should take less than 100 µs: the backend alone, with package customers and a
// connection, and with a handler in its place that sends the same bytes.
func BenchmarkRetrieve(b *testing.B) {
	backend := customerstest.New()
	who := backend.AddCustomer(customerstest.Customer{ShippingAddresses: []api.AddAddressRequest{{}}})
	srv := httptest.NewServer(backend)
	defer srv.Close()
	c, err := customers.New(srv.URL)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.Auth.Authenticate(b.Context(), who.Email, customerstest.DefaultPassword); err != nil {
		b.Fatal(err)
	}
	if _, err := c.Retrieve(b.Context()); err != nil {
		b.Fatal(err)
	}
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/store/customers/me", nil)
	request.Header = backend.Requests()[1].Header()
	response := httptest.NewRecorder()
	backend.ServeHTTP(response, request)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), response.Header())
		w.Write(response.Body.Bytes())
	}))
	defer bare.Close()
	toBare, err := customers.New(bare.URL, customers.WithBearerToken("x"))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w := httptest.NewRecorder()
			if backend.ServeHTTP(w, request); w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
	b.Run("backend", func(b *testing.B) { retrieve(b, c) })
	b.Run("bare", func(b *testing.B) { retrieve(b, toBare) })
}

func retrieve(b *testing.B, c *customers.Client) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Retrieve(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
