package main

import (
	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/customers"
)

// deref returns what p points to, and the zero value for nil.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// valueOrNull clears a field that was left empty.
func valueOrNull(s string) nullable.Nullable[string] {
	if s == "" {
		return customers.Null[string]()
	}
	return customers.Value(s)
}
