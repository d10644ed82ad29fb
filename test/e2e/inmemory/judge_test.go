package inmemory

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// change returns a gateway that changes responses.
func change(f func(r *http.Request, recorded *httptest.ResponseRecorder)) gateway {
	return func(backend http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorded := httptest.NewRecorder()
			backend.ServeHTTP(recorded, r)
			pass(w, recorded, func(http.Header) { f(r, recorded) })
		})
	}
}

// header returns a gateway that changes the headers of responses. It sees them before pass copies them.
func header(f func(h http.Header, status int)) gateway {
	return func(backend http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorded := httptest.NewRecorder()
			backend.ServeHTTP(recorded, r)
			pass(w, recorded, func(h http.Header) { f(h, recorded.Code) })
		})
	}
}

// text returns a gateway that changes the bodies of successes.
func text(f func(body string) string) gateway {
	return change(func(_ *http.Request, recorded *httptest.ResponseRecorder) {
		if recorded.Code == http.StatusOK {
			recorded.Body = bytes.NewBufferString(f(recorded.Body.String()))
		}
	})
}

// replaced returns a gateway that replaces what matches in the bodies of successes.
func replaced(pattern, by string) gateway {
	matched := regexp.MustCompile(pattern)
	return text(func(body string) string { return matched.ReplaceAllString(body, by) })
}

// lists returns a gateway that changes lists of orders.
func lists(f func(page map[string]any, orders []any)) gateway {
	return text(func(body string) string {
		var page map[string]any
		if json.Unmarshal([]byte(body), &page) != nil {
			return body
		}
		orders, ok := page["orders"].([]any)
		if !ok {
			return body
		}
		f(page, orders)
		changed, err := json.Marshal(page)
		if err != nil {
			panic(err)
		}
		return string(changed)
	})
}

// cookie returns a gateway that adds to the session cookie, after its Expires is replaced.
func cookie(expires, more string) gateway {
	matched := regexp.MustCompile(`Expires=[^;]*`)
	return header(func(h http.Header, _ int) {
		if line := h.Get("Set-Cookie"); line != "" {
			if expires != "" {
				line = matched.ReplaceAllString(line, expires)
			}
			h.Set("Set-Cookie", line+more)
		}
	})
}

