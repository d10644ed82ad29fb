package live

import (
	"encoding/json"
	"net/http"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// response is a response, for the next step to use.
type response struct {
	*conform.Exchange
	body []byte // with what repeats, which the exchange is without
}

// byteOrderMark may come before JSON. The client ignores it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// noResponse returns an empty response, in place of one that did not come.
func noResponse() response {
	return response{Exchange: &conform.Exchange{ResponseHeader: http.Header{}}}
}

// addressIDs returns the ids of the addresses of the customer in the response, in their order.
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
