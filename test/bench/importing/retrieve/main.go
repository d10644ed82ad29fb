// Command retrieve asks who is logged in with package customers: what importing it for one call costs.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/medusa-storefront/customers-go/customers"
)

func main() {
	c, err := customers.New(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Retrieve(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email)
}
