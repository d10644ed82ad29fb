package main

import (
	"net/http"
	"net/url"
)

// A view is what a page shows.
type view struct {
	template string
	Title    string
	Form     url.Values // what the fields of its form contain
	Data     any
	visitor  bool         // it is for people who are not logged in
	to       string       // where to redirect to instead
	cookie   *http.Cookie // to set, if any

	// respond sets these.
	Notice   string
	Problem  string            // why the form was refused
	Fields   map[string]string // and what is wrong with its fields
	LoggedIn bool
	Path     string

	focused bool // a field has the focus
}

// seeOther redirects to a path, which shows the notice if there is one.
func seeOther(path, notice string) (*view, error) {
	if notice != "" {
		path += "?done=" + notice
	}
	return &view{to: path}, nil
}

// then is what a form leads to: the form again if it was refused, or a redirect, so that reloading the page does not
// send it once more.
func (v *view) then(err error, path, notice string) (*view, error) {
	if err != nil {
		return v, err
	}
	return seeOther(path, notice)
}

// notices are what a page shows after a redirect.
var notices = map[string]string{
	"saved":    "Saved.",
	"added":    "The address was added.",
	"deleted":  "The address was deleted.",
	"welcome":  "Welcome! Your account is ready.",
	"cart":     "These items are in your cart now.",
	"login":    "Please log in first.",
	"ended":    "Your login has ended. Please log in again.",
	"logout":   "You are logged out.",
	"offline":  "You are logged out in this browser. The shop could not be reached, so your login there ends by itself.",
	"mailed":   "If there is an account with this email, a mail with a link is on its way. The link is valid for 15 minutes.",
	"reset":    "Your new password is set. Please log in.",
	"password": "Your new password is set, and you are logged in.",
}

// field is a field of a form.
type field struct {
	Name, Label, Type, Autocomplete string
	Value                           string
	Wrong                           string // why it was refused
	First                           bool   // of those that were refused: it has the focus
	Optional                        bool
}

// Field returns a field for the template "field". What was typed is kept, but for passwords.
func (v *view) Field(name, label, kind, autocomplete string) field {
	f := field{Name: name, Label: label, Type: kind, Autocomplete: autocomplete, Value: v.Form.Get(name), Wrong: v.Fields[name]}
	if kind == "password" {
		f.Value = ""
	}
	if f.Wrong != "" && !v.focused {
		f.First, v.focused = true, true
	}
	return f
}

// Optional returns a field that may be empty.
func (v *view) Optional(name, label, kind, autocomplete string) field {
	f := v.Field(name, label, kind, autocomplete)
	f.Optional = true
	return f
}

// link is a link of the navigation.
type link struct {
	Path, Text string
	Current    bool
}

// Link returns a link for the template "link".
func (v *view) Link(path, text string) link { return link{path, text, v.Path == path} }
