package customerstest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// login returns a handler of a storefront, which logs the browser in and greets the customer.
func login(shop *customers.Client) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := customers.SessionFromRequest(r, customers.BrowserCookie{})
		me, err := shop.WithSession(s).Auth.Authenticate(r.Context(), r.FormValue("email"), r.FormValue("password"), customers.WithOrders())
		switch {
		case errors.Is(err, customers.ErrInvalidCredentials):
			http.Error(w, "Wrong email or password", http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "Try again later", http.StatusServiceUnavailable)
		default:
			s.Relay(w)
			fmt.Fprintf(w, "Hello, %s. Your orders: %d\n", me.Email, len(me.Orders))
		}
	})
}

// The handler of a storefront is tested with the right password, a wrong one and a backend that fails.
func Example() {
	backend := customerstest.New() // in a test: srv := customerstest.NewServer(t)
	srv := httptest.NewServer(backend)
	defer srv.Close()
	ada := backend.AddCustomer(customerstest.Customer{FirstName: "Ada"})
	backend.AddOrder(ada.ID, customerstest.Order{})

	shop, err := customers.New(srv.URL, customers.WithoutSession())
	if err != nil {
		fmt.Println(err)
		return
	}
	try := func(password string) {
		form := url.Values{"email": {ada.Email}, "password": {password}}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/login", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		login(shop).ServeHTTP(w, r)
		fmt.Printf("%d, %d cookies: %s", w.Code, len(w.Result().Cookies()), w.Body)
	}
	try(customerstest.DefaultPassword)
	try("wrong")
	backend.Inject(customerstest.Fault{Status: http.StatusBadGateway})
	try(customerstest.DefaultPassword)
	// Output:
	// 200, 1 cookies: Hello, customer-1@example.com. Your orders: 1
	// 401, 0 cookies: Wrong email or password
	// 503, 0 cookies: Try again later
}

// start returns a backend, a client and the function that stops them. In a test NewServer does that.
func start() (*customerstest.Backend, *customers.Client, func()) {
	backend := customerstest.New()
	srv := httptest.NewServer(backend)
	c, err := customers.New(srv.URL)
	if err != nil {
		panic(err)
	}
	return backend, c, srv.Close
}

// A test takes the token that a shop would mail.
func ExampleBackend_PasswordTokens() {
	backend, c, stop := start()
	defer stop()
	ada := backend.AddCustomer(customerstest.Customer{})
	if err := c.GeneratePasswordToken(ctx, ada.Email); err != nil {
		fmt.Println(err)
		return
	}
	tokens := backend.PasswordTokens(ada.Email)
	_, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: ada.Email, Token: tokens[0], Password: "new"})
	fmt.Println(len(tokens), err)
	// Output: 1 <nil>
}

// Requests print without secrets.
func ExampleBackend_Requests() {
	backend, c, stop := start()
	defer stop()
	_, err := c.Create(ctx, customers.CreateRequest{FirstName: "Ada", Email: "ada@example.com", Password: "supersecret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range backend.Requests() {
		fmt.Println(r)
		fmt.Println(len(r.Header().Values("Cookie")), "cookies,", len(r.Body()), "bytes")
	}
	// Output:
	// POST /store/customers (CreateCustomer) {"email":"[redacted]","first_name":"Ada","password":"[redacted]"}
	// 0 cookies, 71 bytes
}

// A read is tried again. A POST is not, because its response may be what was lost.
func ExampleBackend_Inject() {
	backend, c, stop := start()
	defer stop()
	busy := customerstest.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"0"}}}
	backend.Inject(busy)
	exists, err := c.Auth.Exists(ctx, "ada@example.com")
	fmt.Println(exists, err)

	backend.Inject(customerstest.Fault{Operation: "CreateCustomer", Reset: true, CarriedOut: true})
	_, err = c.Create(ctx, customers.CreateRequest{Email: "ada@example.com", Password: "supersecret"})
	fmt.Println(errors.Is(err, customers.ErrUnavailable))
	exists, err = c.Auth.Exists(ctx, "ada@example.com")
	fmt.Println(exists, err, len(backend.Requests()), "requests")
	// Output:
	// false <nil>
	// true
	// true <nil> 4 requests
}

// Two updates overlap: the first one sent is carried out last.
func ExampleBackend_Hold() {
	backend, c, stop := start()
	defer stop()
	if _, err := c.Create(ctx, customers.CreateRequest{Email: "ada@example.com", Password: "supersecret"}); err != nil {
		fmt.Println(err)
		return
	}
	update := func(name string) error {
		_, err := c.Update(ctx, customers.UpdateRequest{FirstName: customers.Value(name)})
		return err
	}
	held := backend.Hold(customerstest.Fault{Operation: customers.OperationUpdateCustomer})
	first := make(chan error)
	go func() { first <- update("first") }()
	held.Wait()
	fmt.Println(update("second"))
	held.Release()
	fmt.Println(<-first)
	me, err := c.Retrieve(ctx)
	if err != nil || me.FirstName == nil {
		fmt.Println("no name", err)
		return
	}
	fmt.Println(*me.FirstName)
	// Output:
	// <nil>
	// <nil>
	// first
}

// A session expires without a wait.
func ExampleBackend_Advance() {
	backend, c, stop := start()
	defer stop()
	ada := backend.AddCustomer(customerstest.Customer{})
	if _, err := c.Auth.Authenticate(ctx, ada.Email, customerstest.DefaultPassword); err != nil {
		fmt.Println(err)
		return
	}
	backend.Advance(11 * time.Hour)
	_, err := c.Retrieve(ctx)
	fmt.Println(errors.Is(err, customers.ErrUnauthenticated))
	// Output: true
}

// In production the backend sends the cookie over https only. Where TLS ends before the backend, the client needs an option.
func ExampleWithProduction() {
	backend := customerstest.New(customerstest.WithProduction())
	ada := backend.AddCustomer(customerstest.Customer{})
	direct := httptest.NewTLSServer(backend)
	defer direct.Close()
	inside := httptest.NewServer(backend)
	defer inside.Close()

	login := func(url string, opts ...customers.Option) error {
		c, err := customers.New(url, opts...)
		if err != nil {
			return err
		}
		_, err = c.Auth.Authenticate(ctx, ada.Email, customerstest.DefaultPassword)
		return err
	}
	fmt.Println(login(direct.URL, customers.WithHTTPClient(direct.Client())))
	fmt.Println(login(inside.URL, customers.WithTLSTerminated()))
	fmt.Println(errors.Is(login(inside.URL), customers.ErrNoSessionCookie))
	// Output:
	// <nil>
	// <nil>
	// true
}
