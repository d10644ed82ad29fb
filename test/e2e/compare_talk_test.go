package e2e

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// talk is a conversation with both backends, with what the tests say in it again and again.
type talk struct {
	*compare.Conversation
	duo *duo
	ctx context.Context //nolint:containedctx // that of the test
	t   compare.TB
}

func (d *duo) talk(ctx context.Context, t compare.TB, kind string) *talk {
	t.Helper()
	return &talk{Conversation: d.Conversation(ctx, t, kind), duo: d, ctx: ctx, t: t}
}

var talkEmails atomic.Int64

// newEmail keeps an unused email as ${NAME.email}, its part before the @ as ${NAME.local}, and all of it in upper case as
// ${NAME.UPPER}.
func (v *talk) newEmail(name string) {
	v.t.Helper()
	local := fmt.Sprintf("%s.%x.%d", strings.ToLower(name), began, talkEmails.Add(1))
	email := local + "@example.com"
	for key, value := range map[string]string{".email": email, ".local": local, ".UPPER": strings.ToUpper(email)} {
		v.Keep(name+key, func(int) (string, error) { return value, nil })
	}
}

// register registers a customer and keeps the cookie in the jar of the name. The response is ${NAME/…}.
func (v *talk) register(name string) {
	v.t.Helper()
	v.newEmail(name)
	v.Send(compare.Request{As: name, Method: "POST", Path: customersPath, Save: name,
		Body: `{"email":"${` + name + `.email}","password":"a password","first_name":"Ada","last_name":"Larsen"}`})
}

// login logs a registered customer in, in the jar.
func (v *talk) login(jar, name string) {
	v.t.Helper()
	v.post(jar, authPath, `{"email":"${`+name+`.email}","password":"a password"}`)
}

// loginSeeded logs a customer of the seed in.
func (v *talk) loginSeeded(jar, key string) {
	v.t.Helper()
	who, err := v.duo.real.Customer(key)
	if err != nil {
		v.t.Fatalf("%v", err)
	}
	v.post(jar, authPath, `{"email":"`+who.Email+`","password":"`+who.Password+`"}`)
}

func (v *talk) get(jar, path string) {
	v.t.Helper()
	v.Send(compare.Request{As: jar, Method: "GET", Path: path})
}

func (v *talk) post(jar, path, body string) {
	v.t.Helper()
	v.Send(compare.Request{As: jar, Method: "POST", Path: path, Body: body})
}

func (v *talk) delete(jar, path string) {
	v.t.Helper()
	v.Send(compare.Request{As: jar, Method: "DELETE", Path: path})
}

// with sends a request with headers, each "Name: value"; without a value, the header is not sent.
func (v *talk) with(jar, method, path, body string, headers ...string) {
	v.t.Helper()
	h := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); value == "" {
			h[name] = nil
		} else {
			h[name] = append(h[name], value)
		}
	}
	v.Send(compare.Request{As: jar, Method: method, Path: path, Body: body, Header: h})
}

// saved returns a GET whose response is kept.
func saved(name, jar, path string) compare.Request {
	return compare.Request{As: jar, Method: "GET", Path: path, Save: name}
}

// placedAt is when the nth newest order of the customer with orders of every kind was placed, to the microsecond.
func (v *talk) placedAt(n int) (at time.Time) {
	v.t.Helper()
	who, err := v.duo.real.Customer("orders")
	if err == nil {
		var db *pgxpool.Pool
		if db, err = v.duo.real.SQL(v.ctx); err == nil {
			err = db.QueryRow(v.ctx, `SELECT created_at FROM "order" WHERE customer_id = $1 ORDER BY created_at DESC OFFSET $2`, who.ID, n).Scan(&at)
		}
	}
	if err != nil {
		v.t.Fatalf("%v", err)
	}
	return at.UTC()
}

// passwordToken asks for a password token and waits until one is mailed; it is ${TOKEN}.
func (v *talk) passwordToken(token, emailRef string) {
	v.t.Helper()
	var known [2]int
	email, err := v.Saved(0, emailRef)
	if err != nil {
		v.t.Fatalf("%v", err)
	}
	v.Each(func(side int) error {
		tokens, err := v.duo.sides(side).passwordTokens(v.ctx, email, -1)
		known[side] = len(tokens)
		return err
	})
	v.post("", passwordTokenPath, `{"email":"${`+emailRef+`}"}`)
	v.Keep(token, func(side int) (string, error) {
		tokens, err := v.duo.sides(side).passwordTokens(v.ctx, email, known[side])
		if err != nil || len(tokens) <= known[side] {
			return "", cmp.Or(err, fmt.Errorf("no password token came for %s", email))
		}
		return tokens[len(tokens)-1], nil
	})
}

// restart restarts both with the usual settings. Only written conversations do.
func (v *talk) restart() {
	v.t.Helper()
	if t, ok := v.t.(*testing.T); ok {
		v.duo.restarted(t, backend.Settings{})
	}
}

// deleteCustomer deletes the customer that was saved under the name.
func (v *talk) deleteCustomer(name string) {
	v.t.Helper()
	v.Each(func(side int) error {
		id, err := v.Saved(side, name+"/customer/id")
		if err != nil {
			return err
		}
		return v.duo.sides(side).deleteCustomer(v.ctx, id)
	})
}
