package main

import (
	"net/http/httptest"
	"testing"

	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

func TestEveryClientCanMakeItsCalls(t *testing.T) {
	s := httptest.NewServer(handler(responses.Sample()))
	defer s.Close()
	for _, name := range clients.Names {
		calls, err := clients.New(name, s.URL)
		if err != nil {
			t.Fatal(err)
		}
		for op, call := range calls {
			if err := call(t.Context()); err != nil {
				t.Errorf("%s: %s: %v", name, op, err)
			}
		}
	}
}
