// Command otelhttp traces requests to a Medusa backend. Each request is a span named by its operation, such as
// "EmailExists". The command logs in, reads the profile and prints the spans.
//
//	go run . http://localhost:9000 user@example.com supersecret
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/medusa-storefront/customers-go/customers"
)

// newClient makes a client whose requests, retries included, are spans of the provider.
func newClient(baseURL string, provider trace.TracerProvider) (*customers.Client, error) {
	transport := otelhttp.NewTransport(
		withoutURL{&http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     4 * time.Second, // Node closes after 5, see customers.WithHTTPClient
		}},
		otelhttp.WithTracerProvider(provider),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return string(customers.OperationFromContext(r.Context())) }),
	)
	return customers.New(baseURL, customers.WithHTTPClient(&http.Client{Transport: transport}))
}

// withoutURL removes the path from the attribute url.full, which otelhttp has just set. The path of Auth.Exists is an
// email.
type withoutURL struct {
	next http.RoundTripper
}

func (t withoutURL) RoundTrip(r *http.Request) (*http.Response, error) {
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("url.full", r.URL.Scheme+"://"+r.URL.Host))
	return t.next.RoundTrip(r)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: otelhttp BASE-URL EMAIL PASSWORD")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "otelhttp:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, baseURL, email, password string) error {
	spans := tracetest.NewInMemoryExporter() // in production, an exporter to your collector
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	c, err := newClient(baseURL, provider)
	if err != nil {
		return err
	}
	if _, err := c.Auth.Authenticate(ctx, email, password); err != nil {
		return err
	}
	if _, err := c.Retrieve(ctx); err != nil {
		return err
	}
	for _, s := range spans.GetSpans() {
		fmt.Printf("%-20s %v\n", s.Name, s.EndTime.Sub(s.StartTime).Round(time.Millisecond))
	}
	return provider.Shutdown(ctx)
}
