package orders_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

const (
	wrongStatus = "each value in status must be one of the following values: pending, completed, archived, canceled, requires_action"
	wrongNumber = " must be a number conforming to the specified constraints"
	noObject    = " must be either object or array"
)

// Each response is one of the real backend.
func TestOrdersQueryIsRefusedAsTheBackendDoes(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, customerstest.Order{})
	for query, want := range map[string]string{
		"foo=1&bar[a]=2":                           "property foo should not exist, property bar should not exist",
		"b=1&5=2":                                  "property 5 should not exist, property b should not exist",
		"order=created_at":                         "property order should not exist",
		"customer_id=x":                            "property customer_id should not exist",
		"gt=2024-01-01":                            "property gt should not exist",
		"status=y&foo=1&limit=a&id[]=3":            "property foo should not exist, id must be a string, " + wrongStatus + ", limit" + wrongNumber,
		"status=pending,completed":                 wrongStatus,
		"status[]=":                                wrongStatus,
		"status=":                                  wrongStatus,
		"status[a]=pending":                        wrongStatus,
		"status[]=pending&status[]=x":              wrongStatus,
		"payment_status=x":                         "each value in payment_status must be one of the following values: not_paid, awaiting, captured, partially_refunded, refunded, canceled, requires_action",
		"fulfillment_status=x":                     "each value in fulfillment_status must be one of the following values: not_fulfilled, partially_fulfilled, fulfilled, partially_shipped, shipped, partially_returned, returned, canceled, requires_action",
		"q[]=a":                                    "q must be a string",
		"q=a&q=b":                                  "q must be a string",
		"display_id[]=1&email[a]=2":                "display_id must be a string, email must be a string",
		"fields[]=id&expand[]=items":               "fields must be a string, expand must be a string",
		"limit=a&offset=null":                      "limit" + wrongNumber + ", offset" + wrongNumber,
		"limit=Infinity":                           "limit" + wrongNumber,
		"limit[]=3":                                "limit" + wrongNumber,
		"created_at=2024-01-01":                    "nested property created_at" + noObject,
		"created_at=":                              "nested property created_at" + noObject,
		"created_at[]=1":                           "nested property created_at" + noObject,
		"created_at[]=1&created_at[]=2":            "nested property created_at" + noObject + ", nested property created_at" + noObject,
		"created_at[gt]=x":                         "gt must be a Date instance",
		"created_at[gt]=null":                      "gt must be a Date instance",
		"created_at[gt]=x&created_at[b]=2":         "property b should not exist, gt must be a Date instance",
		"created_at[gt]=y&created_at[lt]=x":        "lt must be a Date instance, gt must be a Date instance",
		"created_at[gt]=2024-01-01T00:00:00+01:00": "gt must be a Date instance", // + is a space
		"updated_at[gt]=x&created_at[lt]=y&canceled_at=3": "lt must be a Date instance, gt must be a Date instance, nested property canceled_at" + noObject,
	} {
		want := string(response.InvalidData(want).Body)
		if status, body := listOrders(t, b, query); status != http.StatusBadRequest || body != want {
			t.Errorf("%s\n got %d %s\nwant 400 %s", query, status, body, want)
		}
	}
	for _, query := range []string{
		"limit=-1", "limit=-0.5", "offset=-1", "limit=1e21", "offset=1e30", "q=", "q=null", "q=%00",
		"display_id=x", "display_id=", "display_id=1.0", "display_id=99999999999", "display_id=1%c2%a0",
		"tax_rate=x", "tax_rate=", "email=a%00b",

		"created_at[gt]=-004713-11-23T00:00:00Z",
		"fields=foo", "fields=+metadata", "fields=id ", "fields=object", "fields=raw_discount_total", "fields=ID",
		"fields=foo.bar&expand=items", "fields=items.foo.bar", "fields=.items", "fields=.", "fields=*foo", "fields=%2Bfoo",
		"fields=total,foo", "fields=null", "fields=status.foo",
		"expand=foo", "expand=items.foo", "expand=items.", "expand=items,%20discounts", "expand=items.title", "expand=null",
		"expand=id", "expand=items.variant.product.profile", "expand=items.variant.prices.variant", "expand=-items",
	} {
		if status, body := listOrders(t, b, query); status != http.StatusInternalServerError || !strings.Contains(body, "unknown_error") {
			t.Errorf("%s: %d %.100s, want 500", query, status, body)
		}
	}
}

