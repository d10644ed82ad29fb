package customerstest

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// customer is a row of the backend's table.
type customer struct {
	id               string
	createdAt        time.Time
	updatedAt        time.Time
	email            string
	firstName        *string
	lastName         *string
	billingAddressID *string
	phone            *string
	hasAccount       bool // false: a guest
	metadata         any
	password         password
	addresses        []*address // shipping addresses, oldest first
	paymentMethods   []members
}

// columns is the customer without addresses.
func (c *customer) columns() members {
	return members{
		{"id", c.id}, {"created_at", c.createdAt}, {"updated_at", c.updatedAt}, {"deleted_at", nil}, {"email", c.email},
		{"first_name", c.firstName}, {"last_name", c.lastName}, {"billing_address_id", c.billingAddressID},
		{"phone", c.phone}, {"has_account", c.hasAccount}, {"metadata", c.metadata},
	}
}

func (c *customer) shippingAddresses() []members {
	list := make([]members, len(c.addresses))
	for i, a := range c.addresses {
		list[i] = a.columns()
	}
	return list
}

// withAddresses is the customer as most operations answer it. The billing address is null if it was deleted, while its
// id stays.
func (b *Backend) withAddresses(c *customer) members {
	var billing members
	if c.billingAddressID != nil {
		if a := b.addresses[*c.billingAddressID]; a != nil {
			billing = a.columns()
		}
	}
	return append(c.columns(), member{"billing_address", billing}, member{"shipping_addresses", c.shippingAddresses()})
}

// withOrders is the customer as a login answers it.
func (b *Backend) withOrders(c *customer) members {
	return append(c.columns(), member{"orders", b.orders.ofLogin(c.id)}, member{"shipping_addresses", c.shippingAddresses()})
}

// emailKey is what the backend keeps unique: an email may have one account and one guest.
type emailKey struct {
	email      string
	hasAccount bool
}

// accountOf returns the account with this email in lower case.
func (b *Backend) accountOf(email string) *customer {
	return b.customers[b.emails[emailKey{lowerCase(email), true}]]
}

// currentCustomer is whoever is logged in. For one who was deleted since, it sets the answer and returns nil.
func (b *Backend) currentCustomer(x *exchange) *customer {
	c := b.customers[x.customerID]
	if c == nil {
		x.answer = notFound(fmt.Sprintf("Customer with id: %s was not found", x.customerID))
	}
	return c
}

var registerBody = class{
	{name: "first_name", check: isString, optional: true},
	{name: "last_name", check: isString, optional: true},
	{name: "email", check: isEmailAddress},
	{name: "password", check: isString},
	{name: "phone", check: isString, optional: true},
}

// CreateCustomer registers a customer, or a guest if the password is empty, and logs in.
func (o operations) CreateCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := registerBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	email, text := lowerCase(body.text("email")), body.text("password")
	key := emailKey{email, text != ""}
	if o.emails[key] != "" {
		x.answer = duplicate("A customer with the given email already has an account. Log in instead")
		if text == "" {
			x.answer = duplicate("Guest customer with email already exists")
		}
		return
	}
	c := &customer{
		email: email, hasAccount: key.hasAccount,
		firstName: textOf(body, "first_name"), lastName: textOf(body, "last_name"), phone: textOf(body, "phone"),
	}
	if !storable(c.firstName) || !storable(c.lastName) || !storable(c.phone) {
		x.answer = unknownError()
		return
	}
	if key.hasAccount {
		c.password = newPassword(text)
	}
	o.insertCustomer(c)
	x.session.customerID = c.id
	x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withAddresses(c)}})
}

func (b *Backend) insertCustomer(c *customer) {
	now := b.now()
	c.id, c.createdAt, c.updatedAt = newID("cus", now), now, now
	b.customers[c.id] = c
	b.emails[emailKey{c.email, c.hasAccount}] = c.id
}

// textOf is a string property; nil if it is null or absent.
func textOf(o *object, name string) *string {
	if s, ok := o.values[name].(string); ok {
		return &s
	}
	return nil
}

// RetrieveCustomer reads the customer.
func (o operations) RetrieveCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.currentCustomer(x); c != nil {
		x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withAddresses(c)}})
	}
}

