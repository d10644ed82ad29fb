// Package live asks a running backend what it does and compares that with documents.
//
// [Run] records once. It sends a script on customers of its own, reads with logins that have data, and probes, each of
// which differs in one point from a request that the backend accepts. [Check] compares a record with a document, as
// often as needed, by package conform.
package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Run asks the backend. With the same documents the order of the requests is the same in every run, and the emails of
// the customers that it registers are random. It leaves these customers logged out and without addresses, because the
// storefront API cannot delete them; with ReadOnly it registers none. It returns [ErrUnreachable] if there was no usable
// response, and [ErrNotMedusa] if another program responded. Then it has changed nothing. It returns [ErrInterrupted] if ctx was canceled,
// after it has cleaned up.
func Run(ctx context.Context, config Config) (*Record, error) {
	base, err := backendURL(config.Backend)
	if err != nil {
		return nil, err
	}
	if len(config.Documents) == 0 {
		return nil, errors.New("live: no document says what to ask")
	}
	return newRun(config, base).recorded(ctx)
}

// recorded returns the record of the run.
func (r *run) recorded(ctx context.Context) (*Record, error) {
	ctx, cancel := context.WithTimeout(ctx, orDefault(r.config.Time, defaultTime))
	defer cancel()
	defer r.transport.CloseIdleConnections()
	r.began = r.pace.now()
	err := r.all(ctx)
	if r.notEmulated > 0 {
		r.note("%d requests show nothing: the backend does not emulate them", r.notEmulated)
	}
	if errors.Is(ctx.Err(), context.Canceled) && err != nil {
		return nil, fmt.Errorf("%w: %s", ErrInterrupted, r.left())
	}
	if err != nil {
		return nil, err
	}
	r.settle()
	r.unsniffed()
	return r.record, nil
}

// left returns which customers of the run stay registered.
func (r *run) left() string {
	switch {
	case r.registered == 0:
		return "no customer was registered"
	case len(r.accounts) > 0:
		return fmt.Sprintf("%d emails stay registered, of which %d could not be logged out", r.registered, len(r.accounts))
	}
	return fmt.Sprintf("%d emails stay registered, without addresses and logged out: the storefront API cannot delete a customer", r.registered)
}

// untried sets which operations cannot have been seen to succeed.
func (r *run) untried() {
	reset := finding.Operation(http.MethodPost, resetPath)
	if r.config.ResetToken == nil {
		r.record.Untried = append(r.record.Untried, reset)
	}
	for _, doc := range r.documents {
		for _, place := range doc.Operations() {
			reads := strings.HasPrefix(place, http.MethodGet) || strings.HasSuffix(place, " "+authPath)
			if r.config.ReadOnly && !reads && !slices.Contains(r.record.Untried, place) {
				r.record.Untried = append(r.record.Untried, place)
			}
		}
	}
}

// all sends everything. Reads are apart from what changes the customers that they read.
func (r *run) all(ctx context.Context) error {
	r.untried()
	steps := []func(context.Context) error{r.look, r.script, r.reads}
	switch {
	case r.config.ReadOnly:
		r.note("the run was to change nothing: operations that change something were not tried")
		steps = []func(context.Context) error{r.look, r.reads}
	case r.config.Brief > 0:
		steps = []func(context.Context) error{r.look, r.reads, r.script}
	}
	if !r.config.NoProbes {
		steps = append(steps, r.probes)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			if errors.Is(err, errStopped) {
				err = r.endEarly()
			}
			r.cleanUpAfter(ctx)
			return err
		}
	}
	if err := r.cleanUp(ctx); !errors.Is(err, errStopped) {
		return err
	}
	r.cleanUpAfter(ctx)
	return nil
}

// endEarly notes what was not seen because the run was stopped. It returns an error if that is all.
func (r *run) endEarly() error {
	if !slices.ContainsFunc(r.record.Exchanges, isMedusa) {
		return fmt.Errorf("%w: %s", ErrUnreachable, r.pace.stopped)
	}
	r.note("the run ended early: %s", r.pace.stopped)
	passes := 1
	if r.config.Brief > 0 {
		passes = 2
	}
	for _, doc := range r.documents {
		for _, place := range doc.Operations() {
			if method, path, _ := strings.Cut(place, " "); !slices.Contains(r.record.Untried, place) && r.probed[place] < passes {
				r.trouble(method, path, "not all of it was tried: %s", r.pace.why)
			}
		}
	}
	return nil
}

// cleanUpAfter cleans up after a run that failed, if the backend still responds. It has bounds of its own, because
// those of the run may be why it failed.
func (r *run) cleanUpAfter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	r.sent, r.kept, r.pace.stopped = 0, 0, ""
	if _ = r.cleanUp(ctx); len(r.accounts) > 0 {
		r.note("%d of the run's logins could not be logged out", len(r.accounts))
	}
}
