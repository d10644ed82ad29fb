package e2e

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// TestOrderIsTheCustomersOwn asks for own orders and for those of others, which GET /store/orders/{id} would show.
func TestOrderIsTheCustomersOwn(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	other, otherWho := newCustomer(t)
	mine, theirs := placeOrder(t, who.ID, time.Now()), placeOrder(t, otherWho.ID, time.Now())
	for id, owner := range map[string]*customers.Client{mine: c, theirs: other} {
		if order, err := owner.Order(t.Context(), id); err != nil || order.ID != id || order.CustomerID != map[string]string{mine: who.ID, theirs: otherWho.ID}[id] {
			t.Errorf("%s: %+v, %v", id, order, err)
		}
	}
	// The backend's other route asks for no login.
	raw{method: "GET", path: "/store/orders/" + theirs}.send(t).is(t, 200, "application/json")
	for _, id := range []string{theirs, shared.Orders["pending"], "order_none", strings.ToUpper(mine), mine + " ", mine + ",x", "%", "*"} {
		order, err := c.Order(t.Context(), id)
		if e := (failure{is: customers.ErrNotFound, status: 200}).of(t, err); order != nil || e.HTTPStatus() != http.StatusNotFound {
			t.Errorf("%s: %v", id, order)
		}
	}
}

// TestTotalsOfAnOrderAddUp checks what docs/orders.md says of an order page, for every order of the seed.
func TestTotalsOfAnOrderAddUp(t *testing.T) {
	t.Parallel()
	c := login(t, "orders")
	names := map[string]string{}
	for name, id := range shared.Orders {
		names[id] = name
	}
	n := 0
	for o, err := range c.Orders(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		t.Run(cmp.Or(names[o.ID], o.ID), func(t *testing.T) { addsUp(t, o) })
	}
	if n < 40 {
		t.Errorf("only %d orders", n)
	}
}

func addsUp(t *testing.T, o *customers.Order) {
	t.Helper()
	check := func(what string, got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %d, want %d", what, got, want)
		}
	}
	var subtotal, itemTax, shipping, shippingTax, paid, refunded, cards int64
	var discount float64
	for i := range o.Items {
		item := &o.Items[i]
		subtotal, itemTax, discount = subtotal+item.Subtotal, itemTax+item.TaxTotal, discount+item.RawDiscountTotal
		if o.TaxRate == nil {
			check("an item's total", item.Total, item.Subtotal-item.DiscountTotal+item.TaxTotal)
		}
		check("an item's discount", item.DiscountTotal, int64(math.Round(item.RawDiscountTotal)))
		check("an item's original total", item.OriginalTotal, item.Subtotal+item.OriginalTaxTotal)
		if !customers.Deref(item.IncludesTax) {
			check("an item's subtotal", item.Subtotal, item.UnitPrice*int64(item.Quantity))
		}
	}
	for i := range o.ShippingMethods {
		method := &o.ShippingMethods[i]
		shipping, shippingTax = shipping+method.Subtotal, shippingTax+method.TaxTotal
		if o.TaxRate == nil {
			check("a shipping method's total", method.Total, method.Subtotal+method.TaxTotal)
		}
	}
	for _, p := range o.Payments {
		paid += p.Amount
	}
	for _, r := range o.Refunds {
		refunded += r.Amount
	}
	for _, g := range o.GiftCardTransactions {
		cards += g.Amount
	}
	check("subtotal", o.Subtotal, subtotal)
	check("discount_total", o.DiscountTotal, int64(math.Round(discount)))
	check("shipping_total", o.ShippingTotal, shipping)
	check("item_tax_total", *o.ItemTaxTotal, itemTax)
	check("shipping_tax_total", *o.ShippingTaxTotal, shippingTax)
	check("tax_total", o.TaxTotal, itemTax+shippingTax-o.GiftCardTaxTotal)
	check("gift_card_total", o.GiftCardTotal, cards)
	check("total", o.Total, o.Subtotal-o.DiscountTotal+o.ShippingTotal+o.TaxTotal-o.GiftCardTotal)
	check("paid_total", o.PaidTotal, paid)
	check("refunded_total", o.RefundedTotal, refunded)
	check("refundable_amount", o.RefundableAmount, o.PaidTotal-o.RefundedTotal)
}

