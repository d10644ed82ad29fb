package e2e

import (
	"net/url"
	"strings"

	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// conversation is a written one.
type conversation struct {
	name string // of a fact: B and two digits, then what it says; of an operation: its name
	say  func(v *talk)
}

const (
	aarhus = `{"first_name":"Ada","last_name":"Larsen","address_1":"Nygade 1","address_2":null,"city":"Aarhus","country_code":"dk","province":null,"postal_code":"8000","phone":null}`
	// Leaves out what the backend then takes for other than null.
	aarhusShort = `{"first_name":"Ada","last_name":"Larsen","address_1":"Nygade 1","city":"Aarhus","country_code":"dk","postal_code":"8000"}`
)

// sessionConversations are about cookies, tokens and who one is.
var sessionConversations = []conversation{
	{"B01_nearly_every_response_to_a_request_without_a_cookie_sets_one", func(v *talk) {
		v.register("ada")
		v.newEmail("nobody")
		v.get("", authPath+"/${nobody.email}")
		v.post("", passwordTokenPath, `{"email":"${nobody.email}"}`)
		v.post("", authPath, `{}`)
		v.post("", authPath, `{`)
		v.get("", mePath)
		v.get("", authPath)
		v.post("", authPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"a password"}`)
		v.post("", authPath, `"`+strings.Repeat("x", 110_000)+`"`)
		v.post("", customersPath, `{"email":"${ada.email}","password":"x"}`)
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"x","password":"x"}`)
		v.delete("", authPath)
		v.get("", "/store/nothing")
		v.get("", "/nothing")
		v.get("guest", authPath+"/${nobody.email}")
		v.get("guest", mePath) // with an anonymous cookie
		v.get("guest", authPath)
		v.with("", "GET", mePath, "", "Cookie: other=1")
	}},
	{"B03_a_secure_cookie_is_taken_back_over_plain_http_under_any_name", func(v *talk) {
		v.register("ada")
		v.with("ada", "GET", mePath, "", "Host: medusa:9000")
		v.with("ada", "GET", mePath, "", "X-Forwarded-Proto: https")
		v.with("", "GET", mePath, "", "Host: medusa:9000", "X-Forwarded-Proto: https")
	}},
	{"B04_cookies_expire_after_ten_hours_and_are_not_renewed", func(v *talk) {
		v.register("ada")
		for _, path := range []string{mePath, ordersPath, methodsPath, authPath} {
			v.get("ada", path)
		}
		v.post("ada", mePath, `{"phone":"1"}`)
		v.login("ada", "ada")
	}},
	{"B05_the_cookies_value_goes_back_to_the_byte", func(v *talk) {
		v.register("ada")
		for _, cookie := range []string{
			"connect.sid=nonsense", "connect.sid=", "connect.sid=s%3A", "connect.sid=s%3Aabc.def", "connect.sid=s:abc.def", `connect.sid="x"`,
			"connect.sid=%ZZ", "Connect.sid=x", "connect.sid=x; connect.sid=y", "connect.sid",
		} {
			v.with("", "GET", mePath, "", "Cookie: "+cookie)
		}
		v.with("", "GET", mePath, "", "Cookie: ${ada;cookie}x")
		v.with("", "GET", mePath, "", "Cookie: ${ada;cookie}")
		v.with("", "GET", mePath, "", "Cookie: a=b; ${ada;cookie}; c=d")
		v.with("", "GET", mePath, "", "Cookie: ${ada;cookie}; connect.sid=other") // the first one counts
		v.with("", "GET", mePath, "", "Cookie: connect.sid=other; ${ada;cookie}")
		v.with("", "GET", mePath, "", "Cookie: a=b;${ada;cookie}")
		v.with("", "GET", mePath, "", "Cookie: x${ada;cookie}")
	}},
	{"B06_login_and_register_keep_the_session_id_that_came_along", func(v *talk) {
		v.register("ada")
		v.get("planted", authPath+"/x")
		v.login("planted", "ada")
		v.get("planted", mePath)
		v.register("bob")
		v.get("victim", authPath+"/x")
		v.newEmail("eve")
		v.post("victim", customersPath, `{"email":"${eve.email}","password":"x"}`)
		v.get("victim", mePath)
		v.login("ada", "bob") // one session, another customer
		v.get("ada", mePath)
		v.register("ada")
		v.get("ada", mePath)
	}},
	{"B06_a_failed_login_leaves_the_session_valid", func(v *talk) {
		v.register("ada")
		v.post("ada", authPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.post("ada", customersPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.get("ada", mePath)
		v.post("ada", authPath, `{}`)
		v.get("ada", authPath)
	}},
	{"B07_logout_needs_no_login_and_does_not_clear_the_cookie", func(v *talk) {
		v.register("ada")
		v.delete("", authPath)
		v.delete("ada", authPath)
		v.get("ada", mePath)
		v.delete("ada", authPath)
		v.get("ada", mePath)
		v.with("", "GET", mePath, "", "Cookie: ${ada;cookie}")
		v.login("ada", "ada")
		v.get("ada", mePath)
		v.with("ada", "DELETE", authPath, `{"x":1}`)
		v.get("ada", authPath)
	}},
	{"B08_a_cookie_beats_a_bearer_token", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.Send(compare.Request{Method: "POST", Path: tokenPath, Body: `{"email":"${ada.email}","password":"a password"}`, Save: "token"})
		bearer := "Authorization: Bearer ${token/access_token}"
		v.with("", "GET", mePath, "", bearer)
		v.with("bob", "GET", mePath, "", bearer)
		v.get("nobody", authPath+"/x")
		v.with("nobody", "GET", mePath, "", bearer)
		v.with("nobody", "GET", authPath, "", bearer)
		v.get("nobody", mePath)
		v.with("", "POST", mePath, `{"phone":"1"}`, bearer)
		v.with("", "GET", ordersPath, "", bearer)
		v.with("", "POST", addressesPath, `{"address":`+aarhus+`}`, bearer)
		v.delete("ada", authPath)
		v.with("", "DELETE", authPath, "", bearer)
		v.with("", "GET", mePath, "", bearer)
		v.with("bob", "POST", mePath, `{"password":"new"}`)
		for _, value := range []string{
			"Bearer", "Bearer ", "Bearer x", "Bearer x.y.z", "bearer ${token/access_token}", "BEARER ${token/access_token}", "Basic ${token/access_token}",
			"Bearer  ${token/access_token}", "Bearer ${token/access_token}x", "Bearer ${token/access_token} x", "${token/access_token}", "Bearer,${token/access_token}",
			"Bearer eyJhbGciOiJub25lIn0.eyJjdXN0b21lcl9pZCI6ImN1c18wMSJ9.", "JWT ${token/access_token}",
		} {
			v.with("", "GET", mePath, "", "Authorization: "+value)
			v.with("", "GET", authPath, "", "Authorization: "+value)
		}
		v.with("bob", "GET", mePath, "", "Authorization: Bearer x")
	}},
	{"B08_a_bearer_token_survives_logout_and_new_password", func(v *talk) {
		v.register("ada")
		v.Send(compare.Request{As: "ada", Method: "POST", Path: tokenPath, Body: `{"email":"${ada.email}","password":"a password"}`, Save: "token"})
		v.post("ada", mePath, `{"password":"another password"}`)
		v.delete("ada", authPath)
		v.with("", "GET", mePath, "", "Authorization: Bearer ${token/access_token}")
		v.login("ada", "ada")
		v.post("ada", authPath, `{"email":"${ada.email}","password":"another password"}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"a password"}`)
		v.deleteCustomer("ada")
		v.with("", "GET", mePath, "", "Authorization: Bearer ${token/access_token}")
	}},
	{"B09_a_deleted_customers_session_lives_on", func(v *talk) {
		v.register("ada")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.deleteCustomer("ada")
		v.get("ada", mePath)
		v.get("ada", authPath)
		v.get("ada", ordersPath)
		v.get("ada", methodsPath)
		v.post("ada", mePath, `{"phone":"1"}`)
		v.post("ada", mePath, `{}`)
		v.post("ada", mePath, `{"x":1}`)
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.post("ada", addressesPath, `{"address":`+strings.Replace(aarhus, "Aarhus", "Odense", 1)+`}`)
		v.post("ada", addressesPath+"/${addr_#0}", `{"city":"Odense"}`)
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.post("", authPath, `{"email":"${ada.email}","password":"a password"}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"a password"}`)
		v.get("", authPath+"/${ada.email}")
		v.post("", passwordTokenPath, `{"email":"${ada.email}"}`)
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"x","password":"x"}`)
		v.post("", customersPath, `{"email":"${ada.email}","password":"again"}`) // the email is free again
		v.delete("ada", authPath)
		v.get("ada", mePath)
	}},
	{"B10_publishable_and_idempotency_keys_have_no_effect", func(v *talk) {
		v.newEmail("ada")
		body := `{"email":"${ada.email}","password":"x"}`
		v.with("ada", "POST", customersPath, body, "Idempotency-Key: the same", "X-Publishable-Api-Key: pk_bogus")
		v.with("ada", "POST", customersPath, body, "Idempotency-Key: the same", "X-Publishable-Api-Key: pk_bogus")
		v.with("ada", "GET", mePath, "", "X-Publishable-Api-Key: pk_bogus")
		v.with("ada", "GET", ordersPath, "", "X-Publishable-Api-Key: "+v.duo.real.PublishableKey)
		v.with("ada", "POST", mePath, `{"phone":"1"}`, "Idempotency-Key: x")
	}},
}

// errorConversations are about what fails.
var errorConversations = []conversation{
	{"B12_a_401_has_three_forms", func(v *talk) {
		v.register("ada")
		v.newEmail("nobody")
		for _, r := range [][2]string{
			{"GET", mePath}, {"POST", mePath}, {"GET", ordersPath}, {"GET", methodsPath}, {"POST", addressesPath}, {"POST", addressesPath + "/x"},
			{"DELETE", addressesPath + "/x"}, {"GET", authPath}, {"GET", ordersPath + "?limit=x"}, {"PUT", mePath}, {"DELETE", mePath}, {"HEAD", mePath},
			{"PATCH", customersPath}, {"GET", customersPath},
		} {
			v.with("", r[0], r[1], "")
		}
		v.post("", mePath, `{"x":1}`)
		v.post("", authPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.post("", authPath, `{"email":"${nobody.email}","password":"wrong"}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"wrong"}`)
		v.post("", tokenPath, `{"email":"${nobody.email}","password":"wrong"}`)
		v.post("", passwordResetPath, `{"email":"${nobody.email}","token":"x","password":"new"}`)
	}},
	{"B13_a_bad_reset_token_is_a_500", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.passwordToken("first", "ada.email")
		v.passwordToken("bobs", "bob.email")
		reset := func(token, password string) {
			v.post("", passwordResetPath, `{"email":"${ada.email}","token":"`+token+`","password":"`+password+`"}`)
		}
		for _, token := range []string{"no.token", "x", " ", "${bobs}", "${first}x"} {
			reset(token, "x")
		}
		reset("", "x")
		reset("${first}", "new password")
		reset("${first}", "again") // is used
		v.post("bob", authPath, `{"email":"${ada.email}","password":"new password"}`)
		v.get("ada", mePath) // the session lives on
		v.passwordToken("second", "ada.email")
		v.post("ada", passwordResetPath, `{"email":"${ada.email}","token":"${second}","password":"newer"}`)
		v.post("", authPath, `{"email":"${ada.email}","password":"newer"}`)
	}},
	{"B14_a_400_is_never_a_list", func(v *talk) {
		v.register("ada")
		v.post("", customersPath, `{}`)
		v.post("", customersPath, ``)
		v.post("ada", mePath, `{"email":"x"}`)
		v.get("ada", ordersPath+"?order=id")
		v.post("ada", addressesPath, `{"address":{}}`)
		v.post("ada", addressesPath+"/any", `{}`)
		v.post("", passwordTokenPath, `{}`)
		v.post("", passwordResetPath, `{"email":"${ada.email}"}`)
		v.post("", passwordResetPath, `{}`)
		v.post("", authPath, `{}`)
		v.post("", tokenPath, `{}`)
		v.post("", tokenPath, ``)
	}},
	{"B15_code_is_absent_on_400_401_and_404", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.newEmail("nobody")
		v.post("ada", mePath, `{"email":"x"}`)
		v.post("", passwordResetPath, `{"email":"${nobody.email}","token":"x","password":"x"}`)
		v.post("ada", addressesPath, `{"address":`+strings.Replace(aarhus, `"dk"`, `"zz"`, 1)+`}`)
		v.post("ada", mePath, `{"email":"${bob.email}"}`)
		v.post("ada", mePath, `{"first_name":"\u0000"}`)
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"x","password":"x"}`)
	}},
	{"B16_some_failures_are_html", func(v *talk) {
		v.register("ada")
		for _, body := range []string{
			`{"email"`, `{`, `[`, `"text"`, `5`, `null`, `true`, `{}x`, ` {`, `{"a":1,}`, `{'a':1}`, "{\"a\":\"\n\"}", `[]`, `[1]`, ` `, "\xef\xbb\xbf{}",
		} {
			v.post("", authPath, body)
			v.post("ada", mePath, body)
		}
		v.post("", customersPath, `{"email":"`+strings.Repeat("x", 100<<10)+`"}`)
		v.post("ada", mePath, `{"first_name":"`+strings.Repeat("x", 100<<10-18)+`"}`) // the longest that is taken
		v.post("ada", mePath, `{"first_name":"`+strings.Repeat("x", 100<<10-17)+`"}`)
		for _, path := range []string{
			"/store/nothing", customersPath + "/nothing", customersPath + "/me/nothing", authPath + "/a/b", "/store", "/", "/store/", authPath + "/token",
			mePath + "/", authPath + "/", "/Store/Customers/Me", customersPath + "//me", "/store//auth", "/store/customers/me/../me", "/store/customers/%6De",
			"/store/auth/a%2Fb", "/store/auth/%20", "/store/auth/%C3%A9", "/store/auth/<b>", "/store/%C3%A9", "/store/auth/x?y=%C3%A9", "/store/<b>", "/store/x?y=<b>", "/store/auth/x?y=1", mePath + "?x=1", mePath + "#x",
		} {
			v.get("", path)
			v.get("ada", path)
		}
	}},
	{"B16_other_methods_and_bodies", func(v *talk) {
		v.register("ada")
		for _, method := range []string{"HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"} {
			for _, path := range []string{authPath, tokenPath, authPath + "/x", customersPath, mePath, ordersPath, methodsPath, addressesPath, addressesPath + "/x", passwordTokenPath, passwordResetPath, "/store/nothing"} {
				if method == "DELETE" && path == authPath {
					continue // ends the session
				}
				v.with("ada", method, path, "")
			}
		}
		v.with("", "HEAD", authPath, "")
		v.with("", "OPTIONS", mePath, "")
		v.with("", "OPTIONS", mePath, "", "Origin: http://localhost:8000", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type,x-a")
		v.with("ada", "GET", mePath, "", "Origin: http://localhost:8000")
		v.with("ada", "GET", mePath, "", "Origin: http://elsewhere.example")
		v.with("", "GET", mePath, "", "Origin: http://localhost:8000")
		for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json", "application/json;", "multipart/form-data; boundary=x", "json"} {
			v.with("ada", "POST", mePath, `{"phone":"1"}`, "Content-Type: "+contentType)
			v.with("", "POST", authPath, `{"email":"${ada.email}","password":"a password"}`, "Content-Type: "+contentType)
		}
		v.with("", "POST", authPath, `email=${ada.email}&password=a+password`, "Content-Type: application/x-www-form-urlencoded")
		v.with("ada", "POST", mePath, `phone=2&metadata[a]=1&billing_address[city]=Aarhus`, "Content-Type: application/x-www-form-urlencoded")
		v.with("ada", "POST", mePath, `{"phone":"1"}`, "Content-Encoding: identity")
		v.with("ada", "GET", mePath, `{"phone":"1"}`)
		v.with("ada", "GET", mePath, `{"phone"`)
		v.with("ada", "GET", mePath, "", "Accept: text/html")
		v.with("ada", "GET", mePath, "", "X-HTTP-Method-Override: DELETE")
	}},
	{"B17_an_unknown_property_is_a_400", func(v *talk) {
		v.register("ada")
		v.newEmail("new")
		v.post("", customersPath, `{"email":"${new.email}","password":"x","x":1}`)
		v.post("", customersPath, `{"email":"x","password":1,"x":1,"y":2,"has_account":true}`)
		v.post("ada", mePath, `{"x":1}`)
		v.post("ada", mePath, `{"y":1,"x":1,"email":5}`)
		v.get("ada", ordersPath+"?x=1")
		v.post("ada", addressesPath, `{"address":`+aarhus+`,"x":1}`)
		v.post("ada", addressesPath, `{"address":`+strings.Replace(aarhus, "{", `{"x":1,`, 1)+`}`)
		v.post("ada", addressesPath+"/any", `{"x":1}`)
		v.post("", passwordTokenPath, `{"email":"${ada.email}","x":1}`)
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"x","password":"x","x":1}`)
		v.post("", authPath, `{"email":"${ada.email}","password":"a password","x":1}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":"a password","x":1}`)
		v.post("ada", mePath, `{"":1}`)
		v.get("ada", mePath)
	}},
	{"B18_a_bad_billing_address_has_json_in_its_message", func(v *talk) {
		v.register("ada")
		for _, billing := range []string{
			`{"x":1}`, `5`, `true`, `[]`, `[1]`, `["a"]`, `{"first_name":5}`, `{"first_name":5,"x":1,"y":2}`, `{"metadata":5}`, `{"metadata":[]}`, `{"country_code":5}`,
			`{"country_code":"zz"}`, `{"country_code":"Denmark"}`, `""`, `"addr_unknown"`, `"x"`, `{"first_name":{}}`, `{"phone":["1"]}`, `{"id":"x"}`,
		} {
			v.post("ada", mePath, `{"billing_address":`+billing+`}`)
		}
		v.post("ada", mePath, `{"billing_address":{"x":1},"email":"x","y":1}`)
		v.get("ada", mePath)
	}},
	{"B19_a_duplicate_register_is_422_with_several_texts", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.post("", customersPath, `{"email":"${ada.email}","password":"x"}`)
		v.newEmail("guest")
		v.post("guest", customersPath, `{"email":"${guest.email}","password":""}`)
		v.post("guest", customersPath, `{"email":"${guest.email}","password":""}`)
		v.post("", customersPath, `{"email":"${guest.email}","password":"x"}`)
		v.post("", customersPath, `{"email":"${guest.email}","password":""}`)
		v.post("", customersPath, `{"email":"${ada.email}","password":""}`)
		v.post("bob", mePath, `{"email":"${ada.email}"}`)
		v.post("bob", mePath, `{"email":"${bob.email}"}`)
		v.post("bob", mePath, `{"email":"${guest.email}"}`)
		v.post("guest", mePath, `{"email":"${ada.email}"}`)
		v.get("guest", mePath)
		v.get("bob", mePath)
	}},
}

