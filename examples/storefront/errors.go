package main

import (
	"context"
	"errors"

	"github.com/medusa-storefront/customers-go/customers"
)

// A problem is what a person sees of an error.
type problem struct {
	is     error
	Status int
	Text   string
	Field  string // the form's field that it is about, if any
}

// problems has what people see of each kind of error. The first that matches counts.
var problems = []problem{
	{errIncomplete, 400, "Please fill in the fields that are marked.", ""},
	{errNoPage, 404, "There is no such page, or it is not yours.", ""},
	{errBadForm, 400, "This form could not be read. Please go back and try again.", ""},
	{errCrossOrigin, 403, "This form came from another site. Please send it from here.", ""},
	{customers.ErrInvalidCredentials, 401, "Email or password is wrong.", "Password"},
	{customers.ErrUnauthenticated, 401, "Your login has ended. Log in again in another tab, then send this form once more.", ""},
	{customers.ErrInvalidPasswordToken, 400, "This link is no longer valid. Please ask for a new one.", ""},
	{customers.ErrDuplicate, 409, "There is already an account with this email. Log in instead, or choose a new password.", "Email"},
	{customers.ErrAddressNotAdded, 409, "You already have this address, with another company. Please change that one.", "Company"},
	{customers.ErrInvalidInput, 400, "Please check the fields that are marked.", ""},
	{customers.ErrNotFound, 404, "The shop does not know this country.", "CountryCode"},
	{customers.ErrConflict, 409, "Something else was changed at the same time. Please look, then try again.", ""},
	{customers.ErrRateLimited, 429, "That was too often. Please wait a minute, then try again.", ""},
	{customers.ErrUnavailable, 503, "The shop is not responding at the moment. If you changed something, please look whether it was saved before you try again.", ""},
	{context.DeadlineExceeded, 504, "The shop is taking too long at the moment. If you changed something, please look whether it was saved before you try again.", ""},
	{nil, 502, "The shop has a problem, which is not your fault. Please try again later.", ""},
}

// These are the site's own errors.
var (
	errNoPage      = errors.New("no such page")
	errBadForm     = errors.New("the form can't be read")
	errCrossOrigin = errors.New("a form of another site")
	errIncomplete  = errors.New("required fields are empty")
)

// incomplete is the names of required fields that are empty.
type incomplete []string

func (incomplete) Error() string { return errIncomplete.Error() }
func (incomplete) Unwrap() error { return errIncomplete }

// explain returns what a person sees of an error, and the fields of a form that it marks.
func explain(err error) (problem, map[string]string) {
	var p problem
	for _, p = range problems {
		if p.is == nil || errors.Is(err, p.is) {
			break
		}
	}
	fields := map[string]string{}
	if p.Field != "" {
		fields[p.Field] = p.Text
	}
	if missing, ok := errors.AsType[incomplete](err); ok {
		for _, name := range missing {
			fields[name] = "Please fill this in."
		}
	}
	if e, ok := errors.AsType[*customers.Error](err); ok && e.Field != "" {
		fields[e.Field] = e.Message
	}
	return p, fields
}
