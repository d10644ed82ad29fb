package api

import (
	"fmt"
	"time"
)

// DecodeError is a place of a response that is not as the contract says. It repeats no value.
type DecodeError struct {
	// OrderID is the order it is in, as far as it is in an order that has an id.
	OrderID string
	// CreatedAt is when that order was placed, or zero if that can't be read.
	CreatedAt time.Time
	// Path is the place, such as "orders[3].items[0].total".
	Path string
	// Reason is what is wrong, such as "missing" or "not an integer".
	Reason string
}

// Error returns the place and what is wrong.
func (e *DecodeError) Error() string {
	text := e.Reason
	if e.Path != "" {
		text = e.Path + ": " + text
	}
	if e.OrderID != "" {
		text = "order " + e.OrderID + ": " + text
	}
	return text
}

// OrdersError says which orders of a response could not be read. The others are returned beside it.
type OrdersError struct {
	// Orders are the places, one for each order.
	Orders []*DecodeError
}

// Error returns the first place and how many more there are.
func (e *OrdersError) Error() string {
	text := e.Orders[0].Error()
	if more := len(e.Orders) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Unwrap returns the places.
func (e *OrdersError) Unwrap() []error {
	errs := make([]error, len(e.Orders))
	for i, order := range e.Orders {
		errs[i] = order
	}
	return errs
}
