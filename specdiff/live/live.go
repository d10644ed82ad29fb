// Package live asks a running backend what it does, and holds that against documents.
//
// [Run] records once: a script on customers of its own, reads with logins that have data, and probes, which are requests
// that differ in one thing from one that the backend takes. [Check] compares a record with a document, as often as one
// likes. The walker is that of package conform.
package live

import (
	"context"
	"errors"
	"time"
)

// Run asks the backend. The order of the requests is the same in every run with the same documents; the customers it
// registers have random emails. It leaves them behind, without addresses and logged out, because the storefront API
// cannot delete a customer. The error is ErrUnreachable where there was no usable response, whatever the reason.
func Run(ctx context.Context, config Config) (*Record, error) {
	base, err := backendURL(config.Backend)
	if err != nil {
		return nil, err
	}
	if len(config.Documents) == 0 {
		return nil, errors.New("live: no document says what to ask")
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(config.Time, defaultTime))
	defer cancel()
	r := newRun(config, base)
	defer r.transport.CloseIdleConnections()
	started := time.Now()
	err = r.all(ctx)
	if r.notEmulated > 0 {
		r.note("%d requests show nothing: the backend does not emulate them", r.notEmulated)
	}
	r.record.Took = time.Since(started)
	if err != nil {
		return nil, err
	}
	return r.record, nil
}

// all asks everything, in an order that keeps reads apart from what changes the customers that they read.
func (r *run) all(ctx context.Context) error {
	steps := []func(context.Context) error{r.script, r.reads}
	if !r.config.NoProbes {
		steps = append(steps, r.probes)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			r.cleanUpAfter(ctx)
			return err
		}
	}
	return r.cleanUp(ctx)
}

// cleanUpAfter is worth a try where the backend of a run that failed still responds. It has bounds of its own: those of
// the run may be why it failed.
func (r *run) cleanUpAfter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	r.sent, r.kept = 0, 0
	_ = r.cleanUp(ctx)
}