var updateBody = class{
	{name: "billing_address", check: isAddressOrID, optional: true},
	{name: "first_name", check: isString, optional: true},
	{name: "last_name", check: isString, optional: true},
	{name: "password", check: isString, optional: true},
	{name: "phone", check: isString, optional: true},
	{name: "email", check: isEmailAddress, optional: true},
	{name: "metadata", check: isObject, optional: true},
}

// UpdateCustomer changes the customer, wholly or not at all.
func (o operations) UpdateCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := updateBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	c := o.currentCustomer(x)
	if c == nil {
		return
	}
	changed := *c
	billing, failed := o.changedBilling(&changed, body)
	if failed == nil {
		failed = o.changeColumns(&changed, body)
	}
	isNews := storable(changed.firstName) && storable(changed.lastName) && storable(changed.phone) && billing.storable()
	if failed == nil && !isNews {
		failed = new(unknownError()) // the news of the change comes last
	}
	if failed != nil {
		x.answer = *failed
		return
	}
	o.saveBilling(billing, &changed)
	o.saveCustomer(c, changed)
	x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withAddresses(c)}})
}

// changeColumns sets what the body holds, but for the billing address, and checks what the database would.
func (b *Backend) changeColumns(c *customer, body *object) *answer {
	before := *c
	for name, column := range map[string]**string{"first_name": &c.firstName, "last_name": &c.lastName, "phone": &c.phone} {
		if _, there := body.values[name]; there {
			*column = textOf(body, name)
		}
	}
	email, emailThere := body.values["email"]
	if email := body.text("email"); email != "" {
		c.email = email // as it is given: with capitals nobody can log in
	}
	if metadata, ok := body.values["metadata"].(*object); ok {
		c.metadata = merged(c.metadata, metadata)
	}
	if text := textOf(body, "password"); text != nil && *text != "" {
		c.password = newPassword(*text)
	}
	switch {
	case hasNUL(c.firstName), hasNUL(c.lastName), hasNUL(c.phone), !storable(c.metadata):
		return new(unknownError())
	case emailThere && email == nil:
		return new(invalidData("Can't insert null value in field email on insert in table customer"))
	}
	// Of two rules that are broken, the database names the one that is older.
	if owner, used := b.billed[valueOf(c.billingAddressID)]; used && owner != c.id {
		return new(duplicate(fmt.Sprintf("Customer with billing_address_id %s already exists.", *c.billingAddressID)))
	}
	if c.email != before.email && b.emails[emailKey{c.email, c.hasAccount}] != "" {
		return new(duplicate(fmt.Sprintf("Customer with email, has_account %s, %.1s already exists.", c.email, strconv.FormatBool(c.hasAccount))))
	}
	return nil
}

// merged is the metadata with the new properties; an empty text takes a property away.
func merged(old any, changes *object) *object {
	metadata := newObject()
	if o, ok := old.(*object); ok {
		metadata.names, metadata.values = append([]string(nil), o.names...), maps.Clone(o.values)
	}
	for _, name := range changes.names {
		if v := changes.values[name]; v == "" {
			metadata.delete(name)
		} else {
			metadata.set(name, v)
		}
	}
	return metadata
}

// saveCustomer writes the changed row. Its time changes only if something else does.
func (b *Backend) saveCustomer(c *customer, changed customer) {
	changed.metadata = stored(changed.metadata)
	if sameRow(c, &changed) {
		return
	}
	changed.updatedAt = b.now()
	delete(b.emails, emailKey{c.email, c.hasAccount})
	b.emails[emailKey{changed.email, changed.hasAccount}] = c.id
	if old := valueOf(c.billingAddressID); old != valueOf(changed.billingAddressID) {
		delete(b.billed, old)
		if changed.billingAddressID != nil {
			b.billed[*changed.billingAddressID] = c.id
		}
	}
	*c = changed
}

func sameRow(a, b *customer) bool {
	return string(appendJSON(nil, a.columns())) == string(appendJSON(nil, b.columns())) &&
		string(a.password.secret) == string(b.password.secret)
}

func hasNUL(s *string) bool { return strings.ContainsRune(valueOf(s), 0) }

func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
