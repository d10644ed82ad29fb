package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// StepAsk is the step of the requests to the routes of [Config.Ask].
const StepAsk = "ask a route of the shop's own"

// The names of steps whose outcome is looked at again.
const (
	stepLogin       = "log in"
	stepAgain       = "read what did not change"
	stepAfterLogout = "read the profile after the logout"
	stepUnknown     = "ask whether an unknown email has an account"
	stepNoEmail     = "ask whether what is no email has an account"
	stepExists      = "ask whether an email has an account"
)

// behaviour checks what no document describes and callers rely on: that a logout ends a session, that what has no login
// is refused as such, that an upper-case email logs in, that an ETag leads to a 304, that a list of orders is what was
// asked for, that a change has its effect, and that an email is known if it has an account.
func (c *check) behaviour() {
	counts, told := counts{}, map[string]string{}
	registered := false
	for i := range c.record.Exchanges {
		x := &c.record.Exchanges[i]
		if c.aside[x] {
			continue
		}
		wrong := func(format string, args ...any) {
			c.add(finding.Point{Place: placeOf(x.Exchange), Aspect: finding.Behavior}, finding.Fault, "", fmt.Sprintf(format, args...), "", x, 1)
		}
		otherwise := x.Status/100 == 4 && x.Status != http.StatusUnauthorized // refused, and not as what has no login
		switch {
		case x.Step == stepAfterLogout && x.Status != http.StatusUnauthorized:
			wrong("%d after the logout", x.Status)
		case strings.HasSuffix(x.Step, " without a login") && otherwise:
			wrong("%d without a login", x.Status)
		case strings.HasSuffix(x.Step, " with a wrong password") && otherwise:
			wrong("%d to a wrong password", x.Status)
		case x.Step == stepLogin && x.Status/100 != 2:
			wrong("%d to the login with an upper-case email", x.Status)
		case x.Step == stepAgain && x.Status != http.StatusNotModified:
			wrong("%d to If-None-Match with the ETag of the response before", x.Status)
		case x.Step == stepUnknown && exist(x, true):
			wrong("exists is true for an email without an account")
		case x.Step == stepExists && registered && exist(x, false):
			wrong("exists is false for an email with an account")
		}
		registered = registered || x.Status == http.StatusOK && placeOf(x.Exchange) == finding.Operation(http.MethodPost, customersPath)
		if x.Status != http.StatusOK {
			continue
		}
		shown := c.record.once(wrongOf{x.Exchange}, func() string { return strings.Join(listed(x.Exchange, c.record.Foreign), "\n") })
		all := strings.Split(shown, "\n")
		if x.Whole != nil {
			all = append(all, x.Whole.Wrong...)
		}
		all = append(all, counts.add(x))
		if noAddresses(x) {
			all = append(all, "no customer.shipping_addresses")
		}
		for _, text := range all {
			kind, numbers, _ := strings.Cut(text, ": ")
			kind = placeOf(x.Exchange) + kind
			if text == "" || told[kind] != "" && told[kind] != numbers { // once, with the numbers of the first
				continue
			}
			told[kind] = numbers
			wrong("%s", text)
		}
	}
}

// wrongOf is the key of what is wrong with a list in an exchange.
type wrongOf struct{ *conform.Exchange }

// exist reports whether a response has an email exist, or not.
func exist(x *Exchange, want bool) bool {
	var body struct {
		Exists *bool `json:"exists"`
	}
	return x.Status == http.StatusOK && json.Unmarshal(x.ResponseBody, &body) == nil && body.Exists != nil && *body.Exists == want
}

// noAddresses reports whether a customer comes without the list of addresses. The contract has it as optional, because it
// comes neither with a password reset nor in orders; the Go client refuses its absence elsewhere.
func noAddresses(x *Exchange) bool {
	var body struct {
		Customer map[string]any `json:"customer"`
	}
	if path, _, _ := strings.Cut(x.URL, "?"); path == resetPath || json.Unmarshal(x.ResponseBody, &body) != nil {
		return false
	}
	return len(body.Customer) > 0 && body.Customer["shipping_addresses"] == nil
}
