package live

import (
	"encoding/json"
	"net/http"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// response is what came, for the next step to use.
type response struct {
	*conform.Exchange
	body []byte // the whole; the exchange is kept without what repeats
}

// noResponse is one that did not come.
func noResponse() response {
	return response{Exchange: &conform.Exchange{ResponseHeader: http.Header{}}}
}

// addressIDs are those of the customer that the response holds, in the backend's order.
func (a response) addressIDs() []string {
	var body struct {
		Customer struct {
			ShippingAddresses []struct {
				ID string `json:"id"`
			} `json:"shipping_addresses"`
		} `json:"customer"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return nil
	}
	var ids []string
	for _, address := range body.Customer.ShippingAddresses {
		if address.ID != "" {
			ids = append(ids, address.ID)
		}
	}
	return ids
}
