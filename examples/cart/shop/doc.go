// Package shop is a client for routes that are not in the contract of package customers. It is generated from
// openapi.yaml, and sends by a customers.Client as the customer who is logged in.
package shop

//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config oapi-codegen.yaml openapi.yaml
