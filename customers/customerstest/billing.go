package customerstest

import (
	"fmt"
	"strings"
)

// billingChange is a billing address that is new or changed and not saved yet.
type billingChange struct {
	row     *address // nil: changed is to be inserted
	changed address
}

// changedBilling sets the customer's billing address to what the body says: an id, of anybody's address; the texts of
// an address, which change the present one in place, even if it is a shipping address too; or null.
func (b *Backend) changedBilling(c *customer, body *object) (*billingChange, *answer) {
	v, there := body.values["billing_address"]
	if !there {
		return nil, nil
	}
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			return nil, new(unknownError())
		}
		if b.addresses[v] == nil {
			return nil, new(notFound(fmt.Sprintf("Address with id %s was not found", v)))
		}
		c.billingAddressID = &v
	case *object:
		change := new(billingChange)
		if c.billingAddressID != nil {
			if change.row = b.addresses[*c.billingAddressID]; change.row != nil {
				change.changed = *change.row
			}
		}
		change.changed.set(v)
		failed := change.changed.refused()
		if c.billingAddressID != nil && change.row == nil && (failed == nil || failed.status == 404) {
			failed = new(invalidData("Can't insert null value in field id on insert in table address"))
		}
		return change, failed
	default:
		c.billingAddressID = nil
	}
	return nil, nil
}

// storable says whether the change can be in the news of the customer, where a new address is.
func (change *billingChange) storable() bool {
	if change == nil || change.row != nil {
		return true
	}
	for _, text := range change.changed.texts {
		if !storable(text) {
			return false
		}
	}
	return true
}

func (b *Backend) saveBilling(change *billingChange, changed *customer) {
	switch {
	case change == nil:
	case change.row != nil:
		b.saveAddress(change.row, change.changed)
	default:
		a := change.changed
		b.insertAddress(&a)
		changed.billingAddressID = &a.id
	}
}
