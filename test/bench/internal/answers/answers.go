// Package answers holds what the benchmarks' clients are answered: bodies as the real backend sends them.
package answers

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Answers are the bodies of the answers that the benchmarks need.
type Answers struct {
	Retrieve     []byte // a customer with two addresses
	ListOrders   []byte // a page of 50 orders
	Authenticate []byte // a customer with 60 orders
	Create       []byte // a customer who is new
}

func (a *Answers) files() map[string]*[]byte {
	return map[string]*[]byte{
		"retrieve.json": &a.Retrieve, "list-orders.json": &a.ListOrders,
		"authenticate.json": &a.Authenticate, "create.json": &a.Create,
	}
}

// Read reads answers that Write has written.
func Read(dir string) (*Answers, error) {
	a := new(Answers)
	for name, body := range a.files() {
		var err error
		if *body, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("reading recorded answers: %w", err)
		}
	}
	return a, nil
}

// Write keeps answers in a directory.
func (a *Answers) Write(dir string) error {
	for name, body := range a.files() {
		if err := os.WriteFile(filepath.Join(dir, name), *body, 0o600); err != nil {
			return fmt.Errorf("keeping recorded answers: %w", err)
		}
	}
	return nil
}

// One customer, one order of a page and one order of a login, as the real backend sent them for the seed of
// test/e2e/backend.
var (
	//go:embed sample/customer.json
	customer []byte
	//go:embed sample/order.json
	order []byte
	//go:embed sample/order_record.json
	orderRecord []byte
)

// Sample makes answers without a backend: one real order, repeated.
func Sample() *Answers {
	return &Answers{Retrieve: customer, ListOrders: Page(50), Authenticate: Login(60), Create: customer}
}

// Page is a page of n orders.
func Page(n int) []byte {
	return fmt.Appendf(nil, `{"orders":[%s],"count":%d,"offset":0,"limit":%d}`, repeat(order, n), n, n)
}

// Login is a customer with n orders, which stand where the answer to Retrieve has the billing address.
func Login(n int) []byte {
	orders := fmt.Appendf(nil, `"orders":[%s]`, repeat(orderRecord, n))
	return bytes.Replace(customer, []byte(`"billing_address":null`), orders, 1)
}

func repeat(element []byte, n int) []byte {
	return bytes.Join(slices.Repeat([][]byte{element}, n), []byte(","))
}
