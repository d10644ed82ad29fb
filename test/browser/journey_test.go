package browser

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
)

func TestJourney(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		mode           string
		withoutScripts bool
	}{{"relay", false}, {"memory", true}, {"redis", false}} {
		t.Run("in memory, "+way.mode, func(t *testing.T) {
			t.Parallel()
			journey(t, inMemory(t), way.mode, way.withoutScripts)
		})
	}
	if realBackend(t) != nil {
		t.Run("real backend", func(t *testing.T) {
			t.Parallel()
			journey(t, realBackend(t), "relay", false)
		})
	}
}

// journey is the whole way of a customer.
func journey(t *testing.T, b *backend, mode string, withoutScripts bool) {
	t.Helper()
	site := open(t, b, mode)
	tab := chromium.Profile(t).Tab()
	if withoutScripts {
		tab.WithoutScripts()
	}
	grace := login{"Grace", newEmail(), "a good password"}

	// Register. A form that is refused keeps what was typed.
	want(t, tab.Open(site), http.StatusOK, "Log in to see your orders")
	want(t, tab.Click("Create an account"), http.StatusOK)
	tab.Fill("First name", "Grace")
	tab.Fill("Last name", "Hopper")
	tab.Fill("Phone", "+45 11 22 33 44")
	tab.Fill("Password", grace.password)
	tab.Click("Create account")
	if got := tab.Value("First name"); got != "Grace" {
		t.Errorf("after a form without an email, the first name is %q", got)
	}
	tab.Fill("Email", grace.email)
	tab.Fill("Password", grace.password)
	want(t, tab.Click("Create account"), http.StatusOK, "Hello, Grace", grace.email)

	// Profile: clear the phone.
	tab.Click("Profile")
	if got := tab.Value("Phone"); got != "+45 11 22 33 44" {
		t.Errorf("the phone is %q", got)
	}
	tab.Fill("Phone", "")
	tab.Fill("Last name", "Murray Hopper")
	want(t, tab.Click("Save profile"), http.StatusOK, "Saved.")
	if got := []string{tab.Value("First name"), tab.Value("Last name"), tab.Value("Phone")}; got[0] != "Grace" || got[1] != "Murray Hopper" || got[2] != "" {
		t.Errorf("after the phone was cleared, the profile is %q", got)
	}

	// Addresses: add two, change one, delete the other.
	want(t, tab.Click("Addresses"), http.StatusOK, "You have no address yet.")
	tab.Click("Add an address")
	fillAddress(tab, "Vestergade 1", "Aarhus")
	want(t, tab.Click("Save address"), http.StatusOK, "The address was added.", "Vestergade 1", "Denmark")
	tab.Click("Add an address")
	fillAddress(tab, "Nørregade 2", "Odense")
	want(t, tab.Click("Save address"), http.StatusOK, "Vestergade 1", "Nørregade 2")
	tab.Click("Change Nørregade 2")
	tab.Fill("Street and number", "Nørregade 3")
	want(t, tab.Click("Save address"), http.StatusOK, "Saved.", "Nørregade 3")
	p := tab.Click("Delete Vestergade 1")
	want(t, p, http.StatusOK, "The address was deleted.", "Nørregade 3")
	wantNone(t, p, "Vestergade 1")

	// Billing: one of the addresses, another one, none.
	want(t, tab.Click("Billing"), http.StatusOK, "You have no billing address.")
	tab.Check("Grace Hopper, Nørregade 3, Odense")
	want(t, tab.Click("Use this address"), http.StatusOK, "Saved.", "Change this address")
	tab.Check("No billing address")
	want(t, tab.Click("Use this address"), http.StatusOK, "You have no billing address.")
	tab.Click("Enter one")
	fillAddress(tab, "Algade 4", "Roskilde")
	want(t, tab.Click("Save address"), http.StatusOK, "Saved.", "Algade 4")

	want(t, tab.Click("Orders"), http.StatusOK, "You have not ordered anything yet.")
	want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
	wantNone(t, tab.Page(), grace.email)

	forgottenPassword(t, b, tab, site, grace)
	want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
	orders(t, b, tab)
	want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
}

// fillAddress fills in the form for an address of Grace.
func fillAddress(tab *chrome.Tab, street, city string) {
	tab.Fill("First name", "Grace")
	tab.Fill("Last name", "Hopper")
	tab.Fill("Street and number", street)
	tab.Fill("Postal code", "8000")
	tab.Fill("City", city)
	tab.Choose("Country", "Denmark")
}

// forgottenPassword sets a new password by the mail's link.
func forgottenPassword(t *testing.T, b *backend, tab *chrome.Tab, site string, who login) {
	t.Helper()
	tab.Click("Log in")
	wrong := who
	wrong.password = "not the password"
	enter(tab, wrong)
	want(t, tab.Click("Log in"), http.StatusUnauthorized, "Email or password is wrong.")
	tab.Click("Forgot your password?")
	tab.Fill("Email", who.email)
	want(t, tab.Click("Send the link"), http.StatusOK, "a mail with a link is on its way")
	link := site + "/reset?" + url.Values{"Token": {b.token(t, who.email)}, "Email": {who.email}}.Encode()
	tab.Open(link)
	tab.Fill("New password", "another good password")
	want(t, tab.Click("Set password"), http.StatusOK, "Your new password is set", "Hello, "+who.name)
}

// orders goes through the buyer's orders: each of them once, and one in full.
func orders(t *testing.T, b *backend, tab *chrome.Tab) {
	t.Helper()
	enter(tab, b.buyer)
	want(t, tab.Click("Log in"), http.StatusOK, "Hello, "+b.buyer.name)
	p := tab.Click("Orders")
	for range 10 {
		if !p.Shows("Load more") {
			break
		}
		p = tab.Click("Load more")
	}
	seen := map[string]bool{}
	for line := range strings.Lines(p.Text) {
		if number, ok := strings.CutPrefix(strings.TrimSpace(line), "Order "); ok {
			if seen[number] {
				t.Errorf("order %s is there twice", number)
			}
			seen[number] = true
		}
	}
	if len(seen) != b.orders {
		t.Errorf("%d orders, want %d:\n%s", len(seen), b.orders, p.Text)
	}
	for number := range seen {
		if _, err := strconv.Atoi(number); err != nil {
			t.Errorf("an order's number is %q", number)
		}
	}
	tab.Press(tab.First(`main ol a`))
	p = tab.Arrive()
	want(t, p, http.StatusOK, "Placed on", "Subtotal", "Shipping", "Tax", "Total", "Delivery address")
}