// Each of these is a 200, a 400 or a 500 of the real backend, by rules that no client relies on.
func TestOrdersQueryThatIsNotEmulated(t *testing.T) {
	b, id := newBuyer(t)
	b.AddOrder(id, customerstest.Order{})
	for query, want := range map[string]string{
		"status[7]=completed":                               "a list with gaps",
		"created_at[0][gt]=2024-01-01":                      "nested or unbalanced brackets",
		"created_at[gt]=2024-01-01&created_at[gt]=2024-1-2": "the same key twice",
		"created_at[constructor]=1":                         "an inherited name",
		"status=%ZZ":                                        "a broken escape",
		"created_at[gt]=Jan 3 2024 18:00":                   `a date such as "Jan 3 2024 18:00"`,
		"created_at[gt]=-5&foo=1":                           `a date such as "-5"`,
		"limit=0x3":                                         `a number such as "0x3"`,
		"display_id=0x2a":                                   "a display_id",
		"display_id=1_0":                                    "a display_id",
		"tax_rate=1e400":                                    "a tax_rate",
		"tax_rate=0." + strings.Repeat("0", 50) + "1":       "a tax_rate",
	} {
		status, body := listOrders(t, b, strings.ReplaceAll(query, " ", "%20"))
		if status != http.StatusNotImplemented || !strings.HasPrefix(body, "not emulated: ") || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s, want %s", query, status, body, want)
		}
	}
}

