// Package responses has the bodies of the responses that the benchmarks replay.
package responses

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Bodies are the bodies of the responses that the benchmarks replay, as the real backend sends them.
type Bodies struct {
	Retrieve     []byte // a customer with two addresses
	ListOrders   []byte // a page of 50 orders
	Authenticate []byte // a customer with 60 orders
	Create       []byte // a customer who is new
}

func (b *Bodies) files() map[string]*[]byte {
	return map[string]*[]byte{
		"retrieve.json": &b.Retrieve, "list-orders.json": &b.ListOrders,
		"authenticate.json": &b.Authenticate, "create.json": &b.Create,
	}
}

// Read reads the bodies that Write has written to the directory. Without a directory it returns sample ones.
func Read(dir string) (*Bodies, error) {
	if dir == "" {
		return Sample(), nil
	}
	b := new(Bodies)
	for name, body := range b.files() {
		var err error
		if *body, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("reading recorded responses: %w", err)
		}
	}
	return b, nil
}

// Write writes the bodies to the directory.
func (b *Bodies) Write(dir string) error {
	for name, body := range b.files() {
		if err := os.WriteFile(filepath.Join(dir, name), *body, 0o600); err != nil {
			return fmt.Errorf("writing recorded responses: %w", err)
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

// Sample returns bodies without a backend: one real order, repeated.
func Sample() *Bodies {
	return &Bodies{Retrieve: customer, ListOrders: Page(50), Authenticate: Login(60), Create: customer}
}

// Page returns a page of n orders.
func Page(n int) []byte {
	return fmt.Appendf(nil, `{"orders":[%s],"count":%d,"offset":0,"limit":%d}`, repeat(order, n), n, n)
}

// Login returns a customer with n orders, which are where the response to Retrieve has the billing address.
func Login(n int) []byte {
	orders := fmt.Appendf(nil, `"orders":[%s]`, repeat(orderRecord, n))
	return bytes.Replace(customer, []byte(`"billing_address":null`), orders, 1)
}

func repeat(element []byte, n int) []byte {
	return bytes.Join(slices.Repeat([][]byte{element}, n), []byte(","))
}

// What the APIs of go-github and hcloud-go send, with values of our own: a small object, and an element of a list that
// is as large as an order.
var (
	//go:embed sample/user.json
	user []byte
	//go:embed sample/repository.json
	repository []byte
	//go:embed sample/network.json
	network []byte
	//go:embed sample/server.json
	server []byte
)

// Peer has the bodies of another API: a small object, and a list of 50.
type Peer struct{ Read, List []byte }

// GitHub returns the bodies of GitHub's API: a user, and repositories.
func GitHub() Peer {
	return Peer{user, fmt.Appendf(nil, `[%s]`, distinct(repository))}
}

// HCloud returns the bodies of Hetzner's cloud API: a network, and servers.
func HCloud() Peer {
	const meta = `{"pagination":{"page":1,"per_page":50,"previous_page":null,"next_page":null,"last_page":1,"total_entries":50}}`
	return Peer{network, fmt.Appendf(nil, `{"servers":[%s],"meta":%s}`, distinct(server), meta)}
}

// distinct returns 50 of an element, each with another number for 4217.
func distinct(element []byte) []byte {
	elements := make([][]byte, 50)
	for i := range elements {
		elements[i] = bytes.ReplaceAll(element, []byte("4217"), strconv.AppendInt(nil, int64(4200+i), 10))
	}
	return bytes.Join(elements, []byte(","))
}
