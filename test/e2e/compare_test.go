package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// duo has the two backends that are compared: the real one and the in-memory one of package customerstest.
type duo struct {
	*compare.Comparison
	real  *backend.Backend
	other rival
}

// rival is the backend that is compared with the real one, with the ways around its API that the conversations need.
type rival interface {
	address() string
	passwordTokens(ctx context.Context, email string, moreThan int) ([]string, error)
	deleteCustomer(ctx context.Context, id string) error
	// restarted ends all sessions and changes settings. It returns the rival to use from then on.
	restarted(t *testing.T, s backend.Settings) rival
	// resetToken returns a password token at once, or "" if no customer has the email.
	resetToken(ctx context.Context, email string) (string, error)
}

// medusa is a real backend as a rival. Two of them have to compare equal, which proves the comparison.
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
	if err := m.Restart(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return m
}

// resetToken signs a token as Medusa does, whose own tokens come only seconds later.
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

// newDuo compares the model with the real backend that COMPARE_WITH describes, or else with one in memory.
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
	d.Comparison = compare.New(side("Medusa", medusa{model}), side("the one in memory", d.other), compare.Exceptions)
	if inMemory != nil {
		copySeed(t, d, inMemory)
	}
	return d
}

// restarted returns both backends with other settings.
func (d *duo) restarted(t *testing.T, s backend.Settings) *duo {
	t.Helper()
	medusa{d.real}.restarted(t, s)
	other := d.other.restarted(t, s)
	return &duo{Comparison: d.With(side("the one in memory", other)), real: d.real, other: other}
}

func side(name string, r rival) compare.Side {
	return compare.Side{Name: name, URL: r.address(), PasswordToken: r.resetToken}
}

// sides returns a side: 0 is the model.
func (d *duo) sides(side int) rival {
	if side == 0 {
		return medusa{d.real}
	}
	return d.other
}

// comparedFacts is the number of the last fact with a conversation. The facts after it were found later.
const comparedFacts = 42

// TestCompare has every conversation with both backends, the real one being borrowed.
//
//nolint:tparallel // the conversations with other settings come last, as they restart the real backend
func TestCompare(t *testing.T) {
	t.Parallel()
	d := newDuo(t, borrowBackend(t, backend.Settings{}))
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
