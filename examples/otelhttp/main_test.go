package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func TestSpansAreNamedByOperation(t *testing.T) {
	srv := customerstest.NewServer(t)
	srv.AddCustomer(customerstest.Customer{Email: "hush@example.com", Password: "hush-password"})
	srv.Inject(customerstest.Fault{Operation: customers.OperationEmailExists, Status: http.StatusServiceUnavailable})
	spans := tracetest.NewInMemoryExporter()
	c, err := newClient(srv.URL, sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Auth.Exists(t.Context(), "hush@example.com"); err != nil { // sent again after the 503
		t.Fatal(err)
	}
	if _, err := c.Auth.Authenticate(t.Context(), "hush@example.com", "hush-password"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	requests := srv.Requests()
	cookie := requests[len(requests)-1].Header().Get("Cookie")
	var names []string
	for _, s := range spans.GetSpans() {
		names = append(names, s.Name)
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, "hush") || strings.Contains(text, cookie) {
			t.Errorf("span %s shows a secret: %s", s.Name, text)
		}
	}
	if want := []string{"EmailExists", "EmailExists", "Authenticate", "RetrieveCustomer"}; !slices.Equal(names, want) {
		t.Errorf("spans %q, want %q", names, want)
	}
	if cookie == "" {
		t.Error("the profile was read without a cookie")
	}
}
