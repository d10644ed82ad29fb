package medusa

import (
	"maps"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// Customer is a row of the backend's table.
type Customer struct {
	ID             string
	Email          string
	HasAccount     bool // false for a guest
	FirstName      *string
	LastName       *string
	Phone          *string
	Metadata       any
	Password       Password
	PaymentMethods []js.Members

	createdAt        time.Time
	updatedAt        time.Time
	billingAddressID *string
	addresses        []*address // shipping addresses, oldest first

	ownNames []string       // the columns that the shop has added
	own      map[string]any // their values, but for null
}

// columns returns the customer without addresses.
func (c *Customer) columns() js.Members {
	m := js.Members{
		{Name: "id", Value: c.ID}, {Name: "created_at", Value: c.createdAt}, {Name: "updated_at", Value: c.updatedAt},
		{Name: "deleted_at"}, {Name: "email", Value: c.Email}, {Name: "first_name", Value: c.FirstName},
		{Name: "last_name", Value: c.LastName}, {Name: "billing_address_id", Value: c.billingAddressID},
		{Name: "phone", Value: c.Phone}, {Name: "has_account", Value: c.HasAccount}, {Name: "metadata", Value: c.Metadata},
	}
	for _, name := range c.ownNames {
		m = append(m, js.Member{Name: name, Value: c.own[name]})
	}
	return m
}

// setOwn sets what the body has of the columns that the shop has added.
func (c *Customer) setOwn(body *js.Object) {
	c.own = maps.Clone(c.own)
	for _, name := range c.ownNames {
		if v, there := body.Values[name]; there {
			if c.own == nil {
				c.own = map[string]any{}
			}
			c.own[name] = stored(v)
		}
	}
}

func (c *Customer) shippingAddresses() []js.Members {
	list := make([]js.Members, len(c.addresses))
	for i, a := range c.addresses {
		list[i] = a.columns()
	}
	return list
}

// equals reports whether two rows have the same values.
func (c *Customer) equals(other *Customer) bool {
	return string(js.Append(nil, c.columns())) == string(js.Append(nil, other.columns())) && c.Password == other.Password
}

// merged returns the metadata with the changed properties; an empty text deletes a property.
func merged(old any, changes *js.Object) *js.Object {
	metadata := js.NewObject()
	if o, ok := old.(*js.Object); ok {
		metadata.Names, metadata.Values = slices.Clone(o.Names), maps.Clone(o.Values)
	}
	for _, name := range changes.Names {
		metadata.Set(name, changes.Values[name])
		if changes.Values[name] == "" {
			delete(metadata.Values, name)
			metadata.Names = slices.DeleteFunc(metadata.Names, func(n string) bool { return n == name })
		}
	}
	return metadata
}
