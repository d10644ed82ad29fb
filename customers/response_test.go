package customers

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

func TestResponsesThatAreNotTheAPIs(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	for name, h := range map[string]http.HandlerFunc{
		"page":                     respondWith(200, "text/html; charset=utf-8", "<html>hush</html>"),
		"large page":               respondWith(200, "text/html", big),
		"empty":                    respondWith(200, "", ""),
		"empty JSON":               respondWith(200, "application/json", ""),
		"object without the model": respondWith(200, "application/json", "{}"),
		"foreign JSON":             respondWith(200, "application/json", `{"status":"ok"}`),
		"model without an id":      respondWith(200, "application/json", `{"customer":{}}`),
		"null":                     respondWith(200, "application/json", "null"),
		"null model":               respondWith(200, "application/json", `{"customer":null}`),
		"array":                    respondWith(200, "application/json", "[]"),
		"truncated":                respondWith(200, "application/json", customerJSON[:20]),
		"wrong type":               respondWith(200, "application/json", `{"customer":{"id":7}}`),
		"two documents":            respondWith(200, "application/json", customerJSON+customerJSON),
		"JSON as a page":           respondWith(200, "text/html", customerJSON),
		"foreign JSON as text":     respondWith(200, "text/plain", `{"status":"ok"}`),
		"no content":               respondWith(204, "", ""),
		"created":                  respondWith(201, "application/json", customerJSON),
		"partial":                  respondWith(206, "application/json", customerJSON),
	} {
		f := serve(t, h)
		err := retrieve(t.Context(), f.loggedIn(t))
		e := wantError(t, err, ErrUnexpectedResponse)
		if e.StatusCode/100 != 2 || e.Operation != "RetrieveCustomer" || e.Body() != nil || strings.Contains(e.Error(), "hush") {
			t.Errorf("%s: error %q, status %d, body %q", name, e, e.StatusCode, e.Body())
		}
		if f.count() != 1 {
			t.Errorf("%s: %d requests", name, f.count())
		}
	}
}

func only(_ *Customer, err error) error { return err }

