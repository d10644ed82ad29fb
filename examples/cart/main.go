// Command cart buys something as a customer: it makes a cart, logs in, sees the cart become the customer's, completes
// it and finds the order. The routes of carts are not in the contract of package customers. A client that is generated
// for three of them, and for one of a plugin, sends by a customers.Client, with its login; the others are sent by
// Client.Do alone.
//
// Its backend is the one in memory of package customerstest, with routes for carts of its own, or the one at the URL in
// BACKEND, whose sales channel is that of PUBLISHABLE_KEY.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/medusa-storefront/customers-go/customers"

	"example.com/cart/shop"
)

func main() {
	url, key := os.Getenv("BACKEND"), cmp.Or(os.Getenv("PUBLISHABLE_KEY"), "pk_demo")
	if url == "" {
		url = startInMemory().URL // until the program ends
	}
	if text := os.Getenv("BACKEND_JSON"); text != "" { // of a test backend
		var at struct {
			PublishableKey string `json:"publishableKey"`
		}
		if err := json.Unmarshal([]byte(text), &at); err == nil {
			key = cmp.Or(at.PublishableKey, key)
		}
	}
	if err := run(context.Background(), url, key, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cart:", err)
		os.Exit(1)
	}
}

// run goes the whole way on the backend at the URL, and writes what happens to out.
func run(ctx context.Context, url, publishableKey string, out io.Writer) error {
	c, err := customers.New(url, customers.WithPublishableKey(publishableKey))
	if err != nil {
		return err
	}
	store, err := shop.NewClientWithResponses(url, shop.WithHTTPClient(c)) // with the login of c
	if err != nil {
		return err
	}

	// A visitor looks around and makes a cart.
	var regions struct {
		Regions []struct {
			ID        string
			Name      string
			Countries []struct {
				Code string `json:"iso_2"`
			}
		}
	}
	if err := send(ctx, c, http.MethodGet, "/store/regions", nil, &regions); err != nil {
		return err
	}
	var products struct {
		Products []struct {
			Title    string
			Variants []struct{ ID string }
		}
	}
	if err := send(ctx, c, http.MethodGet, "/store/products?is_giftcard=false&limit=1", nil, &products); err != nil {
		return err
	}
	if len(regions.Regions) == 0 || len(regions.Regions[0].Countries) == 0 || len(products.Products) == 0 || len(products.Products[0].Variants) == 0 {
		return errors.New("the shop has no region with a country, or no product")
	}
	region, product := regions.Regions[0], products.Products[0]
	cart, err := cartOf(store.CreateCartWithResponse(ctx, shop.CreateCartJSONRequestBody{RegionID: &region.ID}))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "A visitor of %s makes a cart. It is a customer's: %t\n", region.Name, cart.CustomerID != nil)

	// The visitor registers, which logs in. The next request for the cart is the customer's, and so is the cart then.
	email := "cart-" + rand.Text() + "@example.com"
	me, err := c.Create(ctx, customers.CreateRequest{FirstName: "Ada", LastName: "Lovelace", Email: email, Password: "supersecret"})
	if err != nil {
		return err
	}
	if cart, err = cartOf(store.RetrieveCartWithResponse(ctx, cart.ID)); err != nil {
		return err
	}
	if cart.CustomerID == nil || *cart.CustomerID != me.ID {
		return errors.New("the cart is not the customer's")
	}
	fmt.Fprintf(out, "The visitor logs in as %s, and the cart is a customer's: %t\n", *me.FirstName, cart.CustomerID != nil)

	// The plugin's route is one like any other. Any status is a response.
	wishes, err := store.ListWishlistWithResponse(ctx)
	switch {
	case err != nil:
		return err
	case wishes.JSON200 == nil:
		fmt.Fprintf(out, "This shop has no wishlists\n")
	default:
		fmt.Fprintf(out, "%s wishes for %v\n", *me.FirstName, wishes.JSON200.Titles)
	}

	if err := fill(ctx, c, cart.ID, product.Variants[0].ID, region.Countries[0].Code); err != nil {
		return err
	}
	if cart, err = cartOf(store.RetrieveCartWithResponse(ctx, cart.ID)); err != nil {
		return err
	}
	fmt.Fprintf(out, "The cart has 2 × %s, an address, shipping and a payment, for %d\n", product.Title, cart.Total)

	completed, err := store.CompleteCartWithResponse(ctx, cart.ID)
	switch {
	case err != nil:
		return err
	case completed.JSON200 == nil || completed.JSON200.Type != "order":
		return fmt.Errorf("the cart is not completed: %s %s", completed.Status(), completed.Body)
	}
	for order, err := range c.Orders(ctx, nil) {
		if err != nil {
			return err
		}
		if order.ID == completed.JSON200.Data.ID {
			fmt.Fprintf(out, "%s has order #%d, for %d\n", *me.FirstName, order.DisplayID, order.Total)
			return c.Auth.DeleteSession(ctx)
		}
	}
	return errors.New("the order is not among the customer's")
}

// cartOf returns the cart of a response of the generated client.
func cartOf[R interface {
	GetJSON200() *shop.OneCart
	Status() string
	GetBody() []byte
}](resp R, err error) (shop.Cart, error) {
	switch {
	case err != nil:
		return shop.Cart{}, err
	case resp.GetJSON200() == nil:
		return shop.Cart{}, fmt.Errorf("no cart came: %s %s", resp.Status(), resp.GetBody())
	}
	return resp.GetJSON200().Cart, nil
}

// fill puts into a cart what it needs to be completed.
func fill(ctx context.Context, c *customers.Client, cartID, variantID, country string) error {
	at := "/store/carts/" + cartID
	if err := send(ctx, c, http.MethodPost, at+"/line-items", object{"variant_id": variantID, "quantity": 2}, nil); err != nil {
		return err
	}
	address := object{
		"first_name": "Ada", "last_name": "Lovelace", "address_1": "1 Main Street", "city": "Springfield", "postal_code": "12345", "country_code": country,
	}
	if err := send(ctx, c, http.MethodPost, at, object{"shipping_address": address}, nil); err != nil {
		return err
	}
	var options struct {
		Options []struct{ ID string } `json:"shipping_options"`
	}
	if err := send(ctx, c, http.MethodGet, "/store/shipping-options/"+cartID, nil, &options); err != nil {
		return err
	}
	if len(options.Options) == 0 {
		return errors.New("nothing ships to " + country)
	}
	if err := send(ctx, c, http.MethodPost, at+"/shipping-methods", object{"option_id": options.Options[0].ID}, nil); err != nil {
		return err
	}
	var made struct{ Cart shop.Cart }
	if err := send(ctx, c, http.MethodPost, at+"/payment-sessions", nil, &made); err != nil {
		return err
	}
	if len(made.Cart.PaymentSessions) == 0 {
		return nil // nothing is left to pay
	}
	provider := made.Cart.PaymentSessions[0].ProviderID
	return send(ctx, c, http.MethodPost, at+"/payment-session", object{"provider_id": provider}, nil)
}

type object map[string]any

// send sends a request without a generated client, and decodes the response into out unless that is nil.
func send(ctx context.Context, c *customers.Client, method, route string, in object, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, route, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s %s: %s %s", method, route, resp.Status, text)
	case out == nil:
		return nil
	}
	return json.Unmarshal(text, out)
}