// TestABackendIsJudgedAsTheClientDoes checks backends that differ in one point: whether it breaks the Go client, and what
// is said about it.
func TestABackendIsJudgedAsTheClientDoes(t *testing.T) {
	t.Parallel()
	forEmail := func(r *http.Request) bool { return strings.Contains(r.URL.Path, "@") }
	notFound := `{"type":"not_found","message":"Not Found"}`
	for _, test := range []struct {
		name    string
		through gateway
		options []customerstest.Option
		config  specdiff.Config
		breaks  bool
		says    string // of what is found, in the title or in what it means; "" if nothing is found
	}{
		{name: "customers without addresses", through: replaced(`"shipping_addresses":`, `"addresses":`), breaks: true, says: "customer.shipping_addresses: missing"},
		{name: "addresses are null", through: replaced(`"shipping_addresses":\[\]`, `"shipping_addresses":null`), breaks: true, says: "customer.shipping_addresses: missing"},
		{name: "a cookie of another host", through: cookie("", "; Domain=shop.example.com"), breaks: true, says: "customers.WithPublicURL"},
		{name: "a cookie of this host", through: cookie("", "; Domain=127.0.0.1"), says: "the session keeps the cookie"},
		{name: "a cookie of another path", through: cookie("", "; Path=/store/auth"), breaks: true, says: "customers.WithPublicURL"},
		{name: "a cookie of the API's path", through: cookie("", "; Path=/store"), says: "the session keeps the cookie"},
		{name: "a cookie of long ago", through: cookie("Expires=Thu, 01 Jan 2015 00:00:00 GMT", ""), breaks: true, says: "ErrNoSessionCookie"},
		{name: "a cookie that is deleted", through: cookie("", "; Max-Age=0"), breaks: true, says: "ErrNoSessionCookie"},
		{name: "a Secure cookie over http", through: cookie("", "; Secure"), breaks: true, says: "customers.WithTLSTerminated"},
		{name: "a cookie of production over http", through: cookie("", "; Secure; SameSite=None"), breaks: true, says: "customers.WithTLSTerminated"},
		{name: "production over http", through: direct, options: []customerstest.Option{customerstest.WithProduction()}, breaks: true, says: "customers.WithTLSTerminated"},
		{name: "production behind TLS", through: direct, options: []customerstest.Option{customerstest.WithProduction()}, config: specdiff.Config{Cookie: conform.Cookie{Secure: true}}},
		{name: "no asking for emails", through: page(404, "<html><pre>Cannot GET</pre></html>", forEmail), breaks: true, says: "no route for EmailExists"},
		{name: "no asking for emails, in JSON", through: page(404, notFound, forEmail), breaks: true, says: "EmailExists does not work: 404"},
		{name: "every email has an account", through: replaced(`"exists":false`, `"exists":true`), breaks: true, says: "exists is true for an email without an account"},
		{name: "no email has an account", through: replaced(`"exists":true`, `"exists":false`), breaks: true, says: "exists is false for an email with an account"},
		{name: "no body", through: replaced(`(?s)^\{"payment_methods.*`, ""), breaks: true, says: "an empty body"},
		{name: "what is before the JSON", through: replaced(`^\{"payment_methods`, `)]}',{"payment_methods`), breaks: true, says: "invalid character"},
		{name: "too large an integer", through: replaced(`"display_id":\d+`, `"display_id":1e25`), breaks: true, says: "64 bits"},
		{name: "an integer with an exponent", through: replaced(`"display_id":\d+`, `"display_id":1.25e3`), says: "the client reads it"},
		{name: "an integer with noise", through: replaced(`"display_id":\d+`, `"display_id":847.0000000000001`), says: "the client reads it"},
		{name: "a fraction", through: replaced(`"display_id":\d+`, `"display_id":8.5`), breaks: true, says: "number"},
		{name: "times with an offset", through: replaced(`("created_at":"[^"]*)Z"`, `$1+02:00"`), says: "the client reads it"},
		{name: "times in microseconds", through: replaced(`("created_at":"[^"]*)Z"`, `${1}456Z"`), says: "the client reads it"},
		{name: "times without a fraction", through: replaced(`("created_at":"[^"]*)\.\d+Z"`, `${1}Z"`), says: "the client reads it"},
		{name: "times without a zone", through: replaced(`("created_at":"[^"]*)Z"`, `$1"`), breaks: true, says: "another format"},
		{name: "a null that may be missing", through: replaced(`"item_tax_total":\d+`, `"item_tax_total":null`), says: "as if it was missing"},
		{name: "a null that may not", through: replaced(`"subtotal":\d+`, `"subtotal":null`), breaks: true, says: "Order has null"},
		{name: "one total is missing", through: replaced(`"paid_total":`, `"paid":`), breaks: true, says: "Order lacks 1 property: paid_total"},
		{name: "orders of a login", through: text(func(body string) string {
			if strings.HasPrefix(body, `{"orders":`) {
				return body
			}
			return regexp.MustCompile(`"cart_id":`).ReplaceAllString(body, `"cart":`)
		}), breaks: true, says: "without WithOrders nothing"},
		{name: "text", through: header(func(h http.Header, status int) {
			if status == http.StatusOK {
				h.Set("Content-Type", "text/plain")
			}
		}), says: "the client reads it"},
		{name: "no content type", through: header(func(h http.Header, _ int) { h.Del("Content-Type") }), says: "the client reads it"},
		{name: "a page", through: header(func(h http.Header, status int) {
			if status == http.StatusOK {
				h.Set("Content-Type", "text/html")
			}
		}), breaks: true, says: "ErrUnexpectedResponse"},
		{name: "403 for 401", through: change(func(_ *http.Request, recorded *httptest.ResponseRecorder) {
			if recorded.Code == http.StatusUnauthorized {
				recorded.Code = http.StatusForbidden
			}
		}), breaks: true, says: "not ErrUnauthenticated"},
		{name: "other errors", through: change(func(_ *http.Request, recorded *httptest.ResponseRecorder) {
			if recorded.Code == http.StatusBadRequest {
				recorded.Body = bytes.NewBufferString(strings.Replace(recorded.Body.String(), `"message":`, `"text":`, 1))
			}
		}), says: "less of a message"},
		{name: "a name with a blank", through: replaced(`"has_account":`, `"gift note":"x","has_account":`), says: "Customer has 1 property of the shop's own: gift note (string)"},
		{name: "the oldest first", through: lists(func(_ map[string]any, orders []any) { slices.Reverse(orders) }), breaks: true, says: "Client.Orders fails"},
		{name: "a cap", through: lists(func(page map[string]any, orders []any) { page["orders"] = orders[:min(2, len(orders))] }), breaks: true, says: "fewer orders than limit and count leave room for: 2 of 3"},
		{name: "a cap that is named", through: func(backend http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if query := r.URL.Query(); r.URL.Path == "/store/customers/me/orders" && (len(query.Get("limit")) > 1 || !query.Has("limit")) {
					query.Set("limit", "2")
					r.URL.RawQuery = query.Encode()
					r.RequestURI = r.URL.RequestURI()
				}
				backend.ServeHTTP(w, r)
			})
		}, breaks: true, says: "limit 2 where 100 was asked for"},
		{name: "too low a count", through: lists(func(page map[string]any, _ []any) { page["count"] = 2 }), breaks: true, says: "a count below the orders that came: 2 with 3"},
		{name: "the count of a page", through: lists(func(page map[string]any, orders []any) { page["count"] = len(orders) }), breaks: true, says: "a count below the orders that came before: 1 with 3"},
		{name: "an order that comes twice", through: lists(func(page map[string]any, orders []any) {
			if len(orders) > 1 {
				page["orders"] = append(orders, orders[0])
			}
		}), breaks: true, says: "an order that comes twice"},
		{name: "an update without effect", through: func(backend http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && r.URL.Path == "/store/customers/me" {
					_, _ = io.Copy(io.Discard, r.Body)
					r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
				}
				backend.ServeHTTP(w, r)
			})
		}, breaks: true, says: "UpdateCustomer: 200, and first_name is not what was sent"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, test.through, test.options...)
			test.config.Backend = s.url
			test.config.Setup.Customers = []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}
			r, err := specdiff.Run(t.Context(), test.config)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Standing() == report.Breaks; got != test.breaks {
				t.Errorf("it %s, want breaking to be %t\n%s", r.Standing(), test.breaks, textOf(t, r))
			}
			found := slices.IndexFunc(r.Differences(), func(d report.Difference) bool {
				return strings.Contains(d.Title+"\n"+d.Client, test.says) && d.Breaking == test.breaks
			})
			if found < 0 && test.says != "" || test.says == "" && len(r.Differences()) > 0 {
				t.Errorf("it does not say %q\n%s", test.says, textOf(t, r))
			}
		})
	}
}

// TestAReadOnlyRunSaysWhatItDidNotTry checks the last lines of a report, which must not read stronger than what was seen.
func TestAReadOnlyRunSaysWhatItDidNotTry(t *testing.T) {
	s := newShop(t, direct)
	config := specdiff.Config{Backend: s.url, ReadOnly: true}
	config.Setup.Customers = []specdiff.Customer{{Email: s.login.Email, Password: s.login.Password}}
	r, err := specdiff.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(textOf(t, r)), "\n")
	if last := lines[len(lines)-1]; last != "works, as far as a read-only run shows: 7 of 15 operations" {
		t.Errorf("the last line is %q", last)
	}
	if !slices.ContainsFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "not tried: ") && strings.Contains(line, "GetToken")
	}) {
		t.Errorf("it does not say that no token was asked for:\n%s", strings.Join(lines, "\n"))
	}
}
