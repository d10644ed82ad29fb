package customers_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/url"
	"os"

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

// A form begins with the address as it is, and an input that was emptied clears its field.
func Example_addressForm() {
	ctx := context.Background()
	c := loggedIn(startShop())
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	address := &me.ShippingAddresses[0]
	page := template.Must(template.New("").Funcs(template.FuncMap{"deref": customers.Deref[string]}).Parse(
		"<input name=City value=\"{{deref .City}}\"><input name=Phone value=\"{{deref .Phone}}\">\n"))
	if err := page.Execute(os.Stdout, address); err != nil {
		log.Fatal(err)
	}

	form := url.Values{"City": {"Odense"}, "Phone": {""}} // what the browser sends
	change := address.UpdateRequest()
	change.City = customers.ValueOrNull(form.Get("City"))
	change.Phone = customers.ValueOrNull(form.Get("Phone"))
	me, err = c.Addresses.Update(ctx, address.ID, change)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(customers.Deref(me.ShippingAddresses[0].City), me.ShippingAddresses[0].Phone == nil)
	// Output:
	// <input name=City value="Aarhus"><input name=Phone value="">
	// Odense true
}
