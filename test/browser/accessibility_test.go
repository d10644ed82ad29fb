package browser

import (
	_ "embed"
	"net/http"
	"net/url"
	"testing"

	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
)

// Every page of the storefront is checked by axe, in a window and on a phone in the dark. None may be wider than the screen.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	site := launch(t, "-addr", "localhost:0").Addr // the demo, which has carts as well
	visitor, customer := chromium.Profile(t).Tab(), chromium.Profile(t).Tab()
	logIn(t, customer, site, ada)
	customer.Click("Orders")
	order := customer.Click(customer.First("main ol a")).Path()
	customer.Open(site + "/addresses")
	address := customer.Click("Change Vestergade 1").Path()

	press := func(button string) func(*chrome.Tab) { return func(tab *chrome.Tab) { tab.Click(button) } }
	for _, page := range []struct {
		name string
		tab  *chrome.Tab
		path string
		then func(*chrome.Tab) // leads on from the page to what is checked
	}{
		{"start page of a visitor", visitor, "/", nil},
		{"login", visitor, "/login", nil},
		{"refused login", visitor, "/login", press("Log in")},
		{"login after a login that has ended", visitor, "/login?done=ended", nil},
		{"registration", visitor, "/register", nil},
		{"refused registration", visitor, "/register", press("Create account")},
		{"forgotten password", visitor, "/forgot", nil},
		{"new password", visitor, "/reset?" + url.Values{"Token": {"none"}, "Email": {ada.email}}.Encode(), nil},
		{"no such page", visitor, "/nowhere", nil},
		{"start page", customer, "/", nil},
		{"profile", customer, "/profile", nil},
		{"saved profile", customer, "/profile", press("Save profile")},
		{"addresses", customer, "/addresses", nil},
		{"new address", customer, "/addresses/new", nil},
		{"refused address", customer, "/addresses/new", press("Save address")},
		{"address", customer, address, nil},
		{"billing address", customer, "/billing", nil},
		{"new billing address", customer, "/billing/edit", nil},
		{"orders", customer, "/orders", nil},
		{"no orders", customer, "/orders?status=archived", nil},
		{"order", customer, order, nil},
		{"empty cart", visitor, "/cart", nil},
		{"cart", customer, order, press("Order again")},
	} {
		if page.tab.Open(site+page.path).Status == http.StatusNotFound && page.path != "/nowhere" {
			t.Errorf("%s: there is no page %s", page.name, page.path)
		}
		if page.then != nil {
			page.then(page.tab)
		}
		for _, screen := range []struct {
			name          string
			width, height int64
			phone, dark   bool
		}{{"window", 1280, 800, false, false}, {"phone", 360, 640, true, true}} {
			page.tab.Size(screen.width, screen.height, screen.phone)
			page.tab.Dark(screen.dark)
			for _, v := range page.tab.Violations() {
				t.Errorf("%s, %s: %s", page.name, screen.name, v)
			}
			if wide := page.tab.Overflow(); wide > 0 {
				t.Errorf("%s, %s: the page is %g pixels wider than the screen", page.name, screen.name, wide)
			}
		}
	}
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	b := inMemory(t)
	tab := chromium.Profile(t).Tab()
	tab.Open(open(t, b, modes[0]) + "/login?next=%2Fprofile")
	tab.Keys(chrome.KeyTab)
	if got := tab.Focused(); got != "Skip to content" {
		t.Errorf("the first thing to come to is %q", got)
	}
	// On to the form, past what is before it.
	for range 10 {
		tab.Keys(chrome.KeyTab)
		if tab.Focused() == "Email" {
			break
		}
	}
	tab.Keys(ada.email + chrome.KeyTab + ada.password + chrome.KeyEnter)
	tab.Arrive()
	if got := tab.Value("First name"); got != ada.name {
		t.Errorf("after a login by the keyboard, the profile is that of %q", got)
	}
}
