package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Each body is a page whose second order is odd in a way of its own: the first and the third one come.
func TestEveryOddOrderCostsOnlyItself(t *testing.T) {
	order := sample(t, "order")
	tail := strings.TrimPrefix(order, "{")
	id := func(id string) string {
		return `{"id":` + id + `,"total":"x",` + strings.Replace(tail, `"id":`, `"no":`, 1)
	}
	for name, test := range map[string]struct{ order, path, reason string }{
		"a text instead":            {`"order"`, "", "not an object"},
		"a list instead":            {`[` + order + `]`, "", "not an object"},
		"an empty list":             {`[]`, "", "not an object"},
		"an id twice":               {`{"id":7,` + tail, "id", "not a string"},
		"an id of another alphabet": {id(`"заказ"`), "total", "not an integer"},
		"an id with a line break":   {id(`"a\nb"`), "total", "not an integer"},
		"an id that is markup":      {id(`"<b>"`), "total", "not an integer"},
		"an id of 1 MiB":            {id(`"` + strings.Repeat("o", 1<<20) + `"`), "total", "not an integer"},
		"a name in upper case":      {`{"TOTAL":[],` + tail, "total", "not an integer"},
		"a name with escapes":       {`{"\u0074ot\u0061l":{},` + tail, "total", "not an integer"},
		"a name of 1 MiB":           {`{"` + strings.Repeat("n", 1<<20) + `":0,"total":"x",` + tail, "total", "not an integer"},
		"a total of 2^64":           {`{"total":18446744073709551616,` + tail, "total", "not an integer"},
		"a huge exponent":           {`{"total":1e99999999999999999999,` + tail, "total", "not an integer"},
		"almost an integer":         {`{"total":847.000001,` + tail, "total", "not an integer"},
		"a rate beyond float64":     {`{"tax_rate":-1e309,` + tail, "tax_rate", "not a number that fits"},
		"a rate of 1 MiB":           {`{"tax_rate":0.` + strings.Repeat("3", 1<<20) + `,` + tail, "tax_rate", "a number that is too long"},
		"a time with a space":       {`{"canceled_at":"2024-01-01 00:00:00Z",` + tail, "canceled_at", "not a time"},
		"a time of 1 MiB":           {`{"canceled_at":"2024-01-01T00:00:00.` + strings.Repeat("0", 1<<20) + `Z",` + tail, "canceled_at", "not a time"},
		"a time that is a number":   {`{"canceled_at":1704067200000,` + tail, "canceled_at", "not a time"},
		"a year with a bare minus":  {`{"canceled_at":"-000000-01-01T00:00:00Z",` + tail, "canceled_at", "not a time"},
		"an object for a list":      {`{"claims":{"0":{}},` + tail, "claims", "not an array"},
		"a list in a list":          {`{"claims":[[]],` + tail, "claims[0]", "not an object"},
		"a hole in a list":          {`{"claims":[null],` + tail, "claims[0]", "null"},
		"orders in an order":        {`{"customer":{"orders":[7]},` + tail, "customer.orders[0]", "not an object"},
		"an order in an order":      {`{"claims":[{"order":{"id":"order_2","display_id":"x"}}],` + tail, "claims[0].order.display_id", "not an integer"},
		"a required null":           {`{"email":null,` + tail, "email", "null"},
		"nothing":                   {`{}`, "cart_id", "missing"},
		"deep in what is unknown":   {`{"x":` + strings.Repeat("[", 1<<17) + strings.Repeat("]", 1<<17) + `,` + tail, "", "nested too deep"},
		"deep in an odd order":      {`{"total":"x","x":` + strings.Repeat("[", 1<<17) + strings.Repeat("]", 1<<17) + `,` + tail, "total", "not an integer"},
		"many texts with escapes":   {`{"total":"x","x":[` + strings.Repeat(`"\u00e9\n",`, 1<<16) + `0],` + tail, "total", "not an integer"},
	} {
		page, err := decodePage(t, pageOf(order, test.order, order), DecodeOptions{})
		odd, ok := errors.AsType[*DecodeError](err)
		want := strings.TrimSuffix("orders[1]."+test.path, ".")
		if !ok || page == nil || len(page.Orders) != 2 || odd.Path != want || odd.Reason != test.reason || len(err.Error()) > 300 || strings.ContainsAny(err.Error(), "\n<") {
			t.Errorf("%s: %.200v, want %s: %s", name, err, want, test.reason)
		}
	}
}

