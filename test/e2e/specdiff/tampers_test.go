package specdiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
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
const leastTampers = 80

// tamper changes the first response that it can, and reports whether it could.
type tamper struct {
	name    string
	request string // "GET /store/auth"
	step    string // of the run; "" for the first that is no probe
	status  int
	change  func(a *rawResponse) bool
	want    string // the id of a point that is found; "" for a change that is none
}

// rawResponse is a response on the wire.
type rawResponse struct {
	method, path string
	query        string
	status       int
	header       http.Header
	body         []byte
}

var tampers = []tamper{
	{name: "property added", request: "GET " + mePath, status: 200, change: setJSON("customer.nickname", "x"), want: "Customer.nickname#presence"},
	{name: "property dropped", request: "GET " + mePath, status: 200, change: dropJSON("customer.email"), want: "Customer.email#required"},
	{name: "property renamed", request: "GET " + mePath, status: 200, change: renameJSON("customer.first_name", "given_name"), want: "Customer.given_name#presence"},
	{name: "text became null", request: "GET " + mePath, status: 200, change: setJSON("customer.email", nil), want: "Customer.email#nullable"},
	{name: "boolean became text", request: "GET " + mePath, status: 200, change: setJSON("customer.has_account", "true"), want: "Customer.has_account#type"},
	{name: "text became a number", request: "GET " + mePath, status: 200, change: setJSON("customer.id", 1), want: "Customer.id#type"},
	{name: "time without milliseconds", request: "GET " + mePath, status: 200, change: setJSON("customer.created_at", "2026-01-02T03:04:05Z"), want: "Customer.created_at#format"},
	{name: "time of another zone", request: "GET " + mePath, status: 200, change: setJSON("customer.created_at", "2026-01-02T03:04:05.678+01:00"), want: "Customer.created_at#format"},
	{name: "time became a date", request: "GET " + mePath, status: 200, change: setJSON("customer.updated_at", "2026-01-02"), want: "Customer.updated_at#format"},
	{name: "list became an object", request: "GET " + mePath, status: 200, change: setJSON("customer.shipping_addresses", node{}), want: "Customer.shipping_addresses#type"},
	{name: "object became null", request: "GET " + mePath, status: 200, change: setJSON("customer", nil), want: "StoreCustomersRes.customer#nullable"},
	{name: "object became a list", request: "GET " + mePath, status: 200, change: setJSON("customer", []any{}), want: "Customer#type"},
	{name: "envelope renamed", request: "POST " + mePath, status: 200, change: renameJSON("customer", "me"), want: "StoreCustomersRes.customer#required"},
	{name: "address property dropped", request: "POST " + addressesPath, status: 200, change: dropJSON("customer.shipping_addresses.0.postal_code"), want: "Address.postal_code#required"},
	{name: "JSON cut off", request: "GET " + mePath, status: 200, change: newBody(`{"customer":`), want: "GET /store/customers/me 200#content-type"},
	{name: "body gone", request: "GET " + mePath, status: 200, change: newBody(""), want: "GET /store/customers/me 200#content-type"},
	{name: "content type changed", request: "GET " + authPath, status: 200, change: newHeader("Content-Type", "text/html"), want: "GET /store/auth 200#content-type"},
	{name: "content type gone", request: "GET " + authPath, status: 200, change: newHeader("Content-Type", ""), want: "GET /store/auth 200#content-type"},
	{name: "content type where there is none", request: "GET " + ordersPath, status: 401, change: newHeader("Content-Type", "text/plain"), want: "GET /store/customers/me/orders 401#content-type"},
	{name: "body gone where it has no content type", request: "GET " + ordersPath, status: 401, change: newBody(""), want: "GET /store/customers/me/orders 401#content-type"},
	{name: "status of a success", request: "GET " + mePath, status: 200, change: newStatus(202), want: "GET /store/customers/me 202#status"},
	{name: "status of a refusal", request: "GET " + mePath, status: 401, change: newStatus(403), want: "GET /store/customers/me 403#status"},
	{name: "status of a duplicate", request: "POST " + customersPath, status: 422, change: newStatus(409), want: "POST /store/customers 409#status"},
	{name: "status of what is too large", request: "POST " + authPath, status: 413, change: newStatus(503), want: "POST /store/auth 503#status"},
	{name: "success became a redirect", request: "GET " + methodsPath, status: 200, change: newStatus(302), want: "GET /store/customers/me/payment-methods 302#status"},
	{name: "no content became a body", request: "POST " + passwordTokenPath, status: 204, change: func(a *rawResponse) bool { return newStatus(200)(a) && newBody("OK")(a) }, want: "POST /store/customers/password-token 200#status"},
	{name: "refusal became a success", request: "POST " + passwordTokenPath, status: 400, change: func(a *rawResponse) bool {
		return newStatus(204)(a) && newHeader("Content-Type", "")(a) && newBody("")(a)
	}, want: "POST /store/customers/password-token body#content-type"},
	{name: "error without a message", request: "POST " + customersPath, status: 422, change: dropJSON("message"), want: "Error.message#required"},
	{name: "error with more", request: "POST " + addressesPath, status: 404, change: setJSON("stack", "at x"), want: "Error.stack#presence"},
	{name: "logout says something else", request: "DELETE " + authPath, status: 200, change: newBody("BYE"), want: "DELETE /store/auth 200 text/plain#enum"},
	{name: "boolean became a number", request: "GET " + authPath + "/", status: 200, change: setJSON("exists", 1), want: "StoreGetAuthEmailRes.exists#type"},
	{name: "token gone", request: "POST " + tokenPath, status: 200, change: dropJSON("access_token"), want: "StoreBearerAuthRes.access_token#required"},
	{name: "list became null", request: "GET " + methodsPath, status: 200, change: setJSON("payment_methods", nil), want: "StoreCustomersListPaymentMethodsRes.payment_methods#nullable"},
	{name: "cookie renamed", request: "POST " + customersPath, status: 200, change: editCookie("connect.sid=", "sid="), want: "Set-Cookie#cookie"},
	{name: "cookie for scripts", request: "POST " + customersPath, status: 200, change: editCookie("; HttpOnly", ""), want: "Set-Cookie#cookie"},
	{name: "cookie of another path", request: "POST " + customersPath, status: 200, change: editCookie("; Path=/", "; Path=/store"), want: "Set-Cookie#cookie"},
	{name: "cookie with Max-Age", request: "POST " + authPath, status: 200, change: editCookie("; Path=/", "; Path=/; Max-Age=60"), want: "Set-Cookie#cookie"},
	{name: "cookie that is Secure", request: "POST " + authPath, status: 200, change: editCookie("; HttpOnly", "; HttpOnly; Secure"), want: "Set-Cookie#cookie"},
	{name: "cookie that lives long", request: "POST " + authPath, status: 200, change: editCookie("Expires=", "Expires=Fri, 01 Jan 2100 00:00:00 GMT; X-Expires="), want: "Set-Cookie#cookie"},
	{name: "cookie where none comes", request: "DELETE " + authPath, status: 200, change: newHeader("Set-Cookie", "connect.sid=x; Path=/; HttpOnly"), want: "DELETE /store/auth 200#cookie"},
	{name: "unknown value of an enum", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.status", "lost"), want: "OrderStatus#enum"},
	{name: "fraction of an amount", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.total", 10.5), want: "Order.total#type"},
	{name: "number of more than 64 bits", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.display_id", json.Number("73786976294838206464")), want: "Order.display_id#bounds"},
	{name: "relation became null", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.region", nil), want: "Order.region#nullable"},
	{name: "relation became an id", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.region", "reg_1"), want: "Region#type"},
	{name: "relation dropped", request: "GET " + ordersPath, status: 200, change: dropJSON("orders.0.customer"), want: "Order.customer#required"},
	{name: "property deep inside added", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.payments.0.secret", "x"), want: "Payment.secret#presence"},
	{name: "property deep inside dropped", request: "GET " + ordersPath, status: 200, change: dropJSON("orders.0.items.0.unit_price"), want: "LineItem.unit_price#required"},
	{name: "element became null", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.items.0", nil), want: "Order.items[]#nullable"},
	{name: "count became text", request: "GET " + ordersPath, status: 200, change: setJSON("count", "1"), want: "StoreCustomersListOrdersRes.count#type"},

	{name: "metadata changed", request: "GET " + mePath, status: 200, change: setJSON("customer.metadata", node{"deep": node{"er": []any{nil, 1.5}}}), want: ""},
	{name: "a header added", request: "GET " + mePath, status: 200, change: newHeader("X-Served-By", "cache-1"), want: ""},
	{name: "another name", request: "GET " + mePath, status: 200, change: setJSON("customer.first_name", "Anna"), want: ""},
	{name: "another amount", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.total", 12345678), want: ""},
}

// TestEveryTamperedResponseIsFound scores changes of single responses in the record, which have to be found at the points
// that are named, and changes that mean nothing, at which nothing may be found.
func TestEveryTamperedResponseIsFound(t *testing.T) {
	f := load(t)
	ask := func(record *live.Record) map[string]bool {
		all := map[string]bool{}
		for _, o := range live.Check(record, f.contract).Observations {
			if o.Relation != finding.Supports {
				all[o.ID()] = true
			}
		}
		return all
	}
	before := ask(f.record)
	all := slices.DeleteFunc(slices.Concat(tampers, deepTampers(), behaviours, misleading, everyResponse(f.record)), func(x tamper) bool { return left(x.name) })
	outcomes := judged(all, func(x tamper) string {
		i, changed := x.apply(f.record)
		if changed == nil {
			return "nothing was changed"
		}
		got := ask(f.record.Replace(i, changed))
		maps.DeleteFunc(got, func(id string, _ bool) bool { return before[id] })
		switch {
		case x.want == "" && len(got) > 0:
			return fmt.Sprintf("found %q where nothing is wrong", slices.Sorted(maps.Keys(got)))
		case x.want != "" && !got[x.want] && (x.want != anything || len(got) == 0):
			return fmt.Sprintf("%s is not found, but %q", x.want, slices.Sorted(maps.Keys(got)))
		}
		return ""
	})
	s := score{}
	wrong := 0
	for i, x := range all {
		kind, _, _ := strings.Cut(x.name, ":")
		if x.want == "" {
			kind = "nothing: " + kind
		} else {
			wrong++
		}
		if s.add(kind, outcomes[i] == "", false); outcomes[i] != "" {
			t.Errorf("%s at %s %d: %s", x.name, x.request, x.status, outcomes[i])
		}
	}
	s.log(t, wrong, "changes of single responses are found")
	if *only == "" && wrong < leastTampers {
		t.Errorf("there are %d, want at least %d", wrong, leastTampers)
	}
}

// anything is the point of a change that may be found in several ways.
const anything = "anything"

// apply returns the exchange that was changed and its place in the record; nil for none.
func (x tamper) apply(record *live.Record) (int, *conform.Exchange) {
	method, path, _ := strings.Cut(x.request, " ")
	for i, e := range record.Exchanges {
		at, query, _ := strings.Cut(e.URL, "?")
		here := at == path || strings.HasSuffix(path, "/") && strings.HasPrefix(at, path)
		if !here || e.Method != method || e.Status != x.status || x.step != "" && e.Step != x.step || x.step == "" && e.Probe != nil {
			continue
		}
		a := &rawResponse{e.Method, at, query, e.Status, e.ResponseHeader.Clone(), slices.Clone(e.ResponseBody)}
		if x.change(a) {
			return i, &conform.Exchange{
				Method: e.Method, URL: e.URL, RequestHeader: e.RequestHeader, RequestBody: e.RequestBody, Cookie: e.Cookie,
				Status: a.status, ResponseHeader: a.header, ResponseBody: a.body,
			}
		}
	}
	return 0, nil
}

// deepTampers returns changes of every kind at properties deep inside orders.
func deepTampers() []tamper {
	var all []tamper
	for _, p := range []struct{ path, component string }{
		{"orders.*.claims.*.order_id", "ClaimOrder"}, {"orders.*.claims.*.created_at", "ClaimOrder"}, {"orders.*.claims.*.claim_items.*.quantity", "ClaimItem"},
		{"orders.*.swaps.*.allow_backorder", "Swap"}, {"orders.*.swaps.*.updated_at", "Swap"}, {"orders.*.gift_cards.*.balance", "GiftCard"},
		{"orders.*.gift_cards.*.code", "GiftCard"}, {"orders.*.edits.*.created_by", "OrderEdit"}, {"orders.*.edits.*.changes.*.order_edit_id", "OrderItemChange"},
		{"orders.*.returns.*.refund_amount", "Return"}, {"orders.*.refunds.*.amount", "Refund"}, {"orders.*.fulfillments.*.created_at", "Fulfillment"},
		{"orders.*.payments.*.currency_code", "Payment"}, {"orders.*.discounts.*.is_disabled", "Discount"}, {"orders.*.payments.*.amount", "Payment"},
	} {
		name := p.path[strings.LastIndex(p.path, ".")+1:]
		at := func(kind string, change func(*rawResponse) bool, want string) {
			all = append(all, tamper{name: "deep: " + kind + ": " + p.component + "." + name, request: "GET " + ordersPath, status: 200, change: change, want: want})
		}
		at("null", setJSON(p.path, nil), p.component+"."+name+"#nullable")
		at("another type", setJSON(p.path, []any{}), p.component+"."+name+"#type")
		at("dropped", dropJSON(p.path), p.component+"."+name+"#required")
		at("renamed", renameJSON(p.path, name+"x"), p.component+"."+name+"x#presence")
		switch {
		case strings.HasSuffix(name, "_at"):
			at("another format", setJSON(p.path, "2026-01-02 03:04:05"), p.component+"."+name+"#format")
		case slices.Contains([]string{"quantity", "balance", "refund_amount", "amount"}, name):
			at("a fraction", setJSON(p.path, json.Number("1.5")), p.component+"."+name+"#type")
			at("1e3", setJSON(p.path, json.Number("1e3")), p.component+"."+name+"#format")
			at("1000.0", setJSON(p.path, json.Number("1000.0")), p.component+"."+name+"#format")
		}
	}
	return all
}

// behaviours are changes that leave each response as a document describes it, or that readers take in different ways.
var behaviours = []tamper{
	{name: "reading: a name twice", request: "GET " + mePath, status: 200, change: replaceText(`"email":`, `"email":"a@b.example","email":`), want: anything},
	{name: "reading: not UTF-8", request: "GET " + mePath, status: 200, change: replaceText(`"first_name":"`, "\"first_name\":\"\xff"), want: anything},
	{name: "reading: another charset", request: "GET " + authPath, status: 200, change: newHeader("Content-Type", "application/json; charset=iso-8859-1"), want: "GET /store/auth 200#content-type"},
	{name: "reading: two content types", request: "GET " + mePath, status: 200, change: func(a *rawResponse) bool { a.header.Add("Content-Type", "text/html"); return true }, want: "GET /store/customers/me 200#content-type"},
	{name: "reading: ETag gone everywhere but once", request: "GET " + mePath, status: 304, change: newHeader("Content-Type", "text/html"), want: anything},
	{name: "cookie: SameSite=Strict", request: "POST " + authPath, status: 200, change: editCookie("; HttpOnly", "; HttpOnly; SameSite=Strict"), want: "Set-Cookie#cookie"},
	{name: "cookie: Partitioned", request: "POST " + authPath, status: 200, change: editCookie("; HttpOnly", "; HttpOnly; Partitioned"), want: "Set-Cookie#cookie"},
	{name: "cookie: Domain", request: "POST " + authPath, status: 200, change: editCookie("; HttpOnly", "; HttpOnly; Domain=example.com"), want: "Set-Cookie#cookie"},
	{name: "cookie: none at one of several logins", request: "POST " + authPath, status: 200, change: newHeader("Set-Cookie", ""), want: "POST /store/auth 200#cookie"},
	{name: "cookie: none at a registration", request: "POST " + customersPath, status: 200, change: newHeader("Set-Cookie", ""), want: "POST /store/customers 200#cookie"},
	{name: "behaviour: the session goes on after the logout", request: "GET " + mePath, status: 401, step: "read the profile after the logout", change: newStatus(200), want: "GET /store/customers/me#behavior"},
	{name: "behaviour: an upper-case email does not log in", request: "POST " + authPath, status: 200, step: "log in", change: func(a *rawResponse) bool {
		return newStatus(401)(a) && newHeader("Content-Type", "text/plain")(a) && newBody("Unauthorized")(a)
	}, want: "POST /store/auth#behavior"},
	{name: "behaviour: no 304", request: "GET " + mePath, status: 304, change: newStatus(200), want: "GET /store/customers/me#behavior"},
	{name: "behaviour: count less than what came", request: "GET " + ordersPath, status: 200, change: manyOrders(setJSON("count", 1)), want: "GET /store/customers/me/orders#behavior"},
	{name: "behaviour: another limit", request: "GET " + ordersPath, status: 200, step: "list all orders", change: setJSON("limit", 7), want: "GET /store/customers/me/orders#behavior"},
	{name: "behaviour: limit exceeded", request: "GET " + ordersPath, status: 200, change: manyOrders(setJSON("limit", 1)), want: "GET /store/customers/me/orders#behavior"},
	{name: "behaviour: the oldest comes first", request: "GET " + ordersPath, status: 200, change: manyOrders(setJSON("orders.0.created_at", "2001-01-01T00:00:00.000Z")), want: "GET /store/customers/me/orders#behavior"},
	{name: "behaviour: another order than was asked for", request: "GET " + ordersPath, status: 200, step: "list orders with what belongs to them", change: func(a *rawResponse) bool {
		return strings.Contains(a.query, "&id=") && setJSON("orders.0.id", "order_other")(a)
	}, want: anything},
	{name: "error: message became a number", request: "POST " + customersPath, status: 422, change: setJSON("message", 1), want: "Error.message#type"},
	{name: "error: message became null", request: "POST " + addressesPath, status: 404, change: setJSON("message", nil), want: "Error.message#nullable"},
	{name: "error: type became a list", request: "POST " + addressesPath, status: 404, change: setJSON("type", []any{"a"}), want: "Error.type#type"},
	{name: "error: a page of Express", request: "POST " + customersPath, status: 422, change: func(a *rawResponse) bool {
		return newHeader("Content-Type", "text/html")(a) && newBody("<pre>Error</pre>")(a)
	}, want: "POST /store/customers 422#content-type"},
	{name: "error: a page of a proxy", request: "POST " + customersPath, status: 422, change: func(a *rawResponse) bool { return newHeader("Content-Type", "text/html")(a) && newBody("<p>")(a) }, want: "POST /store/customers#seen"},
	{name: "error: 401 became 403", request: "POST " + authPath, status: 401, change: newStatus(403), want: "POST /store/auth 403#status"},
	{name: "error: 401 with another text", request: "POST " + authPath, status: 401, change: newBody("No"), want: anything},
}

func replaceText(old, replacement string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		had := bytes.Contains(a.body, []byte(old))
		a.body = bytes.Replace(a.body, []byte(old), []byte(replacement), 1)
		return had
	}
}

// manyOrders makes a change where there are several orders.
func manyOrders(change func(*rawResponse) bool) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		var page struct {
			Orders []any `json:"orders"`
		}
		return json.Unmarshal(a.body, &page) == nil && len(page.Orders) > 2 && change(a)
	}
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

// editJSON edits what is at the end of a path of names and indexes, if there is such a place. A star is the first index
// that has one.
func editJSON(path string, edit func(o node, name string) bool, element func(list []any, i int)) func(*rawResponse) bool {
	names := strings.Split(path, ".")
	return func(a *rawResponse) bool {
		d := json.NewDecoder(bytes.NewReader(a.body))
		d.UseNumber()
		var root any
		if d.Decode(&root) != nil || !editAt(root, names, edit, element) {
			return false
		}
		text, err := json.Marshal(root)
		if err != nil {
			panic(fmt.Sprint("it came from JSON: ", err))
		}
		a.body = text
		return true
	}
}

func editAt(v any, names []string, edit func(o node, name string) bool, element func(list []any, i int)) bool {
	last := len(names) == 1
	switch here := v.(type) {
	case node:
		if last {
			return edit(here, names[0])
		}
		return editAt(here[names[0]], names[1:], edit, element)
	case []any:
		for i := range here {
			if names[0] != "*" && names[0] != strconv.Itoa(i) {
				continue
			}
			if last {
				element(here, i)
				return true
			}
			if editAt(here[i], names[1:], edit, element) {
				return true
			}
		}
	}
	return false
}
