// Package contract is the server's side of openapi.yaml: an interface with a method for each operation. The in-memory
// backend implements it, so an operation added to the contract does not compile until it is served.
package contract

//go:generate go tool -modfile=../../../../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../../../../openapi.yaml
