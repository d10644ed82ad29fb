package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// listRelations are paths that `expand` takes. docs/orders.md has all.
var listRelations = strings.Fields(`shipping_address billing_address fulfillments fulfillments.tracking_links items items.variant shipping_methods
		shipping_methods.shipping_option discounts discounts.rule customer payments region returns claims refunds swaps gift_cards currency sales_channel
		returns.items items.variant.product items.tax_lines items.adjustments region.countries swaps.additional_items claims.claim_items gift_card_transactions draft_order edits`)

// ledBackTo are paths that end at a row which the order has elsewhere, or which every backend has. The in-memory backend
// does not get them with the seed.
var ledBackTo = strings.Fields(`currency region.currency payments.currency fulfillments.items.fulfillment fulfillments.items.item items.adjustments.item
		items.tax_lines.item shipping_methods.tax_lines.shipping_method shipping_methods.shipping_option.provider fulfillments.tracking_links.fulfillment
		items.order payments.order fulfillments.order shipping_methods.order refunds.order shipping_methods.shipping_option.region
		fulfillments.items.item.order`)

// list reads orders.
func (v *talk) list(jar, query string) {
	v.t.Helper()
	v.get(jar, ordersPath+"?"+query)
}

// lists sends each query for the customer with orders of every kind.
func lists(queries ...string) func(v *talk) {
	return func(v *talk) {
		v.loginSeeded("o", "orders")
		for _, query := range queries {
			v.list("o", query)
		}
	}
}

// brief keeps lists short where it is not their orders that matter.
const brief = "fields=id,status,fulfillment_status,payment_status,display_id&expand="

