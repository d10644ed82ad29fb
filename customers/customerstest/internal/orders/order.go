package orders

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// Order is an order with all that was stored with it.
type Order struct {
	entity

	all rows

	// What a query compares.
	columns map[string]any
	times   map[string]time.Time // with the microseconds that the JSON does not have

	length int // of its JSON, in bytes, which that in a response hardly exceeds
}

// Read reads an order from JSON. It needs an id and created_at.
func Read(data json.RawMessage) (*Order, error) {
	e, err := readEntity(orderKind(), data)
	if err != nil {
		return nil, err
	}
	o := &Order{entity: *e, all: rowsOf(e), times: make(map[string]time.Time), length: len(data) + 500}
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

// set changes a column.
func (o *Order) set(name string, value any) {
	column := json.RawMessage(js.Append(nil, value))
	if p := o.part(name); p != nil {
		p.column = column
	} else {
		o.parts = append(o.parts, o.kind.newPart(name, column))
	}
	o.columns[name] = value
}

func (o *Order) isNull(column string) bool { return o.columns[column] == nil }

func (o *Order) number(column string) float64 {
	n, _ := o.columns[column].(float64)
	return n
}

// setCustomer sets the customer that the order shows, nil for a deleted one. Rows stored behind the old one stay.
func (o *Order) setCustomer(customer *entity) {
	p := o.part("customer")
	if p == nil {
		o.parts = append(o.parts, o.kind.newPart("customer", nil))
		p = &o.parts[len(o.parts)-1]
	}
	if customer == nil {
		p.rows = nil
		return
	}
	row := &entity{kind: customer.kind, parts: slices.Clone(customer.parts)}
	if len(p.rows) == 1 {
		for _, old := range p.rows[0].parts {
			if row.part(old.name) == nil {
				row.parts = append(row.parts, old)
			}
		}
	}
	p.rows = []*entity{row}
}

// mentions reports whether the pattern matches one of the texts that q searches. It never matches an order without a
// shipping address or of a deleted customer.
func (o *Order) mentions(pattern like) bool {
	address, customer := o.row("shipping_address"), o.row("customer")
	if address == nil || customer == nil {
		return false
	}
	searched := []string{
		o.text("email"), strconv.FormatFloat(o.number("display_id"), 'f', -1, 64), address.text("first_name"),
		customer.text("first_name"), customer.text("last_name"), customer.text("phone"),
	}
	return slices.ContainsFunc(searched, pattern.matches)
}
