package e2e

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fact is a behaviour of the backend that is listed in docs/backend.md. Its proof shows the behaviour by raw requests, and
// where it matters what the wrapper or the contract does about it.
type fact struct {
	name  string // begins with the fact's number, such as B01
	prove func(t *testing.T)
}

// factCount is how many facts there are: B01 to B58.
const factCount = 58

// unverified are the facts that were seen on running backends and that no test verifies.
var unverified = map[string]string{
	"B54": "it needs a backend with a tax strategy of its own",
}

func TestFacts(t *testing.T) {
	t.Parallel()
	facts := slices.Concat(sessionFacts, errorFacts, registerLoginFacts, updateFacts, addressFacts, orderFacts, paymentMethodFacts, opaqueFacts, documentFacts, connectionFacts, extendedFacts)
	var verified sync.Map
	t.Cleanup(func() { // runs after the parallel subtests
		if filtered() {
			return
		}
		for n := 1; n <= factCount; n++ {
			number := fmt.Sprintf("B%02d", n)
			if _, ok := verified.Load(number); ok == (unverified[number] != "") {
				t.Errorf("%s has to have a proof that runs to its end, or to be one of the unverified", number)
			}
		}
	})
	for _, f := range facts {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.prove(t)
			verified.Store(f.name[:len("B00")], true) // a proof that stops does not get here
		})
	}
}

// filtered reports whether the command line selects subtests.
func filtered() bool {
	return strings.Contains(flag.Lookup("test.run").Value.String(), "/") || flag.Lookup("test.skip").Value.String() != ""
}
