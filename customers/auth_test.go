package customers

import "testing"

func TestExists(t *testing.T) {
	for body, want := range map[string]bool{`{"exists":true}`: true, `{"exists":false}`: false} {
		got, err := serve(t, handlerOf(200, "application/json", body)).client(t).Auth.Exists(t.Context(), testEmail)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
	// An answer that does not say is no no.
	for _, body := range []string{`{}`, `{"exists":null}`, `{"exists":"no"}`, `null`, ``, customerJSON} {
		_, err := serve(t, handlerOf(200, "application/json", body)).client(t).Auth.Exists(t.Context(), testEmail)
		wantIs(t, err, ErrUnexpectedResponse)
	}
}

func TestGetToken(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	token, err := c.Auth.GetToken(t.Context(), testEmail, testPassword)
	if err != nil || token != "jwt" {
		t.Errorf("%q, %v", token, err)
	}
	if c.Session().LoggedIn() {
		t.Error("asking for a token logged in")
	}
	_, err = c.Auth.GetToken(t.Context(), testEmail, "wrong")
	wantIs(t, err, ErrInvalidCredentials)
	for _, body := range []string{`{}`, `{"access_token":""}`, `{"access_token":7}`} {
		_, err := serve(t, handlerOf(200, "application/json", body)).client(t).Auth.GetToken(t.Context(), testEmail, "p")
		wantIs(t, err, ErrUnexpectedResponse)
	}
}

func TestWrongCredentialsAreNotAMissingLogin(t *testing.T) {
	b := newSessionBackend(t)
	_, err := b.client(t).Auth.Authenticate(t.Context(), testEmail, "wrong")
	wantOnly(t, "Authenticate", err, ErrInvalidCredentials)
}

func TestLoginWithAllOrdersIsRead(t *testing.T) {
	body := `{"customer":{"id":"cus_1","orders":[`
	for i := range 500 {
		if i > 0 {
			body += ","
		}
		body += `{"id":"order","created_at":"2024-01-02T03:04:05.678Z","items":[{"id":"item","title":"x"}]}`
	}
	f := serve(t, handlerOf(200, "application/json", body+`]}}`))
	me, err := f.loggedIn(t).Auth.GetSession(t.Context())
	wantOK(t, err)
	if len(me.Orders) != 500 || len(me.Orders[499].Items) != 1 {
		t.Errorf("%d orders", len(me.Orders))
	}
}
