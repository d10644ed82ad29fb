package main

import (
	"bytes"
	_ "embed" // for sample
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

//go:embed sample.json
var sample []byte

// seedCustomer is a customer in a seed file.
type seedCustomer struct {
	Email     string         `json:"email"`
	Password  string         `json:"password"`
	Guest     bool           `json:"guest"`
	FirstName string         `json:"first_name"`
	LastName  string         `json:"last_name"`
	Phone     string         `json:"phone"`
	Metadata  map[string]any `json:"metadata"`

	Addresses      []api.AddAddressRequest `json:"addresses"`
	BillingAddress *api.AddAddressRequest  `json:"billing_address"`

	Orders         []customerstest.Order `json:"orders"`
	PaymentMethods []struct {
		ProviderID string `json:"provider_id"`
		Data       any    `json:"data"`
	} `json:"payment_methods"`
}

// login is what a customer logs in with.
type login struct {
	email, password string
	orders          int
}

// seedFrom adds the customers of a seed file, or of the sample if there is no path.
func seedFrom(b *customerstest.Backend, path string) ([]login, error) {
	text, name := sample, "the sample"
	if path != "" {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			return nil, err
		}
		name = path
	}
	logins, err := seed(b, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return logins, nil
}

// seed adds the customers of a seed file. An error names the line.
func seed(b *customerstest.Backend, text []byte) ([]login, error) {
	customers, err := splitCustomers(text)
	if err != nil {
		return nil, err
	}
	var logins []login
	for i, raw := range customers {
		var c seedCustomer
		d := json.NewDecoder(bytes.NewReader(raw.text))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			return nil, fmt.Errorf("line %d: customers[%d]: %w", raw.lineOf(err), i, err)
		}
		if err := check(c); err != nil {
			return nil, fmt.Errorf("line %d: customers[%d]: %w", raw.lineOf(err), i, err)
		}
		added, err := add(b, c)
		if err != nil {
			return nil, fmt.Errorf("line %d: customers[%d]: %w", raw.line, i, err)
		}
		if !c.Guest {
			logins = append(logins, *added)
		}
	}
	return logins, nil
}

// rawCustomer is the text of a customer and its first line.
type rawCustomer struct {
	text json.RawMessage
	line int
}

// splitCustomers returns the text of each customer, so that an error has a line.
func splitCustomers(text []byte) ([]rawCustomer, error) {
	at := func(offset int64, err error) error {
		return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:offset], []byte("\n")), err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(text, &file); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, at(syntax.Offset, err)
		}
		return nil, at(0, errors.New(`it has to be an object: {"customers": […]}`))
	}
	for name := range file {
		if name != "customers" {
			begin := max(0, bytes.Index(text, []byte(`"`+name+`"`)))
			return nil, at(int64(begin), fmt.Errorf("unknown field %q: there is only customers", name))
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	for range 2 {
		_, _ = d.Token() // the brace and the name
	}
	if t, _ := d.Token(); len(file) > 0 && t != json.Delim('[') {
		return nil, at(d.InputOffset(), errors.New("customers has to be a list"))
	}
	var customers []rawCustomer
	for len(file) > 0 && d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err // the syntax is right: Unmarshal has read it
		}
		begin := int(d.InputOffset()) - len(raw)
		customers = append(customers, rawCustomer{raw, 1 + bytes.Count(text[:begin], []byte("\n"))})
	}
	return customers, nil
}

// quoted matches what an error quotes of the text.
var quoted = regexp.MustCompile(`"([^"]+)"`)

// lineOf returns the line of an error: that of its offset, or of the first text that it quotes.
func (c rawCustomer) lineOf(err error) int {
	at := 0
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = int(wrong.Offset)
	} else if wrong, ok := errors.AsType[*time.ParseError](err); ok {
		at = bytes.Index(c.text, []byte(strings.Trim(wrong.Value, `"`)))
	} else if m := quoted.FindString(err.Error()); m != "" {
		at = bytes.Index(c.text, []byte(m))
	}
	at = max(0, at)
	return c.line + bytes.Count(c.text[:min(at, len(c.text))], []byte("\n"))
}

// check returns an error for an order that no backend has.
func check(c seedCustomer) error {
	for i, o := range c.Orders {
		for _, status := range []struct {
			name, value string
			valid       bool
		}{
			{"status", string(o.Status), o.Status.Valid()},
			{"payment_status", string(o.PaymentStatus), o.PaymentStatus.Valid()},
			{"fulfillment_status", string(o.FulfillmentStatus), o.FulfillmentStatus.Valid()},
		} {
			if status.value != "" && !status.valid {
				return fmt.Errorf("orders[%d].%s: there is no %q", i, status.name, status.value)
			}
		}
		if d := o.Discount; d != nil && d.Type != "" && !d.Type.Valid() {
			return fmt.Errorf("orders[%d].discount.type: there is no %q", i, d.Type)
		}
		for j, line := range o.Lines {
			if line.Quantity < 0 {
				return fmt.Errorf("orders[%d].lines[%d].quantity is negative", i, j)
			}
		}
	}
	return nil
}

// add adds a customer. Where package customerstest panics, it returns an error.
func add(b *customerstest.Backend, c seedCustomer) (added *login, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New(strings.TrimPrefix(fmt.Sprint(r), "customerstest: "))
		}
	}()
	if c.Password == "" {
		c.Password = customerstest.DefaultPassword
	}
	customer := b.AddCustomer(customerstest.Customer{
		Email: strings.ToLower(c.Email), Password: c.Password, Guest: c.Guest, FirstName: c.FirstName, LastName: c.LastName, Phone: c.Phone,
		Metadata: c.Metadata, ShippingAddresses: c.Addresses, BillingAddress: c.BillingAddress,
	})
	for _, o := range c.Orders {
		b.AddOrder(customer.ID, o)
	}
	for _, m := range c.PaymentMethods {
		b.AddPaymentMethod(customer.ID, customerstest.PaymentMethod{ProviderID: m.ProviderID, Data: m.Data})
	}
	return &login{customer.Email, c.Password, len(c.Orders)}, nil
}
