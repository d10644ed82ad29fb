package main

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"github.com/medusa-storefront/customers-go/customers"
)

// home greets the customer, or shows a visitor the way in.
func (s *site) home(r *http.Request, c *customers.Client) (*view, error) {
	me, err := c.Retrieve(r.Context())
	switch {
	case errors.Is(err, customers.ErrUnauthenticated):
		return &view{template: "welcome", visitor: true, Title: "Good things for the home"}, nil
	case err != nil:
		return nil, err
	}
	return &view{template: "home", Title: "Your account", Data: me}, nil
}

// register makes an account and logs in.
func (s *site) register(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "register", visitor: true, Title: "Create an account", Form: r.PostForm}
	if r.Method != http.MethodPost {
		return v, nil
	}
	_, err := c.Create(r.Context(), customers.CreateRequest{
		FirstName: r.PostForm.Get("FirstName"), LastName: r.PostForm.Get("LastName"), Phone: r.PostForm.Get("Phone"),
		Email: r.PostForm.Get("Email"), Password: r.PostForm.Get("Password"),
	})
	if errors.Is(err, customers.ErrDuplicate) && enter(r, c) == nil || errors.Is(err, customers.ErrSessionSuperseded) {
		err = nil
	}
	return v.then(err, "/", "welcome")
}

// enter logs in with the email and password of a form. It also does so for a form that the shop has refused because it
// was sent before, by a second click or because its response was lost: the password shows that the same person sent it.
func enter(r *http.Request, c *customers.Client) error {
	_, err := c.Auth.Authenticate(r.Context(), r.PostForm.Get("Email"), r.PostForm.Get("Password"))
	if errors.Is(err, customers.ErrSessionSuperseded) { // another tab's login began later, and stands
		return nil
	}
	return err
}

func (s *site) login(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "login", visitor: true, Title: "Log in", Form: form(r)}
	if r.Method != http.MethodPost {
		return v, nil
	}
	return v.then(enter(r, c), local(r.PostForm.Get("next")), "")
}

// form returns what a link or the form itself has put into a form.
func form(r *http.Request) url.Values {
	if r.Method == http.MethodPost {
		return r.PostForm
	}
	return r.Form
}

var localPath = regexp.MustCompile(`^(/[\w-]+)+$`)

// local returns where to go after a login: a path of this site, and never another site.
func local(next string) string {
	if localPath.MatchString(next) {
		return next
	}
	return "/"
}

// logout logs out, also if the backend can't be reached. The browser forgets the cart: the next person may be another.
func (s *site) logout(r *http.Request, c *customers.Client) (*view, error) {
	notice := "logout"
	if err := c.Auth.DeleteSession(r.Context()); err != nil {
		s.log.ErrorContext(r.Context(), "a login stays open at the backend", "err", err)
		s.logins.keep(r.Context(), c.Session().Forget())
		notice = "offline"
	}
	v, err := seeOther("/login", notice)
	v.cookie = s.rememberCart("")
	return v, err
}

// forgot asks for the mail with a password token.
func (s *site) forgot(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "forgot", visitor: true, Title: "Forgot your password?", Form: r.PostForm}
	if r.Method != http.MethodPost {
		return v, nil
	}
	err := c.GeneratePasswordToken(r.Context(), r.PostForm.Get("Email"))
	if err == nil && s.mail != nil {
		s.mail(r.PostForm.Get("Email"))
	}
	return v.then(err, "/login", "mailed")
}

// reset sets a new password with the token of the mail, and logs in with it.
func (s *site) reset(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "reset", visitor: true, Title: "Choose a new password", Form: form(r)}
	if r.Method != http.MethodPost {
		return v, nil
	}
	_, err := c.ResetPassword(r.Context(), customers.ResetPasswordRequest{
		Email: r.PostForm.Get("Email"), Token: r.PostForm.Get("Token"), Password: r.PostForm.Get("Password"),
	})
	if (err == nil || errors.Is(err, customers.ErrInvalidPasswordToken)) && enter(r, c) == nil {
		return seeOther("/", "password")
	}
	return v.then(err, "/login", "reset")
}

// profile shows and changes the customer's name and phone. What is left empty is cleared.
func (s *site) profile(r *http.Request, c *customers.Client) (*view, error) {
	v := &view{template: "profile", Title: "Your profile", Form: r.PostForm}
	if r.Method == http.MethodPost {
		_, err := c.Update(r.Context(), customers.UpdateRequest{
			FirstName: customers.ValueOrNull(r.PostForm.Get("FirstName")),
			LastName:  customers.ValueOrNull(r.PostForm.Get("LastName")),
			Phone:     customers.ValueOrNull(r.PostForm.Get("Phone")),
		})
		return v.then(err, "/profile", "saved")
	}
	me, err := c.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	v.Form = url.Values{
		"Email": {me.Email}, "FirstName": {customers.Deref(me.FirstName)}, "LastName": {customers.Deref(me.LastName)}, "Phone": {customers.Deref(me.Phone)},
	}
	return v, nil
}
