package live

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// target is an operation that can be probed, with a request that it accepts.
type target struct {
	method, path, template string
	by                     *account
	bearer                 bool          // send the token too
	body                   func() object // nil for none
}

func (t target) place() string { return finding.Operation(t.method, cmp.Or(t.template, t.path)) }

// probes sends the probes of all documents. They run on a customer of their own, which is quick because it has no
// orders. If there is none, what only reads is probed as a given customer.
func (r *run) probes(ctx context.Context) error {
	s := &script{run: r, ctx: ctx}
	var targets []target
	if !r.config.ReadOnly {
		targets = s.targets()
	}
	if len(targets) == 0 && r.given != nil {
		targets = readTargets(r.given)
	}
	if r.config.Brief == 0 {
		s.probeAll(targets, func(*Probe) bool { return true })
		return s.err
	}
	if s.probeAll(targets, mayBreak) {
		s.probeAll(targets, func(p *Probe) bool { return !mayBreak(p) })
	}
	return s.err
}

// probeAll sends those probes of the targets that are chosen. It reports whether there was time for all.
func (s *script) probeAll(targets []target, chosen func(*Probe) bool) bool {
	for i, t := range targets {
		s.progress("probes: %s", s.name(t))
		if s.probe(t, chosen); s.err == nil {
			s.probed[t.place()]++
		}
		if s.late() {
			var rest []string
			for _, t := range targets[i:] {
				rest = append(rest, s.name(t))
			}
			s.note("the backend is slow, or limits requests: after %s the run stopped trying variants of requests, so not all of these were tried: %s", s.config.Brief, strings.Join(rest, ", "))
			return false
		}
	}
	return true
}

// late reports whether the time for probes is up.
func (s *script) late() bool {
	return s.config.Brief > 0 && s.pace.now().Sub(s.began) > s.config.Brief
}

// mayBreak reports whether a client may fail if the backend refuses a probe that a document allows. The others are about
// the validation of input.
func mayBreak(p *Probe) bool {
	return slices.Contains([]finding.Aspect{finding.Presence, finding.Required, finding.Nullable, finding.Style, finding.Security}, p.Aspect) ||
		strings.HasPrefix(p.Variant, valueName) || p.Variant == plusName || p.Variant == minusName
}

// readTargets returns the operations that only read.
func readTargets(by *account) []target {
	var all []target
	for _, path := range []string{mePath, ordersPath, methodsPath, authPath} {
		all = append(all, target{method: http.MethodGet, path: path, by: by, bearer: by.cookie == ""})
	}
	return all
}

// targets returns all operations, for a customer that it registers; none if that fails.
func (s *script) targets() []target {
	s.progress("probes: a customer of their own")
	p := s.newAccount()
	s.register(p, object{"first_name": "Spec", "last_name": "Diff"})
	ids := s.post("add an address", addressesPath, object{"address": newAddress()}, p).addressIDs()
	if p.cookie == "" || len(ids) == 0 {
		s.note("only what reads was probed: a customer with an address could not be made")
		return nil
	}
	s.takeToken(p, s.post("get a token", bearerPath, object{"email": p.email, "password": p.password}, nil))
	unknown := s.newAccount()
	credentials := func() object { return object{"email": p.email, "password": p.password} }
	return []target{
		{method: http.MethodPost, path: customersPath, body: func() object {
			a := s.newAccount()
			return object{"email": a.email, "password": a.password, "first_name": "Spec", "last_name": "Diff", "phone": "1234"}
		}},
		{method: http.MethodGet, path: mePath, by: p},
		{method: http.MethodPost, path: mePath, by: p, body: func() object {
			return object{
				"email": p.email, "password": p.password, "first_name": "Spec", "last_name": "Diff", "phone": "1234",
				"metadata": object{"a": "b"}, "billing_address": newAddress(),
			}
		}},
		{method: http.MethodGet, path: ordersPath, by: p},
		{method: http.MethodGet, path: methodsPath, by: p},
		{method: http.MethodPost, path: addressesPath, by: p, body: func() object { return object{"address": newAddress()} }},
		{method: http.MethodPost, path: addressesPath + "/" + url.PathEscape(ids[0]), template: addressesPath + "/{address_id}", by: p, body: newAddress},
		{method: http.MethodDelete, path: addressesPath + "/unknown", template: addressesPath + "/{address_id}", by: p},
		{method: http.MethodPost, path: tokenPath, body: func() object { return object{"email": unknown.email} }},
		// Without a token, the best base is the refusal of an unknown email.
		{method: http.MethodPost, path: resetPath, body: func() object { return object{"email": unknown.email, "password": "specdiff", "token": "none"} }},
		{method: http.MethodGet, path: authPath, by: p},
		{method: http.MethodPost, path: authPath, body: credentials},
		{method: http.MethodPost, path: bearerPath, body: credentials},
	}
}

