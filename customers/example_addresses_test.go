package customers_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/medusa-storefront/customers-go/customers"
)

func ExampleAddressesService_Add() {
	c := loggedIn(startShop())
	me, err := c.Addresses.Add(context.Background(), customers.AddAddressRequest{
		FirstName: "Alec", LastName: "Reynolds", Company: new("Reynolds ApS"),
		Address1: "Nørregade 2", City: "Aarhus", PostalCode: "8000", CountryCode: "dk",
	})
	switch {
	case errors.Is(err, customers.ErrAddressNotAdded): // one on file differs only in company or metadata
		fmt.Println("Please change the address that is there.")
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println(len(me.ShippingAddresses), "addresses")
	}
	// Output: 2 addresses
}

func ExampleAddressesService_Update() {
	ctx := context.Background()
	c := loggedIn(startShop())
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	me, err = c.Addresses.Update(ctx, me.ShippingAddresses[0].ID, customers.UpdateAddressRequest{
		Address1: customers.Value("Vestergade 12"), Company: customers.Null[string](),
	})
	if err != nil {
		log.Fatal(err)
	}
	if street := me.ShippingAddresses[0].Address1; street != nil {
		fmt.Println(*street)
	}
	// Output: Vestergade 12
}

func ExampleAddressesService_Delete() {
	ctx := context.Background()
	c := loggedIn(startShop())
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	me, err = c.Addresses.Delete(ctx, me.ShippingAddresses[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(me.ShippingAddresses), "addresses left")
	// Output: 0 addresses left
}
