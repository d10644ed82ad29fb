package customerstest

import "time"

// clock is the backend's time. It runs like the machine's, ahead or behind by offset, until it is stopped.
type clock struct {
	offset  time.Duration
	stopped time.Time // zero while it runs
	held    time.Time // while a request is carried out, which the database does at one time
}

func (c *clock) now() time.Time {
	if !c.held.IsZero() {
		return c.held
	}
	if !c.stopped.IsZero() {
		return c.stopped
	}
	return time.Now().UTC().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.offset += d
	if !c.stopped.IsZero() {
		c.stopped = c.stopped.Add(d)
	}
}

// SetTime stops the backend's clock at t, and the zero time lets it run again. Sessions, tokens and what is created
// afterwards go by it. Clients have clocks of their own.
func (b *Backend) SetTime(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock.stopped = t.UTC()
}

// Advance moves the backend's clock on by d; a clock that was running runs on from there.
func (b *Backend) Advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock.advance(d)
}

// now is the backend's time, with the microseconds that its database keeps. The caller holds b.mu.
func (b *Backend) now() time.Time {
	return b.clock.now().Truncate(time.Microsecond)
}
