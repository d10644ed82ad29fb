package specdiff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// The facts are those of docs/backend.md.

// expressible are the facts that an OpenAPI document can express, and the findings by which specdiff reports that the
// published document says something else.
var expressible = map[string][]string{
	"B01 nearly every response sets a cookie": {
		"POST /store/customers 200#cookie", "POST /store/auth 200#cookie", "GET /store/auth/{email} 200#cookie", "GET /store/customers/me 401#cookie",
	},
	"B07 logout needs no login and returns OK as text": {"DELETE /store/auth 200#content-type", "DELETE /store/auth#security"},
	"B12 a 401 without a content type, and one that is JSON": {
		"GET /store/customers/me 401#content-type", "POST /store/customers/me/addresses 401#content-type", "POST /store/customers/password-reset 401#content-type",
	},
	"B13 a bad reset token is a 500":                           {"StorePostCustomersResetPasswordReq.token#refusal"},
	"B14 the 400 fits no normal error":                         {"POST /store/customers 400 application/json#branches"},
	"B16 the responses to bad JSON and large bodies are pages": {"POST /store/customers 400#content-type", "POST /store/customers 413#status", "POST /store/auth 413#status"},
	"B17 an unknown property is a 400":                         {"StorePostCustomersReq#open", "StorePostAuthReq#open"},
	"B20 the email in the path is not checked":                 {"GET /store/auth/{email} path email#format"},
	"B21 names are optional and nullable":                      {"StorePostCustomersReq.first_name#required", "StorePostCustomersReq.last_name#required", "StorePostCustomersReq.first_name#nullable", "StorePostCustomersReq.last_name#nullable"},
	"B25 null clears":                                          {"StorePostCustomersCustomerReq.first_name#nullable", "StorePostCustomersCustomerReq.last_name#nullable", "StorePostCustomersCustomerReq.phone#nullable", "StorePostCustomersCustomerReq.billing_address#nullable"},
	"B26 an address's metadata may be any JSON":                {"AddressCreatePayload.metadata#type"},
	"B29 a missing address is a 500":                           {"StorePostCustomersCustomerAddressesReq.address#refusal"},
	"B30 a null country is ignored on update":                  {"AddressPayload.country_code#nullable"},
	"B33 lists need brackets": {
		"GET /store/customers/me/orders query status#style", "GET /store/customers/me/orders query fulfillment_status#style", "GET /store/customers/me/orders query payment_status#style",
	},
	"B34 dates are deep objects": {
		"GET /store/customers/me/orders query created_at#style", "GET /store/customers/me/orders query updated_at#style", "GET /store/customers/me/orders query canceled_at#style",
	},
	"B35 negative pages are a 500": {"GET /store/customers/me/orders query limit#refusal", "GET /store/customers/me/orders query offset#refusal"},
	"B36 odd filters are a 500": {
		"GET /store/customers/me/orders query q#refusal", "GET /store/customers/me/orders query display_id#refusal", "GET /store/customers/me/orders query tax_rate#refusal",
		"GET /store/customers/me/orders query fields#refusal", "GET /store/customers/me/orders query expand#refusal",
	},
	"B39 nine required fields are never sent, three that are sent are missing": {
		"Order.billing_address_id#required", "Order.canceled_at#required", "Order.draft_order_id#required", "Order.external_id#required", "Order.idempotency_key#required",
		"Order.metadata#required", "Order.no_notification#required", "Order.shipping_address_id#required", "Order.updated_at#required",
		"ShippingMethod.original_total#presence", "ShippingMethod.original_tax_total#presence",
	},
	"B42 If-None-Match leads to a 304":              {"GET /store/customers/me 304#status", "GET /store/auth 304#status"},
	"B43 nullable beside a reference is ignored":    {"Customer.billing_address#nullable", "Order.sales_channel#nullable"},
	"B44 one branch, optional bodies, odd examples": {"StorePostCustomersCustomerAddressesAddressReq#branches", "POST /store/customers body#required", "POST /store/auth body#required", "Customer.phone#example"},
}

// inexpressible are the other facts, and why no document can disagree with the backend about them.
var inexpressible = map[string]string{
	"B02": "depends on NODE_ENV and on the proxy in front", "B03": "about the cookie jar of a client", "B04": "attributes of a cookie have no place in a document",
	"B05": "the cookie's name is a setting; the default is published", "B06": "about how long a session id lives", "B08": "about two credentials at once",
	"B09": "the published document has these statuses", "B10": "headers without effect", "B11": "about a restart",
	"B15": "the published document requires neither code nor type", "B18": "the text of a message", "B19": "the published document has the 422; its texts vary",
	"B22": "the published document allows an empty password, and the backend accepts it", "B23": "about the spelling of a stored email",
	"B24": "the published document requires none of these properties", "B27": "about the owner of an address", "B28": "about an id that leads nowhere",
	"B31": "the published document has these statuses", "B32": "about which addresses are the same", "B37": "a filter that matches nothing has an ordinary response",
	"B38": "the meaning of a parameter's text", "B40": "precision that is not shown", "B41": "about size",
	"B45": "the values of expand are names that no document lists", "B46": "no order of the seed has such JSON", "B47": "no discount of the seed has such a date",
	"B48": "about the 401s of a gateway", "B49": "about a session that two accounts share", "B50": "depends on session_options",
	"B51": "precision that is not shown", "B52": "about two sessions of one customer", "B53": "about an extended shop", "B54": "about a tax strategy of a shop's own",
	"B55": "about a payment provider that was removed", "B56": "about an event", "B57": "about idle connections", "B58": "about text that ends the process",
}

// TestSpecdiffFindsTheFacts checks that specdiff finds every fact that a document can express, if the published document
// takes the place of the contract.
func TestSpecdiffFindsTheFacts(t *testing.T) {
	f := load(t)
	evidence := verdict.Evidence{Contract: live.Check(f.record, f.published).Observations}
	for _, f := range document.Flaws(f.published) {
		evidence.Contract = append(evidence.Contract, finding.Observation{Point: f.Point, Relation: finding.Contradicts, Document: f.Text})
	}
	wrong := map[string]finding.Finding{}
	for _, f := range verdict.Join(evidence) {
		wrong[f.ID()] = f
	}
	seen, missed := map[string]bool{}, 0
	for _, fact := range slices.Sorted(maps.Keys(expressible)) {
		number, _, _ := strings.Cut(fact, " ")
		seen[number] = true
		t.Run(fact, func(t *testing.T) {
			for _, id := range expressible[fact] {
				f, ok := wrong[id]
				if !ok {
					missed++
					t.Errorf("%s is not found", id)
					continue
				}
				t.Logf("%s: %s, live %s: %s is wrong", id, f.Contract, f.Live, f.Wrong)
			}
		})
	}
	const facts = 58
	for n := 1; n <= facts; n++ {
		number := fmt.Sprintf("B%02d", n)
		if seen[number] == (inexpressible[number] != "") {
			t.Errorf("%s has to be in one of the two lists", number)
		}
	}
	t.Logf("%d of %d facts can be said by a document; %d of their findings were missed", len(expressible), facts, missed)
}
