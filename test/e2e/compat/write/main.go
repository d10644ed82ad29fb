// Write writes docs/compatibility.md to the file that its argument names.
package main

import (
	"log"
	"os"

	"github.com/medusa-storefront/customers-go/test/e2e/compat"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: write FILE")
	}
	page, err := compat.Document()
	if err == nil {
		err = os.WriteFile(os.Args[1], page, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
