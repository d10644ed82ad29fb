package customers

import (
	"strings"
	"testing"
	"unsafe"
)

func TestOneClientOneCustomer(t *testing.T) {
	b := newBackend(t)
	shared := b.client(t, WithoutSession())
	one, two := shared.WithSession(new(Session)), shared.WithSession(new(Session))
	mustLogin(t, one, "a@example.com")
	mustLogin(t, two, "b@example.com")
	wantCustomer(t, one, "a@example.com")
	wantCustomer(t, two, "b@example.com")
	// The services are those of the derived client.
	me, err := one.Auth.GetSession(t.Context())
	wantOK(t, err)
	if me.Email != "a@example.com" {
		t.Errorf("GetSession says %s", me.Email)
	}
	wantOK(t, one.Auth.DeleteSession(t.Context()))
	wantCustomer(t, two, "b@example.com")
	// Two clients with one session are one customer.
	mustLogin(t, shared.WithSession(one.Session()), "c@example.com")
	wantCustomer(t, one, "c@example.com")
}

func TestDerivingAClientCostsUnderAKilobyte(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", WithoutSession())
	s := new(Session)
	var derived *Client
	if n := testing.AllocsPerRun(100, func() { derived = c.WithSession(s) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
	if n := unsafe.Sizeof(*derived); n >= 1<<10 {
		t.Errorf("%d bytes", n)
	}
	if derived.caller.config != c.caller.config {
		t.Error("settings are copied")
	}
}

func TestWithoutSession(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", `{"exists":true,"access_token":"jwt"}`))
	c := f.client(t, WithoutSession())
	if c.Session() != nil {
		t.Error("it has a session")
	}
	for _, c := range []*Client{c, c.WithSession(nil), f.client(t).WithSession(nil)} {
		before := f.count()
		for name, err := range map[string]error{
			"login":   logIn(t.Context(), c, testEmail),
			"secured": retrieve(t.Context(), c),
			"logout":  c.Auth.DeleteSession(t.Context()),
		} {
			if e := wantError(t, err, ErrNoSession); !strings.Contains(e.Message, "WithSession") {
				t.Errorf("%s: error %q", name, e)
			}
		}
		if f.count() != before {
			t.Errorf("%d requests were sent", f.count()-before)
		}
		exists, err := c.Auth.Exists(t.Context(), testEmail)
		wantOK(t, err)
		if !exists {
			t.Error("Exists is false")
		}
	}
}