// TestFieldsOfRealMessages sends what the client would refuse, and gives the backend's own response to the client. Package
// customers has the texts in a test of its own.
func TestFieldsOfRealMessages(t *testing.T) {
	t.Parallel()
	cookie, _ := rawCustomer(t)
	_, taken := newCustomer(t)
	ctx := t.Context()
	create := func(c *customers.Client) error {
		_, err := c.Create(ctx, customers.CreateRequest{Email: "a@example.com", Password: "p"})
		return err
	}
	update := func(c *customers.Client) error { _, err := c.Update(ctx, customers.UpdateRequest{}); return err }
	add := func(c *customers.Client) error {
		_, err := c.Addresses.Add(ctx, customers.AddAddressRequest{FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"})
		return err
	}
	change := func(c *customers.Client) error {
		_, err := c.Addresses.Update(ctx, "addr_1", customers.UpdateAddressRequest{})
		return err
	}
	list := func(c *customers.Client) error { _, err := c.ListOrders(ctx, nil); return err }
	reset := func(c *customers.Client) error {
		_, err := c.ResetPassword(ctx, customers.ResetPasswordRequest{Email: "a@example.com", Token: "t", Password: "p"})
		return err
	}
	for _, test := range []struct {
		call         func(*customers.Client) error
		method, path string
		body         any
		want         string
	}{
		{create, "POST", customersPath, jsonObject{}, "Email Password"},
		{create, "POST", customersPath, jsonObject{"email": "a", "password": 1, "first_name": 2, "last_name": 3, "phone": 4, "x": 5}, "Email FirstName LastName Password Phone x"},
		{create, "POST", customersPath, jsonObject{"email": taken.Email, "password": "p"}, "Email"},
		{update, "POST", mePath, jsonObject{"email": taken.Email}, "Email"},
		{update, "POST", mePath, jsonObject{"email": "a", "metadata": 1}, "Email Metadata"},
		{update, "POST", mePath, jsonObject{"billing_address": 5}, "BillingAddress"},
		{update, "POST", mePath, jsonObject{"billing_address": "addr_none"}, "BillingAddress"},
		{update, "POST", mePath, jsonObject{"billing_address": jsonObject{"city": 1, "first_name": 2, "floor": 3, "metadata": 4}}, "BillingAddress.City BillingAddress.FirstName BillingAddress.Metadata BillingAddress.floor"},
		{update, "POST", mePath, jsonObject{"billing_address": jsonObject{"country_code": "xx"}}, "BillingAddress.CountryCode"},
		{update, "POST", mePath, jsonObject{"billing_address_id": "addr_1"}, "billing_address_id"},
		{add, "POST", addressesPath, jsonObject{"address": jsonObject{}}, "Address1 City CountryCode FirstName LastName PostalCode"},
		{add, "POST", addressesPath, jsonObject{"address": jsonObject{"first_name": "A", "last_name": "B", "address_1": "C", "city": "D", "country_code": "xx", "postal_code": ""}}, "CountryCode"},
		{add, "POST", addressesPath, jsonObject{"address": "x"}, "address"},
		{change, "POST", addressesPath + "/addr_none", jsonObject{"city": "x"}, "ID"},
		{change, "POST", addressesPath + "/addr_none", jsonObject{"city": 1, "country_code": 2, "x": 3}, "City CountryCode x"},
		{list, "GET", ordersPath + "?limit=x&id[]=1&status=y&display_id=z&foo=1", nil, "ID Limit Status foo"},
		{list, "GET", ordersPath + "?created_at=2024", nil, "CreatedAt"},
		{reset, "POST", passwordResetPath, jsonObject{"email": "a", "password": 1}, "Email Password Token"},
	} {
		got := raw{method: test.method, path: test.path, body: test.body, cookie: cookie, deviates: "a request that the client refuses"}.send(t)
		opts := []customers.Option{customers.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: got.status, Header: got.header, Body: io.NopCloser(strings.NewReader(got.body))}, nil
		})})}
		if test.path != customersPath { // a registration is a login, which a client with a token refuses
			opts = append(opts, customers.WithBearerToken("token"))
		}
		c, err := customers.New("http://shop.example.com", opts...)
		if err != nil {
			t.Fatal(err)
		}
		e, ok := test.call(c).(*customers.Error) //nolint:errorlint // always one
		if !ok {
			t.Errorf("%s %s %v is no failure: %d %s", test.method, test.path, test.body, got.status, got.body)
			continue
		}
		var names []string
		for name := range e.Fields {
			names = append(names, name)
		}
		slices.Sort(names)
		if fmt.Sprint(names) != "["+test.want+"]" {
			t.Errorf("%s %s %v: fields %v, want %s: %d %s", test.method, test.path, test.body, names, test.want, got.status, got.body)
		}
	}
}
