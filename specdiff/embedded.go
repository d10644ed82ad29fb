package specdiff

import (
	_ "embed" // for contract and stock
	"fmt"
	"sync"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
)

// contract is a copy of the contract at the root of the repository, which go generate makes there. Modules cannot embed
// files of others.
//
//go:embed openapi.yaml
var contract []byte

//go:embed accepted.yaml
var acceptedOfStock []byte

// stock returns the deviations of every stock backend that are accepted in this repository.
var stock = sync.OnceValue(func() *accept.File {
	file, err := accept.Parse(acceptedOfStock)
	if err != nil {
		panic(fmt.Sprintf("specdiff: the embedded accepted.yaml: %v", err)) // make diff reads the same file
	}
	return file
})
