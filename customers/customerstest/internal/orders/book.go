package orders

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// Book has the orders of all customers.
type Book struct {
	LastDisplayID int

	of map[string][]*Order // by customer, newest first
}

// Add makes the order one of a customer.
func (b *Book) Add(customerID string, o *Order) {
	o.set("customer_id", customerID)
	if b.of == nil {
		b.of = make(map[string][]*Order)
	}
	b.LastDisplayID = max(b.LastDisplayID, int(o.number("display_id")))
	list := b.of[customerID]
	at, _ := slices.BinarySearchFunc(list, o, func(old, added *Order) int {
		if old.times["created_at"].After(added.times["created_at"]) {
			return -1
		}
		return 1
	})
	b.of[customerID] = slices.Insert(list, at, o)
}

// List returns the response of GET /store/customers/me/orders. The customer is the row with its addresses, nil for a
// customer who was deleted and still has orders.
func (b *Book) List(customerID string, customer js.Members, rawQuery string) response.Response {
	body, failed := b.list(customerID, customer, rawQuery)
	if failed != nil {
		return *failed
	}
	return response.Response{Status: http.StatusOK, ContentType: response.TypeJSON, Body: body}
}

func (b *Book) list(customerID string, customer js.Members, rawQuery string) ([]byte, *response.Response) {
	q, failed := parseQuery(rawQuery)
	if failed != nil {
		return nil, failed
	}
	view, ok := viewOf(q)
	if !ok {
		return nil, response.UnknownError()
	}
	list := b.of[customerID]
	row := customerRow(customer)
	for _, o := range list {
		o.setCustomer(row)
	}
	if list, failed = q.filter(list); failed != nil {
		return nil, failed
	}
	count := len(list)
	if list, failed = q.page(list); failed != nil {
		return nil, failed
	}
	length := 100
	for _, o := range list {
		length += o.length
	}
	body := append(make([]byte, 0, length), `{"orders":[`...)
	for i, o := range list {
		if i > 0 {
			body = append(body, ',')
		}
		shown := view
		if o.columns["tax_rate"] != nil {
			shown = viewOfOld(q)
		}
		body = o.appendRow(body, shown, o.all)
	}
	body = append(body, "],"...)
	end := js.Append(nil, js.Members{{Name: "count", Value: count}, {Name: "offset", Value: q.offset}, {Name: "limit", Value: q.limit}})
	return append(body, end[1:]...), nil
}

// customerRow returns the row of a customer with its addresses.
func customerRow(columns js.Members) *entity {
	if columns == nil {
		return nil
	}
	e, err := readEntity(orderKind().relations["customer"].kind, js.Append(nil, columns))
	if err != nil {
		panic(err) // a customer is JSON in all other responses
	}
	return e
}

// OfLogin returns what a login shows of a customer's orders.
func (b *Book) OfLogin(customerID string) []any {
	view := viewOfLogin()
	list := []any{}
	for _, o := range b.of[customerID] {
		list = append(list, json.RawMessage(o.appendRow(nil, view, o.all)))
	}
	return list
}
