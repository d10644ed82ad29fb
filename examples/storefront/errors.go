package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/customers"
)

// problems has what people read about each kind of error, and which field of a form it is about. The first that matches
// counts. The status of the page is the site's own, or that of Error.HTTPStatus.
var problems = []struct {
	is          error
	text, field string
}{
	{errNoPage, "There is no such page, or it is not yours.", ""},
	{errForm, "This form could not be read. Please go back and try again.", ""},
	{errTwice, "You sent this form twice, and the first is still being handled. Please look whether it was saved.", ""},
	{errOrigin, "This form was sent from another site. Please send it from here.", ""},
	{customers.ErrInvalidCredentials, "Email or password is wrong.", "Password"},
	{customers.ErrUnauthenticated, "You are no longer logged in. Log in again in another tab, then send this form once more.", ""},
	{customers.ErrInvalidPasswordToken, "This link is no longer valid. Please ask for a new one.", ""},
	{customers.ErrDuplicate, "There is already an account with this email. Log in, or choose a new password there.", "Email"},
	{customers.ErrAddressNotAdded, "You have this address already, but for its company. Please change that one.", "Company"},
	{customers.ErrInvalidInput, "Please check the fields that are marked.", ""},
	{customers.ErrNotFound, "Please check the fields that are marked.", ""},
	{customers.ErrConflict, "Something else was changed at the same time. Please look, then try again.", ""},
	{customers.ErrRateLimited, "That was too often. Please wait a minute, then try again.", ""},
	{customers.ErrUnavailable, "The shop does not respond at the moment. If you changed something, look whether it was saved before you try again.", ""},
	{context.DeadlineExceeded, "The shop takes too long at the moment. If you changed something, look whether it was saved before you try again.", ""},
	{nil, "The shop has a problem at the moment. Please try again later.", ""},
}

// A siteError is an error of the site itself.
type siteError struct {
	text   string
	status int
	fields map[string]string // the fields of the form that it is about, if any
	kind   error             // of package customers, if it is like that
}

func (e *siteError) Error() string { return e.text }
func (e *siteError) Unwrap() error { return e.kind }

var (
	errNoPage = &siteError{text: "no such page", status: http.StatusNotFound}
	errForm   = &siteError{text: "the form can't be read", status: http.StatusBadRequest}
	errOrigin = &siteError{text: "a form of another site", status: http.StatusForbidden}
	errTwice  = &siteError{text: "the same form is still being handled", status: http.StatusServiceUnavailable}
)

// explain returns the status and the text of a page about an error, and what is wrong with the fields of its form.
func explain(err error, form url.Values) (status int, text string, fields map[string]string) {
	var refused map[string]string
	status = http.StatusBadGateway
	if e, ok := errors.AsType[*siteError](err); ok {
		status, refused = e.status, e.fields
	}
	if e, ok := errors.AsType[*customers.Error](err); ok {
		status, refused = e.HTTPStatus(), e.Fields
	}
	fields = map[string]string{}
	for name, reason := range refused {
		name = name[strings.LastIndexByte(name, '.')+1:] // BillingAddress.City
		fields[name] = "Please check this: " + reason
		if form.Get(name) == "" {
			fields[name] = "Please fill this in."
		}
	}
	for _, p := range problems {
		if p.is == nil || errors.Is(err, p.is) {
			if p.field != "" {
				fields[p.field] = p.text
			}
			return status, p.text, fields
		}
	}
	return status, "", fields
}
