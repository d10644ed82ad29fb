package conform

import (
	"cmp"
	"fmt"
)

// Kind is a way to disagree with the contract.
type Kind string

// The kinds. They are of responses, and of requests that succeeded.
const (
	UndocumentedStatus Kind = "undocumented status"
	WrongContentType   Kind = "wrong content type"
	UndocumentedBody   Kind = "undocumented body"
	InvalidJSON        Kind = "invalid JSON"
	Undocumented       Kind = "undocumented property"
	Missing            Kind = "missing required property"
	WrongNull          Kind = "wrong null"
	WrongType          Kind = "wrong type"
	WrongFormat        Kind = "wrong format"
	UnknownValue       Kind = "unknown enum value"
	OutOfBounds        Kind = "out of bounds"
	NoBranch           Kind = "fits not one branch"
	UndocumentedHeader Kind = "undocumented header"
	WrongCookie        Kind = "wrong cookie"
	InvalidQuery       Kind = "invalid query"
	WrongStyle         Kind = "wrong style"
	NoCredentials      Kind = "no credentials"
	ForbiddenRequest   Kind = "success of a request that the contract forbids"
	AllowedRequest     Kind = "request said to leave the contract, which allows it"
)

// Finding is one disagreement of an exchange with the contract.
type Finding struct {
	Kind      Kind
	Operation string
	Status    int
	Schema    string // the place in the document: "LineItem.unit_price"; "" outside of schemas
	Path      string // the place in the body: "orders[].items[].unit_price"
	Want      string // what the document asks for; "" for nothing
	Detail    string // what the exchange had
}

// String returns the finding in one line.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s %d", f.Kind, f.Operation, f.Status)
	if f.Schema != "" {
		s += " " + f.Schema
	}
	if f.Path != "" {
		s += " at " + f.Path
	}
	s += ": " + f.Detail
	if f.Want != "" {
		s += ", want " + f.Want
	}
	return s
}

func (f Finding) compare(other Finding) int {
	return cmp.Or(
		cmp.Compare(f.Kind, other.Kind), cmp.Compare(f.Schema, other.Schema), cmp.Compare(f.Operation, other.Operation),
		cmp.Compare(f.Status, other.Status), cmp.Compare(f.Path, other.Path), cmp.Compare(f.Detail, other.Detail),
	)
}