// Each body is an error of the whole, or none at all.
func TestAnOddPageIsAnErrorOfTheWhole(t *testing.T) {
	order := sample(t, "order")
	const rest = `"count":1,"offset":0,"limit":10`
	for body, reason := range map[string]string{
		`{"orders":{"0":` + order + `},` + rest + `}`:                                                      "orders: not an array",
		`{"orders":null,` + rest + `}`:                                                                     "orders: null",
		`{"orders":[],"count":null,"offset":0,"limit":10}`:                                                 "count: null",
		`{"orders":[],"count":"1","offset":0,"limit":10}`:                                                  "count: not an integer",
		`{"orders":[],"count":1.5,"offset":0,"limit":10}`:                                                  "count: not an integer",
		`{"orders":[],"count":1e3,"offset":-0,"limit":10.0}`:                                               "",
		`{"orders":[],"Orders":[],` + rest + `}`:                                                           "",
		`{"orders":[],` + rest + `,"more":` + strings.Repeat(" ", 1<<16) + `}`:                             "malformed JSON",
		`{"orders":[],` + rest + `}` + "\x00":                                                              "malformed JSON",
		"\ufeff" + `{"orders":[],` + rest + `}`:                                                            "malformed JSON",
		`{"orders":[` + order + `,` + rest + `}`:                                                           "malformed JSON",
		`{"orders":[` + strings.Repeat("[", 1<<20):                                                         "malformed JSON",
		`{"orders":[],` + rest + `,"x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`: "nested too deep",
	} {
		_, err := DecodeOrderPage(t.Context(), []byte(body), DecodeOptions{})
		if reason == "" && err != nil || reason != "" && (err == nil || !strings.HasSuffix(err.Error(), reason)) {
			t.Errorf("%.80s: %v, want %q", body, err, reason)
		}
	}
}

// What is no list of orders is read as a whole or not at all.
func TestWhatIsNoListIsReadWholeOrNotAtAll(t *testing.T) {
	customer := strings.TrimSuffix(strings.TrimPrefix(sample(t, "customer"), `{"customer":{`), `}}`)
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	for body, reason := range map[string]string{
		`{"customer":[]}`: "customer: not an object",
		`{"customer":{},"customer":{` + customer + `}}`:                                                  "customer.billing_address_id: missing",
		`{"customer":{` + customer + `,"metadata":` + deep + `}}`:                                        "customer.metadata: nested too deep",
		`{"customer":{` + customer + `,"x":` + deep + `}}`:                                               "customer: nested too deep",
		`{"customer":{` + customer + `,"has_account":1}}`:                                                "customer.has_account: not a boolean",
		`{"customer":{` + customer + `,"HAS_ACCOUNT":"true"}}`:                                           "customer.has_account: not a boolean",
		`{"customer":{` + customer + `,"shipping_addresses":[{"customer":{"shipping_addresses":[7]}}]}}`: "customer.shipping_addresses[0].customer.shipping_addresses[0]: not an object",
		`{"customer":{` + customer + `,"orders":7,"groups":"x"}}`:                                        "",
		`{"customer":{` + customer + `,"metadata":[[[]],{"a":1e400}]}}`:                                  "",
		`{"customer":{` + customer + `},"customer":{` + customer + `}}`:                                  "",
	} {
		got, err := DecodeCustomerEnvelope(t.Context(), []byte(body), DecodeOptions{})
		if reason == "" && err != nil || reason != "" && (err == nil || err.Error() != reason) || (got == nil) != (err != nil) {
			t.Errorf("%.80s: %v, want %q", body, err, reason)
		}
	}
	for _, body := range []string{`{"access_token":""}`, `{"access_token":null}`, `{"access_token":["t"]}`, `{"Access-Token":"t"}`, `{}`, `"t"`} {
		if got, err := DecodeToken(t.Context(), []byte(body), DecodeOptions{}); got != nil || err == nil {
			t.Errorf("%s is a token", body)
		}
	}
	for _, body := range []string{`{"exists":"false"}`, `{"exists":0}`, `{"exists":null}`, `{"exists":tru}`, `{"exist":true}`, `true`} {
		if got, err := DecodeEmailStatus(t.Context(), []byte(body), DecodeOptions{}); got != nil || err == nil {
			t.Errorf("%s is a status", body)
		}
	}
	for _, body := range []string{`{"payment_methods":{}}`, `{"payment_methods":null}`, `{"payment_methods":[{"provider_id":"p"}]}`, `{"payment_methods":[{"provider_id":null,"data":{}}]}`, `{"payment_methods":[[]]}`} {
		if got, err := DecodePaymentMethodList(t.Context(), []byte(body), DecodeOptions{}); got != nil || err == nil {
			t.Errorf("%s is a list", body)
		}
	}
}

// The first order may be much longer than the others, so that too few are expected.
func TestMemoryOfAPageWhoseFirstOrderIsHuge(t *testing.T) {
	const head = `{"id":"order_1","created_at":"2024-01-01T00:00:00.000Z","metadata":"`
	body := pageOf(head+strings.Repeat("x", 4<<20)+`"}`, strings.TrimSuffix(strings.Repeat(head+strings.Repeat("m", 600)+`"},`, 10_000), ","))
	before := total()
	page, err := decodePage(t, body, DecodeOptions{Sparse: true})
	if used := total() - before; err != nil || len(page.Orders) != 10_001 || used > 12*len(body) {
		t.Errorf("%d bytes for a body of %d: %v", used, len(body), err)
	}
}

func TestSpacesAreNotReadWithoutTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := fmt.Sprintf(`{"orders":[],"count":%s`, strings.Repeat(" ", 1<<20))
	if _, err := DecodeOrderPage(ctx, []byte(body), DecodeOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
