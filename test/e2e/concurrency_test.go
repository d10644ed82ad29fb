package e2e

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// together calls f n times at once and returns its errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	done.Wait()
	return errs
}

func TestRegisteringOneEmailAtOnce(t *testing.T) {
	t.Parallel()
	const n = 6
	email := uniqueEmail(t)
	clients := make([]*customers.Client, n)
	for i := range clients {
		clients[i] = newClient(t)
	}
	won := -1
	for i, err := range together(n, func(i int) error {
		_, err := clients[i].Create(t.Context(), customers.CreateRequest{Email: email, Password: fmt.Sprint("password ", i)})
		return err
	}) {
		if err == nil {
			if won >= 0 {
				t.Error("two registered the same email")
			}
			won = i
			continue
		}
		e := failure{is: customers.ErrDuplicate, status: 422, kind: "duplicate_error", operation: "CreateCustomer"}.of(t, err)
		if strings.Contains(e.Message, email) || clients[i].Session().LoggedIn() {
			t.Errorf("a refused client is logged in (%t) or the error shows the email: %q", clients[i].Session().LoggedIn(), e.Message)
		}
	}
	if won < 0 {
		t.Fatal("no registration succeeded")
	}
	if me, err := clients[won].Retrieve(t.Context()); err != nil || me.Email != email {
		t.Error(me, err)
	}
}

// TestLoggingInAtOnce checks that of several logins of one client at once one stands, and that the others are superseded.
func TestLoggingInAtOnce(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	_, other := newCustomer(t)
	accounts := []account{who, other}
	won := 0
	for _, err := range together(8, func(i int) error {
		a := accounts[i%2]
		me, err := c.Auth.Authenticate(t.Context(), a.Email, a.Password)
		if err == nil && me.ID != a.ID {
			return fmt.Errorf("logged in as %s, got %s", a.ID, me.ID)
		}
		return err
	}) {
		if err == nil {
			won++
		} else {
			failure{is: customers.ErrSessionSuperseded, status: 200}.check(t, err)
		}
	}
	me, err := c.Retrieve(t.Context())
	if err != nil || won == 0 || me.ID != who.ID && me.ID != other.ID {
		t.Errorf("%d logins stood; then: %v", won, err)
	}
}

// TestCustomersAtOnceAreNotMixedUp checks that no customer is taken for another one of the same process.
func TestCustomersAtOnceAreNotMixedUp(t *testing.T) {
	t.Parallel()
	const people, rounds = 4, 15
	shop := newClient(t, customers.WithoutSession())
	clients, accounts := make([]*customers.Client, people), make([]account, people)
	for i := range people {
		clients[i] = shop.WithSession(new(customers.Session))
		accounts[i] = account{Email: uniqueEmail(t), Password: "a password"}
	}
	for _, err := range together(people*3, func(n int) error {
		i := n % people
		c, who := clients[i], accounts[i]
		if n < people {
			me, err := c.Create(t.Context(), customers.CreateRequest{Email: who.Email, Password: who.Password})
			if err != nil {
				return err
			}
			accounts[i].ID = me.ID
		}
		for round := range rounds {
			me, err := c.Retrieve(t.Context())
			switch {
			case n >= people && errors.Is(err, customers.ErrUnauthenticated):
				continue // the customer is not registered yet
			case err != nil:
				return err
			case me.Email != who.Email:
				return fmt.Errorf("%s is taken for %s", who.Email, me.Email)
			}
			if round%5 == 0 {
				name := fmt.Sprint(who.Email, round)
				me, err = c.Update(t.Context(), customers.UpdateRequest{FirstName: customers.Value(name)})
				if err != nil || me.Email != who.Email {
					return fmt.Errorf("updating %s: %w", who.Email, err)
				}
			}
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := shop.Retrieve(t.Context()); !errors.Is(err, customers.ErrNoSession) {
		t.Error("the shared client became a customer:", err)
	}
	// A logout ends the session of one customer only.
	if err := clients[0].Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, c := range clients[1:] {
		if me, err := c.Retrieve(t.Context()); err != nil || me.ID != accounts[i+1].ID {
			t.Error(me, err)
		}
	}
}
