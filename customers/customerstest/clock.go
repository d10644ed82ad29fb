package customerstest

import "time"

// SetTime stops the backend's clock at t, and the zero time lets it run again. Sessions, tokens and what is created
// afterwards go by it. A client has a clock of its own.
func (b *Backend) SetTime(t time.Time) {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.backend.Clock.Stop(t)
}

// Advance moves the backend's clock by d; a clock that was running goes on from there.
func (b *Backend) Advance(d time.Duration) {
	b.backend.Lock()
	defer b.backend.Unlock()
	b.backend.Clock.Advance(d)
}
