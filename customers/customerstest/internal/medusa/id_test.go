package medusa

import (
	"strings"
	"testing"
	"time"
)

func TestNewID(t *testing.T) {
	early, late := NewID("cus", time.UnixMilli(1000)), NewID("cus", time.UnixMilli(2000))
	for _, id := range []string{early, late} {
		if len(id) != len("cus_")+26 || strings.ContainsAny(id[4:], "ILOUilou") || id[4] > '7' {
			t.Errorf("%s is no ULID", id)
		}
	}
	// The first ten letters are the time, 5 bits each: 1000 is 31 * 32 + 8.
	if early >= late || early[4:14] != "00000000Z8" {
		t.Errorf("%s, %s", early, late)
	}
}
