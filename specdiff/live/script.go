package live

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// script sends the requests of a customer's life: registration, login, changes, addresses, a forgotten password,
// logout. Each step is sent even if an earlier one was refused, so that one wrong response does not hide others.
func (r *run) script(ctx context.Context) error {
	s := &script{run: r, ctx: ctx}
	a, other := r.newAccount(), r.newAccount()
	s.anonymous()
	s.registration(a, other)
	s.profile(a, other)
	canReset := s.forgotPassword(a)
	s.addresses(a)
	s.refused(a)
	if a.registered {
		s.logins(a)
	}
	s.reset(a, canReset)
	s.leave(a)
	return s.err
}

// anonymous sends changes without a login.
func (s *script) anonymous() {
	s.progress("script: without a login")
	s.post("update without a login", mePath, object{}, nil)
	s.post("add an address without a login", addressesPath, object{"address": newAddress()}, nil)
	s.post("update an address without a login", addressesPath+"/unknown", object{}, nil)
	s.do(request{step: "delete an address without a login", method: http.MethodDelete, path: addressesPath + "/unknown"})
	s.do(request{step: "log out without a login", method: http.MethodDelete, path: authPath})
}

func (s *script) registration(a, other *account) {
	s.progress("script: registration")
	s.register(a, object{"first_name": "Spec", "last_name": "Diff", "phone": "1234"})
	s.register(other, object{"first_name": nil, "last_name": nil, "phone": nil})
	s.post("register an email again", customersPath, object{"email": a.email, "password": a.password}, nil)
	s.get(stepExists, exists(strings.ToUpper(a.email)), nil)
}

// register registers an account, which logs it in.
func (s *script) register(a *account, more object) {
	body := object{"email": a.email, "password": a.password}
	maps.Copy(body, more)
	x := s.post("register", customersPath, body, nil)
	if a.registered = x.Status/100 == 2 && foreign(x.Exchange) == ""; a.registered {
		s.registered++
	}
	if x.Status == http.StatusBadRequest || x.Status == http.StatusUnprocessableEntity {
		s.trouble(http.MethodPost, customersPath, "%s: %s; if the shop wants a property of its own, such as the token of a captcha, the client sends it by customers.WithProperty, and specdiff cannot", notRegistered, shortly(x.Exchange))
	}
	if s.login(a, x); a.cookie != "" {
		s.accounts = append(s.accounts, a)
	}
}

// The beginnings of troubles: why an operation was not seen to work.
const (
	notTried      = "it was not tried"
	notRegistered = "a registration was refused"
)

func (s *script) profile(a, other *account) {
	s.progress("script: profile")
	x := s.get("read the profile", mePath, a)
	s.again(x, mePath, a)
	for _, body := range []object{
		{},
		{"first_name": "Other", "last_name": nil, "phone": nil},
		{"first_name": nil, "phone": "5678", "last_name": "Name"},
		{"metadata": object{"kept": "yes", "gone": "soon", "nothing": nil, "list": []int{1}}},
		{"metadata": object{"gone": ""}},
		{"metadata": nil},
		{"email": a.email, "password": a.password},
		{"billing_address": newAddress()},
		{"billing_address": object{"city": "Elsewhere", "company": nil}},
		{"billing_address": nil},
		{"email": other.email},
	} {
		s.post("update", mePath, body, a)
	}
	s.get("read the profile", mePath, a)
	for _, path := range s.config.Ask {
		s.get(StepAsk, path, a)
	}
	x = s.get("list no orders", ordersPath, a)
	s.again(x, ordersPath, a)
	s.get("list orders by an unknown parameter", ordersPath+"?specdiff=1", a)
	x = s.get("list payment methods", methodsPath, a)
	s.again(x, methodsPath, a)
}

// forgotPassword asks for a password token, early because the backend issues it seconds later. It reports whether the
// token can be read.
func (s *script) forgotPassword(a *account) bool {
	s.post("ask for a password token", tokenPath, object{"email": a.email}, nil)
	s.post("ask for a password token for an unknown email", tokenPath, object{"email": s.newAccount().email}, nil)
	return s.config.ResetToken != nil
}

func newAddress() object {
	return object{
		"first_name": "Spec", "last_name": "Diff", "company": "Example", "address_1": "Main Street 1", "address_2": "Back door", "city": "Aarhus",
		"country_code": "dk", "province": "Midtjylland", "postal_code": "8000", "phone": "1234", "metadata": object{"floor": 2},
	}
}

func without(address object, names ...string) object {
	for _, name := range names {
		delete(address, name)
	}
	return address
}

func with(address object, name string, value any) object {
	address[name] = value
	return address
}

