package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// customers checks that responses are about the customer who is logged in, that no wrong password or token is taken, and
// that changes have their effect. It looks at all exchanges of a record once, since a record is compared with many
// documents.
func (c *check) customers() {
	found := c.record.once(customersOf{}, func() string {
		s := sessions{ids: map[string]string{}, emails: map[string]string{}, orders: map[string]bool{}}
		var lines []string
		for i := range c.record.Exchanges {
			for _, text := range s.wrong(&c.record.Exchanges[i]) {
				lines = append(lines, fmt.Sprint(i, " ", text))
			}
		}
		for place, i := range s.without(c.record.Exchanges) {
			if !s.orders[place] {
				lines = append(lines, fmt.Sprint(i, " no customer.orders"))
			}
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	})
	for line := range strings.SplitSeq(found, "\n") {
		number, text, _ := strings.Cut(line, " ")
		i, err := strconv.Atoi(number)
		if err != nil || c.aside[&c.record.Exchanges[i]] {
			continue
		}
		x := &c.record.Exchanges[i]
		c.add(finding.Point{Place: placeOf(x.Exchange), Aspect: finding.Behavior}, finding.Fault, "", text, "", x, 1)
	}
}

// customersOf is the key of what is wrong with the customers in a record.
type customersOf struct{}

// sessions is who is logged in.
type sessions struct {
	ids    map[string]string // of customers, by their credentials
	emails map[string]string // by the customer's id
	orders map[string]bool   // whether the customer has come with orders, by place
}

// subject is what a response shows of a customer.
type subject struct {
	Customer object   `json:"customer"`
	Orders   []object `json:"orders"`
}

// refusals are the steps that must not succeed, and what they send.
var refusals = map[string]string{
	"log in with a wrong password":               "a wrong password",
	"get a token with a wrong password":          "a wrong password",
	"log in with an unknown email":               "an unknown email",
	"reset the password of an unknown email":     "an unknown email",
	"reset a password with a token that is none": "a wrong password token",
	"reset a password with a used token":         "a used password token",
}

// wrong returns what is wrong with an exchange, and remembers who is logged in.
func (s *sessions) wrong(x *Exchange) []string {
	if x.Status/100 != 2 {
		return nil
	}
	if sent := refusals[x.Step]; sent != "" {
		return []string{fmt.Sprintf("%d to %s", x.Status, sent)}
	}
	path, _, _ := strings.Cut(x.URL, "?")
	credential := x.RequestHeader.Get("Cookie")
	if token := x.RequestHeader.Get("Authorization"); token != "" && credential != "" {
		credential = "" // the backend's settings decide which counts
	} else if token != "" {
		credential = token
	}
	var all []string
	if etag, has := x.ResponseHeader["Etag"]; has && len(etag) > 0 && strings.Trim(etag[0], `W/" `) == "" {
		all = append(all, "an empty ETag")
	}
	var is subject
	if json.Unmarshal(x.ResponseBody, &is) != nil {
		return all
	}
	id, _ := is.Customer["id"].(string)
	email, _ := is.Customer["email"].(string)
	if path == authPath {
		_, has := is.Customer["orders"]
		s.orders[placeOf(x.Exchange)] = s.orders[placeOf(x.Exchange)] || has
	}
	if text := miscounted(x); text != "" {
		all = append(all, text)
	}
	if x.Probe == nil && complete(x) {
		all = append(all, unchanged(x.Exchange)...)
	}
	switch {
	case x.Method == http.MethodPost && (path == authPath || path == customersPath):
		delete(s.ids, credential) // a session may become another customer's
		for _, cookie := range (&http.Response{Header: x.ResponseHeader}).Cookies() {
			s.ids[cookie.Name+"="+cookie.Value] = id
		}
		var sent struct {
			Email string `json:"email"`
		}
		if json.Unmarshal(x.RequestBody, &sent) == nil && sent.Email != "" && email != "" && email != strings.ToLower(sent.Email) && email != sent.Email {
			all = append(all, fmt.Sprintf("%d, and email is not what was sent", x.Status))
		}
		s.emails[id] = email
		return all
	case x.Method == http.MethodDelete && path == authPath:
		delete(s.ids, credential)
		return all
	case credential == "" || path != authPath && !strings.HasPrefix(path, mePath):
		return all
	case id != "" && s.ids[credential] == "":
		s.ids[credential] = id
	case id != "" && s.ids[credential] != id:
		return append(all, "a customer other than the one who is logged in")
	}
	if before := s.emails[id]; x.Method == http.MethodGet && id != "" && before != "" && !strings.EqualFold(before, email) {
		all = append(all, "a customer with another email than at the login or the last change")
	}
	if id != "" {
		s.emails[id] = email
	}
	if slices.ContainsFunc(is.Orders, func(order object) bool {
		customer, has := order["customer_id"].(string)
		return has && s.ids[credential] != "" && customer != s.ids[credential]
	}) {
		all = append(all, "an order of another customer")
	}
	return all
}

// without returns the first exchange of each place that shows a session without orders.
func (s *sessions) without(exchanges []Exchange) map[string]int {
	first := map[string]int{}
	for i := range exchanges {
		x := &exchanges[i]
		place := placeOf(x.Exchange)
		if _, is := s.orders[place]; !is || s.orders[place] || x.Status != http.StatusOK {
			continue
		}
		var shown subject
		if _, has := first[place]; !has && json.Unmarshal(x.ResponseBody, &shown) == nil && len(shown.Customer) > 0 {
			first[place] = i
		}
	}
	return first
}

// complete reports whether a response is known to have all elements of its lists.
func complete(x *Exchange) bool {
	length, err := strconv.Atoi(x.ResponseHeader.Get("Content-Length"))
	return err == nil && length < smallResponse
}
