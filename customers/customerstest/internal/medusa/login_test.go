package medusa_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func TestPasswordTokens(t *testing.T) {
	srv := customerstest.NewServer(t)
	c, other := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	guest := srv.AddCustomer(customerstest.Customer{Guest: true})
	b := browser.New(t, srv.URL)
	ask := func(email string) string {
		t.Helper()
		if a := b.Send(http.MethodPost, "/store/customers/password-token", browser.JSON(t, map[string]string{"email": email})); a.Status != http.StatusNoContent || a.Body != "" {
			t.Fatalf("%s: %d %s", email, a.Status, a.Body)
		}
		tokens := srv.PasswordTokens(email)
		if len(tokens) == 0 {
			return ""
		}
		return tokens[len(tokens)-1]
	}
	reset := func(email, token, password string) browser.Response {
		t.Helper()
		return b.Send(http.MethodPost, "/store/customers/password-reset", browser.JSON(t, map[string]string{"email": email, "token": token, "password": password}))
	}
	if ask("no.account@example.com") != "" || ask(guest.Email) != "" {
		t.Error("a token without an account")
	}
	for _, email := range []string{"no.account@example.com", guest.Email} {
		a := reset(email, "x", "new")
		if want := `{"type":"unauthorized","message":"Invalid or expired password reset token"}`; a.Status != http.StatusUnauthorized || a.Body != want {
			t.Errorf("%s: %d %s", email, a.Status, a.Body)
		}
	}
	first, second := ask(strings.ToUpper(c.Email)), ask(c.Email)
	for name, token := range map[string]string{"none": "", "no token": "a.b.c", "another's": ask(other.Email), "tampered": first[:len(first)-1]} {
		if a := reset(c.Email, token, "new"); a.Status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	if a := reset(c.Email, first, ""); a.Status != http.StatusOK { // reports success and changes nothing
		t.Errorf("an empty password: %d %s", a.Status, a.Body)
	}
	if a := browser.New(t, srv.URL).Login(c.Email, customerstest.DefaultPassword); a.Status != http.StatusOK {
		t.Error("an empty password was set")
	}
	a := reset(c.Email, first, customerstest.DefaultPassword)
	if a.Status != http.StatusOK || strings.Contains(a.Body, "_address\"") || strings.Contains(a.Body, "orders") || !strings.Contains(a.Body, c.ID) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	for name, token := range map[string]string{"used": first, "asked for before": second} {
		if a := reset(c.Email, token, "new"); a.Status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	srv.SetTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	late := ask(c.Email)
	srv.Advance(15*time.Minute - time.Second)
	if a := reset(c.Email, late, ""); a.Status != http.StatusOK {
		t.Errorf("in time: %d", a.Status)
	}
	srv.Advance(time.Second)
	if a := reset(c.Email, late, "new"); a.Status != http.StatusInternalServerError {
		t.Errorf("late: %d", a.Status)
	}
}