// addresses adds, changes and deletes addresses. Without one, the rest would show nothing.
func (s *script) addresses(a *account) {
	s.progress("script: addresses")
	one := addressesPath + "/{address_id}"
	if s.err == nil && a.cookie == "" {
		for _, path := range []string{mePath, addressesPath, one} {
			s.trouble(http.MethodPost, path, notTried+": no customer could be registered")
		}
		s.trouble(http.MethodDelete, one, notTried+": no customer could be registered")
		return
	}
	add := func(step string, address any) response {
		return s.post(step, addressesPath, object{"address": address}, a)
	}
	add("add an address", newAddress())
	add("add an address again", newAddress())
	add("add a short address", without(with(newAddress(), "city", "Odense"), "company", "address_2", "province", "phone", "metadata"))
	none := with(newAddress(), "city", "Ribe")
	for _, name := range []string{"company", "address_2", "province", "phone", "metadata"} {
		none[name] = nil
	}
	x := add("add an address with nulls", none)
	add("add an address in an unknown country", with(newAddress(), "country_code", "zz"))
	ids := x.addressIDs()
	if len(ids) < 2 {
		s.trouble(http.MethodPost, one, notTried+": no address could be added")
		s.trouble(http.MethodDelete, one, notTried+": no address could be added")
		return
	}
	at := addressesPath + "/" + url.PathEscape(ids[0])
	s.post("update an address", at, newAddress(), a)
	s.post("clear an address", at, object{
		"first_name": nil, "last_name": nil, "company": nil, "address_1": nil, "address_2": nil, "city": nil, "country_code": nil,
		"province": nil, "postal_code": nil, "phone": nil, "metadata": nil,
	}, a)
	s.post("move an address to an unknown country", at, object{"country_code": "zz"}, a)
	s.post("update an unknown address", addressesPath+"/unknown", object{"city": "Ribe"}, a)
	s.post("bill to an address by its id", mePath, object{"billing_address": ids[1]}, a)
	s.get("read the profile", mePath, a)
	s.do(request{step: "delete an address that is billed to", method: http.MethodDelete, path: addressesPath + "/" + url.PathEscape(ids[1]), by: a})
	s.do(request{step: "delete an unknown address", method: http.MethodDelete, path: addressesPath + "/unknown", by: a})
	s.post("stop billing to an address that is gone", mePath, object{"billing_address": nil}, a)
}

// refused sends bodies that no route accepts.
func (s *script) refused(a *account) {
	s.progress("script: bodies that are refused")
	for _, path := range []string{customersPath, mePath, addressesPath, addressesPath + "/unknown", tokenPath, resetPath, authPath, bearerPath} {
		var by *account
		if strings.HasPrefix(path, mePath) {
			by = a
		}
		s.post("send what is no JSON", path, raw("{"), by)
		s.post("send what is too large", path, tooLarge, by)
		s.post("send an unknown property only", path, object{"specdiff": 1}, by)
	}
}

func (s *script) logins(a *account) {
	s.progress("script: logins")
	credentials := object{"email": strings.ToUpper(a.email), "password": a.password}
	wrong := object{"email": a.email, "password": "wrong"}
	x := s.post(stepLogin, authPath, credentials, nil)
	s.login(a, x)
	s.post("log in with a wrong password", authPath, wrong, nil)
	s.post("log in with an unknown email", authPath, object{"email": s.newAccount().email, "password": "wrong"}, nil)
	x = s.post("get a token", bearerPath, credentials, nil)
	s.takeToken(a, x)
	s.post("get a token with a wrong password", bearerPath, wrong, nil)
	x = s.get("read the session", authPath, a)
	s.again(x, authPath, a)
	token := &account{token: a.token}
	for _, path := range []string{mePath, authPath, ordersPath, methodsPath} {
		s.do(request{step: "read with a token", method: http.MethodGet, path: path, by: token, bearer: true})
	}
	s.do(request{step: "update with a token", method: http.MethodPost, path: mePath, body: object{}, by: token, bearer: true})
}

func (s *script) reset(a *account, canReset bool) {
	s.progress("script: password reset")
	x := s.post("reset the password of an unknown email", resetPath, object{"email": s.newAccount().email, "password": "specdiff", "token": "none"}, nil)
	if !a.registered {
		return
	}
	s.do(request{
		step: "reset a password with a token that is none", method: http.MethodPost, path: resetPath,
		body: object{"email": a.email, "password": "specdiff", "token": "none"},
		// The backend looks tokens up, so this differs from the request with an unknown email only in the value.
		probe: &Probe{finding.Operation(http.MethodPost, resetPath), "body", []string{"token"}, "a token that is none", finding.Enum, x.Exchange},
	})
	if !canReset || s.err != nil {
		if s.err == nil && s.config.Brief == 0 {
			s.note("no password was reset: for that, -setup has to have a passwordTokenUrl to read the token from")
		}
		return
	}
	token, err := s.config.ResetToken(s.ctx, a.email)
	if err != nil || token == "" {
		s.note("no password was reset: no token came (%v)", err)
		return
	}
	s.record.secrets.add("RESET_TOKEN", token)
	s.post("reset a password", resetPath, object{"email": a.email, "password": a.password, "token": token}, nil)
	s.post("reset a password with a used token", resetPath, object{"email": a.email, "password": a.password, "token": token}, nil)
}

// leave logs out. Before, it deletes the addresses of a customer that the run registered, which is all that can be
// deleted of one.
func (s *script) leave(a *account) {
	if !a.given {
		for _, id := range s.get("read the profile", mePath, a).addressIDs() {
			s.do(request{step: "delete an address", method: http.MethodDelete, path: addressesPath + "/" + url.PathEscape(id), by: a})
		}
	}
	x := s.do(request{step: "log out", method: http.MethodDelete, path: authPath, by: a})
	if x.Status/100 == 2 && foreign(x.Exchange) == "" {
		s.get(stepAfterLogout, mePath, a)
	}
	if s.err == nil { // else cleanUpAfter does it
		s.accounts = slices.DeleteFunc(s.accounts, func(other *account) bool { return other == a })
	}
}

// cleanUp calls leave for all customers that are still logged in.
func (r *run) cleanUp(ctx context.Context) error {
	s := &script{run: r, ctx: ctx}
	s.progress("cleaning up")
	for _, a := range slices.Clone(r.accounts) {
		s.leave(a)
	}
	if s.registered == 0 {
		return s.err
	}
	s.note("%s", r.left())
	return s.err
}
