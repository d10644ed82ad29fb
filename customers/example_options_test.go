package customers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// A header of the client goes with every call; the same header of a call replaces it there.
func ExampleWithHeader() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL, customers.WithHeader("Accept-Language", "da"))
	if err != nil {
		log.Fatal(err)
	}
	for _, opts := range [][]customers.CallOption{nil, {customers.WithHeader("Accept-Language", "en")}} {
		if _, err := c.Auth.Exists(ctx, "alec@example.com", opts...); err != nil {
			log.Fatal(err)
		}
	}
	for _, r := range shop.Requests() {
		fmt.Println(r.Header().Get("Accept-Language"))
	}
	// Output:
	// da
	// en
}

func ExampleWithResponse() {
	var resp customers.Response
	_, err := loggedIn(startShop()).Retrieve(context.Background(), customers.WithResponse(&resp))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"), resp.Attempts)
	// Output: 200 application/json; charset=utf-8 1
}

// Each attempt is a line at debug level.
func ExampleWithLogger() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTimes})
	c, err := customers.New(startShop().URL, customers.WithLogger(slog.New(handler)))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Auth.Exists(context.Background(), "alec@example.com", customers.WithHeader("X-Request-Id", "42"))
	if err != nil {
		log.Fatal(err)
	}
	// Output: level=DEBUG msg="medusa request" operation=EmailExists attempt=1 status=200 request_id=42
}

// withoutTimes drops what differs from run to run.
func withoutTimes(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey || a.Key == "duration" {
		return slog.Attr{}
	}
	return a
}

// countByOperation is a middleware that counts requests.
type countByOperation struct {
	next   http.RoundTripper
	counts map[customers.Operation]int
}

func (m countByOperation) RoundTrip(r *http.Request) (*http.Response, error) {
	m.counts[customers.OperationFromContext(r.Context())]++ // in production, a metric's label
	return m.next.RoundTrip(r)
}

// A transport finds the operation in the context of its request, and never has to read a URL, which may hold an email.
func ExampleOperationFromContext() {
	counts := map[customers.Operation]int{}
	hc := &http.Client{Transport: countByOperation{&http.Transport{}, counts}}
	c, err := customers.New(startShop().URL, customers.WithHTTPClient(hc))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.Auth.Exists(context.Background(), "alec@example.com"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts)
	// Output: map[EmailExists:1]
}

// A backend in production sends its session cookie over https only. Inside a cluster, where TLS ends before it, the
// option says so; a shop may also have given the cookie another name.
func ExampleWithTLSTerminated() {
	backend := customerstest.New(customerstest.WithProduction(), customerstest.WithSessionCookieName("shop.sid"))
	backend.AddCustomer(customerstest.Customer{Email: "alec@example.com", Password: "supersecret"})
	medusa := httptest.NewServer(backend) // such as http://medusa:9000

	c, err := customers.New(medusa.URL, customers.WithTLSTerminated(), customers.WithSessionCookieName("shop.sid"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Auth.Authenticate(context.Background(), "alec@example.com", "supersecret")
	fmt.Println(err, c.Session().LoggedIn())
	// Output: <nil> true
}

// A backend behind an internal address sets its session cookie for the public one.
func ExampleWithPublicURL() {
	medusa := customerstest.New()
	medusa.AddCustomer(customerstest.Customer{Email: "alec@example.com", Password: "supersecret"})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		medusa.ServeHTTP(publicDomain{w}, r)
	}))

	c, err := customers.New(proxy.URL, customers.WithPublicURL("https://shop.example.com"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Auth.Authenticate(context.Background(), "alec@example.com", "supersecret")
	fmt.Println(err, c.Session().LoggedIn())
	// Output: <nil> true
}

// publicDomain sets cookies for the public domain, as some proxies do.
type publicDomain struct{ http.ResponseWriter }

func (w publicDomain) WriteHeader(status int) {
	for i, line := range w.Header()["Set-Cookie"] {
		w.Header()["Set-Cookie"][i] = line + "; Domain=shop.example.com"
	}
	w.ResponseWriter.WriteHeader(status)
}

// A shop has given its customers a nickname. What a program knows about that is its own struct, beside the model.
func ExampleWithProperty() {
	ctx := context.Background()
	shop := httptest.NewServer(customerstest.New(customerstest.WithCustomerColumns("nickname"))) // stands for such a shop
	defer shop.Close()
	c, err := customers.New(shop.URL)
	if err != nil {
		log.Fatal(err)
	}
	var response customers.Response
	me, err := c.Create(ctx, customers.CreateRequest{Email: "ada@example.com", Password: "supersecret"},
		customers.WithProperty("nickname", "Countess"), customers.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	var own struct {
		Customer struct {
			Nickname *string `json:"nickname"`
		} `json:"customer"`
	}
	if err := json.Unmarshal(response.Body, &own); err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, customers.Deref(own.Customer.Nickname))
	// Output: ada@example.com Countess
}
