package medusa

import (
	"slices"
	"strings"
	"testing"

	customersgo "github.com/medusa-storefront/customers-go"
)

// Every operation of the contract has a route with its name, and there is no other route.
func TestEveryOperationIsRouted(t *testing.T) {
	var inContract []string
	for line := range strings.SplitSeq(customersgo.OpenAPI, "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "operationId: "); ok {
			inContract = append(inContract, name)
		}
	}
	var routed []string
	for _, r := range New(Settings{}).router.routes {
		routed = append(routed, string(r.operation))
	}
	slices.Sort(inContract)
	slices.Sort(routed)
	if !slices.Equal(routed, inContract) || len(routed) < 15 {
		t.Errorf("the routes are not those of openapi.yaml; run make generate, then look at router.go\nrouted   %q\ncontract %q", routed, inContract)
	}
}
