package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// passwordVariable is the environment variable with the password of -email. A flag would show in the list of processes.
const passwordVariable = "SPECDIFF_PASSWORD"

// login adds the customer of -email to those that log in. It asks for the password on a terminal, if the environment
// does not have it.
func (o *options) login(ctx context.Context, stdin io.Reader, stderr io.Writer) error {
	if o.email == "" {
		return nil
	}
	if o.config.Backend == "" {
		return errors.New("-email is a login at the -backend, which was not given")
	}
	password := os.Getenv(passwordVariable)
	if f, ok := stdin.(*os.File); password == "" && ok && o.setup != "-" && term.IsTerminal(int(f.Fd())) {
		var err error
		if password, err = ask(ctx, f, stderr); err != nil {
			return err
		}
	}
	if password == "" {
		return fmt.Errorf("-email needs the customer's password: set %s, or run specdiff on a terminal, which asks for it", passwordVariable)
	}
	customer := specdiff.Customer{Email: o.email, Password: password}
	o.config.Setup.Customers = append([]specdiff.Customer{customer}, o.config.Setup.Customers...)
	return nil
}

// ask reads a password from a terminal without showing it. An interrupt restores the terminal.
func ask(ctx context.Context, terminal *os.File, prompt io.Writer) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", errors.New("the terminal cannot be read: set " + passwordVariable)
	}
	_, _ = io.WriteString(prompt, "Password of the customer: ")
	defer func() { _, _ = io.WriteString(prompt, "\n") }()
	type result struct {
		password []byte
		err      error
	}
	done := make(chan result, 1)
	go func() {
		password, err := term.ReadPassword(fd)
		done <- result{password, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(live.ErrInterrupted, term.Restore(fd, before))
	case r := <-done:
		if r.err != nil {
			return "", errors.New("no password was read")
		}
		return string(r.password), nil
	}
}
