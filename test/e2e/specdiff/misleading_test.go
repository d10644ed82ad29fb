package specdiff

import (
	"encoding/json"
	"strings"
)

// misleading are changes after which each response is as a document describes it, and is about another customer, order or
// change than was asked for.
var misleading = []tamper{
	{name: "login: a wrong password", request: "POST " + authPath, status: 401, step: "log in with a wrong password", change: asCustomer, want: "POST /store/auth#behavior"},
	{name: "login: a token to a wrong password", request: "POST " + tokenPath, status: 401, step: "get a token with a wrong password", change: asJSON(`{"access_token":"x"}`), want: "POST /store/auth/token#behavior"},
	{name: "login: an unknown email", request: "POST " + authPath, status: 401, step: "log in with an unknown email", change: asCustomer, want: "POST /store/auth#behavior"},
	{name: "login: a token that is none", request: "POST " + resetPath, status: 500, step: "reset a password with a token that is none", change: asCustomer, want: "POST /store/customers/password-reset#behavior"},
	{name: "login: a used token", request: "POST " + resetPath, status: 500, step: "reset a password with a used token", change: asCustomer, want: "POST /store/customers/password-reset#behavior"},
	{name: "login: exists, without an account", request: "GET " + authPath + "/", status: 200, step: "ask whether an unknown email has an account", change: setJSON("exists", true), want: "GET /store/auth/{email}#behavior"},
	{name: "login: an account that does not exist", request: "GET " + authPath + "/", status: 200, step: "ask whether an email has an account", change: setJSON("exists", false), want: "GET /store/auth/{email}#behavior"},
	{name: "customer: another", request: "GET " + mePath, status: 200, change: setJSON("customer.id", "cus_other"), want: "GET /store/customers/me#behavior"},
	{name: "customer: another in the session", request: "GET " + authPath, status: 200, change: setJSON("customer.id", "cus_other"), want: "GET /store/auth#behavior"},
	{name: "customer: another email", request: "GET " + mePath, status: 200, change: setJSON("customer.email", "other@redacted.example"), want: "GET /store/customers/me#behavior"},
	{name: "customer: another email at the login", request: "POST " + authPath, status: 200, change: setJSON("customer.email", "other@redacted.example"), want: "POST /store/auth#behavior"},
	{name: "customer: another email at the registration", request: "POST " + customersPath, status: 200, change: setJSON("customer.email", "other@redacted.example"), want: "POST /store/customers#behavior"},
	{name: "customer: another one's order", request: "GET " + ordersPath, status: 200, change: setJSON("orders.0.customer_id", "cus_other"), want: "GET /store/customers/me/orders#behavior"},
	{name: "list: an order twice", request: "GET " + ordersPath, status: 200, change: manyOrders(func(a *rawResponse) bool { return editOrders(a, func(o []any) []any { return append(o, o[len(o)-1]) }) }), want: "GET /store/customers/me/orders#behavior"},
	{name: "list: a count of more than comes", request: "GET " + ordersPath, status: 200, step: "list no orders", change: setJSON("count", 100), want: "GET /store/customers/me/orders#behavior"},
	{name: "list: a limit that is not the default", request: "GET " + ordersPath, status: 200, step: "list orders", change: setJSON("limit", 20), want: "GET /store/customers/me/orders query limit#default"},
	{name: "list: an offset that is not the default", request: "GET " + ordersPath, status: 200, step: "list orders", change: setJSON("offset", 1), want: "GET /store/customers/me/orders query offset#default"},
	{name: "list: fields ignored", request: "GET " + ordersPath, status: 200, step: "list orders with more columns", change: func(a *rawResponse) bool {
		return editOrders(a, func(o []any) []any {
			for _, name := range []string{"status", "fulfillment_status", "payment_status", "display_id", "cart_id", "customer_id", "email", "region_id", "currency_code"} {
				o[0].(node)[name] = "x" //nolint:errcheck,forcetypeassert // an order is an object
			}
			return o
		})
	}, want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: display_id", request: "GET " + ordersPath, status: 200, step: "probe value", change: filtered("display_id=", `{"display_id":77}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: email", request: "GET " + ordersPath, status: 200, step: "probe value", change: filtered("email=", `{"email":"other@redacted.example"}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: tax_rate", request: "GET " + ordersPath, status: 200, step: "probe value", change: filtered("tax_rate=", `{"tax_rate":25}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: created_at", request: "GET " + ordersPath, status: 200, step: "probe deep object lt", change: filtered("created_at%5Blt%5D=", `{"created_at":"2024-01-01T00:00:00.000Z"}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: updated_at", request: "GET " + ordersPath, status: 200, step: "probe deep object gte", change: filtered("updated_at%5Bgte%5D=", `{"updated_at":"2019-01-01T00:00:00.000Z"}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "filter: canceled_at", request: "GET " + ordersPath, status: 200, step: "probe deep object lte", change: filtered("canceled_at%5Blte%5D=", `{"canceled_at":null}`), want: "GET /store/customers/me/orders#behavior"},
	{name: "change: the name is not taken", request: "POST " + mePath, status: 200, step: "update", change: edited(`"phone":"5678"`, setJSON("customer.phone", "1")), want: "POST /store/customers/me#behavior"},
	{name: "change: the address is not added", request: "POST " + addressesPath, status: 200, step: "add an address", change: setJSON("customer.shipping_addresses", []any{}), want: "POST /store/customers/me/addresses#behavior"},
	{name: "reading: half a surrogate pair", request: "GET " + mePath, status: 200, change: replaceText(`"first_name":"`, `"first_name":"\ud800`), want: "GET /store/customers/me 200#content-type"},
	{name: "header: Location at a success", request: "GET " + methodsPath, status: 200, change: newHeader("Location", "/store/customers/me"), want: "GET /store/customers/me/payment-methods 200#header"},
	{name: "header: an empty ETag", request: "GET " + methodsPath, status: 200, change: func(a *rawResponse) bool { a.header["Etag"] = []string{""}; return true }, want: "GET /store/customers/me/payment-methods#behavior"},
}

const resetPath = customersPath + "/password-reset"

func asJSON(body string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		return newStatus(200)(a) && newHeader("Content-Type", "application/json; charset=utf-8")(a) && newBody(body)(a)
	}
}

var asCustomer = asJSON(`{"customer":{"id":"cus_1"}}`)

// edited makes a change where the body has a text.
func edited(text string, change func(*rawResponse) bool) func(*rawResponse) bool {
	return func(a *rawResponse) bool { return strings.Contains(string(a.body), text) && change(a) }
}

// filtered returns an order where the query has a filter.
func filtered(query, order string) func(*rawResponse) bool {
	return func(a *rawResponse) bool {
		return strings.Contains(a.query, query) && newBody(`{"count":1,"limit":10,"offset":0,"orders":[`+order+`]}`)(a)
	}
}

// editOrders replaces the orders of a list, if there are some.
func editOrders(a *rawResponse, edit func([]any) []any) bool {
	var page node
	if json.Unmarshal(a.body, &page) != nil {
		return false
	}
	orders, _ := page["orders"].([]any)
	if len(orders) == 0 {
		return false
	}
	page["orders"] = edit(orders)
	a.body, _ = json.Marshal(page) //nolint:errchkjson // it came from JSON
	return true
}
