package medusa

import "time"

// Clock is the backend's time. It runs like the machine's, ahead or behind by an offset, until it is stopped.
type Clock struct {
	offset  time.Duration
	stopped time.Time // zero while it runs
	held    time.Time // set while a request is carried out, which the database does at one time
}

// Now returns the time with the microseconds that the database stores.
func (c *Clock) Now() time.Time {
	now := time.Now().UTC().Add(c.offset)
	switch {
	case !c.held.IsZero():
		now = c.held
	case !c.stopped.IsZero():
		now = c.stopped
	}
	return now.Truncate(time.Microsecond)
}

// Stop stops the clock at t; the zero time lets it run again.
func (c *Clock) Stop(t time.Time) { c.stopped = t.UTC() }

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.offset += d
	if !c.stopped.IsZero() {
		c.stopped = c.stopped.Add(d)
	}
}

// hold stops the clock until release.
func (c *Clock) hold() { c.held = c.Now() }

func (c *Clock) release() { c.held = time.Time{} }