// orderConversations are about the list of orders.
var orderConversations = []conversation{
	{"B33_arrays_are_bracketed_and_the_published_comma_form_is_a_400", lists(
		"status[]=completed&status[]=canceled&"+brief, "status[0]=completed&status[1]=canceled&"+brief, "status=completed&status=canceled&"+brief,
		"status[]=completed,canceled&"+brief, "status=completed,canceled", "fulfillment_status=shipped,canceled", "payment_status=captured,refunded",
		"status[]=pending&status[]=completed,canceled", "status[]=", "status[]", "status=", "status", "status[]=nonsense", "status[]=x&status[]=y", "status=completed&"+brief,
		"status[a]=completed&"+brief,
		"status%5B%5D=completed&"+brief, "status%5b0%5d=completed&"+brief, "Status[]=completed", "status[]=Completed",
		"fulfillment_status[]=not_fulfilled&"+brief, "fulfillment_status[]=fulfilled&fulfillment_status[]=shipped&payment_status[]=captured&"+brief, "payment_status[]=awaiting&"+brief,
		"payment_status[]=x", "fulfillment_status[]=x", "status[]=x&payment_status[]=y&fulfillment_status[]=z", "status[]=archived&"+brief, "status[]=completed&status[]=completed&"+brief,
		strings.Repeat("status[]=completed&", 25)+brief, "=x", "&&&"+brief, "status[]=completed&&"+brief,
		"status[length]=1", "status[]=complet%65d&"+brief, "status[]=completed;x",
	)},
	{"B34_dates_are_deep_objects", lists(
		"created_at[gt]=2024-03-01T00:00:00.000Z&"+brief, "created_at[gt]=2024-03-01T01:00:00.000%2B01:00&"+brief, "created_at[lte]=2024-03-01T00:00:00Z&"+brief,
		"created_at[gt]=2024-03-01&"+brief, "created_at[gt]=2024-03&"+brief, "created_at[gt]=2024&"+brief, "created_at[gt]=0&"+brief, "created_at[gt]=1&"+brief, "created_at[gt]=13&"+brief, "created_at[gt]=24&"+brief, "created_at[lt]=99&"+brief, "created_at[gt]=275760&"+brief, "created_at[gt]=275761&"+brief, "created_at[gt]=1709251200&"+brief, "created_at[gt]=1709251200000&"+brief,
		"created_at[gt]=1709251200.5&"+brief, "created_at[gte]=2024-02-01T00:00:00Z&created_at[lt]=2024-03-01T00:00:00Z&"+brief, "created_at[gt]=2024-03-01T00:00:00.000+01:00",
		"gt=2024-03-01T00:00:00Z", "created_at=2024-03-01T00:00:00Z", "created_at[gt]=nonsense", "created_at[x]=2024-03-01T00:00:00Z", "created_at[gt]=", "created_at[gt]", "created_at=",
		"created_at[]=2024-03-01T00:00:00Z",
		"updated_at[lt]=2000-01-01T00:00:00Z&"+brief, "updated_at[gt]=2000-01-01T00:00:00Z&"+brief, "canceled_at[gt]=2000-01-01T00:00:00Z&"+brief,
		"canceled_at[lt]=2000-01-01T00:00:00Z&"+brief, "created_at[lt]=99999999999999&"+brief, "created_at[gt]=2024-02-30T00:00:00Z&"+brief,
		"created_at[gt]=2024-13-01T00:00:00Z", "created_at[gt]=2024-03-01T25:00:00Z", "created_at[gt]=2024-03-01T00:00:00&"+brief,
		"created_at[gt]=20240301&"+brief, "created_at[gt]=now",
		"created_at[gt]=2024-03-01T00:00:00.123456Z&"+brief, "created_at[gt]=null", "created_at[gt]=true",
		"created_at[lt]=2024-01-01T00:00:00Z&created_at[gt]=2025-01-01T00:00:00Z&"+brief,
	)},
	{"B35_negative_paging_is_a_500_and_limit_0_is_everything", lists(
		"limit=-1", "offset=-1", "", "limit=0&"+brief, "limit=1000000&"+brief, "limit=3", "offset=1000", "limit=x", "offset=x", "limit=", "offset=", "limit", "limit=1.5&"+brief, "limit=1e1&"+brief,
		"limit=%202&"+brief, "limit=3&offset=3&"+brief, "limit=3&offset=90&"+brief, "limit=3&offset=91&"+brief, "limit=3&offset=92&"+brief, "limit=5&limit=3", "limit[]=3&"+brief, "limit[]=3&limit[]=4", "limit[x]=3",
		"limit=NaN", "limit=Infinity", "limit=99999999999999999999", "offset=99999999999999999999&limit=1", "limit=-0&"+brief, "limit=%2B3&"+brief, "limit=3abc", "limit=true", "limit=null",
		"limit=2147483648&"+brief, "limit=9223372036854775807&"+brief, "limit=9223372036854775808&"+brief, "offset=2147483648&"+brief, "limit=2.0&"+brief, "offset=0.5&"+brief, "limit=-0.5",
	)},
	{"B36_some_bad_filters_are_500s", lists(
		"q=", "q", "display_id=x", "tax_rate=x", "fields=nonsense", "expand=nonsense", "fields=+metadata", "display_id=&"+brief, "tax_rate=&"+brief, "display_id=1&"+brief, "display_id=5&"+brief, "display_id=1.5",
		"display_id=99999999999", "display_id[]=1&"+brief, "display_id[]=1&display_id[]=2", "tax_rate=0&"+brief, "tax_rate=25&"+brief, "tax_rate=1.5&"+brief, "tax_rate=-1&"+brief,
		"region_id=x&"+brief, "cart_id=x&"+brief, "cart_id=&"+brief, "region_id=&"+brief, "email=&"+brief, "currency_code=&"+brief, "id=x", "customer_id=x", "q=x&"+brief, "q=%25&"+brief, "q=_&"+brief, "q=%00",
		"cart_id=%00", "email=%00", "q=1&"+brief, "q=Larsen&"+brief, "q=larsen&"+brief, "q=orders@example.com&"+brief, "q=ORDERS&"+brief, "q=%20&"+brief, "q[]=x&"+brief, "q[]=x&q[]=y", "q[a]=x", "q=5&display_id=7&"+brief,
		"q=orders&email=x&"+brief, "q=x&status[]=completed&"+brief, "q='&"+brief, "q=\\&"+brief, "display_id=%201&"+brief, "display_id=+1&"+brief, "email[]=x&"+brief, "email[x]=y",
	)},
	{"B37_newest_first_and_spelling_matters", lists(
		"limit=0&fields=created_at&expand=", "order=created_at", "order=-created_at", "sort=x", "currency_code=usd&"+brief, "currency_code=USD&"+brief, "currency_code=eur&limit=3", "currency_code=xyz&"+brief,
		"email=orders@example.com&"+brief, "email=Orders@example.com&"+brief, "email=orders%40example.com&"+brief, "email=x&"+brief,
	)},
	{"B38_fields_and_expand_replace", func(v *talk) {
		v.loginSeeded("o", "orders")
		for _, column := range orderColumns {
			v.list("o", "limit=2&expand=&fields="+column)
			v.list("o", "limit=2&expand=&fields=%2B"+column)
			v.list("o", "limit=2&expand=&fields=-"+column)
		}
		for _, total := range orderTotals {
			v.list("o", "limit=4&offset=20&fields="+total)
			v.list("o", "limit=2&fields=id,"+total)
			v.list("o", "limit=1&fields=%2B"+total)
			v.list("o", "limit=1&fields=-"+total)
		}
		for _, relation := range listRelations {
			v.list("o", "limit=3&offset=8&expand="+relation)
			v.list("o", "limit=1&fields=id&expand="+relation)
			v.list("o", "limit=1&fields="+relation)
			v.list("o", "limit=1&fields="+relation+".id")
		}
		for _, query := range []string{
			"fields=", "expand=", "fields=&expand=", "fields=*", "fields=%2B", "fields=-", "fields=id,", "fields=,id", "fields=id,,status", "fields=id,id", "fields=id,%20status", "fields=ID", "fields=object", "fields=%2Bid",
			"fields=-id,-created_at,-tax_rate", "fields=%2Bmetadata,-email", "fields=%2Bmetadata,email", "fields=email,-metadata", "fields=-email,id", "fields=raw_discount_total", "fields=item_tax_total",
			"fields=gift_card_tax_total", "fields=shipping_tax_total", "fields=returnable_items", "fields=items.refundable", "fields=swaps.additional_items.refundable", "fields=claims.additional_items.refundable",
			"fields=id,total,subtotal", "fields=total,tax_total,paid_total", "fields=items.foo", "fields=items.title", "fields=*items", "fields=nonsense.x", "fields=items.", "fields=.items", "fields=items.foo&expand=region",
			"fields[]=id", "fields[]=id&fields[]=status", "fields=id&fields=status", "fields[x]=id", "expand[]=items", "expand[]=items&expand[]=region", "expand=items&expand=region", "expand[x]=items",
			"expand=items,items", "expand=items,", "expand=,items", "expand=%20items", "expand=items,%20region", "expand=items.", "expand=.items", "expand=Items", "expand=id", "expand=items.id", "expand=items.nonsense", "expand=nonsense.items",
			"expand=customer,items.variant", "expand=items.order", "expand=total", "expand=*", "expand=-items", "expand=%2Bitems", "expand=password_hash", "fields=password_hash", "fields=customer.password_hash",
			"fields=id&expand=id", "fields=status&fields=id,total&expand=items", "expand=region.currency,payments.currency", "expand=returns.items.item,swaps.return_order,claims.return_order", "expand=discounts.rule.conditions", "fields=customer", "fields=customer.email", "fields=shipping_address,total",
		} {
			v.list("o", "limit=2&offset=5&"+query)
		}
	}},
	{"B39_orders_lack_what_the_published_document_requires", lists("limit=0")},
	{"B40_json_cuts_microseconds", func(v *talk) {
		v.loginSeeded("o", "orders")
		for _, comparison := range []string{"gt", "gte", "lt", "lte"} {
			v.list("o", "limit=0&fields=created_at&expand=&created_at["+comparison+"]="+url.QueryEscape(v.placedAt(3).Format(time.RFC3339Nano)))
			v.list("o", "limit=0&fields=created_at&expand=&created_at["+comparison+"]="+url.QueryEscape(v.placedAt(3).Truncate(time.Millisecond).Format(time.RFC3339Nano)))
		}
	}},
	{"B40_offsets_shift", lists("limit=2&"+brief, "limit=2&offset=2&"+brief, "limit=2&offset=1&"+brief)},
	{"B45_expand_leads_back_to_rows_of_the_order", func(v *talk) {
		v.loginSeeded("o", "orders")
		for _, path := range ledBackTo {
			v.list("o", "limit=0&fields=id&expand="+path)
		}
	}},
	{"B41_a_page_of_50_orders_is_hundreds_of_kilobytes", func(v *talk) {
		v.loginSeeded("l", "login")
		v.list("l", "limit=50")
		v.list("l", "limit=50&offset=50")
	}},
	{"B42_an_etag_gives_a_304", func(v *talk) {
		v.register("ada")
		v.loginSeeded("o", "orders")
		for n, path := range []string{mePath, ordersPath, methodsPath, authPath, authPath + "/${ada.email}"} {
			for _, jar := range []string{"ada", "o"} {
				if jar == "o" && path != ordersPath {
					continue // the same, but slow
				}
				name := fmt.Sprint("read", n, jar)
				v.Send(saved(name, jar, path))
				tag := "${" + name + "@Etag}"
				for _, header := range []string{tag, `W/"other"`, `"other", ` + tag, "*", strings.Repeat(tag+",", 3), "x" + tag, `"x"`} {
					v.with(jar, "GET", path, "", "If-None-Match: "+header)
				}
				v.with(jar, "HEAD", path, "", "If-None-Match: "+tag)
				v.with(jar, "GET", path, "", "If-None-Match: "+tag, "Cache-Control: no-cache")
				v.with(jar, "GET", path, "", "If-None-Match: "+tag, "Cache-Control: max-age=0")
				v.with(jar, "GET", path, "", "If-Match: x")
				v.with(jar, "GET", path, "", "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT")
				v.with(jar, "GET", path, "", "Range: bytes=0-5")
			}
		}
		v.with("", "GET", authPath+"/${ada.email}", "", "If-None-Match: ${read4ada@Etag}") // and sets a cookie
		v.Send(saved("guard", "", mePath))
		v.with("", "GET", mePath, "", "If-None-Match: *")
		v.with("ada", "POST", mePath, `{}`, "If-None-Match: *")
		v.with("ada", "DELETE", authPath, ``, "If-None-Match: *")
	}},
}

// methodConversations are about saved payment methods.
var methodConversations = []conversation{
	{"operation_payment_methods", func(v *talk) {
		v.loginSeeded("p", "payments")
		v.get("p", methodsPath)
		v.get("p", methodsPath+"?x=1")
		v.get("p", methodsPath+"/")
		v.loginSeeded("o", "orders")
		v.get("o", methodsPath)
		v.register("ada")
		v.get("ada", methodsPath)
		v.newEmail("guest")
		v.post("guest", customersPath, `{"email":"${guest.email}","password":""}`)
		v.get("guest", methodsPath)
	}},
	{"operation_every_seeded_customer", func(v *talk) {
		for _, who := range v.duo.real.Customers {
			if who.Key == "ties" {
				continue // orders of one time come in any order, and another each time
			}
			v.loginSeeded(who.Key, who.Key)
			for _, path := range []string{mePath, authPath, ordersPath, methodsPath} {
				v.get(who.Key, path)
			}
		}
	}},
}
