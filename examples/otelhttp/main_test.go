package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func TestSpansAreNamedByOperation(t *testing.T) {
	failures := 1
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case failures > 0: // the first read, which is sent again
			failures--
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/store/auth/"):
			_, _ = fmt.Fprint(w, `{"exists":true}`)
		default:
			w.Header().Set("Set-Cookie", "connect.sid=hush-cookie; Path=/")
			_, _ = fmt.Fprint(w, `{"customer":{"id":"cus_1","email":"hush@example.com"}}`)
		}
	}))
	defer backend.Close()
	spans := tracetest.NewInMemoryExporter()
	c, err := newClient(backend.URL, sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Auth.Exists(t.Context(), "hush@example.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Auth.Authenticate(t.Context(), "hush@example.com", "hush-password"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range spans.GetSpans() {
		names = append(names, s.Name)
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, "hush") {
			t.Errorf("span %s shows a secret: %s", s.Name, text)
		}
	}
	if want := []string{"EmailExists", "EmailExists", "Authenticate", "RetrieveCustomer"}; !slices.Equal(names, want) {
		t.Errorf("spans %q, want %q", names, want)
	}
}
