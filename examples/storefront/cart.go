package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/customers"
)

// cartCookie has the id of the browser's cart.
const cartCookie = "cart"

// cart is what the site shows of a cart. Carts are no part of the contract of package customers, so they go through
// Client.Do: with the customer's login, by which the backend knows whose cart it is.
type cart struct {
	ID     string `json:"id"`
	Region struct {
		CurrencyCode string `json:"currency_code"`
	} `json:"region"`
	Items    []cartLine `json:"items"`
	Subtotal int64      `json:"subtotal"`
}

// cartLine is an item of a cart.
type cartLine struct {
	Title       string `json:"title"`
	Description string `json:"description"` // null is ""
	Quantity    int    `json:"quantity"`
	UnitPrice   int64  `json:"unit_price"`
}

// cartItem is an item for a new cart.
type cartItem struct {
	VariantID string `json:"variant_id"`
	Quantity  int    `json:"quantity"`
}

// askForCart sends a request to the cart routes, with a JSON body unless that is nil.
func askForCart(r *http.Request, c *customers.Client, method, path string, body any) (*cart, error) {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, "/store/carts"+path, payload)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, errNoPage
	default:
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 500)) // for the log
		return nil, fmt.Errorf("the cart's route responds with %s: %q", resp.Status, text)
	}
	var v struct {
		Cart cart `json:"cart"`
	}
	return &v.Cart, json.NewDecoder(resp.Body).Decode(&v)
}

// orderAgain makes a cart with the items of an order.
func (s *site) orderAgain(r *http.Request, c *customers.Client) (*view, error) {
	order, err := ownOrder(r, c)
	if err != nil {
		return nil, err
	}
	var items []cartItem
	for _, line := range order.Items {
		if line.VariantID != nil {
			items = append(items, cartItem{*line.VariantID, line.Quantity})
		}
	}
	made, err := askForCart(r, c, http.MethodPost, "", map[string]any{"region_id": order.RegionID, "items": items})
	if err != nil {
		return nil, err
	}
	v, err := seeOther("/cart", "cart")
	v.cookie = s.rememberCart(made.ID)
	return v, err
}

// cart shows the browser's cart.
func (s *site) cart(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "cart", Title: "Your cart", Data: &cart{}}
	id, err := r.Cookie(cartCookie)
	if err != nil {
		return v, nil //nolint:nilerr // there is no cart yet
	}
	found, err := askForCart(r, c, http.MethodGet, "/"+url.PathEscape(id.Value), nil)
	switch {
	case err == nil:
		v.Data = found
	case !errors.Is(err, errNoPage): // but the shop may have deleted it
		return nil, err
	}
	return v, nil
}

// rememberCart makes the browser remember a cart until it is closed, and forget it for "".
func (s *site) rememberCart(id string) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure where the site has https
		Name: cartCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.public, "https:"),
	}
	if id == "" {
		c.MaxAge = -1
	}
	return c
}
