package customerstest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func TestPasswordTokens(t *testing.T) {
	srv := customerstest.NewServer(t)
	c, other := srv.AddCustomer(customerstest.Customer{}), srv.AddCustomer(customerstest.Customer{})
	guest := srv.AddCustomer(customerstest.Customer{Guest: true})
	b := newBrowser(t, srv.URL)
	ask := func(email string) string {
		t.Helper()
		if a := b.send(http.MethodPost, "/store/customers/password-token", jsonOf(t, map[string]string{"email": email})); a.status != http.StatusNoContent || a.body != "" {
			t.Fatalf("%s: %d %s", email, a.status, a.body)
		}
		tokens := srv.PasswordTokens(email)
		if len(tokens) == 0 {
			return ""
		}
		return tokens[len(tokens)-1]
	}
	reset := func(email, token, password string) got {
		t.Helper()
		return b.send(http.MethodPost, "/store/customers/password-reset", jsonOf(t, map[string]string{"email": email, "token": token, "password": password}))
	}
	if ask("nobody@example.com") != "" || ask(guest.Email) != "" {
		t.Error("a token for somebody without an account")
	}
	for _, email := range []string{"nobody@example.com", guest.Email} {
		a := reset(email, "x", "new")
		if want := `{"type":"unauthorized","message":"Invalid or expired password reset token"}`; a.status != http.StatusUnauthorized || a.body != want {
			t.Errorf("%s: %d %s", email, a.status, a.body)
		}
	}
	first, second := ask(strings.ToUpper(c.Email)), ask(c.Email)
	for name, token := range map[string]string{"none": "", "no token": "a.b.c", "another's": ask(other.Email), "tampered": first[:len(first)-1]} {
		if a := reset(c.Email, token, "new"); a.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := reset(c.Email, first, ""); a.status != http.StatusOK { // reports success and changes nothing
		t.Errorf("an empty password: %d %s", a.status, a.body)
	}
	if a := newBrowser(t, srv.URL).login(c.Email, customerstest.DefaultPassword); a.status != http.StatusOK {
		t.Error("an empty password was set")
	}
	a := reset(c.Email, first, customerstest.DefaultPassword)
	if a.status != http.StatusOK || strings.Contains(a.body, "_address\"") || strings.Contains(a.body, "orders") || !strings.Contains(a.body, c.ID) {
		t.Errorf("%d %s", a.status, a.body)
	}
	for name, token := range map[string]string{"used": first, "asked for before": second} {
		if a := reset(c.Email, token, "new"); a.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	srv.SetTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	late := ask(c.Email)
	srv.Advance(15*time.Minute - time.Second)
	if a := reset(c.Email, late, ""); a.status != http.StatusOK {
		t.Errorf("in time: %d", a.status)
	}
	srv.Advance(time.Second)
	if a := reset(c.Email, late, "new"); a.status != http.StatusInternalServerError {
		t.Errorf("late: %d", a.status)
	}
}
