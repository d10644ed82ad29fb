package specdiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

const (
	customersPath     = "/store/customers"
	mePath            = customersPath + "/me"
	ordersPath        = mePath + "/orders"
	methodsPath       = mePath + "/payment-methods"
	addressesPath     = mePath + "/addresses"
	passwordTokenPath = customersPath + "/password-token"
	authPath          = "/store/auth"
	tokenPath         = authPath + "/token"
)

// leastTampers is how many changes of responses are checked at least.
const leastTampers = 30

// tamper changes the first response that it can, and reports whether it could.
type tamper struct {
	name    string
	request string // "GET /store/auth"
	status  int
	change  func(a *rawResponse) bool
	want    string // the id of a point that is found; "" for a change that is none
}

// rawResponse is a response on the wire.
type rawResponse struct {
	method, path string
	status       int
	header       http.Header
	body         []byte
}

var tampers = []tamper{
	{"property added", "GET " + mePath, 200, setJSON("customer.nickname", "x"), "Customer.nickname#presence"},
	{"property dropped", "GET " + mePath, 200, dropJSON("customer.email"), "Customer.email#required"},
	{"property renamed", "GET " + mePath, 200, renameJSON("customer.first_name", "given_name"), "Customer.given_name#presence"},
	{"text became null", "GET " + mePath, 200, setJSON("customer.email", nil), "Customer.email#nullable"},
	{"boolean became text", "GET " + mePath, 200, setJSON("customer.has_account", "true"), "Customer.has_account#type"},
	{"text became a number", "GET " + mePath, 200, setJSON("customer.id", 1), "Customer.id#type"},
	{"time without milliseconds", "GET " + mePath, 200, setJSON("customer.created_at", "2026-01-02T03:04:05Z"), "Customer.created_at#format"},
	{"time of another zone", "GET " + mePath, 200, setJSON("customer.created_at", "2026-01-02T03:04:05.678+01:00"), "Customer.created_at#format"},
	{"time became a date", "GET " + mePath, 200, setJSON("customer.updated_at", "2026-01-02"), "Customer.updated_at#format"},
	{"list became an object", "GET " + mePath, 200, setJSON("customer.shipping_addresses", node{}), "Customer.shipping_addresses#type"},
	{"object became null", "GET " + mePath, 200, setJSON("customer", nil), "StoreCustomersRes.customer#nullable"},
	{"object became a list", "GET " + mePath, 200, setJSON("customer", []any{}), "Customer#type"},
	{"envelope renamed", "POST " + mePath, 200, renameJSON("customer", "me"), "StoreCustomersRes.customer#required"},
	{"address property dropped", "POST " + addressesPath, 200, dropJSON("customer.shipping_addresses.0.postal_code"), "Address.postal_code#required"},
	{"JSON cut off", "GET " + mePath, 200, newBody(`{"customer":`), "GET /store/customers/me 200#content-type"},
	{"body gone", "GET " + mePath, 200, newBody(""), "GET /store/customers/me 200#content-type"},
	{"content type changed", "GET " + authPath, 200, newHeader("Content-Type", "text/html"), "GET /store/auth 200#content-type"},
	{"content type gone", "GET " + authPath, 200, newHeader("Content-Type", ""), "GET /store/auth 200#content-type"},
	{"content type where there is none", "GET " + ordersPath, 401, newHeader("Content-Type", "text/plain"), "GET /store/customers/me/orders 401#content-type"},
	{"body gone where it has no content type", "GET " + ordersPath, 401, newBody(""), "GET /store/customers/me/orders 401#content-type"},
	{"status of a success", "GET " + mePath, 200, newStatus(202), "GET /store/customers/me 202#status"},
	{"status of a refusal", "GET " + mePath, 401, newStatus(403), "GET /store/customers/me 403#status"},
	{"status of a duplicate", "POST " + customersPath, 422, newStatus(409), "POST /store/customers 409#status"},
	{"status of what is too large", "POST " + authPath, 413, newStatus(503), "POST /store/auth 503#status"},
	{"success became a redirect", "GET " + methodsPath, 200, newStatus(302), "GET /store/customers/me/payment-methods 302#status"},
	{"no content became a body", "POST " + passwordTokenPath, 204, func(a *rawResponse) bool { return newStatus(200)(a) && newBody("OK")(a) }, "POST /store/customers/password-token 200#status"},
	{"refusal became a success", "POST " + passwordTokenPath, 400, func(a *rawResponse) bool {
		return newStatus(204)(a) && newHeader("Content-Type", "")(a) && newBody("")(a)
	}, "POST /store/customers/password-token body#content-type"},
	{"error without a message", "POST " + customersPath, 422, dropJSON("message"), "Error.message#required"},
	{"error with more", "POST " + addressesPath, 404, setJSON("stack", "at x"), "Error.stack#presence"},
	{"logout says something else", "DELETE " + authPath, 200, newBody("BYE"), "DELETE /store/auth 200 text/plain#enum"},
	{"boolean became a number", "GET " + authPath + "/", 200, setJSON("exists", 1), "StoreGetAuthEmailRes.exists#type"},
	{"token gone", "POST " + tokenPath, 200, dropJSON("access_token"), "StoreBearerAuthRes.access_token#required"},
	{"list became null", "GET " + methodsPath, 200, setJSON("payment_methods", nil), "StoreCustomersListPaymentMethodsRes.payment_methods#nullable"},
	{"cookie renamed", "POST " + customersPath, 200, editCookie("connect.sid=", "sid="), "Set-Cookie#cookie"},
	{"cookie for scripts", "POST " + customersPath, 200, editCookie("; HttpOnly", ""), "Set-Cookie#cookie"},
	{"cookie of another path", "POST " + customersPath, 200, editCookie("; Path=/", "; Path=/store"), "Set-Cookie#cookie"},
	{"cookie with Max-Age", "POST " + authPath, 200, editCookie("; Path=/", "; Path=/; Max-Age=60"), "Set-Cookie#cookie"},
	{"cookie that is Secure", "POST " + authPath, 200, editCookie("; HttpOnly", "; HttpOnly; Secure"), "Set-Cookie#cookie"},
	{"cookie that lives long", "POST " + authPath, 200, editCookie("Expires=", "Expires=Fri, 01 Jan 2100 00:00:00 GMT; X-Expires="), "Set-Cookie#cookie"},
	{"cookie where none comes", "DELETE " + authPath, 200, newHeader("Set-Cookie", "connect.sid=x; Path=/; HttpOnly"), "DELETE /store/auth 200#cookie"},
	{"unknown value of an enum", "GET " + ordersPath, 200, setJSON("orders.0.status", "lost"), "OrderStatus#enum"},
	{"fraction of an amount", "GET " + ordersPath, 200, setJSON("orders.0.total", 10.5), "Order.total#type"},
	{"number of more than 64 bits", "GET " + ordersPath, 200, setJSON("orders.0.display_id", json.Number("73786976294838206464")), "Order.display_id#bounds"},
	{"relation became null", "GET " + ordersPath, 200, setJSON("orders.0.region", nil), "Order.region#nullable"},
	{"relation became an id", "GET " + ordersPath, 200, setJSON("orders.0.region", "reg_1"), "Region#type"},
	{"relation dropped", "GET " + ordersPath, 200, dropJSON("orders.0.customer"), "Order.customer#required"},
	{"property deep inside added", "GET " + ordersPath, 200, setJSON("orders.0.payments.0.secret", "x"), "Payment.secret#presence"},
	{"property deep inside dropped", "GET " + ordersPath, 200, dropJSON("orders.0.items.0.unit_price"), "LineItem.unit_price#required"},
	{"element became null", "GET " + ordersPath, 200, setJSON("orders.0.items.0", nil), "Order.items[]#nullable"},
	{"count became text", "GET " + ordersPath, 200, setJSON("count", "1"), "StoreCustomersListOrdersRes.count#type"},

	{"metadata changed", "GET " + mePath, 200, setJSON("customer.metadata", node{"deep": node{"er": []any{nil, 1.5}}}), ""},
	{"a header added", "GET " + mePath, 200, newHeader("X-Served-By", "cache-1"), ""},
	{"another name", "GET " + mePath, 200, setJSON("customer.first_name", "Anna"), ""},
	{"another amount", "GET " + ordersPath, 200, setJSON("orders.0.total", 12345678), ""},
}

