package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// settingConversations are had with backends that are set up in another way.
var settingConversations = []struct {
	conversation

	settings backend.Settings
}{
	{conversation{"B11_a_restart_ends_every_session", func(v *talk) {
		v.register("ada")
		v.get("ada", mePath)
		v.Send(compare.Request{Method: "POST", Path: tokenPath, Body: `{"email":"${ada.email}","password":"a password"}`, Save: "token"})
		v.get("nobody", mePath)
		v.restart()
		v.get("ada", mePath)
		v.get("ada", mePath)
		v.get("nobody", mePath)
		v.with("", "GET", mePath, "", "Authorization: Bearer ${token/access_token}")
		v.login("ada", "ada")
		v.get("ada", authPath)
	}}, backend.Settings{}},
	{conversation{"B02_production_withholds_the_cookie_over_plain_http", func(v *talk) {
		https := "X-Forwarded-Proto: https"
		v.register("plain")
		v.get("plain", mePath)
		v.login("plain", "plain")
		v.get("plain", authPath)
		for _, proto := range []string{"https", "HTTPS", "http", "https, http", "http, https", " https", "https,https", "wss", ""} {
			v.with("", "POST", authPath, `{"email":"${plain.email}","password":"a password"}`, "X-Forwarded-Proto: "+proto)
			v.with("", "GET", mePath, "", "X-Forwarded-Proto: "+proto)
		}
		v.with("", "GET", mePath, "", "X-Forwarded-Ssl: on", "Forwarded: proto=https", "Front-End-Https: on")
		v.with("ada", "POST", authPath, `{"email":"${plain.email}","password":"a password"}`, https)
		v.get("ada", mePath) // over plain http
		v.with("ada", "GET", mePath, "", https)
		v.with("ada", "POST", mePath, `{"phone":"1"}`)
		v.with("ada", "GET", authPath+"/${plain.email}", "", https)
		v.with("ada", "DELETE", authPath, "", https)
		v.get("ada", mePath)
		v.with("ada", "GET", mePath, "", https)
		v.newEmail("eve")
		v.with("eve", "POST", customersPath, `{"email":"${eve.email}","password":"x"}`, https)
		v.get("eve", authPath)
		v.Send(compare.Request{Method: "POST", Path: tokenPath, Body: `{"email":"${eve.email}","password":"x"}`, Save: "token"})
		v.with("", "GET", mePath, "", "Authorization: Bearer ${token/access_token}")
	}}, backend.Settings{NodeEnv: "production"}},
	{conversation{"B16_production_shows_no_stack", func(v *talk) {
		v.post("", authPath, `{`)
		v.post("", authPath, `"`+strings.Repeat("x", 110_000)+`"`)
		v.get("", "/store/nothing")
		v.get("", "/")
		v.post("", passwordResetPath, `{"email":"x","token":5}`)
		v.post("", addressesPath, `{`)
		v.with("", "OPTIONS", authPath, "")
		v.register("ada")
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"x","password":"x"}`)
		v.with("", "POST", authPath, `{"email":"${ada.email}","password":"wrong"}`, "X-Forwarded-Proto: https")
	}}, backend.Settings{NodeEnv: "production"}},
	{conversation{"B05_the_cookies_name_is_a_setting", func(v *talk) {
		v.register("ada")
		v.get("ada", mePath)
		v.with("", "GET", mePath, "", "Cookie: connect.sid=${ada;value}")
		v.with("", "GET", mePath, "", "Cookie: connect.sid=x; shop.sid=${ada;value}")
		v.with("", "GET", mePath, "", "Cookie: Shop.sid=${ada;value}")
		v.login("ada", "ada")
		v.delete("ada", authPath)
		v.get("ada", mePath)
	}}, backend.Settings{SessionName: "shop.sid", SessionTTL: shortTTL.Milliseconds()}},
	{conversation{"B04_the_server_side_slides_and_the_client_side_does_not", func(v *talk) {
		v.register("ada")
		v.login("unused", "ada")
		v.each(shortTTL+time.Second, func() { v.get("ada", mePath) })
		v.get("unused", mePath) // has ended, and the response begins another
		v.get("unused", mePath)
		v.get("ada", authPath)
		v.login("ada", "ada")
	}}, backend.Settings{SessionName: "shop.sid", SessionTTL: shortTTL.Milliseconds()}},
	{conversation{"B04_rolling_sessions_are_renewed_by_every_response", func(v *talk) {
		v.register("ada")
		v.get("ada", mePath)
		v.get("ada", "/store/nothing")
		v.post("ada", authPath, `{`)
		v.get("nobody", mePath)
		v.get("nobody", mePath)
		v.each(shortTTL+time.Second, func() { v.get("ada", mePath) })
		v.delete("ada", authPath)
		v.get("ada", mePath)
	}}, backend.Settings{SessionTTL: shortTTL.Milliseconds(), SessionRolling: true}},
}

// each calls f now and then until the time is over. What it waits for is the time itself.
func (v *talk) each(d time.Duration, f func()) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(d); time.Now().Before(end); <-tick.C {
		f()
	}
}

// withSettings has the conversations one after the other, as each restarts the real backend.
func withSettings(t *testing.T, d *duo, had func(name string)) {
	t.Helper()
	current := d
	settings := backend.Settings{}
	for _, c := range settingConversations {
		if c.settings != settings {
			current, settings = d.restarted(t, c.settings), c.settings
		}
		t.Run(c.name, func(t *testing.T) {
			c.say(current.talk(t.Context(), t, "written"))
			had(c.name)
		})
	}
}