// probe sends the base of an operation, and then each request that differs from it in one point. If the backend has no
// such route or refuses the base, that is all, since it then refuses the others too.
func (s *script) probe(t target, chosen func(*Probe) bool) {
	base := s.try(t, nil, "", t.send())
	if foreign(base.Exchange) != "" {
		base = s.try(t, nil, "", t.send())
	}
	switch {
	case s.err != nil || base.Status == 0 || routeless(base.Exchange):
		return
	case !holds(base.Exchange):
		s.trouble(t.method, cmp.Or(t.template, t.path), "nothing more was tried of it: its plain request got %s", cmp.Or(foreign(base.Exchange), shortly(base.Exchange)))
		return
	}
	made := map[string]bool{}
	send := func(in string, path []string, v variant, query string, body any) {
		p := &Probe{Operation: t.place(), In: in, Path: path, Variant: v.name, Aspect: v.aspect, Base: base.Exchange}
		if key := fmt.Sprint(in, path, v.name); !made[key] && chosen(p) && !s.late() {
			made[key] = true
			s.try(t, p, query, body)
		}
	}
	if t.by != nil && chosen(&Probe{Aspect: finding.Security}) {
		s.credentials(t, base.Exchange)
	}
	for _, field := range s.fields(t.place()) {
		switch field.In {
		case "query":
			send("query", []string{extraName}, variant{name: unknownName, aspect: finding.Presence}, extraName+"=1", nil)
			for _, v := range queryVariants(field) {
				send("query", field.Path, v, v.text, nil)
			}
		case "body":
			s.probeProperty(t, field, send)
		}
	}
	if t.body != nil {
		for _, v := range bodyVariants {
			send("body", nil, v, "", v.body(t.body()))
		}
	}
}

const noCredentials = "no credentials"

// credentials sends the request of the base, which has the cookie, with others.
func (s *script) credentials(t target, base *conform.Exchange) {
	for _, v := range []struct {
		name   string
		by     *account
		bearer bool
	}{{noCredentials, nil, false}, {"token only", &account{token: t.by.token}, true}, {"cookie and token", t.by, true}} {
		if v.bearer && t.by.token == "" {
			continue
		}
		variant := t
		variant.by, variant.bearer = v.by, v.bearer
		s.try(variant, &Probe{Operation: t.place(), In: "header", Variant: v.name, Aspect: finding.Security, Base: base}, "", t.send())
	}
}

// name returns the operationId of the target, or its place if no document has it.
func (s *script) name(t target) string {
	for _, doc := range s.documents {
		if name := doc.Name(t.place()); name != "" {
			return name
		}
	}
	return t.place()
}

// fields returns the fields of all documents. One that several documents have is there several times, because they may
// differ.
func (s *script) fields(place string) []conform.Field {
	var all []conform.Field
	for _, doc := range s.documents {
		all = append(all, doc.Fields(place)...)
	}
	return all
}

// probeProperty varies one property of the body.
func (s *script) probeProperty(t target, field conform.Field, send func(in string, path []string, v variant, query string, body any)) {
	if t.body == nil {
		return
	}
	last := len(field.Path) - 1
	for _, v := range propertyVariants(field) {
		body := t.body()
		around := body
		for _, name := range field.Path[:last] {
			inner, ok := around[name].(object)
			if !ok {
				inner = object{}
				around[name] = inner
			}
			around = inner
		}
		name := field.Path[last]
		_, had := around[name]
		switch {
		case v.omit && !had:
			continue
		case v.omit:
			delete(around, name)
		case v.extra:
			object, ok := around[name].(object)
			if !ok {
				continue
			}
			object[extraName] = 1
		default:
			around[name] = v.value
		}
		send("body", field.Path, v, "", body)
	}
}

// send returns the body of the base.
func (t target) send() any {
	if t.body == nil {
		return nil
	}
	return t.body()
}

// try sends one request. A customer that it registers is logged out at the end of the run.
func (s *script) try(t target, p *Probe, query string, body any) response {
	q := request{step: "probe", method: t.method, path: t.path, by: t.by, bearer: t.bearer, body: body, probe: p}
	if query != "" {
		q.path += "?" + query
	}
	if p != nil {
		q.step += " " + p.Variant
		if other, ok := body.(otherKind); ok {
			q.body, q.kind = raw(other.text), other.kind
		}
	}
	x := s.do(q)
	if t.path == customersPath || t.path == authPath && t.method == http.MethodPost {
		a := new(account)
		if s.login(a, x); a.cookie != "" {
			s.accounts = append(s.accounts, a)
		}
		if t.path == customersPath && x.Status/100 == 2 {
			s.registered++
		}
	}
	return x
}
