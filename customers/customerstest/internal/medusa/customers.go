package medusa

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/validate"
)

var registerBody = validate.Class{
	{Name: "first_name", Check: validate.String, Optional: true},
	{Name: "last_name", Check: validate.String, Optional: true},
	{Name: "email", Check: validate.Email},
	{Name: "password", Check: validate.String},
	{Name: "phone", Check: validate.String, Optional: true},
}

// extended returns the class with the columns that the shop has added to its customers.
func (o operations) extended(class validate.Class) validate.Class {
	for _, name := range o.Settings.CustomerColumns {
		class = append(slices.Clip(class), validate.Property{Name: name, Check: validate.Anything, Optional: true})
	}
	return class
}

// CreateCustomer registers a customer, or a guest if the password is empty, and logs in.
func (o operations) CreateCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := o.extended(registerBody).Validate(x.body)
	if x.fail(failed) {
		return
	}
	password := value(body.Text("password"))
	c := &Customer{
		Email: lowerCase(value(body.Text("email"))), HasAccount: password != "",
		FirstName: body.Text("first_name"), LastName: body.Text("last_name"), Phone: body.Text("phone"),
	}
	switch {
	case o.Has(c.Email, c.HasAccount) && c.HasAccount:
		x.fail(response.Duplicate("A customer with the given email already has an account. Log in instead"))
		return
	case o.Has(c.Email, c.HasAccount):
		x.fail(response.Duplicate("Guest customer with email already exists"))
		return
	case hasNUL(c.FirstName), hasNUL(c.LastName), hasNUL(c.Phone):
		x.fail(response.UnknownError())
		return
	case c.HasAccount:
		c.Password = NewPassword(password)
	}
	o.InsertCustomer(c)
	c.setOwn(body)
	x.session.customerID = c.ID
	o.respondWithAddresses(x, c)
}

var updateBody = validate.Class{
	{Name: "billing_address", Check: validate.StringOr(addressPayload), Optional: true},
	{Name: "first_name", Check: validate.String, Optional: true},
	{Name: "last_name", Check: validate.String, Optional: true},
	{Name: "password", Check: validate.String, Optional: true},
	{Name: "phone", Check: validate.String, Optional: true},
	{Name: "email", Check: validate.Email, Optional: true},
	{Name: "metadata", Check: validate.Object, Optional: true},
}

// UpdateCustomer changes the customer, wholly or not at all.
func (o operations) UpdateCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := o.extended(updateBody).Validate(x.body)
	if x.fail(failed) {
		return
	}
	c := o.customer(x)
	if c == nil {
		return
	}
	changed := *c
	billing, failed := o.changedBilling(&changed, body)
	if failed == nil {
		failed = o.changeColumns(&changed, body)
	}
	if x.fail(failed) {
		return
	}
	o.saveBilling(billing, &changed)
	o.saveCustomer(c, changed)
	o.respondWithAddresses(x, c)
}

// changeColumns sets what the body has, but for the billing address, and checks it as the database does.
func (o operations) changeColumns(c *Customer, body *js.Object) *response.Response {
	before := *c
	c.setOwn(body)
	for name, column := range map[string]**string{"first_name": &c.FirstName, "last_name": &c.LastName, "phone": &c.Phone} {
		if _, there := body.Values[name]; there {
			*column = body.Text(name)
		}
	}
	email, emailThere := body.Values["email"]
	if email := value(body.Text("email")); email != "" {
		c.Email = email // not lower-cased: with capitals there is no login any more
	}
	if metadata, ok := body.Values["metadata"].(*js.Object); ok {
		c.Metadata = merged(c.Metadata, metadata)
	}
	if password := value(body.Text("password")); password != "" {
		c.Password = NewPassword(password)
	}
	switch {
	case hasNUL(c.FirstName), hasNUL(c.LastName), hasNUL(c.Phone), hasNUL(c.Metadata):
		return response.UnknownError()
	case emailThere && email == nil:
		return response.InvalidData("Can't insert null value in field email on insert in table customer")
	}
	// If two rules are broken, the database names the older one.
	if owner, used := o.billed[value(c.billingAddressID)]; used && owner != c.ID {
		return response.Duplicate(fmt.Sprintf("Customer with billing_address_id %s already exists.", *c.billingAddressID))
	}
	if c.Email != before.Email && o.Has(c.Email, c.HasAccount) {
		return response.Duplicate(fmt.Sprintf("Customer with email, has_account %s, %.1s already exists.", c.Email, strconv.FormatBool(c.HasAccount)))
	}
	return nil
}

// billingChange is a billing address that is new or changed and not saved yet.
type billingChange struct {
	row     *address // nil: changed is to be inserted
	changed address
}

// changedBilling sets the customer's billing address to that of the body: the id of an address of any customer; the
// texts of an address, which change the present one in place, even if it is a shipping address too; or null.
func (o operations) changedBilling(c *Customer, body *js.Object) (*billingChange, *response.Response) {
	v, there := body.Values["billing_address"]
	if !there {
		return nil, nil
	}
	switch v := v.(type) {
	case string:
		if hasNUL(v) {
			return nil, response.UnknownError()
		}
		if o.addresses[v] == nil {
			return nil, response.NotFound(fmt.Sprintf("Address with id %s was not found", v))
		}
		c.billingAddressID = &v
	case *js.Object:
		change := new(billingChange)
		if c.billingAddressID != nil {
			if change.row = o.addresses[*c.billingAddressID]; change.row != nil {
				change.changed = *change.row
			}
		}
		change.changed.set(v)
		failed := change.changed.refused()
		if c.billingAddressID != nil && change.row == nil && (failed == nil || failed.Status == http.StatusNotFound) {
			failed = response.InvalidData("Can't insert null value in field id on insert in table address")
		}
		return change, failed
	default:
		c.billingAddressID = nil
	}
	return nil, nil
}

func (o operations) saveBilling(change *billingChange, changed *Customer) {
	switch {
	case change == nil:
	case change.row != nil:
		o.saveAddress(change.row, change.changed)
	default:
		a := change.changed
		o.insertAddress(&a)
		changed.billingAddressID = &a.id
	}
}
