package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/customers"
)

// These are the site's own errors.
var (
	errNoPage = errors.New("no such page")
	errForm   = errors.New("the form can't be read")
	errOrigin = errors.New("a form of another site")
	errTwice  = errors.New("the same form is still being handled")
)

// incompleteError is why the site refuses fields of a form, by their names.
type incompleteError map[string]string

func (incompleteError) Error() string { return "required fields are empty" }
func (incompleteError) Unwrap() error { return customers.ErrInvalidInput }

const (
	checkFields = "Please check the fields that are marked."
	lookFirst   = " If you changed something, look whether it was saved before you try again."
)

// problems has, for each kind of error, the status of the page, what people read, and which field of a form it is
// about. The first that matches counts.
var problems = []struct {
	is     error
	status int
	text   string
	field  string
}{
	{errNoPage, 404, "There is no such page, or it is not yours.", ""},
	{errForm, 400, "This form could not be read. Please go back and try again.", ""},
	{errOrigin, 403, "This form was sent from another site. Please send it from here.", ""},
	{errTwice, 503, "You sent this form twice, and the first is still being handled. Please look whether it was saved.", ""},
	{customers.ErrInvalidCredentials, 401, "Email or password is wrong.", "Password"},
	{customers.ErrUnauthenticated, 401, "You are no longer logged in. Log in again in another tab, then send this form once more.", ""},
	{customers.ErrInvalidPasswordToken, 400, "This link is no longer valid. Please ask for a new one.", ""},
	{customers.ErrDuplicate, 409, "There is already an account with this email. Log in, or choose a new password there.", "Email"},
	{customers.ErrAddressNotAdded, 409, "You have this address already, but for its company. Please change that one.", "Company"},
	{customers.ErrInvalidInput, 400, checkFields, ""},
	{customers.ErrNotFound, 400, checkFields, "CountryCode"}, // that the shop does not know
	{customers.ErrConflict, 409, "Something else was changed at the same time. Please look, then try again.", ""},
	{customers.ErrRateLimited, 429, "That was too often. Please wait a minute, then try again.", ""},
	{context.DeadlineExceeded, 504, "The shop does not respond in time at the moment." + lookFirst, ""},
	{customers.ErrUnavailable, 503, "The shop does not respond at the moment." + lookFirst, ""},
	{nil, 502, "The shop has a problem at the moment. Please try again later.", ""},
}

// explain returns the status and the text of a page about an error, and what is wrong with the fields of its form.
func explain(err error, form url.Values) (status int, text string, fields map[string]string) {
	var refused map[string]string // why, by the fields' names
	if e, ok := errors.AsType[incompleteError](err); ok {
		refused = e
	}
	if e, ok := errors.AsType[*customers.Error](err); ok {
		refused = e.Fields
	}
	fields = map[string]string{}
	for name, why := range refused {
		name = name[strings.LastIndexByte(name, '.')+1:] // BillingAddress.City
		fields[name] = "Please check this: " + why
		if form.Get(name) == "" {
			fields[name] = "Please fill this in."
		}
	}
	for _, p := range problems {
		if p.is == nil || errors.Is(err, p.is) {
			if p.field != "" {
				fields[p.field] = p.text
			}
			return p.status, p.text, fields
		}
	}
	return status, text, fields
}
