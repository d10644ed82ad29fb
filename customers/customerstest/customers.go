package customerstest

import (
	"encoding/json"
	"time"
)

// customer is a row of the backend's table, guests and deleted ones included.
type customer struct {
	id               string
	email            string
	firstName        *string
	lastName         *string
	phone            *string
	hasAccount       bool
	password         string // empty for guests
	billingAddressID *string
	metadata         json.RawMessage
	createdAt        time.Time
	updatedAt        time.Time
	deletedAt        *time.Time
}
