package customerstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// address is a row of the backend's table: a shipping address of a customer or, without one, a billing address.
type address struct {
	id         string
	createdAt  time.Time
	updatedAt  time.Time
	customerID *string
	texts      [len(addressTexts)]*string
	metadata   any
}

// addressTexts are the columns that hold text, in the order of the answers.
var addressTexts = [...]string{
	"company", "first_name", "last_name", "address_1", "address_2", "city", "country_code", "province", "postal_code", "phone",
}

var countryCodeColumn = slices.Index(addressTexts[:], "country_code")

func (a *address) columns() members {
	m := append(make(members, 0, 16), member{"id", a.id}, member{"created_at", a.createdAt}, member{"updated_at", a.updatedAt},
		member{"deleted_at", nil}, member{"customer_id", a.customerID})
	for i, name := range addressTexts {
		m = append(m, member{name, a.texts[i]})
	}
	return append(m, member{"metadata", a.metadata})
}

// set takes over what the payload holds. A country code is lower-cased; null for it is ignored.
func (a *address) set(payload *object) {
	for i, name := range addressTexts {
		v, there := payload.values[name]
		switch {
		case !there:
		case i != countryCodeColumn:
			a.texts[i] = textOf(payload, name)
		case v != nil:
			a.texts[i] = new(lowerCase(payload.text(name)))
		}
	}
	if metadata, there := payload.values["metadata"]; there {
		a.metadata = metadata
	}
}

// refused is what the database says to the row, or nil.
func (a *address) refused() *answer {
	for _, text := range a.texts {
		if hasNUL(text) {
			return new(unknownError())
		}
	}
	if !storable(a.metadata) {
		return new(unknownError())
	}
	if code := a.texts[countryCodeColumn]; code != nil && !countries[*code] {
		if !wordCharacters.MatchString(*code) {
			return new(notFound("null")) // the backend looks for the code in the database's message, in vain
		}
		return new(notFound(fmt.Sprintf("Country with country_code %s does not exist.", *code)))
	}
	return nil
}

var wordCharacters = regexp.MustCompile(`^[\w-]+$`)

func (b *Backend) insertAddress(a *address) {
	now := b.now()
	a.id, a.createdAt, a.updatedAt = newID("addr", now), now, now
	a.settle()
	b.addresses[a.id] = a
}

// settle turns the values into what the database gives back.
func (a *address) settle() {
	for i, text := range a.texts {
		if text != nil {
			a.texts[i] = new(columnText(*text))
		}
	}
	a.metadata = stored(a.metadata)
}

// saveAddress writes the changed row. Its time changes only if something else does.
func (b *Backend) saveAddress(a *address, changed address) {
	changed.settle()
	if string(appendJSON(nil, a.columns())) != string(appendJSON(nil, changed.columns())) {
		changed.updatedAt = b.now()
		*a = changed
	}
}

var addressPayload = class{
	{name: "first_name", check: isString, optional: true},
	{name: "last_name", check: isString, optional: true},
	{name: "phone", check: isString, optional: true},
	{name: "metadata", check: isObject, optional: true},
	{name: "company", check: isString, optional: true},
	{name: "address_1", check: isString, optional: true},
	{name: "address_2", check: isString, optional: true},
	{name: "city", check: isString, optional: true},
	{name: "country_code", check: isString, optional: true},
	{name: "province", check: isString, optional: true},
	{name: "postal_code", check: isString, optional: true},
}

var addAddressBody = class{{name: "address", check: isNested(addressCreatePayload), nested: addressCreatePayload}}

var addressCreatePayload = class{
	{name: "first_name", check: isString},
	{name: "last_name", check: isString},
	{name: "phone", check: isString, optional: true},
	{name: "metadata", check: isAnything, optional: true},
	{name: "company", check: isString, optional: true},
	{name: "address_1", check: isString},
	{name: "address_2", check: isString, optional: true},
	{name: "city", check: isString},
	{name: "country_code", check: isString},
	{name: "province", check: isString, optional: true},
	{name: "postal_code", check: isString},
}

// AddAddress adds an address, unless the customer has it.
func (o operations) AddAddress(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	body, failed := addAddressBody.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	payload, ok := body.values["address"].(*object)
	if !ok { // absent or a list
		x.answer = unknownError()
		return
	}
	c := o.currentCustomer(x)
	if c == nil {
		return
	}
	a := &address{customerID: new(c.id)}
	a.set(payload)
	if !slices.ContainsFunc(c.addresses, func(other *address) bool { return other.equals(a, payload) }) {
		if failed := a.refused(); failed != nil {
			x.answer = *failed
			return
		}
		o.insertAddress(a)
		c.addresses = append(c.addresses, a)
	}
	x.answer = jsonAnswer(http.StatusOK, members{{"customer", o.withAddresses(c)}})
}

// equals says whether the backend takes a new address for one that is there. It compares all texts but the company, and
// an absent one with a stored null: they differ.
func (a *address) equals(added *address, payload *object) bool {
	for i, name := range addressTexts {
		if name == "company" {
			continue
		}
		if _, there := payload.values[name]; !there {
			return false
		}
		stored, given := a.texts[i], added.texts[i]
		if (stored == nil) != (given == nil) || valueOf(stored) != valueOf(given) {
			return false
		}
	}
	return true
}

// UpdateAddress changes an address of the customer's.
func (o operations) UpdateAddress(_ http.ResponseWriter, r *http.Request, id string) {
	x := exchangeOf(r)
	body, failed := addressPayload.validate(x.body)
	if failed != nil {
		x.answer = *failed
		return
	}
	if strings.ContainsRune(id, 0) {
		x.answer = unknownError()
		return
	}
	a := o.addresses[id]
	if a == nil || valueOf(a.customerID) != x.customerID {
		x.answer = invalidData("Could not find address for customer")
		return
	}
	changed := *a
	changed.set(body)
	if failed := changed.refused(); failed != nil {
		x.answer = *failed
		return
	}
	o.saveAddress(a, changed)
	o.RetrieveCustomer(nil, r)
}

// DeleteAddress deletes an address of the customer's, if it is one.
func (o operations) DeleteAddress(_ http.ResponseWriter, r *http.Request, id string) {
	x := exchangeOf(r)
	if strings.ContainsRune(id, 0) {
		x.answer = unknownError()
		return
	}
	if a := o.addresses[id]; a != nil && valueOf(a.customerID) == x.customerID {
		delete(o.addresses, id)
		if c := o.customers[x.customerID]; c != nil {
			c.addresses = slices.DeleteFunc(c.addresses, func(other *address) bool { return other == a })
		}
	}
	o.RetrieveCustomer(nil, r)
}
