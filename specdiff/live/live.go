// Package live asks a running backend what it does and compares that with documents.
//
// [Run] records once. It sends a script on customers of its own, reads with logins that have data, and probes, each of
// which differs in one point from a request that the backend accepts. [Check] compares a record with a document, as
// often as needed, by package conform.
package live

import (
	"context"
	"errors"
)

// Run asks the backend. With the same documents the order of the requests is the same in every run, and the emails of
// the customers that it registers are random. It leaves these customers logged out and without addresses, because the
// storefront API cannot delete them; with ReadOnly it registers none. It returns [ErrUnreachable] if there was no usable response.
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
	err = r.all(ctx)
	if r.notEmulated > 0 {
		r.note("%d requests show nothing: the backend does not emulate them", r.notEmulated)
	}
	if err != nil {
		return nil, err
	}
	r.record.ReadOnly = config.ReadOnly
	return r.record, nil
}

// all sends everything. Reads are apart from what changes the customers that they read.
func (r *run) all(ctx context.Context) error {
	first := r.script
	if r.config.ReadOnly {
		first = r.looks
	}
	steps := []func(context.Context) error{first, r.reads}
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

// cleanUpAfter cleans up after a run that failed, if the backend still responds. It has bounds of its own, because
// those of the run may be why it failed.
func (r *run) cleanUpAfter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	r.sent, r.kept = 0, 0
	_ = r.cleanUp(ctx)
}