// TestEveryTamperedResponseIsFound checks that each single change of a response is found, and that there is no finding
// without a change or with a change that means nothing. The backend is asked once. Its responses are replayed behind a
// proxy, which makes one change at a time.
func TestEveryTamperedResponseIsFound(t *testing.T) {
	doc := load(t).contract
	login, err := shared.Customer("payments")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(backend string) map[string]bool {
		record, err := live.Run(t.Context(), live.Config{
			Backend: backend, Documents: []*openapi3.T{doc}, Logins: []live.Login{{Email: login.Email, Password: login.Password}}, NoProbes: true,
		})
		if err != nil {
			t.Error(err)
			return nil
		}
		all := map[string]bool{}
		for _, o := range live.Check(record, doc).Observations {
			if o.Relation == finding.Contradicts {
				all[o.ID()] = true
			}
		}
		return all
	}
	var responses []*rawResponse
	recording := tamperingProxy(t, shared.URL, func(a *rawResponse) { responses = append(responses, a) })
	if found := ask(recording.URL); len(found) > 0 {
		t.Errorf("without a change is found %v", found)
	}
	if found := ask(replay(t, responses).URL); len(found) > 0 {
		t.Errorf("in the same responses again is found %v", found)
	}
	found, changes := 0, 0
	var mu sync.Mutex
	t.Run("tampers", func(t *testing.T) {
		for _, test := range tampers {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				done := false
				tampering := tamperingProxy(t, replay(t, responses).URL, func(a *rawResponse) {
					method, path, _ := strings.Cut(test.request, " ")
					here := a.path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(a.path, path)
					if !done && here && a.method == method && a.status == test.status {
						done = test.change(a)
					}
				})
				got := ask(tampering.URL)
				switch {
				case !done:
					t.Error("nothing was changed")
				case test.want == "" && len(got) > 0:
					t.Errorf("found %q where nothing is wrong", slices.Sorted(maps.Keys(got)))
				case test.want != "" && !got[test.want]:
					t.Errorf("%s is not found, but %q", test.want, slices.Sorted(maps.Keys(got)))
				}
				mu.Lock()
				defer mu.Unlock()
				if test.want != "" {
					changes++
					if got[test.want] {
						found++
					}
				}
			})
		}
	})
	t.Logf("%d of %d single changes of responses are found; %d changes that mean nothing were made", found, changes, len(tampers)-changes)
	if changes < leastTampers {
		t.Errorf("there are %d, want at least %d", changes, leastTampers)
	}
}

