package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/e2e/internal/backend"
	"github.com/medusa-storefront/customers-go/e2e/internal/compare"
)

// duo are the two backends that are compared: the real one, and the in-memory one of package customerstest.
type duo struct {
	*compare.Comparison
	real  *backend.Backend
	other rival
}

// rival is what is compared with the real backend, with the ways around its API that the conversations need.
type rival interface {
	address() string
	passwordTokens(ctx context.Context, email string, moreThan int) ([]string, error)
	deleteCustomer(ctx context.Context, id string) error
	// restarted ends all sessions and changes settings; the rival may be another one then.
	restarted(t *testing.T, s backend.Settings) rival
	// resetToken returns a password token at once, or "" if nobody has the email.
	resetToken(ctx context.Context, email string) (string, error)
}

// medusa is a real backend as a rival: two of them have to compare equal, which proves the comparison.
type medusa struct{ *backend.Backend }

func (m medusa) address() string { return m.URL }

func (m medusa) passwordTokens(ctx context.Context, email string, moreThan int) ([]string, error) {
	issued, err := m.AwaitPasswordTokens(ctx, email, moreThan)
	if err != nil {
		return nil, err
	}
	tokens := make([]string, 0, len(issued))
	for _, token := range issued {
		tokens = append(tokens, token.Token)
	}
	return tokens, nil
}

func (m medusa) deleteCustomer(ctx context.Context, id string) error {
	db, err := m.SQL(ctx)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `UPDATE customer SET deleted_at = now() WHERE id = $1`, id)
	return err
}

func (m medusa) restarted(t *testing.T, s backend.Settings) rival {
	t.Helper()
	if err := m.RestartWith(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return m
}

// resetToken signs a token as Medusa does, which tells its own only seconds later.
func (m medusa) resetToken(ctx context.Context, email string) (string, error) {
	db, err := m.SQL(ctx)
	if err != nil {
		return "", err
	}
	var id, hash string
	err = db.QueryRow(ctx, `SELECT id, password_hash FROM customer WHERE email = $1 AND has_account AND deleted_at IS NULL`, email).Scan(&id, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return signedJWT(hash, jsonObject{"customer_id": id, "exp": time.Now().Add(15 * time.Minute).Unix()})
}

// modelBackend returns a backend whose seeded customers no other test changes. Where a developer keeps one running, it is that.
func modelBackend(t *testing.T) *backend.Backend {
	t.Helper()
	if os.Getenv("BACKEND_JSON") != "" {
		t.Cleanup(func() {
			if err := shared.Restart(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return shared
	}
	return startBackend(t, backend.Options{})
}

// newDuo compares the model with what COMPARE_WITH names, another real backend, or else with one in memory.
func newDuo(t *testing.T, model *backend.Backend) *duo {
	t.Helper()
	d := &duo{real: model}
	var inMemory *customerstest.Server
	if line := os.Getenv("COMPARE_WITH"); line != "" {
		second, err := backend.Attach(line)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(second.Stop)
		d.other = medusa{second}
	} else {
		inMemory = customerstest.NewServer(t)
		d.other = memory{inMemory}
	}
	d.Comparison = compare.New(side("Medusa", medusa{model}), side("the other", d.other), compare.Exceptions)
	if inMemory != nil {
		putInSeed(t, d, inMemory)
	}
	return d
}

// restarted are both with other settings.
func (d *duo) restarted(t *testing.T, s backend.Settings) *duo {
	t.Helper()
	medusa{d.real}.restarted(t, s)
	other := d.other.restarted(t, s)
	return &duo{Comparison: d.With(side("the other", other)), real: d.real, other: other}
}

func side(name string, r rival) compare.Side {
	return compare.Side{Name: name, URL: r.address(), PasswordToken: r.resetToken}
}

// sides are both, 0 is the model.
func (d *duo) sides(side int) rival {
	if side == 0 {
		return medusa{d.real}
	}
	return d.other
}

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

// newEmail keeps an email that nobody has as ${NAME.email}, what is before its @ as ${NAME.local}, and all in upper case as
// ${NAME.UPPER}.
func (v *talk) newEmail(name string) {
	v.t.Helper()
	local := fmt.Sprintf("%s.%x.%d", strings.ToLower(name), began, talkEmails.Add(1))
	email := local + "@example.com"
	for key, value := range map[string]string{".email": email, ".local": local, ".UPPER": strings.ToUpper(email)} {
		v.Keep(name+key, func(int) (string, error) { return value, nil })
	}
}

// register makes a customer and keeps the cookie in the jar of the name. The answer is ${NAME/…}.
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

func (v *talk) get(jar, path string) *compare.Exchange {
	v.t.Helper()
	return v.Send(compare.Request{As: jar, Method: "GET", Path: path})
}

func (v *talk) post(jar, path, body string) *compare.Exchange {
	v.t.Helper()
	return v.Send(compare.Request{As: jar, Method: "POST", Path: path, Body: body})
}

func (v *talk) delete(jar, path string) *compare.Exchange {
	v.t.Helper()
	return v.Send(compare.Request{As: jar, Method: "DELETE", Path: path})
}

// with sends a request with headers, each "Name: value"; without a value, the header is not sent.
func (v *talk) with(jar, method, path, body string, headers ...string) *compare.Exchange {
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
	return v.Send(compare.Request{As: jar, Method: method, Path: path, Body: body, Header: h})
}

// saved is a GET whose answer is kept.
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

// comparedFacts is how many facts HTTP shows: B43 and B44 are about the published document.
const comparedFacts = 42

// TestCompare has every conversation with both backends.
func TestCompare(t *testing.T) {
	t.Parallel()
	d := newDuo(t, modelBackend(t))
	t.Cleanup(func() {
		if err := d.Write(os.Stdout); err != nil {
			t.Error(err)
		}
	})
	var facts sync.Map
	had := func(name string) { facts.Store(name[:len("B00")], true) }
	t.Run("written", func(t *testing.T) {
		for _, c := range conversations {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.say(d.talk(t.Context(), t, "written"))
				had(c.name)
			})
		}
	})
	t.Run("random", func(t *testing.T) { randomConversations(t, d) })
	t.Run("settings", func(t *testing.T) { withSettings(t, d, had) })
	if filtered() {
		return
	}
	for n := 1; n <= comparedFacts; n++ {
		number := fmt.Sprintf("B%02d", n)
		if _, ok := facts.Load(number); !ok {
			t.Errorf("no conversation about %s ran to its end", number)
		}
	}
	if n := d.Exchanges("random"); n < randomExchanges {
		t.Errorf("%d random exchanges were compared, want %d", n, randomExchanges)
	}
	if unused := d.Unused(); len(unused) > 0 {
		t.Errorf("no difference is covered any more by the exceptions %v", unused)
	}
}