// A list that did not come would look like an empty one, and the address that was added like one that was not.
func TestAListThatIsMissingIsAnError(t *testing.T) {
	for name, call := range map[string]func(c *Client) error{
		"Retrieve": func(c *Client) error { return only(c.Retrieve(t.Context())) },
		"Update":   func(c *Client) error { return only(c.Update(t.Context(), UpdateRequest{Phone: Value("1")})) },
		"Add": func(c *Client) error {
			return only(c.Addresses.Add(t.Context(), AddAddressRequest{FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"}))
		},
		"Delete":       func(c *Client) error { return only(c.Addresses.Delete(t.Context(), "addr_1")) },
		"GetSession":   func(c *Client) error { return only(c.Auth.GetSession(t.Context())) },
		"Authenticate": func(c *Client) error { return only(c.Auth.Authenticate(t.Context(), testEmail, testPassword)) },
		"Create": func(c *Client) error {
			return only(c.Create(t.Context(), CreateRequest{Email: testEmail, Password: testPassword}))
		},
	} {
		for _, body := range []string{strings.Replace(customerJSON, `"shipping_addresses":[]`, `"x":[]`, 1), strings.Replace(customerJSON, `"shipping_addresses":[]`, `"shipping_addresses":null`, 1)} {
			err := call(serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Set-Cookie", "connect.sid=s1; Path=/")
				respondJSON(w, 200, body)
			}).loggedIn(t))
			e := wantError(t, err, ErrUnexpectedResponse)
			if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Path != "customer.shipping_addresses" || odd.Reason != "missing" {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
	for _, body := range []string{customerJSON, strings.Replace(customerJSON, "{", `{"orders":null,`, 1)} {
		_, err := serve(t, respondWith(200, "application/json", body)).loggedIn(t).Auth.GetSession(t.Context(), WithOrders())
		e := wantError(t, err, ErrUnexpectedResponse)
		if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Path != "customer.orders" {
			t.Errorf("orders: %v", e)
		}
	}
	without := strings.Replace(customerJSON, `"shipping_addresses":[]`, `"x":[]`, 1)
	_, err := serve(t, respondWith(200, "application/json", without)).loggedIn(t).ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: testPassword})
	wantOK(t, err) // as the backend sends it
}

func TestJSONIsKnownByItsType(t *testing.T) {
	for _, contentType := range []string{
		"application/json", "Application/JSON; charset=UTF-8", "application/problem+json", "application/json;", "application/json, application/json",
		"application/json; charset=utf-8, application/json", "text/json", "text/x-json", "application/x-json", "", "text/plain; charset=utf-8",
		"application/octet-stream", "application/javascript", "application/json; charset=klingon", "application/json; charset", "json", ";", "*/*",
		"application/json; charset=utf-8; charset=utf-16",
	} {
		wantOK(t, retrieve(t.Context(), serve(t, respondWith(200, contentType, customerJSON)).loggedIn(t)))
	}
}

func TestUnknownPropertiesAndEnumsAreNoError(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", strings.Replace(pageBody(1, `{"id":"o","created_at":"2024-01-02T03:04:05.678Z","status":"frozen","more":{"a":[]}}`), "{", `{"new":1,`, 1)))
	page, err := f.loggedIn(t).ListOrders(t.Context(), nil)
	wantOK(t, err)
	if page.Orders[0].Status != "frozen" {
		t.Errorf("status %q", page.Orders[0].Status)
	}
}

func TestOperationsWithoutAJSONResponse(t *testing.T) {
	for _, test := range []struct {
		name              string
		status            int
		contentType, body string
		token, logout     bool // which of the two operations succeed
	}{
		{"204", 204, "", "", true, true},
		{"200 OK text", 200, "text/plain; charset=utf-8", "OK", false, true},
		{"200 page", 200, "text/html", "<html>", false, true},
		{"200 JSON", 200, "application/json", "{}", false, true},
		{"200 empty", 200, "", "", false, true},
		{"202 text", 202, "text/plain", "OK", false, true},
		{"301", 301, "", "", false, false},
		{"404 page", 404, "text/html", "<html>", false, false},
	} {
		f := serve(t, respondWith(test.status, test.contentType, test.body))
		if err := f.client(t).GeneratePasswordToken(t.Context(), testEmail); (err == nil) != test.token {
			t.Errorf("%s: GeneratePasswordToken: %v", test.name, err)
		}
		if err := f.loggedIn(t).Auth.DeleteSession(t.Context()); (err == nil) != test.logout {
			t.Errorf("%s: DeleteSession: %v", test.name, err)
		}
	}
}

func TestACustomerWithoutWhatTheContractPromisesIsAnError(t *testing.T) {
	for _, name := range []string{"id", "has_account", "created_at", "metadata"} {
		body := strings.Replace(customerJSON, `"`+name+`":`, `"other":`, 1)
		err := retrieve(t.Context(), serve(t, respondWith(200, "application/json", body)).loggedIn(t))
		if odd, ok := errors.AsType[*DecodeError](err); !ok || odd.Path != "customer."+name || odd.Reason != "missing" || !errors.Is(err, ErrUnexpectedResponse) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestErrorsDoNotGrowWithTheResponse(t *testing.T) {
	huge := strings.Repeat("7", 4<<20)
	for _, body := range []string{
		customerBody(`{"id":` + huge + `}`), customerBody(`{"id":"` + huge + `","has_account":"` + huge + `"}`), pageBody(1, `{"id":"`+huge+`","total":`+huge+`}`),
	} {
		c := serve(t, respondWith(200, "application/json", body)).loggedIn(t)
		began := time.Now()
		_, err := c.ListOrders(t.Context(), nil)
		if strings.HasPrefix(body, `{"customer"`) {
			err = retrieve(t.Context(), c)
		}
		wantIs(t, err, ErrUnexpectedResponse)
		if took := time.Since(began); len(err.Error()) > 400 || took > 5*time.Second {
			t.Errorf("an error of %d bytes after %v", len(err.Error()), took)
		}
	}
}

func TestErrorsDoNotGrowWithTheBackendsText(t *testing.T) {
	huge := strings.Repeat("é@example.com ", 1<<17)
	f := serve(t, respondWith(500, "application/json", `{"type":"`+huge+`","code":"`+huge+`","message":"`+huge+`"}`))
	e := wantError(t, retrieve(t.Context(), f.loggedIn(t)), ErrInternal)
	if len(e.Error()) > 1000 || len(e.Type)+len(e.Code)+len(e.Message) > 2000 || strings.Contains(e.Error(), "example") {
		t.Errorf("an error of %d bytes", len(e.Error()))
	}
}

func TestACanceledContextEndsDecoding(t *testing.T) {
	body := pageBody(1, `{"id":"order_1","created_at":"2024-01-02T03:04:05.678Z","metadata":[`+strings.Repeat("0,", 8<<20)+`0]}`)
	r := &response{op: OperationListOrders, status: 200, body: []byte(body)}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	_, err := decode(ctx, r, api.DecodeOrderPage, api.DecodeOptions{})
	if late := time.Since(deadline(ctx)); !errors.Is(err, context.DeadlineExceeded) || late > time.Second {
		t.Errorf("%v, %v after the deadline", err, late)
	}
}

func deadline(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}