// registerConversations are about registering and logging in.
var registerConversations = []conversation{
	{"B20_exists_is_false_for_guests_for_unknown_and_for_any_failure", func(v *talk) {
		v.register("ada")
		v.newEmail("guest")
		v.post("", customersPath, `{"email":"${guest.email}","password":""}`)
		v.get("", authPath+"/${ada.email}")
		v.get("", authPath+"/${guest.email}")
		email, err := v.Saved(0, "ada.email")
		if err != nil {
			v.t.Fatalf("%v", err)
		}
		for _, text := range []string{strings.ToUpper(email), " " + email, "no email", "\x00", "é", "a/b", "%", strings.Repeat("x", 5000), "null", "me", "token"} {
			v.get("", authPath+"/"+url.PathEscape(text))
		}
		v.get("", authPath+"/"+strings.ReplaceAll(email, "@", "%40"))
		v.get("ada", authPath+"/"+email)
		v.get("", authPath+"/"+email+"/")
		v.get("", authPath+"/"+email+"?x=1")
	}},
	{"B21_names_are_optional_on_register", func(v *talk) {
		for _, body := range []string{
			`{"email":"${EMAIL}","password":"x"}`, `{"email":"${EMAIL}","password":"x","first_name":null,"last_name":null,"phone":null}`,
			`{"email":"${EMAIL}","password":"x","first_name":"","last_name":"","phone":""}`, `{"email":"${EMAIL}","password":"x","first_name":5}`,
			`{"email":"${EMAIL}","password":"x","last_name":[]}`, `{"email":"${EMAIL}","password":"x","phone":12345}`, `{"email":"${EMAIL}","password":"x","phone":{}}`,
			`{"email":"${EMAIL}","password":null}`, `{"email":"${EMAIL}","password":5}`, `{"email":"${EMAIL}","password":[]}`, `{"email":"${EMAIL}","password":{}}`, `{"email":"${EMAIL}"}`,
			`{"email":null,"password":"x"}`, `{"email":"","password":"x"}`, `{"email":5,"password":"x"}`, `{"email":["${EMAIL}"],"password":"x"}`, `{"email":{},"password":"x"}`,
			`{"email":"no email","password":"x"}`, `{"email":"a@b","password":"x"}`, `{"email":" ${EMAIL}","password":"x"}`, `{"email":"${EMAIL} ","password":"x"}`,
			`{"email":"${EMAIL}","password":"x","metadata":{}}`, `{"email":"${EMAIL}","password":"x","first_name":"\u00e9\ud83d\ude00<b>&amp;\"\\/\u2028"}`,
			`{"email":"${EMAIL}","password":"x","first_name":"\u0000"}`, `{"email":"${EMAIL}","password":"\u0000"}`, `{"email":"${EMAIL}","password":" "}`,
			`{"email":"${EMAIL}","email":"x","password":"x"}`, `{"password":"x","email":"x","email":"${EMAIL}"}`,
		} {
			v.newEmail("one")
			v.post("one", customersPath, strings.ReplaceAll(body, "${EMAIL}", "${one.email}"))
			v.get("one", mePath)
		}
	}},
	{"B22_an_empty_password_registers_a_guest_with_a_session", func(v *talk) {
		v.newEmail("guest")
		v.Send(compare.Request{As: "guest", Method: "POST", Path: customersPath, Body: `{"email":"${guest.email}","password":"","first_name":"G"}`, Save: "guest"})
		v.get("guest", mePath)
		v.get("guest", authPath)
		v.get("guest", ordersPath)
		v.post("", authPath, `{"email":"${guest.email}","password":""}`)
		v.post("", authPath, `{"email":"${guest.email}","password":"x"}`)
		v.post("", passwordTokenPath, `{"email":"${guest.email}"}`)
		v.post("", passwordResetPath, `{"email":"${guest.email}","token":"x","password":"x"}`)
		v.post("guest", mePath, `{"password":"given","phone":"1"}`)
		v.post("", authPath, `{"email":"${guest.email}","password":"given"}`)
		v.post("guest", addressesPath, `{"address":`+aarhus+`}`)
		v.post("account", customersPath, `{"email":"${guest.email}","password":"given","last_name":"L"}`)
		v.get("account", mePath)
		v.get("guest", mePath)
		v.post("", authPath, `{"email":"${guest.email}","password":"given"}`)
	}},
	{"B22_an_empty_password_is_a_no_op_on_update_and_reset", func(v *talk) {
		v.register("ada")
		v.post("ada", mePath, `{"password":""}`)
		v.post("ada", mePath, `{"password":null}`)
		v.post("ada", mePath, `{"password":5}`)
		v.post("", authPath, `{"email":"${ada.email}","password":""}`)
		v.post("", tokenPath, `{"email":"${ada.email}","password":""}`)
		v.passwordToken("token", "ada.email")
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"${token}","password":""}`)
		v.login("", "ada")
		v.post("", passwordResetPath, `{"email":"${ada.email}","token":"${token}","password":"used after all"}`)
		v.login("", "ada")
	}},
	{"B23_register_and_login_lower_case_the_email_and_update_does_not", func(v *talk) {
		v.newEmail("ada")
		email, err := v.Saved(0, "ada.email")
		if err != nil {
			v.t.Fatalf("%v", err)
		}
		mixed := "Mixed." + email
		v.post("ada", customersPath, `{"email":"`+mixed+`","password":"x"}`)
		v.post("", authPath, `{"email":"`+strings.ToUpper(mixed)+`","password":"x"}`)
		v.post("", tokenPath, `{"email":"`+mixed+`","password":"x"}`)
		v.post("ada", mePath, `{"email":"New.`+mixed+`"}`)
		for _, spelling := range []string{"New." + mixed, strings.ToLower("New." + mixed), strings.ToUpper("New." + mixed)} {
			v.post("", authPath, `{"email":"`+spelling+`","password":"x"}`)
			v.post("", passwordTokenPath, `{"email":"`+spelling+`"}`)
			v.post("", passwordResetPath, `{"email":"`+spelling+`","token":"x","password":"x"}`)
			v.get("", authPath+"/"+spelling)
		}
		v.get("ada", mePath)
		v.get("ada", authPath)
		v.post("", customersPath, `{"email":"New.`+mixed+`","password":"x"}`)
		v.post("ada", mePath, `{"email":"new.`+strings.ToLower(mixed)+`"}`)
	}},
	{"B24_a_login_returns_all_orders_and_me_the_billing_address", func(v *talk) {
		v.loginSeeded("s", "login")
		v.get("s", authPath)
		v.get("s", mePath)
		v.loginSeeded("o", "orders")
		v.get("o", mePath)
		v.register("ada")
		v.post("ada", mePath, `{"billing_address":`+aarhus+`}`)
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.login("ada", "ada")
		v.get("ada", authPath)
		v.get("ada", mePath)
		v.passwordToken("token", "ada.email")
		v.post("ada", passwordResetPath, `{"email":"${ada.email}","token":"${token}","password":"a password"}`)
	}},
}

// updateConversations are about updating a customer.
var updateConversations = []conversation{
	{"B25_null_clears_some_fields_and_is_ignored_or_refused_for_others", func(v *talk) {
		v.register("ada")
		v.post("ada", mePath, `{"first_name":"A","last_name":"B","phone":"1","metadata":{"k":"v"},"billing_address":`+aarhus+`}`)
		v.post("ada", mePath, `{"first_name":null,"last_name":null,"phone":null,"billing_address":null,"metadata":null}`)
		v.post("ada", mePath, `{"email":null}`)
		v.post("ada", mePath, `{"password":null}`)
		v.post("ada", mePath, `{}`)
		v.post("ada", mePath, ``)
		v.post("ada", mePath, `{"billing_address":null}`)
		v.post("ada", mePath, `{"first_name":"","last_name":"","phone":""}`)
		for _, value := range []string{`5`, `true`, `[]`, `{}`, `"x"`, `["x"]`} {
			for _, name := range []string{"first_name", "last_name", "phone", "email", "password"} {
				v.post("ada", mePath, `{"`+name+`":`+value+`}`)
			}
		}
		v.get("ada", mePath)
	}},
	{"B25_billing_address_id_is_refused_in_a_body", func(v *talk) {
		v.register("ada")
		v.post("ada", mePath, `{"billing_address_id":null}`)
		v.post("ada", mePath, `{"billing_address_id":"x","id":"y","created_at":null}`)
	}},
	{"B26_customer_metadata_merges", func(v *talk) {
		v.register("ada")
		for _, metadata := range []string{
			`{"a":1,"b":"x"}`, `{"c":null}`, `{"a":""}`, `{}`, `{"n":{"x":""}}`, `{"n":{"y":1}}`, `null`, `[1]`, `"text"`, `5`, `true`, `[]`, `""`, `{"":"x"}`, `{"":""}`,
			`{"d":1.0,"e":1e3,"f":-0,"g":12345678901234567890,"h":1e-7,"i":0.1}`, `{"j":[1,null,"",{"k":""}]}`, `{"z":1,"y":2,"x":3}`, `{"1":"a","0":"b"}`, `{"long":"` + strings.Repeat("é", 500) + `"}`,
			`{"k":"\u0000"}`, `{"u":"\ud83d\ude00<b>&\u2028"}`,
		} {
			v.post("ada", mePath, `{"metadata":`+metadata+`}`)
			v.get("ada", mePath)
		}
	}},
	{"B26_address_metadata_is_replaced_and_any_json_on_create", func(v *talk) {
		v.register("ada")
		for i, metadata := range []string{`{"a":1}`, `[1,"x"]`, `"text"`, `5`, `true`, `null`, `""`, `{}`, `[]`, `{"b":""}`, `false`, `0`} {
			city := string(rune('a' + i))
			v.post("ada", addressesPath, `{"address":`+strings.Replace(strings.Replace(aarhus, "Aarhus", city, 1), "{", `{"metadata":`+metadata+`,`, 1)+`}`)
		}
		for _, metadata := range []string{`{"b":2}`, `{"c":""}`, `null`, `{}`, `[1]`, `"text"`, `5`, `true`, `[]`} {
			v.post("ada", addressesPath+"/${addr_#0}", `{"metadata":`+metadata+`}`)
		}
		v.get("ada", mePath)
	}},
	{"B27_a_billing_address_object_edits_in_place", func(v *talk) {
		v.register("ada")
		v.post("ada", mePath, `{"billing_address":{"first_name":"Ada","city":"Aarhus"}}`)
		v.post("ada", mePath, `{"billing_address":{"city":"Odense"}}`)
		v.post("ada", mePath, `{"billing_address":{"city":null,"country_code":null,"metadata":{"a":1}}}`)
		v.post("ada", mePath, `{"billing_address":{"country_code":"DE","metadata":{"b":1}}}`)
		v.post("ada", mePath, `{"billing_address":{}}`)
		v.post("ada", mePath, `{"billing_address":{"country_code":"zz"}}`)
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#1}"}`)
		v.post("ada", mePath, `{"billing_address":{"phone":"12345678"}}`)
		v.get("ada", mePath)
		v.post("ada", addressesPath+"/${addr_#0}", `{"city":"Ribe"}`) // that of no customer
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.post("ada", mePath, `{"billing_address":"${addr_#0}"}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#1}","first_name":"B"}`)
		v.post("ada", mePath, `{"billing_address":null}`)
		v.post("ada", mePath, `{"billing_address":{}}`)
		v.post("ada", mePath, `{"billing_address":null}`)
		v.post("ada", mePath, `{"billing_address":{"postal_code":"1"}}`)
	}},
	{"B27_a_billing_address_id_is_not_checked_for_ownership", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.post("bob", mePath, `{"billing_address":"${addr_#0}"}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#0}"}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#0}","email":"${bob.email}"}`)
		v.post("ada", mePath, `{"billing_address":"addr_unknown"}`)
		v.post("bob", mePath, `{"billing_address":{"city":"Odense"}}`) // edits ada's
		v.get("ada", mePath)
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.get("bob", mePath)
		v.post("ada", mePath, `{"billing_address":"${addr_#0}"}`)
		v.post("bob", mePath, `{"billing_address":"${addr_#0}"}`)
	}},
	{"B28_deleting_the_billing_address_leaves_its_id", func(v *talk) {
		v.register("ada")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#0}"}`)
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.get("ada", mePath)
		v.post("ada", mePath, `{"phone":"1"}`)
		v.post("ada", mePath, `{"billing_address":{"city":"Odense"}}`)
		v.post("ada", mePath, `{"billing_address":{"city":"Odense"},"phone":"2"}`)
		v.post("ada", mePath, `{"billing_address":"${addr_#0}"}`)
		v.get("ada", mePath)
		v.post("ada", mePath, `{"billing_address":null}`)
		v.post("ada", mePath, `{"billing_address":{"city":"Odense"}}`)
		v.get("ada", mePath)
	}},
}

