package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// unchanged returns which changes that succeeded had no effect, by the customer in the response.
func unchanged(x *conform.Exchange) []string {
	path, _, _ := strings.Cut(x.URL, "?")
	var response struct {
		Customer object `json:"customer"`
	}
	if x.Status != http.StatusOK || json.Unmarshal(x.ResponseBody, &response) != nil || len(response.Customer) == 0 {
		return nil
	}
	var sent object
	_ = json.Unmarshal(x.RequestBody, &sent) // what is no object changes nothing
	addresses, has := response.Customer["shipping_addresses"].([]any)
	id, one := strings.CutPrefix(path, addressesPath+"/")
	switch {
	case x.Method == http.MethodPost && (path == customersPath || path == mePath):
		profile := object{}
		for _, name := range []string{"first_name", "last_name", "phone"} {
			profile[name] = sent[name]
		}
		return differs(profile, response.Customer, "")
	case !has:
	case x.Method == http.MethodPost && path == addressesPath:
		address, _ := sent["address"].(object)
		var wrong []string
		for _, a := range slices.Backward(addresses) { // the new one comes last
			existing, _ := a.(object)
			if wrong = differs(address, existing, "address."); len(wrong) == 0 {
				return nil
			}
		}
		if len(addresses) == 0 {
			return []string{"the address that was added is not there"}
		}
		return wrong[:1]
	case one:
		i := slices.IndexFunc(addresses, func(a any) bool { existing, _ := a.(object); return existing["id"] == id })
		switch {
		case x.Method == http.MethodDelete && i >= 0:
			return []string{"the address that was deleted is still there"}
		case x.Method == http.MethodPost && i >= 0:
			return differs(sent, addresses[i].(object), "address.") //nolint:errcheck,forcetypeassert // it has an id
		}
	}
	return nil
}

// differs returns which texts that were sent are not in what came. The backend changes the case of some.
func differs(sent, came object, prefix string) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		want, ok := sent[name].(string)
		got, _ := came[name].(string)
		if ok && !strings.EqualFold(strings.TrimSpace(want), strings.TrimSpace(got)) {
			wrong = append(wrong, fmt.Sprintf("200, and %s%s is not what was sent", prefix, name))
		}
	}
	return wrong
}
