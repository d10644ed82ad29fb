package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// The in-memory backend gets the seeded customers of the real backend, with their addresses, payment methods and orders.

// seededRelations are the paths of expand that the orders of the seed have. Random lists expand no others but ledBackTo.
var seededRelations = slices.DeleteFunc(append(strings.Fields(`items.variant.product.profiles gift_card_transactions.gift_card returns.items.item
	swaps.return_order claims.return_order discounts.rule.conditions`), listRelations...), func(path string) bool { return slices.Contains(ledBackTo, path) })

// copySeed copies the seed of the real backend.
func copySeed(t *testing.T, d *duo, to *customerstest.Server) {
	t.Helper()
	for _, who := range d.real.Customers {
		if err := copyTo(t.Context(), d, to, who); err != nil {
			t.Fatalf("copying %s: %v", who.Key, err)
		}
	}
}

func copyTo(ctx context.Context, d *duo, to *customerstest.Server, who backend.Customer) error {
	cookie, err := cookieOf(ctx, d.real.URL, who)
	if err != nil {
		return err
	}
	body, err := call(ctx, "GET", d.real.URL+mePath, cookie, "")
	if err != nil {
		return err
	}
	var me struct {
		Customer api.Customer `json:"customer"`
	}
	if err := json.Unmarshal(body, &me); err != nil {
		return err
	}
	id, err := copyCustomer(ctx, to, who, me.Customer)
	if err != nil {
		return err
	}
	var methods struct {
		List []struct {
			ProviderID string          `json:"provider_id"`
			Data       json.RawMessage `json:"data"`
		} `json:"payment_methods"`
	}
	if err := readInto(ctx, d.real.URL+methodsPath, cookie, &methods); err != nil {
		return err
	}
	for _, m := range methods.List {
		to.AddPaymentMethod(id, customerstest.PaymentMethod{ProviderID: m.ProviderID, Data: m.Data})
	}
	if err := copyOrders(ctx, d.real, to, who, id, cookie); err != nil {
		return err
	}

	ours, err := cookieOf(ctx, to.URL, who)
	if err != nil {
		return err
	}
	theirs, err := call(ctx, "GET", to.URL+mePath, ours, "")
	if err != nil {
		return err
	}
	return d.Equate(body, theirs)
}

// copyCustomer adds a customer like c, with the addresses at their times, because they are compared in that order.
func copyCustomer(ctx context.Context, to *customerstest.Server, who backend.Customer, c api.Customer) (id string, err error) {
	defer to.SetTime(time.Time{})
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	metadata, err := c.Metadata.Map()
	if err != nil {
		return "", err
	}
	id = to.AddCustomer(customerstest.Customer{
		Email: c.Email, Password: who.Password, FirstName: text(c.FirstName), LastName: text(c.LastName), Phone: text(c.Phone), Metadata: metadata,
	}).ID
	cookie, err := cookieOf(ctx, to.URL, who)
	if err != nil {
		return "", err
	}
	add := func(a api.Address, path, name string) {
		to.SetTime(a.CreatedAt)
		payload, e := json.Marshal(map[string]any{name: api.AddAddressRequest{
			FirstName: text(a.FirstName), LastName: text(a.LastName), Address1: text(a.Address1), City: text(a.City), PostalCode: text(a.PostalCode),
			CountryCode: text(a.CountryCode), Address2: a.Address2, Company: a.Company, Phone: a.Phone, Province: a.Province, Metadata: a.Metadata,
		}})
		if e == nil {
			_, e = call(ctx, "POST", to.URL+path, cookie, string(payload))
		}
		err = errors.Join(err, e)
	}
	for _, a := range c.ShippingAddresses {
		add(a, addressesPath, "address")
	}
	if c.BillingAddress != nil {
		add(*c.BillingAddress, mePath, "billing_address")
	}
	return id, err
}

// copyOrders copies the orders from the list, with all columns and with what random lists expand, and their times from the
// database, which has microseconds.
func copyOrders(ctx context.Context, from *backend.Backend, to *customerstest.Server, who backend.Customer, id, cookie string) error {
	db, err := from.SQL(ctx)
	if err != nil {
		return err
	}
	var page, old struct {
		Orders []map[string]any `json:"orders"`
	}
	query := "?limit=0&fields=" + strings.Join(orderColumns, ",") + "&expand=" + strings.Join(seededRelations, ",")
	if err := readInto(ctx, from.URL+ordersPath+query, cookie, &page); err != nil {
		return err
	}
	// An order with a tax rate shows its tax lines only where a total is named.
	if err := readInto(ctx, from.URL+ordersPath+"?limit=0&fields=total", cookie, &old); err != nil {
		return err
	}
	for i, order := range page.Orders {
		if order["tax_rate"] != nil {
			copyTaxLines(order, old.Orders[i])
		}
		var times [3]*time.Time
		row := db.QueryRow(ctx, `SELECT created_at, updated_at, canceled_at FROM "order" WHERE id = $1`, order["id"])
		if err := row.Scan(&times[0], &times[1], &times[2]); err != nil {
			return err
		}
		for i, name := range []string{"created_at", "updated_at", "canceled_at"} {
			if times[i] != nil {
				order[name] = times[i].UTC()
			}
		}
		text, err := json.Marshal(order)
		if err != nil {
			return err
		}
		if err := to.AddStoredOrder(id, text); err != nil {
			return err
		}
	}
	if len(page.Orders) != who.Orders {
		return fmt.Errorf("%d orders, want %d", len(page.Orders), who.Orders)
	}
	return nil
}

// copyTaxLines sets the tax lines of the lines and shipping methods of an order to those of the same order in another list.
func copyTaxLines(to, from map[string]any) {
	for _, name := range []string{"items", "shipping_methods"} {
		rows := map[any]map[string]any{}
		for _, row := range from[name].([]any) { //nolint:errcheck,forcetypeassert // it is always there
			row := row.(map[string]any) //nolint:errcheck,forcetypeassert // as above
			rows[row["id"]] = row
		}
		for _, row := range to[name].([]any) { //nolint:errcheck,forcetypeassert // as above
			row := row.(map[string]any) //nolint:errcheck,forcetypeassert // as above
			row["tax_lines"] = rows[row["id"]]["tax_lines"]
		}
	}
}

func cookieOf(ctx context.Context, base string, who backend.Customer) (string, error) {
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, who.Email, who.Password)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+authPath, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	cookie, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the login is %s", resp.Status)
	}
	return cookie, errors.Join(err, resp.Body.Close())
}

func call(ctx context.Context, method, url, cookie, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %.200s", method, url, resp.Status, text)
	}
	return text, nil
}

func readInto(ctx context.Context, url, cookie string, v any) error {
	text, err := call(ctx, "GET", url, cookie, "")
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
