package customers

// customerWithoutOrders is a customer as a login is answered, with the orders read over: they are checked to be JSON, and
// nothing is kept of them.
type customerWithoutOrders struct {
	Customer struct {
		Orders skipped `json:"orders"` // hides the customer's own
		Customer
	} `json:"customer"`
}

// skipped is JSON that nobody wants.
type skipped struct{}

// UnmarshalJSON keeps nothing.
func (*skipped) UnmarshalJSON([]byte) error { return nil }
