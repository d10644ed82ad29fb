package live

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
)

// newAccount makes up a customer; it is not registered.
func (r *run) newAccount() *account {
	r.emails++
	a := &account{email: fmt.Sprintf("specdiff-%s-%d@example.com", r.id, r.emails), password: "specdiff-" + rand.Text()}
	r.record.secrets.add("EMAIL", a.email)
	r.record.secrets.add("PASSWORD", a.password)
	return a
}

// login takes the session that a response begins.
func (r *run) login(a *account, x response) {
	if cookies := (&http.Response{Header: x.ResponseHeader}).Cookies(); x.Status/100 == 2 && len(cookies) > 0 {
		a.cookie = cookies[0].Name + "=" + cookies[0].Value
		r.record.secrets.add("COOKIE", a.cookie)
		r.record.secrets.add("COOKIE_VALUE", cookies[0].Value)
	}
}

// takeToken takes the bearer token of a response.
func (r *run) takeToken(a *account, x response) {
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(x.body, &body) == nil && body.AccessToken != "" {
		a.token = body.AccessToken
		r.record.secrets.add("TOKEN", a.token)
	}
}