// addressConversations are about shipping addresses.
var addressConversations = []conversation{
	{"B29_create_takes_an_envelope_and_update_bare_fields", func(v *talk) {
		v.register("ada")
		for _, body := range []string{
			`{}`, `{"address":[]}`, `{"address":null}`, `{"address":"text"}`, `{"address":5}`, `{"address":true}`, `{"address":{}}`, `{"address":[` + aarhus + `]}`, `{"address":[1]}`, `{"address":""}`, aarhus, ``, `{"address":{"x":1}}`,
		} {
			v.post("ada", addressesPath, body)
		}
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		for _, body := range []string{`{"address":` + aarhus + `}`, `{"city":"Odense"}`, `{}`, ``, aarhus, `{"city":null,"phone":null,"first_name":null,"postal_code":null}`, `{"city":""}`, `{"id":"x"}`, `{"customer_id":"x"}`} {
			v.post("ada", addressesPath+"/${addr_#0}", body)
		}
		for _, name := range []string{"first_name", "last_name", "phone", "company", "address_1", "address_2", "city", "country_code", "province", "postal_code"} {
			for _, value := range []string{`null`, `""`, `5`, `true`, `[]`, `{}`, `["x"]`, `" x "`, `"` + strings.Repeat("x", 300) + `"`} {
				v.post("ada", addressesPath+"/${addr_#0}", `{"`+name+`":`+value+`}`)
				body := strings.Replace(aarhus, `"`+name+`":`, `"was":`, 1)
				if name == "company" {
					body = aarhus
				}
				_, rest, _ := strings.Cut(body, `"was":`)
				before, _, cut := strings.Cut(body, `"was":`)
				if cut {
					if _, after, more := strings.Cut(rest, ","); more {
						body = before + after
					} else {
						body = strings.TrimSuffix(before, ",") + "}"
					}
				}
				v.post("ada", addressesPath, `{"address":`+strings.Replace(body, "{", `{"`+name+`":`+value+`,`, 1)+`}`)
			}
		}
		v.get("ada", mePath)
	}},
	{"B30_an_unknown_country_is_a_404", func(v *talk) {
		v.register("ada")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		for _, country := range []string{`"zz"`, `null`, `"DE"`, `""`, `"Denmark"`, `"d"`, `5`, `"us"`, `"US"`, `" de"`, `"gb"`, `"se"`, `"UK"`, `"xk"`, `"\u0130e"`} {
			v.post("ada", addressesPath, `{"address":`+strings.Replace(strings.Replace(aarhus, `"dk"`, country, 1), "Aarhus", "${ada.email}", 1)+`}`)
			v.post("ada", addressesPath+"/${addr_#0}", `{"country_code":`+country+`}`)
			v.post("ada", mePath, `{"billing_address":{"country_code":`+country+`}}`)
		}
		v.get("ada", mePath)
	}},
	{"B31_an_unknown_id_is_400_on_update_and_200_on_delete", func(v *talk) {
		v.register("ada")
		v.register("bob")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		for _, id := range []string{"addr_unknown", "${addr_#0}", "x", "..", "%2E%2E", "%00", "%20", "a%2Fb", "%C3%A9", "me", strings.Repeat("x", 3000)} {
			v.post("bob", addressesPath+"/"+id, `{"city":"Odense"}`)
			v.post("bob", addressesPath+"/"+id, `{}`)
			v.delete("bob", addressesPath+"/"+id)
		}
		v.delete("bob", addressesPath+"/")
		v.delete("bob", addressesPath)
		v.get("ada", mePath)
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.post("ada", addressesPath+"/${addr_#0}", `{"city":"Odense"}`)
		v.post("ada", addressesPath+"/${addr_#0}", `{"country_code":"zz"}`)
		v.get("ada", mePath)
	}},
	{"B32_a_repeated_create_duplicates_unless_nulls_are_explicit", func(v *talk) {
		v.register("ada")
		odense := strings.Replace(aarhus, "Aarhus", "Odense", 1)
		for _, address := range []string{
			aarhusShort, aarhusShort, aarhus, aarhus, odense, odense, strings.Replace(odense, `,"phone":null`, "", 1), strings.Replace(aarhus, `"address_2":null`, `"address_2":""`, 1),
			strings.Replace(aarhus, `"address_2":null`, `"address_2":""`, 1), strings.Replace(aarhus, `"dk"`, `"DK"`, 1), strings.Replace(aarhus, "Ada", "ada", 1), strings.Replace(aarhus, "8000", " 8000", 1),
			strings.Replace(aarhus, `{`, `{"company":"Larsen Ltd",`, 1), strings.Replace(aarhus, `{`, `{"metadata":{"a":1},`, 1),
		} {
			v.post("ada", addressesPath, `{"address":`+address+`}`)
		}
		v.delete("ada", addressesPath+"/${addr_#0}")
		v.post("ada", addressesPath, `{"address":`+aarhus+`}`)
		v.get("ada", mePath)
		v.get("ada", authPath)
	}},
}

// conversations are all that need no special settings.
var conversations = concat(sessionConversations, errorConversations, registerConversations, updateConversations, addressConversations, orderConversations, methodConversations)

func concat(lists ...[]conversation) (all []conversation) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
