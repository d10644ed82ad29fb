package main

import (
	"strings"
	"testing"
)

const want = `A visitor of Europe makes a cart. It is a customer's: false
The visitor logs in as Ada, and the cart is a customer's: true
Ada wishes for [a mug]
The cart has 2 × T-shirt, an address, shipping and a payment, for 4480
Ada has order #1, for 4480
`

func TestCartBecomesAnOrderOfTheCustomer(t *testing.T) {
	server := startInMemory()
	defer server.Close()
	var out strings.Builder
	if err := run(t.Context(), server.URL, "pk_test", &out); err != nil {
		t.Fatalf("%v, after\n%s", err, out.String())
	}
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}
