package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
)

func TestRegistrationThatIsSentTwice(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, b *backend, mode string, _, _ login) {
		t.Helper()
		site := open(t, b, mode)
		grace := login{"Grace", newEmail(), "a good password"}
		profile := chromium.Profile(t)
		tab := profile.Tab()
		tab.Open(site + "/register")
		tab.Fill("First name", "Grace")
		enter(tab, grace)
		sendTwice(b, tab, "Create account", http.MethodPost, "/store/customers")
		want(t, tab.Arrive(), http.StatusOK, "Hello, Grace", grace.email)
		want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
		logIn(t, tab, site, grace)
	})
}

func TestAddressThatIsSentTwice(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, b *backend, mode string, ada, _ login) {
		t.Helper()
		site := open(t, b, mode)
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		tab.Open(site + "/addresses/new")
		fillAddress(tab, "Algade 4", "Roskilde")
		sendTwice(b, tab, "Save address", http.MethodPost, "/store/customers/me/addresses")
		p := tab.Arrive()
		want(t, p, http.StatusOK, "Algade 4")
		if n := strings.Count(p.Text, "Delete\nAlgade 4"); n != 1 {
			t.Errorf("the address is there %d times:\n%s", n, p.Text)
		}
	})
}

// sendTwice presses the button again while the first form is at the backend.
func sendTwice(b *backend, tab *chrome.Tab, button, method, path string) {
	first := b.Hold(method, path)
	tab.Press(button)
	first.Wait()
	tab.PressAgain()
	first.Release()
}

// A double click may send one form or two.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, _ *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		tab.Open(site + "/register")
		grace := login{"Grace", newEmail(), "a good password"}
		tab.Fill("First name", "Grace")
		enter(tab, grace)
		tab.Press("Create account")
		tab.PressAgain()
		want(t, tab.Arrive(), http.StatusOK, "Hello, Grace")
		tab.Open(site + "/addresses/new")
		fillAddress(tab, "Algade 4", "Roskilde")
		tab.Press("Save address")
		tab.PressAgain()
		p := tab.Arrive()
		if n := strings.Count(p.Text, "Delete\nAlgade 4"); n != 1 {
			t.Errorf("the address is there %d times:\n%s", n, p.Text)
		}
	})
}

func TestReloadAfterAFormSendsNothing(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, b *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		tab.Click("Profile")
		tab.Click("Save profile")
		sent := b.Count(http.MethodPost, mePath)
		want(t, tab.Reload(), http.StatusOK)
		if again := b.Count(http.MethodPost, mePath); sent != 1 || again != sent {
			t.Errorf("the form was sent %d times, and %d times after a reload", sent, again)
		}
	})
}

func TestBackAfterLogoutShowsNothingPersonal(t *testing.T) {
	t.Parallel()
	inModes(t, func(t *testing.T, _ *backend, site string) {
		t.Helper()
		tab := chromium.Profile(t).Tab()
		logIn(t, tab, site, ada)
		tab.Click("Addresses")
		want(t, tab.Click("Log out"), http.StatusOK, "You are logged out.")
		for range 2 { // the addresses, and the start page with the email
			p := tab.Back()
			want(t, p, http.StatusOK, "Log in")
			wantNone(t, p, "Vestergade 1", ada.email, "Log out")
		}
	})
}