// tamperingProxy starts a proxy of a backend. It calls see with every response, which see may change. Requests come one
// at a time.
func tamperingProxy(t *testing.T, backend string, see func(*rawResponse)) *httptest.Server {
	t.Helper()
	target, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	reverse := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(resp *http.Response) error {
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				return err
			}
			a := &rawResponse{resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, resp.Header, body}
			see(a)
			resp.StatusCode, resp.Body, resp.ContentLength = a.status, io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
			resp.Header.Set("Content-Length", strconv.Itoa(len(a.body)))
			if a.status == http.StatusNoContent || a.status == http.StatusNotModified {
				resp.Header.Del("Content-Length")
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil // or one would be guessed where the backend sends none
		reverse.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// replay starts a server that sends recorded responses again, in the same order.
func replay(t *testing.T, responses []*rawResponse) *httptest.Server {
	t.Helper()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if n == len(responses) || responses[n].method != r.Method {
			http.Error(w, "no such request was recorded", http.StatusBadGateway) // a change made the run take another way
			return
		}
		a := responses[n]
		n++
		maps.Copy(w.Header(), a.header)
		if a.header["Content-Type"] == nil {
			w.Header()["Content-Type"] = nil // or it would be guessed
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}))
	t.Cleanup(server.Close)
	return server
}

func newStatus(status int) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		a.status = status
		return true
	}
}

func newBody(text string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		a.body = []byte(text)
		return true
	}
}

func newHeader(name, value string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		a.header[name] = []string{value}
		if value == "" {
			a.header[name] = nil
		}
		return true
	}
}

func editCookie(old, replacement string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		line := a.header.Get("Set-Cookie")
		a.header.Set("Set-Cookie", strings.Replace(line, old, replacement, 1))
		return strings.Contains(line, old)
	}
}

func setJSON(path string, value any) func(*rawResponse) bool {
	return editJSON(path, func(o node, name string) bool {
		o[name] = value
		return true
	}, func(list []any, i int) { list[i] = value })
}

func dropJSON(path string) func(*rawResponse) bool {
	return editJSON(path, func(o node, name string) bool {
		_, had := o[name]
		delete(o, name)
		return had
	}, nil)
}

func renameJSON(path, name string) func(*rawResponse) bool {
	return editJSON(path, func(o node, old string) bool {
		_, had := o[old]
		o[name] = o[old]
		delete(o, old)
		return had
	}, nil)
}

// editJSON edits what is at the end of a path of names and indexes, if there is such a place.
func editJSON(path string, edit func(o node, name string) bool, element func(list []any, i int)) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		d := json.NewDecoder(bytes.NewReader(a.body))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return false
		}
		root := v
		names := strings.Split(path, ".")
		for i, name := range names {
			last := i == len(names)-1
			switch here := v.(type) {
			case node:
				if last && !edit(here, name) {
					return false
				}
				v = here[name]
			case []any:
				n, err := strconv.Atoi(name)
				if err != nil || n >= len(here) {
					return false
				}
				if last {
					element(here, n)
				}
				v = here[n]
			default:
				return false
			}
		}
		text, err := json.Marshal(root)
		if err != nil {
			panic(fmt.Sprint("it came from JSON: ", err))
		}
		a.body = text
		return true
	}
}
