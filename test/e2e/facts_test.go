package e2e

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fact is a verified difference between what one would expect of the backend and what it does. Its proof shows what
// the backend does, by raw requests, and what the wrapper or the contract makes of it.
type fact struct {
	name  string // B and two digits, then what it says
	prove func(t *testing.T)
}

// factCount is how many facts there are: B01 to B44.
const factCount = 44

func TestFacts(t *testing.T) {
	t.Parallel()
	facts := slices.Concat(sessionFacts, errorFacts, registerLoginFacts, updateFacts, addressFacts, orderFacts, documentFacts)
	var proven sync.Map
	t.Cleanup(func() { // which is when the subtests, that run in parallel, have ended
		if filtered() {
			return
		}
		for n := 1; n <= factCount; n++ {
			number := fmt.Sprintf("B%02d", n)
			if _, ok := proven.Load(number); !ok {
				t.Errorf("no proof of %s ran to its end", number)
			}
		}
	})
	for _, f := range facts {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.prove(t)
			proven.Store(f.name[:len("B00")], true) // not reached by a proof that skips or stops
		})
	}
}

// filtered says whether the command line asks for some subtests only.
func filtered() bool {
	return strings.Contains(flag.Lookup("test.run").Value.String(), "/") || flag.Lookup("test.skip").Value.String() != ""
}
