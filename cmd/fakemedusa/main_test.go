package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// start runs the command until the test ends. It returns the URL and stderr.
func start(t *testing.T, args ...string) (url string, stderr *bufio.Reader) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	outReader, stdout := io.Pipe()
	errReader, errWriter := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-addr", ":0"}, args...), stdout, errWriter)
		_, _ = stdout.CloseWithError(err), errWriter.CloseWithError(err)
		done <- err
	}()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Error("ended with", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("did not end")
		}
	})
	out := bufio.NewReader(outReader)
	line, err := out.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "Serving ")
	if err != nil || !ok {
		t.Fatalf("%q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return url, bufio.NewReader(errReader)
}

func TestSampleIsServed(t *testing.T) {
	url, _ := start(t)
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("it listens on %s, not on the loopback interface", url)
	}
	c, err := customers.New(url)
	if err != nil {
		t.Fatal(err)
	}
	me, err := c.Auth.Authenticate(t.Context(), "ada@example.com", "supersecret")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.ListOrders(t.Context(), nil)
	if err != nil || page.Count != 4 || len(me.ShippingAddresses) != 2 {
		t.Errorf("%+v %v, addresses %v", page, err, me.ShippingAddresses)
	}
	refunded, err := c.ListOrders(t.Context(), &customers.ListOrdersParams{PaymentStatus: []api.PaymentStatus{api.PaymentStatusPartiallyRefunded}})
	if err != nil || refunded.Count != 0 { // its status was given as captured
		t.Errorf("%+v %v", refunded, err)
	}
	if methods, err := c.PaymentMethods.List(t.Context()); err != nil || len(methods) != 1 {
		t.Errorf("%+v %v", methods, err)
	}
}

func TestTokensThatWouldBeMailedArePrinted(t *testing.T) {
	url, stderr := start(t)
	c, err := customers.New(url)
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"first", "second"} {
		asked := make(chan error, 1)
		go func() { asked <- c.GeneratePasswordToken(t.Context(), "ada@example.com") }()
		line, err := stderr.ReadString('\n')
		if err := <-asked; err != nil {
			t.Fatal(err)
		}
		token, ok := strings.CutPrefix(strings.TrimSpace(line), "Password token for ada@example.com: ")
		if err != nil || !ok {
			t.Fatalf("%q %v", line, err)
		}
		if _, err := c.ResetPassword(t.Context(), customers.ResetPasswordRequest{Email: "ada@example.com", Token: token, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFrontEndsMayCall(t *testing.T) {
	url, _ := start(t, "-cors", "http://localhost:3000,http://localhost:4000")
	for origin, want := range map[string]string{
		"http://localhost:4000": "http://localhost:4000", "http://evil.example.com": "",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/store/auth/ada@example.com", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed is %q", origin, got)
		}
	}
}

func TestErrorsNameTheArgument(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(bad, []byte(`{"customers": [{"emial": "x"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"-addr nowhere":      "-addr: ",
		"-addr 256.0.0.1:0":  "256.0.0.1",
		"-seed missing.json": "missing.json",
		"-seed " + bad:       `seed.json: line 1: customers[0]: json: unknown field "emial"`,
		"somewhere":          `unexpected argument "somewhere"`,
		"-cors x -what":      "-what",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

func TestSeedErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "line 1: unexpected end of JSON input",
		"[]":                                     "line 1: it has to be an object",
		"{\n\"customer\": []}":                   `line 2: unknown field "customer": there is only customers`,
		"{\"customers\":\n{}}":                   "line 2: customers has to be a list",
		"{\"customers\": [\n{},\n{,}]}":          "line 3: invalid character",
		"{\"customers\": [\n{}":                  "line 2: unexpected end of JSON input",
		"{}\n{}":                                 "line 2: invalid character",
		"{\"customers\": [{},\n{\"email\": 3}]}": "line 2: customers[1]: json: cannot unmarshal number into Go struct field seedCustomer.email",
		"{\"customers\": [{\n\"orders\": [\n{\"total\": 3}]}]}":                              `line 3: customers[0]: json: unknown field "total"`,
		"{\"customers\": [{\n\"orders\": [\n{\"lines\": [{\n\"quantity\": \"x\"}]}]}]}":      "line 4: customers[0]: json: cannot unmarshal string",
		"{\"customers\": [{\n\"orders\": [\n{\"created_at\": \"yesterday\"}]}]}":             "line 3: customers[0]: parsing time",
		"{\"customers\": [{\n\"orders\": [{},\n{\"status\": \"lost\"}]}]}":                   `line 3: customers[0]: orders[1].status: there is no "lost"`,
		"{\"customers\": [{\"orders\": [{\"payment_status\": \"lost\"}]}]}":                  "payment_status",
		"{\"customers\": [{\"orders\": [{\"discount\": {\"type\": \"half\"}}]}]}":            `orders[0].discount.type: there is no "half"`,
		"{\"customers\": [{\"orders\": [{\"lines\": [{\"quantity\": -1}]}]}]}":               "orders[0].lines[0].quantity is negative",
		"{\"customers\": [{\"email\": \"a@example.com\"},\n{\"email\": \"A@example.com\"}]}": "line 2: customers[1]: AddCustomer: there is such a customer",
		"{\"customers\": [{\"addresses\": [{\"country_code\": \"xx\"}]}]}":                   "customers[0]: AddCustomer: ",
	} {
		if _, err := seed(customerstest.New(), []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestEverythingInASeedMayBeLeftOut(t *testing.T) {
	for text, want := range map[string]int{`{}`: 0, `{"customers": []}`: 0, `{"customers": [{}, {"orders": [{}]}, {"guest": true}]}`: 2} {
		logins, err := seed(customerstest.New(), []byte(text))
		if err != nil || len(logins) != want {
			t.Errorf("%s: %v %v", text, logins, err)
		}
	}
}

// A body that never ends costs neither memory nor the end of the command.
func TestLargeBodyIsBounded(t *testing.T) {
	url, _ := start(t)
	const size = 50 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, path := range []string{"/store/auth", "/store/customers/password-token"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+path, io.LimitReader(endless{}, size))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if resp, err := http.DefaultClient.Do(req); err == nil { // or the connection is closed before all is sent
			if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > size/5 {
		t.Errorf("%d bytes were allocated", grown)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
