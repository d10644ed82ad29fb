package customerstest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// What a test pays for a server of its own, with a customer in it: meant to be under 10 ms.
func BenchmarkNewServer(b *testing.B) {
	for b.Loop() {
		b.StopTimer() // what the last server left
		backend := customerstest.New()
		b.StartTimer()
		srv := httptest.NewServer(backend)
		backend.AddCustomer(customerstest.Customer{})
		b.StopTimer()
		srv.Close()
		b.StartTimer()
	}
}

// A request over a connection of its own on the loopback interface, with the wrapper on the other side: meant to be
// under 100 µs.
func BenchmarkRetrieve(b *testing.B) {
	srv := customerstest.NewServer(b)
	c, err := customers.New(srv.URL)
	if err != nil {
		b.Fatal(err)
	}
	who := srv.AddCustomer(customerstest.Customer{})
	if _, err := c.Auth.Authenticate(b.Context(), who.Email, customerstest.DefaultPassword); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Retrieve(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// The backend alone, without a connection.
func BenchmarkBackend(b *testing.B) {
	backend := customerstest.New()
	who := backend.AddCustomer(customerstest.Customer{})
	requests := map[string]func() *http.Request{
		"exists": func() *http.Request { return httptest.NewRequest(http.MethodGet, "/store/auth/"+who.Email, nil) },
		"guard":  func() *http.Request { return httptest.NewRequest(http.MethodGet, "/store/customers/me", nil) },
	}
	for name, request := range requests {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				backend.ServeHTTP(httptest.NewRecorder(), request())
			}
		})
	}
}
