package main

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/customers"
)

// home greets the customer, or shows a visitor the way in.
func (s *site) home(r *http.Request, c *customers.Client) (*view, error) {
	me, err := c.Retrieve(r.Context())
	switch {
	case errors.Is(err, customers.ErrUnauthenticated):
		return &view{template: "welcome", Title: "Good things for the home"}, nil
	case err != nil:
		return nil, err
	case me.FirstName == nil:
		return &view{template: "home", Title: "Your account", Data: me}, nil
	}
	return &view{template: "home", Title: "Hello, " + *me.FirstName, Data: me}, nil
}

// register makes an account and logs in.
func (s *site) register(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "register", Title: "Create an account", Form: r.PostForm}
	if r.Method != http.MethodPost {
		return v, nil
	}
	_, err := c.Create(r.Context(), customers.CreateRequest{
		FirstName: r.PostForm.Get("FirstName"), LastName: r.PostForm.Get("LastName"), Phone: r.PostForm.Get("Phone"),
		Email: r.PostForm.Get("Email"), Password: r.PostForm.Get("Password"),
	})
	if errors.Is(err, customers.ErrDuplicate) && s.mayEnter(r, c) {
		err = nil
	}
	if err != nil {
		return v, err
	}
	return seeOther("/", "welcome"), nil
}

// mayEnter logs in with what the form has, if that is right. A form that was sent twice, or whose response was lost, is
// refused the second time; the password shows that the person who sends it is the one who did before.
func (s *site) mayEnter(r *http.Request, c *customers.Client) bool {
	_, err := c.Auth.Authenticate(r.Context(), r.PostForm.Get("Email"), r.PostForm.Get("Password"))
	return err == nil
}

func (s *site) login(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "login", Title: "Log in", Form: r.Form}
	if r.Method != http.MethodPost {
		return v, nil
	}
	_, err := c.Auth.Authenticate(r.Context(), r.PostForm.Get("Email"), r.PostForm.Get("Password"))
	if err != nil && !errors.Is(err, customers.ErrSessionSuperseded) { // of two logins, the one that began later stands
		return v, err
	}
	return seeOther(local(r.PostForm.Get("next")), ""), nil
}

// local returns a path of this site, and not what would lead to another one.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.ContainsRune(next, '\\') {
		return "/"
	}
	return u.EscapedPath()
}

// logout logs out, also if the backend can't be reached.
func (s *site) logout(r *http.Request, c *customers.Client) (*view, error) {
	if err := c.Auth.DeleteSession(r.Context()); err != nil {
		return nil, err
	}
	return seeOther("/login", "logout"), nil
}

// forgot asks for the mail with a password token.
func (s *site) forgot(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "forgot", Title: "Forgot your password?", Form: r.PostForm}
	if r.Method != http.MethodPost {
		return v, nil
	}
	if err := c.GeneratePasswordToken(r.Context(), r.PostForm.Get("Email")); err != nil {
		return v, err
	}
	if s.mail != nil {
		s.mail(r.PostForm.Get("Email"))
	}
	return seeOther("/login", "mailed"), nil
}

// reset sets a new password with the token of the mail, and logs in with it.
func (s *site) reset(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "reset", Title: "Choose a new password", Form: r.Form}
	if r.Method != http.MethodPost {
		return v, nil
	}
	_, err := c.ResetPassword(r.Context(), customers.ResetPasswordRequest{
		Email: r.PostForm.Get("Email"), Token: r.PostForm.Get("Token"), Password: r.PostForm.Get("Password"),
	})
	if (err == nil || errors.Is(err, customers.ErrInvalidPasswordToken)) && s.mayEnter(r, c) {
		return seeOther("/", "password"), nil
	}
	if err != nil {
		return v, err
	}
	return seeOther("/login", ""), nil
}

// profile shows and changes the customer's name and phone. What is left empty is cleared.
func (s *site) profile(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "profile", Title: "Your profile", Form: r.PostForm}
	if r.Method == http.MethodPost {
		_, err := c.Update(r.Context(), customers.UpdateRequest{
			FirstName: valueOrNull(r.PostForm.Get("FirstName")),
			LastName:  valueOrNull(r.PostForm.Get("LastName")),
			Phone:     valueOrNull(r.PostForm.Get("Phone")),
		})
		if err != nil {
			return v, err
		}
		return seeOther("/profile", "saved"), nil
	}
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	v.Form = url.Values{
		"Email": {me.Email}, "FirstName": {value(me.FirstName)}, "LastName": {value(me.LastName)}, "Phone": {value(me.Phone)},
	}
	return v, nil
}