func TestOrdersAreFiltered(t *testing.T) {
	b, id := newBuyer(t)
	day := func(n int) time.Time { return time.Date(2024, 1, n, 12, 0, 0, 0, time.UTC) }
	b.AddOrder(id, customerstest.Order{CreatedAt: day(1), Status: api.OrderStatusCompleted, PaymentStatus: api.PaymentStatusCaptured})
	b.AddOrder(id, customerstest.Order{CreatedAt: day(2), Status: api.OrderStatusCanceled, CurrencyCode: "dkk", Email: "other@example.com"})
	b.AddOrder(id, customerstest.Order{CreatedAt: day(3), Fulfillments: []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "T1"}}}}})
	b.AddOrder(id, customerstest.Order{
		CreatedAt: day(4).Add(1234567 * time.Microsecond), DisplayID: 42, ShippingAddress: &api.Address{FirstName: new("100% Zoë_x")},
	})
	b.AddOrder(b.AddCustomer(customerstest.Customer{}).ID, customerstest.Order{DisplayID: 77})
	cart := *list(t, b, "display_id=42").Orders[0].CartID
	for query, want := range map[string][]int{
		"":                                          {42, 3, 2, 1},
		"status=completed":                          {1},
		"status[]=completed&status[]=canceled":      {2, 1},
		"status[]=completed,canceled":               {2, 1},
		"status=pending&status=pending":             {42, 3},
		"payment_status=captured":                   {1},
		"fulfillment_status=shipped":                {3},
		"status=pending&fulfillment_status=shipped": {3},
		"display_id=42":                             {42},
		"display_id=%2042%20":                       {42},
		"display_id=77":                             {},
		"display_id=null":                           {},
		"cart_id=" + cart:                           {42},
		"cart_id=null":                              {},
		"email=other@example.com":                   {2},
		"email=Other@example.com":                   {},
		"email=":                                    {},
		"currency_code=dkk":                         {2},
		"currency_code=DKK":                         {},
		"region_id=x":                               {},
		"tax_rate=null":                             {42, 3, 2, 1},
		"tax_rate=19":                               {},
		"tax_rate=NaN":                              {},
		"created_at[gt]=2024-01-02":                 {42, 3, 2},
		"created_at[gt]=2024-01-02T12:00:00Z":       {42, 3},
		"created_at[gte]=2024-01-02T12:00:00Z":      {42, 3, 2},
		"created_at[lt]=2024-01-02T12:00:00Z":       {1},
		"created_at[lte]=2024-01-02T12:00:00Z":      {2, 1},
		"created_at[gt]=2024-01-02&created_at[lt]=2024-01-03": {2},
		"created_at[gt]=1704283200":                           {42},
		"created_at[gt]=2024-01-04T12:00:01.234Z":             {42}, // it has microseconds
		"created_at[lte]=2024-01-04T12:00:01.234Z":            {3, 2, 1},
		"canceled_at[gt]=2020-01-01":                          {2},
		"updated_at[lt]=2020-01-01":                           {},
		"q=42":                                                {42},
		"q=OTHER@":                                            {2},
		"q=zo%C3%AB":                                          {42},
		"q=ZO%C3%8B":                                          {}, // only A to Z have two cases
		"q=100\\%25":                                          {42},
		"q=o_x":                                               {},
		"q=e\\_x":                                             {},
		"q=%25":                                               {42, 3, 2, 1},
		"q=Olivia&status=canceled":                            {2},
		"q=other&email=foo&display_id=x":                      {2}, // undone by q
		"q=nothing":                                           {},
	} {
		query = strings.ReplaceAll(query, " ", "%20")
		got := []int{}
		page := list(t, b, query)
		for _, o := range page.Orders {
			got = append(got, o.DisplayID)
		}
		if !slices.Equal(got, want) || page.Count != len(want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

func TestOrdersArePaged(t *testing.T) {
	b, id := newBuyer(t)
	for n := range 12 {
		b.AddOrder(id, customerstest.Order{CreatedAt: time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC)})
	}
	for query, want := range map[string]struct {
		first, n      int
		limit, offset string
	}{
		"":                     {12, 10, "10", "0"},
		"limit=3":              {12, 3, "3", "0"},
		"limit=3&offset=4":     {8, 3, "3", "4"},
		"offset=11":            {1, 1, "10", "11"},
		"offset=12":            {0, 0, "10", "12"},
		"limit=0":              {12, 12, "0", "0"},
		"limit=":               {12, 12, "0", "0"},
		"limit=-0":             {12, 12, "0", "0"},
		"limit=%203":           {12, 3, "3", "0"},
		"limit=2.5&offset=1.5": {10, 3, "2.5", "1.5"},
		"limit=0.4":            {0, 0, "0.4", "0"},
		"offset=-0.4":          {12, 10, "10", "-0.4"},
		"limit=1e18":           {12, 12, "1000000000000000000", "0"},
	} {
		_, body := listOrders(t, b, query)
		var page struct {
			Orders []struct {
				DisplayID int `json:"display_id"`
			} `json:"orders"`
			Count  int             `json:"count"`
			Limit  json.RawMessage `json:"limit"`
			Offset json.RawMessage `json:"offset"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatalf("%s: %s", query, body)
		}
		first := 0
		if len(page.Orders) > 0 {
			first = page.Orders[0].DisplayID
		}
		got := strconv.Itoa(first) + " " + strconv.Itoa(len(page.Orders)) + " " + string(page.Limit) + " " + string(page.Offset)
		if wanted := strconv.Itoa(want.first) + " " + strconv.Itoa(want.n) + " " + want.limit + " " + want.offset; got != wanted || page.Count != 12 {
			t.Errorf("%s: first, how many, limit and offset are %s, want %s", query, got, wanted)
		}
	}
}
