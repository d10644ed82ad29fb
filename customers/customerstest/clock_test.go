package customerstest_test

import (
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func TestClock(t *testing.T) {
	b := customerstest.New()
	created := func() time.Time { return b.AddCustomer(customerstest.Customer{}).CreatedAt }

	if before, c := time.Now(), created(); c.Before(before.Truncate(time.Millisecond)) || c.After(time.Now()) {
		t.Errorf("at first the clock is the machine's: %s at %s", c, before)
	}
	b.Advance(-time.Hour)
	if c := created(); time.Since(c) < time.Hour || time.Since(c) > time.Hour+time.Minute {
		t.Errorf("an hour behind: %s", c)
	}
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	b.SetTime(noon)
	if a, c := created(), created(); !a.Equal(noon) || !c.Equal(noon) {
		t.Errorf("the clock did not stop: %s, %s", a, c)
	}
	b.Advance(time.Minute)
	if c := created(); !c.Equal(noon.Add(time.Minute)) {
		t.Errorf("a minute on: %s", c)
	}
	b.SetTime(time.Time{})
	if c := created(); time.Since(c) < 59*time.Minute || time.Since(c) > time.Hour {
		t.Errorf("running again, 59 minutes behind: %s", c)
	}
}
