package customerstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// orderBook is the store of all customers' orders. Whoever calls it holds the backend's lock.
type orderBook struct {
	of map[string][]*storedOrder // by customer, newest first

	regions       map[string]api.Region // by currency and tax rate, of the orders that were built
	lastDisplayID int
}

// storedOrder is an order with all that was put in with it.
type storedOrder struct {
	entity

	// What a query compares.
	columns map[string]any
	times   map[string]time.Time // with the microseconds that the JSON does not have

	length int // of its JSON, in bytes, which that of an answer hardly exceeds
}

// AddStoredOrder puts in an order as JSON has it: with all its columns and totals, and with whatever relations are to be
// seen by expand, however deep. A test can so use an order that its own backend sent. [Backend.AddOrder] makes one that is
// less work to write.
//
// The order becomes the customer's, whatever customer_id it had, and its customer is shown as it is when it is read. All
// else is shown as it was put in, with times cut to milliseconds: nothing is computed, and what a path of expand leads to
// beyond what was put in is null or an empty list. Id and created_at are needed; an error says what can't be read, or that
// there is no such customer.
func (b *Backend) AddStoredOrder(customerID string, order json.RawMessage) error {
	o, err := readOrder(order)
	if err != nil {
		return fmt.Errorf("customerstest: order: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.customers[customerID] == nil {
		return fmt.Errorf("customerstest: there is no customer %s", customerID)
	}
	b.orders.add(customerID, o)
	return nil
}

func readOrder(data json.RawMessage) (*storedOrder, error) {
	e, err := readEntity(orderKind(), data)
	if err != nil {
		return nil, err
	}
	o := &storedOrder{entity: *e, times: make(map[string]time.Time), length: len(data) + 500}
	if err := json.Unmarshal(data, &o.columns); err != nil {
		return nil, err
	}
	for name := range e.kind.times {
		if text, ok := o.columns[name].(string); ok {
			o.times[name], _ = time.Parse(time.RFC3339, text) // cutTime has read it
		}
	}
	switch {
	case o.text("id") == "":
		return nil, errors.New("id is missing")
	case o.times["created_at"].IsZero():
		return nil, errors.New("created_at is missing")
	}
	return o, nil
}

func (b *orderBook) add(customerID string, o *storedOrder) {
	o.set("customer_id", customerID)
	if b.of == nil {
		b.of = make(map[string][]*storedOrder)
	}
	b.lastDisplayID = max(b.lastDisplayID, int(o.number("display_id")))
	orders := b.of[customerID]
	at, _ := slices.BinarySearchFunc(orders, o, func(old, added *storedOrder) int {
		if old.times["created_at"].After(added.times["created_at"]) {
			return -1
		}
		return 1
	})
	b.of[customerID] = slices.Insert(orders, at, o)
}

// listOrders answers GET /store/customers/me/orders. A customer who was deleted still has orders.
func (b *Backend) listOrders(customerID, rawQuery string) answer {
	q, refusal := checkOrderQuery(rawQuery)
	if refusal != nil {
		return *refusal
	}
	view, ok := q.view()
	if !ok {
		return unknownError()
	}
	of := b.customers[customerID]
	orders, ok := q.filter(b.orders.of[customerID], of)
	if !ok {
		return unknownError()
	}
	count := len(orders)
	if orders, ok = q.page(orders); !ok {
		return unknownError()
	}
	var buyer *entity
	if of != nil {
		buyer = customerEntity(b.withAddresses(of))
	}
	length := 100
	for _, o := range orders {
		length += o.length
	}
	body := append(make([]byte, 0, length), `{"orders":[`...)
	for i, o := range orders {
		if i > 0 {
			body = append(body, ',')
		}
		o.setCustomer(buyer)
		if o.columns["tax_rate"] != nil {
			body = o.append(body, q.viewOfOld())
		} else {
			body = o.append(body, view)
		}
	}
	body = append(body, "],"...)
	end := appendJSON(nil, members{{"count", count}, {"offset", q.offset}, {"limit", q.limit}})
	return answer{status: http.StatusOK, contentType: contentTypeJSON, body: append(body, end[1:]...)}
}

// ofLogin is what a login and a session show of a customer's orders: all columns, items, no totals.
func (b *orderBook) ofLogin(customerID string) []any {
	kind := orderKind()
	view := &orderView{columns: make(map[string]bool)}
	for _, column := range kind.columns {
		view.columns[column] = !kind.totals[column]
	}
	view.at(kind, "items")
	orders := []any{}
	for _, o := range b.of[customerID] {
		orders = append(orders, json.RawMessage(o.append(nil, view)))
	}
	return orders
}

// setCustomer puts in the customer that the order is of, as it is now; what was put in behind it stays.
func (o *storedOrder) setCustomer(of *entity) {
	p := o.part("customer")
	if p == nil {
		o.parts = append(o.parts, o.kind.newPart("customer", nil))
		p = &o.parts[len(o.parts)-1]
	}
	if of == nil {
		p.rows = nil
		return
	}
	row := &entity{kind: of.kind, parts: slices.Clone(of.parts)}
	if len(p.rows) == 1 {
		for _, old := range p.rows[0].parts {
			if row.part(old.name) == nil {
				row.parts = append(row.parts, old)
			}
		}
	}
	p.rows = []*entity{row}
}

// customerEntity is the row of a customer with its addresses.
func customerEntity(columns members) *entity {
	e, err := readEntity(orderKind().relations["customer"].kind, appendJSON(nil, columns))
	if err != nil {
		panic(err) // what the backend answers everywhere else is no JSON
	}
	return e
}

// set changes a column.
func (o *storedOrder) set(name string, value any) {
	column := appendJSON(nil, value)
	if p := o.part(name); p != nil {
		p.column = column
	} else {
		o.parts = append(o.parts, o.kind.newPart(name, column))
	}
	o.columns[name] = value
}

func (o *storedOrder) isNull(column string) bool { return o.columns[column] == nil }

func (o *storedOrder) text(column string) string {
	s, _ := o.columns[column].(string)
	return s
}

func (o *storedOrder) number(column string) float64 {
	n, _ := o.columns[column].(float64)
	return n
}

// mentions tells whether q is in one of the texts that it searches. An order without a shipping address, or of a deleted
// customer, is never found.
func (o *storedOrder) mentions(q string, of *customer) bool {
	address := o.row("shipping_address")
	if of == nil || address == nil {
		return false
	}
	searched := []string{o.text("email"), strconv.FormatFloat(o.number("display_id"), 'f', -1, 64)}
	if p := address.part("first_name"); p != nil {
		var name string
		_ = json.Unmarshal(p.column, &name) // null is no name
		searched = append(searched, name)
	}
	for _, text := range []*string{of.firstName, of.lastName, of.phone} {
		if text != nil {
			searched = append(searched, *text)
		}
	}
	return slices.ContainsFunc(searched, func(text string) bool { return contains(text, q) })
}
